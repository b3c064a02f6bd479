"""Sizes: bounds that hold for the expansion, and are reached where nothing merges."""

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Integer, Rational, sin, sqrt, symbols

from symflow.expression_size import bits, expanded_terms, levels

x, y, a, b = symbols("x y a b", real=True)

atoms = st.sampled_from([x, y, a, Integer(2), Rational(1, 3), sqrt(x), sin(y), sqrt(2)])
expressions = st.recursive(
    atoms,
    lambda inner: (
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1])
        | st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1])
        | st.tuples(inner, st.integers(1, 3)).map(lambda pair: pair[0] ** pair[1])
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_no_expansion_has_more_terms(f):
    assert len(Add.make_args(sympy.expand(f))) <= expanded_terms(f)


def test_a_power_of_different_terms_reaches_the_bound():
    for power in range(1, 6):
        f = (x + y + a + b) ** power
        assert expanded_terms(f) == len(sympy.expand(f).args)
    assert expanded_terms((x + y) * (a + b)) == 4


def test_like_terms_are_not_counted_twice():
    assert expanded_terms(sympy.Mul(*(x + k for k in range(1, 40)))) == 40
    assert expanded_terms((x + y) ** 9 * (x - y) ** 9) <= 19**2


def test_what_stands_in_a_function_or_below_a_line_counts():
    assert expanded_terms(sin((x + y) ** 9)) == 10
    assert expanded_terms((x + y) ** -9) == 10
    assert expanded_terms(sqrt((x + y) ** 9 + 1)) >= 11
    assert expanded_terms(sin(x) ** 5) == 1


def test_bits_and_levels():
    assert [bits(Integer(n)) for n in (0, 1, -8, 2**99)] == [1, 1, 4, 100]
    assert bits(Rational(3, 2**99)) == 100
    assert bits(sympy.Float("1e30")) == 100
    assert bits(sympy.Float("1e-30")) == bits(sympy.pi) == 0
    assert levels(sin(x + y**2)) == 4
