"""Hilbert bases: what brute force finds minimal, and nothing else."""

from itertools import product
from operator import add, mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symflow.hilbert_bases import hilbert_basis

HIGHEST = 6


def solutions(weights, degree):
    for a in product(range(degree + 1), repeat=len(weights)):
        total = [sum(map(mul, a, column)) for column in zip(*weights, strict=True)]
        if 0 < sum(a) <= degree and not any(total):
            yield a


def minimal(listed):
    listed = set(listed)
    sums = {tuple(map(add, a, b)) for a in listed for b in listed}
    return listed - sums


@given(
    st.integers(1, 2).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(-3, 3), min_size=width, max_size=width),
            min_size=1,
            max_size=4,
        )
    )
)
def test_the_basis_is_what_brute_force_finds_minimal(weights):
    found = hilbert_basis(weights, HIGHEST)
    assert set(found.solutions) == minimal(solutions(weights, HIGHEST))
    assert len(set(found.solutions)) == len(found.solutions)
    degrees = list(map(sum, found.solutions))
    assert degrees == sorted(degrees)


# Weights of a circle on several lines and their conjugates: numbers and highest degrees.
KNOWN = [
    ((1, 1, -2), 11, 3),
    ((1, 2, -3), 13, 5),
    ((1, 2, 3, 5), 42, 8),
    ((3, 5, -7), 19, 12),
]


@pytest.mark.parametrize(("frequencies", "number", "degree"), KNOWN, ids=str)
def test_resonances_of_oscillators(frequencies, number, degree):
    weights = [[sign * w] for w in frequencies for sign in (1, -1)]
    found = hilbert_basis(weights)
    assert found.degree is None
    assert len(found.solutions) == number
    assert max(map(sum, found.solutions)) == degree


def test_a_bound_on_the_degree_is_said():
    whole = hilbert_basis([[5], [-1]])
    assert (whole.solutions, whole.degree) == (((1, 5),), None)
    part = hilbert_basis([[5], [-1]], degree=3)
    assert (part.solutions, part.degree) == ((), 3)


def test_weights_on_one_side_have_no_solution():
    assert hilbert_basis([[1], [2]]).solutions == ()
    assert hilbert_basis([[1], [2]]).degree is None
