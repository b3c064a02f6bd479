r"""Homogeneous parts: the polynomials of one degree that expressions are made of.

Takes expressions with roots, quotients and other functions of the variables, gives the
polynomials in the variables that stand in them and in the arguments of the functions.

.. math:: f = \sum_{a, d} c_a \, \kappa_a \, h_{a,d}(z), \qquad
    h_{a,d}(t z) = t^d h_{a,d}(z)

The :math:`\kappa_a` are products of functions, each of them opened in its turn, and the
:math:`c_a` products of constants. A linear form or a square in one of the h is mostly one
that somebody had in mind, whatever the coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import is_

from sympy import QQ, Add, Dummy, Expr, Mul, Poly, Pow, Symbol, exp, expand, powsimp

from symflow.terms import Terms

__all__ = ["HomogeneousParts", "homogeneous_parts", "joined"]


class HomogeneousParts:
    """The homogeneous parts of expressions with functions, each multiple of one but once.

    Arguments:
        variables: The symbols of the variables.
    """

    def __init__(self, variables: Sequence[Symbol]) -> None:
        self.variables = tuple(variables)
        #: Those in the arguments of functions.
        self.inside: list[Terms] = []
        #: The others.
        self.outside: list[Terms] = []
        self._names: dict[Expr, Symbol] = {}
        self._seen: set[frozenset[tuple[tuple[int, ...], object]]] = set()

    def open(self, expressions: Iterable[Expr]) -> None:
        """Add the parts of expressions, if they hold functions at all.

        Arguments:
            expressions: The expressions.
        """
        opened = [self._opened(joined(f)) for f in expressions]
        if not self._names:
            return
        nodes = list(self._names)
        for node in nodes:
            for argument in filter(self._varies, node.args):
                self._add(self._opened(argument), self.inside)
            # Functions in its arguments have joined.
            nodes += list(self._names)[len(nodes) :]
        for f in opened:
            self._add(f, self.outside)

    def _varies(self, f: Expr) -> bool:
        return not f.free_symbols.isdisjoint(self.variables)

    def _opened(self, f: Expr) -> Expr:
        """The expression with a symbol in place of each function."""
        natural = isinstance(f, Pow) and f.exp.is_Integer and f.exp > 0
        if isinstance(f, Add | Mul) or natural:
            parts = list(map(self._opened, f.args))
            same = all(map(is_, parts, f.args))
            return f if same else f.func(*parts)
        if not f.args or not self._varies(f):
            return f
        return self._names.setdefault(f, Dummy())

    def _add(self, f: Expr, parts: list[Terms]) -> None:
        found: dict[tuple[Expr, int], Terms] = {}
        for monomial, coefficient in Poly(f, *self.variables).terms():
            for term in Add.make_args(expand(coefficient)):
                number, constant = term.as_coeff_Mul(rational=True)
                if number:
                    key = constant, sum(monomial)
                    found.setdefault(key, {})[monomial] = QQ.from_sympy(number)
        for (_, degree), terms in found.items():
            lead = terms[max(terms)]
            scaled = {m: value / lead for m, value in terms.items()}
            signature = frozenset(scaled.items())
            if degree and signature not in self._seen:
                self._seen.add(signature)
                parts.append(scaled)


def joined(f: Expr) -> Expr:
    """An expression with one exponential for each product of several.

    Arguments:
        f: The expression; expanded, it has an exponential for each term of an exponent.

    Returns:
        The same function.

    Example:
        >>> from sympy import symbols
        >>> x, y = symbols("x y")
        >>> joined(exp(2 * x) * exp(-y))
        exp(2*x - y)
    """
    return powsimp(f, deep=True, combine="exp") if f.has(exp) else f


def homogeneous_parts(
    expressions: Iterable[Expr], variables: Sequence[Symbol]
) -> HomogeneousParts:
    """The homogeneous polynomials that expressions are made of.

    Arguments:
        expressions: The expressions.
        variables: The symbols of the variables.

    Returns:
        The parts, up to constant factors; none of polynomials.

    Example:
        >>> from sympy import log, symbols
        >>> x, y, m = symbols("x y m", real=True)
        >>> parts = homogeneous_parts([m * x**2 + x * log(3 * x - 3 * y + 1)], [x, y])
        >>> parts.inside, parts.outside
        ([{(1, 0): 1, (0, 1): -1}], [{(2, 0): 1}, {(1, 0): 1}])
    """
    parts = HomogeneousParts(variables)
    parts.open(expressions)
    return parts
