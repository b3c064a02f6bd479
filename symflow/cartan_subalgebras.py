r"""Cartan subalgebra: where a regular element acts nilpotently.

Takes a Lie table, gives a nilpotent subalgebra that is its own normaliser.

.. math:: \mathfrak{h} = \{y : (\operatorname{ad} x)^d \, y = 0\}

Elements are tried until exact arithmetic finds the property that the proof needs: chance
decides which Cartan subalgebra is found, never whether it is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sympy.polys.matrices import DomainMatrix

from symflow.ideals import generic_vectors
from symflow.lie_table import LieTable
from symflow.linear_algebra import Echelon, Row, echelon, nullspace

__all__ = ["cartan_subalgebra", "fitting_null_component", "null_component"]

# Combinations of basis elements that are tried before any element of the algebra.
_SPARSE_TRIES = 4


def fitting_null_component(table: LieTable, element: Row) -> Echelon:
    r"""Where ad x acts nilpotently; always a subalgebra, and its own normaliser.

    .. math:: \mathfrak{g}_0(x) = \{y : (\operatorname{ad} x)^d \, y = 0\}

    Arguments:
        table: The Lie algebra, of dimension d.
        element: The sparse vector x.

    Returns:
        The subspace.

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 3.1.
    """
    return null_component(table.adjoint_matrix(element).to_dense())


def cartan_subalgebra(table: LieTable) -> Echelon:
    r"""A Cartan subalgebra: nilpotent, and its own normaliser.

    The null component of any x is its own normaliser, so it is a Cartan subalgebra once
    it is seen to be nilpotent. Elements that commute and are not nilpotent are tried
    first, for then the answer is written in few elements of the basis.

    Arguments:
        table: The Lie algebra.

    Returns:
        The subalgebra. All have the same dimension, and over the complex numbers all
        are conjugate.

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, sections 3.2 and 3.5.
    """
    for element in _candidates(table):
        space = fitting_null_component(table, element)
        if not table.series(space, lower=True)[-1].rank:
            return space
    raise AssertionError  # the iterator has no end


def _candidates(table: LieTable) -> Iterator[Row]:
    """Combinations of basis elements that commute, then any elements."""
    chosen: list[Row] = []
    for i, row in enumerate(table.whole.rows):
        # A square that is not zero: ad is not nilpotent.
        if i in table.killing[i] and not any(table.bracket(row, x) for x in chosen):
            chosen.append(row)
    if chosen:
        vectors = generic_vectors(table.span(chosen), table.domain)
        yield from islice(vectors, _SPARSE_TRIES)
    yield from generic_vectors(table.whole, table.domain)


def null_component(matrix: DomainMatrix) -> Echelon:
    r"""What a power of a matrix sends to zero.

    .. math:: \{v : v M^d = 0\}

    Arguments:
        matrix: A square matrix M over a field, stored densely; vectors are rows.

    Returns:
        The subspace.
    """
    # Kernels of the powers grow until they stay: one squaring that adds nothing ends it.
    kernel = _kernel(matrix)
    while True:
        matrix = matrix * matrix
        larger = _kernel(matrix)
        if larger.rank == kernel.rank:
            return kernel
        kernel = larger


def _kernel(matrix: DomainMatrix) -> Echelon:
    """The vectors v with v M = 0."""
    size, domain = matrix.shape[0], matrix.domain
    rows = matrix.transpose().to_sparse().rep.values()
    return echelon(nullspace(map(dict, rows), size, domain), size, domain)
