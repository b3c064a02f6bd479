"""The checker on claims that name all exceptions: none may be left out."""

import json
import re
from functools import cache

import pytest
import sympy

import symflow as sf
from symflow import verify
from symflow.certificate import claims_certificate
from symflow.darboux_polynomials import darboux_polynomials
from symflow.integrable_values import integrable_values
from symflow.special_values import special_values
from symflow.verify import Verdict
from symflow.verify.signs import vanishes_nowhere
from tests.test_darboux_polynomials import SYSTEMS

W, M = sympy.Symbol("w", positive=True), sympy.Symbol("m", positive=True)


def plane(*parameters):
    return sf.PhaseSpace("x y", parameters=parameters)


OSCILLATORS = "(p_x**2 + p_y**2 + x**2 + w**2*y**2)/2"
CENTRE = "(p_x**2 + p_y**2)/2 - k/sqrt(x**2 + y**2) + b*x"
MOTIONS = {
    "Henon and Heiles": (
        "(p_x**2 + p_y**2 + A*x**2 + B*y**2)/2 + x**2*y + e*y**3/3",
        plane("A", "B", "e"),
        4,
    ),
    "quartic": (
        "(p_x**2 + p_y**2)/2 + x**4 + a*x**2*y**2 + b*y**4",
        plane("a", "b"),
        4,
    ),
    "positive frequency": (OSCILLATORS, plane(W), 3),
    "two fields": (CENTRE, plane("k", "b"), 2),
    "positive mass": ("p_x**2/(2*m) + p_y**2/2 + x**2*y", plane(M), 2),
    "any mass": ("p_x**2/(2*m) + p_y**2/2 + x**2*y", plane("m"), 2),
    "a cube": ("(p_x**2 + p_y**2)/2 + (c**3 - 2)*x*y + x**2", plane("c"), 1),
    "roots": ("p_x**2 + p_y**2 + sqrt(2)*x**2 + a**2*y**2/sqrt(2)", plane("a"), 2),
    "time": ("p_x**2/2 + a*x**2/2", sf.PhaseSpace("x", parameters="a", time="t"), 2),
    "measured": (
        "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2) + a*p_z**2",
        sf.PhaseSpace("x y z", parameters="a"),
        3,
    ),
    "five": (
        "p_x**2 + p_y**2 + a*x**2 + b*y**2",
        sf.PhaseSpace("x y z", parameters="a b"),
        2,
    ),
}


@cache
def motion(name):
    H, space, degree = MOTIONS[name]
    claim = integrable_values(H, space, degree).claim
    return json.dumps(claims_certificate([claim], space).document)


def finding(document, kind="integrable values"):
    return next(f for f in verify.verify(document) if f.kind == kind)


@pytest.mark.parametrize("name", sorted(MOTIONS.keys() - {"measured"}))
def test_that_there_are_no_other_integrable_values_is_followed(name):
    assert finding(json.loads(motion(name))).verdict is Verdict.VERIFIED


def without(document, at):
    """The claim without one of the values, in its words as well."""
    claim = document["claims"][0]
    evidence = claim["evidence"]
    evidence["found"] = [entry for entry in evidence["found"] if entry["at"] != at]
    values = [
        ", ".join(f"{name} = {value}" for name, value in entry["at"].items())
        for entry in evidence["found"]
    ]
    said = f"exist at {'; '.join(values) or 'no values'}, and"
    claim["statement"] = re.sub("exist at .*?, and", said, claim["statement"])
    return evidence


@pytest.mark.parametrize(
    "name", ["Henon and Heiles", "positive frequency", "five", "time"]
)
def test_no_value_can_be_left_out(name):
    """Nor with its case, nor with the pivot of which it is a zero."""
    for entry in json.loads(motion(name))["claims"][0]["evidence"]["found"]:
        lie = json.loads(motion(name))
        evidence = without(lie, entry["at"])
        assert finding(lie).verdict is Verdict.REJECTED
        evidence["cases"] = [c for c in evidence["cases"] if c["at"] != entry["at"]]
        assert finding(lie).verdict is Verdict.REJECTED
        read = sf.PhaseSpace(**lie["phase_space"]).read
        at = {read(name): read(value) for name, value in entry["at"].items()}
        for case in evidence["cases"]:
            pivots = case.get("pivots", [])
            pivots[:] = [f for f in pivots if read(f).subs(at) != 0]
        assert "a rank changes where" in finding(lie).why


def test_no_value_can_be_invented():
    lie = json.loads(motion("quartic"))
    claim = lie["claims"][0]
    claim["evidence"]["found"].append({"at": {"a": "3"}, "integrals": ["p_x**2"]})
    claim["statement"] = claim["statement"].replace(
        ", and nowhere", "; a = 3, and nowhere"
    )
    assert "a bracket is not zero" in finding(lie).why
    claim["evidence"]["found"][-1]["integrals"] = []
    assert "no more than for other values" in finding(lie).why


