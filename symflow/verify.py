r"""Verify: check a certificate with nothing but SymPy, sharing no code with its writer.

Takes a certificate, gives one finding a claim. Every bracket is computed again from the
generators, and a claim must say, word for word, what its evidence shows.

.. math:: \{f, g\} = \sum_i \partial_{q_i} f \, \partial_{p_i} g
                       - \partial_{p_i} f \, \partial_{q_i} g

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
from itertools import combinations, combinations_with_replacement
from math import comb, isfinite, prod
from random import Random
from typing import Any

from sympy import GF, QQ, Integer, Symbol, factorint, sqrt
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement, ring

__all__ = ["Finding", "MalformedError", "Verdict", "load", "main", "verify"]

SCHEMA = "symflow-certificate/1"
KEYS = {"schema", "symflow", "phase_space", "exact", "generators", "added"}
KEYS |= {"structure_constants", "invariants", "claims", "summary"}
LARGEST_FILE, LONGEST_TEXT, LONGEST_NUMBER = 5_000_000, 100_000, 400
MOST_ENTRIES, MOST_NAMES, MOST_ROOTS, MOST_TERMS = 5_000, 150, 3, 100_000
HIGHEST_POWER, DEEPEST_PARENTHESIS = 64, 30
LARGEST_ANSATZ, PRIME = 8_000, 2**31 - 1
SECONDS = 120.0
NAME = re.compile(r"[^\W\d_]\w{0,63}")
TOKEN = re.compile(r"[0-9]+|[^\W\d_]\w*|\*\*|[-+*/()]|\S")
ROOT = re.compile(r"sqrt\(([0-9]{1,12})\)")

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
        text = f"{self.verdict:<14}  {self.kind}: {self.statement}{why}"
        return "".join(c if c.isprintable() else "?" for c in text)


def need(condition: object, message: str) -> None:
    """Refuse what does not hold."""
    if not condition:
        raise MalformedError(message)


def texts(value: Any) -> list[str]:  # noqa: ANN401
    """A list of texts, of bounded length."""
    good = isinstance(value, list) and len(value) <= MOST_ENTRIES
    need(good and all(isinstance(text, str) for text in value), "no list of texts")
    return value


class Reader:
    """Text into polynomials over Q(square roots)(parameters); nothing of it is run."""

    def __init__(self, z: Sequence[str], parameters: Sequence[str], text: str) -> None:
        primes = sorted({p for r in ROOT.findall(text) for p in factorint(int(r))})
        need(len(primes) <= MOST_ROOTS, "there are too many different square roots")
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
        need(len(f) * len(g) <= MOST_TERMS, f"a product has over {MOST_TERMS} terms")
        h = f * g
        if self.field.is_FractionField:
            longest = max((len(c.numer) + len(c.denom) for c in h.values()), default=0)
            need(longest < 200, "a coefficient has over 200 terms in parameters")
        return h

    def read(self, text: object) -> PolyElement:
        need(isinstance(text, str) and len(text) <= LONGEST_TEXT, "this is no text")
        self.text, self.depth = str(text), 0
        self.tokens = [*TOKEN.findall(self.text), ""][::-1]
        f = self.sum()
        self.expect("")
        return f

    def number(self, text: object) -> Any:  # noqa: ANN401
        f = self.read(text)
        need(f.is_ground, f"{text} is not a number")
        return f.coeff(1)

    def take(self, *wanted: str) -> str:
        return self.tokens.pop() if self.tokens[-1] in wanted else ""

    def expect(self, wanted: str) -> None:
        found = self.tokens.pop()
        need(found == wanted, f"{self.text[:60]!r} is no expression, by {found[:60]!r}")

    def integer(self, digits: int) -> int:
        token = self.tokens.pop()
        good = re.fullmatch("[0-9]+", token) and len(token) <= digits
        need(good, f"{token[:60]!r} is no number of at most {digits} digits")
        return int(token)

    def sum(self) -> PolyElement:
        terms: Row = {}
        sign = "+"
        while sign:
            for m, c in self.term().terms():
                terms[m] = terms.get(m, self.field.zero) + (c if sign == "+" else -c)
            sign = self.take("+", "-")
        return self.ring.from_dict(terms)

    def term(self) -> PolyElement:
        negative = self.take("-")
        f = self.factor()
        while operator := self.take("*", "/"):
            g = self.factor()
            if operator == "/":
                need(g and g.is_ground, "only numbers and parameters may divide")
                g = self.ring(self.field.one / g.coeff(1))
            f = self.product(f, g)
        return -f if negative else f

    def factor(self) -> PolyElement:
        if self.tokens[-1].isdigit():
            return self.ring(self.field(self.integer(LONGEST_NUMBER)))
        word = self.tokens.pop()
        if word == "(":
            self.depth += 1
            need(self.depth <= DEEPEST_PARENTHESIS, "parentheses are nested too deep")
            f = self.sum()
            self.depth -= 1
            self.expect(")")
            return f
        if word == "sqrt" and self.take("("):
            f = self.root(self.integer(12))
            self.expect(")")
            return f
        need(word in self.named, f"{word[:60]!r} in {self.text[:60]!r} is not declared")
        power = self.integer(3) if self.take("**") else 1
        need(power <= HIGHEST_POWER, f"a power is above {HIGHEST_POWER}")
        return self.named[word] ** power

    def root(self, radicand: int) -> PolyElement:
        f = self.ring(bool(radicand))
        for p, e in factorint(radicand).items():
            need(p in self.roots or not e % 2, f"write sqrt({radicand}) without spaces")
            f = f * (self.roots[p] if e % 2 else 1) * p ** (e // 2)
        return f


def rank(rows: Iterable[Row], tick: Callable[[], None]) -> int:
    """The rank of sparse rows over a field, by elimination."""
    pivots: dict[Any, Row] = {}
    for given in rows:
        tick()
        row = {k: v for k, v in given.items() if v}
        while row and (lead := min(row)) in pivots:
            factor = row[lead]
            for k, v in pivots[lead].items():
                row[k] = row[k] - factor * v if k in row else -factor * v
                if not row[k]:
                    del row[k]
        if row:
            pivots[lead] = {k: v / row[lead] for k, v in row.items()}
    return len(pivots)


class Facts:
    """What a certificate says of phase space, generators and invariants."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        need(isinstance(document, dict), "a certificate is a mapping")
        need(document.get("schema") == SCHEMA, f"the schema must be {SCHEMA!r}")
        need(set(document) == KEYS, f"the keys must be {sorted(KEYS)}")
        space = document["phase_space"]
        need(
            set(space) == {"q", "p", "parameters"},
            "the phase space is q, p, parameters",
        )
        q, p, parameters = (texts(space[key]) for key in ("q", "p", "parameters"))
        names = [*q, *p, *parameters]
        need(len(q) == len(p) > 0, "each coordinate must have its momentum")
        need(len(set(names)) == len(names) <= MOST_NAMES, "names repeat, or are many")
        need(all(map(NAME.fullmatch, names)), "names are made of letters and digits")
        need(type(document["exact"]) is bool, "`exact` must be true or false")
        self.document, self.exact, self.n = document, document["exact"], len(q)
        self.reader = Reader([*q, *p], parameters, json.dumps(document))
        read, self.z = self.reader.read, self.reader.ring.gens
        texts(list(document["generators"]))
        self.generators = {k: read(g) for k, g in document["generators"].items()}
        self.names = ", ".join(self.generators) or "no generator"
        self.moving = [f for f in map(self.field, self.generators.values()) if any(f)]
        self.constants = self.read_constants(document["structure_constants"])
        self.listed = texts(document["invariants"])
        self.invariants = list(map(read, self.listed))
        self.slopes = [[f.diff(x) for x in self.z] for f in self.invariants]
        self.verdicts: dict[str, set[Verdict]] = {}

    def read_constants(self, entries: Any) -> dict[tuple[str, str], Row]:  # noqa: ANN401
        number, names = self.reader.number, list(self.generators)
        table: dict[tuple[str, str], Row] = {}
        for left, right, row in entries:
            need(names.index(left) < names.index(right), "a pair is out of order")
            need((left, right) not in table, "a pair has two brackets")
            need(set(row) <= set(names), "a bracket holds an unknown generator")
            table[left, right] = {name: number(c) for name, c in row.items()}
        return table

    def field(self, g: PolyElement) -> list[PolyElement]:
        """The field dz/dt = {z, g}."""
        slope = [g.diff(x) for x in self.z]
        return slope[self.n :] + [-f for f in slope[: self.n]]

    def bracket(self, f: PolyElement, field: Sequence[PolyElement]) -> PolyElement:
        """The bracket {f, g} by the field of g."""
        total = self.reader.ring.zero
        for x, component in zip(self.z, field, strict=True):
            if component and (slope := f.diff(x)):
                total += self.reader.product(slope, component)
        return total

    def invariant(self, f: PolyElement) -> bool:
        return not any(self.bracket(f, field) for field in self.moving)

    def rank_at(self, rows: Rows, values: Sequence[Any]) -> int:
        need(len(values) == 2 * self.n, "the point must have one number for each of z")
        here = ({k: self.value(f, values) for k, f in enumerate(row)} for row in rows)
        return rank(here, self.reader.tick)

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
        point = list(map(self.reader.number, texts(evidence["point"])))
        stated, reached = evidence["rank"], self.rank_at(rows, point)
        need(stated == reached, f"the rank at the point is {reached}")
        need(self.generic_rank(rows) <= stated, "the rank is higher at another point")
        if stated < most:
            if sum(len(f) for row in rows for f in row) > 60:
                raise TooLargeError(
                    "whether the rank is higher elsewhere is not settled"
                )
            field = self.reader.ring.to_domain().get_field()
            lifted = ({k: field(f) for k, f in enumerate(row)} for row in rows)
            need(
                rank(lifted, self.reader.tick) == stated, "the rank is higher elsewhere"
            )

    def matrix(self, rows: Sequence[Sequence[Any]]) -> DomainMatrix:
        shape = len(rows), len(rows[0])
        return DomainMatrix(rows, shape, self.reader.field).to_sparse()

    def read_matrix(self, rows: Any, columns: int) -> DomainMatrix:  # noqa: ANN401
        shape = {len(texts(row)) for row in rows}, len(rows)
        need(shape == ({columns}, 2 * self.n), "a matrix has the wrong shape")
        return self.matrix([[self.reader.number(text) for text in row] for row in rows])

    def affine(self, field: Sequence[PolyElement]) -> tuple[DomainMatrix, DomainMatrix]:
        """The A and b of a field A z + b."""
        need(all(sum(m) < 2 for f in field for m in f), "a field is not linear")
        A = [[f.coeff(x) for x in self.z] for f in field]
        return self.matrix(A), self.matrix([[f.coeff(1)] for f in field])

    def modular(self, f: PolyElement) -> Row:
        """The terms modulo a prime, by which no rank grows; unchanged if not over Q."""
        if self.reader.field is not QQ:
            return dict(f)
        number = GF(PRIME)
        return {m: number(int(c.numerator)) / int(c.denominator) for m, c in f.terms()}


