r"""Integrators: in which order, and for how long, the pieces of a flow act.

Takes the pieces that the invariants allow, gives a chain of maps with their times. A scheme
is an object with traits; the numbers of a scheme are data.

.. math:: \Phi = \Phi_{m}^{t_m} \circ \dots \circ \Phi_1^{t_1}

Whatever the times, each factor is an exact flow of an invariant Hamiltonian, so the chain
is symplectic and commutes with every generator.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

from symflow.errors import ArgumentError, UnsupportedError
from symflow.splitting import LinearFlow, Piece, Shear

__all__ = ["AbstractIntegrator", "Blocks", "Leapfrog", "Stage"]


@dataclass(frozen=True)
class Stage:
    """One factor of a chain.

    Arguments:
        piece: What kind of flow it is.
        weights: Which set of weights its Hamiltonian has; equal numbers share them.
        time: How long it flows.
    """

    piece: Piece
    weights: int
    time: float


class AbstractIntegrator(ABC):
    """An order in which pieces act."""

    order: ClassVar[int | None]
    symplectic: ClassVar[bool]
    time_reversible: ClassVar[bool]

    @abstractmethod
    def stages(self, pieces: Sequence[Piece]) -> tuple[Stage, ...]:
        """The factors of the chain, in the order in which they act.

        Arguments:
            pieces: The pieces that the invariants allow.

        Returns:
            The stages.
        """


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
    symplectic = True
    time_reversible = False

    def stages(self, pieces: Sequence[Piece]) -> tuple[Stage, ...]:
        """The factors of the chain.

        Arguments:
            pieces: The pieces that the invariants allow.

        Returns:
            The stages, block after block.

        Raises:
            ArgumentError: If the number of blocks is not a positive integer.
        """
        if not isinstance(self.count, int) or self.count < 1:
            raise ArgumentError(
                f"Argument `blocks` must be a positive integer, but it is {self.count!r}."
            )
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


@final
@dataclass(frozen=True)
class Leapfrog(AbstractIntegrator):
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
        Geometric Numerical Integration, section I.1.4.
    """

    steps: int = 16
    step_size: float = 0.1

    order = 2
    symplectic = True
    time_reversible = True

    def stages(self, pieces: Sequence[Piece]) -> tuple[Stage, ...]:
        """The factors of the chain.

        Arguments:
            pieces: The pieces that the invariants allow.

        Returns:
            The stages: a half-kick, then drifts and kicks in turn, then a half-kick.

        Raises:
            ArgumentError: If the number of steps is not a positive integer.
            UnsupportedError: If there is no invariant of q alone, or none of p alone.
        """
        if not isinstance(self.steps, int) or self.steps < 1:
            raise ArgumentError(
                f"Argument `steps` must be a positive integer, but it is {self.steps!r}."
            )
        kick, drift = _separable(pieces)
        if kick is None or drift is None:
            missing = "q" if kick is None else "p"
            raise UnsupportedError(
                "Argument `integrator` must be Blocks(...) for this algebra, because it "
                f"has no invariant of {missing} alone for leapfrog's H = K(p) + U(q)."
            )
        h = self.step_size
        stages = [Stage(kick, 0, h / 2)]
        for step in range(self.steps):
            last = step + 1 == self.steps
            stages += [Stage(drift, 1, h), Stage(kick, 0, h / 2 if last else h)]
        return tuple(stages)


def _separable(pieces: Sequence[Piece]) -> tuple[Shear | None, Shear | None]:
    """The shear of q alone and the shear of p alone, where they exist."""
    shears = [piece for piece in pieces if isinstance(piece, Shear)]
    of_q = [s for s in shears if all(index < s.n for index in s.indices)]
    of_p = [s for s in shears if all(index >= s.n for index in s.indices)]
    return next(iter(of_q), None), next(iter(of_p), None)
