"""The checker follows a first fundamental theorem, and sees through what only looks so."""

import copy
import json
from functools import cache

import pytest

import symflow as sf
from symflow import verify
from symflow.certificate import certificate
from symflow.verify import Verdict
from tests.linear_actions import binary_forms, exceptional

PLANE, SPACE = sf.PhaseSpace("x y"), sf.PhaseSpace("x y z")
PLANES = sf.PhaseSpace("x y u v")
PAIR = sf.PhaseSpace("a b c d e f")
TURNS = ("a*p_b - b*p_a + d*p_e - e*p_d", "b*p_c - c*p_b + e*p_f - f*p_e")
ENERGY = "p_x**2 + x**2 + p_y**2 + y**2"
TWO_SPINS = {"L": "x*p_y - y*p_x", "E": "p_x*p_y + x*y"}
FOLLOWED = {
    "so(3)": sf.LieAlgebra(SPACE, sf.rotations(SPACE)),
    "so(3) on two particles": sf.closure(PAIR, TURNS),
    "e(3)": sf.LieAlgebra(SPACE, sf.euclidean(SPACE)),
    "gl(3)": sf.LieAlgebra(SPACE, sf.general_linear(SPACE)),
    "sl(3)": sf.LieAlgebra(SPACE, sf.special_linear(SPACE)),
    "sp(4)": sf.LieAlgebra(PLANE, sf.symplectic(PLANE)),
    "boost": sf.LieAlgebra(PLANE, {"K": "x*p_y + y*p_x"}),
    "turn about another point": sf.LieAlgebra(
        PLANE, {"L": "(x - 1)*p_y - (y - 2)*p_x"}
    ),
    "turn and what is fixed": sf.LieAlgebra(SPACE, {"L": "x*p_y - y*p_x"}),
    "two turns": sf.LieAlgebra(PLANES, {"L": "x*p_y - y*p_x", "M": "u*p_v - v*p_u"}),
    "no symmetry": sf.LieAlgebra(PLANE, {}),
    "u(2)": sf.closure(PLANE, {**TWO_SPINS, "H": f"{ENERGY}"}),
    "su(2)": sf.closure(PLANE, TWO_SPINS),
    "u(1,1)": sf.closure(
        PLANE,
        {"L": "x*p_y + y*p_x", "H": "p_x**2 + x**2 - p_y**2 - y**2", "N": ENERGY},
    ),
    "free motion": sf.LieAlgebra(PLANE, {"H": "p_x**2 + p_y**2"}),
    "free motion that turns": sf.LieAlgebra(SPACE, {"G": "p_z**2/2 + x*p_y - y*p_x"}),
    "two to one": sf.LieAlgebra(PLANE, {"H": "p_x**2 + x**2 + 2*p_y**2 + 2*y**2"}),
    "scaling": sf.LieAlgebra(PLANE, {"D": "2*x*p_x + 3*y*p_y"}),
    "irrational": sf.LieAlgebra(
        PLANE, {"H": "p_x**2 + x**2 + sqrt(2)*(p_y**2 + y**2)"}
    ),
    "irrational by a root": sf.LieAlgebra(
        PLANE, {"H": "p_x**2 + x**2 + p_y**2 + 2*y**2"}
    ),
    "scaling by parameters": sf.LieAlgebra(
        sf.PhaseSpace("x y", parameters="a b"), {"D": "a*x*p_x + b*y*p_y"}
    ),
    "frequency": sf.LieAlgebra(
        sf.PhaseSpace("x", parameters="w"), {"H": "p_x**2 + w**2*x**2"}
    ),
    "turn and its square": sf.LieAlgebra(
        PLANE, {"S": "x*p_y - y*p_x + (x*p_y - y*p_x)**2", "L": "x*p_y - y*p_x"}
    ),
    "Galilei": sf.LieAlgebra(
        sf.PhaseSpace("x1 x2", parameters="m1 m2"),
        {
            "P": "p_x1 + p_x2",
            "K": "m1*x1 + m2*x2",
            "M": "1",
            "H": "p_x1**2/(2*m1) + p_x2**2/(2*m2)",
        },
    ),
}