# One function a kind of claim: it checks the evidence, and says what the evidence shows.


def closure(facts: Facts, evidence: Evidence) -> str:
    for (left, f), (right, g) in combinations(facts.generators.items(), 2):
        rest = facts.bracket(f, facts.field(g))
        for name, c in facts.constants.get((left, right), {}).items():
            rest -= facts.generators[name] * c
        need(not rest, f"{{{left}, {right}}} is not the combination that is listed")
    return (
        f"the bracket of any two of ({facts.names}) is the listed combination of them"
    )


def independent_generators(facts: Facts, evidence: Evidence) -> str:
    found = rank(map(dict, facts.generators.values()), facts.reader.tick)
    need(found == len(facts.generators), "one is a combination of the others")
    return f"({facts.names}) are linearly independent"


def added(facts: Facts, evidence: Evidence) -> str:
    name, text, (left, right) = (evidence[k] for k in ("name", "expression", "from"))
    need(facts.reader.read(text) == facts.generators[name], "it is another function")
    need(facts.constants[left, right].get(name), "the bracket does not need it")
    return f"{name} = {text} was added, for {{{left}, {right}}} needs it"


def invariant(facts: Facts, evidence: Evidence) -> str:
    k = facts.listed.index(evidence["expression"])
    need(facts.invariant(facts.invariants[k]), "a bracket with a generator is not zero")
    return f"{{g, I{k + 1}}} = 0 for g in ({facts.names}), I{k + 1} = {facts.listed[k]}"


