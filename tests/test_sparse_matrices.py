"""Sparse matrices: what SymPy's dense matrices give."""

from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Matrix

from symflow.sparse_matrices import (
    combined,
    dual,
    matrix_product,
    matrix_rows,
    trace,
)

SIZE = 3
ENTRIES = st.dictionaries(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)),
    st.integers(-4, 4).filter(bool).map(QQ),
)


def dense(a):
    return Matrix(SIZE, SIZE, lambda i, j: QQ.to_sympy(a.get((i, j), QQ(0))))


@given(ENTRIES, ENTRIES)
def test_products_and_traces(a, b):
    whole = matrix_product(a, b, QQ)
    assert dense(whole) == dense(a) * dense(b)
    assert all(whole.values())
    assert QQ.to_sympy(trace(a, QQ)) == dense(a).trace()


@given(ENTRIES, ENTRIES)
def test_the_dual_is_an_action_too(a, b):
    """The commutator of duals is the dual of the commutator."""

    def commutator(x, y):
        return dense(x) * dense(y) - dense(y) * dense(x)

    assert commutator(dual(a), dual(b)) == -commutator(a, b).T


@given(ENTRIES, ENTRIES)
def test_a_combination_of_rows_is_a_row_of_the_product(a, b):
    rows = matrix_rows(b, SIZE)
    for i, row in enumerate(matrix_rows(a, SIZE)):
        found = {j: QQ.to_sympy(x) for j, x in combined(row, rows).items()}
        product = (dense(a) * dense(b))[i, :]
        assert found == {j: x for j, x in enumerate(product) if x}
