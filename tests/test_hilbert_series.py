"""Hilbert series: closed forms, and what an independent search counts."""

from math import comb

import pytest

from symflow.hilbert_series import hilbert_series, invariant_dimensions
from symflow.kinds import Cluster
from symflow.multigraded import MultigradedSearch
from symflow.weights import weight_system
from tests.linear_actions import (
    binary_forms,
    dual,
    exceptional,
    kind,
    rotations,
    symplectic,
    traceless,
)

# Kinds, the dimension of the algebra, the number of independent invariants, the degrees
# of a system of parameters, and the numerator over them.
CLOSED = {
    "two vectors": ([kind(rotations(3), 3, 2)], 3, 3, [2, 2, 2], {0: 1}),
    "three vectors": ([kind(rotations(3), 3, 3)], 3, 6, [2] * 6, {0: 1, 3: 1}),
    "quartic": ([kind(binary_forms(4), 5)], 3, 2, [2, 3], {0: 1}),
    "quintic": ([kind(binary_forms(5), 6)], 3, 3, [4, 8, 12], {0: 1, 18: 1}),
    "sextic": ([kind(binary_forms(6), 7)], 3, 4, [2, 4, 6, 10], {0: 1, 15: 1}),
    "two quartics": (
        [kind(binary_forms(4), 5, 2)],
        3,
        7,
        [2, 2, 2, 3, 3, 3, 3, 4],
        {0: 1, 12: -1},
    ),
    "vectors of sp(4)": ([kind(symplectic(2), 4, 3)], 10, 3, [2, 2, 2], {0: 1}),
    "sl(3) on 3 + 3*": (
        [kind(traceless(3), 3), kind(dual(traceless(3)), 3)],
        8,
        1,
        [2],
        {0: 1},
    ),
    "g2 on 7 + 7": ([kind(exceptional(), 7, 2)], 14, 3, [2, 2, 2], {0: 1}),
}
FOUND = {}


def series(name):
    if name not in FOUND:
        kinds, dimension, independent, _, _ = CLOSED[name]
        system = weight_system(Cluster(tuple(kinds), dimension))
        FOUND[name] = system, hilbert_series(system, independent)
    return FOUND[name]


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms(name):
    *_, degrees, numerator = CLOSED[name]
    found = series(name)[1].times(degrees)
    assert {k: x for k, x in enumerate(found) if x} == numerator


@pytest.mark.parametrize("name", CLOSED)
def test_too_few_denominators_leave_no_polynomial(name):
    degrees = CLOSED[name][3]
    independent = CLOSED[name][2]
    if len(degrees) == independent:
        assert series(name)[1].times(degrees[1:]) is None


@pytest.mark.parametrize("name", CLOSED)
def test_the_expansion_is_the_count_by_weights_far_beyond_the_numerator(name):
    system, found = series(name)
    degree = 12 if system.rank > 1 else 24
    assert found.coefficients(degree) == invariant_dimensions(system, degree)


@pytest.mark.parametrize("name", ["three vectors", "quartic", "two quartics"])
def test_a_search_counts_as_many(name):
    search = MultigradedSearch(CLOSED[name][0])
    search.up_to(5)
    counted = [search.dimension(d) for d in range(1, 6)]
    assert series(name)[1].coefficients(5)[1:] == counted


def test_an_unbounded_expansion_is_refused():
    system = weight_system(Cluster((kind(binary_forms(12), 13),), 3))
    assert hilbert_series(system, 10) is None


def test_dimensions_of_one_vector_pair():
    """so(3) on q and p: the free invariants q.q, q.p, p.p."""
    found = series("two vectors")[1].coefficients(10)
    assert found == [comb(d // 2 + 2, 2) * (d % 2 == 0) for d in range(11)]
