"""Commuting families: maximal, complete, and as many as theory allows."""

from itertools import combinations

import pytest
import sympy as sp

import symflow as sf
from symflow.commuting_families import (
    commuting_families,
    integrable_number,
    largest_commuting_family,
)
from symflow.errors import ArgumentError

PLANE = sf.PhaseSpace("x y")
ROOM = sf.PhaseSpace("x y z")
L = ("y*p_z - z*p_y", "z*p_x - x*p_z", "x*p_y - y*p_x")


def commutes(functions, space):
    return all(
        sf.poisson_bracket(f, g, space) == 0 for f, g in combinations(functions, 2)
    )


@pytest.mark.parametrize(
    "algebra",
    [
        sf.LieAlgebra(PLANE, sf.rotations(PLANE)),
        sf.LieAlgebra(ROOM, sf.rotations(ROOM)),
        sf.LieAlgebra(PLANE, sf.unitary(PLANE)),
        sf.LieAlgebra(PLANE, {}),
        sf.LieAlgebra(ROOM, {"Pz": "p_z"}),
    ],
    ids=lambda algebra: str(list(algebra.generators)),
)
def test_families_commute_and_are_maximal(algebra):
    invariants = sf.invariants(algebra, 2).generators
    families = commuting_families(invariants, algebra.space)
    for family in families:
        assert commutes(family.functions, algebra.space)
        others = set(invariants) - set(family.functions)
        if family.kind == "mixed":
            for other in others:
                assert not commutes([*family.functions, other], algebra.space)
    held = set().union(*(family.functions for family in families))
    assert held == set(invariants), "each function commutes with itself at least"


def test_those_of_q_come_first_and_then_those_of_p():
    functions = ["x*p_y - y*p_x", "p_x**2 + p_y**2", "x**2 + y**2", "x*p_x + y*p_y"]
    kinds = [family.kind for family in commuting_families(functions, PLANE)]
    assert kinds[:2] == ["of q", "of p"]
    assert set(kinds[2:]) == {"mixed"}


def test_the_square_of_the_angular_momentum_joins_one_component():
    family = largest_commuting_family(L, ROOM)
    assert family.rank == 2
    assert commutes(family.functions, ROOM)
    alone = commuting_families(L, ROOM)
    assert {member.rank for member in alone} == {1}


def test_a_central_force_is_integrable_for_every_potential():
    r = "sqrt(x**2 + y**2 + z**2)"
    for potential in (f"1/{r}", f"exp(-{r})/{r}", "(x**2 + y**2 + z**2)**2"):
        H = f"(p_x**2 + p_y**2 + p_z**2)/2 + {potential}"
        family = largest_commuting_family([H, *L], ROOM)
        assert family.is_integrable
        assert commutes(family.functions, ROOM)
    broken = largest_commuting_family([f"{H} + x", *L], ROOM)
    assert not broken.is_integrable


def test_no_more_than_n_commute_in_canonical_pairs():
    everything = [sp.Integer(1), *PLANE.z, *(z**2 for z in PLANE.z)]
    for family in commuting_families(everything, PLANE):
        assert family.rank <= integrable_number(PLANE) == 2


def test_the_casimirs_of_other_brackets_count():
    body = sf.PoissonSpace(
        "l1 l2 l3", {("l1", "l2"): "l3", ("l2", "l3"): "l1", ("l3", "l1"): "l2"}
    )
    assert integrable_number(body) == 2
    H = "l1**2/2 + l2**2/4 + l3**2/6"
    family = largest_commuting_family([H, "l1**2 + l2**2 + l3**2"], body)
    assert (family.rank, family.is_integrable, family.kind) == (2, True, "mixed")


def test_the_claim_holds_the_functions_and_floats_are_not_proved():
    (family,) = commuting_families(["x"], PLANE)
    assert family.claim.standing is sf.Standing.PROVED
    assert family.claim.evidence == {"functions": ["x"], "rank": 1}
    (family,) = commuting_families(["0.5*x"], PLANE)
    assert family.claim.standing is sf.Standing.MEASURED


def test_it_is_printed_and_set():
    (family,) = commuting_families(["x", "y**2"], PLANE)
    assert str(family) == "of q, 2 independent: x, y**2"
    assert family._repr_latex_() == r"$\displaystyle x, \quad y^{2}$"


def test_errors_name_the_argument():
    with pytest.raises(ArgumentError, match="`functions` must be a list"):
        commuting_families("x", PLANE)
    with pytest.raises(ArgumentError, match="at least one"):
        largest_commuting_family([], PLANE)
    assert commuting_families([], PLANE) == ()
