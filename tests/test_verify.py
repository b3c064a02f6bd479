"""The verifier: what is true passes, and every single lie is rejected."""

import ast
import contextlib
import copy
import itertools
import json
import re
import subprocess
import sys
import time
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest
import sympy

from symflow import verify
from symflow.algebra import LieAlgebra, closure
from symflow.bracket import poisson_bracket
from symflow.certificate import certificate
from symflow.claims import Claim, Standing
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace
from symflow.representation import LinearAction
from symflow.splitting import split
from symflow.verify import MalformedError, Verdict
from tests import systems

SCRIPT = Path(verify.__file__)
NUMBER = Claim(
    "measured",
    "error of the map: 1e-07, to stay below 7.62939e-06",
    Standing.MEASURED,
    "largest over 8 points in float32",
    {
        "name": "error of the map",
        "value": 1e-7,
        "tolerance": 2**-17,
        "points": 8,
        "dtype": "float32",
        "stages": 8,
        "stretch": 2.0,
    },
)
MASSES = PhaseSpace("x y", parameters="m omega")
OTHERS = {
    "so(3), completed": (
        closure(PhaseSpace("x y z"), {"A": "y*p_z - z*p_y", "B": "z*p_x - x*p_z"}),
        True,
    ),
    "irrational oscillator": (
        LieAlgebra(
            PhaseSpace("x y"),
            {
                "H": "sqrt(2)*(p_x**2 + x**2) + sqrt(3)*(p_y**2 + y**2)/sqrt(6) - sqrt(6)*x"
            },
        ),
        True,
    ),
    "oscillator with parameters": (
        LieAlgebra(
            MASSES,
            {
                "H": "(p_x**2 + p_y**2)/(2*m) + m*omega**2*(x**2 + y**2)/2",
                "L": "x*p_y - y*p_x",
            },
        ),
        False,
    ),
    "names of Python and SymPy": (
        LieAlgebra(PhaseSpace(["lambda", "I"], ["E", "φ"]), {"None": "lambda*φ - I*E"}),
        True,
    ),
}
CASES = {str(system): (system.algebra, system.compact) for system in systems.ALL}
CASES |= OTHERS
SMALL = [
    *("no symmetry", "so(2)", "so(3)", "u(2)", "2:1 oscillator", "e(3)", "h(1)"),
    *("so(3), completed", "dilation"),
]


@cache
def original(name, degree=None):
    algebra, compact = CASES[name]
    found = invariants(algebra, degree)
    action = LinearAction(algebra) if compact else None
    made = certificate(found, split(found), action, [NUMBER])
    return json.dumps(made.document)


def document(name, degree=None):
    return json.loads(original(name, degree))


def verdicts(made):
    return Counter(finding.verdict for finding in verify.verify(made))


def rejected(made):
    try:
        return verdicts(made)[Verdict.REJECTED] > 0
    except MalformedError:
        return True


def claim(made, kind, which=0):
    return [c for c in made["claims"] if c["kind"] == kind][which]


def findings(made, kind):
    return [f for f in verify.verify(made) if f.kind == kind]


# What is true passes.


@pytest.mark.parametrize("name", CASES)
def test_what_the_finder_certifies_is_verified(name):
    made = document(name)
    counts = verdicts(made)
    assert not counts[Verdict.REJECTED]
    assert not counts[Verdict.NOT_RECHECKED]
    assert counts[Verdict.MEASURED] == 1
    unknown = made["summary"]["standings"].get("not known", 0)
    assert counts[Verdict.NOT_KNOWN] == unknown
    assert counts[Verdict.VERIFIED] == len(made["claims"]) - 1 - unknown


def test_findings_come_in_the_order_of_the_claims():
    made = document("so(2)")
    found = [(f.kind, f.statement) for f in verify.verify(made)]
    assert found == [(c["kind"], c["statement"]) for c in made["claims"]]


