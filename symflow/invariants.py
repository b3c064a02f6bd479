r"""Invariants: the functions that commute with every generator.

Takes a Lie algebra of phase-space functions, gives polynomial generators of its
invariants degree by degree, sorted, with what is proved about their completeness.

.. math:: \{g_k, I_a\} = 0 \quad \text{for all } k, a

By the chain rule every smooth function of the I commutes with every generator as well, so
the I are what a Hamiltonian may be made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import comb
from typing import Any

from sympy import Expr
from sympy.polys.rings import PolyElement

from symflow.algebra import LieAlgebra
from symflow.ansatz import GradedAnsatz
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.function_ansatz import FunctionAnsatz
from symflow.notation import expression_latex, inline
from symflow.polynomials import RankCertificate, total_degree
from symflow.syzygies import syzygies

__all__ = ["Invariants", "invariants"]

# Without a degree from the user the search goes to degree four, which covers rotations and
# unitary groups, and on to six while invariants are missing and the ansatz stays small.
_USUAL_DEGREE = 4
_LAST_DEGREE = 6
_ANSATZ_LIMIT = 20_000
_FUNCTION_LIMIT = 500


class Invariants:
    r"""Polynomial invariants of a Lie algebra of phase-space functions.

    .. math:: \{g_k, I_a\} = 0, \qquad \#\{\text{independent } I\}
        = 2n - \operatorname{rank}(J \nabla g_1, J \nabla g_2, \dots)

    Arguments:
        algebra: The algebra.
        polynomials: The invariants in canonical form.
        degree: The degree up to which they generate all polynomial invariants.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> found = invariants(so2)
        >>> found.of_q, found.of_p
        ((x**2 + y**2,), (p_x**2 + p_y**2,))
        >>> found.mixed
        (p_x*x + p_y*y, -p_x*y + p_y*x)
        >>> found.count, found.rank
        (3, 3)

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.1.
    """

    def __init__(
        self, algebra: LieAlgebra, polynomials: Sequence[PolyElement], degree: int
    ) -> None:
        self.algebra = algebra
        self.degree = degree
        self.polynomials = tuple(sorted(polynomials, key=self._order))

    @cached_property
    def generators(self) -> tuple[Expr, ...]:
        """The invariants as expressions, by degree."""
        return tuple(map(self.algebra.ring.expression, self.polynomials))

    @property
    def of_q(self) -> tuple[Expr, ...]:
        """The invariants that depend on coordinates only: what U(q) is made of."""
        momenta = set(self.algebra.phase_space.p)
        return tuple(g for g in self.generators if not g.free_symbols & momenta)

    @property
    def of_p(self) -> tuple[Expr, ...]:
        """The invariants that depend on momenta only: what K(p) is made of."""
        coordinates = set(self.algebra.phase_space.q)
        return tuple(g for g in self.generators if not g.free_symbols & coordinates)

    @property
    def mixed(self) -> tuple[Expr, ...]:
        """The invariants that depend on both."""
        pure = {*self.of_q, *self.of_p}
        return tuple(g for g in self.generators if g not in pure)

    @cached_property
    def orbit_rank(self) -> RankCertificate:
        """The dimension of a generic orbit: the rank of the generators' fields."""
        ring = self.algebra.ring
        fields = [ring.field_of(g) for g in self.algebra.polynomials]
        moving = [field for field in fields if any(field)]
        return ring.generic_rank(moving, most=min(len(moving), ring.space.dimension))

    @cached_property
    def functional_rank(self) -> RankCertificate:
        """The number of functionally independent invariants among those found."""
        ring = self.algebra.ring
        gradients = [ring.gradient(f) for f in self.polynomials]
        most = min(len(gradients), ring.space.dimension - self.orbit_rank.rank)
        return ring.generic_rank(gradients, most)

    @property
    def rank(self) -> int:
        """The number of functionally independent invariants among those found."""
        return self.functional_rank.rank

    @property
    def count(self) -> int:
        """The number of functionally independent invariants that exist locally.

        This is 2n minus the rank of the generators, never 2n minus their number.
        """
        return self.algebra.space.dimension - self.orbit_rank.rank

    @property
    def standing(self) -> Standing:
        """The standing of `count`: proved, or measured at a random rational point."""
        return _standing(self, self.complete or self.orbit_rank.exact)

    @property
    def complete(self) -> bool:
        """Whether every local invariant is a function of those found (rank)."""
        return self.rank == self.count

    def relations(self, degree: int | None = None) -> tuple[Expr, ...]:
        r"""The relations that the invariants satisfy identically.

        .. math:: R(I_1, \dots, I_m) = 0

        Arguments:
            degree: The highest degree in (q, p); by default twice the highest degree of
                an invariant.

        Returns:
            Minimal relations up to that degree, as expressions in I1, I2 and so on,
            numbered in the order of `generators`.

        Example:
            >>> from symflow.phase_space import PhaseSpace
            >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
            >>> invariants(so2).relations()
            (I1*I2 - I3**2 - I4**2,)
        """
        highest = max((total_degree(f) for f in self.polynomials), default=0)
        upto = 2 * highest if degree is None else degree
        return syzygies(self.algebra.ring, self.polynomials, upto)

    @property
    def certificate(self) -> tuple[Claim, ...]:
        """What is proved about the invariants, claim by claim."""
        return _claims(self)

    def _order(self, f: PolyElement) -> tuple[int, int]:
        """By degree; in each, functions of q before those of p before the others."""
        n = self.algebra.space.dimension // 2
        used = [any(powers) for powers in zip(*f.monoms(), strict=True)]
        of_q, of_p = any(used[:n]), any(used[n:])
        return total_degree(f), 2 if of_q and of_p else int(of_p)

    def __deepcopy__(self, memo: dict[int, Any]) -> Invariants:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def _repr_latex_(self) -> str:
        listed = (
            f"I_{{{k}}} = {expression_latex(f)}"
            for k, f in enumerate(self.generators, start=1)
        )
        return inline(r", \quad ".join(listed) or r"I = \mathrm{const}")

    def __repr__(self) -> str:
        listed = ", ".join(map(str, self.generators))
        return (
            f"Invariants({listed}; {self.rank} of {self.count} independent, "
            f"generating up to degree {self.degree})"
        )


