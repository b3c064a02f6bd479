r"""Kinetic energies: half a quadratic form of the momenta, with a mass that is learned.

Takes matrices that commute with the action on momenta, gives K with its gradient, and the
momenta that are in equilibrium with it.

.. math:: K(p) = \tfrac12 p^T M^{-1} p, \qquad M^{-1} = F^T W F, \qquad
    F = \sum_b \theta_b B_b

Because every B commutes with the action, and W is a form that it preserves, K is invariant
for any weights. The form is fixed and only the mass is learned, so that all that is
particular to the data is in U(q), where it can be drawn and read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.constants import Constant
from symflow.functions import Tape, Weights
from symflow.hamiltonians import AbstractHamiltonian
from symflow.notebook_views import NotebookView

__all__ = ["KineticEnergy", "Mass"]


@final
class Mass(nn.Module, NotebookView):
    r"""A positive-definite mass that the action leaves as it is.

    .. math:: M^{-1} = F^T W F, \qquad F = \sum_b \theta_b B_b

    It is positive wherever F has an inverse, which is all but a set of measure zero; with
    the identity alone in the span of the B it is one number.

    Arguments:
        commutant: Matrices that commute with the action on p, shape (b, n, n); the
            identity is in their span.
        metric: A positive-definite form on p that the action preserves, shape (n, n).
        mass: The first mass, in units of the inverse metric.

    Example:
        >>> mass = Mass(np.eye(2)[None], np.eye(2), mass=4.0)
        >>> mass.inverse().diagonal()
        tensor([0.2500, 0.2500], grad_fn=<DiagonalBackward0>)

    Reference:
        Souveton et al. 2023, arXiv 2302.01955 (fixed kinetic energy).
    """

    def __init__(
        self, commutant: np.ndarray, metric: np.ndarray, mass: float = 1.0
    ) -> None:
        super().__init__()
        n = len(metric)
        root = np.linalg.cholesky(metric)
        self._factors = Constant(root.T @ commutant)
        identity = np.linalg.lstsq(
            commutant.reshape(len(commutant), -1).T, np.eye(n).ravel(), rcond=None
        )[0]
        start = torch.tensor(identity / math.sqrt(mass))
        self.theta = nn.Parameter(start.to(torch.get_default_dtype()))

    def factor(self) -> Tensor:
        """The matrix R F with R^T R = W, whose square is the inverse mass.

        Returns:
            The matrix, shape (n, n).
        """
        return torch.einsum("b,bij->ij", self.theta, self._factors.like(self.theta))

    def inverse(self) -> Tensor:
        """The inverse mass.

        Returns:
            A symmetric matrix, shape (n, n).
        """
        factor = self.factor()
        return factor.mT @ factor


@final
class KineticEnergy(AbstractHamiltonian, NotebookView):
    r"""Half the square of the momenta over a learned mass.

    .. math:: K = \tfrac12 p^T M^{-1} p, \qquad \nabla_p K = M^{-1} p

    Arguments:
        mass: The mass.

    Example:
        >>> K = KineticEnergy(Mass(np.eye(1)[None], np.eye(1), mass=2.0))
        >>> z = torch.tensor([0.0, 6.0])  # 36 / 4, and 6 / 2
        >>> round(K.value(z).item(), 4), [round(v, 4) for v in K.gradient(z).tolist()]
        (9.0, [0.0, 3.0])

    Reference:
        Souveton et al. 2023, arXiv 2302.01955.
    """

    def __init__(self, mass: Mass) -> None:
        n = len(mass.factor())
        super().__init__(n, range(n, 2 * n))
        self.mass = mass

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        return (z[..., self.n :] @ self.mass.factor().mT).square().sum(-1) / 2

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The inverse mass.

        Arguments:
            scale: A number that multiplies K.

        Returns:
            One tensor of shape (n, n).
        """
        inverse = self.mass.inverse()
        return (inverse if scale is None else inverse * scale,)

    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The velocities.

        Arguments:
            weights: What `folded` gave.
            x: The momenta, shape (n, B).

        Returns:
            The velocities, shape (n, B), and the momenta.
        """
        return weights[0] @ x, x

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The pullback of the velocities, :math:`M^{-1} u`.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (n, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The product, shape (n, B).
        """
        if sums is not None:
            sums[0].addmm_(covector, tape.t())
        return weights[0].t() @ covector
