r"""Generic ranks: ranks of matrices of functions, proved where bounds meet.

Takes a matrix of functions and a bound of its rank from above, gives its rank at a point,
which is a bound from below, and says whether the two prove the generic rank.

.. math:: \operatorname{rank} A(z_0) \le \operatorname{rank} A \le m
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from random import Random

from sympy.polys.rings import PolyElement

from symflow.polynomials import PhasePolynomials, RankCertificate

__all__ = ["proved_rank", "rank_below"]

# A rank that does not meet its bound is proved by elimination over the rational functions,
# if the matrix has no more terms than this.
_ELIMINATED_TERMS = 80
_SEED = 20191


def rank_below(ring: PhasePolynomials, rows: Sequence[Sequence[PolyElement]]) -> int:
    """A rank that the generic one is at least: that at a point.

    Arguments:
        ring: The ring of functions.
        rows: The matrix, one sequence of elements a row.

    Returns:
        The rank at the point, or modulo a prime where the functions are no polynomials.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> ring = PhasePolynomials(PhaseSpace("x"), [])
        >>> x, p = ring.variables
        >>> rank_below(ring, [ring.gradient(x * p), ring.gradient(x**2 * p**2)])
        1
    """
    if ring.is_polynomial:
        return ring.rank_at(rows, _point(ring.size))
    return ring.rank_modulo_prime(rows, ring.space.dimension).rank if rows else 0


def proved_rank(
    ring: PhasePolynomials, rows: Sequence[Sequence[PolyElement]], most: int
) -> RankCertificate:
    """The generic rank; below its bound it is proved only where that is quick.

    Arguments:
        ring: The ring of functions.
        rows: The matrix, one sequence of elements a row.
        most: An upper bound of the rank that holds by theory.

    Returns:
        The rank at a point, exact if it meets the bound, or else, for few terms, by
        elimination over the field of rational functions.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> ring = PhasePolynomials(PhaseSpace("x"), [])
        >>> x, p = ring.variables
        >>> found = proved_rank(ring, [ring.gradient(x), ring.gradient(p)], most=2)
        >>> found.rank, found.exact
        (2, True)
    """
    if ring.is_polynomial and sum(map(len, chain(*rows))) > _ELIMINATED_TERMS:
        point = _point(ring.size)
        reached = ring.rank_at(rows, point)
        return RankCertificate(reached, point, reached == most)
    return ring.generic_rank(rows, most)


def _point(size: int) -> tuple[int, ...]:
    random = Random(_SEED)  # noqa: S311 (a point in general position)
    return tuple(random.randint(1, 997) for _ in range(size))
