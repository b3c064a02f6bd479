"""Soft-uniform densities are normalised, sampled exactly, and refused where they lie."""

import math

import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError, NonCompactError, UnsupportedError
from symflow.soft_uniform import RadialSoftUniform, SoftUniform
from tests.random_models import points
from tests.systems import SO2, SO3, U2

LINE = sf.LieAlgebra(sf.PhaseSpace("q", "p"), {})
OSCILLATOR = sf.LieAlgebra(sf.PhaseSpace("q", "p"), {"H": "(p**2 + 4*q**2)/2"})
BALLS = [(3.0, 3.0), (1.0, 1.2), (2.0, 40.0)]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def radial(algebra, radius=3.0, sharpness=3.0):
    return RadialSoftUniform(sf.LinearAction(algebra), radius, sharpness).double()


@pytest.mark.parametrize(("width", "sharpness"), [(3.0, 10.0), (1.0, 0.7)])
def test_the_product_is_normalised_by_quadrature(width, sharpness):
    base = SoftUniform(LINE, width, sharpness).double()
    axis = torch.linspace(-80, 80, 4001, dtype=torch.float64)
    line = torch.stack([axis, torch.zeros_like(axis)], -1)
    marginal = base.log_prob(line) - base.log_prob(torch.zeros(2).double()) / 2
    assert float(marginal.exp().sum() * 0.04) == pytest.approx(1, abs=1e-10)


def test_the_product_samples_have_the_moments_of_their_parts():
    """The variance of a uniform number, w^2/12, plus a logistic one, pi^2/(3 b^2)."""
    base = SoftUniform(LINE, 3.0, 2.0).double()
    z = base.sample(100_000, seeded())
    variance = 9 / 12 + math.pi**2 / 12
    assert float(z.var()) == pytest.approx(variance, rel=0.02)
    assert z.mean(0).abs().max() < 5 * math.sqrt(variance / 1e5)


@pytest.mark.parametrize("system", [SO2, SO3, U2], ids=str)
def test_the_product_is_refused_for_any_motion(system):
    with pytest.raises(UnsupportedError, match="corners"):
        SoftUniform(system.algebra)


def test_why_it_is_refused():
    """At half the width it falls from the axis to the diagonal, and is not invariant."""
    base = SoftUniform(sf.LieAlgebra(sf.PhaseSpace("x y"), {}), 3.0, 10.0).double()
    z = points(4, 64)
    assert sf.invariance_error(base.log_prob, SO2.algebra, z) > 0.1
    at = torch.tensor([[1.5, 0, 0, 0], [1.5 / 2**0.5, 1.5 / 2**0.5, 0, 0]]).double()
    axis, diagonal = base.log_prob(at) - base.log_prob(torch.zeros(4).double())
    assert float(axis) == pytest.approx(-0.69, abs=0.01)
    assert float(diagonal) == pytest.approx(-0.02, abs=0.01)


@pytest.mark.parametrize(("radius", "sharpness"), BALLS)
@pytest.mark.parametrize("system", [SO2, SO3], ids=str)
def test_the_ball_is_normalised_by_quadrature(system, radius, sharpness):
    """Along the radius; the sphere of d dimensions is known."""
    base = radial(system.algebra, radius, sharpness)
    d = base.size
    r = torch.linspace(0, radius + 60 / sharpness, 40_001, dtype=torch.float64)
    z = torch.nn.functional.pad(r[:, None], (0, d - 1))
    sphere = 2 * math.pi ** (d / 2) / math.gamma(d / 2)
    density = base.log_prob(z).detach().exp() * sphere * r ** (d - 1)
    assert float(torch.trapezoid(density, r)) == pytest.approx(1, abs=1e-7)


def test_the_ball_in_a_metric_is_normalised_over_the_plane():
    base = radial(OSCILLATOR)
    axis = torch.linspace(-15, 15, 801, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    total = float(base.log_prob(z).detach().exp().sum()) * float(axis[1] - axis[0]) ** 2
    # The density has a cusp of size exp(-9) at the centre, where a sum is second order.
    assert total == pytest.approx(1, abs=1e-6)
    assert sf.invariance_error(base.log_prob, OSCILLATOR, points(2)) < 1e-13


@pytest.mark.parametrize("system", [SO2, SO3, U2], ids=str)
def test_the_ball_is_invariant(system):
    base = radial(system.algebra)
    z = 2 * points(base.size, 32)
    with torch.no_grad():
        assert sf.invariance_error(base.log_prob, system.algebra, z) < 1e-13


@pytest.mark.parametrize(("radius", "sharpness"), BALLS)
def test_the_samples_have_the_radii_of_the_density(radius, sharpness):
    base = radial(SO2.algebra, radius, sharpness)
    count = 20_000
    z = base.sample(count, seeded(1))
    r = torch.linalg.vector_norm(z, dim=-1).sort().values
    grid = torch.linspace(0, radius + 40 / sharpness, 20_001, dtype=torch.float64)
    along = torch.nn.functional.pad(grid[:, None], (0, 3))
    density = base.log_prob(along).detach().exp() * 2 * math.pi**2 * grid**3
    below = torch.cumulative_trapezoid(density, grid)
    place = torch.searchsorted(grid[1:], r).clamp_max(len(below) - 1)
    steps = torch.arange(count) / count
    # Kolmogorov: exceeded once in a thousand by right samples.
    assert float((below[place] - steps).abs().max()) < 1.95 / count**0.5 + 1e-3
    assert z.mean(0).abs().max() < 5 * float(z.std()) / count**0.5


def test_radius_and_sharpness_learn_from_data():
    """The slope of the log-likelihood vanishes, in the mean, at the true numbers."""
    base = radial(SO2.algebra, 2.0, 4.0)
    values = base.log_prob(base.sample(20_000, seeded(3)))
    for parameter in (base.log_radius, base.log_edge):
        (slope,) = torch.autograd.grad(values.mean(), parameter, retain_graph=True)
        # The spread of the score over samples is below ten for these numbers.
        assert abs(float(slope)) < 5 * 10 / 20_000**0.5


def test_what_is_no_density_is_refused():
    with pytest.raises(ArgumentError, match="width"):
        SoftUniform(LINE, width=0)
    with pytest.raises(ArgumentError, match="product above 1"):
        RadialSoftUniform(sf.LinearAction(LINE), 1.0, 0.5)
    moved = sf.LieAlgebra(sf.PhaseSpace("q", "p"), {"P": "p"})
    with pytest.raises(NonCompactError):
        RadialSoftUniform(sf.LinearAction(moved))
