r"""Weights: those of a reductive algebra on the vectors that it moves.

Takes rational matrices, gives the weights and the positive roots as whole numbers, by a
Cartan subalgebra that is found over the rationals and split modulo a prime.

.. math:: h_\alpha = \frac{2 [e_\alpha, e_{-\alpha}]}{\alpha([e_\alpha, e_{-\alpha}])},
    \qquad \lambda \mapsto \big(\lambda(h_{\alpha_1}), \dots, \lambda(h_{\alpha_l})\big)
    \in \mathbb{Z}^l

Whether the eigenvalues are rational or not does not matter: the numbers
:math:`\lambda(h_\alpha)` are small integers over any field, so their residues modulo a
large prime at which nothing degenerates are they themselves. A centre of dimension one, the
phase of an oscillator say, adds a charge to each weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

import flint

from symflow.kinds import Cluster
from symflow.matrix_algebras import Charges, MatrixAlgebra
from symflow.modular_kernels import primes_below

__all__ = ["WeightSystem", "weight_system"]

_SEED = 20191
_TRIES = 12
_MOST_PRIMES = 3000
_LARGEST_PRIME = 2**31


@dataclass(frozen=True)
class WeightSystem:
    """Weights with their multiplicities, and the positive roots, in one basis.

    Arguments:
        weights: The weights of each kind, as often as there are vectors of it.
        roots: The positive roots.
        rank: The dimension of a Cartan subalgebra.
        prime: The prime at which the Cartan subalgebra was split.
        element: The element that was split, by its coordinates in the reduced basis of
            the matrices on one vector of each kind.
    """

    weights: tuple[tuple[int, ...], ...]
    roots: tuple[tuple[int, ...], ...]
    rank: int
    prime: int
    element: tuple[int, ...] = ()


def weight_system(cluster: Cluster) -> WeightSystem | None:
    r"""The weights of a factor of an algebra on its vectors.

    .. math:: h v = \lambda(h) v \qquad \text{for all } h \text{ of a Cartan subalgebra}

    Arguments:
        cluster: The kinds of vectors, rational, and the factor's dimension.

    Returns:
        The weights and roots; where there is a centre, of dimension one at most, the last
        number of each is its charge. None if the factor is not seen to be reductive.

    Example:
        >>> from sympy import QQ
        >>> from symflow.kinds import Kind
        >>> one = QQ(1)
        >>> L = [{(i, j): one, (j, i): -one} for i, j in ((0, 1), (1, 2), (0, 2))]
        >>> found = weight_system(Cluster((Kind(3, tuple(L), ((),)),), 3))
        >>> sorted(found.weights), found.roots
        ([(-2,), (0,), (2,)], ((2,),))

    Reference:
        Humphreys, Introduction to Lie Algebras and Representation Theory, section 8.
    """
    algebra = MatrixAlgebra(cluster)
    if not algebra.reductive:
        return None
    random = Random(_SEED)  # noqa: S311 (elements in general position)
    for _ in range(_TRIES):
        chosen = [random.randint(-5, 5) for _ in range(algebra.dimension)]
        rank = algebra.cartan_rank(chosen)
        if rank is None:
            continue
        found = _split(algebra, algebra.element(chosen), rank)
        if found is not None:
            return found
    return None


def _split(algebra: MatrixAlgebra, h: flint.fmpz_mat, rank: int) -> WeightSystem | None:
    """Weights and roots modulo a prime at which an element has its eigenvalues."""
    squarefree = h.minpoly()
    for prime in islice(primes_below(_LARGEST_PRIME), _MOST_PRIMES):
        f = flint.nmod_poly([int(c) % prime for c in squarefree.coeffs()], prime)
        factors = f.factor()[1]
        # As many different roots as over the rationals: no two weights fall together.
        if len(factors) == squarefree.degree() == sum(r.degree() for r, _ in factors):
            found = _Modular(algebra, h, rank, prime).system()
            entries = h.entries()
            element = tuple(int(entries[p]) for p in algebra.form.pivots)
            return None if found is None else replace(found, element=element)
    return None


class _Modular:
    """An algebra modulo a prime at which a Cartan subalgebra is split."""

    def __init__(
        self, algebra: MatrixAlgebra, h: flint.fmpz_mat, rank: int, prime: int
    ) -> None:
        self.algebra, self.rank, self.prime = algebra, rank, prime
        self.basis = [flint.nmod_mat(X, prime) for X in algebra.basis]
        self.h = flint.nmod_mat(h, prime)
        # The eigenvalue of the central matrix where the charge is one.
        self._unit: int | None = None

    def system(self) -> WeightSystem | None:
        vectors = self._root_vectors()
        if vectors is None:
            return None
        coroots = self._coroots(vectors)
        if coroots is None:
            return None
        order = sorted(coroots)
        values = {a: self._values(coroots, vectors[a], order) for a in vectors}
        if None in values.values():
            return None
        # The order in which the first number that is not zero decides respects sums.
        positive = [a for a, v in values.items() if v and next(x for x in v if x) > 0]
        sums = {(a + b) % self.prime for a in positive for b in positive}
        simple = [a for a in positive if a not in sums]
        charges = self.algebra.charges() if len(simple) == self.rank - 1 else None
        if charges is None and len(simple) != self.rank:
            return None
        weights = self._weights([coroots[a] for a in simple], charges)
        if weights is None:
            return None
        places = [order.index(a) for a in simple]
        # The centre commutes with all, so roots have no charge.
        none = (0,) * (self.rank - len(simple))
        roots = (tuple((values[a] or ())[k] for k in places) + none for a in positive)
        return WeightSystem(tuple(weights), tuple(sorted(roots)), self.rank, self.prime)

    def _root_vectors(self) -> dict[int, flint.nmod_mat] | None:
        """A matrix of the algebra for each root, by the root's value at h."""
        dimension, prime = self.algebra.dimension, self.prime
        pivots = self.algebra.form.pivots
        size = self.algebra.size
        moved = flint.nmod_mat(dimension, dimension, prime)
        leads = [
            pow(int(X[p // size, p % size]), -1, prime)
            for X, p in zip(self.basis, pivots, strict=True)
        ]
        for k, X in enumerate(self.basis):
            bracket = self.h * X - X * self.h
            for i, p in enumerate(pivots):
                moved[i, k] = int(bracket[p // size, p % size]) * leads[i]
        found = {}
        for value, vectors in self._eigenspaces(moved):
            if not value:
                continue
            if len(vectors) != 1:
                return None
            total = flint.nmod_mat(size, size, prime)
            for c, X in zip(vectors[0], self.basis, strict=True):
                total = total + X * c
            found[value] = total
        return found if len(found) == dimension - self.rank else None

    def _eigenspaces(self, a: flint.nmod_mat) -> list[tuple[int, list[list[int]]]]:
        """The eigenvalues modulo the prime, and a basis of each eigenspace."""
        n, prime = a.nrows(), self.prime
        found = []
        for factor, _ in a.charpoly().factor()[1]:
            if factor.degree() > 1:
                continue
            value = -int(factor[0]) * pow(int(factor[1]), -1, prime) % prime
            shifted = flint.nmod_mat(a)
            for i in range(n):
                shifted[i, i] = int(shifted[i, i]) - value
            kernel, nullity = shifted.nullspace()
            basis = [[int(kernel[i, k]) for i in range(n)] for k in range(nullity)]
            found.append((value, basis))
        return found

    def _coroots(
        self, vectors: dict[int, flint.nmod_mat]
    ) -> dict[int, flint.nmod_mat] | None:
        found = {}
        for a, e in vectors.items():
            opposite = vectors.get(-a % self.prime)
            if opposite is None:
                return None
            t = e * opposite - opposite * e
            factor = self._ratio(t * e - e * t, e)
            if not factor:
                return None
            found[a] = t * (2 * pow(factor, -1, self.prime) % self.prime)
        return found

    def _values(
        self,
        coroots: dict[int, flint.nmod_mat],
        e: flint.nmod_mat,
        order: Sequence[int],
    ) -> tuple[int, ...] | None:
        """The values of a root at the coroots."""
        found = []
        for b in order:
            ratio = self._ratio(coroots[b] * e - e * coroots[b], e)
            if ratio is None:
                return None
            found.append(self._signed(ratio))
        return tuple(found)

    def _weights(
        self, coroots: Sequence[flint.nmod_mat], charges: Charges | None
    ) -> list[tuple[int, ...]] | None:
        """The weight of every variable, kind by kind."""
        found, start = [], 0
        for k, size in enumerate(self.algebra.sizes):
            total = 0
            for _, vectors in self._eigenspaces(self._block(self.h, start, size)):
                total += len(vectors)
                labels = []
                for h in coroots:
                    label = self._scalar(self._block(h, start, size), vectors)
                    if label is None:
                        return None
                    labels.append(self._signed(label))
                if charges is not None:
                    charge = self._charge(charges, k, start, vectors)
                    if charge is None:
                        return None
                    labels.append(charge)
                found += [tuple(labels)] * (len(vectors) * self.algebra.copies[k])
            if total != size:
                return None
            start += size
        return found

    def _charge(
        self, charges: Charges, k: int, start: int, vectors: Sequence[Sequence[int]]
    ) -> int | None:
        """The charge of a weight space, with the sign of its eigenvalue."""
        charge = charges.integers[k]
        if not charges.signed or not charge:
            return charge
        Z = flint.nmod_mat(charges.matrix, self.prime)
        residue = self._scalar(self._block(Z, start, self.algebra.sizes[k]), vectors)
        if residue is None:
            return None
        ratio = residue * pow(charge, -1, self.prime) % self.prime
        if self._unit is None:
            self._unit = ratio
        if ratio not in (self._unit, self.prime - self._unit):
            return None
        return charge if ratio == self._unit else -charge

    def _block(self, a: flint.nmod_mat, start: int, size: int) -> flint.nmod_mat:
        places = range(start, start + size)
        table = [int(a[i, j]) for i in places for j in places]
        return flint.nmod_mat(size, size, table, self.prime)

    def _ratio(self, a: flint.nmod_mat, e: flint.nmod_mat) -> int | None:
        """The number c with a = c e, if there is one."""
        table = e.entries()
        place = next(k for k, x in enumerate(table) if int(x))
        inverse = pow(int(table[place]), -1, self.prime)
        ratio = int(a.entries()[place]) * inverse % self.prime
        return ratio if a == e * ratio else None

    def _scalar(
        self, a: flint.nmod_mat, vectors: Sequence[Sequence[int]]
    ) -> int | None:
        """The number by which a multiplies every one of some vectors, if it does."""
        columns = flint.nmod_mat(
            len(vectors[0]),
            len(vectors),
            [v[i] for i in range(len(vectors[0])) for v in vectors],
            self.prime,
        )
        return self._ratio(a * columns, columns)

    def _signed(self, residue: int) -> int:
        return residue if residue <= self.prime // 2 else residue - self.prime
