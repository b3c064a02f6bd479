r"""Finite groups: the group that a few matrices generate, element by element.

Takes exact matrices by name, gives their products as shortest words, conjugacy classes and
the name of the group, or the matrix that shows the group to be infinite.

.. math:: G = \{s_{1} s_{2} \cdots s_{l}\}, \qquad s_i \in \{\text{generators}\}

A matrix of finite order has only roots of unity as eigenvalues and is diagonalisable over
the complex numbers. Over the rationals both are decided exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from math import factorial, lcm
from operator import itemgetter
from typing import Any, TypeAlias

from sympy import Poly, Symbol, cyclotomic_poly, factorint, totient
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.claims import Standing
from symflow.errors import ArgumentError
from symflow.linear_algebra import add_multiple

__all__ = ["GroupName", "MatrixGroup", "SparseMatrix", "why_infinite"]

# Each row as pairs of column and element, without zeros, in order of the columns.
SparseMatrix: TypeAlias = tuple[tuple[tuple[int, Any], ...], ...]

Word: TypeAlias = tuple[str, ...]

# How many elements of a group that does not end are tried for infinite order.
_SEARCHED = 200


@dataclass(frozen=True)
class GroupName:
    """What a finite group is called.

    Arguments:
        name: The name, or an honest description where there is none.
        order: The number of elements.
        standing: Proved, where an isomorphism with the named group is.
        why: How it is proved.

    Example:
        >>> print(GroupName("C2", 2, Standing.PROVED, "an element of order 2"))
        C2
    """

    name: str
    order: int
    standing: Standing
    why: str

    def __str__(self) -> str:
        return self.name


class MatrixGroup:
    r"""A finite group of matrices, enumerated breadth first.

    Arguments:
        generators: Invertible square matrices of one size, by name.
        domain: The field of their elements.
        max_order: The number of elements beyond which the enumeration stops.

    Raises:
        ArgumentError: If the group has more elements; the message says which product has
            infinite order, where one is found.

    Example:
        >>> from sympy import QQ
        >>> flip = (((1, QQ(1)),), ((0, QQ(1)),))
        >>> MatrixGroup({"flip": flip}, QQ).words
        ((), ('flip',))

    Reference:
        Holt, Eick and O'Brien, Handbook of Computational Group Theory, section 4.1.
    """

    def __init__(
        self,
        generators: Mapping[str, SparseMatrix],
        domain: Domain,
        max_order: int = 5000,
    ) -> None:
        self.generators = dict(generators)
        self.domain = domain
        size = len(next(iter(generators.values()), ()))
        self.one: SparseMatrix = tuple(((k, domain.one),) for k in range(size))
        self._words: dict[SparseMatrix, Word] = {self.one: ()}
        for name, generator in generators.items():
            if why := why_infinite(generator, domain):
                raise _infinite((name,), why)
        queue = [self.one]
        for element in queue:
            for name, generator in generators.items():
                found = _product(element, generator)
                if found in self._words:
                    continue
                if len(queue) >= max_order:
                    raise self._unbounded(max_order)
                self._words[found] = (*self._words[element], name)
                queue.append(found)
        self.elements = tuple(queue)

    @property
    def order(self) -> int:
        """The number of elements."""
        return len(self.elements)

    @property
    def words(self) -> tuple[Word, ...]:
        """A shortest word for each element, in the order of the elements."""
        return tuple(self._words.values())

    def word(self, element: SparseMatrix) -> Word:
        """A shortest product of generators that an element is.

        Arguments:
            element: An element of the group.

        Returns:
            The names of the factors; none for the identity.
        """
        return self._words[element]

    @property
    def is_abelian(self) -> bool:
        """Whether all elements commute, which is so if the generators do."""
        chosen = list(self.generators.values())
        return all(_product(a, b) == _product(b, a) for a in chosen for b in chosen)

    @cached_property
    def orders(self) -> tuple[int, ...]:
        """The order of each element."""
        return tuple(map(self._order_of, self.elements))

    @cached_property
    def classes(self) -> tuple[tuple[SparseMatrix, ...], ...]:
        r"""The conjugacy classes :math:`\{x a x^{-1}\}`, that of the identity first."""
        pairs = [(s, self._inverse(s)) for s in self.generators.values()]
        classes: list[tuple[SparseMatrix, ...]] = []
        seen: set[SparseMatrix] = set()
        for first in self.elements:
            if first in seen:
                continue
            seen.add(first)
            orbit = [first]
            for element in orbit:
                for s, inverse in pairs:
                    found = _product(_product(s, element), inverse)
                    if found not in seen:
                        seen.add(found)
                        orbit.append(found)
            classes.append(tuple(orbit))
        return tuple(classes)

    def identify(self) -> GroupName:
        """The name of the group: abelian, dihedral or symmetric ones are known.

        Returns:
            The name with its standing and its reason.

        Example:
            >>> from sympy import QQ
            >>> turn = (((1, QQ(-1)),), ((0, QQ(1)),))
            >>> print(MatrixGroup({"turn": turn}, QQ).identify())
            C4
        """
        name = self._abelian() or self._dihedral() or self._symmetric()
        if name is not None:
            return name
        census = ", ".join(f"{n} of order {k}" for k, n in sorted(self._census.items()))
        text = f"group of order {self.order}, not named"
        return GroupName(text, self.order, Standing.NOT_KNOWN, f"elements: {census}")

    @cached_property
    def _census(self) -> Counter[int]:
        """How many elements there are of each order."""
        return Counter(self.orders)

    def _abelian(self) -> GroupName | None:
        """Finite abelian groups are told apart by the orders of their elements."""
        if not self.is_abelian:
            return None
        factors: list[int] = []
        for prime in factorint(self.order):
            powers = self._cyclic_factors(prime)
            factors += [1] * (len(powers) - len(factors))
            for k, power in enumerate(powers):
                factors[k] *= power
        name = " × ".join(f"C{n}" for n in reversed(factors)) or "C1"
        why = "abelian, and the orders of its elements are those of this product"
        return GroupName(name, self.order, Standing.PROVED, why)

    def _cyclic_factors(self, prime: int) -> list[int]:
        """The orders of the cyclic factors that are powers of a prime, greatest first."""
        # The elements that p^k kills number p^(sum of min(k, j)) over factors of p^j, so
        # the steps of that exponent count the factors with j >= k.
        steps, before = [], 0
        for k in count(1):
            killed = sum(n for x, n in self._census.items() if prime**k % x == 0)
            exponent = factorint(killed).get(prime, 0)
            if exponent == before:
                break
            steps.append(exponent - before)
            before = exponent
        return [prime ** sum(step > i for step in steps) for i in range(steps[0])]

    def _dihedral(self) -> GroupName | None:
        """A rotation of half the order of the group, and a reflection that inverts it."""
        half = self.order // 2
        if half < 3 or half not in self._census:
            return None
        turn = self.elements[self.orders.index(half)]
        inverse = self._inverse(turn)
        turns = {self.one}
        power = turn
        while power != self.one:
            turns.add(power)
            power = _product(power, turn)
        for flip, order in zip(self.elements, self.orders, strict=True):
            if flip in turns or order != 2:
                continue
            if _product(_product(flip, turn), flip) != inverse:
                return None
            name = "S3 = D3" if half == 3 else f"D{half}"
            r, s = self._text(turn), self._text(flip)
            why = f"r = {r} has order {half}, s = {s} has order 2, and s r s = 1/r"
            return GroupName(name, self.order, Standing.PROVED, why)
        return None

    def _symmetric(self) -> GroupName | None:
        """Involutions with the relations of neighbouring transpositions, n! elements."""
        n = next(n for n in count(1) if factorial(n) >= self.order)
        if factorial(n) != self.order or n < 4:
            return None
        for transpositions in self.classes:
            if len(transpositions) != n * (n - 1) // 2:
                continue
            if self._order_of(transpositions[0]) != 2:
                continue
            chain = _neighbours([transpositions[0]], transpositions, n - 1)
            if not chain:
                continue
            named = {str(k): s for k, s in enumerate(chain)}
            if MatrixGroup(named, self.domain, self.order).order == self.order:
                listed = ", ".join(map(self._text, chain))
                why = f"{listed} generate it with the relations of transpositions"
                return GroupName(f"S{n}", self.order, Standing.PROVED, why)
        return None

    def _text(self, element: SparseMatrix) -> str:
        return "*".join(self._words[element]) or "1"

    def _order_of(self, element: SparseMatrix) -> int:
        power, order = element, 1
        while power != self.one:
            power, order = _product(power, element), order + 1
        return order

    def _inverse(self, element: SparseMatrix) -> SparseMatrix:
        power = self.one
        while (following := _product(power, element)) != self.one:
            power = following
        return power

    def _unbounded(self, max_order: int) -> ArgumentError:
        # An infinite group shows itself in short words, if at all.
        for element, word in list(self._words.items())[:_SEARCHED]:
            if why := why_infinite(element, self.domain):
                return _infinite(word, why)
        return ArgumentError(
            f"Argument `generators` must generate a group of at most {max_order} "
            f"elements, but there are more. The group may be infinite; if it is not, "
            f"raise `max_order`."
        )


def _infinite(word: Word, why: str) -> ArgumentError:
    return ArgumentError(
        f"Argument `generators` must generate a finite group, but {'*'.join(word)} has "
        f"infinite order: {why}. Drop a generator; a continuous symmetry belongs in a "
        f"Lie algebra."
    )


def why_infinite(matrix: SparseMatrix, domain: Domain) -> str:
    r"""Why no power of a rational matrix is the identity.

    .. math:: M^N = 1 \iff \chi_M \text{ is a product of cyclotomic } \Phi_m,
        \; N = \operatorname{lcm}(m), \; M^N = 1

    Arguments:
        matrix: The matrix.
        domain: The field of its elements.

    Returns:
        The reason; empty if the order is finite, or if the field is not the rationals,
        where nothing is decided.

    Example:
        >>> from sympy import QQ
        >>> why_infinite((((0, QQ(1)), (1, QQ(1))), ((1, QQ(1)),)), QQ)
        'it is a shear, for its power 1 has only the eigenvalue 1 and is not the identity'

    Reference:
        Serre, Linear Representations of Finite Groups, section 13.1.
    """
    if not domain.is_QQ:
        return ""
    size = len(matrix)
    rows = {i: dict(row) for i, row in enumerate(matrix)}
    x = Symbol("x")
    coefficients = DomainMatrix(rows, (size, size), domain).to_dense().charpoly()
    N = 1
    for factor, _ in Poly(coefficients, x, domain=domain).factor_list()[1]:
        index = _cyclotomic_index(factor)
        if not index:
            return f"its eigenvalues with {factor.as_expr()} = 0 are no roots of unity"
        N = lcm(N, index)
    one: SparseMatrix = tuple(((k, domain.one),) for k in range(size))
    power = one
    for _ in range(N):
        power = _product(power, matrix)
    if power == one:
        return ""
    return (
        f"it is a shear, for its power {N} has only the eigenvalue 1 and is not the "
        f"identity"
    )


def _cyclotomic_index(factor: Poly) -> int:
    """The m with this factor as its cyclotomic polynomial; 0 if there is none."""
    degree = factor.degree()
    # The totient of m is at least the root of m/2.
    for m in range(1, 2 * degree**2 + 1):
        if totient(m) == degree:
            cyclotomic = cyclotomic_poly(m, factor.gen, polys=True)
            if cyclotomic.set_domain(factor.domain) == factor:
                return m
    return 0


def _neighbours(
    chain: list[SparseMatrix], pool: Sequence[SparseMatrix], length: int
) -> list[SparseMatrix]:
    """Involutions that braid with the one before and commute with all earlier ones."""
    if len(chain) == length:
        return chain
    last = chain[-1]
    for s in pool:
        braid = _product(_product(last, s), last)
        if s in chain or braid != _product(_product(s, last), s):
            continue
        if all(_product(s, t) == _product(t, s) for t in chain[:-1]):
            found = _neighbours([*chain, s], pool, length)
            if found:
                return found
    return []


def _product(left: SparseMatrix, right: SparseMatrix) -> SparseMatrix:
    rows = []
    for row in left:
        total: dict[int, Any] = {}
        for k, a in row:
            add_multiple(total, a, dict(right[k]))
        rows.append(tuple(sorted(total.items(), key=itemgetter(0))))
    return tuple(rows)
