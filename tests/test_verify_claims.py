"""The verifier on every kind of claim: what is true passes, a lie of each kind does not.

The claims of every result go through a certificate: integrals of motion, rational and
local invariants, relative ones, those of finite groups, symmetric Hamiltonians and forms.
"""

import copy
import json
from collections import Counter
from functools import cache

import pytest

import symflow as sf
from symflow import verify
from symflow.centralizers import centralizer, integrals_of_motion
from symflow.certificate import certificate, claims_certificate
from symflow.darboux_polynomials import darboux_polynomials
from symflow.errors import UnsupportedError
from symflow.finite_invariants import finite_invariants, joint_invariants
from symflow.integrable_values import integrable_values
from symflow.local_invariants import local_invariants
from symflow.poisson_spaces import PoissonSpace
from symflow.rational_invariants import rational_invariants
from symflow.special_values import special_values
from symflow.symmetric_functions import symmetric_functions
from symflow.symmetrization import symmetrize
from symflow.textbook_forms import textbook_form
from symflow.verify import Verdict
from tests.certificate_lies import document as certified

PLANE, LINE = sf.PhaseSpace("x y"), sf.PhaseSpace("x")
KEPLER = "(p_x**2 + p_y**2)/2 - k/sqrt(x**2 + y**2)"
WITH_K = sf.PhaseSpace("x y", parameters="k")
TURN = sf.LieAlgebra(PLANE, {"L": "x*p_y - y*p_x"})
WEIGHTS = sf.LieAlgebra(PLANE, {"D": "2*x*p_x + 3*y*p_y"})
SPACE = sf.PhaseSpace("x y z")
SCREW = sf.LieAlgebra(SPACE, {"S": "x*p_y - y*p_x + sqrt(2)*p_z"})
POWERS = sf.PhaseSpace("x y", parameters="a")
LOGARITHMS = sf.LieAlgebra(POWERS, {"D": "x*p_x + a*y*p_y"})
BODIES = sf.PhaseSpace("x1 y1 x2 y2")
SIMILITUDES = sf.LieAlgebra(
    BODIES,
    {
        "Px": "p_x1 + p_x2",
        "Py": "p_y1 + p_y2",
        "L": "x1*p_y1 - y1*p_x1 + x2*p_y2 - y2*p_x2",
        "D": "x1*p_x1 + y1*p_y1 + x2*p_x2 + y2*p_y2",
    },
)
IRRATIONAL = sf.LieAlgebra(PLANE, {"H": "p_x**2 + x**2 + sqrt(2)*(p_y**2 + y**2)"})
HEILES = sf.PhaseSpace("x y", parameters="A B e")
PAIR = sf.PhaseSpace("x1 x2", parameters="m1 m2 a b c")


def of_algebra(found):
    return found.certificate, found.algebra.space, found.algebra, found.generators


def kepler():
    found = integrals_of_motion(KEPLER, WITH_K, 3)
    return [*found.claims, found.commuting_family.claim], WITH_K


def forms():
    so3 = sf.LieAlgebra(SPACE, sf.rotations(SPACE))
    return [textbook_form(f, SPACE).claim for f in sf.invariants(so3).generators], SPACE


def family():
    boosts = sf.LieAlgebra(PAIR, {"P": "p_x1 + p_x2", "K": "m1*x1 + m2*x2"})
    return [symmetrize("a*p_x1**2 + b*p_x1*p_x2 + c*p_x2**2", boosts).claim], PAIR


def moving():
    space = sf.PhaseSpace("x", time="t")
    return integrals_of_motion("p_x**2/2", space, 3).claims, space


def dihedral():
    return sf.FiniteGroup(PLANE, {"quarter": {"x": "-y", "y": "x"}, "m": {"y": "-y"}})


def joint():
    mirror = sf.FiniteGroup(PLANE, {"mirror": {"y": "-y"}})
    return joint_invariants(sf.invariants(TURN, 2), mirror).claims, PLANE


def heiles():
    H = "(p_x**2 + p_y**2 + A*x**2 + B*y**2)/2 + x**2*y + e*y**3/3"
    return [integrable_values(H, HEILES, 4).claim], HEILES


