r"""Expression parts: which of some functions are contractions, polynomials, or else.

Takes expressions and their symbols, gives groups of them that are evaluated in the same
way, and for what is left the polynomials that stand inside.

.. math:: I = I^{(1)} \oplus \dots \oplus I^{(r)}, \qquad I^{(r)}(z) = F(z, P(z))

The choice follows from the expressions alone. A polynomial that was written as products
of sums is multiplied out only to recognise a contraction in it, never to be evaluated so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sympy
from sympy import Dummy, Expr, Symbol

from symflow.contractions import (
    Contraction,
    PowerSum,
    Product,
    TripleProduct,
    find_contractions,
)
from symflow.monomial_graph import MonomialGraph
from symflow.polynomial_terms import PolynomialTerms

__all__ = ["ExpressionParts", "Part", "Remainder"]

# Polynomials inside other functions are evaluated apart where they have this many terms
# in all; a few are as fast in the code around them.
_WORTH_IT = 16

# A group of contractions beside this many times as many other polynomials joins them.
_SCARCE = 4


Content: TypeAlias = tuple[Contraction, ...] | MonomialGraph


@dataclass(frozen=True)
class Part:
    """Functions that are evaluated in one way.

    Arguments:
        places: Their positions among all functions.
        content: What they are: contractions of one kind, or any polynomials.
    """

    places: tuple[int, ...]
    content: Content

    def describe(self, names: Sequence[str], result: str = "I") -> list[str]:
        """The functions as text, each on a line, after the monomials they need.

        Arguments:
            names: The names of the coordinates.
            result: The name of the list of results.

        Returns:
            The lines.
        """
        if isinstance(self.content, MonomialGraph):
            sums = self.content.describe(names)
            lines = self.content.describe_monomials(names)
        else:
            sums, lines = [item.describe(names) for item in self.content], []
        pairs = zip(self.places, sums, strict=True)
        return lines + [f"{result}[{a}] = {text}" for a, text in pairs]


@dataclass(frozen=True)
class Remainder:
    r"""Functions that are no polynomials, :math:`F(z, P(z))`.

    Arguments:
        places: Their positions among all functions.
        functions: The F, in the symbols and in the names of the P.
        names: A symbol for each P.
        meaning: The P, as expressions.
        inner: The P, in parts.
    """

    places: tuple[int, ...]
    functions: tuple[Expr, ...]
    names: tuple[Symbol, ...]
    meaning: tuple[Expr, ...]
    inner: tuple[Part, ...]


class ExpressionParts:
    """Functions sorted by how they are evaluated.

    Arguments:
        expressions: The functions; what cannot be read is left in the remainder.
        symbols: The coordinates.

    Example:
        >>> x, y = sympy.symbols("x y", real=True)
        >>> parts = ExpressionParts([x**2 + y**2, sympy.exp(x), x**3 - y], [x, y])
        >>> [(part.places, type(part.content).__name__) for part in parts.polynomial]
        [((0,), 'tuple'), ((2,), 'MonomialGraph')]
        >>> parts.remainder.functions
        (exp(x),)
    """

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        self._positions = {symbol: i for i, symbol in enumerate(symbols)}
        found = self._read(dict(enumerate(expressions)))
        self.polynomial, left = self._group(found)
        places = [a for a in range(len(expressions)) if a not in found or a in left]
        self.remainder = self._split({a: expressions[a] for a in places})

    def _read(self, expressions: Mapping[int, Expr]) -> dict[int, PolynomialTerms]:
        read = {
            a: PolynomialTerms.read(expression, self._positions)
            for a, expression in expressions.items()
        }
        return {a: polynomial for a, polynomial in read.items() if polynomial}

    def _group(
        self, polynomials: Mapping[int, PolynomialTerms]
    ) -> tuple[tuple[Part, ...], set[int]]:
        """The parts of polynomials, and those that are better left as they are."""
        contractions = find_contractions(polynomials)
        groups: dict[object, list[int]] = defaultdict(list)
        for a, contraction in contractions.items():
            groups[_kind(contraction)].append(a)
        written = [a for a, f in polynomials.items() if f.expanded]
        others = [a for a in written if a not in contractions]
        parts = []
        for group in groups.values():
            scarce = _SCARCE * len(group) < len(others)
            if scarce and all(polynomials[a].expanded for a in group):
                others += group
            else:
                content = tuple(contractions[a] for a in group)
                parts.append(Part(tuple(group), content))
        if others:
            others.sort()
            terms = [polynomials[a].terms for a in others]
            graph = MonomialGraph(terms, len(self._positions))
            parts.append(Part(tuple(others), graph))
        grouped = {a for part in parts for a in part.places}
        return tuple(parts), set(polynomials) - grouped

    def _split(self, expressions: Mapping[int, Expr]) -> Remainder:
        """The remaining functions, with the polynomials inside them apart."""
        found: dict[Expr, PolynomialTerms] = {}
        for expression in expressions.values():
            self._find_inner(expression, found, set())
        parts, left = self._group(dict(enumerate(found.values())))
        inside = [f for k, f in enumerate(found) if k not in left]
        terms = sum(len(found[f].terms) for f in inside)
        if left or terms < _WORTH_IT:
            inside, parts = [], ()
        names = [Dummy(str(f), real=True) for f in inside]
        rule = dict(zip(inside, names, strict=True))
        functions = [f.xreplace(rule) if rule else f for f in expressions.values()]
        return Remainder(
            tuple(expressions), tuple(functions), tuple(names), tuple(inside), parts
        )

    def _find_inner(
        self, expression: object, found: dict[Expr, PolynomialTerms], seen: set[object]
    ) -> None:
        """Collects the largest sums inside an expression that are polynomials."""
        if not isinstance(expression, sympy.Basic) or expression in seen:
            return
        seen.add(expression)
        if isinstance(expression, sympy.Add):
            polynomial = PolynomialTerms.read(expression, self._positions)
            if polynomial is not None:
                found[expression] = polynomial
                return
        for argument in expression.args:
            self._find_inner(argument, found, seen)


def _kind(contraction: Contraction) -> tuple[object, ...]:
    """What contractions have in common that one map evaluates."""
    if isinstance(contraction, Product):
        squares = contraction.left == contraction.right
        return Product, squares, len(contraction.weights)
    if isinstance(contraction, PowerSum):
        return PowerSum, contraction.coordinates
    return (TripleProduct,)
