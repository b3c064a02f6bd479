r"""Particle energies: the double wells and Lennard-Jones clusters that flows are tried on.

Takes a number of particles, gives their energy in units of temperature, and samples of its
Boltzmann density by Hamiltonian Monte Carlo.

.. math:: p(x) \propto e^{-U(x)}, \qquad U = \sum_{a < b} u(|x_a - x_b|) + \dots, \qquad
    \langle x \cdot \nabla U \rangle = (N - 1) d

The last is the virial theorem on the subspace where the centre of mass is at rest: what
samples must obey, whatever made them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from symflow.errors import ArgumentError

__all__ = ["DoubleWell", "LennardJones", "hamiltonian_monte_carlo", "virial"]

Energy = Callable[[Tensor], Tensor]


class _Particles:
    """How many particles there are, and in how many dimensions."""

    particles: int
    dimension: int

    def __post_init__(self) -> None:
        _check(self.particles, self.dimension)

    @property
    def degrees(self) -> int:
        """The number of coordinates without those of the centre of mass."""
        return (self.particles - 1) * self.dimension


@final
@dataclass(frozen=True)
class DoubleWell(_Particles):
    r"""Particles whose distances like to be either of two lengths; DW4 by default.

    .. math:: U = \sum_{a < b} -4 (d_{ab} - 4)^2 + \tfrac{9}{10} (d_{ab} - 4)^4

    Arguments:
        particles: The number N of particles.
        dimension: The number d of coordinates of each.

    Raises:
        ArgumentError: If there are fewer than two particles, or no coordinate.

    Example:
        >>> pair = DoubleWell(particles=2, dimension=1)
        >>> pair.energy(torch.tensor([0.0, 5.0]))  # at distance 4 + 1
        tensor(-3.1000)

    Reference:
        Köhler, Klein and Noé 2020, arXiv 2006.02425, section 6.
    """

    particles: int = 4
    dimension: int = 2

    def energy(self, x: Tensor) -> Tensor:
        """The energy in units of temperature.

        Arguments:
            x: Positions of all particles side by side, shape (..., N d).

        Returns:
            The energy, shape (...).
        """
        off = _distances(x, self.particles) - 4
        return (-4 * off**2 + 0.9 * off**4).sum(-1)

    def start(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Positions from which to draw samples, with the centre of mass at rest.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, N d).
        """
        shape = (count, self.particles, self.dimension)
        x = 1.2 * torch.randn(shape, dtype=torch.float64, generator=generator)
        return (x - x.mean(1, keepdim=True)).flatten(1)