def test_the_energy_is_no_further_integral():
    """Its degree is three, and of degree two there is none for generic masses."""
    lie = json.loads(motion("any mass"))
    claim = lie["claims"][0]
    claim["evidence"]["functions"] = []
    claim["evidence"]["found"] = [{"at": {"m": "2"}, "integrals": []}]
    claim["statement"] = claim["statement"].replace("no values", "m = 2")
    assert "no more than for other values" in finding(lie).why


def changed(name, change):
    lie = json.loads(motion(name))
    claim = lie["claims"][0]
    change(claim["evidence"])
    evidence, words = claim["evidence"], claim["statement"]
    if not evidence["assumed"]:
        words = words.partition(", for ")[0]
    if not evidence["unresolved"]:
        words = words.partition(", but perhaps ")[0]
    claim["statement"] = re.sub("most [0-9]", f"most {evidence['degree']}", words)
    return finding(lie)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("positive frequency", lambda e: e.update(assumed={}), "nothing is said where"),
        ("positive mass", lambda e: e.update(assumed={}), "nothing is said where m"),
        ("positive mass", lambda e: e.update(assumed={"m": "true"}), "is unknown"),
        (
            "quartic",
            lambda e: e["cases"][1]["at"].update(a="2*a"),
            "holds what it is of",
        ),
        ("any mass", lambda e: e["cases"].pop(), "nothing is said where m = 0"),
        ("a cube", lambda e: e.update(unresolved=[]), "nothing is said where c**3 - 2"),
        (
            "positive frequency",
            lambda e: e.update(degree=2),
            "no polynomial of degree 2",
        ),
        ("quartic", lambda e: e["cases"][0]["at"].update(a="1"), "come first"),
        ("quartic", lambda e: e["cases"][1].update(undefined=True), "H is defined at"),
        ("five", lambda e: e["functions"].pop(), "independent invariants"),
        ("time", lambda e: e.update(hidden=[]), ""),
        ("two fields", lambda e: e.update(kernels=[]), ""),
        ("roots", lambda e: e["cases"][0].update(pivots=["a"]), "a rank changes"),
    ],
)
def test_no_other_part_of_the_proof_can_be_left_out(name, change, why):
    found = changed(name, change)
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


def test_what_was_seen_at_random_points_only_is_not_proved():
    lie = json.loads(motion("measured"))
    assert lie["claims"][0]["standing"] == "measured"
    lie["claims"][0]["standing"] = "proved"
    lie["summary"]["standings"] = {"proved": 1}
    assert finding(lie).verdict is Verdict.NOT_RECHECKED


def test_polynomials_that_vanish_nowhere_are_told_by_their_signs():
    _, a, b = sympy.ring("a b", sympy.QQ)
    assert vanishes_nowhere(a**2 + b**4 + 1, {})
    assert not vanishes_nowhere(a**2 + b**2, {})
    assert vanishes_nowhere(a**2 + b**2, {0: "nonzero"})
    assert vanishes_nowhere(a - 2 * b, {0: "negative", 1: "nonnegative"})
    assert vanishes_nowhere(a - 2 * b, {0: "nonpositive", 1: "nonnegative"}) is None
    assert vanishes_nowhere(a - 2 * b - 1, {0: "nonpositive", 1: "nonnegative"})
    assert vanishes_nowhere(a + b, {0: "positive", 1: "positive"})
    assert vanishes_nowhere(a + b, {0: "positive"}) is None
    assert vanishes_nowhere(a**2 - a + 1, {})
    assert vanishes_nowhere(a**3 + a + 1, {0: "positive"})
    assert vanishes_nowhere(a**3 + a + 1, {}) is False
    assert vanishes_nowhere(a**2 + a, {0: "nonnegative"}) is False
    assert vanishes_nowhere(a**2 + a, {0: "positive"})
    assert vanishes_nowhere(a, {0: "nonzero"})


# Algebras with parameters.

ALGEBRAS = {
    "translations and a scaling": (
        "x y",
        "a",
        {"e1": "p_x", "e2": "p_y", "e3": "x*p_x + a*y*p_y"},
    ),
    "a pivot that is no entry": (
        "x y",
        "a",
        {"e1": "p_x", "e2": "p_y", "e3": "x*p_x + a*y*p_x + a*x*p_y + y*p_y"},
    ),
    "a spring": ("x", "a", {"H": "(p_x**2 + a*x**2)/2", "D": "x*p_x"}),
    "two masses": (
        "x1 x2",
        "m1 m2",
        {"P": "p_x1 + p_x2", "K": "m1*x1 + m2*x2", "H": "p_x1**2/m1 + p_x2**2/m2"},
    ),
    "no zeros among the reals": ("x", "a", {"Q": "(a**2 + 1)*x", "P": "p_x"}),
    "a root": ("x", "a", {"Q": "(a**2 - 2)*x", "P": "p_x + sqrt(2)*x"}),
}


