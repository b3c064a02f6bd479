"""Schemes: their order as measured, what they conserve, and what they do not."""

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError, UnsupportedError
from symflow.hamiltonians import KnownHamiltonian
from symflow.integrators import BlanesMoan, KahanLi, SymplecticEuler, Yoshida
from symflow.stages import Stage
from tests.random_models import build, points, scrambled
from tests.systems import HEISENBERG, NOTHING, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

PLANE = sf.PhaseSpace("x y")
LINE = sf.PhaseSpace("q", "p")
HIDDEN = {
    "S1": "p_x*p_y + x*y",
    "S3": "(p_x**2 + x**2 - p_y**2 - y**2)/2",
    "H": "(p_x**2 + p_y**2 + x**2 + y**2)/2",
}


def known(text, space):
    """A Hamiltonian that is given, in place of a network of invariants."""
    return KnownHamiltonian(sf.compile([space.read(text)], space.z))


def chain(scheme, U, K, space):
    """The map that a scheme makes of two known functions."""
    flow = scheme.flow(known(U, space), known(K, space))

    def carry(z):
        with torch.no_grad():
            return flow(z)

    return carry


def oscillator(scheme, space=LINE):
    squares = [" + ".join(f"{s.name}**2" for s in part) for part in (space.q, space.p)]
    U, K = (f"({text})/2" for text in squares)
    return chain(scheme, U, K, space)


def turned(z, angle):
    """The exact flow of the oscillator: q + i p turns by minus the angle."""
    q, p = z.chunk(2, -1)
    c, s = np.cos(angle), np.sin(angle)
    return torch.cat([c * q + s * p, c * p - s * q], -1)


# Each scheme with numbers of steps at which its error is far from round-off.
SCHEMES = {
    "SymplecticEuler": (SymplecticEuler, {}, (40, 80)),
    "Leapfrog": (sf.Leapfrog, {}, (40, 80)),
    "Yoshida 4": (Yoshida, {"order": 4}, (20, 40)),
    "Yoshida 6": (Yoshida, {"order": 6}, (12, 24)),
    "Yoshida 8": (Yoshida, {"order": 8}, (6, 12)),
    "KahanLi 6": (KahanLi, {"order": 6}, (10, 20)),
    "KahanLi 8": (KahanLi, {"order": 8}, (6, 12)),
    "BlanesMoan 4": (BlanesMoan, {"order": 4}, (8, 16)),
    "BlanesMoan 6": (BlanesMoan, {"order": 6}, (6, 12)),
}


@pytest.fixture(params=SCHEMES.values(), ids=SCHEMES.keys())
def scheme(request):
    kind, options, steps = request.param
    return lambda count, h: kind(count, h, **options), steps


def pendulum(scheme):
    return chain(scheme, "-cos(q)", "p**2/2", LINE)


# The pendulum after two units of time, by three hundred steps of order eight.
def reference(z):
    return pendulum(KahanLi(300, 2 / 300, order=8))(z)


def test_the_measured_order_is_the_declared_one(scheme):
    make, steps = scheme
    z = points(2, 32)
    exact = reference(z)
    few, many = (
        float((pendulum(make(n, 2 / n))(z) - exact).abs().max()) for n in steps
    )
    assert many > 1e-13  # or round-off would be measured
    assert np.log2(few / many) == pytest.approx(make(1, 1.0).order, abs=0.45)


def test_every_scheme_is_symplectic(scheme):
    make, _ = scheme
    flow = make(3, 0.3).flow(known("-cos(q)", LINE), known("p**2/2", LINE))
    assert make(1, 0.1).symplectic
    assert sf.symplecticity_error(flow, points(2, 8)) < 1e-14


def test_a_palindrome_is_reversible_and_nothing_else_is(scheme):
    make, _ = scheme
    flow = pendulum(make(3, 0.3))
    z = points(2, 16)
    flip = torch.tensor([1.0, -1.0], dtype=torch.float64)
    gap = float((flip * flow(flip * flow(z)) - z).abs().max())
    assert make(1, 0.1).time_reversible == (gap < 1e-13)
    assert make(1, 0.1).time_reversible or gap > 1e-3


