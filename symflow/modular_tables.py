r"""Modular tables: a Lie table seen modulo a prime, where a rank costs next to nothing.

Takes a Lie table over an exact field, gives its adjoint matrices modulo primes, and from
them bounds that are proved over the field itself.

.. math:: K \supset \mathcal{O} \to \mathbb{F}_p, \qquad
          \operatorname{rank}_{\mathbb{F}_p} \le \operatorname{rank}_K

The map sends parameters to residues and an algebraic number to a root of its minimal
polynomial. A minor that is not zero modulo p is not zero, so what is proved here is that
ranks are large enough, centroids small enough, and identities false: never more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import flint
from sympy import Poly, prevprime
from sympy.polys.domains.domain import Domain

from symflow.lie_table import LieTable

__all__ = ["ModularTable", "modular_tables", "restriction"]

# Products of residues stay below the word size of flint.
_LARGEST_PRIME = 2**61 - 1

# Vectors on which a candidate of the centroid is tried. A perfect algebra with an abelian
# ideal needs two; one suffices for a semisimple algebra.
_PROBES = 2


class ModularTable:
    r"""Structure constants modulo a prime.

    Arguments:
        dimension: The dimension d.
        prime: The prime p.
        cells: For i < j the entries (i, j, k, c) of the table.
        images: The residues of the field's generators.
        domain: The field.
    """

    def __init__(
        self,
        dimension: int,
        prime: int,
        cells: Sequence[tuple[int, int, int, int]],
        images: Sequence[int],
        domain: Domain,
    ) -> None:
        self.dimension = dimension
        self.prime = prime
        self._cells = cells
        self._images = images
        self._domain = domain
        self._residues = _residues(prime)

    def residue(self, element: Any) -> int:  # noqa: ANN401
        """The residue of an element of the field.

        Arguments:
            element: The element.

        Returns:
            Its residue, from 0 to p - 1.

        Raises:
            ZeroDivisionError: If a denominator vanishes modulo the prime.
        """
        return _residue(element, self._domain, self._images, self.prime)

    def generic_adjoint(self) -> flint.nmod_mat:
        """The matrix of ad x, images of the basis in its rows, for the next generic x.

        Returns:
            The matrix with [x, e_j] in row j.
        """
        d, p = self.dimension, self.prime
        x = [next(self._residues) for _ in range(d)]
        flat = [0] * (d * d)
        for i, j, k, value in self._cells:
            flat[j * d + k] += x[i] * value
            flat[i * d + k] -= x[j] * value
        return flint.nmod_mat(d, d, [value % p for value in flat], p)

    def centroid_bound(self) -> int | None:
        r"""An upper bound on the dimension of the centroid over the field.

        With x, y generic, a a word in ad x and ad y, and v a vector whose images
        :math:`v a^k` form a basis, what commutes with a is a polynomial in a, and

        .. math:: F = \sum_k c_k a^k, \qquad
                  \sum_k c_k \, (u a^k \operatorname{ad} y - u \operatorname{ad} y \, a^k) = 0

        for the vectors u, of which a few are tried. Leaving out equations keeps the
        bound an upper one.

        Returns:
            The bound; None if the images of the v at hand do not form a basis.
        """
        d, p = self.dimension, self.prime
        x, y = self.generic_adjoint(), self.generic_adjoint()
        r, s, t = (next(self._residues) for _ in range(3))
        word = x * (x * r + y) + y * (y * s + x * t) + x
        conditions: list[flint.nmod_mat] = []
        for _ in range(_PROBES):
            v = flint.nmod_mat(1, d, [next(self._residues) for _ in range(d)], p)
            images = _krylov(v, word, d)
            if not conditions and images.rank() < d:
                return None
            conditions.append(images * y - _krylov(v * y, word, d))
        rows = [row for block in conditions for row in block.transpose().tolist()]
        return d - flint.nmod_mat(rows, p).rank()

    def component(
        self, images: Sequence[Mapping[int, Any]], polynomial: Poly
    ) -> flint.nmod_mat | None:
        """One ideal into which a root of the centroid's polynomial splits the algebra.

        Arguments:
            images: The images of the basis under the root, as sparse rows.
            polynomial: The irreducible polynomial of which it is a root.

        Returns:
            A basis in its rows, in reduced echelon form; None if the polynomial has no
            root, or one that is not simple, modulo the prime.

        Raises:
            ZeroDivisionError: If a denominator vanishes modulo the prime.
        """
        d, p = self.dimension, self.prime
        coefficients = [self.residue(c) for c in polynomial.rep.to_list()]
        _, factors = flint.nmod_poly(coefficients[::-1], p).factor()
        roots = [-f[0] / f[1] for f, power in factors if f.degree() == power == 1]
        if not roots:
            return None
        flat = [0] * (d * d)
        for i, row in enumerate(images):
            flat[i * d + i] = -int(roots[0])
            for j, value in row.items():
                flat[i * d + j] += self.residue(value)
        shifted = flint.nmod_mat(d, d, [value % p for value in flat], p)
        kernel, nullity = shifted.transpose().nullspace()
        columns = kernel.transpose().tolist()[:nullity]
        return flint.nmod_mat(columns, p).rref()[0]


def restriction(matrix: flint.nmod_mat, space: flint.nmod_mat) -> flint.nmod_mat:
    """A matrix on rows, restricted to an invariant subspace.

    Arguments:
        matrix: The matrix.
        space: A basis of the subspace in its rows, in reduced echelon form.

    Returns:
        The matrix in that basis.
    """
    pivots = [next(j for j, x in enumerate(row) if x) for row in space.tolist()]
    images = (space * matrix).tolist()
    rows = [[row[j] for j in pivots] for row in images]
    return flint.nmod_mat(rows, matrix.modulus())


def modular_tables(table: LieTable) -> Iterator[ModularTable]:
    """The table modulo one prime after the other.

    Arguments:
        table: A Lie table.

    Returns:
        An endless iterator; primes that divide a denominator, or have no root of a
        number field's polynomial, are left out.

    Example:
        >>> from sympy import QQ
        >>> so3 = LieTable(
        ...     3, {(0, 1): {2: QQ(1)}, (0, 2): {1: QQ(-1)}, (1, 2): {0: QQ(1)}}, QQ)
        >>> next(modular_tables(so3)).centroid_bound()
        1
    """
    prime = _LARGEST_PRIME + 1
    while True:
        prime = prevprime(prime)
        images = _generator_images(table.domain, prime)
        if images is None:
            continue
        try:
            cells = [
                (i, j, k, _residue(value, table.domain, images, prime))
                for (i, j), row in table.brackets.items()
                for k, value in row.items()
            ]
        except ZeroDivisionError:
            continue
        yield ModularTable(table.dimension, prime, cells, images, table.domain)


def _krylov(
    vector: flint.nmod_mat, matrix: flint.nmod_mat, size: int
) -> flint.nmod_mat:
    """The rows v, v a, v a^2, and so on."""
    flat = []
    for _ in range(size):
        flat += vector.entries()
        vector = vector * matrix
    return flint.nmod_mat(size, size, flat, matrix.modulus())


def _residues(prime: int) -> Iterator[int]:
    """Residues that look random but are always the same."""
    state = 2019
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**128
        yield (state >> 64) % prime


def _generator_images(domain: Domain, prime: int) -> list[int] | None:
    """Residues for the algebraic number, if there is one, and then the parameters."""
    numbers = domain.domain if domain.is_FractionField else domain
    images = [0]
    if not numbers.is_QQ:
        minimal = [1, 0, 1] if numbers.is_QQ_I else numbers.mod.to_list()
        residues = [_fraction(c, prime) for c in reversed(minimal)]
        _, factors = flint.nmod_poly(residues, prime).factor()
        roots = sorted(int(-f[0] / f[1]) for f, _ in factors if f.degree() == 1)
        if not roots:
            return None
        images = roots[:1]
    if domain.is_FractionField:
        source = _residues(prime)
        images += [next(source) for _ in domain.symbols]
    return images


def _residue(value: Any, domain: Domain, images: Sequence[int], prime: int) -> int:  # noqa: ANN401
    if domain.is_QQ:
        return _fraction(value, prime)
    if domain.is_FractionField:
        above, below = (
            _polynomial_residue(polynomial, domain.domain, images, prime)
            for polynomial in (value.numer, value.denom)
        )
        return above * _inverse(below, prime) % prime
    total = 0
    for coefficient in (value.y, value.x) if domain.is_QQ_I else value.to_list():
        total = (total * images[0] + _fraction(coefficient, prime)) % prime
    return total


def _polynomial_residue(
    polynomial: Any,  # noqa: ANN401
    numbers: Domain,
    images: Sequence[int],
    prime: int,
) -> int:
    total = 0
    for exponents, coefficient in polynomial.terms():
        term = _residue(coefficient, numbers, images, prime)
        for image, exponent in zip(images[1:], exponents, strict=True):
            term = term * pow(image, exponent, prime) % prime
        total += term
    return total % prime


def _fraction(value: Any, prime: int) -> int:  # noqa: ANN401
    below = value.denominator
    above = int(value.numerator)
    return (above if below == 1 else above * _inverse(int(below), prime)) % prime


def _inverse(value: int, prime: int) -> int:
    if not value % prime:
        raise ZeroDivisionError
    return pow(value, -1, prime)
