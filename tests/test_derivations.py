"""Derivations: chains go on where they should, and names are never coordinates."""

import pytest
from sympy import Integer, MatrixSymbol, Symbol, ZeroMatrix, eye, symbols

import symflow as sf
from symflow.claims import Claim, Standing
from symflow.derivations import (
    Derivation,
    Rule,
    Step,
    combination,
    name_symbol,
    read_level,
    unused_name,
)
from symflow.errors import ArgumentError

a, b, c, d = symbols("a b c d")
SAID = Claim("said", "so it is", Standing.NOT_KNOWN, "somebody said so")


def step(left, right):
    return Step(left, right, Rule.RESULT)


def test_a_chain_goes_on_from_its_first_left_side():
    lines = [step(a, b), step(b, c), step(c, d), step(a, d)]
    starts = [start for _, start in Derivation("", lines).chained]
    assert starts == [None, a, a, None]


def test_a_statement_ends_a_chain():
    starts = [s for _, s in Derivation("", [step(a, b), SAID, step(b, c)]).chained]
    assert starts == [None, None, None]


def test_matrices_are_equal_entry_by_entry():
    A = MatrixSymbol("A", 2, 2)
    known = {A: eye(2).as_immutable() * 2}
    assert Step(A**3, 4 * A, Rule.LINEAR_ALGEBRA, definitions=known).holds
    assert not Step(A**3, 2 * A, Rule.LINEAR_ALGEBRA, definitions=known).holds
    zero = ZeroMatrix(2, 2)
    assert not Step(A, zero, Rule.LINEAR_ALGEBRA, definitions=known).holds


def test_a_name_is_no_coordinate_that_has_it_too():
    (x,) = sf.PhaseSpace("x").q
    assert name_symbol("x") not in {x, Symbol("x"), Symbol("x", real=True)}


def test_the_constant_function_stands_without_a_name():
    m = Symbol("m")
    assert combination({"1": m}) == m
    assert combination({}) == 0
    assert combination({"L": Integer(-1)}) == -name_symbol("L")


def test_a_name_that_is_taken_gets_primes():
    assert unused_name("H", ["H", "H'"]) == "H''"


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="`level`"):
        read_level("everything")
