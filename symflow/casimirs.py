r"""Casimirs: the polynomials on the dual of a Lie algebra that commute with everything.

Takes a Lie table, gives the Casimir polynomials degree by degree and their number.

.. math:: \sum_{j,k} c_{ij}^k \, x_k \frac{\partial C}{\partial x_j} = 0
          \quad \text{for all } i

The number of functionally independent solutions, polynomial or not, is the dimension
minus the generic rank of the matrix :math:`c_{ij}^k x_k` (Beltrametti and Blasi).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, islice

from sympy import Dummy

from symflow.ideals import intersection
from symflow.lie_table import Element, LieTable
from symflow.linear_algebra import (
    Echelon,
    Row,
    echelon,
    generic_vectors,
    nullspace,
    rank,
)

__all__ = ["Polynomial", "casimir_count", "casimir_polynomials"]

# A homogeneous polynomial: coefficients by the sorted indices of the factors.
Polynomial = dict[tuple[int, ...], Element]

_POINTS = 3


def casimir_polynomials(table: LieTable, degree: int) -> list[Polynomial]:
    """A basis of the Casimir polynomials that are no products of lower ones.

    Arguments:
        table: The Lie algebra.
        degree: The highest degree to look at.

    Returns:
        Homogeneous polynomials, by increasing degree.

    Example:
        >>> from sympy import QQ
        >>> so3 = LieTable(
        ...     3, {(0, 1): {2: QQ(1)}, (0, 2): {1: QQ(-1)}, (1, 2): {0: QQ(1)}}, QQ)
        >>> casimir_polynomials(so3, 3)
        [{(2, 2): 1, (0, 0): 1, (1, 1): 1}]
    """
    found: list[tuple[int, Polynomial]] = []
    movers, weights = _movers(table)
    for n in range(1, degree + 1):
        monomials = [
            monomial
            for monomial in combinations_with_replacement(range(table.dimension), n)
            if not any(sum(weight[j] for j in monomial) for weight in weights)
        ]
        place = {monomial: index for index, monomial in enumerate(monomials)}
        products = [
            {place[monomial]: value for monomial, value in product.items()}
            for product in _products(found, n, 0, {(): table.domain.one})
        ]
        known = echelon(products, len(monomials), table.domain)
        conditions = _conditions(table, movers, place)
        kernel = nullspace(conditions, len(monomials), table.domain)
        fresh = echelon(map(known.reduce, kernel), len(monomials), table.domain)
        for row in fresh.rows:
            found.append((n, {monomials[index]: v for index, v in row.items()}))
    return [polynomial for _, polynomial in found]


def _movers(table: LieTable) -> tuple[list[int], list[list[Element]]]:
    """Basis elements that together bring in all others, and the weights of the rest.

    What commutes with them commutes with their brackets. An element that multiplies every
    other one by a weight asks only that the weights of a monomial add up to zero.
    """
    weights, movers = [], []
    chosen: list[Row] = []
    reached = table.span([])
    for diagonal in (True, False):
        for i, x in enumerate(table.whole.rows):
            images = table.adjoint(x)
            if diagonal != all(set(row) <= {j} for j, row in enumerate(images)):
                continue
            if not reached.reduce(x):
                continue
            chosen.append(x)
            reached = _generated(table, chosen)
            if diagonal:
                zero = table.domain.zero
                weights.append([row.get(j, zero) for j, row in enumerate(images)])
            else:
                movers.append(i)
    return movers, weights


def _generated(table: LieTable, vectors: list[Row]) -> Echelon:
    """The subalgebra that vectors generate."""
    space = table.span(vectors)
    while True:
        images = [table.bracket(x, y) for x in vectors for y in space.rows]
        larger = table.span([*space.rows, *images])
        if larger.rank == space.rank:
            return space
        space = larger


def _conditions(
    table: LieTable, movers: list[int], place: dict[tuple[int, ...], int]
) -> list[Row]:
    """The equations {x_i, C} = 0 on the coefficients of C, for the movers x_i."""
    equations: dict[tuple[int, tuple[int, ...]], Row] = {}
    one = table.domain.one
    for i in movers:
        rows = [table.bracket({i: one}, {j: one}) for j in range(table.dimension)]
        for monomial, column in place.items():
            for position, j in enumerate(monomial):
                rest = monomial[:position] + monomial[position + 1 :]
                for k, value in rows[j].items():
                    image = tuple(sorted((*rest, k)))
                    cell = equations.setdefault((i, image), {})
                    cell[column] = cell.get(column, 0) + value
    return list(equations.values())


def _products(
    found: list[tuple[int, Polynomial]], degree: int, first: int, factor: Polynomial
) -> Iterator[Polynomial]:
    """All products of the polynomials found that have the given total degree."""
    for index in range(first, len(found)):
        own, polynomial = found[index]
        if own > degree:
            continue
        product = _multiply(factor, polynomial)
        if own == degree:
            yield product
        else:
            yield from _products(found, degree - own, index, product)


def _multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for first, a in left.items():
        for second, b in right.items():
            monomial = tuple(sorted(first + second))
            total[monomial] = total.get(monomial, 0) + a * b
    return total


def casimir_count(table: LieTable) -> int:
    r"""The number of functionally independent Casimir functions.

    At a linear form f the rank is a lower bound. It is the generic rank if the
    stabiliser :math:`\mathfrak{g}_f` is seen to be stable,
    :math:`[\mathfrak{g}, \mathfrak{g}_f] \cap \mathfrak{g}_f = 0`: forms near f then
    have conjugate stabilisers. It is so too if an abelian subalgebra of codimension
    half the rank bounds it from above. Else it is taken over the rational functions.

    Arguments:
        table: The Lie algebra.

    Returns:
        The dimension minus the generic rank of the structure matrix.

    Reference:
        Tauvel and Yu, Annales de l'Institut Fourier 54, 1759 (2004), theorem 1.7.
    """
    best = 0
    for form in islice(generic_vectors(table.whole, table.domain), _POINTS):
        rows = _structure_matrix(table, form)
        stabiliser = table.span(nullspace(rows, table.dimension, table.domain))
        moved = table.product(table.whole, stabiliser)
        if not intersection(moved, stabiliser, table.domain):
            return stabiliser.rank
        best = max(best, table.dimension - stabiliser.rank)
    if best == _bound(table):
        return table.dimension - best
    return table.dimension - _symbolic_rank(table)


def _structure_matrix(table: LieTable, form: Row) -> list[Row]:
    rows: list[Row] = [{} for _ in range(table.dimension)]
    for (i, j), row in table.brackets.items():
        value = sum((form.get(k, 0) * v for k, v in row.items()), table.domain.zero)
        if value:
            rows[i][j], rows[j][i] = value, -value
    return rows


def _bound(table: LieTable) -> int:
    """Twice the codimension of the largest abelian ideal at hand."""
    terms = table.series(table.whole, lower=False)[1:]
    terms += table.series(table.whole, lower=True)[1:]
    candidates = [*terms, *(table.centralizer(term.rows) for term in terms)]
    sizes = [space.rank for space in candidates if _is_abelian(table, space)]
    return 2 * (table.dimension - max(sizes, default=0))


def _is_abelian(table: LieTable, space: Echelon) -> bool:
    return not table.product(space, space).rank


def _symbolic_rank(table: LieTable) -> int:
    """The rank of the structure matrix over the rational functions of x.

    A basis that runs through the derived series makes the matrix sparse.
    """
    adapted: list[Row] = []
    form = table.span([])
    for term in reversed(table.series(table.whole, lower=True)):
        for row in term.rows:
            if form.reduce(row):
                adapted.append(row)
                form = table.span([*form.rows, row])
    sparse = table.transform(adapted)
    symbols = [Dummy(f"x{k}") for k in range(table.dimension)]
    field = table.domain.frac_field(*symbols)
    variables = dict(enumerate(map(field.from_sympy, symbols)))
    rows: list[Row] = [{} for _ in symbols]
    for (i, j), row in sparse.brackets.items():
        terms = [variables[k] * field.convert(v, table.domain) for k, v in row.items()]
        value = sum(terms, field.zero)
        rows[i][j], rows[j][i] = value, -value
    return rank(rows, table.dimension, field)