def invariants(algebra: LieAlgebra, degree: int | None = None) -> Invariants:
    r"""The polynomial invariants of an algebra, degree by degree.

    .. math:: \{I \in K[q, p] : \{g_k, I\} = 0 \ \forall k\}

    Arguments:
        algebra: The algebra.
        degree: The highest degree to search. By default four, and on to six while
            independent invariants are missing and the search stays small.

    Returns:
        Generators of all polynomial invariants up to that degree: no product of lower
        ones is among them.

    Raises:
        ArgumentError: If the algebra is none, or the degree not a positive integer.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> heisenberg = LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"})
        >>> invariants(heisenberg).generators
        ()

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 4.6.
    """
    if not isinstance(algebra, LieAlgebra):
        raise ArgumentError(
            "Argument `algebra` must be a LieAlgebra, but it is of type "
            f"{type(algebra).__name__}. Make one with `LieAlgebra` or `closure`."
        )
    if degree is not None and (not isinstance(degree, int) or degree < 1):
        raise ArgumentError(
            f"Argument `degree` must be a positive integer, but it is {degree!r}."
        )
    if not algebra.ring.is_polynomial:
        return _among_functions(algebra, degree)
    search = GradedAnsatz(algebra.ring, algebra.polynomials)
    if degree is not None:
        search.up_to(degree)
        return Invariants(algebra, search.found, search.degree)
    for step in range(1, _LAST_DEGREE + 1):
        size = comb(algebra.space.dimension + step - 1, step)
        if step > 1 and (search.trivial or size > _ANSATZ_LIMIT):
            break
        search.up_to(step)
        found = Invariants(algebra, search.found, search.degree)
        if step >= _USUAL_DEGREE and found.complete:
            break
    return found


def _among_functions(algebra: LieAlgebra, degree: int | None) -> Invariants:
    """The invariants among polynomials in the coordinates and the kernels."""
    search = FunctionAnsatz(algebra.ring, algebra.polynomials)
    if degree is not None:
        search.up_to(degree)
        return Invariants(algebra, search.found, search.degree)
    for step in range(1, _USUAL_DEGREE + 1):
        if step > 1 and (search.trivial or search.size(step) > _FUNCTION_LIMIT):
            break
        search.up_to(step)
        if Invariants(algebra, search.found, search.degree).complete:
            break
    return Invariants(algebra, search.found, search.degree)


def _claims(found: Invariants) -> tuple[Claim, ...]:
    proved = _standing(found, decided=True)
    exact = found.algebra.exact
    origin = "exact identity" if exact else "identity of inexact (float) coefficients"
    names = ", ".join(found.algebra.generators) or "no generator"
    claims = [
        Claim(
            "invariant",
            f"{{g, I{k}}} = 0 for g in ({names}), I{k} = {expression}",
            proved,
            origin,
            {"expression": str(expression)},
        )
        for k, expression in enumerate(found.generators, start=1)
    ]
    return (*claims, _independence(found), _count(found), _generation(found))


def _standing(found: Invariants, decided: bool) -> Standing:
    if not found.algebra.exact:
        return Standing.MEASURED
    return Standing.PROVED if decided else Standing.NOT_KNOWN


def _independence(found: Invariants) -> Claim:
    certificate = found.functional_rank
    return Claim(
        "independent",
        f"{certificate.rank} of the {len(found.generators)} invariants are "
        "functionally independent",
        _standing(found, certificate.exact),
        "rank of their gradients at a rational point, and no more can be",
        {"rank": certificate.rank, "point": [str(c) for c in certificate.point]},
    )


def _count(found: Invariants) -> Claim:
    certificate = found.orbit_rank
    total = found.algebra.space.dimension
    return Claim(
        "count",
        f"{found.count} functionally independent invariants exist: {total} minus the "
        f"orbit dimension {certificate.rank}",
        found.standing,
        "rank of the generators' fields at a rational point, met by independent "
        "invariants or by the largest rank possible",
        {
            "rank": certificate.rank,
            "point": [str(c) for c in certificate.point],
            "complete": found.complete,
        },
    )


def _generation(found: Invariants) -> Claim:
    kernels = found.algebra.ring.generators[len(found.algebra.space.variables) :]
    kind = "polynomial"
    if kernels:
        listed = ", ".join(map(str, kernels))
        kind = f"polynomial (in the coordinates and {listed})"
    return Claim(
        "generating",
        f"every {kind} invariant of degree at most {found.degree} is a polynomial "
        "in those listed",
        _standing(found, decided=True),
        "kernel of exact linear algebra in every degree",
        {"degree": found.degree},
    )
