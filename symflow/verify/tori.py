r"""Tori: the invariants of commuting fields that are diagonal in eigenforms.

Takes eigenforms and their weights, gives the monomials that generate all of weight zero.

.. math:: \prod_i \xi_i^{a_i}, \quad \sum_i a_i w_i = 0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod

from sympy import QQ
from sympy.polys.rings import PolyElement, ring

from .determinants import Mixed, times
from .facts import Facts
from .independence import over_rationals
from .spans import LARGEST_ANSATZ
from .verdicts import Block, Evidence, Row, follow, need

__all__ = ["torus"]


def torus(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """The parts of the monomials of weight zero in eigenforms u + theta v, theta^2 = d."""
    read, zero, weights = facts.read, facts.domain.zero, factor["weights"]
    forms = [(read(u), read(v), facts.number(d)) for u, v, d in factor["eigenforms"]]
    roots = sorted({d for _, v, d in forms if v}, key=str)
    follow(len(roots) < 5, "there are over four roots")
    t_ring, t = ring("t", facts.domain)
    for number in range(1, len(roots) + 1):
        for few in combinations(roots, number):
            factors = (t**2 - prod(few, start=t_ring(1))).factor_list()[1]
            need([e for _, e in factors] == [1], "the roots are not independent")
    values: list[Row] = [{} for _ in forms]
    imaginary = True
    for row, (u, v, d) in zip(values, forms, strict=True):
        need(not v or (u, -v, d) in forms, "a conjugate eigenform is missing")
        pair = [u, v] if v else [u]
        sign = 1 if pair in block else -1
        k = block.index(pair if sign == 1 else [u, -v])
        for number, entries in enumerate(span):
            x, y = entries.get((k, 0, 0), zero), entries.get((k, 1, 0), zero)
            image = [entries.get((k, *at), zero) for at in ((0, 1), (1, 1))]
            need(not v or image == [y * d, x], "a form is no eigenform")
            imaginary &= bool(v) and not x
            parts = {-1: x} | ({roots.index(d): y * sign} if v else {})
            for root, c in parts.items():
                for key, rational in over_rationals(c, facts.domain):
                    row[number, root, key] = rational
    whole = len(weights) == len(forms) and all(
        type(x) is int for w in weights for x in w
    )
    need(whole, "each eigenform has whole numbers as its weight")
    labels = [{k: QQ(x) for k, x in enumerate(w)} for w in weights]
    both = [
        {(str(k)): x for k, x in (a | b).items()}
        for a, b in zip(values, labels, strict=True)
    ]
    rank = facts.rank(labels)
    same = rank == facts.rank(values) == facts.rank(both)
    need(same, "the weights have other relations than the eigenvalues")
    if imaginary and all(facts.domain.to_sympy(d).is_negative for d in roots):
        facts.dense = (facts.dense or 0) + rank - facts.rank(span)
    squares = {1 << k: d for k, d in enumerate(roots)}
    for powers in _minimal(facts, weights):
        total: Mixed = {0: facts.ring.one}
        for (u, v, d), power in zip(forms, powers, strict=True):
            for _ in range(power):
                xi = {0: u} | ({1 << roots.index(d): v} if v else {})
                total = times(facts, total, xi, squares)
        yield from total.values()


def _minimal(facts: Facts, weights: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The minimal exponents of weight zero, by steps that turn back (Contejean, Devie)."""
    size, steps = len(weights), 0
    found: list[tuple[int, ...]] = []
    level = {tuple(int(i == k) for i in range(size)) for k in range(size)}
    while level:
        steps += len(level)
        follow(steps <= 4 * LARGEST_ANSATZ, "the weights have too many combinations")
        grown = set()
        fresh = [a for a in level if not any(all(map(int.__ge__, a, b)) for b in found)]
        for a in fresh:
            facts.tick()
            total = [
                sum(map(int.__mul__, a, column))
                for column in zip(*weights, strict=True)
            ]
            found += [] if any(total) else [a]
            turning = (
                k for k, w in enumerate(weights) if sum(map(int.__mul__, total, w)) < 0
            )
            grown |= {(*a[:k], a[k] + 1, *a[k + 1 :]) for k in turning}
        level = grown
    return found
