r"""Reconstruction: coordinates as functions of invariants and of a few coordinates.

Takes rational invariants, gives a proof that they generate the field of all of them, where
there is one of this kind: an order in which the coordinates follow from the invariants and
from as many coordinates t as orbits have dimensions.

.. math:: K(z) = K(I)(t) \quad\Longrightarrow\quad K(z)^{\mathfrak g} = K(I)

An invariant depends on the I by rank, so it is algebraic over K(I); and K(I) is
algebraically closed in K(I)(t), because the t are independent. One coordinate may follow
from a quadratic equation, if its discriminant is no square of a function of t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

import flint
from sympy import Expr

from symflow.polynomials import PhasePolynomials
from symflow.residues import Residues
from symflow.terms import Monomial, Terms

__all__ = ["Fraction", "Reconstruction", "reconstruct"]

_SEED = 20191
_MOST_CHOICES = 2000

# A numerator and a denominator.
Fraction = tuple[Terms, Terms]


@dataclass(frozen=True)
class Reconstruction:
    """How the coordinates follow from invariants and from some of them.

    Arguments:
        free: The coordinates t.
        steps: The coordinates that follow, those found together in one step.
        quadratic: The coordinate that follows from a quadratic equation, if one does.
    """

    free: tuple[Expr, ...]
    steps: tuple[tuple[Expr, ...], ...]
    quadratic: Expr | None

    def __str__(self) -> str:
        if not self.steps:
            return "a generic orbit is open, so that only constants are invariant"
        text = "from the invariants "
        if self.free:
            text += f"and {', '.join(map(str, self.free))} "
        ways = [", ".join(map(str, step)) for step in self.steps]
        text += f"follow in turn {'; '.join(ways)}"
        if self.quadratic is not None:
            text += (
                f", each rationally but for {self.quadratic}, whose quadratic equation "
                "has a discriminant that is no square"
            )
        return text


def reconstruct(
    ring: PhasePolynomials, functions: Sequence[Fraction], dimension: int
) -> Reconstruction | None:
    r"""A proof that rational invariants generate their field, where one is found.

    .. math:: N_a(z) - I_a D_a(z) = 0, \qquad a = 1, \dots, m

    These equations are solved for coordinates step by step: those affine in what is still
    unknown by linear algebra. That a determinant or a discriminant is not zero is seen at
    one point modulo a prime.

    Arguments:
        ring: The ring of polynomials.
        functions: The invariants, of which as many are independent as exist.
        dimension: The dimension of a generic orbit.

    Returns:
        The order in which coordinates follow; None if there is none.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> ring = PhasePolynomials(space, [])
        >>> print(reconstruct(ring, [(ring.terms(space.read("x*p_x")), ring.one)], 1))
        from the invariants and x follow in turn p_x
        >>> reconstruct(ring, [(ring.terms(space.read("(x*p_x)**2")), ring.one)], 1)

    Reference:
        Hubert and Kogan, Rational invariants of a group action, Journal of Symbolic
        Computation 42 (2007) 203; docs/local_invariants.md.
    """
    equations = _Equations(ring, functions)
    choices = combinations(range(ring.space.dimension), dimension)
    for free, _ in zip(choices, range(_MOST_CHOICES), strict=False):
        found = equations.follow(free)
        if found is not None:
            return found
    return None


class _Equations:
    """The equations N - I D = 0, with their values at a point modulo a prime."""

    def __init__(self, ring: PhasePolynomials, functions: Sequence[Fraction]) -> None:
        random = Random(_SEED)  # noqa: S311 (points in general position, not secrets)
        self._z = ring.space.z
        self._residues = Residues(ring.domain, 2, random)
        self._prime = self._residues.prime
        self._point = [random.randrange(1, self._prime) for _ in self._z]
        self._equations = [self._equation(*function) for function in functions]

    def _equation(self, above: Terms, below: Terms) -> dict[Monomial, int]:
        """The terms of N - c D modulo the prime, with the value c of the invariant.

        Raises:
            ZeroDivisionError: If the denominator vanishes at the point.
        """
        element = self._residues.element
        value = self._residues.value(above, self._point) * pow(
            self._residues.value(below, self._point), -1, self._prime
        )
        found = {m: element(c) for m, c in above.items()}
        for monomial, coefficient in below.items():
            change = value * element(coefficient)
            found[monomial] = (found.get(monomial, 0) - change) % self._prime
        return found

    def follow(self, free: Sequence[int]) -> Reconstruction | None:
        """The order in which the other coordinates follow from these, if they do."""
        unknown = set(range(len(self._z))) - set(free)
        steps: list[list[int]] = []
        quadratic: int | None = None
        while unknown:
            step = sorted(self._solved(unknown))
            if not step and quadratic is None:
                quadratic = self._solved_quadratically(free, unknown)
                step = [] if quadratic is None else [quadratic]
            if not step:
                return None
            steps.append(step)
            unknown -= set(step)
        return Reconstruction(
            tuple(self._z[k] for k in free),
            tuple(tuple(self._z[k] for k in step) for step in steps),
            None if quadratic is None else self._z[quadratic],
        )

    def _solved(self, unknown: set[int]) -> set[int]:
        """The unknowns that equations affine in all unknowns determine."""
        rows = [
            row for row in (self._affine(e, unknown) for e in self._equations) if row
        ]
        wanted = {k for row in rows for k in row}
        while wanted:
            places = sorted(wanted)
            # Rows that hold no other unknown, not only none at the point, are a proof.
            inside = [row for row in rows if row.keys() <= wanted]
            matrix = flint.nmod_mat(
                [[row.get(k, 0) for k in places] for row in inside]
                or [[0] * len(places)],
                self._prime,
            )
            form, rank = matrix.rref()
            if rank == len(places):
                break
            lines = ([int(form[i, j]) for j in range(len(places))] for i in range(rank))
            single = [line.index(1) for line in lines if sum(map(bool, line)) == 1]
            wanted = {places[j] for j in single}
        return wanted

    def _affine(
        self, equation: dict[Monomial, int], unknown: set[int]
    ) -> dict[int, int] | None:
        """The coefficients of the unknowns, if they occur to degree one at most."""
        row: dict[int, int] = {}
        for monomial, coefficient in equation.items():
            present = [k for k in unknown if monomial[k]]
            if sum(monomial[k] for k in present) > 1:
                return None
            if present:
                value = coefficient * self._rest(monomial, present[0])
                row[present[0]] = (row.get(present[0], 0) + value) % self._prime
        return row

    def _rest(self, monomial: Monomial, *left_out: int) -> int:
        """The value of a monomial without some of its variables."""
        value = 1
        for k, exponent in enumerate(monomial):
            if exponent and k not in left_out:
                value = value * pow(self._point[k], exponent, self._prime) % self._prime
        return value

    def _solved_quadratically(
        self, free: Sequence[int], unknown: set[int]
    ) -> int | None:
        """An unknown with a quadratic equation in it and in the free ones alone."""
        for equation in self._equations:
            present = {k for m in equation for k, exponent in enumerate(m) if exponent}
            inside = present & unknown
            if len(inside) != 1 or not present <= inside | set(free):
                continue
            (u,) = inside
            if max(monomial[u] for monomial in equation) == 2 and any(
                self._is_no_square(equation, u, t) for t in free
            ):
                return u
        return None

    def _is_no_square(self, equation: dict[Monomial, int], u: int, t: int) -> bool:
        """Whether the discriminant is squarefree in t, and not constant in it."""
        c, b, a = (
            self._in_one_variable(
                {m: v for m, v in equation.items() if m[u] == exponent}, u, t
            )
            for exponent in range(3)
        )
        discriminant = b * b - 4 * a * c
        if discriminant.degree() < 1:
            return False
        return discriminant.gcd(discriminant.derivative()).degree() == 0

    def _in_one_variable(self, terms: Terms, u: int, t: int) -> flint.nmod_poly:
        coefficients: list[Any] = [0] * (1 + max((m[t] for m in terms), default=0))
        for monomial, value in terms.items():
            coefficients[monomial[t]] += value * self._rest(monomial, u, t)
        reduced = [value % self._prime for value in coefficients]
        return flint.nmod_poly(reduced, self._prime)
