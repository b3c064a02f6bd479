"""Motion derivations: conserved exactly where the bracket vanishes, exact flows exact."""

import pytest
from sympy import Symbol, diff

import symflow as sf
from symflow.claims import Claim
from symflow.derivations import Level, Step
from symflow.motion_derivations import (
    hamiltonian_derivations,
    piece_derivations,
    rate_of_change,
)
from symflow.splitting import LinearFlow

from .systems import RESONANT, SL2, SO2, SO3, U2


@pytest.mark.parametrize("system", [SO2, SO3, U2], ids=str)
def test_the_motion_is_hamiltons_equations(system):
    space = system.space
    H = sum(p**2 for p in space.p) / 2 + space.q[0] ** 4
    *_, motion = hamiltonian_derivations(H, system.algebra, Level.RESULT)
    velocities = [line.right for line in motion.lines]
    expected = [diff(H, p) for p in space.p] + [-diff(H, q) for q in space.q]
    assert velocities == expected


def test_each_law_ends_with_its_verdict():
    H = SO2.space.read("x**2 + y**2 + p_x**2")
    laws = hamiltonian_derivations(H, SO2.algebra, Level.LECTURE)[1]
    assert isinstance(laws.lines[-1], Claim)
    assert laws.lines[-1].statement == "L is not conserved: it is broken by p_x**2"


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("system", [SO2, RESONANT, U2], ids=str)
def test_every_line_about_a_piece_is_true(system, level):
    pieces = sf.split(sf.invariants(system.algebra))
    for derivation in piece_derivations(pieces, system.algebra.phase_space, level):
        steps = [line for line in derivation.lines if isinstance(line, Step)]
        assert all(step.holds for step in steps)


def test_turns_stretches_and_shears_all_have_their_exponential():
    pieces = sf.split(sf.invariants(SO2.algebra))
    cubes = {
        c for piece in pieces if isinstance(piece, LinearFlow) for c in piece.cubes
    }
    assert {c.is_negative for c in cubes if c != 0} == {True, False}
    assert 0 in cubes
    derivations = piece_derivations(pieces, SO2.algebra.phase_space, Level.EVERY_STEP)
    claims = [
        line for one in derivations for line in one.lines if isinstance(line, Claim)
    ]
    closed = {
        claim.statement.split(" = ")[-1]
        for claim in claims
        if claim.kind == "exponential"
    }
    assert closed == {str(c * Symbol("A")) for c in cubes}


def test_an_algebra_without_invariants_has_no_pieces_to_explain():
    assert sf.split(sf.invariants(SL2.algebra)) == ()
    assert piece_derivations((), SL2.algebra.phase_space, Level.LECTURE) == []


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize(
    ("H", "kept"),
    [("p_x**2/(2*m)", True), ("p_x**2/(2*m) + x", False), ("p_x**2/2", False)],
)
def test_a_boost_is_conserved_only_with_its_explicit_change(H, kept, level):
    """{K, H} = p_x is not zero, and K = m x - t p_x is conserved all the same."""
    space = sf.PhaseSpace("x", parameters="m", time="t")
    boost = sf.LieAlgebra(space, {"K": "m*x - t*p_x", "P": "p_x"})
    explanation = sf.explain(H, level.value, boost)
    assert explanation.holds
    about = [c.statement for c in explanation.claims if c.statement.startswith("K ")]
    assert about == [
        f"K is {'conserved along the motion of H' if kept else 'not conserved'}"
    ]
    law = sf.broken_symmetries(H, boost)["K"]
    rate = sf.total_derivative(boost.generators["K"], H, space)
    assert rate_of_change(boost.generators["K"], law, space) == rate
