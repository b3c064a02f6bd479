r"""Integer relations: between vectors over a field of numbers and parameters.

Takes vectors, gives a basis of the integers that combine them to zero, with small entries.

.. math:: \Bigl\{ n \in \mathbb{Z}^m : \sum_i n_i v_i = 0 \Bigr\}

A product of functions with multipliers is invariant exactly if its exponents are such a
relation of the multipliers, so these are the rational invariants that they make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
from sympy.polys.domains.domain import Domain

from symflow.angles import angle_basis
from symflow.terms import Terms

__all__ = ["IntegerRelations", "integer_relations"]

# So much longer than its exponents that reduction clears a vector that is not zero first.
_PENALTY = 2**40


@dataclass(frozen=True)
class IntegerRelations:
    """The integer relations between vectors.

    Arguments:
        relations: A basis of them, of short vectors.
        complement: What makes of it a basis of all integer vectors.
    """

    relations: tuple[tuple[int, ...], ...]
    complement: tuple[tuple[int, ...], ...]


def integer_relations(
    vectors: Sequence[Mapping[Any, Any]], domain: Domain
) -> IntegerRelations:
    r"""A reduced basis of the integer relations between vectors, and a complement.

    Arguments:
        vectors: Sparse vectors, by columns of any kind; empty ones are zero.
        domain: The field of their elements.

    Returns:
        The relations, short in the sense of Lenstra, Lenstra and Lovász.

    Example:
        >>> from sympy import QQ
        >>> integer_relations([{0: QQ(2)}, {0: QQ(3)}, {0: QQ(1)}], QQ).relations
        ((1, -1, 1), (-1, 0, 2))

    Reference:
        Cohen, A Course in Computational Algebraic Number Theory, section 2.7.
    """
    columns = sorted({column for vector in vectors for column in vector}, key=repr)
    place = {column: k for k, column in enumerate(columns, start=1)}
    moving = [k for k, vector in enumerate(vectors) if vector]
    angles: list[Terms] = [
        {(place[column],): value for column, value in vectors[k].items()}
        for k in moving
    ]
    basis = angle_basis(angles, domain)
    size, width = len(vectors), len(basis.angles)
    rows = [[int(i == j) for j in range(size)] + width * [0] for i in range(size)]
    for k, integers in zip(moving, basis.multiples, strict=True):
        for column, value in integers.items():
            rows[k][size + column] = _PENALTY * value
    reduced = flint.fmpz_mat(rows).lll().tolist() if rows else []
    split: dict[bool, list[tuple[int, ...]]] = {True: [], False: []}
    for row in reduced:
        exponents = _forwards([int(value) for value in row[:size]])
        split[any(row[size:])].append(exponents)
    return IntegerRelations(tuple(split[False]), tuple(split[True]))


def _forwards(row: Sequence[int]) -> tuple[int, ...]:
    """The relation or its opposite: the one with more of what is positive."""
    first = next(value for value in row if value)
    sign = -1 if (sum(row), first) < (0, 0) else 1
    return tuple(sign * value for value in row)
