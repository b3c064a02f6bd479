"""Schemes for any Hamiltonian: what they keep, and where each guarantee ends."""

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError, UnsupportedError
from symflow.hamiltonians import InvariantHamiltonian, KnownHamiltonian
from symflow.implicit_integrators import Gauss, ImplicitMidpoint, Tao
from symflow.pieces import ShearPiece
from symflow.runge_kutta import ConvergenceError
from symflow.stages import Equivariance
from tests.random_models import points, scrambled
from tests.systems import E3, RESONANT, SO2, SO3, U2

PLANE = sf.PhaseSpace("x y")
LINE = sf.PhaseSpace("q", "p")
OSCILLATOR = "(p_x**2 + p_y**2 + x**2 + y**2)/2"
MIXED = "(q**2 + 1)*(p**2 + 1)/2"  # Tao's example, not separable

SCHEMES = {
    "midpoint": (ImplicitMidpoint, {}, (20, 40)),
    "Gauss 4": (Gauss, {"order": 4}, (8, 16)),
    "Gauss 6": (Gauss, {"order": 6}, (6, 12)),
    "Tao 2": (Tao, {"order": 2, "binding": 10.0}, (100, 200)),
    "Tao 4": (Tao, {"order": 4, "binding": 5.0}, (60, 120)),
}
IMPLICIT = [name for name in SCHEMES if "Tao" not in name]


def known(text, space):
    return KnownHamiltonian(sf.compile([space.read(text)], space.z))


def make(name, steps=1, h=0.1):
    kind, options, _ = SCHEMES[name]
    return kind(steps, h, **options)


def small(z):
    return 0.5 * z


@pytest.mark.parametrize("name", SCHEMES)
def test_the_measured_order_is_the_declared_one(name):
    z, H = small(points(2, 16)), known(MIXED, LINE)
    exact = Gauss(100, 0.01, order=6).flow(H)(z)
    few, many = (
        float((make(name, n, 1 / n).flow(H)(z) - exact).abs().max())
        for n in SCHEMES[name][2]
    )
    assert many > 1e-13
    assert np.log2(few / many) == pytest.approx(make(name).order, abs=0.35)


@pytest.mark.parametrize("name", SCHEMES)
def test_symplectic_or_said_not_to_be(name):
    flow = make(name, 2, 0.2).flow(known(MIXED, LINE))
    error = sf.symplecticity_error(flow, small(points(2, 8)))
    assert make(name).symplectic == (error < 1e-13)
    assert make(name).symplectic or error > 1e-6


def test_leapfrog_of_what_is_not_separable_is_not_symplectic():
    """The hypothesis dropped: kicks and drifts of one H(q, p) run without an error."""
    H = known(MIXED, LINE)

    def naive(z):
        g = H.gradient(z)
        z = z - 0.1 * torch.stack([torch.zeros_like(g[:, 0]), g[:, 0]], -1)
        g = H.gradient(z)
        z = z + 0.2 * torch.stack([g[:, 1], torch.zeros_like(g[:, 0])], -1)
        g = H.gradient(z)
        return z - 0.1 * torch.stack([torch.zeros_like(g[:, 0]), g[:, 0]], -1)

    assert sf.symplecticity_error(naive, points(2, 8)) > 1e-3


