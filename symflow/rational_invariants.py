r"""Rational invariants: quotients of functions that every generator multiplies.

Takes a Lie algebra of phase-space functions, gives generators of its field of rational
invariants, stopping when there are as many independent ones as there can be.

.. math:: I = \prod_i f_i^{n_i}, \quad \sum_i n_i \lambda_i = 0, \qquad
    I = \sum_j c_j \frac{h_j}{f_j}, \quad \sum_j c_j \mu_j = 0

Numerator and denominator of a rational invariant are relative invariants with the same
multiplier, so the products are all there is to find among functions of small degree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr, Mul, count_ops, expand, fraction, together

from symflow.algebra import LieAlgebra, check_algebra
from symflow.arguments import check_positive
from symflow.claims import Claim, Standing
from symflow.darboux_polynomials import DarbouxSearch
from symflow.integer_relations import integer_relations
from symflow.invariant_functions import AbstractInvariants, InvariantFunctions
from symflow.invariants import invariants
from symflow.linear_algebra import Row, nullspace
from symflow.reconstruction import Fraction, Reconstruction, reconstruct

__all__ = [
    "FieldProof",
    "RationalInvariants",
    "first_rational_invariants",
    "rational_invariants",
]

_LAST_DEGREE = 4
_LARGEST_SEARCH = 1000


@dataclass(frozen=True)
class FieldProof:
    """Why invariants generate the field of all rational ones.

    Arguments:
        reason: The reason in words.
        evidence: What it rests on, as plain data.
    """

    reason: str
    evidence: Mapping[str, Any]

    @classmethod
    def of(cls, found: Reconstruction) -> FieldProof:
        """The proof that a reconstruction of the coordinates is.

        Arguments:
            found: The reconstruction.

        Returns:
            The proof.
        """
        steps = [list(map(str, step)) for step in found.steps]
        return cls(str(found), {"free": list(map(str, found.free)), "steps": steps})

    def __str__(self) -> str:
        return self.reason


class RationalInvariants(AbstractInvariants):
    r"""Rational invariants of an algebra.

    .. math:: K(z)^{\mathfrak g} = \{I \in K(z) : \{g_k, I\} = 0\}

    Arguments:
        functions: Those that are independent.
        generators: Those to show.
        tried: What was searched, in words.
        proof: Why they generate all rational invariants, if that is proved.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> scaling = LieAlgebra(PhaseSpace("x y"), {"D": "2*x*p_x + 3*y*p_y"})
        >>> rational_invariants(scaling).generators
        (p_x*x, p_y*y, p_y*x**2/(p_x*y))
    """

    def __init__(
        self,
        functions: InvariantFunctions,
        generators: Sequence[Expr],
        tried: Sequence[str],
        proof: FieldProof | None,
    ) -> None:
        super().__init__(functions, generators, tried)
        #: Why they generate the field of rational invariants; None if it is not proved.
        self.proof = proof

    @property
    def generating(self) -> bool:
        """Whether it is proved that every rational invariant is a quotient in them."""
        return self.proof is not None

    def _reach(self) -> Claim:
        if self.proof is None:
            return Claim(
                "generating the field",
                "every rational invariant is a rational function of those listed",
                Standing.NOT_KNOWN,
                "independent, generation not known; " + "; ".join(self.tried),
            )
        return Claim(
            "generating the field",
            "every rational invariant is a rational function of those listed",
            self._standing(True),
            self.proof.reason,
            self.proof.evidence,
        )


def rational_invariants(
    algebra: LieAlgebra, degree: int | None = None
) -> RationalInvariants:
    r"""The rational invariants of an algebra.

    .. math:: \Bigl\{ g_k, \frac{P}{Q} \Bigr\} = 0

    Arguments:
        algebra: The algebra. Beside polynomials its generators may hold other functions;
            quotients are then sought among polynomials in these as well.
        degree: The highest degree of relative invariants to search. By default the
            search ends when no further independent invariant can exist, at the latest
            at degree four.

    Returns:
        The invariants, each proved, with a proof that they generate the field of all
        rational ones where there is one.

    Raises:
        ArgumentError: If the algebra is none, or the degree not a positive integer.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x1 y1 x2 y2")
        >>> similitudes = LieAlgebra(space, {
        ...     "Px": "p_x1 + p_x2", "Py": "p_y1 + p_y2",
        ...     "L": "x1*p_y1 - y1*p_x1 + x2*p_y2 - y2*p_x2",
        ...     "D": "x1*p_x1 + y1*p_y1 + x2*p_x2 + y2*p_y2"})
        >>> found = rational_invariants(similitudes)
        >>> found.rank, found.count, found.generating
        (4, 4, True)

    Reference:
        Hubert and Kogan, Rational invariants of a group action, Journal of Symbolic
        Computation 42 (2007) 203; docs/local_invariants.md.
    """
    check_algebra(algebra)
    if degree is None:
        return first_rational_invariants(algebra, _LAST_DEGREE)
    check_positive("degree", degree)
    return _found(algebra, degree, enough=False)


def first_rational_invariants(algebra: LieAlgebra, degree: int) -> RationalInvariants:
    """The rational invariants that a search comes to before they are complete.

    Arguments:
        algebra: The algebra.
        degree: The highest degree of relative invariants to search.

    Returns:
        The invariants; the search stops as soon as their number is reached.
    """
    return _found(algebra, degree, enough=True)


def _found(algebra: LieAlgebra, degree: int, enough: bool) -> RationalInvariants:
    kept = InvariantFunctions(algebra)
    search = DarbouxSearch(algebra)
    candidates = _kept(kept, _bases(algebra), ())
    for step in range(1, degree + 1):
        size = len(search.weights.functions(step))
        if enough and (kept.complete or (step > 1 and size > _LARGEST_SEARCH)):
            break
        search.up_to(step)
        candidates += _kept(kept, _products(search), candidates)
        if not kept.complete:
            candidates += _kept(kept, _sums(search), candidates)
    known: tuple[Sequence[Expr], FieldProof | None] | None = None
    if kept.complete and algebra.ring.is_polynomial and algebra.space.time is None:
        known = _diagonal(search) or _generating(
            search, candidates, kept.orbit_rank.rank
        )
    generators, proof = known or (kept.independent, None)
    return RationalInvariants(kept, generators, [_tried(search)], proof)


def _kept(
    kept: InvariantFunctions, candidates: Iterable[Expr], known: Sequence[Expr]
) -> list[Expr]:
    """The candidates that are invariant and new, each offered as independent."""
    found = []
    for candidate in candidates:
        varies = not candidate.free_symbols.isdisjoint(kept.algebra.space.z)
        if varies and candidate not in known and kept.is_invariant(candidate):
            kept.offer(candidate)
            found.append(candidate)
    return found


def _bases(algebra: LieAlgebra) -> Iterator[Expr]:
    """The radicands and denominators in the generators, simpler than their powers."""
    for kernel in algebra.ring.generators[len(algebra.space.variables) :]:
        if kernel.is_Pow and kernel.exp.is_Rational:
            yield kernel.base


def _products(search: DarbouxSearch) -> Iterator[Expr]:
    """Relative invariants without multipliers, and products where these cancel."""
    moving = [f for f in search.found if not f.is_invariant]
    for f in search.found:
        if f.is_invariant:
            yield search.expression(f.terms)
    vectors = [f.vector for f in moving]
    expressions = [search.expression(f.terms) for f in moving]
    known = integer_relations(vectors, search.algebra.ring.domain)
    for exponents in known.relations:
        yield _monomial(expressions, exponents)


def _monomial(functions: Sequence[Expr], exponents: Sequence[int]) -> Expr:
    return Mul(*(f**n for f, n in zip(functions, exponents, strict=True)))


def _sums(search: DarbouxSearch) -> Iterator[Expr]:
    """Combinations of shifted functions whose shifts add up to zero."""
    domain = search.algebra.ring.domain
    shifted = search.shifted()
    rows: dict[int, Row] = {}
    for column, h in enumerate(shifted):
        for k, value in enumerate(h.shifts):
            if value:
                rows.setdefault(k, {})[column] = value
    for vector in nullspace(rows.values(), len(shifted), domain):
        terms = (domain.to_sympy(c) * shifted[k].expression for k, c in vector.items())
        above, below = map(expand, fraction(together(Add(*terms))))
        sign = -1 if above.could_extract_minus_sign() else 1
        # If the denominator is an invariant as well, so is the numerator alone.
        yield sign * above
        yield sign * above / below


def _of_polynomials(search: DarbouxSearch) -> tuple[list[Expr], FieldProof] | None:
    """Generators of the polynomial invariants, where no others can be divided.

    If the algebra is its own derived algebra, multipliers that are numbers vanish, so
    that numerator and denominator of a rational invariant are invariant themselves.
    """
    series = search.algebra.derived_series
    if not search.affine or series[-1].dimension < search.algebra.dimension:
        return None
    found = invariants(search.algebra)
    if not found.generating:
        return None
    reason = (
        "numerators and denominators are polynomial invariants, for the algebra is "
    )
    reason += f"its own derived algebra; {found.reason}"
    return list(found.generators), FieldProof(reason, {"perfect": True})


def _diagonal(search: DarbouxSearch) -> tuple[list[Expr], FieldProof] | None:
    """Monomials that generate the field where all coordinates are multiplied.

    A numerator is a sum of monomials with the same multiplier, so quotients of monomials
    generate, and those are an integer lattice, with a complement.
    """
    linear = [f for f in search.found if f.degree == 1]
    if not search.affine or len(linear) < search.algebra.space.dimension:
        return None
    forms = [search.expression(f.terms) for f in linear]
    known = integer_relations([f.vector for f in linear], search.algebra.ring.domain)
    free = tuple(_monomial(forms, exponents) for exponents in known.complement)
    generators = [_monomial(forms, exponents) for exponents in known.relations]
    found = Reconstruction(free, (tuple(forms),), None)
    return generators, FieldProof.of(found)


def _generating(
    search: DarbouxSearch, candidates: Sequence[Expr], dimension: int
) -> tuple[list[Expr], FieldProof] | None:
    """Generators of the field, as few of the candidates as are seen to be, or others."""
    ring = search.algebra.ring
    fractions: dict[Expr, Fraction] = {}
    for f in candidates:
        above, below = fraction(together(f))
        fractions[f] = ring.terms(above), ring.terms(below)

    def proof_for(functions: Sequence[Expr]) -> Reconstruction | None:
        return reconstruct(ring, [fractions[f] for f in functions], dimension)

    kept, proof = list(candidates), proof_for(candidates)
    if proof is None:
        return _of_polynomials(search)
    for candidate in sorted(candidates, key=count_ops, reverse=True):
        fewer = [f for f in kept if f != candidate]
        following = proof_for(fewer)
        if following is not None:
            kept, proof = fewer, following
    return kept, FieldProof.of(proof)


def _tried(search: DarbouxSearch) -> str:
    text = (
        f"products and sums of relative invariants of degree at most {search.degree} "
        "with multipliers in the field of coefficients"
    )
    if search.tries_functions:
        text += " or with polynomials as multipliers, of the factors of the generators"
    return text
