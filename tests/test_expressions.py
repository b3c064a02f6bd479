"""Expressions: a name means what was declared, and text never runs."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Float, Function, I, Integer, Matrix, Rational, Symbol, sqrt

from symflow.errors import ExpressionError
from symflow.expressions import (
    check_expression,
    parse_expression,
    valid_name,
)


def declare(names):
    return {name: Symbol(name, real=True) for name in names.split()}


def read(text):
    """The expression, or the one error that text may give."""
    try:
        return parse_expression(text, XY)
    except ExpressionError as error:
        return error


XY = declare("x y p_x p_y")
x, y, p_x, p_y = XY.values()

# Case E04: names that SymPy or Python own.
OWNED = "beta E I S N Q gamma lambda zeta pi O C sin exp if None λ"

CODE = [
    "__import__('os').system('touch ran')",
    "x.__class__",
    "x[0]",
    "lambda x: x",
    "(lambda: x)()",
    "[x for x in y]",
    "{x}",
    "f'{x}'",
    "'x'",
    "(x := 3)",
    "sin(x=2)",
    "sin(*x)",
    "sin(**x)",
    "x if y else x",
    "x and y",
    "not x",
    "x < y",
    "x == y",
    "x, y",
    "x; y",
    "x @ y",
    "x % y",
    "x // y",
    "x | y",
    "~x",
    "x = y",
    "x # y",
    "`x`",
    "x\\\ny",
    "x\x00y",
    "await x",
    "True",
    "...",
]

MEANING = [
    ("x*p_y - y*p_x", x * p_y - y * p_x),
    ("1/2*x", x / 2),
    ("3/6", Rational(1, 2)),
    ("-x**2", -(x**2)),
    ("2**-1", Rational(1, 2)),
    ("x**(1/2)", sqrt(x)),
    ("x - y - x", -y),
    ("x/y/x", 1 / y),
    ("x/(2*y)*x", x**2 / (2 * y)),
    ("-(x - y)*-2", 2 * x - 2 * y),
    ("007", Integer(7)),
    ("\n x\t+\n y ", x + y),
    ("Abs(x) - abs(-x)", Integer(0)),
    ("atan2(y, x)", sympy.atan2(y, x)),
    ("Max(0, x, Min(x, y))", sympy.Max(0, x, sympy.Min(x, y))),
    ("log(exp(x))", x),
    ("acos(-1)*x", sympy.pi * x),
    ("sqrt(8)", 2 * sqrt(2)),
    ("x**(y + 2)", x ** (y + 2)),
]

REFUSED = [
    ("x^2", "column 2", "Write ** for a power"),
    ("2x", "`x` at column 2", "Write * for a product"),
    ("x y", "`y` at column 3", "Write * for a product"),
    ("2(x)", "`(` at column 2", "Write * for a product"),
    ("x(y)", "`(` at column 2", "Write * for a product"),
    ("(x)(y)", "`(` at column 4", "Write * for a product"),
    ("x + y²", "`²` at column 6", "**2"),
    ("x\n+ y^2", "column 4 of line 2", "**"),
    ("f(x)", "`(` at column 2", "The functions are Abs, Max, "),
    ("", "it is empty", "Write 0"),
    ("x +", "breaks off after `+`", "Finish it"),
    ("x + * y", "`*` at column 5", "missing before it"),
    ("((x)", "`(` at column 1", "never closed"),
    ("x)", "`)` at column 2", "no bracket to close"),
    ("sin x", "`x` at column 5", "sin(...)"),
    ("sin()", "`)` at column 5", "missing before it"),
    ("sin(x, y)", "it has 2", "give sin 1 argument"),
    ("x**0.5", "exact exponents", "1/2"),
    ("x**sin(y)", "exact exponents", "exp(a*log(x))"),
    ("1/0", "divides by zero", ""),
    ("x/(y - y)", "divides by zero", ""),
    ("log(0)", "log(0)", ""),
    ("sqrt(-2)*x", "must be real", "is not"),
    ("atan2(acos(10**6), 0)", "must be real", "is not"),
    ("log(-1)", "must be real", ""),
    ("sqrt(-1 - x**2)", "must be real", "is not"),
    ("acos(2)", "must be real", "is not"),
    ("x\x1b[31m", r"'\x1b' at column 2".replace("' at", "'` at"), ""),
]

# Each passes one bound, and would cost minutes or gigabytes if it were computed.
BOUNDED = [
    ("x + " * 3000 + "x", "at most 10000 characters"),
    ("x+" * 1500 + "x", "at most 2000 numbers, names and operators"),
    ("(" * 100_000 + "x" + ")" * 100_000, "at most 10000 characters"),
    ("(" * 101 + "x" + ")" * 101, "nested at most 100 deep"),
    ("-" * 101 + "x", "nested at most 100 deep"),
    ("**".join(["x"] * 900), "must"),
    ("sin(" * 99 + "x" + ")" * 99, "nested too deeply"),
    ("1/(x + " * 99 + "y" + ")" * 99, "nested too deeply"),
    ("9" * 101, "at most 100 digits"),
    ("1e301", "powers of ten up to 300"),
    ("1e" + "0" * 5000 + "999", "powers of ten up to 300"),
    ("1e" + "9" * 50, "powers of ten up to 300"),
    ("x**10**9", "exponents of at most 64"),
    ("x**65", "exponents of at most 64"),
    ("(x**8)**9", "exponents of at most 64"),
    ("*".join(["x"] * 65), "exponents of at most 64"),
    ("sqrt(" * 8 + "x" + ")" * 8, "exponents of at most 64"),
    ("(((2**64)**64)**64)**64", "below 1e308"),
    ("*".join(["9" * 99] * 50), "below 1e308"),
    ("exp(exp(exp(64)))", "below 1e308"),
    ("exp(x + 9**30*log(2))", "below 1e308"),
    ("exp(-9**30*log(1/2))", "below 1e308"),
    ("sin(exp(exp(exp(64.0))))", "below 1e308"),
    ("(((exp(1) + 1)**64 + 1)**64 + 1)**64", "below 1e308"),
    ("(x + y + p_x + p_y)**64", "at most 1000 terms when .* it may have 47905"),
    ("*".join(f"(x + {k}*y + p_x + p_y)" for k in range(60)), "at most 1000 terms"),
    ("sin((x + y)**40*(p_x + p_y)**40*(x + p_x)**9)", "at most 1000 terms"),
    ("1/((x + y)**60*(p_x + p_y)**60)", "at most 1000 terms"),
]


@pytest.mark.parametrize("name", OWNED.split())
def test_declared_name_wins(name):
    symbols = declare(f"{name} p")
    expression = parse_expression(f"{name}**2*p/2", symbols, "generator")
    assert expression == symbols[name] ** 2 * symbols["p"] / 2
    assert expression.free_symbols == set(symbols.values())


@pytest.mark.parametrize("name", ["E", "I", "pi", "S", "N", "oo", "nan", "zoo", "os"])
def test_undeclared_name_means_nothing(name):
    with pytest.raises(ExpressionError, match=f"it holds {name}. Declared: x, y, "):
        parse_expression(f"{name}*x", XY)


def test_all_unknown_names_at_once():
    with pytest.raises(ExpressionError) as caught:
        parse_expression("q_x*p_z + f(p_y) + pi", XY | declare("f"), "generator")
    assert "Write * for a product" in str(caught.value)
    with pytest.raises(ExpressionError) as caught:
        parse_expression("q_x*p_z + p_yy + pi", XY, "generator")
    message = str(caught.value)
    assert "it holds q_x, p_z, p_yy, pi." in message
    assert "For p_yy, did you mean p_y?" in message
    assert "The number pi is written acos(-1)." in message


@pytest.mark.parametrize(("text", "expression"), MEANING)
def test_meaning(text, expression):
    assert parse_expression(text, XY) == expression


@pytest.mark.parametrize("text", CODE)
def test_code_is_refused(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExpressionError, match="at column"):
        parse_expression(text, XY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "fact", "advice"), REFUSED)
def test_refusal_says_what_and_where(text, fact, advice):
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, XY, "g")
    assert str(caught.value).startswith("Argument `g` must ")
    assert fact in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize(("text", "message"), BOUNDED)
def test_bounds(text, message):
    with pytest.raises(ExpressionError, match=message):
        parse_expression(text, XY)


def test_just_inside_the_bounds():
    assert parse_expression("(" * 100 + "x" + ")" * 100, XY) == x
    assert parse_expression("-" * 100 + "x", XY) == x
    assert parse_expression("x**64 + x**-64", XY) == x**64 + x**-64
    assert parse_expression("9" * 100, XY) == Integer("9" * 100)
    assert parse_expression("+".join(["x"] * 1000), XY) == 1000 * x
    assert parse_expression("x" + " " * 9999, XY) == x
    many = "*".join(f"(x + {k})" for k in range(60))
    assert sympy.degree(parse_expression(many, XY)) == 60


def test_decimals_are_inexact_and_stay_so():
    expression = parse_expression("(0.1 + 0.2)*x + 1/2", XY)
    assert expression.atoms(Float) == {Float("0.1") + Float("0.2")}
    assert not parse_expression("1/10*x", XY).atoms(Float)


def test_text_must_be_text():
    with pytest.raises(ExpressionError, match="must be text, but it is of type bytes"):
        parse_expression(b"x", XY)


@given(st.text(alphabet="xyp_ 0123456789.e+-*/(),^sinqrtlogMaxEI'[]λ\n", max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_gives_an_expression_or_an_error(text):
    outcome = read(text)
    if isinstance(outcome, ExpressionError):
        assert str(outcome).startswith("Argument `text` must ")
    else:
        assert outcome.free_symbols <= set(XY.values())
        assert outcome.is_real is not False


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_unicode_gives_an_expression_or_an_error(text):
    outcome = read(text)
    assert str(outcome).isprintable()


leaves = st.sampled_from(list(XY.values())) | st.fractions(
    min_value=-20, max_value=20, max_denominator=12
).map(lambda number: Rational(number.numerator, number.denominator))
polynomials = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1])
        | st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1])
        | inner.map(lambda base: base**2)
    ),
    max_leaves=8,
).filter(
    lambda polynomial: all(power.exp <= 64 for power in polynomial.atoms(sympy.Pow))
)


@given(polynomials)
@settings(max_examples=200, deadline=None)
def test_round_trip_of_polynomials(polynomial):
    assert parse_expression(str(polynomial), XY).expand() == polynomial.expand()
    expanded = polynomial.expand()
    assert parse_expression(str(expanded), XY) == expanded


def test_same_name_other_assumptions():
    """Case E01: the derivative would be zero, and the generator look invariant."""
    q, p = Symbol("q", real=True), Symbol("p", real=True)
    generator = Symbol("q") ** 2 * p
    assert generator.diff(q) == 0
    with pytest.raises(ExpressionError) as caught:
        check_expression(generator, [q, p], "generator")
    expected = "a symbol q that is not the declared q (same name, other assumptions)"
    assert expected in str(caught.value)


def test_undefined_function_is_named():
    """Case E09: the closure of {f(q) p, p} brings f'(q) p and never ends."""
    generator = Function("f")(x) * p_x
    with pytest.raises(
        ExpressionError, match=r"undefined function f\(x\). Write out f."
    ):
        check_expression(generator, XY.values(), "generator")


