"""The checker on finite groups: with an algebra, and where parameters are exchanged."""

import json
from functools import cache

import pytest

import symflow as sf
from symflow import verify
from symflow.certificate import claims_certificate
from symflow.finite_invariants import finite_invariants, joint_invariants
from symflow.verify import Verdict

PLANE, ROOM = sf.PhaseSpace("x y"), sf.PhaseSpace("x1 y1 z1 x2 y2 z2")
MASSES = sf.PhaseSpace("q1 q2", parameters="m1 m2 k")
TURN = sf.LieAlgebra(PLANE, {"L": "x*p_y - y*p_x"})
ROTATIONS = sf.LieAlgebra(ROOM, sf.rotations(ROOM, dimension=3))
MIRROR = sf.FiniteGroup(PLANE, {"m": {"y": "-y"}})
PARITY = sf.FiniteGroup(ROOM, {"P": {q.name: f"-{q.name}" for q in ROOM.q}})
SWAP = {"q1": "q2", "q2": "q1", "m1": "m2", "m2": "m1"}
GROUPS = {
    "a mirror of a turning plane": lambda: joint_invariants(
        sf.invariants(TURN), MIRROR
    ),
    "O(3) on two vectors and momenta": lambda: joint_invariants(
        sf.invariants(ROTATIONS, 4), PARITY
    ),
    "a square": lambda: finite_invariants(
        sf.FiniteGroup(PLANE, {"r": {"x": "-y", "y": "x"}, "m": {"y": "-y"}})
    ),
    "bodies exchanged with masses": lambda: finite_invariants(
        sf.FiniteGroup(MASSES, {"swap": SWAP})
    ),
}


@cache
def original(name):
    found = GROUPS[name]()
    made = claims_certificate(found.claims, found.group.space)
    return json.dumps(made.document)


def findings(made):
    return verify.verify(made)


@pytest.mark.parametrize("name", GROUPS)
def test_that_they_generate_all_is_followed(name):
    made = json.loads(original(name))
    assert {f.verdict for f in findings(made)} == {Verdict.VERIFIED}
    assert findings(made)[-1].statement == "they generate all invariants"


@pytest.mark.parametrize("name", GROUPS)
def test_none_of_them_can_be_left_out(name):
    number = len(json.loads(original(name))["claims"]) - 1
    for k in range(0, number, 1 + number // 3):
        lie = json.loads(original(name))
        lie["claims"][-1]["evidence"]["functions"].pop(k)
        assert "independent invariants" in findings(lie)[-1].why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda e: e["invariants"].pop(), "one is not listed"),
        (lambda e: e.update({"from": 9}), "degrees are left out"),
        (lambda e: e.update({"from": 1}), "outside their ideal"),
        (lambda e: e["factors"][0].update(group="SO(4)"), "the group is SO(2)"),
        (lambda e: e.update(maps=[{"y": "-y", "p_y": "p_y"}]), "is no invariant"),
        (lambda e: e.update(given={}), "independent invariants"),
        (lambda e: e.update(of=["x"]), "all coordinates"),
        (lambda e: e["invariants"].append("x"), "a bracket is not zero"),
    ],
)
def test_no_part_of_the_proof_can_be_changed(change, why):
    lie = json.loads(original("a mirror of a turning plane"))
    change(lie["claims"][-1]["evidence"])
    found = findings(lie)[-1]
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


def test_generators_of_low_degree_are_not_all():
    """Up to degree two one of degree four is missing, which the words deny."""
    group = sf.FiniteGroup(PLANE, {"r": {"x": "-y", "y": "x"}, "m": {"y": "-y"}})
    claims = finite_invariants(group, 2).claims
    lie = json.loads(json.dumps(claims_certificate(claims, PLANE).document))
    assert findings(lie)[-1].verdict is Verdict.VERIFIED
    lie["claims"][-1]["evidence"]["all"] = True
    lie["claims"][-1]["statement"] = "they generate all invariants"
    assert "outside their ideal" in findings(lie)[-1].why


def test_masses_that_stay_make_other_invariants():
    lie = json.loads(original("bodies exchanged with masses"))
    for claim in lie["claims"]:
        claim["evidence"]["maps"] = [
            {"q1": "q2", "q2": "q1", "p_q1": "p_q2", "p_q2": "p_q1"}
        ]
    assert Verdict.REJECTED in {f.verdict for f in findings(lie)[:-1]}
    assert findings(lie)[-1].verdict is Verdict.REJECTED


def test_a_sum_of_a_group_and_masses_of_an_algebra_is_not_followed():
    made = json.loads(original("bodies exchanged with masses"))
    made["claims"][-1]["evidence"]["given"] = {"P": "p_q1 + p_q2"}
    assert findings(made)[-1].verdict is Verdict.NOT_RECHECKED
