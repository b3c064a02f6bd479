r"""Linear algebra: exact elimination over any field.

Takes sparse rows ``{column: element}`` over a SymPy domain (the rationals, named algebraic
numbers, rational functions of parameters), gives echelon forms, kernels and solutions.

.. math:: A x = 0, \qquad A x = b

No float enters here, so what comes out is proved. Over the rationals large systems go to
python-flint, whose integer elimination is modular and fast; elsewhere SymPy's sparse
elimination works on the domain's own elements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

import flint
from sympy import QQ
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices.sdm import sdm_irref

__all__ = [
    "Echelon",
    "Row",
    "Span",
    "add_multiple",
    "echelon",
    "generic_vectors",
    "nullspace",
    "rank",
    "solve",
]

Row = dict[int, Any]

# Below this many cells Python's sparse elimination beats the conversion to flint.
_DENSE_CELLS = 4000

# So it does in a larger matrix whose rows hold fewer elements than this, on average, or of
# whose cells a smaller share is filled: they hardly fill in, while flint walks every cell.
_DENSE_ROW = 3
_DENSE_SHARE = 0.01


@dataclass(frozen=True)
class Echelon:
    """A reduced row echelon form: the rows, and the column in which each begins.

    Arguments:
        rows: The non-zero rows, each with a one in its pivot column.
        pivots: The pivot column of each row, increasing.
    """

    rows: tuple[Row, ...]
    pivots: tuple[int, ...]

    @property
    def rank(self) -> int:
        """The number of independent rows."""
        return len(self.pivots)

    def reduce(self, vector: Mapping[int, Any]) -> Row:
        """The remainder of a vector modulo the span of the rows.

        Arguments:
            vector: A sparse vector over the same domain.

        Returns:
            The vector with every pivot column cleared; empty if it lies in the span.

        Example:
            >>> form = echelon([{0: QQ(2), 1: QQ(2)}], 2)
            >>> form.reduce({0: QQ(1), 1: QQ(1)})
            {}
        """
        remainder = dict(vector)
        # A row is zero in the pivot columns of the others, so none comes up on the way.
        for column, factor in vector.items():
            if column in self._row_of:
                add_multiple(remainder, -factor, self._row_of[column])
        return remainder

    @cached_property
    def _row_of(self) -> dict[int, Row]:
        return dict(zip(self.pivots, self.rows, strict=True))


class Span:
    r"""A growing set of independent vectors, and the coordinates of others in them.

    .. math:: v = \sum_k x_k v_k + r

    The columns of a vector may be anything that has an order: indices, or the monomials
    of a polynomial. Vectors begin in their greatest column. The remainder r holds no
    column in which a vector of the span begins, so it depends on the span alone.

    Arguments:
        domain: The field of the elements.

    Example:
        >>> span = Span(QQ)
        >>> span.insert({0: QQ(2), 1: QQ(2)})
        True
        >>> span.split({0: QQ(1), 1: QQ(3)}) == ({0: QQ(3, 2)}, {0: QQ(-2)})
        True
    """

    def __init__(self, domain: Domain = QQ) -> None:
        self._domain = domain
        self._vectors: list[Mapping[Any, Any]] = []
        # By first column: a row that is one there and zero where others begin.
        self._rows: dict[Any, dict[Any, Any]] = {}
        self._inverse: dict[Any, Row] | None = None

    def split(self, vector: Mapping[Any, Any]) -> tuple[Row, dict[Any, Any]]:
        """The coordinates of a vector, and what is left of it outside the span.

        Arguments:
            vector: A sparse vector without zeros.

        Returns:
            The coordinates :math:`x_k` by number of the vector, in order of insertion,
            and the remainder r, which is empty if the vector lies in the span.
        """
        return self._combined(vector), self.remainder(vector)

    def remainder(self, vector: Mapping[Any, Any]) -> dict[Any, Any]:
        """What is left of a vector outside the span.

        Arguments:
            vector: A sparse vector without zeros.

        Returns:
            The remainder r, which is empty if the vector lies in the span.
        """
        remainder = dict(vector)
        for column, factor in vector.items():
            if column in self._rows:
                add_multiple(remainder, -factor, self._rows[column])
        return remainder

    def coordinates(self, vectors: Sequence[Mapping[Any, Any]]) -> list[Row]:
        """The coordinates of vectors that lie in the span, all at once.

        Arguments:
            vectors: Sparse vectors without zeros.

        Returns:
            The coordinates of each by number of the vector, in order of insertion.
        """
        if not self._is_dense():
            return [self._combined(vector) for vector in vectors]
        # Their entries in the first columns are as many equations as unknowns.
        own, scales = self._integers(self._vectors)
        given, divisors = self._integers(vectors)
        solved = own.transpose().solve(given.transpose())
        found: list[Row] = []
        for j, divisor in enumerate(divisors):
            cells = ((i, solved[i, j]) for i in range(len(scales)))
            found.append(
                {i: QQ(int(x.p) * scales[i], int(x.q) * divisor) for i, x in cells if x}
            )
        return found

    @property
    def basis(self) -> list[tuple[dict[Any, Any], Row]]:
        """The reduced echelon basis, each vector with its coordinates in those inserted.

        Greatest first column first; it depends on the span alone.
        """
        return [
            (dict(row), self._combined({first: self._domain.one}))
            for first, row in sorted(self._rows.items(), reverse=True)
        ]

    def insert(self, vector: Mapping[Any, Any]) -> bool:
        """Add a vector, if it is independent of those before.

        Arguments:
            vector: A sparse vector without zeros.

        Returns:
            Whether it was; if not, the span stays as it is.
        """
        remainder = self.remainder(vector)
        if not remainder:
            return False
        first = max(remainder)
        scale = self._domain.one / remainder[first]
        row = {column: scale * value for column, value in remainder.items()}
        for other in self._rows.values():
            if factor := other.get(first):
                add_multiple(other, -factor, row)
        self._rows[first] = row
        self._vectors.append(vector)
        self._inverse = None
        return True

    def _combined(self, vector: Mapping[Any, Any]) -> Row:
        """The coordinates of what the span holds of a vector."""
        if self._inverse is None:
            self._inverse = self._inverted()
        coordinates: Row = {}
        for column, factor in vector.items():
            if column in self._rows:
                add_multiple(coordinates, factor, self._inverse[column])
        return coordinates

    def _inverted(self) -> dict[Any, Row]:
        """The coordinates of each row in the vectors, by the row's first column."""
        size, one = len(self._vectors), self._domain.one
        if self._is_dense():
            rows = self.coordinates([{column: one} for column in self._rows])
            return dict(zip(self._rows, rows, strict=True))
        augmented = [
            {**row, size + k: one} for k, row in enumerate(self._entries(self._vectors))
        ]
        form = echelon(augmented, 2 * size, self._domain)
        return {
            column: {k - size: x for k, x in row.items() if k >= size}
            for column, row in zip(self._rows, form.rows, strict=True)
        }

    def _is_dense(self) -> bool:
        """Whether one solution of all equations by flint is the faster way."""
        if self._domain is not QQ:
            return False
        filled = sum(
            column in self._rows for vector in self._vectors for column in vector
        )
        return filled > _DENSE_ROW * len(self._rows)

    def _entries(self, vectors: Iterable[Mapping[Any, Any]]) -> list[Row]:
        """The entries of vectors in the columns in which the rows begin."""
        place = {column: k for k, column in enumerate(self._rows)}
        return [
            {place[column]: x for column, x in vector.items() if column in place}
            for vector in vectors
        ]

    def _integers(
        self, vectors: Sequence[Mapping[Any, Any]]
    ) -> tuple[flint.fmpz_mat, list[int]]:
        """The entries in the first columns as integers, and what each row was scaled by."""
        rows = self._entries(vectors)
        scales = [lcm(*(int(x.denominator) for x in row.values())) for row in rows]
        return _integer_matrix(rows, range(len(self._rows))), scales


