"""Motion that was observed teaches the Hamiltonian; what is declared is conserved."""

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError, TrainingError
from symflow.hamiltonians import KnownHamiltonian
from symflow.training import fit
from symflow.trajectories import (
    LearnedDynamics,
    LearnedMotion,
    hamiltonian_field,
    read_hamiltonian,
    roll_out,
    runge_kutta_step,
)
from tests.random_models import points, scrambled

PLANE = sf.PhaseSpace("x y")
SO2 = sf.LieAlgebra(PLANE, {"L": "x*p_y - y*p_x"})
OSCILLATOR = "(x**2 + y**2 + p_x**2 + p_y**2)/2"
KEPLER = "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2)"


def known(energy):
    return KnownHamiltonian(sf.compile([PLANE.read(energy)], PLANE.z))


def observed(energy, count=256):
    z = points(4, count)
    return torch.cat([z, hamiltonian_field(known(energy), z)], -1)


def momentum(z):
    return z[..., 0] * z[..., 3] - z[..., 1] * z[..., 2]


def test_the_field_moves_functions_by_their_bracket():
    """df/dt = {f, H} along the field."""
    H = PLANE.read("x**2*p_y + x*p_x**2")
    z = points(4)
    field = hamiltonian_field(known(H), z)
    f = PLANE.read("x*y*p_x")
    value, jacobian = sf.compile([f], PLANE.z).value_and_jacobian(z)
    bracket = sf.compile([sf.poisson_bracket(f, H, PLANE)], PLANE.z).value(z)
    torch.testing.assert_close((jacobian[:, 0] * field).sum(-1), bracket[:, 0])
    assert value.shape == (16, 1)


