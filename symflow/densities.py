r"""Densities: normalised base densities that commute with every generator.

Takes the linear action of an algebra, gives mixtures of Gaussians with learned weights,
means and covariances, invariant for any value of what is learned.

.. math:: \pi(z) = \sum_k w_k \, N(z;\, z_0 + V m_k,\; B_k S^{-1} B_k^T), \qquad
    B_k = \sum_i \theta_{ki} B_i, \qquad \{g, \pi\} = 0

The flow of an invariant Hamiltonian conserves every generator, so the distribution of the
momentum map is the one that this base has: it must be learned here.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.algebra import LieAlgebra
from symflow.constants import Constant
from symflow.notebook_views import NotebookView

__all__ = ["AbstractDensity", "InvariantGaussianMixture", "mixture_sample"]


class AbstractDensity(nn.Module, ABC, NotebookView):
    """A normalised density on phase space that can be sampled."""

    @property
    def reparametrised(self) -> bool:
        """Whether samples depend on the weights as their distribution does."""
        return False

    def commutes_with(self, algebra: LieAlgebra) -> bool:
        """Whether the density is invariant under an algebra for any weights.

        Arguments:
            algebra: The algebra.

        Returns:
            Whether that is known; a density that does not say is taken for one that is not.
        """
        return False

    @abstractmethod
    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density, in nats.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The log-density, shape (...).
        """

    @abstractmethod
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).
        """


@final
class InvariantGaussianMixture(AbstractDensity):
    r"""A mixture of Gaussians, each invariant under a compact linear action.

    .. math:: \log \pi(z) = \log \sum_k w_k \exp\bigl(-\tfrac12 |F_k^{-1}(z - \mu_k)|^2
        - \log|\det F_k| - n \log 2 \pi\bigr), \qquad F_k = B_k S^{-1/2}

    Arguments:
        commutant: Matrices that commute with the action, shape (c, 2n, 2n); the
            identity is in their span.
        metric: A positive-definite form that the action preserves, shape (2n, 2n).
        fixed_point: A point that the action leaves, shape (2n,).
        fixed_vectors: Vectors that the action leaves, shape (v, 2n).
        components: Number of Gaussians.
        generator: Source of the random initial covariances.

    Example:
        >>> base = InvariantGaussianMixture(
        ...     np.eye(2)[None], np.eye(2), np.zeros(2), np.zeros((0, 2)), 1)
        >>> value = base.log_prob(torch.zeros(1, 2)).exp()
        >>> torch.allclose(value, torch.tensor(1 / (2 * math.pi)))
        True

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, Lemma 1; docs/theory.md,
        equation (16).
    """

    def __init__(
        self,
        commutant: np.ndarray,
        metric: np.ndarray,
        fixed_point: np.ndarray,
        fixed_vectors: np.ndarray,
        components: int,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        size = len(metric)
        self.size = size
        self.components = components
        root = np.linalg.cholesky(np.linalg.inv(metric))
        self._factors = Constant(commutant @ root)
        self._fixed_point = Constant(fixed_point)
        self._fixed_vectors = Constant(fixed_vectors.reshape(-1, size))
        identity = np.linalg.lstsq(
            commutant.reshape(len(commutant), -1).T, np.eye(size).ravel(), rcond=None
        )[0]
        # Components start at spread scales, slightly apart, so that they can specialise.
        scales = np.geomspace(0.4, 2.5, components) if components > 1 else np.ones(1)
        theta = torch.tensor(
            np.outer(scales, identity), dtype=torch.get_default_dtype()
        )
        noise = torch.randn(theta.shape, generator=generator)
        apart = 0.05 if components > 1 else 0.0
        self.theta = nn.Parameter(theta + apart * noise)
        self.logits = nn.Parameter(torch.zeros(components))
        fixed = len(self._fixed_vectors.array)
        means = 0.1 * torch.randn(components, fixed, generator=generator)
        # No means get no gradient, and processes would wait for one to average all.
        self.means = nn.Parameter(means, requires_grad=fixed > 0)

    @property
    def reparametrised(self) -> bool:
        """Whether there is one Gaussian alone: which of several cannot be derived."""
        return self.components == 1

    def log_prob(self, z: Tensor) -> Tensor:
        """The logarithm of the density, in nats.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The log-density, shape (...).
        """
        factor, mean = self._gaussians(z)
        inverse = torch.linalg.inv(factor)
        logdet = torch.linalg.slogdet(factor)[1]
        # One product for all components: y_k = F_k^-1 z - F_k^-1 mu_k.
        flat = inverse.reshape(-1, self.size)
        offset = (inverse @ mean.unsqueeze(-1)).squeeze(-1)
        y = (z @ flat.T).unflatten(-1, (self.components, self.size)) - offset
        constant = 0.5 * self.size * math.log(2 * math.pi)
        each = -0.5 * (y * y).sum(-1) - logdet - constant
        return torch.logsumexp(each + torch.log_softmax(self.logits, -1), dim=-1)

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).
        """
        factor, mean = self._gaussians(self.theta)
        return mixture_sample(self.logits, mean, factor, count, generator)

    def _gaussians(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """The factors F_k, shape (k, 2n, 2n), and the means, shape (k, 2n)."""
        factor = torch.einsum("kc,cij->kij", self.theta, self._factors.like(like))
        mean = self._fixed_point.like(like).expand(self.components, -1)
        # No vector is left by most groups, and torch cannot save a program that holds
        # a matrix without entries.
        if self.means.shape[1]:
            mean = mean + self.means @ self._fixed_vectors.like(like)
        return factor, mean


def mixture_sample(
    logits: Tensor,
    means: Tensor,
    factors: Tensor,
    count: int,
    generator: torch.Generator | None,
) -> Tensor:
    r"""Samples of a mixture of Gaussians.

    .. math:: x = \mu_k + F_k \xi, \qquad \xi \sim N(0, 1)

    Arguments:
        logits: The logarithms of the weights, up to a constant, shape (k,).
        means: The means, shape (k, d).
        factors: The factors F of the covariances F F^T, shape (k, d, d).
        count: How many.
        generator: Source of randomness.

    Returns:
        The samples, shape (count, d).
    """
    weights = torch.softmax(logits, -1)
    chosen = torch.multinomial(weights, count, replacement=True, generator=generator)
    noise = torch.randn(
        count,
        means.shape[1],
        1,
        generator=generator,
        dtype=means.dtype,
        device=means.device,
    )
    return means[chosen] + (factors[chosen] @ noise).squeeze(-1)