def lifted(matrices, size):
    """The lift to phase space of a linear action on coordinates x0, x1, and so on."""
    space = sf.PhaseSpace([f"x{i}" for i in range(size)])
    generators = {
        f"g{k}": " + ".join(f"({c})*x{j}*p_x{i}" for (i, j), c in a.items())
        for k, a in enumerate(matrices)
    }
    return sf.LieAlgebra(space, generators)


COUNTED = {
    "quartic": (lifted(binary_forms(4), 5), [f"x{i}" for i in range(5)]),
    "two quartics": (lifted(binary_forms(4), 5), None),
    "cubic": (lifted(binary_forms(3), 4), [f"x{i}" for i in range(4)]),
    "G2": (lifted(exceptional(), 7), None),
    "oscillator in space": (
        sf.LieAlgebra(SPACE, sf.rotations(SPACE) | {"H": f"{ENERGY} + p_z**2 + z**2"}),
        None,
    ),
}


def made(algebra):
    return copy.deepcopy(certificate(sf.invariants(algebra)).document)


def said(document):
    (claim,) = (c for c in document["claims"] if c["kind"] == "generating all")
    return claim["evidence"]


def shown(document, evidence):
    facts = verify.facts.Facts(document)
    return verify.actions.RULES["generating all"][0](facts, evidence)


def finding(document):
    (found,) = (f for f in verify.verify(document) if f.kind == "generating all")
    return found


def factors(document):
    return said(document)["factors"]


@pytest.mark.parametrize("name", FOLLOWED)
def test_it_follows_a_theorem_to_its_list(name):
    assert finding(made(FOLLOWED[name])).verdict is Verdict.VERIFIED


def test_functions_of_some_coordinates_are_followed_as_well():
    found = sf.invariants(FOLLOWED["so(3)"], of=["x", "y", "z"])
    document = copy.deepcopy(certificate(found).document)
    assert {f.verdict for f in verify.verify(document)} == {Verdict.VERIFIED}
    (claim,) = (c for c in document["claims"] if c["kind"] == "generating all")
    claim["evidence"]["of"] = ["x", "y"]
    claim["statement"] = claim["statement"].replace("(x, y, z)", "(x, y)")
    assert finding(document).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    "name",
    [
        *("so(3) on two particles", "gl(3)", "two turns", "su(2)", "u(1,1)"),
        *("free motion that turns", "two to one", "scaling", "irrational"),
    ],
)
def test_a_list_that_lacks_one_is_rejected(name):
    document = made(FOLLOWED[name])
    number = len(document["invariants"])
    for k in range(0, number, 1 + number // 5):
        short = copy.deepcopy(document)
        text = short["invariants"].pop(k)
        claims = short["claims"]
        short["claims"] = [c for c in claims if c["evidence"].get("expression") != text]
        short["summary"]["invariants"] -= 1
        short["summary"]["standings"]["proved"] -= 1
        found = finding(short)
        assert found.verdict is Verdict.REJECTED
        assert "not listed" in found.why


def test_a_group_that_is_not_all_there_is_rejected():
    """One turn of two planes keeps the form of SO(4), and is not SO(4)."""
    both = sf.LieAlgebra(PLANES, {"L": "x*p_y - y*p_x + u*p_v - v*p_u"})
    document = made(both)
    names = [symbol.name for symbol in PLANES.z]
    whole = {
        "by": "first fundamental theorem",
        "group": "SO(4)",
        "family": "SO",
        "vectors": [names[:4], names[4:]],
        "form": [[str(int(i == j)) for j in range(4)] for i in range(4)],
    }
    (claim,) = (c for c in document["claims"] if c["kind"] == "generating all")
    claim["evidence"]["factors"] = [whole]
    assert "not all of SO" in finding(document).why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda f: f["form"][0].__setitem__(0, "2"), "not kept"),
        (lambda f: f["form"][0].__setitem__(1, "1"), "no symmetry"),
        (lambda f: f["vectors"].pop(), "translations leave"),
        (lambda f: f["vectors"][0].reverse(), "move differently"),
        (lambda f: f["vectors"].append(f["vectors"][0]), "dependent"),
        (lambda f: f["vectors"][0].__setitem__(0, "x*y"), "not linear"),
        (lambda f: f["vectors"][0].__setitem__(0, "x + p_y"), "moved by another"),
        (lambda f: f.update(by="another theorem"), "argument is unknown"),
        (lambda f: f.update(group="SO(4)"), r"the group is SO(3)"),
        (lambda f: f.update(group="SO(2,1)"), r"the group is SO(3)"),
        (lambda f: f.update(by="fixed", forms=["x"], family="fixed"), "translations"),
    ],
)
def test_evidence_that_does_not_fit_is_rejected(change, why):
    document = made(FOLLOWED["so(3)"])
    change(factors(document)[0])
    found = finding(document)
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


