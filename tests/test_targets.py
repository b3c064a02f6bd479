"""Rings: normalised, invariant, and sampled as they say."""

import math

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError

RINGS = [
    sf.Rings(),
    sf.Rings(radii=(2.0,), width=0.5),
    sf.Rings(radii=(0.3, 1.0, 4.0), width=0.4, weights=(1, 2, 5)),
]


NODES = np.polynomial.legendre.leggauss(160)


@pytest.fixture(params=RINGS, ids=str)
def rings(request):
    return request.param


def on_radii(rings):
    """Radii, quadrature weights with the circumference, and the log-density there."""
    nodes, weights = NODES
    reach = max(rings.radii) + 10 * rings.width
    r = torch.tensor(reach * (nodes + 1) / 2)
    measure = torch.tensor(reach * weights / 2) * 2 * math.pi * r
    return r, measure, rings.log_prob(torch.stack([r, torch.zeros_like(r)], -1))


def test_it_is_normalised(rings):
    _, measure, log_prob = on_radii(rings)
    assert float((measure * log_prob.exp()).sum()) == pytest.approx(1, abs=1e-12)


def test_it_is_invariant_under_rotation(rings):
    so2 = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
    q = 3 * torch.randn(200, 2, generator=torch.Generator().manual_seed(0)).double()
    assert sf.invariance_error(rings.log_prob, so2, q) < 1e-13
    off_centre = q + torch.tensor([0.5, 0.0])

    def moved(q):
        return rings.log_prob(q + torch.tensor([0.5, 0.0]))

    assert sf.invariance_error(moved, so2, off_centre) > 1e-2


def distribution(rings, r):
    """P(radius <= r): the folded normals, added up."""

    def normal(x):
        return 0.5 * (1 + torch.erf(x / math.sqrt(2)))

    total = torch.zeros_like(r)
    for R, w in zip(rings.radii, rings.probabilities.tolist(), strict=True):
        total += w * (normal((r - R) / rings.width) - normal((-r - R) / rings.width))
    return total


def test_samples_have_the_radii_and_the_angles(rings):
    count = 20_000
    q = rings.sample(count, torch.Generator().manual_seed(1))
    r = torch.linalg.vector_norm(q, dim=-1).sort().values
    steps = torch.arange(count) / count
    # Kolmogorov: exceeded once in a thousand by right samples.
    assert float((distribution(rings, r) - steps).abs().max()) < 1.95 / count**0.5
    direction = torch.view_as_complex(q.contiguous())
    direction = direction / direction.abs()
    for k in (1, 2, 3):
        assert abs((direction**k).mean().item()) < 4 / count**0.5


def test_the_mean_log_density_of_samples_is_minus_the_entropy(rings):
    count = 50_000
    values = rings.log_prob(rings.sample(count, torch.Generator().manual_seed(2)))
    _, measure, log_prob = on_radii(rings)
    expected = float((measure * log_prob.exp() * log_prob).nan_to_num().sum())
    assert abs(float(values.mean()) - expected) < 5 * float(values.std()) / count**0.5


def test_probabilities_are_weights_over_their_sum():
    assert RINGS[2].probabilities.tolist() == [1 / 8, 2 / 8, 5 / 8]
    assert sf.Rings().probabilities.tolist() == [0.5, 0.5]


def test_precision_follows_the_points():
    q = sf.Rings().sample(10)
    assert q.dtype == torch.float64
    assert sf.Rings().log_prob(q.float()).dtype == torch.float32


@pytest.mark.parametrize(
    "given",
    [
        {"weights": (1.0,)},
        {"weights": (1.0, 2.0, 3.0)},
        {"weights": (1.0, -1.0)},
        {"weights": (0.0, 1.0)},
        {"weights": (math.nan, 1.0)},
        {"width": 0.0},
        {"width": -0.2},
        {"width": math.inf},
        {"radii": ()},
    ],
)
def test_what_is_no_density_is_refused(given):
    with pytest.raises(ArgumentError, match="must"):
        sf.Rings(**given)
