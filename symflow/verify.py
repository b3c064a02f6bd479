r"""Verify: check a certificate with nothing but SymPy, sharing no code with its writer.

Takes a certificate, gives one finding a claim. Every bracket is computed again from the
generators, and a claim must say, word for word, what its evidence shows.

.. math:: \{f, g\} = \sum_i \partial_{q_i} f \, \partial_{p_i} g
                       - \partial_{p_i} f \, \partial_{q_i} g

To read it: `_Reader` turns text into polynomials, `_Facts` holds what the certificate
declares, one function a kind of claim checks it, `RULES` lists them, and `verify` runs
them in order. The bounds above `_Reader` keep every step small.

Run it as ``python verify.py CERTIFICATE``. It ends with 0 if every claim is verified, 1
if one is false, 2 if the file is no certificate, and 3 if none is false but one was too
large to check again.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, combinations_with_replacement, pairwise
from math import comb, isfinite, prod
from random import Random
from typing import Any

from sympy import GF, QQ, Integer, Symbol, factorint, sqrt
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMError
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyElement, ring

__all__ = [
    "THEOREMS",
    "Finding",
    "MalformedError",
    "TooLargeError",
    "Verdict",
    "load",
    "main",
    "verify",
]

SCHEMA = "symflow-certificate/1"
KEYS = {"schema", "symflow", "phase_space", "exact", "generators", "added"}
KEYS |= {"structure_constants", "invariants", "claims", "summary"}
LARGEST_FILE, LONGEST_TEXT, LONGEST_NUMBER = 5_000_000, 100_000, 400
MOST_ENTRIES, MOST_NAMES, MOST_ROOTS, MOST_TERMS = 5_000, 150, 3, 100_000
HIGHEST_POWER, DEEPEST_PARENTHESIS = 64, 30
# The arguments for generation that are followed here; others are left to the finder.
THEOREMS = {"fixed", "open orbit", "SO", "Sp", "GL", "SL"}
LARGEST_ANSATZ, PRIME = 8_000, 2**31 - 1
SECONDS = 120.0
EPSILON = {"float64": 2**-52, "float32": 2**-23, "float16": 2**-10, "bfloat16": 2**-7}
NAME = re.compile(r"[^\W\d_]\w{0,63}")
TOKEN = re.compile(r"[0-9]+|[^\W\d_]\w*|\*\*|[-+*/()]|\S")
ROOT = re.compile(r"sqrt\(([0-9]{1,6})\)")

Evidence = Mapping[str, Any]
Row = dict[Any, Any]
Rows = Sequence[Sequence[PolyElement]]


class MalformedError(ValueError):
    """A certificate, or one claim of it, is not what it has to be."""


class TooLargeError(Exception):
    """A check would pass the bounds on time or memory."""


class Verdict(StrEnum):
    """What came out of checking one claim."""

    VERIFIED = "verified"
    MEASURED = "measured"
    NOT_KNOWN = "not known"
    NOT_RECHECKED = "not re-checked"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Finding:
    """One claim, what came out of checking it, and why."""

    kind: str
    statement: str
    verdict: Verdict
    why: str

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        return f"{self.verdict:<14}  {self.kind}: {self.statement}{why}"


def _need(condition: object, message: str) -> None:
    """Refuse what does not hold."""
    if not condition:
        raise MalformedError(message)


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    """A list of texts, of bounded length."""
    good = isinstance(value, list) and len(value) <= MOST_ENTRIES
    _need(good and all(isinstance(text, str) for text in value), "no list of texts")
    return value


class _Reader:
    """Text into polynomials over Q(square roots)(parameters); nothing of it is run."""

    def __init__(self, z: Sequence[str], parameters: Sequence[str], text: str) -> None:
        radicands = set(ROOT.findall(text))
        _need(len(radicands) < 100, "there are too many different square roots")
        primes = sorted({p for r in radicands for p in factorint(int(r))})
        _need(len(primes) <= MOST_ROOTS, "there are too many different square roots")
        symbols = [Symbol(f"c{k}") for k in range(len(parameters))]
        field = QQ.algebraic_field(*map(sqrt, primes)) if primes else QQ
        self.field = field.frac_field(*symbols) if symbols else field
        self.ring, *gens = ring([f"z{k}" for k in range(len(z))], self.field)
        convert = self.field.from_sympy
        self.roots = {p: self.ring(convert(sqrt(Integer(p)))) for p in primes}
        constants = [self.ring(convert(symbol)) for symbol in symbols]
        self.named = dict(zip([*z, *parameters], [*gens, *constants], strict=True))
        self.end = time.monotonic() + SECONDS

    def tick(self) -> None:
        if time.monotonic() > self.end:
            raise TooLargeError(f"it takes more than {SECONDS:g} seconds")

    def product(self, f: PolyElement, g: PolyElement) -> PolyElement:
        self.tick()
        _need(len(f) * len(g) <= MOST_TERMS, f"a product has over {MOST_TERMS} terms")
        return self.bounded(f * g)

    def bounded(self, f: PolyElement) -> PolyElement:
        if self.field.is_FractionField:
            longest = max((len(c.numer) + len(c.denom) for c in f.values()), default=0)
            _need(longest < 60, "a coefficient has over 60 terms in parameters")
        return f

    def read(self, text: object) -> PolyElement:
        _need(isinstance(text, str) and len(text) <= LONGEST_TEXT, "this is no text")
        self.text, self.depth = str(text), 0
        self.tokens = [*TOKEN.findall(self.text), ""][::-1]
        f = self.sum()
        self.expect("")
        return f

    def number(self, text: object) -> Any:  # noqa: ANN401
        f = self.read(text)
        _need(f.is_ground, f"{text} is not a number")
        return f.coeff(1)

    def take(self, *wanted: str) -> str:
        return self.tokens.pop() if self.tokens[-1] in wanted else ""

    def expect(self, wanted: str) -> None:
        found = self.tokens.pop()
        _need(
            found == wanted, f"{self.text[:60]!r} is no expression, by {found[:60]!r}"
        )

    def integer(self, digits: int) -> int:
        token = self.tokens.pop()
        good = re.fullmatch("[0-9]+", token) and len(token) <= digits
        _need(good, f"{token[:60]!r} is no number of at most {digits} digits")
        return int(token)

    def sum(self) -> PolyElement:
        total, sign = self.ring(0), "+"
        while sign:
            self.tick()
            for m, c in self.term().terms():
                total[m] = total.get(m, self.field.zero) + (c if sign == "+" else -c)
            self.bounded(total)
            sign = self.take("+", "-")
        return self.ring.from_dict(total)

    def term(self) -> PolyElement:
        negative = self.take("-")
        f = self.factor()
        while operator := self.take("*", "/"):
            g = self.factor()
            if operator == "/":
                _need(g and g.is_ground, "only numbers and parameters may divide")
                g = self.ring(self.field.one / g.coeff(1))
            f = self.product(f, g)
        return -f if negative else f

    def factor(self) -> PolyElement:
        if self.tokens[-1].isdigit():
            return self.ring(self.field(self.integer(LONGEST_NUMBER)))
        word = self.tokens.pop()
        if word == "(":
            self.depth += 1
            _need(self.depth <= DEEPEST_PARENTHESIS, "parentheses are nested too deep")
            f = self.sum()
            self.depth -= 1
            self.expect(")")
            return f
        if word == "sqrt" and self.take("("):
            f = self.root(self.integer(6))
            self.expect(")")
            return f
        _need(
            word in self.named, f"{word[:60]!r} in {self.text[:60]!r} is not declared"
        )
        power = self.integer(3) if self.take("**") else 1
        _need(power <= HIGHEST_POWER, f"a power is above {HIGHEST_POWER}")
        return self.named[word] ** power

    def root(self, radicand: int) -> PolyElement:
        f = self.ring(bool(radicand))
        for p, e in factorint(radicand).items():
            _need(
                p in self.roots or not e % 2, f"write sqrt({radicand}) without spaces"
            )
            f = f * (self.roots[p] if e % 2 else 1) * p ** (e // 2)
        return f


def _rank(rows: Iterable[Row], tick: Callable[[], None]) -> int:
    """The rank of sparse rows over a field, by elimination."""
    pivots: dict[Any, Row] = {}
    for given in rows:
        row = {k: v for k, v in given.items() if v}
        while row and (lead := min(row)) in pivots:
            tick()
            factor = row[lead]
            for k, v in pivots[lead].items():
                row[k] = row[k] - factor * v if k in row else -factor * v
                if not row[k]:
                    del row[k]
        if row:
            pivots[lead] = {k: v / row[lead] for k, v in row.items()}
    return len(pivots)


class _Facts:
    """What a certificate says of phase space, generators and invariants."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        _need(isinstance(document, dict), "a certificate is a mapping")
        _need(document.get("schema") == SCHEMA, f"the schema must be {SCHEMA!r}")
        _need(set(document) == KEYS, f"the keys must be {sorted(KEYS)}")
        space = document["phase_space"]
        _need(
            set(space) == {"q", "p", "parameters"},
            "the phase space is q, p, parameters",
        )
        q, p, parameters = (_texts(space[key]) for key in ("q", "p", "parameters"))
        names = [*q, *p, *parameters]
        _need(len(q) == len(p) > 0, "each coordinate must have its momentum")
        _need(len(set(names)) == len(names) <= MOST_NAMES, "names repeat, or are many")
        _need(all(map(NAME.fullmatch, names)), "names are made of letters and digits")
        _need(type(document["exact"]) is bool, "`exact` must be true or false")
        self.document, self.exact, self.n = document, document["exact"], len(q)
        self.reader = _Reader([*q, *p], parameters, json.dumps(document))
        read, self.z = self.reader.read, self.reader.ring.gens
        _texts(list(document["generators"]))
        self.generators = {k: read(g) for k, g in document["generators"].items()}
        self.names = ", ".join(self.generators) or "no generator"
        self.fields = {k: self.field(g) for k, g in self.generators.items()}
        self.moving = [field for field in self.fields.values() if any(field)]
        self.constants = self.read_constants(document["structure_constants"])
        self.listed = _texts(document["invariants"])
        self.invariants = list(map(read, self.listed))
        self.slopes = [[f.diff(x) for x in self.z] for f in self.invariants]
        self.verdicts: dict[str, set[Verdict]] = {}

    def read_constants(self, entries: Any) -> dict[tuple[str, str], Row]:  # noqa: ANN401
        number, names = self.reader.number, list(self.generators)
        table: dict[tuple[str, str], Row] = {}
        for left, right, row in entries:
            _need(names.index(left) < names.index(right), "a pair is out of order")
            _need((left, right) not in table, "a pair has two brackets")
            _need(set(row) <= set(names), "a bracket holds an unknown generator")
            table[left, right] = {name: number(c) for name, c in row.items()}
        return table

    def field(self, g: PolyElement) -> list[PolyElement]:
        """The field dz/dt = {z, g}."""
        slope = [g.diff(x) for x in self.z]
        return slope[self.n :] + [-f for f in slope[: self.n]]

    def bracket(self, f: PolyElement, field: Sequence[PolyElement]) -> PolyElement:
        """The bracket {f, g} by the field of g."""
        self.reader.tick()
        total = self.reader.ring.zero
        for x, component in zip(self.z, field, strict=True):
            if component and (slope := f.diff(x)):
                total += self.reader.product(slope, component)
        return total

    def invariant(self, f: PolyElement) -> bool:
        return not any(self.bracket(f, field) for field in self.moving)

    def rank_at(self, rows: Rows, values: Sequence[Any]) -> int:
        _need(len(values) == 2 * self.n, "the point must have one number for each of z")
        here = ({k: self.value(f, values) for k, f in enumerate(row)} for row in rows)
        return _rank(here, self.reader.tick)

    def value(self, f: PolyElement, values: Sequence[Any]) -> Any:  # noqa: ANN401
        terms = (
            c * prod(x**e for x, e in zip(values, m, strict=True) if e)
            for m, c in f.terms()
        )
        return sum(terms, self.reader.field.zero)

    def generic_rank(self, rows: Rows) -> int:
        """The rank at a point of our own: a lower bound, and almost surely the rank."""
        random = Random(0)  # noqa: S311
        point = [self.reader.field(random.randrange(9999)) for _ in self.z]
        return self.rank_at(rows, point)

    def check_rank(self, rows: Rows, evidence: Evidence, most: int) -> None:
        """Check that a generic rank is reached at the point given and never passed."""
        point = list(map(self.reader.number, _texts(evidence["point"])))
        stated, reached = evidence["rank"], self.rank_at(rows, point)
        _need(stated == reached, f"the rank at the point is {reached}")
        _need(self.generic_rank(rows) <= stated, "the rank is higher at another point")
        if stated < most:
            terms = [m for row in rows for f in row for m in f]
            if len(terms) > 40 or max(map(sum, terms), default=0) > 4:
                raise TooLargeError(
                    "whether the rank is higher elsewhere is not settled"
                )
            field = self.reader.ring.to_domain().get_field()
            lifted = ({k: field(f) for k, f in enumerate(row)} for row in rows)
            _need(
                _rank(lifted, self.reader.tick) == stated,
                "the rank is higher elsewhere",
            )

    def matrix(self, rows: Sequence[Sequence[Any]]) -> DomainMatrix:
        shape = len(rows), len(rows[0])
        return DomainMatrix(rows, shape, self.reader.field).to_sparse()

    def read_matrix(self, rows: Any, columns: int) -> DomainMatrix:  # noqa: ANN401
        shape = {len(_texts(row)) for row in rows}, len(rows)
        _need(shape == ({columns}, 2 * self.n), "a matrix has the wrong shape")
        return self.matrix([[self.reader.number(text) for text in row] for row in rows])

    def affine(self, field: Sequence[PolyElement]) -> tuple[DomainMatrix, DomainMatrix]:
        """The A and b of a field A z + b."""
        _need(all(sum(m) < 2 for f in field for m in f), "a field is not linear")
        A = [[f.coeff(x) for x in self.z] for f in field]
        return self.matrix(A), self.matrix([[f.coeff(1)] for f in field])

    def modular(self, f: PolyElement) -> Row:
        """The terms modulo a prime, by which no rank grows; unchanged if not over Q."""
        if self.reader.field is not QQ:
            return dict(f)
        if any(c.denominator % PRIME == 0 for c in f.values()):
            raise TooLargeError("a denominator vanishes modulo the prime")
        number = GF(PRIME)
        return {m: number(c.numerator) / number(c.denominator) for m, c in f.terms()}


