r"""Actions: the claim that a few polynomials generate all that an algebra leaves alone.

Takes the facts and the evidence of a claim, gives the words that these show. The fields
move vectors, and split into factors to each of which one theorem applies.

.. math:: \{y_i, g\} = a_{ij} y_j
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy.polys.rings import PolyElement

from .facts import Facts
from .spans import chosen_among, generating
from .theorems import THEOREMS
from .verdicts import (
    PROVED,
    Evidence,
    Field,
    Row,
    Rule,
    TooLargeError,
    Verdict,
    follow,
    need,
    texts,
)

__all__ = ["generating_all", "generating_up_to"]


def generating_all(facts: Facts, evidence: Evidence) -> str:
    """Every factor must have a theorem, of which no degree is the last."""
    facts.dense = None
    searched = any(factor["by"] == "search" for factor in evidence["factors"])
    need(not searched, "a search ends at a degree")
    among, z = chosen_among(facts, evidence)
    _follow(facts, evidence["factors"], z)
    facts.dense = None if among else facts.dense
    facts.generated.add(among)
    return f"every polynomial invariant{among} is a polynomial in those listed"


def generating_up_to(facts: Facts, evidence: Evidence) -> str:
    """By linear algebra, or factor by factor where there are too many monomials."""
    try:
        return generating(facts, evidence)
    except TooLargeError:
        if "factors" not in evidence:
            raise
    degree, dense = evidence["degree"], facts.dense
    among, z = chosen_among(facts, evidence)
    _follow(facts, [f | {"degree": degree} for f in evidence["factors"]], z, degree)
    facts.dense = dense
    return (
        f"every polynomial invariant{among} of degree at most {degree} is a polynomial in "
        "those listed"
    )


def _follow(
    facts: Facts,
    factors: Sequence[Evidence],
    z: Sequence[PolyElement],
    degree: int | None = None,
) -> None:
    """Follow the action to vectors, and each factor to a theorem about its group."""
    places = [facts.z.index(x) for x in z]
    if factors == [{"by": "open orbit"}]:
        moved = [[field[i] for i in places] for field in facts.moving]
        need(facts.generic_rank(moved) == len(z), "generic orbits are not open")
        return
    fields = _affine_fields(facts, places)
    kinds = {f["by"] for f in factors}
    need(kinds <= {*THEOREMS}, "the argument is unknown")
    blocks = [_block(facts, factor) for factor in factors]
    forms = [y for block in blocks for v in block for y in v]
    _need_all_forms(facts, forms, fields, z)
    actions = [_action(facts, forms, field) for field in fields]
    spans: list[list[Row]] = []
    wanted: list[PolyElement] = []
    start = 0
    for factor, block in zip(factors, blocks, strict=True):
        alike = factor["by"] in ("first fundamental theorem", "shear")
        span: list[Row] = [{} for _ in actions]
        for number, v in enumerate(block):
            dual = alike and number >= len(factor["vectors"])
            here = range(start, start + len(v))
            start += len(v)
            for row, action in zip(span, actions, strict=True):
                matrix = _own(action, here, 0 if alike else number, dual)
                same = not alike or number == 0 or row == matrix
                need(same, "two vectors move differently")
                row.update(matrix)
        spans.append(span)
        wanted += THEOREMS[factor["by"]](facts, factor, block, span)
    _need_split(facts, [f["by"] for f in factors], spans)
    listed = [dict(f) for f in (facts.ring.one, *facts.invariants)]
    low = (f for f in wanted if degree is None or max(map(sum, f), default=0) <= degree)
    found = facts.rank([*listed, *map(dict, low)])
    need(found == facts.rank(listed), "one is not listed")


def _need_all_forms(
    facts: Facts,
    forms: Sequence[PolyElement],
    fields: Sequence[Field],
    z: Sequence[PolyElement],
) -> None:
    """See that forms are all those in some coordinates that translations leave alone."""
    need(all(sum(m) < 2 for y in forms for m in y), "a form is not linear")
    others = [x for x in facts.z if x not in z]
    need(not any(y.diff(x) for y in forms for x in others), "a form holds others")
    # A form may be the constant 1, but for it they are independent with their linear parts.
    moving = [y for y in forms if not y.is_ground]
    independent = facts.rank({m: c for m, c in y.items() if any(m)} for y in moving)
    need(independent == len(moving), "the forms are dependent")
    # Turning parts come first, so that what is left of them is translations.
    places = [facts.z.index(x) for x in z]
    flat = (
        {(not any(m), i, m): c for i in places for m, c in field[i].items()}
        for field in fields
    )
    shifts = [row for lead, row in facts.echelon(flat).items() if lead[0]]
    for row in shifts:
        for y in forms:
            moved = sum(c * y.coeff(facts.z[i]) for (_, i, _), c in row.items())
            need(not moved, "a translation moves a form")
    whole = len(moving) + len(shifts) == len(z)
    need(whole, "there are more forms that translations leave")


def _own(action: Row, here: range, number: int, dual: bool) -> Row:
    """The matrix by which one vector moves, or minus the transposed one."""
    own = {key: c for key, c in action.items() if key[0] in here}
    need(all(j in here for _, j in own), "a vector is moved by another")
    moved = {(i - here.start, j - here.start): c for (i, j), c in own.items()}
    if dual:
        moved = {(j, i): -c for (i, j), c in moved.items()}
    return {(number, *key): c for key, c in moved.items()}


def _need_split(facts: Facts, kinds: Sequence[str], spans: Sequence[list[Row]]) -> None:
    """See that an algebra is the direct sum of its factors."""
    ranks = list(map(facts.rank, spans))

    def joint(chosen: Sequence[int]) -> int:
        rows = (
            {(k, *key): c for k in chosen for key, c in row[k].items()}
            for row in zip(*spans, strict=True)
        )
        return facts.rank(rows)

    # The nilpotent part of fields whose others commute is a factor as well.
    moved = [(by, rank) for by, rank in zip(kinds, ranks, strict=True) if rank]
    others = [k for k, by in enumerate(kinds) if by != "shear"]
    jordan = all(by == "torus" or rank == 1 for by, rank in moved)
    jordan &= [by for by, _ in moved].count("shear") == 1
    jordan &= joint(others) == sum(ranks) - 1
    split = joint(range(len(kinds))) == sum(ranks)
    need(split or jordan, "the factors do not split")


def _affine_fields(facts: Facts, places: Sequence[int]) -> list[Field]:
    """The fields, if they are affine; else those of combinations of generators that are.

    The others commute with what these leave alone, since all that is listed is invariant.
    """
    fields, generators = facts.moving, facts.generators.values()
    follow(facts.is_plain(*generators), "fields of other functions are not followed")
    if any(sum(m) > 1 for field in fields for i in places for m in field[i]):
        rows = ({(-sum(m), m): c for m, c in g.items()} for g in generators)
        low = (row for lead, row in facts.echelon(rows).items() if lead[0] >= -2)
        found = ({m: c for (_, m), c in row.items()} for row in low)
        fields = [facts.field(facts.ring.from_dict(g)) for g in found]
    return [field for field in fields if any(field[i] for i in places)]


def _block(facts: Facts, factor: Evidence) -> list[list[PolyElement]]:
    """The vectors of a factor, those of a torus being (u, v) or u of u + theta v."""
    rows = [*factor.get("vectors", []), *factor.get("covectors", [])]
    if factor["by"] == "fixed":
        rows = [[text] for text in factor["forms"]]
    if factor["by"] == "torus":
        rows = [[u] if v == "0" else [u, v] for u, v, _ in factor["eigenforms"]]
    found: list[list[PolyElement]] = []
    for row in rows:
        v = list(map(facts.read, texts(row)))
        if factor["by"] != "torus" or len(v) == 1 or [v[0], -v[1]] not in found:
            found.append(v)
    return found


def _action(facts: Facts, forms: Sequence[PolyElement], field: Field) -> Row:
    """The matrix a with {y_i, g} = a_ij y_j, by (i, j)."""
    columns = [*forms, *(facts.bracket(y, field) for y in forms)]
    keys = sorted({m for f in columns for m in f})
    table = [[f.get(m, facts.domain.zero) for f in columns] for m in keys]
    reduced, pivots = facts.table(table).rref()
    size, entries = len(forms), reduced.to_dense().to_list()
    need(pivots == tuple(range(size)), "a form is moved out of the span of the forms")
    cells = ((i, j) for i in range(size) for j in range(size))
    return {(i, j): c for i, j in cells if (c := entries[j][size + i])}


def _global_count(facts: Facts, evidence: Evidence) -> str:
    followed = facts.dense and facts.verdicts["generating all"] == {Verdict.VERIFIED}
    follow(followed, "no compact torus was followed in which orbits are not closed")
    local = facts.size - facts.generic_rank(facts.moving)
    need(
        facts.verdicts.get("count") == {Verdict.VERIFIED},
        "the local count is not shown",
    )
    count = local - (facts.dense or 0)
    need(evidence["count"] == count, f"there are at most {count}")
    return (
        f"at most {count} functionally independent invariants are continuous everywhere: "
        "orbits are dense in tori of higher dimension"
    )


RULES: dict[str, Rule] = {
    "generating all": (generating_all, {PROVED}),
    "global count": (_global_count, {PROVED}),
}
