r"""Polynomials: the one canonical form of functions on phase space.

Takes SymPy expressions, gives sparse polynomials in z = (q, p) over an exact field K.

.. math:: f(z) = \sum_\alpha f_\alpha z^\alpha, \qquad f_\alpha \in K

K is the rationals, extended by the algebraic numbers and by the rational functions of the
parameters that appear. Two functions are equal exactly when their difference has no term
left, so no simplification is ever needed to decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import chain
from operator import add
from random import Random
from typing import Any

from sympy import QQ, Add, Expr, Float, Mul, Pow, Rational, Symbol, preorder_traversal
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix
from sympy.polys.polyerrors import CoercionFailed
from sympy.polys.polyutils import expr_from_dict
from sympy.polys.rings import PolyElement, PolyRing

from symflow.errors import UnsupportedError
from symflow.linear_algebra import rank
from symflow.phase_space import PhaseSpace

__all__ = [
    "PhasePolynomials",
    "RankCertificate",
    "Terms",
    "derivative_along",
    "exact_number",
    "slopes",
    "total_degree",
]

# The coefficients of a polynomial, none of them zero, by the exponents of z.
Terms = dict[tuple[int, ...], Any]

# A float within this relative distance of a fraction with a small denominator is read as
# that fraction: 0.1 + 0.2 and 0.3 are then one number, and an irrational stays itself.
_FLOAT_TOLERANCE = Fraction(1, 10**14)
_FLOAT_DENOMINATOR = 10**4

_SEED = 20191


def exact_number(value: Float) -> Rational:
    """The fraction that a float coefficient stands for.

    Arguments:
        value: A SymPy float.

    Returns:
        The nearest fraction with denominator at most 10^4 if the float is that fraction
        to fourteen digits, else the float's own binary value.

    Example:
        >>> exact_number(Float(0.1 + 0.2))
        3/10
    """
    binary = Fraction(*Rational(value).as_numer_denom())
    near = binary.limit_denominator(_FLOAT_DENOMINATOR)
    close = abs(near - binary) <= _FLOAT_TOLERANCE * abs(binary)
    chosen = near if close else binary
    return Rational(chosen.numerator, chosen.denominator)


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
        point: The point, one integer for each canonical variable.
        exact: Whether the generic rank is proved to be this.
    """

    rank: int
    point: tuple[int, ...]
    exact: bool


