"""The density: invariant, normalised, invertible, for any weights and every scheme."""

import copy
import random
import warnings

import numpy as np
import pytest
import torch
from torch import nn

import symflow as sf
from symflow.errors import ArgumentError, NonCompactError, UnsupportedError
from symflow.networks import PotentialNetwork
from symflow.splines import CubicSpline
from tests.random_models import jacobians, points, scrambled
from tests.systems import (
    DILATION,
    E3,
    HEISENBERG,
    NOTHING,
    RESONANT,
    SL2,
    SO2,
    SO2_AXIS,
    SO3,
    SO3_TWO,
    U2,
)

LINE = sf.PhaseSpace("q", "p")
CASES = [
    (system, integrator)
    for system in (NOTHING, SO2, SO2_AXIS, SO3, SO3_TWO)
    for integrator in (sf.Blocks(3), sf.Blocks(3, separable=True), sf.Leapfrog(3, 0.4))
] + [(U2, sf.Blocks(3)), (RESONANT, sf.Blocks(3))]
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}


def flow(algebra, seed=0, size=0.3, **options):
    """An observed flow with random pieces."""
    options = {"momenta": "observed", "width": 8, "dtype": torch.float64, **options}
    model = sf.HamiltonianFlow(sf.invariants(algebra), seed=seed, **options)
    scrambled(model.pieces, seed, size)
    return model


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}", scope="module")
def case(request):
    system, integrator = request.param
    return system, flow(system.algebra, integrator=integrator)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_laws_of_map_and_density(case, dtype):
    system, model = case[0], copy.deepcopy(case[1]).to(dtype)
    z = points(2 * system.space.n, 32, dtype)
    bound = TOLERANCE[dtype]
    assert float((model(z) - z).abs().max()) > 1e-2
    assert sf.inverse_error(model, z) < bound
    assert sf.equivariance_error(model, system.algebra, z) < bound
    assert sf.equivariance_error(model.inverse, system.algebra, z) < bound
    assert sf.invariance_error(model.joint_log_prob, system.algebra, z) < bound
    assert model.equivariance is sf.Standing.BY_CONSTRUCTION
    assert model(z).dtype == model.log_prob(z).dtype == dtype


def test_case_r13_the_map_is_symplectic_and_its_log_determinant_zero(case):
    system, model = case
    z = points(2 * system.space.n, 4)
    with torch.enable_grad():
        M = jacobians(model, z)
        assert sf.symplecticity_error(model, z) < 1e-12
    size = float(M.abs().max())
    assert float(torch.linalg.slogdet(M)[1].abs().max()) < 1e-12 * max(1, size)


def test_the_map_conserves_every_generator(case):
    """So the momentum map of the model is distributed as that of its base."""
    system, model = case
    g = sf.compile(
        [*system.algebra.generators.values(), 1 + 0 * system.space.z[0]], system.space.z
    )
    z = points(2 * system.space.n, 32)
    moved = model(z)
    scale = 1 + (moved**2).sum(-1, keepdim=True)
    assert float(((g(moved) - g(z)) / scale).abs().max()) < 1e-14


def test_a_flow_without_symmetry_is_not_equivariant():
    plain = flow(NOTHING.algebra, blocks=3)
    z = points(4, 64)
    assert sf.equivariance_error(plain, SO2.algebra, z) > 1e-2
    assert sf.invariance_error(plain.joint_log_prob, SO2.algebra, z) > 1e-2