# One function a kind of claim: it checks the evidence, and says what the evidence shows.


def _closure(facts: _Facts, evidence: Evidence) -> str:
    for (left, f), (right, _) in combinations(facts.generators.items(), 2):
        rest = facts.bracket(f, facts.fields[right])
        for name, c in facts.constants.get((left, right), {}).items():
            rest -= facts.generators[name] * c
        _need(not rest, f"{{{left}, {right}}} is not the combination that is listed")
    return (
        f"the bracket of any two of ({facts.names}) is the listed combination of them"
    )


def _independent_generators(facts: _Facts, evidence: Evidence) -> str:
    found = _rank(map(dict, facts.generators.values()), facts.reader.tick)
    _need(found == len(facts.generators), "one is a combination of the others")
    return f"({facts.names}) are linearly independent"


def _added(facts: _Facts, evidence: Evidence) -> str:
    name, text, (left, right) = (evidence[k] for k in ("name", "expression", "from"))
    _need(facts.reader.read(text) == facts.generators[name], "it is another function")
    _need(facts.constants[left, right].get(name), "the bracket does not need it")
    return f"{name} = {text} was added, for {{{left}, {right}}} needs it"


def _invariant(facts: _Facts, evidence: Evidence) -> str:
    k = facts.listed.index(evidence["expression"])
    _need(
        facts.invariant(facts.invariants[k]), "a bracket with a generator is not zero"
    )
    return f"{{g, I{k + 1}}} = 0 for g in ({facts.names}), I{k + 1} = {facts.listed[k]}"


