"""Reconstruction proves generation where it holds, and never where it does not."""

import pytest

import symflow as sf
from symflow.polynomials import PhasePolynomials
from symflow.reconstruction import reconstruct


def proof(coordinates, dimension, *functions):
    space = sf.PhaseSpace(coordinates)
    ring = PhasePolynomials(space, [])
    fractions = []
    for function in functions:
        above, below = space.read(function).as_numer_denom()
        fractions.append((ring.terms(above), ring.terms(below)))
    return reconstruct(ring, fractions, dimension)


GENERATING = [
    ("x y", 1, ["x*p_x", "x/y", "x*p_y"]),  # scaling
    ("x y", 1, ["x*p_x + y*p_y", "x*p_y - y*p_x", "p_x**2 + p_y**2"]),  # rotation
    ("x y", 3, ["p_x**2 + p_y**2"]),  # the Euclidean group
    ("x y", 0, ["x", "y", "p_x", "p_y"]),  # no symmetry
    ("x y", 4, []),  # an open orbit
]

# A rank that is complete, but a field that is too small.
TOO_FEW = [
    ("x y", 1, ["(x*p_x)**2", "x/y", "x*p_y"]),
    ("x y", 1, ["x*p_x + y*p_y", "(x*p_y - y*p_x)**2", "p_x**2 + p_y**2"]),
    ("x y", 3, ["(p_x**2 + p_y**2)**2"]),
    ("x y", 3, ["(p_x**2 + p_y**2)**3"]),
    ("x y", 1, ["x**2", "y", "p_y"]),
    # A square of a square root: the discriminant is a square over the complex numbers.
    ("x", 1, ["p_x**2"]),
    ("x", 1, ["-p_x**2"]),
    ("x", 1, ["(p_x - x)**2"]),
]


@pytest.mark.parametrize(("coordinates", "dimension", "functions"), GENERATING)
def test_generators_of_the_field_are_recognised(coordinates, dimension, functions):
    found = proof(coordinates, dimension, *functions)
    assert found is not None
    assert len(found.free) == dimension
    listed = [*found.free, *(symbol for step in found.steps for symbol in step)]
    assert set(listed) == set(sf.PhaseSpace(coordinates).z)


@pytest.mark.parametrize(("coordinates", "dimension", "functions"), TOO_FEW)
def test_powers_and_squares_do_not_generate(coordinates, dimension, functions):
    assert proof(coordinates, dimension, *functions) is None


def test_the_text_names_the_order():
    text = str(proof("x y", 3, "p_x**2 + p_y**2"))
    assert "from the invariants and x, y, p_x follow in turn p_y" in text
    assert "no square" in text
    assert str(proof("x", 2)) == (
        "a generic orbit is open, so that only constants are invariant"
    )
