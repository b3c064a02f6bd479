"""The verifier: what is true passes, and every single lie is rejected."""

import contextlib
import copy
import itertools
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from symflow import verify
from symflow.algebra import LieAlgebra
from symflow.certificate import certificate
from symflow.errors import InexactInputWarning
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace
from symflow.representation import LinearAction
from symflow.splitting import split
from symflow.verify import MalformedError, Verdict
from tests.certificate_lies import (
    CASES,
    MUTATIONS,
    claim,
    document,
    original,
    restate,
)

CHECKER = Path(verify.__file__).parent
SMALL = [
    *("no symmetry", "so(2)", "so(3)", "u(2)", "2:1 oscillator", "e(3)", "h(1)"),
    *("so(3), completed", "dilation"),
]


def verdicts(made):
    return Counter(finding.verdict for finding in verify.verify(made))


def rejected(made):
    try:
        return verdicts(made)[Verdict.REJECTED] > 0
    except MalformedError:
        return True


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
    with pytest.warns(InexactInputWarning):
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
    monkeypatch.setattr(verify.spans, "LARGEST_ANSATZ", 10)
    made = document("2:1 oscillator", 2)
    (finding,) = findings(made, "generating")
    assert finding.verdict is Verdict.NOT_RECHECKED
    assert verdicts(made)[Verdict.NOT_RECHECKED] == 1
    # What is shown to generate all generates what is of low degree.
    assert verdicts(document("so(2)"))[Verdict.VERIFIED] == 21


@pytest.mark.parametrize("text", ["(x + y + p_x)**64", "1/(1 + x + y + p_x)**20"])
def test_a_power_of_too_many_terms_is_no_expression(text):
    made = document("so(2)")
    claim(made, "invariant")["evidence"]["expression"] = made["invariants"][0] = text
    with pytest.raises(MalformedError, match="a power is of too many terms"):
        verify.verify(made)


def test_what_takes_too_long_is_said_to_be_not_checked(monkeypatch):
    monkeypatch.setattr(verify.functions, "SECONDS", 0.2)
    made = document("so(3), three particles")
    begun = time.process_time()
    try:
        counts = verdicts(made)
    except MalformedError:
        counts = {Verdict.NOT_RECHECKED: 1}
    assert time.process_time() - begun < 2
    assert counts[Verdict.NOT_RECHECKED]
    assert not counts.get(Verdict.REJECTED)


def test_what_rests_on_something_unchecked_is_not_checked(monkeypatch):
    def too_large(facts, evidence):
        raise verify.TooLargeError

    monkeypatch.setitem(verify.checking.RULES, "shear", (too_large, {"proved"}))
    made = document("so(2)")
    for kind in ("shear", "equivariant map", "volume", "invariant density"):
        assert {f.verdict for f in findings(made, kind)} == {Verdict.NOT_RECHECKED}


# Every single lie is rejected.


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
        begun = time.process_time()
        assert rejected(lie)
        assert time.process_time() - begun < 5
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
    begun = time.process_time()
    assert rejected(next(code(made, text)))
    assert time.process_time() - begun < 10


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


@pytest.mark.parametrize("key", sorted(verify.facts.KEYS))
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
    turns = itertools.cycle(shapes)
    for k, said in enumerate(document(name)["claims"]):
        # Three shapes in turn for each entry, so that every kind meets all of them.
        for key, shape in zip(3 * [*said["evidence"]], turns, strict=False):
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
    assert "21 verified, 1 measured, 0 not known, 0 not re-checked, 0 REJECTED" in out
    assert len(out.splitlines()) == 23
    lie = document("so(2)")
    claim(lie, "linear flow")["evidence"]["cubes"][0] = "5"
    (tmp_path / "lie.json").write_text(json.dumps(lie))
    assert verify.main([str(tmp_path / "lie.json")]) == 1
    assert "A^3 is not 5 A" in capsys.readouterr().out
    assert verify.main([]) == 2
    assert verify.main([str(tmp_path / "missing.json")]) == 2
    path.write_text(original("2:1 oscillator", 2))
    monkeypatch.setattr(verify.spans, "LARGEST_ANSATZ", 1)
    assert verify.main([str(path)]) == 3


def test_it_runs_as_a_file_by_itself_without_the_package(tmp_path):
    """A copy in an empty folder needs nothing but SymPy."""
    shutil.copytree(
        CHECKER, tmp_path / "check", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "certificate.json").write_text(original("so(3)"))
    for name in ("check", "symflow.verify"):
        run = subprocess.run(  # noqa: S603
            [sys.executable, "-m", name, "certificate.json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines()[-1].startswith("18 verified, 1 measured")


def test_no_control_character_reaches_the_terminal(tmp_path, capsys):
    made = document("so(2)")
    made["claims"][0]["statement"] = "\x1b[2J all is \u202everified\n"
    (tmp_path / "escape.json").write_text(json.dumps(made))
    assert verify.main([str(tmp_path / "escape.json")]) == 1
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\u202e"}
    assert len(out.splitlines()) == 23
