"""Everything that cannot be read is named, in one error."""

import pytest
import sympy as sp

from symflow.errors import ExpressionError, UnsupportedError
from symflow.unreadable import check_expressions, check_symbols

x, y = sp.symbols("x y", real=True)
KNOWN = [sp.Add, sp.Mul, sp.Pow]


def test_what_can_be_read_passes():
    check_symbols([x, y])
    check_expressions([x + 2 * y**2, sp.Integer(1), sp.sqrt(2)], [x, y], KNOWN)


def test_symbols_without_assumptions_may_be_real():
    check_symbols([sp.Symbol("a")])


@pytest.mark.parametrize(
    "symbols", [[x, x], ["x"], [x + y], [sp.Symbol("k", real=False)]]
)
def test_symbols_that_are_no_coordinates(symbols):
    with pytest.raises(ExpressionError, match="Argument `symbols` must"):
        check_symbols(symbols)


def test_each_part_is_named_once():
    a, f = sp.Symbol("a"), sp.Function("f")
    with pytest.raises(ExpressionError) as caught:
        check_expressions([a * f(x), a + sp.zoo, sp.sin(x)], [x], KNOWN)
    text = str(caught.value)
    assert text.count("the undeclared symbol a") == 1
    assert "the unknown function f(x)" in text
    assert "zoo, which is no finite real number" in text
    assert "sin(x), of the kind sin" in text


def test_unsupported_functions_alone_are_another_error():
    with pytest.raises(UnsupportedError, match=r"sin\(x\), of the kind sin"):
        check_expressions([sp.sin(x)], [x], KNOWN)


@pytest.mark.parametrize("number", [sp.I, sp.nan, sp.oo, sp.sqrt(-2)])
def test_numbers_that_are_not_real_and_finite(number):
    with pytest.raises(ExpressionError, match="no finite real number"):
        check_expressions([number], [x], KNOWN)