def special():
    algebra = sf.closure(POWERS, {"H": "p_x**2 + a*x**2", "Q": "x"})
    return [special_values(algebra).claim], POWERS, algebra


def relative():
    found = darboux_polynomials(WEIGHTS, 1)
    return found.certificate, PLANE, WEIGHTS


RESULTS = {
    "Kepler": kepler,
    "free motion, time put in": moving,
    "centralizer of rotations": lambda: (
        centralizer({"A": "y*p_z - z*p_y", "B": "z*p_x - x*p_z"}, SPACE, 2).claims,
        SPACE,
    ),
    "Henon and Heiles": heiles,
    "textbook forms": forms,
    "symmetric family": family,
    "finite group": lambda: (finite_invariants(dihedral()).claims, PLANE),
    "group and algebra": joint,
    "equal particles": lambda: (
        [
            symmetric_functions(BODIES, 1, 4).claim,
            symmetric_functions(BODIES, 2, 1).claim,
        ],
        BODIES,
    ),
    "relative invariants": relative,
    "quotients": lambda: of_algebra(rational_invariants(SIMILITUDES)),
    "quotients of weights": lambda: of_algebra(rational_invariants(WEIGHTS)),
    "screw": lambda: of_algebra(local_invariants(SCREW)),
    "logarithms": lambda: of_algebra(local_invariants(LOGARITHMS)),
    "special values": special,
}


@cache
def original(name):
    return json.dumps(claims_certificate(*RESULTS[name]()).document)


def document(name):
    if name in RESULTS:
        return json.loads(original(name))
    if name == "irrational torus":
        return copy.deepcopy(certificate(sf.invariants(IRRATIONAL)).document)
    return certified(name)


def said(made, kind, which=0):
    return [k for k, c in enumerate(made["claims"]) if c["kind"] == kind][which]


@pytest.mark.parametrize("name", [*RESULTS, "irrational torus"])
def test_what_a_result_claims_is_verified(name):
    made = document(name)
    for finding, claim in zip(verify.verify(made), made["claims"], strict=True):
        unknown = claim["standing"] == "not known"
        expected = Verdict.NOT_KNOWN if unknown else Verdict.VERIFIED
        assert finding.verdict is expected, finding


def test_every_kind_of_claim_is_walked():
    names = [*RESULTS, "irrational torus", "so(2)", "u(2)", "so(3), completed"]
    kinds = {claim["kind"] for name in names for claim in document(name)["claims"]}
    # An encoder is claimed of a model: test_certificate.py.
    assert kinds | {"encoder"} == set(verify.checking.RULES)


# One change each, which makes a claim of the kind say what is not so.


def text_of(key, old, new):
    def change(evidence, claim):
        assert old in evidence[key]
        evidence[key] = evidence[key].replace(old, new)
        claim["statement"] = claim["statement"].replace(old, new)

    return change


def entry_of(key, value):
    def change(evidence, claim):
        assert evidence[key] != value
        evidence[key] = value

    return change


def one_fewer(evidence, claim):
    evidence["functions"].pop()


def rank_raised(evidence, claim):
    old = evidence["rank"]
    evidence["rank"] = old + 1
    claim["statement"] = claim["statement"].replace(str(old), str(old + 1), 1)


def degree_raised(evidence, claim):
    old = evidence["degree"]
    evidence["degree"] = old + 1
    claim["statement"] = claim["statement"].replace(f"most {old}", f"most {old + 1}")


def most_lowered(evidence, claim):
    evidence["most"] -= 1
    claim["statement"] = claim["statement"].replace("most 3", "most 2")


def words(old, new):
    def change(evidence, claim):
        assert old in claim["statement"]
        claim["statement"] = claim["statement"].replace(old, new)

    return change


def conditions_left_out(evidence, claim):
    """Without a factor, there are values at which a number changes unsaid."""
    assert evidence["factors"]
    evidence["factors"] = []
    said = claim["statement"].partition(" where ")[0]
    claim["statement"] = f"{said} anywhere"


