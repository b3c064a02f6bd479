"""Small untrained flows of the plane, with rotations and without, far from the identity."""

import torch

from symflow.algebra import LieAlgebra
from symflow.flow import HamiltonianFlow
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace

SPACE = PhaseSpace("x y")
SO2 = LieAlgebra(SPACE, {"L": "x*p_y - y*p_x"})
NONE = LieAlgebra(SPACE, {})


def flow(algebra, **options):
    """An untrained flow that is far from the identity."""
    options = {"blocks": 2, "width": 8, "dtype": torch.float64} | options
    model = HamiltonianFlow(invariants(algebra), **options)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weights in model.pieces.parameters():
            noise = torch.randn(weights.shape, generator=generator, dtype=weights.dtype)
            weights.add_(0.1 * noise)
    return model
