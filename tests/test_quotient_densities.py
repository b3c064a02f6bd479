"""Densities of the invariants are normalised on phase space, invariant and sampled."""

import math

import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError
from symflow.fibre_volumes import FibreVolume, fibre_volume
from symflow.quotient_densities import QuotientDensity
from symflow.training import fit
from tests.random_models import points
from tests.systems import SO2, SO3

SIZES = [(1, 2), (1, 3), (2, 2), (2, 3), (3, 3), (2, 5)]


def random_base(vectors, dimension, components=2, seed=0):
    base = QuotientDensity(FibreVolume(vectors, dimension), components).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in base.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.add_(0.2 * noise)
    return base


@pytest.mark.parametrize(("vectors", "dimension"), SIZES)
def test_it_integrates_to_one(vectors, dimension):
    """By weights of samples of a heavy-tailed density, within five standard errors."""
    base = random_base(vectors, dimension)
    size, count = vectors * dimension, 40_000
    generator = torch.Generator().manual_seed(1)
    # A mixture of Gaussians of growing widths bounds the weights.
    widths = torch.tensor([0.15, 0.4, 1.0, 2.5, 6.0, 15.0], dtype=torch.float64)
    chosen = torch.randint(len(widths), (count,), generator=generator)
    noise = torch.randn(count, size, generator=generator, dtype=torch.float64)
    z = widths[chosen, None] * noise
    away = z.square().sum(-1)[:, None] / widths**2 / 2
    each = -away - size * (widths.log() + math.log(2 * math.pi) / 2)
    proposal = torch.logsumexp(each, -1) - math.log(len(widths))
    weights = (base.log_prob(z).detach() - proposal).exp()
    error = float(weights.std()) / count**0.5
    assert error < 0.1
    assert abs(float(weights.mean()) - 1) < 5 * error


@pytest.mark.parametrize("system", [SO2, SO3], ids=str)
def test_it_is_invariant_for_any_weights(system):
    volume = fibre_volume(system.algebra)
    base = random_base(volume.vectors, volume.dimension)
    z = points(volume.vectors * volume.dimension, 32)
    with torch.no_grad():
        assert sf.invariance_error(base.log_prob, system.algebra, z) < 1e-10


@pytest.mark.parametrize(("vectors", "dimension"), SIZES)
def test_samples_follow_it(vectors, dimension):
    """Two densities weigh each other's samples: the mean of p / p' over p' is one."""
    base = random_base(vectors, dimension, seed=3)
    other = random_base(vectors, dimension, seed=3)
    with torch.no_grad():
        other.means.add_(0.1)
        other.sign_logit.sub_(0.3)
        z = base.sample(20_000, torch.Generator().manual_seed(5))
        weights = (other.log_prob(z) - base.log_prob(z)).exp()
    error = float(weights.std()) / len(z) ** 0.5
    assert abs(float(weights.mean()) - 1) < 5 * error
    assert z.mean(0).abs().max() < 5 * float(z.std()) / len(z) ** 0.5


def test_in_the_plane_the_sign_of_the_momentum_is_learned():
    base = random_base(2, 2)
    with torch.no_grad():
        base.sign_logit.fill_(1.5)
        z = base.sample(4000, torch.Generator().manual_seed(2))
    positive = float((z[:, 0] * z[:, 3] - z[:, 1] * z[:, 2] > 0).double().mean())
    expected = 1 / (1 + math.exp(-1.5))
    assert abs(positive - expected) < 5 * math.sqrt(expected * (1 - expected) / 4000)


def test_alone_it_learns_the_distribution_of_the_invariants():
    """A shell of positions with small momenta: far from any Gaussian."""
    generator = torch.Generator().manual_seed(0)
    way = torch.randn(400, 3, generator=generator, dtype=torch.float64)
    q = 2 * way / way.norm(dim=-1, keepdim=True)
    noise = torch.randn(400, 6, generator=generator, dtype=torch.float64)
    z = torch.cat([q, 0 * q], -1) + 0.2 * noise

    class Alone(torch.nn.Module):
        data_dimensions = (6,)

        def __init__(self):
            super().__init__()
            self.base = QuotientDensity(fibre_volume(SO3.algebra), 1).double()

        def objective(self, batch, generator):
            return self.base.log_prob(batch)

        def description(self):
            return {"kind": "quotient"}

    model = Alone()
    history = fit(
        model,
        z,
        steps=150,
        batch_size=400,
        learning_rate=0.05,
        held_out=0.2,
        progress=False,
    )
    # The best Gaussian has the variances 4/3 + 0.04 and 0.04, three of each.
    variances = (4 / 3 + 0.04) * 0.04
    gaussian = -3 * math.log(2 * math.pi * math.e) - 1.5 * math.log(variances)
    assert history.best_bound > gaussian + 0.5


def test_no_component_is_refused():
    with pytest.raises(ArgumentError, match="components"):
        QuotientDensity(FibreVolume(1, 2), 0)


def test_vectors_that_are_nearly_parallel_keep_their_digits():
    """Of an angle of 1e-4 between them their dot products know nothing in float32."""
    base = random_base(2, 3)
    generator = torch.Generator().manual_seed(2)
    q, p = torch.randn(2, 50, 3, generator=generator, dtype=torch.float64)
    z = torch.cat([q, 2 * q + 1e-4 * p], -1).float()
    exact = base.log_prob(z.double())
    # Logarithms of angles rounded at 1e-7 / 1e-4, squared into the Gaussians of ρ.
    rounded = base.float().log_prob(z).double()
    torch.testing.assert_close(rounded, exact, rtol=0.05, atol=0.05)