LIES = [
    ("Kepler", "commuting", text_of("expression", "p_y*x", "2*p_y*x")),
    ("Kepler", "commuting", entry_of("number", 2)),
    ("Kepler", "commuting", entry_of("given", {"H": "p_x**2 + x"})),
    ("Kepler", "commuting family", entry_of("functions", ["x", "p_x"])),
    ("Kepler", "commuting family", entry_of("rank", 3)),
    ("Kepler", "independent", rank_raised),
    ("Kepler", "independent", most_lowered),
    ("Kepler", "generating", one_fewer),
    ("Kepler", "generating", entry_of("kernels", ["1/(x**2 + y**2)"])),
    ("free motion, time put in", "commuting", text_of("expression", "p_x", "x")),
    ("free motion, time put in", "independent", rank_raised),
    ("centralizer of rotations", "generating", one_fewer),
    ("centralizer of rotations", "independent", rank_raised),
    (
        "Henon and Heiles",
        "integrable values",
        entry_of("given", {"H": "p_x**2 + x**4*y + p_y**2"}),
    ),
    (
        "Henon and Heiles",
        "integrable values",
        words("and nowhere else", "or elsewhere"),
    ),
    ("textbook forms", "textbook form", entry_of("form", "x**2")),
    ("textbook forms", "textbook form", entry_of("names", {"w1": "x"})),
    ("textbook forms", "textbook form", entry_of("legend", {"x": "x"})),
    ("free motion, time put in", "independent", entry_of("hidden", ["x"])),
    ("free motion, time put in", "generating", entry_of("hidden", ["x", "p_t"])),
    ("Henon and Heiles", "integrable values", entry_of("found", [{"at": {"x": "0"}}])),
    (
        "symmetric family",
        "symmetric family",
        entry_of("relations", {"b": "0", "c": "a"}),
    ),
    ("symmetric family", "symmetric family", text_of("expression", "2*m1", "3*m1")),
    ("finite group", "finite invariant", text_of("expression", "y**2", "2*y**2")),
    ("finite group", "generating", one_fewer),
    ("group and algebra", "finite invariant", entry_of("maps", [{"y": "x"}])),
    ("equal particles", "generating", entry_of("degree", 3)),
    ("equal particles", "generating", entry_of("species", [[1, 2, 3]])),
    ("relative invariants", "relative invariant", entry_of("multipliers", {"D": "3"})),
    (
        "relative invariants",
        "relative invariants generate",
        words("combination", "sum"),
    ),
    ("relative invariants", "relative invariants generate", one_fewer),
    ("quotients", "generating the field", entry_of("free", ["x1", "y1", "x2"])),
    ("quotients", "invariant", text_of("expression", "p_x1*x1", "p_x1*x2")),
    ("screw", "complete", entry_of("count", 4)),
    ("screw", "independent", rank_raised),
    ("logarithms", "count", rank_raised),
    ("special values", "special values", words("do not change", "change")),
    ("special values", "special values", conditions_left_out),
    ("special values", "special values", entry_of("generators", {"Q": "x"})),
    ("irrational torus", "global count", entry_of("count", 3)),
]


@pytest.mark.parametrize(
    ("name", "kind", "lie"), LIES, ids=[f"{name}: {kind}" for name, kind, _ in LIES]
)
def test_a_lie_of_each_kind_is_rejected(name, kind, lie):
    made = document(name)
    k = said(made, kind)
    claim = made["claims"][k]
    lie(claim["evidence"], claim)
    try:
        verdict = verify.verify(made)[k].verdict
    except verify.MalformedError:
        verdict = Verdict.REJECTED
    assert verdict is Verdict.REJECTED


def test_lies_are_told_of_every_kind_that_results_claim():
    kinds = {c["kind"] for name in RESULTS for c in document(name)["claims"]}
    of_algebras = {"closure", "independent generators", "added"}
    assert kinds - of_algebras <= {kind for _, kind, _ in LIES}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("key", ["statement", "standing"])
def test_no_claim_of_a_result_may_have_other_words_or_another_standing(name, key):
    made = document(name)
    for claim in made["claims"]:
        claim[key] += "!"
    standings = Counter(claim["standing"] for claim in made["claims"])
    made["summary"]["standings"] = dict(standings)
    assert {finding.verdict for finding in verify.verify(made)} == {Verdict.REJECTED}


