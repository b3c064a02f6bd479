r"""Invariants: the functions that commute with every generator.

Takes a Lie algebra of phase-space functions, gives polynomial generators of its
invariants degree by degree, sorted, with what is proved about their completeness.

.. math:: \{g_k, I_a\} = 0 \quad \text{for all } k, a

By the chain rule every smooth function of the I commutes with every generator as well, so
the I are what a Hamiltonian may be made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import comb
from typing import Any

from sympy import QQ, Expr, Symbol
from sympy.polys.rings import PolyElement

from symflow.algebra import LieAlgebra, check_algebra
from symflow.ansatz import GradedAnsatz
from symflow.arguments import check_positive
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError, UnsupportedError
from symflow.factors import ConstantFactor, Factor, TorusFactor
from symflow.function_ansatz import FunctionAnsatz
from symflow.generic_ranks import proved_rank, rank_below
from symflow.invariant_claims import (
    count_claim,
    generation_claim,
    global_claim,
    independence_claim,
    invariant_claims,
    proof_claim,
)
from symflow.linear_invariants import ring_element, solved_factors
from symflow.polynomial_expressions import polynomial_text
from symflow.polynomials import RankCertificate, total_degree
from symflow.stable_functions import paired_invariants
from symflow.syzygies import syzygies
from symflow.textbook_forms import WithTextbookForms

__all__ = ["Invariants", "invariants"]

# Without a degree from the user a search goes to degree four, which covers rotations and
# unitary groups, and on to six while invariants are missing and the ansatz stays small.
_USUAL_DEGREE = 4
_LAST_DEGREE = 6
_ANSATZ_LIMIT = 20_000
_FUNCTION_LIMIT = 500

# Up to so many monomials a statement about one degree can be checked again quickly.
_CHECKED_MONOMIALS = 8_000


class Invariants(WithTextbookForms):
    r"""Polynomial invariants of a Lie algebra of phase-space functions.

    .. math:: \{g_k, I_a\} = 0, \qquad \#\{\text{independent } I\}
        = 2n - \operatorname{rank}(J \nabla g_1, J \nabla g_2, \dots)

    Arguments:
        algebra: The algebra.
        polynomials: The invariants in canonical form.
        degree: The degree up to which they generate all polynomial invariants.
        factors: The factors of the algebra, if each was solved for itself.
        of: The coordinates of which functions were looked for; by default all.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> found = invariants(so2)
        >>> found.of_q, found.of_p
        ((x**2 + y**2,), (p_x**2 + p_y**2,))
        >>> found.mixed
        (p_x*x + p_y*y, -p_x*y + p_y*x)
        >>> found.count, found.rank, found.generating
        (3, 3, True)

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.1;
        docs/theory.md, equations (6) to (8).
    """

    def __init__(
        self,
        algebra: LieAlgebra,
        polynomials: Sequence[PolyElement],
        degree: int,
        factors: Sequence[Factor] = (),
        of: Sequence[Symbol] = (),
    ) -> None:
        self.algebra = algebra
        self.degree = degree
        self.polynomials = tuple(sorted(polynomials, key=self._order))
        self.factors = tuple(factors)
        self.of = tuple(of)

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
        # Invariants that are independent at a point bound it from above.
        seen = rank_below(ring, self._gradients)
        return proved_rank(ring, moving, min(len(moving), ring.space.dimension - seen))

    @cached_property
    def functional_rank(self) -> RankCertificate:
        """The number of functionally independent invariants among those found."""
        gradients, size = self._gradients, self.algebra.space.dimension
        most = min(len(gradients), size - self.orbit_rank.rank)
        return proved_rank(self.algebra.ring, gradients, most)

    @cached_property
    def _gradients(self) -> list[tuple[PolyElement, ...]]:
        return list(map(self.algebra.ring.gradient, self.polynomials))

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
    def global_count(self) -> int:
        """How many of them can be continuous everywhere, at most.

        Where frequencies are not commensurable an orbit is dense in a torus, and what is
        continuous and constant on the orbit is constant on the torus.
        """
        tori = [f.action for f in self.factors if isinstance(f, TorusFactor)]
        return self.count - sum(t.rank - t.dimension for t in tori if t.compact)

    @property
    def standing(self) -> Standing:
        """The standing of `count`: proved, or measured at a random rational point."""
        return _standing(self, self.complete or self.orbit_rank.exact)

    @property
    def complete(self) -> bool:
        """Whether every local invariant is a function of those found (rank)."""
        return self.rank == self.count

    @property
    def generating(self) -> bool:
        """Whether every polynomial invariant is a polynomial in those listed, proved."""
        solved = bool(self.factors) and self.algebra.exact
        return solved and all(f.degree is None for f in self.factors)

    @property
    def reason(self) -> str:
        """Why, and up to which degree, those listed generate all, in words."""
        words = "; ".join(f.reason for f in self.factors)
        if not words:
            words = "kernel of exact linear algebra in every degree"
        return words if self.generating else f"up to degree {self.degree}: {words}"

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
        identity, space = _standing(self), self.algebra.space
        kernels = self.algebra.ring.generators[len(space.variables) :]
        rank, orbit = self.functional_rank, self.orbit_rank
        return (
            *invariant_claims(self.algebra.generators, self._texts, identity),
            independence_claim(
                rank, len(self.polynomials), _standing(self, rank.exact)
            ),
            count_claim(orbit, space.dimension, self.complete, self.standing),
            generation_claim(
                self.degree, kernels, self.of, identity, list(self._arguments())
            ),
        )

    @property
    def proofs(self) -> tuple[Claim, ...]:
        """Why they generate all, and how many are global, where that says more."""
        claims = []
        if self.generating:
            z, proved = self.algebra.space.z, _standing(self)
            claims.append(proof_claim(self.factors, z, self.of, proved))
        if self.global_count < self.count:
            claims.append(global_claim(self.global_count, _standing(self)))
        return tuple(claims)

    def _arguments(self) -> Iterator[Mapping[str, Any]]:
        """Why they generate up to a degree, if a list of monomials would be too long."""
        size = len(self.of) or self.algebra.space.dimension
        long = comb(size + self.degree, self.degree) > _CHECKED_MONOMIALS
        for factor in self.factors if long and not self.generating else ():
            yield factor.evidence(self.algebra.space.z)

    @property
    def _texts(self) -> list[str]:
        """What the generators print as, without their expressions where that is faster."""
        ring = self.algebra.ring
        if not ring.is_polynomial:
            return list(map(str, self.generators))
        symbols, expression = ring.space.variables, ring.expression
        return [
            polynomial_text(f, symbols) if _is_integral(f) else str(expression(f))
            for f in self.polynomials
        ]

    def _order(self, f: PolyElement) -> tuple[int, int]:
        """By degree; in each, functions of q before those of p before the others."""
        n = self.algebra.space.dimension // 2
        used = [any(powers) for powers in zip(*f.monoms(), strict=True)]
        of_q, of_p = any(used[:n]), any(used[n:])
        return total_degree(f), 2 if of_q and of_p else int(of_p)

    def __deepcopy__(self, memo: dict[int, Any]) -> Invariants:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def __repr__(self) -> str:
        listed = ", ".join(map(str, self.generators))
        upto = "" if self.generating else f" up to degree {self.degree}"
        return (
            f"Invariants({listed}; {self.rank} of {self.count} independent, "
            f"generating{upto})"
        )


def invariants(
    algebra: LieAlgebra,
    degree: int | None = None,
    of: Sequence[Symbol | str] | None = None,
) -> Invariants:
    r"""The polynomial invariants of an algebra, degree by degree.

    .. math:: \{I \in K[q, p] : \{g_k, I\} = 0 \ \forall k\}

    Fields that are affine act linearly, in coordinates that are found, and fall into
    factors. For each a first fundamental theorem is tried, then the theory of tori, then a
    graded search with a proof by the Hilbert series. Other algebras are searched whole.

    Arguments:
        algebra: The algebra.
        degree: The highest degree to list. By default all that generate where that is
            proved; else four, and on while independent invariants are missing and the
            search stays small.
        of: Coordinates that the algebra carries into functions of themselves, such as
            ``space.q``: only functions of these are looked for. By default all.

    Returns:
        Generators of all polynomial invariants, or of those up to the degree: no product
        of lower ones is among them.

    Raises:
        ArgumentError: If the algebra is none, the degree is not a positive integer, or
            the algebra moves the coordinates `of` by others.
        UnsupportedError: If `of` is given and a generator is no polynomial.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> heisenberg = LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"})
        >>> invariants(heisenberg).generators
        ()
        >>> plane = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> invariants(plane).reason
        'first fundamental theorem of SO(2) on 2 vectors: scalar products, determinants'
        >>> invariants(plane, of=["x", "y"]).generators
        (x**2 + y**2,)

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 4.6; docs/invariants.md.
    """
    check_algebra(algebra)
    if degree is not None:
        check_positive("degree", degree)
    places = _places(algebra, of)
    chosen = [] if of is None else [algebra.space.z[k] for k in places]
    ring = algebra.ring
    factors = None
    if ring.is_polynomial:
        factors = solved_factors(ring, algebra.polynomials, places, degree)
    if factors is None:
        return _searched(algebra, degree, places, chosen)
    listed = [ring_element(ring, f) for factor in factors for f in factor.polynomials]
    upto = _generated_degree(factors, listed, degree, algebra.space.dimension)
    kept = [f for f in listed if degree is None or total_degree(f) <= degree]
    return Invariants(algebra, kept, upto, factors, chosen)


def _places(algebra: LieAlgebra, of: Sequence[Symbol | str] | None) -> Sequence[int]:
    """The places in z of the coordinates of which functions are looked for."""
    z = algebra.space.z
    if of is None:
        return range(len(z))
    if not algebra.ring.is_polynomial:
        raise UnsupportedError(
            "Argument `of` must be left out where generators are no polynomials, as "
            f"here: they hold {', '.join(map(str, algebra.ring.generators[len(z) :]))}."
        )
    number = {symbol.name: k for k, symbol in enumerate(z)}
    unknown = [str(x) for x in of if str(x) not in number]
    if unknown or not of:
        raise ArgumentError(
            f"Argument `of` must hold coordinates among {', '.join(number)}, but it "
            f"holds {', '.join(unknown) or 'nothing'}."
        )
    places = sorted({number[str(x)] for x in of})
    for name, g in zip(algebra.generators, algebra.polynomials, strict=True):
        field = algebra.ring.field_of(g)
        for k in places:
            used = {i for m in field[k].monoms() for i, power in enumerate(m) if power}
            if outside := sorted(used - set(places)):
                raise ArgumentError(
                    "Argument `of` must hold coordinates that the algebra carries into "
                    f"functions of themselves, but {name} moves {z[k]} by "
                    f"{algebra.ring.generators[outside[0]]}. Add it, or search all "
                    "coordinates."
                )
    return places


def _generated_degree(
    factors: Sequence[Factor],
    listed: Sequence[PolyElement],
    degree: int | None,
    size: int,
) -> int:
    """The degree up to which all factors together are generated."""
    limits = [factor.degree for factor in factors if factor.degree is not None]
    if degree is not None or limits:
        return min(limits if degree is None else [degree, *limits])
    top = max(map(total_degree, listed), default=1)
    # Generated in every degree: one that can be checked again is named.
    usual = range(_USUAL_DEGREE, 0, -1)
    checked = (d for d in usual if comb(size + d, d) <= _CHECKED_MONOMIALS)
    return max(top, next(checked, 1))


def _searched(
    algebra: LieAlgebra,
    degree: int | None,
    places: Sequence[int],
    of: Sequence[Symbol],
) -> Invariants:
    """The invariants by a search that treats the algebra as a whole."""
    fields = list(map(algebra.ring.field_of, algebra.polynomials))
    if not of and rank_below(algebra.ring, fields) == algebra.space.dimension:
        upto = _USUAL_DEGREE if degree is None else degree
        return Invariants(algebra, (), upto, [ConstantFactor(algebra.ring.domain)])
    search: GradedAnsatz | FunctionAnsatz
    if algebra.ring.is_polynomial and algebra.space.time is None:
        search = GradedAnsatz(algebra.ring, algebra.polynomials, places)
        usual, last = _USUAL_DEGREE, _LAST_DEGREE
    else:
        search = FunctionAnsatz(algebra.ring, algebra.polynomials)
        usual, last = 1, _USUAL_DEGREE
    if degree is not None:
        search.up_to(degree)
        return Invariants(algebra, search.found, search.degree, (), of)
    for step in range(1, last + 1):
        if step > 1 and (search.trivial or not _is_small(search, step)):
            break
        search.up_to(step)
        if step >= usual and Invariants(algebra, search.found, step).complete:
            break
    found = Invariants(algebra, search.found, search.degree, (), of)
    if of or search.trivial or found.complete:
        return found
    ring, generators = algebra.ring, algebra.polynomials
    more = paired_invariants(ring, generators, search.found, found.count)
    return Invariants(algebra, [*search.found, *more], search.degree, ())


def _is_small(search: GradedAnsatz | FunctionAnsatz, degree: int) -> bool:
    if isinstance(search, FunctionAnsatz):
        return search.size(degree) <= _FUNCTION_LIMIT
    return comb(len(search.places) + degree - 1, degree) <= _ANSATZ_LIMIT


def _is_integral(f: PolyElement) -> bool:
    return f.ring.domain is QQ and all(c.denominator == 1 for c in f.values())


def _standing(found: Invariants, decided: bool = True) -> Standing:
    if not found.algebra.exact:
        return Standing.MEASURED
    return Standing.PROVED if decided else Standing.NOT_KNOWN
