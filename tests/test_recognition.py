"""Recognition: classical groups in any basis, and nothing that only looks like one."""

from random import Random

import pytest
from sympy import QQ, Matrix, Symbol, sqrt

from symflow.kinds import Cluster, Kind
from symflow.recognition import classical_action
from tests.linear_actions import (
    binary_forms,
    dual,
    exceptional,
    kind,
    rational,
    rotations,
    symplectic,
    traceless,
    unitary,
)

SCALE3 = {(i, i): QQ(1) for i in range(3)}
GROUPS = {
    "SO(2)": ([rotations(2)], 2),
    "SO(3)": ([rotations(3)], 3),
    "SO(5)": ([rotations(5)], 5),
    "Sp(4,R)": ([symplectic(2)], 4),
    "Sp(2,R)": ([traceless(2)], 2),
    "SL(3,R)": ([traceless(3)], 3),
    "GL(3,R)": ([(*traceless(3), SCALE3)], 3),
    "U(2)": ([unitary(2)], 4),
    "SU(2)": ([unitary(2, special=True)], 4),
    "SU(3)": ([unitary(3, special=True)], 6),
}


def boosted(p, q):
    """so(p,q): rotations, and boosts that change the sign of one entry."""
    signs = [1] * p + [-1] * q
    return rational(
        {key: x * signs[key[1]] for key, x in a.items()} for a in rotations(p + q)
    )


def disguised(matrices, size, seed):
    """Another basis of the algebra, in other coordinates."""
    random = Random(seed)

    def invertible(n):
        while True:
            S = Matrix(n, n, lambda i, j: random.randint(-1, 1))
            if S.det():
                return S

    S, number = invertible(size), len(matrices)
    change = invertible(number)
    dense = [
        Matrix(size, size, lambda i, j, a=a: QQ.to_sympy(a.get((i, j), QQ(0))))
        for a in matrices
    ]
    found = []
    for k in range(number):
        total = Matrix.zeros(size, size)
        for j in range(number):
            total += change[k, j] * dense[j]
        moved = (S * total * S.inv()).todok()
        found.append({key: QQ.from_sympy(x) for key, x in moved.items()})
    return found


def group_of(matrices, size, dimension=None):
    number = len(matrices) if dimension is None else dimension
    action = classical_action(Cluster((kind(matrices, size, 2),), number), QQ)
    return None if action is None else action.group


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", GROUPS)
def test_groups_are_recognised_in_disguise(name, seed):
    (matrices,), size = GROUPS[name]
    assert group_of(matrices, size) == name
    assert group_of(disguised(matrices, size, seed), size) == name


@pytest.mark.parametrize(("p", "q"), [(1, 1), (1, 3), (2, 2), (2, 3)])
def test_signatures_are_told_apart(p, q):
    assert group_of(boosted(p, q), p + q) in {f"SO({p},{q})", f"SO({q},{p})"}


def test_other_actions_of_the_same_algebras_are_not_taken_for_vectors():
    """sl(2) on cubics and quartics, g2 on seven dimensions: no classical action."""
    assert group_of(binary_forms(2), 3) in {"SO(1,2)", "SO(2,1)"}
    assert group_of(binary_forms(3), 4) is None
    assert group_of(binary_forms(4), 5) is None
    assert group_of(exceptional(), 7) is None


def test_a_part_of_a_group_is_not_taken_for_all_of_it():
    assert group_of(rotations(4)[:3], 4) is None
    assert group_of(traceless(3)[:7], 3) is None


def test_vectors_and_covectors():
    cluster = Cluster(
        (kind(traceless(3), 3, 2), kind(dual(traceless(3)), 3, 1, start=6)),
        8,
    )
    action = classical_action(cluster, QQ)
    assert action.group == "SL(3,R)"
    assert (len(action.vectors), len(action.covectors)) == (2, 1)


def test_forms_over_algebraic_numbers_have_a_signature():
    """x^2 + sqrt(2) y^2 is kept by SO(2), and x^2 - sqrt(2) y^2 by SO(1,1)."""
    K = QQ.algebraic_field(sqrt(2))
    root = K.from_sympy(sqrt(2))
    for factor, name in ((root, "SO(2)"), (-root, "SO(1,1)")):
        turn = {(0, 1): -factor, (1, 0): K.one}
        each = Kind(2, (turn,), (({0: K.one}, {1: K.one}),))
        assert classical_action(Cluster((each,), 1), K).group == name


def test_parameters_of_unknown_sign_leave_the_real_form_open():
    a = Symbol("a", real=True)
    K = QQ.frac_field(a)
    turn = {(0, 1): -K.from_sympy(a), (1, 0): K.one}
    each = Kind(2, (turn,), (({0: K.one}, {1: K.one}),))
    action = classical_action(Cluster((each,), 1), K)
    assert action.group == "a real form of SO(2)"
