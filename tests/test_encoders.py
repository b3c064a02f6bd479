"""Encoders: densities of p given q that turn with q, and one that does not."""

import pytest
import torch

import symflow as sf
from symflow.diagnostics import finite_actions
from symflow.encoders import PlainEncoder
from tests.random_models import points, scrambled
from tests.systems import NOTHING, SO2, SO2_AXIS, SO3, SO3_TWO, U2

PLANE = sf.PhaseSpace("x y")
ALGEBRAS = {
    "so(2)": SO2.algebra,
    "so(2) about z": SO2_AXIS.algebra,
    "so(3)": SO3.algebra,
    "so(3), two particles": SO3_TWO.algebra,
    "no symmetry": NOTHING.algebra,
    "ellipses": sf.LieAlgebra(PLANE, {"L": "x*p_y - 2*y*p_x"}),
    "off centre": sf.LieAlgebra(PLANE, {"L": "(x - 1)*p_y - y*p_x"}),
}


def encoder_of(algebra, kind="equivariant", seed=0, size=0.4):
    model = sf.HamiltonianFlow(
        sf.invariants(algebra), 1, encoder=kind, width=8, dtype=torch.float64
    )
    return scrambled(model.encoder, seed, size)


ENCODERS = {name: encoder_of(algebra) for name, algebra in ALGEBRAS.items()}


@pytest.fixture(params=ALGEBRAS, ids=str)
def name(request):
    return request.param


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield


def largest_gap(encoder, algebra):
    """The largest change of log h as q and p are moved together."""
    n, worst = algebra.space.n, 0.0
    q, p = points(n, 32, seed=2), points(n, 32, seed=3)
    before = encoder.log_prob(p, q)
    for matrix, shift in finite_actions(algebra):
        M, N = torch.tensor(matrix[:n, :n]), torch.tensor(matrix[n:, n:])
        assert not shift[n:].any()
        assert torch.allclose(N, torch.linalg.inv(M).mT, atol=1e-13)
        after = encoder.log_prob(p @ N.T, q @ M.T + torch.tensor(shift[:n]))
        worst = max(worst, float(((after - before).abs() / (1 + before.abs())).max()))
    return worst


def test_equivariance(name):
    """h(M^-T p | M q) = h(p | q), the determinant of a compact action being one."""
    assert ENCODERS[name].equivariant
    assert largest_gap(ENCODERS[name], ALGEBRAS[name]) < 1e-11


def test_equivariance_in_single_precision():
    n = 3
    encoder = encoder_of(SO3.algebra).float()
    q, p = points(n, 32, torch.float32), points(n, 32, torch.float32, seed=3)
    before = encoder.log_prob(p, q)
    for matrix, _ in finite_actions(SO3.algebra):
        M = torch.tensor(matrix[:n, :n])
        turned = [(x.double() @ M.T).float() for x in (p, q)]
        gap = (encoder.log_prob(*turned) - before).abs() / (1 + before.abs())
        assert float(gap.max()) < 1e-5


@pytest.mark.parametrize("symmetric", ["so(2)", "so(2) about z", "so(3)"])
def test_a_plain_network_is_not_equivariant(symmetric):
    algebra = ALGEBRAS[symmetric]
    plain = scrambled(PlainEncoder(algebra.space.n, 8, 2).double(), size=0.7)
    assert not plain.equivariant
    assert largest_gap(plain, algebra) > 1e-2


def test_covariances_are_positive_and_depend_on_the_position(name):
    q = 3 * points(ALGEBRAS[name].space.n, 64)
    mean, root = ENCODERS[name].parameters_at(q)
    assert bool((root.diagonal(dim1=-2, dim2=-1) > 0).all())
    assert torch.equal(root, root.tril())
    assert float(mean.std(0).min()) > 1e-3


