r"""Separating points: integer points at which polynomials are told apart by their values.

Takes polynomials and products of them, gives their values at points in general position,
modulo a prime or over the integers, and how many of them are independent.

.. math:: \operatorname{rank} \big( f_a(z_k) \big)_{ak} = \dim \operatorname{span}(f_a)

The rank at points is never larger than the dimension, over any field, and modulo a prime
never larger than over the integers. So independence that is seen is proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from random import Random

import flint
import numpy as np
from numpy.typing import NDArray

from symflow.terms import Monomial

__all__ = [
    "IntegerPolynomial",
    "IntegerTerms",
    "SeparatingPoints",
    "independent_rows",
    "integer_rank",
]

# The coefficients of a polynomial by its exponents.
IntegerTerms = dict[Monomial, int]

_SEED = 20191
_COORDINATES = [x for x in range(-40, 41) if x]
_CHUNK = 512


class IntegerPolynomial:
    """A polynomial with integer coefficients, known by its identity.

    Arguments:
        terms: Its coefficients by exponents.

    Example:
        >>> IntegerPolynomial({(1, 2): 5}).value([2, 3])
        90
    """

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = dict(terms)

    @cached_property
    def exponents(self) -> NDArray[np.int64]:
        """The exponents, one row a term."""
        return np.array(list(self.terms), dtype=np.int64)

    def value(self, point: Sequence[int]) -> int:
        """The value at a point.

        Arguments:
            point: One integer for each variable.

        Returns:
            The value.
        """
        total = 0
        for monomial, term in self.terms.items():
            for x, power in zip(point, monomial, strict=True):
                if power:
                    term *= x**power
            total += term
        return total


class SeparatingPoints:
    r"""Points in general position, and the values of polynomials there.

    Arguments:
        size: The number of variables.

    Example:
        >>> points = SeparatingPoints(1)
        >>> points.at_least(3)
        >>> x = IntegerPolynomial({(1,): 1})
        >>> integer_rank([points.values([]), points.values([x]), points.values([x, x])])
        3
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._random = Random(_SEED)  # noqa: S311 (points in general position)
        self._points: list[list[int]] = []
        self._residues: dict[tuple[IntegerPolynomial, int], NDArray[np.int64]] = {}
        self._values: dict[IntegerPolynomial, list[int]] = {}

    def at_least(self, number: int) -> None:
        """Have as many points as this, or more.

        Arguments:
            number: The number of points.
        """
        if number <= len(self._points):
            return
        while len(self._points) < 2 * number:
            point = [self._random.choice(_COORDINATES) for _ in range(self._size)]
            self._points.append(point)
        self._residues.clear()
        self._values.clear()

    def values(self, factors: Sequence[IntegerPolynomial]) -> list[int]:
        """The values of a product over the integers.

        Arguments:
            factors: The factors.

        Returns:
            One value for each point.
        """
        total = [1] * len(self._points)
        for f in factors:
            if f not in self._values:
                self._values[f] = list(map(f.value, self._points))
            total = [a * b for a, b in zip(total, self._values[f], strict=True)]
        return total

    def residues(self, factors: Sequence[IntegerPolynomial], prime: int) -> list[int]:
        """The values of a product modulo a prime below 2^31.5.

        Arguments:
            factors: The factors.
            prime: The prime.

        Returns:
            One residue for each point.
        """
        total = np.ones(len(self._points), dtype=np.int64)
        for f in factors:
            key = f, prime
            if key not in self._residues:
                reduced = [c % prime for c in f.terms.values()]
                self._residues[key] = self._evaluated(
                    f.exponents, np.array(reduced, dtype=np.int64), prime
                )
            total = total * self._residues[key] % prime
        return total.tolist()

    def residues_of(
        self,
        monomials: Sequence[Monomial],
        coefficients: NDArray[np.int64],
        prime: int,
    ) -> list[int]:
        """The values of a combination of monomials modulo a prime.

        Arguments:
            monomials: The monomials.
            coefficients: One residue for each.
            prime: The prime.

        Returns:
            One residue for each point.
        """
        places = np.flatnonzero(coefficients).tolist()
        exponents = np.array([monomials[k] for k in places], dtype=np.int64)
        return self._evaluated(exponents, coefficients[places], prime).tolist()

    def _evaluated(
        self, exponents: NDArray[np.int64], coefficients: NDArray[np.int64], prime: int
    ) -> NDArray[np.int64]:
        points = np.array(self._points, dtype=np.int64) % prime
        total = np.zeros(len(points), dtype=np.int64)
        used = np.flatnonzero(exponents.any(axis=0))
        highest = int(exponents.max(initial=0))
        powers = np.ones((highest + 1, *points.shape), dtype=np.int64)
        for k in range(highest):
            powers[k + 1] = powers[k] * points % prime
        for start in range(0, len(coefficients), _CHUNK):
            part = exponents[start : start + _CHUNK]
            values = np.broadcast_to(
                coefficients[start : start + _CHUNK], (len(points), len(part))
            )
            for i in used:
                values = values * powers[part[:, i], :, i].T % prime
            total = (total + values.sum(axis=1)) % prime
        return total


def independent_rows(
    rows: Sequence[Sequence[int]], prime: int
) -> tuple[list[list[int]], int]:
    """Independent rows that span the same space modulo a prime.

    Arguments:
        rows: At least one row of residues.
        prime: The prime.

    Returns:
        The rows in echelon form, and their number.

    Example:
        >>> independent_rows([[2, 4], [1, 2]], 7)
        ([[1, 2]], 1)
    """
    width = len(rows[0])
    table = list(chain.from_iterable(rows))
    reduced, rank = flint.nmod_mat(len(rows), width, table, prime).rref()
    entries = [int(x) for x in reduced.entries()[: rank * width]]
    return [entries[k * width : (k + 1) * width] for k in range(rank)], rank


def integer_rank(rows: Sequence[Sequence[int]]) -> int:
    """The rank of a matrix of integers.

    Arguments:
        rows: Its rows.

    Returns:
        The rank, exactly.

    Example:
        >>> integer_rank([[2, 4], [1, 2]]), integer_rank([])
        (1, 0)
    """
    if not rows:
        return 0
    table = list(chain.from_iterable(rows))
    return flint.fmpz_mat(len(rows), len(rows[0]), table).rank()