def add_multiple(
    total: Row,
    factor: Any,  # noqa: ANN401
    vector: Mapping[Any, Any],
) -> None:
    r"""Add a multiple of a vector in place.

    .. math:: t \leftarrow t + a v

    Arguments:
        total: The vector t, changed.
        factor: The element a.
        vector: The vector v.
    """
    for index, value in vector.items():
        changed = total.get(index, 0) + factor * value
        if changed:
            total[index] = changed
        else:
            total.pop(index, None)


def echelon(
    rows: Iterable[Mapping[int, Any]], columns: int, domain: Domain = QQ
) -> Echelon:
    r"""The reduced row echelon form of a sparse matrix.

    Arguments:
        rows: Sparse rows ``{column: element}``; zeros may be stored.
        columns: Number of columns.
        domain: The field of the elements.

    Returns:
        The echelon form; its rank is exact.

    Example:
        >>> echelon([{0: QQ(1), 1: QQ(2)}, {0: QQ(2), 1: QQ(4)}], 2).rank
        1
    """
    matrix = {}
    for i, row in enumerate(rows):
        nonzero = {j: value for j, value in row.items() if value}
        if nonzero:
            matrix[i] = nonzero
    if not matrix:
        return Echelon((), ())
    if domain is QQ and _is_dense(matrix.values(), columns):
        return _echelon_flint(list(matrix.values()))
    reduced, pivots, _ = sdm_irref(dict(enumerate(matrix.values())))
    return Echelon(tuple(reduced[i] for i in range(len(pivots))), tuple(pivots))


def _is_dense(rows: Collection[Row], columns: int) -> bool:
    cells, filled = len(rows) * columns, sum(map(len, rows))
    if cells < _DENSE_CELLS:
        return False
    return filled >= max(_DENSE_ROW * len(rows), _DENSE_SHARE * cells)