@pytest.mark.parametrize(
    ("name", "group"),
    [
        *(("so(3)", "SO(3)"), ("boost", "SO(1,1)"), ("gl(3)", "GL(3,R)")),
        *(("sl(3)", "SL(3,R)"), ("sp(4)", "Sp(4,R)")),
    ],
)
def test_the_group_is_named_as_the_form_is_signed(name, group):
    document = made(FOLLOWED[name])
    assert factors(document)[0]["group"] == group
    for other in ("SO(2,1)", "SO(2)", "GL(2,R)", "SL(4,R)", "Sp(2,R)"):
        factors(document)[0]["group"] = other
        assert f"the group is {group}" in finding(document).why


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("u(2)", lambda f: f.update(group="U(1,1)"), "the group is U(2)"),
        ("u(1,1)", lambda f: f.update(group="U(2)"), "the group is U(1,1)"),
        ("u(2)", lambda f: f.update(family="SU", group="SU(2)"), "not all of SU"),
        ("su(2)", lambda f: f.update(family="U", group="U(2)"), "not all of U"),
        ("su(2)", lambda f: f["structure"][0].__setitem__(0, "1"), "no square"),
        ("su(2)", lambda f: f.update(structure=f["form"]), "does not keep the form"),
        ("free motion", lambda f: f["vectors"].pop(), "translations leave"),
        ("free motion", lambda f: f["vectors"][0].reverse(), "move differently"),
        ("two to one", lambda f: f["weights"].reverse(), "other relations"),
        ("two to one", lambda f: f["weights"][0].__setitem__(0, 7), "other relations"),
        ("two to one", lambda f: f["weights"].pop(), "whole numbers"),
        ("two to one", lambda f: f["eigenforms"].pop(), "conjugate eigenform"),
        ("two to one", lambda f: f["eigenforms"][0].__setitem__(2, "4"), "independent"),
        ("scaling", lambda f: f["eigenforms"][0].__setitem__(0, "x + y"), "moved"),
        ("irrational", lambda f: f.update(weights=[[1], [-1]] * 2), "other relations"),
        (
            "irrational by a root",
            lambda f: f.update(weights=[[1], [-1]] * 2),
            "other relations",
        ),
    ],
)
def test_a_hypothesis_that_does_not_hold_is_seen(name, change, why):
    """Each theorem with a change of what it rests on."""
    document = made(FOLLOWED[name])
    change(next(f for f in factors(document) if f["by"] != "fixed"))
    found = finding(document)
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


CUBICS = sf.PhaseSpace("a b c d x y")
TURNED = {
    "E": "b*p_a + 2*c*p_b + 3*d*p_c",
    "F": "3*a*p_b + 2*b*p_c + c*p_d",
    "H": "3*a*p_a + b*p_b - c*p_c - 3*d*p_d",
    "L": "x*p_y - y*p_x",
}
BESIDE = sf.LieAlgebra(CUBICS, {**TURNED, "D": "a*p_a + b*p_b + c*p_c + d*p_d"})