def test_the_motion_of_an_oscillator_is_a_rotation():
    z = points(4, 5)
    steps, size = 63, 0.1
    q, p = z.chunk(2, -1)
    t = steps * size
    c, s = np.cos(t), np.sin(t)
    expected = torch.cat([c * q + s * p, c * p - s * q], -1)
    found = roll_out(known(OSCILLATOR), z, steps, size, order=6)
    assert found.shape == (steps + 1, 5, 4)
    torch.testing.assert_close(found[-1], expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("order", [2, 4, 6])
def test_a_roll_out_errs_by_the_power_of_its_order_and_keeps_the_momentum(order):
    """Half the step, 2^order times closer; x p_y - y p_x is kept by each."""
    z, H = points(4, 5), known("(x**2 + y**2)**2/4 + (p_x**2 + p_y**2)/2")
    best = roll_out(H, z, 64, 0.2 / 64, order=6)[-1]
    ends = [roll_out(H, z, k, 0.2 / k, order=order)[-1] for k in (1, 2)]
    coarse, fine = ((end - best).norm() for end in ends)
    assert 0.7 < coarse / fine / 2**order < 1.4
    torch.testing.assert_close(momentum(ends[0]), momentum(z), rtol=1e-12, atol=1e-12)
    with pytest.raises(ArgumentError, match="2 or 4 or 6 for Gauss"):
        roll_out(H, z, 1, 0.1, order=order + 1)


def test_explicit_steps_are_of_order_four():
    """Half the step, a sixteenth of the error."""
    z = points(4, 5)
    H = known("(x**2 + y**2)**2/4 + (p_x**2 + p_y**2)/2")

    def end(steps):
        at = z
        for _ in range(steps):
            at = runge_kutta_step(H, at, 0.2 / steps)
        return at

    best = end(64)
    coarse, fine = ((end(k) - best).norm() for k in (2, 4))
    assert 12 < coarse / fine < 20


def test_phase_points_in_time_teach_the_hamiltonian_without_velocities():
    """An oscillator from pairs a tenth apart; what is declared stays conserved."""
    z = points(4, 256)
    rows = torch.cat([z, roll_out(known(OSCILLATOR), z, 1, 0.1)[-1]], -1)
    model = LearnedMotion(sf.invariants(SO2), points=2, interval=0.1, width=16, depth=1)
    untrained = model.objective(rows, torch.Generator()).mean()
    options = {"batch_size": 64, "learning_rate": 0.03, "held_out": 32}
    history = fit(model, rows, steps=100, progress=False, **options)
    assert history.best_bound > untrained / 10
    path = momentum(roll_out(model.hamiltonian, z, 5, 0.1))
    assert float((path - path[0]).abs().max().detach()) < 1e-13


def test_the_true_hamiltonian_predicts_what_was_observed():
    """Four points of one motion side by side; more steps between them, less error."""
    z = points(4, 6)
    H = known(OSCILLATOR)
    path = roll_out(H, z, 3, 0.4, order=6)
    rows = path.movedim(0, 1).flatten(1)
    losses = []
    for steps in (1, 2):
        options = {"points": 4, "interval": 0.4, "steps": steps, "width": 4}
        model = LearnedMotion(sf.invariants(SO2), **options)
        model.hamiltonian = H
        assert model.data_dimensions == (16,)
        losses.append(-float(model.objective(rows, torch.Generator()).mean()))
    # The square of an error of order four falls by 256.
    assert 150 < losses[0] / losses[1] < 350


def test_declared_momentum_is_conserved_for_any_weights_and_undeclared_is_not():
    z = points(4, 8)
    for algebra, kept in ((SO2, True), (sf.LieAlgebra(PLANE, {}), False)):
        model = LearnedDynamics(sf.invariants(algebra), width=8, depth=1)
        scrambled(model, size=0.4)
        path = momentum(roll_out(model.hamiltonian, z, 20, 0.1))
        drift = float((path - path[0]).abs().max())
        assert drift < 1e-13 if kept else drift > 1e-2


def test_the_oscillator_comes_back_from_its_velocities():
    rows = observed(OSCILLATOR)
    model = LearnedDynamics(sf.invariants(SO2), width=16, depth=1)
    history = fit(
        model,
        rows,
        steps=500,
        batch_size=128,
        learning_rate=0.02,
        held_out=32,
        evaluate_every=50,
        progress=False,
    )
    assert history.best_bound > -0.01
    found = read_hamiltonian(model.hamiltonian, rows[:, :4])
    assert found.expression == PLANE.read(OSCILLATOR).expand()
    assert found.error < 0.03


def test_kepler_is_read_back_from_its_own_values():
    """With half powers allowed: 1/r is a broken power of r^2."""
    invariants = sf.invariants(SO2)
    functions = sf.compile(list(invariants.generators), PLANE.z)
    z = points(4, 400)

    class Energy:
        """The true energy in the clothes of a learned one."""

        value = staticmethod(lambda at: known(KEPLER).value(at))

    Energy.invariants = functions
    found = read_hamiltonian(Energy, z, roots=True)
    assert PLANE.read(KEPLER).expand() == found.expression
    assert found.error < 1e-12


def test_a_symmetry_that_leaves_nothing_is_refused():
    line = sf.PhaseSpace("q", "p")
    heisenberg = sf.LieAlgebra(line, {"Q": "q", "P": "p"})
    with pytest.raises(ArgumentError, match="leaves no Hamiltonian"):
        LearnedDynamics(sf.invariants(heisenberg))


@pytest.mark.parametrize(
    "wrong", [{"points": 1}, {"steps": 0}, {"interval": 0.0}], ids=str
)
def test_motion_without_time_is_refused(wrong):
    options = {"points": 3, "interval": 0.1} | wrong
    with pytest.raises(ArgumentError, match="at least 2"):
        LearnedMotion(sf.invariants(SO2), **options)


def test_case_r04_velocities_are_no_momenta_where_mass_depends_on_position():
    """H = p^2 / (2 (1 + q^2)): in (q, v) the field has divergence -2 q v / (1 + q^2).

    A Hamiltonian field has none, so no H(q, v) fits; in (q, p) one does.
    """
    line = sf.PhaseSpace("q", "p")
    H = KnownHamiltonian(sf.compile([line.read("p**2/(2*(1 + q**2))")], line.z))

    def field(x):
        """The field of (q, v), by the chain rule of p = (1 + q^2) v."""
        q, v = x.unbind(-1)
        mass = 1 + q**2
        rate = hamiltonian_field(H, torch.stack([q, mass * v], -1))
        force = (rate[:, 1] - 2 * q * v * rate[:, 0]) / mass
        return torch.stack([rate[:, 0], force], -1)

    def divergence(flow, x):
        slopes = torch.autograd.functional.jacobian(lambda x: flow(x).sum(0), x)
        return slopes[0, :, 0] + slopes[1, :, 1]

    x = points(2)
    expected = -2 * x[:, 0] * x[:, 1] / (1 + x[:, 0] ** 2)
    torch.testing.assert_close(divergence(field, x), expected)
    at = torch.ones(1, 2, dtype=torch.float64)
    assert divergence(field, at).item() == pytest.approx(-1.0)
    phase = divergence(lambda z: hamiltonian_field(H, z), x)
    torch.testing.assert_close(phase, torch.zeros_like(phase), rtol=0, atol=1e-12)


def test_case_r04_so_the_loss_has_a_floor_that_more_training_does_not_pass():
    """Damped motion, of divergence -1 everywhere, against free motion of the same size."""
    line = sf.PhaseSpace("q", "p")
    z = points(2, 128)
    q, p = z.split(1, -1)
    losses = {}
    for name, force in {"damped": -q - p, "free": -q}.items():
        data = torch.cat([z, p, force], -1)
        model = LearnedDynamics(
            sf.invariants(sf.LieAlgebra(line, {})), width=16, depth=1
        )
        options = {"steps": 150, "learning_rate": 0.03, "batch_size": 64}
        history = fit(model, data, held_out=0.0, progress=False, **options)
        losses[name] = -float(history.training_bound[-1])
    assert losses["damped"] > 0.1
    assert losses["free"] < losses["damped"] / 5


class Direction(torch.nn.Module):
    """A loss with the direction of a vector, v / |v|, at whatever precision it has."""

    data_dimensions = (3,)

    def __init__(self, dtype):
        super().__init__()
        space = sf.PhaseSpace("x y z")
        unit = [space.read(f"{name}/sqrt(x**2 + y**2 + z**2)") for name in "xyz"]
        self.unit = sf.compile(unit, space.z[:3])
        self.weight = torch.nn.Parameter(torch.ones(3, dtype=dtype))

    def objective(self, batch, generator):
        return -(self.weight * self.unit.value(batch)).square().sum(-1)

    def description(self):
        return {"kind": "direction"}


def test_case_r01_a_direction_underflows_in_float32_and_training_names_the_row():
    """1e-25 squared is zero in float32; in float64 value and gradient are right."""
    tiny = torch.tensor([1e-25, 0.0, 0.0])
    assert not Direction(torch.float32).unit.value(tiny).isfinite().all()
    value, jacobian = Direction(torch.float64).unit.value_and_jacobian(tiny.double())
    torch.testing.assert_close(value, torch.tensor([1.0, 0, 0], dtype=torch.float64))
    assert bool(jacobian.isfinite().all())
    rows = points(3, 8)
    rows[5] = tiny
    options = {"steps": 3, "batch_size": 8, "held_out": 0.0, "progress": False}
    fit(Direction(torch.float64), rows, **options)
    model = Direction(torch.float32)
    with pytest.raises(TrainingError, match="rows 5 of the data"):
        fit(model, rows, **options)
    assert bool(model.weight.isfinite().all())
