"""Power sums of equal particles: symmetric, generating, counted, and many."""

import random
from math import comb

import pytest
import sympy as sp

import symflow as sf
from symflow.canonical_maps import particle_permutation
from symflow.errors import ArgumentError
from symflow.finite_invariants import finite_invariants
from symflow.molien_series import MolienSeries
from symflow.symmetric_functions import symmetric_functions

THREE = sf.PhaseSpace("q1 q2 q3")
PAIR = sf.PhaseSpace("x1 y1 x2 y2")


def exchanges(space, dimension, number):
    """Exchanges of neighbours generate all."""
    orders = {
        f"s{k}": [*range(1, k), k + 1, k, *range(k + 2, number + 1)]
        for k in range(1, number)
    }
    return sf.FiniteGroup(
        space,
        {k: particle_permutation(space, v, dimension) for k, v in orders.items()},
    )


@pytest.mark.parametrize(
    ("space", "dimension"), [(THREE, 1), (PAIR, 2)], ids=["three on a line", "a pair"]
)
def test_the_counts_are_those_of_molien(space, dimension):
    found = symmetric_functions(space, dimension, 3)
    group = exchanges(space, dimension, space.n // dimension)
    assert found.counts(6) == MolienSeries.of(group).counts(6)
    assert all(group.is_symmetry(f) for f in found.generators)


def test_they_are_what_the_search_over_the_group_finds():
    found = symmetric_functions(THREE, 1, 3)
    group = exchanges(THREE, 1, 3)
    assert found.generating
    assert set(found.generators) == set(finite_invariants(group).generators)


def test_fewer_degrees_do_not_generate():
    """The third power sum is no polynomial in lower ones: equal lower, other third."""
    found = symmetric_functions(THREE, 1, 2)
    assert not found.generating
    assert "of degree at most 2 that" in found.claim.statement
    root = sp.sqrt(7)
    first = dict(zip(THREE.z, (1, 2, -3, 0, 0, 0), strict=True))
    second = dict(zip(THREE.z, (root, -root, 0, 0, 0, 0), strict=True))
    for f in found.generators:
        assert f.subs(first) == f.subs(second)
    cube = sum(q**3 for q in THREE.q)
    assert cube.subs(first) != sp.simplify(cube.subs(second))


def test_kinds_of_particles_are_not_exchanged_with_each_other():
    found = symmetric_functions(THREE, 1, 2, species=[[1, 3]])
    q1, q2, q3 = THREE.q
    assert found.species == ((1, 3), (2,))
    assert {q2, q1 + q3, q1**2 + q3**2} <= set(found.generators)
    assert q2**2 not in found.generators, "one particle is a polynomial in its own"
    swap = particle_permutation(THREE, [3, 2, 1], 1)
    series = MolienSeries.of(sf.FiniteGroup(THREE, {"swap": swap}))
    assert found.counts(5) == series.counts(5)
    alone = symmetric_functions(THREE, 1, 1, species=[])
    assert set(alone.generators) == set(THREE.z)
    assert alone.counts(4) == tuple(comb(d + 5, 5) for d in range(5))


def test_a_thousand_particles_in_space():
    names = [f"{axis}{k}" for k in range(1000) for axis in "xyz"]
    space = sf.PhaseSpace(names)
    found = symmetric_functions(space, 3, 2)
    assert len(found.generators) == comb(8, 2) - 1
    assert all(len(f.args) == 1000 for f in found.generators)
    order = random.Random(1).sample(range(1, 1001), 1000)
    images = particle_permutation(space, order, 3)
    moved = {space.symbols[a]: space.symbols[b] for a, b in images.items()}
    centre = found.generators[0]
    assert centre.xreplace(moved) == centre
    # Of degree two: squares and products of the six sums, and the 21 of second powers.
    assert found.counts(2) == (1, 6, 21 + 21)


def test_errors_name_the_argument():
    with pytest.raises(ArgumentError, match="`degree`"):
        symmetric_functions(THREE, 1, 0)
    with pytest.raises(ArgumentError, match="`dimension`"):
        symmetric_functions(THREE, 2, 1)
    for species in ([[1, 1]], [[1, 2], [2, 3]], [[0, 1]], [[4]]):
        with pytest.raises(
            ArgumentError, match="disjoint lists of numbers from 1 to 3"
        ):
            symmetric_functions(THREE, 1, 1, species)


def test_it_is_printed():
    assert repr(symmetric_functions(PAIR, 2, 1)) == (
        "SymmetricFunctions(4 power sums of degree at most 1 of 2 particles)"
    )
