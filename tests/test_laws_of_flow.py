"""Laws of pieces and flows for every batch shape and number type."""

from copy import deepcopy
from itertools import islice, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from tests.random_models import build, jacobians, scrambled
from tests.systems import SO2, SO3, U2
from tests.toy_flows import NONE, flow
from tests.toy_flows import SO2 as ROTATIONS

PIECES = [
    (scrambled(build(system.algebra.space, piece)), 2 * system.algebra.space.n)
    for system in (SO2, U2, SO3)
    for piece in sf.split(sf.invariants(system.algebra))[:2]
]
# Pieces of spaces of one to four degrees of freedom, without a symmetry.
FREE = [
    (scrambled(build(space, piece)), space.n)
    for space in (sf.PhaseSpace([f"q{k}" for k in range(n)]) for n in (1, 2, 3, 4))
    for piece in sf.split(sf.invariants(sf.LieAlgebra(space, {})))
]
FLOWS = [flow(ROTATIONS), flow(NONE)]
COARSE = {d: flow(ROTATIONS, dtype=d) for d in (torch.float32, torch.float64)}
for coarse in COARSE.values():
    coarse.load_state_dict(FLOWS[0].state_dict())
shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
dtypes = st.sampled_from([torch.float32, torch.float64])
some = settings(max_examples=30, deadline=None)


def random_points(shape, size, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, size, generator=generator, dtype=torch.float64).to(dtype)


@some
@given(st.sampled_from(range(len(PIECES))), shapes, st.integers(0, 99))
def test_a_piece_carries_every_point_of_a_batch_as_it_carries_one(which, shape, seed):
    piece, size = PIECES[which]
    z = random_points(shape, size, seed)
    image = piece(z)
    assert image.shape == z.shape
    assert image.dtype == z.dtype
    for place in islice(product(*map(range, shape)), 4):
        torch.testing.assert_close(
            piece(z[place]), image[place], rtol=1e-12, atol=1e-12
        )


@some
@given(
    st.sampled_from(range(len(FREE))),
    dtypes,
    st.integers(1, 4),
    st.floats(-1, 1),
    st.integers(0, 99),
)
def test_a_piece_is_symplectic_and_undone_by_minus_its_time(
    which, dtype, count, time, seed
):
    piece, n = deepcopy(FREE[which][0]).to(dtype), FREE[which][1]
    z = random_points((count,), 2 * n, seed, dtype)
    image = piece(z, time).detach()
    assert image.dtype == dtype
    M = jacobians(lambda z: piece(z, time), z)
    one, nothing = torch.eye(n, dtype=dtype), torch.zeros(n, n, dtype=dtype)
    J = torch.cat([torch.cat([nothing, one], 1), torch.cat([-one, nothing], 1)])
    size = float(M.abs().max()) ** 2
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(
        M.mT @ J @ M, J.expand_as(M), rtol=0, atol=100 * eps * size
    )
    torch.testing.assert_close(
        piece(image, -time), z, rtol=0, atol=100 * eps * (1 + float(image.abs().max()))
    )


@some
@given(st.sampled_from(FLOWS), shapes, st.integers(0, 99))
def test_a_flow_and_its_inverse_undo_each_other_on_every_batch(model, shape, seed):
    z = random_points(shape, 4, seed)
    back = model.inverse(model(z))
    assert back.shape == z.shape
    torch.testing.assert_close(back, z, rtol=1e-11, atol=1e-11)


@some
@given(st.sampled_from(FLOWS), shapes, st.integers(0, 99))
def test_the_density_is_the_base_carried_along(model, shape, seed):
    """The map keeps volume, so log p(z) = log pi of where z comes from."""
    z = random_points(shape, 4, seed)
    density = model.joint_log_prob(z)
    assert density.shape == shape
    base = model.base.log_prob(model.inverse(z))
    torch.testing.assert_close(density, base, rtol=1e-12, atol=1e-12)


@some
@given(dtypes, st.integers(1, 5), st.integers(0, 99))
def test_number_types_are_kept_and_differ_by_round_off_only(dtype, count, seed):
    fine, coarse = FLOWS[0], COARSE[dtype]
    z = random_points((count,), 4, seed)
    image = coarse(z.to(dtype))
    assert image.dtype == dtype
    bound = 200 * torch.finfo(dtype).eps * (1 + z.abs().max())
    torch.testing.assert_close(image.double(), fine(z), rtol=0, atol=float(bound))


def test_a_map_that_squeezes_has_another_density_than_the_base_carried_along():
    model = flow(ROTATIONS)
    z = random_points((8,), 4, 0)
    squeezed = model.base.log_prob(1.1 * model.inverse(z))
    assert not torch.allclose(model.joint_log_prob(z), squeezed)


@pytest.mark.parametrize("model", FLOWS, ids=["rotations", "no symmetry"])
def test_an_empty_batch_has_no_images_and_no_densities(model):
    z = torch.zeros(0, 4, dtype=torch.float64)
    assert model(z).shape == (0, 4)
    assert model.joint_log_prob(z).shape == (0,)
