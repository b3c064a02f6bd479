r"""Angles: the arguments of trigonometric and exponential functions, as integer sums.

Takes angles, gives few of them, free of rational relations, of which every angle is a sum
with integer coefficients.

.. math:: a_i = \sum_j n_{ij} \theta_j, \qquad n_{ij} \in \mathbb{Z}

Relations are sought modulo constants. By the theorem of Kolchin and Ostrowski the
exponentials of the theta are then algebraically independent over algebraic functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

from sympy import QQ
from sympy.polys.domains.domain import Domain
from sympy.polys.fields import FracElement

from symflow.linear_algebra import Span
from symflow.terms import Monomial, Terms, accumulate, multiples

__all__ = ["AngleBasis", "angle_basis"]


@dataclass(frozen=True)
class AngleBasis:
    """Angles free of rational relations, and how others are made of them.

    Arguments:
        angles: The basis.
        multiples: For every given angle, the integers by place in the basis.
        offsets: For every given angle, the constant that is left over, zero mostly.
    """

    angles: tuple[Terms, ...]
    multiples: tuple[dict[int, int], ...]
    offsets: tuple[Any, ...]


def angle_basis(angles: Sequence[Terms], domain: Domain) -> AngleBasis:
    r"""A basis of the group that angles generate, modulo constants.

    Arguments:
        angles: The angles as polynomials, none of them constant.
        domain: The field of their coefficients.

    Returns:
        The basis, each element a given angle over an integer.

    Example:
        >>> basis = angle_basis([{(1,): QQ(1)}, {(1,): QQ(3, 2)}], QQ)
        >>> basis.angles, basis.multiples
        (({(1,): 1/2},), ({0: 2}, {0: 3}))

    Reference:
        Ax, On Schanuel's conjectures, Annals of Mathematics 93 (1971) 252.
    """
    span = Span(QQ)
    chosen: list[int] = []
    fractions: list[dict[int, Any]] = []
    for number, row in enumerate(_rational_rows(angles, domain)):
        if span.insert(row):
            fractions.append({len(chosen): QQ(1)})
            chosen.append(number)
        else:
            fractions.append(span.split(row)[0])
    parts = [
        lcm(*(int(row[k].denominator) for row in fractions if k in row))
        for k in range(len(chosen))
    ]
    basis = tuple(
        multiples(domain.one / parts[k], angles[number])
        for k, number in enumerate(chosen)
    )
    integers = tuple(
        {k: int(value * parts[k]) for k, value in row.items()} for row in fractions
    )
    return AngleBasis(basis, integers, tuple(_offsets(angles, basis, integers, domain)))


def _offsets(
    angles: Sequence[Terms],
    basis: Sequence[Terms],
    integers: Sequence[dict[int, int]],
    domain: Domain,
) -> list[Any]:
    found = []
    for angle, row in zip(angles, integers, strict=True):
        rest = dict(angle)
        for k, n in row.items():
            accumulate(rest, multiples(-domain.one * n, basis[k]).items())
        found.append(next(iter(rest.values()), domain.zero))
    return found


def _rational_rows(angles: Sequence[Terms], domain: Domain) -> list[dict[Any, Any]]:
    """The angles without their constants, as vectors over the rationals."""
    common = domain.one
    if domain.is_FractionField:
        below = domain.field.ring.one
        for angle in angles:
            for value in angle.values():
                below = below.lcm(value.denom)
        common = domain.from_sympy(below.as_expr())
    return [
        {
            (monomial, *place): number
            for monomial, value in angle.items()
            if any(monomial)
            for place, number in _rational_parts(value * common)
        }
        for angle in angles
    ]


def _rational_parts(value: Any) -> list[tuple[tuple[Monomial, int], Any]]:  # noqa: ANN401
    """The rational coordinates of an element, by power of parameters and surd."""
    if isinstance(value, FracElement):
        # The denominator is a number here, and need not be one: (2 a + 1) / 2.
        below = value.denom.LC
        return [
            ((monomial, power), number)
            for monomial, inner in value.numer.terms()
            for (_, power), number in _rational_parts(inner / below)
        ]
    if QQ.of_type(value):
        return [(((), 0), value)]
    listed = enumerate(reversed(value.to_list()))
    return [(((), power), number) for power, number in listed if number]
