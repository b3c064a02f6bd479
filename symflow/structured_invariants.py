r"""Structured invariants: those of very many particles, named rather than written out.

Takes an affine algebra, gives its factors with the vectors and the tensors that they keep,
invariants one at a time when asked for, and all products of vectors by one matrix product.

.. math:: G_{ab}(z) = v_a(z)^T S \, v_b(z), \qquad v_a(z) = L_a z + c_a

e(3) on a thousand particles has two million products, and its vectors are 1,999: the
displacements from one particle, and the momenta.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sympy import QQ, Expr

from symflow.affine_algebras import AffineAlgebra
from symflow.classical_actions import ClassicalAction, Entry, Vector
from symflow.errors import ArgumentError
from symflow.factors import Factor, TheoremFactor
from symflow.linear_forms import CONSTANT, SparsePolynomial, expression_of
from symflow.linear_invariants import invariant_factors
from symflow.notebook_views import NotebookView

__all__ = ["StructuredInvariants", "structured_invariants"]


class StructuredInvariants(NotebookView):
    r"""The invariants of an affine algebra, by the factors that it falls into.

    Arguments:
        algebra: The algebra.
        factors: Its factors, with their invariants.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x1 y1 x2 y2")
        >>> x1, y1, x2, y2, p1, q1, p2, q2 = space.z
        >>> L = x1 * q1 - y1 * p1 + x2 * q2 - y2 * p2
        >>> plane = AffineAlgebra(space, {"Px": p1 + p2, "Py": q1 + q2, "L": L})
        >>> found = structured_invariants(plane)
        >>> print(found)
        first fundamental theorem of SO(2) on 3 vectors: scalar products, determinants
        >>> found.number, found.generating
        (9, True)
        >>> next(found.expressions())
        x1**2 - 2*x1*x2 + x2**2 + y1**2 - 2*y1*y2 + y2**2
    """

    def __init__(self, algebra: AffineAlgebra, factors: list[Factor]) -> None:
        self.algebra = algebra
        self.factors = tuple(factors)

    @property
    def actions(self) -> tuple[ClassicalAction, ...]:
        """The classical actions among the factors."""
        return tuple(f.action for f in self.factors if isinstance(f, TheoremFactor))

    @property
    def number(self) -> int:
        """How many invariants generate all others."""
        return sum(
            f.action.count if isinstance(f, TheoremFactor) else len(f.polynomials)
            for f in self.factors
        )

    @property
    def generating(self) -> bool:
        """Whether they are proved to generate all polynomial invariants."""
        return all(
            isinstance(f, TheoremFactor) or f.degree is None for f in self.factors
        )

    def entries(self) -> Iterator[tuple[ClassicalAction, Entry]]:
        """The invariants of the classical actions, one after another.

        Yields:
            An action and the entry that names its vectors.
        """
        for action in self.actions:
            for entry in action.entries():
                yield action, entry

    def expression(self, action: ClassicalAction, entry: Entry) -> Expr:
        """One invariant written out, to compile it, say.

        Arguments:
            action: One of `actions`.
            entry: One of its entries.

        Returns:
            The expanded expression.
        """
        return expression_of(action.polynomial(entry), self.algebra.space.z, QQ)

    def expressions(self) -> Iterator[Expr]:
        """All invariants, written out one after another.

        Yields:
            Expanded expressions.
        """
        for factor in self.factors:
            if isinstance(factor, TheoremFactor):
                entries = factor.action.entries()
                listed: Iterable[SparsePolynomial] = map(
                    factor.action.polynomial, entries
                )
            else:
                listed = factor.polynomials
            for f in listed:
                yield expression_of(f, self.algebra.space.z, QQ)

    def products(self, z: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """All products of two vectors of each action that keeps a form.

        Arguments:
            z: Points of phase space, of shape (..., 2n).

        Returns:
            One array of shape (..., m, m) for each such action with m vectors.

        Raises:
            ArgumentError: If the points have another number of coordinates.
        """
        size = self.algebra.space.dimension
        if z.shape[-1:] != (size,):
            raise ArgumentError(
                f"Argument `z` must have shape (..., {size}), but it has {z.shape}."
            )
        found = []
        for vectors, S in self._tables:
            v = vectors.at(z)
            found.append(v @ S @ np.swapaxes(v, -1, -2))
        return found

    @cached_property
    def _tables(self) -> list[tuple[_Vectors, NDArray[np.float64]]]:
        tables = []
        for action in self.actions:
            if "form" in action.kept:
                S = np.zeros((action.size, action.size))
                for (i, j), x in action.kept["form"].items():
                    S[i, j] = float(x)
                tables.append((_Vectors(action.vectors), S))
        return tables

    def __str__(self) -> str:
        return "; ".join(factor.reason for factor in self.factors)


class _Vectors:
    """Vectors of linear forms as the places and factors of their terms."""

    def __init__(self, vectors: tuple[Vector, ...]) -> None:
        forms = [form for vector in vectors for form in vector]
        self._shape = len(vectors), len(vectors[0])
        length = max(map(len, forms))
        # Forms with fewer terms are filled up with zero times the first coordinate.
        self._places = np.zeros((length, len(forms)), dtype=np.int64)
        self._factors = np.zeros((length, len(forms)))
        self._constants = np.array([float(f.get(CONSTANT, 0)) for f in forms])
        for k, form in enumerate(forms):
            terms = ((j, x) for j, x in form.items() if j != CONSTANT)
            for t, (j, x) in enumerate(terms):
                self._places[t, k], self._factors[t, k] = j, float(x)

    def at(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.broadcast_to(self._constants, (*z.shape[:-1], len(self._constants)))
        for places, factors in zip(self._places, self._factors, strict=True):
            total = total + factors * z[..., places]
        return total.reshape(*z.shape[:-1], *self._shape)


def structured_invariants(algebra: AffineAlgebra) -> StructuredInvariants:
    """The invariants of an affine algebra on any number of particles.

    Arguments:
        algebra: The algebra.

    Returns:
        Its factors, recognised, with their invariants named.

    Raises:
        ArgumentError: If the algebra is none.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> x, p = PhaseSpace("x").z
        >>> oscillator = AffineAlgebra(PhaseSpace("x"), {"H": x**2 + p**2})
        >>> list(structured_invariants(oscillator).expressions())
        [p_x**2 + x**2]

    Reference:
        Weyl, The Classical Groups, chapter II; docs/invariants.md.
    """
    if not isinstance(algebra, AffineAlgebra):
        raise ArgumentError(
            "Argument `algebra` must be an AffineAlgebra, but it is of type "
            f"{type(algebra).__name__}. For a LieAlgebra call `invariants`."
        )
    places = range(algebra.space.dimension)
    factors = invariant_factors(algebra.fields, places, QQ)
    # Over the rationals every factor can be searched.
    return StructuredInvariants(algebra, list(factors or ()))
