"""Lists of functions: read in order, refused by name and place."""

import pytest
import sympy as sp

import symflow as sf
from symflow.errors import ArgumentError, ExpressionError
from symflow.function_lists import read_functions

LINE = sf.PhaseSpace("x")


def test_text_numbers_and_expressions_are_read_alike_and_in_order():
    (x,) = LINE.q
    assert read_functions(["x**2", x + 1, 2], LINE) == [x**2, x + 1, sp.Integer(2)]
    assert read_functions((), LINE) == []


@pytest.mark.parametrize("given", ["x", LINE.q[0], {"a": "x"}])
def test_what_is_no_list_is_refused(given):
    with pytest.raises(ArgumentError, match="`among` must be a list of functions"):
        read_functions(given, LINE, "among")


def test_the_place_of_what_cannot_be_read_is_named():
    with pytest.raises(ExpressionError, match=r"functions\[1\]"):
        read_functions(["x", "y"], LINE)


def test_the_space_has_to_be_one():
    with pytest.raises(ArgumentError, match="`space` must be a PhaseSpace"):
        read_functions(["x"], "x")