# What cannot be compared is not called independent.


def rank(made):
    facts = verify.facts.Facts(made)
    return facts.generic_rank(facts.slopes)


@pytest.mark.parametrize(
    "functions",
    [
        ["log(x)**2", "log(x**2)**2 - 4*log(x)**2 + y"],
        ["sqrt(x)*p_x", "sqrt(x*y) - sqrt(x)*sqrt(y)"],
        ["x", "y*(sqrt(x**2) - x)"],
        ["x", "y*(exp(x)*exp(1) - exp(x + 1))"],
        ["x", "y*(sin(x/2)**2 + cos(x)/2 - 1/2)"],
        ["x", "y*log(x/y)*log(x)*log(y)"],
        ["x", "y*atan2(x, y)*atan2(2*x, 2*y)"],
        ["x", "y*log(x/x)"],
        ["x", "y*log(1)"],
    ],
)
def test_functions_that_may_be_zero_in_disguise_are_not_counted(functions):
    """Each second one depends on the first or is zero, which needs more algebra."""
    made = document("so(2)")
    made |= {"generators": {}, "structure_constants": [], "invariants": functions}
    with pytest.raises(verify.TooLargeError):
        rank(made)


@pytest.mark.parametrize(
    ("functions", "number"),
    [
        (["exp(x) + y", "exp(x)**2 - exp(2*x)"], 1),
        (["exp(x - y)*exp(y) - exp(x)", "y"], 1),
        (["cos(x - y) - cos(x)*cos(y) - sin(x)*sin(y)", "y"], 1),
        (["sin(3*x)/sin(x) + 4*sin(x)**2 - 3"], 0),
        (["sqrt(x)*p_x", "sqrt(y)*p_y"], 2),
        (["sqrt(x**2 + y**2)*p_x", "sqrt((x - 1)**2 + y**2)*p_x", "p_x"], 3),
        (["log(x)*p_x", "log(y)*p_x", "exp(x)*sin(y)*p_x", "p_x"], 3),
        (["atan2(x, y)*p_x", "log(x**2 + y**2)*p_x", "p_x"], 3),
        (["x**(1/3)*p_x", "(x + y)**(2/3)*p_x", "y**(1/4)*p_x"], 3),
    ],
)
def test_functions_without_relations_are_counted(functions, number):
    made = document("so(2)")
    made |= {"generators": {}, "structure_constants": [], "invariants": functions}
    assert rank(made) == number


def test_a_torus_that_is_claimed_twice_counts_once():
    made = document("irrational torus")
    made["claims"].insert(0, made["claims"][said(made, "generating all")])
    made["summary"]["standings"]["proved"] += 1
    verdicts = {finding.verdict for finding in verify.verify(made)}
    assert verdicts <= {Verdict.VERIFIED, Verdict.NOT_KNOWN}


def test_a_global_count_rests_on_the_proof_that_finds_the_torus():
    made = document("irrational torus")
    proof = made["claims"][said(made, "generating all")]
    proof["evidence"]["factors"].append({"by": "Hilbert series"})
    finding = verify.verify(made)[said(made, "global count")]
    assert finding.verdict is Verdict.NOT_RECHECKED


def test_a_function_and_its_square_are_one():
    made = document("Kepler")
    evidence = made["claims"][said(made, "independent")]["evidence"]
    evidence["functions"] = ["-p_x*y + p_y*x", "(-p_x*y + p_y*x)**2"]
    evidence["rank"] = 2
    finding = verify.verify(made)[said(made, "independent")]
    assert "1 are independent" in finding.why


def test_only_pairs_of_coordinates_and_exact_numbers_are_certified():
    body = PoissonSpace("L1 L2 L3", {("L1", "L2"): "L3"})
    with pytest.raises(UnsupportedError, match="pair coordinates with momenta"):
        claims_certificate((), body)
    with pytest.warns(sf.errors.InexactInputWarning):
        found = integrals_of_motion("0.5*p_x**2", LINE, 2)
    with pytest.raises(UnsupportedError, match="Write fractions"):
        claims_certificate(found.claims, LINE)
