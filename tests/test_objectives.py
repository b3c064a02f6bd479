"""Bounds and the quadrature, on Gaussians whose marginal is known in closed form."""

import math

import pytest
import torch

import symflow as sf
from symflow.diagnostics import finite_actions
from symflow.encoders import AbstractEncoder
from symflow.errors import ArgumentError
from symflow.objectives import (
    effective_sample_size,
    elbo,
    importance_weighted_bound,
    marginal_log_prob,
    reverse_divergence,
)
from tests.random_models import points, scrambled
from tests.systems import SO2, SO3

# q ~ N(0, 2) and p given q ~ N(0.4 q, 0.68), in each direction: a joint Gaussian.
VARIANCE, SLOPE, REST = 2.0, 0.4, 0.68


def normal(x, variance):
    return -0.5 * (x**2 / variance + math.log(2 * math.pi * variance))


def log_joint(z):
    q, p = z.chunk(2, -1)
    return (normal(q, VARIANCE) + normal(p - SLOPE * q, REST)).sum(-1)


def log_marginal(q):
    return normal(q, VARIANCE).sum(-1)


WIDTH = math.sqrt(REST)


class Linear(AbstractEncoder):
    """N(slope q + shift, width^2) in each direction."""

    equivariant = False

    def __init__(self, slope=SLOPE, shift=0.0, width=WIDTH):
        super().__init__()
        self.slope, self.shift, self.width = slope, shift, width

    def parameters_at(self, q):
        unit = torch.eye(q.shape[-1], dtype=q.dtype).expand(*q.shape, q.shape[-1])
        return self.slope * q + self.shift, self.width * unit


WRONG = [
    Linear(slope=0.0),
    Linear(shift=0.8),
    Linear(width=1.6),
    Linear(0.2, -0.3, 0.5),
]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_exact_posterior_makes_every_estimate_exact(n):
    q = 2 * points(n, 50)
    exact = log_marginal(q)
    for estimate in (
        elbo(log_joint, Linear(), q, seeded()),
        importance_weighted_bound(log_joint, Linear(), q, 3, seeded()),
    ):
        torch.testing.assert_close(estimate, exact, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "encoder", WRONG, ids=lambda e: f"{e.slope} {e.shift} {e.width}"
)
def test_elbo_below_the_weighted_bound_below_the_truth(encoder):
    """In the mean, each by many of its standard errors."""
    q = 1.5 * points(1, 1).expand(4000, 1)
    exact = float(log_marginal(q)[0])
    plain = elbo(log_joint, encoder, q, seeded())
    weighted = importance_weighted_bound(log_joint, encoder, q, 64, seeded(1))
    for lower, upper in ((plain, weighted.mean()), (weighted, torch.tensor(exact))):
        error = float(lower.std()) / len(lower) ** 0.5
        assert float(lower.mean()) < float(upper) + 3 * error
    assert float(plain.mean()) < float(weighted.mean()) - 0.01
    assert exact - float(weighted.mean()) < 0.2 * (exact - float(plain.mean()))


@pytest.mark.parametrize(
    "encoder", WRONG, ids=lambda e: f"{e.slope} {e.shift} {e.width}"
)
def test_the_gap_of_the_elbo_is_the_divergence_of_the_encoder(encoder):
    """log p(q) - ELBO = KL(h | posterior), Gaussian against Gaussian."""
    q = 1.5 * points(1, 1).expand(20_000, 1)
    estimate = elbo(log_joint, encoder, q, seeded(2))
    offset = float((encoder.slope - SLOPE) * q[0] + encoder.shift)
    ratio = encoder.width**2 / REST
    divergence = 0.5 * (ratio - 1 - math.log(ratio) + offset**2 / REST)
    error = float(estimate.std()) / len(estimate) ** 0.5
    gap = float(log_marginal(q)[0]) - float(estimate.mean())
    assert abs(gap - divergence) < 5 * error


def test_one_sample_of_the_weighted_bound_is_the_elbo():
    q = points(2, 20)
    one = importance_weighted_bound(log_joint, WRONG[3], q, 1, seeded())
    torch.testing.assert_close(one, elbo(log_joint, WRONG[3], q, seeded()))


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("encoder", [Linear(), *WRONG[:3]], ids=lambda e: f"{e.width}")
def test_quadrature_is_the_marginal(n, encoder):
    q = 2 * points(n, 12)
    found = marginal_log_prob(log_joint, encoder, q)
    torch.testing.assert_close(found, log_marginal(q), rtol=0, atol=1e-6)
    assert marginal_log_prob(log_joint, encoder, q[0]).shape == ()
    grid = marginal_log_prob(log_joint, encoder, q.view(3, 4, n))
    torch.testing.assert_close(grid.ravel(), found)


