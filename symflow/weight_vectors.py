r"""Weight vectors: functions that an algebra multiplies by numbers.

Takes elements of a ring of functions, gives the functions up to a degree that some of them
annihilate and the others multiply.

.. math:: \{f, d\} = 0 \;\; (d \in [\mathfrak g, \mathfrak g]), \qquad
    \{f, g_k\} = \lambda_k f

The functions that the derived algebra annihilates are a space on which the algebra acts by
commuting matrices, so the weights are their joint eigenvalues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import add
from typing import Any

from sympy import QQ, Expr, Poly
from sympy.polys.domains.domain import Domain

from symflow.joint_eigenvectors import (
    JointEigenvectors,
    combined,
    larger_field,
    quadratic_roots,
    stable_combinations,
)
from symflow.linear_algebra import Echelon, Row, Span, echelon, nullspace
from symflow.polynomial_expressions import polynomial_expression
from symflow.polynomials import PhasePolynomials
from symflow.terms import Monomial, Terms, accumulate, monomials, multiples, product

__all__ = ["WeightVector", "WeightVectors"]

Weight = tuple[Any, ...]


@dataclass(frozen=True)
class WeightVector:
    r"""A function that is multiplied.

    .. math:: \{f, g_k\} = \lambda_k f

    Arguments:
        terms: The function f.
        weight: The multipliers, one for each g.
        degree: The degree at which it was found.
    """

    terms: Terms
    weight: Weight
    degree: int


class WeightVectors:
    r"""The search for weight vectors, degree by degree.

    .. math:: \bigoplus_\lambda R_{\le d}^\lambda / (\text{products of lower degree})

    Arguments:
        ring: The ring of functions.
        annihilators: Elements that annihilate, a basis of the derived algebra.
        multipliers: Elements that multiply, the rest of a basis of the algebra.
        extended: Whether weights may be roots of quadratic equations over the field of
            coefficients, complex ones included, and not only elements of it.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> ring = PhasePolynomials(space, [])
        >>> search = WeightVectors(ring, [], [ring.terms(space.read("x*p_x"))])
        >>> search.up_to(2)
        >>> [(search.expression(f.terms), f.weight) for f in search.found]
        [(x, (1,)), (p_x, (-1,))]

    Reference:
        Humphreys, Linear Algebraic Groups, section 11.4 (semi-invariants).
    """

    def __init__(
        self,
        ring: PhasePolynomials,
        annihilators: Sequence[Terms],
        multipliers: Sequence[Terms],
        extended: bool = False,
    ) -> None:
        self.ring = ring
        self.domain: Domain = ring.domain
        self.found: list[WeightVector] = []
        self.degree = 0
        #: Polynomials with roots outside the field, which would be further weights.
        self.left_out: list[Poly] = []
        self._annihilators = [ring.velocity(ring.slopes(d)) for d in annihilators]
        self._multipliers = [ring.velocity(ring.slopes(g)) for g in multipliers]
        self._extended = extended
        self._span = Span(ring.domain)
        for g in (*annihilators, *multipliers):
            self._span.insert(g)
        self._factors = self._linear_forms()
        # Products of the factors, by degree and exponents, and places for all monomials.
        nothing = (0,) * len(self._factors)
        self._levels: list[dict[Monomial, Terms]] = [{nothing: ring.one}]
        self._place: dict[Monomial, int] = dict.fromkeys(ring.one, 0)

    @property
    def velocities(self) -> list[dict[int, Terms]]:
        """The fields of all annihilators and multipliers."""
        return [*self._annihilators, *self._multipliers]

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree in coordinates and kernels.
        """
        for step in range(self.degree + 1, degree + 1):
            self._extend(step)
            self.degree = step

    def functions(self, degree: int) -> list[Terms]:
        """What the functions sought are sums of: one, and products of a few functions.

        Arguments:
            degree: The highest number of factors.

        Returns:
            The products, independent and in normal form, with fewest factors first.
        """
        for step in range(len(self._levels), degree + 1):
            level = {}
            for exponents in monomials(len(self._factors), step):
                first = next(k for k, exponent in enumerate(exponents) if exponent)
                rest = (
                    *exponents[:first],
                    exponents[first] - 1,
                    *exponents[first + 1 :],
                )
                if rest in self._levels[step - 1]:
                    before = self._levels[step - 1][rest]
                    whole = product(self._factors[first], before)
                    if self.ring.is_polynomial or self.ring.reduce(whole) == whole:
                        level[exponents] = whole
            self._levels.append(level)
        return [f for level in self._levels[: degree + 1] for f in level.values()]

    def expression(self, terms: Terms) -> Expr:
        """A function of the search as a SymPy expression.

        Arguments:
            terms: Its terms, over the field of the search.

        Returns:
            The expression.
        """
        values = {m: self.domain.to_sympy(value) for m, value in terms.items()}
        return polynomial_expression(values, self.ring.generators)

    def multiplier(self, weight: Weight, g: Terms) -> Any:  # noqa: ANN401
        """The multiplier of a weight vector by any element of the algebra.

        Arguments:
            weight: Its weight.
            g: The element, a combination of annihilators and multipliers.

        Returns:
            The multiplier, an element of the field of the search.
        """
        coordinates, _ = self._span.split(g)
        total, start = self.domain.zero, len(self._annihilators)
        for k, value in coordinates.items():
            if k >= start:
                factor = self.domain.convert_from(value, self.ring.domain)
                total += factor * weight[k - start]
        return total

    def _extend(self, degree: int) -> None:
        unknowns = list(map(self._row, self.functions(degree)))
        space, matrices = self._stable(self._annihilated(unknowns))
        joint = self._joint(matrices, space.rank, degree)
        old = self.ring.domain
        rows = tuple(self._converted(row, old) for row in space.rows)
        products = self._products(degree)
        for weight, vectors in joint.spaces:
            lower = [f for f, other in products if _equal(weight, other)]
            spanned = echelon(lower, len(self._place), self.domain)
            lifted = (spanned.reduce(combined(v, rows)) for v in vectors)
            for row in echelon(lifted, len(self._place), self.domain).rows:
                terms = self._terms(_primitive(row, self.domain))
                self.found.append(WeightVector(terms, weight, degree))

    def _joint(
        self, matrices: Sequence[Sequence[Row]], size: int, degree: int
    ) -> JointEigenvectors:
        """The joint eigenvectors, in a field that grows where that is allowed."""
        old = self.ring.domain
        tried: list[Poly] = []
        while True:
            known = [[self._converted(row, old) for row in rows] for rows in matrices]
            likely = self._likely(degree, tried)
            joint = JointEigenvectors(known, size, self.domain, likely)
            fields = (larger_field(self.domain, f) for f in joint.left_out)
            larger = next((field for field in fields if field is not None), None)
            if larger is None or not self._extended:
                self.left_out += [f for f in joint.left_out if f not in self.left_out]
                return joint
            tried += joint.left_out
            self._grow(larger)

    def _likely(self, degree: int, tried: Sequence[Poly]) -> list[list[Any]]:
        """Weights of products of those found, and roots in a field that has grown.

        Where fields are affine there are hardly any others.
        """
        zero = (self.domain.zero,) * len(self._multipliers)
        levels: list[dict[Weight, None]] = [{zero: None}]
        for step in range(1, degree + 1):
            sums = (
                tuple(map(add, f.weight, weight))
                for f in self.found
                if f.degree <= step
                for weight in levels[step - f.degree]
            )
            levels.append(dict.fromkeys(sums))
        weights = list(dict.fromkeys(chain.from_iterable(levels)))
        roots = [
            root
            for polynomial in tried
            for root in quadratic_roots(
                polynomial.get_domain(), polynomial, self.domain
            )
        ]
        return [
            [*(weight[k] for weight in weights), *roots]
            for k in range(len(self._multipliers))
        ]

    def _grow(self, larger: Domain) -> None:
        old, self.domain = self.domain, larger
        self.found = [
            WeightVector(
                self._converted(f.terms, old), self._weight(f.weight, old), f.degree
            )
            for f in self.found
        ]

    def _converted(self, row: Mapping[Any, Any], old: Domain) -> dict[Any, Any]:
        if old == self.domain:
            return dict(row)
        return {k: self.domain.convert_from(v, old) for k, v in row.items()}

    def _weight(self, weight: Weight, old: Domain) -> Weight:
        return tuple(self.domain.convert_from(value, old) for value in weight)

    # -- the space on which matrices act ------------------------------------------------

    def _linear_forms(self) -> list[Terms]:
        """Sums of coordinates and kernels that annihilating translations do not move.

        What is annihilated depends on these alone, if it is a polynomial in the
        coordinates. Without translations they are all coordinates and kernels.
        """
        domain, size = self.ring.domain, self.ring.size
        units = [tuple(int(j == k) for j in range(size)) for k in range(size)]
        moved = [
            [
                self.ring.derivative_along(self.ring.slopes({unit: domain.one}), field)
                for field in self._annihilators
            ]
            for unit in units
        ]
        rows: dict[tuple[int, Monomial], Row] = {}
        for number, vector in enumerate(self._translations(moved)):
            for k, fields in enumerate(moved):
                total: Terms = {}
                for place, factor in vector.items():
                    accumulate(total, multiples(factor, fields[place]).items())
                for target, value in total.items():
                    rows.setdefault((number, target), {})[k] = value
        forms = nullspace(rows.values(), size, domain)
        return [{units[k]: value for k, value in sorted(f.items())} for f in forms]

    def _translations(self, moved: Sequence[Sequence[Terms]]) -> list[Row]:
        """The combinations of annihilators by which coordinates move constantly."""
        rows: dict[tuple[int, Monomial], Row] = {}
        for k in range(self.ring.space.dimension):
            for number, terms in enumerate(moved[k]):
                for monomial, value in terms.items():
                    if any(monomial):
                        rows.setdefault((k, monomial), {})[number] = value
        return nullspace(rows.values(), len(self._annihilators), self.ring.domain)

    def _row(self, terms: Terms) -> Row:
        place = self._place
        return {place.setdefault(m, len(place)): value for m, value in terms.items()}

    def _terms(self, row: Row) -> Terms:
        names = list(self._place)
        return {names[k]: value for k, value in row.items()}

    def _images(
        self, unknowns: Sequence[Row], velocity: Mapping[int, Terms]
    ) -> list[Row]:
        """What a field makes of each function."""
        slopes = (self.ring.slopes(self._terms(f)) for f in unknowns)
        return [self._row(self.ring.derivative_along(f, velocity)) for f in slopes]

    def _annihilated(self, unknowns: Sequence[Row]) -> list[Row]:
        """The combinations of functions that the annihilators map to zero."""
        rows: dict[tuple[int, int], Row] = {}
        for number, velocity in enumerate(self._annihilators):
            for k, moved in enumerate(self._images(unknowns, velocity)):
                for target, value in moved.items():
                    rows.setdefault((number, target), {})[k] = value
        kernel = nullspace(rows.values(), len(unknowns), self.ring.domain)
        return [combined(vector, unknowns) for vector in kernel]

    def _stable(self, rows: Sequence[Row]) -> tuple[Echelon, list[list[Row]]]:
        """The largest subspace that the multipliers map to itself, and their matrices."""
        while True:
            space = echelon(rows, len(self._place), self.ring.domain)
            images = [self._images(space.rows, field) for field in self._multipliers]
            kept = stable_combinations(space, images, self.ring.domain)
            if kept is None:
                return space, [[_coordinates(f, space) for f in g] for g in images]
            rows = [combined(vector, space.rows) for vector in kept]

    # -- what is new --------------------------------------------------------------------

    def _products(self, degree: int) -> list[tuple[Row, Weight]]:
        """The products of those found, up to a degree, with their weights.

        In an extended search they are the factors alone, for the ring does not reduce
        what is not over its own field.
        """
        zero = (self.domain.zero,) * len(self._multipliers)
        one = self._converted(self.ring.one, self.ring.domain)
        products = [(self._row(one), zero)]
        levels = [(0, 0, one, zero)]
        while levels:
            first, reached, factor, weight = levels.pop()
            for k in range(first, len(self.found)):
                other = self.found[k]
                total = reached + other.degree
                if total <= degree and not (reached and self._extended):
                    following = other.terms
                    if reached:
                        following = self.ring.reduce(product(factor, other.terms))
                    sums = tuple(map(sum, zip(weight, other.weight, strict=True)))
                    products.append((self._row(following), sums))
                    levels.append((k, total, following, sums))
        return products


def _coordinates(row: Mapping[int, Any], space: Echelon) -> Row:
    """The coordinates of a vector of a space in its reduced echelon form."""
    return {k: row[c] for k, c in enumerate(space.pivots) if c in row}


def _equal(left: Weight, right: Weight) -> bool:
    # Elements of a field may be equal and yet be written differently.
    return not any(a - b for a, b in zip(left, right, strict=True))


def _primitive(row: Row, domain: Domain) -> Row:
    """The multiple without denominators or common factors, and a positive first one.

    Over number fields it is the row itself.
    """
    if domain is not QQ and not domain.is_FractionField:
        return row
    ring = domain.get_ring()
    scale = domain.convert_from(reduce(ring.lcm, map(domain.denom, row.values())), ring)
    whole = {k: scale * value for k, value in row.items()}
    common = domain.convert_from(
        reduce(ring.gcd, map(domain.numer, whole.values())), ring
    )
    sign = -1 if domain.is_negative(row[min(row)]) else 1
    return {k: sign * value / common for k, value in whole.items()}
