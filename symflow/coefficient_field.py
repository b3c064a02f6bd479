r"""Coefficient field: the numbers and parameters by which functions are multiplied.

Takes the expressions that somebody uses, gives the smallest field that holds their
constants, and reads constants into it.

.. math:: K = \mathbb{Q}(\sqrt 2, \dots)(m, k, \dots, \pi, e, \tan\tfrac12, \dots)

Constants that are no algebraic numbers are generators of a field of rational functions, as
parameters are, where they are known to be independent: exponentials, sines and cosines of
fractions by the theorem of Lindemann and Weierstrass, or a single one of pi and the
logarithms. A sine and a cosine are rational in the tangent of half the angle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from functools import reduce
from math import lcm, prod
from typing import Any

import sympy
from sympy import (
    QQ,
    Add,
    Expr,
    Float,
    Function,
    Integer,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Symbol,
    pi,
    preorder_traversal,
)
from sympy.polys.domains.domain import Domain
from sympy.polys.fields import FracElement
from sympy.polys.polyerrors import CoercionFailed
from sympy.polys.rings import PolyElement

from symflow.errors import UnsupportedError
from symflow.terms import Terms

__all__ = ["CoefficientField", "check_roots", "exact_number"]

# A float within this relative distance of a fraction with a small denominator is read as
# that fraction: 0.1 + 0.2 and 0.3 are then one number, and an irrational stays itself.
_FLOAT_TOLERANCE = Fraction(1, 10**14)
_FLOAT_DENOMINATOR = 10**4

# The time to find a primitive element grows beyond bounds with the field's degree.
_MAXIMUM_DEGREE = 16
_TRIAL_DIVISORS = 10**4

_CIRCULAR = (sympy.sin, sympy.cos, sympy.tan)
_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh)

Element = Any


def exact_number(value: Float) -> Rational:
    """The fraction that a float coefficient stands for.

    Arguments:
        value: A SymPy float.

    Returns:
        The nearest fraction with denominator at most 10^4 if the float is that fraction
        to fourteen digits, else the float's own binary value.

    Example:
        >>> exact_number(Float(0.1 + 0.2))
        3/10
    """
    binary = Fraction(*Rational(value).as_numer_denom())
    near = binary.limit_denominator(_FLOAT_DENOMINATOR)
    close = abs(near - binary) <= _FLOAT_TOLERANCE * abs(binary)
    chosen = near if close else binary
    return Rational(chosen.numerator, chosen.denominator)


class CoefficientField:
    r"""The smallest field that holds the constants of some expressions.

    .. math:: K \supset \mathbb{Q}

    Arguments:
        parameters: The symbols that stand for constants.
        expressions: The expressions; symbols that are no parameters are variables.

    Raises:
        UnsupportedError: If constants appear whose algebraic independence is not known,
            or a root of a sum of parameters, or roots whose field is too large.

    Example:
        >>> m, x = Symbol("m"), Symbol("x")
        >>> field = CoefficientField([m], [m * x / 3, sympy.sqrt(2)])
        >>> field.domain
        QQ<sqrt(2)>(m)
        >>> field.expression(field.element(1 / m))
        1/m

    Reference:
        Baker, Transcendental Number Theory, theorem 1.4 (Lindemann and Weierstrass).
    """

    def __init__(
        self, parameters: Iterable[Symbol], expressions: Iterable[Expr]
    ) -> None:
        used = _Constants(parameters)
        for expression in expressions:
            used.collect(expression)
        algebraic: Domain = QQ
        if used.surds:
            _check_degree(used.surds)
            algebraic = QQ.algebraic_field(*sorted(used.surds, key=str))
        generators = used.generators()
        self.domain: Domain = algebraic
        if generators:
            self.domain = algebraic.frac_field(*generators)
        #: Whether every constant is an algebraic number or a parameter.
        self.is_plain = not used.circular and not used.exponential and not used.roots
        self._used = used
        # Roots are found by their minimal polynomials, which takes a while.
        self._elements: dict[Expr, Element] = {}

    def element(self, expression: Expr) -> Element:
        """A constant as an element of the field.

        Arguments:
            expression: An expression without variables.

        Returns:
            The element; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the field does not hold it.
        """
        if expression in self._elements:
            return self._elements[expression]
        try:
            if self.is_plain and not expression.has(Float):
                value = self.domain.from_sympy(expression)
            else:
                value = self._read(expression)
        except (CoercionFailed, ValueError, TypeError, NotImplementedError):
            raise UnsupportedError(
                "Argument `generators` must have coefficients made of fractions, "
                "roots, declared parameters and elementary functions of fractions, "
                f"but {expression} is not one in {self.domain}. Declare a parameter in "
                "its place."
            ) from None
        self._elements[expression] = value
        return value

    def lowered(self, terms: Terms) -> Terms:
        """A polynomial with coefficients as polynomials, but for quotients of parameters.

        A fraction is brought to lowest terms after every operation, which takes most of
        the time of a bracket, and mostly there is nothing to bring to lowest terms, or
        numbers alone.

        Arguments:
            terms: The polynomial over the field.

        Returns:
            The same polynomial; the coefficients multiply and add as before.
        """
        if not self.domain.is_FractionField:
            return terms
        return {
            exponents: _whole(value) if isinstance(value, FracElement) else value
            for exponents, value in terms.items()
        }

    def raised(self, terms: Terms) -> Terms:
        """A polynomial with all coefficients in the field again.

        Arguments:
            terms: The polynomial, as `lowered` and arithmetic left it.

        Returns:
            The same polynomial over the field.
        """
        if not self.domain.is_FractionField:
            return terms
        return {
            exponents: value
            if isinstance(value, FracElement)
            else self._quotient(value)
            for exponents, value in terms.items()
        }

    def _quotient(self, value: PolyElement) -> FracElement:
        """A polynomial as the fraction that arithmetic in the field makes of it."""
        field = self.domain.field
        if field.domain is not QQ:
            return field.raw_new(value)
        below, above = value.clear_denoms()
        return field.raw_new(above, field.ring.ground_new(below))

    def expression(self, element: Element) -> Expr:
        """An element as a SymPy expression.

        Arguments:
            element: An element of the domain.

        Returns:
            The expression.
        """
        return self.domain.to_sympy(element)

    def _read(self, expression: Expr) -> Element:
        domain, read = self.domain, self._read
        if isinstance(expression, Float):
            return domain.from_sympy(exact_number(expression))
        if isinstance(expression, Add):
            return reduce(lambda a, b: a + b, map(read, expression.args))
        if isinstance(expression, Mul):
            return reduce(lambda a, b: a * b, map(read, expression.args))
        if isinstance(expression, Symbol):
            root = self._used.roots.get(expression, 1)
            return domain.from_sympy(expression ** Rational(1, root)) ** root
        if isinstance(expression, Pow):
            base, exponent = expression.args
            if exponent.is_Integer:
                return _integer_power(read(base), int(exponent), domain.one)
            if base in self._used.roots:
                root = self._used.roots[base]
                generator = domain.from_sympy(base ** Rational(1, root))
                return _integer_power(generator, int(exponent * root), domain.one)
        if expression == sympy.E or isinstance(expression, sympy.exp | Function):
            return self._function(expression)
        return domain.from_sympy(expression)

    def _function(self, expression: Expr) -> Element:
        domain = self.domain
        kind, angle = _elementary(expression)
        split = _multiple(angle)
        if split is None or kind not in (*_CIRCULAR, *_HYPERBOLIC, sympy.exp):
            return domain.from_sympy(expression)
        multiple, unit = split
        if kind in _CIRCULAR:
            parts = self._used.circular[unit]
            half = domain.from_sympy(sympy.tan(unit / (2 * parts)))
            n = int(multiple * parts)
            square = 1 + half**2
            cosine, sine = _turn(domain, (1 - half**2) / square, 2 * half / square, n)
            return _part(kind, sine, cosine)
        parts = self._used.exponential[unit]
        base = domain.from_sympy(sympy.exp(unit / parts))
        up = _integer_power(base, int(multiple * parts), domain.one)
        down = domain.one / up
        if kind is sympy.exp:
            return up
        return _part(kind, (up - down) / 2, (up + down) / 2)


class _Constants:
    """What the constants of expressions are made of."""

    def __init__(self, parameters: Iterable[Symbol]) -> None:
        self.declared = tuple(parameters)
        self.parameters: set[Symbol] = set()
        self.surds: set[Expr] = set()
        self.roots: dict[Symbol, int] = {}  # the roots taken of a parameter
        # The parts into which an angle (1, or a parameter) is divided.
        self.circular: dict[Expr, int] = {}
        self.exponential: dict[Expr, int] = {}
        self.others: set[Expr] = set()  # pi, and logarithms

    def collect(self, expression: Expr) -> None:
        nodes = preorder_traversal(expression)
        for node in nodes:
            if isinstance(node, Symbol):
                if node in self.declared:
                    self.parameters.add(node)
            elif isinstance(node, Pow):
                if not isinstance(node.exp, Integer) and self._is_constant(node):
                    self._power(node)
            elif isinstance(node, NumberSymbol | Function) and self._is_constant(node):
                self._function(node)
                nodes.skip()

    def generators(self) -> list[Expr]:
        numbers = [*self.circular, *self.exponential]
        doubtful = [*self.others, *(n for n in numbers if n == 1)]
        if len(self.others) > 1 or (self.others and len(doubtful) > 1):
            listed = ", ".join(sorted(map(str, self.others)))
            raise UnsupportedError(
                "Argument `generators` must hold constants that are known to be "
                f"algebraically independent, but that is not known of {listed} "
                "together with the others. Declare parameters in their place."
            )
        return [
            *(
                m ** Rational(1, self.roots.get(m, 1))
                for m in self.declared
                if m in self.parameters
            ),
            *(sympy.tan(unit / (2 * n)) for unit, n in _sorted(self.circular)),
            *(sympy.exp(unit / n) for unit, n in _sorted(self.exponential)),
            *sorted(self.others, key=str),
        ]

    def _is_constant(self, node: Expr) -> bool:
        return not node.free_symbols.difference(self.declared)

    def _power(self, node: Pow) -> None:
        base, exponent = node.args
        if exponent.is_Rational and base.is_number:
            if base == sympy.E:
                self._function(node)
            else:
                self.surds.add(node)
        elif exponent.is_Rational and isinstance(base, Symbol):
            self.roots[base] = lcm(self.roots.get(base, 1), int(exponent.q))
        else:
            raise UnsupportedError(
                "Argument `generators` must hold roots of numbers and of single "
                f"parameters, but {node} is none. Declare a parameter in its place."
            )

    def _function(self, node: Expr) -> None:
        if node == pi:
            self.others.add(node)
            return
        kind, angle = _elementary(node)
        split = _multiple(angle)
        if split is not None and kind in (*_CIRCULAR, *_HYPERBOLIC, sympy.exp):
            multiple, unit = split
            parts = self.circular if kind in _CIRCULAR else self.exponential
            parts[unit] = lcm(parts.get(unit, 1), int(multiple.q))
        elif kind is sympy.log and (angle.is_Rational or isinstance(angle, Symbol)):
            self.others.add(node)
        elif node.is_algebraic:
            self.surds.add(node)
        else:
            raise UnsupportedError(
                "Argument `generators` must hold elementary functions of fractions and "
                f"of single parameters as constants, but {node} is none. Declare a "
                "parameter in its place."
            )


def _whole(value: FracElement) -> FracElement | PolyElement:
    """A fraction with a number below as a polynomial; any other as it is."""
    below = value.denom
    if not below.is_ground:
        return value
    return value.numer if below == 1 else value.numer.quo_ground(below.LC)


def _elementary(node: Expr) -> tuple[Callable[[Expr], Expr], Expr]:
    """The function and its argument, with E and its powers as exponentials."""
    if node == sympy.E:
        return sympy.exp, Integer(1)
    if isinstance(node, Pow):
        return sympy.exp, node.exp
    return node.func, node.args[0]


def _multiple(angle: Expr) -> tuple[Rational, Expr] | None:
    """The angle as a fraction of one or of a parameter."""
    multiple, unit = angle.as_coeff_Mul()
    if multiple.is_Rational and (unit == 1 or isinstance(unit, Symbol)):
        return multiple, unit
    return None


def check_roots(values: Iterable[Expr], argument: str) -> None:
    r"""Refuse numbers whose roots may make a field of a degree that nobody waits for.

    .. math:: [\mathbb{Q}(\sqrt[m]{a}, \sqrt[n]{b}) : \mathbb{Q}] \le m n

    Arguments:
        values: The numbers.
        argument: The name of the argument that they stand in, for the message.

    Raises:
        UnsupportedError: If the degree may be above 16.

    Example:
        >>> check_roots([sympy.sqrt(2) + sympy.cbrt(3)], "M")
    """
    powers = {root for value in values for root in value.atoms(Pow)}
    _check_degree(
        {root for root in powers if root.is_number and _is_root(root)}, argument
    )


def _is_root(power: Pow) -> bool:
    return bool(power.exp.is_Rational and not power.exp.is_Integer)


def _check_degree(surds: Collection[Expr], argument: str = "generators") -> None:
    """Refuse roots whose field may be of a degree that nobody waits for."""
    roots: dict[Expr, int] = {}
    for surd in surds:
        if not isinstance(surd, Pow):
            angle = surd.args[0] / pi
            roots[surd] = int(angle.q) if angle.is_Rational else 1
            continue
        base, exponent = surd.args
        # Roots of products lie among the roots of the factors.
        factors = [base]
        if isinstance(base, Rational):
            factors = [
                prime
                for number in (abs(base.p), base.q)
                for prime in sympy.factorint(number, limit=_TRIAL_DIVISORS)
            ]
        for factor in factors:
            roots[factor] = lcm(roots.get(factor, 1), int(exponent.q))
    degree = prod(roots.values())
    if degree > _MAXIMUM_DEGREE:
        raise UnsupportedError(
            f"Argument `{argument}` must hold roots that make a field of degree at most "
            f"{_MAXIMUM_DEGREE}, but these may make one of degree {degree}. Declare "
            "parameters in their place."
        )


def _part(kind: Callable[[Expr], Expr], sine: Element, cosine: Element) -> Element:
    if kind in (sympy.sin, sympy.sinh):
        return sine
    return cosine if kind in (sympy.cos, sympy.cosh) else sine / cosine


def _sorted(parts: dict[Expr, int]) -> Iterator[tuple[Expr, int]]:
    yield from sorted(parts.items(), key=lambda item: str(item[0]))


def _integer_power(element: Element, exponent: int, one: Element) -> Element:
    positive = element ** abs(exponent) if exponent else one
    return one / positive if exponent < 0 else positive


def _turn(
    domain: Domain, cosine: Element, sine: Element, n: int
) -> tuple[Element, Element]:
    """The cosine and the sine of n times the angle."""
    c, s = domain.one, domain.zero
    for _ in range(abs(n)):
        c, s = c * cosine - s * sine, s * cosine + c * sine
    return c, (s if n >= 0 else -s)
