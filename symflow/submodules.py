r"""Submodules: the smaller vectors of which a vector is the sum.

Takes the matrices by which an algebra moves one vector, gives combinations of its components
that the algebra does not mix, in as many parts as are found.

.. math:: B \alpha_k = \alpha_k B, \quad \chi_B = f_1 f_2 \cdots \text{ coprime}
    \;\Rightarrow\; V^* = \ker f_1(B)^T \oplus \ker f_2(B)^T \oplus \cdots

Of a sum of many copies a form that a generic field multiplies by a number generates a small
part, and so do others. What is left is taken apart by matrices that commute with the action:
they are few and short after lattice reduction, and some have several eigenvalues. Parts that
are not taken apart cost time later, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, product
from math import lcm
from random import Random

import flint
from sympy import QQ, Dummy, Poly
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.intertwiners import intertwiners
from symflow.linear_algebra import Row, Span, add_multiple, echelon, nullspace, rank
from symflow.sparse_matrices import Matrix, combined, matrix_product, matrix_rows

__all__ = ["LARGEST_VECTOR", "restricted", "submodules"]

# Vectors of more components than this are not taken apart, nor compared but for equality.
LARGEST_VECTOR = 24

_SEED = 20191
_SMALL = range(-2, 3)
_MOST_TRIES = 400

# Over other fields than the rationals a try takes longer.
_MOST_TRIES_OVER = 20

# Up to so many commuting matrices all small combinations are tried, beyond them pairs.
_FEW = 4


def submodules(
    matrices: Sequence[Matrix], size: int, domain: Domain
) -> list[list[Row]]:
    """Bases of combinations of components that the fields do not leave.

    Arguments:
        matrices: The matrices by which the components move.
        size: The number of components.
        domain: The field of the entries.

    Returns:
        One basis for each part; a single one if no other was found.

    Example:
        >>> turn = {(0, 2): QQ(-1), (2, 0): QQ(1), (1, 3): QQ(-1), (3, 1): QQ(1)}
        >>> [len(rows) for rows in submodules([turn], 4, QQ)]
        [2, 2]
    """
    whole = [[{i: domain.one} for i in range(size)]]
    if not 1 < size <= LARGEST_VECTOR:
        return whole
    if domain is QQ:
        spun = _generated_parts(matrices, size)
        if len(spun) > 1:
            split = _split_alike(matrices, sorted(spun, key=len), domain)
            return [_short_rows(rows, size) for rows in split]
    commuting = intertwiners(matrices, matrices, size, size, domain)
    if len(commuting) == 1:
        return whole
    if domain is QQ:
        divisors = _zero_divisors(_short_basis(commuting, size), size)
        found: Iterator[list[list[Row]]] = map(_left_kernels, divisors)
    else:
        candidates = islice(_combinations(commuting, domain), _MOST_TRIES_OVER)
        found = (_kernels_over(B, size, domain) for B in candidates)
    parts = next((parts for parts in found if len(parts) > 1), None)
    if parts is None:
        return whole
    split = _split_alike(matrices, sorted(parts, key=len), domain)
    return [_short_rows(rows, size) for rows in split] if domain is QQ else split


def restricted(a: Matrix, rows: Sequence[Row], domain: Domain) -> Matrix:
    """The matrix of a field on combinations of components that it does not leave.

    Arguments:
        a: The matrix on the components.
        rows: The combinations.
        domain: The field of the entries.

    Returns:
        The matrix on the combinations.

    Example:
        >>> swap = {(0, 1): QQ(1), (1, 0): QQ(1)}
        >>> restricted(swap, [{0: QQ(1), 1: QQ(-1)}], QQ)
        {(0, 0): -1}
    """
    span = Span(domain)
    for row in rows:
        span.insert(row)
    found: Matrix = {}
    for k, row in enumerate(rows):
        image: Row = {}
        for (i, j), x in a.items():
            if i in row:
                add_multiple(image, row[i] * x, {j: domain.one})
        coordinates, _ = span.split(image)
        found.update({(k, j): x for j, x in coordinates.items()})
    return found


def _split_alike(
    matrices: Sequence[Matrix], parts: Sequence[list[Row]], domain: Domain
) -> list[list[Row]]:
    """The parts taken apart in turn, the smallest first: what moves like it is cut off."""
    found: list[list[Row]] = []
    for rows in parts:
        local = [restricted(a, rows, domain) for a in matrices]
        pieces = None
        for known in found:
            small = [restricted(a, known, domain) for a in matrices]
            pieces = pieces or _copies(small, len(known), local, len(rows), domain)
        pieces = pieces or submodules(local, len(rows), domain)
        found += [[combined(row, rows) for row in piece] for piece in pieces]
    return found


def _copies(
    small: Sequence[Matrix],
    size: int,
    large: Sequence[Matrix],
    width: int,
    domain: Domain,
) -> list[list[Row]] | None:
    """Copies of a small action that a large one is the sum of, if it is."""
    basis = intertwiners(small, large, size, width, domain)
    if len(basis) * size != width:
        return None
    pieces = [matrix_rows(T, size) for T in basis]
    every = [row for rows in pieces for row in rows]
    return pieces if rank(every, width, domain) == width else None


def _generated_parts(matrices: Sequence[Matrix], size: int) -> list[list[Row]]:
    """Parts that single forms generate, if they add up to all; else none.

    A field in general position has eigenvalues that only one form of each small part has.
    """
    random = Random(_SEED)  # noqa: S311 (a field in general position)
    dense = [_integer_matrix(a, size) for a in matrices]
    h = flint.fmpz_mat(size, size)
    for a in dense:
        h = h + a * random.randint(-5, 5)
    _, factors = h.charpoly().factor()
    whole = Span(QQ)
    parts: list[list[Row]] = []
    total = 0
    for f, _ in sorted(factors, key=lambda pair: pair[0].degree()):
        for row in _left_kernel(f, h):
            if not whole.split(row)[1]:
                continue
            part = _generated(row, matrices)
            if len(part) == size:
                return []
            before = total
            total += sum(whole.insert(r) for r in part)
            if total < before + len(part):
                return []
            parts.append(part)
    return parts if total == size else []


def _generated(row: Row, matrices: Sequence[Matrix]) -> list[Row]:
    """A basis of what the fields make of one form."""
    span = Span(QQ)
    span.insert(row)
    found = [row]
    lines = [matrix_rows(a, 1 + max((i for i, _ in a), default=0)) for a in matrices]
    for form in found:  # the list grows on the way
        for rows in lines:
            image = combined({i: x for i, x in form.items() if i < len(rows)}, rows)
            if image and span.insert(image):
                found.append(image)
    return list(echelon(found, 1 + max(map(max, found))).rows)


def _short_rows(rows: Sequence[Row], size: int) -> list[Row]:
    """Short rows with integer entries that span the same space, by lattice reduction.

    The rows x of integers with x K = 0 are first in a reduced basis of (1 | C K), if C is
    large.
    """
    columns = [_cleared(vector) for vector in nullspace(rows, size)]
    # Beyond all lengths that a reduced basis of the first part can have.
    C = 1 << (
        4 * size + max((x.bit_length() for c in columns for x in c.values()), default=0)
    )
    table = [
        [int(i == j) for j in range(size)] + [C * c.get(i, 0) for c in columns]
        for i in range(size)
    ]
    reduced = flint.fmpz_mat(table).lll().table()
    short = [row[:size] for row in reduced if not any(row[size:])]
    if len(short) != len(rows):
        return list(rows)
    return [{j: QQ(int(x)) for j, x in enumerate(row) if x} for row in short]


def _cleared(vector: Row) -> dict[int, int]:
    """The multiple of a vector with integer entries."""
    scale = lcm(*(int(x.denominator) for x in vector.values()))
    return {j: int(x * scale) for j, x in vector.items()}


def _integer_matrix(a: Matrix, size: int) -> flint.fmpz_mat:
    """A multiple of a rational matrix with integer entries."""
    scale = lcm(*(int(x.denominator) for x in a.values()))
    found = flint.fmpz_mat(size, size)
    for (i, j), x in a.items():
        found[i, j] = int(x * scale)
    return found


def _short_basis(commuting: Sequence[Matrix], size: int) -> list[flint.fmpz_mat]:
    """Short integer matrices that span those that commute."""
    table = []
    for B in commuting:
        scale = lcm(*(int(x.denominator) for x in B.values()))
        row = [0] * size**2
        for (i, j), x in B.items():
            row[i * size + j] = int(x * scale)
        table.append(row)
    reduced = flint.fmpz_mat(table).lll().table()
    return [flint.fmpz_mat(size, size, row) for row in reduced]


def _zero_divisors(
    basis: Sequence[flint.fmpz_mat], size: int
) -> Iterator[flint.fmpz_mat]:
    """Commuting matrices, those likely to have several eigenvalues first."""
    yield from basis
    number = len(basis)
    small: Iterable[Sequence[int]] = product(_SMALL, repeat=number)
    chosen_in_turn = small if number <= _FEW else _pairs(number)
    for chosen in islice(chosen_in_turn, _MOST_TRIES):
        total = flint.fmpz_mat(size, size)
        for x, B in zip(chosen, basis, strict=True):
            if x:
                total = total + B * x
        yield total
        # The products of a zero divisor are likely to have the eigenvalue 0 and others.
        if not total.det() and total != flint.fmpz_mat(size, size):
            for B in basis:
                yield total * B


def _pairs(number: int) -> Iterator[list[int]]:
    values = [x for x in _SMALL if x]
    for a, b in combinations(range(number), 2):
        for x, y in product(values, repeat=2):
            chosen = [0] * number
            chosen[a], chosen[b] = x, y
            yield chosen


def _left_kernels(B: flint.fmpz_mat) -> list[list[Row]]:
    """The row vectors that the coprime factors of the characteristic polynomial kill."""
    _, factors = B.charpoly().factor()
    if len(factors) < 2:
        return [[]]
    return [_left_kernel(f**power, B) for f, power in factors]


def _left_kernel(f: flint.fmpz_poly, B: flint.fmpz_mat) -> list[Row]:
    """The row vectors that a polynomial of a matrix kills."""
    size = B.nrows()
    value = flint.fmpz_mat(size, size)
    for c in reversed(f.coeffs()):
        value = value * B + _scalar(c, size)
    table = value.transpose().table()
    rows = [{j: QQ(int(x)) for j, x in enumerate(row) if x} for row in table]
    return list(echelon(nullspace(rows, size), size).rows)


def _scalar(c: flint.fmpz, size: int) -> flint.fmpz_mat:
    places = range(size)
    return flint.fmpz_mat(
        size, size, [c if i == j else 0 for i in places for j in places]
    )


def _combinations(commuting: Sequence[Matrix], domain: Domain) -> Iterator[Matrix]:
    """The commuting matrices, and the sums of two of them."""
    yield from commuting
    for a, b in combinations(commuting, 2):
        total: Matrix = {
            key: a.get(key, domain.zero) + b.get(key, domain.zero) for key in {*a, *b}
        }
        yield {key: x for key, x in total.items() if x}


def _kernels_over(B: Matrix, size: int, domain: Domain) -> list[list[Row]]:
    """The row vectors that the coprime factors of the characteristic polynomial kill."""
    places = range(size)
    dense = [[B.get((i, j), domain.zero) for j in places] for i in places]
    charpoly = DomainMatrix(dense, (size, size), domain).charpoly()
    _, factors = Poly.from_list(charpoly, Dummy("x"), domain=domain).factor_list()
    if len(factors) < 2:
        return [[]]
    parts = []
    for f, power in factors:
        value: Matrix = {}
        for c in (f**power).rep.to_list():
            value = matrix_product(value, B, domain)
            for i in places:
                value[i, i] = value.get((i, i), domain.zero) + c
        columns = matrix_rows({(j, i): x for (i, j), x in value.items() if x}, size)
        parts.append(list(echelon(nullspace(columns, size, domain), size, domain).rows))
    return parts
