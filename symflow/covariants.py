r"""Covariants: what moves with a position as the momentum does.

Takes invariants of an action on positions, gives the covectors at q and the matrices on p
from which an equivariant density of p given q is built.

.. math:: c_b(q) = \frac{\partial I_b}{\partial q}, \qquad
    c(q) = W^{-1} \xi(q) \quad \text{where } p \cdot \xi(q) \text{ is invariant}
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from sympy import Expr, ImmutableMatrix

from symflow.errors import UnsupportedError
from symflow.invariants import Invariants
from symflow.linear_algebra import Row, echelon
from symflow.representation import LinearAction, acts_on_positions

__all__ = ["MomentumCovariants", "momentum_covariants"]

Covector = tuple[Expr, ...]


@dataclass(frozen=True)
class MomentumCovariants:
    """What an equivariant encoder is built from.

    Arguments:
        scalars: The invariants of q.
        covectors: Covectors at q, linearly independent, n entries each.
        commutant: Matrices that commute with the action on p, each (n, n).
        metric: The positive-definite form on p that the action preserves, (n, n).
    """

    scalars: tuple[Expr, ...]
    covectors: tuple[Covector, ...]
    commutant: tuple[ImmutableMatrix, ...]
    metric: ImmutableMatrix


def momentum_covariants(
    invariants: Invariants, action: LinearAction
) -> MomentumCovariants:
    r"""The covectors and matrices that move as the momentum does.

    .. math:: q \mapsto M q, \quad p \mapsto M^{-T} p, \quad c(M q) = M^{-T} c(q)

    Arguments:
        invariants: The invariants of the algebra.
        action: Its linear action, compact.

    Returns:
        The scalars, covectors, commuting matrices and metric.

    Raises:
        UnsupportedError: If the algebra mixes q and p, so that p given q has no action.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> momentum_covariants(invariants(so2), LinearAction(so2)).covectors
        ((2*x, 2*y), (-y, x))

    Reference:
        Villar et al. 2021, arXiv 2106.06610, Lemma 3.
    """
    algebra = invariants.algebra
    if not acts_on_positions(algebra):
        raise UnsupportedError(
            "Argument `encoder` must be 'mlp' for this algebra, because its generators "
            "mix q and p, so no density of p given q is equivariant."
        )
    n = algebra.phase_space.n
    metric = action.metric[n:, n:]
    candidates = [
        tuple(f.diff(q) for q in algebra.phase_space.q) for f in invariants.of_q
    ]
    inverse = metric.inv()
    for f in invariants.mixed:
        vector = [f.diff(p) for p in algebra.phase_space.p]
        if not any(entry.has(*algebra.phase_space.p) for entry in vector):
            candidates.append(tuple((inverse * ImmutableMatrix(vector)).expand()))
    matrices = [B[n:, n:] for B in action.commutant if not any(B[:n, n:])]
    return MomentumCovariants(
        invariants.of_q,
        _independent(invariants, candidates),
        tuple(B for B in matrices if any(B)),
        metric,
    )


def _independent(
    invariants: Invariants, candidates: list[Covector]
) -> tuple[Covector, ...]:
    """Those candidates that are no combination, with constant factors, of earlier ones."""
    ring = invariants.algebra.ring
    places: dict[tuple[int, tuple[int, ...]], int] = {}
    fresh = count()
    kept: list[Covector] = []
    rows: list[Row] = []
    for candidate in candidates:
        row: Row = {}
        for i, entry in enumerate(candidate):
            for monomial, coefficient in ring.polynomial(entry).terms():
                key = i, monomial
                if key not in places:
                    places[key] = next(fresh)
                row[places[key]] = coefficient
        form = echelon([*rows, row], len(places), ring.domain)
        if form.rank > len(rows):
            kept.append(candidate)
            rows.append(row)
    return tuple(kept)
