r"""Number pivots: elimination that divides by numbers and by no parameter.

Takes sparse rows over a field of rational functions of parameters, eliminates with every
entry that is a number, gives the few rows that are left and the kernel.

.. math:: A = \begin{pmatrix} U & B \\ C & D \end{pmatrix}, \quad \det U \in \mathbb{Q}
    \;\Longrightarrow\; \dim \ker A(\theta) = \dim \ker (D - C U^{-1} B)(\theta)

for every value of the parameters. The equations that integrals of a motion satisfy hold
parameters in few places, so hardly any rows are left. The work is done on polynomials,
which need no common factors to be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sympy import QQ
from sympy.polys.domains.domain import Domain

from symflow.linear_algebra import Row, add_multiple, nullspace

__all__ = ["NumberPivots", "eliminate_numbers", "parametric_nullspace"]


@dataclass(frozen=True)
class NumberPivots:
    """Rows after the elimination of numbers.

    Arguments:
        pivots: For each column that was eliminated its row, which holds no column that
            was eliminated before it.
        rest: The rows that are left; they hold none of these columns, and no number.
        denominators: What rows were multiplied by to be free of denominators.
        domain: The field of the elements.
    """

    pivots: dict[int, Row]
    rest: tuple[Row, ...]
    denominators: tuple[Any, ...]
    domain: Domain


def eliminate_numbers(
    rows: Iterable[Mapping[int, Any]], domain: Domain
) -> NumberPivots:
    """Eliminate with every entry that is a number, those of short rows first.

    Arguments:
        rows: Sparse rows over a field of rational functions.
        domain: The field.

    Returns:
        The pivots and what is left, all of it over the field.

    Example:
        >>> from sympy.abc import a
        >>> field = QQ.frac_field(a)
        >>> one, x = field.one, field.gens[0]
        >>> found = eliminate_numbers([{0: one, 1: x}, {0: x, 1: one}], field)
        >>> found.rest
        ({1: -a**2 + 1},)
    """
    ring = domain.field.ring
    cleared, denominators = [], []
    for row in rows:
        common = reduce(
            lambda a, b: a.lcm(b), (v.denom for v in row.values()), ring.one
        )
        if not common.is_ground:
            denominators.append(domain.field.raw_new(common))
        cleared.append(
            {k: ring(v.numer * common.exquo(v.denom)) for k, v in row.items()}
        )
    left = [row for row in cleared if row]
    pivots: dict[int, Row] = {}
    while True:
        numbers = (
            (len(row), place, column)
            for place, row in enumerate(left)
            for column, value in row.items()
            if value.is_ground
        )
        chosen = min(numbers, default=None)
        if chosen is None:
            break
        _, place, column = chosen
        row = left.pop(place)
        scale = -ring.domain.one / row[column].LC
        for other in left:
            if factor := other.get(column):
                add_multiple(other, factor.mul_ground(scale), row)
        left = [other for other in left if other]
        pivots[column] = row
    raised = domain.field.raw_new
    return NumberPivots(
        {c: {k: raised(v) for k, v in row.items()} for c, row in pivots.items()},
        tuple({k: raised(v) for k, v in row.items()} for row in left),
        tuple(denominators),
        domain,
    )


def parametric_nullspace(
    rows: Sequence[Mapping[int, Any]], columns: int, domain: Domain = QQ
) -> list[Row]:
    r"""A basis of the kernel, over any field, numbers eliminated first.

    .. math:: \{x : A x = 0\}

    Arguments:
        rows: Sparse rows of A.
        columns: Number of columns of A.
        domain: The field of the elements.

    Returns:
        Sparse vectors, one for each free column.

    Example:
        >>> from sympy.abc import a
        >>> field = QQ.frac_field(a)
        >>> parametric_nullspace([{0: field.one, 1: field.gens[0]}], 2, field)
        [{1: 1, 0: -a}]
    """
    if not domain.is_FractionField:
        return nullspace(rows, columns, domain)
    found = eliminate_numbers(rows, domain)
    free = [k for k in range(columns) if k not in found.pivots]
    place = {column: k for k, column in enumerate(free)}
    rest = [{place[k]: value for k, value in row.items()} for row in found.rest]
    kernel = []
    for short in nullspace(rest, len(free), domain):
        vector = {free[k]: value for k, value in short.items()}
        for column, row in reversed(found.pivots.items()):
            total = domain.zero
            for k in row.keys() & vector.keys():
                total += row[k] * vector[k]
            if total:
                vector[column] = -total / row[column]
        kernel.append(vector)
    return kernel