@pytest.mark.parametrize("generators", [{}, {"H": "(p**2 + q**2)/2"}], ids=str)
def test_one_degree_of_freedom_is_normalised(generators):
    """Exact log p(q, p), summed over the plane."""
    model = flow(sf.LieAlgebra(LINE, generators), blocks=2, components=2)
    axis = torch.linspace(-25, 25, 800, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    total = model.log_prob(z).exp().sum() * (axis[1] - axis[0]) ** 2
    assert float(total) == pytest.approx(1, abs=1e-7)


def test_where_no_piece_has_a_closed_form_the_flow_is_refused():
    """An oscillator about another point is a quadratic with a linear part."""
    algebra = sf.LieAlgebra(LINE, {"H": "p**2 + 2*(q - 1)**2"})
    with pytest.raises(UnsupportedError, match="closed form"):
        flow(algebra, blocks=2)


def test_samples_follow_the_density():
    """Mean of log p over samples against the sum over the plane, and the spread of q."""
    model = flow(sf.LieAlgebra(LINE, {}), blocks=2, components=2)
    axis = torch.linspace(-25, 25, 800, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    cell = float(axis[1] - axis[0]) ** 2
    log_prob = model.log_prob(z)
    drawn = model.sample(40_000, torch.Generator().manual_seed(0))
    for values, known in (
        (model.log_prob(drawn), log_prob),
        (drawn[:, 0] ** 2, z[:, 0] ** 2),
        (drawn[:, 1], z[:, 1]),
    ):
        expected = float((log_prob.exp() * known).sum()) * cell
        error = float(values.std()) / len(values) ** 0.5
        assert abs(float(values.mean()) - expected) < 5 * error


def test_the_marginal_is_normalised_and_above_the_bounds():
    model = flow(sf.LieAlgebra(LINE, {}), blocks=2, momenta="latent", components=1)
    q = torch.linspace(-25, 25, 800, dtype=torch.float64)[:, None]
    log_prob = model.marginal_log_prob(q, nodes=200)
    total = float(log_prob.exp().sum() * (q[1] - q[0]))
    assert total == pytest.approx(1, abs=1e-6)
    generator = torch.Generator().manual_seed(0)
    inner = q[300:500]
    exact = model.marginal_log_prob(inner, nodes=200)
    means = [
        float((estimate - exact).mean())
        for estimate in (
            torch.stack([model.elbo(inner, generator) for _ in range(20)]).mean(0),
            model.log_prob(inner, 64, generator),
        )
    ]
    assert means[0] < means[1] < 0.02


def test_the_marginal_is_invariant_for_a_lifted_action():
    model = flow(SO2.algebra, blocks=2, momenta="latent", components=1)
    q = points(2, 4)

    def log_prob(q):
        return model.marginal_log_prob(q, nodes=200)

    assert sf.invariance_error(log_prob, SO2.algebra, q) < 1e-9


# Shapes, seeds and precision.


def test_shapes():
    latent, seen = (
        flow(SO3.algebra, blocks=1, momenta=momenta)
        for momenta in ("latent", "observed")
    )
    assert latent.sample(5).shape == (5, 3)
    assert seen.sample(5).shape == (5, 6)
    assert latent.sample_phase_space(5).shape == (5, 6)
    assert (latent.data_dimensions, seen.data_dimensions) == ((3,), (6,))
    assert (
        latent.log_prob(points(3, 8)).shape == latent.elbo(points(3, 8)).shape == (8,)
    )
    assert seen.log_prob(points(6, 8).view(2, 4, 6)).shape == (2, 4)
    assert seen.encoder is None
    generator = torch.Generator().manual_seed(0)
    assert latent.objective(points(3, 8), generator).shape == (8,)
    assert torch.equal(seen.objective(points(6), generator), seen.log_prob(points(6)))


def test_same_seed_same_weights():
    first, again, other = (
        sf.HamiltonianFlow(sf.invariants(SO2.algebra), 2, seed=seed).state_dict()
        for seed in (0, 0, 1)
    )
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_nothing_global_is_touched(monkeypatch):
    """Not the random states, of torch, of accelerators, of numpy or of Python."""

    def refuse(*_):
        raise AssertionError("an accelerator was seeded")

    monkeypatch.setattr(torch.cuda, "manual_seed_all", refuse)
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    sf.HamiltonianFlow(sf.invariants(SO2.algebra), 1, seed=5)
    assert torch.equal(torch.get_rng_state(), states[0])
    assert np.array_equal(np.random.get_state()[1], states[1])
    assert random.getstate() == states[2]


def test_case_r07_the_default_type_is_left_alone():
    """Neither by the import, which has happened, nor by a model in float64."""
    model = sf.HamiltonianFlow(sf.invariants(SO2.algebra), 1, dtype=torch.float64)
    assert {weight.dtype for weight in model.parameters()} == {torch.float64}
    assert torch.get_default_dtype() == torch.float32


def test_case_r07_data_of_another_type_are_refused_and_not_mixed():
    for dtype, other in (
        (torch.float32, torch.float64),
        (torch.float64, torch.float32),
    ):
        latent = flow(SO2.algebra, blocks=1, momenta="latent", dtype=dtype)
        z = points(4, dtype=other)
        for call in (latent, latent.inverse, latent.joint_log_prob):
            with pytest.raises(ArgumentError, match="type"):
                call(z)
        for call in (latent.log_prob, latent.elbo, latent.marginal_log_prob):
            with pytest.raises(ArgumentError, match="type"):
                call(z[:, :2])


def test_weights_are_the_same_in_both_precisions():
    single, double = (
        sf.HamiltonianFlow(sf.invariants(SO2.algebra), 1, dtype=dtype).state_dict()
        for dtype in (torch.float32, torch.float64)
    )
    assert all(torch.equal(single[key].double(), double[key]) for key in single)


def test_descriptions_tell_models_apart():
    plain = flow(SO2.algebra, blocks=1).description()
    assert plain == flow(SO2.algebra, blocks=1, seed=3).description()
    others = [
        flow(SO2.algebra, blocks=2),
        flow(SO2.algebra, blocks=1, components=2),
        flow(SO2.algebra, blocks=1, momenta="latent"),
        flow(SO2_AXIS.algebra, blocks=1),
        flow(SO2.algebra, integrator=sf.Leapfrog(1)),
    ]
    assert all(other.description() != plain for other in others)


# Bad input.


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"momenta": "hidden"}, "momenta"),
        ({"encoder": "gaussian"}, "encoder"),
        ({"blocks": 0}, "blocks"),
        ({"blocks": -3}, "blocks"),
        ({"blocks": 1.5}, "blocks"),
        ({"components": 0}, "components"),
        ({"width": 0}, "width"),
        ({"width": 8.0}, "width"),
        ({"depth": 0}, "depth"),
        ({"dtype": torch.int64}, "dtype"),
        ({"dtype": torch.complex64}, "dtype"),
        ({"integrator": sf.Leapfrog(0)}, "steps"),
        ({"integrator": 3}, "integrator"),
    ],
)
def test_options_that_mean_nothing_are_named(options, word):
    with pytest.raises(ArgumentError, match=f"`{word}`"):
        sf.HamiltonianFlow(sf.invariants(SO2.algebra), **options)