def test_the_inverse_undoes_the_flow(scheme):
    make, _ = scheme
    flow = make(3, 0.3).flow(known("-cos(q)", LINE), known("p**2/2", LINE))
    z = points(2, 16)
    torch.testing.assert_close(flow.inverse(flow(z)), z, rtol=0, atol=1e-13)


def test_no_splitting_keeps_every_quadratic(scheme):
    make, _ = scheme
    z = points(2, 16)
    before, after = (x.square().sum(-1) for x in (z, oscillator(make(1, 0.4))(z)))
    assert not make(1, 0.1).conserves_quadratic
    assert float((after - before).abs().max()) > 1e-11


def test_the_optimised_scheme_of_order_four_beats_the_triple_jump():
    """At equal cost: six gradients a step against three, so half the steps."""
    z = points(2, 32)
    exact = reference(z)
    optimised, plain = (
        float((pendulum(scheme)(z) - exact).abs().max())
        for scheme in (BlanesMoan(8, 1 / 4), Yoshida(16, 1 / 8))
    )
    assert optimised < plain / 8


def test_orders_that_do_not_exist_are_refused():
    for wrong in (Yoshida(order=5), KahanLi(order=4), BlanesMoan(order=8)):
        with pytest.raises(ArgumentError, match="`order`"):
            wrong.flow(known("q**2", LINE), known("p**2", LINE))


@pytest.mark.parametrize("size", [0.0, -0.1, float("nan"), float("inf")])
def test_step_sizes_are_positive_numbers(size):
    with pytest.raises(ArgumentError, match="`step_size`"):
        sf.Leapfrog(2, size).flow(known("q**2", LINE), known("p**2", LINE))


def test_what_is_not_separable_is_refused():
    mixed, plain = known("q**2*p**2", LINE), known("p**2", LINE)
    with pytest.raises(UnsupportedError, match=r"`U` must not depend on p"):
        sf.Leapfrog().flow(mixed, plain)
    with pytest.raises(UnsupportedError, match=r"`K` must not depend on q"):
        sf.Leapfrog().flow(known("q**2", LINE), mixed)


def test_one_step_is_the_composition_of_its_kicks():
    h, z = 0.3, points(2)
    q, p = z.chunk(2, -1)
    p = p - h / 2 * q
    q = q + h * p
    p = p - h / 2 * q
    found = oscillator(sf.Leapfrog(1, h))(z)
    torch.testing.assert_close(found, torch.cat([q, p], -1), rtol=0, atol=1e-15)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_neighbouring_half_kicks_are_one_kick(steps):
    h, z = 0.2, points(2)
    one = oscillator(sf.Leapfrog(1, h))
    expected = z
    for _ in range(steps):
        expected = one(expected)
    found = oscillator(sf.Leapfrog(steps, h))(z)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-14)


def test_stages_of_leapfrog():
    pieces = sf.split(sf.invariants(SO2.algebra))
    stages = sf.Leapfrog(steps=3, step_size=0.5).stages(pieces)
    kick, drift = pieces[:2]
    assert stages[0] == Stage(kick, 0, 0.25)
    assert [stage.time for stage in stages] == [0.25, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]
    for piece, weights in ((kick, 0), (drift, 1)):
        times = [s.time for s in stages if s.piece == piece]
        assert sum(times) == 1.5
        assert {s.weights for s in stages if s.piece == piece} == {weights}
    assert stages == stages[::-1]


