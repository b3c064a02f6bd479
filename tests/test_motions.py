"""Motions: closed forms, and charges that are kept exactly where the law holds."""

import math

import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError
from symflow.motions import charge_drift, trajectory

PLANE = sf.PhaseSpace("x y")
L = "x*p_y - y*p_x"
START = torch.tensor([1.0, 0.2, -0.3, 0.7], dtype=torch.float64)
EPSILON = torch.finfo(torch.float64).eps


def test_free_motion_is_straight():
    points = trajectory("(p_x**2 + p_y**2)/2", PLANE, START, 50, 0.1)
    t = 0.1 * torch.arange(51, dtype=torch.float64)
    q = START[:2] + t[:, None] * START[2:]
    assert (points[:, :2] - q).abs().max() < 200 * EPSILON


def test_a_step_is_of_order_six():
    errors = []
    for steps in (8, 16):
        points = trajectory(
            "x**2/2 + p_x**2/2", sf.PhaseSpace("x"), START[:2], steps, 4 / steps
        )
        exact = START[0] * math.cos(4) + START[1] * math.sin(4)
        errors.append(abs(float(points[-1, 0] - exact)))
    assert errors[0] / errors[1] == pytest.approx(2**6, rel=0.25)


def test_the_charge_stays_where_it_commutes_and_drifts_where_it_does_not():
    """60 steps of 3 stages, each with a few machine epsilons."""
    round_ = trajectory("(p_x**2 + p_y**2)/2 + (x**2 + y**2)**2/4", PLANE, START, 60)
    dented = trajectory("(p_x**2 + p_y**2)/2 + (x**2 + 2*y**2)**2/4", PLANE, START, 60)
    assert charge_drift(L, PLANE, round_).max() < 300 * EPSILON
    assert charge_drift(L, PLANE, dented).max() > 1e-2


def test_many_points_move_as_each_alone():
    both = torch.stack([START, 2 * START])
    together = trajectory("p_x**2/2 + p_y**2/2 + x**2*y**2", PLANE, both, 20)
    alone = trajectory("p_x**2/2 + p_y**2/2 + x**2*y**2", PLANE, 2 * START, 20)
    assert (together[:, 1] - alone).abs().max() < 100 * EPSILON


def test_points_of_another_width_are_refused():
    with pytest.raises(ArgumentError, match="`z`"):
        trajectory("x**2", PLANE, START[:3])