class PhasePolynomials:
    r"""The ring K[q, p] with its Poisson bracket.

    .. math::
        \{f, g\} = \sum_i \frac{\partial f}{\partial q_i} \frac{\partial g}{\partial p_i}
                 - \frac{\partial f}{\partial p_i} \frac{\partial g}{\partial q_i}

    Arguments:
        space: The phase space that names q and p.
        expressions: The functions that decide K: their algebraic numbers and parameters.

    Raises:
        UnsupportedError: If a function is not a polynomial in q and p.

    Example:
        >>> space = PhaseSpace("x")
        >>> (x,), (p,) = space.q, space.p
        >>> ring = PhasePolynomials(space, [x * p])
        >>> ring.expression(ring.bracket(ring.polynomial(x), ring.polynomial(x * p)))
        x

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40.
    """

    def __init__(self, space: PhaseSpace, expressions: Iterable[Expr]) -> None:
        self.space = space
        self.domain = _coefficient_field(space, expressions)
        size = 2 * space.n
        self.one: Terms = {(0,) * size: self.domain.one}
        self._exponents = {
            symbol: tuple(int(j == k) for j in range(size))
            for k, symbol in enumerate(space.z)
        }

    @cached_property
    def ring(self) -> PolyRing:
        """The ring as SymPy has it, built when asked for: its code takes a while."""
        return PolyRing(self.space.z, self.domain)

    @property
    def variables(self) -> tuple[PolyElement, ...]:
        """The canonical variables as elements of the ring."""
        return self.ring.gens

    def polynomial(self, expression: Expr) -> PolyElement:
        """The canonical form of an expression, as an element of the ring.

        Arguments:
            expression: A SymPy expression in the declared symbols.

        Returns:
            The sparse polynomial; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the expression is not a polynomial in q and p over K.
        """
        return self.ring.from_dict(self.terms(expression))

    def terms(self, expression: Expr) -> Terms:
        """The canonical form of an expression: its coefficients by exponents.

        Arguments:
            expression: A SymPy expression in the declared symbols.

        Returns:
            The terms that are not zero; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the expression is not a polynomial in q and p over K.
        """
        if expression in self._exponents:
            return {self._exponents[expression]: self.domain.one}
        if isinstance(expression, Float):
            return self._constant(exact_number(expression))
        if isinstance(expression, Add):
            parts = (self.terms(part).items() for part in expression.args)
            return _add({}, chain.from_iterable(parts))
        if isinstance(expression, Mul):
            factors = map(self.terms, expression.args)
            return reduce(lambda f, g: _add({}, _products(f, g)), factors)
        if isinstance(expression, Pow):
            return self._power(expression)
        return self._constant(expression)

    def _power(self, expression: Pow) -> Terms:
        base, exponent = expression.args
        if not exponent.is_Integer:
            return self._constant(expression)
        terms, power = self.terms(base), int(exponent)
        if power < 0:
            if terms.keys() != self.one.keys():
                return self._constant(expression)
            terms = {exponents: self.domain.one / x for exponents, x in terms.items()}
            power = -power
        if len(terms) != 1:
            return dict(self.ring.from_dict(terms) ** power)
        ((exponents, value),) = terms.items()
        return {tuple(power * k for k in exponents): value**power}

    def _constant(self, expression: Expr) -> Terms:
        if expression.has(*self.space.z):
            z = ", ".join(symbol.name for symbol in self.space.z)
            raise UnsupportedError(
                f"Argument `generators` must hold polynomials in q and p, but "
                f"{expression} is not one in ({z}). Multiply out denominators, or "
                f"choose coordinates in which the symmetry is polynomial."
            )
        try:
            value = self.domain.from_sympy(expression)
        except (CoercionFailed, ValueError, TypeError, NotImplementedError):
            raise UnsupportedError(
                "Argument `generators` must have coefficients made of fractions, "
                f"roots and declared parameters, but {expression} is not one in "
                f"{self.domain}. Declare a parameter in its place."
            ) from None
        return {exponents: value for exponents in self.one if value}

    def expression(self, polynomial: Terms) -> Expr:
        """The polynomial as a SymPy expression, expanded unless parameters divide it.

        Arguments:
            polynomial: An element of the ring, or its terms.

        Returns:
            The expression in the symbols of the phase space.
        """
        terms = {k: self.domain.to_sympy(value) for k, value in polynomial.items()}
        found = expr_from_dict(terms, *self.space.z)
        composed = self.domain is not QQ and found.is_polynomial()
        return found.expand() if composed else found

    def gradient(self, polynomial: PolyElement) -> tuple[PolyElement, ...]:
        """The partial derivatives along z.

        Arguments:
            polynomial: An element of the ring.

        Returns:
            The 2n derivatives, those along q before those along p.
        """
        return self._components(slopes(polynomial))

    def bracket(self, f: PolyElement, g: PolyElement) -> PolyElement:
        """The Poisson bracket {f, g}.

        Arguments:
            f: An element of the ring.
            g: An element of the ring.

        Returns:
            The bracket, canonical.
        """
        terms = derivative_along(slopes(f), self.velocity(slopes(g)))
        return self.ring.from_dict(terms)

    def field_of(self, g: PolyElement) -> tuple[PolyElement, ...]:
        r"""The Hamiltonian vector field :math:`\{z, g\} = J \nabla g`.

        Arguments:
            g: An element of the ring.

        Returns:
            The 2n components.
        """
        return self._components(self.velocity(slopes(g)))

    def velocity(self, gradient: Mapping[int, Terms]) -> dict[int, Terms]:
        r"""The components of :math:`J \nabla g` that are not zero.

        Arguments:
            gradient: The derivatives of g, as `slopes` gives them.

        Returns:
            The terms of each component, by place of the variable in z.
        """
        n = self.space.n
        found = {}
        for k, slope in gradient.items():
            if k < n:
                found[k + n] = {exponents: -value for exponents, value in slope.items()}
            else:
                found[k - n] = slope
        return found

    def _components(self, found: Mapping[int, Terms]) -> tuple[PolyElement, ...]:
        size = 2 * self.space.n
        return tuple(self.ring.from_dict(found.get(k, {})) for k in range(size))

    def value_at(self, f: PolyElement, point: Sequence[Any]) -> Any:  # noqa: ANN401
        """The value of a polynomial at a point of K.

        Arguments:
            f: An element of the ring.
            point: The 2n coordinates, elements of the domain.

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
        """The rank of a matrix of polynomials at a generic point.

        Arguments:
            rows: The matrix, one sequence of 2n polynomials a row.
            most: An upper bound of the rank that holds by theory.

        Returns:
            The rank at an integer point; exact if it meets the bound there, or else by
            elimination over the field of rational functions.
        """
        random = Random(_SEED)  # noqa: S311 (points in general position, not secrets)
        size = 2 * self.space.n
        best = RankCertificate(0, (0,) * size, most == 0)
        for _ in range(3):
            if best.rank == most:
                return best
            point = tuple(random.randint(1, 97) for _ in range(size))
            reached = self.rank_at(rows, point)
            if reached > best.rank:
                best = RankCertificate(reached, point, reached == most)
        if best.rank < most:
            fractions = self.ring.to_field()
            lifted = [[fractions.raw_new(f) for f in row] for row in rows]
            shape = len(lifted), size
            whole = DomainMatrix(lifted, shape, fractions.to_domain()).rank()
            best = RankCertificate(best.rank, best.point, best.rank == whole)
        return best

    def rank_at(
        self, rows: Sequence[Sequence[PolyElement]], point: Sequence[int]
    ) -> int:
        """The rank of a matrix of polynomials at a point.

        Arguments:
            rows: The matrix, one sequence of 2n polynomials a row.
            point: One integer for each canonical variable.

        Returns:
            The rank there, which no point exceeds on a dense open set.
        """
        place = [self.domain(coordinate) for coordinate in point]
        values = (
            {k: self.value_at(f, place) for k, f in enumerate(row) if f} for row in rows
        )
        return rank(values, 2 * self.space.n, self.domain)


def slopes(polynomial: Terms) -> dict[int, Terms]:
    r"""The partial derivatives that are not zero, by place of the variable in z.

    .. math:: \partial_k z^\alpha = \alpha_k z^{\alpha - e_k}

    Arguments:
        polynomial: The terms of a polynomial.

    Returns:
        The terms of each derivative.

    Example:
        >>> slopes({(2, 0): QQ(1)})
        {0: {(1, 0): 2}}
    """
    found: dict[int, Terms] = {}
    for exponents, value in polynomial.items():
        for k, power in enumerate(exponents):
            if power:
                lowered = (*exponents[:k], power - 1, *exponents[k + 1 :])
                found.setdefault(k, {})[lowered] = power * value
    return found


def derivative_along(
    gradient: Mapping[int, Terms], velocity: Mapping[int, Terms]
) -> Terms:
    r"""The derivative of f along a field, which is {f, g} along that of g.

    .. math:: \dot f = \sum_k \frac{\partial f}{\partial z_k} \, \dot z_k

    Arguments:
        gradient: The derivatives of f, as `slopes` gives them.
        velocity: The terms of the field's components, by place of the variable in z.

    Returns:
        The terms of the derivative.
    """
    total: Terms = {}
    for k in gradient.keys() & velocity.keys():
        _add(total, _products(gradient[k], velocity[k]))
    return total


def _products(f: Terms, g: Terms) -> Iterator[tuple[tuple[int, ...], Any]]:
    for left, a in f.items():
        for right, b in g.items():
            yield tuple(map(add, left, right)), a * b


def _add(total: Terms, terms: Iterable[tuple[tuple[int, ...], Any]]) -> Terms:
    for exponents, value in terms:
        changed = total.get(exponents, 0) + value
        if changed:
            total[exponents] = changed
        else:
            total.pop(exponents, None)
    return total


def _coefficient_field(space: PhaseSpace, expressions: Iterable[Expr]) -> Domain:
    """The smallest field K that holds every coefficient."""
    surds: set[Expr] = set()
    parameters: set[Symbol] = set()
    for expression in expressions:
        for node in preorder_traversal(expression):
            if isinstance(node, Symbol) and node in space.parameters:
                parameters.add(node)
            elif isinstance(node, Pow) and _is_surd(node):
                surds.add(node)
    field: Domain = QQ
    if surds:
        field = QQ.algebraic_field(*sorted(surds, key=str))
    if parameters:
        field = field.frac_field(*(m for m in space.parameters if m in parameters))
    return field


def _is_surd(power: Pow) -> bool:
    return all(isinstance(x, Rational) for x in power.args) and power.exp.q != 1
