r"""Structure constants: what is read, and what is refused."""

from fractions import Fraction

import pytest
from sympy import (
    QQ,
    Rational,
    Symbol,
    simplify,
    sqrt,
    symbols,
    sympify,
)

from symflow.errors import ArgumentError, UnsupportedError
from symflow.structure import AbstractLieAlgebra


def test_antisymmetry_is_checked():
    with pytest.raises(ArgumentError, match="antisymmetric"):
        AbstractLieAlgebra("abc", {("a", "b"): {"c": 1}, ("b", "a"): {"c": 1}})
    with pytest.raises(ArgumentError, match="antisymmetric"):
        AbstractLieAlgebra("ab", {("a", "a"): {"b": 1}})
    both = {("a", "b"): {"c": 1}, ("b", "a"): {"c": -1}}
    assert AbstractLieAlgebra("abc", both).structure_constants == {("a", "b"): {"c": 1}}


@pytest.mark.parametrize(
    ("names", "constants", "words"),
    [
        ("aa", {}, "distinct"),
        ("ab", {("a", "c"): {"b": 1}}, "names of the basis"),
        ("ab", {("a", "b"): {"c": 1}}, "names of the basis"),
        ("ab", {("a", "b"): {"a": 0.5}}, "exact"),
        ("ab", {("a", "b"): {"a": "1"}}, "exact"),
        ("ab", {("a", "b"): {"a": sqrt(Symbol("m"))}}, "rational functions"),
    ],
)
def test_bad_constants_are_refused(names, constants, words):
    with pytest.raises(ArgumentError, match=words):
        AbstractLieAlgebra(names, constants)


def test_constants_of_every_exact_kind_are_read():
    m = symbols("m", positive=True)
    kinds = [1, Fraction(1, 2), Rational(1, 3), QQ(1, 4), sqrt(2), m, sqrt(2) / m]
    for value in kinds:
        algebra = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": value}})
        assert algebra.identify().name == "Heisenberg h(1) = A3,1"
        shown = algebra.structure_constants["Q", "P"]["Z"]
        assert simplify(shown - sympify(value)) == 0


def test_roots_that_make_too_large_a_field_are_refused():
    surd = 2 ** Rational(1, 64) + 3 ** Rational(1, 63)
    with pytest.raises(UnsupportedError, match="degree at most 16"):
        AbstractLieAlgebra("ab", {("a", "b"): {"a": surd}})