def test_samples_and_log_prob_agree(name):
    encoder, q = ENCODERS[name], points(ALGEBRAS[name].space.n, 50)
    p, log_h = encoder.sample_with_log_prob(q, torch.Generator().manual_seed(0))
    torch.testing.assert_close(encoder.log_prob(p, q), log_h, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", ["equivariant", "mlp"])
def test_it_is_the_gaussian_that_its_parameters_say(kind):
    encoder = encoder_of(SO2.algebra, kind)
    q, p = points(2, 20), points(2, 20, seed=5)
    mean, root = encoder.parameters_at(q)
    known = torch.distributions.MultivariateNormal(mean, scale_tril=root)
    torch.testing.assert_close(encoder.log_prob(p, q), known.log_prob(p))


def test_moments_of_the_samples():
    encoder, count = ENCODERS["so(2)"], 100_000
    q = points(2, 1)
    p, _ = encoder.sample_with_log_prob(
        q.expand(count, 2), torch.Generator().manual_seed(0)
    )
    (mean,), (root,) = encoder.parameters_at(q)
    error = p.std(0) / count**0.5
    assert bool(((p.mean(0) - mean).abs() < 5 * error).all())
    torch.testing.assert_close(torch.cov(p.T), root @ root.T, rtol=0.05, atol=0.02)


def test_at_the_fixed_point_the_mean_vanishes():
    """No direction is singled out at the origin, so no covector exists there."""
    mean, root = ENCODERS["so(3)"].parameters_at(torch.zeros(3, dtype=torch.float64))
    assert float(mean.abs().max()) == 0.0
    sigma = root @ root.T
    assert torch.allclose(sigma, sigma[0, 0] * torch.eye(3, dtype=torch.float64))


def test_samples_are_reparametrised():
    encoder = encoder_of(SO2.algebra)
    with torch.enable_grad():
        p, log_h = encoder.sample_with_log_prob(points(2))
        (p.sum() + log_h.sum()).backward()
    assert all(w.grad is not None for w in encoder.parameters())


def test_there_is_none_where_positions_and_momenta_mix():
    with pytest.raises(sf.errors.UnsupportedError, match="mlp"):
        encoder_of(U2.algebra)
    assert isinstance(encoder_of(U2.algebra, "mlp"), PlainEncoder)


def test_the_grid_frame_is_a_factor_of_the_covariance(name):
    encoder, n = ENCODERS[name], ALGEBRAS[name].space.n
    q = torch.cat([points(n, 16, seed=4), torch.zeros(1, n, dtype=torch.float64)])
    mean, frame = encoder.frame_at(q)
    centre, root = encoder.parameters_at(q)
    assert torch.equal(mean, centre)
    assert torch.allclose(frame @ frame.mT, root @ root.mT, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("symmetric", ["so(2)", "ellipses"])
def test_the_grid_frame_turns_with_the_position(symmetric):
    """The Cholesky factor does not: a grid in it would blame the density."""
    encoder, algebra = ENCODERS[symmetric], ALGEBRAS[symmetric]
    q = points(2, 16, seed=5)

    def gap(factor_at):
        moved = []
        for matrix, _ in finite_actions(algebra):
            M, N = torch.tensor(matrix[:2, :2]), torch.tensor(matrix[2:, 2:])
            moved.append(factor_at(q @ M.T)[1] - N @ factor_at(q)[1])
        return float(torch.stack(moved).abs().max())

    assert gap(encoder.frame_at) < 1e-12
    assert gap(encoder.parameters_at) > 1e-3


def test_case_r03_one_position_does_not_tell_the_sign_of_its_momentum():
    """Two motions through the same q with opposite p have one code: p^2 is the floor."""
    q = points(2).repeat(2, 1)
    p = points(2, seed=5)
    both = torch.cat([p, -p])
    mean, _ = PlainEncoder(2, 8, 1).double().parameters_at(q)
    first, second = mean.chunk(2)
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    floor = float(p.square().mean())
    assert float((both - mean).square().mean()) >= floor * (1 - 1e-12)
    # The best guess is zero, and it loses all of the momentum.
    assert float(both.square().mean()) == pytest.approx(floor)