def _independent(facts: _Facts, evidence: Evidence) -> str:
    total, found = len(facts.listed), evidence["rank"]
    most = 2 * facts.n - facts.generic_rank(facts.moving)
    facts.check_rank(facts.slopes, evidence, min(total, most))
    return f"{found} of the {total} invariants are functionally independent"


def _count(facts: _Facts, evidence: Evidence) -> str:
    size, orbit = 2 * facts.n, evidence["rank"]
    met = orbit + facts.generic_rank(facts.slopes) == size
    _need(evidence["complete"] is met, f"that they are complete is {met}")
    most = orbit if met else min(len(facts.moving), size)
    facts.check_rank(facts.moving, evidence, most)
    return (
        f"{size - orbit} functionally independent invariants exist: {size} minus the "
        f"orbit dimension {orbit}"
    )


def _generating(facts: _Facts, evidence: Evidence) -> str:
    """Bound the invariants up to a degree from above, and their products from below."""
    degree, size = evidence["degree"], 2 * facts.n
    _need(type(degree) is int and degree > 0, "the degree must be a positive integer")
    if comb(size + degree, degree) > LARGEST_ANSATZ:
        raise TooLargeError(f"there are over {LARGEST_ANSATZ} monomials")
    fields = [list(map(facts.modular, field)) for field in facts.moving]
    images = [_image(m, fields) for m in _exponents(size, degree)]
    most = len(images) - _rank(images, facts.reader.tick)
    least = _rank(map(facts.modular, _products(facts, degree)), facts.reader.tick)
    _need(least == most, f"they make {least} of {most} independent invariants")
    return (
        f"every polynomial invariant of degree at most {degree} is a polynomial in those "
        "listed"
    )


