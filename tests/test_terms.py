"""Terms against SymPy's own polynomials."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, ring

from symflow.terms import (
    accumulate,
    add_product,
    derivative_along,
    multiples,
    power,
    product,
    slopes,
)

R, x, y = ring("x y", QQ)
exponents = st.tuples(st.integers(0, 3), st.integers(0, 3))
coefficients = st.integers(-4, 4).filter(bool).map(QQ)
polynomials = st.dictionaries(exponents, coefficients, max_size=5)


@settings(deadline=None)
@given(polynomials, polynomials)
def test_sums_and_products(f, g):
    F, G = R.from_dict(f), R.from_dict(g)
    assert accumulate(dict(f), g.items()) == dict(F + G)
    assert product(f, g) == dict(F * G)
    assert add_product(dict(f), f, g) == dict(F + F * G)
    assert multiples(QQ(-2), f) == dict(-2 * F)
    assert multiples(QQ(0), f) == {}


@settings(deadline=None)
@given(polynomials.filter(bool), st.integers(0, 4))
def test_powers(f, exponent):
    expected = dict(R.from_dict(f) ** exponent)
    assert power(f, exponent, {(0, 0): QQ(1)}) == expected


@settings(deadline=None)
@given(polynomials, polynomials, polynomials)
def test_derivatives(f, u, v):
    F, U, V = map(R.from_dict, (f, u, v))
    found = slopes(f)
    assert found.get(0, {}) == dict(F.diff(x))
    assert found.get(1, {}) == dict(F.diff(y))
    along = derivative_along(found, {0: u, 1: v})
    assert along == dict(F.diff(x) * U + F.diff(y) * V)
