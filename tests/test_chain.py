"""One map and one gradient, whatever is kept in memory; and what happens where it cannot be."""

import pytest
import sympy as sp
import torch

import symflow as sf
from symflow.chain import Chain, Factor, Memory, ReversalError, transport
from symflow.errors import ArgumentError, UnsupportedError
from symflow.hamiltonians import AbstractHamiltonian, KnownHamiltonian
from symflow.pieces import ShearPiece
from tests.random_models import build, points, scrambled
from tests.systems import NOTHING, SO2, SO2_AXIS, SO3_TWO, U2

KINDS = ["save", "states", "reversible", "exact"]
SYSTEMS = [NOTHING, SO2, SO2_AXIS, SO3_TWO, U2]
EPSILON = torch.finfo(torch.float64).eps


def parts(system, size=0.3, most=5, shears=False):
    """Pieces of a system far from the identity, each of which acts twice."""
    found = sf.split(sf.invariants(system.algebra))
    if shears:
        found = [piece for piece in found if isinstance(piece, sf.Shear)]
    torch.manual_seed(0)
    pieces = [
        scrambled(build(system.space, piece), k, size)
        for k, piece in enumerate(found[:most])
    ]
    factors = [Factor(k, 0.3) for k in range(len(pieces))] * 2
    return pieces, factors


def gradients(flow, pieces, z):
    """The image, and the gradients of a function of it along points and weights."""
    z = z.clone().requires_grad_()
    image = flow(z)
    weights = [w for piece in pieces for w in piece.parameters()]
    return image.detach(), torch.autograd.grad(
        image.square().sum() + image.sin().sum(), [z, *weights]
    )


def one_by_one(pieces, factors):
    """The pieces as plain modules, differentiated by autograd."""

    def flow(z):
        for factor in factors:
            z = pieces[factor.piece](z, factor.time)
        return z

    return flow


@pytest.mark.parametrize("kind", ["save", "states", "reversible"])
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_the_gradient_is_that_of_autograd(system, kind):
    pieces, factors = parts(system)
    z = 0.5 * points(2 * system.space.n, 8)
    image, found = gradients(Chain(pieces, factors, kind), pieces, z)
    expected, known = gradients(one_by_one(pieces, factors), pieces, z)
    assert torch.equal(image, expected)
    for a, b in zip(found, known, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)
    assert any(float(b.abs().max()) > 1e-2 for b in known)


@pytest.mark.parametrize("kind", KINDS)
def test_the_inverse_undoes_the_chain(kind):
    pieces, factors = parts(SO3_TWO, shears=True)
    flow = Chain(pieces, factors, kind)
    z = points(12, 8)
    with torch.no_grad():
        torch.testing.assert_close(flow.inverse(flow(z)), z, rtol=1e-11, atol=1e-11)


def test_without_gradients_the_map_is_the_same():
    for kind in KINDS:
        pieces, factors = parts(SO3_TWO, shears=True)
        flow, z = Chain(pieces, factors, kind), points(12, 8)
        with torch.no_grad():
            bare = flow(z)
        assert torch.equal(bare, flow(z))


def test_batches_of_any_shape():
    pieces, factors = parts(SO2)
    flow, z = Chain(pieces, factors), points(4, 24)
    shaped = flow(z.view(2, 3, 4, 4))
    assert torch.equal(shaped.view(24, 4), flow(z))
    assert flow(z[:0]).shape == (0, 4)
    torch.testing.assert_close(flow(z[0]), flow(z)[0])


# Exact: integers.


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("size", [0.3, 1.5])
def test_exact_gradients_are_those_of_the_tape_bit_for_bit(dtype, size):
    """The same map with everything kept, which rebuilds nothing."""
    pieces, factors = parts(SO3_TWO, size, shears=True)
    pieces = [piece.to(dtype) for piece in pieces]
    z = points(12, 16, dtype)

    def flow(keeps):
        return lambda z: transport(z, pieces, factors * 8, Memory(keeps, exact=True))

    image, found = gradients(flow("end"), pieces, z)
    expected, known = gradients(flow("all"), pieces, z)
    assert torch.equal(image, expected)
    assert all(map(torch.equal, found, known))
    assert all(bool(g.isfinite().all()) for g in known)


def test_lattice_points_come_back_bit_for_bit():
    pieces, factors = parts(SO2, 1.0, shears=True)
    flow = Chain(pieces, factors * 20, "exact")
    with torch.no_grad():
        z = (points(4, 32) * 2**44).round() / 2**44
        there = flow(z)
        assert torch.equal(flow.inverse(there), z)
        floats = Chain(pieces, factors * 20, "save")
        assert not torch.equal(floats.inverse(floats(z)), z)
        torch.testing.assert_close(there, floats(z), rtol=0, atol=1e-5)


def test_numbers_out_of_range_are_refused():
    pieces, factors = parts(SO2, shears=True)
    flow = Chain(pieces, factors, "exact")
    for wrong in (1e9, float("inf"), float("nan")):
        with pytest.raises(ArgumentError, match="range"):
            flow(torch.full((2, 4), wrong, dtype=torch.float64))


