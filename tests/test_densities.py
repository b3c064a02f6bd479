"""Bases are normalised and invariant for any weights, and their samples follow them."""

import math

import numpy as np
import pytest
import torch

import symflow as sf
from tests.random_models import base_of, points
from tests.systems import COMPACT, SO2, SO2_AXIS, SO3, SO3_THREE

LINE = sf.PhaseSpace("q", "p")
PLANE = sf.PhaseSpace("x y")
ON_A_LINE = [
    sf.LieAlgebra(LINE, {}),
    sf.LieAlgebra(LINE, {"H": "(p**2 + q**2)/2"}),
    sf.LieAlgebra(LINE, {"H": "p**2 + q**2/2"}),
    sf.LieAlgebra(LINE, {"H": "((p - 1)**2 + 2*(q + 2)**2)/2"}),
]
ALGEBRAS = [
    *(system.algebra for system in COMPACT if system is not SO3_THREE),
    *ON_A_LINE,
    sf.LieAlgebra(PLANE, {"L": "x*p_y - 2*y*p_x"}),
    sf.LieAlgebra(PLANE, {"L": "sqrt(2)*((x - 1)*p_y - y*p_x)"}),
    sf.LieAlgebra(PLANE, {"H": "p_x**2 + x**2 + sqrt(2)*(p_y**2 + 3*y**2)"}),
]


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield


def label(algebra):
    return f"{algebra.space.n}: {', '.join(map(str, algebra.generators.values()))}"[:60]


def grid(reach, count):
    """Points of a square and the area of a cell; for a Gaussian that fades out inside
    the plain sum is exact to all digits that its width allows."""
    axis = torch.linspace(-reach, reach, count, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    return z, float(axis[1] - axis[0]) ** 2


@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("algebra", ON_A_LINE, ids=label)
def test_normalisation_by_quadrature(algebra, components):
    base = base_of(algebra, components, seed=4)
    z, cell = grid(40.0, 800)
    assert float(base.log_prob(z).exp().sum()) * cell == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("algebra", ALGEBRAS, ids=label)
def test_invariance_for_any_weights(algebra, seed):
    base = base_of(algebra, seed=seed)
    z = 2 * points(base.size, 32, seed=seed)
    # The condition of a random covariance multiplies the round-off.
    assert sf.invariance_error(base.log_prob, algebra, z) < 1e-11


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_precision_follows_the_weights(dtype):
    base = base_of(SO3.algebra).to(dtype)
    assert base.log_prob(points(6, dtype=dtype)).dtype == dtype
    assert base.sample(3).dtype == dtype
    tolerance = 1e-5 if dtype == torch.float32 else 1e-12
    z = points(6, dtype=dtype)
    assert sf.invariance_error(base.log_prob, SO3.algebra, z) < tolerance


def matrices(*diagonals):
    return np.stack([np.diag(d) for d in diagonals])


@pytest.mark.parametrize("dropped", ["covariance", "mean", "metric"])
def test_case_r09_what_is_not_in_the_commutant_breaks_the_rotation(dropped):
    """Learnable diagonal scales, a mean off the axis, a metric that is not kept."""
    good = {
        "commutant": matrices([1.0, 1, 1, 1]),
        "metric": np.eye(4),
        "fixed_point": np.zeros(4),
        "fixed_vectors": np.zeros((0, 4)),
        "components": 1,
    }
    wrong = {
        "covariance": {"commutant": matrices([1, 2.0, 1, 1])},
        "mean": {"fixed_vectors": np.eye(4)[:1]},
        "metric": {"metric": np.diag([1, 2.0, 1, 1])},
    }[dropped]
    z = points(4, 64)
    generator = torch.Generator().manual_seed(3)
    right = sf.InvariantGaussianMixture(**good, generator=generator).double()
    broken = sf.InvariantGaussianMixture(**good | wrong, generator=generator).double()
    assert sf.invariance_error(right.log_prob, SO2.algebra, z) < 1e-14
    assert sf.invariance_error(broken.log_prob, SO2.algebra, z) > 1e-3


def test_case_r09_brackets_with_a_gaussian():
    """{L, pi} = {S1, pi} = 0 for the round Gaussian, not {D, pi}; and no bent one."""
    energy = PLANE.read("-(x**2 + y**2 + p_x**2 + p_y**2)/2")
    bent = PLANE.read("-(x**2 + 2*y**2 + p_x**2 + p_y**2)/2")
    L, D, S1 = map(PLANE.read, ("x*p_y - y*p_x", "x*p_x + y*p_y", "p_x*p_y + x*y"))
    assert sf.poisson_bracket(L, energy, PLANE) == 0
    assert sf.poisson_bracket(S1, energy, PLANE) == 0
    assert sf.poisson_bracket(D, energy, PLANE) != 0
    assert sf.poisson_bracket(L, bent, PLANE) != 0


def covariance_of(base):
    factor, mean = base._gaussians(base.theta)
    weights = torch.softmax(base.logits, -1)
    centre = weights @ mean
    second = factor @ factor.mT + mean[:, :, None] * mean[:, None, :]
    return centre, torch.einsum("k,kij->ij", weights, second)


@pytest.mark.parametrize("algebra", [SO2_AXIS.algebra, ALGEBRAS[-2]], ids=label)
def test_moments_of_the_samples(algebra):
    base = base_of(algebra, components=2, seed=1)
    count = 100_000
    z = base.sample(count, torch.Generator().manual_seed(0))
    centre, second = covariance_of(base)
    error = z.std(0) / math.sqrt(count)
    assert bool(((z.mean(0) - centre).abs() < 5 * error).all())
    products = z[:, :, None] * z[:, None, :]
    error = products.std(0) / math.sqrt(count)
    assert bool(((products.mean(0) - second).abs() < 5 * error + 1e-12).all())


def test_energy_of_the_samples():
    """The mean of log p over samples is minus the entropy, here by quadrature."""
    base = base_of(ON_A_LINE[3], components=3, seed=2)
    count = 100_000
    values = base.log_prob(base.sample(count, torch.Generator().manual_seed(1)))
    z, cell = grid(40.0, 800)
    log_prob = base.log_prob(z)
    expected = float((log_prob.exp() * log_prob).sum()) * cell
    error = float(values.std()) / math.sqrt(count)
    assert abs(float(values.mean()) - expected) < 5 * error


def test_one_gaussian_is_that_of_torch():
    base = base_of(SO2_AXIS.algebra, components=1, seed=5)
    (factor,), (mean,) = base._gaussians(base.theta)
    known = torch.distributions.MultivariateNormal(mean, factor @ factor.mT)
    z = points(6, 32)
    torch.testing.assert_close(
        base.log_prob(z), known.log_prob(z), rtol=1e-11, atol=1e-11
    )


def test_the_commutant_learns_a_net_rotation():
    """so(2) about z carries the sign of L_z: the mean of L need not vanish."""
    base = base_of(SO2_AXIS.algebra, components=1, seed=5)
    _, second = covariance_of(base)
    assert abs(float(second[0, 4] - second[1, 3])) > 0.1


def test_samples_repeat_with_the_generator():
    base = base_of(SO2.algebra)
    first, again, other = (
        base.sample(5, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_batches_of_any_shape():
    base = base_of(SO2.algebra)
    z = points(4, 24)
    assert torch.equal(base.log_prob(z).reshape(2, 12), base.log_prob(z.view(2, 12, 4)))
    assert base.log_prob(z[0]).shape == ()
