r"""Parameter factors: where in the space of parameters an algebra may change.

Takes structure constants and functions that hold parameters, gives the irreducible
polynomials outside whose zeros nothing changes that linear algebra counts.

.. math:: \operatorname{rank} A(\theta) = \operatorname{rank} A
    \quad \text{where no pivot and no denominator vanishes at } \theta

A rank over the field of rational functions is found by elimination, and the elimination
runs in the same way at every value at which its pivots do not vanish. So the factors of
pivots and denominators are all that has to be tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Expr, Poly, Pow, Symbol, factor_list
from sympy.polys.domains.domain import Domain

from symflow.lie_table import Element, LieTable
from symflow.linear_algebra import Row, add_multiple

__all__ = [
    "eigenvalue_factors",
    "elimination_factors",
    "irreducible_factors",
    "pivot_factors",
]

# The characteristic polynomial of ad x is not expanded beyond this dimension.
_LARGEST_ADJOINT = 12

# Two elements in general position; what depends on the choice is not common to both.
_FIRST = (3, -5, 7, 11, -13, 17, 19, -23, 29, 31, -37, 41)
_SECOND = (2, 7, -11, 5, 23, -3, 13, 43, -17, 19, 47, -29)


def irreducible_factors(elements: Iterable[Element], domain: Domain) -> set[Expr]:
    """The irreducible polynomials in numerators and denominators.

    Arguments:
        elements: Elements of the field.
        domain: The field.

    Returns:
        The factors that hold a parameter, each once.

    Example:
        >>> from sympy import QQ
        >>> from sympy.abc import a
        >>> field = QQ.frac_field(a)
        >>> irreducible_factors([field.from_sympy((a**2 - 1)/a)], field) == {a, a+1, a-1}
        True
    """
    if not domain.is_Composite:
        return set()
    found: set[Expr] = set()
    for element in set(elements):
        for part in domain.to_sympy(element).as_numer_denom():
            if not part.free_symbols:
                continue
            surds = part.has(Pow) and any(not x.exp.is_Integer for x in part.atoms(Pow))
            _, factors = factor_list(part, extension=True if surds else None)
            found |= {factor for factor, _ in factors if factor.free_symbols}
    return found


def elimination_factors(table: LieTable) -> set[Expr]:
    r"""Where the dimension of the centre, of a series, or the Killing rank may change.

    Arguments:
        table: The structure constants.

    Returns:
        The irreducible factors of the structure constants and of the pivots of the
        systems that determine the centre, the derived and the lower central series,
        the Killing form and the trace of ad.
    """
    domain = table.domain
    if not domain.is_Composite:
        return set()
    elements = [value for row in table.brackets.values() for value in row.values()]
    systems: list[Sequence[Mapping[int, Element]]] = [
        _center_equations(table),
        table.killing,
        [_traces(table)],
    ]
    for lower in (False, True):
        whole = table.whole
        for term in table.series(whole, lower=lower):
            left = whole if lower else term
            table_of = table.brackets_between(left.rows, term.rows)
            systems.append([row for rows in table_of for row in rows])
    for system in systems:
        elements += _pivots(system)
    return irreducible_factors(elements, domain)


def _center_equations(table: LieTable) -> list[Row]:
    equations: dict[tuple[int, int], Row] = {}
    for (i, j), row in table.brackets.items():
        for k, value in row.items():
            equations.setdefault((i, k), {})[j] = value
            equations.setdefault((j, k), {})[i] = -value
    return list(equations.values())


def _traces(table: LieTable) -> Row:
    r"""The traces of ad by number of the basis element."""
    traces: Row = {}
    for (i, j), row in table.brackets.items():
        if j in row:
            add_multiple(traces, table.domain.one, {i: row[j]})
        if i in row:
            add_multiple(traces, -table.domain.one, {j: row[i]})
    return traces


def pivot_factors(rows: Iterable[Mapping[int, Element]], domain: Domain) -> set[Expr]:
    """Where the rank of a matrix may change.

    Arguments:
        rows: Sparse rows.
        domain: The field of the elements.

    Returns:
        The irreducible factors of the pivots of an elimination, and of denominators.

    Example:
        >>> from sympy import QQ
        >>> from sympy.abc import a
        >>> field = QQ.frac_field(a)
        >>> one, x = field.one, field.from_sympy(a)
        >>> pivot_factors([{0: one, 1: x}, {0: x, 1: one}], field) == {a - 1, a + 1}
        True
    """
    if not domain.is_Composite:
        return set()
    return irreducible_factors(_pivots(rows), domain)


def _pivots(rows: Iterable[Mapping[int, Element]]) -> list[Element]:
    """The pivots of an elimination that takes numbers first, and all that has poles."""
    left = [dict(row) for row in rows if row]
    found = [x for row in left for x in row.values() if not x.denom.is_ground]
    while left:
        number, column = min(
            ((n, j) for n, row in enumerate(left) for j in row),
            key=lambda cell: _size(left[cell[0]][cell[1]]),
        )
        row = left.pop(number)
        found.append(row[column])
        scaled = {j: value / row[column] for j, value in row.items()}
        for other in left:
            if factor := other.get(column):
                add_multiple(other, -factor, scaled)
        left = [other for other in left if other]
    return found


def _size(value: Element) -> int:
    """Zero for a number, and more the longer the function."""
    if value.numer.is_ground and value.denom.is_ground:
        return 0
    return len(value.numer.terms()) + len(value.denom.terms())


def eigenvalue_factors(table: LieTable) -> set[Expr]:
    r"""Where eigenvalues of ad x vanish or meet, for x in general position.

    .. math:: \det(\lambda - \operatorname{ad} x) = \lambda^d + \sum_k a_k(x) \lambda^k

    Arguments:
        table: The structure constants.

    Returns:
        The factors that all coefficients at two elements x share, and those that the
        discriminants of the squarefree parts share; none if the dimension is large.
    """
    domain = table.domain
    if not domain.is_Composite or table.dimension > _LARGEST_ADJOINT:
        return set()
    first, second = (
        irreducible_factors(_spectral_data(table, weights), domain)
        for weights in (_FIRST, _SECOND)
    )
    return first & second


def _spectral_data(table: LieTable, weights: Sequence[int]) -> Iterator[Element]:
    domain = table.domain
    x = {i: domain(weights[i]) for i in range(table.dimension)}
    coefficients = table.adjoint_matrix(x).to_dense().charpoly()
    yield from coefficients
    poly = Poly(coefficients, Symbol("lambda"), domain=domain)
    squarefree = poly.sqf_part()
    if squarefree.degree() > 1:
        yield domain.from_sympy(squarefree.discriminant())
