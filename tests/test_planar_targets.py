"""Planar targets are normalised, and their samples follow them."""

import pytest
import torch

from symflow.errors import ArgumentError
from symflow.planar_targets import Blobs, BoxWithCross, Crescents

TARGETS = [
    Blobs(),
    Blobs(3, 0.5, 0.5),
    Crescents(),
    Crescents(1.0, 0.3, 1.2, 0.5),
    BoxWithCross(),
    BoxWithCross(1.0, 0.5),
]


@pytest.fixture(params=TARGETS, ids=str)
def target(request):
    return request.param


def test_it_is_normalised_by_quadrature(target):
    axis = torch.linspace(-6, 6, 451, dtype=torch.float64)
    q = torch.cartesian_prod(axis, axis) + 1e-4
    cell = float(axis[1] - axis[0]) ** 2
    # The arcs have a pole where radii meet, of a weight below the tolerance.
    assert float(target.log_prob(q).exp().sum()) * cell == pytest.approx(1, abs=2e-4)


def test_samples_fill_the_cells_as_the_density_says(target):
    """Counts in cells of a grid against midpoint sums, in standard errors."""
    count = 40_000
    q = target.sample(count, torch.Generator().manual_seed(0))
    assert q.dtype == torch.float64
    edges = torch.linspace(-6, 6, 13, dtype=torch.float64)
    found, _ = torch.histogramdd(q, [edges, edges])
    fine = torch.linspace(-6, 6, 481, dtype=torch.float64)[:-1] + 12 / 480 / 2
    density = target.log_prob(torch.cartesian_prod(fine, fine)).exp() * (12 / 480) ** 2
    expected = density.view(12, 40, 12, 40).sum((1, 3)) * count
    off = (found - expected).abs() / (expected + 1).sqrt()
    assert float(off.max()) < 5


def test_precision_follows_the_points(target):
    assert target.log_prob(torch.zeros(3, 2)).dtype == torch.float32


@pytest.mark.parametrize("kind", [Blobs, Crescents, BoxWithCross])
def test_a_width_of_zero_is_refused(kind):
    with pytest.raises(ArgumentError, match="width"):
        kind(width=0.0)
