r"""Integrals: the claim that a motion has further integrals at some parameters only.

Takes the facts and the evidence of a claim, gives the words that these show. The equations
for integrals up to a degree are built again in each case. Where none of its pivots vanishes,

.. math:: \dim \{I : \{I, H_\theta\} = 0, \deg I \le d\}

stays as it is, so that the integrals there are limits of those nearby. Where one vanishes,
the next case begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Symbol
from sympy.polys.rings import PolyElement

from .counts import hidden_places
from .facts import Facts
from .pivots import Pivots
from .signs import WORDS, vanishes_nowhere
from .spans import products, spanned
from .verdicts import (
    MEASURED,
    PROVED,
    Evidence,
    MalformedError,
    Rule,
    follow,
    need,
    texts,
)

__all__ = ["Case", "Motion"]


@dataclass(frozen=True)
class Case:
    """Values of parameters, beside which others are generic.

    Arguments:
        given: The values as they are written.
        at: The values.
        pivots: Where the number of integrals is that of the case; None if the motion is
            not defined.
        left: The number of integrals up to the degree, and of relations of kernels.
    """

    given: Mapping[str, str]
    at: Mapping[str, PolyElement]
    pivots: Pivots | None = None
    left: int = 0


class Motion:
    """A Hamiltonian with parameters, and what its integrals may hold.

    Arguments:
        facts: The facts.
        generic: The evidence of the claim, of what holds for generic values first.
        measured: Whether ranks at random points are enough.
    """

    def __init__(self, facts: Facts, generic: Evidence, measured: bool) -> None:
        self.facts, self.generic, self.measured = facts, generic, measured
        self.names = texts(facts.document["phase_space"]["parameters"])
        assumed = generic["assumed"].items()
        self.assumed = {self.names.index(name): word for name, word in assumed}
        need(set(self.assumed.values()) <= set(WORDS), "what is assumed is unknown")
        left_open = map(facts.number, texts(generic["unresolved"]))
        self.left_open = [f.numer.monic() for f in left_open]
        self.degree, (self.text,) = generic["degree"], generic["given"].values()
        self.hidden = {facts.named[name] for name in texts(generic["hidden"])}
        self.rank, self.most = self.ranks({}, texts(generic["functions"]))

    def at(self, given: Mapping[str, str]) -> dict[str, PolyElement]:
        """Values of parameters, by those that are left."""
        facts, values = self.facts, self.facts.functions(dict(given))
        chosen = all(
            facts.named[k].is_ground and f.is_ground for k, f in values.items()
        )
        need(chosen, "values are those of parameters")
        set_here = [self.names.index(name) for name in values]
        held = [m for f in values.values() for m in _monomials(f.coeff(1))]
        need(
            not any(m[k] for m in held for k in set_here), "a value holds what it is of"
        )
        return values

    def energy(self, at: Mapping[str, PolyElement]) -> PolyElement:
        """The Hamiltonian at some values."""
        H = self.facts.function(self.text, at)
        hidden_places(self.facts, self.generic, [H])
        return H

    def variables(self, at: Mapping[str, PolyElement]) -> list[PolyElement]:
        """The coordinates and the kernels at some values."""
        kernels = texts(self.generic["kernels"])
        own = [self.facts.function(text, at) for text in kernels]
        return [*(x for x in self.facts.z if x not in self.hidden), *own]

    def ansatz(self, at: Mapping[str, PolyElement]) -> list[PolyElement]:
        """The functions of which integrals are combinations at some values."""
        factors = [(1, x) for x in self.variables(at)]
        return [f for _, f in products(self.facts, factors, self.degree)]

    def is_defined(self, at: Mapping[str, PolyElement]) -> bool:
        """Whether the Hamiltonian and the kernels can be taken at some values."""
        try:
            self.energy(at), self.variables(at)
        except MalformedError as error:
            need("divided by zero" in str(error), str(error))
            return False
        return True

    def ranks(self, given: Mapping[str, str], listed: Sequence[str]) -> tuple[int, int]:
        """How many of those that make all integrals are independent, at least and at most."""
        facts, at = self.facts, self.at(given)
        field = facts.field(self.energy(at))
        functions = self.beside_energy(at, listed)
        spanned(facts, self.degree, self.variables(at), functions, [field])
        slopes = list(map(facts.slope, functions))
        rank = facts.generic_rank(slopes)
        highest = facts.size - any(field) - len(self.hidden)
        if rank in (len(functions), highest) or self.measured:
            return rank, rank
        return rank, facts.exact_rank(slopes)

    def beside_energy(
        self, at: Mapping[str, PolyElement], listed: Sequence[str]
    ) -> list[PolyElement]:
        """Functions, and the energy with them if it is an integral, each once."""
        own = [] if self.hidden else [self.energy(at)]
        return [*dict.fromkeys([*own, *(self.facts.function(t, at) for t in listed)])]

    def need_more(self, given: Mapping[str, str], integrals: Sequence[str]) -> None:
        """See that more integrals are independent at some values than for generic ones."""
        facts, at = self.facts, self.at(given)
        H = self.energy(at)
        functions = [facts.function(text, at) for text in integrals]
        facts.need_kept([facts.field(H)], *functions)
        ansatz = self.ansatz(at)
        low = facts.span([*ansatz, *functions]) == facts.span(ansatz)
        need(low, f"an integral is no polynomial of degree {self.degree} at most")
        known = self.beside_energy(at, integrals)
        rank = facts.generic_rank(list(map(facts.slope, known)))
        need(rank > self.most, f"{rank} integrals are no more than for other values")

    def case(self, entry: Evidence) -> Case:
        """The integrals up to the degree at the values of a case, counted."""
        facts, given = self.facts, entry["at"]
        at = self.at(given)
        if entry.get("undefined"):
            need(not self.is_defined(at), f"H is defined at {given}")
            return Case(given, at)
        pivots = Pivots(facts, map(facts.number, texts(entry["pivots"])))
        ansatz = self.ansatz(at)
        field = facts.field(self.energy(at))
        rates = [facts.along(facts.slope(f), field) for f in ansatz]
        facts.without_relations(*rates, *ansatz)
        rows = pivots.cleared([dict(f) for f in facts.settled(*rates)])
        return Case(given, at, pivots, len(ansatz) - pivots.rank(rows))

    def lies_in(self, case: Case, general: Mapping[str, str]) -> bool:
        """Whether the values of a case satisfy more general conditions."""
        return set(general) <= set(case.at) and all(
            self.facts.function(text, case.at) == case.at[name]
            for name, text in general.items()
        )

    def step(self, case: Case, other: Case) -> str:
        """The parameter by whose value alone another case follows; empty if it does not."""
        more = set(other.at) - set(case.at)
        follows = len(more) == 1 and set(case.at) < set(other.at)
        return "".join(more) if follows and self.lies_in(other, case.given) else ""


def _integrable_values(facts: Facts, evidence: Evidence) -> str:
    """See that each case has no further integrals, is listed, or is left open."""
    follow(facts.domain.is_FractionField, "there are no parameters")
    said = [
        c["standing"] for c in facts.document["claims"] if c["evidence"] is evidence
    ]
    motion = Motion(facts, evidence, said == [MEASURED])
    listed = [entry["at"] for entry in evidence["found"]]
    for entry in evidence["found"]:
        motion.need_more(entry["at"], texts(entry["integrals"]))
    need(evidence["cases"][0]["at"] == {}, "generic values come first")
    cases: list[Case] = []
    for entry in evidence["cases"]:
        case = motion.case(entry)
        near = [c.left for c in cases if c.pivots and motion.lies_in(case, c.given)]
        inside = any(motion.lies_in(case, given) for given in listed)
        if case.pivots and case.at and not inside and case.left > max(near):
            _, most = motion.ranks(case.given, texts(entry["integrals"]))
            need(most <= motion.rank, f"there are further integrals at {case.given}")
        cases.append(case)
    for case in cases:
        for f in case.pivots.conditions if case.pivots else ():
            _need_followed(motion, cases, case, f)
    return _words(facts, evidence)


def _monomials(c: Any) -> list[tuple[int, ...]]:  # noqa: ANN401
    """The monomials in parameters of a number."""
    return [*c.numer, *c.denom]


def _need_followed(motion: Motion, cases: Sequence[Case], case: Case, f: Any) -> None:  # noqa: ANN401
    """See that every zero of a pivot is another case, is left open, or is none."""
    names, rest = motion.names, f
    for other in cases:
        if not rest.is_ground and (name := motion.step(case, other)):
            value = other.at[name].coeff(1)
            divisor = value.denom * f.ring.gens[names.index(name)] - value.numer
            quotient, left = rest.div([divisor])
            while not left:
                (rest,) = quotient
                whole = case.pivots and case.pivots.is_unit(value.denom)
                need(whole, f"{name} may be anything where a denominator vanishes")
                quotient, left = rest.div([divisor])
    if not rest.is_ground and f.monic() not in motion.left_open:
        text = rest.monic().as_expr(*map(Symbol, names))
        none = vanishes_nowhere(rest, motion.assumed)
        need(none is not False, f"nothing is said where {text} = 0")
        follow(none, f"that {text} = 0 is excluded is not seen")


def _words(facts: Facts, evidence: Evidence) -> str:
    found = evidence["found"]
    listed = [
        ", ".join(f"{k} = {v}" for k, v in entry["at"].items()) for entry in found
    ]
    names = {*facts.document["phase_space"]["parameters"]}
    kernels = texts(evidence["kernels"])
    moving = [text for text in kernels if names & {*re.findall(r"[^\W\d_]\w*", text)}]
    beside = f" and {', '.join(moving)} are as independent as for generic values"
    unresolved = [f"{text} = 0" for text in texts(evidence["unresolved"])]
    assumed = [f"{name} {word}" for name, word in evidence["assumed"].items()]
    return (
        f"further integrals of degree at most {evidence['degree']} exist at "
        f"{'; '.join(listed) or 'no values'}, and nowhere else where H is defined"
        + (beside if moving else "")
        + (f", but perhaps where {'; '.join(unresolved)}" if unresolved else "")
        + (f", for {' and '.join(assumed)}" if assumed else "")
    )


RULES: dict[str, Rule] = {"integrable values": (_integrable_values, {PROVED, MEASURED})}
