"""The orthonormal basis: orthonormal on data, invertible, and blind to units."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from symflow.errors import ArgumentError
from symflow.networks import PotentialNetwork
from symflow.orthonormal_basis import OrthonormalBasis
from tests.random_models import points, scrambled

EPSILON = torch.finfo(torch.float64).eps


def power_sums(size=10.0, degree=8):
    """The sums of powers of four coordinates, as large as they come."""
    q = size * points(4, 500)
    return torch.stack([q.pow(k).sum(-1) for k in range(1, degree + 1)], -1)


def fitted(values, like=None):
    basis = OrthonormalBasis(values.shape[1]).to(values)
    basis.fit(values, like)
    return basis


def moments(x):
    return x.mean(0), torch.cov(x.T)


def test_powers_become_orthonormal():
    values = power_sums()
    # Before: twenty orders of magnitude between the variances.
    assert float(values.var(0).max() / values.var(0).min()) > 1e12
    mean, covariance = moments(fitted(values)(values))
    assert float(mean.abs().max()) < 1e-9
    one = torch.eye(8, dtype=torch.float64)
    torch.testing.assert_close(covariance, one, rtol=1e-9, atol=1e-9)


def test_without_it_a_network_is_blind():
    """The hypothesis dropped: raw powers saturate a network, which then has no slope."""
    values = power_sums()
    f = scrambled(PotentialNetwork(8, 8, 1, compressed=False).double(), size=0.5)
    basis = fitted(values)
    raw, seen = f.gradient(values), f.gradient(basis(values))
    assert float((raw.abs().amax(1) > 1e-12).double().mean()) < 0.2
    assert float((seen.abs().amax(1) > 1e-3).double().mean()) > 0.8


@pytest.mark.parametrize("count", [1, 2, 8])
def test_the_inverse_undoes_it(count):
    values = power_sums(2.0)[:, :count]
    basis = fitted(values)
    # Singular values span at most the root of epsilon, which is what may be lost.
    size = values.abs().amax(0)
    gap = (basis.inverse(basis(values)) - values).abs() / size
    assert float(gap.max()) < 100 * EPSILON**0.5


@given(
    st.lists(st.floats(-20, 20), min_size=3, max_size=3),
    st.lists(st.floats(-100, 100), min_size=3, max_size=3),
)
@settings(max_examples=30, deadline=None)
def test_units_and_origins_do_not_matter(exponents, shifts):
    """Up to the sign and the order of the combinations, which their squares do not see."""
    values = power_sums(1.0, 3)
    units = torch.tensor(exponents, dtype=torch.float64).exp()
    moved = units * (values + torch.tensor(shifts, dtype=torch.float64))
    left, right = fitted(values)(values), fitted(moved)(moved)
    gram, other = left @ left.T, right @ right.T
    torch.testing.assert_close(other, gram, rtol=1e-8, atol=1e-8)


def test_a_single_invariant_keeps_its_zero():
    values = 5 * points(1, 40).square()
    basis = fitted(values)
    assert basis(torch.zeros(1, 1, dtype=torch.float64)).item() == 0.0
    torch.testing.assert_close(
        basis(values).square().mean(), torch.ones((), dtype=torch.float64)
    )


@pytest.mark.parametrize("count", [1, 3])
def test_constants_and_relations_stay_finite(count):
    """I_2 = 2 I_1 and I_3 = 7 on the data: two combinations do not vary at all."""
    first = points(1, 30)
    values = torch.cat([first, 2 * first, torch.full_like(first, 7.0)], 1)
    values = values if count == 3 else torch.zeros_like(first)
    basis = fitted(values)
    assert bool(basis.mixing.isfinite().all())
    assert float(torch.linalg.matrix_rank(basis.mixing)) == count
    x = basis(values)
    assert sorted((x.std(0) > 0.5).tolist()) == [False] * (count - 1) + [count == 3]
    assert float(x.abs().max()) < 10
    # A point off the relation is far away, but no farther than half of the digits.
    assert float(basis(values + 1).abs().max()) <= 2 / EPSILON**0.5


def test_fewer_points_than_invariants():
    values = power_sums()[:5]
    mixing = fitted(values).mixing * values.std(0)
    assert int(torch.linalg.matrix_rank(mixing, rtol=1e-12)) == 8


def test_in_single_precision_half_of_the_digits_remain():
    """Values and map are rounded, and stretched by at most 1 / root epsilon."""
    values = power_sums()
    basis = fitted(values, like=torch.zeros(1))
    assert basis.mixing.dtype == torch.float32
    exact = copy.deepcopy(basis).double()(values)
    gap = (basis(values.float()) - exact).abs()
    assert float(gap.max()) < 100 * torch.finfo(torch.float32).eps ** 0.5


def test_rows_and_slopes_are_those_of_the_map():
    values = power_sums(2.0, 5)
    basis = fitted(values)
    torch.testing.assert_close(
        basis.rows(values.T), basis(values).T, rtol=1e-12, atol=1e-12
    )
    c, v = points(500, 5, seed=2), points(500, 5, seed=3)
    moved = values.clone().requires_grad_()
    (known,) = torch.autograd.grad((basis(moved) * c.T).sum(), moved)
    torch.testing.assert_close(basis.pull(c), known.T, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(
        (basis.push(v) * c).sum(0), (v * basis.pull(c)).sum(0), rtol=1e-9, atol=1e-9
    )


def test_before_it_is_fitted_it_is_the_identity():
    basis, values = OrthonormalBasis(3), points(3)
    assert basis(values) is values
    assert basis.inverse(values) is values
    assert basis.rows(values) is basis.push(values) is basis.pull(values) is values
    assert basis.state_dict() == {}


def test_it_is_part_of_a_models_state():
    values = power_sums()
    model = nn.ModuleDict({"basis": OrthonormalBasis(8)}).double()
    empty = copy.deepcopy(model).state_dict()
    model["basis"].fit(values)
    twin = nn.ModuleDict({"basis": OrthonormalBasis(8)}).double()
    twin.load_state_dict(model.state_dict())
    assert torch.equal(twin["basis"](values), model["basis"](values))
    assert torch.equal(copy.deepcopy(model)["basis"](values), model["basis"](values))
    twin.load_state_dict(empty)
    assert twin["basis"](values) is values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.zeros(1, 3), r"\(N, 3\).*\(1, 3\)"),
        (torch.zeros(5, 2), r"\(N, 3\).*\(5, 2\)"),
        (torch.zeros(3), r"\(N, 3\).*\(3,\)"),
        (
            torch.tensor([[0.0, 1.0, float("inf")], [0.0, float("nan"), 1.0]]),
            r"\[1, 2\]",
        ),
    ],
)
def test_wrong_values_are_named(values, message):
    with pytest.raises(ArgumentError, match=message):
        OrthonormalBasis(3).fit(values)
