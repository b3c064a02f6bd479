"""Stable spaces: largest, closed under the fields, and paired to invariants."""

import pytest

import symflow as sf
from symflow.polynomials import PhasePolynomials
from symflow.stable_functions import stable_functions
from symflow.terms import accumulate, multiples

SPACE = sf.PhaseSpace("x y", parameters="g")
# A point on a line in an inverse-square force, beside a free one: sl(2) on both.
CONFORMAL = {
    "H": "p_x**2/2 + g/x**2 + p_y**2/2",
    "D": "x*p_x + y*p_y",
    "K": "x**2 + y**2",
}


def stable_space(generators, degree):
    functions = [SPACE.read(g) for g in generators.values()]
    ring = PhasePolynomials(SPACE, functions)
    fields = [ring.velocity(ring.slopes(ring.terms(g))) for g in functions]
    monomials = [{m: ring.domain.one} for m in ring.normal_monomials(degree)]
    return ring, fields, stable_functions(ring, fields, [ring.one, *monomials])


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_fields_act_by_the_matrices(degree):
    ring, fields, found = stable_space(CONFORMAL, degree)
    for velocity, matrix in zip(fields, found.matrices, strict=True):
        for f, row in zip(found.functions, matrix, strict=True):
            moved = ring.derivative_along(ring.slopes(f), velocity)
            for k, value in row.items():
                accumulate(moved, multiples(-value, found.functions[k]).items())
            assert not moved


def test_the_space_is_the_largest():
    """A momentum is no member where the force is singular, the three generators are."""
    ring, _, found = stable_space(CONFORMAL, 2)
    # One; y and p_y; their squares; the sl(2) of each particle alone.
    assert len(found.functions) == 1 + 2 + 3 + 3
    assert all(len(f) > 1 or f != ring.terms(SPACE.p[0]) for f in found.functions)


def test_pairings_of_degree_two_are_the_invariants_of_degree_four():
    """The Casimir of x alone is a number, so the one that joins both is left."""
    ring, fields, found = stable_space(CONFORMAL, 2)
    pairings = list(found.pairings())
    for f in pairings:
        for velocity in fields:
            assert not ring.derivative_along(ring.slopes(f), velocity)
    rows = [ring.gradient(f) for f in pairings]
    assert ring.rank_modulo_prime(rows, 2).rank == 1


def test_without_a_generator_there_are_more_pairings():
    few = {k: CONFORMAL[k] for k in ("D", "K")}
    _, _, whole = stable_space(CONFORMAL, 2)
    _, _, part = stable_space(few, 2)
    assert len(list(part.pairings())) > len(list(whole.pairings()))