def test_an_open_orbit_beside_another_factor_is_that_of_its_vectors():
    """Binary cubics under gl(2) have an open orbit, and are no orbit under sl(2)."""
    document = copy.deepcopy(certificate(sf.invariants(BESIDE, of="abcdxy")).document)
    assert finding(document).verdict is Verdict.VERIFIED
    (orbit,) = (f for f in factors(document) if f["by"] == "open orbit")
    for change in ({"vectors": [["a", "b"], ["c", "d"]]}, {"vectors": []}):
        lie = copy.deepcopy(document)
        next(f for f in factors(lie) if f == orbit).update(change)
        assert finding(lie).verdict is Verdict.REJECTED
    special = sf.invariants(sf.LieAlgebra(CUBICS, TURNED), of="abcdxy")
    other = copy.deepcopy(certificate(special).document)
    factors(other)[:] = factors(document)
    assert "not open" in finding(other).why


# Hilbert series: as many as the weights say.


@cache
def counted(name):
    algebra, of = COUNTED[name]
    return json.dumps(certificate(sf.invariants(algebra, of=of)).document)


@pytest.mark.parametrize("name", COUNTED)
def test_a_hilbert_series_is_counted_again(name):
    document = json.loads(counted(name))
    (factor,) = factors(document)
    assert factor["by"] == "Hilbert series"
    words = shown(document, said(document))
    assert words.endswith("is a polynomial in those listed")


@pytest.mark.parametrize("name", ["quartic", "two quartics", "oscillator in space"])
def test_a_list_with_another_series_is_rejected(name):
    """One fewer, or the square of one instead of itself: all of them are invariant."""
    document = json.loads(counted(name))
    for k, text in enumerate(document["invariants"]):
        lie = {**document, "invariants": [*document["invariants"]]}
        lie["invariants"][k] = f"({text})**2"
        without = {**document, "invariants": document["invariants"][:k]}
        for other in (lie, without):
            with pytest.raises(verify.MalformedError, match="those listed"):
                shown(other, said(document))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"prime": 2**31 - 3}, "prime number"),
        ({"prime": 65537}, "prime number"),
        ({"prime": True}, "prime number"),
        ({"prime": 2**31 - 1}, "no residue"),
        ({"element": [0, 0, 0]}, "no Cartan subalgebra"),
        ({"element": [0, 0, 1]}, "a root vanishes"),
        ({"element": [1.5, 1, 1]}, "whole coordinates"),
        ({"element": [1, 1]}, "malformed"),
        ({"vectors": [["x0", "x1", "x2", "x3"]]}, "translations leave"),
        ({"vectors": [["x0", "x1", "x2"], ["x3", "x4"]]}, "another"),
    ],
)
def test_weights_that_are_not_found_prove_nothing(change, why):
    document = json.loads(counted("quartic"))
    factors(document)[0].update(change)
    found = finding(document)
    assert found.verdict is Verdict.REJECTED
    assert why in found.why


def test_invariants_with_several_relations_are_not_called_as_many_as_there_must_be():
    """Two binary cubics: seven invariants, five of them independent."""
    document = copy.deepcopy(certificate(sf.invariants(COUNTED["cubic"][0])).document)
    assert not [c for c in document["claims"] if c["kind"] == "generating all"]
    proof = json.loads(counted("cubic"))
    (factor,) = factors(proof)
    factor["vectors"].append([f"p_x{i}" for i in range(4)])
    with pytest.raises(verify.MalformedError, match="as many as must be"):
        shown(document, {"factors": [factor]})


# Up to a degree with too many monomials: factor by factor.


@cache
def long(name):
    if name == "quintic":
        found = sf.invariants(
            lifted(binary_forms(5), 6), of=[f"x{i}" for i in range(6)]
        )
    else:
        space = sf.PhaseSpace("a b c d e f")
        squares = (f"{k}*({q}**2 + p_{q}**2)" for k, q in enumerate("abcdef", start=1))
        found = sf.invariants(sf.LieAlgebra(space, {"H": " + ".join(squares)}), 6)
    return json.dumps(certificate(found).document)


