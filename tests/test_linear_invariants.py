"""Linear invariants: algebras of affine fields fall into factors, each solved."""

import pytest
from sympy import QQ

import symflow as sf
from symflow.factors import (
    ConstantFactor,
    FixedFactor,
    TheoremFactor,
    TorusFactor,
)
from symflow.linear_forms import degree_of
from symflow.linear_invariants import (
    affine_fields,
    invariant_factors,
    ring_element,
    solved_factors,
)
from symflow.searched_factors import SearchedFactor
from symflow.shears import ShearFactor


def factors(space, generators, degree=None):
    algebra = sf.LieAlgebra(space, generators)
    places = range(space.dimension)
    fields = affine_fields(algebra.ring, algebra.polynomials, places)
    return invariant_factors(fields, places, algebra.ring.domain, degree)


PLANE, SPACE = sf.PhaseSpace("x y"), sf.PhaseSpace("x y z")
L = "x*p_y - y*p_x"
KINDS = [
    (PLANE, {"L": L}, [TheoremFactor]),
    (SPACE, {"L": L}, [FixedFactor, TheoremFactor]),
    (SPACE, {"L": L, "H": "p_z**2 + 2*z**2"}, [TheoremFactor, TheoremFactor]),
    (PLANE, {"H": "p_x**2 + 4*x**2 + p_y**2 + y**2"}, [TorusFactor]),
    (PLANE, {"D": "x*p_x + 2*y*p_y"}, [TorusFactor]),
    (PLANE, {"H": "p_x**2 + p_y**2"}, [ShearFactor]),
    (PLANE, {"H": "p_x*y"}, [ShearFactor]),
    (PLANE, {"H": "p_x*y + p_y**2"}, [SearchedFactor]),
    (PLANE, {"Q": "x", "P": "p_x"}, [FixedFactor]),
    (
        sf.PhaseSpace("x"),
        {"e": "x**2", "f": "p_x**2", "h": "x*p_x"},
        [TheoremFactor],
    ),
]


@pytest.mark.parametrize(("space", "generators", "kinds"), KINDS)
def test_theorems_come_before_tori_and_tori_before_searches(space, generators, kinds):
    assert list(map(type, factors(space, generators))) == kinds


def test_an_affine_group_of_the_plane_has_an_open_orbit():
    """Shears and dilations of q alone, among what a lift does to (x, p_x)."""
    found = factors(sf.PhaseSpace("x"), {"D": "x*p_x", "E": "x**2"})
    assert [type(f) for f in found] == [ConstantFactor]


def test_fields_that_are_not_affine_are_not_read():
    algebra = sf.LieAlgebra(PLANE, {"C": "x**2*p_x"})
    assert affine_fields(algebra.ring, algebra.polynomials, range(4)) is None
    # On y and p_y alone it does nothing, which is affine.
    (field,) = affine_fields(algebra.ring, algebra.polynomials, [1, 3])
    assert not field.matrix


def test_a_screw_falls_into_a_turn_and_a_translation():
    """All invariants are proved, though one of five is no polynomial."""
    found = factors(SPACE, {"S": f"{L} + p_z"})
    assert list(map(type, found)) == [FixedFactor, TheoremFactor, ShearFactor]
    listed = [degree_of(f) for factor in found for f in factor.polynomials]
    assert sorted(listed) == [1, 2, 2, 2, 2]


def test_matrices_are_made_rational_by_another_basis_of_the_fields():
    """A chain of shears with a mass that is a parameter, or a surd."""
    space = sf.PhaseSpace("x y", parameters="m")
    for mass in ("m", "sqrt(2)"):
        chain = f"p_x*y/{mass} + p_y**2/{mass}"
        (searched,) = factors(space, {"H": chain}, 2)
        assert isinstance(searched, SearchedFactor)
        assert list(map(degree_of, searched.polynomials)) == [1, 2]


def test_elements_of_the_ring_have_the_same_terms():
    algebra = sf.LieAlgebra(PLANE, {"L": L})
    f = ring_element(algebra.ring, {(0, 3): QQ(1), (1, 2): QQ(-1)})
    assert f == algebra.polynomials[0]


def test_the_free_motion_keeps_momenta_and_angular_momentum():
    """Both p, and x p_y - y p_x: the whole list, by the theorem of the shear."""
    (shear,) = factors(PLANE, {"H": "p_x**2 + p_y**2"})
    assert sorted(map(degree_of, shear.polynomials)) == [1, 1, 2]
    assert shear.degree is None


def test_free_fall_is_searched():
    """A chain q' = p, p' = -1: neither a torus nor a shear of planes."""
    (fixed, searched) = factors(PLANE, {"H": "p_x**2 + x"}, 4)
    assert [len(f.polynomials) for f in (fixed, searched)] == [2, 1]
    assert searched.degree == 4


def solved(generators, degree=None):
    algebra = sf.closure(PLANE, generators)
    ring, g = algebra.ring, algebra.polynomials
    return solved_factors(ring, g, range(4), degree)


def test_functions_of_generators_add_nothing_in_any_basis():
    """L and L^2, given by two combinations of which neither is quadratic."""
    squares = {"A": f"({L})**2 + {L}", "B": f"({L})**2 - 2*({L})"}
    (factor,) = solved(squares)
    assert factor.reason.startswith("first fundamental theorem of SO(2)")
    assert len(factor.polynomials) == 4


def test_generators_that_move_the_invariants_of_the_others_are_searched():
    """(x^2 + y^2)^2 commutes with L, but not with p.p."""
    assert solved({"L": L, "R": "(x**2 + y**2)**2"}) is None
    assert solved({"R": "(x**2 + y**2)**2"}) is None
