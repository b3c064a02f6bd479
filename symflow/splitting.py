r"""Splitting: the Hamiltonians of invariants whose flows are known in closed form.

Takes invariants, gives pieces: families of them such that every smooth function of a family
has an exact flow.

.. math::
    \text{shear: } z \mapsto z + J \nabla f(I(x_S)), \qquad
    \text{linear flow: } z \mapsto
    \exp\Bigl(\textstyle\sum_a \partial_a f(I)\, A_a\Bigr) z

By the splitting lemma a composition of exact flows of invariant Hamiltonians commutes with
the flow of every generator, linear or not, and conserves every generator exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import networkx as nx
from sympy import Expr, ImmutableMatrix
from sympy.polys.rings import PolyElement

from symflow.affine_fields import affine_field
from symflow.claims import Claim, Standing
from symflow.invariants import Invariants
from symflow.notebook_views import NotebookView
from symflow.polynomials import PhasePolynomials, total_degree

__all__ = ["LinearFlow", "Piece", "Shear", "claims", "split"]

_MOST_FAMILIES = 16


@dataclass(frozen=True)
class Shear(NotebookView):
    r"""Functions of mutually commuting coordinates, which shift the other coordinates.

    .. math:: \dot z = J \nabla f(I(x_S)), \qquad \dot x_S = 0
        \;\Rightarrow\; z(t) = z + t\, J \nabla f(I(x_S))

    U(q) and K(p) of the paper are the two best known.

    Arguments:
        functions: The invariants I.
        indices: Positions in z of the coordinates x_S they depend on; no two of them
            are conjugate.
        n: The number of degrees of freedom.

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3; docs/theory.md, equation (11).
    """

    functions: tuple[Expr, ...]
    indices: tuple[int, ...]
    n: int

    @property
    def why(self) -> str:
        """Why the flow is exact."""
        return (
            "the coordinates it depends on commute, so they stay and the others shift"
        )


@dataclass(frozen=True)
class LinearFlow(NotebookView):
    r"""Commuting quadratic invariants, each constant along the flow of their functions.

    .. math:: z(t) = \prod_a \exp\bigl(t\, \partial_a f(I)\, A_a\bigr)\, z, \qquad
        A_a = J \nabla\nabla I_a, \qquad A_a^3 = c_a A_a

    Arguments:
        functions: The quadratic invariants I_a.
        matrices: The matrices A_a, each of shape (2n, 2n).
        cubes: The numbers c_a: negative turns, positive stretches, zero shears.

    Reference:
        docs/theory.md, equations (12) and (13).
    """

    functions: tuple[Expr, ...]
    matrices: tuple[ImmutableMatrix, ...]
    cubes: tuple[Expr, ...]

    @property
    def why(self) -> str:
        """Why the flow is exact."""
        return (
            "the quadratics commute, so each is constant along the flow, whose matrix "
            "exponential is closed because A^3 = c A"
        )


Piece = Shear | LinearFlow


def split(invariants: Invariants) -> tuple[Piece, ...]:
    r"""The pieces that the invariants allow, shears before linear flows.

    Each piece is as large as it can be: shears are maximal sets of invariants whose
    coordinates commute, at most sixteen beside those of q alone and of p alone; linear
    flows are the maximal sets of commuting quadratics that no shear contains.

    Arguments:
        invariants: The invariants.

    Returns:
        The pieces; empty if no invariant has a flow in closed form.

    Raises:
        UnsupportedError: If the algebra is not made of polynomials in q and p.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> for piece in split(invariants(so2)):
        ...     print(type(piece).__name__, piece.functions)
        Shear (x**2 + y**2,)
        Shear (p_x**2 + p_y**2,)
        LinearFlow (x**2 + y**2, -p_x*y + p_y*x)
        LinearFlow (p_x**2 + p_y**2, -p_x*y + p_y*x)
        LinearFlow (p_x*x + p_y*y, -p_x*y + p_y*x)

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5;
        docs/theory.md, equations (11) to (13).
    """
    invariants.algebra.require_polynomials()
    shears = _shears(invariants)
    contained = [set(shear.functions) for shear in shears]
    flows = [
        flow
        for flow in _linear_flows(invariants)
        if not any(set(flow.functions) <= functions for functions in contained)
    ]
    return (*shears, *flows)


def claims(pieces: Sequence[Piece], exact: bool = True) -> tuple[Claim, ...]:
    """What is proved of each piece, ready for a certificate.

    Arguments:
        pieces: The pieces.
        exact: Whether the invariants came from exact coefficients.

    Returns:
        One claim a piece.
    """
    proved = Standing.PROVED if exact else Standing.MEASURED
    out = []
    for number, piece in enumerate(pieces, start=1):
        evidence: dict[str, object] = {"functions": [str(f) for f in piece.functions]}
        if isinstance(piece, Shear):
            evidence["coordinates"] = list(piece.indices)
        else:
            evidence["cubes"] = [str(c) for c in piece.cubes]
        listed = ", ".join(map(str, piece.functions))
        kind = "shear" if isinstance(piece, Shear) else "linear flow"
        out.append(
            Claim(
                kind,
                f"piece {number}: every f({listed}) has an exact flow, a {kind}",
                proved,
                piece.why,
                evidence,
            )
        )
    return tuple(out)


def _shears(invariants: Invariants) -> list[Shear]:
    n = invariants.algebra.phase_space.n
    support = {
        k: _support(f)
        for k, f in enumerate(invariants.polynomials)
        if _commute(_support(f), n)
    }
    graph = nx.Graph()
    graph.add_nodes_from(support)
    graph.add_edges_from(
        (a, b)
        for a, b in combinations(support, 2)
        if _commute(support[a] | support[b], n)
    )
    # Without symmetry there are 2^n maximal families; a few are enough beside U and K.
    families = [
        [k for k, used in support.items() if max(used) < n],
        [k for k, used in support.items() if min(used) >= n],
        *islice(nx.find_cliques(graph), _MOST_FAMILIES),
    ]
    distinct = sorted({tuple(sorted(family)) for family in families if family})
    shears = [
        Shear(
            tuple(invariants.generators[k] for k in family),
            tuple(sorted(set().union(*(support[k] for k in family)))),
            n,
        )
        for family in distinct
        if not any(set(family) < set(other) for other in distinct)
    ]
    return sorted(shears, key=lambda shear: shear.indices)


def _linear_flows(invariants: Invariants) -> list[LinearFlow]:
    ring = invariants.algebra.ring
    quadratics = {
        k: f for k, f in enumerate(invariants.polynomials) if _is_quadratic(f)
    }
    exponentials = {k: _exponential(ring, f) for k, f in quadratics.items()}
    closed = {k: found for k, found in exponentials.items() if found is not None}
    graph = nx.Graph()
    graph.add_nodes_from(closed)
    graph.add_edges_from(
        (a, b)
        for a, b in combinations(closed, 2)
        if not ring.bracket(quadratics[a], quadratics[b])
    )
    families = sorted(sorted(clique) for clique in nx.find_cliques(graph))
    return [
        LinearFlow(
            tuple(invariants.generators[k] for k in family),
            tuple(closed[k][0] for k in family),
            tuple(closed[k][1] for k in family),
        )
        for family in families
    ]


def _support(f: PolyElement) -> set[int]:
    return {i for monomial in f.monoms() for i, power in enumerate(monomial) if power}


def _commute(indices: set[int], n: int) -> bool:
    return not any(i + n in indices for i in indices)


def _is_quadratic(f: PolyElement) -> bool:
    return all(sum(monomial) == 2 for monomial in f.monoms()) and total_degree(f) == 2


def _exponential(
    ring: PhasePolynomials, f: PolyElement
) -> tuple[ImmutableMatrix, Expr] | None:
    """The matrix A = J Hess f and the c of A^3 = c A, or None if there is no such c."""
    A, _ = affine_field(ring, f)
    cube = A**3
    place = next(iter(A.todok()))
    c = cube[place] / A[place]
    return (A, c) if not any((cube - c * A).expand()) else None
