"""Darboux polynomials: every bracket is a multiple, checked by differentiation alone."""

import pytest
from sympy import expand

import symflow as sf
from symflow.darboux_polynomials import darboux_polynomials
from symflow.errors import ArgumentError
from tests import case_book

SYSTEMS = {
    "weights 2 and 3": ("x y", {"D": "2*x*p_x + 3*y*p_y"}),
    "similitudes": (
        "x1 y1 x2 y2",
        {
            "Px": "p_x1 + p_x2",
            "Py": "p_y1 + p_y2",
            "L": "x1*p_y1 - y1*p_x1 + x2*p_y2 - y2*p_x2",
            "D": "x1*p_x1 + y1*p_y1 + x2*p_x2 + y2*p_y2",
        },
    ),
    "projective line": ("x", {"P": "p_x", "D": "x*p_x", "K": "x**2*p_x"}),
    "no symmetry": ("x", {}),
}


def algebra_of(name):
    coordinates, generators = SYSTEMS[name]
    return sf.LieAlgebra(sf.PhaseSpace(coordinates), generators)


def bracket(f, g, space):
    pairs = zip(space.q, space.p, strict=True)
    return sum(f.diff(q) * g.diff(p) - f.diff(p) * g.diff(q) for q, p in pairs)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_bracket_is_the_multiplier_times_the_function(name):
    algebra = algebra_of(name)
    found = darboux_polynomials(algebra, 2)
    assert found.generators
    for f, multipliers in zip(found.generators, found.multipliers, strict=True):
        for g, multiplier in multipliers.items():
            moved = bracket(f, algebra.generators[g], algebra.space)
            assert expand(moved - multiplier * f) == 0


def test_similitudes_scale_the_squared_distance():
    found = darboux_polynomials(algebra_of("similitudes"), 2)
    squares = {str(row["D"]) for row in found.multipliers}
    assert squares == {"2", "0", "-2"}
    assert all(row["L"] == row["Px"] == row["Py"] == 0 for row in found.multipliers)
    assert found.complete


def test_the_projective_line_has_functions_as_multipliers():
    """{p, x^2 p} = -2 x p: the momentum stays zero where it is zero."""
    found = darboux_polynomials(algebra_of("projective line"), 1)
    momentum = found.generators.index(found.algebra.space.p[0])
    (x,) = found.algebra.space.q
    assert found.multipliers[momentum] == {"P": 0, "D": -1, "K": -2 * x}
    assert not found.complete


def test_scaling_the_plane_multiplies_what_must_not_be_taken_for_invariant():
    """Case A23: the kinetic energy is a relative invariant only."""
    space, generators = case_book.declared(case_book.BY_NAME["A23"])
    found = darboux_polynomials(sf.LieAlgebra(space, generators), 1)
    assert set(found.generators) == set(space.z)
    assert {row["D"] for row in found.multipliers} == {1, -1}


def test_a_compact_algebra_has_invariants_only():
    space = sf.PhaseSpace("x y")
    found = darboux_polynomials(sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"}), 2)
    assert len(found.generators) == 4
    assert all(row == {"L": 0} for row in found.multipliers)
    assert [str(f) for f in found.left_out] == ["lambda**2 + 1", "lambda**2 + 4"]


def test_the_certificate_states_the_reach():
    known = darboux_polynomials(algebra_of("similitudes"), 2).certificate
    assert {claim.standing for claim in known} == {sf.Standing.PROVED}
    open_ = darboux_polynomials(algebra_of("projective line"), 2).certificate
    assert open_[-1].standing is sf.Standing.NOT_KNOWN
    assert "few candidates" in open_[-1].why
    pendulum = sf.LieAlgebra(sf.PhaseSpace("x"), {"H": "p_x**2/2 - cos(x)"})
    assert "left out" in darboux_polynomials(pendulum, 2).certificate[-1].why


def test_latex_and_text():
    found = darboux_polynomials(algebra_of("weights 2 and 3"), 1)
    assert found._repr_latex_().startswith("$")
    assert repr(found) == "DarbouxPolynomials(x, p_x, y, p_y; degree at most 1)"


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="LieAlgebra"):
        darboux_polynomials("so(3)", 2)
    with pytest.raises(ArgumentError, match="positive integer"):
        darboux_polynomials(algebra_of("no symmetry"), 0)