def reach(document, degree):
    """What comes out if generation is claimed up to a degree."""
    (claim,) = (c for c in document["claims"] if c["kind"] == "generating")
    old = claim["evidence"]["degree"]
    claim["evidence"]["degree"] = degree
    claim["statement"] = claim["statement"].replace(f"most {old}", f"most {degree}")
    (found,) = (f for f in verify.verify(document) if f.kind == "generating")
    return found


@pytest.mark.parametrize(("name", "degree"), [("quintic", 12), ("torus", 6)])
def test_a_degree_with_too_many_monomials_is_reached_by_factors(name, degree):
    assert reach(json.loads(long(name)), degree).verdict is Verdict.VERIFIED
    assert reach(json.loads(long(name)), 0).verdict is not Verdict.VERIFIED


@pytest.mark.parametrize(
    ("degree", "verdict"), [(17, Verdict.VERIFIED), (18, Verdict.REJECTED)]
)
def test_binary_quintics_have_invariants_of_degrees_4_8_12_and_18(degree, verdict):
    """Hermite's invariant of degree 18 is not listed."""
    assert reach(json.loads(long("quintic")), degree).verdict is verdict


def test_what_is_searched_up_to_a_degree_is_not_all():
    document = json.loads(long("quintic"))
    (claim,) = (c for c in document["claims"] if c["kind"] == "generating")
    with pytest.raises(verify.MalformedError, match="a search ends at a degree"):
        shown(document, claim["evidence"])
    del claim["evidence"]["factors"][0]["element"]
    assert reach(document, 12).verdict is Verdict.NOT_RECHECKED


def test_a_torus_lacks_a_monomial_up_to_a_degree():
    document = json.loads(long("torus"))
    text = document["invariants"].pop()
    claims = document["claims"]
    document["claims"] = [c for c in claims if c["evidence"].get("expression") != text]
    document["summary"]["invariants"] -= 1
    document["summary"]["standings"]["proved"] -= 1
    assert "not listed" in reach(document, 6).why


def test_an_algebra_that_is_not_reductive_has_no_series():
    """A shear of one plane leaves p_x alone, which the weights of a turn do not say."""
    shear = made(sf.LieAlgebra(sf.PhaseSpace("x"), {"H": "p_x**2/2"}))
    element = {"element": [1], "prime": 2**31 - 1}
    factors(shear)[:] = [{"by": "Hilbert series", "vectors": [["x", "p_x"]], **element}]
    assert "trace form degenerates" in finding(shear).why


def test_a_shear_is_no_factor_of_turns_that_hang_together():
    """Jordan parts split only where what is semisimple is one factor, or splits itself."""
    space = sf.PhaseSpace("x y u v z")
    parts = {"L": "x*p_y - y*p_x", "M": "u*p_v - v*p_u", "N": "p_z**2/2"}
    apart = made(sf.LieAlgebra(space, parts))
    assert finding(apart).verdict is Verdict.VERIFIED
    tied = made(sf.LieAlgebra(space, {"G": " + ".join(parts.values())}))
    factors(tied)[:] = factors(apart)
    assert "do not split" in finding(tied).why


def test_turns_that_hang_together_do_not_split():
    """One generator that turns both planes at once is no direct product."""
    document = made(FOLLOWED["two turns"])
    both = made(sf.LieAlgebra(PLANES, {"L": "x*p_y - y*p_x + 2*u*p_v - 2*v*p_u"}))
    factors(both)[:] = factors(document)
    assert "do not split" in finding(both).why


@pytest.mark.parametrize(
    "generator", ["p_x**2 + x**2 + 2*p_y**2 + 2*y**2", "x*p_y - y*p_x + p_x"]
)
def test_what_it_does_not_follow_it_says(generator):
    found = sf.invariants(sf.LieAlgebra(PLANE, {"G": generator}))
    for claim in verify.verify(certificate(found).document):
        assert claim.verdict is not Verdict.REJECTED
