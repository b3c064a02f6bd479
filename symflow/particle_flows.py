r"""Particle flows: densities of clusters, alike under motions, mirrors and exchanges.

Takes a number of particles, gives a trainable density of their positions relative to the
centre of mass, by kicks of interactions and drifts with a learned mass.

.. math:: \Phi = \prod_k e^{K_k} e^{U_k}, \qquad U_k = \sum_{a < b} f_k(r_{ab}^2) +
    \sum_a v_k(\text{neighbours of } a), \qquad K_k = \frac{|p|^2}{2 m_k}

Distances do not change under rotations, reflections and translations, nor sums under
exchanges of particles, and neither does the isotropic base on the subspace where positions
and momenta sum to zero. Forces sum to zero, so the flow stays on that subspace.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.arguments import check_positive
from symflow.chain import Chain, Factor
from symflow.claims import Standing
from symflow.constants import Constant
from symflow.densities import InvariantGaussianMixture
from symflow.encoders import AbstractEncoder
from symflow.errors import ArgumentError
from symflow.hamiltonians import AbstractHamiltonian
from symflow.interactions import PairPotential
from symflow.kinetic_energies import KineticEnergy, Mass
from symflow.mean_free import MeanFree, RelativeCoordinates
from symflow.message_passing import MessagePassingEnergy
from symflow.networks import perceptron
from symflow.notebook_views import NotebookView
from symflow.objectives import elbo, importance_weighted_bound
from symflow.pieces import AbstractPiece, ShearPiece
from symflow.splines import CubicSpline

__all__ = ["PairEncoder", "ParticleFlow"]


@final
class PairEncoder(AbstractEncoder):
    r"""Momenta about a force, spread along and across the lines between particles.

    .. math:: p = \nabla S(q) + F \epsilon, \qquad F = \sigma P + \tfrac1N \sum_{a < b}
        (e_a - e_b) (e_a - e_b)^T \otimes \bigl( f(r_{ab}) \, \hat r_{ab} \hat r_{ab}^T
        + g(r_{ab}) \bigr)

    Momenta sum to zero, and the density is one on the subspace of those that do; P is the
    projection on it. Mean and spread turn with the particles and are exchanged with them.

    Arguments:
        energies: Energies whose sum is S, alike under exchanges and motions.
        coordinates: The relative coordinates of the particles.
        width: The number of units of the network for f and g.

    Example:
        >>> from symflow.message_passing import MessagePassingEnergy
        >>> S = MessagePassingEnergy(3, width=4, rounds=1, dimension=2)
        >>> encoder = PairEncoder([S], RelativeCoordinates(3, 2))
        >>> p, log_h = encoder.sample_with_log_prob(torch.randn(5, 6))
        >>> bool(p.unflatten(-1, (3, 2)).sum(-2).abs().max() < 1e-5), log_h.shape
        (True, torch.Size([5]))

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3; docs/theory.md,
        equation (19).
    """

    equivariant = True

    def __init__(
        self,
        energies: Sequence[AbstractHamiltonian],
        coordinates: RelativeCoordinates,
        width: int = 16,
    ) -> None:
        super().__init__()
        self.energies = nn.ModuleList(energies)
        self.coordinates = coordinates
        self.log_scale = nn.Parameter(torch.zeros(()))
        self.network = perceptron(1, 2, width, 2)
        N = coordinates.particles
        first, second = np.triu_indices(N, 1)
        eye = np.eye(N)
        # The lines between pairs, in particles and in relative coordinates.
        self._lines = Constant(eye[first] - eye[second])
        lines = torch.tensor(eye[first] - eye[second])
        self._relative = Constant(RelativeCoordinates(N, 1).of(lines).numpy() / N**0.5)

    def parameters_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of p.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and a lower triangle whose square is the covariance,
            shape (..., n, n); it is singular along the centre of mass.
        """
        factor = self.coordinates.back(self._factor(q).mT)
        upper = torch.linalg.qr(factor)[1]
        lower = upper.mT
        missing = q.shape[-1] - lower.shape[-1]
        return self._mean(q), nn.functional.pad(lower, (0, missing))

    def sample_with_log_prob(
        self, q: Tensor, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """A reparametrised sample of p and its log-density on the subspace.

        Arguments:
            q: Positions, shape (..., n).
            generator: Source of randomness.

        Returns:
            The momenta, shape (..., n), and log h(p|q) in nats, shape (...).
        """
        factor = self._factor(q)
        noise = torch.randn(
            factor.shape[:-1], generator=generator, dtype=q.dtype, device=q.device
        )
        moved = (factor @ noise.unsqueeze(-1)).squeeze(-1)
        p = self._mean(q) + self.coordinates.back(moved)
        return p, _log_normal(noise, factor)

    def log_prob(self, p: Tensor, q: Tensor) -> Tensor:
        """The log-density of momenta on the subspace.

        Arguments:
            p: Momenta that sum to zero, shape (..., n).
            q: Positions, shape (..., n).

        Returns:
            log h(p|q) in nats, shape (...).
        """
        factor = self._factor(q)
        away = self.coordinates.of(p - self._mean(q))
        return _log_normal(torch.linalg.solve(factor, away), factor)

    def _mean(self, q: Tensor) -> Tensor:
        z = torch.cat([q, torch.zeros_like(q)], dim=-1)
        forces = [
            energy.gradient(z)
            for energy in self.energies
            if isinstance(energy, AbstractHamiltonian)
        ]
        total = torch.stack(forces).sum(0)[..., : q.shape[-1]]
        return self.coordinates.remove_mean(total)

    def _factor(self, q: Tensor) -> Tensor:
        """The matrix F in relative coordinates, shape (..., n - d, n - d)."""
        N, d = self.coordinates.particles, self.coordinates.dimension
        gap = self._lines.like(q) @ q.unflatten(-1, (N, d))
        square = gap.square().sum(-1, keepdim=True)
        f, g = self.network(torch.asinh(square)).split(1, dim=-1)
        # Divided by 1 + r^2 as well, the direction is smooth where two particles meet.
        along = (f / (1 + square) * gap).unsqueeze(-1) * gap.unsqueeze(-2)
        eye = torch.eye(d, dtype=q.dtype, device=q.device)
        block = along + g.unsqueeze(-1) * eye
        lines = self._relative.like(q)
        total = torch.einsum("pi,pj,...pkl->...ikjl", lines, lines, block)
        size = (N - 1) * d
        scale = self.log_scale.exp() * torch.eye(size, dtype=q.dtype, device=q.device)
        return total.reshape(*q.shape[:-1], size, size) + scale


def _log_normal(noise: Tensor, factor: Tensor) -> Tensor:
    logdet = torch.linalg.slogdet(factor).logabsdet
    constant = 0.5 * noise.shape[-1] * math.log(2 * math.pi)
    return -0.5 * noise.square().sum(-1) - logdet - constant


@final
class ParticleFlow(nn.Module, NotebookView):
    r"""A density of clusters, with momenta latent.

    .. math:: p(q) = \int \pi\bigl(\Phi^{-1}(q, p)\bigr) \, dp, \qquad
        \sum_a q_a = \sum_a p_a = 0

    Data are positions of all particles side by side; their mean is taken away. Densities
    are per volume of the subspace that is left, of (N - 1) d dimensions.

    Arguments:
        particles: The number N of particles, all alike.
        dimension: The number d of coordinates of each.
        blocks: The number of blocks, each a kick by pairs, a drift, a kick by
            neighbourhoods, and a drift.
        width: The number of components of what a particle knows of its neighbours.
        rounds: How often particles tell each other; 0 for pairs alone.
        intervals: The number of intervals of the pair potentials' splines.
        shortest: The smallest length that interactions resolve.
        longest: The largest length that they reach.
        components: The number of Gaussians in the base.
        seed: Seed of the initial weights; the global random state is left alone.
        dtype: Precision of the weights.

    Raises:
        ArgumentError: If a count is too small, or the lengths are not positive and rising.

    Example:
        >>> model = ParticleFlow(3, 2, blocks=1, width=4, dtype=torch.float64)
        >>> q = torch.randn(5, 6, dtype=torch.float64)
        >>> there = model.log_prob(q, generator=torch.Generator().manual_seed(0))
        >>> again = model.log_prob(q + 1, generator=torch.Generator().manual_seed(0))
        >>> torch.allclose(there, again)
        True

    Reference:
        Köhler, Klein and Noé 2020, arXiv 2006.02425, section 5, for the base; Souveton
        et al. 2023, arXiv 2302.01955, for drifts with a learned mass.
    """

    equivariance = Standing.BY_CONSTRUCTION

    def __init__(
        self,
        particles: int,
        dimension: int,
        blocks: int = 8,
        *,
        width: int = 16,
        rounds: int = 1,
        intervals: int = 24,
        shortest: float = 0.5,
        longest: float = 4.0,
        components: int = 1,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.coordinates = RelativeCoordinates(particles, dimension)
        self.n = particles * dimension
        check_positive("blocks", blocks)
        check_positive("components", components)
        if not 0 < shortest < longest < math.inf:
            raise ArgumentError(
                "Argument `shortest` must be a positive length below `longest`, but they "
                f"are {shortest} and {longest}."
            )
        self._options: dict[str, Any] = {
            "particles": particles,
            "dimension": dimension,
            "blocks": blocks,
            "width": width,
            "rounds": rounds,
            "intervals": intervals,
            "shortest": shortest,
            "longest": longest,
            "components": components,
        }
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            pieces: list[AbstractPiece] = []
            for energy in [e for _ in range(blocks) for e in self._energies()]:
                pieces += [ShearPiece(energy), ShearPiece(self._kinetic())]
            self.chain = Chain(pieces, [Factor(k, 1.0) for k in range(len(pieces))])
            self.base = MeanFree(self._gaussians(components), self.coordinates)
            self.encoder = PairEncoder(self._energies(), self.coordinates, width)
        self.to(dtype)

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of data that training accepts."""
        return (self.n,)

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data: two models are alike if this is equal."""
        return {"kind": "particles", **self._options}

    def forward(self, z: Tensor) -> Tensor:
        """Carry phase points of the base to those of the data.

        Arguments:
            z: Phase points whose positions and momenta sum to zero, shape (..., 2n).

        Returns:
            Their images under the flow, shape (..., 2n).
        """
        return self.coordinates.remove_mean(self.chain(z))

    def inverse(self, z: Tensor) -> Tensor:
        """Carry phase points of the data back to those of the base.

        Arguments:
            z: Phase points whose positions and momenta sum to zero, shape (..., 2n).

        Returns:
            Their preimages under the flow, shape (..., 2n).
        """
        # What is taken away is round-off: forces sum to zero.
        return self.coordinates.remove_mean(self.chain.inverse(z))

    def joint_log_prob(self, z: Tensor) -> Tensor:
        r"""The log-density on the subspace of phase space, exact.

        .. math:: \log p(q, p) = \log \pi(\Phi^{-1}(q, p))

        Arguments:
            z: Phase points whose positions and momenta sum to zero, shape (..., 2n).

        Returns:
            The log-density in nats, shape (...).
        """
        return self.base.log_prob(self.inverse(z))

    def log_prob(
        self, x: Tensor, samples: int = 64, generator: torch.Generator | None = None
    ) -> Tensor:
        """The importance-weighted bound on the log-density of positions.

        Arguments:
            x: Positions, shape (..., n).
            samples: Number of momenta drawn for each.
            generator: Source of randomness.

        Returns:
            The bound in nats, shape (...).
        """
        q = self.coordinates.remove_mean(x)
        return importance_weighted_bound(
            self.joint_log_prob, self.encoder, q, samples, generator
        )

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """What training maximises: the evidence lower bound, from one momentum each.

        Arguments:
            batch: Positions, shape (B, n).
            generator: Source of randomness.

        Returns:
            The bound in nats, shape (B,).
        """
        q = self.coordinates.remove_mean(batch)
        return elbo(self.joint_log_prob, self.encoder, q, generator)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples of the positions.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions with the centre of mass at zero, shape (count, n).
        """
        return self.sample_phase_space(count, generator)[:, : self.n]

    @torch.no_grad()
    def sample_phase_space(
        self, count: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """Independent samples of z = (q, p).

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).
        """
        check_positive("count", count)
        return self.forward(self.base.sample(count, generator))

    def _energies(self) -> list[AbstractHamiltonian]:
        """A potential of pairs, and one of neighbourhoods, with fresh weights."""
        o = self._options
        particles, dimension = self.coordinates.particles, self.coordinates.dimension
        spline = CubicSpline(o["intervals"], o["shortest"] ** 2, o["longest"] ** 2)
        energies: list[AbstractHamiltonian] = [
            PairPotential(particles, spline, dimension)
        ]
        if o["rounds"]:
            energies.append(
                MessagePassingEnergy(
                    particles,
                    o["width"],
                    o["rounds"],
                    dimension,
                    shortest=o["shortest"],
                    longest=o["longest"],
                )
            )
        return energies

    def _kinetic(self) -> KineticEnergy:
        """A drift; all of them together first take about as long as one of unit mass."""
        one = np.eye(self.n)
        drifts = self._options["blocks"] * (2 if self._options["rounds"] else 1)
        return KineticEnergy(Mass(one[None], one, mass=drifts))

    def _gaussians(self, components: int) -> InvariantGaussianMixture:
        """Gaussians alike in all relative coordinates, with position and momentum mixed."""
        size = self.n - self.coordinates.dimension
        mixing = np.eye(4).reshape(4, 2, 2)
        commutant = np.stack([np.kron(B, np.eye(size)) for B in mixing])
        zero = np.zeros(2 * size)
        return InvariantGaussianMixture(
            commutant, np.eye(2 * size), zero, np.zeros((0, 2 * size)), components
        )
