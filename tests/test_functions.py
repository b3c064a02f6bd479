"""Functions of invariants: slope, pullback and value belong to one function."""

import copy
import math

import pytest
import torch
from torch import nn

from symflow.errors import ArgumentError
from symflow.functions import ModuleFunction
from symflow.networks import DerivativeNetwork, PotentialNetwork
from symflow.splines import CubicSpline
from tests.random_models import points, scrambled


class Wave(nn.Module):
    """A function of two numbers with one weight: sin(k x) y^2, known in closed form."""

    def __init__(self):
        super().__init__()
        self.k = nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
        self.register_buffer("unit", torch.ones((), dtype=torch.float64))

    def forward(self, points):
        x, y = points.unbind(-1)
        return self.unit * torch.sin(self.k * x) * y**2


class Ends(nn.Module):
    """Takes what it likes of the points, to be told so."""

    def forward(self, points):
        return points


def module(count):
    layers = nn.Linear(count, 6), nn.Softplus(), nn.Linear(6, 1)
    return ModuleFunction(nn.Sequential(*layers))


FUNCTIONS = {
    "derivative network": (1, lambda: DerivativeNetwork(6, 2)),
    "potential of one": (1, lambda: PotentialNetwork(1, 6, 1)),
    "potential of three": (3, lambda: PotentialNetwork(3, 5, 2)),
    "plain potential": (2, lambda: PotentialNetwork(2, 5, 3, compressed=False)),
    "module": (3, lambda: module(3)),
    "module of one": (1, lambda: module(1)),
    "spline": (1, lambda: CubicSpline(8)),
    "monotone spline": (1, lambda: CubicSpline(8, monotone=True)),
    "narrow spline": (1, lambda: CubicSpline(5, low=-1.0, high=1.5)),
}


@pytest.fixture(params=FUNCTIONS, ids=str)
def function(request):
    _, make = FUNCTIONS[request.param]
    return scrambled(make().double(), seed=3, size=0.8)


@pytest.fixture
def values(request, function):
    count, _ = FUNCTIONS[request.node.callspec.params["function"]]
    return 2.0 * points(count, 12)


def parts(function, values, scale=None):
    """Slopes at rows and weights that can be differentiated."""
    rows = values.t().clone().requires_grad_()
    weights = [w.detach().clone().requires_grad_() for w in function.folded(scale)]
    slopes, tape = function.slope(tuple(weights), rows)
    return rows, weights, slopes, tape


def test_the_gradient_is_that_of_the_value(function, values):
    values.requires_grad_()
    (by_autograd,) = torch.autograd.grad(function.value(values).sum(), values)
    assert float(by_autograd.abs().max()) > 0.1
    torch.testing.assert_close(
        function.gradient(values), by_autograd, rtol=1e-12, atol=1e-12
    )


