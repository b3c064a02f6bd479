"""Rings: normalised, invariant, and sampled as they say."""

import math

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError
from symflow.targets import Cloud, Spirals

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


def turned(z, angle):
    """Every pair of coordinates turned by the same angle."""
    c, s = math.cos(angle), math.sin(angle)
    turn = torch.tensor([[c, -s], [s, c]], dtype=z.dtype)
    return (z.unflatten(-1, (-1, 2)) @ turn.T).flatten(-2)


TURNING = [
    Spirals(),
    Spirals(1.0, 0.4, -3.0, 0.5),
    Cloud(((1.0, 0.0),), 0.3),
    Cloud(((1.0, 0.0), (0.2, -0.9)), 0.4),
]


@pytest.mark.parametrize("target", TURNING, ids=str)
def test_a_turn_of_all_points_changes_nothing(target):
    z = target.sample(50, torch.Generator().manual_seed(0))
    for angle in (0.3, 2.0, -1.1):
        torch.testing.assert_close(
            target.log_prob(turned(z, angle)),
            target.log_prob(z),
            rtol=1e-12,
            atol=1e-12,
        )


@pytest.mark.parametrize("target", TURNING, ids=str)
def test_it_is_normalised_and_its_samples_follow_it(target):
    """By weights of a wide Gaussian: the mean of p / g is one, and of f p / g is f's."""
    count = 200_000
    z = target.sample(count, torch.Generator().manual_seed(1))
    wide = 1.3 * z.std(0)
    generator = torch.Generator().manual_seed(2)
    noise = torch.randn(z.shape, dtype=z.dtype, generator=generator)
    log_wide = (-(noise**2) / 2 - wide.log() - math.log(2 * math.pi) / 2).sum(-1)
    weights = (target.log_prob(wide * noise) - log_wide).exp()
    error = float(weights.std()) / count**0.5
    assert error < 0.03
    assert abs(float(weights.mean()) - 1) < 5 * error
    size = (wide * noise).square().sum(-1) * weights
    expected = z.square().sum(-1)
    spread = math.hypot(float(size.std()), float(expected.std())) / count**0.5
    assert abs(float(size.mean() - expected.mean())) < 5 * spread


def test_a_cloud_of_one_point_is_a_blurred_ring():
    """Its density is an average of Gaussians about the ring, here by a sum."""
    cloud = Cloud(((2.0, 0.0),), 0.5)
    q = 2 * torch.randn(20, 2, dtype=torch.float64)
    angles = torch.arange(400) * 2 * math.pi / 400
    ring = 2 * torch.stack([angles.cos(), angles.sin()], -1).double()
    away = (q[:, None] - ring).square().sum(-1) / (2 * 0.25)
    expected = torch.logsumexp(-away, -1) - math.log(400) - math.log(2 * math.pi * 0.25)
    torch.testing.assert_close(cloud.log_prob(q), expected)


def test_spirals_and_clouds_that_are_no_density_are_refused():
    with pytest.raises(ArgumentError, match="positive"):
        Spirals(spread=0.0)
    with pytest.raises(ArgumentError, match="a point"):
        Cloud(())
