"""Densities of clusters keep motions, mirrors and exchanges for any weights."""

import itertools

import pytest
import torch

from symflow.energy_flows import EnergyFlow
from symflow.errors import ArgumentError
from symflow.interactions import PairPotential
from symflow.mean_free import RelativeCoordinates
from symflow.particle_energies import DoubleWell
from symflow.particle_flows import PairEncoder, ParticleFlow
from symflow.splines import CubicSpline
from symflow.training import fit
from tests.particle_laws import rotation
from tests.random_models import jacobians, points, scrambled

SIZES = [(3, 2), (4, 3)]


def model(particles, dimension, size=0.2, **options):
    """A flow far from the identity, with random weights."""
    options = {"blocks": 2, "width": 4, "dtype": torch.float64} | options
    flow = ParticleFlow(particles, dimension, **options)
    start = {name: p.detach().clone() for name, p in flow.named_parameters()}
    scrambled(flow, size=size)
    with torch.no_grad():
        for name, parameter in flow.named_parameters():
            parameter += start[name]
    return flow


def moves(particles, dimension):
    """Rotations, mirrors and exchanges, as maps of positions or momenta side by side."""
    turn = rotation(dimension)
    for order in itertools.islice(itertools.permutations(range(particles)), 0, 6, 2):

        def move(x, order=order):
            each = x.unflatten(-1, (-1, particles, dimension))
            return (each[..., list(order), :] @ turn).flatten(-3)

        yield move


def free(flow, count=8, seed=1):
    """Phase points whose positions and momenta sum to zero."""
    return flow.coordinates.remove_mean(points(2 * flow.n, count, seed=seed))


@pytest.mark.parametrize(("particles", "dimension"), SIZES)
def test_map_density_and_encoder_commute_with_every_move(particles, dimension):
    flow = model(particles, dimension)
    z = free(flow)
    q, p = z.chunk(2, -1)
    for move in moves(particles, dimension):
        torch.testing.assert_close(flow(move(z)), move(flow(z)))
        density = flow.joint_log_prob(move(z)), flow.joint_log_prob(z)
        torch.testing.assert_close(*density, rtol=1e-10, atol=1e-10)
        chance = flow.encoder.log_prob(move(p), move(q)), flow.encoder.log_prob(p, q)
        torch.testing.assert_close(*chance, rtol=1e-10, atol=1e-10)


def test_particles_of_two_kinds_are_not_exchanged():
    """The law fails where its hypothesis is dropped: one pair potential for all pairs."""
    flow = model(3, 2)
    kinds = {("A", "A"): CubicSpline(), ("A", "B"): CubicSpline()}
    potential = PairPotential(3, kinds, dimension=2, species="AAB")
    flow.chain.pieces[0].hamiltonian = scrambled(potential, seed=4).double()
    z = free(flow)
    *_, last = moves(3, 2)
    assert (flow(last(z)) - last(flow(z))).abs().max() > 1e-3


@pytest.mark.parametrize(("particles", "dimension"), SIZES)
def test_the_flow_stays_on_the_subspace_and_keeps_its_volume(particles, dimension):
    flow = model(particles, dimension)
    z = free(flow, 3)
    mean = flow.chain(z).unflatten(-1, (2, particles, dimension)).mean(-2)
    assert mean.abs().max() < 1e-13
    torch.testing.assert_close(flow.inverse(flow(z)), z, rtol=1e-9, atol=1e-9)
    frame = flow.coordinates
    slopes = jacobians(lambda y: frame.of(flow(frame.back(y))), frame.of(z))
    sign, logdet = torch.linalg.slogdet(slopes)
    assert bool((sign > 0).all())
    assert logdet.abs().max() < 1e-10


def test_two_particles_on_a_line_are_normalised_by_quadrature():
    """Over the relative position and momentum, far beyond the width of the density."""
    flow = model(2, 1, size=0.05, blocks=1, components=1)
    ends = torch.linspace(-18, 18, 481, dtype=torch.float64)
    y = torch.cartesian_prod(ends, ends / 2)
    density = flow.joint_log_prob(flow.coordinates.back(y)).exp()
    total = density.sum() * (ends[1] - ends[0]) ** 2 / 2
    assert total.item() == pytest.approx(1, abs=1e-4)


