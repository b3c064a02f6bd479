"""The polynomials outside whose zeros no rank changes, against ranks at numbers."""

import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ

from symflow.linear_algebra import rank
from symflow.parameter_factors import (
    eigenvalue_factors,
    elimination_factors,
    irreducible_factors,
    pivot_factors,
)
from symflow.structure_constants import read_table

a = sp.Symbol("a", real=True)
FIELD = QQ.frac_field(a)

entries = st.lists(st.integers(-2, 2), min_size=2, max_size=2)
matrices = st.lists(st.lists(entries, min_size=3, max_size=3), min_size=3, max_size=3)


@settings(max_examples=40, deadline=None)
@given(matrices, st.integers(-4, 4))
def test_a_rank_changes_only_at_a_zero_of_a_factor(cells, number):
    matrix = [[c + d * a for c, d in row] for row in cells]
    rows = [
        {j: FIELD.from_sympy(x) for j, x in enumerate(row) if x != 0} for row in matrix
    ]
    values = [
        {j: QQ(int(x.subs(a, number))) for j, x in enumerate(map(sp.sympify, row))}
        for row in matrix
    ]
    if any(f.subs(a, number) == 0 for f in pivot_factors(rows, FIELD)):
        return
    assert rank(values, 3) == rank(rows, 3, FIELD)


def test_a_pivot_need_not_be_an_entry():
    one, x = FIELD.one, FIELD.from_sympy(a)
    assert pivot_factors([{0: one, 1: x}, {0: x, 1: one}], FIELD) == {a - 1, a + 1}
    assert pivot_factors([{0: QQ(2)}], QQ) == set()


def test_poles_and_roots_are_factors():
    elements = [FIELD.from_sympy((a**2 - 2) / (a + 1)), FIELD.one]
    assert irreducible_factors(elements, FIELD) == {a**2 - 2, a + 1}
    surd = QQ.algebraic_field(sp.sqrt(2)).frac_field(a)
    found = irreducible_factors([surd.from_sympy(a**2 - sp.sqrt(2) * a)], surd)
    assert found == {a, a - sp.sqrt(2)}


def solvable():
    return read_table(
        ["e1", "e2", "e3"], {("e1", "e3"): {"e1": 1}, ("e2", "e3"): {"e2": a}}
    )


def test_eigenvalues_that_meet():
    assert a - 1 in eigenvalue_factors(solvable())
    assert a - 1 not in elimination_factors(solvable())


def test_eliminations_see_the_trace_and_the_centre():
    assert {a, a + 1} <= elimination_factors(solvable())


def test_numbers_have_no_factors():
    table = read_table("QPZ", {("Q", "P"): {"Z": 1}})
    assert elimination_factors(table) == eigenvalue_factors(table) == set()
