"""The board of the lab: every line is true, and can be set."""

import re
from itertools import combinations

import pytest

from symflow.bracket import poisson_bracket
from symflow.lab_board import (
    brackets_text,
    diagrams,
    generators_text,
    identity_text,
    invariants_text,
    laws_text,
    properties_text,
)
from symflow.lab_examples import LAB_EXAMPLES
from symflow.lab_problems import read_problem
from symflow.notation import expression_latex, name_latex


def problem_of(name):
    example = LAB_EXAMPLES[name]
    return read_problem(example.coordinates, example.generators, example.parameters)


def balanced(text):
    """Whether braces and dollars close, and every environment that begins ends."""
    depth = 0
    for sign in re.sub(r"\\[{}$]", "", text):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    begun = sorted(re.findall(r"\\begin\{(\w+)", text))
    ended = sorted(re.findall(r"\\end\{(\w+)", text))
    return depth == 0 and text.count("$") % 2 == 0 and begun == ended


@pytest.mark.parametrize("name", LAB_EXAMPLES)
def test_every_text_of_every_example_can_be_set(name):
    problem = problem_of(name)
    H = problem.space.read(LAB_EXAMPLES[name].hamiltonian, "H")
    algebra = problem.algebra
    for text in (
        generators_text(problem),
        identity_text(algebra),
        brackets_text(algebra),
        invariants_text(algebra),
        properties_text(algebra),
        laws_text(problem, H, {}),
    ):
        assert text
        assert balanced(text)
        assert "<" not in text


@pytest.mark.parametrize("name", LAB_EXAMPLES)
def test_the_verdict_on_each_law_is_its_bracket(name):
    problem = problem_of(name)
    H = problem.space.read(LAB_EXAMPLES[name].hamiltonian, "H")
    values = dict.fromkeys(problem.values, 0.75)
    rows = laws_text(problem, H, values).split("\n")
    energy = problem.at(H, values)
    generators = problem.algebra_at(values).generators
    for g_name, g in generators.items():
        if g_name == "1":
            continue
        (row,) = (r for r in rows if r.startswith(f"| ${name_latex(g_name)}$ |"))
        vanishes = poisson_bracket(g, energy, problem.space).expand().equals(0)
        assert ("conserved" in row) == bool(vanishes)
        assert ("broken by" in row) == (not vanishes)


def test_what_closure_added_is_on_the_board_with_its_function():
    problem = read_problem("x y z", "A = y*p_z - z*p_y; B = z*p_x - x*p_z")
    third = expression_latex(problem.space.read("x*p_y - y*p_x"))
    assert rf"\{{A, B\}} &= {third} && \text{{added}}" in generators_text(problem)


def test_a_slider_breaks_the_law_from_the_first_step_on():
    problem = problem_of("so(2): a rotation of the plane")
    H = problem.space.read("p_x**2 + p_y**2 + b*x**2")
    assert "✓ conserved" in laws_text(problem, H, {"b": 0})
    assert "✗ broken by" in laws_text(problem, H, {"b": 0.05})


def test_the_table_holds_every_bracket():
    problem = problem_of("sl(3,R): linear maps of space")
    algebra = problem.algebra
    text = brackets_text(algebra)
    for left, right in combinations(algebra.names, 2):
        if algebra.bracket(left, right) == 0:
            assert (left, right) not in algebra.structure_constants
    rows = text.split("\\\\")
    assert len(rows) == algebra.dimension + 1


def test_pictures_are_drawn_where_they_can_be_read():
    assert diagrams(problem_of("No symmetry: a pendulum").algebra) == {}
    heisenberg = problem_of("Two bodies: translations, boosts and a mass").algebra
    assert set(diagrams(heisenberg)) == {"brackets", "ideals"}
    assert "Dynkin" in diagrams(problem_of("sp(4,R): all quadratic functions").algebra)
