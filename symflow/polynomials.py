r"""Polynomials: the one canonical form of functions on phase space.

Takes SymPy expressions, gives sparse polynomials in z = (q, p) over an exact field K.

.. math:: f(z) = \sum_\alpha f_\alpha z^\alpha, \qquad f_\alpha \in K

K is the rationals, extended by the algebraic numbers and by the rational functions of the
parameters that appear. Two functions are equal exactly when their difference has no term
left, so no simplification is ever needed to decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from sympy import (
    QQ,
    Add,
    Expr,
    Float,
    Integer,
    Mul,
    Number,
    Pow,
    Rational,
    Symbol,
    preorder_traversal,
)
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix
from sympy.polys.polyerrors import CoercionFailed
from sympy.polys.rings import PolyElement, ring

from symflow.errors import UnsupportedError
from symflow.linear_algebra import rank
from symflow.phase_space import PhaseSpace

__all__ = ["PhasePolynomials", "RankCertificate", "exact_number", "total_degree"]

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
        self.ring, *variables = ring(space.z, self.domain)
        self._variables = dict(zip(space.z, variables, strict=True))

    @property
    def variables(self) -> tuple[PolyElement, ...]:
        """The canonical variables as elements of the ring."""
        return tuple(self._variables.values())

    def polynomial(self, expression: Expr) -> PolyElement:
        """The canonical form of an expression.

        Arguments:
            expression: A SymPy expression in the declared symbols.

        Returns:
            The sparse polynomial; floats are read by `exact_number`.

        Raises:
            UnsupportedError: If the expression is not a polynomial in q and p over K.
        """
        if isinstance(expression, Symbol) and expression in self._variables:
            return self._variables[expression]
        if isinstance(expression, Float):
            return self.polynomial(exact_number(expression))
        if isinstance(expression, Integer | Rational):
            return self.ring.ground_new(self.domain.from_sympy(expression))
        if isinstance(expression, Add):
            return self.ring.add(*map(self.polynomial, expression.args))
        if isinstance(expression, Mul):
            return self.ring.mul(*map(self.polynomial, expression.args))
        if isinstance(expression, Pow):
            return self._power(expression)
        return self._constant(expression)

    def _power(self, expression: Pow) -> PolyElement:
        base, exponent = expression.args
        if isinstance(exponent, Integer) and exponent >= 0:
            return self.polynomial(base) ** int(exponent)
        if isinstance(exponent, Integer):
            inner = self.polynomial(base)
            if inner.is_ground and inner:
                unit = self.domain.one / inner.LC
                return self.ring.ground_new(unit ** int(-exponent))
        return self._constant(expression)

    def _constant(self, expression: Expr) -> PolyElement:
        if not expression.has(*self.space.z):
            try:
                return self.ring.ground_new(self.domain.from_sympy(expression))
            except (CoercionFailed, ValueError, TypeError, NotImplementedError):
                raise UnsupportedError(
                    "Argument `generators` must have coefficients made of fractions, "
                    f"roots and declared parameters, but {expression} is not one in "
                    f"{self.domain}. Declare a parameter in its place."
                ) from None
        raise UnsupportedError(
            f"Argument `generators` must hold polynomials in q and p, but {expression} "
            f"is not one in ({', '.join(s.name for s in self.space.z)}). Multiply out "
            f"denominators, or choose coordinates in which the symmetry is polynomial."
        )

    def expression(self, polynomial: PolyElement) -> Expr:
        """The polynomial as a SymPy expression, expanded.

        Arguments:
            polynomial: An element of the ring.

        Returns:
            The expression in the symbols of the phase space.
        """
        return polynomial.as_expr()

    def gradient(self, polynomial: PolyElement) -> tuple[PolyElement, ...]:
        """The partial derivatives along z.

        Arguments:
            polynomial: An element of the ring.

        Returns:
            The 2n derivatives, those along q before those along p.
        """
        return tuple(polynomial.diff(variable) for variable in self.variables)

    def bracket(self, f: PolyElement, g: PolyElement) -> PolyElement:
        """The Poisson bracket {f, g}.

        Arguments:
            f: An element of the ring.
            g: An element of the ring.

        Returns:
            The bracket, canonical.
        """
        return self.bracket_of_gradients(self.gradient(f), self.gradient(g))

    def bracket_of_gradients(
        self, df: Sequence[PolyElement], dg: Sequence[PolyElement]
    ) -> PolyElement:
        """The Poisson bracket from gradients, for those who keep them.

        Arguments:
            df: The gradient of f.
            dg: The gradient of g.

        Returns:
            The bracket {f, g}.
        """
        n = self.space.n
        total = self.ring.zero
        for i in range(n):
            if df[i] and dg[n + i]:
                total += df[i] * dg[n + i]
            if df[n + i] and dg[i]:
                total -= df[n + i] * dg[i]
        return total

    def field_of(self, g: PolyElement) -> tuple[PolyElement, ...]:
        r"""The Hamiltonian vector field :math:`\{z, g\} = J \nabla g`.

        Arguments:
            g: An element of the ring.

        Returns:
            The 2n components.
        """
        slope = self.gradient(g)
        n = self.space.n
        return slope[n:] + tuple(-component for component in slope[:n])

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
        ordered = [symbol for symbol in space.parameters if symbol in parameters]
        field = field.frac_field(*ordered)
    return field


def _is_surd(power: Pow) -> bool:
    base, exponent = power.args
    rational = isinstance(base, Number) and not isinstance(base, Float)
    return rational and isinstance(exponent, Rational) and exponent.q != 1
