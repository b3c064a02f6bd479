r"""Unreadable parts: what in an expression has no place among real functions of z.

Takes expressions and declared symbols, gives nothing where all can be read; else one
error that names every part that cannot, so that one edit mends them all.

.. math:: f : \mathbb{R}^d \to \mathbb{R}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from symflow.errors import ExpressionError, UnsupportedError

__all__ = ["check_expressions", "check_symbols"]


def check_symbols(symbols: Sequence[Symbol]) -> None:
    """Refuses symbols that cannot be the coordinates of a point.

    Arguments:
        symbols: The coordinates.

    Raises:
        ExpressionError: If one is no symbol, is not real, or has the name of another.

    Example:
        >>> check_symbols(sympy.symbols("x y", real=True))
    """
    strange = [s for s in symbols if not isinstance(s, Symbol)]
    strange += [s for s in symbols if isinstance(s, Symbol) and s.is_real is False]
    names = [s.name for s in symbols if isinstance(s, Symbol)]
    strange += sorted({name for name in names if names.count(name) > 1})
    if strange:
        raise ExpressionError(
            f"Argument `symbols` must hold real SymPy symbols of different names, but "
            f"it holds {', '.join(map(repr, strange))}. Declare each coordinate once, "
            f"with sympy.symbols(..., real=True)."
        )


def check_expressions(
    expressions: Sequence[Expr], symbols: Sequence[Symbol], known: Collection[type]
) -> None:
    """Names everything that cannot be read, in all expressions, at once.

    Arguments:
        expressions: The expressions.
        symbols: The symbols that they may hold.
        known: The kinds of SymPy objects that can be read.

    Raises:
        ExpressionError: If one is not a real function of the symbols.
        UnsupportedError: If all are, but one holds a kind that is not known.

    Example:
        >>> x = Symbol("x", real=True)
        >>> check_expressions([x + Symbol("a")], [x], [sympy.Add])
        Traceback (most recent call last):
        ...
        symflow.errors.ExpressionError: ... the undeclared symbol a...
    """
    unread = _Unread({symbol.name: symbol for symbol in symbols}, frozenset(known))
    for expression in expressions:
        unread.visit(expression)
    if unread.wrong or unread.unsupported:
        kind = ExpressionError if unread.wrong else UnsupportedError
        reasons = "; ".join((*unread.wrong, *unread.unsupported))
        raise kind(
            f"Argument `expressions` must hold real functions of the symbols "
            f"({', '.join(s.name for s in symbols)}) that have a tensor form, but it "
            f"holds {reasons}. Declare the symbols, write functions out in elementary "
            f"ones (.doit() does so for sums, integrals and derivatives), and split "
            f"complex numbers and matrices into their real entries."
        )


class _Unread:
    """Collects what the reader has no place for, each thing once."""

    def __init__(self, declared: Mapping[str, Symbol], known: frozenset[type]) -> None:
        self.declared = declared
        self.known = known
        self.wrong: dict[str, None] = {}
        self.unsupported: dict[str, None] = {}
        self._seen: set[sympy.Basic] = set()

    def visit(self, item: object) -> None:
        """Walks an expression and keeps a reason for each part that is not known."""
        if not isinstance(item, sympy.Basic | sympy.MatrixBase):
            self.wrong[f"{item!r}, which is no SymPy expression"] = None
        elif isinstance(item, sympy.MatrixBase | sympy.MatrixExpr):
            self.unsupported[f"the matrix {item}"] = None
        elif item not in self._seen:
            self._seen.add(item)
            self._visit_new(item)

    def _visit_new(self, item: sympy.Basic) -> None:
        if isinstance(item, Symbol):
            self._visit_symbol(item)
        elif isinstance(item, AppliedUndef):
            self.wrong[f"the unknown function {item}"] = None
        elif not item.args or type(item) in self.known:
            for argument in item.args:
                self.visit(argument)
            self._visit_number(item)
        else:
            kind = type(item).__name__
            self.unsupported[f"{item}, of the kind {kind}"] = None

    def _visit_symbol(self, symbol: Symbol) -> None:
        declared = self.declared.get(symbol.name)
        if declared is None:
            self.wrong[f"the undeclared symbol {symbol}"] = None
        elif declared != symbol:
            self.wrong[
                f"a symbol {symbol} with other assumptions than the declared one"
            ] = None

    def _visit_number(self, item: sympy.Basic) -> None:
        if isinstance(item, Boolean) or not getattr(item, "is_number", False):
            return
        value = item.evalf(30)
        if not (value.is_Float or value.is_Rational) or not value.is_finite:
            self.wrong[f"{item}, which is no finite real number"] = None
