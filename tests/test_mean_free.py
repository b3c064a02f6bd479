"""On the mean-free subspace translations do nothing, and the volume is kept."""

import itertools

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError
from symflow.mean_free import MeanFree, RelativeCoordinates
from tests.random_models import points

SIZES = [(2, 1), (4, 2), (13, 3)]


def gaussian(size):
    eye = np.eye(size)
    empty = np.zeros((0, size))
    return sf.InvariantGaussianMixture(
        eye[None], eye, np.zeros(size), empty, 1
    ).double()


@pytest.mark.parametrize(("particles", "dimension"), SIZES)
def test_relative_coordinates_are_an_isometry_that_forgets_translations(
    particles, dimension
):
    pair = RelativeCoordinates(particles, dimension)
    x = points(particles * dimension)
    moved = x + points(dimension, len(x), seed=3).repeat(1, particles)
    torch.testing.assert_close(pair.of(moved), pair.of(x))
    free = pair.remove_mean(x)
    torch.testing.assert_close(pair.back(pair.of(x)), free)
    torch.testing.assert_close(pair.of(x).norm(dim=-1), free.norm(dim=-1))
    assert free.unflatten(-1, (particles, dimension)).sum(-2).abs().max() < 1e-13


@pytest.mark.parametrize(("particles", "dimension"), SIZES)
def test_the_density_is_that_of_a_gaussian_on_the_subspace(particles, dimension):
    """Its exponent is |z|^2 / 2 and its dimension 2 (N - 1) d."""
    pair = RelativeCoordinates(particles, dimension)
    size = 2 * (particles - 1) * dimension
    base = MeanFree(gaussian(size), pair)
    z = base.sample(200, torch.Generator().manual_seed(0))
    expected = -0.5 * z.square().sum(-1) - size / 2 * np.log(2 * np.pi)
    torch.testing.assert_close(base.log_prob(z), expected)


def test_exchanges_and_rotations_leave_it_alone():
    pair = RelativeCoordinates(3, 2)
    base = MeanFree(gaussian(8), pair)
    z = base.sample(20)
    expected = base.log_prob(z)
    for order in itertools.permutations(range(3)):
        turned = z.unflatten(-1, (2, 3, 2))[..., list(order), :].flip(-1).flatten(-3)
        torch.testing.assert_close(base.log_prob(turned), expected)


def test_a_point_off_the_subspace_is_refused():
    base = MeanFree(gaussian(4), RelativeCoordinates(2, 2))
    z = base.sample(3)
    with pytest.raises(ArgumentError, match="sum to zero"):
        base.log_prob(z + 0.1)
    with pytest.raises(ArgumentError, match="at least 2"):
        RelativeCoordinates(1, 3)
