"""The certificate: what it claims, with which standing, and how it is kept on disk."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import symflow as sf
from symflow.algebra import LieAlgebra, closure
from symflow.certificate import Certificate, algebra_claims, certificate
from symflow.claims import Claim, Standing
from symflow.errors import (
    ArgumentError,
    CertificateError,
    InexactInputWarning,
    OutputExistsError,
)
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace
from symflow.representation import LinearAction, acts_on_positions
from symflow.splitting import split
from symflow.verify import load, verify
from tests import systems

NUMBER = Claim(
    "measured",
    "error of the map: 1e-07, to stay below 1e-05",
    Standing.MEASURED,
    "largest over 8 points in float32",
    {
        "name": "error of the map",
        "value": 1e-7,
        "tolerance": 1e-5,
        "points": 8,
        "dtype": "float32",
    },
)


def certified(algebra, base=True, measured=()):
    found = invariants(algebra)
    action = LinearAction(algebra) if base else None
    return certificate(found, split(found), action, measured)


def of_kind(made, kind):
    return [claim for claim in made.claims if claim.kind == kind]


@pytest.fixture(scope="module")
def so2():
    return certified(systems.SO2.algebra, measured=[NUMBER])


@pytest.fixture(scope="module")
def inexact():
    with pytest.warns(InexactInputWarning):
        algebra = LieAlgebra(PhaseSpace("x y"), {"L": "0.7*(x*p_y - y*p_x)"})
    return certified(algebra, measured=[NUMBER])


@pytest.mark.parametrize("system", systems.ALL, ids=str)
def test_document_holds_the_algebra_itself(system):
    algebra = system.algebra
    made = certificate(invariants(algebra, 2)).document
    space = algebra.space
    assert [space.symbols[name] for name in made["phase_space"]["q"]] == [*space.q]
    assert [space.symbols[name] for name in made["phase_space"]["p"]] == [*space.p]
    read = {name: space.read(text) for name, text in made["generators"].items()}
    assert read == dict(algebra.generators)
    constants = {
        (left, right): {name: space.read(c) for name, c in row.items()}
        for left, right, row in made["structure_constants"]
    }
    assert constants == dict(algebra.structure_constants)


@pytest.mark.parametrize("system", [systems.SO2, systems.SO3, systems.U2], ids=str)
def test_a_density_is_invariant_by_construction_only(system):
    (claim,) = of_kind(certified(system.algebra), "invariant density")
    assert claim.standing is Standing.BY_CONSTRUCTION
    assert claim.evidence["rests on"] == ["equivariant map", "base"]


def test_no_density_is_claimed_without_a_base_and_no_map_without_pieces():
    found = invariants(systems.E3.algebra)
    kinds = {claim.kind for claim in certificate(found, split(found)).claims}
    assert {"equivariant map", "conserved", "volume"} <= kinds
    assert not {"base", "invariant density"} & kinds
    kinds = {claim.kind for claim in certificate(found).claims}
    assert not {"equivariant map", "conserved", "volume"} & kinds


def test_the_map_rests_on_the_kinds_of_piece_that_it_has():
    (claim,) = of_kind(certified(systems.U2.algebra), "equivariant map")
    assert claim.evidence["rests on"] == ["invariant", "linear flow"]


@pytest.mark.parametrize("system", systems.ALL, ids=str)
def test_the_marginal_is_invariant_only_under_lifts_that_keep_volume(system):
    algebra = system.algebra
    (claim,) = of_kind(certificate(invariants(algebra, 1)), "kinematics")
    lifted = acts_on_positions(algebra) and system is not systems.DILATION
    assert claim.standing is (Standing.PROVED if lifted else Standing.NOT_KNOWN)


def test_the_dilation_is_a_lift_that_changes_volume():
    (claim,) = of_kind(certificate(invariants(systems.DILATION.algebra)), "kinematics")
    assert acts_on_positions(systems.DILATION.algebra)
    assert claim.standing is Standing.NOT_KNOWN
    assert "volumes" in claim.why


def test_what_closure_added_is_claimed_with_its_bracket():
    space = PhaseSpace("x y z")
    so3 = closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
    (claim,) = [c for c in algebra_claims(so3) if c.kind == "added"]
    assert claim.evidence["name"] == so3.added[0].name
    assert claim.evidence["from"] == ["Lx", "Ly"]
    assert certificate(invariants(so3)).document["added"] == [claim.evidence]


def test_the_algebra_of_no_generators_has_nothing_to_claim():
    assert algebra_claims(systems.NOTHING.algebra) == ()


def test_nothing_is_proved_from_inexact_coefficients(so2, inexact):
    assert {c.standing for c in so2.claims} == {
        Standing.PROVED,
        Standing.BY_CONSTRUCTION,
        Standing.MEASURED,
    }
    assert {c.standing for c in inexact.claims} == {Standing.MEASURED}
    # Whether all are generated is not a matter of measuring, so nothing is claimed.
    kinds = [c.kind for c in so2.claims if c.kind != "generating all"]
    assert [c.kind for c in inexact.claims] == kinds
    assert inexact.document["exact"] is False


def test_what_is_not_known_stays_so_with_inexact_coefficients():
    with pytest.warns(InexactInputWarning):
        algebra = LieAlgebra(PhaseSpace("x"), {"H": "0.7*(x**2 + p_x**2)"})
    (claim,) = of_kind(certificate(invariants(algebra)), "kinematics")
    assert claim.standing is Standing.NOT_KNOWN


def test_the_summary_counts_every_standing(so2):
    counts = so2.document["summary"]["standings"]
    for standing in Standing:
        held = [c for c in so2.claims if c.standing is standing]
        assert counts.get(standing.value, 0) == len(held)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_a_measured_value_must_be_a_finite_number(value):
    broken = replace(NUMBER, evidence={**NUMBER.evidence, "value": value})
    with pytest.raises(ArgumentError, match="finite numbers"):
        certified(systems.SO2.algebra, measured=[broken])


def test_a_measured_claim_may_not_be_raised():
    for broken in (
        replace(NUMBER, standing=Standing.PROVED),
        replace(NUMBER, kind="invariant"),
    ):
        with pytest.raises(ArgumentError, match="of that standing"):
            certified(systems.SO2.algebra, measured=[broken])


@pytest.mark.parametrize("key", sorted(NUMBER.evidence))
def test_a_measured_claim_says_where_it_was_measured(key):
    rest = {k: v for k, v in NUMBER.evidence.items() if k != key}
    with pytest.raises(ArgumentError, match=f"lacks {key}"):
        certified(systems.SO2.algebra, measured=[replace(NUMBER, evidence=rest)])


def test_what_is_written_is_what_is_read(so2, tmp_path):
    path = tmp_path / "certificate.json"
    so2.write(path)
    assert Certificate.read(path) == so2
    assert Certificate.read(path).claims == so2.claims
    assert [*tmp_path.iterdir()] == [path]


def test_names_of_any_alphabet_survive(tmp_path):
    space = PhaseSpace(["φ", "lambda"], ["E", "I"])
    made = certificate(invariants(LieAlgebra(space, {"L": "φ*I - lambda*E"})))
    made.write(tmp_path / "greek.json")
    assert Certificate.read(tmp_path / "greek.json") == made
    assert "φ" in (tmp_path / "greek.json").read_text(encoding="utf-8")


def test_a_file_is_overwritten_only_when_told(so2, inexact, tmp_path):
    path = tmp_path / "certificate.json"
    so2.write(path)
    with pytest.raises(OutputExistsError, match="exists"):
        inexact.write(path)
    assert Certificate.read(path) == so2
    inexact.write(path, overwrite=True)
    assert Certificate.read(path) == inexact


def test_what_could_not_be_read_back_is_not_written(so2, tmp_path):
    large = Certificate({**so2.document, "symflow": "0" * 5_000_000})
    with pytest.raises(CertificateError, match="bytes"):
        large.write(tmp_path / "certificate.json")
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "[" * 100_000,
        '{"schema": "symflow-certificate/2"}',
        '{"schema": "symflow-certificate/1"}',
        '{"schema": "symflow-certificate/1", "schema": "symflow-certificate/1"}',
        '{"value": NaN}',
        "\xff",
        "9" * 5_000_001,
    ],
    ids=lambda text: text[:40],
)
def test_broken_files_are_refused(text, tmp_path):
    path = tmp_path / "broken.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CertificateError):
        Certificate.read(path)


def test_a_missing_file_and_a_link_are_refused(so2, tmp_path):
    so2.write(tmp_path / "certificate.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "certificate.json")
    for name in ("missing.json", "link.json", "."):
        with pytest.raises(CertificateError, match="cannot be read"):
            Certificate.read(tmp_path / name)


@pytest.mark.parametrize("change", ["absent", "unknown", "extra"])
def test_a_claim_needs_a_known_standing(so2, tmp_path, change):
    document = json.loads(json.dumps(so2.document))
    claim = document["claims"][3]
    if change == "absent":
        del claim["standing"]
    elif change == "unknown":
        claim["standing"] = "certain"
    else:
        claim["more"] = 1
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    with pytest.raises(CertificateError, match="standing"):
        Certificate.read(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("kind", 3), ("statement", None), ("why", ["x"]), ("evidence", "x")],
)
def test_a_claim_is_made_of_words_and_evidence(so2, tmp_path, key, value):
    document = json.loads(json.dumps(so2.document))
    document["claims"][3][key] = value
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    with pytest.raises(CertificateError, match="words in all but the evidence"):
        Certificate.read(path)


def test_certificates_of_the_first_release_open_and_hold_for_ever():
    path = Path(__file__).parent / "data" / "certificate_1.json"
    kept = Certificate.read(path)
    assert len(kept.claims) == sum(kept.document["summary"]["standings"].values())
    found = verify(load(str(path)))
    assert {f.verdict.value for f in found} == {"verified", "measured"}


def test_what_a_stranger_says_cannot_drive_the_terminal(so2):
    document = json.loads(json.dumps(so2.document))
    document["claims"][0]["why"] = "\x1b[31m\u202eproved"
    assert "?[31m?proved" in str(replace(so2, document=document))


def test_the_table_has_a_row_a_claim(so2):
    lines = str(so2).splitlines()
    assert len(lines) == 2 + len(so2.claims)
    assert lines[0].split() == ["claim", "standing", "why"]
    for line, claim in zip(lines[2:], so2.claims, strict=True):
        assert line.endswith(claim.why)
        assert line.index(f"  {claim.standing.value}  ") == lines[0].index("  standing")


@pytest.mark.parametrize(
    ("kind", "standing"), [("equivariant", "by construction"), ("mlp", "not known")]
)
def test_the_certificate_tells_encoders_apart(kind, standing):
    found = invariants(systems.SO2.algebra)
    made = sf.certify(sf.HamiltonianFlow(found, 1, width=4, encoder=kind))
    (claim,) = of_kind(made, "encoder")
    assert claim.standing == standing
    verdicts = {f.kind: f.verdict.value for f in verify(made.document)}
    assert verdicts["encoder"] == ("verified" if kind == "equivariant" else "not known")


def test_observed_momenta_have_no_encoder_to_speak_of():
    found = invariants(systems.SO2.algebra)
    made = sf.certify(sf.HamiltonianFlow(found, 1, width=4, momenta="observed"))
    assert not of_kind(made, "encoder")


def test_only_the_pieces_of_the_map_are_claimed():
    """Leapfrog kicks and drifts; the linear flows that the algebra allows stay unused."""
    model = sf.HamiltonianFlow(
        invariants(systems.SO2.algebra), integrator=sf.Leapfrog(2), width=4
    )
    made = sf.certify(model)
    assert len(of_kind(made, "shear")) == 2
    assert not of_kind(made, "linear flow")
