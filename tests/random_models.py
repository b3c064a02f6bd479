"""Pieces and models far from the identity, so that a law cannot hold by their being small."""

import numpy as np
import torch

import symflow as sf
from symflow.pieces import LinearFlowPiece, ShearPiece


def scrambled(module, seed=0, size=0.5):
    """Every weight drawn anew, with this standard deviation."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(size * noise)
    return module


def points(width, count=16, dtype=torch.float64, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=generator, dtype=torch.float64).to(dtype)


def array(matrix):
    return np.array(matrix.tolist(), dtype=np.float64)


def build(space, piece, width=8, depth=2):
    """The numeric piece of a symbolic one, in float64."""
    functions = sf.compile(piece.functions, space.z)
    if isinstance(piece, sf.LinearFlow):
        matrices = np.stack([array(A) for A in piece.matrices])
        cubes = [float(c) for c in piece.cubes]
        return LinearFlowPiece(functions, matrices, cubes, width, depth).double()
    return ShearPiece(functions, width, depth).double()


def base_of(algebra, components=3, seed=0):
    """A base with random covariances, weights and means, in float64."""
    action = sf.LinearAction(algebra)
    size = 2 * algebra.space.n
    vectors = np.array([array(v).ravel() for v in action.fixed_vectors])
    generator = torch.Generator().manual_seed(seed)
    base = sf.InvariantGaussianMixture(
        np.stack([array(B) for B in action.commutant]),
        array(action.metric),
        array(action.fixed_point).ravel(),
        vectors.reshape(-1, size),
        components,
        generator,
    ).double()
    with torch.no_grad():
        for parameter in base.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator)
    return base


def jacobians(f, z):
    """The Jacobian at every point of a batch, shape (batch, out, in)."""
    whole = torch.autograd.functional.jacobian(lambda x: f(x).sum(0), z)
    return whole.movedim(-2, 0)
