r"""Symmetric forms: their signature, exactly.

Takes a symmetric matrix over an exact real field, gives the numbers of positive,
negative and zero squares in any basis that makes it diagonal.

.. math:: S^T A S = \operatorname{diag}(+1_p, -1_n, 0_z)

A form is made diagonal and the signs of its squares come from the assumptions on the
parameters: an open sign is an error, never a guess. Over the rationals, where a large
form without many zeros would fill with large numbers, Descartes' rule counts the signs of
the eigenvalues instead, all of which are real.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import lcm

import flint
from sympy import I, factor_list
from sympy.polys.domains.domain import Domain

from symflow.errors import UnsupportedError
from symflow.lie_table import Element
from symflow.linear_algebra import Row

__all__ = ["is_real_field", "sign", "signature"]

# Forms with no more elements a row than this, on average, are made diagonal.
_SPARSE_ROW = 3


def is_real_field(domain: Domain) -> bool:
    """Whether every element of a field is a real number.

    Arguments:
        domain: The rationals, algebraic numbers, or rational functions over them.

    Returns:
        False if the field holds a number that is not real.

    Example:
        >>> from sympy import QQ, QQ_I
        >>> is_real_field(QQ), is_real_field(QQ_I)
        (True, False)
    """
    if domain.is_Composite:
        symbols_real = all(symbol.is_real is not False for symbol in domain.symbols)
        return symbols_real and is_real_field(domain.domain)
    if domain.is_QQ_I or domain.is_ZZ_I:
        return False
    if domain.is_Algebraic:
        return not domain.ext.as_expr().has(I) and bool(domain.ext.as_expr().is_real)
    return True


def sign(element: Element, domain: Domain) -> int:
    """The sign of a field element, for generic values of its parameters.

    Arguments:
        element: An element of the field.
        domain: The field.

    Returns:
        -1, 0 or 1.

    Raises:
        UnsupportedError: If the assumptions on the parameters leave the sign open.

    Example:
        >>> from sympy import QQ
        >>> sign(QQ(-2, 3), QQ)
        -1
    """
    if not element:
        return 0
    known = _known_sign(element, domain)
    if known is None:
        raise UnsupportedError(
            f"Argument `structure_constants` must leave no sign open, but the sign of "
            f"{domain.to_sympy(element)} is not known. Declare its symbols positive or "
            f"negative, or put numbers for them."
        )
    return known


def signature(
    rows: Sequence[Row], dimension: int, domain: Domain
) -> tuple[int, int, int]:
    """The signature of a symmetric matrix.

    Arguments:
        rows: Sparse rows of the matrix.
        dimension: Its size.
        domain: The field of its elements.

    Returns:
        The numbers of positive, negative and zero squares.

    Raises:
        UnsupportedError: If the field is not real, or the assumptions on parameters
            leave a sign open.

    Example:
        >>> from sympy import QQ
        >>> signature([{1: QQ(1)}, {0: QQ(1)}, {}], 3, QQ)
        (1, 1, 1)
    """
    if not is_real_field(domain):
        raise UnsupportedError(
            "Argument `structure_constants` must be real to have a signature, but they "
            "hold the imaginary unit. Take real and imaginary parts of the generators."
        )
    if domain.is_QQ and sum(map(len, rows)) > _SPARSE_ROW * dimension:
        return _signature_by_descartes(rows, dimension)
    return _signature_by_squares(rows, dimension, domain)


def _signature_by_descartes(
    rows: Sequence[Row], dimension: int
) -> tuple[int, int, int]:
    scale = lcm(*(int(value.denominator) for row in rows for value in row.values()))
    matrix = flint.fmpz_mat(dimension, dimension)
    for i, row in enumerate(rows):
        for j, value in row.items():
            matrix[i, j] = int(value.numerator) * (scale // int(value.denominator))
    coefficients = matrix.charpoly().coeffs()
    zero = next(n for n, value in enumerate(coefficients) if value)
    signs = [value > 0 for value in coefficients if value]
    positive = sum(a != b for a, b in pairwise(signs))
    return positive, dimension - zero - positive, zero


def _signature_by_squares(
    rows: Sequence[Row], dimension: int, domain: Domain
) -> tuple[int, int, int]:
    form = {i: dict(row) for i, row in enumerate(rows) if row}
    positive = negative = 0
    while any(form.values()):
        pivot = _pivot(form, domain)
        row = form.pop(pivot)
        square = row.pop(pivot)
        if sign(square, domain) > 0:
            positive += 1
        else:
            negative += 1
        for i, value in row.items():
            factor = value / square
            form[i].pop(pivot)
            for j, other in row.items():
                changed = form[i].get(j, domain.zero) - factor * other
                if changed:
                    form[i][j] = changed
                else:
                    form[i].pop(j, None)
    return positive, negative, dimension - positive - negative


def _pivot(form: dict[int, Row], domain: Domain) -> int:
    """An index with a square on the diagonal; its sign is known wherever one is."""
    squares = [i for i, row in form.items() if i in row]
    for i in squares:
        if _known_sign(form[i][i], domain) is not None:
            return i
    if squares:
        return squares[0]
    i, j = next((i, j) for i, row in form.items() for j in row)
    # x_i x_j has no square: the basis vector i becomes i + j, whose square is 2 a_ij.
    for k, value in list(form[j].items()):
        for a, b in ((i, k), (k, i)):
            form[a][b] = form[a].get(b, domain.zero) + value
    for k in list(form[i]):
        if not form[i][k]:
            form[i].pop(k)
            form[k].pop(i, None)
    return i


def _known_sign(element: Element, domain: Domain) -> int | None:
    """The sign, from the factors of odd power; None if the assumptions leave it open."""
    if domain.is_QQ:
        return 1 if element > 0 else -1
    numerator, denominator = domain.to_sympy(element).as_numer_denom()
    leading, factors = factor_list(numerator * denominator)
    odd = [leading, *(factor for factor, power in factors if power % 2)]
    total = 1
    for factor in odd:
        # Not the zero of the field, so not zero for generic parameters.
        if factor.is_nonnegative:
            continue
        if not factor.is_nonpositive:
            return None
        total = -total
    return total