def test_a_scale_fitted_to_far_data_keeps_every_law():
    model = flow(SO2.algebra, integrator=sf.Blocks(2))
    z = points(4, 64)
    near = model(z)
    model.fit_scale(30.0 * z)
    assert float((model(z) - near).abs().max()) > 1e-2
    assert sf.inverse_error(model, z) < 1e-12
    assert sf.equivariance_error(model, SO2.algebra, z) < 1e-12
    assert sf.invariance_error(model.joint_log_prob, SO2.algebra, z) < 1e-12
    with pytest.raises(ArgumentError, match="shape"):
        model.fit_scale(z[:, :2])


def mlp(count):
    return nn.Sequential(nn.Linear(count, 8), nn.Softplus(), nn.Linear(8, 1))


def spline(count):
    return CubicSpline() if count == 1 else PotentialNetwork(count, 8, 1)


@pytest.mark.parametrize("function", [mlp, spline])
@pytest.mark.parametrize("integrator", [sf.Blocks(2), sf.Gauss(1, 0.1)], ids=str)
def test_any_function_of_the_invariants_may_be_learned(function, integrator):
    model = flow(SO2.algebra, function=function, integrator=integrator)
    z = points(4, 16)
    assert float((model(z) - z).abs().max()) > 1e-2
    assert sf.equivariance_error(model, SO2.algebra, z) < 1e-12
    assert sf.symplecticity_error(model, z) < 1e-12
    assert model.description()["function"] != flow(SO2.algebra).description().get(
        "function"
    )


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda count: CubicSpline(), "2 invariants"),
        (lambda count: torch.sin, "nn.Module"),
        (CubicSpline(), "each piece"),
        (7, "each piece"),
    ],
)
def test_what_is_no_function_of_the_invariants_is_refused(function, word):
    with pytest.raises(ArgumentError, match=word):
        flow(SO2.algebra, function=function)


def test_an_algebra_in_place_of_its_invariants():
    with pytest.raises(ArgumentError, match="invariants\\(algebra\\)"):
        sf.HamiltonianFlow(SO2.algebra)
    with pytest.raises(ArgumentError, match="must be a LieAlgebra"):
        sf.invariants(SO2.algebra.space)


@pytest.mark.parametrize("count", [0, -1, 2.0])
def test_a_number_of_samples_is_positive(count):
    with pytest.raises(ArgumentError, match="`count` must be a positive integer"):
        flow(SO2.algebra, blocks=1).sample(count)


