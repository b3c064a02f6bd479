r"""Implicit integrators, and an explicit one, for Hamiltonians that are not separable.

Takes a Hamiltonian of all invariants, gives a chain of steps.

.. math:: z' = z + h \sum_j b_j K_j, \qquad
    K_i = J \nabla H \Bigl( z + h \sum_j a_{ij} K_j \Bigr)

The Gauss methods are symplectic and commute with every affine symplectic action that leaves
H as it is. With nonlinear actions they commute only to their order.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from symflow.arguments import check_positive
from symflow.chain import Chain, Factor, MemoryKind
from symflow.errors import UnsupportedError
from symflow.extended_phase_space import ExtendedFlow
from symflow.hamiltonians import AbstractHamiltonian
from symflow.runge_kutta import GaussPiece
from symflow.schemes import GAUSS, YOSHIDA, Tableau
from symflow.splitting import Piece
from symflow.stages import (
    AbstractIntegrator,
    Equivariance,
    Stage,
    Whole,
    check_size,
    of_order,
)

__all__ = ["Gauss", "ImplicitMidpoint", "Tao"]


@dataclass(frozen=True)
class _Implicit(AbstractIntegrator):
    """Gauss steps of one Hamiltonian of all invariants."""

    steps: int = 16
    step_size: float = 0.1

    explicit = False
    conserves_quadratic = True
    equivariance = Equivariance.AFFINE

    @property
    @abstractmethod
    def tableau(self) -> Tableau:
        """The coefficients of the method."""

    def stages(
        self, pieces: Sequence[Piece], invariants: Sequence[Any] = ()
    ) -> tuple[Stage, ...]:
        """The factors of the chain.

        Arguments:
            pieces: Not needed.
            invariants: All invariants, of which H is a function.

        Returns:
            As many stages as steps, with the same weights.

        Raises:
            ArgumentError: If the number of steps is not a positive integer, or the step
                size not a positive number.
        """
        check_positive("steps", self.steps)
        check_size(self.step_size)
        if not invariants:
            return ()
        whole = Whole(tuple(invariants), self.tableau)
        return (Stage(whole, 0, self.step_size),) * self.steps

    def flow(self, H: AbstractHamiltonian, memory: MemoryKind = "save") -> Chain:
        """The map that follows a given Hamiltonian.

        Arguments:
            H: The Hamiltonian; it need not be separable.
            memory: What is kept for the backward pass.

        Returns:
            The chain.
        """
        check_positive("steps", self.steps)
        check_size(self.step_size)
        factors = [Factor(0, self.step_size)] * self.steps
        return Chain([GaussPiece(H, self.tableau)], factors, memory)


@final
@dataclass(frozen=True)
class ImplicitMidpoint(_Implicit):
    r"""The implicit midpoint rule, for any Hamiltonian.

    .. math:: z' = z + h J \nabla H \Bigl( \frac{z + z'}{2} \Bigr)

    Order 2; symplectic; time-reversible; conserves quadratic integrals; commutes with every
    affine symplectic action that leaves H as it is, the hidden su(2) of the oscillator
    among them. A step is solved to round-off by fixed-point iteration, some ten gradients.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, sections IV.2 and VI.4;
        docs/theory.md, equation (14).
    """

    order = 2

    @property
    def tableau(self) -> Tableau:
        """The coefficients of the method."""
        return GAUSS[2]


@final
@dataclass(frozen=True)
class Gauss(_Implicit):
    r"""Gauss collocation with one, two or three stages, for any Hamiltonian.

    .. math:: K_i = J \nabla H \Bigl( z + h \sum_j a_{ij} K_j \Bigr), \qquad
        z' = z + h \sum_j b_j K_j

    Order 2, which is `ImplicitMidpoint`, or 4 or 6, else as it, at two or three times its
    cost.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.
        order: 2, 4 or 6.

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.1.3.
    """

    order: int = 4  # type: ignore[misc]

    @property
    def tableau(self) -> Tableau:
        """The coefficients of the method."""
        return of_order(self, GAUSS)


@final
@dataclass(frozen=True)
class Tao(AbstractIntegrator):
    r"""Tao's explicit scheme for any Hamiltonian, on two copies of phase space.

    .. math:: \bar H = H(q, y) + H(x, p) + \tfrac{\omega}{2} (|q - x|^2 + |p - y|^2)

    Order 2 or 4, explicit. The map of z is a projection of a symplectic map of both copies:
    it keeps volume and the symplectic form only to its order, so it is refused for
    densities. It commutes with rotations of q and p alike and with translations of q, but
    with what mixes q and p, or stretches, only to its order.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.
        order: 2 or 4.
        binding: The frequency omega that holds the copies together; larger ones do it
            better and ask for smaller steps.

    Reference:
        Tao 2016, Phys. Rev. E 94, 043303.
    """

    steps: int = 16
    step_size: float = 0.1
    order: int = 2  # type: ignore[misc]
    binding: float = 10.0

    symplectic = False
    time_reversible = False
    equivariance = Equivariance.ORTHOGONAL

    def stages(
        self, pieces: Sequence[Piece], invariants: Sequence[Any] = ()
    ) -> tuple[Stage, ...]:
        """Nothing: the scheme makes no density.

        Arguments:
            pieces: Not used.
            invariants: Not used.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            "Argument `integrator` must keep volume for a density, but Tao's scheme keeps "
            "it only on two copies of phase space, and log|det| would not be 0. Use "
            "ImplicitMidpoint(...), or Tao(...).flow(H) for a map without a density."
        )

    def flow(self, H: AbstractHamiltonian) -> ExtendedFlow:
        """The map that follows a given Hamiltonian.

        Arguments:
            H: The Hamiltonian; it need not be separable.

        Returns:
            The map.
        """
        check_positive("steps", self.steps)
        check_size(self.step_size)
        jumps = {2: (1.0,), 4: YOSHIDA[4].drifts}
        lengths = [self.step_size * jump for jump in of_order(self, jumps)]
        return ExtendedFlow(H, lengths * self.steps, self.binding)
