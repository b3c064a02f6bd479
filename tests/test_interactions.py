"""Pair potentials: sums over pairs, whose forces act along the line between two particles."""

import pytest
import torch
from torch import nn

from symflow import interactions
from symflow.errors import ArgumentError
from symflow.functions import ModuleFunction
from symflow.interactions import PairPotential, Pairs
from symflow.networks import DerivativeNetwork, PotentialNetwork
from symflow.splines import CubicSpline
from tests import particle_laws as laws
from tests.random_models import scrambled

# torch.func reads code of torch that warns of its own age.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")


class Spring(nn.Module):
    """k r^2 / 2."""

    def __init__(self):
        super().__init__()
        self.k = nn.Parameter(torch.tensor(3.0, dtype=torch.float64))

    def forward(self, square):
        return self.k * square / 2


def spline():
    return CubicSpline(6, low=-0.5, high=9.0)


def water():
    """Two species: A at the places 0, 1 and 4, B at 2 and 3."""
    functions = {
        ("A", "A"): spline(),
        ("B", "A"): DerivativeNetwork(4, 1),
        ("B", "B"): PotentialNetwork(1, 4, 2),
    }
    return PairPotential(5, functions, dimension=2, species="AABBA")


ENERGIES = {
    "spline": lambda: PairPotential(4, spline()),
    "network": lambda: PairPotential(5, DerivativeNetwork(4, 2), dimension=2),
    "species": water,
    "two on a line": lambda: PairPotential(2, spline(), dimension=1),
    "springs": lambda: PairPotential(4, ModuleFunction(Spring())),
}


@pytest.fixture(params=ENERGIES, ids=str)
def energy(request):
    return scrambled(ENERGIES[request.param]().double(), seed=3, size=0.8)


def test_translations_rotations_and_reflections(energy):
    d = energy.dimension
    shift = torch.arange(1.0, d + 1, dtype=torch.float64)
    laws.assert_invariant(energy, lambda q: q + shift)
    for seed in range(2):
        R = laws.rotation(d, seed)
        laws.assert_invariant(energy, lambda q, R=R: q @ R.T, lambda v, R=R: v @ R.T)


def test_exchanges_within_a_species():
    alike = scrambled(ENERGIES["network"]().double(), size=0.8)
    order = torch.tensor([3, 0, 4, 1, 2])
    laws.assert_invariant(alike, lambda q: q[:, order], lambda v: v[:, order])
    energy = scrambled(water().double(), size=0.8)
    order = torch.tensor([4, 0, 3, 2, 1])
    laws.assert_invariant(energy, lambda q: q[:, order], lambda v: v[:, order])


def test_exchanges_of_different_species_matter():
    """The hypothesis dropped."""
    energy = scrambled(water().double(), size=0.8)
    q = laws.positions(energy)
    order = torch.tensor([2, 1, 0, 3, 4])
    change = laws.value(energy, q[:, order]) - laws.value(energy, q)
    assert float(change.abs().max()) > 0.1


def test_stretching_matters(energy):
    q = laws.positions(energy)
    change = laws.value(energy, 1.5 * q) - laws.value(energy, q)
    assert float(change.abs().max()) > 0.01


def test_forces_sum_to_zero_and_carry_no_torque(energy):
    laws.assert_conserves_momenta(energy)


def test_forces_are_the_gradient(energy):
    laws.assert_is_a_gradient(energy)


def test_the_pullback_is_that_of_autograd(energy):
    laws.assert_pulls_back(energy)


@pytest.mark.parametrize("kind", ["save", "states", "reversible"])
def test_in_a_chain(energy, kind):
    laws.assert_flows(energy, kind)


def test_equal_springs_pull_to_the_centre():
    """Springs between all pairs: U = k N / 2 times the spread, F_i = -k N (q_i - Q)."""
    energy = PairPotential(4, ModuleFunction(Spring()))
    q = laws.positions(energy)
    k, N = 3.0, 4
    apart = q - q.mean(1, keepdim=True)
    laws.assert_same(laws.value(energy, q), k * N / 2 * apart.square().sum((1, 2)))
    laws.assert_same(laws.forces(energy, q), -k * N * apart)


def test_particles_that_meet_feel_no_force():
    energy = scrambled(PairPotential(2, spline()).double(), size=0.8)
    q = laws.positions(energy)
    q[:, 1] = q[:, 0]
    assert not laws.forces(energy, q).any()


@pytest.mark.parametrize("law", [laws.assert_is_a_gradient, laws.assert_pulls_back])
def test_tiles_change_nothing(monkeypatch, law):
    monkeypatch.setattr(interactions.Pairs.tiles, "__defaults__", (7,))
    law(scrambled(water().double(), size=0.8))


def test_no_tile_holds_more_than_it_may():
    pairs = PairPotential(30, spline()).pairs[0]
    for batch, size in ((1, 100), (8, 100), (200, 100)):
        tiles = list(pairs.tiles(torch.zeros(30, 3, batch), size))
        assert max(len(first) for first, _ in tiles) == max(1, size // batch)
        seen = torch.cat([torch.stack(tile) for tile in tiles], 1)
        assert torch.equal(seen, torch.stack([pairs.first, pairs.second]))


def test_a_thousand_particles_keep_nothing_of_half_a_million_pairs():
    energy = scrambled(PairPotential(1000, spline()).double(), size=0.8)
    x = 10 * laws.positions(energy, count=2).flatten(1).t()
    with torch.no_grad():
        slopes, tape = energy.slope(energy.folded(), x)
    assert tape is x
    total = slopes.reshape(1000, 3, 2).sum(0)
    assert float(total.abs().max()) <= laws.ROUND_OFF * float(slopes.abs().sum())


def test_batches_of_any_shape(energy):
    z = laws.phase_points(laws.positions(energy)).reshape(2, 3, -1)
    assert energy.value(z).shape == (2, 3)
    assert torch.equal(
        energy.gradient(z).flatten(0, 1), energy.gradient(z.flatten(0, 1))
    )
    assert energy.value(z[:0]).shape == (0, 3)


def test_pairs_follow_the_module():
    pairs = Pairs([0, 0], [1, 2]).to("meta")
    assert pairs.first.device.type == "meta"
    assert PairPotential(3, spline()).half().pairs[0].first.dtype == torch.int64
    assert not Pairs([0], [1]).state_dict()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"particles": 1}, "`particles`.*at least 2, but it is 1"),
        ({"particles": 2.0}, "`particles`.*2.0"),
        ({"dimension": 0}, "`dimension`.*at least 1, but it is 0"),
        ({"species": "AB"}, r"`species` must hold 3 names.*\('A', 'B'\)"),
        ({"species": "AAB"}, r"`functions`.*\('A', 'A'\), \('A', 'B'\)"),
        ({"functions": {("A", "A"): spline()}}, r"`functions`.*\('', ''\)"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    given = {"particles": 3, "functions": spline(), "dimension": 3} | arguments
    with pytest.raises(ArgumentError, match=message):
        PairPotential(**given)


def test_a_pair_of_species_given_twice():
    functions = {("A", "B"): spline(), ("B", "A"): spline()}
    with pytest.raises(ArgumentError, match=r"`functions`"):
        PairPotential(2, functions, species="AB")
