"""Message passing: a many-body energy, against loops over particles written out."""

import math

import pytest
import torch

from symflow import message_passing
from symflow.errors import ArgumentError
from symflow.message_passing import MessagePassingEnergy
from tests import particle_laws as laws
from tests.random_models import scrambled

# torch.func reads code of torch that warns of its own age.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
ENERGIES = {
    "one round": lambda: MessagePassingEnergy(4, 3, 1, lengths=3),
    "two rounds": lambda: MessagePassingEnergy(4, 3, 2, dimension=2, lengths=2),
    "three rounds": lambda: MessagePassingEnergy(3, 2, 3, lengths=2),
    "species": lambda: MessagePassingEnergy(5, 3, 2, 2, "AABBA", lengths=3),
}


@pytest.fixture(params=ENERGIES, ids=str)
def energy(request):
    return scrambled(ENERGIES[request.param]().double(), seed=3, size=0.8)


def test_translations_rotations_and_reflections(energy):
    d = energy.dimension
    shift = torch.arange(1.0, d + 1, dtype=torch.float64)
    laws.assert_invariant(energy, lambda q: q + shift)
    R = laws.rotation(d)
    laws.assert_invariant(energy, lambda q: q @ R.T, lambda v: v @ R.T)


@pytest.mark.parametrize(
    ("name", "order"), [("one round", [2, 0, 3, 1]), ("species", [4, 0, 3, 2, 1])]
)
def test_exchanges_within_a_species(name, order):
    energy = scrambled(ENERGIES[name]().double(), size=0.8)
    order = torch.tensor(order)
    laws.assert_invariant(energy, lambda q: q[:, order], lambda v: v[:, order])


def test_exchanges_of_different_species_matter():
    """The hypothesis dropped."""
    energy = scrambled(ENERGIES["species"]().double(), size=0.8)
    q = laws.positions(energy)
    change = laws.value(energy, q[:, [2, 1, 0, 3, 4]]) - laws.value(energy, q)
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


def by_loops(energy, q):
    """The energy of one arrangement, as the equations say it."""
    N, lengths = energy.particles, torch.tensor([0.5, 4.0], dtype=torch.float64)
    h = [energy.states[0]] * N
    for C, mixer, c in zip(energy.filters, energy.mixers, energy.shifts, strict=True):
        W, V = mixer.chunk(2, 1)
        after = []
        for i in range(N):
            A = torch.zeros_like(h[0])
            for j in range(N):
                if i != j:
                    square = (q[i] - q[j]).square().sum()
                    b = torch.exp(-square / (2 * lengths**2))
                    A = A + (C @ b) * h[j]
            after.append(torch.tanh(W @ A + V @ h[i] + c[:, 0]))
        h = after
    return sum(energy.last @ state for state in h)


@pytest.mark.parametrize("name", ["two rounds", "three rounds"])
def test_against_loops_over_particles(name):
    energy = scrambled(ENERGIES[name]().double(), seed=1, size=0.8)
    q = laws.positions(energy)
    known = torch.stack([by_loops(energy, one).detach() for one in q])
    laws.assert_same(laws.value(energy, q), known)


def third_order(energy, second_particle, third_particle):
    """How much of the energy of three particles is not a sum over pairs.

    Moving one away changes a sum over pairs by what it had with each of the others.
    """
    q = torch.zeros(1, 3, 3, dtype=torch.float64)
    q[0, 1], q[0, 2] = second_particle, third_particle
    far = torch.tensor([1e3, 0.0, 0.0], dtype=torch.float64)
    total = torch.zeros(1, dtype=torch.float64)
    for moved in range(8):
        away = torch.tensor([bool(moved & 1), bool(moved & 2), bool(moved & 4)])
        place = torch.arange(1, 4, dtype=torch.float64)[:, None] * far
        arranged = torch.where(away[:, None], place, q)
        total += (-1) ** int(away.sum()) * laws.value(energy, arranged)
    return float(total)


def test_it_is_no_sum_over_pairs():
    energy = scrambled(ENERGIES["three rounds"]().double(), seed=3, size=0.8)
    x, y, _ = torch.eye(3, dtype=torch.float64)
    assert abs(third_order(energy, x, y)) > 0.01


def test_particles_far_apart_are_alone():
    """The energy of each is then that of its species, and there are no forces."""
    energy = scrambled(ENERGIES["one round"]().double(), size=0.8)
    q = 1e3 * laws.positions(energy)
    assert not laws.forces(energy, q).any()
    laws.assert_same(laws.value(energy, q), laws.value(energy, 2 * q))


@pytest.mark.parametrize("law", [laws.assert_is_a_gradient, laws.assert_pulls_back])
def test_tiles_change_nothing(monkeypatch, law):
    monkeypatch.setattr(message_passing, "_TILE", 30)
    law(scrambled(ENERGIES["species"]().double(), size=0.8))


def held(tape):
    """How many numbers a tape holds."""
    if isinstance(tape, torch.Tensor):
        return tape.numel()
    return sum(map(held, tape))


def test_what_is_kept_grows_with_particles_and_not_with_pairs():
    sizes = []
    for particles in (20, 40):
        energy = MessagePassingEnergy(particles, 3, 2, lengths=2).double()
        x = laws.positions(energy).flatten(1).t()
        sizes.append(held(energy.slope(energy.folded(), x)[1]))
    assert sizes[1] == 2 * sizes[0]


def test_batches_of_any_shape(energy):
    z = laws.phase_points(laws.positions(energy)).reshape(2, 3, -1)
    assert energy.value(z).shape == (2, 3)
    assert torch.equal(
        energy.gradient(z).flatten(0, 1), energy.gradient(z.flatten(0, 1))
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"particles": 1}, "`particles`"),
        ({"width": 0}, "`width`.*at least 1, but it is 0"),
        ({"rounds": True}, "`rounds`.*True"),
        ({"lengths": 1}, "`lengths`.*at least 2"),
        ({"shortest": 5.0}, "`shortest`.*5.0 and 4.0"),
        ({"longest": math.inf}, "`shortest`.*inf"),
        ({"species": "AB"}, "`species` must hold 3 names"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        MessagePassingEnergy(**({"particles": 3} | arguments))
