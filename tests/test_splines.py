"""Splines: pieces that join twice differentiably, and an integral in closed form."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symflow.errors import ArgumentError
from symflow.splines import CubicSpline
from tests.random_models import scrambled

EPSILON = torch.finfo(torch.float64).eps
KINDS = [(8, -4.0, 30.0), (5, 0.5, 2.0), (24, -100.0, 1.0)]


def knots(spline, intervals):
    ends = math.asinh(spline.low), math.asinh(spline.high)
    return np.sinh(np.linspace(*ends, intervals + 1))


def slopes(spline, at):
    at = torch.as_tensor(at, dtype=torch.float64)
    return spline.gradient(at[:, None]).detach()[:, 0]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_equal_coefficients_give_a_constant(kind):
    """B-splines sum to one, between the knots and beyond them."""
    spline = CubicSpline(*kind).double()
    with torch.no_grad():
        spline.coefficients.fill_(1.75)
    at = torch.linspace(-300, 300, 1001, dtype=torch.float64)
    assert bool((slopes(spline, at) - 1.75).abs().le(20 * EPSILON).all())
    # The integral of a constant is a line, of length up to 300.
    value = spline.value(at[:, None]).detach()
    assert bool((value - 1.75 * at).abs().le(300 * 20 * EPSILON).all())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_pieces_join_twice_differentiably(kind):
    """The polynomial on the left of each knot and its two derivatives, and on the right."""
    spline = scrambled(CubicSpline(*kind).double(), seed=1, size=1.0)
    (table,) = spline.folded()
    c0, c1, c2, c3 = table.detach()
    width = torch.as_tensor(np.diff(knots(spline, kind[0])))
    left = torch.stack(
        [c0 + c1 + c2 + c3, (c1 + 2 * c2 + 3 * c3) / width, (c2 + 3 * c3) / width**2]
    )
    right = torch.stack([c0, c1 / width, c2 / width**2])
    size = right.abs().amax(1, keepdim=True)
    gap = (left[:, :-1] - right[:, 1:]).abs()
    assert bool(gap.le(200 * EPSILON * size).all())
    # It is flat at both ends, where a constant begins.
    ends = torch.cat([right[1:, 0], left[1:, -1]])
    assert bool(ends.abs().le(200 * EPSILON * size.max()).all())


@pytest.mark.parametrize("monotone", [False, True])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_value_is_the_integral_of_the_slope(kind, monotone):
    """Four nodes on each interval integrate a cubic exactly."""
    spline = CubicSpline(*kind, monotone=monotone).double()
    spline = scrambled(spline, seed=2, size=1.0)
    nodes, weights = np.polynomial.legendre.leggauss(4)
    edges = knots(spline, kind[0])
    middles, halves = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    at = middles[:, None] + halves[:, None] * nodes
    each = slopes(spline, at.ravel()).reshape(at.shape) * torch.as_tensor(weights)
    by_nodes = (each.sum(1) * torch.as_tensor(halves)).cumsum(0)
    value = spline.value(torch.as_tensor(edges)[:, None]).detach()
    size = float(each.abs().sum(1).dot(torch.as_tensor(halves)))
    assert bool((value[1:] - value[0] - by_nodes).abs().le(200 * EPSILON * size).all())
    assert spline.value(torch.zeros(1, 1, dtype=torch.float64)).item() == 0.0


@given(st.lists(st.floats(-30, 30), min_size=7, max_size=7), st.floats(-1e3, 1e3))
@settings(max_examples=50, deadline=None)
def test_a_monotone_spline_rises_for_any_weights(weights, at):
    spline = CubicSpline(8, monotone=True).double()
    with torch.no_grad():
        spline.coefficients.copy_(torch.tensor(weights, dtype=torch.float64))
    smallest = math.log1p(math.exp(min(weights)))
    largest = math.log1p(math.exp(max(weights)))
    slope = float(slopes(spline, [at]))
    assert slope >= smallest - 20 * EPSILON * largest


def test_a_free_spline_falls_where_it_is_told_to():
    """The hypothesis dropped: nothing keeps free coefficients positive."""
    spline = CubicSpline(8).double()
    with torch.no_grad():
        spline.coefficients.fill_(-1.0)
    assert bool((slopes(spline, torch.linspace(-5, 50, 9).double()) < 0).all())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nothing_overflows_and_far_away_the_slope_is_constant(dtype):
    spline = scrambled(CubicSpline(), size=1.0).to(dtype)
    far = torch.tensor([30.0, 1e6, 1e30], dtype=dtype)
    for sign, coefficient in ((1, -1), (-1, 0)):
        slope = spline.gradient(sign * far[:, None]).detach()
        known = spline.coefficients.detach()[coefficient]
        error = (slope - known).abs().max()
        assert float(error) <= 20 * torch.finfo(dtype).eps * float(known.abs())
    assert bool(spline.value(far[:, None]).isfinite().all())


def test_the_error_falls_with_the_fourth_power_of_the_distance_of_knots():
    """Least squares of a smooth slope, which is linear in the coefficients."""
    at = torch.linspace(-3, 4, 700, dtype=torch.float64)
    # A bump that is flat at both ends, as the spline is there.
    wanted = torch.exp(-4 * (at - 0.5) ** 2) * torch.sin(3 * at)
    errors = []
    for intervals in (12, 24, 48):
        spline = CubicSpline(intervals, low=-3.0, high=4.0).double()
        units = torch.eye(intervals - 1, dtype=torch.float64)
        columns = []
        for unit in units:
            with torch.no_grad():
                spline.coefficients.copy_(unit)
            columns.append(slopes(spline, at))
        design = torch.stack(columns, 1)
        best = torch.linalg.lstsq(design, wanted[:, None]).solution
        errors.append(float((design @ best)[:, 0].sub(wanted).abs().max()))
    assert errors[0] > 8 * errors[1] > 64 * errors[2]


def test_wrong_arguments_are_named():
    for intervals in (3, 8.0):
        with pytest.raises(
            ArgumentError, match=rf"`intervals`.* 4, but it is {intervals}"
        ):
            CubicSpline(intervals)
    for low, high in ((1.0, 1.0), (2.0, 1.0), (0.0, math.inf), (math.nan, 1.0)):
        with pytest.raises(ArgumentError, match="`low`"):
            CubicSpline(8, low, high)
