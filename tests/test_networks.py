"""Functions of invariants: their gradient is the derivative of their value."""

import pytest
import torch

from symflow.networks import (
    DerivativeNetwork,
    PotentialNetwork,
    invariant_function,
    perceptron,
)
from tests.random_models import jacobians, points, scrambled

NETWORKS = [
    PotentialNetwork(1, width=6, depth=1),
    PotentialNetwork(2, width=8, depth=1),
    PotentialNetwork(3, width=5, depth=2),
    PotentialNetwork(4, width=5, depth=3),
]


@pytest.fixture(params=NETWORKS, ids=lambda f: f"{len(f.layers)} layers")
def potential(request):
    return scrambled(request.param.double(), seed=2, size=1.0)


def inputs(count, size=3.0):
    return size * points(count, 32)


def test_gradient_of_a_potential_is_that_of_autograd(potential):
    values = inputs(potential.layers[0].in_features).requires_grad_()
    (by_autograd,) = torch.autograd.grad(potential.value(values).sum(), values)
    closed = potential.gradient(values)
    assert float(by_autograd.abs().max()) > 0.1
    torch.testing.assert_close(closed, by_autograd, rtol=1e-12, atol=1e-12)


def test_the_field_of_a_potential_has_no_curl(potential):
    """The Jacobian of the gradient is a Hessian, hence symmetric."""
    values = inputs(potential.layers[0].in_features)
    hessian = jacobians(potential.gradient, values)
    torch.testing.assert_close(hessian, hessian.mT, rtol=1e-11, atol=1e-11)


def test_any_network_of_several_invariants_is_no_gradient():
    """The hypothesis dropped: a plain network of two numbers has a curl."""
    plain = scrambled(perceptron(2, 2, width=8, depth=1).double(), size=1.0)
    jacobian = jacobians(plain, inputs(2))
    assert float((jacobian - jacobian.mT).abs().max().detach()) > 0.1


@pytest.mark.parametrize("depth", [1, 2])
def test_value_of_a_derivative_is_its_integral(depth):
    """d/dI of the quadrature is the integrand, for 64 nodes to round-off."""
    f = scrambled(DerivativeNetwork(width=8, depth=depth).double(), size=0.7)
    values = inputs(1).requires_grad_()
    (by_autograd,) = torch.autograd.grad(f.value(values).sum(), values)
    torch.testing.assert_close(f.gradient(values), by_autograd, rtol=1e-12, atol=1e-12)
    assert f.value(torch.zeros(1, 1, dtype=torch.float64)).item() == 0.0


def test_the_force_of_a_quadratic_invariant_stays_bounded():
    """f'(q^2) q tends to no more than the network's own size, at any distance."""
    f = scrambled(DerivativeNetwork(width=8, depth=1).double(), size=0.5)
    q = torch.logspace(0, 8, 50, dtype=torch.float64)[:, None]
    features = torch.asinh(q * q)
    bound = f.network(features).abs() * 1.001
    assert bool((f.gradient(q * q) * q).abs().le(bound).all())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("network", [invariant_function(1, 8, 2), NETWORKS[1]])
def test_nothing_overflows(network, dtype):
    count = 1 if isinstance(network, DerivativeNetwork) else 2
    f = scrambled(network, size=1.0).to(dtype)
    for size in (0.0, 1e-30, 1e6, 1e15):
        values = torch.full((3, count), size, dtype=dtype)
        assert bool(f.gradient(values).isfinite().all())
        assert bool(f.value(values).isfinite().all())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_batches_of_any_shape(count):
    f = invariant_function(count, width=8, depth=2).double()
    assert isinstance(f, DerivativeNetwork) == (count == 1)
    values = inputs(count).reshape(2, 4, 4, count)
    flat = values.reshape(-1, count)
    for method, shape in ((f.gradient, (2, 4, 4, count)), (f.value, (2, 4, 4))):
        assert method(values).shape == shape
        assert torch.equal(method(values).reshape(method(flat).shape), method(flat))


def test_a_perceptron_starts_small():
    torch.manual_seed(0)
    network = perceptron(3, 2, width=64, depth=2).double()
    assert float(network(points(3)).abs().max().detach()) < 0.1
