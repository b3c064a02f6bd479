r"""Invariant forms: bilinear forms and complex structures that an algebra keeps.

Takes the matrices by which an algebra moves a vector, gives a form that is not degenerate
and a structure that commutes, if there are any.

.. math:: \alpha_k^T S + S \alpha_k = 0, \qquad B \alpha_k = \alpha_k B, \quad B^2 = -c
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, combinations_with_replacement
from random import Random
from typing import Any

from sympy.polys.domains.domain import Domain

from symflow.intertwiners import intertwiners
from symflow.linear_algebra import Row, add_multiple, nullspace, rank
from symflow.linear_forms import primitive
from symflow.sparse_matrices import Matrix, matrix_product, matrix_rows, trace

__all__ = ["complex_structure", "invariant_form"]

_SEED = 20191
_TRIES = 6


def invariant_form(
    matrices: Iterable[Matrix], size: int, sign: int, domain: Domain
) -> Matrix | None:
    r"""A form with :math:`S^T = \pm S` that is kept and not degenerate.

    Arguments:
        matrices: The matrices :math:`\alpha_k`.
        size: Their size.
        sign: 1 for a symmetric form, -1 for an antisymmetric one.
        domain: The field of their entries.

    Returns:
        The entries of S, coprime integers over the rationals, or None if none was found.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> invariant_form([turn], 2, 1, QQ) == {(0, 0): 1, (1, 1): 1}
        True
    """
    pairs = combinations_with_replacement if sign > 0 else combinations
    entries = list(pairs(range(size), 2))
    basis = _kept_forms(matrices, size, sign, entries, domain)
    random = Random(_SEED)  # noqa: S311 (combinations in general position)
    for attempt in range(_TRIES if basis else 0):
        total: Row = dict(basis[0]) if not attempt else {}
        for vector in basis if attempt else []:
            add_multiple(total, domain(random.randint(-4, 4)), vector)
        S: Matrix = {}
        for k, x in total.items():
            i, j = entries[k]
            S[i, j] = x
            S[j, i] = sign * x if i != j else x
        if rank(matrix_rows(S, size), size, domain) == size:
            scaled = primitive({key: S[key] for key in sorted(S)}, domain)
            return {(i, j): x for (i, j), x in scaled.items()}
    return None


def _kept_forms(
    matrices: Iterable[Matrix],
    size: int,
    sign: int,
    entries: Sequence[tuple[int, int]],
    domain: Domain,
) -> list[Row]:
    """A basis of the forms that are kept, by place of the entry."""
    place = {pair: (k, domain.one) for k, pair in enumerate(entries)}
    place |= {(j, i): (k, domain(sign)) for k, (i, j) in enumerate(entries) if i != j}
    rows: dict[tuple[int, int, int], Row] = {}
    for k, a in enumerate(matrices):
        for (i, j), x in a.items():
            for m in range(size):
                # (a^T S)_{jm} = sum_i a_ij S_im, and (S a)_{mj} = sum_i S_mi a_ij.
                for key, pair in (((k, j, m), (i, m)), ((k, m, j), (m, i))):
                    if pair in place:
                        column, factor = place[pair]
                        row = rows.setdefault(key, {})
                        add_multiple(row, x, {column: factor})
    return nullspace(rows.values(), len(entries), domain)


def complex_structure(
    matrices: Sequence[Matrix], size: int, domain: Domain
) -> tuple[Matrix, Any] | None:
    """A matrix B that commutes with all, of trace zero, with B^2 = -c.

    Arguments:
        matrices: The matrices.
        size: Their size.
        domain: The field of their entries.

    Returns:
        The entries of B, and c; None if no such matrix was found.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-2), (1, 0): QQ(2)}
        >>> complex_structure([turn], 2, QQ)[1]
        1
    """
    for B in intertwiners(matrices, matrices, size, size, domain):
        mean = trace(B, domain) / domain(size)
        for i in range(size):
            B[i, i] = B.get((i, i), domain.zero) - mean
        B = {key: x for key, x in B.items() if x}
        square = matrix_product(B, B, domain)
        c = -square.get((0, 0), domain.zero)
        if c and square == {(i, i): -c for i in range(size)}:
            return B, c
    return None
