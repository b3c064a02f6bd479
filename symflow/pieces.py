r"""Pieces: exact flows of invariant Hamiltonians, as invertible maps.

Takes phase points and a time, gives where the flow of one Hamiltonian carries them; minus
the time is the inverse, and every piece preserves volume, so log|det| = 0.

.. math:: \Phi_t \circ \Phi_{-t} = 1, \qquad M^T J M = J, \qquad \det M = 1

Because each is an exact flow of an invariant Hamiltonian, any composition commutes with the
flow of every generator.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.compilation import CompiledFunctions
from symflow.constants import Constant
from symflow.functions import Tape, Weights
from symflow.hamiltonians import AbstractHamiltonian, InvariantHamiltonian

__all__ = [
    "AbstractPiece",
    "LinearFlowPiece",
    "ShearPiece",
    "State",
    "Time",
    "to_points",
    "to_state",
]

# The rows of q and of p, each of shape (n, B): a kick leaves q where it is in memory.
State = tuple[Tensor, Tensor]
Time = float | Tensor  # a number, or a tensor to differentiate by


def to_state(z: Tensor) -> State:
    """Phase points as rows of q and rows of p.

    Arguments:
        z: Phase points, shape (..., 2n).

    Returns:
        Two tensors of shape (n, B).
    """
    n = z.shape[-1] // 2
    rows = z.reshape(-1, 2 * n).t().contiguous()
    return rows[:n], rows[n:]


def to_points(state: State, shape: torch.Size) -> Tensor:
    """Rows of q and of p as phase points.

    Arguments:
        state: Two tensors of shape (n, B).
        shape: The shape of the points, (..., 2n).

    Returns:
        The phase points.
    """
    return torch.cat(state).t().contiguous().view(shape)


class AbstractPiece(nn.Module, ABC):
    """A flow of one Hamiltonian, with the pullback of covectors written out."""

    hamiltonian: AbstractHamiltonian

    @abstractmethod
    def advance(self, weights: Weights, state: State, time: Time) -> tuple[State, Tape]:
        """Carry a state along the flow.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: Rows of q and of p.
            time: How long to flow.

        Returns:
            The state at that time, and what `pull` needs.
        """

    @abstractmethod
    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: State,
        time: float,
        sums: Sequence[Tensor],
    ) -> State:
        """Pull a covector back through the step.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            tape: What `advance` gave.
            covector: A covector at the end of the step, as rows.
            time: How long it flowed.
            sums: One tensor for each of the weights, to which their derivative is added.

        Returns:
            The covector at the beginning of the step.
        """

    def rewind(self, weights: Weights, state: State, time: float) -> tuple[State, Tape]:
        """The state before a step, from that after it.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: The state after the step.
            time: How long it flowed.

        Returns:
            The state before, and what `pull` needs.
        """
        before, _ = self.advance(weights, state, -time)
        _, tape = self.advance(weights, before, time)
        return before, tape

    def forward(self, z: Tensor, time: Time = 1.0) -> Tensor:
        """Carry phase points along the flow.

        Arguments:
            z: Phase points, shape (..., 2n).
            time: How long to flow; minus the time is the inverse.

        Returns:
            The phase points at that time, shape (..., 2n).
        """
        state, _ = self.advance(self.hamiltonian.folded(), to_state(z), time)
        return to_points(state, z.shape)


@final
class ShearPiece(AbstractPiece):
    r"""The flow of a function of commuting coordinates.

    .. math:: z(t) = z + t \, J \nabla H(x_S)

    The coordinates x_S stay, so the step is exact for any t. With x_S = q it is the kick
    by U(q), with x_S = p the drift by K(p).

    Arguments:
        hamiltonian: A function of commuting coordinates, or compiled invariants of them.
        width: Number of units of each hidden layer, for compiled invariants.
        depth: Number of hidden layers, for compiled invariants.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> kick = ShearPiece(compile([x**2], [x, p]), width=8, depth=1).double()
        >>> z = torch.randn(5, 2, dtype=torch.float64)
        >>> torch.allclose(kick(kick(z), -1.0), z)
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5;
        docs/theory.md, equation (11).
    """

    def __init__(
        self,
        hamiltonian: AbstractHamiltonian | CompiledFunctions,
        width: int = 32,
        depth: int = 2,
    ) -> None:
        super().__init__()
        if isinstance(hamiltonian, CompiledFunctions):
            hamiltonian = InvariantHamiltonian(hamiltonian, width, depth)
        self.hamiltonian = hamiltonian
        n, used = hamiltonian.n, hamiltonian.coordinates
        whole = tuple(range(n)), tuple(range(n, 2 * n))
        # A kick shifts p only, a drift q only; anything else shifts some rows of both.
        self.side = whole.index(used) if used in whole else None
        mixed = () if self.side is not None else used
        spread, select = np.zeros((2 * n, len(mixed))), np.zeros((len(mixed), 2 * n))
        for row, k in enumerate(mixed):
            spread[(k + n) % (2 * n), row] = -1.0 if k < n else 1.0
            select[row, k] = 1.0
        self._spread, self._select = Constant(spread), Constant(select)

    def place(self, state: State) -> Tensor:
        """The coordinates that the Hamiltonian depends on.

        Arguments:
            state: Rows of q and of p.

        Returns:
            Their rows, shape (d, B).
        """
        if self.side is not None:
            return state[self.side]
        rows = torch.cat(state)
        return self._select.like(rows) @ rows

    def displacement(
        self, slopes: Tensor, time: Time
    ) -> tuple[Tensor | None, Tensor | None]:
        """By how much q and p move, given the gradient: t J grad H.

        Arguments:
            slopes: The gradient, shape (d, B).
            time: How long to flow.

        Returns:
            The displacements of q and of p, None for what stays.
        """
        if self.side == 0:
            return None, slopes * -time
        if self.side == 1:
            return slopes * time, None
        turned = self._spread.like(slopes) @ (slopes * time)
        return turned[: self.hamiltonian.n], turned[self.hamiltonian.n :]

    def advance(self, weights: Weights, state: State, time: Time) -> tuple[State, Tape]:
        """Shift the coordinates that are conjugate to x_S.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: Rows of q and of p.
            time: How long to flow.

        Returns:
            The state at that time, and what `pull` needs.
        """
        slopes, tape = self.hamiltonian.slope(weights, self.place(state))
        return self._moved(state, slopes, time), tape

    def rewind(self, weights: Weights, state: State, time: float) -> tuple[State, Tape]:
        """The state before a step: x_S has stayed, so one gradient serves both.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: The state after the step.
            time: How long it flowed.

        Returns:
            The state before, and what `pull` needs.
        """
        slopes, tape = self.hamiltonian.slope(weights, self.place(state))
        return self._moved(state, slopes, -time), tape

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: State,
        time: float,
        sums: Sequence[Tensor],
    ) -> State:
        r"""Pull a covector back through the step.

        .. math:: \bar x = \bar x' + t \, \nabla\nabla H \, J^T \bar z'

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            tape: What `advance` gave.
            covector: A covector at the end of the step, as rows.
            time: How long it flowed.
            sums: One tensor for each of the weights, to which their derivative is added.

        Returns:
            The covector at the beginning of the step.
        """
        q, p = covector
        if self.side == 0:
            return q + self.hamiltonian.pull(weights, tape, p * -time, sums), p
        if self.side == 1:
            return q, p + self.hamiltonian.pull(weights, tape, q * time, sums)
        rows = torch.cat(covector)
        turned = time * (self._spread.like(rows).t() @ rows)
        bar = self.hamiltonian.pull(weights, tape, turned, sums)
        rows = rows + self._select.like(rows).t() @ bar
        return rows[: self.hamiltonian.n], rows[self.hamiltonian.n :]

    def _moved(self, state: State, slopes: Tensor, time: Time) -> State:
        q, p = state
        if self.side == 0:
            return q, _plus(p, slopes, -time)
        if self.side == 1:
            return _plus(q, slopes, time), p
        rows = self._spread.like(slopes) @ slopes
        return _plus(q, rows[: len(q)], time), _plus(p, rows[len(q) :], time)


@final
class LinearFlowPiece(AbstractPiece):
    r"""The flow of a function of commuting quadratic invariants.

    .. math:: z(t) = \prod_a \exp(t \, \tau_a A_a) \, z, \qquad
        \tau_a = \partial_a f(I), \qquad
        e^{\tau A} = 1 + s(\tau) A + k(\tau) A^2

    Each I_a is constant along the flow, so the angles tau are. With A^3 = c A the
    coefficients are s = sin(wt)/w, k = (1 - cos wt)/w^2 for c = -w^2; sinh and cosh for
    c = w^2; and t, t^2/2 for c = 0.

    Arguments:
        hamiltonian: A function of commuting quadratic invariants, or these, compiled.
        matrices: The matrices A, shape (m, 2n, 2n).
        cubes: The numbers c, one for each matrix.
        width: Number of units of each hidden layer, for compiled invariants.
        depth: Number of hidden layers, for compiled invariants.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> turn = LinearFlowPiece(
        ...     compile([(x**2 + p**2) / 2], [x, p]),
        ...     np.array([[[0.0, 1.0], [-1.0, 0.0]]]), [-1.0], width=8, depth=1).double()
        >>> z = torch.randn(5, 2, dtype=torch.float64)
        >>> torch.allclose((turn(z) ** 2).sum(-1), (z**2).sum(-1))
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5;
        docs/theory.md, equations (12) and (13).
    """

    hamiltonian: InvariantHamiltonian

    def __init__(
        self,
        hamiltonian: InvariantHamiltonian | CompiledFunctions,
        matrices: np.ndarray,
        cubes: Sequence[float],
        width: int = 32,
        depth: int = 2,
    ) -> None:
        super().__init__()
        if isinstance(hamiltonian, CompiledFunctions):
            hamiltonian = InvariantHamiltonian(hamiltonian, width, depth)
        self.hamiltonian = hamiltonian
        self.cubes = tuple(float(c) for c in cubes)
        size = 2 * hamiltonian.n
        self._powers = tuple(Constant(np.concatenate([A, A @ A])) for A in matrices)
        self._select = Constant(np.eye(size)[list(hamiltonian.coordinates)])

    def advance(self, weights: Weights, state: State, time: Time) -> tuple[State, Tape]:
        """Apply the matrix exponentials, one for each invariant.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: Rows of q and of p.
            time: How long to flow.

        Returns:
            The state at that time, and what `pull` needs.
        """
        z = torch.cat(state)
        x = z
        if len(self.hamiltonian.coordinates) < len(z):
            x = self._select.like(z) @ z
        angles, inner, at = self.hamiltonian.angles(weights, x)
        turns = []
        for angle, power, cube in zip(
            (angles * time).split(1), self._powers, self.cubes, strict=True
        ):
            first, second = (power.like(z) @ z).chunk(2)
            s, k = _coefficients(angle, cube)
            turns.append((first, second, s, k))
            z = z + s * first + k * second
        n = self.hamiltonian.n
        kept = self.hamiltonian.rows.kept(at)
        return (z[:n], z[n:]), (inner, kept, turns)

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: State,
        time: float,
        sums: Sequence[Tensor],
    ) -> State:
        r"""Pull a covector back through the step.

        .. math:: \bar z = (e^{\tau A})^T \bar z' + \nabla I \, \bar I, \qquad
            \bar\tau = \bar z' \cdot (s' A + k' A^2) z, \qquad
            s' = 1 + c k, \quad k' = s

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            tape: What `advance` gave.
            covector: A covector at the end of the step, as rows.
            time: How long it flowed.
            sums: One tensor for each of the weights, to which their derivative is added.

        Returns:
            The covector at the beginning of the step.
        """
        inner, kept, turns = tape
        rows = torch.cat(covector)
        bars: list[Tensor] = []
        for (first, second, s, k), power, cube in zip(
            turns[::-1], self._powers[::-1], self.cubes[::-1], strict=True
        ):
            along_s = (rows * first).sum(0, keepdim=True)
            along_k = (rows * second).sum(0, keepdim=True)
            bars.append((1 + cube * k) * along_s + s * along_k)
            stacked = torch.cat([s * rows, k * rows])
            rows = torch.addmm(rows, power.like(rows).t(), stacked)
        angle_bars = torch.cat(bars[::-1]) * time
        bar = self.hamiltonian.pull_angles(weights, inner, angle_bars, sums)
        x = self.hamiltonian.rows.pullback(kept, bar)
        if len(self.hamiltonian.coordinates) < len(rows):
            x = self._select.like(rows).t() @ x
        rows = rows + x
        n = self.hamiltonian.n
        return rows[:n], rows[n:]


def _plus(rows: Tensor, velocity: Any, time: Time) -> Tensor:  # noqa: ANN401
    """Rows moved for a time; a time that is a number costs no pass over memory.

    Where torch compiles, it is a product and a sum: inductor fuses the other with a matrix
    product before it and then drops the factor, without a word (pytorch issue 167313).
    """
    if isinstance(time, Tensor) or torch.compiler.is_compiling():
        return rows + time * velocity
    return torch.add(rows, velocity, alpha=time)


def _coefficients(angle: Tensor, cube: float) -> tuple[Tensor, Tensor]:
    """The s and k of exp(angle A) = 1 + s A + k A^2 when A^3 = cube A."""
    if cube == 0.0:
        return angle, angle * angle / 2
    frequency = math.sqrt(abs(cube))
    half = angle * (frequency / 2)
    # 1 - cos x = 2 sin^2(x/2), and likewise for cosh, keep all digits at small angles.
    sine = torch.sin(half) if cube < 0 else torch.sinh(half)
    cosine = torch.cos(half) if cube < 0 else torch.cosh(half)
    return 2 * sine * cosine / frequency, 2 * sine * sine / frequency**2
