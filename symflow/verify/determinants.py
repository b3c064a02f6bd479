r"""Determinants: of functions times products of square roots.

Takes rows, gives the determinant by its first row.

.. math:: \det M = \sum_k (-1)^k M_{0k} \det M^{(0k)}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from sympy.polys.rings import PolyElement

from .facts import Facts

__all__ = ["determinant", "times"]

# A sum of functions times products of roots theta, which are the bits of the keys.
Mixed = dict[int, PolyElement]


def times(facts: Facts, f: Mixed, g: Mixed, squares: Mapping[int, Any]) -> Mixed:
    """The product of two such sums."""
    total: Mixed = {}
    for i, u in f.items():
        for j, v in g.items():
            common = [d for bit, d in squares.items() if i & j & bit]
            part = facts.product(u, v) * prod(common, start=facts.domain.one)
            total[i ^ j] = total.get(i ^ j, facts.ring.zero) + part
    return total


def determinant(
    facts: Facts, rows: Sequence[Sequence[Mixed]], squares: Mapping[int, Any]
) -> Mixed:
    """The determinant of rows of such sums."""
    total: Mixed = {} if rows else {0: facts.ring.one}
    for k, f in enumerate(rows[0] if rows else ()):
        minor = [[*row[:k], *row[k + 1 :]] for row in rows[1:]]
        part = times(facts, f, determinant(facts, minor, squares), squares)
        for key, g in part.items():
            total[key] = total.get(key, facts.ring.zero) + g * (-1) ** k
    return total
