"""Training in the lab: round at every step where the symmetry is built in."""

import pytest
import torch

from symflow.algebra import LieAlgebra
from symflow.diagnostics import invariance_error
from symflow.errors import ArgumentError
from symflow.lab_training import RingTraining
from symflow.phase_space import PhaseSpace

SO2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
Q = torch.tensor([[0.5, 0.2, 0.3, -0.1], [2.0, 0.3, -0.4, 0.2], [-1.0, 1.0, 0.1, 0.6]])
ROUNDING = 1e-4  # float32 has six digits, a chain uses up two


def error(training):
    return invariance_error(training.model.joint_log_prob, SO2, Q)


def test_the_symmetry_holds_at_every_step_only_where_it_is_built_in():
    with_it = RingTraining(steps=40, blocks=1)
    without = RingTraining(symmetric=False, steps=40, blocks=1)
    for training in (with_it, without):
        training.advance(15)
    assert error(with_it) < ROUNDING
    assert error(without) > 100 * ROUNDING


def test_the_bound_rises_and_stays_below_the_target():
    training = RingTraining(steps=60, blocks=2)
    for _ in range(3):
        training.advance(20)
    bounds = [bound for _, bound in training.bounds]
    assert [step for step, _ in training.bounds] == [20, 40, 60]
    assert bounds[0] < bounds[-1] < training.entropy + 0.05
    assert training.done


def test_nothing_is_done_after_the_last_step():
    training = RingTraining(steps=2, blocks=1)
    training.advance(5)
    weights = [p.clone() for p in training.model.parameters()]
    training.advance(5)
    assert training.step == 2
    assert all(map(torch.equal, weights, training.model.parameters()))


def test_an_unknown_target_is_refused():
    with pytest.raises(ArgumentError, match="`target` must be one of one ring"):
        RingTraining("three rings")
