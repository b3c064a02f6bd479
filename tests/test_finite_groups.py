"""Enumeration, classes and names of finite matrix groups, against known orders."""

from itertools import permutations
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ

import symflow as sf
from symflow.errors import ArgumentError
from symflow.finite_groups import MatrixGroup, why_infinite


def matrix(rows):
    return tuple(
        tuple((j, QQ(value)) for j, value in enumerate(row) if value) for row in rows
    )


def permutation(order):
    return tuple(((k, QQ(1)),) for k in order)


def neighbours(n):
    """The transpositions of neighbours among n."""
    generators = {}
    for k in range(n - 1):
        order = list(range(n))
        order[k], order[k + 1] = k + 1, k
        generators[f"s{k + 1}"] = permutation(order)
    return generators


def cycle(n):
    return permutation([*range(1, n), 0])


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_transpositions_generate_the_symmetric_group(n):
    group = MatrixGroup(neighbours(n), QQ)
    assert group.order == factorial(n)
    assert set(group.elements) == {permutation(p) for p in permutations(range(n))}
    # One class for each partition of n.
    assert len(group.classes) == {2: 2, 3: 3, 4: 5, 5: 7}[n]
    name = {2: "C2", 3: "S3 = D3", 4: "S4", 5: "S5"}[n]
    assert (group.identify().name, group.identify().standing) == (name, "proved")


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 8, 12])
def test_a_cycle_generates_a_cyclic_group(n):
    group = MatrixGroup({"c": cycle(n)}, QQ)
    assert group.is_abelian
    assert len(group.classes) == group.order == n
    # By prime powers: 12 is 3 * 4, and C12 its own greatest factor.
    assert group.identify().name == f"C{n}"


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
def test_a_polygon_has_the_dihedral_group(n):
    mirror = permutation([(-k) % n for k in range(n)])
    group = MatrixGroup({"r": cycle(n), "s": mirror}, QQ)
    assert group.order == 2 * n
    assert not group.is_abelian
    assert group.identify().name == ("S3 = D3" if n == 3 else f"D{n}")
    assert len(group.classes) == (n + 3) // 2 if n % 2 else n // 2 + 3


def test_abelian_groups_are_told_apart():
    signs = {
        f"e{k}": matrix(
            [[-1 if i == j == k else int(i == j) for j in range(3)] for i in range(3)]
        )
        for k in range(3)
    }
    assert MatrixGroup(signs, QQ).identify().name == "C2 × C2 × C2"
    turn = matrix([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    flip = matrix([[1, 0, 0], [0, 1, 0], [0, 0, -1]])
    assert MatrixGroup({"turn": turn, "flip": flip}, QQ).identify().name == "C2 × C4"
    third = permutation([1, 2, 0, 3, 4])
    half = permutation([0, 1, 2, 4, 3])
    assert MatrixGroup({"a": third, "b": half}, QQ).identify().name == "C6"


def test_what_has_no_name_here_says_so():
    """The quaternions as real matrices: order 8, one involution, and no dihedral group."""
    i = matrix([[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]])
    j = matrix([[0, 0, -1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, -1, 0, 0]])
    group = MatrixGroup({"i": i, "j": j}, QQ)
    assert group.order == 8
    assert sorted(group.orders) == [1, 2, 4, 4, 4, 4, 4, 4]
    assert sorted(map(len, group.classes)) == [1, 1, 2, 2, 2]
    name = group.identify()
    assert name.standing is sf.Standing.NOT_KNOWN
    assert name.why == "elements: 1 of order 1, 1 of order 2, 6 of order 4"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[1, 1], [0, 1]], "shear"),
        ([[-1, 1], [0, -1]], "shear, for its power 2"),
        ([[QQ(3, 5), QQ(-4, 5)], [QQ(4, 5), QQ(3, 5)]], "no roots of unity"),
        ([[2, 0], [0, QQ(1, 2)]], "no roots of unity"),
        ([[1, 1], [1, 0]], "no roots of unity"),
        # Lehmer's kind: an integer matrix with a root off the circle.
        ([[0, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]], "no roots of unity"),
    ],
)
def test_matrices_of_infinite_order_are_refused_with_the_reason(rows, why):
    assert why in why_infinite(matrix(rows), QQ)
    with pytest.raises(ArgumentError, match="m has infinite order"):
        MatrixGroup({"m": matrix(rows)}, QQ)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_matrices_of_finite_order_are_not(order):
    companion = {
        1: [[1, 0], [0, 1]],
        2: [[0, 1], [1, 0]],
        3: [[0, -1], [1, -1]],
        4: [[0, -1], [1, 0]],
        6: [[0, -1], [1, 1]],
    }[order]
    assert why_infinite(matrix(companion), QQ) == ""
    assert MatrixGroup({"m": matrix(companion)}, QQ).order == order


def test_involutions_whose_product_runs_away():
    """Each has order two, and the group is infinite: the word that shows it is named."""
    generators = {"a": matrix([[1, 1], [0, -1]]), "b": matrix([[1, 0], [0, -1]])}
    with pytest.raises(
        ArgumentError, match=r"(a\*b|b\*a) has infinite order: it is a shear"
    ):
        MatrixGroup(generators, QQ, max_order=100)


def test_a_bound_that_a_finite_group_passes_is_named():
    with pytest.raises(ArgumentError, match="at most 100 elements, but there are more"):
        MatrixGroup(neighbours(5), QQ, max_order=100)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.permutations(range(5)), min_size=1, max_size=2))
def test_words_spell_their_elements(orders):
    """Lagrange, the class equation, and the words."""
    generators = {f"g{k}": permutation(order) for k, order in enumerate(orders)}
    group = MatrixGroup(generators, QQ)
    assert factorial(5) % group.order == 0
    assert sum(map(len, group.classes)) == group.order
    assert all(group.order % len(orbit) == 0 for orbit in group.classes)
    assert all(group.order % order == 0 for order in group.orders)
    for element, word in zip(group.elements, group.words, strict=True):
        # Row k of a product of permutations is the row that the left factor points at.
        place = list(range(5))
        for name in word:
            place = [dict(generators[name][k]).popitem()[0] for k in place]
        assert permutation(place) == element