def test_inexact_coefficients_are_verified_as_measured_only():
    with warnings.catch_warnings(action="ignore"):
        algebra = LieAlgebra(PhaseSpace("x y"), {"L": "0.7*(x*p_y - y*p_x)"})
    found = invariants(algebra)
    made = certificate(found, split(found), LinearAction(algebra)).document
    assert set(verdicts(made)) == {Verdict.VERIFIED}
    for raised in ("proved", "by construction"):
        for k in range(len(made["claims"])):
            lie = copy.deepcopy(made)
            restate(lie, k, raised)
            assert rejected(lie)
    assert rejected({**made, "exact": True})


def test_what_is_too_large_is_said_to_be_not_checked(monkeypatch):
    monkeypatch.setattr(verify, "LARGEST_ANSATZ", 10)
    made = document("so(2)")
    (finding,) = findings(made, "generating")
    assert finding.verdict is Verdict.NOT_RECHECKED
    assert verdicts(made)[Verdict.VERIFIED] == 19


def test_what_takes_too_long_is_said_to_be_not_checked(monkeypatch):
    monkeypatch.setattr(verify, "SECONDS", 0.2)
    made = document("so(3), three particles")
    begun = time.monotonic()
    try:
        counts = verdicts(made)
    except MalformedError:
        counts = {Verdict.NOT_RECHECKED: 1}
    assert time.monotonic() - begun < 2
    assert counts[Verdict.NOT_RECHECKED]
    assert not counts.get(Verdict.REJECTED)


def test_what_rests_on_something_unchecked_is_not_checked(monkeypatch):
    def too_large(facts, evidence):
        raise verify.TooLargeError

    monkeypatch.setitem(verify.RULES, "shear", (too_large, {"proved"}))
    made = document("so(2)")
    for kind in ("shear", "equivariant map", "volume", "invariant density"):
        assert {f.verdict for f in findings(made, kind)} == {Verdict.NOT_RECHECKED}


# Every single lie is rejected. Each kind of change comes with a test of its own, in
# SymPy's expressions, that a truth has changed.


def restate(made, k, standing):
    """Change a standing, and the count of standings with it."""
    made["claims"][k]["standing"] = standing
    counts = Counter(c["standing"] for c in made["claims"])
    made["summary"]["standings"] = dict(counts)


def tweaked(text, random):
    """The text with one number changed, one sign turned or one name exchanged."""
    places = list(re.finditer(r"\d+|[-+](?= )|(?<![\w])[a-zA-Z]\w*", text))
    place = random.choice(places)
    old = place[0]
    names = [m[0] for m in places if m[0][0].isalpha()]
    if old.isdigit():
        new = str(int(old) + random.choice([1, 2, 5]))
    elif old in "+-":
        new = "-" if old == "+" else "+"
    else:
        new = random.choice([*(n for n in names if n != old), f"3*{old}"])
    return text[: place.start()] + new + text[place.end() :]


def space_of(made):
    return PhaseSpace(**made["phase_space"])


def functions(made):
    space = space_of(made)
    return {name: space.read(text) for name, text in made["generators"].items()}


def closes(made):
    space, g = space_of(made), functions(made)
    table = {(left, right): row for left, right, row in made["structure_constants"]}
    return all(
        sympy.expand(
            poisson_bracket(g[left], g[right], space)
            - sum(space.read(c) * g[k] for k, c in table.get((left, right), {}).items())
        )
        == 0
        for i, left in enumerate(g)
        for right in list(g)[i + 1 :]
    )


def commute(made, texts):
    space, g = space_of(made), functions(made)
    return all(
        sympy.expand(poisson_bracket(space.read(f), h, space)) == 0
        for f in texts
        for h in g.values()
    )


def gradients_rank(made, texts, point):
    space = space_of(made)
    place = dict(zip(space.z, map(sympy.Rational, point), strict=True))
    rows = [[space.read(f).diff(x).subs(place) for x in space.z] for f in texts]
    return sympy.Matrix(rows).rank() if rows else 0


def field_matrix(made, text):
    """The A and b of the field of a function of degree two at most."""
    space = space_of(made)
    slope = sympy.Matrix([space.read(text).diff(x) for x in space.z])
    A = space.J * slope.jacobian(space.z)
    return A, space.J * slope.subs(dict.fromkeys(space.z, 0))


def generator_changed(made, random):
    name = random.choice([*made["generators"], ""])
    if name:
        made["generators"][name] = tweaked(made["generators"][name], random)
        return not (closes(made) and commute(made, made["invariants"]))
    return False


