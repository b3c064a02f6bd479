"""Noether: the charge is kept exactly where the symmetry is, and what breaks is named."""

import pytest

import symflow as sf
from symflow.claims import Standing
from symflow.errors import ArgumentError
from symflow.noether import noether, what_if

from .systems import RESONANT, SL2, SO2

ROTATIONS = sf.LieAlgebra(
    sf.PhaseSpace("x y z"),
    {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"},
)

HAMILTONIANS = ["p_x**2 + x**2", "(p_x**2 + p_y**2 + x**2 + y**2)/2", "x**2 + 3*y**2"]


@pytest.mark.parametrize("level", ["result", "lecture", "every step"])
@pytest.mark.parametrize("H", HAMILTONIANS)
@pytest.mark.parametrize("system", [SO2, RESONANT], ids=str)
def test_every_line_is_true(system, H, level):
    for name in system.algebra.names:
        assert noether(system.algebra, name, H, level).holds


@pytest.mark.parametrize("H", HAMILTONIANS)
def test_the_charge_is_conserved_exactly_if_the_symmetry_leaves_h(H):
    """{H, g} = 0 on one side of the theorem and {g, H} = 0 on the other."""
    explanation = noether(SO2.algebra, "L", H, "result")
    *_, change, charge = explanation.derivations
    symmetric = change.lines[-1].right == 0
    assert symmetric == (charge.lines[0].right == 0)
    assert symmetric == ("is conserved" in charge.lines[-1].statement)


def test_the_symmetry_is_the_field_of_the_generator():
    explanation = noether(ROTATIONS, "Lx", "p_x**2", "result")
    moves = [line.right for line in explanation.derivations[1].lines]
    g = ROTATIONS.generators["Lx"]
    assert tuple(moves) == sf.hamiltonian_vector_field(g, ROTATIONS.space)


def test_one_sign_makes_a_rotation_a_boost_and_the_algebra_opens():
    changed = what_if(ROTATIONS, {"Lx": "y*p_z + z*p_y"})
    assert changed.holds
    (claim,) = changed.claims
    assert claim.kind == "not closed"
    assert claim.standing is Standing.PROVED


def test_two_signs_make_another_algebra():
    boosts = {"Lx": "y*p_z + z*p_y", "Ly": "z*p_x + x*p_z"}
    changed = what_if(ROTATIONS, boosts, level="lecture")
    assert changed.holds
    assert changed.claims[-1].statement.startswith("the algebra was so(3) and is ")
    assert "so(3)" not in changed.claims[-1].statement.partition(" is ")[2]


def test_a_factor_alone_leaves_the_algebra_what_it_is():
    changed = what_if(SL2.algebra, {"e": "2*q**2"})
    assert changed.claims[-1].statement == "the algebra is still sl(2,R)"


def test_one_coefficient_of_h_breaks_the_law_and_is_named():
    isotropic = "(p_x**2 + p_y**2 + x**2 + y**2)/2"
    changed = what_if(
        SO2.algebra, {"H": "(p_x**2 + p_y**2 + x**2 + 2*y**2)/2"}, isotropic
    )
    assert changed.holds
    (claim,) = changed.claims
    assert "was conserved and is not conserved" in claim.statement
    assert "y**2" in claim.statement
    assert "p_x" not in claim.statement.partition("broken by")[2]


def test_a_charge_that_depends_on_time_is_told_by_its_whole_rate():
    space = sf.PhaseSpace("x", time="t")
    boost = sf.LieAlgebra(space, {"K": "x - t*p_x", "P": "p_x"})
    free = noether(boost, "K", "p_x**2/2")
    assert free.holds
    assert free.claims[-1].statement == "K is conserved along the motion of H"
    (about, *_) = what_if(boost, {"H": "p_x**2"}, "p_x**2/2").claims
    assert about.statement == "K was conserved and is not conserved"


def test_a_change_that_keeps_the_symmetry_breaks_nothing():
    changed = what_if(SO2.algebra, {"H": "p_x**2 + p_y**2"}, "x**2 + y**2")
    assert changed.claims[0].statement.startswith("L was conserved and is conserved")


@pytest.mark.parametrize(
    ("change", "H", "message"),
    [
        ({"M": "x"}, None, "`change`"),
        ({"H": "x**2"}, None, "`H`"),
        ({"L": "x +"}, None, "L"),
    ],
)
def test_a_change_of_nothing_is_refused(change, H, message):
    with pytest.raises(ArgumentError, match=message):
        what_if(SO2.algebra, change, H)


def test_a_generator_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="`generator`"):
        noether(SO2.algebra, "Lz", "x**2")
