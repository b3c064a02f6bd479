r"""Quotient densities: any density of the invariants, as a density on phase space.

Takes the volume over the dot products of vectors, gives a learned density of them that is
normalised on phase space, with exact samples.

.. math:: \pi(z) = \frac{\rho(G(z))}{V(G(z))}, \qquad G = T T^T, \quad
    \rho(G) \, dG = \sum_c w_c N(u; m_c, \Sigma_c) \, du

where u holds the entries of the triangle T, those on its diagonal as logarithms. It is
invariant for any weights, and the honest baseline of what a flow adds to invariants alone.
"""

from __future__ import annotations

import math
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.algebra import LieAlgebra
from symflow.arguments import check_positive
from symflow.densities import AbstractDensity, mixture_sample
from symflow.errors import NonCompactError, UnsupportedError
from symflow.fibre_volumes import FibreVolume, fibre_volume

__all__ = ["QuotientDensity"]


@final
class QuotientDensity(AbstractDensity):
    r"""A density of the dot products of vectors, alike in every direction.

    .. math:: \log \pi(z) = \log \rho(u) - \log\Bigl|\frac{dG}{du}\Bigr| - \log V(G),
        \qquad \Bigl|\frac{dG}{du}\Bigr| = 2^k \prod_i t_{ii}^{k - i + 2}

    Where there are as many vectors as dimensions, rotations leave the sign of their volume
    alone, in the plane that of L; its probability is learned too.

    Arguments:
        volume: The volume over the dot products.
        components: Number of Gaussians of the density ρ.
        seed: Seed of their initial means.

    Raises:
        ArgumentError: If there is not one component at least.

    Example:
        >>> base = QuotientDensity(FibreVolume(vectors=2, dimension=3))
        >>> z = base.sample(5)
        >>> z.shape, base.log_prob(z).shape
        (torch.Size([5, 6]), torch.Size([5]))

    Reference:
        Muirhead, Aspects of Multivariate Statistical Theory, theorems 2.1.9 and 2.1.14;
        docs/theory.md, equation (17).
    """

    def __init__(self, volume: FibreVolume, components: int = 4, seed: int = 0) -> None:
        super().__init__()
        check_positive("components", components)
        k = volume.vectors
        self.volume = volume
        self.vectors = k
        self.dimension = volume.dimension
        self.signed = k == volume.dimension
        self._power = (volume.dimension - k - 1) / 2
        self._log_constant = math.log(volume.constant)
        self._places = np.tril_indices(k)
        self._diagonal = np.nonzero(self._places[0] == self._places[1])[0].tolist()
        size = k * (k + 1) // 2
        generator = torch.Generator().manual_seed(seed)
        apart = 0.3 if components > 1 else 0.0
        self.means = nn.Parameter(
            apart * torch.randn(components, size, generator=generator)
        )
        self.roots = nn.Parameter(torch.eye(size).repeat(components, 1, 1))
        self.logits = nn.Parameter(torch.zeros(components))
        self.sign_logit = nn.Parameter(torch.zeros(()))

    def commutes_with(self, algebra: LieAlgebra) -> bool:
        """Whether an algebra is the one of rotations over whose invariants this is one.

        Arguments:
            algebra: The algebra.

        Returns:
            Whether the volume over its invariants is that of this density.
        """
        try:
            return fibre_volume(algebra) == self.volume
        except (UnsupportedError, NonCompactError):
            return False

    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density, in nats.

        Arguments:
            z: Phase points, shape (..., k d).

        Returns:
            The log-density, shape (...).
        """
        X = z.unflatten(-1, (self.vectors, self.dimension))
        # By X = T Q and not from G, whose small numbers are lost where vectors are parallel.
        R = torch.linalg.qr(X.mT).R
        triangle = (R * R.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-1)).mT
        logs = triangle.diagonal(dim1=-2, dim2=-1).log()
        powers = torch.arange(self.vectors + 1, 1, -1).to(z)
        jacobian = self.vectors * math.log(2) + (logs * powers).sum(-1)
        volume = self._log_constant + 2 * self._power * logs.sum(-1)
        value = self._log_mixture(self._entries(triangle, logs)) - jacobian - volume
        if not self.signed:
            return value
        # Each sign has half of the volume.
        positive = torch.linalg.det(X) > 0
        logit = torch.where(positive, self.sign_logit, -self.sign_logit)
        return value + nn.functional.logsigmoid(logit) + math.log(2)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples: dot products, then a frame turned at random.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, k d).
        """
        u = mixture_sample(self.logits, self.means, self._factor(), count, generator)
        entries = u.clone()
        entries[:, self._diagonal] = u[:, self._diagonal].exp()
        triangle = u.new_zeros(count, self.vectors, self.vectors)
        triangle[:, self._places[0], self._places[1]] = entries
        return (triangle @ self._frames(count, generator)).flatten(1)

    def _frames(self, count: int, generator: torch.Generator | None) -> Tensor:
        """Orthonormal rows in a random direction, shape (count, k, d)."""
        like, d = self.means, self.dimension
        normal = torch.randn(
            count,
            d,
            self.vectors,
            generator=generator,
            dtype=like.dtype,
            device=like.device,
        )
        Q, upper = torch.linalg.qr(normal)
        # Signs that make the factor unique make its direction uniform.
        frames = (Q * upper.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)).mT
        if self.signed:
            chance = torch.rand(
                count, generator=generator, dtype=like.dtype, device=like.device
            )
            wanted = torch.where(chance < self.sign_logit.sigmoid(), 1.0, -1.0)
            flip = (wanted * torch.linalg.det(frames).sign()).to(like)
            frames = torch.cat(
                [frames[:, :-1], flip[:, None, None] * frames[:, -1:]], 1
            )
        return frames

    def _entries(self, triangle: Tensor, logs: Tensor) -> Tensor:
        """The entries u of a triangle, those of its diagonal as logarithms."""
        logarithms = triangle - torch.diag_embed(triangle.diagonal(dim1=-2, dim2=-1))
        whole = logarithms + torch.diag_embed(logs)
        return whole[..., self._places[0], self._places[1]]

    def _factor(self) -> Tensor:
        """Triangles whose squares are the covariances, with positive diagonals."""
        lower = torch.tril(self.roots, -1)
        positive = nn.functional.softplus(self.roots.diagonal(dim1=-2, dim2=-1))
        return lower + torch.diag_embed(positive)

    def _log_mixture(self, u: Tensor) -> Tensor:
        factor = self._factor()
        away = (u.unsqueeze(-2) - self.means).unsqueeze(-1)
        y = torch.linalg.solve_triangular(factor, away, upper=False).squeeze(-1)
        logdet = factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        constant = 0.5 * u.shape[-1] * math.log(2 * math.pi)
        each = -0.5 * y.square().sum(-1) - logdet - constant
        return torch.logsumexp(each + torch.log_softmax(self.logits, -1), -1)
