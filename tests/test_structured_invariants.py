"""Structured invariants: named for many particles, equal to those written out for few."""

from itertools import islice

import numpy as np
import pytest
import torch
from sympy import QQ, Add, lambdify

import symflow as sf
from symflow.affine_algebras import AffineAlgebra
from symflow.errors import ArgumentError
from symflow.linear_forms import expression_of
from symflow.pieces import ShearPiece
from symflow.structured_invariants import structured_invariants


def euclidean(number, translations=True):
    """e(3) or so(3) on particles."""
    names = " ".join(f"x{k} y{k} z{k}" for k in range(number))
    space = sf.PhaseSpace(names)
    q, p = space.q, space.p

    def rotation(a, b):
        places = range(0, 3 * number, 3)
        turns = ((q[k + a] * p[k + b], -q[k + b] * p[k + a]) for k in places)
        return Add(*(term for pair in turns for term in pair))

    generators = {"Lx": rotation(1, 2), "Ly": rotation(2, 0), "Lz": rotation(0, 1)}
    if translations:
        generators |= {f"P{axis}": Add(*p[axis::3]) for axis in range(3)}
    return space, generators


@pytest.mark.parametrize("translations", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_few_particles_have_the_same_invariants_written_out(number, translations):
    space, generators = euclidean(number, translations)
    found = structured_invariants(AffineAlgebra(space, generators))
    dense = sf.invariants(sf.LieAlgebra(space, generators))
    assert set(found.expressions()) == set(dense.generators)
    assert found.number == len(dense.generators)
    assert found.generating is dense.generating is True
    assert str(found) == dense.reason


def test_products_are_the_invariants_at_points():
    space, generators = euclidean(3)
    found = structured_invariants(AffineAlgebra(space, generators))
    z = np.random.default_rng(1).normal(size=(4, 2, space.dimension))
    (gram,) = found.products(z)
    m = len(found.actions[0].vectors)
    assert gram.shape == (4, 2, m, m)
    values = np.moveaxis(z, -1, 0)
    for action, entry in islice(found.entries(), m * (m + 1) // 2):
        a, b = entry.places
        written = expression_of(action.value(entry), space.z, QQ)
        f = lambdify(space.z, written, "numpy")(*values)
        expected = gram[..., a, b]
        if entry.kind == "distance":
            expected = gram[..., a, a] + gram[..., b, b] - 2 * expected
            # Two dozen products of numbers of order ten at most.
        assert np.allclose(f, expected, rtol=0, atol=1e3 * np.finfo(float).eps)


def test_a_thousand_particles_are_recognised_without_a_list():
    """Displacements from one particle, and the momenta: 1,999 vectors of so(3)."""
    space, generators = euclidean(1000)
    algebra = AffineAlgebra(space, generators)
    found = structured_invariants(algebra)
    (action,) = found.actions
    assert (action.group, len(action.vectors)) == ("SO(3)", 1999)
    assert found.number == 1999 * 2000 // 2 + 1999 * 1998 * 1997 // 6
    assert found.generating
    kinds = [entry.kind for _, entry in islice(found.entries(), 3)]
    assert kinds == ["product", "distance", "distance"]


def test_named_invariants_make_a_flow_that_conserves_the_generators():
    """Kicks by distances and drifts by products of momenta, of forty particles."""
    space, generators = euclidean(40)
    found = structured_invariants(AffineAlgebra(space, generators))
    named = [f for f in islice(found.entries(), 3081) if f[1].kind != "determinant"]
    written = [found.expression(*pair) for pair in named]
    of_q = [f for f in written if f.free_symbols <= set(space.q)][:60]
    of_p = [f for f in written if f.free_symbols <= set(space.p)][:60]
    assert len(of_q) == len(of_p) == 60
    torch.manual_seed(3)
    kick, drift = (
        ShearPiece(sf.compile(functions, space.z), width=8, depth=1).double()
        for functions in (of_q, of_p)
    )
    z = torch.randn(4, 240, dtype=torch.float64)
    moved = kick(drift(kick(z, 0.5)), 0.5)
    charges = sf.compile(list(generators.values()), space.z)
    lost = (charges.value(moved) - charges.value(z)).abs().max()
    scale = charges.value(z.abs()).abs().max() + (moved - z).abs().max()
    assert (moved - z).abs().max() > 1e-3
    assert lost < 1e3 * torch.finfo(torch.float64).eps * scale


def test_points_of_another_size_are_refused():
    space, generators = euclidean(1)
    found = structured_invariants(AffineAlgebra(space, generators))
    with pytest.raises(ArgumentError, match=r"shape \(..., 6\)"):
        found.products(np.zeros((2, 5)))


def test_a_dense_algebra_is_sent_to_the_other_function():
    space, generators = euclidean(1)
    with pytest.raises(ArgumentError, match="call `invariants`"):
        structured_invariants(sf.LieAlgebra(space, generators))
