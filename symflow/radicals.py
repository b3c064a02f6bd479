r"""Radicals: roots rewritten so that proportional radicands share a symbol.

Takes expressions, gives them with every root of a function as a positive constant times a
power of a symbol, and what each symbol stands for.

.. math:: (c B)^{k/m} = c^{k/m} S^{k/m}, \qquad S = B \text{ without a constant factor}

SymPy then cancels the constants: the square root of 2 that it takes out of
:math:`\sqrt{-2 m H}` never becomes a number of the field when it drops out again.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from sympy import Dummy, Expr, Integer, Pow, Symbol, cancel, expand, fraction, gcd, lcm

__all__ = ["Radicals"]


class Radicals:
    r"""The roots of functions in some expressions.

    .. math:: B^{k/m} \to c^{k/m} S^{k/m}

    Arguments:
        variables: The symbols that functions depend on.

    Example:
        >>> from sympy import sqrt, symbols
        >>> x, y = symbols("x y", real=True)
        >>> radicals = Radicals([x, y])
        >>> radicals.rewritten(sqrt(4 * x**2 + 4 * y**2) / sqrt(x**2 + y**2))
        2
    """

    def __init__(self, variables: Iterable[Symbol]) -> None:
        self._variables = frozenset(variables)
        self._known: dict[Expr, Expr] = {}
        self._symbols: dict[Expr, Symbol] = {}
        #: What each symbol stands for, those inside others first.
        self.definitions: dict[Symbol, Expr] = {}

    def rewritten(self, expression: Expr) -> Expr:
        """An expression with its roots and general powers as powers of symbols.

        Arguments:
            expression: The expression.

        Returns:
            The same function, if each symbol is what it stands for.
        """
        if not expression.args:
            return expression
        if expression in self._known:
            return self._known[expression]
        arguments = [self.rewritten(part) for part in expression.args]
        if (
            isinstance(expression, Pow)
            and not expression.exp.is_Integer
            and self._varies(arguments[0])
            and not self._varies(arguments[1])
        ):
            found = self._power(*arguments)
        elif all(a is b for a, b in zip(arguments, expression.args, strict=True)):
            found = expression
        else:
            found = expression.func(*arguments)
        self._known[expression] = found
        return found

    def _varies(self, expression: Expr) -> bool:
        symbols = expression.free_symbols
        return bool(symbols & self._variables or symbols & self.definitions.keys())

    def _power(self, base: Expr, exponent: Expr) -> Expr:
        content = self._content(base)
        primitive = expand(base / content)
        if primitive not in self._symbols:
            symbol = Dummy(f"S{len(self._symbols) + 1}")
            self._symbols[primitive] = symbol
            self.definitions[symbol] = primitive
        return Pow(content, exponent) * Pow(self._symbols[primitive], exponent)

    def _content(self, base: Expr) -> Expr:
        """The greatest constant known to be positive that divides every term."""
        varying = (*self._variables, *self.definitions)
        terms = expand(base).as_ordered_terms()
        constants = [cancel(term.as_independent(*varying)[0]) for term in terms]
        if not all(constant.is_rational_function() for constant in constants):
            return Integer(1)
        above, below = zip(*map(fraction, constants), strict=True)
        content = abs(reduce(gcd, above)) / abs(reduce(lcm, below))
        if content.is_positive:
            return content
        factor = content.as_coeff_Mul()[0]
        return abs(factor)
