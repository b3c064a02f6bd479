r"""Multidegrees: degrees in each of several vectors, up to exchanges of equal ones.

Takes how many vectors there are of each kind, gives the degrees of a total degree that fall
in each kind, and what exchanges of vectors of a kind make of them.

.. math:: \mu = (\mu_1 \ge \mu_2 \ge \dots \; | \; \mu_{m+1} \ge \dots \; | \; \dots),
    \qquad \textstyle\sum_a \mu_a = d
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, product

from sympy.utilities.iterables import multiset_permutations, partitions

__all__ = ["MultiDegree", "arrangements", "exchange", "sorted_degrees"]

MultiDegree = tuple[int, ...]


def sorted_degrees(copies: Sequence[int], degree: int) -> Iterator[MultiDegree]:
    """The degrees in each vector, falling in each kind, of a total degree.

    Arguments:
        copies: The number of vectors of each kind.
        degree: The total degree.

    Yields:
        One degree for each vector, kind by kind.

    Example:
        >>> list(sorted_degrees([2], 2))
        [(2, 0), (1, 1)]
        >>> list(sorted_degrees([1, 1], 1))
        [(0, 1), (1, 0)]
    """
    if not copies:
        if not degree:
            yield ()
        return
    number = copies[0]
    for here in [degree] if len(copies) == 1 else range(degree + 1):
        for parts in partitions(here, m=number) if here else [{}]:
            falling = [k for k in sorted(parts, reverse=True) for _ in range(parts[k])]
            padded = (*falling, *[0] * (number - len(falling)))
            for rest in sorted_degrees(copies[1:], degree - here):
                yield padded + rest


def arrangements(copies: Sequence[int], degrees: MultiDegree) -> Iterator[MultiDegree]:
    """All that exchanges of vectors of a kind make of degrees.

    Arguments:
        copies: The number of vectors of each kind.
        degrees: The degrees, falling in each kind.

    Yields:
        Different degrees, the given ones among them.

    Example:
        >>> list(arrangements([2, 1], (1, 0, 3)))
        [(0, 1, 3), (1, 0, 3)]
    """
    parts = []
    start = 0
    for number in copies:
        here = degrees[start : start + number]
        parts.append(list(map(tuple, multiset_permutations(here))))
        start += number
    for chosen in product(*parts):
        yield tuple(chain.from_iterable(chosen))


def exchange(copies: Sequence[int], old: MultiDegree, new: MultiDegree) -> list[int]:
    """An exchange of vectors of each kind that carries degrees into others.

    Arguments:
        copies: The number of vectors of each kind.
        old: The degrees before.
        new: One of their `arrangements`.

    Returns:
        For each place in the new order the vector of the old one that goes there.

    Example:
        >>> exchange([3], (2, 1, 0), (0, 2, 1))
        [2, 0, 1]
    """
    source = [0] * len(old)
    start = 0
    for number in copies:
        free = list(range(start, start + number))
        for place in range(start, start + number):
            taken = next(a for a in free if old[a] == new[place])
            free.remove(taken)
            source[place] = taken
        start += number
    return source
