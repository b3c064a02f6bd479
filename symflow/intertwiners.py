r"""Intertwiners: the matrices that carry one action of an algebra into another.

Takes the matrices by which an algebra acts on two spaces, gives those that commute with it,
and one that makes the actions equal, if they are isomorphic.

.. math:: T \, \beta_k = \alpha_k \, T \qquad \text{for all } k
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from sympy.polys.domains.domain import Domain

from symflow.linear_algebra import Row, add_multiple, nullspace, rank
from symflow.sparse_matrices import Matrix, matrix_rows, trace

__all__ = ["intertwiner", "intertwiners"]

_SEED = 20191

# If generic combinations of the basis can be inverted, so can one of these, all but surely.
_TRIES = 6


def intertwiners(
    target: Sequence[Matrix],
    source: Sequence[Matrix],
    height: int,
    width: int,
    domain: Domain,
) -> list[Matrix]:
    r"""A basis of the matrices T with :math:`T \beta_k = \alpha_k T`.

    Arguments:
        target: The matrices :math:`\alpha_k`.
        source: The matrices :math:`\beta_k`.
        height: The size of the :math:`\alpha_k`.
        width: The size of the :math:`\beta_k`.
        domain: The field of their entries.

    Returns:
        Matrices of that height and width.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> len(intertwiners([turn], [turn], 2, 2, QQ))
        2
    """
    return [
        {divmod(place, width): x for place, x in vector.items()}
        for vector in _solutions(target, source, height, width, domain)
    ]


def intertwiner(
    target: Sequence[Matrix], source: Sequence[Matrix], size: int, domain: Domain
) -> Matrix | None:
    """An invertible matrix that carries one action into another.

    Arguments:
        target: The matrices of the one.
        source: The matrices of the other.
        size: The size of both.
        domain: The field of their entries.

    Returns:
        The matrix, or None if none was found; if traces differ there is none.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> back = {(0, 1): QQ(1), (1, 0): QQ(-1)}
        >>> intertwiner([turn], [back], 2, QQ) is None
        False
        >>> double = {(0, 1): QQ(-2), (1, 0): QQ(2)}
        >>> intertwiner([turn], [double], 2, QQ) is None
        True
    """
    if _traces(target, domain) != _traces(source, domain):
        return None
    basis = _solutions(target, source, size, size, domain)
    random = Random(_SEED)  # noqa: S311 (combinations in general position)
    for attempt in range(_TRIES if basis else 0):
        total: Row = dict(basis[0]) if not attempt else {}
        for vector in basis if attempt else []:
            add_multiple(total, domain(random.randint(-4, 4)), vector)
        T = {divmod(place, size): x for place, x in total.items()}
        if rank(matrix_rows(T, size), size, domain) == size:
            return T
    return None


def _solutions(
    target: Sequence[Matrix],
    source: Sequence[Matrix],
    height: int,
    width: int,
    domain: Domain,
) -> list[Row]:
    """The intertwiners as vectors, the entry (i, j) at the place i * width + j."""
    rows: dict[tuple[int, int, int], Row] = {}
    for k, (a, b) in enumerate(zip(target, source, strict=True)):
        for (i, j), x in b.items():
            for m in range(height):
                row = rows.setdefault((k, m, j), {})
                add_multiple(row, x, {m * width + i: domain.one})
        for (i, j), x in a.items():
            for m in range(width):
                row = rows.setdefault((k, i, m), {})
                add_multiple(row, -x, {j * width + m: domain.one})
    return nullspace(rows.values(), height * width, domain)


def _traces(matrices: Sequence[Matrix], domain: Domain) -> list[Any]:
    """Traces of the matrices and of their products, which isomorphic actions share."""
    products = (
        sum((x * b[j, i] for (i, j), x in a.items() if (j, i) in b), domain.zero)
        for a in matrices
        for b in matrices
    )
    return [*(trace(a, domain) for a in matrices), *products]
