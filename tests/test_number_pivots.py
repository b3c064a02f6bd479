"""Elimination by numbers: ranks and kernels as without it, at every value."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Symbol, sqrt

from symflow.linear_algebra import nullspace, rank
from symflow.number_pivots import eliminate_numbers, parametric_nullspace

A, B = Symbol("a"), Symbol("b")
FIELD = QQ.frac_field(A, B)
ENTRIES = [0, 0, 0, 1, -2, A, B, A + 1, A * B - 2, A**2]

matrices = st.lists(
    st.lists(st.sampled_from(ENTRIES), min_size=4, max_size=4), min_size=1, max_size=5
)


def sparse(matrix, domain=FIELD):
    return [
        {
            k: domain.from_sympy(QQ(1) * value + 0 * A)
            for k, value in enumerate(row)
            if value
        }
        for row in matrix
    ]


def at(rows, a, b):
    """Rows over the field at a value of the parameters."""
    point = list(zip(FIELD.field.ring.gens, (QQ(a), QQ(b)), strict=True))
    values = ({k: e.numer.evaluate(point) for k, e in row.items()} for row in rows)
    return [{k: value for k, value in row.items() if value} for row in values]


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_the_kernel_is_that_of_plain_elimination(matrix):
    rows = sparse(matrix)
    kernel = parametric_nullspace(rows, 4, FIELD)
    assert len(kernel) == len(nullspace(rows, 4, FIELD)) == rank(kernel, 4, FIELD)
    for vector in kernel:
        for row in rows:
            assert not sum((row[k] * vector.get(k, 0) for k in row), FIELD.zero)


@settings(max_examples=40, deadline=None)
@given(matrices, st.integers(-2, 2), st.integers(-2, 2))
def test_ranks_add_up_at_every_value_of_the_parameters(matrix, a, b):
    """The pivots are numbers, so they vanish nowhere."""
    found = eliminate_numbers(sparse(matrix), FIELD)
    assert found.denominators == ()
    rest = rank(at(found.rest, a, b), 4)
    assert rank(at(sparse(matrix), a, b), 4) == len(found.pivots) + rest


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_no_number_and_no_pivot_column_is_left(matrix):
    found = eliminate_numbers(sparse(matrix), FIELD)
    for row in found.rest:
        assert row
        assert found.pivots.keys().isdisjoint(row)
        assert not any(value.numer.is_ground for value in row.values())


def test_denominators_are_cleared_and_told():
    inverse = FIELD.from_sympy(1 / A)
    found = eliminate_numbers([{0: inverse, 1: FIELD.one}], FIELD)
    assert found.denominators == (FIELD.from_sympy(A),)
    assert found.pivots == {0: {0: FIELD.one, 1: FIELD.from_sympy(A)}}
    (vector,) = parametric_nullspace([{0: inverse, 1: FIELD.one}], 2, FIELD)
    assert vector == {1: FIELD.one, 0: FIELD.from_sympy(-A)}


def test_without_parameters_nothing_changes():
    rows = [{0: QQ(2), 2: QQ(1)}]
    assert parametric_nullspace(rows, 3) == nullspace(rows, 3)
    assert parametric_nullspace([], 1, FIELD) == [{0: FIELD.one}]


def test_the_numbers_may_be_algebraic():
    field = QQ.algebraic_field(sqrt(2)).frac_field(A)
    root, a = field.from_sympy(sqrt(2)), field.gens[0]
    rows = [{0: root, 1: a}, {0: a, 1: field.one}]
    found = eliminate_numbers(rows, field)
    assert len(found.pivots) == len(found.rest) == 1
    assert parametric_nullspace(rows, 2, field) == []
    assert parametric_nullspace(rows[:1], 2, field) == nullspace(rows[:1], 2, field)