def _exponents(size: int, degree: int) -> Iterator[tuple[int, ...]]:
    for step in range(degree + 1):
        for chosen in combinations_with_replacement(range(size), step):
            yield tuple(map(chosen.count, range(size)))


def _image(m: tuple[int, ...], fields: Sequence[Sequence[Row]]) -> Row:
    """The brackets of the monomial z^m with the generators, as one row."""
    row: Row = {}
    for k, field in enumerate(fields):
        for i, power in enumerate(m):
            rest = (*m[:i], power - 1, *m[i + 1 :])
            for shift, c in field[i].items() if power else ():
                key = (k, *map(int.__add__, rest, shift))
                row[key] = row[key] + power * c if key in row else power * c
    return row


def _products(facts: _Facts, degree: int) -> Iterator[PolyElement]:
    """Every product of the listed invariants up to a degree, each once."""
    factors = [(max(map(sum, f)), f) for f in facts.invariants if not f.is_ground]
    found = [(0, 0, facts.reader.ring.one)]
    for first, total, f in found:  # the list grows on the way
        yield f
        for k, (more, factor) in enumerate(factors[first:], start=first):
            if total + more <= degree:
                found.append((k, total + more, facts.reader.product(f, factor)))
        if len(found) > 4 * LARGEST_ANSATZ:
            raise TooLargeError("there are too many products of invariants")


