r"""Sparse matrices: entries by row and column, over any field.

Takes the entries of matrices that are not zero, gives products, traces and images.

.. math:: (a b)_{ik} = \sum_j a_{ij} b_{jk}, \qquad \operatorname{tr} a = \sum_i a_{ii}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy.polys.domains.domain import Domain

from symflow.linear_algebra import Row, add_multiple

__all__ = ["Matrix", "combined", "dual", "matrix_product", "matrix_rows", "trace"]

# The entries of a matrix that are not zero, by row and column.
Matrix = dict[tuple[int, int], Any]


def matrix_product(left: Matrix, right: Matrix, domain: Domain) -> Matrix:
    """The product of two matrices.

    Arguments:
        left: A matrix.
        right: Another, of fitting size.
        domain: The field of their entries.

    Returns:
        The entries of the product that are not zero.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> matrix_product(turn, turn, QQ)
        {(0, 0): -1, (1, 1): -1}
    """
    rows: dict[int, list[tuple[int, Any]]] = {}
    for (i, j), x in right.items():
        rows.setdefault(i, []).append((j, x))
    total: Matrix = {}
    for (i, j), x in left.items():
        for k, y in rows.get(j, ()):
            total[i, k] = total.get((i, k), domain.zero) + x * y
    return {key: x for key, x in total.items() if x}


def trace(a: Matrix, domain: Domain) -> Any:  # noqa: ANN401
    """The trace of a square matrix.

    Arguments:
        a: The matrix.
        domain: The field of its entries.

    Returns:
        The sum of the diagonal.
    """
    return sum((x for (i, j), x in a.items() if i == j), domain.zero)


def dual(a: Matrix) -> Matrix:
    """Minus the transposed matrix, by which covectors move.

    Arguments:
        a: The matrix by which vectors move.

    Returns:
        The matrix of covectors.
    """
    return {(j, i): -x for (i, j), x in a.items()}


def matrix_rows(a: Matrix, height: int) -> list[Row]:
    """The rows of a matrix.

    Arguments:
        a: The matrix.
        height: The number of its rows.

    Returns:
        Sparse rows, as `linear_algebra` takes them.
    """
    rows: list[Row] = [{} for _ in range(height)]
    for (i, j), x in a.items():
        rows[i][j] = x
    return rows


def combined(row: Mapping[int, Any], vectors: Sequence[Mapping[int, Any]]) -> Row:
    r"""A combination of sparse vectors, or of linear forms.

    .. math:: \sum_i r_i v_i

    Arguments:
        row: The coefficients r that are not zero.
        vectors: The vectors v.

    Returns:
        The combination, without zeros.

    Example:
        >>> combined({0: 2, 1: -1}, [{0: 1}, {0: 2, 5: 1}])
        {5: -1}
    """
    total: Row = {}
    for i, x in row.items():
        add_multiple(total, x, vectors[i])
    return total
