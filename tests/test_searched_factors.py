"""Searched factors: proved by the Hilbert series, or said to be searched up to a degree."""

from collections import Counter

import pytest
from sympy import QQ, isprime, symbols

from symflow.kinds import Cluster
from symflow.linear_forms import degree_of
from symflow.searched_factors import SearchedFactor
from tests.linear_actions import (
    binary_forms,
    derivative,
    exceptional,
    kind,
    rotations,
    spread,
)

# Kinds, the dimension of the algebra, and the degrees of all generators.
PROVED = {
    "quartic": ([kind(binary_forms(4), 5)], 3, {2: 1, 3: 1}),
    "two quartics": ([kind(binary_forms(4), 5, 2)], 3, {2: 3, 3: 4, 4: 1}),
    "cubic": ([kind(binary_forms(3), 4)], 3, {4: 1}),
    "sextic": ([kind(binary_forms(6), 7)], 3, {2: 1, 4: 1, 6: 1, 10: 1, 15: 1}),
    "g2 on 7 + 7": ([kind(exceptional(), 7, 2)], 14, {2: 3}),
    "so(3) on two vectors": ([kind(rotations(3), 3, 2)], 3, {2: 3}),
}
FOUND = {}


def factor(name):
    if name not in FOUND:
        kinds, dimension, _ = PROVED[name]
        FOUND[name] = SearchedFactor(Cluster(tuple(kinds), dimension))
    return FOUND[name]


@pytest.mark.parametrize("name", PROVED)
def test_what_is_free_or_has_one_relation_is_proved_to_generate(name):
    found = factor(name)
    assert found.degree is None
    assert Counter(map(degree_of, found.polynomials)) == PROVED[name][2]
    assert found.reason.startswith("Hilbert series")


@pytest.mark.parametrize("name", PROVED)
def test_generators_are_invariant(name):
    kinds = PROVED[name][0]
    size = sum(each.size * each.copies for each in kinds)
    for f in factor(name).polynomials:
        terms = {tuple(map(m.count, range(size))): x for m, x in f.items()}
        for k in range(len(kinds[0].matrices)):
            assert not derivative(spread(kinds, k), terms)


@pytest.mark.parametrize("degree", [2, 3])
def test_a_search_that_stops_early_proves_nothing(degree):
    """One degree short of the last generator of two quartics there is no proof."""
    kinds, dimension, _ = PROVED["two quartics"]
    found = SearchedFactor(Cluster(tuple(kinds), dimension), upto=degree)
    assert found.degree == degree
    assert found.reason.endswith("as large as the weights say")
    assert found.evidence(symbols("z:10"))["dimensions"] == [1, 0, 3, 4][: degree + 1]


def test_more_relations_are_not_proved_but_counted():
    """Three quartics have many relations: generating up to a degree, by the weights."""
    kinds = (kind(binary_forms(4), 5, 3),)
    found = SearchedFactor(Cluster(kinds, 3), upto=4)
    assert found.degree == 4
    assert found.dimensions == (1, 0, 6, 10, 27)


def test_an_algebra_that_is_not_semisimple_has_no_weights_to_compare_with():
    """A shear of two planes: searched, and no more is said."""
    matrices = [{(0, 1): rotations(2)[0][0, 1]}]
    found = SearchedFactor(Cluster((kind(matrices, 2, 2),), 1), upto=3)
    assert (found.degree, found.dimensions) == (3, ())
    assert sorted(map(degree_of, found.polynomials)) == [1, 1, 2]


def test_rotations_and_a_phase_have_two_invariants():
    """The isotropic oscillator in space: its energy and the square of L."""
    turn, shift = rotations(3), {}
    for i in range(3):
        shift |= {(i, i + 3): QQ(1), (i + 3, i): QQ(-1)}
    both = [{**a, **{(i + 3, j + 3): x for (i, j), x in a.items()}} for a in turn]
    found = SearchedFactor(Cluster((kind([*both, shift], 6),), 4))
    assert found.degree is None
    assert list(map(degree_of, found.polynomials)) == [2, 4]


def test_evidence_of_a_proof_holds_what_the_weights_are_found_by():
    """An element of sl(2) on quartics, by its entries that determine it, and a prime."""
    evidence = factor("quartic").evidence(symbols("z:5"))
    assert evidence["by"] == "Hilbert series"
    assert evidence["vectors"] == [[f"z{k}" for k in range(5)]]
    assert len(evidence["element"]) == 3
    assert isprime(evidence["prime"])