def _echelon_flint(rows: Sequence[Row]) -> Echelon:
    used = sorted({j for row in rows for j in row})
    # Of many rows in few columns the first ones often span everything.
    if len(rows) > 4 * len(used):
        form = _echelon_flint_of(rows[: 2 * len(used)], used)
        if form.rank == len(used):
            return form
    return _echelon_flint_of(rows, used)


def _echelon_flint_of(rows: Sequence[Row], used: Sequence[int]) -> Echelon:
    reduced, denominator, rank_ = _integer_matrix(rows, used).rref()
    out, pivots = [], []
    for i in range(rank_):
        row = {}
        for k, j in enumerate(used):
            value = reduced[i, k]
            if value:
                row[j] = QQ(int(value), int(denominator))
        pivots.append(next(iter(row)))
        out.append(row)
    return Echelon(tuple(out), tuple(pivots))


def _integer_matrix(rows: Sequence[Row], columns: Sequence[int]) -> flint.fmpz_mat:
    """The rows, each multiplied by its common denominator, in the given columns."""
    place = {j: k for k, j in enumerate(columns)}
    dense = flint.fmpz_mat(len(rows), len(columns))
    for i, row in enumerate(rows):
        scale = lcm(*(int(value.denominator) for value in row.values()))
        for j, value in row.items():
            dense[i, place[j]] = int(value.numerator) * (
                scale // int(value.denominator)
            )
    return dense


def rank(rows: Iterable[Mapping[int, Any]], columns: int, domain: Domain = QQ) -> int:
    """The rank of a sparse matrix, exactly.

    Arguments:
        rows: Sparse rows.
        columns: Number of columns.
        domain: The field of the elements.

    Returns:
        The number of independent rows.

    Example:
        >>> rank([{0: QQ(1)}, {1: QQ(1)}, {0: QQ(1), 1: QQ(1)}], 2)
        2
    """
    nonzero = [dict(row) for row in rows if any(row.values())]
    if domain is QQ and _is_dense(nonzero, columns):
        return _integer_matrix(nonzero, range(columns)).rank()
    return echelon(nonzero, columns, domain).rank


def nullspace(
    rows: Iterable[Mapping[int, Any]], columns: int, domain: Domain = QQ
) -> list[Row]:
    r"""A basis of the kernel :math:`\{x : A x = 0\}`.

    Arguments:
        rows: Sparse rows of A.
        columns: Number of columns of A, which is the length of x.
        domain: The field of the elements.

    Returns:
        One sparse vector for each free column, with a one there.

    Example:
        >>> nullspace([{0: QQ(1), 1: QQ(-1)}], 2) == [{1: QQ(1), 0: QQ(1)}]
        True
    """
    form = echelon(rows, columns, domain)
    kernel: dict[int, Row] = {j: {j: domain.one} for j in range(columns)}
    for pivot in form.pivots:
        del kernel[pivot]
    for pivot, row in zip(form.pivots, form.rows, strict=True):
        for column, value in row.items():
            if column != pivot:
                kernel[column][pivot] = -value
    return list(kernel.values())


def solve(
    vectors: Sequence[Mapping[int, Any]],
    target: Mapping[int, Any],
    domain: Domain = QQ,
) -> list[Any] | None:
    r"""Coefficients of a target in terms of given vectors.

    .. math:: \sum_k x_k v_k = b

    Arguments:
        vectors: Sparse vectors :math:`v_k`, linearly independent or not.
        target: The sparse vector b.
        domain: The field of the elements.

    Returns:
        One solution, with zero on the dependent vectors, or None if there is none.

    Example:
        >>> solve([{0: QQ(2)}, {1: QQ(1)}], {0: QQ(1), 1: QQ(3)}) == [QQ(1, 2), QQ(3)]
        True
    """
    equations: dict[int, Row] = {}
    last = len(vectors)
    for k, vector in enumerate([*vectors, target]):
        for component, value in vector.items():
            equations.setdefault(component, {})[k] = value
    form = echelon(equations.values(), last + 1, domain)
    if last in form.pivots:
        return None
    solution = [domain.zero] * last
    for pivot, row in zip(form.pivots, form.rows, strict=True):
        solution[pivot] = row.get(last, domain.zero)
    return solution


def generic_vectors(space: Echelon, domain: Domain = QQ) -> Iterator[Row]:
    """Vectors of a subspace with coefficients that look random but are always the same.

    Arguments:
        space: The subspace.
        domain: The field.

    Returns:
        An endless iterator of sparse vectors, with coefficients of growing size.

    Example:
        >>> line = echelon([{0: QQ(1), 1: QQ(2)}], 2)
        >>> [line.reduce(x) for x, _ in zip(generic_vectors(line), range(2))]
        [{}, {}]
    """
    state, bound = 2019, 3
    while True:
        vector: Row = {}
        for row in space.rows:
            state = (1103515245 * state + 12345) % 2**31
            add_multiple(vector, domain(1 + (state >> 8) % bound), row)
        yield vector
        bound *= 2
