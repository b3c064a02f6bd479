r"""Functions: added, multiplied, differentiated, and compared with zero.

Takes the names of z and of parameters, gives functions of them. Derivatives obey the
chain rule,

.. math:: \partial_z w = \sum_u w_u \, \partial_z u
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sympy import GF, QQ, Integer, Symbol, factorint, sqrt
from sympy.polys.rings import PolyElement, ring

from .independence import are_independent
from .verdicts import follow, need

__all__ = ["Functions", "Kernel"]

MOST_ROOTS, MOST_TERMS, HIGHEST_POWER, MOST_KERNELS = 3, 100_000, 64, 24
PRIME, SECONDS = 2**31 - 1, 120.0
RESIDUES = GF(PRIME)
ROOT = re.compile(r"sqrt\(([0-9]{1,6})\)")
KERNEL = re.compile(r"(log|exp|sin|cos|atan2)\(|sqrt\((?![0-9]+\))|\*\*\(|/[^0-9\s]")


@dataclass(frozen=True)
class Kernel:
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


class Functions:
    """Functions of z, and which of them are zero.

    They are quotients of polynomials in z and in kernels w: roots, with w^e = u, and
    logarithms and the like, with their slopes. Coefficients are numbers, square roots of
    numbers, and parameters.
    """

    def __init__(self, z: Sequence[str], parameters: Sequence[str], text: str) -> None:
        radicands = set(ROOT.findall(text))
        need(len(radicands) < 100, "there are too many different square roots")
        primes = sorted({p for r in radicands for p in factorint(int(r))})
        need(len(primes) <= MOST_ROOTS, "there are too many different square roots")
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
        self.kernels: dict[Any, Kernel] = {}
        # Kernels, by place, between which there are no relations.
        self.free: set[frozenset[int]] = set()
        random = Random(1)  # noqa: S311
        self.residues = [RESIDUES(random.randrange(1, PRIME)) for _ in parameters]
        self.end = time.monotonic() + SECONDS

    def tick(self) -> None:
        """Stop where the time is over."""
        follow(time.monotonic() < self.end, f"it takes over {SECONDS:g} seconds")

    def product(self, *factors: PolyElement) -> PolyElement:
        """The product of functions, of bounded size."""
        self.tick()
        total = factors[0] if factors else self.ring.one
        for f in factors[1:]:
            few = len(total) * len(f) <= MOST_TERMS
            need(few, f"a product has over {MOST_TERMS} terms")
            total = self.bounded(total * f)
        return total

    def bounded(self, f: PolyElement) -> PolyElement:
        """A function, if its coefficients are small."""
        if self.domain.is_FractionField:
            longest = max((len(c.numer) + len(c.denom) for c in f.values()), default=0)
            need(longest < 60, "a coefficient has over 60 terms in parameters")
        return f

    def root(self, radicand: int) -> PolyElement:
        """The square root of a number, by those of its primes."""
        f = self.ring(bool(radicand))
        for p, e in factorint(radicand).items():
            known = p in self.roots or not e % 2
            need(known, f"write sqrt({radicand}) without spaces")
            f = f * (self.roots[p] if e % 2 else 1) * p ** (e // 2)
        return f

    def over(self, f: PolyElement, g: PolyElement) -> PolyElement:
        """The quotient f/g; the kernel 1/g is shared by all multiples of g."""
        need(not self.is_zero(g), "something is divided by zero")
        if not g.is_ground:
            g, f = g.monic(), f * (self.domain.one / g.LC)
            return self.product(f, self.kernel("1/", g))
        return f * (self.domain.one / g.coeff(1))

    def power(self, f: PolyElement, power: int, order: int = 1) -> PolyElement:
        """The function f^(power/order)."""
        need(abs(power) <= HIGHEST_POWER and order, f"a power is above {HIGHEST_POWER}")
        if order > 1:
            follow(not f.is_ground, "roots of such numbers are not followed")
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
            follow(place >= 0, f"there are over {MOST_KERNELS} roots and functions")
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
            follow(varies, "roots and functions of numbers are not followed")
            self.kernels[kind, u, order] = Kernel(place, kind, below, order, total)
        return self.gens[self.kernels[kind, u, order].place]

    def held(self, *functions: PolyElement) -> list[Kernel]:
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
                    powers = (*m[: w.place], key[1], *m[w.place + 1 :])
                    part[powers] = c
                pieces = (
                    self.product(g, self.power(w.base, e))
                    for (e, _), g in parts.items()
                )
                found[k] = sum(pieces, self.ring.zero)
        return found

    def is_zero(self, f: PolyElement) -> bool:
        """Whether a function is zero everywhere."""
        return not any(self.settled(f))

    def without_relations(self, *functions: PolyElement) -> None:
        """Go on only if no function of these kernels can vanish without looking so."""
        held = self.closure(*functions)
        places = frozenset(w.place for w in held)
        if places in self.free:
            return
        if self.closure(*(w.base for w in held)):
            few = [w.kind == "root" for w in held]
            follow(
                few.count(True) < 2 and few.count(False) < 2,
                "whether several roots or logarithms depend on each other is open",
            )
        else:
            for kind in {w.kind for w in held}:
                kernels = [w for w in held if w.kind == kind]
                *bases, below = self.settled(*(w.base for w in kernels), self.ring.one)
                free = are_independent(kind, bases, below, [w.order for w in kernels])
                follow(free, "whether roots or functions depend on each other is open")
        self.free.add(places)

    def closure(self, *functions: PolyElement) -> list[Kernel]:
        """The kernels in some functions, and those below them, but for quotients."""
        held: list[Kernel] = []
        more = self.held(*functions)
        while more:
            held += more
            more = [w for w in self.held(*(w.base for w in more)) if w not in held]
        return [w for w in held if w.kind != "1/"]