def test_the_pullback_is_that_of_autograd(function, values):
    rows, weights, slopes, _ = parts(function, values)
    covector = points(*values.shape, seed=5)
    known = torch.autograd.grad(
        (slopes * covector).sum(), [rows, *weights], materialize_grads=True
    )
    with torch.no_grad():
        _, tape = function.slope(tuple(weights), rows)
        sums = [torch.ones_like(w) for w in weights]
        along_rows = function.pull(tuple(weights), tape, covector, sums)
        alone = function.pull(tuple(weights), tape, covector, None)
    found = [along_rows, *[total - 1 for total in sums]]
    assert torch.equal(alone, along_rows)
    for ours, theirs in zip(found, known, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_a_scale_multiplies_the_function(function, values):
    scale = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    slopes, _ = function.slope(function.folded(scale), values.t())
    torch.testing.assert_close(slopes.t(), 0.7 * function.gradient(values))
    (along,) = torch.autograd.grad(slopes.sum(), scale)
    torch.testing.assert_close(along, function.gradient(values).sum())


def test_value_and_gradient_can_be_differentiated_twice(function, values):
    few = values[:3].clone().requires_grad_()
    assert torch.autograd.gradcheck(function.value, (few,))
    assert torch.autograd.gradgradcheck(function.value, (few,))
    assert torch.autograd.gradcheck(function.gradient, (few,))
    assert torch.autograd.gradgradcheck(function.gradient, (few,))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_functional_transforms_take_it_point_by_point(function, values):
    by_points = torch.func.vmap(torch.func.grad(function.value))(values)
    torch.testing.assert_close(
        by_points, function.gradient(values), rtol=1e-12, atol=1e-12
    )


def test_copies_and_states_are_the_same_function(function, values):
    twin = scrambled(copy.deepcopy(function), seed=4)
    assert not torch.equal(twin.gradient(values), function.gradient(values))
    twin.load_state_dict(function.state_dict())
    for other in (twin, copy.deepcopy(function)):
        assert torch.equal(other.gradient(values), function.gradient(values))


def test_single_precision_agrees_with_double(function, values):
    exact = function.gradient(values).detach()
    rounded = copy.deepcopy(function).float().gradient(values.float()).detach()
    assert rounded.dtype == torch.float32
    # Some tens of operations on numbers of order one, each off by half of epsilon.
    size = 1 + float(exact.abs().max())
    assert (
        float((rounded - exact).abs().max())
        < 200 * torch.finfo(torch.float32).eps * size
    )


def test_a_module_of_yours_against_its_closed_form():
    wave, k = Wave(), 1.5
    f, values = ModuleFunction(wave), points(2, 20)
    x, y = values.unbind(-1)
    torch.testing.assert_close(f.value(values), torch.sin(k * x) * y**2)
    slopes = torch.stack([k * torch.cos(k * x) * y**2, 2 * torch.sin(k * x) * y])
    _, weights, found, tape = parts(f, values)
    torch.testing.assert_close(found, slopes)
    u = points(20, 2, seed=2)
    sums = [torch.zeros_like(w) for w in weights]
    along = f.pull(tuple(weights), tape, u, sums)
    sine, cosine = torch.sin(k * x), torch.cos(k * x)
    hessian_u = torch.stack(
        [
            -(k**2) * sine * y**2 * u[0] + 2 * k * cosine * y * u[1],
            2 * k * cosine * y * u[0] + 2 * sine * u[1],
        ]
    )
    torch.testing.assert_close(along, hessian_u)
    along_k = (cosine - k * x * sine) * y**2 * u[0] + 2 * x * cosine * y * u[1]
    torch.testing.assert_close(sums[0], along_k.sum())


def test_a_frozen_module_and_one_without_weights():
    class Square(nn.Module):
        def forward(self, points):
            return points.square().sum(-1, keepdim=True)

    values = points(3, 8)
    torch.testing.assert_close(ModuleFunction(Square()).gradient(values), 2 * values)
    f = ModuleFunction(Wave().requires_grad_(False))
    rows, _, slopes, _ = parts(f, values[:, :2])
    (along,) = torch.autograd.grad(slopes.sum(), rows)
    assert not f.gradient(values[:, :2]).requires_grad
    assert bool(along.isfinite().all())


@pytest.mark.parametrize("layer", [nn.BatchNorm1d(4), nn.Dropout(0.1)], ids=repr)
def test_modules_that_are_no_functions_of_a_point(layer):
    with pytest.raises(ArgumentError, match=rf"'1' is {type(layer).__name__}"):
        ModuleFunction(nn.Sequential(nn.Linear(2, 4), layer, nn.Linear(4, 1)))


def test_modules_that_give_more_than_one_number():
    f = ModuleFunction(Ends())
    for call in (f.value, f.gradient):
        with pytest.raises(ArgumentError, match=r"\(B, 1\).*\(5, 2\)"):
            call(torch.zeros(5, 2))
    assert math.isclose(f.value(torch.full((1, 1), 3.0)).item(), 3.0)
