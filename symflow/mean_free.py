r"""Mean-free densities: particles whose centre of mass and momentum are taken away.

Takes a density on relative coordinates, gives one on the subspace of phase space where
positions and momenta sum to zero, normalised there.

.. math:: \pi(q, p) = \rho(B q, B p), \qquad \sum_a q_a = \sum_a p_a = 0, \qquad
    B B^T = 1, \quad B (1, \dots, 1)^T = 0

Translations have no normalisable invariant density; on this subspace they do nothing, and
its volume is that of the relative coordinates, because B is an isometry.
"""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from torch import Tensor

from symflow.constants import Constant
from symflow.densities import AbstractDensity
from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView

__all__ = ["MeanFree", "RelativeCoordinates"]


@final
class RelativeCoordinates(NotebookView):
    r"""Orthonormal coordinates of particles relative to their centre of mass.

    .. math:: y_k = \frac{x_1 + \dots + x_k - k \, x_{k+1}}{\sqrt{k (k + 1)}},
        \qquad k = 1, \dots, N - 1

    Rotations act on the y as on the particles, and exchanges act by orthogonal matrices.

    Arguments:
        particles: The number N of particles, of equal mass.
        dimension: The number d of coordinates of each.

    Raises:
        ArgumentError: If there are fewer than two particles, or no coordinate.

    Example:
        >>> pair = RelativeCoordinates(2, 1)
        >>> pair.of(torch.tensor([3.0, 1.0]))  # (3 - 1) / sqrt(2)
        tensor([1.4142])
    """

    def __init__(self, particles: int, dimension: int) -> None:
        if particles < 2 or dimension < 1:
            raise ArgumentError(
                "Arguments `particles` and `dimension` must be at least 2 and 1, but "
                f"they are {particles} and {dimension}."
            )
        self.particles = particles
        self.dimension = dimension
        rows = np.tri(particles - 1, particles, 0)
        steps = np.arange(1, particles)
        rows[steps - 1, steps] = -steps
        rows /= np.sqrt(steps * (steps + 1))[:, None]
        self._matrix = Constant(rows)

    def of(self, x: Tensor) -> Tensor:
        """The relative coordinates of particles.

        Arguments:
            x: Positions, momenta, or several of them side by side, shape (..., c N d).

        Returns:
            Their relative coordinates, shape (..., c (N - 1) d).
        """
        each = x.unflatten(-1, (-1, self.particles, self.dimension))
        return (self._matrix.like(x) @ each).flatten(-3)

    def back(self, y: Tensor) -> Tensor:
        """The particles of relative coordinates, with the centre of mass at zero.

        Arguments:
            y: Relative coordinates, shape (..., c (N - 1) d).

        Returns:
            The particles, shape (..., c N d).
        """
        each = y.unflatten(-1, (-1, self.particles - 1, self.dimension))
        return (self._matrix.like(y).T @ each).flatten(-3)

    def remove_mean(self, x: Tensor) -> Tensor:
        """Particles moved so that their mean is zero.

        Arguments:
            x: Positions, momenta, or both, shape (..., c N d).

        Returns:
            The same shape.
        """
        each = x.unflatten(-1, (-1, self.particles, self.dimension))
        return (each - each.mean(-2, keepdim=True)).flatten(-3)


@final
class MeanFree(AbstractDensity):
    r"""A density on phase points of particles whose positions and momenta sum to zero.

    .. math:: \log \pi(q, p) = \log \rho(B q, B p)

    A flow stays on this subspace if its Hamiltonian commutes with total momentum and
    centre of mass alike.

    Arguments:
        relative: The density ρ of relative coordinates, on 2 (N - 1) d numbers.
        coordinates: The relative coordinates.

    Example:
        >>> from symflow.densities import InvariantGaussianMixture
        >>> rho = InvariantGaussianMixture(
        ...     np.eye(2)[None], np.eye(2), np.zeros(2), np.zeros((0, 2)), 1)
        >>> base = MeanFree(rho, RelativeCoordinates(2, 1))
        >>> z = base.sample(5)
        >>> bool((z[:, 0] + z[:, 1]).abs().max() < 1e-6)
        True

    Reference:
        Köhler, Klein and Noé 2020, arXiv 2006.02425, section 5.
    """

    def __init__(
        self, relative: AbstractDensity, coordinates: RelativeCoordinates
    ) -> None:
        super().__init__()
        self.relative = relative
        self.coordinates = coordinates

    @property
    def reparametrised(self) -> bool:
        """Whether samples of the relative density are."""
        return self.relative.reparametrised

    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density on the subspace, in nats.

        Arguments:
            z: Phase points with mean zero, shape (..., 2 N d).

        Returns:
            The log-density, shape (...).

        Raises:
            ArgumentError: If positions or momenta do not sum to zero.
        """
        off = (z - self.coordinates.remove_mean(z)).detach().abs()
        limit = 64 * torch.finfo(z.dtype).eps * z.detach().abs().amax().clamp_min(1)
        if z.numel() and bool(off.max() > limit):
            raise ArgumentError(
                "Argument `z` must have positions and momenta that sum to zero, but a "
                f"mean is {float(off.max()):.3g}. Use `RelativeCoordinates.remove_mean`."
            )
        return self.relative.log_prob(self.coordinates.of(z))

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2 N d).
        """
        return self.coordinates.back(self.relative.sample(count, generator))
