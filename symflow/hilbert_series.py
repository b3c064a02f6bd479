r"""Hilbert series: how many invariants there are in each degree, exactly.

Takes the weights and positive roots of a semisimple algebra, gives the dimensions of the
spaces of invariants, and their generating function as a rational function.

.. math:: H(t) = \sum_d \dim K[V]^{\mathfrak g}_d \, t^d = \oint
    \frac{\prod_{\alpha > 0} (1 - e^{\alpha})}{\prod_i (1 - t \, e^{\lambda_i})}

The poles are roots of unity whose orders divide the degrees of the extreme rays of
:math:`\{a \ge 0 : \sum_i a_i \lambda_i = 0\}`, and none has a higher order than there are
independent invariants. So the numerator is a polynomial of known degree, and finitely many
dimensions give it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import gcd, lcm

import flint
from sympy import QQ, Poly, Symbol, cyclotomic_poly, divisors

from symflow.linear_algebra import nullspace
from symflow.weights import WeightSystem

__all__ = ["HilbertSeries", "hilbert_series", "invariant_dimensions"]

_MOST_TERMS = 3_000_000


def invariant_dimensions(system: WeightSystem, degree: int) -> list[int]:
    r"""The dimensions of the spaces of invariants, from degree 0 on.

    .. math:: \dim K[V]_d^{\mathfrak g} = [e^0] \, \prod_{\alpha > 0} (1 - e^\alpha) \,
        \operatorname{ch} S^d V

    Arguments:
        system: The weights and positive roots.
        degree: The highest degree.

    Returns:
        One dimension for each degree up to this one.

    Example:
        >>> vector = WeightSystem(((2,), (0,), (-2,)) * 2, ((2,),), 1, 7)
        >>> invariant_dimensions(vector, 4)
        [1, 0, 3, 0, 6]

    Reference:
        Derksen and Kemper, Computational Invariant Theory, section 4.6.
    """
    characters: list[dict[tuple[int, ...], int]] = [{} for _ in range(degree + 1)]
    characters[0] = {(0,) * _width(system): 1}
    for weight in system.weights:
        for d in range(1, degree + 1):
            here = characters[d]
            for place, number in characters[d - 1].items():
                moved = tuple(map(int.__add__, place, weight))
                here[moved] = here.get(moved, 0) + number
    numerator = _denominator_of_weyl(system)
    return [
        sum(
            sign * character.get(tuple(-x for x in place), 0)
            for place, sign in numerator.items()
        )
        for character in characters
    ]


def _width(system: WeightSystem) -> int:
    return len(system.weights[0]) if system.weights else 0


def _denominator_of_weyl(system: WeightSystem) -> dict[tuple[int, ...], int]:
    total = {(0,) * _width(system): 1}
    for root in system.roots:
        grown = dict(total)
        for place, sign in total.items():
            moved = tuple(map(int.__add__, place, root))
            grown[moved] = grown.get(moved, 0) - sign
        total = {place: sign for place, sign in grown.items() if sign}
    return total


@dataclass(frozen=True)
class HilbertSeries:
    r"""A Hilbert series as a fraction of polynomials in t, lowest power first.

    .. math:: H(t) = N(t) / D(t)

    Arguments:
        numerator: The coefficients of N.
        denominator: The coefficients of D, of which the first is one.
    """

    numerator: tuple[int, ...]
    denominator: tuple[int, ...]

    def times(self, degrees: Sequence[int]) -> tuple[int, ...] | None:
        r"""The series times :math:`\prod_i (1 - t^{d_i})`, if that is a polynomial.

        Arguments:
            degrees: The degrees :math:`d_i`.

        Returns:
            Its coefficients, lowest power first, or None.

        Example:
            >>> HilbertSeries((1,), (1, 0, -1)).times([2])
            (1,)
        """
        top = flint.fmpz_poly(list(self.numerator))
        for d in degrees:
            top = top * flint.fmpz_poly([1, *[0] * (d - 1), -1])
        quotient, rest = divmod(top, flint.fmpz_poly(list(self.denominator)))
        return None if rest else tuple(int(c) for c in quotient.coeffs())

    def coefficients(self, degree: int) -> list[int]:
        """The dimensions that the series stands for.

        Arguments:
            degree: The highest degree.

        Returns:
            The first coefficients of its expansion.

        Example:
            >>> HilbertSeries((1,), (1, 0, -1)).coefficients(4)
            [1, 0, 1, 0, 1]
        """
        found: list[int] = []
        for k in range(degree + 1):
            # D(0) = 1, so the coefficient of t^k in N = H D gives that of H.
            value = self.numerator[k] if k < len(self.numerator) else 0
            for j, x in enumerate(self.denominator[1 : k + 1], start=1):
                value -= x * found[k - j]
            found.append(value)
        return found


def hilbert_series(system: WeightSystem, most: int) -> HilbertSeries | None:
    r"""The Hilbert series of the invariants, exactly.

    Arguments:
        system: The weights and positive roots.
        most: A bound of the number of independent invariants.

    Returns:
        The series, or None if it would take too many terms.

    Example:
        >>> vector = WeightSystem(((2,), (0,), (-2,)) * 2, ((2,),), 1, 7)
        >>> hilbert_series(vector, 3).times([2, 2, 2])
        (1,)

    Reference:
        Stanley, Enumerative Combinatorics 1, theorems 4.5.11 and 4.5.13; Kempf,
        Lecture Notes in Mathematics 732, 192 (1979).
    """
    orders = sorted({k for degree in _ray_degrees(system) for k in divisors(degree)})
    denominator = flint.fmpz_poly([1])
    t = Symbol("t")
    for k in orders:
        # The first cyclotomic polynomial is t - 1; its sign makes D(0) = 1.
        factor = [int(c) for c in reversed(Poly(cyclotomic_poly(k, t), t).all_coeffs())]
        factor = [-c for c in factor] if k == 1 else factor
        denominator = denominator * flint.fmpz_poly(factor) ** most
    degree = denominator.degree()
    spread = max((sum(map(abs, w)) for w in system.weights), default=0)
    if degree * (2 * degree * spread + 1) ** _width(system) > _MOST_TERMS:
        return None
    dimensions = invariant_dimensions(system, degree)
    series = flint.fmpz_poly(dimensions) * denominator
    numerator = [int(series[k]) for k in range(degree + 1)]
    return HilbertSeries(tuple(numerator), tuple(int(c) for c in denominator.coeffs()))


def _ray_degrees(system: WeightSystem) -> set[int]:
    """The degrees of the extreme rays of the cone of monomials of weight zero."""
    distinct = sorted(set(system.weights))
    found = set()
    for number in range(1, min(len(distinct), _width(system) + 1) + 1):
        for chosen in combinations(distinct, number):
            rows = [
                {k: QQ(w[i]) for k, w in enumerate(chosen) if w[i]}
                for i in range(_width(system))
            ]
            kernel = nullspace(rows, number)
            if len(kernel) != 1 or len(kernel[0]) != number:
                continue
            scale = lcm(*(int(x.denominator) for x in kernel[0].values()))
            ray = [int(x * scale) for x in kernel[0].values()]
            if min(ray) > 0 or max(ray) < 0:
                common = gcd(*ray)
                found.add(abs(sum(ray)) // common)
    return found
