r"""Pivots: ranks that do not change where given polynomials in parameters do not vanish.

Takes sparse rows and polynomials, eliminates with entries that divide products of these,

.. math:: \operatorname{rank} A(\theta) = \operatorname{rank} A
    \quad \text{where} \quad f_1(\theta) \dots f_m(\theta) \ne 0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import product
from math import comb, prod
from random import Random
from typing import Any

from sympy import Symbol, groebner
from sympy.polys.matrices import DomainMatrix

from .facts import Facts
from .verdicts import Row, follow, need

__all__ = ["Pivots"]

LARGEST_MINOR, MOST_TERMS, MOST_PAIRS = 8, 2_000, 100_000
LARGEST_IDEAL, HIGHEST_IDEAL = 120, 10


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
        found, left = self._eliminated(rows)
        if left:
            self._rank_of_rest(left)
        follow(not left, "a basis without divisions is not seen")
        return found

    def rank(self, rows: Iterable[Row]) -> int:
        """The rank of rows of polynomials, wherever no condition fails."""
        found, left = self._eliminated(rows)
        return len(found) + (self._rank_of_rest(left) if left else 0)

    def _eliminated(self, rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
        """Rows with pivots that vanish nowhere, and what is left below."""
        left, found = [dict(row) for row in rows if row], []
        while chosen := self._chosen(left):
            self.facts.tick()
            _, _, place, column = chosen
            row = left.pop(place)
            found.append(row)
            for other in left:
                if column in other:
                    self._eliminate(other, row, column)
            left = [other for other in left if other]
        return found, left

    def _chosen(self, rows: Sequence[Row]) -> tuple[int, int, int, Any] | None:
        """A pivot: a number in a short row, or else a short condition."""
        numbers = self._places(rows, lambda f: f.is_ground)
        units = self._places(rows, self.is_unit)
        return min(numbers, default=None) or min(
            units, key=lambda cell: (cell[1], cell[0]), default=None
        )

    @staticmethod
    def _places(rows: Sequence[Row], good: Any) -> Iterator[tuple[int, int, int, Any]]:  # noqa: ANN401
        for place, row in enumerate(rows):
            for column, f in row.items():
                if good(f):
                    yield len(row), len(f), place, column

    def _eliminate(self, other: Row, row: Row, column: Any) -> None:  # noqa: ANN401
        pivot, factor = row[column], other[column]
        self.facts.tick()
        longest = [max(map(len, some.values())) for some in (row, other)]
        few = max(longest) * max(len(pivot), len(factor)) <= MOST_PAIRS
        follow(few, "the pivots are long")
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

    def _rank_of_rest(self, rows: Sequence[Row]) -> int:
        """The rank, if its minors have no common zero where no condition fails.

        The common zeros of all minors are those of a few random combinations of them.
        """
        number, polynomials = self.ring.ngens, [f for row in rows for f in row.values()]
        small = sum(map(len, polynomials)) <= MOST_TERMS
        follow(small, "whether a rank changes is open")
        lifted = ({k: self.field(f) for k, f in row.items()} for row in rows)
        rank = self.facts.rank(lifted)
        degree = rank * max(sum(m) for f in polynomials for m in f)
        small = rank <= LARGEST_MINOR and comb(degree + number, number) <= MOST_TERMS
        follow(small, "whether a rank changes is open")
        random = Random(2)  # noqa: S311
        minors = [self._minor(rows, rank, random) for _ in range(number + 2)]
        lost = self.reduced(reduce(lambda f, g: f.gcd(g), minors))
        names = map(Symbol, self.facts.document["phase_space"]["parameters"])
        text = "" if lost.is_ground else lost.monic().as_expr(*names)
        need(lost.is_ground, f"a rank changes where {text} = 0")
        if number > 1:
            size = sum(map(len, minors))
            highest = max(sum(m) for f in minors for m in f)
            small = size <= LARGEST_IDEAL and highest <= HIGHEST_IDEAL
            follow(small, "whether a rank changes is open")
            t = Symbol("t")
            free = 1 - t * prod(f.as_expr() for f in self.conditions)
            polynomials = [*(f.as_expr() for f in minors), free]
            ideal = groebner(polynomials, *self.ring.symbols, t)
            need(ideal.exprs == [1], "a rank changes where several minors vanish")
        return rank

    def _minor(self, rows: Sequence[Row], size: int, random: Random) -> Any:  # noqa: ANN401
        """A random combination of minors, without the conditions that divide it."""
        columns = sorted({k for row in rows for k in row}, key=str)
        left, right = (
            [[random.randrange(-99, 99) for _ in some] for _ in range(size)]
            for some in (rows, columns)
        )
        mixed = [[self.ring.zero] * size for _ in range(size)]
        for (i, u), (j, v) in product(enumerate(left), enumerate(right)):
            for a, row in zip(u, rows, strict=True):
                for b, k in zip(v, columns, strict=True):
                    mixed[i][j] += row.get(k, 0) * (a * b)
        matrix = DomainMatrix(mixed, (size, size), self.ring.to_domain())
        return self.reduced(matrix.det())
