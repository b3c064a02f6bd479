r"""Hilbert bases: the minimal solutions of equations in whole numbers, none negative.

Takes weights, gives the combinations of total weight zero of which all others are sums.

.. math:: \textstyle\sum_i a_i w_i = 0, \qquad a_i \in \{0, 1, 2, \dots\}

There are finitely many. The search adds one weight at a time, and only such as turn the sum
back towards zero, so it finds every minimal solution and comes to an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul

__all__ = ["HilbertBasis", "hilbert_basis"]

# A partial sum, its weight, and the entries that may not grow any more.
Node = tuple[tuple[int, ...], tuple[int, ...], frozenset[int]]

# Beyond so many partial sums the search stops, and says how far it came.
_MOST_NODES = 60_000


@dataclass(frozen=True)
class HilbertBasis:
    """The minimal solutions of a homogeneous system, so that all others are sums of them.

    Arguments:
        solutions: The solutions found, by degree.
        degree: The degree up to which they are all; None if they are all.
    """

    solutions: tuple[tuple[int, ...], ...]
    degree: int | None


def hilbert_basis(
    weights: Sequence[Sequence[int]], degree: int | None = None
) -> HilbertBasis:
    r"""The minimal solutions of :math:`\sum_i a_i w_i = 0` with :math:`a_i \ge 0`.

    Arguments:
        weights: The vectors :math:`w_i`, all of one length.
        degree: The highest sum of the :math:`a_i`; by default none.

    Returns:
        The minimal solutions; every solution is a sum of them.

    Example:
        >>> hilbert_basis([[2], [-1]]).solutions
        ((1, 2),)

    Reference:
        Contejean and Devie, Information and Computation 113, 143 (1994).
    """
    size = len(weights)
    found: list[tuple[int, ...]] = []
    units = [tuple(int(i == k) for i in range(size)) for k in range(size)]
    # A partial sum, its weight, and the entries that may not grow any more.
    level = [(units[k], tuple(weights[k]), frozenset(range(k))) for k in range(size)]
    nodes, step = 0, 1
    while level and nodes <= _MOST_NODES and (degree is None or step <= degree):
        # What holds a smaller solution is one plus another, or leads to such sums only.
        level = [node for node in level if not any(_covers(node[0], s) for s in found)]
        found += [v for v, weight, _ in level if not any(weight)]
        open_sums = [node for node in level if any(node[1])]
        nodes += len(open_sums)
        level = [grown for node in open_sums for grown in _grown(node, weights)]
        step += 1
    return HilbertBasis(tuple(found), step - 1 if level else None)


def _covers(v: Sequence[int], s: Sequence[int]) -> bool:
    return all(a >= b for a, b in zip(v, s, strict=True))


def _grown(node: Node, weights: Sequence[Sequence[int]]) -> Iterator[Node]:
    """One more of every weight that turns the sum back, each sum from one side only."""
    v, weight, frozen = node
    held = set(frozen)
    for k, w in enumerate(weights):
        if k not in frozen and sum(map(mul, weight, w)) < 0:
            more = tuple(a + b for a, b in zip(weight, w, strict=True))
            yield (*v[:k], v[k] + 1, *v[k + 1 :]), more, frozenset(held)
            held.add(k)