@final
@dataclass(frozen=True)
class LennardJones(_Particles):
    r"""Particles that attract at a distance and repel when close; LJ13 by default.

    .. math:: U = \sum_{a < b} 2 \bigl(d_{ab}^{-12} - 2 d_{ab}^{-6}\bigr)
        + \tfrac12 \sum_a |x_a - \bar x|^2

    Each pair counts twice: that is the energy whose samples are in common use, as their
    virial says.

    Arguments:
        particles: The number N of particles.
        dimension: The number d of coordinates of each.

    Raises:
        ArgumentError: If there are fewer than two particles, or no coordinate.

    Example:
        >>> pair = LennardJones(particles=2, dimension=1)
        >>> pair.energy(torch.tensor([0.0, 1.0]))  # -2 and a spring of 1/4
        tensor(-1.7500)

    Reference:
        Klein, Krämer and Noé 2023, arXiv 2306.15030, section 6.
    """

    particles: int = 13
    dimension: int = 3

    def energy(self, x: Tensor) -> Tensor:
        """The energy in units of temperature.

        Arguments:
            x: Positions of all particles side by side, shape (..., N d).

        Returns:
            The energy, shape (...).
        """
        sixth = _distances(x, self.particles) ** -6
        each = x.unflatten(-1, (self.particles, -1))
        away = each - each.mean(-2, keepdim=True)
        return 2 * (sixth**2 - 2 * sixth).sum(-1) + away.square().sum((-2, -1)) / 2

    def start(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Positions on a lattice whose neighbours are near the best distance.

        Arguments:
            count: How many, all alike but for a small random part.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, N d), with the centre of mass at rest.
        """
        side = math.ceil(self.particles ** (1 / self.dimension))
        axes = [torch.arange(side, dtype=torch.float64)] * self.dimension
        lattice = torch.cartesian_prod(*axes).view(-1, self.dimension)
        centred = lattice - lattice.mean(0)
        order = centred.square().sum(-1).sort(stable=True).indices
        x = 1.05 * centred[order[: self.particles]].expand(count, -1, -1)
        shape = (count, self.particles, self.dimension)
        x = x + 0.02 * torch.randn(shape, dtype=torch.float64, generator=generator)
        return (x - x.mean(1, keepdim=True)).flatten(1)


def hamiltonian_monte_carlo(
    energy: Energy,
    start: Tensor,
    turns: int,
    step_size: float,
    steps: int = 8,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, float]:
    r"""Samples of a Boltzmann density by leapfrog steps that are accepted or not.

    .. math:: H = U(x) + |p|^2 / 2, \qquad
        P(\text{accept}) = \min\bigl(1, e^{-\Delta H}\bigr)

    Momenta are drawn with the mean that the particles' centre of mass stays at rest if it
    was; the energy must not depend on it.

    Arguments:
        energy: The energy in units of temperature, from (B, D) to (B,).
        start: Where the chains begin, shape (B, D).
        turns: How many times momenta are drawn.
        step_size: The time of one leapfrog step.
        steps: The number of leapfrog steps in a turn.
        generator: Source of randomness.

    Returns:
        Where the chains end, shape (B, D), and the part of the proposals accepted.

    Raises:
        ArgumentError: If a number is not positive.

    Example:
        >>> seed = torch.Generator().manual_seed(0)
        >>> bowl = lambda x: x.square().sum(-1) / 2
        >>> x, rate = hamiltonian_monte_carlo(
        ...     bowl, torch.zeros(4000, 1), 20, 0.5, generator=seed)
        >>> abs(float(x.var()) - 1) < 0.1, rate > 0.9
        (True, True)

    Reference:
        Duane, Kennedy, Pendleton and Roweth 1987, Physics Letters B 195, 216.
    """
    if turns < 1 or steps < 1 or not 0 < step_size < math.inf:
        raise ArgumentError(
            "Arguments `turns`, `steps` and `step_size` must be positive, but they are "
            f"{turns}, {steps} and {step_size}."
        )
    x, accepted = start, 0.0
    value, slope = _slope(energy, x)
    for _ in range(turns):
        p = torch.randn(x.shape, dtype=x.dtype, generator=generator)
        y, before = x, value + p.square().sum(-1) / 2
        new, force = value, slope
        for _ in range(steps):
            p = p - step_size / 2 * force
            y = y + step_size * p
            new, force = _slope(energy, y)
            p = p - step_size / 2 * force
        change = before - new - p.square().sum(-1) / 2
        chance = torch.rand(len(x), dtype=x.dtype, generator=generator)
        # A step into a singularity has no energy, and is not taken.
        taken = (chance.log() < change) & new.isfinite()
        x = torch.where(taken[:, None], y, x)
        value = torch.where(taken, new, value)
        slope = torch.where(taken[:, None], force, slope)
        accepted += float(taken.double().mean())
    return x, accepted / turns


def virial(energy: Energy, x: Tensor) -> Tensor:
    r"""The virial of positions, whose mean is the number of degrees of freedom.

    .. math:: \langle x \cdot \nabla U \rangle = D

    Arguments:
        energy: The energy in units of temperature, from (B, D) to (B,).
        x: Positions, shape (B, D).

    Returns:
        The virial of each, shape (B,).

    Example:
        >>> virial(lambda x: x.square().sum(-1) / 2, torch.tensor([[3.0, 4.0]]))
        tensor([25.])
    """
    return (x * _slope(energy, x)[1]).sum(-1)


def _slope(energy: Energy, x: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        at = x.detach().requires_grad_()
        value = energy(at)
        (slope,) = torch.autograd.grad(value.sum(), at)
    return value.detach(), slope


def _distances(x: Tensor, particles: int) -> Tensor:
    """The distances of all pairs, shape (..., N (N - 1) / 2)."""
    each = x.unflatten(-1, (particles, -1))
    one, other = torch.triu_indices(particles, particles, 1, device=x.device)
    return torch.linalg.vector_norm(each[..., one, :] - each[..., other, :], dim=-1)


def _check(particles: int, dimension: int) -> None:
    if particles < 2 or dimension < 1:
        raise ArgumentError(
            "Arguments `particles` and `dimension` must be at least 2 and 1, but they "
            f"are {particles} and {dimension}."
        )