def independent(facts: Facts, evidence: Evidence) -> str:
    total, found = len(facts.listed), evidence["rank"]
    most = 2 * facts.n - facts.generic_rank(facts.moving)
    facts.check_rank(facts.slopes, evidence, min(total, most))
    return f"{found} of the {total} invariants are functionally independent"


def count(facts: Facts, evidence: Evidence) -> str:
    size, orbit = 2 * facts.n, evidence["rank"]
    met = orbit + facts.generic_rank(facts.slopes) == size
    need(evidence["complete"] is met, f"that they are complete is {met}")
    most = orbit if met else min(len(facts.moving), size)
    facts.check_rank(facts.moving, evidence, most)
    return (
        f"{size - orbit} functionally independent invariants exist: {size} minus the "
        f"orbit dimension {orbit}"
    )


def generating(facts: Facts, evidence: Evidence) -> str:
    """Bound the invariants up to a degree from above, and their products from below."""
    degree, size = evidence["degree"], 2 * facts.n
    need(type(degree) is int and degree > 0, "the degree must be a positive integer")
    if comb(size + degree, degree) > LARGEST_ANSATZ:
        raise TooLargeError(f"there are over {LARGEST_ANSATZ} monomials")
    fields = [list(map(facts.modular, field)) for field in facts.moving]
    images = [image(m, fields) for m in exponents(size, degree)]
    most = len(images) - rank(images, facts.reader.tick)
    least = rank(map(facts.modular, products(facts, degree)), facts.reader.tick)
    need(least == most, f"they make {least} of {most} independent invariants")
    return (
        f"every polynomial invariant of degree at most {degree} is a polynomial in those "
        "listed"
    )


