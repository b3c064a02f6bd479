r"""Chain: pieces in the order in which they act, as one differentiable map.

Takes phase points and a list of pieces with times, gives where the composition carries
them; its backward pass is written out, and what it keeps in memory can be chosen.

.. math:: \Phi = \Phi_m^{t_m} \circ \dots \circ \Phi_1^{t_1}, \qquad
    \bar z_{k-1} = (D\Phi_k^{t_k})^T \bar z_k

Every step can be undone, so nothing needs to be kept but the end; docs/performance.md says
what each choice costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal, final

import torch
from torch import Tensor, nn

from symflow.errors import ArgumentError, SymflowError, UnsupportedError
from symflow.functions import Tape, Weights
from symflow.lattice import UNIT, Budget, from_lattice, moved, to_lattice
from symflow.pieces import AbstractPiece, ShearPiece, State, to_points, to_state

__all__ = [
    "Chain",
    "Factor",
    "Memory",
    "MemoryKind",
    "ReversalError",
    "check_memory",
    "reverse",
    "transport",
]

MemoryKind = Literal["save", "states", "reversible", "exact"]


class ReversalError(SymflowError, ArithmeticError):
    """A flow run backwards did not come back to where it began."""


@dataclass(frozen=True)
class Factor:
    """One factor of a chain.

    Arguments:
        piece: Which of the pieces it is.
        time: How long it flows.
    """

    piece: int
    time: float


@dataclass(frozen=True)
class Memory:
    """What the backward pass finds in memory, and in which numbers the chain runs.

    Arguments:
        keeps: All that was computed, the states between steps, or nothing but the end.
        exact: Whether states are integers, whose steps are undone bit for bit.
    """

    keeps: Literal["all", "states", "end"]
    exact: bool = False

    @classmethod
    def of(cls, kind: MemoryKind) -> Memory:
        """The memory of a given name.

        Arguments:
            kind: ``"save"``: everything that was computed is kept; fastest.
                ``"states"``: only (q, p) of every step is. ``"reversible"``: only the
                end; states are found again by running backwards, and an error is raised
                if round-off has grown too far for that. ``"exact"``: likewise, on a
                lattice where running backwards has no round-off.

        Returns:
            The memory.

        Raises:
            ArgumentError: If there is no such kind.
        """
        known = {
            "save": cls("all"),
            "states": cls("states"),
            "reversible": cls("end"),
            "exact": cls("end", exact=True),
        }
        if kind not in known:
            listed = ", ".join(map(repr, known))
            raise ArgumentError(
                f"Argument `memory` must be one of {listed}, but it is {kind!r}."
            )
        return known[kind]


@final
class Chain(nn.Module):
    r"""Pieces in the order in which they act.

    .. math:: z \mapsto \Phi_m^{t_m} \circ \dots \circ \Phi_1^{t_1} (z)

    Arguments:
        pieces: The pieces; each may act more than once.
        factors: Which piece acts when, and for how long.
        memory: What is kept for the backward pass: ``"save"``, ``"states"``,
            ``"reversible"`` or ``"exact"``.
        scale: A number that multiplies all times, for a step size that is learned.

    Raises:
        ArgumentError: If there is no such memory, or no such piece.
        UnsupportedError: If the memory is exact and a piece is not a shear.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> x, p = symbols("x p", real=True)
        >>> kick, drift = (
        ...     ShearPiece(KnownHamiltonian(compile([h], [x, p])))
        ...     for h in (x**2 / 2, p**2 / 2))
        >>> step = Chain([kick, drift], [Factor(0, 0.5), Factor(1, 1.0), Factor(0, 0.5)])
        >>> step(torch.tensor([1.0, 0.0]))
        tensor([ 0.5000, -0.7500])
    """

    def __init__(
        self,
        pieces: Sequence[AbstractPiece],
        factors: Iterable[Factor],
        memory: MemoryKind = "save",
        scale: nn.Parameter | None = None,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.pieces = nn.ModuleList(pieces)
        self.factors = tuple(factors)
        self.memory: MemoryKind = memory
        check_memory(memory, pieces)
        for factor in self.factors:
            if not 0 <= factor.piece < len(pieces):
                raise ArgumentError(
                    f"Argument `factors` must name pieces from 0 to {len(pieces) - 1}, "
                    f"but it names {factor.piece}."
                )

    def forward(self, z: Tensor) -> Tensor:
        """Carry phase points through the chain.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            Their images, shape (..., 2n).
        """
        return self._carry(z, self.factors)

    def inverse(self, z: Tensor) -> Tensor:
        """Carry phase points back through the chain.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            Their preimages, shape (..., 2n).
        """
        return self._carry(z, reverse(self.factors))

    def _carry(self, z: Tensor, factors: Sequence[Factor]) -> Tensor:
        pieces = [piece for piece in self.pieces if isinstance(piece, AbstractPiece)]
        return transport(z, pieces, factors, Memory.of(self.memory), self.scale)


def check_memory(memory: MemoryKind, pieces: Iterable[nn.Module]) -> None:
    """Make sure that these pieces can run with this memory.

    Arguments:
        memory: The kind of memory.
        pieces: The pieces.

    Raises:
        ArgumentError: If there is no such memory.
        UnsupportedError: If the memory is exact and a piece is not a shear.
    """
    if Memory.of(memory).exact:
        for piece in pieces:
            if not isinstance(piece, ShearPiece):
                raise UnsupportedError(
                    "Argument `memory` must be 'save', 'states' or 'reversible' for a "
                    f"{type(piece).__name__}, but it is 'exact', which needs steps that "
                    "leave what they depend on in place. Use kicks and drifts alone, "
                    "Blocks(count, separable=True), to have it."
                )


def reverse(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """The factors of the inverse.

    Arguments:
        factors: The factors of a chain.

    Returns:
        The same backwards, with minus their times.
    """
    return tuple(Factor(f.piece, -f.time) for f in reversed(tuple(factors)))


def transport(
    z: Tensor,
    pieces: Sequence[AbstractPiece],
    factors: Sequence[Factor],
    memory: Memory,
    scale: Tensor | None = None,
) -> Tensor:
    """Carry phase points through a chain.

    Arguments:
        z: Phase points, shape (..., 2n).
        pieces: The pieces.
        factors: Which piece acts when, and for how long.
        memory: What is kept for the backward pass.
        scale: A number that multiplies every Hamiltonian, if one is learned.

    Returns:
        Their images, shape (..., 2n).

    Raises:
        UnsupportedError: If the memory is exact and torch traces or transforms the call.
        ArgumentError: If the memory is exact and a number leaves its range.
    """
    # The flow keeps its own precision: rounded forces would break the symmetry.
    with torch.autocast(z.device.type, enabled=False):
        run = _Run(pieces, factors, memory, scale)
        weights = run.weights
        if torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active():
            return run.plain(z, weights)
        learned = any(w.requires_grad for w in weights)
        if torch.is_grad_enabled() and (z.requires_grad or learned):
            return _Transport.apply(run, z, *weights)
        state, _ = run.forward(z, weights, keeps="end")
        return to_points(run.floats(state, z.dtype), z.shape)


class _Run:
    """The chain with its weights: forwards, and backwards with covectors."""

    def __init__(
        self,
        pieces: Sequence[AbstractPiece],
        factors: Sequence[Factor],
        memory: Memory,
        scale: Tensor | None,
    ) -> None:
        self.pieces = pieces
        self.factors = factors
        self.memory = memory
        folded = [piece.hamiltonian.folded(scale) for piece in pieces]
        self.weights: Weights = tuple(w for part in folded for w in part)
        ends = accumulate(map(len, folded), initial=0)
        self._spans = [slice(a, b) for a, b in pairwise(ends)]

    def plain(self, z: Tensor, weights: Weights) -> Tensor:
        """The map in operations that autograd, and what traces, can follow."""
        if self.memory.exact:
            raise UnsupportedError(
                "Argument `memory` must be 'save', 'states' or 'reversible' where torch "
                "compiles, exports, transforms or differentiates twice, but it is "
                "'exact', whose integers have no derivative that torch could trace."
            )
        state = to_state(z)
        for factor in self.factors:
            piece = self.pieces[factor.piece]
            state, _ = piece.advance(
                weights[self._spans[factor.piece]], state, factor.time
            )
        return to_points(state, z.shape)

    def forward(
        self, z: Tensor, weights: Weights, keeps: str
    ) -> tuple[State, list[Any]]:
        """The state at the end, and what is kept of each step."""
        budget = Budget(len(self.factors))
        state = to_state(z)
        if self.memory.exact:
            state = to_lattice(state, budget)
        kept: list[Any] = []
        for factor in self.factors:
            before = state
            state, tape = self._advance(weights, state, factor, z.dtype, budget)
            if keeps == "all":
                kept.append(tape)
            elif keeps == "states":
                kept.append(before)
        budget.check()
        return state, kept

    def floats(self, state: State, dtype: torch.dtype) -> State:
        """A state as floating-point numbers."""
        if not self.memory.exact:
            return state
        return from_lattice(state[0], dtype), from_lattice(state[1], dtype)

    def backward(
        self,
        end: State,
        kept: list[Any],
        weights: Weights,
        covector: State,
        sums: Sequence[Tensor],
    ) -> tuple[State, State]:
        """The covector at the beginning, and the state that was found there."""
        state, dtype = end, covector[0].dtype
        for place in range(len(self.factors) - 1, -1, -1):
            factor = self.factors[place]
            if self.memory.keeps == "all":
                tape = kept[place]
            elif self.memory.keeps == "states":
                state = kept[place]
                _, tape = self._advance(weights, state, factor, dtype)
            else:
                state, tape = self._rewind(weights, state, factor, dtype)
            span = self._spans[factor.piece]
            covector = self.pieces[factor.piece].pull(
                weights[span], tape, covector, factor.time, sums[span]
            )
        return covector, state

    def _advance(
        self,
        weights: Weights,
        state: State,
        factor: Factor,
        dtype: torch.dtype,
        budget: Budget | None = None,
    ) -> tuple[State, Tape]:
        piece = self.pieces[factor.piece]
        own = weights[self._spans[factor.piece]]
        if self.memory.exact and isinstance(piece, ShearPiece):
            return self._lattice_step(piece, own, state, factor.time, dtype, budget)
        return piece.advance(own, state, factor.time)

    def _rewind(
        self, weights: Weights, state: State, factor: Factor, dtype: torch.dtype
    ) -> tuple[State, Tape]:
        piece = self.pieces[factor.piece]
        own = weights[self._spans[factor.piece]]
        if self.memory.exact and isinstance(piece, ShearPiece):
            return self._lattice_step(piece, own, state, -factor.time, dtype)
        return piece.rewind(own, state, factor.time)

    def _lattice_step(
        self,
        piece: ShearPiece,
        weights: Weights,
        state: State,
        time: float,
        dtype: torch.dtype,
        budget: Budget | None = None,
    ) -> tuple[State, Tape]:
        """A shear on integers; the force is that of the numbers they stand for."""
        x = piece.place(state)
        slopes, tape = piece.hamiltonian.slope(weights, from_lattice(x, dtype))
        by_q, by_p = piece.displacement(slopes, time * UNIT)
        return (moved(state[0], by_q, budget), moved(state[1], by_p, budget)), tape


class _Transport(torch.autograd.Function):
    """The chain with its backward pass written out."""

    @staticmethod
    def forward(ctx: Any, run: _Run, z: Tensor, *weights: Tensor) -> Tensor:  # noqa: ANN401
        end, ctx.kept = run.forward(z, weights, run.memory.keeps)
        ctx.run = run
        ctx.end = end if run.memory.keeps == "end" else None
        ctx.save_for_backward(z, *weights)
        return to_points(run.floats(end, z.dtype), z.shape)

    @staticmethod
    def backward(ctx: Any, covector: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        run, (z, *weights) = ctx.run, ctx.saved_tensors
        if torch.is_grad_enabled():
            # Differentiated twice: the plain operations have all further derivatives.
            inputs = [x for x in (z, *weights) if x.requires_grad]
            found = iter(
                torch.autograd.grad(
                    run.plain(z, tuple(weights)),
                    inputs,
                    covector,
                    create_graph=True,
                    allow_unused=True,
                )
            )
            return None, *[
                next(found) if x.requires_grad else None for x in (z, *weights)
            ]
        sums = [torch.zeros_like(w) for w in weights]
        with torch.autocast(z.device.type, enabled=False):
            start, found = run.backward(
                ctx.end, ctx.kept, tuple(weights), to_state(covector), sums
            )
        if run.memory.keeps == "end":
            _check_return(run, z, found)
        return None, to_points(start, z.shape), *sums


def _check_return(run: _Run, z: Tensor, found: State) -> None:
    """Whether the way back ended where the way there began."""
    if run.memory.exact:
        began = to_lattice(to_state(z))
        if not all(map(torch.equal, began, found)):
            raise ReversalError(
                "Argument `memory` must be 'states' or 'save' here, but it is 'exact' and "
                "the way back did not end at the same integers: the forces were computed "
                "differently on both ways. Keep the number of threads and the precision "
                "of matrix products fixed between forward and backward."
            )
        return
    gap = (to_points(found, z.shape) - z).abs().amax()
    size = 1 + z.abs().amax()
    error = float(gap / size) if z.numel() else 0.0
    # Half of the digits: the gradient is then off by about as much.
    if not error < torch.finfo(z.dtype).eps ** 0.5:
        raise ReversalError(
            "Argument `memory` must be 'states', 'save' or 'exact' for this flow, but it "
            f"is 'reversible', and running it backwards missed its beginning by {error:.1g} "
            "of its size: round-off has grown too far along it, and the gradient would "
            "be wrong without a sign of it."
        )
