r"""Soft-uniform densities: nearly constant inside, with a smooth edge.

Takes a width and a sharpness, gives a normalised density with an exact sampler: radial,
which rotations leave alone, and as a product over coordinates, which they do not.

.. math:: \pi(z) \propto \frac{1}{1 + e^{\beta (r - R)}}, \quad r^2 = (z - z_0)^T S (z - z_0);
    \qquad \pi(z) = \prod_i \frac{f(\beta (z_i + \sigma/2)) - f(\beta (z_i - \sigma/2))}{\sigma}

with f the logistic function. The metric S is one that the action preserves.
"""

from __future__ import annotations

import math
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.algebra import LieAlgebra
from symflow.constants import Constant
from symflow.densities import AbstractDensity
from symflow.errors import ArgumentError, UnsupportedError
from symflow.representation import LinearAction

__all__ = ["RadialSoftUniform", "SoftUniform"]

# With beta R at least one, so many terms of the series leave less than a unit of round-off.
_TERMS = 40


@final
class SoftUniform(AbstractDensity):
    r"""A product of soft-uniform densities, one for each coordinate.

    .. math:: \pi(z) = \prod_i \frac{f(\beta (z_i + \sigma/2)) \,
        f(-\beta (z_i - \sigma/2))}{\sigma} \bigl(1 - e^{-\beta \sigma}\bigr)

    A sample is a uniform number plus a logistic one. No continuous linear symmetry leaves
    such a product alone, so it is refused wherever there is one.

    Arguments:
        algebra: The symmetry, without a generator that moves anything.
        width: The width σ, in units of z.
        sharpness: The sharpness β, in inverse units of z.

    Raises:
        ArgumentError: If a number is not positive.
        UnsupportedError: If a generator moves phase space.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = LieAlgebra(PhaseSpace("q", "p"), {})
        >>> base = SoftUniform(line, width=2.0, sharpness=50.0)
        >>> base.log_prob(torch.zeros(1, 2)).exp()  # 1 / 2 in each direction
        tensor([0.2500])

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 4.
    """

    def __init__(
        self, algebra: LieAlgebra, width: float = 3.0, sharpness: float = 10.0
    ) -> None:
        super().__init__()
        _check_positive(width=width, sharpness=sharpness)
        for name, g in algebra.generators.items():
            if _moves(algebra, name):
                raise UnsupportedError(
                    f"Argument `algebra` must leave a product of one-dimensional "
                    f"densities alone, but {name} = {g} moves its corners. Use "
                    f"RadialSoftUniform(LinearAction(algebra))."
                )
        self.size = len(algebra.space.z)
        self.width = width
        self.sharpness = sharpness
        # Gives the module a place and a precision.
        self.register_buffer("_like", torch.zeros(()), persistent=False)

    def commutes_with(self, algebra: LieAlgebra) -> bool:
        """Whether an algebra moves nothing, since only then it leaves the product alone.

        Arguments:
            algebra: The algebra.

        Returns:
            Whether no generator depends on q or p.
        """
        return not any(_moves(algebra, name) for name in algebra.generators)

    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density, in nats.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The log-density, shape (...).
        """
        inside = nn.functional.logsigmoid(self.sharpness * (self.width / 2 + z))
        other = nn.functional.logsigmoid(self.sharpness * (self.width / 2 - z))
        norm = math.log(-math.expm1(-self.sharpness * self.width) / self.width)
        return (inside + other + norm).sum(-1)

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).
        """
        like = next(self.buffers())
        shape = (2, count, self.size)
        flat, edge = torch.rand(
            shape, generator=generator, dtype=like.dtype, device=like.device
        )
        least = torch.finfo(like.dtype).tiny
        return self.width * (flat - 0.5) + edge.logit(least) / self.sharpness


