r"""Subspace: of a Lie algebra, by its reduced echelon form.

Takes names, rows and a field, gives a basis, sums, intersections and inclusions.

.. math:: \dim (U + V) + \dim (U \cap V) = \dim U + \dim V
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr
from sympy.polys.domains.domain import Domain

from symflow.errors import ArgumentError
from symflow.ideals import intersection
from symflow.linear_algebra import Echelon, echelon
from symflow.notation import inline, span_latex
from symflow.structure_constants import vector_expression

__all__ = ["Subspace"]


class Subspace:
    """A subspace of a Lie algebra.

    Equal subspaces are equal objects: the reduced echelon form is unique.

    Arguments:
        names: The names of the algebra's basis.
        rows: The reduced echelon form of the subspace.
        domain: The field of its elements.

    Example:
        >>> from symflow.structure import AbstractLieAlgebra
        >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
        >>> heisenberg.center
        Subspace(dimension 1: Z)
        >>> heisenberg.center <= heisenberg.nilradical
        True
    """

    def __init__(self, names: Sequence[str], rows: Echelon, domain: Domain) -> None:
        self._names = tuple(names)
        self._rows = rows
        self._domain = domain

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the algebra's basis."""
        return self._names

    @property
    def rows(self) -> Echelon:
        """The reduced echelon form."""
        return self._rows

    @property
    def domain(self) -> Domain:
        """The field of the elements."""
        return self._domain

    @property
    def dimension(self) -> int:
        """The number of independent vectors."""
        return self._rows.rank

    @property
    def basis(self) -> tuple[dict[str, Expr], ...]:
        """The basis in reduced echelon form, coefficients by name."""
        return tuple(
            {self._names[k]: self._domain.to_sympy(v) for k, v in sorted(row.items())}
            for row in self._rows.rows
        )

    def __add__(self, other: Subspace) -> Subspace:
        self._check(other)
        rows = [*self._rows.rows, *other.rows.rows]
        return self._with(echelon(rows, len(self._names), self._domain))

    def __and__(self, other: Subspace) -> Subspace:
        self._check(other)
        common = intersection(self._rows, other.rows, self._domain)
        return self._with(echelon(common, len(self._names), self._domain))

    def __le__(self, other: Subspace) -> bool:
        self._check(other)
        return not any(map(other.rows.reduce, self._rows.rows))

    def __lt__(self, other: Subspace) -> bool:
        return self <= other and self.dimension < other.dimension

    def _check(self, other: Subspace) -> None:
        if self._names != other.names or self._domain != other.domain:
            raise ArgumentError(
                "Argument `other` must be a subspace of the same algebra over the same "
                f"field, but one has the basis {', '.join(self._names)} over "
                f"{self._domain} and the other {', '.join(other.names)} over "
                f"{other.domain}."
            )

    def _with(self, rows: Echelon) -> Subspace:
        return Subspace(self._names, rows, self._domain)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subspace):
            return NotImplemented
        return self._names == other._names and self.basis == other.basis

    def __hash__(self) -> int:
        return hash((self._names, self._rows.pivots))

    def __repr__(self) -> str:
        vectors = (
            vector_expression(row, self._names, self._domain) for row in self._rows.rows
        )
        text = f"dimension {self.dimension}"
        return (
            f"Subspace({text}: {', '.join(map(str, vectors))})"
            if self.basis
            else (f"Subspace({text})")
        )

    def _repr_latex_(self) -> str:
        return inline(span_latex(self.basis))
