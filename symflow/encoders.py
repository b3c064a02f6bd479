r"""Encoders: the variational density of the momentum given the position.

Takes positions, gives samples of p and their log-density h(p|q), reparametrised.

.. math:: h(p \mid q) = N\bigl(p;\, \mu(q),\, \Sigma(q)\bigr)

An equivariant encoder, :math:`h(M^{-T} p \mid M q) = h(p \mid q)` up to
:math:`|\det M|`, makes the ELBO itself invariant; a plain network does not.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.compilation import CompiledFunctions
from symflow.constants import Constant
from symflow.kinetic_energies import Mass
from symflow.networks import perceptron
from symflow.notebook_views import NotebookView

__all__ = ["AbstractEncoder", "EquivariantEncoder", "PlainEncoder", "ThermalEncoder"]


class AbstractEncoder(nn.Module, NotebookView, ABC):
    """A Gaussian density of p given q."""

    equivariant: ClassVar[bool]

    @abstractmethod
    def parameters_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of p.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and the Cholesky factor of the covariance, shape
            (..., n, n).
        """

    def frame_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        r"""Mean and a factor of the covariance, for a grid of momenta about q.

        .. math:: \Sigma(q) = F F^T, \qquad F(R q) = R F(q)

        The second holds where the encoder is equivariant and has n covectors, so that a
        grid in this frame turns with q; the Cholesky factor, used elsewhere, does not.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and the factor F, shape (..., n, n).
        """
        return self.parameters_at(q)

    def sample_with_log_prob(
        self, q: Tensor, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""A reparametrised sample of p and its log-density.

        .. math:: p = \mu(q) + L(q) \epsilon, \qquad \epsilon \sim N(0, 1)

        Arguments:
            q: Positions, shape (..., n).
            generator: Source of randomness.

        Returns:
            The momenta, shape (..., n), and log h(p|q) in nats, shape (...).
        """
        mean, root = self.parameters_at(q)
        noise = torch.randn(
            mean.shape, generator=generator, dtype=mean.dtype, device=mean.device
        )
        p = mean + (root @ noise.unsqueeze(-1)).squeeze(-1)
        return p, _log_normal(noise, root)

    def log_prob(self, p: Tensor, q: Tensor) -> Tensor:
        """The log-density of a momentum.

        Arguments:
            p: Momenta, shape (..., n).
            q: Positions, shape (..., n).

        Returns:
            log h(p|q) in nats, shape (...).
        """
        mean, root = self.parameters_at(q)
        noise = torch.linalg.solve_triangular(
            root, (p - mean).unsqueeze(-1), upper=False
        ).squeeze(-1)
        return _log_normal(noise, root)


def _log_normal(noise: Tensor, root: Tensor) -> Tensor:
    logdet = root.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    constant = 0.5 * noise.shape[-1] * math.log(2 * math.pi)
    return -0.5 * (noise * noise).sum(-1) - logdet - constant


@final
class EquivariantEncoder(AbstractEncoder):
    r"""A Gaussian whose mean and covariance move with q as p does.

    .. math:: \mu = \sum_b a_b(I)\, c_b(q), \qquad
        \Sigma = e^{2 s(I)} W^{-1} + F W^{-1} F^T + C E E^T C^T, \qquad
        F = \sum_j f_j(I) B_j

    The covectors c are the gradients of invariants of q, and those vectors that pair with
    p in an invariant, lowered by the invariant metric W; the matrices B commute with the
    action on p; every coefficient is a network of the invariants of q.

    Arguments:
        invariants: Compiled invariants of q, as functions of z.
        covectors: Compiled covectors, n entries each, as functions of z.
        commutant: Matrices that commute with the action on p, shape (b, n, n).
        metric: A positive-definite form on p that the action preserves, shape (n, n).
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Reference:
        docs/theory.md, equations (18) to (20); Villar et al. 2021, arXiv 2106.06610.
    """

    equivariant = True

    def __init__(
        self,
        invariants: CompiledFunctions,
        covectors: CompiledFunctions,
        commutant: np.ndarray,
        metric: np.ndarray,
        width: int,
        depth: int,
    ) -> None:
        super().__init__()
        n = len(metric)
        self.n = n
        self.invariants = invariants
        self.covectors = covectors
        self.count = len(covectors.expressions) // n
        root = np.linalg.cholesky(np.linalg.inv(metric))
        self._root = Constant(root)
        self._factors = Constant(commutant @ root)
        self._square = Constant(root @ root.T)
        entries = self.count * (self.count + 1) // 2
        self._sizes = (self.count, 1, len(commutant), entries)
        self._lower = np.tril_indices(self.count)
        inputs = len(invariants.expressions)
        self.network = perceptron(inputs, sum(self._sizes), width, depth)

    def parameters_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of p.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and the Cholesky factor of the covariance, shape
            (..., n, n).
        """
        z = torch.cat([q, torch.zeros_like(q)], dim=-1)
        features = torch.asinh(self.invariants.value(z))
        outputs = self.network(features).split(self._sizes, dim=-1)
        coefficients, scale, mixing, entries = outputs
        covectors = self.covectors.value(z).unflatten(-1, (self.count, self.n))
        mean = (coefficients.unsqueeze(-1) * covectors).sum(-2)
        factor = torch.einsum("...b,bij->...ij", mixing, self._factors.like(q))
        triangle = self._triangle(entries)
        thin = triangle.mT @ covectors
        covariance = (
            (2 * scale).exp().unsqueeze(-1) * self._square.like(q)
            + factor @ factor.mT
            + thin.mT @ thin
        )
        return mean, torch.linalg.cholesky(covariance)

    def frame_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        r"""Mean and a factor of the covariance that turns with q.

        .. math:: F = W^{-1/2} Q \operatorname{chol}(Q^T W^{1/2} \Sigma W^{1/2} Q)

        The columns of Q are the first n covectors made orthonormal.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and the factor F, shape (..., n, n).
        """
        mean, lower = self.parameters_at(q)
        if self.count < self.n:
            return mean, lower
        z = torch.cat([q, torch.zeros_like(q)], dim=-1)
        covectors = self.covectors.value(z).unflatten(-1, (self.count, self.n))
        root = self._root.like(q)
        plain = torch.linalg.solve_triangular(root, covectors.mT, upper=False)
        Q, upper = torch.linalg.qr(plain[..., : self.n])
        # Signs that turn with q; where covectors vanish, at the origin, any will do.
        positive = upper.diagonal(dim1=-2, dim2=-1) >= 0
        Q = torch.where(positive.unsqueeze(-2), Q, -Q)
        inside = Q.mT @ torch.linalg.solve_triangular(root, lower, upper=False)
        return mean, root @ Q @ torch.linalg.cholesky(inside @ inside.mT)

    def _triangle(self, entries: Tensor) -> Tensor:
        triangle = entries.new_zeros(*entries.shape[:-1], self.count, self.count)
        triangle[..., self._lower[0], self._lower[1]] = entries
        return triangle


@final
class PlainEncoder(AbstractEncoder):
    r"""A Gaussian whose parameters are a network of q; not equivariant.

    .. math:: h(p \mid q) = N\bigl(p;\, \mu(q), \operatorname{diag} \sigma(q)^2\bigr)

    Arguments:
        n: Number of degrees of freedom.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> p, log_h = PlainEncoder(2, 8, 1).sample_with_log_prob(torch.zeros(5, 2))
        >>> p.shape, log_h.shape
        (torch.Size([5, 2]), torch.Size([5]))

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3 (the paper's encoder).
    """

    equivariant = False

    def __init__(self, n: int, width: int, depth: int) -> None:
        super().__init__()
        self.network = perceptron(n, 2 * n, width, depth)

    def parameters_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of p.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, shape (..., n), and the Cholesky factor of the covariance, shape
            (..., n, n).
        """
        mean, scale = self.network(q).chunk(2, dim=-1)
        return mean, torch.diag_embed(scale.exp())


@final
class ThermalEncoder(AbstractEncoder):
    r"""The momenta of a thermal state: one Gaussian, whatever the position.

    .. math:: h(p \mid q) = N(p; 0, M) \propto e^{-p^T M^{-1} p / 2}

    The mass is one that the action leaves as it is, so this is equivariant.

    Arguments:
        mass: The mass M.

    Example:
        >>> encoder = ThermalEncoder(Mass(np.eye(2)[None], np.eye(2), mass=4.0))
        >>> encoder.parameters_at(torch.zeros(5, 2))[1][0].diagonal()
        tensor([2., 2.], grad_fn=<DiagonalBackward0>)

    Reference:
        Huang, Dinh and Courville 2020, arXiv 2002.07101 (augmented flows).
    """

    equivariant = True

    def __init__(self, mass: Mass) -> None:
        super().__init__()
        self.mass = mass

    def parameters_at(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of p.

        Arguments:
            q: Positions, shape (..., n).

        Returns:
            The mean, which is zero, shape (..., n), and the Cholesky factor of the mass,
            shape (..., n, n).
        """
        lower = torch.linalg.cholesky(torch.linalg.inv(self.mass.inverse()))
        return torch.zeros_like(q), lower.expand(*q.shape[:-1], -1, -1)