def invariant_changed(made, random):
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    made["invariants"][k] = tweaked(made["invariants"][k], random)
    return not commute(made, made["invariants"])


def invariant_and_its_claim_changed(made, random):
    """The same lie told twice, so that only the bracket can tell."""
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    lie = tweaked(made["invariants"][k], random)
    made["invariants"][k] = lie
    said = claim(made, "invariant", k)
    said["evidence"]["expression"] = lie
    said["statement"] = (
        f"{said['statement'].partition(f'I{k + 1} = ')[0]}I{k + 1} = {lie}"
    )
    return not commute(made, [lie])


def invariant_missing(made, random):
    """Generators are minimal: without one of them they no longer generate."""
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    del made["invariants"][k]
    return True


def invariant_missing_everywhere(made, random):
    """The list, the claims and every count agree, so that only the ranks can tell."""
    count = len(made["invariants"])
    if not count:
        return False
    k = random.randrange(count)
    del made["invariants"][k]
    made["claims"].remove(claim(made, "invariant", k))
    for j, text in enumerate(made["invariants"], start=1):
        said = claim(made, "invariant", j - 1)
        head = said["statement"].partition(" = 0 for")[2].rpartition(", I")[0]
        said["statement"] = f"{{g, I{j}}} = 0 for{head}, I{j} = {text}"
    made["summary"]["invariants"] -= 1
    made["summary"]["standings"]["proved"] -= 1
    said = claim(made, "independent")
    said["statement"] = said["statement"].replace(f"the {count} ", f"the {count - 1} ")
    return True


def constant_changed(made, random):
    if not made["structure_constants"]:
        return False
    row = random.choice(made["structure_constants"])[2]
    name = random.choice([*row])
    row[name] = random.choice([f"-({row[name]})", f"{row[name]} + 1", "0", "7/3"])
    return not closes(made)


def constant_missing(made, random):
    if not made["structure_constants"]:
        return False
    made["structure_constants"].remove(random.choice(made["structure_constants"]))
    return not closes(made)


def rank_changed(made, random):
    kind = random.choice(["independent", "count"])
    evidence = claim(made, kind)["evidence"]
    evidence["rank"] += random.choice([-1, 1])
    texts = made["invariants"] if kind == "independent" else made["generators"].values()
    return gradients_rank(made, texts, evidence["point"]) != evidence["rank"]


def rank_and_words_changed(made, random):
    """An overstated count, told in the evidence and in the words."""
    said = claim(made, "independent")
    rank = said["evidence"]["rank"] + 1
    said["evidence"]["rank"] = rank
    said["statement"] = re.sub(r"^\d+", str(rank), said["statement"])
    return gradients_rank(made, made["invariants"], said["evidence"]["point"]) != rank


def point_changed(made, random):
    """At the origin, and where coordinates vanish, gradients may lose rank."""
    kind = random.choice(["independent", "count"])
    evidence = claim(made, kind)["evidence"]
    evidence["point"] = [random.choice(["0", "0", "1"]) for _ in evidence["point"]]
    texts = made["invariants"] if kind == "independent" else made["generators"].values()
    return gradients_rank(made, texts, evidence["point"]) != evidence["rank"]


def completeness_changed(made, random):
    evidence = claim(made, "count")["evidence"]
    evidence["complete"] = not evidence["complete"]
    return True


def words_changed(made, random):
    said = claim(made, random.choice(["independent", "count", "generating"]))
    numbers = list(re.finditer(r"\d+", said["statement"]))
    place = random.choice(numbers)
    new = str(int(place[0]) + 1)
    text = said["statement"]
    said["statement"] = text[: place.start()] + new + text[place.end() :]
    return True


def cube_changed(made, random):
    pieces = [c for c in made["claims"] if c["kind"] == "linear flow"]
    if not pieces:
        return False
    evidence = random.choice(pieces)["evidence"]
    k = random.randrange(len(evidence["cubes"]))
    evidence["cubes"][k] = random.choice(["1", "-1", "0", "-4", "2", "sqrt(2)"])
    A, _ = field_matrix(made, evidence["functions"][k])
    return A**3 - space_of(made).read(evidence["cubes"][k]) * A != 0 * A