@pytest.mark.parametrize(
    ("given_number", "number"),
    [
        (2, Integer(2)),
        (0.25, Float(0.25)),
        (Fraction(1, 3), Rational(1, 3)),
        (sympy.pi, sympy.pi),
        (sqrt(2) * x, sqrt(2) * x),
        (sympy.Max(0, x), sympy.Max(0, x)),
    ],
)
def test_numbers_and_expressions_pass(given_number, number):
    assert check_expression(given_number, XY.values(), "H") == number


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ("x", "Read text with `PhaseSpace.read`"),
        (True, "of type bool"),
        (None, "of type NoneType"),
        (1j, "of type complex"),
        (float("nan"), "must be a finite number, but it is nan"),
        (float("inf"), "must be a finite number, but it is inf"),
        (I * x, "imaginary unit"),
        (sqrt(-2), "imaginary unit"),
        (sqrt(-1 - x**2), "must be real"),
        (sympy.nan, "holds nan"),
        (x / Integer(0), "holds zoo"),
        (sympy.oo, "holds oo"),
        (x < y, "of type StrictLessThan"),
        (sympy.true, "of type BooleanTrue"),
        (Matrix([x]), "of type MutableDenseMatrix"),
        (sympy.MatrixSymbol("A", 1, 1), "of type MatrixSymbol"),
        (sympy.Piecewise((x, x > 0), (y, True)), "ExprCondPair"),
        (sympy.Integral(x, x), "of type Integral"),
        (sympy.Derivative(x**2, x, evaluate=False), "of type Derivative"),
        (Symbol("r") * x, "holds r. Declared: x, y, p_x, p_y."),
    ],
)
def test_what_is_no_real_function_is_refused(thing, message):
    with pytest.raises(ExpressionError, match=message):
        check_expression(thing, XY.values(), "H")


@pytest.mark.parametrize("name", ["x", "p_x", "q1", "λ", "lambda", "E", "L" * 64])
def test_valid_names(name):
    assert valid_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "1", "1x", "_x", "__x__", "x y", "x;y", "x\n", "x'", "²", "L" * 65, "x()"],
)
def test_invalid_names(name):
    assert not valid_name(name)
