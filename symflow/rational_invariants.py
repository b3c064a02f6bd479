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
from symflow.integral_ansatz import primitive_multiple
from symflow.invariant_functions import AbstractInvariants, InvariantFunctions
from symflow.invariants import invariants
from symflow.linear_algebra import Row, nullspace
from symflow.reconstruction import Fraction, Reconstruction, reconstruct
from symflow.terms import Terms

__all__ = [
    "FieldProof",
    "RationalInvariants",
    "RationalSearch",
    "rational_invariants",
]

_LAST_DEGREE = 4
_LARGEST_SEARCH = 1000

# A function, and its terms if it is an element of the ring of the algebra.
Candidate = tuple[Expr, Terms | None]


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

    def restored(self, algebra: LieAlgebra) -> RationalInvariants:
        """Those of an algebra, from those of `algebra.sparse`, where they were found.

        Arguments:
            algebra: The algebra.

        Returns:
            The same invariants in the coordinates of the algebra.
        """
        if algebra.sparse is algebra:
            return self
        coordinates = algebra.coordinates
        generators = list(map(coordinates.restored, self.generators))
        tried = [*self.tried, f"searched with {coordinates}"]
        functions = self._functions.restored(algebra)
        return RationalInvariants(functions, generators, tried, self.proof)

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
    search = RationalSearch(algebra.sparse)
    if degree is None:
        search.until_complete(_LAST_DEGREE)
    else:
        check_positive("degree", degree)
        search.up_to(degree)
    return search.result().restored(algebra)


class RationalSearch:
    """The search for rational invariants, degree by degree.

    Arguments:
        algebra: The algebra.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> boost = LieAlgebra(PhaseSpace("x t"), {"B": "x*p_t + t*p_x"})
        >>> search = RationalSearch(boost)
        >>> search.until_complete(2)
        >>> search.result().rank
        3
    """

    def __init__(self, algebra: LieAlgebra) -> None:
        #: The independent invariants so far.
        self.kept = InvariantFunctions(algebra)
        self._search = DarbouxSearch(algebra)
        self._candidates: dict[Expr, Terms | None] = {}
        self._keep((f, None) for f in _bases(algebra))

    def until_complete(self, degree: int) -> None:
        """Search until no further independent invariant can exist.

        Arguments:
            degree: The highest degree of relative invariants to search.
        """
        weights = self._search.weights
        for step in range(self._search.degree + 1, degree + 1):
            small = step == 1 or len(weights.functions(step)) <= _LARGEST_SEARCH
            if self.kept.complete or self._search.diagonal or not small:
                break
            self.up_to(step)

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest degree of relative invariants to search.
        """
        for step in range(self._search.degree + 1, degree + 1):
            self._search.up_to(step)
            self._keep(_products(self._search))
            for ways in (_pairings, _sums):
                if not self.kept.complete:
                    self._keep(ways(self._search))

    def result(self) -> RationalInvariants:
        """What was found, with a proof that it generates the field where there is one."""
        kept, search = self.kept.copy(), self._search
        algebra = kept.algebra
        known: tuple[Sequence[Expr], FieldProof | None] | None = None
        if kept.complete and algebra.ring.is_polynomial and algebra.space.time is None:
            known = _diagonal(search) or _generating(
                search, self._candidates, kept.orbit_rank.rank
            )
        generators, proof = known or (kept.independent, None)
        return RationalInvariants(kept, generators, [_tried(search)], proof)

    def _keep(self, candidates: Iterable[Candidate]) -> None:
        """Offer the candidates that are invariant and new as independent."""
        variables = self.kept.algebra.space.z
        for candidate, element in candidates:
            varies = not candidate.free_symbols.isdisjoint(variables)
            if not varies or candidate in self._candidates:
                continue
            if self.kept.is_invariant(candidate, element):
                self.kept.offer(candidate, element)
                self._candidates[candidate] = element


def _bases(algebra: LieAlgebra) -> Iterator[Expr]:
    """The radicands and denominators in the generators, simpler than their powers."""
    for kernel in algebra.ring.generators[len(algebra.space.variables) :]:
        if kernel.is_Pow and kernel.exp.is_Rational:
            yield kernel.base


def _products(search: DarbouxSearch) -> Iterator[Candidate]:
    """Relative invariants without multipliers, and products where these cancel."""
    moving = [f for f in search.found if not f.is_invariant]
    for f in search.found:
        if f.is_invariant:
            yield search.expression(f.terms), f.terms
    vectors = [f.vector for f in moving]
    expressions = [search.expression(f.terms) for f in moving]
    known = integer_relations(vectors, search.algebra.ring.domain)
    for exponents in known.relations:
        yield _monomial(expressions, exponents), None


def _monomial(functions: Sequence[Expr], exponents: Sequence[int]) -> Expr:
    return Mul(*(f**n for f, n in zip(functions, exponents, strict=True)))


def _pairings(search: DarbouxSearch) -> Iterator[Candidate]:
    """Sums of products of two functions, of twice the degree that was searched.

    Where fields are affine these are polynomials like those that are searched anyway.
    """
    if not search.affine:
        ring = search.algebra.ring.ring
        for terms in sorted(search.stable().pairings(), key=len):
            found = primitive_multiple(ring.from_dict(terms))
            if search.expression(found).could_extract_minus_sign():
                found = -found
            yield search.expression(found), found


def _sums(search: DarbouxSearch) -> Iterator[Candidate]:
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
        yield sign * above, None
        yield sign * above / below, None


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
    factors = [f.evidence(found.algebra.space.z) for f in found.factors]
    return list(found.generators), FieldProof(reason, {"factors": factors})


def _diagonal(search: DarbouxSearch) -> tuple[list[Expr], FieldProof] | None:
    """Monomials that generate the field where all coordinates are multiplied.

    A numerator is a sum of monomials with the same multiplier, so quotients of monomials
    generate, and those are an integer lattice, with a complement.
    """
    if not search.diagonal:
        return None
    linear = [f for f in search.found if f.degree == 1]
    forms = [search.expression(f.terms) for f in linear]
    known = integer_relations([f.vector for f in linear], search.algebra.ring.domain)
    free = tuple(_monomial(forms, exponents) for exponents in known.complement)
    generators = [_monomial(forms, exponents) for exponents in known.relations]
    found = Reconstruction(free, (tuple(forms),), None)
    evidence = {
        "forms": list(map(str, forms)),
        "exponents": list(map(list, known.relations)),
        "free": list(map(list, known.complement)),
    }
    return generators, FieldProof(str(found), evidence)


def _generating(
    search: DarbouxSearch, candidates: Mapping[Expr, Terms | None], dimension: int
) -> tuple[list[Expr], FieldProof] | None:
    """Generators of the field, as few of the candidates as are seen to be, or others."""
    ring = search.algebra.ring
    fractions: dict[Expr, Fraction] = {}
    for f, element in candidates.items():
        if element is None:
            above, below = fraction(together(f))
            fractions[f] = ring.terms(above), ring.terms(below)
        else:
            fractions[f] = element, ring.one

    def proof_for(functions: Sequence[Expr]) -> Reconstruction | None:
        return reconstruct(ring, [fractions[f] for f in functions], dimension)

    kept = list(candidates)
    proof = proof_for(kept)
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