@pytest.mark.parametrize("memory", ["save", "states", "reversible", "exact"])
@pytest.mark.parametrize("constant", ["0", "3"])
def test_in_a_constant_potential_motion_is_free(constant, memory):
    """q' = q + t p, p' = p, with the gradient of that; and without K all is at rest."""
    z = points(4, 8).requires_grad_()
    U, K = known(constant, PLANE), known("(p_x**2 + p_y**2)/2", PLANE)
    moved = sf.Leapfrog(5, 0.2).flow(U, K, memory)(z)
    q, p = z.detach().chunk(2, -1)
    torch.testing.assert_close(moved, torch.cat([q + p, p], -1), rtol=0, atol=1e-12)
    (slope,) = torch.autograd.grad(moved.sum(), z)
    assert torch.allclose(slope, slope.new_tensor([1.0, 1.0, 2.0, 2.0]))
    still = sf.Leapfrog(5, 0.2).flow(U, U, memory)(z)
    torch.testing.assert_close(still, z, rtol=0, atol=1e-12)


# The case book: D01 and D02.


def test_case_d01_leapfrog_and_rotations():
    """The quartic well: rotation and L to round-off, energy only to O(h^2)."""
    U, K = "(x**2 + y**2)**2", "(p_x**2 + p_y**2)/2"
    step = chain(sf.Leapfrog(1, 0.1), U, K, PLANE)
    z = 0.5 * points(4, 64)
    assert sf.equivariance_error(step, SO2.algebra, z) < 1e-15
    many = chain(sf.Leapfrog(100, 0.1), U, K, PLANE)(z)
    L, H = (
        sf.compile([PLANE.read(f)], PLANE.z) for f in ("x*p_y - y*p_x", f"{U} + {K}")
    )
    assert float((L(many) - L(z)).abs().max()) < 1e-13
    assert float((H(many) - H(z)).abs().max()) > 1e-4


@pytest.mark.parametrize("name", HIDDEN)
def test_case_d02_leapfrog_does_not_commute_with_hidden_symmetry(name):
    """{g, H} = 0 for S1, S3 and H itself, yet the step is off by h^3/6 or so."""
    algebra = sf.LieAlgebra(PLANE, {name: HIDDEN[name]})
    step = oscillator(sf.Leapfrog(1, 0.1), PLANE)
    assert 2e-5 < sf.equivariance_error(step, algebra, points(4, 64)) < 1e-3


@pytest.mark.parametrize("name", HIDDEN)
def test_case_d02_the_violation_is_of_second_order(name):
    """So it looks like a tolerance that was set too tight, and it is none."""
    algebra = sf.LieAlgebra(PLANE, {name: HIDDEN[name]})
    errors = [
        sf.equivariance_error(
            oscillator(sf.Leapfrog(steps, 1 / steps), PLANE), algebra, points(4, 64)
        )
        for steps in (10, 20, 40)
    ]
    orders = np.log2(errors[:-1]) - np.log2(errors[1:])
    np.testing.assert_allclose(orders, 2, atol=0.05)


def test_case_d02_rotation_commutes_at_any_step():
    for h in (0.1, 1.0, 1.9):
        step = oscillator(sf.Leapfrog(1, h), PLANE)
        assert sf.equivariance_error(step, SO2.algebra, points(4, 64)) < 1e-15


def test_case_d06_exchange_of_two_particles():
    space = sf.PhaseSpace("q1 q2", "p1 p2")
    z = points(4, 64)

    def exchanged(z):
        return z[:, [1, 0, 3, 2]]

    for masses, commutes in (((1, 1), True), ((1, 2), False)):
        K = f"p1**2/(2*{masses[0]}) + p2**2/(2*{masses[1]})"
        step = chain(sf.Leapfrog(1, 0.1), "(q1 - q2)**4/4", K, space)
        gap = float((step(exchanged(z)) - exchanged(step(z))).abs().max())
        assert (gap < 1e-14) == commutes
        assert commutes or gap > 1e-3


