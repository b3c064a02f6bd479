r"""Stages: what a flow consists of, and what an integrator is.

Gives the words in which integrators speak: a chain is a list of stages, and a scheme states
by its traits what the chain keeps.

.. math:: \Phi = \Phi_{m}^{t_m} \circ \dots \circ \Phi_1^{t_1}

Where each factor is an exact flow of an invariant Hamiltonian, the chain is symplectic and
commutes with every generator, whatever the times.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView
from symflow.schemes import Tableau
from symflow.splitting import Piece
from symflow.text_enums import TextEnum

__all__ = [
    "AbstractIntegrator",
    "Equivariance",
    "Stage",
    "Whole",
    "check_size",
    "of_order",
]

T = TypeVar("T")


class Equivariance(TextEnum):
    """For which actions of a group a scheme commutes with it, if each part is invariant.

    Example:
        >>> Equivariance.AFFINE.value
        'affine symplectic actions'
    """

    ALL = "all symplectic actions"
    AFFINE = "affine symplectic actions"
    ORTHOGONAL = "orthogonal maps of q, applied to p alike, and translations of q"


@dataclass(frozen=True)
class Whole:
    """A function of all invariants at once, whose flow is not known in closed form.

    Arguments:
        functions: The invariants.
        tableau: The method that follows its flow.
    """

    functions: tuple[Any, ...]
    tableau: Tableau


@dataclass(frozen=True)
class Stage:
    """One factor of a chain.

    Arguments:
        piece: What kind of flow it is.
        weights: Which set of weights its Hamiltonian has; equal numbers share them.
        time: How long it flows.
    """

    piece: Piece | Whole
    weights: int
    time: float


class AbstractIntegrator(ABC, NotebookView):
    """An order in which pieces act.

    Traits: `order` in the step, None where there is no step; `symplectic`;
    `time_reversible`: a step back undoes a step; `explicit`: no equations are solved;
    `conserves_quadratic`: every quadratic integral of H is kept to round-off;
    `equivariance`: for which actions the map commutes with the group.
    """

    order: ClassVar[int | None]
    symplectic: ClassVar[bool] = True
    time_reversible: ClassVar[bool] = True
    explicit: ClassVar[bool] = True
    conserves_quadratic: ClassVar[bool] = False
    equivariance: ClassVar[Equivariance] = Equivariance.ALL

    @abstractmethod
    def stages(
        self, pieces: Sequence[Piece], invariants: Sequence[Any] = ()
    ) -> tuple[Stage, ...]:
        """The factors of the chain, in the order in which they act.

        Arguments:
            pieces: The pieces that the invariants allow.
            invariants: All invariants, for schemes that need no pieces.

        Returns:
            The stages.
        """


def of_order(integrator: AbstractIntegrator, known: Mapping[int, T]) -> T:
    """What belongs to the order of an integrator.

    Arguments:
        integrator: The integrator.
        known: What there is, by order.

    Returns:
        The entry.

    Raises:
        ArgumentError: If there is none.
    """
    order = integrator.order
    if order is None or order not in known:
        listed = " or ".join(map(str, known))
        raise ArgumentError(
            f"Argument `order` must be {listed} for {type(integrator).__name__}, but it "
            f"is {integrator.order!r}."
        )
    return known[order]


def check_size(step_size: float) -> None:
    """Make sure that a step size is one.

    Arguments:
        step_size: The step size.

    Raises:
        ArgumentError: If it is not a positive number.
    """
    if not 0 < step_size < float("inf"):
        raise ArgumentError(
            "Argument `step_size` must be a positive number, but it is "
            f"{step_size!r}. For the way back use `inverse`."
        )