def test_quadrature_needs_a_grid_that_fits():
    """The hypothesis dropped: a grid twenty times too narrow misses what is outside."""
    q = points(1, 5)
    missed = marginal_log_prob(log_joint, Linear(width=0.04), q) - log_marginal(q)
    assert float(missed.max()) < -0.5


def test_quadrature_in_three_dimensions_is_refused():
    with pytest.raises(ArgumentError, match="at most 2"):
        marginal_log_prob(log_joint, Linear(), points(3))


def test_a_bound_of_no_samples_is_refused():
    with pytest.raises(ArgumentError, match="positive"):
        importance_weighted_bound(log_joint, Linear(), points(1), samples=0)


def turned_gap(system, encoder):
    """The largest change of log p - log h as q and its sampled p are turned together."""
    n = system.space.n
    model = sf.HamiltonianFlow(
        sf.invariants(system.algebra), 2, width=8, encoder=encoder, dtype=torch.float64
    )
    scrambled(model.pieces, size=0.3)
    scrambled(model.encoder, size=0.4)
    q, worst = points(n, 64), 0.0
    with torch.no_grad():
        p, log_h = model.encoder.sample_with_log_prob(q, seeded())
        before = model.joint_log_prob(torch.cat([q, p], -1)) - log_h
        for matrix, _ in finite_actions(system.algebra):
            M = torch.tensor(matrix[:n, :n])
            z = torch.cat([q @ M.T, p @ M.T], -1)
            after = model.joint_log_prob(z) - model.encoder.log_prob(p @ M.T, q @ M.T)
            gap = (after - before).abs() / (1 + before.abs())
            worst = max(worst, float(gap.max()))
    return worst


@pytest.mark.parametrize("system", [SO2, SO3], ids=str)
def test_the_elbo_is_invariant_under_rotation(system):
    """With the noise turned along, for an equivariant encoder and for no plain one."""
    assert turned_gap(system, "equivariant") < 1e-11
    assert turned_gap(system, "mlp") > 1e-2


def test_the_bounds_have_gradients():
    model = sf.HamiltonianFlow(sf.invariants(SO2.algebra), 1, dtype=torch.float64)
    model.elbo(points(2), seeded()).mean().backward()
    weights = [w for w in model.parameters() if w.numel()]
    assert all(w.grad is not None and bool(w.grad.isfinite().all()) for w in weights)


def exact_energy(q):
    """An energy whose Boltzmann density is the marginal, with norm e^3."""
    return -log_marginal(q) - 3.0


def joint_samples(count):
    """Samples of the joint Gaussian in the plane."""
    generator = seeded(4)
    q, noise = torch.randn(2, count, 2, generator=generator, dtype=torch.float64)
    q = VARIANCE**0.5 * q
    return torch.cat([q, SLOPE * q + WIDTH * noise], -1)


def test_the_exact_posterior_makes_the_reverse_divergence_exact():
    z = joint_samples(50)
    values = reverse_divergence(log_joint, Linear(), exact_energy, z)
    expected = torch.full_like(values, -3.0)
    torch.testing.assert_close(values, expected, rtol=1e-12, atol=1e-12)
    assert effective_sample_size(-values) == pytest.approx(1)


@pytest.mark.parametrize(
    "encoder", [WRONG[1], Linear(width=0.6)], ids=["shifted", "narrow"]
)
def test_another_encoder_keeps_the_norm_and_loosens_the_bound(encoder):
    values = reverse_divergence(log_joint, encoder, exact_energy, joint_samples(40_000))
    weights = (-values).exp()
    error = float(weights.std()) / len(weights) ** 0.5
    assert abs(float(weights.mean()) - math.exp(3)) < 5 * error
    assert float(values.mean()) > -3 + 0.05
    assert effective_sample_size(-values) < 0.9


def test_an_energy_of_phase_space_needs_no_encoder():
    z = points(4)
    values = reverse_divergence(log_joint, None, lambda z: -log_joint(z), z)
    torch.testing.assert_close(values, torch.zeros_like(values))


@pytest.mark.parametrize("count", [1, 7, 100])
def test_the_effective_size_of_equal_weights_is_all_and_of_one_is_one(count):
    equal = torch.full((count,), 900.0)
    assert effective_sample_size(equal) == pytest.approx(1)
    one = torch.full((count,), -900.0)
    one[0] = 900
    assert effective_sample_size(one) == pytest.approx(1 / count)
    with pytest.raises(ArgumentError, match="log_weights"):
        effective_sample_size(torch.empty(0))
