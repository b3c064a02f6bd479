"""A symmetry that is asked for: brackets are right, and multipliers make them fall."""

import math

import pytest
import torch

import symflow as sf
from symflow.constraints import (
    ConstrainedFlow,
    Form,
    Points,
    base_brackets,
    hamiltonian_brackets,
)
from symflow.errors import ArgumentError
from symflow.hamiltonians import KnownHamiltonian
from symflow.multipliers import AugmentedLagrangian, DualAscent, Geco
from symflow.training import fit
from tests.random_models import points
from tests.toy_flows import NONE, SO2, SPACE, flow

SCHEDULES = [DualAscent(), AugmentedLagrangian(), Geco()]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def compiled(*expressions):
    return sf.compile([SPACE.read(e) for e in expressions], SPACE.z)


@pytest.mark.parametrize(
    ("g", "H"),
    [
        ("x*p_y - y*p_x", "x**2*y + p_x*p_y"),
        ("x*p_x + y*p_y", "(p_x**2 + p_y**2)/2 + x**4"),
        ("p_x", "x**3*p_y"),
    ],
)
def test_brackets_are_those_of_the_exact_algebra(g, H):
    exact = sf.poisson_bracket(SPACE.read(g), SPACE.read(H), SPACE)
    z = points(4)
    found = hamiltonian_brackets(KnownHamiltonian(compiled(H)), compiled(g), z)
    expected = sf.compile([exact], SPACE.z).value(z)
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("algebra", [SO2, NONE], ids=["so(2)", "none"])
def test_a_flow_of_invariants_has_no_residual_and_another_has(algebra):
    model = ConstrainedFlow(flow(algebra, momenta="observed"), SO2)
    found = model.residuals(points(4, 64), seeded())
    worst = max(value for place in found.values() for value in place.values())
    assert worst < 1e-13 if algebra is SO2 else worst > 1e-2
    assert set(found) == {place.value for place in Points}


def test_brackets_with_the_base_are_the_derivative_along_the_group():
    base = flow(NONE, components=2).base
    z, step = points(4), 1e-6
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
    field = torch.cat([z[:, :2] @ turn.T, z[:, 2:] @ turn.T], -1)
    slope = (base.log_prob(z + step * field) - base.log_prob(z - step * field)) / 2
    # {f, L} is the derivative along the field of L; {L, f} is minus that.
    found = base_brackets(base, compiled("x*p_y - y*p_x"), z)[:, 0]
    torch.testing.assert_close(found, -slope.detach() / step, rtol=1e-6, atol=1e-8)


def spiral(count=64):
    """Phase points that are invariant under rotations, about a ring of momenta."""
    generator = torch.Generator().manual_seed(2)
    angle = 2 * math.pi * torch.rand(count, generator=generator, dtype=torch.float64)
    noise = 0.2 * torch.randn(count, 4, generator=generator, dtype=torch.float64)
    way = torch.stack([angle.cos(), angle.sin()], -1)
    across = torch.stack([-angle.sin(), angle.cos()], -1)
    return torch.cat([2 * way, across], -1) + noise


def trained(schedule):
    plain = flow(NONE, momenta="observed", blocks=1, seed=1)
    model = ConstrainedFlow(plain, SO2, schedule=schedule, points=[Points.DATA])
    fit(
        model,
        spiral(),
        steps=80,
        batch_size=64,
        learning_rate=0.01,
        held_out=0.0,
        progress=False,
    )
    found = model.residuals(spiral(), seeded())
    return sum(found[Points.DATA.value].values()), model


def test_without_multipliers_the_symmetry_is_not_met_and_with_them_it_nearly_is():
    """The residual of the run without is five times that of every schedule at least."""
    without, model = trained(DualAscent(rate=0.0))
    assert set(model.multipliers.values()) == {0.0}
    assert without > 0.3
    for schedule in SCHEDULES:
        residual, model = trained(schedule)
        assert max(model.multipliers.values()) > 0
        assert residual < without / 5, schedule


def test_while_it_is_evaluated_the_objective_is_the_bound():
    model = ConstrainedFlow(flow(NONE, momenta="observed"), SO2)
    z = points(4)
    before = model.state.clone()
    model.eval()
    bound = model.objective(z, seeded())
    torch.testing.assert_close(bound, model.flow.joint_log_prob(z))
    assert bool((model.state == before).all())
    model.train()
    model.objective(z, seeded())
    assert bool((model.state != before).any())


@pytest.mark.parametrize("place", Points, ids=lambda p: p.name)
@pytest.mark.parametrize("form", Form, ids=lambda f: f.name)
def test_every_form_and_place_has_a_gradient_for_latent_momenta(place, form):
    model = ConstrainedFlow(
        flow(NONE), SO2, schedule=DualAscent(), form=form, points=[place]
    )
    sizes = model.sizes(points(2), seeded())
    assert sizes.shape == (2,)
    sizes.sum().backward()
    slopes = [w.grad for w in model.flow.pieces.parameters() if w.grad is not None]
    assert slopes
    assert all(bool(slope.isfinite().all()) for slope in slopes)


def test_along_the_path_the_first_hamiltonian_is_looked_at_where_it_acts():
    model = ConstrainedFlow(flow(NONE, momenta="observed"), SO2, points=[Points.PATH])
    z = points(4)
    states = model._states(Points.PATH, z, seeded())
    torch.testing.assert_close(states[-1], z, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(states[0], model.flow.inverse(z))


def test_what_makes_no_sense_is_refused():
    model = flow(NONE)
    other = sf.LieAlgebra(sf.PhaseSpace("a b"), {"L": "a*p_b - b*p_a"})
    with pytest.raises(ArgumentError, match="phase space of the flow"):
        ConstrainedFlow(model, other)
    with pytest.raises(ArgumentError, match="a generator"):
        ConstrainedFlow(model, NONE)
