r"""Linear invariants: those of an algebra of affine fields, factor by factor.

Takes functions whose fields are affine in some coordinates, gives the factors of the algebra
with their invariants: by a first fundamental theorem, by the theory of tori, or by a graded
search, in this order.

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
from symflow.kinds import Cluster
from symflow.linear_algebra import Row
from symflow.linear_forms import SparsePolynomial
from symflow.polynomials import PhasePolynomials
from symflow.recognition import classical_action
from symflow.searched_factors import SearchedFactor
from symflow.tori import torus_action

__all__ = ["affine_fields", "invariant_factors", "ring_element"]


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
        no form at all. None if the fields have no common point at rest, or if some factor
        has neither a theorem nor rational coefficients to search with.

    Example:
        >>> turn = AffineField({0: {1: QQ(-1)}, 1: {0: QQ(1)}}, {})
        >>> (factor,) = invariant_factors([turn], range(2), QQ)
        >>> factor.polynomials
        ({(0, 0): 1, (1, 1): 1},)
        >>> factor.reason
        'first fundamental theorem of SO(2) on 1 vector: scalar products, determinants'
    """
    constituents = Constituents(fields, places, domain)
    if not constituents.at_rest:
        return None
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
            factor = _known(part, domain, degree)
            if factor is None and domain is QQ:
                factor = _searched(part, degree)
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
    return None if torus is None else TorusFactor(torus, degree)


def _searched(cluster: Cluster, degree: int | None) -> Factor:
    size = sum(kind.size * kind.copies for kind in cluster.kinds)
    if orbit_dimension(cluster.kinds) == size:
        return ConstantFactor(QQ)
    return SearchedFactor(cluster, degree)


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
