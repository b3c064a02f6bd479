r"""Targets: densities that are known exactly, to learn and to be measured against.

Takes a few numbers, gives a normalised density with samples.

.. math:: p(q) = \sum_k w_k \, \frac{N(r; R_k, \sigma) + N(-r; R_k, \sigma)}{2 \pi r},
    \qquad r = |q|
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView

__all__ = ["Cloud", "Rings", "Spirals"]


@final
@dataclass(frozen=True)
class Rings(NotebookView):
    r"""Concentric rings in the plane: a radius from a mixture, a uniform angle.

    The radius is a normal number taken without its sign, so the density is normalised
    exactly.

    Arguments:
        radii: The radius of each ring.
        width: The standard deviation of the radius.
        weights: A positive weight for each ring, in proportion to its probability; equal
            if not given.

    Raises:
        ArgumentError: If there is no ring, if the width or a weight is not positive, or
            if the numbers of radii and weights differ.

    Example:
        >>> rings = Rings()
        >>> q = rings.sample(4, torch.Generator().manual_seed(0))
        >>> q.shape, rings.log_prob(q).shape
        (torch.Size([4, 2]), torch.Size([4]))
    """

    radii: Sequence[float] = (1.0, 3.0)
    width: float = 0.2
    weights: Sequence[float] | None = None

    def __post_init__(self) -> None:
        weights = self._weights
        if not self.radii or len(weights) != len(self.radii):
            raise ArgumentError(
                f"Argument `weights` must have one entry for each of the rings, but there "
                f"are {len(self.radii)} radii and {len(weights)} weights."
            )
        if not all(math.isfinite(x) and x > 0 for x in (self.width, *weights)):
            raise ArgumentError(
                "Arguments `width` and `weights` must be positive numbers, but they are "
                f"{self.width} and {weights}."
            )

    @property
    def _weights(self) -> tuple[float, ...]:
        return (1.0,) * len(self.radii) if self.weights is None else tuple(self.weights)

    @property
    def probabilities(self) -> Tensor:
        """The probability of each ring, shape (k,)."""
        weights = torch.tensor(self._weights, dtype=torch.float64)
        return weights / weights.sum()

    def log_prob(self, q: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            q: Positions, shape (..., 2).

        Returns:
            log p(q) in nats, shape (...).
        """
        r = torch.linalg.vector_norm(q, dim=-1, keepdim=True)
        radii = r.new_tensor(self.radii)
        near = -0.5 * ((r - radii) / self.width) ** 2
        far = -0.5 * ((r + radii) / self.width) ** 2
        each = torch.logaddexp(near, far) + self.probabilities.to(q).log()
        constant = math.log(self.width * math.sqrt(2 * math.pi)) + math.log(2 * math.pi)
        return torch.logsumexp(each, dim=-1) - constant - r.squeeze(-1).log()

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, 2).
        """
        chosen = torch.multinomial(
            self.probabilities, count, replacement=True, generator=generator
        )
        radii = torch.tensor(self.radii, dtype=torch.float64)[chosen]
        normal = torch.randn(count, dtype=torch.float64, generator=generator)
        angle = (
            2 * math.pi * torch.rand(count, dtype=torch.float64, generator=generator)
        )
        radius = radii + self.width * normal
        return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=-1)


@final
@dataclass(frozen=True)
class Spirals(NotebookView):
    r"""Phase points whose momentum turns against the position as the radius grows.

    .. math:: p(q, p) = \frac{N(r; R, \sigma) + N(-r; R, \sigma)}{2 \pi r} \,
        N\bigl(p;\, P(k r) \, q / r,\, s^2\bigr)

    with P the rotation of the plane: it is invariant under rotations of q and p together,
    and depends on all their invariants.

    Arguments:
        radius: The mean radius R.
        width: The standard deviation σ of the radius.
        turn: The angle k that the momentum turns by for each unit of radius.
        spread: The standard deviation s of each component of the momentum.

    Raises:
        ArgumentError: If a radius, width or spread is not positive.

    Example:
        >>> z = Spirals().sample(4, torch.Generator().manual_seed(0))
        >>> z.shape, Spirals().log_prob(z).shape
        (torch.Size([4, 4]), torch.Size([4]))
    """

    radius: float = 2.0
    width: float = 0.6
    turn: float = 2.0
    spread: float = 0.2

    def __post_init__(self) -> None:
        numbers = (self.radius, self.width, self.spread)
        if not all(math.isfinite(x) and x > 0 for x in numbers):
            raise ArgumentError(
                "Arguments `radius`, `width` and `spread` must be positive numbers, but "
                f"they are {self.radius}, {self.width} and {self.spread}."
            )

    def log_prob(self, z: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            z: Phase points, shape (..., 4).

        Returns:
            The log-density in nats, shape (...).
        """
        q, p = z.chunk(2, -1)
        away = (p - self._momentum(q)).square().sum(-1) / (2 * self.spread**2)
        along = -away - math.log(2 * math.pi * self.spread**2)
        return Rings((self.radius,), self.width).log_prob(q) + along

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points in float64, shape (count, 4).
        """
        q = Rings((self.radius,), self.width).sample(count, generator)
        noise = torch.randn(count, 2, dtype=torch.float64, generator=generator)
        return torch.cat([q, self._momentum(q) + self.spread * noise], -1)

    def _momentum(self, q: Tensor) -> Tensor:
        """The mean momentum: the direction of q, turned by an angle."""
        r = torch.linalg.vector_norm(q, dim=-1, keepdim=True)
        c, s = (self.turn * r).cos(), (self.turn * r).sin()
        x, y = (q / r).split(1, -1)
        return torch.cat([c * x - s * y, s * x + c * y], -1)


@final
@dataclass(frozen=True)
class Cloud(NotebookView):
    r"""A few points in the plane, of one shape, turned at random and blurred.

    .. math:: p(y) = \frac{1}{(2 \pi \sigma^2)^N} \,
        e^{-(|y|^2 + |s|^2) / 2 \sigma^2} \, I_0\!\left(
        \frac{|\sum_a \bar s_a y_a|}{\sigma^2}\right)

    with the plane as the complex numbers. For clouds in the frame of their centre of mass,
    give the shape in relative coordinates: translations then do nothing.

    Arguments:
        shape: The points s of the shape, N pairs of coordinates.
        width: The standard deviation σ of each coordinate.

    Raises:
        ArgumentError: If there is no point, or the width is not positive.

    Example:
        >>> pair = Cloud(((1.0, 0.0),), width=0.2)
        >>> pair.sample(5).shape
        torch.Size([5, 2])
    """

    shape: Sequence[tuple[float, float]]
    width: float = 0.2

    def __post_init__(self) -> None:
        if not self.shape or not 0 < self.width < math.inf:
            raise ArgumentError(
                "Arguments `shape` and `width` must hold a point and a positive number, "
                f"but they are {self.shape} and {self.width}."
            )

    def log_prob(self, y: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            y: The points of a cloud side by side, shape (..., 2 N).

        Returns:
            The log-density in nats, shape (...).
        """
        points = y.unflatten(-1, (-1, 2))
        shape = torch.tensor(self.shape, dtype=y.dtype, device=y.device)
        dot = (points * shape).sum((-2, -1))
        cross = (points[..., 1] * shape[:, 0] - points[..., 0] * shape[:, 1]).sum(-1)
        variance = self.width**2
        pull = torch.hypot(dot, cross) / variance
        size = (y.square().sum(-1) + shape.square().sum()) / (2 * variance)
        norm = len(self.shape) * math.log(2 * math.pi * variance)
        # The scaled Bessel function: the growing factor is kept apart.
        return torch.special.i0e(pull).log() + pull - size - norm

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Clouds in float64, shape (count, 2 N).
        """
        angle = (
            2 * math.pi * torch.rand(count, dtype=torch.float64, generator=generator)
        )
        c, s = angle.cos()[:, None], angle.sin()[:, None]
        x, y = torch.tensor(self.shape, dtype=torch.float64).unbind(-1)
        turned = torch.stack([c * x - s * y, s * x + c * y], -1).flatten(1)
        noise = torch.randn(turned.shape, dtype=torch.float64, generator=generator)
        return turned + self.width * noise
