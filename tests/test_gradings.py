"""Gradings: every field moves weights by one amount, in any basis of the algebra."""

from random import Random

import pytest
from sympy import QQ

from symflow.gradings import gradings, split_diagonal
from tests.linear_actions import binary_forms, dual, kind, rotations, traceless

ACTIONS = {
    "so(3)": [kind(rotations(3), 3)],
    "so(4), two vectors": [kind(rotations(4), 4, copies=2)],
    "sl(2) on quartics": [kind(binary_forms(4), 5)],
    "sl(3) and its dual": [kind(traceless(3), 3), kind(dual(traceless(3)), 3)],
}


def mixed(kinds, seed):
    """The same action with another basis of the algebra."""
    random = Random(seed)
    number = len(kinds[0].matrices)
    while True:
        change = [[random.randint(-3, 3) for _ in range(number)] for _ in range(number)]
        turned = []
        for each in kinds:
            matrices = []
            for row in change:
                total = {}
                for c, a in zip(row, each.matrices, strict=True):
                    for key, x in a.items():
                        total[key] = total.get(key, QQ(0)) + c * x
                matrices.append({key: x for key, x in total.items() if x})
            turned.append(kind(matrices, each.size, each.copies))
        if len({str(m) for each in turned for m in each.matrices if m}) >= number:
            return turned


@pytest.mark.parametrize("name", ACTIONS)
def test_every_field_moves_weights_by_one_amount(name):
    kinds = ACTIONS[name]
    _, fields = split_diagonal(kinds)
    found = gradings(fields, [each.size for each in kinds])
    assert found
    for grading in found:
        for field in fields:
            moved = {
                (grading.weights[c][j] - grading.weights[c][i])
                % (grading.modulus or 10**9)
                for c, a in enumerate(field)
                for i, j in a
            }
            assert len(moved) == 1


@pytest.mark.parametrize("name", ["sl(2) on quartics", "sl(3) and its dual"])
def test_the_basis_of_the_algebra_leaves_no_trace(name):
    kinds = ACTIONS[name]
    assert split_diagonal(kinds) == split_diagonal(mixed(kinds, 1))


def test_the_torus_of_a_split_algebra_is_diagonal():
    diagonal, others = split_diagonal(ACTIONS["sl(3) and its dual"])
    assert (len(diagonal), len(others)) == (2, 6)
    for grading in diagonal:
        vector, covector = grading.weights
        assert sum(vector) == 0
        assert covector == tuple(-w for w in vector)


def test_a_rotation_has_no_diagonal_field_but_parities():
    diagonal, fields = split_diagonal(ACTIONS["so(3)"])
    assert not diagonal
    moduli = [grading.modulus for grading in gradings(fields, [3])]
    assert moduli.count(0) == 1
    assert moduli.count(2) == 3
