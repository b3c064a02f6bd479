r"""Multipliers: the claim that a few relative invariants make all others, up to a degree.

Takes the facts and the evidence of a claim, gives the words that these show. Affine fields
act on polynomials of bounded degree by matrices, whose joint eigenvectors are counted,

.. math:: \{f, g_k\} = \lambda_k f, \quad \lambda_k \in K
"""

from __future__ import annotations

from itertools import combinations
from math import comb

from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from .facts import Facts
from .spans import products
from .verdicts import PROVED, UNKNOWN, Evidence, Field, Rule, follow, need, texts

__all__: list[str] = []

# How many monomials, and how large a part of a matrix that does not split.
LARGEST_SPACE, LARGEST_PART, LARGEST_PART_OF_SYMBOLS = 400, 80, 16


def _relative_invariants_generate(facts: Facts, evidence: Evidence) -> str:
    """See that products of those listed span as much as there are joint eigenvectors.

    Eigenvectors with different multipliers are independent, and products of those listed
    are eigenvectors, so that equal dimensions are enough.
    """
    degree, listed = evidence["degree"], texts(evidence["functions"])
    said = [c for c in facts.document["claims"] if c["kind"] == "relative invariant"]
    same = [c["evidence"]["expression"] for c in said] == listed
    need(same, "each relative invariant must have one claim, in order")
    need(type(degree) is int and degree > 0, "the degree must be a positive integer")
    few = comb(facts.size + degree, degree) <= LARGEST_SPACE
    follow(few, f"there are over {LARGEST_SPACE} monomials")
    affine = all(sum(m) < 2 for field in facts.moving for f in field for m in f)
    need(facts.is_plain(*facts.generators.values()) and affine, "a field is not affine")
    functions = list(map(facts.read, listed))
    for f in functions:
        multiplied = (_is_multiple(facts, f, field) for field in facts.moving)
        need(f and all(multiplied), "one that is listed is not multiplied by numbers")
    factors = [(max(map(sum, f)), f) for f in functions if not f.is_ground]
    made = facts.rank(map(dict, (f for _, f in products(facts, factors, degree))))
    most = _joint_eigenvectors(facts, degree)
    follow(made == most or _is_the_field(facts), "which roots are meant is open")
    need(made == most, f"they make {made} of {most} independent relative invariants")
    return (
        f"every relative invariant of degree at most {degree} with multipliers in the "
        "field of coefficients is a combination of products of those listed"
    )


def _is_multiple(facts: Facts, f: PolyElement, field: Field) -> bool:
    moved = facts.bracket(f, field)
    return moved == f * (moved.get(f.leading_expv(), facts.domain.zero) / f.LC)


def _is_the_field(facts: Facts) -> bool:
    """Whether the generators hold the roots that all of the certificate holds."""
    held = [c for g in facts.generators.values() for c in g.values()]
    if not facts.roots:
        return True
    irrational = any("sqrt" in str(facts.domain.to_sympy(c)) for c in held)
    return len(facts.roots) == 1 and irrational


def _joint_eigenvectors(facts: Facts, degree: int) -> int:
    """How many eigenvectors of all generators are independent up to a degree.

    Brackets of generators move none of them, and on what these leave alone the generators
    commute.
    """
    monomials = [f for _, f in products(facts, [(1, x) for x in facts.z], degree)]
    place = {m: k for k, f in enumerate(monomials) for m in f}

    def matrix(field: Field) -> DomainMatrix:
        images = (facts.bracket(f, field) for f in monomials)
        rows = ({place[m]: c for m, c in f.items()} for f in images)
        entries = {k: row for k, row in enumerate(rows) if row}
        return DomainMatrix(entries, (len(place), len(place)), facts.domain)

    space = DomainMatrix.eye(len(place), facts.domain)
    pairs = combinations(facts.generators.items(), 2)
    for f, field in ((f, facts.fields[name]) for (_, f), (name, _) in pairs):
        if bracket := facts.bracket(f, field):
            space = _kernel(facts, space * matrix(facts.field(bracket))) * space
    actions = _restricted(space, list(map(matrix, facts.moving)))
    return _joint(facts, actions, space.shape[0])


def _kernel(facts: Facts, a: DomainMatrix) -> DomainMatrix:
    """The rows v with v A = 0: what is left of (A, 1) where A is eliminated."""
    rows, one = a.to_sdm(), facts.domain.one
    beside = (
        {(0, j): c for j, c in rows.get(k, {}).items()} | {(1, k): one}
        for k in range(a.shape[0])
    )
    found = [row for lead, row in facts.echelon(beside).items() if lead[0]]
    entries = {n: {k: c for (_, k), c in row.items()} for n, row in enumerate(found)}
    return DomainMatrix(entries, (len(found), a.shape[0]), facts.domain)


def _restricted(rows: DomainMatrix, actions: list[DomainMatrix]) -> list[DomainMatrix]:
    """Matrices that map the span of rows to itself, in a basis of it."""
    basis, pivots = rows.rref(method="GJ")
    found = []
    for a in actions:
        images = basis * a
        own = images.extract(range(len(pivots)), pivots)
        need(
            (own * basis - images).is_zero_matrix, "brackets of generators lie outside"
        )
        found.append(own)
    return found


def _joint(facts: Facts, actions: list[DomainMatrix], size: int) -> int:
    """How many joint eigenvectors of commuting matrices are independent."""
    if not actions:
        return size
    (first, *rest), total = actions, 0
    largest = LARGEST_PART if facts.domain.is_QQ else LARGEST_PART_OF_SYMBOLS
    small = max(map(len, first.scc()), default=0) <= largest
    follow(small, f"a matrix of over {largest} rows does not split")
    for factor, _ in first.charpoly_factor_list():
        facts.tick()
        if len(factor) == 2:
            moved = first - DomainMatrix.eye(size, facts.domain) * (
                -factor[1] / factor[0]
            )
            space = _kernel(facts, moved)
            total += _joint(facts, _restricted(space, rest), space.shape[0])
    return total


RULES: dict[str, Rule] = {
    "relative invariants generate": (_relative_invariants_generate, {PROVED, UNKNOWN})
}