def algebra_document(name):
    q, parameters, generators = ALGEBRAS[name]
    space = sf.PhaseSpace(q, parameters=parameters)
    algebra = sf.closure(space, generators)
    claims = [special_values(algebra).claim]
    return json.loads(json.dumps(claims_certificate(claims, space, algebra).document))


@pytest.mark.parametrize("name", ALGEBRAS)
def test_that_an_algebra_changes_nowhere_else_is_followed(name):
    made = algebra_document(name)
    assert {f.verdict for f in verify.verify(made)} == {Verdict.VERIFIED}
    # Without one of the polynomials a count changes unsaid, or it is still true.
    claim = made["claims"][-1]
    factors = claim["evidence"]["factors"]
    dropped = []
    for k, factor in enumerate(factors):
        left = factors[:k] + factors[k + 1 :]
        claim["evidence"]["factors"] = left
        where = (
            f"where {' * '.join(f'({f})' for f in left)} != 0" if left else "anywhere"
        )
        head = claim["statement"].partition(" change ")[0]
        claim["statement"] = f"{head} change {where}"
        if finding(made, "special values").verdict is Verdict.REJECTED:
            dropped.append(factor)
    needed = {
        "translations and a scaling": ["a", "a**2 + 1"],
        "a pivot that is no entry": ["a + 1", "a - 1"],
        "a spring": ["a"],
        "two masses": ["m1", "m2", "m1 + m2"],
        "no zeros among the reals": ["a**2 + 1"],
        "a root": ["a**2 - 2"],
    }
    assert set(needed[name]) <= set(dropped)


def test_special_values_rest_on_the_table_of_brackets():
    made = algebra_document("a spring")
    made["structure_constants"][0][2] = {}
    assert finding(made, "special values").verdict is Verdict.REJECTED


# Relative invariants.

SCALED = {
    "weights": ("x y", {"D": "2*x*p_x + 3*y*p_y"}, 2),
    "a turn": ("x y", {"L": "x*p_y - y*p_x"}, 2),
    "a boost with a root": ("x t", {"B": "x*p_t + 2*t*p_x"}, 2),
    "a boost": ("x t", {"B": "sqrt(2)*(x*p_t + t*p_x)"}, 2),
    "rotations": ("x y z", sf.rotations(sf.PhaseSpace("x y z")), 2),
    "similitudes": (*SYSTEMS["similitudes"], 2),
}
REACH = "relative invariants generate"


@cache
def scaled(name):
    q, generators, degree = SCALED[name]
    algebra = sf.LieAlgebra(sf.PhaseSpace(q), generators)
    claims = darboux_polynomials(algebra, degree).certificate
    return json.dumps(claims_certificate(claims, algebra.space, algebra).document)


@pytest.mark.parametrize("name", SCALED)
def test_joint_eigenvectors_are_counted_again(name):
    made = json.loads(scaled(name))
    assert {f.verdict for f in verify.verify(made)} == {Verdict.VERIFIED}
    listed = made["claims"][-1]["evidence"]["functions"]
    for text in listed:
        lie = json.loads(scaled(name))
        lie["claims"][-1]["evidence"]["functions"].remove(text)
        own = [c for c in lie["claims"] if c["evidence"].get("expression") == text]
        lie["claims"].remove(own[0])
        lie["summary"]["standings"]["proved"] -= 1
        assert "independent relative invariants" in finding(lie, REACH).why


def test_a_degree_of_relative_invariants_cannot_be_raised():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), SCALED["a turn"][1])
    claims = darboux_polynomials(algebra, 1).certificate
    made = claims_certificate(claims, algebra.space, algebra).document
    made = json.loads(json.dumps(made))
    assert finding(made, REACH).verdict is Verdict.VERIFIED
    claim = made["claims"][-1]
    claim["evidence"]["degree"] = 2
    claim["statement"] = claim["statement"].replace("most 1", "most 2")
    assert "they make 1 of 5" in finding(made, REACH).why


def test_matrices_that_do_not_split_are_too_large():
    space = sf.PhaseSpace("x y", parameters="a b")
    H = "a*p_x**2 + p_y**2 + x*y + b*x*p_y - y*p_x + x**2 + 5*y**2"
    algebra = sf.LieAlgebra(space, {"H": H})
    made = claims_certificate((), space, algebra).document
    made = json.loads(json.dumps(made))
    claim = dict(json.loads(scaled("a turn"))["claims"][-1])
    claim["evidence"] = {"degree": 4, "functions": []}
    claim["statement"] = claim["statement"].replace("most 2", "most 4")
    made["claims"].append(claim)
    made["summary"]["standings"]["proved"] += 1
    assert finding(made, REACH).verdict is Verdict.NOT_RECHECKED
    assert "does not split" in finding(made, REACH).why
