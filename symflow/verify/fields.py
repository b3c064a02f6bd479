r"""Fields: the claim that a few rational invariants generate the field of all.

Takes the facts and the evidence of a claim, gives the words that these show. All coordinates
must follow from the invariants and from as few functions t as orbits have dimensions,

.. math:: K(z) = K(I)(t)

by monomials, or step by step from equations N - I D = 0; or all invariants are quotients of
polynomial ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from random import Random
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import ring

from .actions import generating_all
from .facts import Facts
from .functions import RESIDUES
from .verdicts import PROVED, UNKNOWN, Evidence, Row, Rule, follow, need, texts

__all__: list[str] = []


def _generating_field(facts: Facts, evidence: Evidence) -> str:
    """Each argument by what it leaves as evidence."""
    if "forms" in evidence:
        _by_monomials(facts, evidence)
    elif "factors" in evidence:
        _by_polynomials(facts, evidence)
    else:
        _by_steps(facts, evidence)
    return "every rational invariant is a rational function of those listed"


def _by_monomials(facts: Facts, evidence: Evidence) -> None:
    """Linear forms are products of invariants and others, if exponents are unimodular."""
    forms = list(map(facts.read, texts(evidence["forms"])))
    linear = all(sum(m) < 2 for y in forms for m in y)
    rows = [{m: c for m, c in y.terms() if any(m)} for y in forms]
    whole = linear and len(forms) == facts.rank(rows) == facts.size
    need(whole, "the forms are no coordinates")
    exponents = evidence["exponents"]
    for f, powers in zip(facts.invariants, exponents, strict=True):
        above, below = facts.ring.one, facts.ring.one
        for y, e in zip(forms, powers, strict=True):
            above = facts.product(above, facts.power(y, max(e, 0)))
            below = facts.product(below, facts.power(y, max(-e, 0)))
        same = facts.is_zero(facts.product(f, below) - above)
        need(same, "an invariant is another product of forms")
    lattice = [*exponents, *evidence["free"]]
    need(all(type(e) is int for row in lattice for e in row), "exponents are integers")
    shape = facts.size, facts.size
    det = DomainMatrix([list(map(QQ, row)) for row in lattice], shape, QQ).det()
    need(abs(det) == 1, "the forms are no products of those listed and of others")
    met = len(evidence["free"]) == facts.generic_rank(facts.moving)
    need(met, "there must be as many others as orbits have dimensions")


def _by_polynomials(facts: Facts, evidence: Evidence) -> None:
    """Numerators and denominators are invariant, where no generator has a multiplier.

    A multiplier is a number, for affine fields raise no degree; and it is zero on brackets,
    which are all there is.
    """
    affine = all(sum(m) <= 2 for g in facts.generators.values() for m in g)
    need(facts.is_plain(*facts.generators.values()) and affine, "a field is not affine")
    perfect = facts.rank(facts.constants.values()) == len(facts.generators)
    need(perfect, "the algebra is larger than its derived algebra")
    generating_all(facts, {"factors": evidence["factors"]})


def _by_steps(facts: Facts, evidence: Evidence) -> None:
    """See that all coordinates follow from invariants and as few of them as can be.

    At a random point, modulo a prime where no roots are held, the equations N - I D = 0 of
    the invariants N/D are solved step by step: linear ones, and one quadratic one whose
    discriminant is no square.
    """
    names, rank = [*facts.named][: facts.size], facts.generic_rank(facts.slopes)
    free, steps = texts(evidence["free"]), evidence["steps"]
    chosen = {names.index(name) for name in free}
    met = len(chosen) == facts.generic_rank(facts.moving) == facts.size - rank
    need(met, "there must be as many free coordinates as orbits have dimensions")
    kinds = {w.kind for w in facts.held(*facts.invariants)}
    follow(kinds <= {"1/"}, "only quotients of polynomials are followed")
    here = facts.point(Random(1))  # noqa: S311
    point = here[-facts.size :]
    equations: list[Row] = []
    for f in facts.invariants:
        e: Row = {}
        value = facts.value(f, here)
        for g, factor in zip(
            facts.settled(f, facts.ring.one), (1, -value), strict=True
        ):
            for m, c in facts.modular(g).items():
                e[m[facts.spare :]] = e.get(m[facts.spare :], 0) + c * factor
        equations.append({m: c for m, c in e.items() if c})
    known, squared = set(chosen), False
    for step in ({names.index(name) for name in some} for some in steps):
        rows = [
            row
            for e in equations
            for row in [_linear_part(e, known, point)]
            if row is not None and {*row} <= step
        ]
        if facts.rank(rows) < len(step):
            need(len(step) == 1 and not squared, "a coordinate does not follow")
            (u,) = step
            domain = facts.domain if facts.roots else RESIDUES
            tried = (
                _no_square(e, u, t, chosen, point, domain)
                for e in equations
                for t in chosen
            )
            squared = any(tried)
            need(squared, "a coordinate does not follow")
        known |= step
    need(len(known) == facts.size, "not all coordinates follow")


def _linear_part(e: Row, known: set[int], point: Sequence[Any]) -> Row | None:
    """The coefficients of what is not known, if an equation is linear in it."""
    row: Row = {}
    for m, c in e.items():
        places = [k for k, power in enumerate(m) if power and k not in known]
        if sum(m[k] for k in places) > 1:
            return None
        if places:
            rest = [
                x**a
                for k, (x, a) in enumerate(zip(point, m, strict=True))
                if k in known
            ]
            row[places[0]] = row.get(places[0], 0) + prod(rest, start=c)
    return row


def _no_square(
    e: Row,
    u: int,
    t: int,
    free: set[int],
    point: Sequence[Any],
    domain: Any,  # noqa: ANN401
) -> bool:
    """Whether e is quadratic in u, with a squarefree discriminant that depends on t."""
    used = {k for m in e for k, power in enumerate(m) if power}
    if not used <= {u, *free} or max(m[u] for m in e) != 2:
        return False
    t_ring, x = ring("t", domain)
    parts = [t_ring(0)] * 3
    for m, c in e.items():
        rest = [
            y**a
            for k, (y, a) in enumerate(zip(point, m, strict=True))
            if k not in (u, t)
        ]
        parts[m[u]] += x ** m[t] * prod(rest, start=c)
    discriminant = parts[1] ** 2 - 4 * parts[0] * parts[2]
    depends = discriminant.degree() > 0
    return depends and discriminant.gcd(discriminant.diff(x)).is_ground


RULES: dict[str, Rule] = {
    "generating the field": (_generating_field, {PROVED, UNKNOWN})
}
