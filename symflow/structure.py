r"""Structure: a Lie algebra given by its structure constants, and what it is.

Takes names and exact constants, gives the centre, the series, the radical and the Levi
factor, the Killing form, Casimir functions, and the algebra's name.

.. math:: [g_i, g_j] = \sum_k c_{ij}^k g_k

Everything is exact: constants are rational, algebraic, or rational functions of
parameters. With parameters the answers hold for generic values of them. Nothing here
depends on the basis in which the algebra is written, but for the bases of subspaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sympy import Add, Expr, Matrix, Mul, Symbol
from sympy.polys.domains.domain import Domain

from symflow.casimirs import casimir_count, casimir_polynomials
from symflow.classification import Identity, classify
from symflow.errors import ArgumentError
from symflow.ideals import Summand, direct_summands, levi_factor, nilradical, radical
from symflow.lie_table import LieTable
from symflow.linear_algebra import Echelon, Row
from symflow.structure_constants import (
    Constants,
    read_element,
    read_table,
    vector_expression,
)
from symflow.symmetric_forms import signature

__all__ = ["AbstractLieAlgebra", "Subspace"]


class Subspace:
    """A subspace of a Lie algebra.

    Arguments:
        names: The names of the algebra's basis.
        rows: The reduced echelon form of the subspace.
        domain: The field of its elements.

    Example:
        >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
        >>> heisenberg.center
        Subspace(dimension 1: Z)
    """

    def __init__(self, names: Sequence[str], rows: Echelon, domain: Domain) -> None:
        self._names = tuple(names)
        self._rows = rows
        self._domain = domain

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


class AbstractLieAlgebra:
    r"""A finite-dimensional Lie algebra over an exact field.

    .. math:: [g_i, g_j] = \sum_k c_{ij}^k g_k

    Arguments:
        names: The names of the basis, distinct.
        structure_constants: For pairs of names, in any order, the bracket as
            coefficients by name: integers, fractions or SymPy expressions in
            parameters. Pairs that are missing commute.
        check_jacobi: Whether to check the Jacobi identity; a caller may switch it off
            only where it is a theorem.

    Raises:
        ArgumentError: If a name is unknown or given twice, if both orders of a pair
            contradict each other, or if a triple violates the Jacobi identity.
        UnsupportedError: If a constant is not a rational function of parameters with
            algebraic coefficients.

    Example:
        >>> so3 = AbstractLieAlgebra(
        ...     ["Lx", "Ly", "Lz"],
        ...     {("Lx", "Ly"): {"Lz": 1}, ("Ly", "Lz"): {"Lx": 1},
        ...      ("Lz", "Lx"): {"Ly": 1}})
        >>> print(so3.identify())
        so(3), compact simple, A1
        >>> so3.killing_signature
        (0, 3, 0)

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, chapters 1 to 5.
    """

    def __init__(
        self,
        names: Sequence[str],
        structure_constants: Constants,
        *,
        check_jacobi: bool = True,
    ) -> None:
        self._names = tuple(names)
        if len(set(self._names)) < len(self._names):
            raise ArgumentError(
                f"Argument `names` must be distinct, but they are {self._names}. "
                f"Rename the repeated ones."
            )
        self._table = read_table(self._names, structure_constants)
        if check_jacobi:
            self._raise_for_jacobi()

    def _raise_for_jacobi(self) -> None:
        defect = self._table.jacobi_defect()
        if defect is None:
            return
        triple = ", ".join(self._names[i] for i in defect[:3])
        rest = vector_expression(defect[3], self._names, self.domain)
        raise ArgumentError(
            f"Argument `structure_constants` must satisfy the Jacobi identity, but on "
            f"({triple}) the cyclic sum is {rest}. Check the brackets of these three."
        )

    @classmethod
    def _of_table(cls, names: Sequence[str], table: LieTable) -> AbstractLieAlgebra:
        algebra = AbstractLieAlgebra.__new__(AbstractLieAlgebra)
        algebra._names = tuple(names)
        algebra._table = table
        return algebra

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the basis."""
        return self._names

    @property
    def dimension(self) -> int:
        """The dimension."""
        return len(self._names)

    @property
    def domain(self) -> Domain:
        """The field of the structure constants, as a SymPy domain."""
        return self._table.domain

    @cached_property
    def structure_constants(self) -> dict[tuple[str, str], dict[str, Expr]]:
        """The brackets that are not zero, by pairs in the order of the basis."""
        names, read = self._names, self.domain.to_sympy
        return {
            (names[i], names[j]): {names[k]: read(value) for k, value in row.items()}
            for (i, j), row in self._table.brackets.items()
        }

    def _subspace(self, rows: Echelon) -> Subspace:
        return Subspace(self._names, rows, self.domain)

    @cached_property
    def center(self) -> Subspace:
        """What commutes with everything."""
        return self._subspace(self._table.center)

    @cached_property
    def derived_series(self) -> tuple[Subspace, ...]:
        r"""The series :math:`D^{k+1} = [D^k, D^k]`, to zero or to the first repeat."""
        series = self._table.series(self._table.whole, lower=False)
        return tuple(map(self._subspace, series))

    @cached_property
    def lower_central_series(self) -> tuple[Subspace, ...]:
        r"""The series :math:`C^{k+1} = [g, C^k]`, to zero or to the first repeat."""
        series = self._table.series(self._table.whole, lower=True)
        return tuple(map(self._subspace, series))

    @cached_property
    def _radical(self) -> Echelon:
        return radical(self._table)

    @property
    def radical(self) -> Subspace:
        """The largest solvable ideal."""
        return self._subspace(self._radical)

    @cached_property
    def nilradical(self) -> Subspace:
        """The largest nilpotent ideal."""
        return self._subspace(nilradical(self._table, self._radical))

    @cached_property
    def levi_factor(self) -> Subspace:
        """A semisimple subalgebra that complements the radical."""
        return self._subspace(levi_factor(self._table, self._radical))

    @cached_property
    def _summands(self) -> tuple[list[Summand], Echelon]:
        return direct_summands(self._table)

    @property
    def ideals(self) -> tuple[Subspace, ...]:
        """The indecomposable direct summands over the field, the abelian ones last."""
        summands, abelian = self._summands
        lines = [self._table.span([row]) for row in abelian.rows]
        return tuple(
            map(self._subspace, [*(summand.space for summand in summands), *lines])
        )

    @cached_property
    def killing_form(self) -> Matrix:
        r"""The Killing form.

        .. math:: K_{ij} = \sum_{k,l} c_{ik}^l \, c_{jl}^k
        """
        matrix = Matrix.zeros(self.dimension, self.dimension)
        for i, row in enumerate(self._table.killing):
            for j, value in row.items():
                matrix[i, j] = self.domain.to_sympy(value)
        return matrix

    @cached_property
    def killing_signature(self) -> tuple[int, int, int]:
        """The numbers of positive, negative and zero squares of the Killing form.

        Raises:
            UnsupportedError: If a sign depends on parameters whose assumptions leave it
                open, or the constants are not real.
        """
        return signature(self._table.killing, self.dimension, self.domain)

    @property
    def is_abelian(self) -> bool:
        """Whether all brackets vanish."""
        return not self._table.brackets

    @property
    def is_nilpotent(self) -> bool:
        """Whether the lower central series ends at zero."""
        return not self.lower_central_series[-1].dimension

    @property
    def is_solvable(self) -> bool:
        """Whether the derived series ends at zero."""
        return self._radical.rank == self.dimension

    @property
    def is_semisimple(self) -> bool:
        """Whether the radical is zero and the algebra is not."""
        return bool(self.dimension) and not self._radical.rank

    @cached_property
    def is_simple(self) -> bool:
        """Whether it is simple as a real algebra: no ideals, and not abelian."""
        return self.is_semisimple and self._abstract_identity.is_simple

    @property
    def nilpotency_class(self) -> int | None:
        """The number of steps to zero of the lower central series; None if it stops."""
        return len(self.lower_central_series) - 1 if self.is_nilpotent else None

    @cached_property
    def casimir_count(self) -> int:
        r"""The number of independent Casimir functions, dim minus the generic rank.

        .. math:: \dim g - \operatorname{rank} \Big(\sum_k c_{ij}^k x_k\Big)
        """
        return casimir_count(self._table)

    def casimirs(self, degree: int = 2) -> tuple[Expr, ...]:
        r"""The Casimir polynomials that are no products of lower ones.

        .. math:: \sum_{j,k} c_{ij}^k \, x_k \frac{\partial C}{\partial x_j} = 0

        Arguments:
            degree: The highest degree to look at.

        Returns:
            Homogeneous polynomials in symbols named after the basis, lowest degree
            first; all Casimir polynomials up to the degree are polynomials in them.

        Example:
            >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
            >>> heisenberg.casimirs(3)
            (Z,)
        """
        symbols = [Symbol(name) for name in self._names]
        return tuple(
            Add(
                *(
                    Mul(self.domain.to_sympy(value), *(symbols[k] for k in monomial))
                    for monomial, value in polynomial.items()
                )
            )
            for polynomial in casimir_polynomials(self._table, degree)
        )

    def identify(self) -> Identity:
        """The algebra's name, Cartan type and real form, with their standing.

        Returns:
            The identity; its standing is proved only where an isomorphism with the
            named algebra is.

        Example:
            >>> AbstractLieAlgebra("ab", {}).identify().name
            'abelian R^2'
        """
        return self.refine_identity(self._abstract_identity)

    def refine_identity(self, identity: Identity) -> Identity:
        """What a realisation knows beyond the table, so(2) from R, say.

        Arguments:
            identity: The identity of the abstract algebra.

        Returns:
            The identity to report; here the same one.
        """
        return identity

    @cached_property
    def _abstract_identity(self) -> Identity:
        return classify(self._table, *self._summands)

    def basis_change(
        self, matrix: Matrix | Sequence[Sequence[Any]]
    ) -> AbstractLieAlgebra:
        r"""The same algebra in another basis.

        .. math:: g'_i = \sum_j S_{ij} g_j

        Arguments:
            matrix: The invertible matrix S, with entries in the field.

        Returns:
            The algebra of the g', named ``e1``, ``e2`` and so on.

        Raises:
            ArgumentError: If the matrix has the wrong size or is not invertible.
            UnsupportedError: If an entry lies outside the field.
        """
        size = self.dimension
        entries = Matrix(matrix) if size else Matrix.zeros(0, 0)
        if entries.shape != (size, size):
            raise ArgumentError(
                f"Argument `matrix` must be {size} by {size}, but is "
                f"{entries.shape[0]} by {entries.shape[1]}."
            )
        rows: list[Row] = []
        for i in range(size):
            values = [read_element(x, self.domain, "matrix") for x in entries.row(i)]
            rows.append({j: value for j, value in enumerate(values) if value})
        if self._table.span(rows).rank < size:
            raise ArgumentError(
                "Argument `matrix` must be invertible, but its rows are dependent."
            )
        names = [f"e{i + 1}" for i in range(size)]
        return self._of_table(names, self._table.transform(rows))

    def __repr__(self) -> str:
        return f"AbstractLieAlgebra({list(self._names)}, {self.structure_constants})"
