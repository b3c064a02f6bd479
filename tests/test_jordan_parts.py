"""Jordan parts: they commute, one is semisimple, the other nilpotent, and they add up."""

from random import Random

import pytest
from sympy import QQ, Matrix, sqrt

from symflow.jordan_parts import jordan_parts
from symflow.linear_algebra import add_multiple
from symflow.sparse_matrices import matrix_product

ROOT = QQ.algebraic_field(sqrt(2))

# Real Jordan forms: blocks with their eigenvalues, some of them conjugate pairs.
TURN = [[0, -1], [1, 0]]
FORMS = {
    "shear": Matrix([[0, 1], [0, 0]]),
    "two blocks": Matrix.diag(Matrix([[2, 1], [0, 2]]), Matrix([[-1, 1], [0, -1]])),
    "screw": Matrix.diag(Matrix(TURN), Matrix([[0, 1], [0, 0]])),
    "turning shear": Matrix([[0, -1, 1, 0], [1, 0, 0, 1], [0, 0, 0, -1], [0, 0, 1, 0]]),
    "semisimple": Matrix.diag(Matrix(TURN), Matrix([[3]])),
}


def disguised(form, seed):
    random = Random(seed)
    size = form.shape[0]
    while True:
        T = Matrix(size, size, lambda i, j: random.randint(-2, 2))
        if T.det():
            return T * form * T.inv()


def entries(A, domain=QQ):
    return {key: domain.from_sympy(x) for key, x in A.todok().items()}


def plus(a, b):
    total = dict(a)
    add_multiple(total, 1, b)
    return total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FORMS)
def test_the_parts(name, seed):
    A = disguised(FORMS[name], seed)
    size = A.shape[0]
    S, N = jordan_parts(entries(A), size, QQ)
    assert plus(S, N) == entries(A)
    assert matrix_product(S, N, QQ) == matrix_product(N, S, QQ)
    power = N
    for _ in range(size):
        power = matrix_product(power, N, QQ)
    assert not power
    dense = Matrix(size, size, lambda i, j: QQ.to_sympy(S.get((i, j), QQ(0))))
    assert dense.is_diagonalizable()
    assert bool(N) is (name != "semisimple")


def test_the_parts_lie_in_the_field_of_the_matrix():
    root = ROOT.from_sympy(sqrt(2))
    a = {(0, 0): root, (0, 1): ROOT.one, (1, 1): root}
    S, N = jordan_parts(a, 2, ROOT)
    assert {(0, 0): root, (1, 1): root} == S
    assert {(0, 1): ROOT.one} == N
