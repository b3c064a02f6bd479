"""Weights: those of the textbooks, in any basis, with a charge where there is a phase."""

from collections import Counter

import pytest
from sympy import QQ

from symflow.kinds import Cluster
from symflow.weights import weight_system
from tests.linear_actions import (
    binary_forms,
    dual,
    exceptional,
    kind,
    rotations,
    symplectic,
    traceless,
    unitary,
)
from tests.test_recognition import disguised

# Matrices, size, dimension, rank and number of different weights that are not zero.
ALGEBRAS = {
    "so(3)": (rotations(3), 3, 1, 2),
    "so(4)": (rotations(4), 4, 2, 4),
    "so(5)": (rotations(5), 5, 2, 4),
    "sl(3)": (traceless(3), 3, 2, 3),
    "su(3)": (unitary(3, special=True), 6, 2, 6),
    "sp(4)": (symplectic(2), 4, 2, 4),
    "g2": (exceptional(), 7, 2, 6),
    "quartics": (binary_forms(4), 5, 1, 4),
}


def system(matrices, size, copies=1):
    cluster = Cluster((kind(matrices, size, copies),), len(matrices))
    return weight_system(cluster)


@pytest.mark.parametrize("name", ALGEBRAS)
def test_roots_and_weights_are_counted(name):
    matrices, size, rank, nonzero = ALGEBRAS[name]
    found = system(matrices, size)
    assert found.rank == rank
    assert 2 * len(found.roots) + rank == len(matrices)
    assert len(found.weights) == size
    assert len({w for w in found.weights if any(w)}) == nonzero


@pytest.mark.parametrize("name", ALGEBRAS)
def test_weights_are_symmetric_under_reflections(name):
    """s_a(w) = w - w(h_a) a for every simple root a; column a of a weight is w(h_a)."""
    matrices, size, rank, _ = ALGEBRAS[name]
    found = system(matrices, size)
    sums = {tuple(map(int.__add__, a, b)) for a in found.roots for b in found.roots}
    weights = Counter(found.weights)
    for a in set(found.roots) - sums:
        place = a.index(2)
        reflected = Counter(
            tuple(x - w[place] * y for x, y in zip(w, a, strict=True))
            for w in found.weights
        )
        assert reflected == weights
    assert all(sum(w[k] for w in found.weights) == 0 for k in range(rank))


@pytest.mark.parametrize("name", ["so(4)", "sl(3)", "su(3)", "quartics"])
def test_the_basis_does_not_matter(name):
    matrices, size, _, _ = ALGEBRAS[name]
    one, other = system(matrices, size), system(disguised(matrices, size, 4), size)
    assert (one.rank, len(one.roots)) == (other.rank, len(other.roots))
    labels = [sorted(sorted(map(abs, w)) for w in s.weights) for s in (one, other)]
    assert labels[0] == labels[1]


def test_binary_forms_have_strings_of_weights():
    for degree in range(1, 6):
        found = system(binary_forms(degree), degree + 1)
        assert sorted(found.weights) == [(w,) for w in range(-degree, degree + 1, 2)]


def test_copies_and_duals():
    cluster = Cluster(
        (kind(traceless(3), 3, 2), kind(dual(traceless(3)), 3, 1, start=6)), 8
    )
    weights = weight_system(cluster).weights
    opposite = Counter(tuple(-x for x in w) for w in weights[6:])
    assert Counter(weights[:6]) == opposite + opposite


def test_a_phase_adds_a_charge():
    """u(2) on C^2: weights 1 and -1 of su(2), each with charges 1 and -1."""
    found = system(unitary(2), 4)
    assert sorted(found.weights) == [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    assert (found.rank, found.roots) == (2, ((2, 0),))


def test_a_dilation_adds_its_scale():
    """gl(2) on vectors and covectors, which have opposite charges."""
    one = {(0, 0): QQ(1), (1, 1): QQ(1)}
    matrices = (*traceless(2), one)
    cluster = Cluster((kind(matrices, 2), kind(dual(matrices), 2, start=2)), 4)
    assert sorted(weight_system(cluster).weights) == [
        (-1, -1),
        (-1, 1),
        (1, -1),
        (1, 1),
    ]


def test_charges_of_two_phases_are_in_proportion():
    """One field turns two copies of C^2 at rates 1 and 3."""
    special = unitary(2, special=True)
    i = {(0, 2): -1, (1, 3): -1, (2, 0): 1, (3, 1): 1}
    slow, fast = (
        kind((*special, {key: QQ(rate * x) for key, x in i.items()}), 4, start=start)
        for rate, start in ((1, 0), (3, 4))
    )
    weights = weight_system(Cluster((slow, fast), 4)).weights
    assert sorted({abs(w[1]) for w in weights}) == [1, 3]


def test_what_is_not_reductive_has_none():
    assert system([{(0, 1): rotations(2)[0][0, 1]}], 2) is None
    shear_and_scale = [{(0, 1): QQ(1)}, {(0, 0): QQ(1), (1, 1): QQ(-1)}]
    assert system(shear_and_scale, 2) is None


def test_two_phases_of_irrational_proportion_have_none():
    special = unitary(2, special=True)
    i = {(0, 2): -1, (1, 3): -1, (2, 0): 1, (3, 1): 1}
    other = {(0, 2): -2, (1, 3): -2, (2, 0): 1, (3, 1): 1}
    kinds = (
        kind((*special, {key: QQ(x) for key, x in i.items()}), 4),
        kind(
            (*({} for _ in special), {key: QQ(x) for key, x in other.items()}),
            4,
            start=4,
        ),
    )
    assert weight_system(Cluster(kinds, 4)) is None
