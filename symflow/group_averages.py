r"""Group averages: any density made symmetric by averaging it, and data turned at random.

Takes a flow of any Hamiltonians and elements of a compact or finite group, gives the
mixture of its images, which is normalised and can be sampled.

.. math:: \bar p(z) = \sum_j w_j \, p(M_j z + c_j), \qquad
    \sum_j w_j f(M_j z + c_j) \approx \int_G f(g z) \, dg

No invariants are needed. For a finite group the average is invariant by construction; for
a continuous one it is as invariant as the quadrature is fine, which is measured.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.claims import Standing
from symflow.compilation import compile as compile_functions
from symflow.constants import Constant
from symflow.errors import ArgumentError
from symflow.finite_symmetries import FiniteGroup
from symflow.flow import HamiltonianFlow
from symflow.haar_quadratures import Quadrature
from symflow.notebook_views import NotebookView
from symflow.taught_flows import TaughtFlow

__all__ = ["AugmentedFlow", "GroupAverage", "finite_quadrature"]


def finite_quadrature(group: FiniteGroup) -> Quadrature:
    """All elements of a finite group, with equal weights.

    Arguments:
        group: The group, acting on phase space alone.

    Returns:
        The quadrature, whose averages are exact for every function.

    Raises:
        ArgumentError: If an element moves a parameter.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> mirror = FiniteGroup(PhaseSpace("q", "p"), {"P": {"q": "-q"}})
        >>> finite_quadrature(mirror).matrices.tolist()
        [[[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, -1.0]]]
    """
    symbols = group.space.z
    matrices = []
    for element in group.elements:
        images = [element.image(symbol) for symbol in symbols]
        if set(element.images) - set(symbols):
            raise ArgumentError(
                f"Argument `group` must act on phase space alone, but {element} moves "
                "a parameter. A density has no other values of it to average over."
            )
        columns = compile_functions(images, symbols).value(
            torch.eye(len(symbols), dtype=torch.float64)
        )
        matrices.append(columns.T.numpy())
    count = len(matrices)
    shifts = np.zeros((count, len(symbols)))
    return Quadrature(np.stack(matrices), shifts, np.full(count, 1 / count), None)


class _Moved(nn.Module):
    """A flow and the elements of a group, on phase space or on positions."""

    def __init__(self, flow: HamiltonianFlow, quadrature: Quadrature) -> None:
        super().__init__()
        n, width = flow.n, flow.data_dimensions[0]
        matrices = quadrature.matrices
        if matrices.shape[1:] != (2 * n, 2 * n):
            raise ArgumentError(
                f"Argument `quadrature` must act on the {2 * n} coordinates of the flow, "
                f"but its matrices have shape {matrices.shape[1:]}."
            )
        if width == n and np.abs(matrices[:, :n, n:]).max() > 1e-12:
            raise ArgumentError(
                "Argument `quadrature` must act on positions alone where momenta are "
                "latent, but it mixes momenta into them. Observe the momenta."
            )
        self.flow = flow
        self.quadrature = quadrature
        self._matrices = Constant(matrices[:, :width, :width])
        self._shifts = Constant(quadrature.shifts[:, :width])
        self._weights = Constant(quadrature.weights)

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of data that training accepts."""
        return self.flow.data_dimensions

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        elements = len(self.quadrature)
        return {
            **self.flow.description(),
            "symmetry by": type(self).__name__,
            "elements": elements,
            "degree": self.quadrature.degree,
        }

    def images(self, x: Tensor) -> Tensor:
        """A point moved by every element.

        Arguments:
            x: Points, shape (..., d).

        Returns:
            The images, shape (m, ..., d).
        """
        moved = torch.einsum("mij,...j->m...i", self._matrices.like(x), x)
        places = (len(self.quadrature), *[1] * (x.dim() - 1), x.shape[-1])
        return moved + self._shifts.like(x).view(places)

    def turned(self, x: Tensor, generator: torch.Generator | None) -> Tensor:
        """Each point moved by an element of its own, drawn by its weight.

        Arguments:
            x: Points, shape (B, d).
            generator: Source of randomness.

        Returns:
            The moved points, shape (B, d).
        """
        weights = self._weights.like(x)
        chosen = torch.multinomial(weights, len(x), True, generator=generator)
        moved = (self._matrices.like(x)[chosen] @ x.unsqueeze(-1)).squeeze(-1)
        return moved + self._shifts.like(x)[chosen]


