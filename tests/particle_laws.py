"""Laws of energies of particles: what is invariant, what is conserved, what is a gradient."""

import numpy as np
import torch

from symflow.chain import Chain, Factor
from symflow.pieces import ShearPiece
from tests.random_models import points

EPSILON = torch.finfo(torch.float64).eps
# Sums over some tens of pairs, each of some tens of operations.
ROUND_OFF = 2000 * EPSILON


def positions(energy, count=6, seed=1, size=1.0):
    """Positions of all particles, shape (count, N, d)."""
    flat = size * points(energy.n, count, seed=seed)
    return flat.reshape(count, energy.particles, energy.dimension)


def phase_points(q):
    flat = q.flatten(1)
    return torch.cat([flat, torch.zeros_like(flat)], 1)


def value(energy, q):
    return energy.value(phase_points(q)).detach()


def forces(energy, q):
    found = -energy.gradient(phase_points(q)).detach()
    assert not found[:, energy.n :].any()
    return found[:, : energy.n].reshape(q.shape)


def rotation(dimension, seed=0):
    """A random orthogonal matrix, of either determinant."""
    matrix = np.random.default_rng(seed).normal(size=(dimension, dimension))
    return torch.as_tensor(np.linalg.qr(matrix)[0])


def assert_same(found, right, size=None):
    scale = 1 + float((right if size is None else size).abs().max())
    assert float((found - right).abs().max()) <= ROUND_OFF * scale


def assert_invariant(energy, move, turn=lambda v: v):
    """The energy of moved particles is the same, and their forces are turned."""
    q = positions(energy)
    assert float(forces(energy, q).abs().max()) > 1e-3
    assert_same(value(energy, move(q)), value(energy, q))
    assert_same(forces(energy, move(q)), turn(forces(energy, q)))


def assert_conserves_momenta(energy):
    """The forces sum to zero, and so do their torques about any point."""
    q = positions(energy)
    F = forces(energy, q)
    assert float(F.abs().max()) > 1e-3
    assert_same(F.sum(1), torch.zeros_like(F[:, 0]), size=F)
    torque = torch.einsum("bni,bnj->bij", q, F)
    assert_same(torque - torque.mT, torch.zeros_like(torque), size=F)


def assert_is_a_gradient(energy):
    """Forces and their pullback are what autograd finds for the energy."""
    z = phase_points(positions(energy)).requires_grad_()
    (along,) = torch.autograd.grad(energy.value(z).sum(), z)
    assert_same(energy.gradient(z).detach(), along)
    by_points = torch.func.vmap(torch.func.grad(energy.value))(z.detach())
    assert_same(by_points.detach(), along)
    few = z[:2].detach().requires_grad_()
    for f in (energy.value, energy.gradient):
        assert torch.autograd.gradcheck(f, (few,), fast_mode=True)
        assert torch.autograd.gradgradcheck(f, (few,), fast_mode=True)


def assert_pulls_back(energy):
    """The pullback along coordinates, weights and a scale is that of autograd."""
    scale = torch.tensor(0.7, dtype=torch.float64)
    weights = tuple(w.detach().requires_grad_() for w in energy.folded(scale))
    x = positions(energy).flatten(1).t().contiguous().requires_grad_()
    u = points(x.shape[1], len(x), seed=4)
    slopes, _ = energy.slope(weights, x)
    known = torch.autograd.grad(
        (slopes * u).sum(), [x, *weights], materialize_grads=True
    )
    with torch.no_grad():
        _, tape = energy.slope(weights, x)
        sums = [torch.ones_like(w) for w in weights]
        along = energy.pull(weights, tape, u, sums)
        assert torch.equal(energy.pull(weights, tape, u, None), along)
    for ours, theirs in zip([along, *[s - 1 for s in sums]], known, strict=True):
        assert_same(ours, theirs)


def assert_flows(energy, kind):
    """Kicks in a chain: the gradient is that of autograd, and the inverse undoes it."""
    kick = ShearPiece(energy)
    flow = Chain([kick], [Factor(0, 0.1)] * 2, kind)
    z = torch.cat([positions(energy, seed=k).flatten(1) for k in (1, 2)], 1)
    found, known = [], []
    for out, run in (
        (found, flow),
        (known, lambda z: kick(kick(z, 0.1), 0.1)),
    ):
        start = z.clone().requires_grad_()
        image = run(start)
        out += [image.detach()]
        out += torch.autograd.grad(
            image.sin().sum(), [start, *energy.parameters()], materialize_grads=True
        )
    for ours, theirs in zip(found, known, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-12)
    with torch.no_grad():
        torch.testing.assert_close(flow.inverse(flow(z)), z, rtol=1e-12, atol=1e-12)
