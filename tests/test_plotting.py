"""Plotting: what is drawn is the density, the potential and the samples themselves."""

import math

import matplotlib as mpl
import numpy as np
import pytest
import torch

from symflow.algebra import LieAlgebra
from symflow.errors import ArgumentError
from symflow.figures import panels
from symflow.integrators import Leapfrog
from symflow.phase_space import PhaseSpace
from symflow.plotting import (
    density,
    position_log_prob,
    potential,
    radial_profile,
    samples,
)
from symflow.targets import Rings
from tests.toy_flows import NONE, SO2, flow


@pytest.fixture(scope="module")
def model():
    return flow(SO2)


DRAWINGS = {
    "density": lambda model, ax: density(Rings().log_prob, ax, points=20),
    "radial_profile": lambda model, ax: radial_profile(
        {"target": Rings().log_prob}, ax
    ),
    "samples": lambda model, ax: samples(np.zeros((3, 2)), ax),
    "potential": lambda model, ax: potential(model, ax),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_functions_draw_on_the_axes_they_get_and_leave_the_settings_alone(name, model):
    before = dict(mpl.rcParams)
    _, (given, other) = panels(2)
    assert DRAWINGS[name](model, given) is given
    assert given.has_data()
    assert not other.has_data()
    assert DRAWINGS[name](model, None).figure is not given.figure
    assert dict(mpl.rcParams) == before


def test_configuration_space_has_equal_aspect():
    for ax in (density(Rings().log_prob, points=20), samples(np.zeros((3, 2)))):
        assert ax.get_aspect() == 1


def test_the_image_is_the_density_at_the_centres_of_the_cells():
    ax = density(Rings().log_prob, extent=(-4, 4, -2, 6), points=160)
    p = np.asarray(ax.images[0].get_array())
    centre = torch.tensor(np.array([[-4 + 8 * 30.5 / 160, -2 + 8 * 90.5 / 160]]))
    assert math.isclose(p[90, 30], Rings().log_prob(centre).exp().item())
    whole = density(Rings().log_prob, extent=(-5, 5, -5, 5), points=200)
    mass = np.asarray(whole.images[0].get_array()).sum() * (10 / 200) ** 2
    assert abs(mass - 1) < 1e-6


def test_panels_can_share_a_scale():
    ax = density(Rings().log_prob, points=20, maximum=0.5)
    assert ax.images[0].get_clim() == (0, 0.5)


def test_the_marginal_converges_to_that_of_the_model(model):
    generator = torch.Generator().manual_seed(0)
    q = 2 * torch.randn(12, 2, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        exact = model.marginal_log_prob(q, nodes=96).exp()
    errors = [
        float((position_log_prob(model, nodes)(q).exp() - exact).abs().max())
        for nodes in (16, 32)
    ]
    assert errors[0] < 0.01 * exact.max()
    assert errors[1] < 2e-3 * exact.max()


def test_the_nodes_turn_with_q():
    """Eps is 2.2e-16; the flow's chain and the sum of 256 terms leave four digits."""
    angle = torch.tensor(0.7, dtype=torch.float64)
    turn = torch.stack(
        [
            torch.stack([angle.cos(), -angle.sin()]),
            torch.stack([angle.sin(), angle.cos()]),
        ]
    )
    q = torch.randn(
        8, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64
    )

    def change(model):
        log_prob = position_log_prob(model)
        return float((log_prob(q @ turn.T) - log_prob(q)).abs().max())

    assert change(flow(SO2)) < 1e-11
    assert change(flow(NONE)) > 1e-3


def test_the_marginal_at_the_origin_is_finite(model):
    assert position_log_prob(model)(torch.zeros(1, 2)).isfinite().all()


def test_observed_momenta_and_three_dimensions_have_no_picture_of_p_of_q():
    rotations = {"Lz": "x*p_y - y*p_x"}
    three = LieAlgebra(PhaseSpace("x y z"), rotations)
    for refused in (flow(SO2, momenta="observed"), flow(three, encoder="mlp")):
        with pytest.raises(ArgumentError, match="latent momenta and 2 degrees"):
            position_log_prob(refused)


def test_the_profile_of_rings_is_the_mixture_of_normals():
    ax = radial_profile({"target": Rings().log_prob}, points=80)
    radius, profile = ax.lines[0].get_data()
    bells = [np.exp(-0.5 * ((radius - r) / 0.2) ** 2) for r in (1, -1, 3, -3)]
    expected = 0.5 * sum(bells) / (0.2 * math.sqrt(2 * math.pi))
    assert np.allclose(profile, expected, rtol=1e-9)


def widest(ax):
    """The largest width of the band."""
    x, y = ax.collections[0].get_paths()[0].vertices.T
    return max(np.ptp(y[x == radius]) for radius in np.unique(x))


def test_the_band_has_no_width_exactly_where_the_density_is_invariant():
    def shifted(q):
        return Rings().log_prob(q - q.new_tensor([0.5, 0.0]))

    assert widest(radial_profile({"target": Rings().log_prob}, points=80)) < 1e-9
    assert widest(radial_profile({"shifted": shifted}, points=80)) > 0.1


@pytest.mark.parametrize("of", ["q", "p"])
def test_the_sum_is_the_sum_of_the_blocks(model, of):
    *each, total = potential(model, of=of).lines
    assert len(each) == 2
    assert np.allclose(sum(line.get_ydata() for line in each), total.get_ydata())


def test_the_slope_of_the_potential_is_what_the_flow_uses(model):
    place, value = potential(model).lines[0].get_data()
    kick = model.get_submodule("pieces.0.hamiltonian")
    middle = torch.tensor((place[1:] + place[:-1]) / 2).unsqueeze(-1)
    slope = kick.function.gradient(middle).squeeze(-1).detach().numpy()
    measured = np.diff(value) / np.diff(place)
    scale = np.abs(slope).max()
    assert np.abs(measured - slope).max() < 1e-2 * scale


def test_leapfrog_has_one_potential():
    model = flow(SO2, integrator=Leapfrog(steps=3))
    (line,) = potential(model).lines
    assert line.get_label() == "$U$"


def test_several_invariants_are_drawn_along_a_ray_from_zero():
    ax = potential(flow(NONE))
    assert all(line.get_ydata()[0] == 0 for line in ax.lines)
    assert "(1, 1)" in ax.get_xlabel()


def test_a_kinetic_energy_of_a_mass_is_a_parabola():
    (*_, total) = potential(flow(SO2, kinetic="scalar"), of="p").lines
    r, K = total.get_data()
    assert np.allclose(K, K[-1] * (r / r[-1]) ** 2)
    assert K[-1] > 0


def test_a_model_without_a_potential_says_so():
    oscillator = LieAlgebra(PhaseSpace("x"), {"H": "(x**2 + p_x**2)/2"})
    model = flow(oscillator, encoder="mlp")
    with pytest.raises(ArgumentError, match="none of q alone"):
        potential(model)
    with pytest.raises(ArgumentError, match="must be 'q' or 'p'"):
        potential(model, of="x")


@pytest.mark.parametrize("shape", [(4,), (4, 3), (2, 4, 2)])
def test_samples_of_another_width_are_refused(shape):
    with pytest.raises(ArgumentError, match=r"shape \(N, 2\)"):
        samples(np.zeros(shape))
