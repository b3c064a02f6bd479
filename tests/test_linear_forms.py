"""Polynomials of linear forms have the values that evaluation at a point gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Matrix, expand, sqrt, symbols

from symflow.linear_forms import (
    CONSTANT,
    bilinear,
    degree_of,
    determinant,
    expression_of,
    from_form,
    multiply,
    plus,
    primitive,
    substitute,
)

SIZE = 3
VARIABLES = symbols("x y z")
NUMBERS = st.integers(-5, 5).map(QQ)
FORMS = st.dictionaries(
    st.integers(CONSTANT, SIZE - 1), NUMBERS.filter(bool), max_size=3
)
POLYNOMIALS = st.dictionaries(
    st.lists(st.integers(0, SIZE - 1), max_size=3).map(lambda m: tuple(sorted(m))),
    NUMBERS.filter(bool),
    max_size=4,
)
POINTS = st.lists(NUMBERS, min_size=SIZE, max_size=SIZE)


def value(f, point):
    total = QQ(0)
    for monomial, x in f.items():
        for j in monomial:
            x = x * point[j]
        total += x
    return total


def form_value(form, point):
    return sum((x * (point[j] if j >= 0 else 1) for j, x in form.items()), QQ(0))


@given(POLYNOMIALS, POLYNOMIALS, NUMBERS, POINTS)
def test_evaluation_is_a_homomorphism(f, g, factor, point):
    a, b = value(f, point), value(g, point)
    assert value(plus(f, g, factor), point) == a + factor * b
    assert value(multiply(f, g), point) == a * b


@given(POLYNOMIALS, POLYNOMIALS)
def test_a_polynomial_is_zero_when_it_has_no_term(f, g):
    square = multiply(plus(f, g), plus(f, g, -1))
    assert not plus(square, plus(multiply(f, f), multiply(g, g), -1), -1)


@given(FORMS, POINTS)
def test_a_form_is_a_polynomial_of_degree_one(form, point):
    f = from_form(form)
    assert value(f, point) == form_value(form, point)
    assert degree_of(f) == any(j != CONSTANT for j in form)


@given(st.lists(FORMS, min_size=4, max_size=4), st.lists(NUMBERS, min_size=4), POINTS)
def test_a_bilinear_form_of_two_vectors(forms, entries, point):
    places = [(0, 0), (0, 1), (1, 0), (1, 1)]
    S = dict(zip(places, entries, strict=False))
    left, right = forms[:2], forms[2:]
    u, v = ([form_value(f, point) for f in part] for part in (left, right))
    expected = sum((u[i] * x * v[j] for (i, j), x in S.items()), QQ(0))
    assert value(bilinear(left, S, right), point) == expected


@pytest.mark.parametrize("size", range(1, 5))
def test_the_determinant_is_that_of_the_matrix(size):
    names = symbols(f"a:{size * size}")
    rows = [[{(i * size + j,): QQ(1)} for j in range(size)] for i in range(size)]
    expected = Matrix(size, size, names).det()
    assert expand(expression_of(determinant(rows), names, QQ) - expected) == 0


@given(POLYNOMIALS, st.lists(FORMS, min_size=SIZE, max_size=SIZE), POINTS)
def test_substitution_is_composition(f, forms, point):
    exponents = {tuple(map(m.count, range(SIZE))): x for m, x in f.items()}
    image = [form_value(form, point) for form in forms]
    assert value(substitute(exponents, forms, QQ), point) == value(f, image)


@given(POLYNOMIALS.filter(bool))
def test_a_primitive_polynomial_is_a_multiple_with_coprime_integers(f):
    g = primitive(f, QQ)
    (ratio,) = {g[m] / x for m, x in f.items()}
    assert g.keys() == f.keys()
    assert ratio
    assert {x.denominator for x in g.values()} == {1}
    assert primitive(plus({}, f, QQ(-7, 3)), QQ) == g


def test_over_another_field_the_first_coefficient_is_one():
    K = QQ.algebraic_field(sqrt(2))
    root = K.from_sympy(sqrt(2))
    assert primitive({(0,): root, (1,): K.one}, K) == {(0,): K.one, (1,): K.one / root}


@given(POLYNOMIALS, POINTS)
def test_expressions_have_the_same_values(f, point):
    numbers = dict(zip(VARIABLES, map(QQ.to_sympy, point), strict=True))
    found = expression_of(f, VARIABLES, QQ).subs(numbers)
    assert found == QQ.to_sympy(value(f, point))


def test_over_parameters_coefficients_are_coprime_polynomials():
    m, b = symbols("m b", positive=True)
    K = QQ.frac_field(m, b)
    f = {(0,): K.from_sympy(m / b), (1,): K.from_sympy(-(m**2) / (2 * b**2))}
    expected = {(0,): K.from_sympy(2 * b), (1,): K.from_sympy(-m)}
    assert primitive(f, K) == expected
    assert primitive({k: -x for k, x in f.items()}, K) == expected
