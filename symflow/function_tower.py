r"""Function tower: expressions read into a ring of elementary functions.

Takes expressions with roots, quotients, trigonometric and other elementary functions of
the variables, finds the kernels that they need, gives each expression its normal form.

.. math:: f \in K[z][\kappa_1, \kappa_2, \dots] / (r_1, r_2, \dots)

Equal functions have the same normal form, so no simplification is ever needed: what is
zero is seen to be zero. A tower is only built where that is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import lcm
from typing import Any, NoReturn

import sympy
from sympy import Add, Expr, Mul, Pow, Rational, Symbol, postorder_traversal
from sympy.polys.rings import PolyRing

from symflow.angles import AngleBasis, angle_basis
from symflow.coefficient_field import CoefficientField
from symflow.errors import UnsupportedError
from symflow.kernels import Kernels, Kind
from symflow.radicals import Radicals
from symflow.terms import Terms, accumulate, multiples, power, product

__all__ = ["FunctionTower"]

_CIRCULAR = (sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)
_EXPONENTIAL = (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh)
_INVERSE = (sympy.asin, sympy.acos, sympy.atan, sympy.atan2)
_KNOWN = (*_CIRCULAR, *_EXPONENTIAL, *_INVERSE, sympy.log)


class _MissingConstantError(Exception):
    """A constant turned up that the field of coefficients does not hold yet."""

    def __init__(self, constant: Expr) -> None:
        super().__init__(str(constant))
        self.constant = constant


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
            self.kernels = Kernels(variables, field)
            # What each node stands for, in the ring as it was when the node was read;
            # for the base of powers: B, B^(-1/m) and m.
            self._values: dict[Expr, Terms] = {}
            self._powers: dict[Expr, tuple[Terms, Terms, int]] = {}
            self._circles: list[tuple[Terms, int]] = []
            self._exponentials: list[tuple[Terms, int]] = []
            # By base: the exponents that are no fractions, and the places of the powers.
            self._general: dict[Expr, list[tuple[Any, int]]] = {}
            self._finished = False
            self._resize()
            try:
                for stage in stages:
                    self._build(stage)
                break
            except _MissingConstantError as missing:
                constants.append(missing.constant)
        self._finished = True
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

    def _resize(self) -> None:
        """Make room for the kernels that have come."""
        size = self.kernels.size
        self.one = self.kernels.one
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
            return self._read(expression)
        return self._constant(expression)

    def _read_power(self, expression: Pow) -> Terms:
        base, exponent = expression.args
        natural = exponent.is_Integer and exponent > 0
        if exponent.is_Rational and not natural and self._varies(base):
            if base not in self._powers:
                self._add_power(base, int(exponent.q))
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
        return self.field.raised(self.kernels.reduce(self._read(expression)))

    def _element(self, constant: Expr) -> Any:  # noqa: ANN401
        """A constant that turned up on the way, in the field of coefficients."""
        try:
            return self.field.element(constant)
        except UnsupportedError:
            if self._finished:
                raise
            raise _MissingConstantError(constant) from None

    def _is_constant(self, element: Terms) -> bool:
        return all(not any(exponents) for exponents in element)

    def _add_power(self, base: Expr, root: int) -> None:
        radicand = self._argument(self._radicals.definitions.get(base, base))
        if not radicand:
            raise UnsupportedError(
                "Argument `generators` must be finite, but one divides by "
                f"{base}, which is zero."
            )
        if base in self._radicals.definitions:
            self._values[base] = radicand
        if self._is_constant(radicand):
            (value,) = radicand.values()
            constant = self.field.expression(value)
            unit = {self._zero: self._element(constant ** Rational(-1, root))}
        else:
            unit = self._root(radicand, root) if root > 1 else self._inverse(radicand)
        self._powers[base] = unit, radicand, root

    def _root(self, radicand: Terms, root: int) -> Terms:
        """The element B^(-1/m)."""
        for place, kernel in enumerate(self.kernels.items, len(self.variables)):
            if kernel.base is not None and kernel.root % root == 0:
                ratio = _ratio(radicand, self.kernels.padded(kernel.base))
                if ratio is not None:
                    constant = self.field.expression(ratio) ** Rational(-1, root)
                    unit = self.kernels.generator(place)
                    steps = power(unit, kernel.root // root, self.one)
                    return multiples(self._element(constant), steps)
        if not self.kernels.is_irreducible(radicand, root):
            factors = self._perfect_power(radicand, root)
            if factors is not None:
                return self._inverse(factors)
        return self._new_power(radicand, root)

    def _perfect_power(self, radicand: Terms, root: int) -> Terms | None:
        """The m-th root of B if it is a polynomial whose sign is known."""
        content, factors = self._factors(radicand)
        if any(multiplicity % root for _, multiplicity in factors):
            return None
        found = multiples(
            self._element(self.field.expression(content) ** Rational(1, root)),
            self.one,
        )
        for factor, multiplicity in factors:
            exponent = multiplicity // root
            sign = 1
            if root % 2 == 0 and exponent % 2:
                expression = self.kernels.expression(factor)
                if expression.is_negative:
                    sign = -1
                elif not expression.is_nonnegative:
                    raise UnsupportedError(
                        "Argument `generators` must not change branch, but the root "
                        f"of {self.kernels.expression(radicand)} is the absolute value "
                        f"of {expression}. Write it with its sign, or declare symbols "
                        "of your own with positive=True."
                    )
            step = power(factor, exponent, self.one)
            found = product(found, multiples(self.field.domain.one * sign, step))
        return self.kernels.reduce(found)

    def _inverse(self, element: Terms) -> Terms:
        """The element 1/f, a product over the factors of f."""
        content, factors = self._factors(element)
        found = multiples(self.field.domain.one / content, self.one)
        for factor, multiplicity in factors:
            inverse = self._inverse_factor(factor)
            step = power(inverse, multiplicity, self.kernels.one)
            found = product(self.kernels.padded(found), step)
        return self.kernels.reduce(found)

    def _inverse_factor(self, factor: Terms) -> Terms:
        factor = self.kernels.padded(factor)
        first = len(self.variables)
        for place, kernel in enumerate(self.kernels.items, first):
            generator = self.kernels.generator(place)
            if kernel.base is not None:
                base = self.kernels.padded(kernel.base)
                ratio = _ratio(factor, base)
                if ratio is not None:
                    steps = power(generator, kernel.root, self.one)
                    return multiples(self.field.domain.one / ratio, steps)
                if factor == generator:
                    steps = power(generator, kernel.root - 1, self.one)
                    return self.kernels.reduce(product(base, steps))
            if factor == generator and kernel.kind is Kind.EXPONENTIAL:
                return self.kernels.generator(place + 1)
            if factor == generator and kernel.kind is Kind.INVERSE:
                return self.kernels.generator(place - 1)
        return self._new_power(factor, 1)

    def _new_power(self, base: Terms, root: int) -> Terms:
        if self._finished:
            expression = self.kernels.expression(base)
            raise UnsupportedError(
                "Argument `expression` must lie in the ring of functions that was "
                f"built, but it divides by {expression ** Rational(1, root)}. Build "
                "the ring from all the expressions that are to be compared."
            )
        self.kernels.add_power(base, root)
        self._resize()
        return self.kernels.generator(self.kernels.size - 1)

    def _factors(self, element: Terms) -> tuple[Any, list[tuple[Terms, int]]]:
        """The constant and the irreducible factors of an element as a polynomial."""
        element = self.kernels.padded(element)
        if len(element) == 1:
            ((exponents, content),) = element.items()
            generators = enumerate(exponents)
            return content, [(self.kernels.generator(k), e) for k, e in generators if e]
        ring = PolyRing(self.kernels.size * ["x"], self.field.domain)
        content, factors = ring.from_dict(element).factor_list()
        return content, [(dict(factor), count) for factor, count in factors]

    def _split(self, base: Expr, exponents: Sequence[Expr]) -> AngleBasis:
        """Exponents as integer sums of a fraction and few that are no fractions."""
        known = [exponent for exponent, _ in self._general.get(base, [])]
        new = [self._element(exponent) for exponent in exponents]
        basis = angle_basis(
            [{(1,): e} for e in (self.field.domain.one, *known, *new)],
            self.field.domain,
        )
        kept = [next(iter(angle.values())) for angle in basis.angles[1:]]
        if kept[: len(known)] != known:
            raise UnsupportedError(
                "Argument `generators` must not hold a power of which another is a "
                f"fraction inside another function, but {base} has the exponents "
                f"{', '.join(map(str, exponents))}. Write all by the smaller one."
            )
        if self._finished and (len(kept) > len(known) or base not in self._powers):
            raise UnsupportedError(
                "Argument `expression` must lie in the ring of functions that was "
                f"built, but it holds {base} to the power of {exponents[0]}. Build the "
                "ring from all the expressions that are to be compared."
            )
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
            inverse = self._inverse(self.kernels.padded(radicand))
            known.append((exponent, self.kernels.size))
            self.kernels.add_general_power(radicand, inverse, exponent)
            self._resize()
        (part,) = basis.angles[0].values()
        for exponent, row in zip(
            exponents, basis.multiples[-len(exponents) :], strict=True
        ):
            fraction = self.field.expression(part) * row.get(0, 0)
            found = self._argument(Pow(base, fraction))
            for (_, place), k in zip(known, range(1, 1 + len(known)), strict=True):
                n = row.get(k, 0)
                generator = self.kernels.generator(place if n > 0 else place + 1)
                found = product(found, power(generator, abs(n), self.one))
            self._values[Pow(base, exponent)] = self.kernels.reduce(found)

    def _compare_bases(self, bases: Sequence[Terms]) -> None:
        """Doubt powers of bases that may be products of each other."""
        seen: list[Terms] = []
        for base in bases:
            _, factors = self._factors(base)
            plain = all(not any(e[len(self.variables) :]) for e in base)
            if not plain or len(factors) > 1 or factors[0][0] in seen:
                self.kernels.doubts.append(
                    f"powers of {self.kernels.expression(base)} are not known to be "
                    "independent of the other powers with such exponents (write the "
                    "power of a product as a product of powers)"
                )
            seen += [factor for factor, _ in factors]

    def _add_angles(self, nodes: Sequence[Expr]) -> None:
        turns = self._multiples(nodes, self._circles, self.kernels.add_circle, "sine")
        for node, (integers, offset) in zip(nodes, turns, strict=True):
            constant = self.field.expression(offset)
            cosine = multiples(self._element(sympy.cos(constant)), self.one)
            sine = multiples(self._element(sympy.sin(constant)), self.one)
            for k, n in integers.items():
                place = self._circles[k][1]
                c, s = map(self.kernels.generator, (place, place + 1))
                s = s if n > 0 else multiples(-self.field.domain.one, s)
                for _ in range(abs(n)):
                    cosine, sine = self._turned(cosine, sine, c, s)
            self._values[node] = self._quotient(node.func, cosine, sine)

    def _turned(
        self, cosine: Terms, sine: Terms, c: Terms, s: Terms
    ) -> tuple[Terms, Terms]:
        """The cosine and the sine of a sum of angles."""
        minus = multiples(-self.field.domain.one, s)
        turned_cosine = accumulate(product(cosine, c), product(sine, minus).items())
        turned_sine = accumulate(product(sine, c), product(cosine, s).items())
        return self.kernels.reduce(turned_cosine), self.kernels.reduce(turned_sine)

    def _quotient(self, function: type[Expr], cosine: Terms, sine: Terms) -> Terms:
        """One of the six trigonometric functions, or of their hyperbolic likes."""
        numerators = {
            **dict.fromkeys((sympy.sin, sympy.tan, sympy.sinh, sympy.tanh), sine),
            **dict.fromkeys((sympy.cos, sympy.cot, sympy.cosh), cosine),
        }
        denominators = {
            **dict.fromkeys((sympy.tan, sympy.sec, sympy.tanh), cosine),
            **dict.fromkeys((sympy.cot, sympy.csc), sine),
        }
        found = numerators.get(function, self.one)
        if function in denominators:
            inverse = self._inverse(denominators[function])
            found = product(self.kernels.padded(found), inverse)
        return self.kernels.reduce(found)

    def _add_exponentials(self, nodes: Sequence[Expr]) -> None:
        add = self.kernels.add_exponential
        rises = self._multiples(nodes, self._exponentials, add, "exponential")
        for node, (integers, offset) in zip(nodes, rises, strict=True):
            constant = self._element(sympy.exp(self.field.expression(offset)))
            up = multiples(constant, self.one)
            down = multiples(self.field.domain.one / constant, self.one)
            for k, n in integers.items():
                place = self._exponentials[k][1]
                pair = place, place + 1
                above, below = map(
                    self.kernels.generator, pair if n > 0 else pair[::-1]
                )
                up = product(up, power(above, abs(n), self.one))
                down = product(down, power(below, abs(n), self.one))
            half = self.field.domain.one / 2
            cosine = accumulate(multiples(half, up), multiples(half, down).items())
            sine = accumulate(multiples(half, up), multiples(-half, down).items())
            exponential = node.func is sympy.exp
            self._values[node] = (
                up if exponential else self._quotient(node.func, cosine, sine)
            )

    def _multiples(
        self,
        nodes: Sequence[Expr],
        known: list[tuple[Terms, int]],
        add: Callable[[Terms], None],
        what: str,
    ) -> list[tuple[dict[int, int], Any]]:
        """Every argument as an integer sum of few, which become kernels."""
        if not nodes:
            return []
        earlier = [self.kernels.padded(angle) for angle, _ in known]
        basis = angle_basis(
            [*earlier, *(self._argument(node.args[0]) for node in nodes)],
            self.field.domain,
        )
        if basis.angles[: len(known)] != tuple(earlier):
            raise UnsupportedError(
                f"Argument `generators` must not hold the {what} of a fraction of an "
                f"angle inside another function than its own, but one of {nodes} is. "
                "Write all in terms of the smaller angle."
            )
        if self._finished and len(basis.angles) > len(known):
            raise UnsupportedError(
                "Argument `expression` must lie in the ring of functions that was "
                f"built, but it holds {', '.join(map(str, nodes))}. Build the ring "
                "from all the expressions that are to be compared."
            )
        for angle in basis.angles[len(known) :]:
            known.append((angle, self.kernels.size))
            add(self.kernels.reduce(self.kernels.padded(angle)))
        self._resize()
        count = len(earlier)
        return list(zip(basis.multiples[count:], basis.offsets[count:], strict=True))

    def _add_logarithms(self, nodes: Sequence[Expr]) -> None:
        seen: list[Terms] = []
        for node in nodes:
            argument = self._argument(node.args[0])
            _, factors = self._factors(argument)
            plain = all(not any(e[len(self.variables) :]) for e in argument)
            shared = any(factor in seen for factor, _ in factors)
            seen += [factor for factor, _ in factors]
            if len(nodes) > 1 and (shared or not plain or len(factors) > 1):
                self.kernels.doubts.append(
                    f"{node} is not known to be independent of the other logarithms "
                    "(write the logarithm of a product as a sum of logarithms)"
                )
            self._add_free(node, [(node.args[0], self._inverse(argument))])

    def _add_inverse_function(self, node: Expr) -> None:
        if any(kernel.expression.func in _INVERSE for kernel in self.kernels.items):
            self.kernels.doubts.append(
                f"{node} is not known to be independent of the other inverse functions"
            )
        if isinstance(node, sympy.atan2):
            y, x = map(self._argument, node.args)
            square = accumulate(product(x, x), product(y, y).items())
            inverse = self._inverse(self.kernels.reduce(square))
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
            slope = self._inverse(radicand)
        else:
            slope = self._root(radicand, 2)
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
        self._resize()
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


def _ratio(f: Terms, g: Terms) -> Any:  # noqa: ANN401
    """The constant c with f = c g; None if there is none."""
    if f.keys() != g.keys():
        return None
    ratios = [f[exponents] / g[exponents] for exponents in f]
    return ratios[0] if all(ratio == ratios[0] for ratio in ratios) else None


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
