"""Bracket derivations: they begin at the bracket, end at its value, and hold between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol

import symflow as sf
from symflow.bracket_derivations import bracket_steps
from symflow.derivations import Level, Rule, name_symbol
from symflow.formal_expressions import PoissonBracket

PLANE = sf.PhaseSpace("x y", parameters="k")
TERMS = ["x*p_y", "k*x**2", "p_x**3", "y", "x*y*p_x", "3", "p_y/2"]
FUNCTIONS = st.lists(st.sampled_from(TERMS), min_size=1, max_size=3).map(" + ".join)


@settings(max_examples=20, deadline=None)
@given(FUNCTIONS, FUNCTIONS, st.sampled_from(list(Level)))
def test_every_line_holds_and_the_last_is_the_value(f, g, level):
    bracket = PoissonBracket(f, g, PLANE)
    steps = bracket_steps(bracket, level)
    assert all(step.holds for step in steps)
    assert steps[0].left == bracket
    assert steps[-1].right == sf.poisson_bracket(f, g, PLANE)


def test_a_name_is_replaced_first_and_found_again_last():
    L, M = name_symbol("L"), name_symbol("M")
    known = {L: PLANE.read("x*p_y"), M: PLANE.read("x")}
    bracket = PoissonBracket.of(L, PLANE.read("y"), PLANE)
    first, *_, last = bracket_steps(bracket, Level.LECTURE, known, -M)
    assert (first.rule, last.rule) == (Rule.DEFINITION, Rule.DEFINITION)
    assert last.right == -M


@pytest.mark.parametrize("level", [Level.LECTURE, Level.EVERY_STEP])
@pytest.mark.parametrize(
    ("f", "g", "value"),
    [("x", "p_x", 1), ("x", "y", 0), ("3", "x*p_x", 0), ("x**2", "x**2", 0)],
)
def test_the_shortest_brackets_have_lines_too(f, g, value, level):
    steps = bracket_steps(PoissonBracket(f, g, PLANE), level)
    assert steps[-1].right == value
    assert all(step.holds for step in steps)


def test_parameters_are_taken_out_as_constants():
    steps = bracket_steps(PoissonBracket("k*x**2", "p_x", PLANE), Level.EVERY_STEP)
    linear = next(step for step in steps if step.rule is Rule.LINEARITY)
    k = Symbol("k", real=True)
    assert linear.right.has(k)
    assert not any(b.has(k) for b in linear.right.atoms(PoissonBracket))
