"""{g, H} = 0 for any weights, which a network of the coordinates does not give."""

import pytest
import torch

import symflow as sf
from symflow.hamiltonians import InvariantHamiltonian
from symflow.networks import PotentialNetwork
from tests.random_models import points, scrambled
from tests.systems import DILATION, E3, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

SYSTEMS = [SO2, SO2_AXIS, SO3, SO3_TWO, U2, RESONANT, E3, DILATION]
EPSILON = torch.finfo(torch.float64).eps


def bracket(system, gradient, z):
    """{g, H} at points, and the size of its terms, for every generator."""
    n = system.space.n
    gradient = gradient.detach()
    compiled = sf.compile(list(system.algebra.generators.values()), system.space.z)
    _, slopes = compiled.value_and_jacobian(z)
    terms = torch.cat(
        [
            slopes[..., :n] * gradient[:, None, n:],
            -slopes[..., n:] * gradient[:, None, :n],
        ],
        -1,
    )
    return terms.sum(-1), terms.abs().sum(-1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_brackets_with_the_generators_vanish(system, seed):
    found = sf.invariants(system.algebra)
    functions = sf.compile(found.generators, system.space.z)
    H = scrambled(InvariantHamiltonian(functions, width=8, depth=2).double(), seed, 1.0)
    z = points(2 * system.space.n, 64, seed=seed)
    value, size = bracket(system, H.gradient(z), z)
    assert float(size.max()) > 0.1
    # Each term of the sum carries the round-off of the network and of the products.
    assert bool((value.abs() <= 100 * EPSILON * (1 + size)).all())


@pytest.mark.parametrize("system", [SO2, SO3, U2], ids=str)
def test_a_network_of_the_coordinates_is_not_invariant(system):
    width = 2 * system.space.n
    plain = scrambled(PotentialNetwork(width, width=8, depth=2).double(), size=1.0)
    z = points(width, 64)
    value, size = bracket(system, plain.gradient(z), z)
    assert float((value.abs() / size).max()) > 0.1


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_gradient_is_that_of_the_value(system):
    found = sf.invariants(system.algebra)
    functions = sf.compile(found.generators, system.space.z)
    H = scrambled(InvariantHamiltonian(functions, width=6, depth=2).double(), size=0.7)
    z = points(2 * system.space.n).requires_grad_()
    (by_autograd,) = torch.autograd.grad(H.value(z).sum(), z)
    # A function of one invariant has its value by quadrature, to six digits.
    tolerance = 1e-5 if len(found.generators) == 1 else 1e-11
    torch.testing.assert_close(
        H.gradient(z), by_autograd, rtol=tolerance, atol=tolerance
    )
