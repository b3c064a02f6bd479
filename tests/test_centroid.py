r"""Centroid: its law, and its dimension over every kind of field."""

from itertools import product

import pytest
from sympy import I, sqrt, symbols

from symflow.centroid import centroid, has_local_centroid, matrix_sum
from symflow.linear_algebra import echelon
from symflow.structure_constants import read_table
from tests import matrix_algebras as ma
from tests.matrix_algebras import extended, scrambled

m = symbols("m", positive=True)


def table_of(algebra):
    return read_table(algebra.names, algebra.structure_constants)


def flat(matrix):
    return {k: v for k, v in enumerate(matrix.to_list_flat()) if v}


CENTROIDS = [
    (lambda: ma.so(4), 2),
    (lambda: ma.sl_complex(2), 2),
    (lambda: scrambled(ma.so(3, 1), 1), 2),
    (lambda: ma.direct_sum(ma.so(3), ma.so(2, 1), ma.sl(3)), 3),
    # The maps of q, p into the centre, and the numbers.
    (lambda: ma.bargmann(1), 3),
    (lambda: ma.bargmann(3), 2),
    (lambda: ma.carroll(2), 2),
    (lambda: extended(ma.so(3), 3, 2), 3),
    (lambda: extended(ma.so(3), 2, sqrt(2)), 2),
    (lambda: extended(ma.so(3), 3, m), 3),
    (lambda: extended(ma.so(3), 2, I), 2),
]


@pytest.mark.parametrize(("build", "dimension"), CENTROIDS)
def test_centroid_commutes_with_every_bracket(build, dimension):
    table = table_of(build())
    maps = centroid(table)
    assert len(maps) == dimension
    for x in table.whole.rows:
        adjoint = table.adjoint_matrix(x).to_dense()
        assert all(f * adjoint == adjoint * f for f in maps)
    # It is an algebra with one: sums, products and the identity stay in the span.
    span = echelon(map(flat, maps), table.dimension**2, table.domain)
    identity = table.matrix(table.whole.rows, table.dimension).to_dense()
    total = matrix_sum(dict(enumerate([table.domain.one] * dimension)), maps)
    for inside in (identity, total, *(f * g for f, g in product(maps, repeat=2))):
        assert not span.reduce(flat(inside))


def test_local_centroid_is_never_seen_where_an_algebra_splits():
    for build in (lambda: ma.so(4), lambda: ma.so(3, 1), lambda: ma.so(2, 2)):
        assert not has_local_centroid(table_of(build()))
    for build in (lambda: ma.so(5), lambda: ma.bargmann(3), lambda: ma.jacobi(2)):
        assert has_local_centroid(table_of(build()))
        assert has_local_centroid(table_of(scrambled(build(), 1)))
