"""Spec explanations: a spec in, a true board out, as a lecturer types it."""

import re
from pathlib import Path

import pytest
from sympy import MatrixBase

from symflow.claims import Standing
from symflow.command_line import main
from symflow.derivations import Level
from symflow.errors import NotClosedError
from symflow.spec import Spec, load_spec
from symflow.spec_explanations import Subject, explain_spec

SPECS = sorted((Path(__file__).parent.parent / "examples" / "specs").glob("*.toml"))
TWO_ROTATIONS = """
[phase_space]
q = "x y z"
[generators]
complete = true
Lx = "y*p_z - z*p_y"
Ly = "z*p_x - x*p_z"
"""


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "two.toml"
    file.write_text(TWO_ROTATIONS)
    return file


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code or 0


@pytest.mark.parametrize("subject", list(Subject))
@pytest.mark.parametrize("level", list(Level))
def test_every_line_about_every_subject_is_true(spec, subject, level):
    explanation = explain_spec(load_spec(spec), subject, level)
    false = [str(step) for step in explanation.steps if not step.holds]
    assert not false
    assert explanation.derivations


@pytest.mark.parametrize("file", SPECS, ids=lambda file: file.stem)
def test_every_spec_of_the_examples_is_explained(file):
    assert explain_spec(load_spec(file), level=Level.RESULT).holds


def test_the_terminal_shows_the_third_rotation(spec, capsys, monkeypatch):
    monkeypatch.setattr("symflow.command_line._console.width", 160)
    assert run("explain", spec, "--level", "every-step") == 0
    shown = capsys.readouterr().out
    assert "{Lx,Ly} was added" in shown
    assert "Leibniz rule" in shown
    assert "so(3), compact simple" in shown


def test_a_hamiltonian_is_explained_instead(spec, capsys, monkeypatch):
    monkeypatch.setattr("symflow.command_line._console.width", 160)
    assert run("explain", spec, "--hamiltonian", "p_x**2 + z**4") == 0
    shown = capsys.readouterr().out
    assert "Lx is not conserved: it is broken by z**4" in shown
    assert run("explain", spec, "--hamiltonian", "w**2") == 2


@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_a_board_is_written_once(spec, form, tmp_path, capsys):
    out = tmp_path / f"board.{form}"
    assert run("explain", spec, "--out", out) == 0
    before = out.read_bytes()
    assert run("explain", spec, "--out", out) == 2
    assert "must be a new file" in capsys.readouterr().err
    assert out.read_bytes() == before
    equations = [
        step
        for step in explain_spec(load_spec(spec)).steps
        if not isinstance(step.right, MatrixBase)
    ]
    sign = {"html": "<mo>=</mo>", "md": "&=", "txt": " = "}[form]
    assert before.decode().count(sign) >= len(equations)


def test_another_ending_is_refused(spec, tmp_path, capsys):
    assert run("explain", spec, "--out", tmp_path / "board.pdf") == 2
    assert re.search(r"\.html, \.md, \.txt", capsys.readouterr().err)


def test_where_no_exact_flow_is_known_the_rest_is_explained_all_the_same():
    table = {"phase_space": {"q": "x y"}, "generators": {"A": "exp(x)*p_y"}}
    explanation = explain_spec(Spec.model_validate(table))
    assert explanation.holds
    assert "I5 = p_x + p_y*y" in str(explanation)
    assert explanation.claims[-1].kind == "pieces"
    assert explanation.claims[-1].standing is Standing.NOT_KNOWN


def test_generators_that_do_not_close_are_an_error():
    open_ones = {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"}
    table = {"phase_space": {"q": "x y z"}, "generators": open_ones}
    with pytest.raises(NotClosedError):
        explain_spec(Spec.model_validate(table))