def test_moved_data_are_the_same_data():
    flow = model(3, 2)
    x = points(6, 5)
    values = [
        flow.log_prob(shifted, 4, torch.Generator().manual_seed(0))
        for shifted in (x, x + torch.tensor([3.0, -1.0] * 3))
    ]
    torch.testing.assert_close(*values)
    assert flow.sample(7).shape == (7, 6)


def test_the_encoder_is_the_gaussian_that_its_parameters_say():
    """As torch has it, in relative coordinates where it is not singular."""
    frame = RelativeCoordinates(3, 2)
    encoder = scrambled(model(3, 2).encoder).double()
    q = frame.remove_mean(points(6, 5))
    p, log_h = encoder.sample_with_log_prob(q, torch.Generator().manual_seed(0))
    torch.testing.assert_close(encoder.log_prob(p, q), log_h)
    mean, lower = encoder.parameters_at(q)
    assert torch.equal(lower, lower.tril())
    to_relative = frame.of(torch.eye(6, dtype=torch.float64)).mT
    root = to_relative @ lower
    normal = torch.distributions.MultivariateNormal(frame.of(mean), root @ root.mT)
    torch.testing.assert_close(normal.log_prob(frame.of(p)), log_h)
    torch.testing.assert_close(frame.remove_mean(mean), mean)


def test_spread_follows_lines_between_particles_only_if_they_are_learned():
    """With the last layer at zero the spread is the same in every direction."""
    frame = RelativeCoordinates(3, 2)
    encoder = PairEncoder([PairPotential(3, CubicSpline(), 2)], frame).double()
    q = frame.remove_mean(points(6, 4))
    same = torch.eye(4, dtype=torch.float64).expand(4, 4, 4)
    with torch.no_grad():
        encoder.network[-1].weight.zero_()
        torch.testing.assert_close(encoder._factor(q), same)
        encoder.network[-1].bias[0] = 1.0
        assert (encoder._factor(q) - same).abs().max() > 0.1


def test_the_mean_weight_is_the_norm_of_the_energy():
    """Two particles on a line: Z by quadrature and by an untrained flow, 5 sigma."""
    well = DoubleWell(2, 1)
    flow = ParticleFlow(2, 1, blocks=1, width=4, dtype=torch.float64)
    frame = flow.coordinates
    with torch.no_grad():
        flow.base.relative.theta[:, 0] = 4.0  # as wide as the wells are apart
    energy = EnergyFlow(flow, well.energy, "double well")
    weights = energy.log_weights(20000, torch.Generator().manual_seed(2)).exp()
    y = torch.linspace(-12, 12, 4801, dtype=torch.float64)[:, None]
    norm = (-well.energy(frame.back(y))).exp().sum() * (y[1] - y[0]).item()
    error = weights.std() / len(weights) ** 0.5
    assert error < 0.2 * norm
    assert abs(weights.mean() - norm) < 5 * error


def test_training_closes_on_the_entropy_of_a_double_well():
    """The bound rises towards minus the entropy, and stays below it."""
    well = DoubleWell(2, 1)
    frame = RelativeCoordinates(2, 1)
    y = torch.linspace(-12, 12, 4801, dtype=torch.float64)
    chance = torch.softmax(-well.energy(frame.back(y[:, None])), 0)
    best = float((chance * (chance / (y[1] - y[0])).log().nan_to_num()).sum())
    generator = torch.Generator().manual_seed(0)
    drawn = y[torch.multinomial(chance, 2500, True, generator=generator)]
    x = frame.back(drawn[:, None]).float()
    flow = ParticleFlow(2, 1, blocks=3, rounds=0, shortest=1.0, longest=8.0)

    def bound():
        with torch.no_grad():
            return float(flow.objective(x[2000:], generator).mean())

    before = bound()
    fit(
        flow,
        x[:2000],
        steps=120,
        learning_rate=0.03,
        held_out=0.0,
        progress=False,
    )
    after = bound()
    noise = 3 / 500**0.5
    assert after < best + noise
    assert best - after < (best - before) / 4


def test_impossible_lengths_and_counts_are_refused():
    with pytest.raises(ArgumentError, match="below `longest`"):
        ParticleFlow(3, 2, shortest=2.0, longest=1.0)
    with pytest.raises(ArgumentError, match="blocks"):
        ParticleFlow(3, 2, blocks=0)
