r"""Contractions: polynomials that are sums of products of vectors' components.

Takes polynomials, gives those that are dot products, squared distances, triple products
or power sums, each with the coordinates that it contracts.

.. math:: \sum_t \pm x_t y_t, \qquad \sum_t \pm (x_t - y_t)^2, \qquad
    \det (x, y, z), \qquad \sum_t x_t^k

A polynomial is recognised by its terms: the terms of what is recognised are exactly its
own, so nothing is tried on numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TypeAlias

from symflow.polynomial_terms import Number, PolynomialTerms, Terms

__all__ = [
    "Contraction",
    "PowerSum",
    "Product",
    "TripleProduct",
    "dot_product",
    "find_contractions",
    "power_sum",
    "squared_distance",
    "triple_product",
]

# A coordinate, or the difference of two.
Form: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Product:
    r"""A sum of products of linear forms, :math:`\sum_t w_t \, l_t r_t`.

    Arguments:
        weights: The numbers w_t.
        left: The forms l_t.
        right: The forms r_t; the same for squares.
    """

    weights: tuple[Number, ...]
    left: tuple[Form, ...]
    right: tuple[Form, ...]

    def describe(self, names: Sequence[str]) -> str:
        """The sum as text.

        Arguments:
            names: The names of the coordinates.

        Returns:
            The text.

        Example:
            >>> Product((1, -2), ((0,), (0, 1)), ((1,), (0, 1))).describe("xy")
            'x*y + -2*(x - y)*(x - y)'
        """
        terms = []
        for weight, *forms in zip(self.weights, self.left, self.right, strict=True):
            texts = [" - ".join(names[i] for i in form) for form in forms]
            factors = [f"({t})" if " " in t else t for t in texts]
            terms.append("*".join(_weight(weight) + factors))
        return " + ".join(terms)


@dataclass(frozen=True)
class TripleProduct:
    r"""A determinant of three vectors, :math:`w \, x \cdot (y \times z)`.

    Arguments:
        weight: The number w.
        vectors: The three coordinates of each of x, y and z.
    """

    weight: Number
    vectors: tuple[tuple[int, ...], ...]

    def describe(self, names: Sequence[str]) -> str:
        """The determinant as text.

        Arguments:
            names: The names of the coordinates.

        Returns:
            The text.

        Example:
            >>> volume = TripleProduct(2, ((0, 1, 2), (3, 4, 5), (6, 7, 8)))
            >>> volume.describe("abcdefghi")
            '2*det((a, b, c), (d, e, f), (g, h, i))'
        """
        rows = [", ".join(names[i] for i in vector) for vector in self.vectors]
        determinant = f"det({', '.join(f'({row})' for row in rows)})"
        return "*".join([*_weight(self.weight), determinant])


@dataclass(frozen=True)
class PowerSum:
    r"""A sum of equal powers, :math:`w \sum_t x_t^k`.

    Arguments:
        weight: The number w.
        coordinates: The x_t.
        exponent: The k.
    """

    weight: Number
    coordinates: tuple[int, ...]
    exponent: int

    def describe(self, names: Sequence[str]) -> str:
        """The sum as text.

        Arguments:
            names: The names of the coordinates.

        Returns:
            The text.

        Example:
            >>> PowerSum(1, (0, 1), 3).describe("xy")
            'sum((x, y)**3)'
        """
        listed = ", ".join(names[i] for i in self.coordinates)
        return "*".join([*_weight(self.weight), f"sum(({listed})**{self.exponent})"])


Contraction: TypeAlias = Product | TripleProduct | PowerSum


def _weight(weight: Number) -> list[str]:
    """A factor as text, left out where it is one."""
    return [] if weight == 1 else [str(weight)]


def dot_product(terms: Terms) -> Product | None:
    r"""The terms as a dot product, if no coordinate stands in two of them.

    Weights may differ: norms, dot products, areas x p_y - y p_x, angular momenta of
    several particles and Minkowski products are all of this kind.

    Arguments:
        terms: A polynomial.

    Returns:
        The product, or None.

    Example:
        >>> dot_product({(0, 3): 1, (1, 2): -1})  # x p_y - y p_x
        Product(weights=(1, -1), left=((0,), (1,)), right=((3,), (2,)))
        >>> dot_product({(0, 1): 1, (0, 2): 1}) is None
        True
    """
    if any(len(monomial) != 2 for monomial in terms):
        return None
    used = [i for monomial in terms for i in set(monomial)]
    if len(used) != len(set(used)):
        return None
    monomials = sorted(terms)
    left = tuple((i,) for i, _ in monomials)
    right = tuple((j,) for _, j in monomials)
    return Product(tuple(terms[m] for m in monomials), left, right)


def squared_distance(terms: Terms) -> Product | None:
    r"""The terms as a squared distance, :math:`\sum_t w_t (x_t - y_t)^2`.

    Arguments:
        terms: A polynomial.

    Returns:
        The product of the differences with themselves, or None.

    Example:
        >>> squared_distance({(0, 0): 1, (0, 1): -2, (1, 1): 1})
        Product(weights=(1,), left=((0, 1),), right=((0, 1),))
    """
    if any(len(monomial) != 2 for monomial in terms):
        return None
    pairs = sorted(monomial for monomial in terms if monomial[0] != monomial[1])
    if not pairs or 3 * len(pairs) != len(terms):
        return None
    weights = []
    for i, j in pairs:
        weight = terms.get((i, i))
        if weight is None or weight != terms.get((j, j)):
            return None
        if terms[i, j] != -2 * weight:
            return None
        weights.append(weight)
    used = [i for pair in pairs for i in pair]
    if len(set(used)) != len(used):
        return None
    return Product(tuple(weights), tuple(pairs), tuple(pairs))


def triple_product(terms: Terms) -> TripleProduct | None:
    r"""The terms as a determinant of three vectors of three components.

    Two coordinates that never stand in one term share a row or a column. Of the nine
    coordinates, the four that do not meet the first are its row and its column.

    Arguments:
        terms: A polynomial.

    Returns:
        The determinant, or None.

    Example:
        >>> volume = {(0, 4, 8): 1, (1, 5, 6): 1, (2, 3, 7): 1}
        >>> volume |= {(0, 5, 7): -1, (1, 3, 8): -1, (2, 4, 6): -1}
        >>> triple_product(volume).vectors
        ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    """
    if len(terms) != 6 or any(len(set(monomial)) != 3 for monomial in terms):
        return None
    meets: dict[int, set[int]] = defaultdict(set)
    for monomial in terms:
        for i in monomial:
            meets[i].update(monomial)
    if len(meets) != 9 or any(len(others) != 5 for others in meets.values()):
        return None
    first = min(meets)
    apart = sorted(set(meets) - meets[first])
    row = (first, *(i for i in apart if i == apart[0] or i not in meets[apart[0]]))
    column = [first, *(i for i in apart if i not in row)]
    vectors = [row]
    for start in column[1:]:
        rest = [
            next(iter(set(meets) - meets[start] - meets[top] - {first}), -1)
            for top in row[1:]
        ]
        vectors.append((start, *rest))
    weight = terms.get(tuple(sorted(v[k] for k, v in enumerate(vectors))))
    found = TripleProduct(weight or 0, tuple(vectors))
    return found if _determinant(found) == terms else None


def _determinant(product: TripleProduct) -> Terms:
    """The six terms of a determinant."""
    terms: Terms = {}
    for order in permutations(range(3)):
        swaps = sum(order[i] > order[j] for j in range(3) for i in range(j))
        monomial = sorted(v[k] for v, k in zip(product.vectors, order, strict=True))
        terms[tuple(monomial)] = (-1) ** swaps * product.weight
    return terms


def power_sum(terms: Terms) -> PowerSum | None:
    """The terms as a sum of equal powers of two coordinates or more.

    Arguments:
        terms: A polynomial.

    Returns:
        The power sum, or None.

    Example:
        >>> power_sum({(0, 0, 0): 2, (3, 3, 3): 2})
        PowerSum(weight=2, coordinates=(0, 3), exponent=3)
    """
    exponents = {len(monomial) for monomial in terms}
    weights = set(terms.values())
    single = all(len(set(monomial)) == 1 for monomial in terms)
    if len(terms) < 2 or len(exponents) != 1 or len(weights) != 1 or not single:
        return None
    (exponent,), (weight,) = exponents, weights
    return PowerSum(weight, tuple(sorted(m[0] for m in terms)), exponent)


def find_contractions(
    polynomials: Mapping[int, PolynomialTerms],
) -> dict[int, Contraction]:
    """What each polynomial is a contraction of, where it is one.

    Sums of first and second powers count as power sums where a higher power of the same
    coordinates is asked for as well. A dot product that is one of many polynomials of
    other kinds is left to them.

    Arguments:
        polynomials: Polynomials by any keys.

    Returns:
        The contractions by the keys of the polynomials that are one.
    """
    sums = {key: power_sum(f.terms) for key, f in polynomials.items()}
    high = {s.coordinates for s in sums.values() if s is not None and s.exponent > 2}
    found: dict[int, Contraction] = {}
    for key, polynomial in polynomials.items():
        terms, powers = polynomial.terms, sums[key]
        if powers is not None and powers.coordinates in high:
            found[key] = powers
            continue
        matches = (kind(terms) for kind in _KINDS)
        match = next((m for m in matches if m is not None), None)
        if match is not None:
            found[key] = match
    return found


_KINDS: tuple[Callable[[Terms], Contraction | None], ...] = (
    squared_distance,
    triple_product,
    dot_product,
)