def exponents(size: int, degree: int) -> Iterator[tuple[int, ...]]:
    for step in range(degree + 1):
        for chosen in combinations_with_replacement(range(size), step):
            yield tuple(map(chosen.count, range(size)))


def image(m: tuple[int, ...], fields: Sequence[Sequence[Row]]) -> Row:
    """The brackets of the monomial z^m with the generators, as one row."""
    row: Row = {}
    for k, field in enumerate(fields):
        for i, power in enumerate(m):
            rest = (*m[:i], power - 1, *m[i + 1 :])
            for shift, c in field[i].items() if power else ():
                key = (k, *map(int.__add__, rest, shift))
                row[key] = row[key] + power * c if key in row else power * c
    return row


def products(facts: Facts, degree: int) -> Iterator[PolyElement]:
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


def shear(facts: Facts, evidence: Evidence) -> str:
    functions = list(map(facts.reader.read, texts(evidence["functions"])))
    places = evidence["coordinates"]
    need(all(type(i) is int for i in places), "coordinates are places in z")
    need(
        not any(i + facts.n in places for i in places), "two coordinates are conjugate"
    )
    used = {i for f in functions for m in f for i, power in enumerate(m) if power}
    need(used <= set(places), "a function depends on another coordinate")
    need(all(map(facts.invariant, functions)), "a function is not invariant")
    return f"every f({', '.join(evidence['functions'])}) has an exact flow, a shear"


def linear_flow(facts: Facts, evidence: Evidence) -> str:
    functions = list(map(facts.reader.read, texts(evidence["functions"])))
    for f, cube in zip(functions, texts(evidence["cubes"]), strict=True):
        need(all(sum(m) == 2 for m in f), "a function is not quadratic")
        A, c = facts.affine(facts.field(f))[0], facts.reader.number(cube)
        need((A * A * A - A * c).is_zero_matrix, f"A^3 is not {cube} A")
        need(facts.invariant(f), "a function is not invariant")
    for f, g in combinations(functions, 2):
        need(not facts.bracket(f, facts.field(g)), "two functions do not commute")
    return (
        f"every f({', '.join(evidence['functions'])}) has an exact flow, a linear flow"
    )


