r"""Pivots: ranks that do not change where given polynomials in parameters do not vanish.

Takes sparse rows and polynomials, eliminates with entries that divide products of these,

.. math:: \operatorname{rank} A(\theta) = \operatorname{rank} A
    \quad \text{where} \quad f_1(\theta) \dots f_m(\theta) \ne 0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any

from sympy import Symbol
from sympy.polys.matrices import DomainMatrix

from .facts import Facts
from .verdicts import Row, follow, need

__all__ = ["Pivots"]

LARGEST_MINOR, MOST_TERMS = 8, 2_000


class Pivots:
    """Elimination that divides by nothing but polynomials that do not vanish.

    Arguments:
        facts: The facts, with the field of the parameters.
        conditions: The polynomials, as elements of the field.
    """

    def __init__(self, facts: Facts, conditions: Iterable[Any]) -> None:
        self.facts, self.field = facts, facts.domain
        if not self.field.is_FractionField:
            self.field = self.field.frac_field(Symbol("c"))
        self.ring = self.field.field.ring
        self.conditions: list[Any] = []
        self.known: dict[Any, bool] = {}
        for c in map(self._lifted, conditions):
            need(c, "a condition is zero")
            self.conditions += [f for f in (c.numer, c.denom) if not f.is_ground]

    def _lifted(self, c: Any) -> Any:  # noqa: ANN401
        return self.field.convert_from(c, self.facts.domain)

    def reduced(self, f: Any) -> Any:  # noqa: ANN401
        """What is left of a polynomial without those that do not vanish."""
        for c in self.conditions:
            while not f.is_ground:
                quotient, rest = f.div([c])
                if rest:
                    break
                (f,) = quotient
        return f

    def is_unit(self, f: Any) -> bool:  # noqa: ANN401
        """Whether a polynomial that is not zero vanishes nowhere there."""
        if f not in self.known:
            self.known[f] = self.reduced(f).is_ground
        return self.known[f]

    def cleared(self, rows: Sequence[Row]) -> list[Row]:
        """Rows times one polynomial that vanishes nowhere there, without denominators."""
        lifted = [{k: self._lifted(c) for k, c in row.items() if c} for row in rows]
        common = self.ring.one
        for below in {c.denom for row in lifted for c in row.values()}:
            common = common.lcm(below)
        need(self.is_unit(common), "a coefficient is not defined everywhere")
        return [
            {k: self.ring(c.numer * common.exquo(c.denom)) for k, c in row.items()}
            for row in lifted
        ]

    def basis(self, rows: Iterable[Row]) -> list[Row]:
        """Rows that span all of them, and are independent, wherever no condition fails.

        Arguments:
            rows: Sparse rows of polynomials, as `cleared` gives them.
        """
        left = [dict(row) for row in rows if row]
        found: list[Row] = []
        while left:
            self.facts.tick()
            place, column = self._chosen(left)
            row = left.pop(place)
            found.append(row)
            for other in left:
                if column in other:
                    self._eliminate(other, row, column)
            left = [other for other in left if other]
        return found

    def rank(self, rows: Iterable[Row]) -> int:
        """The rank of rows of polynomials, wherever no condition fails."""
        return len(self.basis(rows))

    def _chosen(self, rows: Sequence[Row]) -> tuple[int, Any]:
        """The place of a pivot: a number in a short row, or else a short condition."""
        numbers = self._places(rows, lambda f: f.is_ground)
        best = min(numbers, default=None)
        if best is None:
            units = self._places(rows, self.is_unit)
            best = min(units, key=lambda cell: cell[1::-1], default=None)
        if best is None:
            self._refuse(rows)
        _, _, place, column = best or (0, 0, 0, None)
        return place, column

    @staticmethod
    def _places(rows: Sequence[Row], good: Any) -> Iterator[tuple[int, int, int, Any]]:  # noqa: ANN401
        for place, row in enumerate(rows):
            for column, f in row.items():
                if good(f):
                    yield len(row), len(f), place, column

    def _eliminate(self, other: Row, row: Row, column: Any) -> None:  # noqa: ANN401
        pivot, factor = row[column], other[column]
        if pivot.is_ground:
            factor = factor.mul_ground(self.ring.domain.one / pivot.LC)
        else:
            for k, f in other.items():
                other[k] = f * pivot
        for k, f in row.items():
            total = other.pop(k, 0) - factor * f
            if total:
                few = len(total) <= MOST_TERMS
                follow(few, f"a pivot has over {MOST_TERMS} terms in parameters")
                other[k] = total
        if not pivot.is_ground:
            self._shorten(other)

    def _shorten(self, row: Row) -> None:
        """Divide a row by the conditions that divide all of it."""
        for c in self.conditions:
            while row:
                divided = {k: f.div([c]) for k, f in row.items()}
                if any(rest for _, rest in divided.values()):
                    break
                row.update((k, quotient[0]) for k, (quotient, _) in divided.items())

    def _refuse(self, rows: Sequence[Row]) -> None:
        """Say where a rank drops though no condition fails, or that this is open."""
        random, field = Random(2), self.field  # noqa: S311
        rank = self.facts.rank({k: field(f) for k, f in row.items()} for row in rows)
        follow(rank <= LARGEST_MINOR, "whether a rank changes is open")
        columns, common = sorted({k for row in rows for k in row}, key=str), None
        for _ in range(3):
            # Common to minors of random combinations is what is common to all minors.
            left, right = (
                [[random.randrange(-99, 99) for _ in some] for _ in range(rank)]
                for some in (rows, columns)
            )
            mixed = [
                [
                    sum(
                        (row[k] * (a * b))
                        for a, row in zip(u, rows, strict=True)
                        for b, k in zip(v, columns, strict=True)
                        if k in row
                    )
                    for v in right
                ]
                for u in left
            ]
            cells = [[self.ring(f) for f in some] for some in mixed]
            minor = DomainMatrix(cells, (rank, rank), self.ring.to_domain()).det()
            common = minor if common is None else common.gcd(minor)
        lost = self.reduced(common)
        names = map(Symbol, self.facts.document["phase_space"]["parameters"])
        text = f"a rank changes where {lost.monic().as_expr(*names)} = 0"
        need(lost.is_ground, text)
        follow(False, "whether a rank changes is open")
