"""MathML: well formed, and closed against what a name may hold."""

from xml.dom.minidom import parseString

import pytest
from sympy import Derivative, Matrix, MatrixSymbol, Symbol, sqrt

import symflow as sf
from symflow.formal_expressions import FormalProduct, PoissonBracket, Rank, Slope
from symflow.mathml import mathml

PLANE = sf.PhaseSpace("x y")
x, p = PLANE.q[0], PLANE.p[0]
EXPRESSIONS = [
    p**2 / 2 + sqrt(x),
    PoissonBracket.of(Symbol("Lx"), x**2, PLANE),
    FormalProduct(-p, -x),
    Rank(Matrix([[1, 2], [3, 4]])),
    Slope(Symbol("H"), p),
    Matrix([[x, p]]),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_it_is_one_element(expression):
    text = mathml(expression).replace("&InvisibleTimes;", "&#8290;")
    assert parseString(text).documentElement.tagName.startswith("m")  # noqa: S318


@pytest.mark.parametrize("name", ["<script>", 'a"b', "a&b", "</math><img src=x>"])
def test_no_name_breaks_out(name):
    text = mathml(Symbol(name) * PoissonBracket.of(Symbol(name), x, PLANE))
    assert "<script" not in text
    assert "<img" not in text
    document = parseString(text.replace("&InvisibleTimes;", ""))  # noqa: S318
    words = "".join(
        node.firstChild.data
        for tag in ("mi", "mo", "mn")
        for node in document.getElementsByTagName(tag)
        if node.firstChild
    )
    assert set(name) <= set(words)


def test_a_power_stands_above_the_index():
    assert mathml(p**2) == ("<msubsup><mi>p</mi><mi>x</mi><mn>2</mn></msubsup>")


def test_a_matrix_is_indexed_by_the_whole_name_of_its_generator():
    text = mathml(MatrixSymbol("ad_{Lx,Ly}", 2, 2))
    (outer, *inner) = parseString(text).getElementsByTagName("msub")  # noqa: S318
    assert len(inner) == 2
    assert outer.firstChild.firstChild.data == "ad"


def test_a_derivative_of_a_sum_is_not_that_of_its_first_term():
    t = Symbol("t")
    text = mathml(Derivative(t**2 - 1, t, evaluate=False))
    assert text.index("<mo>(</mo>") < text.index("<mn>2</mn>")
    assert "<mo>(</mo>" not in mathml(Derivative(sqrt(t), t, evaluate=False))


def test_a_matrix_has_its_entries_and_no_sign_to_be_stretched():
    text = mathml(Matrix([[1, x], [p, 4]]))
    assert text.count("<mtr>") == 2
    assert text.count("<mtd>") == 4
    assert "<mo>[</mo>" not in text


def test_a_negative_number_has_a_minus_sign():
    assert mathml(Matrix([[-2]])).count("<mn>&#8722;2</mn>") == 1
