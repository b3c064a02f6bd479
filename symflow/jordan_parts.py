r"""Jordan parts: a matrix as the sum of a semisimple and a nilpotent one that commute.

Takes a sparse matrix over an exact field, gives its two parts, which lie in the same field.

.. math:: A = S + N, \qquad S N = N S, \quad N^k = 0, \quad f(S) = 0

Here f has the eigenvalues of A as simple roots, and Newton's method finds the root S of f
next to A. A polynomial that A annihilates is annihilated by S and by N.
"""

from __future__ import annotations

from sympy import Dummy, Poly
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.sparse_matrices import Matrix

__all__ = ["jordan_parts"]


def jordan_parts(a: Matrix, size: int, domain: Domain) -> tuple[Matrix, Matrix]:
    r"""The semisimple and the nilpotent part of a matrix.

    Arguments:
        a: The matrix A.
        size: Its size.
        domain: The field of its entries, of characteristic zero.

    Returns:
        The parts S and N.

    Example:
        >>> from sympy import QQ
        >>> jordan_parts({(0, 0): QQ(2), (1, 1): QQ(2), (0, 1): QQ(1)}, 2, QQ)
        ({(0, 0): 2, (1, 1): 2}, {(0, 1): 1})

    Reference:
        Humphreys, Introduction to Lie Algebras and Representation Theory, section 4.2.
    """
    A = _dense(a, size, domain)
    f = Poly.from_list(A.charpoly(), Dummy("x"), domain=domain).sqf_part()
    slope = f.diff()
    S = A
    while not (value := _at(f, S)).is_zero_matrix:
        S = S - value * _at(slope, S).inv()
    return _sparse(S), _sparse(A - S)


def _dense(a: Matrix, size: int, domain: Domain) -> DomainMatrix:
    places = range(size)
    rows = [[a.get((i, j), domain.zero) for j in places] for i in places]
    return DomainMatrix(rows, (size, size), domain)


def _at(f: Poly, A: DomainMatrix) -> DomainMatrix:
    """The value of a polynomial at a matrix, by Horner's scheme."""
    one = DomainMatrix.eye(A.shape, A.domain).to_dense()
    total = A * A.domain.zero
    for coefficient in f.rep.to_list():
        total = total * A + one * coefficient
    return total


def _sparse(A: DomainMatrix) -> Matrix:
    rows = enumerate(A.to_dense().rep.to_ddm())
    return {(i, j): x for i, row in rows for j, x in enumerate(row) if x}
