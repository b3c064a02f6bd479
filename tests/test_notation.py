r"""Notation: names become LaTeX that is balanced and renders."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from sympy import Integer, MatrixSymbol, Rational, Symbol, symbols

from symflow.notation import (
    algebra_latex,
    bracket_latex,
    expression_latex,
    identity_latex,
    name_latex,
    span_latex,
    vector_latex,
    vector_text,
)
from tests.structure_cases import CASES, built

IDENTITIES = {
    "so(4) = so(3) ⊕ so(3)": r"\mathfrak{so}(4) = \mathfrak{so}(3) \oplus \mathfrak{so}(3)",
    "su(2) ⊕ R": r"\mathfrak{su}(2) \oplus \mathbb{R}",
    "abelian R^2": r"\text{abelian }\mathbb{R}^{2}",
    "A4,8 (split oscillator)": r"A_{4,8}\text{ (split oscillator)}",
    "A4,9^b, b = 1": r"A_{4,9}^{b},\ b = 1",
    "A3,5^a, a = -3/5": r"A_{3,5}^{a},\ a = -\frac{3}{5}",
    "so*(8)": r"\mathfrak{so}^{*}(8)",
    "F4(-20)": r"F_{4(-20)}",
    "E6(C)": r"E_{6}(\mathbb{C})",
    "A1 + B2": "A_{1} + B_{2}",
    "sl(2,R)": r"\mathfrak{sl}(2,\mathbb{R})",
    "(so(3) ⊕ R) ⋉ R^3": r"(\mathfrak{so}(3) \oplus \mathbb{R}) \ltimes \mathbb{R}^{3}",
    "Heisenberg h(1) = A3,1": r"\text{Heisenberg }\mathfrak{h}(1) = A_{3,1}",
    "7-dimensional solvable, not named": r"\text{7-dimensional solvable, not named}",
}


def is_balanced(text):
    """Whether braces, environments and left-right pairs close in order."""
    stack = []
    pattern = r"\\begin\{(\w+)\}|\\end\{(\w+)\}|\\(left|right)\b|\\.|([{}])"
    for begin, end, side, brace in re.findall(pattern, text, re.DOTALL):
        opening = begin or (side == "left" and side) or (brace == "{" and brace)
        if opening:
            stack.append(opening)
        elif end or side or brace:
            wanted = end or ("left" if side else "{")
            if not stack or stack.pop() != wanted:
                return False
    return not stack


def renders(latex):
    MathTextParser("path").parse(f"${latex}$")


@pytest.mark.parametrize(("name", "expected"), IDENTITIES.items())
def test_names_of_algebras(name, expected):
    assert identity_latex(name) == expected
    renders(expected)


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_everything_of_the_case_book_renders(case):
    algebra = built(case)
    renders(identity_latex(algebra.identify().name))
    renders(span_latex(algebra.center.basis))
    for (left, right), value in algebra.structure_constants.items():
        renders(bracket_latex(left, right, value, ("{", "}")))
    for shown in (algebra, algebra.bracket_table(), algebra.radical):
        assert is_balanced(shown._repr_latex_())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lx", "L_{x}"),
        ("L12", "L_{12}"),
        ("p_x", "p_{x}"),
        ("q_1_x", "q_{1,x}"),
        ("omega", r"\omega"),
        ("{{Lx,Ly},Lz}", r"\{\{L_{x}, L_{y}\}, L_{z}\}"),
        ("kinetic", r"\mathrm{kinetic}"),
        ("1", "1"),
    ],
)
def test_names_of_elements(name, expected):
    assert name_latex(name) == expected
    renders(expected)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=8) | st.text("{}$\\^_%&#~ax1", max_size=8))
def test_no_name_breaks_out(name):
    for latex in (name_latex(name), identity_latex(name)):
        assert is_balanced(latex)
        assert not re.search(r"(?<!\\)[$%#&~]", latex)


def test_coefficients_keep_their_signs():
    k, m = symbols("k m")
    vector = {"Lx": -k / 2, "H": Integer(-1), "Q": k - m, "1": m}
    assert vector_text(vector) == "-k/2*Lx - H + (k - m)*Q + m"
    assert vector_latex(vector) == r"-\frac{k}{2} L_{x} - H + (k - m) Q + m"
    assert vector_text({"1": Integer(1)}) == "1"
    assert vector_text({"H": Rational(-1, 3), "1": Integer(-2)}) == "-1/3*H - 2"
    assert vector_text({}) == vector_latex({}) == "0"


def test_expressions_use_the_names():
    x, px = symbols("x p_x")
    assert expression_latex(px**2 + x) == "p_{x}^{2} + x"
    assert expression_latex(Symbol("omega_0")) == r"\omega_{0}"
    adjoint = MatrixSymbol("ad_{Lx,Ly}", 2, 2)
    assert expression_latex(adjoint) == r"\mathrm{ad}_{\{L_{x}, L_{y}\}}"


def test_a_long_algebra_says_how_much_it_left_out():
    names = [f"e{k}" for k in range(80)]
    brackets = {(a, b): {a: Integer(1)} for a, b in pairwise(names)}
    text = algebra_latex(names, brackets, ("[", "]"))
    assert text.count(r"\left[") == 48
    assert r"\text{and 31 more}" in text
    assert is_balanced(text)