def coordinates_changed(made, random):
    pieces = [c for c in made["claims"] if c["kind"] == "shear"]
    if not pieces:
        return False
    evidence = random.choice(pieces)["evidence"]
    n = len(made["phase_space"]["q"])
    places = evidence["coordinates"]
    if random.random() < 0.5:
        places.remove(random.choice(places))
    else:
        places.append((random.choice(places) + n) % (2 * n))
    space = space_of(made)
    used = {x for f in evidence["functions"] for x in space.read(f).free_symbols}
    kept = {space.z[i] for i in places}
    return not used <= kept or any(
        {q, p} <= kept for q, p in zip(space.q, space.p, strict=True)
    )


def piece_function_changed(made, random):
    """The function and the words agree, so that only the mathematics can tell."""
    pieces = [c for c in made["claims"] if c["kind"] in ("shear", "linear flow")]
    if not pieces:
        return False
    said = random.choice(pieces)
    texts = said["evidence"]["functions"]
    k = random.randrange(len(texts))
    old = ", ".join(texts)
    texts[k] = tweaked(texts[k], random)
    said["statement"] = said["statement"].replace(f"f({old})", f"f({', '.join(texts)})")
    return not commute(made, texts)


def base_changed(made, random):
    found = [c for c in made["claims"] if c["kind"] == "base"]
    if not found or not made["generators"]:
        return False
    evidence = found[0]["evidence"]
    part = random.choice(["metric", "commutant", "fixed_point", "fixed_vectors"])
    if not evidence[part]:
        return False
    target = evidence[part]
    if part in ("commutant", "fixed_vectors"):
        target = random.choice(target)
    if part in ("metric", "commutant"):
        target = random.choice(target)
    k = random.randrange(len(target))
    target[k] = random.choice(["2", "-1", "1/7"]) if target[k] != "2" else "3"
    return not base_holds(made, evidence)


def metric_not_positive(made, random):
    """Minus a metric is preserved as well, but it is none."""
    found = [c for c in made["claims"] if c["kind"] == "base"]
    if not found:
        return False
    evidence = found[0]["evidence"]
    evidence["metric"] = [[f"-({c})" for c in row] for row in evidence["metric"]]
    return True


def base_holds(made, evidence):
    S = sympy.Matrix(evidence["metric"]).applyfunc(sympy.Rational)
    point = sympy.Matrix(list(map(sympy.Rational, evidence["fixed_point"])))
    vectors = [
        sympy.Matrix(list(map(sympy.Rational, v))) for v in evidence["fixed_vectors"]
    ]
    commutant = [
        sympy.Matrix(B).applyfunc(sympy.Rational) for B in evidence["commutant"]
    ]
    laws = [S - S.T]
    for text in made["generators"].values():
        A, b = field_matrix(made, text)
        laws += [A.T * S + S * A, A * point + b]
        laws += [A * v for v in vectors] + [A * B - B * A for B in commutant]
    return not any(any(law) for law in laws) and S.is_positive_definite


def standing_raised(made, random):
    order = ["not known", "measured", "by construction", "proved"]
    k = random.randrange(len(made["claims"]))
    held = order.index(made["claims"][k]["standing"])
    if held == len(order) - 1:
        return False
    restate(made, k, random.choice(order[held + 1 :]))
    return True


def standing_of_another_kind(made, random):
    """A proved identity is no measurement: its words would promise less than is known."""
    proved = [k for k, c in enumerate(made["claims"]) if c["standing"] == "proved"]
    restate(made, random.choice(proved), random.choice(["measured", "by construction"]))
    return True


def support_removed(made, random):
    """What a claim by construction rests on is gone from the certificate."""
    rests = {kind for c in made["claims"] for kind in c["evidence"].get("rests on", ())}
    if not rests:
        return False
    gone = random.choice(sorted(rests))
    made["claims"] = [c for c in made["claims"] if c["kind"] != gone]
    made["summary"]["standings"] = dict(Counter(c["standing"] for c in made["claims"]))
    return True


