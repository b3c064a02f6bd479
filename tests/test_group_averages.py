"""Averages over a group are invariant, normalised, and sampled as they say."""

import math

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.claims import Standing
from symflow.errors import ArgumentError
from symflow.group_averages import AugmentedFlow, GroupAverage, finite_quadrature
from symflow.haar_quadratures import Quadrature, haar_quadrature
from symflow.training import fit
from tests.random_models import points
from tests.systems import U2
from tests.toy_flows import NONE, SO2, SPACE, flow

SQUARE = sf.FiniteGroup(SPACE, {"r": {"x": "-y", "y": "x"}, "s": {"x": "-x"}})


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield


def turns(degree):
    return haar_quadrature(sf.LinearAction(SO2), degree)


def averaged(quadrature, **options):
    return GroupAverage(flow(NONE, **options), quadrature)


def test_a_finite_average_is_invariant_under_every_element():
    model = averaged(finite_quadrature(SQUARE), momenta="observed")
    z = points(4)
    expected = model.log_prob(z)
    for image in model.images(z):
        torch.testing.assert_close(model.log_prob(image), expected, rtol=1e-12, atol=0)
    assert model.equivariance is Standing.BY_CONSTRUCTION
    plain = model.flow.log_prob(model.images(z))
    assert float((plain - plain[0]).abs().max()) > 0.1


def test_the_average_over_rotations_is_more_invariant_the_finer_it_is():
    """The error falls faster than any power; at degree 48 it is round-off or near."""
    z = points(4, 32)
    errors = [
        sf.invariance_error(averaged(turns(d), momenta="observed").log_prob, SO2, z)
        for d in (2, 12, 48)
    ]
    assert errors[0] > 1e-3
    assert errors[1] < errors[0] / 10
    assert errors[2] < errors[1] / 10
    assert averaged(turns(2)).equivariance is Standing.MEASURED


def test_its_values_do_not_depend_on_the_degree():
    z = points(4, 32)
    few, some, many = (
        averaged(turns(d), momenta="observed").log_prob(z) for d in (5, 40, 61)
    )
    assert float((some - many).abs().max()) < 1e-3
    assert float((few - many).abs().max()) > 1e-2


def test_the_average_is_the_mean_of_the_densities():
    model = averaged(finite_quadrature(SQUARE), momenta="observed")
    z = points(4)
    mean = model.flow.log_prob(model.images(z)).exp().mean(0)
    torch.testing.assert_close(model.log_prob(z).exp(), mean)


def test_samples_follow_the_mixture():
    """The mean of log p over samples is its integral, by weights of another sample."""
    uneven = Quadrature(
        finite_quadrature(SQUARE).matrices[:2],
        np.zeros((2, 4)),
        np.array([0.8, 0.2]),
        None,
    )
    model = averaged(uneven, momenta="observed")
    count = 20_000
    own = model.sample(count, torch.Generator().manual_seed(0))
    other = model.flow.sample(count, torch.Generator().manual_seed(1))
    weights = (model.log_prob(other) - model.flow.log_prob(other)).exp()
    for moment in (lambda z: z[:, 0] * z[:, 1], lambda z: z[:, 0] ** 2):
        left, right = moment(own), weights * moment(other)
        error = math.hypot(float(left.std()), float(right.std())) / count**0.5
        assert abs(float(left.mean() - right.mean())) < 5 * error
    assert abs(float(weights.mean()) - 1) < 5 * float(weights.std()) / count**0.5


def test_augmented_data_are_turned_while_training_and_left_alone_after():
    model = AugmentedFlow(flow(NONE, momenta="observed"), turns(8))
    z = points(4, 64)
    moved = model.turned(z, torch.Generator().manual_seed(0))
    torch.testing.assert_close(moved[:, :2].norm(dim=1), z[:, :2].norm(dim=1))
    assert float((moved - z).abs().max()) > 0.5
    torch.testing.assert_close(model.log_prob(z), model.flow.log_prob(z))
    seed = torch.Generator()
    torch.testing.assert_close(model.objective(z, seed), model.flow.log_prob(z))
    with torch.enable_grad():
        other = model.objective(z, seed)
    assert not torch.allclose(other, model.flow.log_prob(z))


@pytest.mark.parametrize("kind", [GroupAverage, AugmentedFlow])
@pytest.mark.parametrize("momenta", ["latent", "observed"])
def test_both_train(kind, momenta):
    with torch.enable_grad():
        model = kind(flow(NONE, momenta=momenta), turns(3))
        before = [p.detach().clone() for p in model.parameters()]
        width = model.data_dimensions[0]
        options = {"steps": 2, "held_out": 4, "progress": False}
        history = fit(model, points(width, 24), **options)
        assert np.isfinite(history.best_bound)
        assert any(
            not torch.equal(a, b)
            for a, b in zip(before, model.parameters(), strict=True)
        )


def test_for_latent_momenta_the_objective_bounds_the_averaged_marginal():
    model = averaged(finite_quadrature(SQUARE))
    q = points(2, 8)
    exact = torch.logsumexp(
        model.flow.marginal_log_prob(model.images(q)) - math.log(8), 0
    )
    generator = torch.Generator().manual_seed(0)
    draws = torch.stack([model.objective(q, generator) for _ in range(200)])
    error = draws.std(0) / 200**0.5
    assert bool((draws.mean(0) < exact + 4 * error).all())


def test_what_does_not_act_on_the_data_is_refused():
    with pytest.raises(ArgumentError, match="mixes momenta"):
        averaged(haar_quadrature(sf.LinearAction(U2.algebra), 2))
    line = sf.FiniteGroup(sf.PhaseSpace("q", "p"), {"P": {"q": "-q"}})
    with pytest.raises(ArgumentError, match="coordinates of the flow"):
        averaged(finite_quadrature(line))
    pair = sf.PhaseSpace("a b", parameters="m1 m2")
    swap = {"a": "b", "b": "a", "m1": "m2", "m2": "m1"}
    with pytest.raises(ArgumentError, match="parameter"):
        finite_quadrature(sf.FiniteGroup(pair, {"swap": swap}))
