"""Particles: blocks of coordinates, names of axes, masses and signs of a metric."""

import pytest

import symflow as sf
from symflow.errors import ArgumentError, ExpressionError
from symflow.expressions import valid_name
from symflow.particles import (
    axis_names,
    pair_name,
    particles,
    read_masses,
    read_signature,
)

SPACE = sf.PhaseSpace("x1 y1 z1 x2 y2 z2", parameters="m")


def test_blocks_partition_the_coordinates():
    for d in (1, 2, 3, 6, None):
        bodies = particles(SPACE, d)
        assert sum((body.q for body in bodies), ()) == SPACE.q
        assert sum((body.p for body in bodies), ()) == SPACE.p
        assert {len(body.q) for body in bodies} == {d or 6}


@pytest.mark.parametrize("dimension", [0, -3, 4, 7, 1.5, True, "3"])
def test_a_dimension_that_does_not_divide_is_refused(dimension):
    with pytest.raises(ArgumentError, match="divides the number of coordinates"):
        particles(SPACE, dimension)


def test_names_are_distinct_identifiers():
    for d in range(1, 14):
        names = [f"P{axis}" for axis in axis_names(d)]
        names += [pair_name("L", i, j, d) for i in range(d) for j in range(d)]
        assert len(set(names)) == d + d * d
        assert all(map(valid_name, names))


def test_one_mass_or_one_for_each():
    (m,) = SPACE.parameters
    assert read_masses(SPACE, "m", 2) == (m, m)
    assert read_masses(SPACE, m, 2) == (m, m)
    assert read_masses(SPACE, (1, m), 2) == (1, m)


@pytest.mark.parametrize(
    ("masses", "word"),
    [
        ([1], "one mass for each of the 2"),
        ([1, 2, 3], "one mass for each of the 2"),
        ([1, 0], "but 0 is not"),
        (-2, "but -2 is not"),
        ("x1", "but x1 is not"),
    ],
)
def test_masses_are_positive_constants(masses, word):
    with pytest.raises(ArgumentError, match=word):
        read_masses(SPACE, masses, 2)


def test_an_undeclared_mass_is_refused():
    with pytest.raises(ExpressionError, match="M"):
        read_masses(SPACE, "M", 2)


@pytest.mark.parametrize("signature", [(2, 2), (-1, 4), (3, 1)])
def test_a_signature_adds_up(signature):
    assert read_signature((2, 1), 3) == (1, 1, -1)
    with pytest.raises(ArgumentError, match="add up to 3"):
        read_signature(signature, 3)
