"""Algebra derivations: nothing of an algebra is left out, and all of it is found true."""

from itertools import combinations

import pytest

import symflow as sf
from symflow.algebra_derivations import (
    algebra_derivations,
    generator_names,
    invariant_derivations,
    invariant_names,
    space_derivations,
)
from symflow.claims import Claim
from symflow.derivations import Level
from symflow.formal_expressions import PoissonBracket, Rank

from .systems import HEISENBERG, RESONANT, SO2, SO3, U2


def steps_of(derivations, heading):
    (found,) = (one.lines for one in derivations if one.heading == heading)
    return [line for line in found if not isinstance(line, Claim)]


@pytest.mark.parametrize("system", [SO3, U2, HEISENBERG], ids=str)
def test_every_pair_of_generators_has_its_bracket(system):
    algebra = system.algebra
    lines = steps_of(algebra_derivations(algebra, Level.RESULT), "Their brackets")
    pairs = [(str(line.left.f), str(line.left.g)) for line in lines]
    assert pairs == list(combinations(algebra.names, 2))


@pytest.mark.parametrize("system", [SO3, U2, HEISENBERG], ids=str)
def test_the_killing_form_is_the_trace_of_the_adjoint_matrices(system):
    lines = steps_of(
        algebra_derivations(system.algebra, Level.EVERY_STEP), "The Killing form"
    )
    n = system.algebra.dimension
    assert len(lines) == n + n * (n + 1) // 2
    assert all(line.holds for line in lines)


@pytest.mark.parametrize("system", [SO2, SO3, RESONANT], ids=str)
def test_every_invariant_meets_every_generator(system):
    found = sf.invariants(system.algebra)
    lines = steps_of(
        invariant_derivations(found, Level.RESULT), "They commute with every generator"
    )
    assert len(lines) == len(found.generators) * system.algebra.dimension
    assert all(line.right == 0 for line in lines)


@pytest.mark.parametrize("system", [SO2, SO3, RESONANT], ids=str)
def test_the_rank_of_the_fields_is_the_dimension_of_an_orbit(system):
    found = sf.invariants(system.algebra)
    (line, *_) = steps_of(
        invariant_derivations(found, Level.RESULT), "How many there are"
    )
    assert isinstance(line.left, Rank)
    assert line.holds
    assert line.right == system.space.dimension - system.independent


def test_coordinates_bracket_as_declared():
    lines = space_derivations(SO2.space, Level.EVERY_STEP)[0].lines
    assert len(lines) == 6
    for line in lines:
        assert isinstance(line.left, PoissonBracket)
        assert line.right == sf.poisson_bracket(line.left.f, line.left.g, SO2.space)


def test_names_stand_for_what_the_algebra_holds():
    names = generator_names(U2.algebra)
    assert {str(k): v for k, v in names.items()} == dict(U2.algebra.generators)
    numbered = invariant_names(sf.invariants(SO2.algebra))
    assert [str(name) for name in numbered] == ["I1", "I2", "I3", "I4"]
