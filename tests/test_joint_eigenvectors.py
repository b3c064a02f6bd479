"""Joint eigenvectors are mapped to multiples of themselves, and none is missed."""

from random import Random

import pytest
from sympy import QQ, I, Matrix, Poly, Rational, Symbol, diag, sqrt

from symflow.joint_eigenvectors import (
    JointEigenvectors,
    combined,
    larger_field,
    quadratic_roots,
)


def images(matrix):
    """A SymPy matrix that acts on columns, as the images of the unit vectors."""
    return [
        {
            i: QQ(matrix[i, j].p, matrix[i, j].q)
            for i in range(matrix.rows)
            if matrix[i, j]
        }
        for j in range(matrix.cols)
    ]


def conjugated(matrices, seed):
    """The same matrices in a random rational basis."""
    random, size = Random(seed), matrices[0].rows
    change = Matrix(size, size, lambda i, j: Rational(random.randint(-3, 3)))
    change += 10 * Matrix.eye(size)
    return [change * matrix * change.inv() for matrix in matrices]


@pytest.mark.parametrize("seed", range(3))
def test_diagonal_matrices_in_any_basis(seed):
    first, second = diag(1, 1, 2, 2), diag(0, 5, 0, 0)
    matrices = list(map(images, conjugated([first, second], seed)))
    found = JointEigenvectors(matrices, 4, QQ)
    sizes = {eigenvalues: len(vectors) for eigenvalues, vectors in found.spaces}
    assert sizes == {(1, 0): 1, (1, 5): 1, (2, 0): 2}
    for eigenvalues, vectors in found.spaces:
        for vector in vectors:
            for value, matrix in zip(eigenvalues, matrices, strict=True):
                expected = {k: value * entry for k, entry in vector.items() if value}
                assert combined(vector, matrix) == expected


def test_a_jordan_block_has_one_eigenvector():
    block = Matrix([[3, 1, 0], [0, 3, 1], [0, 0, 3]])
    (space,) = JointEigenvectors([images(block)], 3, QQ).spaces
    assert space == ((3,), [{0: 1}])


def test_what_is_not_in_the_field_is_said_to_be_left_out():
    turn = images(Matrix([[0, -1], [1, 0]]))
    found = JointEigenvectors([turn], 2, QQ)
    assert found.spaces == []
    (polynomial,) = found.left_out
    larger = larger_field(QQ, polynomial)
    lifted = [{k: larger.convert_from(v, QQ) for k, v in row.items()} for row in turn]
    assert len(JointEigenvectors([lifted], 2, larger).spaces) == 2


def test_without_matrices_everything_is_one_space():
    assert JointEigenvectors([], 2, QQ).spaces == [((), [{0: 1}, {1: 1}])]


def test_fields_grow_by_square_roots_of_numbers_only():
    t, w = Symbol("t"), Symbol("w")
    parametric = QQ.frac_field(w)
    assert larger_field(QQ, Poly(t**2 - 8, t, domain=QQ)) == QQ.algebraic_field(sqrt(2))
    assert larger_field(QQ, Poly(t**3 - 2, t, domain=QQ)) is None
    surds = QQ.algebraic_field(sqrt(2))
    nested = Poly(
        [surds.one, surds.zero, surds.from_sympy(2 + sqrt(2))], t, domain=surds
    )
    assert larger_field(surds, nested) is None
    squared = Poly(t**2 + w**2, t, domain=parametric)
    assert larger_field(parametric, squared).symbols == (w,)
    assert larger_field(parametric, Poly(t**2 + w, t, domain=parametric)) is None


def test_roots_in_a_field_of_functions_are_not_factored_out():
    """Roots w + i and w - i: SymPy takes minutes to factor over Q(i)(w)."""
    w, unknown = Symbol("w"), Symbol("lambda")
    small = QQ.frac_field(w)
    polynomial = Poly((unknown - w) ** 2 + 1, unknown, domain=small)
    larger = larger_field(small, polynomial)
    roots = quadratic_roots(small, polynomial, larger)
    assert {larger.to_sympy(root) for root in roots} == {w + I, w - I}
    assert quadratic_roots(small, polynomial, small) == []


def test_likely_eigenvalues_that_are_none_are_passed_over():
    turn = [{1: QQ(2)}, {0: QQ(2)}]
    plain = JointEigenvectors([turn], 2, QQ)
    hinted = JointEigenvectors([turn], 2, QQ, [[QQ(5), QQ(-2), QQ(-2)]])
    assert {values for values, _ in plain.spaces} == {(2,), (-2,)}
    assert {values for values, _ in hinted.spaces} == {(2,), (-2,)}
