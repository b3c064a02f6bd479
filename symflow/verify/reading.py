r"""Reading: functions from text, of which nothing is run.

Takes a text, gives a function of z, by a grammar of sums, products, powers and names,

.. math:: f ::= t \pm t \dots, \quad t ::= b^{k/m} \cdot b \dots / b
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import comb
from typing import Any

from sympy import QQ
from sympy.polys.rings import PolyElement

from .functions import HIGHEST_POWER, Functions
from .verdicts import need

__all__ = ["Reader"]

LONGEST_TEXT, LONGEST_NUMBER, DEEPEST_PARENTHESIS = 100_000, 400, 30
# The terms that a power of a sum may have.
LARGEST_POWER = 1_000
TOKEN = re.compile(r"[0-9]+|[^\W\d_]\w*|\*\*|[-+*/(),]|\S")
FUNCTIONS = {"sqrt", "log", "exp", "sin", "cos", "atan2"}


class Reader(Functions):
    """Functions that are read by recursive descent, token by token."""

    def read(self, text: object) -> PolyElement:
        """A polynomial in z."""
        f = self.function(text)
        need(self.is_plain(f), f"{str(text)[:60]!r} is no polynomial")
        return f

    def function(
        self, text: object, names: Mapping[str, PolyElement] | None = None
    ) -> PolyElement:
        """A function; some names may stand for functions that are given."""
        need(isinstance(text, str) and len(text) <= LONGEST_TEXT, "this is no text")
        self.text, self.depth, self.here = str(text), 0, self.named | dict(names or {})
        self.tokens = [*TOKEN.findall(self.text), ""][::-1]
        f = self.sum()
        self.expect("")
        return f

    def functions(self, named: Any) -> dict[str, PolyElement]:  # noqa: ANN401
        """Functions by name, as evidence gives them."""
        need(isinstance(named, dict), "functions must have names")
        return {name: self.function(text) for name, text in named.items()}

    def number(self, text: object) -> Any:  # noqa: ANN401
        """A constant."""
        f = self.read(text)
        need(f.is_ground, f"{text} is not a number")
        return f.coeff(1)

    def take(self, *wanted: str) -> str:
        """The next token, if it is one of those wanted."""
        return self.tokens.pop() if self.tokens[-1] in wanted else ""

    def expect(self, wanted: str) -> None:
        """Pass a token that must stand here."""
        found, text = self.tokens.pop(), self.text[:60]
        need(found == wanted, f"{text!r} is no expression, by {found[:60]!r}")

    def integer(self, digits: int) -> int:
        """A number of few digits."""
        token = self.tokens.pop()
        good = re.fullmatch("[0-9]+", token) and len(token) <= digits
        need(good, f"{token[:60]!r} is no number of at most {digits} digits")
        return int(token)

    def sum(self) -> PolyElement:
        """Terms, with signs between."""
        total, sign = self.ring(0), "+"
        while sign:
            self.tick()
            for m, c in self.term().terms():
                total[m] = total.get(m, self.domain.zero) + (c if sign == "+" else -c)
            self.bounded(total)
            sign = self.take("+", "-")
        return self.ring.from_dict(total)

    def term(self) -> PolyElement:
        """Factors, multiplied and divided."""
        negative = self.take("-")
        f = self.factor()
        while operator := self.take("*", "/"):
            g = self.factor()
            f = self.over(f, g) if operator == "/" else self.product(f, g)
        return -f if negative else f

    def factor(self) -> PolyElement:
        """A number, or a base with its power."""
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
        terms = comb(max(len(f), 1) - 1 + abs(power), abs(power))
        need(order > 1 or terms <= LARGEST_POWER, "a power is of too many terms")
        return self.power(f, power, order)

    def base(self) -> PolyElement:
        """A name, a parenthesis, or a function of one."""
        word = self.tokens.pop()
        if word in self.here:
            return self.here[word]
        if word == "sqrt" and self.tokens[-3:-2] == [")"] and self.tokens[-2].isdigit():
            self.expect("(")
            f = self.root(self.integer(6))
            self.expect(")")
            return f
        known = word == "(" or (word in FUNCTIONS and self.take("("))
        need(known, f"{word[:60]!r} in {self.text[:60]!r} is not declared")
        self.depth += 1
        need(self.depth <= DEEPEST_PARENTHESIS, "parentheses are nested too deep")
        u = [self.sum()]
        while self.take(","):
            u.append(self.sum())
        self.depth -= 1
        self.expect(")")
        need(len(u) == 1 + (word == "atan2"), "a function has other arguments")
        if word == "sqrt":
            return self.power(u[0], 1, 2)
        if word in ("sin", "cos"):
            cosine, sine = self.circular(u[0])
            return sine if word == "sin" else cosine
        if word == "exp":
            powers = (self.power(*pair) for pair in self.multiples("exp", u[0]))
            return self.product(*powers)
        return u[0] if word == "(" else self.kernel(word, *u)

    def multiples(self, kind: str, u: PolyElement) -> Iterator[tuple[PolyElement, int]]:
        """The kernels of the terms of u, and of which whole multiples of these it is a sum.

        So those of sums and of multiples depend on each other as they should.
        """
        if u.coeff(1):
            yield self.kernel(kind, u), 1
            return
        for m, c in u.terms():
            number = c.numer.LC if self.domain.is_FractionField else c
            n = int(number.numerator) if isinstance(number, type(QQ(1))) else 1
            term = self.ring.from_dict({m: c / self.domain(n)})
            known = [(kind, (f,), 1) in self.kernels for f in (term, -term)]
            same = known[0] or (n > 0 and not known[1])
            yield self.kernel(kind, term if same else -term), n if same else -n

    def circular(self, u: PolyElement) -> tuple[PolyElement, PolyElement]:
        """The cosine and the sine of u, by those of its terms."""
        cosine, sine = self.ring.one, self.ring.zero
        for t, n in self.multiples("tan", u):
            need(abs(n) <= HIGHEST_POWER, f"a multiple is above {HIGHEST_POWER}")
            c, s = self.over(1 - t**2, 1 + t**2), self.over(2 * t, 1 + t**2)
            for _ in range(abs(n)):
                turned = self.product(sine, s), self.product(cosine, s)
                cosine = self.product(cosine, c) - turned[0] * (1 if n > 0 else -1)
                sine = self.product(sine, c) + turned[1] * (1 if n > 0 else -1)
        return cosine, sine
