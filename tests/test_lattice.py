"""Integers add without rounding: steps are undone, and overflow is excluded or refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from symflow.errors import ArgumentError
from symflow.lattice import UNIT, Budget, from_lattice, moved, to_lattice

RANGE = 2.0**62 / UNIT
DTYPES = [torch.float32, torch.float64]


def rows(*numbers, dtype=torch.float64):
    return torch.tensor([numbers], dtype=dtype)


@given(st.lists(st.integers(-(2**52), 2**52), min_size=1, max_size=5))
def test_lattice_points_are_numbers_of_their_own(numbers):
    integers = torch.tensor([numbers])
    q, p = to_lattice((from_lattice(integers, torch.float64),) * 2)
    assert torch.equal(q, integers)
    assert torch.equal(p, integers)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@given(st.integers(-(2**61), 2**61), st.floats(-(2.0**60), 2.0**60, width=32))
def test_a_displacement_is_undone_bit_for_bit(dtype, number, displacement):
    start, step = torch.tensor([[number]]), rows(displacement, dtype=dtype)
    assert torch.equal(moved(moved(start, step), -step), start)


def test_numbers_with_a_point_do_not_come_back():
    assert (0.1 + 1e5) - 1e5 != 0.1
    number, _ = to_lattice((rows(0.1), rows(0.1)))
    step = rows(1e5 * UNIT)
    assert torch.equal(moved(moved(number, step), -step), number)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_what_stays_within_the_budget_passes(dtype):
    budget = Budget(3)
    for step in (-0.24, 0.1, 0.24):
        budget.note(rows(step * RANGE * UNIT, dtype=dtype))
    budget.check()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("wrong", [0.26, -0.26, float("inf"), float("nan")])
def test_what_may_leave_it_is_refused(dtype, wrong):
    budget = Budget(3)
    for step in (wrong, 0.1):
        budget.note(rows(step * RANGE * UNIT, 0.0, dtype=dtype))
    with pytest.raises(ArgumentError, match="may leave the range"):
        budget.check()


def test_without_the_check_integers_wrap_around():
    """The hypothesis dropped: three steps in one direction come out on the other side."""
    number, step = torch.zeros(1, 1, dtype=torch.int64), rows(0.8 * 2.0**62)
    for _ in range(3):
        number = moved(number, step)
    assert int(number) < 0


def test_no_points_need_no_budget():
    budget = Budget(1)
    to_lattice((torch.zeros(2, 0), torch.zeros(2, 0)), budget)
    budget.check()
