r"""Facts: what a certificate declares, its brackets, and how large a rank is.

Takes the document, gives generators and invariants as functions, and

.. math:: \{f, g\} = \sum_i \partial_{q_i} f \, \partial_{p_i} g
                       - \partial_{p_i} f \, \partial_{q_i} g
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import gcd, prod
from random import Random
from typing import Any

from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from .functions import PRIME, RESIDUES
from .reading import Reader
from .verdicts import Evidence, Field, Row, TooLargeError, Verdict, follow, need, texts

__all__ = ["Facts", "residue"]

MOST_NAMES, LONGEST_PART, HIGHEST_PART = 150, 40, 10
# How many points are tried until all roots have values at one.
MOST_POINTS = 1_000
NAME = re.compile(r"[^\W\d_]\w{0,63}")
SCHEMA = "symflow-certificate/1"
KEYS = {"schema", "symflow", "phase_space", "exact", "generators", "added"}
KEYS |= {"structure_constants", "invariants", "claims", "summary"}


class Facts(Reader):
    """What a certificate says of phase space, generators and invariants; and ranks."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        need(isinstance(document, dict), "a certificate is a mapping")
        need(document.get("schema") == SCHEMA, f"the schema must be {SCHEMA!r}")
        need(set(document) == KEYS, f"the keys must be {sorted(KEYS)}")
        space, keys = document["phase_space"], ("q", "p", "parameters")
        need(set(space) == set(keys), "the phase space is q, p, parameters")
        q, p, parameters = (texts(space[key]) for key in keys)
        names = [*q, *p, *parameters]
        need(len(q) == len(p) > 0, "each coordinate must have its momentum")
        need(len(set(names)) == len(names) <= MOST_NAMES, "names repeat, or are many")
        need(all(map(NAME.fullmatch, names)), "names are made of letters and digits")
        need(type(document["exact"]) is bool, "`exact` must be true or false")
        super().__init__([*q, *p], parameters, json.dumps(document))
        self.document, self.exact, self.n = document, document["exact"], len(q)
        texts(list(document["generators"]))
        self.generators = self.functions(document["generators"])
        self.names = ", ".join(self.generators) or "no generator"
        self.fields = {name: self.field(g) for name, g in self.generators.items()}
        self.moving = [field for field in self.fields.values() if any(field)]
        self.constants = self.read_constants(document["structure_constants"])
        self.listed = texts(document["invariants"])
        self.invariants = list(map(self.function, self.listed))
        self.slopes = list(map(self.slope, self.invariants))
        self.verdicts: dict[str, set[Verdict]] = {}
        # In how much larger tori the orbits of compact ones are dense, where that is seen.
        self.dense: int | None = None
        # In which coordinates all polynomial invariants are seen to be made of those listed.
        self.generated: set[str] = set()

    def read_constants(self, entries: Any) -> dict[tuple[str, str], Row]:  # noqa: ANN401
        """The structure constants, by pairs in order."""
        names = list(self.generators)
        table: dict[tuple[str, str], Row] = {}
        for left, right, row in entries:
            need(names.index(left) < names.index(right), "a pair is out of order")
            need((left, right) not in table, "a pair has two brackets")
            need(set(row) <= set(names), "a bracket holds an unknown generator")
            table[left, right] = {name: self.number(c) for name, c in row.items()}
        return table

    def field(self, g: PolyElement) -> Field:
        """The field dz/dt = {z, g}."""
        slope = self.slope(g)
        return slope[self.n :] + [-f for f in slope[: self.n]]

    def bracket(self, f: PolyElement, field: Field) -> PolyElement:
        """The bracket {f, g} by the field of g."""
        return self.along(self.slope(f), field)

    def along(self, slope: Sequence[PolyElement], field: Field) -> PolyElement:
        """The derivative along a field."""
        pairs = zip(slope, field, strict=True)
        return sum((self.product(a, b) for a, b in pairs if a and b), self.ring.zero)

    def need_kept(self, fields: Iterable[Field], *functions: PolyElement) -> None:
        """See that functions commute with the generators of fields."""
        for field in fields:
            kept = all(self.is_zero(self.bracket(f, field)) for f in functions)
            need(kept, "a bracket is not zero")

    def echelon(
        self, rows: Iterable[Row], look: Callable[[Row], None] | None = None
    ) -> dict[Any, Row]:
        """Sparse rows over a field, reduced, by the first key of each; each is looked at."""
        pivots: dict[Any, Row] = {}
        for given in rows:
            row = {k: v for k, v in given.items() if v}
            if row and look:
                look(row)
            while row and (lead := min(row)) in pivots:
                self.tick()
                factor = row[lead]
                for k, v in pivots[lead].items():
                    row[k] = row[k] - factor * v if k in row else -factor * v
                    if not row[k]:
                        del row[k]
                if row and look:
                    look(row)
            if row:
                pivots[lead] = {k: v / row[lead] for k, v in row.items()}
        return pivots

    def rank(self, rows: Iterable[Row]) -> int:
        """The rank of sparse rows."""
        return len(self.echelon(rows))

    def small(self, c: Any) -> Any:  # noqa: ANN401
        """A number modulo a prime, parameters at random: by this no rank grows.

        It is unchanged where it holds square roots, which may have no residue.
        """
        if self.roots:
            return c
        if self.domain.is_FractionField and self.domain.of_type(c):
            return self.value(c.numer, self.residues) / self.value(
                c.denom, self.residues
            )
        return residue(c, RESIDUES)

    def modular(self, f: PolyElement) -> Row:
        """A function modulo a prime."""
        return {m: self.small(c) for m, c in f.terms()}

    def value(self, f: PolyElement, point: Sequence[Any], exact: bool = False) -> Any:  # noqa: ANN401
        """The value where all variables, kernels too, have the values of a point."""
        first = f.ring.ngens - len(point)
        terms = (
            prod(
                (x**e for x, e in zip(point, m[first:], strict=True) if e),
                start=c if exact else self.small(c),
            )
            for m, c in f.terms()
        )
        return sum(terms, 0 * point[0])

    def point(self, random: Random) -> list[Any]:
        """A point of z at random, before it the values of kernels, modulo a prime over Q."""
        F = self.domain if self.roots else RESIDUES
        values = [F(random.randrange(1, 9999)) for _ in self.z]
        for w in self.kernels.values():
            x = F(random.randrange(1, 9999))
            if w.kind == "1/":
                x = F(1) / self.value(w.base, values)
            if w.kind == "root":
                follow(
                    F is RESIDUES, "roots beside those of numbers have no values here"
                )
                # Powers of an order that is prime to that of the root have one root each.
                base, size = self.value(w.base, values), PRIME - 1
                while (common := gcd(size, w.order)) > 1:
                    size //= common
                x = base ** pow(w.order, -1, size)
                if x**w.order != base:
                    raise ZeroDivisionError("there is no root")
            values.insert(0, x)
        return values

    def rank_at(
        self, rows: Iterable[Field], point: list[Any], exact: bool = False
    ) -> int:
        """The rank of rows of functions at a point."""
        return self.rank(
            {k: self.value(f, point, exact) for k, f in enumerate(row)} for row in rows
        )

    def generic_rank(self, rows: Sequence[Field]) -> int:
        """The rank at a point of our own: a lower bound, and almost surely the rank."""
        self.without_relations(*(f for row in rows for f in row))
        random = Random(0)  # noqa: S311
        for _ in range(MOST_POINTS):
            try:
                return self.rank_at(rows, self.point(random))
            except ZeroDivisionError:
                continue
        raise TooLargeError("no point was found where all functions have values")

    def check_rank(self, rows: Sequence[Field], evidence: Evidence, most: int) -> None:
        """Check that a generic rank is reached at the point given and never passed."""
        stated, found = evidence["rank"], self.generic_rank(rows)
        plain = self.is_plain(*(f for row in rows for f in row))
        point = list(map(self.number, texts(evidence.get("point", []))))
        # A rank of zero is reached everywhere, and kernels have values of our own.
        asked = plain and stated
        sizes = {self.size} if asked else {0, self.size}
        need(len(point) in sizes, "the point must have one number for each of z")
        if asked:
            reached = self.rank_at(rows, point, exact=True)
            need(stated == reached, f"the rank at the point is {reached}")
        need(found <= stated, "the rank is higher at another point")
        need(plain or found == stated, f"the rank is {found}")
        if stated < most:
            need(self.exact_rank(rows) == stated, "the rank is higher elsewhere")

    def exact_rank(self, rows: Sequence[Field]) -> int:
        """The rank over the field of rational functions, if these stay short."""
        open_yet = "whether the rank is higher elsewhere is not settled"
        follow(self.is_plain(*(f for row in rows for f in row)), open_yet)
        quotients = self.ring.to_field()

        def look(row: Row) -> None:
            parts = [f for c in row.values() for f in (c.numer, c.denom)]
            short = max(map(len, parts)) <= LONGEST_PART
            low = max(sum(m) for f in parts for m in f) <= HIGHEST_PART
            follow(short and low, open_yet)

        lifted = ({k: quotients(f) for k, f in enumerate(row)} for row in rows)
        return len(self.echelon(lifted, look))

    def span(self, functions: Sequence[PolyElement]) -> int:
        """The dimension of the span of functions."""
        self.without_relations(*functions)
        return self.rank(map(dict, self.settled(*functions)))

    def matrix(self, rows: Any, size: int, columns: int) -> DomainMatrix:  # noqa: ANN401
        """A matrix, as evidence gives it."""
        shape = {len(texts(row)) for row in rows}, len(rows)
        need(shape == ({columns}, size), "a matrix has the wrong shape")
        return self.table([[self.number(text) for text in row] for row in rows])

    def table(self, rows: Sequence[Sequence[Any]]) -> DomainMatrix:
        """A matrix of numbers."""
        return DomainMatrix(rows, (len(rows), len(rows[0])), self.domain).to_sparse()

    def affine(self, field: Field) -> tuple[DomainMatrix, DomainMatrix]:
        """The A and b of a field A z + b."""
        linear = self.is_plain(*field) and all(sum(m) < 2 for f in field for m in f)
        need(linear, "a field is not linear")
        A = [[f.coeff(x) for x in self.z] for f in field]
        return self.table(A), self.table([[f.coeff(1)] for f in field])


def residue(c: Any, F: Any) -> Any:  # noqa: ANN401
    """A rational number modulo the prime of a field."""
    follow(c.denominator % F.mod, "a denominator vanishes modulo the prime")
    return F(int(c.numerator)) / F(int(c.denominator))
