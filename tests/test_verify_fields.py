"""The checker on the field of rational invariants: each argument, and what breaks it."""

import copy
import json
import time
from functools import cache
from random import Random

import pytest

import symflow as sf
from symflow import verify
from symflow.certificate import claims_certificate
from symflow.rational_invariants import rational_invariants
from symflow.verify import Verdict

PLANE, SPACE = sf.PhaseSpace("x y"), sf.PhaseSpace("x y z")
WITH_A = sf.PhaseSpace("x y", parameters="a")
SYSTEMS = {
    "weights": (PLANE, {"D": "2*x*p_x + 3*y*p_y"}),
    "boost": (PLANE, {"B": "x*p_y + y*p_x"}),
    "boost by a root": (PLANE, {"B": "sqrt(2)*p_x*y + 2*sqrt(2)*p_y*x"}),
    "two scalings by roots": (PLANE, {"A": "x*p_x", "B": "sqrt(2)*y*p_y"}),
    "boost by a parameter": (WITH_A, {"B": "p_x*y + a**2*p_y*x"}),
    "nothing": (PLANE, {}),
    "translation": (PLANE, {"P": "p_x + p_y"}),
    "free motion by a root": (PLANE, {"H": "p_x**2 + sqrt(2)*p_y**2"}),
    "rotation": (PLANE, {"L": "x*p_y - y*p_x"}),
    "so(3)": (SPACE, sf.rotations(SPACE)),
}


@cache
def original(name):
    found = rational_invariants(sf.LieAlgebra(*SYSTEMS[name]))
    made = claims_certificate(
        found.certificate, found.algebra.space, found.algebra, found.generators
    )
    return json.dumps(made.document)


def document(name):
    return json.loads(original(name))


def evidence(made):
    (claim,) = (c for c in made["claims"] if c["kind"] == "generating the field")
    return claim["evidence"]


def finding(made):
    (found,) = (f for f in verify.verify(made) if f.kind == "generating the field")
    return found


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_argument_is_followed(name):
    found = verify.verify(document(name))
    assert {finding.verdict for finding in found} == {Verdict.VERIFIED}


def test_the_three_arguments_are_among_them():
    keys = {tuple(sorted(evidence(document(name)))) for name in SYSTEMS}
    assert keys == {("exponents", "forms", "free"), ("free", "steps"), ("factors",)}


def steps_dropped(some):
    some["steps"].pop()


def powers_changed(some):
    some["exponents"][0][0] += 1


def others_doubled(some):
    some["free"] = [[2 * e for e in row] for row in some["free"]]


def others_dropped(some):
    some["free"] = []


def forms_repeated(some):
    some["forms"][0] = some["forms"][1]


def forms_squared(some):
    some["forms"][0] = f"({some['forms'][0]})**2"


def powers_halved(some):
    some["free"][0][0] += 0.5


def of_another_argument(other):
    def change(some):
        some.clear()
        some.update(evidence(document(other)))

    return change


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("weights", powers_changed, "another product"),
        ("weights", others_doubled, "no products"),
        ("weights", others_dropped, "malformed"),
        ("weights", powers_halved, "exponents are integers"),
        ("weights", forms_repeated, "no coordinates"),
        ("boost by a root", forms_squared, "no coordinates"),
        ("boost by a root", powers_changed, "another product"),
        ("boost", of_another_argument("boost by a root"), "another product"),
        ("free motion by a root", steps_dropped, "not all coordinates follow"),
        ("rotation", of_another_argument("so(3)"), "derived algebra"),
        ("so(3)", of_another_argument("rotation"), "as many free coordinates"),
        ("so(3)", lambda some: some["factors"].clear(), "translations leave"),
    ],
)
def test_an_argument_that_does_not_hold_is_seen(name, change, why):
    made = document(name)
    change(evidence(made))
    found = finding(made)
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


@pytest.mark.parametrize(
    "name", ["weights", "two scalings by roots", "so(3)", "rotation"]
)
def test_the_square_of_an_invariant_generates_less(name):
    """The exponents are doubled with it, so that the products are what is said."""
    made = document(name)
    text = made["invariants"][0]
    made["invariants"][0] = f"({text})**2"
    claim = next(c for c in made["claims"] if c["evidence"].get("expression") == text)
    claim["evidence"]["expression"] = f"({text})**2"
    some = evidence(made)
    if "exponents" in some:
        some["exponents"][0] = [2 * e for e in some["exponents"][0]]
    assert finding(made).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("texts", "rank"),
    [
        (["a*d - b*c", "a*d", "b*c"], 2),
        (["x*p_x", "y*p_y", "x*y*p_x*p_y", "x/p_y"], None),
        (["a**2 + b**2", "a*c + b*d", "c**2 + d**2", "a*d - b*c"], 3),
    ],
)
def test_a_rank_over_rational_functions_is_found_or_left_open(texts, rank):
    """Sums, and the identity of Lagrange; a quotient is no polynomial."""
    made = document("nothing")
    made["phase_space"] = {"q": list("abxy"), "p": ["c", "d", "p_x", "p_y"]}
    made["phase_space"]["parameters"] = []
    facts = verify.facts.Facts({**made, "invariants": texts})
    if rank is None:
        with pytest.raises(verify.TooLargeError, match="not settled"):
            facts.exact_rank(facts.slopes)
    else:
        assert facts.exact_rank(facts.slopes) == rank


def test_a_rank_of_long_quotients_is_left_open_soon():
    """Six monomials of degree four in each of six rows."""
    random, made = Random(1), document("nothing")
    made["phase_space"] = {"q": list("abcd"), "p": list("efgh"), "parameters": []}
    facts = verify.facts.Facts({**made, "invariants": []})
    rows = [
        [facts.product(*random.choices(facts.z, k=4)) for _ in range(6)]
        for _ in range(6)
    ]
    begun = time.process_time()
    with pytest.raises(verify.TooLargeError, match="not settled"):
        facts.exact_rank(rows)
    assert time.process_time() - begun < 5


def test_fields_that_raise_degrees_have_multipliers():
    """The projective line: sl(2) is perfect, and x**2 p_x multiplies x - y by x + y."""
    line = {"P": "p_x + p_y", "D": "x*p_x + y*p_y", "K": "x**2*p_x + y**2*p_y"}
    found = rational_invariants(sf.LieAlgebra(PLANE, line))
    made = copy.deepcopy(
        claims_certificate(
            found.certificate, PLANE, found.algebra, found.generators
        ).document
    )
    some = evidence(made)
    some.clear()
    some["factors"] = [{"by": "open orbit"}]
    assert "not affine" in finding(made).why
