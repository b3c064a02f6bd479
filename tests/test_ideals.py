r"""Ideals: the law that makes each subspace what it is called."""

from itertools import product

import pytest
from sympy import (
    Matrix,
    zeros,
)

from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.structure_cases import bracket_of, case, dimensions


def coordinates(space, names):
    return [[vector.get(name, 0) for name in names] for vector in space.basis]


def lies_in(algebra, vector, space):
    rows = coordinates(space, algebra.names)
    extra = [*rows, [vector.get(name, 0) for name in algebra.names]]
    return Matrix(extra).rank() == space.dimension


MIXED = {
    "e(3)": lambda: case("A07"),
    "Bargmann": lambda: case("A08"),
    "gl(2)": lambda: ma.gl(2),
    "solvable": lambda: case("A45"),
    "so(4)": lambda: ma.so(4),
}


@pytest.mark.parametrize("name", MIXED)
def test_levi_factor_is_a_subalgebra_that_complements_the_radical(name):
    algebra = ma.scrambled(MIXED[name](), 4)
    levi, radical = algebra.levi_factor, algebra.radical
    for x, y in product(levi.basis, repeat=2):
        assert lies_in(algebra, bracket_of(algebra, x, y), levi)
    rows = coordinates(levi, algebra.names) + coordinates(radical, algebra.names)
    assert Matrix(rows).rank() == algebra.dimension


@pytest.mark.parametrize("name", MIXED)
def test_radical_nilradical_center_and_summands_are_ideals(name):
    algebra = ma.scrambled(MIXED[name](), 5)
    spaces = [algebra.radical, algebra.nilradical, algebra.center, *algebra.ideals]
    for space, generator in product(spaces, algebra.names):
        for vector in space.basis:
            assert lies_in(algebra, bracket_of(algebra, {generator: 1}, vector), space)


@pytest.mark.parametrize("name", MIXED)
def test_summands_commute_and_fill_the_algebra(name):
    algebra = ma.scrambled(MIXED[name](), 6)
    ideals = algebra.ideals
    assert sum(dimensions(ideals)) == algebra.dimension
    for i, first in enumerate(ideals):
        for second in ideals[:i]:
            for x, y in product(first.basis, second.basis):
                assert not any(bracket_of(algebra, x, y).values())


def test_nilradical_sees_weights_that_the_killing_form_misses():
    # Weights 1, 1, i, -i, doubled: tr (ad x)^2 = 0, yet x is not nilpotent.
    constants = {
        ("a", "x"): {"a": 1},
        ("b", "x"): {"b": 1},
        ("c", "x"): {"d": 1},
        ("d", "x"): {"c": -1},
    }
    algebra = AbstractLieAlgebra("abcdx", constants)
    assert algebra.killing_form == zeros(5, 5)
    assert not algebra.is_nilpotent
    assert algebra.nilradical.dimension == 4
