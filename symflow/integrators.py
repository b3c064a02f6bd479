r"""Integrators: in which order, and for how long, the pieces of a flow act.

Takes the pieces that the invariants allow, or Hamiltonians, gives a chain of maps with their
times. A scheme is an object with traits; the numbers of a scheme are data.

.. math:: \Phi_h = \Phi_U^{b_s h} \circ \Phi_K^{a_s h} \circ \dots \circ
    \Phi_K^{a_1 h} \circ \Phi_U^{b_0 h}

Whatever the times, each factor is an exact flow of an invariant Hamiltonian, so the chain
is symplectic and commutes with every generator.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from symflow.arguments import check_positive
from symflow.chain import Chain, Factor, MemoryKind
from symflow.errors import UnsupportedError
from symflow.hamiltonians import AbstractHamiltonian
from symflow.pieces import ShearPiece
from symflow.schemes import (
    BLANES_MOAN,
    EULER,
    KAHAN_LI,
    LEAPFROG,
    YOSHIDA,
    Splitting,
)
from symflow.splitting import LinearFlow, Piece, Shear
from symflow.stages import (
    AbstractIntegrator,
    Stage,
    check_size,
    of_order,
)

__all__ = [
    "BlanesMoan",
    "Blocks",
    "KahanLi",
    "Leapfrog",
    "SymplecticEuler",
    "Yoshida",
]


@final
@dataclass(frozen=True)
class Blocks(AbstractIntegrator):
    r"""Blocks of pieces, each with weights of its own, as the paper chains Hamiltonians.

    .. math:: \Phi = \prod_{b=1}^{B} \Phi_{K_b} \circ \Phi_{U_b} \circ \Phi_{I_b}

    One block has a kick by U(q), a drift by K(p) and, in turn, one of the linear flows;
    where there is no U or no K it has every shear. There is no step size: each learned
    Hamiltonian carries its own time.

    Arguments:
        count: Number of blocks.
        separable: Only kicks and drifts, where both exist: the paper's H = K(p) + U(q).

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2.
    """

    count: int = 16
    separable: bool = False

    order = None
    time_reversible = False

    def stages(
        self, pieces: Sequence[Piece], invariants: Sequence[Any] = ()
    ) -> tuple[Stage, ...]:
        """The factors of the chain.

        Arguments:
            pieces: The pieces that the invariants allow.
            invariants: Not needed.

        Returns:
            The stages, block after block.

        Raises:
            ArgumentError: If the number of blocks is not a positive integer.
        """
        check_positive("blocks", self.count)
        kick, drift = _separable(pieces)
        shears: list[Piece] = [kick, drift] if kick and drift else []
        shears = shears or [piece for piece in pieces if isinstance(piece, Shear)]
        flows = [piece for piece in pieces if isinstance(piece, LinearFlow)]
        if self.separable and kick and drift:
            flows = []
        chosen: list[Piece] = []
        for block in range(self.count):
            chosen += shears
            if flows:
                chosen.append(flows[block % len(flows)])
        return tuple(Stage(piece, k, 1.0) for k, piece in enumerate(chosen))


@dataclass(frozen=True)
class _Kicks(AbstractIntegrator):
    """Kicks and drifts of one separable Hamiltonian, by the numbers of a splitting."""

    steps: int = 16
    step_size: float = 0.1

    @property
    @abstractmethod
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""

    def stages(
        self, pieces: Sequence[Piece], invariants: Sequence[Any] = ()
    ) -> tuple[Stage, ...]:
        """The factors of the chain.

        Arguments:
            pieces: The pieces that the invariants allow.
            invariants: Not needed.

        Returns:
            Kicks and drifts in turn; what follows itself is done at once.

        Raises:
            ArgumentError: If the number of steps is not a positive integer, or the step
                size not a positive number.
            UnsupportedError: If there is no invariant of q alone, or none of p alone.
        """
        factors = self._factors()
        kick, drift = _separable(pieces)
        if kick is None or drift is None:
            missing = "q" if kick is None else "p"
            raise UnsupportedError(
                "Argument `integrator` must be Blocks(...) or ImplicitMidpoint(...) for "
                f"this algebra, because it has no invariant of {missing} alone for "
                f"{type(self).__name__}'s H = K(p) + U(q)."
            )
        both = kick, drift
        return tuple(Stage(both[f.piece], f.piece, f.time) for f in factors)

    def flow(
        self,
        U: AbstractHamiltonian,
        K: AbstractHamiltonian,
        memory: MemoryKind = "save",
    ) -> Chain:
        """The map that follows a given separable Hamiltonian.

        Arguments:
            U: The potential energy, a function of q alone.
            K: The kinetic energy, a function of p alone.
            memory: What is kept for the backward pass.

        Returns:
            The chain.

        Raises:
            UnsupportedError: If U depends on a momentum, or K on a coordinate.
        """
        of_q = all(k < U.n for k in U.coordinates)
        of_p = all(k >= K.n for k in K.coordinates)
        if not of_q or not of_p:
            name, wrong = ("K", "q") if of_q else ("U", "p")
            raise UnsupportedError(
                f"Argument `{name}` must not depend on {wrong} for {type(self).__name__}, "
                "but it does: kicks and drifts would run without an error and not be "
                "symplectic. Use ImplicitMidpoint(...) for a Hamiltonian that is not "
                "separable."
            )
        return Chain([ShearPiece(U), ShearPiece(K)], self._factors(), memory)

    def _factors(self) -> list[Factor]:
        check_positive("steps", self.steps)
        check_size(self.step_size)
        kicks, drifts = self.splitting.kicks, self.splitting.drifts
        once = [(0, kicks[0])]
        for k, drift in enumerate(drifts):
            once += [(1, drift), *[(0, kick) for kick in kicks[k + 1 : k + 2]]]
        times: list[tuple[int, float]] = []
        for piece, time in once * self.steps:
            if times and times[-1][0] == piece:
                time += times.pop()[1]
            times.append((piece, time))
        return [Factor(piece, time * self.step_size) for piece, time in times]


@final
@dataclass(frozen=True)
class SymplecticEuler(_Kicks):
    r"""A kick and a drift: the simplest symplectic scheme.

    .. math:: \Phi_h = \Phi_K^{h} \circ \Phi_U^{h}

    Order 1. As cheap as leapfrog, which is of order 2 and differs from it by half a kick at
    either end.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section I.1.2.
    """

    order = 1
    time_reversible = False

    @property
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""
        return EULER


@final
@dataclass(frozen=True)
class Leapfrog(_Kicks):
    r"""Leapfrog of one separable Hamiltonian H = K(p) + U(q), as in the paper.

    .. math:: \Phi_h = \Phi_U^{h/2} \circ \Phi_K^{h} \circ \Phi_U^{h/2}

    Order 2 in h; symplectic; time-reversible; one gradient of U and one of K a step, since
    the half-kicks of neighbouring steps are done as one. Here U and K are functions of
    invariants, each invariant on its own, so the map commutes with every generator at any
    step size. For a Hamiltonian that is only invariant as a sum (the hidden su(2) of the
    oscillator) leapfrog is off by O(h^2).

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2; Hairer, Lubich and Wanner,
        Geometric Numerical Integration, section I.1.4; docs/theory.md, equation (9).
    """

    order = 2

    @property
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""
        return LEAPFROG


@final
@dataclass(frozen=True)
class Yoshida(_Kicks):
    r"""Symmetric compositions of leapfrog steps, some of them backwards.

    .. math:: \Phi_h = \Psi_{\gamma_s h} \circ \dots \circ \Psi_{\gamma_1 h}, \qquad
        \gamma_i = \gamma_{s + 1 - i}

    Order 4, 6 or 8 with 3, 7 or 15 gradients of U and of K a step. Simple, and of large
    errors for their order; `KahanLi` and `BlanesMoan` are better at the same cost.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.
        order: 4, 6 or 8.

    Reference:
        Yoshida 1990, Phys. Lett. A 150, 262; Hairer, Lubich and Wanner, section V.3.
    """

    order: int = 4  # type: ignore[misc]

    @property
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""
        return of_order(self, YOSHIDA)


@final
@dataclass(frozen=True)
class KahanLi(_Kicks):
    r"""Symmetric compositions of leapfrog with small errors.

    .. math:: \Phi_h = \Psi_{\gamma_s h} \circ \dots \circ \Psi_{\gamma_1 h}

    Order 6 or 8 with 9 or 17 gradients of U and of K a step.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.
        order: 6 or 8.

    Reference:
        Kahan and Li 1997, Math. Comp. 66, 1089.
    """

    order: int = 6  # type: ignore[misc]

    @property
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""
        return of_order(self, KAHAN_LI)


@final
@dataclass(frozen=True)
class BlanesMoan(_Kicks):
    r"""Splittings with the smallest errors for their cost.

    .. math:: \Phi_h = \Phi_U^{b_s h} \circ \Phi_K^{a_s h} \circ \dots \circ
        \Phi_K^{a_1 h} \circ \Phi_U^{b_0 h}

    Order 4 or 6 with 6 or 10 gradients of U and of K a step. At order 4 the error is
    about ten times smaller than that of Yoshida's scheme at equal cost.

    Arguments:
        steps: Number of steps.
        step_size: The time h of one step.
        order: 4 or 6.

    Reference:
        Blanes and Moan 2002, J. Comput. Appl. Math. 142, 313, table 2.
    """

    order: int = 4  # type: ignore[misc]

    @property
    def splitting(self) -> Splitting:
        """The times of kicks and drifts in a step of length one."""
        return of_order(self, BLANES_MOAN)


def _separable(pieces: Sequence[Piece]) -> tuple[Shear | None, Shear | None]:
    """The shear of q alone and the shear of p alone, where they exist."""
    shears = [piece for piece in pieces if isinstance(piece, Shear)]
    of_q = [s for s in shears if all(index < s.n for index in s.indices)]
    of_p = [s for s in shears if all(index >= s.n for index in s.indices)]
    return next(iter(of_q), None), next(iter(of_p), None)
