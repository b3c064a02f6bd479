r"""Gradings: the weights that linear fields keep, in which a search falls into blocks.

Takes the matrices by which an algebra moves vectors, gives its diagonal fields as weights,
the others sparse, and weights for which every one of these is homogeneous.

.. math:: X = \sum_{ij} a_{ij} \, y_j \, \partial_i, \qquad
    w_j - w_i = \text{const} \quad \text{wherever } a_{ij} \ne 0

The constant may be another one for each field, and equality modulo a number will do: an
invariant falls into parts of one weight each, which are invariant themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import lcm

import flint
from sympy import QQ

from symflow.kinds import Kind
from symflow.linear_algebra import Row, echelon, nullspace

__all__ = ["Grading", "LinearField", "gradings", "split_diagonal"]

# A field: for each kind the entries of its matrix, as integers.
LinearField = list[dict[tuple[int, int], int]]

# Fields of no more bits than this are left in echelon form.
_SHORT = 200

# Gradings modulo these primes are found beside those by whole numbers.
_MODULI = (2, 3)


@dataclass(frozen=True)
class Grading:
    """Weights of the components of each kind.

    Arguments:
        weights: One integer for each component, kind by kind.
        modulus: The number modulo which the weights count; 0 if they are whole numbers.
    """

    weights: tuple[tuple[int, ...], ...]
    modulus: int = 0


def split_diagonal(kinds: Sequence[Kind]) -> tuple[list[Grading], list[LinearField]]:
    """The diagonal fields as gradings, and others that generate the rest, sparse.

    The fields are taken in reduced echelon form, so it does not matter in which basis the
    algebra was given.

    Arguments:
        kinds: The vectors, with rational matrices.

    Returns:
        One grading a diagonal field, whose weight every invariant has zero, and the other
        fields with coprime integers.

    Example:
        >>> boost = {(0, 0): QQ(1), (1, 1): QQ(-1)}
        >>> split_diagonal([Kind(2, (boost,), ((),))])
        ([Grading(weights=((1, -1),), modulus=0)], [])
    """
    number = len(kinds[0].matrices) if kinds else 0
    keys = {(c, *e) for c, kind in enumerate(kinds) for a in kind.matrices for e in a}
    # Off-diagonal entries come first, so that the diagonal fields are left alone.
    order = sorted(keys, key=lambda key: (key[1] == key[2], key))
    place = {key: k for k, key in enumerate(order)}
    rows = [
        {
            place[c, i, j]: x
            for c, kind in enumerate(kinds)
            for (i, j), x in kind.matrices[k].items()
        }
        for k in range(number)
    ]
    diagonal: list[Grading] = []
    others: list[LinearField] = []
    for row in _simplest(rows, len(order)):
        field = _field(row, order, len(kinds))
        if all(i == j for a in field for i, j in a):
            pairs = zip(field, kinds, strict=True)
            weights = (
                tuple(a.get((i, i), 0) for i in range(kind.size)) for a, kind in pairs
            )
            diagonal.append(Grading(tuple(weights)))
        else:
            others.append(field)
    return diagonal, others


def _simplest(rows: Sequence[Row], columns: int) -> list[dict[int, int]]:
    """A basis with integer entries: the echelon form, or a reduced one if that is shorter.

    Where coordinates are as dense as chance makes them the echelon form has few zeros and
    long numbers, and lattice reduction finds the short ones that were there.
    """
    sparse = [_cleared(row) for row in echelon(rows, columns).rows]
    if not sparse or max(map(_length, sparse)) <= _SHORT:
        return sparse
    table = [[_cleared(row).get(k, 0) for k in range(columns)] for row in rows if row]
    reduced = flint.fmpz_mat(table).lll().table()
    short = [{k: int(x) for k, x in enumerate(row) if x} for row in reduced]
    short = [row for row in short if row]
    return short if sum(map(_length, short)) < sum(map(_length, sparse)) else sparse


def _cleared(row: Row) -> dict[int, int]:
    scale = lcm(*(int(x.denominator) for x in row.values()))
    return {k: int(x * scale) for k, x in row.items()}


def _length(row: dict[int, int]) -> int:
    """The number of bits of all entries."""
    return sum(x.bit_length() for x in row.values())


def _field(
    row: dict[int, int], order: Sequence[tuple[int, int, int]], number: int
) -> LinearField:
    field: LinearField = [{} for _ in range(number)]
    for k, x in row.items():
        c, i, j = order[k]
        field[c][i, j] = x
    return field


def gradings(fields: Sequence[LinearField], sizes: Sequence[int]) -> list[Grading]:
    """The weights for which every field is homogeneous, copies of a vector alike.

    Arguments:
        fields: The fields.
        sizes: The number of components of each kind.

    Returns:
        A basis of those by whole numbers, and of those modulo 2 and 3.

    Example:
        >>> turn = [{(0, 1): -1, (1, 0): 1}]
        >>> [g.modulus for g in gradings([turn], [2])]
        [0, 2, 2, 3]
    """
    starts = list(accumulate(sizes, initial=0))
    total = starts[-1]
    differences = list(_differences(fields, starts))
    rows = [{k: QQ(x) for k, x in enumerate(d) if x} for d in differences]
    found: list[tuple[list[int], int]] = []
    for vector in nullspace(rows, total):
        scale = lcm(*(int(x.denominator) for x in vector.values()))
        found.append(([int(vector.get(k, 0) * scale) for k in range(total)], 0))
    for prime in _MODULI if differences else ():
        table = [x % prime for d in differences for x in d]
        kernel, nullity = flint.nmod_mat(
            len(differences), total, table, prime
        ).nullspace()
        for k in range(nullity):
            found.append(([int(kernel[i, k]) for i in range(total)], prime))
    return [
        Grading(tuple(tuple(w[a:b]) for a, b in pairwise(starts)), modulus)
        for w, modulus in found
    ]


def _differences(
    fields: Sequence[LinearField], starts: Sequence[int]
) -> Iterator[list[int]]:
    """How the shifts of exponents by the terms of a field differ from its first one."""
    for field in fields:
        first: list[int] = []
        for start, a in zip(starts, field, strict=False):
            for i, j in a:
                shift = [0] * starts[-1]
                shift[start + i] -= 1
                shift[start + j] += 1
                if first:
                    yield [x - y for x, y in zip(shift, first, strict=True)]
                else:
                    first = shift
