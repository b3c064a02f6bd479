r"""Polynomial terms: what an expression has for each monomial, read in one pass.

Takes an expression, gives its coefficients by monomials, if it is a polynomial. A monomial
is the sorted tuple of its coordinates, each as often as it occurs.

.. math:: 3 x^2 y - \tfrac{1}{2} \mapsto \{(0, 0, 1): 3, \; (): -\tfrac{1}{2}\}

Coefficients stay exact. Products and powers of sums are multiplied out, which loses digits
if they are then evaluated so; the reader says whether it had to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import sympy
from sympy import Expr, Symbol

__all__ = ["Number", "PolynomialTerms", "Terms", "rounded"]

Number: TypeAlias = int | Fraction | Expr
Terms: TypeAlias = dict[tuple[int, ...], Number]

_MOST_TERMS = 256  # of a product of sums; longer ones are left as they are written
_LONGEST = 16  # factors of a monomial; higher powers are squared again and again


@dataclass(frozen=True)
class PolynomialTerms:
    """A polynomial, and whether it was written as the sum of its terms.

    Arguments:
        terms: The coefficients, none of them zero, by monomials.
        expanded: Whether no product had to be multiplied out.

    Example:
        >>> x, y = sympy.symbols("x y", real=True)
        >>> PolynomialTerms.read(2 * x**2 - y / 3, {x: 0, y: 1}).terms
        {(0, 0): 2, (1,): Fraction(-1, 3)}
        >>> PolynomialTerms.read((x - y) ** 2, {x: 0, y: 1}).expanded
        False
        >>> PolynomialTerms.read(x / y, {x: 0, y: 1}) is None
        True
    """

    terms: Terms
    expanded: bool

    @classmethod
    def read(
        cls, expression: object, positions: Mapping[Symbol, int]
    ) -> PolynomialTerms | None:
        """The terms of an expression, or None if it is no polynomial in the symbols.

        Arguments:
            expression: Anything.
            positions: The coordinate that each symbol is.

        Returns:
            The polynomial or None.
        """
        reader = _Reader(positions)
        terms = reader.read(expression)
        return None if terms is None else cls(terms, reader.expanded)


def rounded(number: Number) -> float:
    """The double nearest to a coefficient.

    Arguments:
        number: An integer, a fraction, or a real SymPy number.

    Returns:
        The number, rounded once.

    Example:
        >>> rounded(Fraction(1, 3)), rounded(sympy.sqrt(2))
        (0.3333333333333333, 1.4142135623730951)
    """
    if isinstance(number, int | Fraction):
        return float(number)
    return float(number.evalf(30))


class _Reader:
    """Reads the terms of one expression and notes whether it multiplied sums out."""

    def __init__(self, positions: Mapping[Symbol, int]) -> None:
        self.positions = positions
        self.expanded = True

    def read(self, expression: object) -> Terms | None:
        """The terms, or None."""
        if isinstance(expression, sympy.Add):
            return self._read_sum(expression)
        monomial: list[int] = []
        weight = self._read_monomial(expression, monomial)
        if weight is not None:
            return {tuple(sorted(monomial)): weight} if weight != 0 else {}
        if isinstance(expression, sympy.Mul):
            return self._read_product(expression)
        if isinstance(expression, sympy.Pow):
            return self._read_power(expression)
        return None

    def _read_sum(self, expression: Expr) -> Terms | None:
        total: Terms = {}
        for part in expression.args:
            monomial: list[int] = []
            weight = self._read_monomial(part, monomial)
            if weight is None:
                terms = self.read(part)
                if terms is None:
                    return None
                for key, value in terms.items():
                    _add(total, key, value)
            else:
                monomial.sort()
                _add(total, tuple(monomial), weight)
        return total

    def _read_monomial(self, part: object, monomial: list[int]) -> Number | None:
        """The coefficient of a term whose coordinates are put into the list, or None."""
        weight: Number = 1
        for factor in part.args if isinstance(part, sympy.Mul) else (part,):
            place = self.positions.get(factor) if isinstance(factor, Symbol) else None
            if place is not None:
                monomial.append(place)
            elif isinstance(factor, sympy.Pow):
                base, exponent = factor.args
                place = self.positions.get(base) if isinstance(base, Symbol) else None
                if place is None or not _is_power(exponent):
                    number = _read_number(factor)
                    if number is None:
                        return None
                    weight = _times(weight, number)
                else:
                    monomial.extend([place] * int(exponent))
            else:
                number = _read_number(factor)
                if number is None:
                    return None
                weight = _times(weight, number)
        return weight

    def _read_product(self, expression: Expr) -> Terms | None:
        total: Terms | None = {(): 1}
        for factor in expression.args:
            terms = self.read(factor)
            if terms is None or total is None:
                return None
            total = self._multiply(total, terms)
        return total

    def _read_power(self, expression: Expr) -> Terms | None:
        base, exponent = expression.args
        if not _is_power(exponent):
            return None
        terms = self.read(base)
        total: Terms | None = {(): 1}
        for _ in range(int(exponent)):
            if terms is None or total is None:
                return None
            total = self._multiply(total, terms)
        return total

    def _multiply(self, left: Terms, right: Terms) -> Terms | None:
        if len(left) * len(right) > _MOST_TERMS:
            return None
        self.expanded = self.expanded and min(len(left), len(right)) < 2
        total: Terms = {}
        for first, weight in left.items():
            for second, other in right.items():
                _add(total, tuple(sorted(first + second)), _times(weight, other))
        return total


def _is_power(exponent: Expr) -> bool:
    return bool(exponent.is_Integer) and 0 < int(exponent) <= _LONGEST


def _read_number(factor: object) -> Number | None:
    """An exact number, or None where it is none, or is not real and finite."""
    if not isinstance(factor, Expr):
        return None
    if factor.is_Integer:
        return int(factor)
    if factor.is_Rational:
        return Fraction(int(factor.p), int(factor.q))
    if not factor.is_number or factor.has(sympy.zoo, sympy.nan, sympy.oo):
        return None
    value = factor.evalf(30)
    return factor if value.is_Float and value.is_finite else None


def _expression(number: Number) -> Expr:
    if isinstance(number, int | Fraction):
        return sympy.Rational(number.numerator, number.denominator)
    return number


def _times(left: Number, right: Number) -> Number:
    if isinstance(left, Expr) or isinstance(right, Expr):
        return _expression(left) * _expression(right)
    return left * right


def _add(total: Terms, monomial: tuple[int, ...], weight: Number) -> None:
    """Adds a term, and takes out one that vanishes."""
    if monomial not in total:
        total[monomial] = weight
        return
    before = total[monomial]
    if isinstance(before, Expr) or isinstance(weight, Expr):
        value: Number = _expression(before) + _expression(weight)
    else:
        value = before + weight
    if value == 0:
        del total[monomial]
    else:
        total[monomial] = value