def support_not_named(made, random):
    built = [c for c in made["claims"] if c["standing"] == "by construction"]
    if not built:
        return False
    pillars = random.choice(built)["evidence"]["rests on"]
    pieces = [kind for kind in pillars if kind != "invariant"]
    pillars.remove(random.choice(pieces))
    return True


def measurement_changed(made, random):
    evidence = claim(made, "measured")["evidence"]
    key = random.choice(sorted(evidence.keys() - {"name"}))
    wrong = {
        "value": [1.0, -2.0, 3e-7, float("nan"), float("inf"), "1e-7", None, 10**400],
        "tolerance": [1e-9, -1.0, 1e-4, float("nan"), "1", True, None],
        "points": [0, -8, 8.5, "8", None, True],
        "dtype": ["", "int32", 32, None, "float64"],
        "stages": [0, -8, 5, "8", None],
        "stretch": [0.5, 20.0, -2.0, float("nan"), "2", None],
    }
    evidence[key] = random.choice(wrong[key])
    return True


def added_changed(made, random):
    if not made["added"]:
        return False
    entry = random.choice(made["added"])
    key = random.choice(["name", "expression", "from"])
    names = [*made["generators"]]
    if key == "expression":
        entry[key] = tweaked(entry[key] + " + 0", random)
        read = space_of(made).read
        return (
            sympy.expand(read(entry[key]) - read(made["generators"][entry["name"]]))
            != 0
        )
    if key == "name":
        entry[key] = random.choice([n for n in names if n != entry["name"]])
        return True
    entry[key] = [entry["name"], random.choice(names)]
    return True


def frame_changed(made, random):
    change = random.choice(
        ["schema", "standing", "kind", "summary", "exact", "momenta", "extra", "less"]
    )
    if change == "schema":
        made["schema"] = random.choice(["symflow-certificate/2", "", None, 1])
    elif change == "standing":
        random.choice(made["claims"]).pop(
            random.choice(["standing", "kind", "evidence"])
        )
    elif change == "kind":
        random.choice(made["claims"])["kind"] = random.choice(
            ["conjecture", "closed", ""]
        )
    elif change == "summary":
        key = random.choice(["dimension", "invariants", "degrees of freedom"])
        made["summary"][key] += 1
    elif change == "exact":
        made["exact"] = random.choice([False, None, 1, "true"])
    elif change == "momenta":
        made["phase_space"]["p"].append("p_new")
    elif change == "extra":
        made["more"] = []
    else:
        del made[random.choice([*made])]
    return True


# Each kind of change, and how many lies it must make at the least.
MUTATIONS = {
    generator_changed: 12,
    invariant_changed: 12,
    invariant_and_its_claim_changed: 12,
    invariant_missing: 16,
    invariant_missing_everywhere: 16,
    constant_changed: 10,
    constant_missing: 10,
    rank_changed: 18,
    rank_and_words_changed: 18,
    point_changed: 6,
    completeness_changed: 18,
    words_changed: 18,
    cube_changed: 10,
    coordinates_changed: 12,
    piece_function_changed: 12,
    base_changed: 8,
    metric_not_positive: 12,
    standing_raised: 4,
    standing_of_another_kind: 18,
    support_removed: 16,
    support_not_named: 16,
    measurement_changed: 18,
    added_changed: 4,
    frame_changed: 18,
}


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_every_change_of_a_truth_is_rejected(mutate):
    lies = 0
    for seed in range(3 * len(SMALL)):
        made = document(SMALL[seed % len(SMALL)])
        if mutate(made, Random(seed)):
            lies += 1
            assert rejected(made), f"seed {seed} of {SMALL[seed % len(SMALL)]}"
    assert lies >= MUTATIONS[mutate]


def test_there_are_lies_enough():
    assert sum(MUTATIONS.values()) >= 200


@pytest.mark.parametrize("name", ["2:1 oscillator", "so(3), two particles"])
def test_an_overstated_degree_is_rejected(name):
    made = document(name, 2)
    assert not rejected(made)
    found = invariants(CASES[name][0], 3)
    assert len(found.generators) > len(made["invariants"])
    said = claim(made, "generating")
    said["evidence"]["degree"] = 3
    said["statement"] = said["statement"].replace("at most 2", "at most 3")
    assert [f.verdict for f in findings(made, "generating")] == [Verdict.REJECTED]


