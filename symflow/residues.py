r"""Residues: a field of coefficients seen modulo a prime.

Takes a field of numbers and parameters, gives a map of its elements to the integers modulo
a prime, by which ranks are bounded from below and powers are told from non-powers.

.. math:: K \supset \mathcal{O} \to \mathbb{F}_p

Parameters go to random residues and an algebraic number to a root of its minimal
polynomial, so sums and products are kept wherever no denominator vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

import flint
from sympy import QQ, primerange
from sympy.polys.domains.domain import Domain
from sympy.polys.fields import FracElement
from sympy.polys.rings import PolyElement

from symflow.terms import Monomial, Terms

__all__ = ["Residues"]

_FIRST_PRIME = 1_000_003
_LAST_PRIME = 1_400_000


class Residues:
    r"""A specialisation of a field modulo a prime.

    .. math:: a / b \mapsto a \, b^{-1} \mod p

    Arguments:
        domain: The field: the rationals, a number field, or rational functions on them.
        order: What p - 1 must be divisible by, for roots of unity to exist.
        random: The source of the parameters' residues.

    Example:
        >>> residues = Residues(QQ, 2, Random(1))
        >>> residues.element(QQ(1, 2)) * 2 % residues.prime
        1

    Reference:
        von zur Gathen and Gerhard, Modern Computer Algebra, chapter 5.
    """

    def __init__(self, domain: Domain, order: int, random: Random) -> None:
        self._constants = domain.domain if domain.is_FractionField else domain
        self.prime, self._root = self._place(order)
        symbols = domain.symbols if domain.is_FractionField else ()
        self._parameters = [random.randrange(1, self.prime) for _ in symbols]

    def _place(self, order: int) -> tuple[int, int]:
        """A prime, and a root of the number field's polynomial modulo it."""
        for prime in primerange(_FIRST_PRIME, _LAST_PRIME):
            if (prime - 1) % order:
                continue
            if self._constants is QQ:
                return prime, 0
            minimal = self._constants.mod.to_list()
            roots = _roots([_fraction(c, prime) for c in minimal], prime)
            if roots:
                return prime, roots[0]
        raise AssertionError  # Chebotarev: one prime in (degree)! splits

    def element(self, value: Any) -> int:  # noqa: ANN401
        """The residue of an element of the field.

        Arguments:
            value: The element.

        Returns:
            Its residue, from zero to p - 1.

        Raises:
            ZeroDivisionError: If a denominator vanishes modulo the prime.
        """
        if isinstance(value, FracElement):
            below = _inverse(self._polynomial(value.denom), self.prime)
            return self._polynomial(value.numer) * below % self.prime
        return self._number(value)

    def value(self, polynomial: Terms, point: Sequence[int]) -> int:
        """The residue of a polynomial's value.

        Arguments:
            polynomial: Its terms over the field.
            point: The residue of each variable.

        Returns:
            The residue of the value.

        Raises:
            ZeroDivisionError: If a coefficient has no residue.
        """
        return self._evaluated(polynomial.items(), self.element, point)

    def _polynomial(self, polynomial: PolyElement) -> int:
        """The residue of a numerator or denominator, at the parameters' residues."""
        return self._evaluated(polynomial.terms(), self._number, self._parameters)

    def _evaluated(
        self,
        terms: Iterable[tuple[Monomial, Any]],
        residue_of: Callable[[Any], int],
        point: Sequence[int],
    ) -> int:
        total = 0
        for exponents, coefficient in terms:
            term = residue_of(coefficient)
            for residue, exponent in zip(point, exponents, strict=False):
                if exponent:
                    term = term * pow(residue, exponent, self.prime) % self.prime
            total += term
        return total % self.prime

    def _number(self, value: Any) -> int:  # noqa: ANN401
        if self._constants is QQ:
            return _fraction(value, self.prime)
        total = 0
        for coefficient in value.to_list():
            total = (total * self._root + _fraction(coefficient, self.prime)) % (
                self.prime
            )
        return total


def _fraction(value: Any, prime: int) -> int:  # noqa: ANN401
    below = _inverse(int(value.denominator), prime)
    return int(value.numerator) * below % prime


def _inverse(value: int, prime: int) -> int:
    if not value % prime:
        raise ZeroDivisionError
    return pow(value, -1, prime)


def _roots(coefficients: Sequence[int], prime: int) -> list[int]:
    """The roots modulo a prime of a polynomial given from its highest coefficient."""
    polynomial = flint.nmod_poly(list(reversed(coefficients)), prime)
    _, factors = polynomial.factor()
    return sorted(
        int(-factor[0] / factor[1]) % prime
        for factor, _ in factors
        if factor.degree() == 1
    )
