r"""Cartan subalgebras: nilpotent, self-normalising, of the rank of the type."""

import pytest
from sympy import QQ

from symflow.cartan_subalgebras import cartan_subalgebra, fitting_null_component
from symflow.linear_algebra import nullspace
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.structure_cases import CASES, built

ALGEBRAS = {
    "so(5)": (ma.so(5), 2),
    "so(3,1)": (ma.so(3, 1), 2),
    "sl(3)": (ma.sl(3), 2),
    "su(2,1)": (ma.su(2, 1), 2),
    "sp(6)": (ma.sp(6), 3),
    "gl(3)": (ma.gl(3), 3),
    "G2": (ma.g2(-1), 2),
    "Bargmann": (ma.bargmann(3), 5),
    "so(3) + sl(3)": (ma.direct_sum(ma.so(3), ma.sl(3)), 3),
    "so(5), other basis": (ma.scrambled(ma.so(5), 1), 2),
}


def is_nilpotent(table, space):
    return not table.series(space, lower=True)[-1].rank


def normalizer(table, space):
    """What brings the subspace into itself."""
    equations = {}
    for number, vector in enumerate(space.rows):
        for j in range(table.dimension):
            image = table.bracket({j: table.domain.one}, vector)
            for k, value in space.reduce(image).items():
                equations.setdefault((number, k), {})[j] = value
    return table.span(nullspace(equations.values(), table.dimension, table.domain))


def is_cartan(table, space):
    return is_nilpotent(table, space) and normalizer(table, space) == space


@pytest.mark.parametrize("name", ALGEBRAS)
def test_it_is_nilpotent_its_own_normaliser_and_of_the_rank(name):
    algebra, rank = ALGEBRAS[name]
    space = cartan_subalgebra(algebra._table)
    assert is_cartan(algebra._table, space)
    assert space.rank == rank


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_every_algebra_of_the_case_book_has_one(case):
    table = built(case)._table
    assert is_cartan(table, cartan_subalgebra(table))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rank_does_not_depend_on_the_basis(seed):
    for algebra in (ma.sl(3), ma.bargmann(2), ma.so(2, 2)):
        assert ma.scrambled(algebra, seed).rank == algebra.rank


def test_the_null_component_of_any_element_is_its_own_normaliser():
    table = ma.sl(3)._table
    for i in range(8):
        space = fitting_null_component(table, {i: QQ(1)})
        assert normalizer(table, space) == space


def test_an_element_that_is_not_regular_gives_no_cartan_subalgebra():
    # Zero, a nilpotent element, and a rotation that commutes with another so(3).
    so5, sl2 = ma.so(5)._table, ma.sl(2)._table
    nilpotent = next(i for i in range(3) if i not in sl2.killing[i])
    for table, element in ((so5, {}), (sl2, {nilpotent: QQ(1)}), (so5, {0: QQ(1)})):
        space = fitting_null_component(table, element)
        assert space.rank > cartan_subalgebra(table).rank
        assert not is_nilpotent(table, space)


def test_a_torus_that_is_not_maximal_is_no_cartan_subalgebra():
    table = ma.so(5)._table
    line = table.span([{0: QQ(1)}])
    assert is_nilpotent(table, line)
    assert normalizer(table, line) != line


def test_a_nilpotent_algebra_is_its_own():
    heisenberg = ma.phase_space_algebra(
        1, [ma.coordinate(0, 0), ma.coordinate(1, 0), ma.one]
    )
    assert heisenberg.cartan_subalgebra == heisenberg.lower_central_series[0]


def test_the_zero_algebra_has_rank_zero():
    assert AbstractLieAlgebra([], {}).rank == 0