def test_an_overstated_completeness_is_rejected_even_if_all_counts_agree():
    """Two quadratics of the 2:1 oscillator are no complete set, whatever is said."""
    made = document("2:1 oscillator", 2)
    assert claim(made, "count")["evidence"]["complete"] is False
    claim(made, "count")["evidence"]["complete"] = True
    assert [f.verdict for f in findings(made, "count")] == [Verdict.REJECTED]


def test_a_density_is_not_invariant_if_a_shear_is_not():
    made = document("so(2)")
    said = claim(made, "shear")
    said["evidence"]["functions"] = ["x**2 + 2*y**2"]
    said["statement"] = said["statement"].replace("x**2 + y**2", "x**2 + 2*y**2")
    counts = {f.kind for f in verify.verify(made) if f.verdict is Verdict.REJECTED}
    assert counts == {
        *("shear", "equivariant map", "conserved", "volume", "invariant density")
    }


# Hostile files are refused, soon, and nothing in them is run.


def code(made, text):
    """Every place of a certificate where an expression stands."""
    name = next(iter(made["generators"]))
    yield {**made, "generators": {**made["generators"], name: text}}
    yield {**made, "invariants": [text, *made["invariants"][1:]]}
    yield {**made, "structure_constants": [[name, name, {name: text}]]}
    for kind, key in (("invariant", "expression"), ("linear flow", "cubes")):
        lie = copy.deepcopy(made)
        evidence = claim(lie, kind)["evidence"]
        evidence[key] = text if isinstance(evidence[key], str) else [text]
        yield lie
    lie = copy.deepcopy(made)
    claim(lie, "base")["evidence"]["metric"][0][0] = text
    yield lie


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch {path}')",
        "open('{path}', 'w')",
        "exec(\"open('{path}', 'w')\")",
        "x.__class__",
        "lambda: x",
        "[x for x in y]",
        "f'{path}'",
        "x if x else y",
        "x := 1",
        "Symbol('x')",
        "sqrt(x)",
        "sqrt(-1)",
        "sqrt(0)",
        "sqrt(2.0)",
        "1/0",
        "1/x",
        "x**-1",
        "x**y",
        "x**(1/2)",
        "2**3",
        "x**65",
        "x**10**9",
        "9" * 401,
        "0.1",
        "1e3",
        "x y",
        "x +",
        "",
        " ",
        "(x",
        "x)",
        "x\x00",
        "x\n+ undeclared",
        "𝐱",
        "٣*x",
        "x²",
        "(" * 100_000,
        "-" * 100_000 + "x",
        "(" * 31 + "x" + ")" * 31,
        "(x + y)*" * 30 + "1",
        "x + " * 30_000 + "x",
        "x" * 100_001,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_no_text_is_run_and_none_hangs(text, tmp_path):
    path = tmp_path / "written"
    for lie in code(document("so(2)"), text.replace("{path}", str(path))):
        begun = time.monotonic()
        assert rejected(lie)
        assert time.monotonic() - begun < 5
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(f"1/(a + {k}*b)" for k in range(2_000)) + " + x",
        "*".join(f"(a + {k}*b + c)" for k in range(2_000)) + "*x",
        "+".join(f"sqrt({k})" for k in range(2, 2_000)),
        "sqrt(9973)*x + sqrt(9967)*y + sqrt(9949)",
        "*".join(["9" * 400] * 200) + "*x",
    ],
    ids=["sum of fractions", "product of sums", "roots", "large roots", "digits"],
)
def test_no_coefficient_grows_without_bound(text):
    made = document("so(2)")
    made["phase_space"]["parameters"] = ["a", "b", "c"]
    begun = time.monotonic()
    assert rejected(next(code(made, text)))
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"schema": "symflow-certificate/1", "schema": "symflow-certificate/1"}',
        b'{"value": NaN}',
        b'{"value": -Infinity}',
        b"9" * 100_000,
        b"\xff\xfe",
        b" " * 5_000_001,
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_broken_files_end_with_two(raw, tmp_path, capsys):
    path = tmp_path / "broken.json"
    path.write_bytes(raw)
    assert verify.main([str(path)]) == 2
    assert "certificate" in capsys.readouterr().out