def _generating_all(facts: _Facts, evidence: Evidence) -> str:
    """Follow the action to vectors, and recognise the group of each factor of it."""
    factors, size = evidence["factors"], 2 * facts.n
    affine = all(sum(m) < 2 for field in facts.moving for f in field for m in f)
    if {f.get("family", f["by"]) for f in factors} - THEOREMS or "of" in evidence:
        raise TooLargeError("an argument of this kind is not followed here")
    words = "every polynomial invariant is a polynomial in those listed"
    if [f["by"] for f in factors] == ["open orbit"]:
        _need(facts.generic_rank(facts.moving) == size, "generic orbits are not open")
        return words
    if not affine:
        raise TooLargeError("fields that are not affine are not followed here")
    read = facts.reader.read
    blocks = [[list(map(read, _texts(v))) for v in _vectors(f)] for f in factors]
    forms = [y for block in blocks for v in block for y in v]
    _need(all(sum(m) < 2 for y in forms for m in y), "a form is not linear")
    linear = ({m: c for m, c in y.items() if any(m)} for y in forms)
    _need(_rank(linear, facts.reader.tick) == len(forms), "the forms are dependent")
    fields = [dict(_flat(field)) for field in facts.moving]
    turning = [{k: c for k, c in f.items() if any(k[1])} for f in fields]
    moved = _rank(fields, facts.reader.tick) - _rank(turning, facts.reader.tick)
    _need(len(forms) + moved == size, "there are more forms that translations leave")
    actions = [_actions(facts, forms, field) for field in facts.moving]
    spans: list[list[Row]] = [[{} for _ in actions] for _ in factors]
    start = 0
    for k, (factor, block) in enumerate(zip(factors, blocks, strict=True)):
        for number, v in enumerate(block):
            here = range(start, start + len(v))
            start += len(v)
            dual = number >= len(factor.get("vectors", block))
            for row, action in zip(spans[k], actions, strict=True):
                matrix = _own(action, here, dual)
                _need(number == 0 or row == matrix, "two vectors move differently")
                row.update(matrix)
    ranks = [_rank(rows, facts.reader.tick) for rows in spans]
    joint = [
        {(k, *key): c for k, row in enumerate(rows) for key, c in row.items()}
        for rows in zip(*spans, strict=True)
    ]
    _need(_rank(joint, facts.reader.tick) == sum(ranks), "the factors do not split")
    wanted = [
        f
        for k, factor in enumerate(factors)
        for f in _theorem(facts, factor, blocks[k], spans[k], ranks[k])
    ]
    listed = [facts.reader.ring.one, *facts.invariants]
    found = _rank(map(dict, [*listed, *wanted]), facts.reader.tick)
    _need(found == _rank(map(dict, listed), facts.reader.tick), "one is not listed")
    return words


def _vectors(factor: Evidence) -> list[Any]:
    if factor["by"] == "fixed":
        return [[text] for text in factor["forms"]]
    return [*factor["vectors"], *factor.get("covectors", [])]


