r"""Modular kernels: the kernel of a sparse integer matrix, modulo primes and lifted.

Takes sparse integer rows, gives the dimension of their kernel modulo a prime, which bounds
the true one from above, and integer vectors of it, verified over the integers.

.. math:: A x = 0 \bmod p_1, p_2, \dots \;\to\; x \in \mathbb{Z}^n, \; A x = 0

Rows that begin in different columns are a triangle as they stand, so most unknowns are
eliminated by substitution, one vector operation a row, and only a small dense core goes to
python-flint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd, isqrt

import flint
import numpy as np
from numpy.typing import NDArray

__all__ = ["ModularKernel", "primes_below"]

IntegerRow = dict[int, int]
Residues = NDArray[np.int64]

# Products of two residues, and sums of residues times small integers, fit in 63 bits.
_LARGEST = 2**31

_MOST_PRIMES = 400


class ModularKernel:
    r"""The kernel of an integer matrix, known modulo a prime until it is lifted.

    .. math:: \dim_{\mathbb{Q}} \ker A \le \dim_{\mathbb{F}_p} \ker A

    Arguments:
        rows: Sparse rows of A.
        columns: Number of columns of A. Solutions are sparsest, and elimination fastest,
            if the first columns are those that are to be expressed by the last.

    Example:
        >>> kernel = ModularKernel([{0: 2, 1: -3}], 2)
        >>> kernel.dimension, kernel.lift([0])
        (1, [{0: 3, 1: 2}])
    """

    def __init__(self, rows: Sequence[Mapping[int, int]], columns: int) -> None:
        self._columns = columns
        unique = {tuple(sorted((j, x) for j, x in row.items() if x)) for row in rows}
        self._rows = [dict(row) for row in sorted(unique) if row]
        self._pivots, self._rest = _triangle(self._rows)
        self._free = [j for j in range(columns) if j not in self._pivots]
        self._primes = primes_below(_LARGEST)
        self._images: list[tuple[int, Residues]] = []
        self._leads: tuple[int, ...] = ()
        self._next_image()

    @property
    def dimension(self) -> int:
        """The dimension modulo a prime: no less than over the rationals."""
        return len(self._leads)

    @property
    def prime(self) -> int:
        """The first prime."""
        return self._images[0][0]

    @property
    def basis(self) -> Residues:
        """A basis modulo the first prime, one vector a row."""
        return self._images[0][1]

    def lift(self, which: Sequence[int]) -> list[IntegerRow]:
        """Vectors of the basis over the integers.

        Arguments:
            which: Their numbers in `basis`.

        Returns:
            Vectors with coprime entries and A x = 0 over the integers; the first entry
            that is not zero is positive.

        Raises:
            ArithmeticError: If the dimension over the rationals is smaller, so that they
                have no counterpart there.
        """
        found: dict[int, IntegerRow] = {}
        product, sums = 1, [[0] * self._columns for _ in which]
        leads = self._leads
        for k in range(_MOST_PRIMES):
            while len(self._images) <= k:
                self._next_image()
            if self._leads != leads:
                break
            prime, basis = self._images[k]
            factor = product * pow(product, -1, prime)
            for place, number in enumerate(which):
                if place not in found:
                    total, image = sums[place], basis[number].tolist()
                    sums[place] = [
                        a + factor * (b - a) for a, b in zip(total, image, strict=True)
                    ]
            product *= prime
            for place in range(len(which)):
                if place in found:
                    continue
                sums[place] = [a % product for a in sums[place]]
                vector = _rational_vector(sums[place], product)
                if vector is not None and self.contains(vector):
                    found[place] = vector
            if len(found) == len(which):
                return [found[place] for place in range(len(which))]
        raise ArithmeticError(
            "The kernel modulo the first prime is larger than over the rationals."
        )

    def contains(self, vector: Mapping[int, int]) -> bool:
        """Whether A x = 0 over the integers.

        Arguments:
            vector: A sparse vector.

        Returns:
            True if every row vanishes on it.
        """
        return not any(
            sum(x * vector[j] for j, x in row.items() if j in vector)
            for row in self._rows
        )

    def _next_image(self) -> None:
        """The kernel modulo one more prime; a prime that enlarges it is passed over."""
        while True:
            prime = next(self._primes)
            if any(row[lead] % prime == 0 for lead, row in self._pivots.items()):
                continue
            leads, basis = self._kernel_modulo(prime)
            if self._images and len(leads) < self.dimension:
                self._images.clear()
            if not self._images:
                self._leads = leads
            if leads == self._leads:
                self._images.append((prime, basis))
                return

    def _kernel_modulo(self, prime: int) -> tuple[tuple[int, ...], Residues]:
        """The columns that are free, and the vectors with one of them one."""
        width = len(self._free)
        values = np.zeros((self._columns, width), dtype=np.int64)
        values[self._free, np.arange(width)] = 1
        for lead in sorted(self._pivots, reverse=True):
            row = self._pivots[lead]
            others = {j: x for j, x in row.items() if j != lead}
            if others:
                inverse = -pow(row[lead], -1, prime)
                total = _combined(others, values, prime)
                values[lead] = total * (inverse % prime) % prime
        core = _dense_kernel(
            [_combined(row, values, prime) for row in self._rest], width, prime
        )
        free, vectors = core
        leads = tuple(self._free[k] for k in free)
        return leads, _product(vectors, values.T, prime)


def _triangle(
    rows: Sequence[IntegerRow],
) -> tuple[dict[int, IntegerRow], list[IntegerRow]]:
    """For each first column the shortest row that begins there, and the other rows."""
    pivots: dict[int, IntegerRow] = {}
    rest = []
    for row in sorted(rows, key=len):
        lead = min(row)
        if lead in pivots:
            rest.append(row)
        else:
            pivots[lead] = row
    return pivots, rest


def _combined(row: IntegerRow, values: Residues, prime: int) -> Residues:
    """The combination of rows of residues that a sparse integer row asks for."""
    places = list(row)
    if sum(map(abs, row.values())) < _LARGEST:
        factors = np.array([row[j] for j in places], dtype=np.int64)
        return factors @ values[places] % prime
    total = np.zeros(values.shape[1], dtype=np.int64)
    for j in places:
        total = (total + row[j] % prime * values[j]) % prime
    return total


def _dense_kernel(
    rows: Sequence[Residues], width: int, prime: int
) -> tuple[list[int], Residues]:
    """The free columns and the kernel, from few rows first: most of them follow."""
    independent = flint.nmod_mat(0, width, prime)
    start, step = 0, width + 8
    kernel = np.eye(width, dtype=np.int64)
    free = list(range(width))
    while start < len(rows) and free:
        chunk = np.array(rows[start : start + step])
        start += step
        broken = _product(chunk, kernel.T, prime).any(axis=1)
        if not broken.any():
            continue
        chunk = chunk[broken]
        table = [*map(int, independent.entries()), *chunk.ravel().tolist()]
        stacked = flint.nmod_mat(independent.nrows() + len(chunk), width, table, prime)
        reduced, rank = stacked.rref()
        entries = np.array([int(x) for x in reduced.entries()], dtype=np.int64)
        matrix = entries.reshape(-1, width)[:rank]
        independent = flint.nmod_mat(rank, width, matrix.ravel().tolist(), prime)
        leads = [int(np.flatnonzero(row)[0]) for row in matrix]
        taken = set(leads)
        free = [j for j in range(width) if j not in taken]
        kernel = np.zeros((len(free), width), dtype=np.int64)
        kernel[np.arange(len(free)), free] = 1
        if free and leads:
            kernel[:, leads] = -matrix[:, free].T % prime
    return free, kernel


def _product(left: Residues, right: Residues, prime: int) -> Residues:
    """The product of two matrices of residues, in halves so that no sum overflows."""
    low, high = left & 0xFFFF, left >> 16
    return ((high @ right % prime << 16) + low @ right) % prime


def _rational_vector(residues: Sequence[int], modulus: int) -> IntegerRow | None:
    """The integer multiple of the fractions that the residues stand for, if short."""
    bound = isqrt(modulus // 2)
    denominator = 1
    numerators: dict[int, int] = {}
    for j, residue in enumerate(residues):
        if not residue:
            continue
        value = residue * denominator % modulus
        if value > modulus // 2:
            value -= modulus
        if abs(value) > bound:
            fraction = _fraction(value % modulus, modulus, bound)
            if fraction is None:
                return None
            value, more = fraction
            denominator *= more
            if denominator > bound:
                return None
            numerators = {i: x * more for i, x in numerators.items()}
        numerators[j] = value
    common = gcd(*numerators.values())
    sign = -1 if numerators[min(numerators)] < 0 else 1
    return {j: sign * x // common for j, x in numerators.items()}


def _fraction(residue: int, modulus: int, bound: int) -> tuple[int, int] | None:
    """The fraction of small numerator and denominator, by Euclid's algorithm."""
    r, s = (modulus, residue), (0, 1)
    while r[1] > bound:
        quotient = r[0] // r[1]
        r = r[1], r[0] - quotient * r[1]
        s = s[1], s[0] - quotient * s[1]
    numerator, denominator = (r[1], s[1]) if s[1] > 0 else (-r[1], -s[1])
    if denominator > bound or gcd(numerator, denominator) != 1:
        return None
    return numerator, denominator


def primes_below(bound: int) -> Iterator[int]:
    """The primes below a bound, from the largest down.

    Arguments:
        bound: The bound, no more than 2^63.

    Yields:
        Primes.

    Example:
        >>> next(primes_below(100))
        97
    """
    number = bound - 1
    while number > 1:
        if flint.fmpz(number).is_prime():
            yield number
        number -= 1
