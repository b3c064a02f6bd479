"""Radicals: the same function, with constants that cancel."""

import pytest
import sympy as sp

from symflow.radicals import Radicals

x, y = sp.symbols("x y", real=True)
m = sp.Symbol("m", positive=True)
k = sp.Symbol("k", real=True)
r = sp.sqrt(x**2 + y**2)


@pytest.mark.parametrize(
    "function",
    [
        sp.sqrt(2 * x**2 + 4),
        x / sp.sqrt(m * x**2 + 3 * m * y),
        sp.sqrt(k * x**2 + k),
        sp.sqrt(1 / r - x**2 / (2 * m)),
        sp.cbrt(8 * x + 16) * r,
    ],
    ids=str,
)
def test_the_function_stays_the_same(function):
    radicals = Radicals([x, y])
    back = radicals.rewritten(function)
    for symbol, definition in reversed(radicals.definitions.items()):
        back = back.subs(symbol, definition)
    point = {x: sp.Rational(3, 7), y: sp.Rational(1, 5), m: 2, k: sp.Rational(5, 3)}
    assert abs((back - function).subs(point).evalf(40)) < 1e-35


def test_proportional_radicands_share_a_symbol():
    radicals = Radicals([x, y])
    for factor in (1, 9, m, sp.Rational(2, 3) / m):
        radicals.rewritten(sp.sqrt(sp.expand(factor * (x**2 + y))))
    assert len(radicals.definitions) == 1


def test_a_factor_whose_sign_is_open_stays_inside():
    """The root of k (x^2 + 1) is no root of k times another if k is negative."""
    radicals = Radicals([x, y])
    radicals.rewritten(sp.sqrt(k * x**2 + k))
    (definition,) = radicals.definitions.values()
    assert k in definition.free_symbols
