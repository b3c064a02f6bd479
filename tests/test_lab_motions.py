"""Motions of the lab: what each method keeps, and what it does not."""

import math

import numpy as np
import pytest
import torch

from symflow.algebra import LieAlgebra
from symflow.errors import ArgumentError, SymflowError, UnsupportedError
from symflow.figures import panels
from symflow.lab_motions import (
    METHODS,
    draw_errors,
    draw_portrait,
    motion_figure,
    move,
    symmetry_errors,
)
from symflow.lab_problems import read_problem
from symflow.phase_space import PhaseSpace

LINE, PLANE = PhaseSpace("x"), PhaseSpace("x y")
ROUND = "(p_x**2 + p_y**2 + x**2 + y**2)/2"
START = (1.0, 0.0, 0.2, 0.7)
EPSILON = 2.0**-52
L, S = "x*p_y - y*p_x", "p_x*p_y + x*y"


def test_gauss_and_leapfrog_keep_momentum_and_euler_does_not():
    drifts = {
        method: move(ROUND, PLANE, START, method).drifts({"L": L})["$L$"].max()
        for method in METHODS
    }
    assert drifts["Gauss, order 6"] < 100 * EPSILON
    assert drifts["leapfrog"] < 100 * EPSILON
    assert drifts["Euler"] > 0.1


@pytest.mark.parametrize(("method", "order"), [("leapfrog", 2), ("Euler", 1)])
def test_errors_fall_by_the_order_of_the_method(method, order):
    errors = []
    for step in (0.02, 0.01):
        found = move("(x**2 + p_x**2)/2", LINE, (1, 0), method, step, duration=2)
        errors.append(abs(float(found.points[-1, 0, 0]) - math.cos(2)))
    assert abs(math.log2(errors[0] / errors[1]) - order) < 0.1


def test_leapfrog_is_not_equivariant_under_what_mixes_q_and_p():
    both = LieAlgebra(PLANE, {"D": "p_x**2 + x**2 - p_y**2 - y**2"})
    exact = symmetry_errors(move(ROUND, PLANE, START), both)
    assert exact["D"] < 1e-14
    leapfrog = [
        symmetry_errors(move(ROUND, PLANE, START, "leapfrog", h), both)["D"]
        for h in (0.2, 0.1)
    ]
    assert leapfrog[1] > 1e-4
    assert abs(math.log2(leapfrog[0] / leapfrog[1]) - 2) < 0.3


def test_a_broken_symmetry_is_seen_and_a_kept_one_is_not():
    so2 = LieAlgebra(PLANE, {"L": L})
    assert symmetry_errors(move(ROUND, PLANE, START), so2)["L"] < 1e-14
    broken = move(f"{ROUND} + x**2/20", PLANE, START)
    assert symmetry_errors(broken, so2)["L"] > 1e-3


def test_generators_that_move_points_along_curves_are_left_out():
    conformal = LieAlgebra(LINE, {"E": "p_x**2/2 + 1/(2*x**2)", "K": "x**2/2",
                                  "D": "x*p_x"})  # fmt: skip
    found = symmetry_errors(move("p_x**2/2 + x**2/2", LINE, (1, 0.2)), conformal)
    assert set(found) == {"K", "D"}


@pytest.mark.parametrize("method", METHODS)
def test_free_motion_is_straight(method):
    path = move("p_x**2/2", LINE, (1, 0.5), method).points[:, 0]
    t = 0.2 * torch.arange(len(path), dtype=torch.float64)
    assert torch.allclose(path[:, 0], 1 + 0.5 * t, atol=1e-13)
    assert torch.equal(path[:, 1], torch.full_like(t, 0.5))


def test_neighbours_that_are_too_fast_do_not_spoil_the_motion():
    kepler = "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2)"
    found = move(kepler, PLANE, (0.5, 0, 0, 1.2), step_size=0.15)
    energy = found.drifts({"H": kepler})["$H$"]
    assert found.points.shape[1] in (1, 5)
    assert energy.max() < 1e-2


@pytest.mark.parametrize(
    ("H", "method", "kind"),
    [
        ("3", "leapfrog", ArgumentError),
        ("p_x**2/2 - x**4", "Euler", ArgumentError),
        ("p_x**2/2 - x**4", "Gauss, order 6", SymflowError),
        ("x*p_x", "leapfrog", UnsupportedError),
        ("p_x**2", "Verlet", ArgumentError),
    ],
)
def test_what_cannot_be_moved_is_said(H, method, kind):
    with pytest.raises(kind, match="Argument `"):
        move(H, LINE, (1, 1), method)


def test_the_portrait_goes_through_the_points():
    found = move("(x**2 + p_x**2)/2", LINE, (1, 0), step_size=0.5)
    ax = draw_portrait(found, ("x", "p_x"), panels(1)[1][0])
    x, p = ax.lines[-2].get_data()
    assert np.allclose(np.hypot(x, p), 1, atol=1e-3)
    with pytest.raises(ArgumentError, match="`plane` must name two of x, p_x"):
        draw_portrait(found, ("x", "y"), panels(1)[1][0])


def test_a_symmetry_is_told_by_words_and_not_by_colour_alone():
    ax = draw_errors({"A": 1e-16, "B": 0.0, "C": 0.5}, panels(1)[1][0])
    assert [t.get_text().strip() for t in ax.texts] == ["kept", "kept", "broken"]


def test_the_figure_moves_with_a_parameter():
    problem = read_problem("x y", f"L = {L}", "b = 0")
    H = problem.space.read(f"{ROUND} + b*x**2")
    words = [
        [t.get_text().strip() for t in figure.axes[2].texts]
        for b in (0, 0.05)
        for figure in [motion_figure(problem, H, {"b": b}, START, ("x", "y"))]
    ]
    assert words == [["kept"], ["broken"]]
