"""Explanations: every equation that is printed is found true by SymPy alone."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from sympy import Symbol

import symflow as sf
from symflow.certificate import certificate
from symflow.claims import Claim, Standing
from symflow.derivations import Derivation, Level, Rule, Step
from symflow.errors import ArgumentError
from symflow.explanations import Explanation, explain
from symflow.formal_expressions import PoissonBracket
from symflow.verify import Verdict, verify

from .systems import (
    DILATION,
    E3,
    HEISENBERG,
    NOTHING,
    RESONANT,
    SL2,
    SO2,
    SO2_AXIS,
    SO3,
    U2,
)

TEN = [NOTHING, SO2, SO2_AXIS, SO3, U2, RESONANT, E3, HEISENBERG, SL2, DILATION]
LEVELS = [level.value for level in Level]
BODY = sf.PoissonSpace(
    "l1 l2 l3", {("l1", "l2"): "l3", ("l2", "l3"): "l1", ("l3", "l1"): "l2"}
)


def explained(system, level):
    """All there is to explain about one of the systems."""
    algebra = system.algebra
    found = sf.invariants(algebra)
    yield explain(system.space, level)
    yield explain(algebra, level)
    yield explain(found, level)
    z = system.space.z
    yield explain(z[0] ** 3 + sum(x**2 for x in z), level, algebra)
    pieces = sf.split(found)
    if pieces:
        yield explain(pieces, level, algebra)
    if level == "result":  # the other levels show of it what they show of the algebra
        yield explain(certificate(found, pieces), level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("system", TEN, ids=str)
def test_every_printed_equation_is_true(system, level):
    for explanation in explained(system, level):
        false = [str(step) for step in explanation.steps if not step.holds]
        assert not false, f"{explanation.title}: {false}"


@pytest.mark.parametrize("system", TEN, ids=str)
def test_every_statement_in_words_passes_the_checker(system):
    """What is no equation is a claim of the certificate, which `verify` checks again."""
    found = sf.invariants(system.algebra)
    pieces = sf.split(found)
    document = certificate(found, pieces)
    verdicts = {
        f.statement: f.verdict
        for f in verify(json.loads(json.dumps(dict(document.document))))
    }
    claims = [
        *explain(found).claims,
        *(explain(pieces, algebra=system.algebra).claims if pieces else ()),
    ]
    stated = [c.statement for c in claims if c.statement in verdicts]
    assert stated
    assert all(verdicts[s] is not Verdict.REJECTED for s in stated)


def test_a_false_equation_is_seen():
    so3 = SO3.algebra
    step = explain(so3, "result").steps[-1]
    assert step.holds
    assert not replace(step, right=step.right + Symbol("x")).holds


def test_levels_say_more_and_more():
    counts = [len(explain(SO3.algebra, level).steps) for level in LEVELS]
    assert counts == sorted(set(counts))


def test_every_step_applies_one_rule_at_a_time():
    bracket = PoissonBracket("x*p_y - y*p_x", "x**2 + y**2", SO2.space)
    rules = {step.rule for step in explain(bracket, "every step").steps}
    assert rules == {Rule.LINEARITY, Rule.LEIBNIZ, Rule.CANONICAL, Rule.COLLECTING}


def test_a_root_asks_for_the_chain_rule():
    bracket = PoissonBracket("x*p_y - y*p_x", "sqrt(x**2 + y**2)", SO2.space)
    explanation = explain(bracket, "every step")
    assert Rule.CHAIN_RULE in {step.rule for step in explanation.steps}
    assert explanation.steps[-1].right == 0


def test_a_bracket_of_its_own_shows_the_jacobi_identity():
    explanation = explain(BODY)
    assert explanation.holds
    assert "The Jacobi identity" in str(explanation)


def test_nothing_is_called_proved_that_came_from_a_float():
    space = sf.PhaseSpace("x y")
    with pytest.warns(UserWarning, match="inexact"):
        algebra = sf.LieAlgebra(space, {"H": "(p_x**2 + 1.5*x**2)/2"})
    standings = {step.standing for step in explain(algebra).steps}
    assert standings == {Standing.MEASURED}


def test_a_generator_named_as_the_hamiltonian_keeps_its_name():
    explanation = explain("x**2", algebra=U2.algebra)
    assert explanation.holds
    assert "H' = x**2" in str(explanation)


def test_a_model_is_explained_from_its_algebra_to_its_density():
    model = sf.HamiltonianFlow(sf.invariants(SO2.algebra), blocks=1)
    explanation = explain(model)
    assert explanation.holds
    statements = [claim.statement for claim in explanation.claims]
    assert "the map commutes with the flow of every generator" in statements
    assert "{g, log p} = 0 for every generator g" in statements


def test_the_splitting_lemma_is_not_claimed_of_an_implicit_map():
    model = sf.HamiltonianFlow(
        sf.invariants(SO2.algebra),
        integrator=sf.ImplicitMidpoint(steps=1),
        momenta="observed",
    )
    claims = explain(model, "result").claims
    assert not any("splitting lemma" in claim.why for claim in claims)
    (about_map,) = (claim for claim in claims if claim.kind == "equivariant map")
    assert about_map.standing is model.equivariance


class Page(HTMLParser):
    """The elements of a page, and whether it would load or run anything."""

    def __init__(self):
        super().__init__()
        self.tags, self.loads = set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.loads += [value for key, value in attributes if key in ("src", "href")]


def test_the_page_is_closed_and_holds_mathematics():
    page = Page()
    page.feed(explain(SO3.algebra).html())
    assert not page.loads
    assert {"math", "msub", "table"} <= page.tags
    assert "script" not in page.tags


def test_names_cannot_break_out_of_any_output():
    attack = "<script>alert(1)</script>"
    name = Symbol(attack)
    lines = [
        Step(name, name, Rule.DEFINITION),
        Claim(attack, attack, Standing.PROVED, attack),
    ]
    explanation = Explanation(attack, (Derivation(attack, lines),))
    assert attack not in explanation.html()
    assert attack not in explanation._repr_html_()
    assert attack not in explanation.markdown()


def test_markdown_holds_an_equation_for_every_step():
    explanation = explain(SO3.algebra)
    text = explanation.markdown()
    assert text.count("&=") == len(explanation.steps)
    assert text.count("$$") == 2 * text.count(r"\begin{aligned}")
    assert re.search(r"\\left\\\{ L_\{x\}, L_\{y\} \\right\\\}", text)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (3, {}, "`x`"),
        (SO2.space, {"level": "loud"}, "`level`"),
        ("x**2", {}, "`algebra`"),
        (sf.split(sf.invariants(SO2.algebra)), {}, "`algebra`"),
    ],
)
def test_what_cannot_be_explained_is_refused(x, options, message):
    with pytest.raises(ArgumentError, match=message):
        explain(x, **options)


def test_a_step_is_checked_with_what_its_names_stand_for():
    (x,), a = sf.PhaseSpace("x").q, Symbol("a")
    assert Step(a, x, Rule.DEFINITION, definitions={a: x}).holds
    assert not Step(a, x, Rule.DEFINITION).holds
