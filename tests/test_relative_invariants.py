"""Relative invariants: multipliers of products add, and of powers multiply."""

from symflow.phase_space import PhaseSpace
from symflow.polynomials import PhasePolynomials
from symflow.relative_invariants import relative_invariant
from symflow.terms import accumulate, product

SPACE = PhaseSpace("x y")
RING = PhasePolynomials(SPACE, [])


def relative(text):
    generators = ("x**2*p_x + y*p_y", "y*p_y")
    fields = [RING.velocity(RING.slopes(RING.terms(SPACE.read(g)))) for g in generators]
    return relative_invariant(RING, RING.terms(SPACE.read(text)), fields, 1)


def test_multipliers_of_a_product_add_up():
    x, y = relative("x"), relative("y")
    both = relative("x*y")
    for a, b, total in zip(x.multipliers, y.multipliers, both.multipliers, strict=True):
        assert accumulate(dict(a), b.items()) == total
    assert both.terms == product(x.terms, y.terms)


def test_an_invariant_has_no_multipliers():
    found = relative("y*p_y")
    assert found.is_invariant
    assert found.vector == {}


def test_a_sum_of_unequal_multipliers_is_none():
    assert relative("x + y") is None
