r"""Multigraded: the search for invariants of a linear action, by degree in each vector.

Takes the matrices by which an algebra moves several vectors, gives the polynomial
invariants that no polynomial in lower ones makes, degree by degree.

.. math:: X_k y_i = \sum_j (a_k)_{ij} y_j, \qquad
    K[y]^{\mathfrak g} = \bigoplus_\mu K[y]^{\mathfrak g}_\mu

The degree :math:`\mu` in each vector grades the problem, and vectors that move alike may
change places, so sorted degrees are enough. In each block every field is homogeneous for
more weights, such as those of a torus. A product of lower invariants is known by its values
at as many points as there are invariants of its degrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice

import numpy as np

from symflow.gradings import Grading, gradings, split_diagonal
from symflow.kinds import Kind
from symflow.modular_kernels import IntegerRow, ModularKernel
from symflow.multidegrees import (
    MultiDegree,
    arrangements,
    exchange,
    sorted_degrees,
)
from symflow.separating_points import (
    IntegerPolynomial,
    IntegerTerms,
    SeparatingPoints,
    independent_rows,
    integer_rank,
)
from symflow.terms import Monomial, monomials

__all__ = ["MultigradedSearch"]


class _Found(IntegerPolynomial):
    """One generator of the invariants, and its degree in each vector."""

    def __init__(self, degrees: MultiDegree, terms: Mapping[Monomial, int]) -> None:
        super().__init__(terms)
        self.degrees = degrees


class MultigradedSearch:
    r"""The invariants of a linear action, searched degree by degree.

    .. math:: K[y]_\mu^{\mathfrak g} / (\text{products of invariants of lower degree})

    Arguments:
        kinds: The vectors, with rational matrices. The variables y are the components of
            the first vector of the first kind, of the second, and so on.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> search = MultigradedSearch([Kind(2, (turn,), ((), ()))])
        >>> search.up_to(2)
        >>> len(search.found), search.dimension(2)
        (4, 4)

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 4.6.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = tuple(kinds)
        self.degree = 0
        self._dimensions: dict[MultiDegree, int] = {}
        self._copies = [kind.copies for kind in kinds]
        self._sizes = [kind.size for kind in kinds for _ in range(kind.copies)]
        self._starts = [sum(self._sizes[:k]) for k in range(len(self._sizes))]
        self._size = sum(self._sizes)
        self._generators: list[_Found] = []
        self._points = SeparatingPoints(self._size)
        diagonal, self._fields = split_diagonal(kinds)
        self._weights = [self._spread(weight) for weight in diagonal]
        found = gradings(self._fields, [kind.size for kind in kinds])
        self._labels = [(self._spread(grading), grading.modulus) for grading in found]

    @property
    def found(self) -> list[IntegerTerms]:
        """The generators so far, in the variables y, by degree."""
        return [f.terms for f in self._generators]

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree.
        """
        for step in range(self.degree + 1, degree + 1):
            new: list[_Found] = []
            for degrees in sorted_degrees(self._copies, step):
                new += self._new_in(degrees)
            self._generators += new
            self.degree = step

    def dimension(self, degree: int) -> int:
        """The number of independent invariants of a degree that was searched.

        Arguments:
            degree: The total degree.

        Returns:
            The dimension of the space of invariants.
        """
        return sum(
            self._dimensions[degrees]
            * sum(1 for _ in arrangements(self._copies, degrees))
            for degrees in sorted_degrees(self._copies, degree)
        )

    def _spread(self, grading: Grading) -> tuple[int, ...]:
        """One weight for each variable, from one for each component of each kind."""
        pairs = zip(grading.weights, self.kinds, strict=True)
        return tuple(w for weights, kind in pairs for w in weights * kind.copies)

    def _new_in(self, degrees: MultiDegree) -> list[_Found]:
        blocks = [
            _Block(block, self._equations(block)) for block in self._monomials(degrees)
        ]
        total = sum(block.kernel.dimension for block in blocks)
        self._dimensions[degrees] = total
        if not total:
            return []
        fresh = self._beyond_products(blocks, degrees, total)
        return [
            _Found(arranged, self._moved(terms, degrees, arranged))
            for arranged in arrangements(self._copies, degrees)
            for terms in fresh
        ]

    def _monomials(self, degrees: MultiDegree) -> list[list[Monomial]]:
        """The monomials of weight zero with these degrees, in blocks."""
        blank: Monomial = (0,) * self._size
        partial = {(0,) * len(self._weights): [blank]}
        used = [k for k, d in enumerate(degrees) if d]
        for k in used:
            start, size = self._starts[k], self._sizes[k]
            grown: dict[tuple[int, ...], list[Monomial]] = {}
            factors = self._by_weight(start, size, degrees[k])
            for weight, before in partial.items():
                for more, parts in factors.items():
                    joint = tuple(map(int.__add__, weight, more))
                    if k == used[-1] and any(joint):
                        continue
                    grown.setdefault(joint, []).extend(
                        m[:start] + part + m[start + size :]
                        for m in before
                        for part in parts
                    )
            partial = grown
        blocks: dict[tuple[int, ...], list[Monomial]] = {}
        for monomial in chain.from_iterable(partial.values()):
            blocks.setdefault(self._label(monomial), []).append(monomial)
        return [sorted(block) for block in blocks.values()]

    def _by_weight(
        self, start: int, size: int, degree: int
    ) -> dict[tuple[int, ...], list[Monomial]]:
        """The monomials of a degree in one vector, by their weights."""
        found: dict[tuple[int, ...], list[Monomial]] = {}
        for exponents in monomials(size, degree):
            weight = tuple(
                sum(w[start + i] * e for i, e in enumerate(exponents) if e)
                for w in self._weights
            )
            found.setdefault(weight, []).append(exponents)
        return found

    def _label(self, monomial: Monomial) -> tuple[int, ...]:
        totals = (
            (sum(w[i] * e for i, e in enumerate(monomial) if e), modulus)
            for w, modulus in self._labels
        )
        return tuple(total % modulus if modulus else total for total, modulus in totals)

    def _equations(self, block: Sequence[Monomial]) -> list[IntegerRow]:
        """The rows of I -> (X_1 I, X_2 I, ...) on the span of the block."""
        rows: dict[tuple[int, Monomial], IntegerRow] = {}
        for column, monomial in enumerate(block):
            for number, targets in enumerate(self._moves):
                for i, power in enumerate(monomial):
                    if not power:
                        continue
                    for j, coefficient in targets[i]:
                        moved = list(monomial)
                        moved[i] -= 1
                        moved[j] += 1
                        row = rows.setdefault((number, tuple(moved)), {})
                        row[column] = row.get(column, 0) + power * coefficient
        return list(rows.values())

    @cached_property
    def _moves(self) -> list[list[list[tuple[int, int]]]]:
        """For each field and variable, the variables in its derivative, with factors."""
        found = []
        for field in self._fields:
            targets: list[list[tuple[int, int]]] = [[] for _ in range(self._size)]
            place = 0
            for kind, matrix in zip(self.kinds, field, strict=True):
                for _ in range(kind.copies):
                    for (i, j), x in matrix.items():
                        targets[place + i].append((place + j, x))
                    place += kind.size
            found.append(targets)
        return found

    def _beyond_products(
        self, blocks: Sequence[_Block], degrees: MultiDegree, total: int
    ) -> list[IntegerTerms]:
        """Invariants that complete the products of lower ones to all of a block.

        The values at points are faithful on the invariants of the block when products and
        new ones together have as many independent values as there are invariants.
        """
        self._points.at_least(total + 4)
        prime = blocks[0].kernel.prime
        values, rank = self._product_values(degrees, total, prime)
        if rank == total:
            return []
        candidates = sorted(
            (int(np.count_nonzero(row)), b, k)
            for b, block in enumerate(blocks)
            for k, row in enumerate(block.kernel.basis)
        )
        chosen: list[list[int]] = [[] for _ in blocks]
        for _, b, k in candidates:
            if rank == total:
                break
            block = blocks[b]
            row = self._points.residues_of(
                block.monomials, block.kernel.basis[k], prime
            )
            grown, higher = independent_rows([*values, row], prime)
            if higher > rank:
                values, rank = grown, higher
                chosen[b].append(k)
        fresh = [
            {block.monomials[j]: x for j, x in vector.items()}
            for block, numbers in zip(blocks, chosen, strict=True)
            for vector in block.kernel.lift(numbers)
        ]
        self._confirm(degrees, fresh, total)
        return fresh

    def _product_values(
        self, degrees: MultiDegree, total: int, prime: int
    ) -> tuple[list[list[int]], int]:
        """The values of products of generators, as many as are independent."""
        values: list[list[int]] = []
        products = self._products(degrees)
        rank = 0
        while rank < total:
            batch = [
                self._points.residues(factors, prime)
                for factors in islice(products, total - rank + 6)
            ]
            if not batch:
                break
            values, rank = independent_rows([*values, *batch], prime)
        return values, rank

    def _confirm(
        self, degrees: MultiDegree, fresh: Sequence[IntegerTerms], total: int
    ) -> None:
        """See over the integers that no new invariant is a combination of products."""
        products = [self._points.values(p) for p in self._products(degrees)]
        rank = integer_rank(products)
        whole = integer_rank(
            [*products, *(self._points.values([_Found(degrees, f)]) for f in fresh)]
        )
        if whole != total or rank + len(fresh) != total:
            raise ArithmeticError(
                f"The invariants of degrees {degrees} have dimension {total}, but "
                f"{rank} products and {len(fresh)} new ones have rank {whole}."
            )

    def _products(self, degrees: MultiDegree) -> Iterator[list[_Found]]:
        """Every product of generators with these degrees, each multiset once."""
        usable = [
            f
            for f in self._generators
            if all(a <= b for a, b in zip(f.degrees, degrees, strict=True))
        ]

        def extend(first: int, left: MultiDegree) -> Iterator[list[_Found]]:
            if not any(left):
                yield []
                return
            for k in range(first, len(usable)):
                rest = tuple(
                    a - b for a, b in zip(left, usable[k].degrees, strict=True)
                )
                if min(rest) >= 0:
                    for others in extend(k, rest):
                        yield [usable[k], *others]

        return extend(0, degrees)

    def _moved(
        self, terms: IntegerTerms, old: MultiDegree, new: MultiDegree
    ) -> IntegerTerms:
        """A polynomial with vectors of each kind exchanged so as to have new degrees."""
        if old == new:
            return terms
        order = [
            self._starts[a] + i
            for a in exchange(self._copies, old, new)
            for i in range(self._sizes[a])
        ]
        return {tuple(m[i] for i in order): x for m, x in terms.items()}


class _Block:
    """Monomials among which every field moves, and the invariants that they span."""

    def __init__(
        self, monomials: Sequence[Monomial], rows: Sequence[IntegerRow]
    ) -> None:
        self.monomials = monomials
        self.kernel = ModularKernel(rows, len(monomials))