@pytest.mark.parametrize("key", sorted(verify.KEYS))
@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        -1.5,
        "text",
        [],
        {},
        [[]],
        [None],
        {"a": None},
        [[1, 2, 3]],
        "x" * 10**6,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_no_value_of_another_shape_breaks_the_verifier(key, value):
    made = document("so(3)")
    if (key, value) != ("symflow", "text"):
        made[key] = value
    with contextlib.suppress(MalformedError):
        verify.verify(made)


def places(value, at=()):
    """The path of every entry of a document."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, key))


def test_no_random_damage_breaks_the_verifier():
    random = Random(7)
    shapes = [None, True, -3, 0.5, "x", "p_x*(", [], {}, [[]], ["x"], {"x": "y"}]
    for _ in range(200):
        made = document(random.choice(["so(2)", "so(3), completed", "h(1)"]))
        for _ in range(random.choice([1, 1, 3])):
            *path, last = random.choice([*places(made)])
            target = made
            for key in path:
                target = target[key]
            target[last] = random.choice(shapes)
        with contextlib.suppress(MalformedError):
            assert all(str(finding) for finding in verify.verify(made))


@pytest.mark.parametrize("name", ["so(2)", "so(3), completed"])
def test_no_evidence_of_another_shape_passes(name):
    shapes = [None, 7, "text", [], {}, [[]], [["1"]], {"a": 1}, 10**400]
    for k, said in enumerate(document(name)["claims"]):
        for key, shape in itertools.product(said["evidence"], shapes):
            lie = document(name)
            lie["claims"][k]["evidence"][key] = shape
            try:
                found = verify.verify(lie)[k].verdict
            except MalformedError:
                found = Verdict.REJECTED
            # Of no matrix and of no vector the claim on a base holds as well.
            harmless = key in ("commutant", "fixed_vectors") and shape in ([], {})
            harmless |= key == "points" and shape in (7, 10**400)
            assert harmless or found in (Verdict.REJECTED, Verdict.NOT_RECHECKED)


# As a program.


def test_it_ends_with_zero_one_two_or_three(tmp_path, capsys, monkeypatch):
    path = tmp_path / "certificate.json"
    path.write_text(original("so(2)"))
    assert verify.main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "20 verified, 1 measured, 0 not known, 0 not re-checked, 0 REJECTED" in out
    assert len(out.splitlines()) == 22
    lie = document("so(2)")
    claim(lie, "linear flow")["evidence"]["cubes"][0] = "5"
    (tmp_path / "lie.json").write_text(json.dumps(lie))
    assert verify.main([str(tmp_path / "lie.json")]) == 1
    assert "A^3 is not 5 A" in capsys.readouterr().out
    assert verify.main([]) == 2
    assert verify.main([str(tmp_path / "missing.json")]) == 2
    monkeypatch.setattr(verify, "LARGEST_ANSATZ", 1)
    assert verify.main([str(path)]) == 3


def test_it_runs_as_a_file_by_itself_without_the_package(tmp_path):
    """A copy in an empty folder needs nothing but SymPy."""
    copied = tmp_path / "check.py"
    copied.write_text(SCRIPT.read_text())
    (tmp_path / "certificate.json").write_text(original("so(3)"))
    for script in (copied, SCRIPT):
        run = subprocess.run(  # noqa: S603
            [sys.executable, str(script), "certificate.json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines()[-1].startswith("17 verified, 1 measured")


def test_it_imports_sympy_and_the_standard_library_only():
    tree = ast.parse(SCRIPT.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    roots = {name.partition(".")[0] for name in names}
    assert roots - set(sys.stdlib_module_names) == {"sympy"}


def test_no_control_character_reaches_the_terminal(tmp_path, capsys):
    made = document("so(2)")
    made["claims"][0]["statement"] = "\x1b[2J all is \u202everified\n"
    (tmp_path / "escape.json").write_text(json.dumps(made))
    assert verify.main([str(tmp_path / "escape.json")]) == 1
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\u202e"}
    assert len(out.splitlines()) == 22