def base(facts: Facts, evidence: Evidence) -> str:
    size, convert = 2 * facts.n, facts.reader.field.to_sympy
    S = facts.read_matrix(evidence["metric"], size)
    point = facts.read_matrix([[c] for c in evidence["fixed_point"]], 1)
    vectors = [
        facts.read_matrix([[c] for c in v], 1) for v in evidence["fixed_vectors"]
    ]
    commutant = [facts.read_matrix(B, size) for B in evidence["commutant"]]
    for A, b in map(facts.affine, facts.moving):
        need((A.transpose() * S + S * A).is_zero_matrix, "A^T S + S A is not zero")
        need((A * point + b).is_zero_matrix, "the fixed point moves")
        need(all((A * v).is_zero_matrix for v in vectors), "a fixed vector moves")
        need(all((A * B - B * A).is_zero_matrix for B in commutant), "A B is not B A")
    need((S - S.transpose()).is_zero_matrix, "the metric is not symmetric")
    minors = (convert(S.to_dense()[:k, :k].det()) for k in range(1, size + 1))
    need(all(minor.is_positive for minor in minors), "the metric is not positive")
    return (
        "{g, pi} = 0 for every Gaussian of covariance B S^-1 B^T with B in the commutant "
        "and mean in the fixed vectors, and for their mixtures"
    )


def kinematics(facts: Facts, evidence: Evidence) -> str:
    n, z = facts.n, facts.z
    for name, g in facts.generators.items():
        need(
            all(sum(m[n:]) == 1 or not any(m) for m in g), f"{name} is not linear in p"
        )
        spread = sum(g.diff(z[i]).diff(z[n + i]) for i in range(n))
        need(not spread, f"{name} changes volumes of q")
    return "the marginal over q of an invariant density is invariant"


def measured(facts: Facts, evidence: Evidence) -> str:
    value, tolerance = evidence["value"], evidence["tolerance"]
    for x in (value, 0.0 if tolerance is None else tolerance):
        need(type(x) in (int, float) and isfinite(x), "it is not a finite number")
    need(tolerance is None or abs(value) <= tolerance, f"{value} is above {tolerance}")
    need(type(evidence["points"]) is int, "points must be an integer")
    need(evidence["points"] > 0, "points must be positive")
    need(re.fullmatch("b?float[0-9]{2}", evidence["dtype"]), "the dtype is unknown")
    return ""


def resting(words: str, *pillars: set[str]) -> Callable[[Facts, Evidence], str]:
    """The check of a claim that follows from others for any weights."""

    def check(facts: Facts, evidence: Evidence) -> str:
        named = set(texts(evidence["rests on"]))
        for pillar in pillars:
            need(pillar & named, f"it does not rest on {' or '.join(sorted(pillar))}")
            need(
                pillar & set(facts.verdicts) <= named, "it leaves out what it rests on"
            )
        found = set().union(*(facts.verdicts.get(kind, {"missing"}) for kind in named))
        if Verdict.NOT_RECHECKED in found and len(found) <= 2:
            raise TooLargeError("what it rests on was too large to check")
        need(found == {Verdict.VERIFIED}, "what it rests on is not verified")
        return words

    return check


PIECES, MAP = {"shear", "linear flow"}, "equivariant map"
PROVED, BUILT, MEASURED, UNKNOWN = "proved", "by construction", "measured", "not known"
# Each kind of claim, its check, and the standings it may have; later ones rest on earlier.
RULES: dict[str, tuple[Callable[[Facts, Evidence], str], set[str]]] = {
    "closure": (closure, {PROVED}),
    "independent generators": (independent_generators, {PROVED}),
    "added": (added, {PROVED}),
    "invariant": (invariant, {PROVED}),
    "independent": (independent, {PROVED, UNKNOWN}),
    "count": (count, {PROVED, UNKNOWN}),
    "generating": (generating, {PROVED, UNKNOWN}),
    "shear": (shear, {PROVED}),
    "linear flow": (linear_flow, {PROVED}),
    "base": (base, {PROVED}),
    "kinematics": (kinematics, {PROVED, UNKNOWN}),
    "measured": (measured, {MEASURED}),
    MAP: (
        resting("the map commutes with the flow of every generator", PIECES),
        {BUILT},
    ),
    "conserved": (
        resting("the map conserves every generator exactly", PIECES),
        {BUILT},
    ),
    "volume": (resting("the map keeps volume: log|det| = 0", PIECES), {BUILT}),
    "invariant density": (
        resting("{g, log p} = 0 for every generator g", {MAP}, {"base"}),
        {BUILT},
    ),
}
ORDER = {kind: place for place, kind in enumerate(RULES)}
BROKEN = (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError)


