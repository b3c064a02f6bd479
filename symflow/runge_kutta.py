r"""Runge-Kutta: implicit Gauss steps of any Hamiltonian, separable or not.

Takes a Hamiltonian and a tableau, gives a step that is solved to round-off, with the
gradient of the solution.

.. math:: K_i = J \nabla H\Bigl(z + h \sum_j a_{ij} K_j\Bigr), \qquad
    z' = z + h \sum_j b_j K_j

Every Runge-Kutta method commutes with affine maps, and the Gauss methods are symplectic and
conserve quadratic invariants; so a step of an invariant H commutes with every affine
symplectic action. The fixed-point iteration commutes with affine maps at every turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

import numpy as np
import torch
from torch import Tensor

from symflow.constants import Constant
from symflow.errors import SymflowError, UnsupportedError
from symflow.functions import Tape, Weights
from symflow.hamiltonians import AbstractHamiltonian
from symflow.pieces import AbstractPiece, State, Time
from symflow.schemes import Tableau

__all__ = ["ConvergenceError", "GaussPiece"]


class ConvergenceError(SymflowError, ArithmeticError):
    """An implicit step was not solved within the number of turns allowed."""


@final
class GaussPiece(AbstractPiece):
    r"""One step of a Gauss method.

    .. math:: M^T J M = J, \qquad \det M = 1, \qquad \Phi_h \circ \Phi_{-h} = 1

    Not the exact flow of H, but symplectic, time-reversible, and equivariant under affine
    symplectic actions. The equations are solved by fixed-point iteration, which converges
    if h times the largest slope of the force is below 2 or so.

    Arguments:
        hamiltonian: The Hamiltonian H.
        tableau: The coefficients of the method.
        tolerance: How much a turn may still change the stages, in units of machine
            epsilon and of the largest coordinate.
        turns: The most turns of the iteration.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> from symflow.schemes import GAUSS
        >>> x, p = symbols("x p", real=True)
        >>> H = KnownHamiltonian(compile([(x**2 + p**2) / 2], [x, p]))
        >>> midpoint = GaussPiece(H, GAUSS[2])
        >>> midpoint(torch.tensor([1.0, 0.0], dtype=torch.float64), 1.0)  # a Cayley map
        tensor([ 0.6000, -0.8000], dtype=torch.float64)

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, sections IV.2, VI.4
        and VIII.6.
    """

    def __init__(
        self,
        hamiltonian: AbstractHamiltonian,
        tableau: Tableau,
        tolerance: float = 16.0,
        turns: int = 100,
    ) -> None:
        super().__init__()
        self.hamiltonian = hamiltonian
        self.tolerance = tolerance
        self.turns = turns
        n, used = hamiltonian.n, list(hamiltonian.coordinates)
        self._matrix = Constant(np.array(tableau.matrix))
        self._weights = Constant(np.array(tableau.weights))
        J = np.kron([[0.0, 1.0], [-1.0, 0.0]], np.eye(n))
        self._select = Constant(np.eye(2 * n)[used])
        self._turn = Constant(J[:, used])

    def advance(self, weights: Weights, state: State, time: Time) -> tuple[State, Tape]:
        """Solve one step.

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            state: Rows of q and of p.
            time: The step h.

        Returns:
            The state after the step, and what `pull` needs.

        Raises:
            ConvergenceError: If the iteration does not end.
            UnsupportedError: If torch compiles or exports.
        """
        z = torch.cat(state)
        A, b = self._matrix.like(z), self._weights.like(z)

        def stages(velocity: Tensor) -> Tensor:
            return z[:, None] + time * torch.einsum("ij,djb->dib", A, velocity)

        def velocity(points: Tensor) -> tuple[Tensor, Tape]:
            rows = self._select.like(z) @ points.flatten(1)
            slopes, tape = self.hamiltonian.slope(weights, rows)
            return (self._turn.like(z) @ slopes).view_as(points), tape

        start = z[:, None].expand(-1, len(b), -1)

        def improve(points: Tensor) -> Tensor:
            return stages(velocity(points)[0])

        points = self._solve(improve, start)
        K, tape = velocity(points)
        z = z + time * torch.einsum("j,djb->db", b, K)
        return (z[: self.hamiltonian.n], z[self.hamiltonian.n :]), tape

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: State,
        time: float,
        sums: Sequence[Tensor],
    ) -> State:
        r"""Pull a covector back by the implicit-function theorem.

        .. math:: \bar K_j = h b_j \bar z' + h \sum_i a_{ij} w_i, \qquad
            w_j = F'(Y_j)^T \bar K_j, \qquad \bar z = \bar z' + \sum_j w_j

        Arguments:
            weights: What the Hamiltonian's `folded` gave.
            tape: What `advance` gave.
            covector: A covector after the step, as rows.
            time: The step h.
            sums: One tensor for each of the weights, to which their derivative is added.

        Returns:
            The covector before the step.

        Raises:
            ConvergenceError: If the iteration does not end.
        """
        rows = torch.cat(covector)
        A, b = self._matrix.like(rows), self._weights.like(rows)
        direct = time * b[:, None] * rows[:, None]

        def bars(w: Tensor) -> Tensor:
            return direct + time * torch.einsum("ij,dib->djb", A, w)

        def pulled(bar: Tensor, into: Sequence[Tensor] | None) -> Tensor:
            turned = self._turn.like(rows).t() @ bar.flatten(1)
            x = self.hamiltonian.pull(weights, tape, turned, into)
            return (self._select.like(rows).t() @ x).view_as(bar)

        bar = self._solve(lambda bar: bars(pulled(bar, None)), direct)
        rows = rows + pulled(bar, sums).sum(1)
        return rows[: self.hamiltonian.n], rows[self.hamiltonian.n :]

    def _solve(self, improve: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
        if torch.compiler.is_compiling():
            raise UnsupportedError(
                "Argument `integrator` must be explicit where torch compiles or exports, "
                "but this one solves equations in as many turns as the numbers need, "
                "which no program can hold. Use Blocks(...) or Leapfrog(...)."
            )
        bound = self.tolerance * torch.finfo(start.dtype).eps
        found = start
        for _ in range(self.turns):
            found, before = improve(found), found
            if _change(found, before) <= bound:
                return found
        raise ConvergenceError(
            f"Argument `step_size` must be small enough for the implicit equations to be "
            f"solved in {self.turns} turns, but the last turn still changed the stages "
            f"by {_change(found, before):.2g} of their size. Take more and smaller steps."
        )


def _change(new: Tensor, old: Tensor) -> float:
    """The largest change, relative to the largest number."""
    with torch.no_grad():
        if not new.numel():
            return 0.0
        size = new.abs().amax().clamp_min(torch.finfo(new.dtype).tiny)
        return float((new - old).abs().amax() / size)
