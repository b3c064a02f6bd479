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


@pytest.mark.parametrize("system", [SO2, SO3_TWO, U2], ids=str)
def test_a_fitted_scale_changes_what_is_learned_and_nothing_that_is_promised(system):
    functions = sf.compile(sf.invariants(system.algebra).generators, system.space.z)
    H = scrambled(InvariantHamiltonian(functions, width=6, depth=2).double(), size=0.7)
    z = points(2 * system.space.n)
    before = H.gradient(z)
    H.fit_scale(3.0 * points(2 * system.space.n, 256))
    after = H.gradient(z)
    change = (after - before).detach().norm() / before.detach().norm()
    assert float(change) > 0.01
    value, size = bracket(system, after, z)
    assert bool((value.abs() <= 100 * EPSILON * (1 + size)).all())
    x = z.clone().requires_grad_()
    (by_autograd,) = torch.autograd.grad(H.value(x).sum(), x)
    torch.testing.assert_close(after, by_autograd, rtol=1e-11, atol=1e-13)


def test_a_fitted_scale_is_saved_with_the_weights():
    functions = sf.compile(sf.invariants(SO3.algebra).generators, SO3.space.z)
    H, twin = (
        scrambled(InvariantHamiltonian(functions, width=6, depth=1).double(), seed)
        for seed in (0, 1)
    )
    H.fit_scale(points(6, 64))
    twin.load_state_dict(H.state_dict())
    z = points(6)
    assert torch.equal(H.gradient(z), twin.gradient(z))


def test_powers_of_degree_eight_need_it():
    """The hypothesis dropped: far from the scale of data, a network has no slope there."""
    space = sf.PhaseSpace("x y")
    powers = [sum(q**k for q in space.q) for k in (2, 4, 6, 8)]
    network = PotentialNetwork(4, width=8, depth=1, compressed=False)
    H = InvariantHamiltonian(sf.compile(powers, space.z), function=network).double()
    scrambled(H)
    z = 5.0 * points(4, 256)
    flat = H.gradient(z)[:, :2].norm(dim=1) < 1e-6
    H.fit_scale(z)
    assert float(flat.double().mean()) > 0.5
    assert float((H.gradient(z)[:, :2].norm(dim=1) < 1e-6).double().mean()) < 0.05