def examine(facts: Facts, claim: Mapping[str, Any]) -> Finding:
    """Check one claim by the rule of its kind."""
    kind, statement, standing = claim["kind"], claim["statement"], claim["standing"]
    verdict, why = Verdict.VERIFIED, ""
    try:
        need(kind in RULES, "this kind of claim is unknown")
        check, allowed = RULES[kind]
        if not facts.exact:
            allowed = {UNKNOWN if s == UNKNOWN else MEASURED for s in allowed}
        need(standing in allowed, f"it may not have the standing {standing!r}")
        words = "" if standing == UNKNOWN else check(facts, claim["evidence"])
        said = (
            re.sub("^piece [0-9]{1,4}: ", "", statement)
            if kind in PIECES
            else statement
        )
        need(not words or said == words, f"its evidence shows: {words}")
        if not words:
            verdict = Verdict(standing)
    except (TooLargeError, ZeroDivisionError) as error:
        verdict, why = Verdict.NOT_RECHECKED, str(error)
    except MalformedError as error:
        verdict, why = Verdict.REJECTED, str(error)
    except BROKEN as error:
        verdict, why = Verdict.REJECTED, f"its evidence is malformed: {error!r}"
    facts.verdicts.setdefault(kind, set()).add(verdict)
    return Finding(kind, statement, verdict, why)


def read_claims(facts: Facts) -> list[dict[str, Any]]:
    """The claims, none of which may lack: what is listed is claimed, and counted."""
    document, claims, keys = facts.document, facts.document["claims"], set()
    need(isinstance(claims, list) and len(claims) <= MOST_ENTRIES, "claims are a list")
    by_kind: dict[str, list[Evidence]] = {}
    for claim in claims:
        keys = {"kind", "statement", "standing", "why", "evidence"}
        need(set(claim) == keys, f"a claim must have {sorted(keys)}")
        texts([claim[key] for key in sorted(keys - {"evidence"})])
        by_kind.setdefault(claim["kind"], []).append(claim["evidence"])
    invariants = [evidence["expression"] for evidence in by_kind.get("invariant", [])]
    need(invariants == facts.listed, "each invariant must have one claim, in order")
    need(
        by_kind.get("added", []) == document["added"], "what was added must be claimed"
    )
    basic = {"closure", "independent generators"} & set(by_kind)
    need(
        len(basic) == 2 or not facts.generators, "a claim on the generators is missing"
    )
    summary = {
        "degrees of freedom": facts.n,
        "dimension": len(facts.generators),
        "invariants": len(facts.listed),
        "standings": dict(Counter(claim["standing"] for claim in claims)),
    }
    need(document["summary"] == summary, f"the summary must be {summary}")
    return claims


def verify(document: Mapping[str, Any]) -> list[Finding]:
    """Check every claim of a certificate.

    Arguments:
        document: The certificate, as `load` gives it.

    Returns:
        One finding a claim, in their order.

    Raises:
        MalformedError: If it is no certificate.
    """
    try:
        facts = Facts(document)
        claims = read_claims(facts)
    except (TooLargeError, ZeroDivisionError, *BROKEN) as error:
        raise MalformedError(f"This is no certificate: {error}.") from None
    order = sorted(range(len(claims)), key=lambda k: ORDER.get(claims[k]["kind"], 0))
    findings = {k: examine(facts, claims[k]) for k in order}
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
        need(len(dict(pairs)) == len(pairs), "a key appears twice")
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise MalformedError(f"{constant} is not a number")

    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        need(len(raw) <= LARGEST_FILE, f"it has more than {LARGEST_FILE} bytes")
        return json.loads(raw, object_pairs_hook=distinct, parse_constant=refuse)
    except (OSError, *BROKEN) as error:
        raise MalformedError(f"{path} is no certificate: {error}.") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line a claim, and the count of each verdict.

    Arguments:
        arguments: The command line after the program's name.

    Returns:
        0, 1, 2 or 3, as the head of this file says.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        need(len(given) == 1, "Name one certificate: python verify.py CERTIFICATE")
        findings = verify(load(given[0]))
    except MalformedError as error:
        print(ascii(str(error))[1:-1])
        return 2
    print(*findings, sep="\n")
    counts = Counter(finding.verdict for finding in findings)
    print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if counts[Verdict.REJECTED] else 3 if counts[Verdict.NOT_RECHECKED] else 0


if __name__ == "__main__":
    sys.exit(main())
