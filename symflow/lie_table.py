r"""Lie table: a bracket on numbered basis elements, over an exact field.

Takes sparse rows :math:`[e_i, e_j] = \sum_k c_{ij}^k e_k`, gives brackets of vectors
and subspaces, adjoint matrices, the Killing form, subalgebras and quotients.

.. math:: K(x, y) = \operatorname{tr}(\operatorname{ad} x \, \operatorname{ad} y)

Vectors are sparse rows ``{index: element}``; subspaces are reduced echelon forms, so
equal subspaces are equal objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.linear_algebra import Echelon, Row, add_multiple, echelon, nullspace, rank

__all__ = ["Element", "LieTable", "combination", "trace"]

# An element of whichever field is in use.
Element = Any

# A matrix with more than this share of non-zero cells is multiplied densely.
_DENSE_SHARE = 0.1

# What a cell of a matrix costs, in products of two elements of sparse rows.
_DENSE_PRODUCTS = 3


def combination(
    coefficients: Mapping[int, Any], vectors: Sequence[Mapping[int, Any]]
) -> Row:
    r"""A linear combination of vectors.

    .. math:: \sum_k a_k v_k

    Arguments:
        coefficients: The elements :math:`a_k` by index.
        vectors: The vectors :math:`v_k`.

    Returns:
        The sum as a sparse vector.
    """
    total: Row = {}
    for index, factor in coefficients.items():
        add_multiple(total, factor, vectors[index])
    return total


def trace(matrix: DomainMatrix) -> Element:
    """The trace of a square matrix.

    Arguments:
        matrix: The matrix.

    Returns:
        The sum of its diagonal, an element of its field.
    """
    return sum(matrix.diagonal(), matrix.domain.zero)


class LieTable:
    r"""Structure constants on indices.

    .. math:: [e_i, e_j] = \sum_k c_{ij}^k e_k

    Arguments:
        dimension: The number of basis elements.
        brackets: The row of each pair ``(i, j)`` with ``i < j``; missing ones are zero.
        domain: The field of the elements.

    Example:
        >>> from sympy import QQ
        >>> so3 = LieTable(
        ...     3, {(0, 1): {2: QQ(1)}, (0, 2): {1: QQ(-1)}, (1, 2): {0: QQ(1)}}, QQ)
        >>> so3.bracket({0: QQ(1)}, {1: QQ(1)})
        {2: 1}
        >>> so3.killing[0]
        {0: -2}
    """

    def __init__(
        self,
        dimension: int,
        brackets: Mapping[tuple[int, int], Mapping[int, Any]],
        domain: Domain,
    ) -> None:
        self.dimension = dimension
        self.domain = domain
        self._rows: list[dict[int, Row]] = [{} for _ in range(dimension)]
        for (i, j), row in sorted(brackets.items()):
            nonzero = {k: value for k, value in sorted(row.items()) if value}
            if nonzero:
                self._rows[i][j] = nonzero
                self._rows[j][i] = {k: -value for k, value in nonzero.items()}

    @property
    def brackets(self) -> dict[tuple[int, int], Row]:
        """The rows that are not zero, by pairs in increasing order."""
        return {
            (i, j): row
            for i, rows in enumerate(self._rows)
            for j, row in rows.items()
            if i < j
        }

    @property
    def whole(self) -> Echelon:
        """The algebra itself as a subspace."""
        one = self.domain.one
        indices = range(self.dimension)
        return Echelon(tuple({i: one} for i in indices), tuple(indices))

    def span(self, vectors: Iterable[Mapping[int, Any]]) -> Echelon:
        """The subspace that vectors span.

        Arguments:
            vectors: Sparse vectors.

        Returns:
            Their reduced echelon form.
        """
        return echelon(vectors, self.dimension, self.domain)

    def bracket(self, x: Mapping[int, Any], y: Mapping[int, Any]) -> Row:
        """The bracket of two vectors.

        Arguments:
            x: A sparse vector.
            y: A sparse vector.

        Returns:
            The vector [x, y].
        """
        total: Row = {}
        for i, a in x.items():
            rows = self._rows[i]
            for j, b in y.items():
                row = rows.get(j)
                if row:
                    add_multiple(total, a * b, row)
        return total

    def brackets_between(
        self, left: Sequence[Mapping[int, Any]], right: Sequence[Mapping[int, Any]]
    ) -> list[list[Row]]:
        """All brackets of vectors of two lists.

        Arguments:
            left: Sparse vectors x.
            right: Sparse vectors y.

        Returns:
            For each x the list of [x, y].
        """
        if not self._multiplies_densely(left, right):
            return [[self.bracket(x, y) for y in right] for x in left]
        d, last = self.dimension, self.matrix(right, self.dimension).to_dense()
        images = (self.matrix(left, d).to_dense() * self._flat).to_list()
        result = []
        for image in images:
            rows = [image[j * d : (j + 1) * d] for j in range(d)]
            moved = last * DomainMatrix(rows, (d, d), self.domain).to_dense()
            sparse = moved.to_sparse().rep
            result.append([dict(sparse.get(j, {})) for j in range(len(right))])
        return result

    def _multiplies_densely(
        self, left: Sequence[Mapping[int, Any]], right: Sequence[Mapping[int, Any]]
    ) -> bool:
        """Whether so many products are not zero that flint's matrices are faster."""
        if not (self.domain.is_QQ and left and right):
            return False
        d = self.dimension
        products = sum(map(len, left)) * sum(map(len, right)) * self._filled / d**2
        return products > _DENSE_PRODUCTS * len(left) * d**2 + d**3

    @cached_property
    def _filled(self) -> int:
        return sum(len(row) for rows in self._rows for row in rows.values())

    @cached_property
    def _flat(self) -> DomainMatrix:
        """The matrix with the cells of ad e_i in row i."""
        d = self.dimension
        flat = [
            {j * d + k: v for j, row in rows.items() for k, v in row.items()}
            for rows in self._rows
        ]
        return self.matrix(flat, d * d).to_dense()

    def adjoint(self, x: Mapping[int, Any]) -> list[Row]:
        """The images of the basis under ad x.

        Arguments:
            x: A sparse vector.

        Returns:
            The vectors [x, e_j] in order.
        """
        return self.brackets_between([x], self.whole.rows)[0]

    def adjoint_matrix(self, x: Mapping[int, Any]) -> DomainMatrix:
        """The matrix of ad x, images of the basis in its rows.

        Arguments:
            x: A sparse vector.

        Returns:
            The matrix with [x, e_j] in row j.
        """
        return self.matrix(self.adjoint(x), self.dimension)

    def matrix(self, rows: Sequence[Mapping[int, Any]], columns: int) -> DomainMatrix:
        """Sparse rows as a matrix, stored densely where that multiplies faster.

        Arguments:
            rows: Sparse rows.
            columns: The number of columns.

        Returns:
            The matrix over the field.
        """
        sparse = {i: dict(row) for i, row in enumerate(rows) if row}
        matrix = DomainMatrix(sparse, (len(rows), columns), self.domain)
        filled = sum(map(len, sparse.values()))
        dense = filled > _DENSE_SHARE * len(rows) * columns
        return matrix.to_dense() if dense else matrix

    def product(self, left: Echelon, right: Echelon) -> Echelon:
        """The span of all brackets of two subspaces.

        Arguments:
            left: A subspace.
            right: A subspace.

        Returns:
            The subspace [left, right].
        """
        if left.rank == right.rank == self.dimension:
            return self.derived
        if left is right and not self._multiplies_densely(left.rows, right.rows):
            pairs = combinations(left.rows, 2)
            return self.span(self.bracket(x, y) for x, y in pairs)
        return self.span(
            row for rows in self.brackets_between(left.rows, right.rows) for row in rows
        )

    def series(self, first: Echelon, *, lower: bool) -> tuple[Echelon, ...]:
        r"""The derived or the lower central series of a subalgebra.

        .. math:: D^{k+1} = [D^k, D^k], \qquad C^{k+1} = [D^0, C^k]

        Arguments:
            first: The subalgebra to begin with.
            lower: Whether the lower central series is meant.

        Returns:
            The terms down to zero or to the last that differs from the one before.
        """
        terms = [first]
        while terms[-1].rank:
            following = self.product(first if lower else terms[-1], terms[-1])
            if following.rank == terms[-1].rank:
                break
            terms.append(following)
        return tuple(terms)

    def centralizer(self, vectors: Sequence[Mapping[int, Any]]) -> Echelon:
        r"""What commutes with every given vector.

        .. math:: \{x : [x, v] = 0 \text{ for all } v\}

        Arguments:
            vectors: Sparse vectors.

        Returns:
            The subspace.
        """
        equations: dict[tuple[int, int], Row] = {}
        table = self.brackets_between(vectors, self.whole.rows)
        for number, images in enumerate(table):
            for j, image in enumerate(images):
                for k, value in image.items():
                    equations.setdefault((number, k), {})[j] = value
        return self.span(nullspace(equations.values(), self.dimension, self.domain))

    @cached_property
    def is_semisimple(self) -> bool:
        """Whether the Killing form is not degenerate (Cartan's criterion)."""
        return rank(self.killing, self.dimension, self.domain) == self.dimension

    @cached_property
    def center(self) -> Echelon:
        """What commutes with everything."""
        if self.is_semisimple:
            return self.span([])
        return self.centralizer(self.whole.rows)

    @cached_property
    def derived(self) -> Echelon:
        """The span of all brackets."""
        return self.span(self.brackets.values())

    @cached_property
    def killing(self) -> tuple[Row, ...]:
        r"""The Killing form :math:`K_{ij} = c_{ik}^l c_{jl}^k`, as sparse rows."""
        d = self.dimension
        flat, turned = [], []
        for rows in self._rows:
            cells = [(k, m, v) for k, row in rows.items() for m, v in row.items()]
            flat.append({k * d + m: v for k, m, v in cells})
            turned.append({m * d + k: v for k, m, v in cells})
        left, right = self.matrix(flat, d * d), self.matrix(turned, d * d)
        if left.rep.fmt != right.rep.fmt:
            left, right = left.to_dense(), right.to_dense()
        product = (left * right.transpose()).to_sparse()
        return tuple(dict(product.rep.get(i, {})) for i in range(d))

    def jacobi_defect(self) -> tuple[int, int, int, Row] | None:
        r"""The first triple that violates the Jacobi identity.

        .. math:: [e_i, [e_j, e_k]] + [e_j, [e_k, e_i]] + [e_k, [e_i, e_j]] = 0

        Returns:
            The triple with the sum that should vanish, or None if none does not.
        """
        one = self.domain.one
        basis = self.whole.rows
        for i, j, k in combinations(range(self.dimension), 3):
            defect: Row = {}
            for a, b, c in ((i, j, k), (j, k, i), (k, i, j)):
                inner = self._rows[b].get(c)
                if inner:
                    add_multiple(defect, one, self.bracket(basis[a], inner))
            if defect:
                return i, j, k, defect
        return None

    def restrict(self, space: Echelon) -> LieTable:
        """The table of a subalgebra in its echelon basis.

        Arguments:
            space: A subspace that is closed under the bracket.

        Returns:
            The table; element a of its basis is row a of the subspace.
        """
        if space.rank == self.dimension:
            return self
        place = {pivot: a for a, pivot in enumerate(space.pivots)}
        table = self.brackets_between(space.rows, space.rows)
        brackets = {}
        for a, b in combinations(range(space.rank), 2):
            image = table[a][b].items()
            brackets[a, b] = {place[k]: v for k, v in image if k in place}
        return LieTable(space.rank, brackets, self.domain)

    def quotient(self, ideal: Echelon) -> LieTable:
        """The table of the quotient by an ideal.

        Arguments:
            ideal: An ideal.

        Returns:
            The table on the classes of the basis elements that are no pivots of it.
        """
        free = [i for i in range(self.dimension) if i not in set(ideal.pivots)]
        place = {index: a for a, index in enumerate(free)}
        brackets = {}
        for (a, i), (b, j) in combinations(enumerate(free), 2):
            rest = ideal.reduce(self._rows[i].get(j, {}))
            brackets[a, b] = {place[k]: value for k, value in rest.items()}
        return LieTable(len(free), brackets, self.domain)

    def transform(self, vectors: Sequence[Mapping[int, Any]]) -> LieTable:
        """The table in another basis.

        Arguments:
            vectors: As many independent vectors as the dimension.

        Returns:
            The table of the vectors.
        """
        d = self.dimension
        inverse = self.matrix(vectors, d).to_dense().inv()
        pairs = list(combinations(range(d), 2))
        table = self.brackets_between(vectors, vectors)
        images = [table[i][j] for i, j in pairs]
        if not images:
            return LieTable(d, {}, self.domain)
        product = (self.matrix(images, d).to_dense() * inverse).to_sparse()
        brackets = {pair: product.rep.get(n, {}) for n, pair in enumerate(pairs)}
        return LieTable(d, brackets, self.domain)
