"""Matrix algebras: ranks of Cartan subalgebras, and the centre on each kind."""

import pytest

from symflow.kinds import Cluster
from symflow.matrix_algebras import MatrixAlgebra
from tests.linear_actions import (
    exceptional,
    kind,
    rotations,
    symplectic,
    traceless,
    unitary,
)

# Matrices, size, and the rank by the textbooks.
RANKS = {
    "so(3)": (rotations(3), 3, 1),
    "so(5)": (rotations(5), 5, 2),
    "sl(3)": (traceless(3), 3, 2),
    "u(2)": (unitary(2), 4, 2),
    "sp(4)": (symplectic(2), 4, 2),
    "g2": (exceptional(), 7, 2),
}


def algebra(matrices, size):
    return MatrixAlgebra(Cluster((kind(matrices, size),), len(matrices)))


@pytest.mark.parametrize("name", RANKS)
def test_ranks(name):
    matrices, size, rank = RANKS[name]
    found = algebra(matrices, size)
    assert found.dimension == len(matrices)
    assert found.reductive
    # Coefficients in general position, different from one another.
    assert found.cartan_rank([3 * k * k - 7 for k in range(found.dimension)]) == rank


def test_a_special_element_has_a_larger_centralizer():
    found = algebra(rotations(5), 5)
    assert found.cartan_rank([1] + [0] * 9) is None


@pytest.mark.parametrize("name", RANKS)
def test_only_the_unitary_algebra_has_a_centre(name):
    matrices, size, _ = RANKS[name]
    charges = algebra(matrices, size).charges()
    assert (charges is not None) is (name == "u(2)")


def test_the_centre_commutes_with_all():
    found = algebra(unitary(3), 6)
    Z = found.charges().matrix
    assert all(Z * X == X * Z for X in found.basis)
    assert found.charges().integers == [1]


def test_a_shear_is_not_reductive():
    assert not algebra([{(0, 1): rotations(2)[0][0, 1]}], 2).reductive
