"""Energies have their symmetries, and samples obey the virial theorem."""

import itertools
import math

import pytest
import torch

from symflow.errors import ArgumentError
from symflow.mean_free import RelativeCoordinates
from symflow.particle_energies import (
    DoubleWell,
    LennardJones,
    hamiltonian_monte_carlo,
    virial,
)
from tests.random_models import points

ENERGIES = [DoubleWell(), DoubleWell(3, 1), LennardJones(), LennardJones(3, 2)]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("system", ENERGIES, ids=str)
def test_it_is_the_same_for_moved_turned_and_exchanged_particles(system):
    x = system.start(5, seeded())
    expected = system.energy(x)
    each = x.unflatten(-1, (system.particles, system.dimension))
    for order in itertools.islice(
        itertools.permutations(range(system.particles)), 1, 4
    ):
        found = system.energy(each[:, list(order)].flatten(1))
        torch.testing.assert_close(found, expected)
    moved = each + points(system.dimension, 5)[:, None]
    torch.testing.assert_close(system.energy(moved.flatten(1)), expected)
    turn = torch.linalg.qr(points(system.dimension, system.dimension))[0]
    torch.testing.assert_close(system.energy((each @ turn).flatten(1)), expected)


def test_a_pair_of_lennard_jones_is_deepest_at_distance_one():
    """Minus two, since each pair counts twice; the spring adds a quarter."""
    pair = LennardJones(2, 1)
    d = torch.linspace(0.8, 1.5, 701, dtype=torch.float64)
    well = pair.energy(torch.stack([0 * d, d], -1)) - d**2 / 4
    assert float(well.min()) == pytest.approx(-2)
    assert float(d[well.argmin()]) == pytest.approx(1, abs=2e-3)


@pytest.fixture(scope="module", params=["DW4", "LJ13"])
def sampled(request):
    """Relative coordinates that follow an energy, the energy, and what was accepted."""
    lennard = request.param == "LJ13"
    system = LennardJones() if lennard else DoubleWell()
    frame = RelativeCoordinates(system.particles, system.dimension)

    def energy(y):
        return system.energy(frame.back(y))

    y, rate = hamiltonian_monte_carlo(
        energy,
        frame.of(system.start(400, seeded(1))),
        60,
        0.02 if lennard else 0.1,
        generator=seeded(2),
    )
    return system, energy, y, rate


def test_samples_obey_the_virial_theorem(sampled):
    """<x . grad U> is 6 for DW4 and 36 for LJ13, within five standard errors."""
    system, energy, y, rate = sampled
    values = virial(energy, y)
    assert system.degrees in (6, 36)
    assert rate > 0.6
    error = float(values.std()) / math.sqrt(len(y))
    assert abs(float(values.mean()) - system.degrees) < 5 * error


def test_of_another_energy_they_do_not(sampled):
    """The trap of the literature: pairs counted once, and samples where they count twice.

    Its virial is (36 + <|x|^2>) / 2, and |x|^2 is far below 36.
    """
    system, energy, y, _ = sampled

    def once(y):
        return (energy(y) - y.square().sum(-1) / 2) / 2 + y.square().sum(-1) / 2

    values = virial(once, y)
    error = float(values.std()) / math.sqrt(len(y))
    assert abs(float(values.mean()) - system.degrees) > 3 * error


def test_impossible_numbers_are_refused():
    with pytest.raises(ArgumentError, match="at least 2"):
        DoubleWell(1)
    with pytest.raises(ArgumentError, match="positive"):
        hamiltonian_monte_carlo(lambda x: x.sum(-1), torch.zeros(2, 2), 0, 0.1)
