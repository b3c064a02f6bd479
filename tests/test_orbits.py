"""Orbits of functions that need not close: the rank of all their brackets."""

import pytest

import symflow as sf
from tests import case_book


def of_case(name):
    space, generators = case_book.declared(case_book.BY_NAME[name])
    return space, generators, sf.orbits(space, generators)


@pytest.mark.parametrize(
    ("name", "dimension", "count"),
    [("A10", 5, 1), ("A53", 4, 0), ("A63", 3, 1), ("A76", 2, 0)],
)
def test_cases_that_never_close(name, dimension, count):
    """The declared two of A53 have rank two; with their brackets they have four."""
    space, generators, found = of_case(name)
    assert (found.dimension, found.count) == (dimension, count)
    assert found.standing is sf.Standing.PROVED
    for f in found.invariants:
        for g in generators.values():
            assert sf.poisson_bracket(g, f, space) == 0


@pytest.mark.parametrize("name", ["A11", "A24", "A25", "A28", "A55", "A61"])
def test_where_they_close_the_count_is_that_of_the_algebra(name):
    assert (
        of_case(name)[2].count
        == case_book.BY_NAME[name]["answer"]["independent_invariants"]
    )


def test_a_casimir_moves_nothing():
    space = sf.PoissonSpace(
        "a b c", {("a", "b"): "c", ("b", "c"): "a", ("c", "a"): "b"}
    )
    found = sf.orbits(space, {"C": "a**2 + b**2 + c**2"})
    assert (found.dimension, found.count) == (0, 3)


def test_a_float_proves_nothing():
    found = sf.orbits(sf.PhaseSpace("x"), {"H": "0.5*p_x**2"})
    assert found.standing is sf.Standing.MEASURED


def test_the_rank_at_a_special_point_is_not_the_generic_one():
    """At the origin the rotation does not move; its generic orbit is a circle."""
    found = sf.orbits(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
    assert (found.dimension, found.count, len(found.invariants)) == (1, 3, 4)
