r"""Planar targets: densities with many modes, known exactly.

Takes a few numbers, gives normalised densities in the plane with samples: blobs on a circle,
two crescents, a box with a cross.

.. math:: p(q) = \frac1K \sum_k N(q; m_k, \sigma^2), \qquad
    p(q) = \sum_k w_k \, \frac{N(d; 0, \sigma)}{L_k}
    \Bigl[\Phi\bigl(\tfrac{t}{\sigma}\bigr) - \Phi\bigl(\tfrac{t - L_k}{\sigma}\bigr)\Bigr]

The second is a line segment blurred by a Gaussian, with t along and d across it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from symflow.errors import ArgumentError

__all__ = ["Blobs", "BoxWithCross", "Crescents"]

# Terms of the sum over whole turns: an angle that has turned so often weighs nothing.
_TURNS = 2


@final
@dataclass(frozen=True)
class Blobs:
    """Equal Gaussians at equal steps about a circle.

    Arguments:
        count: The number K of Gaussians.
        radius: The radius of the circle.
        width: The standard deviation σ of each.

    Raises:
        ArgumentError: If a number is not positive.

    Example:
        >>> one = Blobs(count=1, radius=1.0, width=0.5)
        >>> value = one.log_prob(torch.tensor([1.0, 0.0])).exp()
        >>> abs(float(value) - 1 / (2 * math.pi * 0.25)) < 1e-6
        True
    """

    count: int = 10
    radius: float = 3.0
    width: float = 0.25

    def __post_init__(self) -> None:
        _check(count=self.count, radius=self.radius, width=self.width)

    @property
    def _centres(self) -> Tensor:
        angle = 2 * math.pi * torch.arange(self.count, dtype=torch.float64) / self.count
        return self.radius * torch.stack([angle.cos(), angle.sin()], -1)

    def log_prob(self, q: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            q: Positions, shape (..., 2).

        Returns:
            The log-density in nats, shape (...).
        """
        away = (q.unsqueeze(-2) - self._centres.to(q)).square().sum(-1)
        each = -away / (2 * self.width**2) - math.log(2 * math.pi * self.width**2)
        return torch.logsumexp(each, -1) - math.log(self.count)

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, 2).
        """
        chosen = torch.randint(self.count, (count,), generator=generator)
        noise = torch.randn(count, 2, generator=generator, dtype=torch.float64)
        return self._centres[chosen] + self.width * noise


@final
@dataclass(frozen=True)
class Crescents:
    r"""Two arcs that face each other: a normal radius and a normal angle about each centre.

    .. math:: p(q) = \frac12 \sum_\pm \frac1r \bigl[N(r; R, \sigma) + N(-r; R, \sigma)\bigr]
        \sum_m N(\theta + 2 \pi m; \theta_\pm, s)

    Arguments:
        radius: The radius R of the arcs.
        width: The standard deviation σ of the radius.
        spread: The standard deviation s of the angle.
        apart: The distance between the centres.

    Raises:
        ArgumentError: If a number is not positive.
    """

    radius: float = 1.5
    width: float = 0.15
    spread: float = 0.8
    apart: float = 2.0

    def __post_init__(self) -> None:
        _check(
            radius=self.radius, width=self.width, spread=self.spread, apart=self.apart
        )

    def log_prob(self, q: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            q: Positions, shape (..., 2).

        Returns:
            The log-density in nats, shape (...).
        """
        sides = torch.stack([self._side(q, sign) for sign in (1.0, -1.0)])
        return torch.logsumexp(sides, 0) - math.log(2)

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, 2).
        """
        noise = torch.randn(2, count, generator=generator, dtype=torch.float64)
        sign = 1.0 - 2 * torch.randint(2, (count,), generator=generator)
        radius = self.radius + self.width * noise[0]
        angle = self.spread * noise[1]
        x = sign * (radius * angle.cos() - self.apart / 2)
        return torch.stack([x, sign * radius * angle.sin()], -1)

    def _side(self, q: Tensor, sign: float) -> Tensor:
        """The density of one arc; the other is the same turned by half a turn."""
        x, y = sign * q[..., 0] + self.apart / 2, sign * q[..., 1]
        r, angle = torch.hypot(x, y), torch.atan2(y, x)
        turns = torch.arange(-_TURNS, _TURNS + 1).to(q) * math.pi
        # A radius below zero is a positive one on the other side, half a turn away.
        turned = (angle.unsqueeze(-1) + turns) / self.spread
        radii = torch.where(turns / math.pi % 2 == 0, 1.0, -1.0) * r.unsqueeze(-1)
        along = -0.5 * turned.square() - math.log(self.spread)
        across = -0.5 * ((radii - self.radius) / self.width).square()
        each = along + across - math.log(self.width) - math.log(2 * math.pi)
        return torch.logsumexp(each, -1) - r.log()


@final
@dataclass(frozen=True)
class BoxWithCross:
    """The sides and diagonals of a square, equally dense, blurred by a Gaussian.

    Arguments:
        side: The length of a side.
        width: The standard deviation σ of the blur.

    Raises:
        ArgumentError: If a number is not positive.
    """

    side: float = 4.0
    width: float = 0.15

    def __post_init__(self) -> None:
        _check(side=self.side, width=self.width)

    @property
    def _segments(self) -> tuple[Tensor, Tensor, Tensor]:
        """Where the segments begin, their directions and their lengths."""
        signs = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        corners = torch.tensor(signs, dtype=torch.float64) * self.side / 2
        starts = torch.cat([corners, corners[:2]])
        ends = torch.cat([corners.roll(-1, 0), corners[2:]])
        lengths = (ends - starts).norm(dim=-1)
        return starts, (ends - starts) / lengths[:, None], lengths

    def log_prob(self, q: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            q: Positions, shape (..., 2).

        Returns:
            The log-density in nats, shape (...).
        """
        starts, ways, lengths = (part.to(q) for part in self._segments)
        away = q.unsqueeze(-2) - starts
        t = (away * ways).sum(-1) / self.width
        d = (away[..., 0] * ways[:, 1] - away[..., 1] * ways[:, 0]) / self.width
        # The difference of two normal tails, taken where both are small.
        near, far = t, t - lengths / self.width
        flip = near + far > 0
        upper = torch.where(flip, -far, near)
        lower = torch.where(flip, -near, far)
        high, low = torch.special.log_ndtr(upper), torch.special.log_ndtr(lower)
        along = high + torch.log1p(-(low - high).exp())
        across = -0.5 * d.square() - math.log(self.width * math.sqrt(2 * math.pi))
        return torch.logsumexp(along + across, -1) - lengths.sum().log()

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, 2).
        """
        starts, ways, lengths = self._segments
        chosen = torch.multinomial(
            lengths, count, replacement=True, generator=generator
        )
        along = torch.rand(count, generator=generator, dtype=torch.float64)
        on = starts[chosen] + (along * lengths[chosen])[:, None] * ways[chosen]
        noise = torch.randn(count, 2, generator=generator, dtype=torch.float64)
        return on + self.width * noise


def _check(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 < value < math.inf:
            raise ArgumentError(
                f"Argument `{name}` must be a positive number, but it is {value!r}."
            )
