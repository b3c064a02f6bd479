r"""Polynomials: functions on phase space in the one canonical form.

Takes SymPy expressions, gives sparse polynomials in the coordinates of phase space and in
*kernels* (roots, quotients, trigonometric functions of them) over an exact field K, with
their Poisson bracket.

.. math:: f(z) = \sum_\alpha f_\alpha \, z^{\alpha'} \kappa(z)^{\alpha''},
    \qquad f_\alpha \in K

K is the rationals, extended by the numbers and parameters that appear. Two functions are
equal exactly when their difference has no term left, so no simplification is ever needed
to decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import flint
from sympy import QQ, Dummy, Expr
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement, PolyRing

from symflow.function_tower import FunctionTower
from symflow.linear_algebra import Row, rank
from symflow.phase_space import AbstractSpace
from symflow.terms import (
    Monomial,
    Terms,
    add_product,
    derivative_along,
    monomials,
)

__all__ = [
    "PhasePolynomials",
    "RankCertificate",
    "total_degree",
]

_SEED = 20191

# How many points modulo a prime are tried for a rank. A point in general position reaches
# it; one chosen at random is that but for one chance in ten thousand.
_POINTS = 3


def total_degree(f: PolyElement) -> int:
    """The highest total degree among the terms of a polynomial; zero for the zero.

    Arguments:
        f: An element of a polynomial ring.

    Returns:
        The degree in (q, p).
    """
    return max((sum(monomial) for monomial in f.monoms()), default=0)


@dataclass(frozen=True)
class RankCertificate:
    """A rank of a matrix of polynomials, with the point that shows it.

    Arguments:
        rank: The rank at the point, a lower bound of the generic rank.
        point: The point, one integer for each coordinate and kernel.
        exact: Whether the generic rank is proved to be this.
    """

    rank: int
    point: tuple[int, ...]
    exact: bool


class PhasePolynomials:
    r"""The ring of functions on a phase space, with its Poisson bracket.

    .. math::
        \{f, g\} = \sum_{i,j} \frac{\partial f}{\partial z_i} \, \{z_i, z_j\} \,
                    \frac{\partial g}{\partial z_j}

    The ring is K[q, p] where the functions are polynomials, and else that of their
    kernels as well.

    Arguments:
        space: The phase space.
        expressions: The functions that decide K and the kernels.

    Raises:
        UnsupportedError: If a function is none of those that the toolkit can compare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> (x,), (p,) = space.q, space.p
        >>> ring = PhasePolynomials(space, [x * p])
        >>> ring.expression(ring.bracket(ring.polynomial(x), ring.polynomial(x * p)))
        x

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40; docs/functions.md.
    """

    def __init__(self, space: AbstractSpace, expressions: Iterable[Expr]) -> None:
        self.space = space
        tensor = {} if space.is_canonical else space.tensor
        self._tower = FunctionTower(
            space.variables, space.parameters, [*expressions, *tensor.values()]
        )
        self._kernels = self._tower.kernels
        self.domain: Domain = self._tower.field.domain
        self.one: Terms = self._tower.one
        # What the coordinates' brackets are, in both orders.
        self._tensor: dict[int, dict[int, Terms]] = {}
        for (i, j), expression in tensor.items():
            terms = self._tower.field.lowered(self._tower.terms(expression))
            self._tensor.setdefault(i, {})[j] = terms
            self._tensor.setdefault(j, {})[i] = {m: -c for m, c in terms.items()}
        # The monomials in normal form of each degree, as far as they were asked for.
        self._levels: list[list[Monomial]] = []

    @property
    def is_polynomial(self) -> bool:
        """Whether there are no kernels, so that all elements are polynomials."""
        return not self._kernels.items

    @property
    def size(self) -> int:
        """The number of generators: coordinates, time if there is one, and kernels."""
        return self._kernels.size

    @cached_property
    def ring(self) -> PolyRing:
        """The ring as SymPy has it, built when asked for: its code takes a while."""
        kernels = [Dummy(f"kernel{k}") for k, _ in enumerate(self._kernels.items)]
        return PolyRing([*self.space.variables, *kernels], self.domain)

    @property
    def generators(self) -> tuple[Expr, ...]:
        """The coordinates and the kernels as expressions."""
        return self._kernels.generators

    @property
    def variables(self) -> tuple[PolyElement, ...]:
        """The coordinates and the kernels as elements of the ring."""
        return self.ring.gens

    def polynomial(self, expression: Expr) -> PolyElement:
        """The canonical form of an expression, as an element of the ring.

        Arguments:
            expression: A SymPy expression in the declared symbols.

        Returns:
            The sparse polynomial; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the ring does not hold the expression.
        """
        return self.ring.from_dict(self.terms(expression))

    def terms(self, expression: Expr) -> Terms:
        """The canonical form of an expression: its coefficients by exponents.

        Arguments:
            expression: A SymPy expression in the declared symbols.

        Returns:
            The terms that are not zero; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the ring does not hold the expression.
        """
        return self._tower.terms(expression)

    def reduce(self, polynomial: Terms) -> Terms:
        """The normal form of an element, from its product with another, say.

        Arguments:
            polynomial: An element of the ring, or its terms, in any form.

        Returns:
            The terms of the normal form.
        """
        return self._kernels.reduce(polynomial)

    def expression(self, polynomial: Terms) -> Expr:
        """The polynomial as a SymPy expression, expanded unless parameters divide it.

        Arguments:
            polynomial: An element of the ring, or its terms.

        Returns:
            The expression in the symbols of the phase space.
        """
        found = self._kernels.expression(polynomial)
        composed = self.domain is not QQ and found.is_polynomial()
        return found.expand() if composed else found

    def slopes(self, polynomial: Terms) -> dict[int, Terms]:
        """The partial derivatives along the coordinates that are not zero.

        Arguments:
            polynomial: An element of the ring, or its terms.

        Returns:
            The terms of each derivative, by place of the coordinate. Coefficients
            without denominators are polynomials in the parameters, which is faster.
        """
        return self._kernels.gradient(polynomial)

    def gradient(self, polynomial: PolyElement) -> tuple[PolyElement, ...]:
        """The partial derivatives along z.

        Arguments:
            polynomial: An element of the ring.

        Returns:
            One derivative for each coordinate of phase space.
        """
        return self._components(self.slopes(polynomial))

    def bracket(self, f: PolyElement, g: PolyElement) -> PolyElement:
        """The Poisson bracket {f, g}.

        Arguments:
            f: An element of the ring.
            g: An element of the ring.

        Returns:
            The bracket, canonical.
        """
        terms = self.derivative_along(self.slopes(f), self.velocity(self.slopes(g)))
        return self.ring.from_dict(terms)

    def field_of(self, g: PolyElement) -> tuple[PolyElement, ...]:
        r"""The Hamiltonian vector field :math:`\{z, g\} = J \nabla g`.

        Arguments:
            g: An element of the ring.

        Returns:
            One component for each coordinate of phase space.
        """
        return self._components(self.velocity(self.slopes(g)))

    def velocity(self, gradient: Mapping[int, Terms]) -> dict[int, Terms]:
        r"""The components of :math:`\{z, g\}` that are not zero.

        Arguments:
            gradient: The derivatives of g, as `slopes` gives them.

        Returns:
            The terms of each component, by place of the coordinate.
        """
        if not self.space.is_canonical:
            return self._contracted(gradient)
        n = self.space.dimension // 2
        found = {}
        for k, slope in gradient.items():
            if k < n:
                found[k + n] = {exponents: -value for exponents, value in slope.items()}
            elif k < 2 * n:
                found[k - n] = slope
        return found

    def _contracted(self, gradient: Mapping[int, Terms]) -> dict[int, Terms]:
        found = {}
        for i, row in self._tensor.items():
            total: Terms = {}
            for j in row.keys() & gradient.keys():
                add_product(total, row[j], gradient[j])
            component = self._kernels.reduce(total)
            if component:
                found[i] = component
        return found

    def derivative_along(
        self, gradient: Mapping[int, Terms], velocity: Mapping[int, Terms]
    ) -> Terms:
        """The derivative of f along a field, which is {f, g} along that of g.

        Arguments:
            gradient: The derivatives of f.
            velocity: The components of the field.

        Returns:
            The terms of the derivative, canonical.
        """
        moved = self._kernels.reduce(derivative_along(gradient, velocity))
        return self._tower.field.raised(moved)

    def normal_monomials(self, degree: int) -> list[Monomial]:
        """The monomials that are their own normal forms, without one.

        Arguments:
            degree: The highest total degree in variables and kernels.

        Returns:
            Their exponents, lowest degrees first.
        """
        one = self.domain.one
        for step in range(len(self._levels) + 1, degree + 1):
            found = monomials(self.size, step)
            self._levels.append([m for m in found if self.reduce({m: one}) == {m: one}])
        return [monomial for level in self._levels[:degree] for monomial in level]

    def constancy(
        self, unknowns: Sequence[Monomial], velocities: Sequence[Mapping[int, Terms]]
    ) -> list[Row]:
        """What coefficients satisfy for a sum of monomials to be constant along fields.

        Arguments:
            unknowns: The monomials.
            velocities: The fields, by place of the variable, as `velocity` gives them.

        Returns:
            One row for each field and monomial, by place among the unknowns.
        """
        rows: dict[tuple[int, Monomial], Row] = {}
        for column, monomial in enumerate(unknowns):
            gradient = self.slopes({monomial: self.domain.one})
            for number, velocity in enumerate(velocities):
                moved = self.derivative_along(gradient, velocity)
                for target, value in moved.items():
                    rows.setdefault((number, target), {})[column] = value
        return list(rows.values())

    def products(self, factors: Sequence[PolyElement], degree: int) -> Iterator[Terms]:
        """The products of functions up to a degree, each multiset once.

        Arguments:
            factors: The functions, none of them constant.
            degree: The highest sum of their degrees.

        Returns:
            The products of one factor and more, in normal form.
        """
        levels: list[tuple[int, int, PolyElement]] = [(0, 0, self.ring.one)]
        while levels:
            first, reached, product = levels.pop()
            for k in range(first, len(factors)):
                total = reached + total_degree(factors[k])
                if total <= degree:
                    following = product * factors[k]
                    yield self.reduce(following)
                    levels.append((k, total, following))

    def _components(self, found: Mapping[int, Terms]) -> tuple[PolyElement, ...]:
        raised = (
            self._tower.field.raised(found.get(k, {}))
            for k in range(self.space.dimension)
        )
        return tuple(map(self.ring.from_dict, raised))

    def value_at(self, f: PolyElement, point: Sequence[Any]) -> Any:  # noqa: ANN401
        """The value of a polynomial at a point of K.

        Arguments:
            f: An element of the ring.
            point: The coordinates, elements of the domain.

        Returns:
            The value, an element of the domain.
        """
        total = self.domain.zero
        for exponents, coefficient in f.terms():
            term = coefficient
            for coordinate, power in zip(point, exponents, strict=True):
                if power:
                    term = term * coordinate**power
            total = total + term
        return total

    def generic_rank(
        self, rows: Sequence[Sequence[PolyElement]], most: int
    ) -> RankCertificate:
        """The rank of a matrix of functions at a generic point.

        Arguments:
            rows: The matrix, one sequence of elements a row.
            most: An upper bound of the rank that holds by theory.

        Returns:
            The rank at a point; exact if it meets the bound there, or else, for
            polynomials, by elimination over the field of rational functions.
        """
        if not self.is_polynomial:
            return self.rank_modulo_prime(rows, most)
        random = Random(_SEED)  # noqa: S311 (points in general position, not secrets)
        best = RankCertificate(0, (0,) * self.size, most == 0)
        for _ in range(3):
            if best.rank == most:
                return best
            point = tuple(random.randint(1, 97) for _ in range(self.size))
            reached = self.rank_at(rows, point)
            if reached > best.rank:
                best = RankCertificate(reached, point, reached == most)
        if best.rank < most:
            fractions = self.ring.to_field()
            lifted = [[fractions.raw_new(f) for f in row] for row in rows]
            shape = len(lifted), len(rows[0])
            whole = DomainMatrix(lifted, shape, fractions.to_domain()).rank()
            best = RankCertificate(best.rank, best.point, best.rank == whole)
        return best

    def rank_at(
        self, rows: Sequence[Sequence[PolyElement]], point: Sequence[int]
    ) -> int:
        """The rank of a matrix of polynomials at a point.

        Arguments:
            rows: The matrix, one sequence of elements a row.
            point: One integer for each coordinate.

        Returns:
            The rank there, which no point exceeds on a dense open set.
        """
        place = [self.domain(coordinate) for coordinate in point]
        values = (
            {k: self.value_at(f, place) for k, f in enumerate(row) if f} for row in rows
        )
        return rank(values, len(rows[0]) if rows else 0, self.domain)

    def rank_modulo_prime(
        self, rows: Sequence[Sequence[PolyElement]], most: int
    ) -> RankCertificate:
        """The rank at points modulo a prime, which the generic rank is at least.

        Arguments:
            rows: The matrix, one sequence of elements a row.
            most: An upper bound of the rank that holds by theory.

        Returns:
            The largest rank seen; exact if it meets the bound.
        """
        random = Random(_SEED)  # noqa: S311 (points in general position, not secrets)
        residues = self._kernels.residues(random)
        best = RankCertificate(0, (), most == 0)
        tried = 0
        while tried < _POINTS and best.rank < most:
            try:
                point = self._kernels.points(residues, random)
                values = [[residues.value(f, point) for f in row] for row in rows]
            except ArithmeticError:
                continue
            tried += 1
            reached = flint.nmod_mat(values, residues.prime).rank()
            if reached > best.rank:
                best = RankCertificate(reached, tuple(point), reached == most)
        return best
