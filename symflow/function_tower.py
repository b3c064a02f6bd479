r"""Function tower: expressions read into a ring of elementary functions.

Takes expressions with roots, quotients, trigonometric and other elementary functions of
the variables, finds the kernels that they need, gives each expression its normal form.

.. math:: f \in K[z][\kappa_1, \kappa_2, \dots] / (r_1, r_2, \dots)

Equal functions have the same normal form, so no simplification is ever needed: what is
zero is seen to be zero. A tower is only built where that is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from math import lcm
from typing import Any, NoReturn

import sympy
from sympy import Add, Expr, Mul, Pow, Rational, Symbol, postorder_traversal

from symflow.angles import AngleBasis
from symflow.coefficient_field import CoefficientField
from symflow.elementary_functions import (
    ElementaryFunctions,
    MissingConstantError,
    too_late,
)
from symflow.errors import UnsupportedError
from symflow.radicals import Radicals
from symflow.terms import Terms, accumulate, multiples, power, product

__all__ = ["FunctionTower"]

_CIRCULAR = (sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)
_EXPONENTIAL = (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh)
_INVERSE = (sympy.asin, sympy.acos, sympy.atan, sympy.atan2)
_KNOWN = (*_CIRCULAR, *_EXPONENTIAL, *_INVERSE, sympy.log)


class FunctionTower:
    r"""The ring of functions that some expressions generate.

    .. math:: K[z][\kappa_1, \kappa_2, \dots] / (r_1, r_2, \dots)

    Arguments:
        variables: The symbols of the variables z.
        parameters: The symbols of constants.
        expressions: The expressions; without kernels in them the ring is K[z].

    Raises:
        UnsupportedError: If a function is none that the ring can hold, or if it is not
            proved that the relations found are all there are.

    Example:
        >>> x, y = sympy.symbols("x y", real=True)
        >>> r = sympy.sqrt(x**2 + y**2)
        >>> tower = FunctionTower([x, y], [], [x / r])
        >>> tower.terms((x / r) ** 2 + (y / r) ** 2)
        {(0, 0, 0): 1}

    Reference:
        Bronstein, Symbolic Integration I, chapter 3; docs/functions.md.
    """

    def __init__(
        self,
        variables: Sequence[Symbol],
        parameters: Sequence[Symbol],
        expressions: Iterable[Expr],
    ) -> None:
        self.variables = tuple(variables)
        self._radicals = Radicals(variables)
        expressions = tuple(map(self._rewritten, expressions))
        expressions += tuple(self._radicals.definitions.values())
        self._varying = frozenset((*variables, *self._radicals.definitions))
        stages = self._stages(expressions)
        constants: list[Expr] = []
        while True:
            field = CoefficientField(parameters, (*expressions, *constants))
            self._functions = ElementaryFunctions(variables, field)
            self.kernels = self._functions.kernels
            # What each node stands for, in the ring as it was when the node was read;
            # for the base of powers: B, B^(-1/m) and m.
            self._values: dict[Expr, Terms] = {}
            self._powers: dict[Expr, tuple[Terms, Terms, int]] = {}
            # By base: the exponents that are no fractions, and the places of the powers.
            self._general: dict[Expr, list[tuple[Any, int]]] = {}
            self._unit_size = 0
            try:
                for stage in stages:
                    self._build(stage)
                break
            except MissingConstantError as missing:
                constants.append(missing.constant)
        self._functions.complete = True
        if self.kernels.doubts:
            raise UnsupportedError(
                "Argument `generators` must hold functions whose relations are known, "
                f"but {self.kernels.doubts[0]}. Rewrite it, or declare a parameter or "
                "another coordinate in its place."
            )

    @property
    def field(self) -> CoefficientField:
        """The field of the coefficients."""
        return self.kernels.field

    def terms(self, expression: Expr) -> Terms:
        """The normal form of an expression.

        Arguments:
            expression: An expression in the variables, parameters and kernels.

        Returns:
            Its terms, by exponents of the variables and the kernels.

        Raises:
            UnsupportedError: If the ring does not hold it.
        """
        return self._argument(self._rewritten(expression))

    def _rewritten(self, expression: Expr) -> Expr:
        if _is_polynomial(expression):
            return expression
        return self._radicals.rewritten(expression)

    @property
    def one(self) -> Terms:
        """The element one."""
        return self.kernels.one

    def _resize(self) -> None:
        """Make room for the kernels that have come since an expression was read."""
        size = self._unit_size = self.kernels.size
        self._zero = (0,) * size
        (self._unity,) = self.field.lowered(self.one).values()
        self._symbols = {
            symbol: tuple(int(j == k) for j in range(size))
            for k, symbol in enumerate(self.variables)
        }

    def _read(self, expression: Expr) -> Terms:
        """The terms of an expression, not yet reduced, with lowered coefficients."""
        if expression in self._symbols:
            return {self._symbols[expression]: self._unity}
        if isinstance(expression, Add):
            parts = (self._read(part).items() for part in expression.args)
            return reduce(accumulate, parts, {})
        if isinstance(expression, Mul):
            return reduce(product, map(self._read, expression.args))
        if isinstance(expression, Pow):
            return self._read_power(expression)
        if expression in self._values:
            return self.field.lowered(self.kernels.padded(self._values[expression]))
        if isinstance(expression, (*_CIRCULAR, *_EXPONENTIAL)) and self._varies(
            expression
        ):
            # One of its kind, sin(x) say, has brought the kernels of cos(x) along.
            self._build([expression])
            self._resize()
            return self._read(expression)
        return self._constant(expression)

    def _read_power(self, expression: Pow) -> Terms:
        base, exponent = expression.args
        natural = exponent.is_Integer and exponent > 0
        if exponent.is_Rational and not natural and self._varies(base):
            if base not in self._powers:
                self._add_power(base, int(exponent.q))
                self._resize()
            unit, radicand, root = self._powers[base]
            steps = exponent * root
            whole = max(0, -int(-steps // root))
            low, one = self.field.lowered, {self._zero: self._unity}
            above = power(low(self.kernels.padded(radicand)), whole, one)
            below = power(
                low(self.kernels.padded(unit)), int(whole * root - steps), one
            )
            return self.kernels.reduce(product(above, below))
        if natural:
            one = {self._zero: self._unity}
            return power(self._read(base), int(exponent), one)
        if self._varies(base):
            if expression not in self._values:
                self._build([expression])
                self._resize()
            return self.field.lowered(self.kernels.padded(self._values[expression]))
        return self._constant(expression)

    def _constant(self, expression: Expr) -> Terms:
        if self._varies(expression):
            _refuse(expression)
        value = self.field.element(expression)
        return self.field.lowered({self._zero: value}) if value else {}

    # -- building -------------------------------------------------------------------

    def _stages(self, expressions: Iterable[Expr]) -> list[list[Expr]]:
        """The nodes that are not polynomial in their parts, innermost first."""
        levels: dict[Expr, int] = {}
        stages: list[list[Expr]] = []

        def enter(expression: Expr) -> None:
            for node in postorder_traversal(expression):
                if node in levels:
                    continue
                inner = max((levels[part] for part in node.args), default=0)
                levels[node] = inner + self._is_special(node)
                if levels[node] > inner:
                    while len(stages) < levels[node]:
                        stages.append([])
                    stages[inner].append(node)

        for symbol, definition in self._radicals.definitions.items():
            enter(definition)
            levels[symbol] = levels[definition]
        for expression in expressions:
            if not _is_polynomial(expression):
                enter(expression)
        return stages

    def _is_special(self, node: Expr) -> bool:
        if isinstance(node, Symbol | Add | Mul) or not node.args:
            return False
        natural = isinstance(node, Pow) and node.exp.is_Integer and node.exp > 0
        return not natural and self._varies(node)

    def _varies(self, expression: Expr) -> bool:
        return not self._varying.isdisjoint(expression.free_symbols)

    def _build(self, nodes: Sequence[Expr]) -> None:
        roots: dict[Expr, int] = {}
        general: dict[Expr, list[Expr]] = {}
        for node in nodes:
            if not isinstance(node, Pow):
                if not isinstance(node, _KNOWN):
                    _refuse(node)
            elif node.exp.is_Rational:
                roots[node.base] = lcm(roots.get(node.base, 1), int(node.exp.q))
            elif self._varies(node.exp):
                _refuse(node)
            else:
                general.setdefault(node.base, []).append(node.exp)
        splits = {base: self._split(base, general[base]) for base in general}
        for base, split in splits.items():
            (part,) = split.angles[0].values()
            roots[base] = lcm(
                roots.get(base, 1),
                int(self.field.expression(self.field.domain.one / part)),
            )
        for base, root in roots.items():
            self._add_power(base, root)
        for base, exponents in general.items():
            self._add_general_powers(base, exponents, splits[base])
        self._add_angles([node for node in nodes if isinstance(node, _CIRCULAR)])
        self._add_exponentials(
            [node for node in nodes if isinstance(node, _EXPONENTIAL)]
        )
        self._add_logarithms([node for node in nodes if isinstance(node, sympy.log)])
        for node in nodes:
            if isinstance(node, _INVERSE):
                self._add_inverse_function(node)

    def _argument(self, expression: Expr) -> Terms:
        if self._unit_size != self.kernels.size:
            self._resize()
        return self.field.raised(self.kernels.reduce(self._read(expression)))

    def _add_power(self, base: Expr, root: int) -> None:
        functions = self._functions
        radicand = self._argument(self._radicals.definitions.get(base, base))
        if not radicand:
            raise UnsupportedError(
                "Argument `generators` must be finite, but one divides by "
                f"{base}, which is zero."
            )
        if base in self._radicals.definitions:
            self._values[base] = radicand
        if all(not any(exponents) for exponents in radicand):
            (value,) = radicand.values()
            constant = self.field.expression(value)
            unit = functions.constant(constant ** Rational(-1, root))
        elif root > 1:
            unit = functions.root(radicand, root)
        else:
            unit = functions.inverse(radicand)
        self._powers[base] = unit, radicand, root

    def _split(self, base: Expr, exponents: Sequence[Expr]) -> AngleBasis:
        """Exponents of a base as integer sums of a fraction and few that are none."""
        known = [exponent for exponent, _ in self._general.get(base, [])]
        new = list(map(self._functions.element, exponents))
        basis = self._functions.exponent_basis(known, new)
        kept = [next(iter(angle.values())) for angle in basis.angles[1:]]
        if kept[: len(known)] != known:
            raise UnsupportedError(
                "Argument `generators` must not hold a power of which another is a "
                f"fraction inside another function, but {base} has the exponents "
                f"{', '.join(map(str, exponents))}. Write all by the smaller one."
            )
        late = len(kept) > len(known) or base not in self._powers
        if self._functions.complete and late:
            raise too_late(f"holds {base} to the power of {exponents[0]}")
        return basis

    def _add_general_powers(
        self, base: Expr, exponents: Sequence[Expr], basis: AngleBasis
    ) -> None:
        """Add the powers of one base whose exponents are constants but no fractions."""
        _, radicand, _ = self._powers[base]
        if base not in self._general and self._general:
            bases = [self._powers[other][1] for other in self._general]
            self._compare_bases([*bases, radicand])
        known = self._general.setdefault(base, [])
        for angle in basis.angles[1 + len(known) :]:
            (exponent,) = angle.values()
            inverse = self._functions.inverse(self.kernels.padded(radicand))
            known.append((exponent, self.kernels.size))
            self.kernels.add_general_power(radicand, inverse, exponent)
        (part,) = basis.angles[0].values()
        rows = basis.multiples[-len(exponents) :]
        for exponent, row in zip(exponents, rows, strict=True):
            fraction = self.field.expression(part) * row.get(0, 0)
            found = self._argument(Pow(base, fraction))
            for k, (_, place) in enumerate(known, start=1):
                step = self._functions.pair_power(place, row.get(k, 0))
                found = product(found, step)
            self._values[Pow(base, exponent)] = self.kernels.reduce(found)

    def _compare_bases(self, bases: Sequence[Terms]) -> None:
        """Doubt powers of bases that may be products of each other."""
        seen: list[Terms] = []
        for base in bases:
            _, factors = self._functions.factors(base)
            plain = self._functions.is_plain(base)
            if not plain or len(factors) > 1 or factors[0][0] in seen:
                self.kernels.doubts.append(
                    f"powers of {self.kernels.expression(base)} are not known to be "
                    "independent of the other powers with such exponents (write the "
                    "power of a product as a product of powers)"
                )
            seen += [factor for factor, _ in factors]

    def _add_angles(self, nodes: Sequence[Expr]) -> None:
        if not nodes:
            return
        angles = [self._argument(node.args[0]) for node in nodes]
        circles = self._functions.circles(angles, ", ".join(map(str, nodes)))
        for node, (cosine, sine) in zip(nodes, circles, strict=True):
            self._values[node] = self._functions.quotient(node.func, cosine, sine)

    def _add_exponentials(self, nodes: Sequence[Expr]) -> None:
        if not nodes:
            return
        rises = [self._argument(node.args[0]) for node in nodes]
        pairs = self._functions.exponentials(rises, ", ".join(map(str, nodes)))
        half = self.field.domain.one / 2
        for node, (up, down) in zip(nodes, pairs, strict=True):
            cosine = accumulate(multiples(half, up), multiples(half, down).items())
            sine = accumulate(multiples(half, up), multiples(-half, down).items())
            exponential = node.func is sympy.exp
            self._values[node] = (
                up if exponential else self._functions.quotient(node.func, cosine, sine)
            )

    def _add_logarithms(self, nodes: Sequence[Expr]) -> None:
        seen: list[Terms] = []
        for node in nodes:
            argument = self._argument(node.args[0])
            _, factors = self._functions.factors(argument)
            plain = self._functions.is_plain(argument)
            shared = any(factor in seen for factor, _ in factors)
            seen += [factor for factor, _ in factors]
            if len(nodes) > 1 and (shared or not plain or len(factors) > 1):
                self.kernels.doubts.append(
                    f"{node} is not known to be independent of the other logarithms "
                    "(write the logarithm of a product as a sum of logarithms)"
                )
            self._add_free(node, [(node.args[0], self._functions.inverse(argument))])

    def _add_inverse_function(self, node: Expr) -> None:
        if any(kernel.expression.func in _INVERSE for kernel in self.kernels.items):
            self.kernels.doubts.append(
                f"{node} is not known to be independent of the other inverse functions"
            )
        if isinstance(node, sympy.atan2):
            y, x = map(self._argument, node.args)
            square = accumulate(product(x, x), product(y, y).items())
            inverse = self._functions.inverse(self.kernels.reduce(square))
            x, y = self.kernels.padded(x), self.kernels.padded(y)
            minus = multiples(-self.field.domain.one, y)
            weights = product(x, inverse), product(minus, inverse)
            self._add_free(node, list(zip(node.args, weights, strict=True)))
            return
        x = self._argument(node.args[0])
        square = product(x, x)
        sign = self.field.domain.one * (1 if isinstance(node, sympy.atan) else -1)
        radicand = accumulate(multiples(sign, square), self.one.items())
        if isinstance(node, sympy.atan):
            slope = self._functions.inverse(radicand)
        else:
            slope = self._functions.root(radicand, 2)
            if isinstance(node, sympy.acos):
                slope = multiples(-self.field.domain.one, slope)
        self._add_free(node, [(node.args[0], slope)])

    def _add_free(self, node: Expr, slopes: Sequence[tuple[Expr, Terms]]) -> None:
        """Add a function by its derivatives along its arguments."""
        gradient: dict[int, Terms] = {}
        for argument, slope in slopes:
            inner = self._argument(argument)
            if not self.kernels.is_algebraic(inner):
                self.kernels.doubts.append(
                    f"{node} is not known to be independent of the functions inside it"
                )
            for k, terms in self.kernels.gradient(inner).items():
                step = product(self.kernels.padded(slope), terms)
                accumulate(gradient.setdefault(k, {}), step.items())
        place = self.kernels.size
        reduced = {k: self.kernels.reduce(terms) for k, terms in gradient.items()}
        self.kernels.add_free(node, {k: terms for k, terms in reduced.items() if terms})
        self._values[node] = self.kernels.generator(place)


def _is_polynomial(expression: Expr) -> bool:
    """Whether it is seen at once to be a polynomial with rational coefficients."""
    if expression.is_Add or expression.is_Mul:
        return all(map(_is_polynomial, expression.args))
    if expression.is_Pow:
        base, exponent = expression.args
        natural = exponent.is_Integer and exponent.is_positive
        return bool(natural) and _is_polynomial(base)
    return bool(expression.is_Symbol or expression.is_Rational)


def _refuse(expression: Expr) -> NoReturn:
    if isinstance(expression, sympy.Abs | sympy.Max | sympy.Min | sympy.sign):
        raise UnsupportedError(
            "Argument `generators` must be analytic, but "
            f"{expression} has a kink. Declare symbols of your own with positive=True, "
            "or write the function with its sign where you use it."
        )
    raise UnsupportedError(
        "Argument `generators` must be made of quotients, roots, trigonometric and "
        f"hyperbolic functions, exponentials and logarithms, but {expression} is "
        "not. Choose coordinates in which it is."
    )