@final
class GroupAverage(_Moved, NotebookView):
    r"""The mixture of all images of a flow's density under a group.

    .. math:: \log \bar p(z) = \log \sum_j w_j \, p(M_j z + c_j)

    Elements keep the volume of phase space, so the mixture is normalised.

    Arguments:
        flow: The flow, as a rule one that is built without a symmetry.
        quadrature: The elements; for latent momenta they must act on positions.

    Raises:
        ArgumentError: If the elements do not act on the flow's coordinates.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.haar_quadratures import haar_quadrature
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> from symflow.representation import LinearAction
        >>> plane = PhaseSpace("x y")
        >>> plain = HamiltonianFlow(
        ...     invariants(LieAlgebra(plane, {})), blocks=1, momenta="observed")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> model = GroupAverage(plain, haar_quadrature(LinearAction(so2), 3))
        >>> model.log_prob(torch.zeros(5, 4)).shape, model.sample(5).shape
        (torch.Size([5]), torch.Size([5, 4]))

    Reference:
        Murphy et al. 2019, arXiv 1811.01900 (averages over a group).
    """

    @property
    def equivariance(self) -> Standing:
        """The standing of the symmetry."""
        finite = self.quadrature.degree is None
        return Standing.BY_CONSTRUCTION if finite else Standing.MEASURED

    def log_prob(
        self, x: Tensor, samples: int = 64, generator: torch.Generator | None = None
    ) -> Tensor:
        """The log-density of data: exact for observed momenta, else a lower bound.

        Arguments:
            x: Data, shape (..., 2n) or (..., n).
            samples: Number of momenta drawn for each image, if they are latent.
            generator: Source of randomness, if they are latent.

        Returns:
            The log-density in nats, shape (...).
        """
        values = self.flow.log_prob(self.images(x), samples, generator)
        return self._mixed(values)

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """What training maximises: the log-density, or a bound from one momentum each.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            The objective in nats, shape (B,).
        """
        return self._mixed(self.flow.objective(self.images(batch), generator))

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples: of the flow, each moved by the inverse of an element.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Data, shape (count, n) or (count, 2n).
        """
        x = self.flow.sample(count, generator)
        weights = self._weights.like(x)
        chosen = torch.multinomial(weights, count, True, generator=generator)
        away = (x - self._shifts.like(x)[chosen]).unsqueeze(-1)
        return torch.linalg.solve(self._matrices.like(x)[chosen], away).squeeze(-1)

    def _mixed(self, values: Tensor) -> Tensor:
        weights = self._weights.like(values).log()
        places = (-1, *[1] * (values.dim() - 1))
        return torch.logsumexp(values + weights.view(places), dim=0)


@final
class AugmentedFlow(_Moved, TaughtFlow):
    r"""A flow that is trained on data moved by elements of a group drawn at random.

    .. math:: \max_\theta \; E_x E_g \bigl[\mathcal{L}_\theta(g x)\bigr]

    Its density is that of the flow: nothing makes it invariant but what it has learned.

    Arguments:
        flow: The flow, as a rule one that is built without a symmetry.
        quadrature: The elements; for latent momenta they must act on positions.

    Raises:
        ArgumentError: If the elements do not act on the flow's coordinates.
    """

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """What training maximises: the flow's objective, on moved data while it trains.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            The objective in nats, shape (B,).
        """
        if self.training and torch.is_grad_enabled():
            batch = self.turned(batch, generator)
        return self.flow.objective(batch, generator)
