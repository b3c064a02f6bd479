"""Classical actions: entries are invariant, and as many as a search finds generators."""

from collections import Counter

import pytest
from sympy import QQ

from symflow.classical_actions import OrthogonalAction
from symflow.kinds import Cluster, Kind
from symflow.linear_forms import degree_of
from symflow.multigraded import MultigradedSearch
from symflow.recognition import classical_action
from tests.linear_actions import (
    derivative,
    dual,
    kind,
    rotations,
    spread,
    symplectic,
    traceless,
    unitary,
)

ONE = {(0, 0): QQ(1), (1, 1): QQ(1)}

# Kinds, the dimension of the algebra, and a degree up to which a search is quick.
ACTIONS = {
    "SO(2)": ([kind(rotations(2), 2, 3)], 1, 4),
    "SO(3)": ([kind(rotations(3), 3, 4)], 3, 4),
    "SO(4)": ([kind(rotations(4), 4, 4)], 6, 4),
    "Sp(4,R)": ([kind(symplectic(2), 4, 3)], 10, 4),
    "GL(2,R)": (
        [
            kind((*traceless(2), ONE), 2, 2),
            kind(dual((*traceless(2), ONE)), 2, 3, start=4),
        ],
        4,
        4,
    ),
    "SL(3,R)": (
        [kind(traceless(3), 3, 3), kind(dual(traceless(3)), 3, 2, start=9)],
        8,
        4,
    ),
    "U(2)": ([kind(unitary(2), 4, 2)], 4, 4),
    "SU(2)": ([kind(unitary(2, special=True), 4, 2)], 3, 4),
    "SU(3)": ([kind(unitary(3, special=True), 6, 3)], 8, 3),
}


def recognised(name):
    kinds, dimension, _ = ACTIONS[name]
    return classical_action(Cluster(tuple(kinds), dimension), QQ)


def size_of(kinds):
    return sum(each.size * each.copies for each in kinds)


def exponents(f, size):
    return {tuple(map(m.count, range(size))): x for m, x in f.items()}


@pytest.mark.parametrize("name", ACTIONS)
def test_entries_are_invariant(name):
    kinds = ACTIONS[name][0]
    action = recognised(name)
    assert action.group == name
    size = size_of(kinds)
    for entry in action.entries():
        f = exponents(action.polynomial(entry), size)
        assert f
        for k in range(len(kinds[0].matrices)):
            assert not derivative(spread(kinds, k), f)


@pytest.mark.parametrize("name", ACTIONS)
def test_a_search_finds_as_many_generators_in_each_degree(name):
    kinds, _, degree = ACTIONS[name]
    action = recognised(name)
    search = MultigradedSearch(kinds)
    search.up_to(degree)
    found = Counter(sum(next(iter(f))) for f in search.found)
    listed = [degree_of(action.polynomial(e)) for e in action.entries()]
    assert found == Counter(d for d in listed if d <= degree)


@pytest.mark.parametrize("name", ACTIONS)
def test_the_number_of_entries_and_their_highest_degree(name):
    action = recognised(name)
    listed = list(action.entries())
    assert action.count == len(listed) == len(set(listed))
    degrees = [degree_of(action.polynomial(entry)) for entry in listed]
    assert action.highest == max(degrees)
    assert degrees == sorted(degrees)
    for d in range(5):
        upto = list(action.entries(d))
        assert upto == [e for e, k in zip(listed, degrees, strict=True) if k <= d]


def test_displacements_from_one_point_have_distances():
    """Of three points on a line of vectors, with the first as reference."""
    one = QQ(1)
    vectors = tuple(tuple({3 * k + i: one, i: -one} for i in range(3)) for k in (1, 2))
    S = {(i, i): one for i in range(3)}
    action = OrthogonalAction("SO(3)", 3, vectors, QQ, S)
    kinds = [entry.kind for entry in action.entries()]
    assert kinds == ["product", "distance", "product"]
    (_, distance, _) = map(action.polynomial, action.entries())
    assert all(j >= 3 for monomial in distance for j in monomial)


def test_vectors_with_a_common_momentum_have_products():
    """Forms that are no displacements from a point are multiplied as they stand."""
    one = QQ(1)
    vectors = (({0: one}, {1: one}), ({0: one, 2: -one}, {1: one, 3: -one}))
    action = OrthogonalAction("SO(2)", 2, vectors, QQ, {(0, 0): one, (1, 1): one})
    assert {entry.kind for entry in action.products()} == {"product"}


def test_an_action_on_too_few_vectors_has_no_determinant():
    (each,) = ACTIONS["SO(4)"][0]
    few = Kind(4, each.matrices, each.vectors[:3])
    action = classical_action(Cluster((few,), 6), QQ)
    assert action.highest == 2
    assert not list(action.volumes())
