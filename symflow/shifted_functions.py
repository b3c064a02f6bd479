r"""Shifted functions: quotients that every generator shifts by a number.

Takes relative invariants, gives the functions up to a degree whose quotients by them move
along every generator at a constant speed.

.. math:: \Bigl\{ \frac{h}{f}, g_k \Bigr\} = \mu_k
    \quad\Longleftrightarrow\quad \{h, g_k\} = \lambda_k h + \mu_k f

A coordinate under a translation is one, with f = 1, and so is the time x/p of a free
particle. Combinations whose speeds add up to zero are invariant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from symflow.linear_algebra import Row, echelon, nullspace
from symflow.polynomials import PhasePolynomials
from symflow.relative_invariants import RelativeInvariant, Velocity, images
from symflow.terms import Monomial, Terms, accumulate, multiples, product

__all__ = ["ShiftedFunction", "shifted_functions"]


@dataclass(frozen=True)
class ShiftedFunction:
    r"""A quotient that every generator shifts by a number.

    .. math:: \{h / f, g_k\} = \mu_k

    Arguments:
        expression: The quotient h / f.
        shifts: The numbers, elements of the field, one for each generator.
    """

    expression: Expr
    shifts: tuple[Any, ...]


def shifted_functions(
    ring: PhasePolynomials,
    velocities: Sequence[Velocity],
    denominators: Sequence[RelativeInvariant],
    numerators: Sequence[Terms],
) -> list[ShiftedFunction]:
    r"""The shifted quotients with given denominators.

    Arguments:
        ring: The ring of functions.
        velocities: The fields of the generators.
        denominators: The relative invariants f; the number one is taken as well.
        numerators: The functions of which numerators h may be sums.

    Returns:
        For each denominator quotients with independent shifts.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> ring = PhasePolynomials(space, [])
        >>> x, p = (ring.terms(symbol) for symbol in space.z)
        >>> free = ring.velocity(ring.slopes(ring.terms(space.read("p_x**2/2"))))
        >>> momentum = RelativeInvariant(p, ({},), 1)
        >>> [h.expression for h in shifted_functions(ring, [free], [momentum], [x, p])]
        [x/p_x]
    """
    nothing: tuple[Terms, ...] = ({},) * len(velocities)
    moved = [images(ring, numerator, velocities) for numerator in numerators]
    found = []
    for base in (RelativeInvariant(ring.one, nothing, 0), *denominators):
        known = echelon([], 0, ring.domain)
        for terms, shifts in _solutions(ring, base, numerators, moved):
            row = {k: value for k, value in enumerate(shifts) if value}
            if known.reduce(row):
                known = echelon([*known.rows, row], len(shifts), ring.domain)
                quotient = ring.expression(terms) / ring.expression(base.terms)
                found.append(ShiftedFunction(quotient, shifts))
    return found


def _solutions(
    ring: PhasePolynomials,
    base: RelativeInvariant,
    numerators: Sequence[Terms],
    moved: Sequence[Sequence[Terms]],
) -> Iterator[tuple[Terms, tuple[Any, ...]]]:
    """The solutions h of the linear equations with shifts that are not all zero."""
    size, count = len(numerators), len(base.multipliers)
    minus = -ring.domain.one
    rows: dict[tuple[int, Monomial], Row] = {}
    for k, multiplier in enumerate(base.multipliers):
        opposite = multiples(minus, multiplier)
        for column, numerator in enumerate(numerators):
            scaled = ring.reduce(product(opposite, numerator))
            total = accumulate(dict(moved[column][k]), scaled.items())
            for target, value in total.items():
                rows.setdefault((k, target), {})[column] = value
        for target, value in base.terms.items():
            rows.setdefault((k, target), {})[size + k] = minus * value
    for vector in nullspace(rows.values(), size + count, ring.domain):
        shifts = tuple(vector.get(size + k, ring.domain.zero) for k in range(count))
        if any(shifts):
            inside: Terms = {}
            for k, value in vector.items():
                if k < size:
                    accumulate(inside, multiples(value, numerators[k]).items())
            yield inside, shifts
