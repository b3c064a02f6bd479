"""Invariant forms: kept by every matrix, and absent where theory forbids them."""

import pytest
from sympy import QQ

from symflow.invariant_forms import complex_structure, invariant_form
from symflow.linear_algebra import rank
from symflow.sparse_matrices import dual, matrix_product, matrix_rows
from tests.linear_actions import (
    binary_forms,
    exceptional,
    rotations,
    symplectic,
    traceless,
    unitary,
)

# Whether a symmetric and an antisymmetric form is kept; odd binary forms keep the latter.
ACTIONS = {
    "so(5)": (rotations(5), 5, True, False),
    "sp(4)": (symplectic(2), 4, False, True),
    "sl(3)": (traceless(3), 3, False, False),
    "quartics": (binary_forms(4), 5, True, False),
    "cubics": (binary_forms(3), 4, False, True),
    "u(2)": (unitary(2), 4, True, True),
    "g2": (exceptional(), 7, True, False),
}


def transposed(a):
    return {(j, i): x for (i, j), x in a.items()}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ACTIONS)
def test_forms_are_kept_or_absent(name, sign):
    matrices, size, symmetric, antisymmetric = ACTIONS[name]
    S = invariant_form(matrices, size, sign, QQ)
    assert (S is not None) is (symmetric if sign > 0 else antisymmetric)
    if S is None:
        return
    assert transposed(S) == {key: sign * x for key, x in S.items()}
    assert rank(matrix_rows(S, size), size) == size
    for a in matrices:
        # a^T S = -S a, and minus the transposed matrix is the dual one.
        assert matrix_product(dual(a), S, QQ) == matrix_product(S, a, QQ)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unitary_groups_commute_with_a_complex_structure(n):
    matrices, size = unitary(n), 2 * n
    B, c = complex_structure(matrices, size, QQ)
    assert matrix_product(B, B, QQ) == {(i, i): -c for i in range(size)}
    for a in matrices:
        assert matrix_product(a, B, QQ) == matrix_product(B, a, QQ)


def test_real_types_have_no_complex_structure():
    assert complex_structure(rotations(3), 3, QQ) is None
    assert complex_structure(binary_forms(3), 4, QQ) is None
