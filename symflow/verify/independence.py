r"""Independence: of roots, logarithms and exponentials of rational functions.

Takes the functions below roots and logarithms by their irreducible factors, and exponents
by their coefficients, gives whether no polynomial vanishes on the lot of them,

.. math:: \prod_i u_i^{k_i} \ne c, \quad \sum_j l_j v_j \ne c, \quad k, l \in \mathbb{Z}

Roots obey no other relations than their own if no product of what is below them is a power
(Kummer); logarithms and exponentials none at all as above (Ostrowski, Kolchin). An angle is
the logarithm of (x + iy)/(x - iy), a tangent is made of an exponential of i times an angle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import lcm, prod
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement, PolyRing

from .verdicts import follow

__all__ = ["are_independent", "over_rationals"]

MOST_PRODUCTS, LARGEST_BASE, HIGHEST_BASE = 1_000, 100, 12

# How often each irreducible polynomial divides a function.
Valuation = dict[PolyElement, int]


def are_independent(
    kind: str, bases: Sequence[PolyElement], below: PolyElement, orders: Sequence[int]
) -> bool:
    """Whether kernels of one kind have no relations, nor any with those of other kinds.

    Arguments:
        kind: Their kind, `root`, `log`, `atan2`, `exp` or `tan`.
        bases: The numerators of what they are functions of, x^2 + y^2 for angles.
        below: The common denominator.
        orders: The orders of roots.
    """
    if kind in ("exp", "tan"):
        return _exponents(bases, below)
    rows = _valuations([*bases, below])
    *above, last = rows
    for row in above:
        for f, e in last.items():
            row[f] = row.get(f, 0) - e
    if kind == "root":
        return _roots(above, orders)
    if kind == "atan2":
        return _angles(above)
    return _rank([{f: QQ(e) for f, e in row.items()} for row in above]) == len(above)


def _valuations(functions: Sequence[PolyElement]) -> list[Valuation]:
    highest = max(sum(m) for f in functions for m in f)
    small = sum(map(len, functions)) <= LARGEST_BASE and highest <= HIGHEST_BASE
    follow(small, "what is below roots and logarithms is large")
    used = sorted({k for f in functions for m in f for k, e in enumerate(m) if e})
    if not used:
        return [{} for _ in functions]
    ring = PolyRing(
        [functions[0].ring.symbols[k] for k in used], functions[0].ring.domain
    )
    found = []
    for f in functions:
        terms = {tuple(m[k] for k in used): c for m, c in f.terms()}
        _, factors = ring.from_dict(terms).factor_list()
        found.append({factor.monic(): power for factor, power in factors})
    return found


def _roots(rows: Sequence[Valuation], orders: Sequence[int]) -> bool:
    """Whether no product of functions is a power, but for powers of each."""
    follow(prod(orders) <= MOST_PRODUCTS, "there are many roots")
    common = lcm(*orders)
    for powers in product(*map(range, orders)):
        total: Valuation = {}
        for power, order, row in zip(powers, orders, rows, strict=True):
            for f, e in row.items():
                total[f] = total.get(f, 0) + power * common // order * e
        if any(powers) and not any(e % common for e in total.values()):
            return False
    return True


def _angles(rows: Sequence[Valuation]) -> bool:
    """Whether each x^2 + y^2 has a simple factor that no other has.

    Such a factor is a product of two conjugate ones, of which one divides x + iy.
    """
    return all(
        any(
            abs(e) == 1 and sum(f in other for other in rows) == 1
            for f, e in row.items()
        )
        for row in rows
    )


def _exponents(functions: Sequence[PolyElement], below: PolyElement) -> bool:
    """Whether no combination with whole coefficients is constant."""
    domain, (m, c) = below.ring.domain, next(iter(below.terms()))
    # Without the multiple of what is below, a constant combination is zero.
    moved = [f - below * (f.get(m, domain.zero) / c) for f in functions]
    if domain.is_FractionField:
        common = domain.field.ring.one
        for f in moved:
            for c in f.values():
                common = common.lcm(c.denom)
        moved = [f * domain(common) for f in moved]
    rows = [
        {(k, key): x for k, c in f.terms() for key, x in over_rationals(c, domain)}
        for f in moved
    ]
    return _rank(rows) == len(rows)


def over_rationals(c: Any, domain: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """The coordinates of a number over the rationals, by what they stand before.

    Arguments:
        c: The number, a polynomial in parameters perhaps.
        domain: Its field.
    """
    if domain.is_FractionField:
        follow(c.denom.is_ground, "frequencies with denominators are not followed")
        for m, x in c.numer.terms():
            inner = over_rationals(x / c.denom.LC, domain.domain)
            yield from (((m, key), y) for key, y in inner)
    elif domain.is_AlgebraicField:
        yield from enumerate(reversed(c.to_list()))
    else:
        yield 0, c


def _rank(rows: Sequence[dict[Any, Any]]) -> int:
    keys = {
        key: k for k, key in enumerate(dict.fromkeys(k for row in rows for k in row))
    }
    entries = {
        i: {keys[key]: x for key, x in row.items() if x}
        for i, row in enumerate(rows)
        if any(row.values())
    }
    return DomainMatrix(entries, (len(rows), len(keys)), QQ).rank()
