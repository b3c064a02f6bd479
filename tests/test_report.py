"""Report: it says what the certificate says, no more, and breaks on nothing it is given."""

import json

import pytest
import torch

from symflow.algebra import LieAlgebra, closure
from symflow.certificate import Certificate
from symflow.claims import Standing
from symflow.diagnostics import certify
from symflow.errors import InexactInputWarning, OutputExistsError
from symflow.flow import HamiltonianFlow
from symflow.history import History
from symflow.invariants import invariants
from symflow.pages import Picture, Section
from symflow.phase_space import PhaseSpace
from symflow.report import model_sections, write_report
from tests.test_pages import ATTACK, ELEMENTS, Document, picture
from tests.toy_flows import NONE, SO2, flow

HISTORY = History.from_rows(
    [(50, 0, -3.5, -3.4, 0.1, 1.0, 40.0), (100, 1, -3.0, -3.1, 0.1, 1.0, 81.0)],
    "all done",
)
NUMBERS = {
    "so(2)": {"KL": 0.03661, "KL, standard error": 0.00213, "map, float32": 1.2e-7},
    "none": {"KL": 0.3},
}


@pytest.fixture(scope="module")
def model():
    return flow(SO2)


@pytest.fixture(scope="module")
def certified(model):
    return certify(model)


def written(path, sections, title="A title", **options):
    write_report(path, title, sections, **options)
    return path.read_text(encoding="utf-8")


def words(text):
    return "".join(Document(text).words)


def test_every_claim_is_told_with_its_own_standing(model, certified, tmp_path):
    sections = model_sections(model, certified, None, (), {})
    (guaranteed,) = [s for s in sections if s.heading == "What is guaranteed"]
    counted, claims = guaranteed.tables
    told = [(r[0].text, r[1]) for r in claims.rows if len(r) == 3]
    expected = [(claim.statement, claim.standing) for claim in certified.claims]
    assert sorted(told) == sorted(expected)
    assert sum(int(row[1]) for row in counted.rows) == len(certified.claims)


def test_a_claim_of_a_kind_not_heard_of_is_not_lost(model, certified):
    document = json.loads(json.dumps(certified.document))
    document["claims"].append(
        {**document["claims"][0], "kind": "new", "statement": "something new"}
    )
    sections = model_sections(model, Certificate(document), None, (), {})
    assert "something new" in str(sections)


def test_the_page_names_what_was_declared_and_what_was_added(tmp_path):
    generators = {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"}
    so3 = closure(PhaseSpace("x y z"), generators)
    model = HamiltonianFlow(invariants(so3), blocks=1, width=4, momenta="observed")
    sections = model_sections(model, certify(model), None, (), {})
    text = words(written(tmp_path / "report.html", sections))
    assert "so(3), compact simple, A1" in text
    assert "added, for {Lx, Ly} needs it" in text
    assert "The data are positions and momenta." in text
    assert "{Lx, {Lx,Ly}}−Ly" in text.replace("\n", "")


def test_the_baseline_says_that_it_has_no_symmetry(tmp_path):
    model = flow(NONE, encoder="mlp", components=1)
    text = words(
        written(
            tmp_path / "r.html", model_sections(model, certify(model), None, (), {})
        )
    )
    assert "the baseline without a symmetry" in text
    assert "a plain network" in text
    assert "A Gaussian with" in text


def test_numbers_stop_at_the_second_digit_of_their_error(model, certified, tmp_path):
    sections = model_sections(model, certified, HISTORY, (), NUMBERS)
    text = words(written(tmp_path / "report.html", sections))
    assert "0.0366 ± 0.0021" in text
    assert "1.2\u202f×\u202f10−7" in text
    assert "standard error\n" not in text
    assert (
        "Trained for 100 steps in 1 min 21 s: all done. The weights of step 100" in text
    )
    assert "a bound of −3.1 nats" in text


def test_inexact_input_is_nowhere_called_proved(tmp_path):
    with pytest.warns(InexactInputWarning):
        algebra = LieAlgebra(PhaseSpace("x y"), {"L": "0.5*x*p_y - 0.5*y*p_x"})
    model = flow(algebra, encoder="mlp")
    sections = model_sections(model, certify(model), None, (), {})
    assert Standing.PROVED not in [
        cell
        for section in sections
        for row in [*section.paragraphs, *(r for t in section.tables for r in t.rows)]
        for cell in (row if isinstance(row, tuple) else (row,))
    ]
    assert "exactly" not in words(written(tmp_path / "r.html", sections[:4]))


def test_it_says_how_to_make_it_again(model, certified, tmp_path):
    sections = model_sections(
        model, certified, None, (), {}, commands=["symflow train a.toml"], seed=7
    )
    text = words(written(tmp_path / "report.html", sections))
    assert "symflow train a.toml" in text
    assert "seed7" in text.replace("\n", "")
    # a build may add "+cu130" to one of its two versions
    assert torch.__version__.partition("+")[0] in text


def hostile(certified):
    """The certificate with an attack in every string of it."""

    def attack(value):
        if isinstance(value, dict):
            return {key: attack(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [attack(entry) for entry in value]
        return value + ATTACK if isinstance(value, str) else value

    document = attack(json.loads(json.dumps(certified.document)))
    document["generators"] = {ATTACK: ATTACK}
    document["structure_constants"] = [[ATTACK, ATTACK, {ATTACK: f"-{ATTACK}"}]]
    for claim, honest in zip(
        document["claims"], certified.document["claims"], strict=True
    ):
        claim["standing"] = honest["standing"]
    return Certificate(document)


def test_no_name_and_no_expression_can_bring_a_script(model, certified, tmp_path):
    history = History.from_rows(HISTORY.rows(), ATTACK)
    drawn = picture(ATTACK, ATTACK)
    sections = model_sections(
        model,
        hostile(certified),
        history,
        [drawn],
        {ATTACK: {ATTACK: 1.0, "text": ATTACK}},
        commands=[ATTACK],
    )
    text = written(tmp_path / "r.html", sections, title=ATTACK, summary=ATTACK)
    document = Document(text)
    assert "<script" not in text
    assert {tag for tag, _ in document.elements} <= ELEMENTS
    assert len(document.all("img")) == 1
    assert not any(
        name.startswith("on")
        for _, attributes in document.elements
        for name in attributes
    )


def test_a_page_is_not_replaced_unasked(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(OutputExistsError, match="overwrite=True"):
        write_report(path, "t", [])
    assert path.read_text() == "mine"
    write_report(path, "t", [], overwrite=True)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_pictures_come_in_their_order(model, certified):
    pictures = [picture("one"), picture("two")]
    sections = model_sections(model, certified, None, pictures, {})
    (drawn,) = [section for section in sections if section.heading == "Pictures"]
    assert [p.alt for p in drawn.figures] == ["one", "two"]
    assert isinstance(drawn.figures[0], Picture)
    assert isinstance(drawn, Section)
