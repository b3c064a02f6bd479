"""Shifted functions move at constant speeds, checked by brackets of expressions."""

import pytest

import symflow as sf
from symflow.darboux_polynomials import DarbouxSearch


@pytest.mark.parametrize(
    ("coordinates", "generators"),
    [
        ("x", {"P": "p_x"}),
        ("x y", {"H": "(p_x**2 + p_y**2)/2"}),
        ("x y", {"g": "x**2*p_x + y*p_y"}),
        ("x y z", {"S": "x*p_y - y*p_x + 3*p_z"}),
        ("x y", {"E": "exp(x)*p_x", "P": "p_y"}),
    ],
)
def test_brackets_are_the_shifts(coordinates, generators):
    algebra = sf.LieAlgebra(sf.PhaseSpace(coordinates), generators)
    search = DarbouxSearch(algebra)
    search.up_to(1)
    shifted = search.shifted()
    assert shifted
    for h in shifted:
        for g, shift in zip(algebra.generators.values(), h.shifts, strict=True):
            bracket = sf.poisson_bracket(h.expression, g, algebra.space)
            assert bracket == algebra.ring.domain.to_sympy(shift)


def test_a_compact_rotation_shifts_no_quotient_of_linear_functions():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
    search = DarbouxSearch(algebra)
    search.up_to(1)
    assert search.shifted() == []