def _flat(field: Sequence[PolyElement]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for i, f in enumerate(field):
        yield from (((i, m), c) for m, c in f.items())


def _actions(
    facts: _Facts, forms: Sequence[PolyElement], field: Sequence[PolyElement]
) -> Row:
    """The matrix a with {y_i, g} = a_ij y_j, by (i, j)."""
    images = [facts.bracket(y, field) for y in forms]
    columns = [*forms, *images]
    keys = sorted({m for f in columns for m in f})
    table = [[f.get(m, facts.reader.field.zero) for f in columns] for m in keys]
    reduced, pivots = facts.matrix(table).rref()
    size, entries = len(forms), reduced.to_dense().to_list()
    _need(pivots == tuple(range(size)), "a form is moved out of the span of the forms")
    cells = ((i, j) for i in range(size) for j in range(size))
    return {(i, j): c for i, j in cells if (c := entries[j][size + i])}


def _own(action: Row, here: range, dual: bool) -> Row:
    """The matrix by which one vector moves, or minus the transposed one."""
    rows = {key: c for key, c in action.items() if key[0] in here}
    _need(all(j in here for _, j in rows), "a vector is moved by another")
    first = here.start
    if dual:
        return {(j - first, i - first): -c for (i, j), c in rows.items()}
    return {(i - first, j - first): c for (i, j), c in rows.items()}


def _theorem(
    facts: _Facts,
    factor: Evidence,
    block: Sequence[Sequence[PolyElement]],
    span: Sequence[Row],
    rank: int,
) -> Iterator[PolyElement]:
    """What generates, by the first fundamental theorem of the group that it proves."""
    if factor["by"] == "fixed":
        _need(not rank, "a fixed form moves")
        yield from (v[0] for v in block)
        return
    vectors, duals = block[: len(factor["vectors"])], block[len(factor["vectors"]) :]
    size, family, zero = len(block[0]), factor["family"], facts.reader.field.zero
    _need(all(len(v) == size for v in block), "the vectors differ in size")
    places, total, S = range(size), facts.reader.ring.zero, []
    _need(factor["by"] == "first fundamental theorem", "the argument is unknown")
    if family in ("SO", "Sp"):
        sign, number = (1, size - 1) if family == "SO" else (-1, size + 1)
        _need(
            rank == size * number // 2 and not duals, f"the span is not all of {family}"
        )
        S = [[facts.reader.number(c) for c in _texts(row)] for row in factor["form"]]
        _need(facts.matrix(S).rank() == size, "the form is degenerate")
        cells = [(i, j) for i in places for j in places]
        _need(
            all(S[i][j] == sign * S[j][i] for i, j in cells), "the form has no symmetry"
        )
        for a in span:
            kept = (
                sum(
                    a.get((k, i), zero) * S[k][j] + S[i][k] * a.get((k, j), zero)
                    for k in places
                )
                for i, j in cells
            )
            _need(not any(kept), "the form is not kept")
        for v, w in combinations_with_replacement(vectors, 2):
            yield sum((v[i] * w[j] * S[i][j] for i, j in cells), total)
    else:
        traces = [sum(a.get((i, i), zero) for i in places) for a in span]
        _need(family == "GL" or not any(traces), "a trace is not zero")
        _need(rank == size**2 - (family == "SL"), f"the span is not all of {family}")
        for v in vectors:
            yield from (sum((v[i] * w[i] for i in places), total) for w in duals)
    name = _group(facts, family, size, S)
    _need(factor["group"] == name, f"the group is {name}")
    for kind in (vectors, duals) if family in ("SO", "SL") else ():
        yield from (_determinant(chosen, facts) for chosen in combinations(kind, size))


def _group(facts: _Facts, family: str, size: int, S: Sequence[Sequence[Any]]) -> str:
    """The name of the group; for SO by the signs of the form, which Descartes counts."""
    if family != "SO":
        return f"{family}({size},R)"
    convert = facts.reader.field.to_sympy
    signs = [convert(c).is_positive for c in facts.matrix(S).charpoly() if c]
    if None in signs:
        return f"a real form of SO({size})"
    plus = sum(a is not b for a, b in pairwise(signs))
    return f"SO({plus},{size - plus})" if 0 < plus < size else f"SO({size})"


def _determinant(rows: Sequence[Sequence[PolyElement]], facts: _Facts) -> PolyElement:
    if not rows:
        return facts.reader.ring.one
    total = facts.reader.ring.zero
    for k, f in enumerate(rows[0]):
        minor = [[*row[:k], *row[k + 1 :]] for row in rows[1:]]
        total += facts.reader.product(f, _determinant(minor, facts)) * (-1) ** k
    return total


def _shear(facts: _Facts, evidence: Evidence) -> str:
    functions = list(map(facts.reader.read, _texts(evidence["functions"])))
    places = evidence["coordinates"]
    _need(all(type(i) is int for i in places), "coordinates are places in z")
    _need(
        not any(i + facts.n in places for i in places), "two coordinates are conjugate"
    )
    used = {i for f in functions for m in f for i, power in enumerate(m) if power}
    _need(used <= set(places), "a function depends on another coordinate")
    _need(all(map(facts.invariant, functions)), "a function is not invariant")
    return f"every f({', '.join(evidence['functions'])}) has an exact flow, a shear"


def _linear_flow(facts: _Facts, evidence: Evidence) -> str:
    functions = list(map(facts.reader.read, _texts(evidence["functions"])))
    for f, cube in zip(functions, _texts(evidence["cubes"]), strict=True):
        _need(all(sum(m) == 2 for m in f), "a function is not quadratic")
        A, c = facts.affine(facts.field(f))[0], facts.reader.number(cube)
        _need((A * A * A - A * c).is_zero_matrix, f"A^3 is not {cube} A")
        _need(facts.invariant(f), "a function is not invariant")
    for f, g in combinations(functions, 2):
        _need(not facts.bracket(f, facts.field(g)), "two functions do not commute")
    return (
        f"every f({', '.join(evidence['functions'])}) has an exact flow, a linear flow"
    )


def _base(facts: _Facts, evidence: Evidence) -> str:
    size, convert = 2 * facts.n, facts.reader.field.to_sympy
    S = facts.read_matrix(evidence["metric"], size)
    point = facts.read_matrix([[c] for c in evidence["fixed_point"]], 1)
    vectors = [
        facts.read_matrix([[c] for c in v], 1) for v in evidence["fixed_vectors"]
    ]
    commutant = [facts.read_matrix(B, size) for B in evidence["commutant"]]
    for A, b in map(facts.affine, facts.moving):
        _need((A.transpose() * S + S * A).is_zero_matrix, "A^T S + S A is not zero")
        _need((A * point + b).is_zero_matrix, "the fixed point moves")
        _need(all((A * v).is_zero_matrix for v in vectors), "a fixed vector moves")
        _need(all((A * B - B * A).is_zero_matrix for B in commutant), "A B is not B A")
    _need((S - S.transpose()).is_zero_matrix, "the metric is not symmetric")
    for k in range(1, size + 1):
        facts.reader.tick()
        minor = convert(S.to_dense()[:k, :k].det())
        _need(minor.is_positive, "the metric is not positive")
    return (
        "{g, pi} = 0 for every Gaussian of covariance B S^-1 B^T with B in the commutant "
        "and mean in the fixed vectors, and for their mixtures"
    )


def _kinematics(facts: _Facts, evidence: Evidence) -> str:
    n, z = facts.n, facts.z
    for name, g in facts.generators.items():
        _need(
            all(sum(m[n:]) == 1 or not any(m) for m in g), f"{name} is not linear in p"
        )
        spread = sum(g.diff(z[i]).diff(z[n + i]) for i in range(n))
        _need(not spread, f"{name} changes volumes of q")
    return "the marginal over q of an invariant density is invariant"


def _measured(facts: _Facts, evidence: Evidence) -> str:
    value, tolerance = evidence["value"], evidence["tolerance"]
    for x in (value, 0.0 if tolerance is None else tolerance):
        _need(type(x) in (int, float) and isfinite(x), "it is not a finite number")
    _need(type(evidence["points"]) is int, "points must be an integer")
    _need(evidence["points"] > 0, "points must be positive")
    _need(re.fullmatch("b?float[0-9]{2}", evidence["dtype"]), "the dtype is unknown")
    words = f"{evidence['name']}: {value:.3g}"
    if tolerance is None:
        return words
    if "stretch" in evidence:
        _need(isfinite(evidence["stretch"]), "the stretch is not a finite number")
        grown = evidence["stages"] * evidence["stretch"]
        allowed = 4 * EPSILON[evidence["dtype"]] * grown
        _need(abs(tolerance - allowed) <= 1e-9 * allowed, f"the bound is {allowed:g}")
    _need(abs(value) <= tolerance, f"{value} is above {tolerance}")
    return f"{words}, to stay below {tolerance:g}"


def _resting(words: str, *pillars: set[str]) -> Callable[[_Facts, Evidence], str]:
    """The check of a claim that follows from others for any weights."""

    def check(facts: _Facts, evidence: Evidence) -> str:
        named = set(_texts(evidence["rests on"]))
        for pillar in pillars:
            _need(pillar & named, f"it does not rest on {' or '.join(sorted(pillar))}")
            _need(
                pillar & set(facts.verdicts) <= named, "it leaves out what it rests on"
            )
        found = set().union(*(facts.verdicts.get(kind, {"missing"}) for kind in named))
        if Verdict.NOT_RECHECKED in found and len(found) <= 2:
            raise TooLargeError("what it rests on was too large to check")
        _need(found == {Verdict.VERIFIED}, "what it rests on is not verified")
        return words

    return check


PIECES, MAP = {"shear", "linear flow"}, "equivariant map"
PROVED, BUILT, MEASURED, UNKNOWN = "proved", "by construction", "measured", "not known"
# Each kind of claim, its check, and the standings it may have; later ones rest on earlier.
RULES: dict[str, tuple[Callable[[_Facts, Evidence], str], set[str]]] = {
    "closure": (_closure, {PROVED}),
    "independent generators": (_independent_generators, {PROVED}),
    "added": (_added, {PROVED}),
    "invariant": (_invariant, {PROVED}),
    "independent": (_independent, {PROVED, UNKNOWN}),
    "count": (_count, {PROVED, UNKNOWN}),
    "generating": (_generating, {PROVED, UNKNOWN}),
    "generating all": (_generating_all, {PROVED}),
    "shear": (_shear, {PROVED}),
    "linear flow": (_linear_flow, {PROVED}),
    "base": (_base, {PROVED}),
    "kinematics": (_kinematics, {PROVED, UNKNOWN}),
    "measured": (_measured, {MEASURED}),
    MAP: (
        _resting("the map commutes with the flow of every generator", PIECES),
        {BUILT},
    ),
    "conserved": (
        _resting("the map conserves every generator exactly", PIECES),
        {BUILT},
    ),
    "volume": (_resting("the map keeps volume: log|det| = 0", PIECES), {BUILT}),
    "invariant density": (
        _resting("{g, log p} = 0 for every generator g", {MAP}, {"base"}),
        {BUILT},
    ),
    "encoder": (
        _resting("the bound on log p(q) is invariant", {"base"}, {"kinematics"}),
        {BUILT, UNKNOWN},
    ),
}
# The words of claims that are not known, which say what is not.
UNSETTLED = {
    "independent": r"\d+ of the \d+ invariants are functionally independent",
    "count": r"\d+ functionally independent invariants exist: \d+ minus the orbit "
    r"dimension \d+",
    "generating": r"every polynomial invariant of degree at most \d+ is a polynomial in "
    "those listed",
    "kinematics": "the marginal over q of an invariant density is invariant",
    "encoder": r"the bound on log p\(q\) is invariant",
}
ORDER = {kind: place for place, kind in enumerate(RULES)}
BROKEN = (
    *(AttributeError, LookupError, TypeError, ValueError, RecursionError),
    *(ArithmeticError, BasePolynomialError, DMError),
)


def _examine(facts: _Facts, claim: Mapping[str, Any]) -> Finding:
    """Check one claim by the rule of its kind."""
    kind, statement, standing = claim["kind"], claim["statement"], claim["standing"]
    verdict, why = Verdict.VERIFIED, ""
    try:
        _need(kind in RULES, "this kind of claim is unknown")
        check, allowed = RULES[kind]
        if not facts.exact:
            allowed = {UNKNOWN if s == UNKNOWN else MEASURED for s in allowed}
        _need(standing in allowed, f"it may not have the standing {standing!r}")
        if standing == UNKNOWN:
            known = re.fullmatch(UNSETTLED[kind], statement)
            _need(known, "its words are not those of such a claim")
        else:
            words = check(facts, claim["evidence"])
            said = statement.partition(": ")[2] if kind in PIECES else statement
            _need(said == words, f"its evidence shows: {words}")
        if standing == UNKNOWN or kind == "measured":
            verdict = Verdict(standing)
    except TooLargeError as error:
        verdict, why = Verdict.NOT_RECHECKED, str(error)
    except MalformedError as error:
        verdict, why = Verdict.REJECTED, str(error)
    except BROKEN as error:
        verdict, why = Verdict.REJECTED, f"its evidence is malformed: {error!r}"
    facts.verdicts.setdefault(kind, set()).add(verdict)
    return Finding(kind, statement, verdict, why)


def _read_claims(facts: _Facts) -> list[dict[str, Any]]:
    """The claims, none of which may lack: what is listed is claimed, and counted."""
    document, claims, keys = facts.document, facts.document["claims"], set()
    _need(isinstance(claims, list) and len(claims) <= MOST_ENTRIES, "claims are a list")
    by_kind: dict[str, list[Evidence]] = {}
    for claim in claims:
        keys = {"kind", "statement", "standing", "why", "evidence"}
        _need(set(claim) == keys, f"a claim must have {sorted(keys)}")
        _texts([claim[key] for key in sorted(keys - {"evidence"})])
        _need(isinstance(claim["evidence"], dict), "evidence must be a mapping")
        by_kind.setdefault(claim["kind"], []).append(claim["evidence"])
    invariants = [evidence["expression"] for evidence in by_kind.get("invariant", [])]
    _need(invariants == facts.listed, "each invariant must have one claim, in order")
    _need(
        by_kind.get("added", []) == document["added"], "what was added must be claimed"
    )
    basic = {"closure", "independent generators"} & set(by_kind)
    _need(
        len(basic) == 2 or not facts.generators, "a claim on the generators is missing"
    )
    pieces = [claim["statement"] for claim in claims if claim["kind"] in PIECES]
    for k, statement in enumerate(pieces, start=1):
        _need(statement.startswith(f"piece {k}: "), "pieces are not numbered in order")
    summary = {
        "degrees of freedom": facts.n,
        "dimension": len(facts.generators),
        "invariants": len(facts.listed),
        "standings": dict(Counter(claim["standing"] for claim in claims)),
    }
    _need(document["summary"] == summary, f"the summary must be {summary}")
    return claims


def verify(document: Mapping[str, Any]) -> list[Finding]:
    """Check every claim of a certificate.

    Arguments:
        document: The certificate, as `load` gives it.

    Returns:
        One finding a claim, in their order.

    Raises:
        MalformedError: If it is no certificate.

    Example:
        >>> verify({"schema": "symflow-certificate/0"})
        Traceback (most recent call last):
        ...
        symflow.verify.MalformedError: This is no certificate: the schema must be ...
    """
    try:
        facts = _Facts(document)
        claims = _read_claims(facts)
    except (TooLargeError, *BROKEN) as error:
        raise MalformedError(f"This is no certificate: {error}.") from None
    order = sorted(range(len(claims)), key=lambda k: ORDER.get(claims[k]["kind"], 0))
    findings = {k: _examine(facts, claims[k]) for k in order}
    return [findings[k] for k in range(len(claims))]


def load(path: str) -> Any:  # noqa: ANN401
    """Read a certificate file: strict JSON of bounded size.

    Arguments:
        path: The file.

    Returns:
        What it holds.

    Raises:
        MalformedError: If it cannot be read, or is not strict JSON.
    """

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _need(len(dict(pairs)) == len(pairs), "a key appears twice")
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise MalformedError(f"{constant} is not a number")

    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        _need(len(raw) <= LARGEST_FILE, f"it has more than {LARGEST_FILE} bytes")
        return json.loads(raw, object_pairs_hook=distinct, parse_constant=refuse)
    except (OSError, *BROKEN) as error:
        raise MalformedError(f"{path} is no certificate: {error}.") from None


def _show(text: str) -> None:
    """Print text from a file that is not trusted: no control characters."""
    coding = sys.stdout.encoding or "ascii"
    safe = "".join(c if c.isprintable() else "?" for c in text)
    print(safe.encode(coding, "backslashreplace").decode(coding))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line a claim, and the count of each verdict.

    Arguments:
        arguments: The command line after the program's name.

    Returns:
        0, 1, 2 or 3, as the head of this file says.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        _need(len(given) == 1, "Name one certificate: python verify.py CERTIFICATE")
        findings = verify(load(given[0]))
    except MalformedError as error:
        _show(str(error))
        return 2
    for finding in findings:
        _show(str(finding))
    counts = Counter(finding.verdict for finding in findings)
    _show(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if counts[Verdict.REJECTED] else 3 if counts[Verdict.NOT_RECHECKED] else 0


if __name__ == "__main__":
    sys.exit(main())