@pytest.mark.parametrize(
    ("system", "name"),
    [(E3, "Px"), (DILATION, "D"), (HEISENBERG, "Q"), (SL2, "e")],
    ids=str,
)
def test_groups_that_are_not_compact_are_refused_by_name(system, name):
    error = NonCompactError if system not in (HEISENBERG, SL2) else UnsupportedError
    with pytest.raises(error) as caught:
        sf.HamiltonianFlow(sf.invariants(system.algebra), 1)
    if error is NonCompactError:
        assert caught.value.generator == name


def test_nonlinear_actions_are_refused():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), {"g": "x**3"})
    with pytest.raises(UnsupportedError, match="degree 3"):
        sf.HamiltonianFlow(sf.invariants(algebra), 1)


def test_an_encoder_that_does_not_exist_is_refused():
    with pytest.raises(UnsupportedError, match="mlp"):
        sf.HamiltonianFlow(sf.invariants(U2.algebra), 1)
    assert sf.HamiltonianFlow(sf.invariants(U2.algebra), 1, encoder="mlp").encoder


def test_latent_and_observed_are_not_confused():
    latent = flow(SO2.algebra, blocks=1, momenta="latent")
    seen = flow(SO2.algebra, blocks=1)
    z, q = points(4), points(2)
    for call in (latent.log_prob, latent.elbo, latent.marginal_log_prob):
        with pytest.raises(ArgumentError, match=r"\(\.\.\., 2\)"):
            call(z)
    with pytest.raises(ArgumentError, match=r"\(\.\.\., 4\)"):
        seen.log_prob(q)
    for call in (seen.elbo, seen.marginal_log_prob):
        with pytest.raises(ArgumentError, match="exact"):
            call(z)
    for call in (latent, seen, latent.inverse, latent.joint_log_prob):
        with pytest.raises(ArgumentError, match=r"\(\.\.\., 4\)"):
            call(q)


def test_floats_in_the_generators_lower_the_standing():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inexact = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "0.5*x*p_y - 0.5*y*p_x"})
    assert flow(inexact, blocks=1).equivariance is sf.Standing.MEASURED


class Unit(sf.AbstractDensity):
    """A unit Gaussian: invariant under rotations, not under translations."""

    def log_prob(self, z):
        return -0.5 * (z * z).sum(-1) - z.shape[-1] / 2 * np.log(2 * np.pi)

    def sample(self, count, generator=None):
        return torch.randn(count, 6, generator=generator, dtype=torch.float64)


def test_a_group_without_a_base_takes_one_of_your_own_and_claims_only_the_map():
    """e(3) moves q without bound: the map commutes with it, the density does not."""
    model = flow(E3.algebra, base=Unit(), integrator=sf.Blocks(2))
    z = points(6)
    assert sf.equivariance_error(model, E3.algebra, z) < 1e-12
    assert sf.invariance_error(model.joint_log_prob, E3.algebra, z) > 0.1
    certificate = sf.certify(model, z)
    kinds = {claim.kind for claim in certificate.claims}
    assert "equivariant map" in kinds
    assert not kinds & {"base", "invariant density"}
    (error,) = (c for c in certificate.claims if "log p(q, p)" in c.statement)
    assert error.evidence["value"] > 0.1
    assert error.evidence["tolerance"] is None  # or the checker would refuse the figure
    assert model.sample(3).shape == (3, 6)


def test_a_base_that_commutes_by_construction_keeps_the_claim():
    """The ball and the quotient of the same rotations; those of another group do not."""
    space = sf.PhaseSpace("x y z")
    so3 = sf.LieAlgebra(space, sf.rotations(space))
    turn = sf.LieAlgebra(space, {"Lz": "x*p_y - y*p_x"})
    bases = [
        sf.RadialSoftUniform(sf.LinearAction(so3)),
        sf.QuotientDensity(sf.fibre_volume(so3)),
    ]
    for base in bases:
        assert base.commutes_with(so3)
        assert not base.commutes_with(turn)
        model = sf.HamiltonianFlow(
            sf.invariants(so3), 1, base=base, momenta="observed", dtype=torch.float64
        )
        assert model.action is not None
        kinds = {claim.kind for claim in sf.certify(model, points(6)).claims}
        assert "invariant density" in kinds
        assert sf.HamiltonianFlow(sf.invariants(turn), 1, base=base).action is None
    assert not Unit().commutes_with(so3)


def test_a_base_must_be_a_density():
    with pytest.raises(ArgumentError, match="`base` must be an AbstractDensity"):
        sf.HamiltonianFlow(sf.invariants(SO2.algebra), 1, base=torch.nn.Identity())