@final
class RadialSoftUniform(AbstractDensity):
    r"""A ball with a smooth surface, in a metric that the action preserves.

    .. math:: \pi(z) = \frac{\sqrt{\det S}}{S_{d-1}} \,
        \frac{\beta^d}{\Gamma(d) \, F_d(\beta R)} \, \frac{1}{1 + e^{\beta (r - R)}}, \qquad
        F_d(\eta) = -\operatorname{Li}_d(-e^\eta)

    It is a function of one invariant, so it commutes with every generator. The radius R
    and the sharpness β are learned; β R stays above one.

    Arguments:
        action: The linear action.
        radius: The first radius R, in units of the metric.
        sharpness: The first sharpness β, more than 1 / R.

    Raises:
        ArgumentError: If a number is not positive, or β R not more than one.
        NonCompactError: If the group has no normalisable invariant density.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> base = RadialSoftUniform(LinearAction(so2), radius=1.0, sharpness=200.0)
        >>> volume = math.pi**2 / 2  # of the unit ball in four dimensions
        >>> abs(float(base.log_prob(torch.zeros(4)).detach().exp()) * volume - 1) < 1e-3
        True

    Reference:
        Dingle 1957, Applied Scientific Research B 6, 225 (Fermi-Dirac integrals).
    """

    def __init__(
        self, action: LinearAction, radius: float = 3.0, sharpness: float = 3.0
    ) -> None:
        super().__init__()
        _check_positive(radius=radius, sharpness=sharpness)
        if radius * sharpness <= 1:
            raise ArgumentError(
                "Arguments `radius` and `sharpness` must have a product above 1, but it "
                f"is {radius * sharpness:g}. Without an inside use a Gaussian."
            )
        metric = np.array(action.metric.tolist(), dtype=np.float64)
        self.size = len(metric)
        self.action = action
        self._root = Constant(np.linalg.cholesky(metric))
        self._centre = Constant(np.array(action.fixed_point.tolist(), float).ravel())
        self.log_radius = nn.Parameter(torch.tensor(math.log(radius)))
        self.log_edge = nn.Parameter(torch.tensor(math.log(radius * sharpness - 1)))

    def commutes_with(self, algebra: LieAlgebra) -> bool:
        """Whether an algebra is the one whose metric the ball is round in.

        Arguments:
            algebra: The algebra.

        Returns:
            Whether it has the generators of the action that the density was made from.
        """
        own = self.action.algebra
        return own.space.z == algebra.space.z and own.generators == algebra.generators

    @property
    def radius(self) -> Tensor:
        """The radius R."""
        return self.log_radius.exp()

    @property
    def sharpness(self) -> Tensor:
        """The sharpness β."""
        return (1 + self.log_edge.exp()) / self.radius

    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density, in nats.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The log-density, shape (...).
        """
        root, d = self._root.like(z), self.size
        r = torch.linalg.vector_norm((z - self._centre.like(z)) @ root, dim=-1)
        beta, R = self.sharpness, self.radius
        sphere = math.log(2) + d / 2 * math.log(math.pi) - math.lgamma(d / 2)
        volume = math.lgamma(d) + sphere - root.diagonal().log().sum()
        norm = volume - d * beta.log() + _fermi_integral(d, beta * R).log()
        return nn.functional.logsigmoid(beta * (R - r)) - norm

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        r"""Independent samples, by rejection from a ball with an exponential edge.

        .. math:: \tfrac12 \min\bigl(1, e^{-\beta (r - R)}\bigr)
            \le \frac{1}{1 + e^{\beta (r - R)}} \le \min\bigl(1, e^{-\beta (r - R)}\bigr)

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).
        """
        found: list[Tensor] = []
        missing = count
        while missing > 0:
            found.append(self._radii(2 * missing + 16, generator)[:missing])
            missing -= len(found[-1])
        like = self.log_radius
        way = torch.randn(
            count, self.size, generator=generator, dtype=like.dtype, device=like.device
        )
        way = way / torch.linalg.vector_norm(way, dim=-1, keepdim=True)
        y = torch.cat(found).to(like)[:, None] * way
        inverse = torch.linalg.inv(self._root.like(like))
        return self._centre.like(like) + y @ inverse

    def _radii(self, count: int, generator: torch.Generator | None) -> Tensor:
        """Those of this many proposed radii that are accepted, in float64."""
        d, R, beta = self.size, float(self.radius), float(self.sharpness)
        device = self.log_radius.device

        def uniform(*shape: int) -> Tensor:
            return torch.rand(
                shape, generator=generator, dtype=torch.float64, device=device
            )

        # Mass of the ball, and of each power of r - R in the edge.
        powers = range(d)
        masses = [math.log(R) * d - math.log(d)] + [
            math.log(math.comb(d - 1, k))
            + (d - 1 - k) * math.log(R)
            + math.lgamma(k + 1)
            - (k + 1) * math.log(beta)
            for k in powers
        ]
        weights = torch.tensor(masses, dtype=torch.float64, device=device).softmax(0)
        kind = torch.multinomial(weights, count, replacement=True, generator=generator)
        ball = R * uniform(count) ** (1 / d)
        # A gamma number of whole shape k + 1 is a sum of k + 1 exponential ones.
        sums = -torch.log1p(-uniform(count, d)).cumsum(-1)
        edge = R + sums.gather(-1, (kind - 1).clamp_min(0)[:, None])[:, 0] / beta
        r = torch.where(kind == 0, ball, edge)
        accept = 1 / (1 + torch.exp(-beta * (r - R).abs()))
        return r[uniform(count) < accept]


def _fermi_integral(d: int, eta: Tensor) -> Tensor:
    r"""The integral that normalises a ball with a soft surface.

    .. math:: F_d(\eta) = 2 \sum_{k \le d/2} \eta_D(2k) \frac{\eta^{d - 2k}}{(d - 2k)!}
        + (-1)^d \sum_{k \ge 1} \frac{(-1)^k e^{-k \eta}}{k^d}
    """
    total = eta**d / math.factorial(d)
    for k in range(1, d // 2 + 1):
        place = torch.tensor(2.0 * k, dtype=torch.float64)
        zeta = float(torch.special.zeta(place, torch.ones_like(place)))
        weight = 2 * (1 - 2.0 ** (1 - 2 * k)) * zeta
        total = total + weight * eta ** (d - 2 * k) / math.factorial(d - 2 * k)
    terms = torch.arange(1, _TERMS + 1, dtype=eta.dtype, device=eta.device)
    series = ((-1) ** terms * torch.exp(-terms * eta) / terms**d).sum()
    return total + (-1) ** d * series


def _moves(algebra: LieAlgebra, name: str) -> bool:
    """Whether a generator depends on q or p, so that it moves phase space."""
    return bool(algebra.generators[name].free_symbols & set(algebra.space.z))


def _check_positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 < value < math.inf:
            raise ArgumentError(
                f"Argument `{name}` must be a positive number, but it is {value!r}."
            )
