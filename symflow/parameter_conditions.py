r"""Parameter conditions: real zeros of polynomials in parameters, under assumptions.

Takes irreducible polynomials, gives the values of a parameter at which they vanish, and
points between these.

.. math:: f(\theta) = 0, \qquad \theta \in \mathbb{R}^k
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sympy import Expr, Mul, Poly, Rational, Symbol, roots

__all__ = ["contradicts", "points_between", "real_zeros"]


def contradicts(symbol: Symbol, value: Expr) -> bool:
    """Whether the assumptions on a parameter exclude a value for certain.

    Arguments:
        symbol: The parameter.
        value: A number, or an expression in other parameters.

    Returns:
        False also where nothing is known.

    Example:
        >>> m1, m2 = Symbol("m1", positive=True), Symbol("m2", positive=True)
        >>> contradicts(m1, -m2), contradicts(m1, m2)
        (True, False)
    """
    return bool(
        (symbol.is_positive and value.is_nonpositive)
        or (symbol.is_negative and value.is_nonnegative)
        or (symbol.is_nonnegative and value.is_negative)
        or (symbol.is_nonpositive and value.is_positive)
        or (symbol.is_zero is False and value.is_zero)
        or (symbol.is_integer and value.is_integer is False)
        or value.is_real is False
    )


def real_zeros(
    factor: Expr, parameters: Sequence[Symbol]
) -> list[dict[Symbol, Expr]] | None:
    r"""The real zeros of an irreducible polynomial that the assumptions allow.

    .. math:: f(\theta) = 0 \iff \theta_k = x(\theta_1, \dots)

    A polynomial in several parameters is solved for one in which it is linear.

    Arguments:
        factor: The polynomial.
        parameters: The parameters that it may hold.

    Returns:
        For each zero the parameter and its value, an expression in the others; none if
        the assumptions exclude all; None if the zeros were not found.

    Example:
        >>> a, b = Symbol("a", real=True), Symbol("b", real=True)
        >>> real_zeros(a**2 - 2, [a])
        [{a: -sqrt(2)}, {a: sqrt(2)}]
        >>> real_zeros(a**2 + 1, [a]), real_zeros(a - b, [a, b])
        ([], [{a: b}])
        >>> real_zeros(a**2 + b**2 - 1, [a, b]) is None
        True
    """
    if factor.is_zero is False:
        return []
    held = [symbol for symbol in parameters if factor.has(symbol)]
    if len(held) == 1:
        found = _real_roots(Poly(factor, held[0], extension=True))
        if found is None:
            return None
        return [{held[0]: x} for x in found if not contradicts(held[0], x)]
    linear = [s for s in held if Poly(factor, s).degree() == 1]
    if not linear:
        return None
    # A parameter with a number before it can be solved for everywhere.
    symbol = min(linear, key=lambda s: not Poly(factor, s).LC().is_number)
    slope, rest = Poly(factor, symbol).all_coeffs()
    value = (-rest / slope).factor()
    return [] if contradicts(symbol, value) else [{symbol: value}]


def _real_roots(poly: Poly) -> list[Expr] | None:
    """The real roots of an irreducible polynomial; None if they are no square roots."""
    if poly.degree() <= 2:
        return sorted(x for x in roots(poly) if x.is_real)
    if poly.domain.is_QQ or poly.domain.is_ZZ:
        return None if poly.count_roots() else []
    return None


def points_between(symbol: Symbol, factors: Sequence[Expr]) -> list[Rational] | None:
    """A rational point in every interval that zero and the zeros of polynomials leave.

    Arguments:
        symbol: The one parameter that the polynomials hold.
        factors: The polynomials.

    Returns:
        The points in increasing order; None if the coefficients are not rational.

    Example:
        >>> a = Symbol("a", real=True)
        >>> points_between(a, [a - 1])
        [-1, 1/2, 2]
    """
    poly = Poly(Mul(symbol, *factors), symbol, extension=True)
    if not (poly.domain.is_QQ or poly.domain.is_ZZ):
        return None
    poly, width = poly.sqf_part(), Rational(1, 10)
    while True:
        intervals = [interval for interval, _ in poly.intervals(eps=width)]
        points = [intervals[0][0] - 1, intervals[-1][1] + 1]
        points += [(a[1] + b[0]) / 2 for a, b in pairwise(intervals)]
        if all(poly.eval(x) != 0 for x in points):
            return [Rational(x) for x in sorted(points)]
        width /= 10
