"""Learning from an energy: the divergence falls to minus log Z, and weights give Z."""

import math

import pytest
import torch

from symflow.energy_flows import EnergyFlow
from symflow.errors import ArgumentError
from symflow.training import fit
from tests.toy_flows import SO2, flow

# U = |q|^2 / (2 * 0.25), whose norm is 2 pi 0.25.
VARIANCE = 0.25
NORM = 2 * math.pi * VARIANCE


def energy(q):
    return q.square().sum(-1) / (2 * VARIANCE)


def model(**options):
    return EnergyFlow(flow(SO2, components=1, blocks=1, **options), energy, "bowl")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_mean_weight_is_the_norm_whatever_the_model():
    """A narrow encoder keeps the weights bounded, since the joint density is wider."""
    untrained = model()
    weights = untrained.log_weights(40_000, seeded()).exp()
    error = float(weights.std()) / len(weights) ** 0.5
    assert abs(float(weights.mean()) - NORM) < 5 * error
    assert error < 0.1 * NORM


def test_the_divergence_bounds_minus_log_norm_and_falls_in_training():
    untrained = model()
    fit(
        untrained,
        untrained.source,
        steps=60,
        batch_size=64,
        learning_rate=0.03,
        held_out=0,
        progress=False,
    )
    with torch.no_grad():
        fresh = model().objective(torch.zeros(2000, 2), seeded())
        trained = untrained.objective(torch.zeros(2000, 2), seeded())
    for values in (fresh, trained):
        error = float(values.std()) / len(values) ** 0.5
        assert float(values.mean()) < math.log(NORM) + 4 * error
    gaps = [math.log(NORM) - float(v.mean()) for v in (fresh, trained)]
    assert gaps[1] < gaps[0] / 3
    size = untrained.effective_sample_size(2000, seeded())
    assert size > model().effective_sample_size(2000, seeded())


def test_a_base_that_cannot_be_derived_is_refused():
    with pytest.raises(ArgumentError, match="components=1"):
        EnergyFlow(flow(SO2, components=2), energy, "bowl")
