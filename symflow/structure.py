r"""Structure: a Lie algebra given by its structure constants, and what it is.

Takes names and exact constants, gives the centre, the series, the radical and the Levi
factor, the Killing form, a Cartan subalgebra and the roots, Casimir functions, and the
algebra's name.

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

from symflow.bracket_tables import BracketTable
from symflow.canonical_bases import CanonicalBasis
from symflow.cartan_subalgebras import cartan_subalgebra
from symflow.casimirs import casimir_count, casimir_polynomials
from symflow.classification import Identity, classify
from symflow.errors import ArgumentError, UnsupportedError
from symflow.ideals import Summand, direct_summands, levi_factor, nilradical, radical
from symflow.lie_table import LieTable
from symflow.linear_algebra import Echelon, Row
from symflow.notation import Signs, algebra_latex, inline
from symflow.root_spaces import RootDecomposition, root_decomposition
from symflow.root_systems import RootSystem
from symflow.structure_constants import (
    Constants,
    read_element,
    read_table,
    vector_expression,
)
from symflow.subspaces import Subspace
from symflow.symmetric_forms import signature

__all__ = ["AbstractLieAlgebra", "Subspace"]


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

    # What stands around the entries of a bracket; braces where it is Poisson's.
    bracket_signs: Signs = ("[", "]")

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

    @cached_property
    def _canonical(self) -> CanonicalBasis | None:
        """A basis in which the constants are simpler, where one is known."""
        return None

    @property
    def _simple(self) -> LieTable:
        """The structure constants in the canonical basis, or the declared ones."""
        return self._table if self._canonical is None else self._canonical.table

    def _subspace(self, rows: Echelon) -> Subspace:
        """A subspace that was found in the canonical basis."""
        if self._canonical is not None:
            rows = self._canonical.declared(rows)
        return Subspace(self._names, rows, self.domain)

    @cached_property
    def center(self) -> Subspace:
        """What commutes with everything."""
        return self._subspace(self._simple.center)

    @cached_property
    def derived_series(self) -> tuple[Subspace, ...]:
        r"""The series :math:`D^{k+1} = [D^k, D^k]`, to zero or to the first repeat."""
        series = self._simple.series(self._simple.whole, lower=False)
        return tuple(map(self._subspace, series))

    @cached_property
    def lower_central_series(self) -> tuple[Subspace, ...]:
        r"""The series :math:`C^{k+1} = [g, C^k]`, to zero or to the first repeat."""
        series = self._simple.series(self._simple.whole, lower=True)
        return tuple(map(self._subspace, series))

    @cached_property
    def upper_central_series(self) -> tuple[Subspace, ...]:
        r"""The series of the x with :math:`[g, x] \subset Z_k`, from zero till it stays."""
        terms = [self._simple.span([])]
        while True:
            quotient, pivots = self._simple.quotient(terms[-1]), set(terms[-1].pivots)
            free = [i for i in range(self.dimension) if i not in pivots]
            central = [{free[a]: v for a, v in x.items()} for x in quotient.center.rows]
            if not central:
                return tuple(map(self._subspace, terms))
            terms.append(self._simple.span([*terms[-1].rows, *central]))

    @cached_property
    def _radical(self) -> Echelon:
        return radical(self._simple)

    @property
    def radical(self) -> Subspace:
        """The largest solvable ideal."""
        return self._subspace(self._radical)

    @cached_property
    def nilradical(self) -> Subspace:
        """The largest nilpotent ideal."""
        return self._subspace(nilradical(self._simple, self._radical))

    @cached_property
    def levi_factor(self) -> Subspace:
        """A semisimple subalgebra that complements the radical."""
        return self._subspace(levi_factor(self._simple, self._radical))

    @cached_property
    def _summands(self) -> tuple[list[Summand], Echelon]:
        return direct_summands(self._simple)

    @property
    def ideals(self) -> tuple[Subspace, ...]:
        """The indecomposable direct summands over the field, the abelian ones last."""
        summands, abelian = self._summands
        lines = [self._simple.span([row]) for row in abelian.rows]
        return tuple(
            map(self._subspace, [*(summand.space for summand in summands), *lines])
        )

    @cached_property
    def cartan_subalgebra(self) -> Subspace:
        """A Cartan subalgebra: nilpotent, and its own normaliser."""
        return self._subspace(cartan_subalgebra(self._simple))

    @property
    def rank(self) -> int:
        """The dimension of the Cartan subalgebras."""
        return self.cartan_subalgebra.dimension

    @cached_property
    def root_decomposition(self) -> RootDecomposition:
        """The roots on the Cartan subalgebra, and their spaces.

        Raises:
            UnsupportedError: If the roots take values in no quadratic extension of the
                field, or in one by a root of parameters.
        """
        return root_decomposition(self._names, self._table, self.cartan_subalgebra.rows)

    @cached_property
    def root_system(self) -> RootSystem:
        """The root system of the complexified algebra, from its proved Cartan type.

        Raises:
            UnsupportedError: If the algebra is not semisimple, or its type is not known.
        """
        if not self.is_semisimple:
            raise UnsupportedError(
                f"Argument `algebra` must be semisimple to have a root system, but its "
                f"radical has dimension {self.radical.dimension} of {self.dimension}. "
                f"Take its Levi factor: algebra.subalgebra(algebra.levi_factor)."
            )
        cartan_type = self._abstract_identity.cartan_type
        try:
            system = RootSystem(cartan_type)
        except ArgumentError:
            system = None
        # A summand of unknown type is missing in the text, or named "B or C".
        if system is None or system.dimension != self.dimension:
            raise UnsupportedError(
                f"Argument `algebra` must have a known Cartan type to have a root system, "
                f"but what is known is {cartan_type or 'nothing'!r}."
            )
        return system

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
        try:
            return signature(self._simple.killing, self.dimension, self.domain)
        except UnsupportedError:
            # The declared basis may show the sign, and is the one to speak about.
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
        return casimir_count(self._simple)

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
        return classify(self._simple, *self._summands)

    def product(self, left: Subspace, right: Subspace) -> Subspace:
        r"""The span of all brackets of two subspaces.

        .. math:: [U, V] = \mathrm{span}\{[u, v]\}

        Arguments:
            left: The subspace U.
            right: The subspace V.

        Returns:
            The subspace.

        Raises:
            ArgumentError: If one is not a subspace of this algebra.

        Example:
            >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
            >>> whole, *_ = heisenberg.derived_series
            >>> heisenberg.product(whole, whole)
            Subspace(dimension 1: Z)
        """
        for space in (left, right):
            self._check_own(space)
        rows = self._table.product(left.rows, right.rows)
        return Subspace(self._names, rows, self.domain)

    def subalgebra(self, space: Subspace) -> AbstractLieAlgebra:
        r"""A subspace that closes, as an algebra of its own.

        .. math:: [U, U] \subset U

        Arguments:
            space: The subspace U.

        Returns:
            The algebra, in the echelon basis. The elements keep their names if all of
            them belong to the old basis, and are named ``e1``, ``e2`` and so on if not.

        Raises:
            ArgumentError: If it is no subspace of this algebra, or does not close.

        Example:
            >>> affine = AbstractLieAlgebra(
            ...     "HEFP", {("H", "E"): {"E": 2}, ("H", "F"): {"F": -2},
            ...              ("E", "F"): {"H": 1}})
            >>> print(affine.subalgebra(affine.levi_factor).identify())
            sl(2,R), split simple, A1
        """
        if not self.product(space, space) <= space:
            raise ArgumentError(
                f"Argument `space` must close under the bracket, but {space} does not. "
                f"Add the brackets: algebra.product(space, space) + space."
            )
        basis = space.basis
        names = [next(iter(vector)) for vector in basis]
        if any(len(vector) > 1 for vector in basis):
            names = [f"e{place}" for place in range(1, len(basis) + 1)]
        return self._of_table(names, self._table.restrict(space.rows))

    def _check_own(self, space: Subspace) -> None:
        if space.names != self._names or space.domain != self.domain:
            raise ArgumentError(
                f"Argument `space` must be a subspace of this algebra over "
                f"{self.domain}, but it is {space} over {space.domain}."
            )

    def bracket_table(self, width: int = 88) -> BracketTable:
        """Every bracket at a glance; prints itself in a terminal and in a notebook.

        Arguments:
            width: The widest line of text, in characters; a wider table is a list.

        Returns:
            The table, with the bracket of row and column in each cell.

        Example:
            >>> AbstractLieAlgebra("HE", {("H", "E"): {"E": 2}}).bracket_table()
            [·,·] │ H     E
            ──────┼──────────
            H     │       2*E
            E     │ -2*E
        """
        return BracketTable(
            self._names, self.structure_constants, self.bracket_signs, width
        )

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

    def _repr_latex_(self) -> str:
        constants = self.structure_constants
        return inline(algebra_latex(self._names, constants, self.bracket_signs))
