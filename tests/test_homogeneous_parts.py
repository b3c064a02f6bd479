"""Homogeneous parts: those inside functions at any depth, each but once."""

from sympy import QQ, Float, exp, log, sqrt, symbols

from symflow.homogeneous_parts import homogeneous_parts

x, y, m = symbols("x y m", real=True)


def test_functions_inside_functions_are_opened():
    inner = sqrt(x**2 + y**2)
    parts = homogeneous_parts([m / sqrt(2 * m / inner - (x + y) ** 2)], [x, y])
    circle, square = {(2, 0): 1, (0, 2): 1}, {(2, 0): 1, (1, 1): 2, (0, 2): 1}
    assert sorted(parts.inside, key=len) == [circle, square]
    assert parts.outside == []


def test_degrees_and_constants_keep_parts_apart():
    f = log(x) + 3 * x * y + sqrt(2) * y**2 + m * (x + y) - 2 * m * x * y + 7
    parts = homogeneous_parts([f], [x, y])
    assert parts.inside == [{(1, 0): 1}]
    expected = [{(1, 1): 1}, {(0, 2): 1}, {(1, 0): 1, (0, 1): 1}]
    assert sorted(parts.outside, key=str) == sorted(expected, key=str)


def test_polynomials_and_zeros_have_none():
    assert homogeneous_parts([x * y, m * x], [x, y]).outside == []
    parts = homogeneous_parts([0 * x, log(x) - log(x), 1 / m], [x, y])
    assert (parts.inside, parts.outside) == ([], [])


def test_a_float_is_a_constant_like_another():
    parts = homogeneous_parts([log(y) + Float("0.3") * x], [x, y])
    assert parts.outside == [{(1, 0): 1}]


def test_a_product_of_exponentials_names_the_sum():
    f = m * exp(3 * x) * exp(-2 * y) + exp(6 * x) * exp(-4 * y)
    assert homogeneous_parts([f], [x, y]).inside == [{(1, 0): 1, (0, 1): QQ(-2, 3)}]
