r"""The expression reader: from SymPy expressions to the expression graph.

Takes expressions and the symbols that they may hold, gives nodes of a graph; what has
no place in it is named, all at once, before anything is built.

.. math:: \sqrt{x^2 + y^2} \mapsto u_1 = x x, \; u_2 = y y, \; u_3 = u_1 + u_2, \;
    u_4 = \sqrt{u_3}

Every symbol is real. Numbers are rounded once, from thirty digits. In the branches of a
`Piecewise` the operands of unsafe operations are replaced by safe ones where the branch
is not taken, so that no derivative from there is infinite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

import sympy
from sympy import Dummy, Expr, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symflow.expression_graph import ExpressionGraph
from symflow.unreadable import check_expressions, check_symbols

__all__ = ["ExpressionReader", "Singularity"]

_UNARY: dict[type, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.asinh: "asinh",
    sympy.acosh: "acosh",
    sympy.atanh: "atanh",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.erfinv: "erfinv",
    sympy.gamma: "gamma",
    sympy.loggamma: "lgamma",
    sympy.Abs: "abs",
    sympy.sign: "sign",
    sympy.floor: "floor",
    sympy.ceiling: "ceiling",
}

_u, _v = sympy.symbols("u v", real=True)

# Functions that are written out in others. The middle of `acot` and `sinc` is apart, so
# that neither they nor their derivatives lose digits there.
_WRITTEN_OUT: dict[type, Expr] = {
    sympy.sec: 1 / sympy.cos(_u),
    sympy.csc: 1 / sympy.sin(_u),
    sympy.cot: sympy.cos(_u) / sympy.sin(_u),
    sympy.sech: 1 / sympy.cosh(_u),
    sympy.csch: 1 / sympy.sinh(_u),
    sympy.coth: sympy.cosh(_u) / sympy.sinh(_u),
    sympy.asec: sympy.acos(1 / _u),
    sympy.acsc: sympy.asin(1 / _u),
    sympy.acot: sympy.Piecewise(
        (sympy.atan(1 / _u), sympy.Abs(_u) > 1),
        (sympy.pi / 2 - sympy.atan(_u), _u >= 0),
        (-sympy.pi / 2 - sympy.atan(_u), True),
    ),
    sympy.asech: sympy.acosh(1 / _u),
    sympy.acsch: sympy.asinh(1 / _u),
    sympy.acoth: sympy.atanh(1 / _u),
    sympy.erfcinv: sympy.erfinv(1 - _u),
    sympy.sinc: sympy.Piecewise(
        (1 - _u**2 / 6 + _u**4 / 120 - _u**6 / 5040, sympy.Abs(_u) < 0.03),
        (sympy.sin(_u) / _u, True),
    ),
    sympy.frac: _u - sympy.floor(_u),
    sympy.factorial: sympy.gamma(_u + 1),
    sympy.beta: sympy.gamma(_u) * sympy.gamma(_v) / sympy.gamma(_u + _v),
}
_OTHERS = (
    sympy.Add,
    sympy.Mul,
    sympy.Pow,
    sympy.Piecewise,
    sympy.functions.elementary.piecewise.ExprCondPair,
    sympy.Max,
    sympy.Min,
    sympy.Heaviside,
    sympy.polygamma,
    sympy.atan2,
    sympy.Mod,
    sympy.And,
    sympy.Or,
    sympy.Not,
    sympy.Xor,
    sympy.ITE,
    sympy.Eq,
    sympy.Ne,
    sympy.Lt,
    sympy.Le,
    sympy.Gt,
    sympy.Ge,
)
_KNOWN = frozenset((*_UNARY, *_WRITTEN_OUT, *_OTHERS))
_RELATIONS: dict[type, str] = {
    sympy.Lt: "less",
    sympy.Le: "less_equal",
    sympy.Eq: "equal",
    sympy.Ne: "not_equal",
}
_TOTAL = frozenset({"abs", "sign", "floor", "ceiling"})

# What stands in for the operand of an unsafe operation in a branch that is not taken: a
# number where it and all its derivatives are finite. Where none is listed, 0 is one.
_SAFE = {
    "divisor": 1.0,
    "power": 1.0,
    "log": 1.0,
    "acosh": 2.0,
    "gamma": 1.0,
    "lgamma": 1.0,
    "polygamma": 1.0,
}

# Where a function of u is not smooth, as the zeros of an expression, and the order of
# the first derivative that does not exist there.
_SINGULAR: dict[str, tuple[Expr, int]] = {
    "log": (_u, 0),
    "tan": (sympy.cos(_u), 0),
    "asin": (1 - _u**2, 1),
    "acos": (1 - _u**2, 1),
    "acosh": (_u - 1, 1),
    "atanh": (1 - _u**2, 0),
    "erfinv": (1 - _u**2, 0),
    "gamma": (sympy.sin(sympy.pi * _u), 0),
    "lgamma": (_u, 0),
    "abs": (_u, 1),
    "sign": (_u, 0),
    "floor": (sympy.sin(sympy.pi * _u), 0),
    "ceiling": (sympy.sin(sympy.pi * _u), 0),
}


@dataclass(frozen=True)
class Singularity:
    r"""A subexpression that is not smooth everywhere.

    .. math:: f \in C^{k-1} \setminus C^k \quad \text{where} \quad w(z) = 0

    Arguments:
        expression: The subexpression f.
        where: The expression w whose zeros are the places.
        order: The order k of the first derivative that does not exist there; 0 where f
            itself is infinite or jumps.

    Example:
        >>> x, y = sympy.symbols("x y", real=True)
        >>> reader = ExpressionReader([sympy.sqrt(x**2 + y**2)], [x, y])
        >>> reader.singular
        (Singularity(expression=sqrt(x**2 + y**2), where=x**2 + y**2, order=1),)
    """

    expression: Expr
    where: Expr
    order: int


@dataclass(frozen=True)
class _Scope:
    """What symbols stand for, and the condition under which the result is used."""

    symbols: Mapping[Symbol, int]
    active: int | None = None
    memory: dict[tuple[sympy.Basic, int | None], int] = field(default_factory=dict)


class ExpressionReader:
    r"""Expressions read into one graph.

    Arguments:
        expressions: Real expressions in the symbols.
        symbols: The coordinates, in the order of the inputs of the graph.

    Raises:
        ExpressionError: If an expression holds a symbol that is not declared, or is
            declared with other assumptions, an undefined function, or a number that is
            not real and finite; or if a symbol repeats or is not real.
        UnsupportedError: If an expression holds a function that has no place in the
            graph.

    Example:
        >>> x = Symbol("x", real=True)
        >>> reader = ExpressionReader([x**2, 1 + x**2], [x])
        >>> reader.outputs
        (1, 2)
        >>> reader.graph.nodes[2]
        Node(operation='linear', operands=(1,), numbers=(1.0, 1.0))
    """

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        check_symbols(symbols)
        check_expressions(expressions, symbols, _KNOWN)
        self.graph = ExpressionGraph()
        self._singular: dict[Singularity, None] = {}
        real = {s: Dummy(s.name, real=True) for s in symbols if not s.is_real}
        self._names = {dummy: symbol for symbol, dummy in real.items()}
        inputs = {real.get(s, s): self.graph.input(i) for i, s in enumerate(symbols)}
        self._outer = _Scope(inputs)
        self.outputs = tuple(
            self._read(expression.xreplace(real) if real else expression, self._outer)
            for expression in expressions
        )

    @property
    def singular(self) -> tuple[Singularity, ...]:
        """The subexpressions that are not smooth everywhere."""
        return tuple(self._singular)

    def _read(self, expression: sympy.Basic, scope: _Scope) -> int:
        key = (expression, scope.active)
        if key not in scope.memory:
            scope.memory[key] = self._read_new(expression, scope)
        return scope.memory[key]

    def _read_new(self, expression: sympy.Basic, scope: _Scope) -> int:
        if isinstance(expression, Symbol):
            return scope.symbols[expression]
        if isinstance(expression, Boolean):
            return self._read_condition(expression, scope)
        if expression.is_number:
            return self.graph.constant(_number(expression))
        if isinstance(expression, sympy.Add):
            return self._read_sum(expression, scope)
        if isinstance(expression, sympy.Mul):
            return self._read_product(expression, scope)
        if isinstance(expression, sympy.Pow):
            return self._read_power(expression, scope)
        if isinstance(expression, sympy.Piecewise):
            return self._read_piecewise(expression, scope)
        if isinstance(expression, sympy.Max | sympy.Min):
            return self._read_extremum(expression, scope)
        if type(expression) in _UNARY:
            return self._read_unary(expression, scope)
        return self._read_function(expression, scope)

    def _read_all(self, expression: sympy.Basic, scope: _Scope) -> list[int]:
        return [self._read(argument, scope) for argument in expression.args]

    def _read_sum(self, expression: Expr, scope: _Scope) -> int:
        numbers = [term for term in expression.args if term.is_number]
        others = [term for term in expression.args if not term.is_number]
        terms = [(1.0, self._read(term, scope)) for term in others]
        return self.graph.linear(terms, _number(sympy.Add(*numbers)))

    def _read_product(self, expression: Expr, scope: _Scope) -> int:
        numbers = [factor for factor in expression.args if factor.is_number]
        others = [factor for factor in expression.args if not factor.is_number]
        product = self._read(others[0], scope)
        for factor in others[1:]:
            product = self.graph.multiply(product, self._read(factor, scope))
        return self.graph.linear([(_number(sympy.Mul(*numbers)), product)])

    def _read_power(self, expression: Expr, scope: _Scope) -> int:
        base, exponent = expression.args
        if not exponent.is_number:
            return self._read_exponential(expression, scope)
        power = Fraction(*exponent.as_numer_denom()) if exponent.is_Rational else None
        if power is None:
            power = Fraction(_number(exponent))
        operand = self._read(base, scope)
        if power.denominator > 1 or power < 0:
            order = max(0, -(-power.numerator // power.denominator))
            self._note(scope, expression, base, order)
            operand = self._guarded("power", operand, scope)
        return self.graph.power(operand, power)

    def _read_exponential(self, expression: Expr, scope: _Scope) -> int:
        base, exponent = expression.args
        power = self._read(exponent, scope)
        if base.is_number and _number(base) > 0:
            power = self._guarded("exp", power, scope)
            numbers = (_number(base),)
            return self.graph.apply("exponential", power, numbers=numbers)
        self._note(scope, expression, base, 0)
        root = self._guarded("power", self._read(base, scope), scope)
        return self.graph.apply("general_power", root, power)

    def _read_piecewise(self, expression: Expr, scope: _Scope) -> int:
        """Each branch is read under the condition that it is the one that is taken."""
        graph = self.graph
        tests, branches = [], []
        before = scope.active
        for branch, condition in expression.args:
            for relation in condition.atoms(Relational):
                self._note(scope, expression, relation.lhs - relation.rhs, 0)
            test = None if condition is sympy.true else self._read(condition, scope)
            active = before if test is None else self._both(before, test)
            branches.append(self._read(branch, replace(scope, active=active)))
            tests.append(test)
            if test is not None:
                before = self._both(before, graph.apply("not", test))
        value = graph.constant(float("nan"))
        for test, chosen in zip(reversed(tests), reversed(branches), strict=True):
            value = chosen if test is None else graph.where(test, chosen, value)
        return value

    def _both(self, first: int | None, second: int) -> int:
        return second if first is None else self.graph.apply("and", first, second)

    def _read_condition(self, condition: Boolean, scope: _Scope) -> int:
        if isinstance(condition, sympy.Gt | sympy.Ge):
            condition = condition.reversed
        if type(condition) in _RELATIONS:
            left, right = self._read_all(condition, scope)
            return self.graph.apply(_RELATIONS[type(condition)], left, right)
        if isinstance(condition, sympy.Xor | sympy.ITE):
            condition = sympy.to_nnf(condition, simplify=False)
        total, *others = self._read_all(condition, scope)
        if isinstance(condition, sympy.Not):
            return self.graph.apply("not", total)
        name = "and" if isinstance(condition, sympy.And) else "or"
        for operand in others:
            total = self.graph.apply(name, total, operand)
        return total

    def _read_extremum(self, expression: Expr, scope: _Scope) -> int:
        name = "maximum" if isinstance(expression, sympy.Max) else "minimum"
        for left, right in combinations(expression.args, 2):
            self._note(scope, expression, left - right, 1)
        total, *others = self._read_all(expression, scope)
        for operand in others:
            total = self.graph.apply(name, total, operand)
        return total

    def _read_unary(self, expression: Expr, scope: _Scope) -> int:
        name, argument = _UNARY[type(expression)], expression.args[0]
        if name in _SINGULAR:
            place, order = _SINGULAR[name]
            self._note(scope, expression, place.xreplace({_u: argument}), order)
        operand = self._read(argument, scope)
        return self.graph.apply(name, self._guarded(name, operand, scope))

    def _read_function(self, expression: Expr, scope: _Scope) -> int:
        kind = type(expression)
        first, last = expression.args[0], expression.args[-1]
        if kind is sympy.Heaviside:
            self._note(scope, expression, first, 0)
            return self.graph.step(self._read(first, scope), _number(last))
        if kind is sympy.polygamma:
            self._note(scope, expression, last, 0)
            operand = self._guarded(kind.__name__, self._read(last, scope), scope)
            return self.graph.apply("polygamma", operand, numbers=(int(first),))
        operands = self._read_all(expression, scope)
        if kind in _WRITTEN_OUT:
            inner = _Scope(dict(zip((_u, _v), operands, strict=False)), scope.active)
            return self._read(_WRITTEN_OUT[kind], inner)
        if kind is sympy.Mod:
            edge = sympy.sin(sympy.pi * first / last)
        else:
            edge = sympy.sqrt(first**2 + last**2) + last
        self._note(scope, expression, edge, 0)
        divisor = self._guarded("divisor", operands[1], scope)
        name = "mod" if kind is sympy.Mod else "atan2"
        return self.graph.apply(name, operands[0], divisor)

    def _guarded(self, name: str, operand: int, scope: _Scope) -> int:
        """In a branch: the operand where it is taken, a safe number elsewhere."""
        if scope.active is None or name in _TOTAL:
            return operand
        safe = self.graph.constant(_SAFE.get(name, 0.0))
        return self.graph.where(scope.active, operand, safe)

    def _note(self, scope: _Scope, expression: Expr, where: Expr, order: int) -> None:
        if scope.symbols is self._outer.symbols and not where.is_number:
            names = self._names
            found = (expression.xreplace(names), where.xreplace(names))
            self._singular[Singularity(*found, order)] = None


def _number(expression: Expr) -> float:
    """A real number, rounded once from thirty digits."""
    return float(expression.evalf(30))
