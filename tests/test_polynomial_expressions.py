"""Expressions and texts made in one pass are those that SymPy makes."""

from hypothesis import given
from hypothesis import strategies as st
from sympy import I, Integer, Rational, Symbol, sqrt, srepr, symbols
from sympy.polys.polyutils import expr_from_dict

from symflow.polynomial_expressions import polynomial_expression, polynomial_text

SYMBOLS = symbols("x p_x q10 q2 A", real=True)
EXPONENTS = st.tuples(*(st.integers(0, 3) for _ in SYMBOLS))
INTEGERS = st.integers(-12, 12).filter(bool)
FRACTIONS = st.fractions(-9, 9, max_denominator=6).filter(bool)


@given(st.dictionaries(EXPONENTS, FRACTIONS, max_size=8))
def test_the_expression_is_that_of_sums_and_products(fractions):
    terms = {m: Rational(c) for m, c in fractions.items()}
    made = polynomial_expression(terms, SYMBOLS)
    slow = expr_from_dict(terms, *SYMBOLS)
    assert made == slow
    assert (hash(made), srepr(made), str(made)) == (hash(slow), srepr(slow), str(slow))
    assert made.is_commutative
    assert made.is_real


@given(st.dictionaries(EXPONENTS, INTEGERS, max_size=8))
def test_the_text_is_what_the_expression_prints(integers):
    terms = {m: Integer(c) for m, c in integers.items()}
    assert polynomial_text(integers, SYMBOLS) == str(
        polynomial_expression(terms, SYMBOLS)
    )


def test_other_coefficients_and_generators_are_left_to_sympy():
    x, a = SYMBOLS[0], Symbol("a")
    assert polynomial_expression({(1,): 1 + a}, [x]) == (1 + a) * x
    assert polynomial_expression({(2,): sqrt(2) * I}, [x]) == sqrt(2) * I * x**2
    assert polynomial_expression({(2,): Integer(3)}, [sqrt(x)]) == 3 * x
