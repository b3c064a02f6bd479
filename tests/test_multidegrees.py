"""Multidegrees: sorted ones and their exchanges are all degrees, each once."""

from itertools import product

import pytest

from symflow.multidegrees import arrangements, exchange, sorted_degrees

KINDS = [[1], [3], [2, 1], [2, 2], [1, 1, 2]]


@pytest.mark.parametrize("degree", range(5))
@pytest.mark.parametrize("copies", KINDS, ids=str)
def test_exchanges_of_sorted_degrees_are_all_degrees_once(copies, degree):
    every = [
        degrees
        for degrees in product(range(degree + 1), repeat=sum(copies))
        if sum(degrees) == degree
    ]
    made = [
        arranged
        for degrees in sorted_degrees(copies, degree)
        for arranged in arrangements(copies, degrees)
    ]
    assert len(made) == len(set(made))
    assert sorted(made) == sorted(every)


@pytest.mark.parametrize("copies", KINDS, ids=str)
def test_an_exchange_keeps_kinds_and_carries_degrees(copies):
    kinds = [k for k, number in enumerate(copies) for _ in range(number)]
    for degrees in sorted_degrees(copies, 3):
        for arranged in arrangements(copies, degrees):
            source = exchange(copies, degrees, arranged)
            assert sorted(source) == list(range(len(kinds)))
            assert tuple(degrees[a] for a in source) == arranged
            assert [kinds[a] for a in source] == kinds
