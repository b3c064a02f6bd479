"""Intertwiners: as many as Schur's lemma says, and isomorphic actions are recognised."""

from random import Random

import pytest
from sympy import QQ, Matrix

from symflow.intertwiners import intertwiner, intertwiners
from symflow.sparse_matrices import dual, matrix_product
from tests.linear_actions import binary_forms, rotations, traceless, unitary


def dense(a, size):
    return Matrix(size, size, lambda i, j: QQ.to_sympy(a.get((i, j), QQ(0))))


def turned(matrices, size, seed):
    """The same action in random coordinates."""
    random = Random(seed)
    while True:
        S = Matrix(size, size, lambda i, j: random.randint(-2, 2))
        if S.det():
            break
    found = []
    for a in matrices:
        moved = S * dense(a, size) * S.inv()
        entries = moved.todok().items()
        found.append({key: QQ.from_sympy(x) for key, x in entries})
    return found


# The dimension of the commutant over the rationals: 1 for real, 2 for complex type.
TYPES = {
    "so(3)": (rotations(3), 3, 1),
    "so(2)": (rotations(2), 2, 2),
    "sl(3)": (traceless(3), 3, 1),
    "u(2)": (unitary(2), 4, 2),
    "su(2)": (unitary(2, special=True), 4, 4),
    "cubics": (binary_forms(3), 4, 1),
}


@pytest.mark.parametrize("name", TYPES)
def test_the_commutant_has_the_dimension_of_the_type(name):
    matrices, size, dimension = TYPES[name]
    assert len(intertwiners(matrices, matrices, size, size, QQ)) == dimension


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", TYPES)
def test_an_action_in_other_coordinates_is_carried_back(name, seed):
    matrices, size, _ = TYPES[name]
    moved = turned(matrices, size, seed)
    T = intertwiner(matrices, moved, size, QQ)
    assert T is not None
    assert dense(T, size).det() != 0
    for a, b in zip(matrices, moved, strict=True):
        assert matrix_product(T, b, QQ) == matrix_product(a, T, QQ)


def test_vectors_and_covectors_are_alike_only_where_a_form_is_kept():
    assert intertwiner(rotations(3), list(map(dual, rotations(3))), 3, QQ) is not None
    assert intertwiner(traceless(2), list(map(dual, traceless(2))), 2, QQ) is not None
    assert intertwiner(traceless(3), list(map(dual, traceless(3))), 3, QQ) is None


def test_irreducible_actions_of_other_size_share_nothing():
    assert not intertwiners(binary_forms(2), binary_forms(4), 3, 5, QQ)
