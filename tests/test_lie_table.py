r"""Lie tables: dense and sparse products agree, quotients and subalgebras are algebras."""

from itertools import islice, product
from random import Random

import pytest
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from symflow.ideals import levi_factor, radical
from symflow.linear_algebra import generic_vectors
from symflow.structure_constants import read_table
from tests import matrix_algebras as ma


def table_of(algebra):
    return read_table(algebra.names, algebra.structure_constants)


def scrambled(table, seed):
    source, d = Random(seed), table.dimension
    while True:
        rows = [[QQ(source.randint(-4, 4)) for _ in range(d)] for _ in range(d)]
        if DomainMatrix(rows, (d, d), QQ).rank() == d:
            return table.transform([dict(enumerate(row)) for row in rows])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("start", [lambda t: t, lambda t: scrambled(t, 7)])
def test_dense_brackets_equal_sparse_ones(seed, start):
    table = start(table_of(ma.sl(4)))
    source = generic_vectors(table.whole, table.domain)
    vectors = list(islice(source, seed, table.dimension + seed))
    assert table._multiplies_densely(vectors, vectors)
    assert not table._multiplies_densely(vectors[:0], vectors)
    expected = [[table.bracket(x, y) for y in vectors] for x in vectors]
    assert table.brackets_between(vectors, vectors) == expected


def test_change_of_basis_keeps_jacobi_and_its_failure():
    good = table_of(ma.semidirect(ma.preserving(2, []), 2))
    assert good.jacobi_defect() is None
    assert scrambled(good, 3).jacobi_defect() is None
    broken = type(good)(3, {(0, 1): {2: QQ(1)}, (0, 2): {0: QQ(1)}}, QQ)
    assert broken.jacobi_defect() is not None
    assert scrambled(broken, 3).jacobi_defect() is not None


def test_killing_form_is_invariant():
    table = scrambled(table_of(ma.bargmann(2)), 4)
    zero, whole = QQ(0), table.whole.rows

    def killing(x, y):
        return sum(
            (
                a * b * table.killing[i].get(j, zero)
                for (i, a), (j, b) in product(x.items(), y.items())
            ),
            zero,
        )

    for x, y, z in product(whole[:4], repeat=3):
        assert killing(table.bracket(x, y), z) == killing(x, table.bracket(y, z))


def test_quotient_by_the_radical_is_the_levi_factor():
    table = scrambled(table_of(ma.bargmann(3)), 5)
    rest = radical(table)
    quotient = table.quotient(rest)
    levi = table.restrict(levi_factor(table, rest))
    assert quotient.jacobi_defect() is None
    assert quotient.is_semisimple
    assert quotient.dimension == levi.dimension
    assert levi.is_semisimple
