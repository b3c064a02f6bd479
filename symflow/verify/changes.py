r"""Changes: the claim that an algebra changes at no other values of its parameters.

Takes the facts and the evidence of a claim, gives the words that these show. Centre, series
and Killing form are kernels and spans of matrices of structure constants,

.. math:: K_{ij} = \sum_{kl} c_{ik}^l \, c_{jl}^k
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from .facts import Facts
from .pivots import Pivots
from .verdicts import PROVED, Evidence, Row, Rule, Verdict, follow, need, texts

__all__: list[str] = []

# The brackets of basis elements, by places in order.
Table = dict[tuple[int, int], Row]


def _special_values(facts: Facts, evidence: Evidence) -> str:
    """See that each rank has pivots that divide a product of the factors listed."""
    generators, factors = facts.generators, texts(evidence["factors"])
    basis = [
        facts.verdicts.get(k, set()) for k in ("closure", "independent generators")
    ]
    told = "that the generators are a basis of an algebra is not verified"
    need(Verdict.REJECTED not in set().union(*basis), told)
    follow(not generators or basis == [{Verdict.VERIFIED}] * 2, told)
    same = facts.functions(evidence["generators"]) == generators
    need(same, "these are not the generators")
    follow(facts.is_plain(*generators.values()), "roots and functions are not followed")
    pivots = Pivots(facts, map(facts.number, factors))
    rows = pivots.cleared([dict(g) for g in generators.values()])
    need(pivots.rank(rows) == len(rows), "the generators are dependent")
    table = _brackets(facts, pivots)
    pivots.rank(_centre(table))
    pivots.rank(_killing(table, len(generators)))
    for lower in (False, True):
        _series(pivots, table, len(generators), lower)
    where = f"where {' * '.join(f'({f})' for f in factors)} != 0"
    return (
        "the dimension of the algebra, of its centre and of its series, and the rank of "
        f"its Killing form, do not change {where if factors else 'anywhere'}"
    )


def _brackets(facts: Facts, pivots: Pivots) -> Table:
    """All brackets of generators, times one polynomial."""
    place = {name: k for k, name in enumerate(facts.generators)}
    pairs = list(facts.constants)
    rows = pivots.cleared(list(facts.constants.values()))
    table: Table = {}
    for (left, right), row in zip(pairs, rows, strict=True):
        found = {place[name]: c for name, c in row.items()}
        table[place[left], place[right]] = found
        table[place[right], place[left]] = {k: -c for k, c in found.items()}
    return table


def _centre(table: Table) -> list[Row]:
    """The equations x_i c_ij^k = 0 of an element x of the centre."""
    equations: dict[Any, Row] = {}
    for (i, j), row in table.items():
        for k, c in row.items():
            equations.setdefault((j, k), {})[i] = c
    return list(equations.values())


def _killing(table: Table, size: int) -> list[Row]:
    rows: list[Row] = [{} for _ in range(size)]
    for i, j in product(range(size), repeat=2):
        total = sum(
            c * table.get((j, m), {}).get(k, 0)
            for k in range(size)
            for m, c in table.get((i, k), {}).items()
        )
        rows[i] |= {j: total} if total else {}
    return rows


def _series(pivots: Pivots, table: Table, size: int, lower: bool) -> None:
    """Span [D, D], or [g, D], of the span D before it until it stays."""
    whole: list[Row] = [{k: pivots.ring.one} for k in range(size)]
    term = whole
    while term:
        left = whole if lower else term
        following = pivots.basis(_between(table, left, term))
        if len(following) == len(term):
            return
        term = following


def _between(table: Table, left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """The brackets of combinations of generators."""
    found: list[Row] = []
    for x, y in product(left, right):
        total: Row = {}
        for (i, a), (j, b) in product(x.items(), y.items()):
            for k, c in table.get((i, j), {}).items():
                total[k] = total.get(k, 0) + a * b * c
        found.append({k: c for k, c in total.items() if c})
    return found


RULES: dict[str, Rule] = {"special values": (_special_values, {PROVED})}
