r"""Verify: check a certificate with nothing but SymPy, sharing no code with its writer.

Takes a certificate, gives one finding a claim. Every bracket is computed again from the
generators, and a claim must say, word for word, what its evidence shows.

.. math:: \{f, g\} = \sum_i \partial_{q_i} f \, \partial_{p_i} g
                       - \partial_{p_i} f \, \partial_{q_i} g

Nearly all claims come down to three questions: whether a function is zero, how large a
rank is, and whether a space is spanned, which is a rank again. `_Functions` and `_Facts`
answer these; one function a kind of claim asks them, and `RULES` lists these. What is too
large, or of a kind that has no rule here, is said to be not re-checked.

Run it as ``python verify.py CERTIFICATE``. It ends with 0 if every claim is verified, 1
if one is false, 2 if the file is no certificate, and 3 if none is false but one was not
checked again.
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
HIGHEST_POWER, DEEPEST_PARENTHESIS, MOST_KERNELS = 64, 30, 24
LARGEST_ANSATZ, PRIME = 8_000, 2**31 - 1
RESIDUES = GF(PRIME)
SECONDS = 120.0
EPSILON = {"float64": 2**-52, "float32": 2**-23, "float16": 2**-10, "bfloat16": 2**-7}
NAME = re.compile(r"[^\W\d_]\w{0,63}")
TOKEN = re.compile(r"[0-9]+|[^\W\d_]\w*|\*\*|[-+*/(),]|\S")
ROOT = re.compile(r"sqrt\(([0-9]{1,6})\)")
FUNCTIONS = {"sqrt", "log", "exp", "sin", "cos", "atan2"}
KERNEL = re.compile(r"(log|exp|sin|cos|atan2)\(|sqrt\((?![0-9]+\))|\*\*\(|/[^0-9\s]")

Field = Sequence[PolyElement]
Evidence = Mapping[str, Any]
Row = dict[Any, Any]


class MalformedError(ValueError):
    """A certificate, or one claim of it, is not what it has to be."""


class TooLargeError(Exception):
    """A check would pass the bounds on time or memory, or has no rule here."""


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


def _follow(condition: object, message: str) -> None:
    """Stop where no rule leads on, or a bound would be passed."""
    if not condition:
        raise TooLargeError(message)


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    """A list of texts, of bounded length."""
    good = isinstance(value, list) and len(value) <= MOST_ENTRIES
    _need(good and all(isinstance(text, str) for text in value), "no list of texts")
    return value


@dataclass(frozen=True)
class _Kernel:
    """A variable w that stands for 1/u, for a root with w^order = u, or another function.

    Arguments:
        place: Its place among the variables.
        kind: ``1/``, ``root``, ``log``, ``exp``, ``atan2`` or ``tan``, of half of u.
        base: The function u.
        order: The order of a root.
        slope: Its derivatives by z.
    """

    place: int
    kind: str
    base: PolyElement
    order: int
    slope: list[PolyElement]


class _Functions:
    """Functions of z, read from text of which nothing is run, and what is zero.

    They are quotients of polynomials in z and in kernels w: roots, with w^e = u, and
    logarithms and the like, with their slopes. Coefficients are numbers, square roots of
    numbers, and parameters.
    """

    def __init__(self, z: Sequence[str], parameters: Sequence[str], text: str) -> None:
        radicands = set(ROOT.findall(text))
        _need(len(radicands) < 100, "there are too many different square roots")
        primes = sorted({p for r in radicands for p in factorint(int(r))})
        _need(len(primes) <= MOST_ROOTS, "there are too many different square roots")
        # Parameters are real and generic, so that no square of one is zero.
        symbols = [
            Symbol(f"c{k}", real=True, nonzero=True) for k in range(len(parameters))
        ]
        numbers = QQ.algebraic_field(*map(sqrt, primes)) if primes else QQ
        self.domain = numbers.frac_field(*symbols) if symbols else numbers
        self.spare = MOST_KERNELS if KERNEL.search(text) else 0
        names = [f"z{k}" for k in range(self.spare + len(z))]
        self.ring, *self.gens = ring(names, self.domain)
        self.z, self.size = self.gens[self.spare :], len(z)
        convert = self.domain.from_sympy
        self.roots = {p: self.ring(convert(sqrt(Integer(p)))) for p in primes}
        constants = [self.ring(convert(symbol)) for symbol in symbols]
        self.named = dict(zip([*z, *parameters], [*self.z, *constants], strict=True))
        self.kernels: dict[Any, _Kernel] = {}
        random = Random(1)  # noqa: S311
        self.residues = [RESIDUES(random.randrange(1, PRIME)) for _ in parameters]
        self.end = time.monotonic() + SECONDS

    def tick(self) -> None:
        _follow(time.monotonic() < self.end, f"it takes over {SECONDS:g} seconds")

    def product(self, *factors: PolyElement) -> PolyElement:
        self.tick()
        total = factors[0] if factors else self.ring.one
        for f in factors[1:]:
            few = len(total) * len(f) <= MOST_TERMS
            _need(few, f"a product has over {MOST_TERMS} terms")
            total = self.bounded(total * f)
        return total

    def bounded(self, f: PolyElement) -> PolyElement:
        if self.domain.is_FractionField:
            longest = max((len(c.numer) + len(c.denom) for c in f.values()), default=0)
            _need(longest < 60, "a coefficient has over 60 terms in parameters")
        return f

    def read(self, text: object) -> PolyElement:
        """A polynomial in z."""
        f = self.function(text)
        _need(self.is_plain(f), f"{str(text)[:60]!r} is no polynomial")
        return f

    def function(
        self, text: object, names: Mapping[str, PolyElement] | None = None
    ) -> PolyElement:
        """A function; some names may stand for functions that are given."""
        _need(isinstance(text, str) and len(text) <= LONGEST_TEXT, "this is no text")
        self.text, self.depth, self.here = str(text), 0, self.named | dict(names or {})
        self.tokens = [*TOKEN.findall(self.text), ""][::-1]
        f = self.sum()
        self.expect("")
        return f

    def functions(self, named: Any) -> dict[str, PolyElement]:  # noqa: ANN401
        """Functions by name, as evidence gives them."""
        _need(isinstance(named, dict), "functions must have names")
        return {name: self.function(text) for name, text in named.items()}

    def number(self, text: object) -> Any:  # noqa: ANN401
        f = self.read(text)
        _need(f.is_ground, f"{text} is not a number")
        return f.coeff(1)

    def take(self, *wanted: str) -> str:
        return self.tokens.pop() if self.tokens[-1] in wanted else ""

    def expect(self, wanted: str) -> None:
        found, text = self.tokens.pop(), self.text[:60]
        _need(found == wanted, f"{text!r} is no expression, by {found[:60]!r}")

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
                total[m] = total.get(m, self.domain.zero) + (c if sign == "+" else -c)
            self.bounded(total)
            sign = self.take("+", "-")
        return self.ring.from_dict(total)

    def term(self) -> PolyElement:
        negative = self.take("-")
        f = self.factor()
        while operator := self.take("*", "/"):
            g = self.factor()
            f = self.over(f, g) if operator == "/" else self.product(f, g)
        return -f if negative else f

    def factor(self) -> PolyElement:
        if self.tokens[-1].isdigit():
            return self.ring(self.domain(self.integer(LONGEST_NUMBER)))
        f, power, order = self.base(), 1, 1
        if self.take("**"):
            if self.take("("):
                sign = -1 if self.take("-") else 1
                power = sign * self.integer(3)
                order = self.integer(1) if self.take("/") else 1
                self.expect(")")
            else:
                power = self.integer(3)
        return self.power(f, power, order)

    def base(self) -> PolyElement:
        word = self.tokens.pop()
        if word in self.here:
            return self.here[word]
        if word == "sqrt" and self.tokens[-3:-2] == [")"] and self.tokens[-2].isdigit():
            self.expect("(")
            f = self.root(self.integer(6))
            self.expect(")")
            return f
        known = word == "(" or (word in FUNCTIONS and self.take("("))
        _need(known, f"{word[:60]!r} in {self.text[:60]!r} is not declared")
        self.depth += 1
        _need(self.depth <= DEEPEST_PARENTHESIS, "parentheses are nested too deep")
        u = [self.sum()]
        while self.take(","):
            u.append(self.sum())
        self.depth -= 1
        self.expect(")")
        _need(len(u) == 1 + (word == "atan2"), "a function has other arguments")
        if word == "sqrt":
            return self.power(u[0], 1, 2)
        if word in ("sin", "cos"):
            t = self.kernel("tan", u[0])
            return self.over(2 * t if word == "sin" else 1 - t**2, 1 + t**2)
        return u[0] if word == "(" else self.kernel(word, *u)

    def root(self, radicand: int) -> PolyElement:
        f = self.ring(bool(radicand))
        for p, e in factorint(radicand).items():
            known = p in self.roots or not e % 2
            _need(known, f"write sqrt({radicand}) without spaces")
            f = f * (self.roots[p] if e % 2 else 1) * p ** (e // 2)
        return f

    def over(self, f: PolyElement, g: PolyElement) -> PolyElement:
        """The quotient f/g; the kernel 1/g is shared by all multiples of g."""
        _need(not self.is_zero(g), "something is divided by zero")
        if not g.is_ground:
            g, f = g.monic(), f * (self.domain.one / g.LC)
            return self.product(f, self.kernel("1/", g))
        return f * (self.domain.one / g.coeff(1))

    def power(self, f: PolyElement, power: int, order: int = 1) -> PolyElement:
        """The function f^(power/order)."""
        _need(
            abs(power) <= HIGHEST_POWER and order, f"a power is above {HIGHEST_POWER}"
        )
        if order > 1:
            _follow(not f.is_ground, "roots of such numbers are not followed")
            whole, power = divmod(power, order)
            w = self.kernel("root", f, order=order)
            return self.product(self.power(w, power), self.power(f, whole))
        if power < 0:
            return self.over(self.ring.one, self.power(f, -power))
        return self.product(*[f] * power)

    def kernel(self, kind: str, *u: PolyElement, order: int = 1) -> PolyElement:
        """The kernel of a kind, with its slope by the chain rule; w = tan(u/2) for tan."""
        if (kind, u, order) not in self.kernels:
            below, inverse = u[0], self.ring.one
            if kind == "atan2":
                below = u[0] ** 2 + u[1] ** 2
            if kind in ("root", "log", "atan2"):
                inverse = self.over(inverse, below * order)
            place = (
                self.spare - 1 - len(self.kernels)
            )  # before the kernels that u holds
            _follow(place >= 0, f"there are over {MOST_KERNELS} roots and functions")
            w, half = self.gens[place], self.domain.one / self.domain(2)
            along = {
                "1/": [-(w**2)],
                "root": [w * inverse],
                "log": [inverse],
                "exp": [w],
                "tan": [(1 + w**2) * half],
                "atan2": [u[-1] * inverse, -u[0] * inverse],
            }[kind]
            slopes = zip(*map(self.slope, u), strict=True)
            total = [
                sum(map(self.product, along, column), self.ring.zero)
                for column in slopes
            ]
            varies = not all(map(self.is_zero, total))
            _follow(varies, "roots and functions of numbers are not followed")
            self.kernels[kind, u, order] = _Kernel(place, kind, below, order, total)
        return self.gens[self.kernels[kind, u, order].place]

    def held(self, *functions: PolyElement) -> list[_Kernel]:
        """The kernels in some functions."""
        kernels = self.kernels.values()
        return [k for k in kernels if any(m[k.place] for f in functions for m in f)]

    def is_plain(self, *functions: PolyElement) -> bool:
        """Whether all are polynomials in z."""
        return not self.held(*functions)

    def slope(self, f: PolyElement) -> list[PolyElement]:
        """The derivatives by z, kernels moving along."""
        used, zero = {i for m in f for i, e in enumerate(m) if e}, self.ring.zero
        places = range(self.spare, len(self.gens))
        total = [f.diff(i) if i in used else zero for i in places]
        for w in self.held(f):
            rate = f.diff(w.place)
            moved = (self.product(rate, x) for x in w.slope)
            total = [a + b for a, b in zip(total, moved, strict=True)]
        return total

    def settled(self, *functions: PolyElement) -> list[PolyElement]:
        """Functions times one function, without 1/u and with roots to low powers only.

        What is zero then shows; the latest kernels come first, for they hold others.
        """
        found = list(functions)
        for w in reversed(self.kernels.values() if self.held(*functions) else ()):
            top = max((m[w.place] for f in found for m in f), default=0)
            for k, f in enumerate(found if w.kind in ("1/", "root") else ()):
                parts: dict[tuple[int, int], PolyElement] = {}
                for m, c in f.terms():
                    e = m[w.place]
                    key = (top - e, 0) if w.kind == "1/" else divmod(e, w.order)
                    part = parts.setdefault(key, self.ring(0))
                    part[(*m[: w.place], key[1], *m[w.place + 1 :])] = c
                pieces = (
                    self.product(g, self.power(w.base, e))
                    for (e, _), g in parts.items()
                )
                found[k] = sum(pieces, self.ring.zero)
        return found

    def is_zero(self, f: PolyElement) -> bool:
        return not any(self.settled(f))

    def without_relations(self, *functions: PolyElement) -> None:
        """Go on only if no function of these kernels can vanish without looking so."""
        held: list[_Kernel] = []
        more = self.held(*functions)
        while more:
            held += more
            more = [w for w in self.held(*(w.base for w in more)) if w not in held]
        number = Counter(w.kind == "root" for w in held if w.kind != "1/")
        few = number[True] < 2 and number[False] < 2
        _follow(few, "whether several roots or logarithms depend on each other is open")


class _Facts(_Functions):
    """What a certificate says of phase space, generators and invariants; and ranks."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        _need(isinstance(document, dict), "a certificate is a mapping")
        _need(document.get("schema") == SCHEMA, f"the schema must be {SCHEMA!r}")
        _need(set(document) == KEYS, f"the keys must be {sorted(KEYS)}")
        space, keys = document["phase_space"], ("q", "p", "parameters")
        _need(set(space) == set(keys), "the phase space is q, p, parameters")
        q, p, parameters = (_texts(space[key]) for key in keys)
        names = [*q, *p, *parameters]
        _need(len(q) == len(p) > 0, "each coordinate must have its momentum")
        _need(len(set(names)) == len(names) <= MOST_NAMES, "names repeat, or are many")
        _need(all(map(NAME.fullmatch, names)), "names are made of letters and digits")
        _need(type(document["exact"]) is bool, "`exact` must be true or false")
        super().__init__([*q, *p], parameters, json.dumps(document))
        self.document, self.exact, self.n = document, document["exact"], len(q)
        _texts(list(document["generators"]))
        self.generators = self.functions(document["generators"])
        self.names = ", ".join(self.generators) or "no generator"
        self.fields = {name: self.field(g) for name, g in self.generators.items()}
        self.moving = [field for field in self.fields.values() if any(field)]
        self.constants = self.read_constants(document["structure_constants"])
        self.listed = _texts(document["invariants"])
        self.invariants = list(map(self.function, self.listed))
        self.slopes = list(map(self.slope, self.invariants))
        self.verdicts: dict[str, set[Verdict]] = {}
        # In how much larger tori the orbits of compact ones are dense, where that is seen.
        self.dense: int | None = None

    def read_constants(self, entries: Any) -> dict[tuple[str, str], Row]:  # noqa: ANN401
        names = list(self.generators)
        table: dict[tuple[str, str], Row] = {}
        for left, right, row in entries:
            _need(names.index(left) < names.index(right), "a pair is out of order")
            _need((left, right) not in table, "a pair has two brackets")
            _need(set(row) <= set(names), "a bracket holds an unknown generator")
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
        pairs = zip(slope, field, strict=True)
        return sum((self.product(a, b) for a, b in pairs if a and b), self.ring.zero)

    def need_kept(self, fields: Iterable[Field], *functions: PolyElement) -> None:
        for field in fields:
            kept = all(self.is_zero(self.bracket(f, field)) for f in functions)
            _need(kept, "a bracket is not zero")

    def echelon(self, rows: Iterable[Row]) -> dict[Any, Row]:
        """Sparse rows over a field, reduced, by the first key of each."""
        pivots: dict[Any, Row] = {}
        for given in rows:
            row = {k: v for k, v in given.items() if v}
            while row and (lead := min(row)) in pivots:
                self.tick()
                factor = row[lead]
                for k, v in pivots[lead].items():
                    row[k] = row[k] - factor * v if k in row else -factor * v
                    if not row[k]:
                        del row[k]
            if row:
                pivots[lead] = {k: v / row[lead] for k, v in row.items()}
        return pivots

    def rank(self, rows: Iterable[Row]) -> int:
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
        _follow(c.denominator % PRIME, "a denominator vanishes modulo the prime")
        return RESIDUES(int(c.numerator)) / RESIDUES(int(c.denominator))

    def modular(self, f: PolyElement) -> Row:
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
                _follow(w.order == 2 and F is RESIDUES, "a root has no value here")
                # A square has the root x^((p + 1)/4), for p = 3 modulo 4.
                square = self.value(w.base, values)
                x = square ** ((PRIME + 1) // 4)
                if x * x != square:
                    raise ZeroDivisionError("there is no root")
            values.insert(0, x)
        return values

    def rank_at(
        self, rows: Iterable[Field], point: list[Any], exact: bool = False
    ) -> int:
        return self.rank(
            {k: self.value(f, point, exact) for k, f in enumerate(row)} for row in rows
        )

    def generic_rank(self, rows: Sequence[Field]) -> int:
        """The rank at a point of our own: a lower bound, and almost surely the rank."""
        self.without_relations(*(f for row in rows for f in row))
        random = Random(0)  # noqa: S311
        for _ in range(100):
            try:
                return self.rank_at(rows, self.point(random))
            except ZeroDivisionError:
                continue
        raise TooLargeError("no point was found where all functions have values")

    def check_rank(self, rows: Sequence[Field], evidence: Evidence, most: int) -> None:
        """Check that a generic rank is reached at the point given and never passed."""
        stated, found = evidence["rank"], self.generic_rank(rows)
        plain = self.is_plain(*(f for row in rows for f in row))
        if plain:
            point = list(map(self.number, _texts(evidence["point"])))
            _need(
                len(point) == self.size, "the point must have one number for each of z"
            )
            reached = self.rank_at(rows, point, exact=True)
            _need(stated == reached, f"the rank at the point is {reached}")
        _need(found <= stated, "the rank is higher at another point")
        _need(plain or found == stated, f"the rank is {found}")
        if stated < most:
            terms = [m for row in rows for f in row for m in f] if plain else [()] * 41
            small = len(terms) <= 40 and max(map(sum, terms), default=0) <= 4
            _follow(small, "whether the rank is higher elsewhere is not settled")
            quotients = self.ring.to_field()
            lifted = ({k: quotients(f) for k, f in enumerate(row)} for row in rows)
            _need(self.rank(lifted) == stated, "the rank is higher elsewhere")

    def span(self, functions: Sequence[PolyElement]) -> int:
        """The dimension of the span of functions."""
        self.without_relations(*functions)
        return self.rank(map(dict, self.settled(*functions)))

    def matrix(self, rows: Any, size: int, columns: int) -> DomainMatrix:  # noqa: ANN401
        shape = {len(_texts(row)) for row in rows}, len(rows)
        _need(shape == ({columns}, size), "a matrix has the wrong shape")
        return self.table([[self.number(text) for text in row] for row in rows])

    def table(self, rows: Sequence[Sequence[Any]]) -> DomainMatrix:
        return DomainMatrix(rows, (len(rows), len(rows[0])), self.domain).to_sparse()

    def affine(self, field: Field) -> tuple[DomainMatrix, DomainMatrix]:
        """The A and b of a field A z + b."""
        linear = self.is_plain(*field) and all(sum(m) < 2 for f in field for m in f)
        _need(linear, "a field is not linear")
        A = [[f.coeff(x) for x in self.z] for f in field]
        return self.table(A), self.table([[f.coeff(1)] for f in field])


# One function a kind of claim: it checks the evidence, and says what the evidence shows.


def _closure(facts: _Facts, evidence: Evidence) -> str:
    for (left, f), (right, _) in combinations(facts.generators.items(), 2):
        rest = facts.bracket(f, facts.fields[right])
        for name, c in facts.constants.get((left, right), {}).items():
            rest -= facts.generators[name] * c
        zero = facts.is_zero(rest)
        _need(zero, f"{{{left}, {right}}} is not the combination that is listed")
    return (
        f"the bracket of any two of ({facts.names}) is the listed combination of them"
    )


def _independent_generators(facts: _Facts, evidence: Evidence) -> str:
    found = facts.span(list(facts.generators.values()))
    _need(found == len(facts.generators), "one is a combination of the others")
    return f"({facts.names}) are linearly independent"


def _added(facts: _Facts, evidence: Evidence) -> str:
    name, text, (left, right) = (evidence[k] for k in ("name", "expression", "from"))
    _need(facts.function(text) == facts.generators[name], "it is another function")
    _need(facts.constants[left, right].get(name), "the bracket does not need it")
    return f"{name} = {text} was added, for {{{left}, {right}}} needs it"


def _invariant(facts: _Facts, evidence: Evidence) -> str:
    k = facts.listed.index(evidence["expression"])
    facts.need_kept(facts.moving, facts.invariants[k])
    return f"{{g, I{k + 1}}} = 0 for g in ({facts.names}), I{k + 1} = {facts.listed[k]}"


def _commuting(facts: _Facts, evidence: Evidence) -> str:
    given, text = facts.functions(evidence["given"]), evidence["expression"]
    facts.need_kept(map(facts.field, given.values()), facts.function(text))
    return f"I{evidence['number']} = {text} commutes with {', '.join(given)}"


def _commuting_family(facts: _Facts, evidence: Evidence) -> str:
    functions = list(map(facts.function, _texts(evidence["functions"])))
    facts.need_kept(map(facts.field, functions), *functions)
    rank = facts.generic_rank(list(map(facts.slope, functions)))
    _need(evidence["rank"] == rank, f"the rank is {rank}")
    return f"the brackets of ({', '.join(evidence['functions'])}) with each other are 0"


def _relative_invariant(facts: _Facts, evidence: Evidence) -> str:
    text, multipliers = evidence["expression"], evidence["multipliers"]
    f, found = facts.function(text), facts.functions(multipliers)
    _need(list(found) == list(facts.generators), "each generator has one multiplier")
    for name, m in found.items():
        rest = facts.bracket(f, facts.fields[name]) - facts.product(m, f)
        _need(facts.is_zero(rest), f"the bracket with {name} is another multiple")
    listed = "; ".join(f"{{f, {name}}} = ({m})*f" for name, m in multipliers.items())
    return f"f = {text}: {listed}"


def _textbook_form(facts: _Facts, evidence: Evidence) -> str:
    names: dict[str, PolyElement] = {}
    for name, text in evidence["legend"].items():
        names[name] = facts.function(text, names)
    _need(not {*names} & {*facts.named}, "a name of the legend is declared already")
    text, form = evidence["function"], evidence["form"]
    difference = facts.function(form, names) - facts.function(text)
    _need(facts.is_zero(difference), "the form is another function")
    for name, shown in evidence.get("names", {}).items():
        _need(_is_no_expression(facts, shown), f"{shown[:60]!r} says something else")
        form = shown.join(re.split(rf"\b{re.escape(name)}\b", form))
    return f"{text} = {form}"


def _is_no_expression(facts: _Facts, text: str) -> bool:
    """Whether a text cannot be taken for a function of what is declared."""
    try:
        facts.function(text)
    except MalformedError:
        return True
    return False


def _finite_invariant(facts: _Facts, evidence: Evidence) -> str:
    text, given = evidence["expression"], facts.functions(evidence["given"])
    f = facts.function(text)
    for images in evidence["maps"]:
        moved = facts.function(text, facts.functions(images))
        _need(facts.is_zero(moved - f), "a map changes it")
    facts.need_kept(map(facts.field, given.values()), f)
    also = f" and commutes with {', '.join(given)}" if given else ""
    return f"{text} is the same at z and M z{also}"


def _symmetric_family(facts: _Facts, evidence: Evidence) -> str:
    """See that as many coefficients are free as linear equations for them leave."""
    text, given = evidence["ansatz"], facts.functions(evidence["generators"])
    names, one = [*_texts(evidence["free"]), *evidence["relations"]], facts.ring.one
    fields = list(map(facts.field, given.values()))
    without = dict.fromkeys(names, facts.ring.zero)
    fixed = facts.function(text, without)
    parts = [facts.function(text, without | {c: one}) - fixed for c in names]
    whole = fixed
    for c, f in zip(names, parts, strict=True):
        whole = whole + facts.product(facts.named[c], f)
    H = facts.function(evidence["expression"])
    same = facts.function(text, facts.functions(evidence["relations"]))
    linear = (
        all(facts.named[c].is_ground for c in names)
        and facts.is_zero(whole - facts.function(text))
        and facts.is_zero(same - H)
    )
    _need(linear, "it is no member of an ansatz that is linear in its coefficients")
    facts.need_kept(fields, H)
    found = facts.rank(_joined(facts, _images(facts, parts, fields)))
    _need(found == len(evidence["relations"]), "another number of coefficients is free")
    return f"H commutes with {', '.join(given)} exactly if H = {evidence['expression']}"


def _integrable_values(facts: _Facts, evidence: Evidence) -> str:
    for found in evidence["found"]:
        at = facts.functions(found["at"])
        chosen = all(facts.named[name].is_ground for name in at)
        _need(chosen, "values are those of parameters")
        field = facts.field(facts.function(evidence["H"], at))
        for text in _texts(found["integrals"]):
            facts.need_kept([field], facts.function(text, at))
    raise TooLargeError("each integral holds; that there are no others is not followed")


def _not_followed(facts: _Facts, evidence: Evidence) -> str:
    raise TooLargeError("an argument of this kind is not followed here")


# How many are independent.


def _independent(facts: _Facts, evidence: Evidence) -> str:
    found, total = evidence["rank"], len(facts.listed)
    if "most" in evidence:
        return _independent_of_most(facts, evidence)
    most = facts.size - facts.generic_rank(facts.moving)
    facts.check_rank(facts.slopes, evidence, min(total, most))
    return f"{found} of the {total} invariants are functionally independent"


def _independent_of_most(facts: _Facts, evidence: Evidence) -> str:
    """Count what commutes with given functions, and with the brackets of these."""
    found, most, size = evidence["rank"], evidence["most"], facts.size
    functions = list(map(facts.function, _texts(evidence["functions"])))
    given = list(facts.functions(evidence["given"]).values())
    facts.need_kept(map(facts.field, given), *functions)
    # Time is a coordinate whose momentum no integral holds.
    hidden, slopes = _hidden(facts, evidence, given), list(map(facts.slope, functions))
    _need(
        not any(slope[k] for slope in slopes for k in hidden), "one holds the momentum"
    )
    while True:
        fields = list(map(facts.field, given))
        rows = [[f for k, f in enumerate(v) if k not in hidden] for v in fields]
        left = size - len(hidden) - facts.generic_rank(rows)
        if left <= most or len(given) > 40:
            break
        given += [facts.bracket(f, field) for f in given for field in fields]
    _need(left <= most, f"why there are at most {most} is not seen")
    rank = facts.generic_rank(slopes)
    _need(rank == found <= most, f"{rank} are independent")
    return f"{found} of at most {most} independent functions were found"


def _hidden(
    facts: _Facts, evidence: Evidence, given: Iterable[PolyElement]
) -> list[int]:
    """The place of the momentum of time, which is added to what is given."""
    found = [facts.z.index(facts.named[name]) for name in _texts(evidence["hidden"])]
    rates = [facts.slope(f)[k] for f in given for k in found]
    momenta = all(k >= facts.n for k in found) and all(f == 1 for f in rates)
    _need(momenta, "only the momentum of time is left aside")
    return found


def _count(facts: _Facts, evidence: Evidence) -> str:
    size, orbit = facts.size, evidence["rank"]
    met = orbit + facts.generic_rank(facts.slopes) == size
    _need(evidence["complete"] is met, f"that they are complete is {met}")
    most = orbit if met else min(len(facts.moving), size)
    facts.check_rank(facts.moving, evidence, most)
    return (
        f"{size - orbit} functionally independent invariants exist: {size} minus the "
        f"orbit dimension {orbit}"
    )


def _complete(facts: _Facts, evidence: Evidence) -> str:
    rank, orbit = facts.generic_rank(facts.slopes), facts.generic_rank(facts.moving)
    _need(evidence["rank"] == evidence["count"] == rank, f"{rank} are independent")
    _need(rank + orbit == facts.size, "fewer than exist are listed")
    return "every invariant near a generic point is a function of those listed"


def _global_count(facts: _Facts, evidence: Evidence) -> str:
    followed = facts.dense and facts.verdicts["generating all"] == {Verdict.VERIFIED}
    _follow(followed, "no compact torus was followed in which orbits are not closed")
    local = facts.size - facts.generic_rank(facts.moving)
    _need(
        facts.verdicts.get("count") == {Verdict.VERIFIED},
        "the local count is not shown",
    )
    count = local - (facts.dense or 0)
    _need(evidence["count"] == count, f"there are at most {count}")
    return (
        f"at most {count} functionally independent invariants are continuous everywhere: "
        "orbits are dense in tori of higher dimension"
    )


# Whether all others are polynomials in those listed.


def _map(facts: _Facts, images: Mapping[str, str]) -> list[PolyElement]:
    """The image of each coordinate under a map."""
    names = [name for name, x in facts.named.items() if x in facts.z]
    _follow(set(images) <= set(names), "a map that moves parameters is not followed")
    return [facts.read(images.get(name, name)) for name in names]


def _images(
    facts: _Facts,
    functions: Sequence[PolyElement],
    fields: Sequence[Field],
    maps: Sequence[Sequence[PolyElement]] = (),
) -> Iterator[list[PolyElement]]:
    """The brackets of functions with each field, and their changes under each map."""
    slopes = list(map(facts.slope, functions))
    for field in fields:
        yield [facts.along(slope, field) for slope in slopes]
    for to in maps:
        moved = [-f for f in functions]
        for k, f in enumerate(functions):
            for m, c in f.terms():
                powers = zip(to, m[facts.spare :], strict=True)
                moved[k] += facts.product(*(x**e for x, e in powers if e)) * c
        yield moved


def _joined(facts: _Facts, images: Iterable[Sequence[PolyElement]]) -> list[Row]:
    """All that was made of each function, as one row, modulo a prime."""
    rows: list[Row] = []
    for k, functions in enumerate(images):
        facts.without_relations(*functions)
        for place, f in enumerate(facts.settled(*functions)):
            rows += [{}] if not k else []
            rows[place] |= {(k, *m): c for m, c in facts.modular(f).items()}
    return rows


def _products(
    facts: _Facts, factors: Sequence[tuple[int, PolyElement]], degree: int
) -> list[tuple[int, PolyElement]]:
    """Every product of factors up to a degree, with its degree, each once."""
    found = [(0, 0, facts.ring.one)]
    for first, total, f in found:  # the list grows on the way
        for k, (more, factor) in enumerate(factors[first:], start=first):
            if total + more <= degree:
                found.append((k, total + more, facts.product(f, factor)))
        _follow(len(found) <= 4 * LARGEST_ANSATZ, "there are too many products")
    return [(total, f) for _, total, f in found]


def _spanned(
    facts: _Facts,
    degree: int,
    variables: Sequence[PolyElement],
    listed: Sequence[PolyElement],
    fields: Sequence[Field],
    maps: Sequence[Sequence[PolyElement]] = (),
) -> None:
    """See that products of those listed are all up to a degree that obeys the laws.

    What obeys them is bounded from above, and the products from below.
    """
    _need(type(degree) is int and degree > 0, "the degree must be a positive integer")
    few = comb(len(variables) + degree, degree) <= LARGEST_ANSATZ
    _follow(few, f"there are over {LARGEST_ANSATZ} monomials")
    images = _images(facts, listed, fields, maps)
    obeyed = all(facts.is_zero(f) for row in images for f in row)
    _need(obeyed, "one that is listed is no invariant")
    ansatz = _products(facts, [(1, x) for x in variables], degree)
    size = len(ansatz)
    if facts.is_plain(*variables):
        factors = [(max(map(sum, f), default=0), f) for f in listed]
    else:
        # The degree of a function is that of the first ansatz that holds it.
        spans = [[f for k, f in ansatz if k <= d] for d in range(degree + 1)]
        sizes = list(map(facts.span, spans))
        size = sizes[-1]
        factors = []
        for f in listed:
            inside = (
                n == facts.span([*s, f]) for s, n in zip(spans, sizes, strict=True)
            )
            factors.append(([*inside, True].index(True), f))
    factors = [(k, f) for k, f in factors if k]
    made = [f for _, f in _products(facts, factors, degree)]
    changes = _images(facts, [f for _, f in ansatz], fields, maps)
    most = size - facts.rank(_joined(facts, changes))
    facts.without_relations(*made)
    least = facts.rank(map(facts.modular, facts.settled(*made)))
    _need(least == most, f"they make {least} of {most} independent invariants")


def _among(facts: _Facts, evidence: Evidence) -> tuple[str, list[PolyElement]]:
    """The coordinates of which functions are meant, if not all, in words as well."""
    names = _texts(evidence.get("of", []))
    chosen = [facts.named[name] for name in names]
    _need(all(x in facts.z for x in chosen), "only coordinates can be chosen")
    return (f" in ({', '.join(names)})", chosen) if names else ("", list(facts.z))


def _generating(facts: _Facts, evidence: Evidence) -> str:
    """The laws are brackets with generators or given functions, or maps of a group."""
    if "species" in evidence or "maps" in evidence:
        return (_power_sums if "species" in evidence else _finite)(facts, evidence)
    degree, kernels = evidence["degree"], _texts(evidence.get("kernels", []))
    (among, z), listed, fields = _among(facts, evidence), facts.invariants, facts.moving
    if "given" in evidence:
        listed = list(map(facts.function, _texts(evidence["functions"])))
        given = facts.functions(evidence["given"]).values()
        fields, hidden = list(map(facts.field, given)), _hidden(facts, evidence, given)
        z = [x for k, x in enumerate(z) if k not in hidden]
    _spanned(facts, degree, [*z, *map(facts.function, kernels)], listed, fields)
    beside = f"coordinates and {', '.join(kernels)})" if kernels else ""
    if "given" not in evidence:
        kind = f"polynomial{beside and ' (in the ' + beside} invariant{among} of degree"
        return f"every {kind} at most {degree} is a polynomial in those listed"
    generic = ", ".join(_texts(evidence["generic"]))
    return (
        f"every polynomial{beside and ' (in ' + beside} of degree at most {degree} that "
        "commutes with the given functions is a polynomial in those listed"
        + (f", for generic values of {generic}" if generic else "")
    )


def _finite(facts: _Facts, evidence: Evidence) -> str:
    """For all degrees: every monomial of one degree lies in the ideal of those listed."""
    degree, given = evidence["degree"], facts.functions(evidence["given"]).values()
    listed = list(map(facts.read, _texts(evidence["functions"])))
    maps = [_map(facts, images) for images in evidence["maps"]]
    _spanned(facts, degree, facts.z, listed, list(map(facts.field, given)), maps)
    words = "they generate all invariants"
    if not evidence["all"]:
        return f"{words} of degree at most {degree}"
    _follow(not given, "that those of a group and an algebra are all is not followed")
    uniform = all(len(set(map(sum, f))) == 1 for f in listed)
    _follow(uniform, "one that is listed is a sum of several degrees")
    monomials = _products(facts, [(1, x) for x in facts.z], degree)
    rows = (
        dict(facts.product(f, g))
        for f in listed
        for total, g in monomials
        if total + max(map(sum, f)) == degree
    )
    all_of_them = sum(total == degree for total, _ in monomials)
    _need(facts.rank(rows) == all_of_them, "a monomial lies outside their ideal")
    return words


def _power_sums(facts: _Facts, evidence: Evidence) -> str:
    """Weyl's theorem on symmetric polynomials in vectors asks for a degree only."""
    species, degree = evidence["species"], evidence["degree"]
    members = sorted(k for some in species for k in some)
    _need(members == list(range(1, len(members) + 1)), "particles are numbered from 1")
    _need(facts.n % len(members) == 0 and degree > 0, "particles differ in dimension")
    upto = "" if degree >= max(map(len, species)) else f" of degree at most {degree}"
    return (
        f"every polynomial{upto} that exchanges of equal particles leave alone is a "
        f"polynomial in the power sums of degree at most {degree}"
    )


def _generating_all(facts: _Facts, evidence: Evidence) -> str:
    """Follow the action to vectors, and each factor to a theorem about its group."""
    facts.dense, factors = None, evidence["factors"]
    among, z = _among(facts, evidence)
    words = f"every polynomial invariant{among} is a polynomial in those listed"
    places = [facts.z.index(x) for x in z]
    fields = _affine_fields(facts, places)
    if factors == [{"by": "open orbit"}]:
        rank = facts.generic_rank([[field[i] for i in places] for field in fields])
        _need(rank == len(z), "generic orbits are not open")
        return words
    kinds = {f["by"] for f in factors}
    _need(kinds <= {*THEOREMS, "Hilbert series"}, "the argument is unknown")
    _follow(kinds <= {*THEOREMS}, "a Hilbert series is not counted again here")
    blocks = [_block(facts, factor) for factor in factors]
    forms = [y for block in blocks for v in block for y in v]
    _need_all_forms(facts, forms, fields, z)
    actions = [_action(facts, forms, field) for field in fields]
    spans: list[list[Row]] = []
    wanted: list[PolyElement] = []
    start = 0
    for factor, block in zip(factors, blocks, strict=True):
        alike = factor["by"] in ("first fundamental theorem", "shear")
        span: list[Row] = [{} for _ in actions]
        for number, v in enumerate(block):
            dual = alike and number >= len(factor["vectors"])
            here = range(start, start + len(v))
            start += len(v)
            for row, action in zip(span, actions, strict=True):
                matrix = _own(action, here, 0 if alike else number, dual)
                same = not alike or number == 0 or row == matrix
                _need(same, "two vectors move differently")
                row.update(matrix)
        spans.append(span)
        wanted += THEOREMS[factor["by"]](facts, factor, block, span)
    _need_split(facts, [f["by"] for f in factors], spans)
    listed = [dict(f) for f in (facts.ring.one, *facts.invariants)]
    found = facts.rank([*listed, *map(dict, wanted)])
    _need(found == facts.rank(listed), "one is not listed")
    facts.dense = None if among else facts.dense
    return words


def _need_all_forms(
    facts: _Facts,
    forms: Sequence[PolyElement],
    fields: Sequence[Field],
    z: Sequence[PolyElement],
) -> None:
    """See that forms are all those in some coordinates that translations leave alone."""
    _need(all(sum(m) < 2 for y in forms for m in y), "a form is not linear")
    others = [x for x in facts.z if x not in z]
    _need(not any(y.diff(x) for y in forms for x in others), "a form holds others")
    # A form may be the constant 1, but for it they are independent with their linear parts.
    moving = [y for y in forms if not y.is_ground]
    independent = facts.rank({m: c for m, c in y.items() if any(m)} for y in moving)
    _need(independent == len(moving), "the forms are dependent")
    # Turning parts come first, so that what is left of them is translations.
    places = [facts.z.index(x) for x in z]
    flat = (
        {(not any(m), i, m): c for i in places for m, c in field[i].items()}
        for field in fields
    )
    shifts = [row for lead, row in facts.echelon(flat).items() if lead[0]]
    for row in shifts:
        for y in forms:
            moved = sum(c * y.coeff(facts.z[i]) for (_, i, _), c in row.items())
            _need(not moved, "a translation moves a form")
    whole = len(moving) + len(shifts) == len(z)
    _need(whole, "there are more forms that translations leave")


def _own(action: Row, here: range, number: int, dual: bool) -> Row:
    """The matrix by which one vector moves, or minus the transposed one."""
    own = {key: c for key, c in action.items() if key[0] in here}
    _need(all(j in here for _, j in own), "a vector is moved by another")
    moved = {(i - here.start, j - here.start): c for (i, j), c in own.items()}
    if dual:
        moved = {(j, i): -c for (i, j), c in moved.items()}
    return {(number, *key): c for key, c in moved.items()}


def _need_split(
    facts: _Facts, kinds: Sequence[str], spans: Sequence[list[Row]]
) -> None:
    """See that an algebra is the direct sum of its factors."""
    ranks = list(map(facts.rank, spans))

    def joint(chosen: Sequence[int]) -> int:
        rows = (
            {(k, *key): c for k in chosen for key, c in row[k].items()}
            for row in zip(*spans, strict=True)
        )
        return facts.rank(rows)

    # The nilpotent part of fields whose others commute is a factor as well.
    moved = [(by, rank) for by, rank in zip(kinds, ranks, strict=True) if rank]
    others = [k for k, by in enumerate(kinds) if by != "shear"]
    jordan = all(by == "torus" or rank == 1 for by, rank in moved)
    jordan &= [by for by, _ in moved].count("shear") == 1
    jordan &= joint(others) == sum(ranks) - 1
    split = joint(range(len(kinds))) == sum(ranks)
    _need(split or jordan, "the factors do not split")


def _affine_fields(facts: _Facts, places: Sequence[int]) -> list[Field]:
    """The fields, if they are affine; else those of combinations of generators that are.

    The others commute with what these leave alone, since all that is listed is invariant.
    """
    fields, generators = facts.moving, facts.generators.values()
    _follow(facts.is_plain(*generators), "fields of other functions are not followed")
    if any(sum(m) > 1 for field in fields for i in places for m in field[i]):
        rows = ({(-sum(m), m): c for m, c in g.items()} for g in generators)
        low = (row for lead, row in facts.echelon(rows).items() if lead[0] >= -2)
        found = ({m: c for (_, m), c in row.items()} for row in low)
        fields = [facts.field(facts.ring.from_dict(g)) for g in found]
    return [field for field in fields if any(field[i] for i in places)]


def _block(facts: _Facts, factor: Evidence) -> list[list[PolyElement]]:
    """The vectors of a factor, those of a torus being (u, v) or u of u + theta v."""
    rows = [*factor.get("vectors", []), *factor.get("covectors", [])]
    if factor["by"] == "fixed":
        rows = [[text] for text in factor["forms"]]
    if factor["by"] == "torus":
        rows = [[u] if v == "0" else [u, v] for u, v, _ in factor["eigenforms"]]
    found: list[list[PolyElement]] = []
    for row in rows:
        v = list(map(facts.read, _texts(row)))
        if factor["by"] != "torus" or len(v) == 1 or [v[0], -v[1]] not in found:
            found.append(v)
    return found


def _action(facts: _Facts, forms: Sequence[PolyElement], field: Field) -> Row:
    """The matrix a with {y_i, g} = a_ij y_j, by (i, j)."""
    columns = [*forms, *(facts.bracket(y, field) for y in forms)]
    keys = sorted({m for f in columns for m in f})
    table = [[f.get(m, facts.domain.zero) for f in columns] for m in keys]
    reduced, pivots = facts.table(table).rref()
    size, entries = len(forms), reduced.to_dense().to_list()
    _need(pivots == tuple(range(size)), "a form is moved out of the span of the forms")
    cells = ((i, j) for i in range(size) for j in range(size))
    return {(i, j): c for i, j in cells if (c := entries[j][size + i])}


Block = Sequence[Sequence[PolyElement]]


def _fixed(facts: _Facts, factor: Evidence, block: Block, span: list[Row]) -> Any:  # noqa: ANN401
    _need(not any(span), "a fixed form moves")
    return [v[0] for v in block]


def _open(facts: _Facts, factor: Evidence, block: Block, span: list[Row]) -> Any:  # noqa: ANN401
    """Where the fields span all directions at a point, nothing is left alone."""
    random, zero = Random(0), facts.domain.zero  # noqa: S311
    y = [[facts.domain(random.randrange(1, 999)) for _ in v] for v in block]
    rows: list[Row] = [{} for _ in span]
    for row, matrix in zip(rows, span, strict=True):
        for (k, i, j), c in matrix.items():
            row[k, i] = row.get((k, i), zero) + c * y[k][j]
    _need(facts.rank(rows) == sum(map(len, block)), "generic orbits are not open")
    return []


def _shear_of_planes(
    facts: _Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """One nilpotent field on planes: the forms at rest and the areas of pairs."""
    a = _matrices(facts, block, span)
    nilpotent = len(block[0]) == 2 and all((m * m).is_zero_matrix for m in a)
    _need(nilpotent and facts.rank(span) == 1, "it is no shear of planes")
    # The rows of a nilpotent matrix are multiples of the form at rest.
    row = next(r for m in a for r in m.to_dense().to_list() if any(r))
    yield from (v[0] * row[0] + v[1] * row[1] for v in block)
    for few in combinations(block, 2):
        yield from _determinant(facts, [[{0: f} for f in v] for v in few], {}).values()


def _matrices(facts: _Facts, block: Block, span: list[Row]) -> list[DomainMatrix]:
    places, zero = range(len(block[0])), facts.domain.zero
    _need(all(len(v) == len(places) for v in block), "the vectors differ in size")
    return [
        facts.table([[row.get((0, i, j), zero) for j in places] for i in places])
        for row in span
    ]


def _classical(
    facts: _Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """A classical group, known by the tensors that it keeps and by its dimension."""
    vectors, duals = block[: len(factor["vectors"])], block[len(factor["vectors"]) :]
    size, family, a = len(block[0]), factor["family"], _matrices(facts, block, span)
    half, special = size // 2, family in ("SL", "SU")
    dimension = {"SO": size * (size - 1) // 2, "Sp": size * (size + 1) // 2}
    dimension |= {"GL": size**2, "SL": size**2 - 1, "U": half**2, "SU": half**2 - 1}
    whole = facts.rank(span) == dimension[family]
    _need(
        whole and (not duals or family in ("GL", "SL")),
        f"the span is not all of {family}",
    )
    one = facts.table(
        [[facts.domain(int(i == j)) for j in range(size)] for i in range(size)]
    )
    S = one
    if family in ("SO", "Sp", "U", "SU"):
        S, sign = facts.matrix(factor["form"], size, size), -1 if family == "Sp" else 1
        _need(S.rank() == size, "the form is degenerate")
        _need((S.transpose() - S * sign).is_zero_matrix, "the form has no symmetry")
        kept = all((m.transpose() * S + S * m).is_zero_matrix for m in a)
        _need(kept, "the form is not kept")
        yield from _values(facts, S, combinations_with_replacement(vectors, 2))
    else:
        traces = [m.to_dense().to_list() for m in a]
        traceless = not any(sum(t[i][i] for i in range(size)) for t in traces)
        _need(traceless or not special, "a trace is not zero")
        yield from _values(facts, one, ((v, w) for v in vectors for w in duals))
    if family in ("U", "SU"):
        B = facts.matrix(factor["structure"], size, size)
        c = (B * B).to_dense().to_list()[0][0]
        _need(c and (B * B - one * c).is_zero_matrix, "the structure has no square")
        _need(
            all((m * B - B * m).is_zero_matrix for m in a), "the structure is not kept"
        )
        twisted = S * B
        turned = (twisted + twisted.transpose()).is_zero_matrix
        _need(turned, "the structure does not keep the form")
        yield from _values(facts, twisted, combinations(vectors, 2))
        if special:
            yield from _complex_volumes(facts, vectors, B, c)
    name = _group(facts, family, size, S)
    _need(factor["group"] == name, f"the group is {name}")
    for some in (vectors, duals) if family in ("SO", "SL") else ():
        for few in combinations(some, size):
            yield from _determinant(
                facts, [[{0: f} for f in v] for v in few], {}
            ).values()


def _values(
    facts: _Facts, S: DomainMatrix, pairs: Iterable[Sequence[Sequence[PolyElement]]]
) -> Iterator[PolyElement]:
    """The products v S w."""
    table = [
        (i, j, c) for i, r in enumerate(S.to_dense().to_list()) for j, c in enumerate(r)
    ]
    for v, w in pairs:
        yield sum((v[i] * w[j] * c for i, j, c in table if c), facts.ring.zero)


def _complex_volumes(
    facts: _Facts,
    vectors: Block,
    B: DomainMatrix,
    c: Any,  # noqa: ANN401
) -> Iterator[PolyElement]:
    """The parts of the determinants of complex components (r B + theta r) v."""
    lines, half = B.to_dense().to_list(), B.shape[0] // 2
    chosen: list[int] = []
    for i in range(2 * half):
        rows: list[Row] = [{k: facts.domain.one} for k in (*chosen, i)]
        rows += [dict(enumerate(lines[k])) for k in (*chosen, i)]
        chosen += [i] if facts.rank(rows) == len(rows) else []
    _need(len(chosen) == half, "the structure has real eigenvalues")
    for few in combinations(vectors, half):
        xi = []
        for v in few:
            turned = [[f * x for f, x in zip(v, lines[i], strict=True)] for i in chosen]
            parts = zip(chosen, turned, strict=True)
            xi.append([{0: sum(t, facts.ring.zero), 1: v[i]} for i, t in parts])
        yield from _determinant(facts, xi, {1: c}).values()


def _group(facts: _Facts, family: str, size: int, S: DomainMatrix) -> str:
    """The name of the group, by the signs of the form, which Descartes counts."""
    if family in ("GL", "SL", "Sp"):
        return f"{family}({size},R)"
    number, convert = size if family == "SO" else size // 2, facts.domain.to_sympy
    signs = [convert(c).is_positive for c in S.charpoly() if c]
    if None in signs:
        return f"a real form of {family}({number})"
    plus = sum(x is not y for x, y in pairwise(signs)) * number // size
    signed = f"{plus},{number - plus}" if 0 < plus < number else f"{number}"
    return f"{family}({signed})"


# A sum of functions times products of roots theta, which are the bits of the keys.
Mixed = dict[int, PolyElement]


def _times(facts: _Facts, f: Mixed, g: Mixed, squares: Mapping[int, Any]) -> Mixed:
    total: Mixed = {}
    for i, u in f.items():
        for j, v in g.items():
            common = [d for bit, d in squares.items() if i & j & bit]
            part = facts.product(u, v) * prod(common, start=facts.domain.one)
            total[i ^ j] = total.get(i ^ j, facts.ring.zero) + part
    return total


def _determinant(
    facts: _Facts, rows: Sequence[Sequence[Mixed]], squares: Mapping[int, Any]
) -> Mixed:
    total: Mixed = {} if rows else {0: facts.ring.one}
    for k, f in enumerate(rows[0] if rows else ()):
        minor = [[*row[:k], *row[k + 1 :]] for row in rows[1:]]
        part = _times(facts, f, _determinant(facts, minor, squares), squares)
        for key, g in part.items():
            total[key] = total.get(key, facts.ring.zero) + g * (-1) ** k
    return total


def _torus(
    facts: _Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """The parts of the monomials of weight zero in eigenforms u + theta v, theta^2 = d."""
    read, zero, weights = facts.read, facts.domain.zero, factor["weights"]
    forms = [(read(u), read(v), facts.number(d)) for u, v, d in factor["eigenforms"]]
    roots = sorted({d for _, v, d in forms if v}, key=str)
    _follow(len(roots) < 5, "there are over four roots")
    t_ring, t = ring("t", facts.domain)
    for number in range(1, len(roots) + 1):
        for few in combinations(roots, number):
            factors = (t**2 - prod(few, start=t_ring(1))).factor_list()[1]
            _need([e for _, e in factors] == [1], "the roots are not independent")
    values: list[Row] = [{} for _ in forms]
    imaginary = True
    for row, (u, v, d) in zip(values, forms, strict=True):
        _need(not v or (u, -v, d) in forms, "a conjugate eigenform is missing")
        pair = [u, v] if v else [u]
        sign = 1 if pair in block else -1
        k = block.index(pair if sign == 1 else [u, -v])
        for number, entries in enumerate(span):
            x, y = entries.get((k, 0, 0), zero), entries.get((k, 1, 0), zero)
            image = [entries.get((k, *at), zero) for at in ((0, 1), (1, 1))]
            _need(not v or image == [y * d, x], "a form is no eigenform")
            imaginary &= bool(v) and not x
            parts = {-1: x} | ({roots.index(d): y * sign} if v else {})
            for root, c in parts.items():
                for key, rational in _over_rationals(c, facts.domain):
                    row[number, root, key] = rational
    whole = len(weights) == len(forms) and all(
        type(x) is int for w in weights for x in w
    )
    _need(whole, "each eigenform has whole numbers as its weight")
    labels = [{k: QQ(x) for k, x in enumerate(w)} for w in weights]
    both = [
        {(str(k)): x for k, x in (a | b).items()}
        for a, b in zip(values, labels, strict=True)
    ]
    rank = facts.rank(labels)
    same = rank == facts.rank(values) == facts.rank(both)
    _need(same, "the weights have other relations than the eigenvalues")
    if imaginary and all(facts.domain.to_sympy(d).is_negative for d in roots):
        facts.dense = (facts.dense or 0) + rank - facts.rank(span)
    squares = {1 << k: d for k, d in enumerate(roots)}
    for powers in _minimal(facts, weights):
        total: Mixed = {0: facts.ring.one}
        for (u, v, d), power in zip(forms, powers, strict=True):
            for _ in range(power):
                xi = {0: u} | ({1 << roots.index(d): v} if v else {})
                total = _times(facts, total, xi, squares)
        yield from total.values()


def _over_rationals(c: Any, domain: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """The coordinates of a number over the rationals, by what they stand before."""
    if domain.is_FractionField:
        _follow(c.denom.is_ground, "frequencies with denominators are not followed")
        for m, x in c.numer.terms():
            inner = _over_rationals(x / c.denom.LC, domain.domain)
            yield from (((m, key), y) for key, y in inner)
    elif domain.is_AlgebraicField:
        yield from enumerate(reversed(c.to_list()))
    else:
        yield 0, c


def _minimal(facts: _Facts, weights: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The minimal exponents of weight zero, by steps that turn back (Contejean, Devie)."""
    size, steps = len(weights), 0
    found: list[tuple[int, ...]] = []
    level = {tuple(int(i == k) for i in range(size)) for k in range(size)}
    while level:
        steps += len(level)
        _follow(steps <= 4 * LARGEST_ANSATZ, "the weights have too many combinations")
        grown = set()
        fresh = [a for a in level if not any(all(map(int.__ge__, a, b)) for b in found)]
        for a in fresh:
            facts.tick()
            total = [
                sum(map(int.__mul__, a, column))
                for column in zip(*weights, strict=True)
            ]
            found += [] if any(total) else [a]
            turning = (
                k for k, w in enumerate(weights) if sum(map(int.__mul__, total, w)) < 0
            )
            grown |= {(*a[:k], a[k] + 1, *a[k + 1 :]) for k in turning}
        level = grown
    return found


THEOREMS: dict[str, Callable[..., Iterable[PolyElement]]] = {
    "fixed": _fixed,
    "open orbit": _open,
    "first fundamental theorem": _classical,
    "shear": _shear_of_planes,
    "torus": _torus,
}


def _generating_field(facts: _Facts, evidence: Evidence) -> str:
    """See that all coordinates follow from invariants and as few of them as can be.

    At a random point modulo a prime the equations N - I D = 0 of the invariants N/D are
    solved step by step: linear ones, and one quadratic one whose discriminant is no square.
    """
    names, rank = [*facts.named][: facts.size], facts.generic_rank(facts.slopes)
    free, steps = _texts(evidence.get("free", [""])), evidence.get("steps", [])
    held = set(free).union(*map(_texts, steps))
    _follow(held <= set(names), "only steps from coordinate to coordinate are followed")
    chosen = {names.index(name) for name in free}
    met = len(chosen) == facts.generic_rank(facts.moving) == facts.size - rank
    _need(met, "there must be as many free coordinates as orbits have dimensions")
    kinds = {w.kind for w in facts.held(*facts.invariants)}
    rational = not facts.roots and kinds <= {"1/"}
    _follow(rational, "only quotients of polynomials without roots are followed")
    here = facts.point(Random(1))  # noqa: S311
    point = here[-facts.size :]
    equations: list[Row] = []
    for f in facts.invariants:
        e: Row = {}
        value = facts.value(f, here)
        for g, factor in zip(
            facts.settled(f, facts.ring.one), (1, -value), strict=True
        ):
            for m, c in facts.modular(g).items():
                e[m[facts.spare :]] = e.get(m[facts.spare :], 0) + c * factor
        equations.append({m: c for m, c in e.items() if c})
    known, squared = set(chosen), False
    for step in ({names.index(name) for name in some} for some in steps):
        rows = [
            row
            for e in equations
            for row in [_linear_part(e, known, point)]
            if row is not None and {*row} <= step
        ]
        if facts.rank(rows) < len(step):
            _need(len(step) == 1 and not squared, "a coordinate does not follow")
            (u,) = step
            tried = (
                _no_square(e, u, t, chosen, point) for e in equations for t in chosen
            )
            squared = any(tried)
            _need(squared, "a coordinate does not follow")
        known |= step
    _need(len(known) == facts.size, "not all coordinates follow")
    return "every rational invariant is a rational function of those listed"


def _linear_part(e: Row, known: set[int], point: Sequence[Any]) -> Row | None:
    """The coefficients of what is not known, if an equation is linear in it."""
    row: Row = {}
    for m, c in e.items():
        places = [k for k, power in enumerate(m) if power and k not in known]
        if sum(m[k] for k in places) > 1:
            return None
        if places:
            rest = [
                x**a
                for k, (x, a) in enumerate(zip(point, m, strict=True))
                if k in known
            ]
            row[places[0]] = row.get(places[0], 0) + prod(rest, start=c)
    return row


def _no_square(e: Row, u: int, t: int, free: set[int], point: Sequence[Any]) -> bool:
    """Whether e is quadratic in u, with a squarefree discriminant that depends on t."""
    used = {k for m in e for k, power in enumerate(m) if power}
    if not used <= {u, *free} or max(m[u] for m in e) != 2:
        return False
    t_ring, x = ring("t", RESIDUES)
    parts = [t_ring(0)] * 3
    for m, c in e.items():
        rest = [
            y**a
            for k, (y, a) in enumerate(zip(point, m, strict=True))
            if k not in (u, t)
        ]
        parts[m[u]] += x ** m[t] * prod(rest, start=c)
    discriminant = parts[1] ** 2 - 4 * parts[0] * parts[2]
    depends = discriminant.degree() > 0
    return depends and discriminant.gcd(discriminant.diff(x)).is_ground


# What a model is made of.


def _shear(facts: _Facts, evidence: Evidence) -> str:
    functions = list(map(facts.read, _texts(evidence["functions"])))
    places = evidence["coordinates"]
    _need(all(type(i) is int for i in places), "coordinates are places in z")
    _need(
        not any(i + facts.n in places for i in places), "two coordinates are conjugate"
    )
    used = {i for f in functions for m in f for i, power in enumerate(m) if power}
    _need(used <= set(places), "a function depends on another coordinate")
    facts.need_kept(facts.moving, *functions)
    return f"every f({', '.join(evidence['functions'])}) has an exact flow, a shear"


def _linear_flow(facts: _Facts, evidence: Evidence) -> str:
    functions = list(map(facts.read, _texts(evidence["functions"])))
    for f, cube in zip(functions, _texts(evidence["cubes"]), strict=True):
        _need(all(sum(m) == 2 for m in f), "a function is not quadratic")
        A, c = facts.affine(facts.field(f))[0], facts.number(cube)
        _need((A * A * A - A * c).is_zero_matrix, f"A^3 is not {cube} A")
    facts.need_kept([*facts.moving, *map(facts.field, functions)], *functions)
    return (
        f"every f({', '.join(evidence['functions'])}) has an exact flow, a linear flow"
    )


def _base(facts: _Facts, evidence: Evidence) -> str:
    size, convert = 2 * facts.n, facts.domain.to_sympy
    S = facts.matrix(evidence["metric"], size, size)
    point = facts.matrix([[c] for c in evidence["fixed_point"]], size, 1)
    vectors = [
        facts.matrix([[c] for c in v], size, 1) for v in evidence["fixed_vectors"]
    ]
    commutant = [facts.matrix(B, size, size) for B in evidence["commutant"]]
    for A, b in map(facts.affine, facts.moving):
        _need((A.transpose() * S + S * A).is_zero_matrix, "A^T S + S A is not zero")
        _need((A * point + b).is_zero_matrix, "the fixed point moves")
        _need(all((A * v).is_zero_matrix for v in vectors), "a fixed vector moves")
        _need(all((A * B - B * A).is_zero_matrix for B in commutant), "A B is not B A")
    _need((S - S.transpose()).is_zero_matrix, "the metric is not symmetric")
    for k in range(1, size + 1):
        facts.tick()
        minor = convert(S.to_dense()[:k, :k].det())
        _need(minor.is_positive, "the metric is not positive")
    return (
        "{g, pi} = 0 for every Gaussian of covariance B S^-1 B^T with B in the commutant "
        "and mean in the fixed vectors, and for their mixtures"
    )


def _kinematics(facts: _Facts, evidence: Evidence) -> str:
    n, z = facts.n, facts.z
    _follow(facts.is_plain(*facts.generators.values()), "these are no polynomials")
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
    "complete": (_complete, {PROVED, UNKNOWN}),
    "generating": (_generating, {PROVED, UNKNOWN}),
    "generating all": (_generating_all, {PROVED}),
    "global count": (_global_count, {PROVED}),
    "generating the field": (_generating_field, {PROVED, UNKNOWN}),
    "commuting": (_commuting, {PROVED}),
    "commuting family": (_commuting_family, {PROVED}),
    "relative invariant": (_relative_invariant, {PROVED}),
    "relative invariants generate": (_not_followed, {PROVED, UNKNOWN}),
    "textbook form": (_textbook_form, {PROVED}),
    "finite invariant": (_finite_invariant, {PROVED}),
    "symmetric family": (_symmetric_family, {PROVED}),
    "integrable values": (_integrable_values, {PROVED, MEASURED}),
    "special values": (_not_followed, {PROVED}),
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
# What no rule follows to its end, so that it is never more than not re-checked.
UNFOLLOWED = {"relative invariants generate", "integrable values", "special values"}
# The words of claims that are not known, which say what is not, and of those.
UNSETTLED = {
    "independent": r"\d+ of the \d+ invariants are functionally independent",
    "count": r"\d+ functionally independent invariants exist: \d+ minus the orbit "
    r"dimension \d+",
    "generating": r"every polynomial invariant of degree at most \d+ is a polynomial in "
    "those listed",
    "complete": "every invariant near a generic point is a function of those listed",
    "generating the field": "every rational invariant is a rational function of those "
    "listed",
    "relative invariants generate": r"every relative invariant of degree at most \d+ with "
    "multipliers in the field of coefficients is a combination of products of those listed",
    "integrable values": r"further integrals of degree at most \d+ exist at .+, and nowhere "
    r"else where H is defined( and .+ are as independent as for generic values)?"
    r"(, but perhaps where .+)?",
    "special values": "the dimension of the algebra, of its centre and of its series, and "
    r"the rank of its Killing form, do not change (where .+ != 0|anywhere)",
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
        if standing == UNKNOWN or kind in UNFOLLOWED:
            known = re.fullmatch(UNSETTLED[kind], statement)
            _need(known, "its words are not those of such a claim")
        if standing != UNKNOWN:
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
