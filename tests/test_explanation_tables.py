"""Explanation tables: every line of a derivation reaches the terminal, as it is."""

import pytest
from rich.console import Console
from sympy import ImmutableMatrix, MatrixSymbol, Symbol

import symflow as sf
from symflow.claims import Claim, Standing
from symflow.derivations import Derivation, Rule, Step
from symflow.explanation_tables import explanation_tables
from symflow.explanations import Explanation


def printed(explanation, width=200):
    console = Console(width=width, force_terminal=False)
    with console.capture() as kept:
        console.print(explanation_tables(explanation))
    return kept.get()


def test_every_right_side_rule_and_standing_is_there():
    space = sf.PhaseSpace("x y z")
    explanation = sf.explain(sf.LieAlgebra(space, sf.rotations(space)))
    text = printed(explanation)
    for step in explanation.steps:
        assert f"= {step.right} " in text
        assert str(step.rule) in text
    assert text.count("✓ proved") == sum(
        len(one.lines) for one in explanation.derivations
    )


@pytest.mark.parametrize("width", [40, 80])
def test_a_narrow_terminal_folds_and_loses_nothing(width):
    long = Symbol("x" * 150)
    explanation = Explanation(
        "T", (Derivation("H", [Step(long, long, Rule.DEFINITION)]),)
    )
    text = printed(explanation, width)
    assert text.count("x") >= 2 * 150
    assert max(map(len, text.splitlines())) <= width


def test_nothing_in_a_name_is_read_as_markup():
    name = "[red]x[/red]"
    claim = Claim("said", name, Standing.NOT_KNOWN, name)
    text = printed(Explanation(name, (Derivation(name, [claim]),)))
    assert text.count(name) == 4


def test_a_matrix_stands_as_its_rows():
    A = MatrixSymbol("A", 2, 2)
    step = Step(A, ImmutableMatrix([[0, 1], [-1, 0]]), Rule.DEFINITION)
    lines = printed(Explanation("T", (Derivation("H", [step]),))).splitlines()
    rows = [line for line in lines if "⎡" in line or "⎣" in line]
    assert len(rows) == 2
    assert not any("Matrix" in line for line in lines)
