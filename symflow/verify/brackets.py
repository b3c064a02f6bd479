r"""Brackets: the claims that say that a function is zero.

Takes the facts and the evidence of a claim, gives the words that these show.

.. math:: \{g_k, I\} = 0
"""

from __future__ import annotations

import re
from itertools import combinations

from sympy.polys.rings import PolyElement

from .facts import Facts
from .verdicts import (
    PROVED,
    Evidence,
    MalformedError,
    Rule,
    need,
    texts,
)

__all__: list[str] = []


def _closure(facts: Facts, evidence: Evidence) -> str:
    for (left, f), (right, _) in combinations(facts.generators.items(), 2):
        rest = facts.bracket(f, facts.fields[right])
        for name, c in facts.constants.get((left, right), {}).items():
            rest -= facts.generators[name] * c
        zero = facts.is_zero(rest)
        need(zero, f"{{{left}, {right}}} is not the combination that is listed")
    return (
        f"the bracket of any two of ({facts.names}) is the listed combination of them"
    )


def _independent_generators(facts: Facts, evidence: Evidence) -> str:
    found = facts.span(list(facts.generators.values()))
    need(found == len(facts.generators), "one is a combination of the others")
    return f"({facts.names}) are linearly independent"


def _added(facts: Facts, evidence: Evidence) -> str:
    name, text, (left, right) = (evidence[k] for k in ("name", "expression", "from"))
    need(facts.function(text) == facts.generators[name], "it is another function")
    need(facts.constants[left, right].get(name), "the bracket does not need it")
    return f"{name} = {text} was added, for {{{left}, {right}}} needs it"


def _invariant(facts: Facts, evidence: Evidence) -> str:
    k = facts.listed.index(evidence["expression"])
    facts.need_kept(facts.moving, facts.invariants[k])
    return f"{{g, I{k + 1}}} = 0 for g in ({facts.names}), I{k + 1} = {facts.listed[k]}"


def _commuting(facts: Facts, evidence: Evidence) -> str:
    given, text = facts.functions(evidence["given"]), evidence["expression"]
    facts.need_kept(map(facts.field, given.values()), facts.function(text))
    return f"I{evidence['number']} = {text} commutes with {', '.join(given)}"


def _commuting_family(facts: Facts, evidence: Evidence) -> str:
    functions = list(map(facts.function, texts(evidence["functions"])))
    facts.need_kept(map(facts.field, functions), *functions)
    rank = facts.generic_rank(list(map(facts.slope, functions)))
    need(evidence["rank"] == rank, f"the rank is {rank}")
    return f"the brackets of ({', '.join(evidence['functions'])}) with each other are 0"


def _relative_invariant(facts: Facts, evidence: Evidence) -> str:
    text, multipliers = evidence["expression"], evidence["multipliers"]
    f, found = facts.function(text), facts.functions(multipliers)
    need(list(found) == list(facts.generators), "each generator has one multiplier")
    for name, m in found.items():
        rest = facts.bracket(f, facts.fields[name]) - facts.product(m, f)
        need(facts.is_zero(rest), f"the bracket with {name} is another multiple")
    listed = "; ".join(f"{{f, {name}}} = ({m})*f" for name, m in multipliers.items())
    return f"f = {text}: {listed}"


def _textbook_form(facts: Facts, evidence: Evidence) -> str:
    names: dict[str, PolyElement] = {}
    for name, text in evidence["legend"].items():
        names[name] = facts.function(text, names)
    need(not {*names} & {*facts.named}, "a name of the legend is declared already")
    text, form = evidence["function"], evidence["form"]
    difference = facts.function(form, names) - facts.function(text)
    need(facts.is_zero(difference), "the form is another function")
    for name, shown in evidence.get("names", {}).items():
        need(_is_no_expression(facts, shown), f"{shown[:60]!r} says something else")
        form = shown.join(re.split(rf"\b{re.escape(name)}\b", form))
    return f"{text} = {form}"


def _is_no_expression(facts: Facts, text: str) -> bool:
    """Whether a text cannot be taken for a function of what is declared."""
    try:
        facts.function(text)
    except MalformedError:
        return True
    return False


def _finite_invariant(facts: Facts, evidence: Evidence) -> str:
    text, given = evidence["expression"], facts.functions(evidence["given"])
    f = facts.function(text)
    for images in evidence["maps"]:
        moved = facts.function(text, facts.functions(images))
        need(facts.is_zero(moved - f), "a map changes it")
    facts.need_kept(map(facts.field, given.values()), f)
    also = f" and commutes with {', '.join(given)}" if given else ""
    return f"{text} is the same at z and M z{also}"


RULES: dict[str, Rule] = {
    "closure": (_closure, {PROVED}),
    "independent generators": (_independent_generators, {PROVED}),
    "added": (_added, {PROVED}),
    "invariant": (_invariant, {PROVED}),
    "commuting": (_commuting, {PROVED}),
    "commuting family": (_commuting_family, {PROVED}),
    "relative invariant": (_relative_invariant, {PROVED}),
    "textbook form": (_textbook_form, {PROVED}),
    "finite invariant": (_finite_invariant, {PROVED}),
}