@pytest.mark.parametrize("name", IMPLICIT)
def test_a_step_back_undoes_a_step(name):
    flow = make(name, 3, 0.2).flow(known(MIXED, LINE))
    z = small(points(2, 16))
    assert make(name).time_reversible
    torch.testing.assert_close(flow.inverse(flow(z)), z, rtol=0, atol=1e-14)
    flip = torch.tensor([1.0, -1.0], dtype=torch.float64)
    back = flip * flow(flip * flow(z))
    torch.testing.assert_close(back, z, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", SCHEMES)
def test_quadratic_integrals_are_kept_by_gauss_methods_alone(name):
    """|z|^2 and L along a function of both, which is not quadratic."""
    H = known(f"({OSCILLATOR})**2/4 + sin(x*p_y - y*p_x)", PLANE)
    g = sf.compile([PLANE.read(t) for t in (OSCILLATOR, "x*p_y - y*p_x")], PLANE.z)
    z = small(points(4, 32))
    gap = float((g(make(name, 5, 0.2).flow(H)(z)) - g(z)).abs().max())
    assert make(name).conserves_quadratic == (gap < 1e-14)
    assert make(name).conserves_quadratic or gap > 1e-5


@pytest.mark.parametrize("name", SCHEMES)
def test_a_constant_moves_nothing(name):
    z = points(2, 8)
    for constant in ("0", "3"):
        H = known(constant, LINE)
        assert not H.gradient(z).any()
        torch.testing.assert_close(make(name, 3).flow(H)(z), z)


def test_integrals_of_higher_degree_are_not_kept():
    H = known(MIXED, LINE)
    z = points(2, 16)
    moved = ImplicitMidpoint(1, 0.2).flow(H)(z)
    assert float((H.value(moved) - H.value(z)).abs().max()) > 1e-4


# The case book: D02 and D04.


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("generator", ["S1", "S2", "S3", "H"])
def test_case_d02_the_hidden_su2_of_the_oscillator(name, generator):
    """Implicit schemes commute with it; Tao's with the rotation S2 alone."""
    algebra = sf.LieAlgebra(PLANE, {generator: U2.generators[generator]})
    step = make(name, 1, 0.1).flow(known(f"({OSCILLATOR})**2", PLANE))
    error = sf.equivariance_error(step, algebra, small(points(4, 64)))
    exact = name in IMPLICIT or generator == "S2"
    assert (error < 1e-14) == exact
    assert exact or error > 1e-6


def test_case_d04_uniform_magnetic_field():
    H = known("((p_x + 3*y/4)**2 + (p_y - 3*x/4)**2)/2", PLANE)  # B = 3/2
    step = ImplicitMidpoint(1, 0.1).flow(H)
    z = points(4, 32)
    a, c, B = 0.7, -0.4, 1.5
    magnetic = torch.tensor([a, c, -c * B / 2, a * B / 2], dtype=torch.float64)
    plain = torch.tensor([a, 0.0, 0.0, 0.0], dtype=torch.float64)
    for shift, commutes in ((magnetic, True), (plain, False)):
        gap = float((step(z + shift) - step(z) - shift).abs().max())
        assert (gap < 1e-14) == commutes
        assert commutes or gap > 1e-3
    assert sf.symplecticity_error(step, z) < 1e-14

    def naive(z):
        p = z[:, 2:] - 0.05 * H.gradient(z)[:, :2]
        q = z[:, :2] + 0.1 * H.gradient(torch.cat([z[:, :2], p], -1))[:, 2:]
        half = torch.cat([q, p], -1)
        return torch.cat([q, p - 0.05 * H.gradient(half)[:, :2]], -1)

    assert sf.symplecticity_error(naive, z) == pytest.approx(0.0075, rel=0.05)


def test_midpoint_does_not_commute_with_a_nonlinear_action():
    """The hypothesis dropped: g = q^2 p moves points along dq = q^2, dp = -2 q p."""
    H = known("q**2*p", LINE)  # g itself, so {g, H} = 0
    z = small(points(2, 32))

    def moved(z, e=0.3):
        q, p = z[:, :1], z[:, 1:]
        return torch.cat([q / (1 - e * q), p * (1 - e * q) ** 2], -1)

    gaps = []
    for n in (10, 20):
        flow = ImplicitMidpoint(n, 1 / (2 * n)).flow(H)
        gaps.append(float((flow(moved(z)) - moved(flow(z))).abs().max()))
    assert gaps[1] > 1e-6
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(2, abs=0.2)


def test_tao_commutes_with_rotations_and_not_with_stretching():
    H = known("(x**2 + y**2)*(p_x**2 + p_y**2)/2 + (x*p_x + y*p_y)**4", PLANE)
    step = Tao(2, 0.1).flow(H)
    z = 0.1 * points(4, 32)
    assert sf.equivariance_error(step, SO2.algebra, z) < 1e-14
    dilation = sf.LieAlgebra(PLANE, {"D": "x*p_x + y*p_y"})
    assert sf.equivariance_error(step, dilation, z) > 1e-6
    assert Tao.equivariance is Equivariance.ORTHOGONAL
    exact = ImplicitMidpoint(2, 0.1).flow(H)
    assert sf.equivariance_error(exact, dilation, z) < 1e-13


# Solving.


def test_steps_that_are_not_solved_are_refused():
    stiff = known("200*q**2 + p**2", LINE)
    with pytest.raises(ConvergenceError, match="`step_size`"):
        ImplicitMidpoint(1, 1.0).flow(stiff)(points(2))


@pytest.mark.parametrize("name", IMPLICIT)
def test_one_step_solves_its_equations(name):
    H, h = known(MIXED, LINE), 0.3
    z = small(points(2, 16))
    moved = make(name, 1, h).flow(H)(z)
    if name == "midpoint":
        g = H.gradient((z + moved) / 2)
        field = torch.stack([g[:, 1], -g[:, 0]], -1)
        torch.testing.assert_close(moved, z + h * field, rtol=0, atol=1e-15)
    assert float((moved - z).abs().max()) > 0.05


@pytest.mark.parametrize("name", IMPLICIT)
@pytest.mark.parametrize("memory", ["save", "states", "reversible"])
def test_the_gradient_is_that_of_the_solution(name, memory):
    """Against differences in a parameter, and against autograd through the turns."""
    torch.manual_seed(0)
    invariants = [
        PLANE.read(t) for t in ("x**2 + y**2", "p_x**2 + p_y**2", "x*p_x + y*p_y")
    ]
    H = InvariantHamiltonian(sf.compile(invariants, PLANE.z), 6, 2).double()
    scrambled(H, size=0.4)
    flow = make(name, 3, 0.1).flow(H, memory=memory)
    z = small(points(4, 8)).requires_grad_()
    weights = list(H.parameters())
    by_hand = torch.autograd.grad(flow(z).square().sum(), [z, *weights])
    plain = z
    for factor in flow.factors:
        plain = flow.pieces[0](plain, factor.time)
    by_tape = torch.autograd.grad(plain.square().sum(), [z, *weights])
    for a, b in zip(by_hand, by_tape, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)


# In a density.


@pytest.mark.parametrize("scheme", [ImplicitMidpoint(2, 0.1), Gauss(2, 0.1)], ids=str)
@pytest.mark.parametrize("system", [SO2, SO3, RESONANT], ids=str)
def test_a_density_by_implicit_steps(scheme, system):
    model = sf.HamiltonianFlow(
        sf.invariants(system.algebra),
        integrator=scheme,
        momenta="observed",
        width=6,
        dtype=torch.float64,
    )
    scrambled(model.pieces, size=0.3)
    z = 0.6 * points(2 * system.space.n, 8)
    assert float((model(z) - z).detach().abs().max()) > 1e-3
    assert sf.equivariance_error(model, system.algebra, z) < 1e-13
    assert sf.symplecticity_error(model, z) < 1e-13
    assert sf.inverse_error(model, z) < 1e-13
    assert model.equivariance is sf.Standing.BY_CONSTRUCTION
    kinds = {claim.kind for claim in sf.certify(model, z).claims}
    # No exact flow is claimed; what the map keeps stands there as measured.
    assert not kinds & {"shear", "linear flow", "equivariant map"}
    assert "measured" in kinds


def test_tao_is_no_density():
    with pytest.raises(UnsupportedError, match="keep volume"):
        sf.HamiltonianFlow(sf.invariants(SO2.algebra), integrator=Tao())


class Unit(sf.AbstractDensity):
    def log_prob(self, z):
        return -0.5 * z.square().sum(-1)

    def sample(self, count, generator=None):
        return torch.randn(count, 2, generator=generator)


def test_exactness_that_is_not_there_is_refused_with_the_way_out():
    algebra = sf.LieAlgebra(LINE, {"g": "q**2*p"})
    options = {"base": Unit(), "momenta": "observed", "integrator": ImplicitMidpoint(2)}
    with pytest.raises(UnsupportedError, match="equivariance='measured'"):
        sf.HamiltonianFlow(sf.invariants(algebra), **options)
    model = sf.HamiltonianFlow(
        sf.invariants(algebra), equivariance="measured", **options
    )
    assert model.equivariance is sf.Standing.MEASURED
    with pytest.raises(ArgumentError, match="`equivariance`"):
        sf.HamiltonianFlow(sf.invariants(algebra), equivariance="maybe", **options)


def test_affine_actions_are_exact_for_a_base_of_your_own():
    scheme = ImplicitMidpoint(1, 0.05)
    model = sf.HamiltonianFlow(
        sf.invariants(E3.algebra),
        base=Unit(),
        integrator=scheme,
        momenta="observed",
        width=4,
        dtype=torch.float64,
    )
    assert model.equivariance is sf.Standing.BY_CONSTRUCTION
    assert sf.equivariance_error(model, E3.algebra, points(6)) < 1e-13


def test_a_shear_piece_does_not_check_so_the_integrators_do():
    assert ShearPiece(known(MIXED, LINE)).side is None
