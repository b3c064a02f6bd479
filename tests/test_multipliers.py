"""Multipliers rise while a constraint is violated, fall when it is met, and converge."""

import pytest
import torch

from symflow.errors import ArgumentError
from symflow.multipliers import AugmentedLagrangian, DualAscent, Geco

SCHEDULES = [DualAscent(), AugmentedLagrangian(), Geco()]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
def test_multipliers_rise_when_violated_and_fall_when_met(schedule):
    state = schedule.start(1) + 0.5
    high, low = torch.tensor([10 * schedule.tolerance + 1]), torch.zeros(1)
    risen = schedule.step(state, high)
    assert float(risen[0]) > float(state[0])
    for _ in range(400):
        state = schedule.step(state, low)
    assert float(state[0]) < 0.5


def test_the_augmented_wall_goes_over_into_dual_ascent():
    """For a vanishing wall the penalty is the multiplier times the constraint."""
    state, sizes = torch.full((1, 2), 3.0).double(), torch.tensor([0.5, 0.1]).double()
    thin = AugmentedLagrangian(wall=1e-6, tolerance=0.01).penalty(state, sizes)
    plain = DualAscent(tolerance=0.01).penalty(state, sizes)
    torch.testing.assert_close(thin, plain, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "schedule",
    [
        DualAscent(rate=0.05, tolerance=1.0),
        AugmentedLagrangian(wall=1.0, rate=0.05, tolerance=1.0),
        Geco(tolerance=1.0),
    ],
    ids=lambda s: type(s).__name__,
)
def test_the_minimum_on_the_constraint_is_found(schedule):
    """The least (x - 3)^2 where x^2 is at most 1 lies at x = 1, with multiplier 2."""
    x = torch.tensor([3.0], dtype=torch.float64, requires_grad=True)
    state = schedule.start(1).double()
    for _ in range(1000):
        size = x.square()
        value = (x - 3).square().sum() + schedule.penalty(state, size)
        (slope,) = torch.autograd.grad(value, x)
        state = schedule.step(state, size.detach())
        with torch.no_grad():
            x -= 0.05 * slope
    assert x.item() == pytest.approx(1, abs=0.02)
    assert float(state[0]) == pytest.approx(2, abs=0.1)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ArgumentError, match="wall"):
        AugmentedLagrangian(wall=0)
    with pytest.raises(ArgumentError, match="rate"):
        DualAscent(rate=-1.0)
    with pytest.raises(ArgumentError, match="memory"):
        Geco(memory=1.0)
