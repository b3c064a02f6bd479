r"""Sparse coordinates: linear canonical coordinates in which functions have few terms.

Takes functions that are no polynomials, gives canonical linear combinations of q and p that
their own forms name; q and p themselves unless these are much better.

.. math:: V(h) = \{w : w \cdot \nabla h = 0\}^\perp, \qquad
    Q_i \in V(h), \; P_j \in V(h'), \quad \{Q_i, P_j\} = \delta_{ij}

A homogeneous part h depends on the linear forms in V(h) alone. Lines and other small spaces
among the V name the coordinates; quadratic parts tell which multiples of Q belong to P, and
in which basis of the Q a square is a sum of squares. No choice can be wrong: all of them
are canonical, and only the number of terms decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement
from math import gcd, lcm
from typing import Any

import flint
from sympy import QQ, Expr

from symflow.homogeneous_parts import homogeneous_parts
from symflow.linear_algebra import Row, Span, echelon, nullspace
from symflow.linear_coordinates import LinearCoordinates, form_bracket
from symflow.phase_space import AbstractSpace
from symflow.sparse_matrices import combined
from symflow.terms import Monomial, Terms, slopes

__all__ = ["sparse_coordinates"]

# Other coordinates are worth their while if they have at most this share of the terms.
_SHARE = 2 / 5

# Beyond this dimension, or with more parts, the search would take longer than it saves.
_LARGEST = 16
_MOST_PARTS = 80

# In how many bases where a square is a sum of squares functions are written.
_SQUARES = 6

Matrix = flint.fmpq_mat


def sparse_coordinates(
    space: AbstractSpace, functions: Iterable[Expr]
) -> LinearCoordinates:
    r"""Linear canonical coordinates in which functions have few terms.

    .. math:: u = S z, \qquad S J S^T = J

    Arguments:
        space: The phase space.
        functions: The functions.

    Returns:
        The coordinates: those of the space where its bracket is not canonical, where
        all functions are polynomials, or where no others are seen to be much better.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> f = space.read("sin(x + 2*p_y) + (y + 2*p_x)**2/(x + 2*p_y)")
        >>> sparse_coordinates(space, [f]).written(f)
        sin(x) + y**2/x
    """
    given = LinearCoordinates(space)
    if not space.is_canonical or space.dimension > _LARGEST:
        return given
    parts = homogeneous_parts(functions, space.z)
    listed = [*parts.inside, *parts.outside]
    if not 0 < len(listed) <= _MOST_PARTS:
        return given
    n = space.dimension // 2
    squares = [_square(h) for h in listed if _degree(h) == 2]
    lines = [_essential(h)[0] for h in listed if _degree(h) == 1]
    linear = _matrix(lines, len(lines), 2 * n)

    def size(S: Matrix) -> int:
        inverse = S.inv()
        moved = [inverse.transpose() * A * inverse for A in squares]
        return sum(map(_filled, moved)) + _filled(linear * inverse)

    # A square has no fewer entries than its rank, a linear form no fewer than one.
    most = _SHARE * size(_identity(2 * n))
    if len(lines) + sum(A.rank() for A in squares) > most:
        return given
    best = min(_frames(list(map(_essential, listed)), squares, n), key=size)
    return LinearCoordinates(space, _rows(best)) if size(best) <= most else given


# -- spaces of linear forms --------------------------------------------------------------


def _degree(h: Terms) -> int:
    return sum(next(iter(h)))


def _essential(h: Terms) -> list[Row]:
    """A basis of the linear forms on which a homogeneous polynomial depends."""
    rows: dict[Monomial, Row] = {}
    for k, slope in slopes(h).items():
        for monomial, value in slope.items():
            rows.setdefault(monomial, {})[k] = value
    size = len(next(iter(h)))
    return [_primitive(row) for row in echelon(rows.values(), size).rows]


def _primitive(form: Row) -> Row:
    """The multiple of a form with coprime integer coefficients."""
    below = lcm(*(int(x.denominator) for x in form.values()))
    above = gcd(*(int(x.numerator) for x in form.values()))
    return {k: x * QQ(below, above) for k, x in form.items()}


def _chosen(spaces: Sequence[Sequence[Row]], n: int) -> tuple[Matrix, int]:
    """Canonical forms from spaces, small ones first, and how many Q are lines."""
    whole = [{k: QQ(1)} for k in range(2 * n)]
    first: list[Row] = []
    second: dict[int, Row] = {}
    named = 0
    for V in (*sorted(spaces, key=len), whole):
        while (found := _following(V, first, second, n)) is not None:
            place, form = found
            if place < len(first):
                second[place] = form
            else:
                first.append(form)
                named += len(V) == 1
    forms = [*first, *(second[k] for k in range(n))]
    return _matrix(forms, 2 * n, 2 * n), named


def _following(
    V: Sequence[Row], first: Sequence[Row], second: dict[int, Row], n: int
) -> tuple[int, Row] | None:
    """A form in V that is conjugate to a first one, or a further first one."""
    chosen = [*first, *second.values()]
    for k, Q in enumerate(first):
        if k not in second:
            for form in _commuting(V, [c for c in chosen if c is not Q], n):
                bracket = form_bracket(Q, form, n)
                if bracket:
                    return k, {j: x / bracket for j, x in form.items()}
    span = Span(QQ)
    for c in chosen:
        span.insert(c)
    for form in _commuting(V, chosen, n):
        if span.remainder(form):
            return len(first), _primitive(form)
    return None


def _commuting(V: Sequence[Row], forms: Iterable[Row], n: int) -> Iterator[Row]:
    """A basis of what commutes with some forms in a space."""
    rows = ({k: form_bracket(v, c, n) for k, v in enumerate(V)} for c in forms)
    return (combined(row, V) for row in nullspace(rows, len(V)))


# -- frames: matrices whose rows are the forms Q and P -----------------------------------


def _frames(
    spaces: Sequence[Sequence[Row]], squares: Sequence[Matrix], n: int
) -> Iterator[Matrix]:
    """Canonical frames that functions suggest."""
    S, named = _chosen(spaces, n)
    for frame in (S, _shear(_moved(squares, S), n) * S):
        yield frame
        moved = _moved(squares, frame)
        for T in _bases(moved, n, named):
            yield _scaled(_lifted(T) * frame, n)


def _moved(squares: Iterable[Matrix], S: Matrix) -> list[Matrix]:
    """Quadratic forms in other coordinates."""
    inverse = S.inv()
    return [inverse.transpose() * A * inverse for A in squares]


def _shear(squares: Iterable[Matrix], n: int) -> Matrix:
    r"""The map from P to P + M Q that rids as many squares as can be of mixed terms.

    With :math:`f = Q^T a Q + Q^T b P + P^T c P` this asks for :math:`b = 2 M c`, or
    where c = 0 for :math:`2 a = b M + M b^T`.
    """
    places = list(combinations_with_replacement(range(n), 2))
    column = {place: k for k, place in enumerate(places)}
    column |= {(j, i): k for (i, j), k in column.items()}
    known: list[Row] = []
    for A in squares:
        equations = [*known, *_equations(A, column, n)]
        form = echelon(equations, len(places) + 1)
        if len(places) not in form.pivots:
            known = list(form.rows)
    shear = _identity(2 * n)
    for row in known:
        i, j = places[min(row)]
        value = _fraction(row.get(len(places), QQ(0)))
        shear[n + i, j] = shear[n + j, i] = value
    return shear


def _equations(A: Matrix, column: dict[tuple[int, int], int], n: int) -> Iterator[Row]:
    """What a square asks of M, its right side in the last column."""
    conjugate = any(A[n + i, n + j] for i in range(n) for j in range(n))
    last = len(set(column.values()))
    for i in range(n):
        for j in range(n):
            row: Row = {}
            for k in range(n):
                if conjugate:
                    pairs = [((i, k), A[n + k, n + j])]
                else:
                    pairs = [((k, j), A[i, n + k]), ((k, i), A[j, n + k])]
                for place, value in pairs:
                    at = column[place]
                    row[at] = row.get(at, QQ(0)) + _rational(value)
            row[last] = _rational(A[i, n + j] if conjugate else A[i, j])
            yield row


def _bases(squares: Sequence[Matrix], n: int, named: int) -> Iterator[Matrix]:
    """Bases of Q in which a square of Q alone, or of P alone, is a sum of squares."""
    tried = 0
    for A in squares:
        for place in (0, n):
            block = Matrix(
                n, n, [A[place + i, place + j] for i in range(n) for j in range(n)]
            )
            if _filled(A) == _filled(block) and tried < _SQUARES:
                tried += 1
                for kept in {0, named}:
                    T = _diagonal(block, kept)
                    if T is not None:
                        yield T if place == 0 else T.inv().transpose()


def _diagonal(g: Matrix, kept: int) -> Matrix | None:
    """Completed squares, last coordinate first; None where one has no square.

    The first coordinates stay, and so do mixed terms of those that are kept.
    """
    n = g.nrows()
    T, rest = _identity(n), Matrix(g)
    for i in reversed(range(kept, n)):
        mixed = [j for j in range(i) if rest[i, j]]
        if mixed and not rest[i, i]:
            return None
        for j in mixed:
            T[i, j] = rest[i, j] / rest[i, i]
        for j in mixed:
            for k in mixed:
                rest[j, k] -= T[i, j] * rest[i, k]
    return T


def _lifted(T: Matrix) -> Matrix:
    """The map of Q and P that a map of Q alone is lifted to."""
    n, dual = T.nrows(), T.inv().transpose()
    found = _identity(2 * n)
    for i in range(n):
        for j in range(n):
            found[i, j], found[n + i, n + j] = T[i, j], dual[i, j]
    return found


def _scaled(S: Matrix, n: int) -> Matrix:
    """The frame with Q whose coefficients are coprime integers."""
    scale = _identity(2 * n)
    for i, form in enumerate(_rows(S)[:n]):
        place = min(form)
        factor = _fraction(_primitive(form)[place] / form[place])
        scale[i, i], scale[n + i, n + i] = factor, 1 / factor
    return scale * S


# -- forms as rows of matrices -----------------------------------------------------------


def _identity(size: int) -> Matrix:
    return Matrix(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _matrix(forms: Sequence[Row], height: int, width: int) -> Matrix:
    found = Matrix(height, width)
    for i, form in enumerate(forms):
        for j, value in form.items():
            found[i, j] = _fraction(value)
    return found


def _rows(S: Matrix) -> list[Row]:
    return [
        {j: _rational(value) for j, value in enumerate(row) if value}
        for row in S.table()
    ]


def _square(h: Terms) -> Matrix:
    """The symmetric matrix of a quadratic form."""
    size = len(next(iter(h)))
    found = Matrix(size, size)
    for monomial, value in h.items():
        i, *_, j = [k for k, e in enumerate(monomial) for _ in range(e)]
        found[i, j] += _fraction(value) / 2
        found[j, i] += _fraction(value) / 2
    return found


def _filled(A: Matrix) -> int:
    """How many entries are not zero."""
    return sum(map(bool, A.entries()))


def _fraction(value: Any) -> flint.fmpq:  # noqa: ANN401
    return flint.fmpq(int(value.numerator), int(value.denominator))


def _rational(value: flint.fmpq) -> Any:  # noqa: ANN401
    return QQ(int(value.p), int(value.q))
