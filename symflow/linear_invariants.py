r"""Linear invariants: those of an algebra of affine fields, factor by factor.

Takes functions whose fields are affine in some coordinates, gives the factors of the algebra
with their invariants: by a first fundamental theorem, by the theory of tori or of shears, or
by a graded search, in this order.

.. math:: \{z, g_k\} = A_k z + b_k, \qquad
    K[z]^{\mathfrak g} = K[\text{fixed forms}] \otimes \bigotimes_f K[V_f]^{\mathfrak g_f}
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import QQ
from sympy.polys.domains.domain import Domain
from sympy.polys.rings import PolyElement

from symflow.constituents import AffineField, Constituents
from symflow.factors import (
    ConstantFactor,
    Factor,
    FixedFactor,
    TheoremFactor,
    TorusFactor,
)
from symflow.jacobians import orbit_dimension
from symflow.kinds import Cluster, Kind
from symflow.linear_algebra import Row, echelon
from symflow.linear_forms import SparsePolynomial
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.recognition import classical_action
from symflow.searched_factors import SearchedFactor
from symflow.shears import shear_factor
from symflow.sparse_matrices import Matrix
from symflow.tori import torus_action

__all__ = ["affine_fields", "invariant_factors", "ring_element", "solved_factors"]


def affine_fields(
    ring: PhasePolynomials, generators: Sequence[PolyElement], places: Sequence[int]
) -> list[AffineField] | None:
    """The fields of functions on some coordinates, if they are affine.

    Arguments:
        ring: The ring of functions.
        generators: The functions.
        places: The places in z of the coordinates.

    Returns:
        One field for each function, or None if one is not affine in them.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> L = space.read("x*p_y - y*p_x")
        >>> ring = PhasePolynomials(space, [L])
        >>> (turn,) = affine_fields(ring, [ring.polynomial(L)], [0, 1])
        >>> turn.matrix
        {0: {1: -1}, 1: {0: 1}}
    """
    number = {k: i for i, k in enumerate(places)}
    fields = []
    for g in generators:
        matrix: dict[int, Row] = {}
        shift: Row = {}
        components = ring.field_of(g)
        for k, i in number.items():
            for monomial, x in components[k].terms():
                degree = sum(monomial)
                if degree > 1:
                    return None
                if not degree:
                    shift[i] = x
                    continue
                variable = monomial.index(1)
                if variable not in number:
                    return None
                matrix.setdefault(i, {})[number[variable]] = x
        fields.append(AffineField(matrix, shift))
    return fields


def invariant_factors(
    fields: Sequence[AffineField],
    places: Sequence[int],
    domain: Domain,
    degree: int | None = None,
) -> list[Factor] | None:
    """The factors of an algebra of affine fields, with their invariants.

    Arguments:
        fields: The fields, a basis of the algebra.
        places: The places of the variables in z.
        domain: The field K of the coefficients.
        degree: The highest degree; by default as far as theorems and small searches go.

    Returns:
        One entry for the fixed forms and one a factor; a single one if translations leave
        no form at all. None if some factor has neither a theorem nor a basis of fields with
        rational coefficients to search with.

    Example:
        >>> turn = AffineField({0: {1: QQ(-1)}, 1: {0: QQ(1)}}, {})
        >>> (factor,) = invariant_factors([turn], range(2), QQ)
        >>> factor.polynomials
        ({(0, 0): 1, (1, 1): 1},)
        >>> factor.reason
        'first fundamental theorem of SO(2) on 1 vector: scalar products, determinants'
    """
    constituents = Constituents(fields, places, domain)
    fixed = list(constituents.fixed)
    found: list[Factor] = []
    for cluster in constituents.clusters:
        known = _known(cluster, domain, degree)
        if known is not None:
            found.append(known)
            continue
        apart, forms = constituents.split(cluster)
        fixed += forms
        for part in apart:
            factor = _known(part, domain, degree) or _searched(part, domain, degree)
            if factor is None:
                return None
            found.append(factor)
    if fixed:
        return [FixedFactor(fixed, domain), *found]
    return found or [ConstantFactor(domain)]


def _known(cluster: Cluster, domain: Domain, degree: int | None) -> Factor | None:
    """The factor by whose theory all invariants are known, if there is one."""
    action = classical_action(cluster, domain)
    if action is not None:
        return TheoremFactor(action, degree)
    torus = torus_action(cluster, domain)
    if torus is not None:
        return TorusFactor(torus, degree)
    return shear_factor(cluster, domain, degree)


def _searched(cluster: Cluster, domain: Domain, degree: int | None) -> Factor | None:
    rational = _rational(cluster, domain)
    if rational is None:
        return None
    size = sum(kind.size * kind.copies for kind in rational.kinds)
    if orbit_dimension(rational.kinds) == size:
        return ConstantFactor(domain, (v for k in rational.kinds for v in k.vectors))
    return SearchedFactor(rational, domain, degree)


def _rational(cluster: Cluster, domain: Domain) -> Cluster | None:
    """The cluster under a basis of fields with rational matrices, if there is one."""
    if domain is QQ:
        return cluster
    kinds = cluster.kinds
    order = sorted(
        {(c, *e) for c, k in enumerate(kinds) for a in k.matrices for e in a}
    )
    place = {key: k for k, key in enumerate(order)}
    rows = (
        {
            place[c, i, j]: x
            for c, kind in enumerate(kinds)
            for (i, j), x in kind.matrices[k].items()
        }
        for k in range(len(kinds[0].matrices))
    )
    matrices: list[list[Matrix]] = [[] for _ in kinds]
    for row in echelon(rows, len(order), domain).rows:
        numbers = {k: domain.to_sympy(x) for k, x in row.items()}
        if not all(x.is_Rational for x in numbers.values()):
            return None
        for c, listed in enumerate(matrices):
            entries = ((order[k], x) for k, x in numbers.items())
            listed.append(
                {(i, j): QQ.from_sympy(x) for (b, i, j), x in entries if b == c}
            )
    pairs = zip(kinds, matrices, strict=True)
    made = (Kind(kind.size, tuple(listed), kind.vectors) for kind, listed in pairs)
    return Cluster(tuple(made), cluster.dimension)


def solved_factors(
    ring: PhasePolynomials,
    generators: Sequence[PolyElement],
    places: Sequence[int],
    degree: int | None = None,
) -> list[Factor] | None:
    """The factors by which the invariants of polynomial generators are solved.

    Generators of a higher degree are left aside, if they commute with all invariants of
    the others, as the square of an angular momentum does.

    Arguments:
        ring: The ring of functions.
        generators: A basis of the algebra.
        places: The places of the coordinates of which functions are looked for.
        degree: The highest degree.

    Returns:
        The factors, or None if the algebra has to be searched as a whole.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> L = space.read("x*p_y - y*p_x")
        >>> ring = PhasePolynomials(space, [L])
        >>> squares = [ring.polynomial((L + L**2).expand()), ring.polynomial(L)]
        >>> (factor,) = solved_factors(ring, squares, range(4))
        >>> len(factor.polynomials)
        4
    """
    fields = affine_fields(ring, generators, places)
    if fields is not None:
        return invariant_factors(fields, places, ring.domain, degree)
    low, high = _by_degree(ring, generators)
    fields = affine_fields(ring, low, places)
    if fields is None or not low:
        return None
    found = invariant_factors(fields, places, ring.domain, degree)
    if found is None or any(factor.degree is not None for factor in found):
        return None
    listed = [ring_element(ring, f) for factor in found for f in factor.polynomials]
    commute = not any(ring.bracket(g, f) for g in high for f in listed)
    return found if commute else None


def _by_degree(
    ring: PhasePolynomials, generators: Sequence[PolyElement]
) -> tuple[list[PolyElement], list[PolyElement]]:
    """A basis of the combinations of degree two at most, and what completes it."""
    order = sorted({m for g in generators for m in g.monoms()}, key=sum, reverse=True)
    place = {m: k for k, m in enumerate(order)}
    rows = ({place[m]: c for m, c in g.terms()} for g in generators)
    low: list[PolyElement] = []
    high: list[PolyElement] = []
    for row in echelon(rows, len(order), ring.domain).rows:
        g = ring.ring.from_dict({order[k]: c for k, c in row.items()})
        (low if total_degree(g) <= 2 else high).append(g)
    return low, high


def ring_element(ring: PhasePolynomials, f: SparsePolynomial) -> PolyElement:
    """A sparse polynomial as an element of the ring.

    Arguments:
        ring: The ring of functions.
        f: The polynomial, by places in z.

    Returns:
        The element.
    """
    terms = {}
    for monomial, x in f.items():
        exponents = [0] * ring.size
        for k in monomial:
            exponents[k] += 1
        terms[tuple(exponents)] = x
    return ring.ring.from_dict(terms)