def test_case_d09_kepler_orbit():
    """L is kept to round-off, the Laplace-Runge-Lenz vector is not: the ellipse turns."""
    U, K = "-1/sqrt(x**2 + y**2)", "(p_x**2 + p_y**2)/2"
    z = torch.tensor([[1.0, 0.0, 0.0, 1.2]], dtype=torch.float64)
    L, *A = (
        sf.compile([PLANE.read(text)], PLANE.z)
        for text in (
            "x*p_y - y*p_x",
            "p_y*(x*p_y - y*p_x) - x/sqrt(x**2 + y**2)",
            "-p_x*(x*p_y - y*p_x) - y/sqrt(x**2 + y**2)",
        )
    )
    end = chain(sf.Leapfrog(500, 0.1), U, K, PLANE)(z)
    assert float(L(end)) == pytest.approx(float(L(z)), abs=1e-13)
    assert [float(a(z)) for a in A] == pytest.approx([0.44, 0.0], abs=1e-15)
    assert [float(a(end)) for a in A] == pytest.approx([0.44248, -0.00856], abs=5e-6)


def test_the_exact_flow_commutes_with_all_of_u2():
    def flow(z):
        return turned(z, 0.1)

    assert sf.equivariance_error(flow, U2.algebra, points(4, 64)) < 1e-15


# Traits, on random pieces.


def composed(scheme, system, seed=0):
    stages = scheme.stages(sf.split(sf.invariants(system.algebra)))
    torch.manual_seed(seed)
    made = {}
    for stage in stages:
        if stage.weights not in made:
            piece = build(system.space, stage.piece)
            made[stage.weights] = scrambled(piece, stage.weights, 0.4)

    def flow(z):
        for stage in stages:
            z = made[stage.weights](z, stage.time)
        return z

    return flow


@pytest.mark.parametrize("scheme", [sf.Blocks(2), sf.Leapfrog(3, 0.4)], ids=str)
@pytest.mark.parametrize("system", [SO2, SO3], ids=str)
def test_traits_hold(scheme, system):
    z = 0.5 * points(2 * system.space.n, 8)
    flow = composed(scheme, system)
    assert scheme.symplectic
    assert sf.symplecticity_error(flow, z) < 1e-12
    n = system.space.n
    flip = torch.cat([torch.ones(n), -torch.ones(n)]).double()
    with torch.no_grad():
        back = flip * flow(flip * flow(z))
    gap = float((back - z).abs().max())
    assert scheme.time_reversible == (gap < 1e-11)
    assert scheme.time_reversible or gap > 1e-3


def test_blocks_have_weights_of_their_own_and_take_linear_flows_in_turn():
    pieces = sf.split(sf.invariants(SO2.algebra))
    stages = sf.Blocks(4).stages(pieces)
    assert [stage.weights for stage in stages] == list(range(12))
    assert {stage.time for stage in stages} == {1.0}
    flows = [s.piece for s in stages if isinstance(s.piece, sf.LinearFlow)]
    assert flows == [pieces[2], pieces[3], pieces[4], pieces[2]]
    assert len(sf.Blocks(4, separable=True).stages(pieces)) == 8


@pytest.mark.parametrize(
    ("system", "count"),
    [(NOTHING, 2), (SO2, 3), (SO2_AXIS, 3), (SO3_TWO, 3), (U2, 1), (HEISENBERG, 0)],
    ids=str,
)
def test_stages_of_one_block(system, count):
    """A kick, a drift and a linear flow, of those that there are."""
    pieces = sf.split(sf.invariants(system.algebra))
    assert len(sf.Blocks(1).stages(pieces)) == count


@pytest.mark.parametrize("count", [0, -1, 1.5, "2"])
def test_numbers_that_are_no_positive_integers_are_refused(count):
    pieces = sf.split(sf.invariants(SO2.algebra))
    with pytest.raises(ArgumentError, match="positive integer"):
        sf.Blocks(count).stages(pieces)
    with pytest.raises(ArgumentError, match="positive integer"):
        sf.Leapfrog(count).stages(pieces)


@pytest.mark.parametrize("system", [U2, RESONANT], ids=str)
def test_leapfrog_needs_a_kick_and_a_drift(system):
    pieces = sf.split(sf.invariants(system.algebra))
    with pytest.raises(UnsupportedError, match="no invariant of q alone"):
        sf.Leapfrog().stages(pieces)
