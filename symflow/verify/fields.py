r"""Fields: the claim that a few rational invariants generate the field of all.

Takes the facts and the evidence of a claim, gives the words that these show. At a random
point modulo a prime all coordinates must follow from the invariants and a few coordinates,

.. math:: N_k(z) - I_k D_k(z) = 0
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from random import Random
from typing import Any

from sympy.polys.rings import ring

from .facts import Facts
from .functions import RESIDUES
from .verdicts import PROVED, UNKNOWN, Evidence, Row, Rule, follow, need, texts

__all__: list[str] = []


def _generating_field(facts: Facts, evidence: Evidence) -> str:
    """See that all coordinates follow from invariants and as few of them as can be.

    At a random point modulo a prime the equations N - I D = 0 of the invariants N/D are
    solved step by step: linear ones, and one quadratic one whose discriminant is no square.
    """
    names, rank = [*facts.named][: facts.size], facts.generic_rank(facts.slopes)
    free, steps = texts(evidence.get("free", [""])), evidence.get("steps", [])
    held = set(free).union(*map(texts, steps))
    follow(held <= set(names), "only steps from coordinate to coordinate are followed")
    chosen = {names.index(name) for name in free}
    met = len(chosen) == facts.generic_rank(facts.moving) == facts.size - rank
    need(met, "there must be as many free coordinates as orbits have dimensions")
    kinds = {w.kind for w in facts.held(*facts.invariants)}
    rational = not facts.roots and kinds <= {"1/"}
    follow(rational, "only quotients of polynomials without roots are followed")
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
            tried = (
                _no_square(e, u, t, chosen, point) for e in equations for t in chosen
            )
            squared = any(tried)
            need(squared, "a coordinate does not follow")
        known |= step
    need(len(known) == facts.size, "not all coordinates follow")
    return "every rational invariant is a rational function of those listed"


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


def _no_square(e: Row, u: int, t: int, free: set[int], point: Sequence[Any]) -> bool:
    """Whether e is quadratic in u, with a squarefree discriminant that depends on t."""
    used = {k for m in e for k, power in enumerate(m) if power}
    if not used <= {u, *free} or max(m[u] for m in e) != 2:
        return False
    t_ring, x = ring("t", RESIDUES)
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