def test_a_step_out_of_range_is_refused_though_the_points_are_in_it():
    """One kick fits the range; sixty of that size would wrap around without a word."""
    x, p = sp.symbols("x p", real=True)
    kick, drift = (
        ShearPiece(KnownHamiltonian(sf.compile([h], [x, p]))) for h in (1e4 * x, p)
    )
    z = torch.ones(2, 2, dtype=torch.float64)
    once = Chain([kick, drift], [Factor(0, 1.0)], "exact")
    torch.testing.assert_close(once(z)[:, 1], 1 - 1e4 * z[:, 0])
    many = Chain([kick, drift], [Factor(0, 1.0), Factor(1, 0.1)] * 60, "exact")
    with pytest.raises(ArgumentError, match="a step of 1e"):
        many(z)


class Unsteady(AbstractHamiltonian):
    """A potential whose force is not the same when it is asked for again."""

    def __init__(self):
        super().__init__(1, [0])
        self.calls = 0

    def value(self, z):
        return z[..., 0]

    def folded(self, scale=None):
        return ()

    def slope(self, weights, x):
        self.calls += 1
        return torch.full_like(x, 1.0 + 1e-9 * self.calls), None

    def pull(self, weights, tape, covector, sums):
        return torch.zeros_like(covector)


def test_exact_steps_need_the_same_force_on_both_ways():
    flow = Chain([ShearPiece(Unsteady())], [Factor(0, 1.0)] * 3, "exact")
    z = points(2, 4).requires_grad_()
    with pytest.raises(ReversalError, match="same integers"):
        flow(z).sum().backward()


def test_exact_needs_shears():
    pieces, factors = parts(U2)
    with pytest.raises(UnsupportedError, match="LinearFlowPiece"):
        Chain(pieces, factors, "exact")
    with pytest.raises(UnsupportedError, match="separable=True"):
        sf.HamiltonianFlow(
            sf.invariants(SO2.algebra), momenta="observed", memory="exact"
        )


# Reversible: its hypothesis is that round-off stays small.


def stiff(kind, size):
    pieces, factors = parts(SO2, size, shears=True)
    return Chain(pieces, factors * 40, kind), pieces


def test_a_stiff_flow_is_not_reversed_silently():
    z = points(4, 16)
    for size, reverses in ((0.3, True), (3.0, False)):
        flow, pieces = stiff("reversible", size)
        with torch.no_grad():
            gap = float((flow.inverse(flow(z)) - z).abs().max())
        if reverses:
            _, found = gradients(flow, pieces, z)
            flow.memory = "states"
            _, known = gradients(flow, pieces, z)
            assert gap < 1e-9
            for a, b in zip(found, known, strict=True):
                torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-8)
        else:
            assert gap > 1e-2
            with pytest.raises(ReversalError, match="'states'"):
                gradients(flow, pieces, z)


@pytest.mark.parametrize("kind", ["states", "exact"])
def test_what_does_not_reverse_in_floats_has_a_gradient_all_the_same(kind):
    flow, pieces = stiff(kind, 1.0)
    z = 0.3 * points(4, 16)
    _, found = gradients(flow, pieces, z)
    keeps = Memory("all", exact=kind == "exact")
    tape = lambda z: transport(z, pieces, flow.factors, keeps)  # noqa: E731
    _, known = gradients(tape, pieces, z)
    assert all(map(torch.equal, found, known))


# A step size that is learned.


def test_a_scale_multiplies_every_time():
    pieces, factors = parts(SO3_TWO)
    z = points(12, 8)
    scale = torch.nn.Parameter(torch.tensor(0.7, dtype=torch.float64))
    slower = [Factor(f.piece, 0.7 * f.time) for f in factors]
    for kind in ("save", "states", "reversible"):
        scaled = Chain(pieces, factors, kind, scale)
        expected = Chain(pieces, slower)(z)
        torch.testing.assert_close(scaled(z), expected, rtol=1e-12, atol=1e-12)
        (found,) = torch.autograd.grad(scaled(z).square().sum(), scale)
        step = 1e-6
        with torch.no_grad():
            ends = []
            for moved in (0.7 + step, 0.7 - step):
                other = [Factor(f.piece, moved * f.time) for f in factors]
                ends.append(Chain(pieces, other)(z).square().sum())
        known = (ends[0] - ends[1]) / (2 * step)
        torch.testing.assert_close(found, known, rtol=1e-6, atol=1e-6)


# Bad input.


def test_memories_and_pieces_that_do_not_exist_are_refused():
    pieces, factors = parts(SO2)
    with pytest.raises(ArgumentError, match="`memory` must be one of 'save'"):
        Chain(pieces, factors, "tape")
    with pytest.raises(ArgumentError, match="from 0 to 4"):
        Chain(pieces, [Factor(5, 1.0)])
    assert isinstance(pieces[0], ShearPiece)
