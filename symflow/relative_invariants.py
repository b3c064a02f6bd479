r"""Relative invariants: functions that fields multiply.

Takes a function and fields, gives its multipliers, if each field multiplies it.

.. math:: \{f, g_k\} = \lambda_k f

The zero set of f is then mapped to itself. Multipliers of a product add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symflow.polynomials import PhasePolynomials
from symflow.terms import Monomial, Terms

__all__ = ["RelativeInvariant", "Velocity", "images", "relative_invariant"]

# The components of a field, as `PhasePolynomials.velocity` gives them.
Velocity = Mapping[int, Terms]


@dataclass(frozen=True)
class RelativeInvariant:
    r"""A function that every generator multiplies.

    .. math:: \{f, g_k\} = \lambda_k f

    Arguments:
        terms: The function f.
        multipliers: The functions :math:`\lambda_k`, one for each generator.
        degree: The total degree of f in coordinates and kernels.
    """

    terms: Terms
    multipliers: tuple[Terms, ...]
    degree: int

    @property
    def is_invariant(self) -> bool:
        """Whether all multipliers vanish."""
        return not any(self.multipliers)

    @property
    def vector(self) -> dict[tuple[int, Monomial], Any]:
        """The multipliers as one sparse vector, by generator and monomial."""
        return {
            (k, monomial): value
            for k, terms in enumerate(self.multipliers)
            for monomial, value in terms.items()
        }


def images(
    ring: PhasePolynomials, terms: Terms, velocities: Sequence[Velocity]
) -> list[Terms]:
    r"""The brackets :math:`\{f, g_k\}` of a function with all generators.

    Arguments:
        ring: The ring of functions.
        terms: The function f.
        velocities: The fields of the generators.

    Returns:
        The terms of each bracket.
    """
    slopes = ring.slopes(terms)
    return [ring.derivative_along(slopes, velocity) for velocity in velocities]


def relative_invariant(
    ring: PhasePolynomials, terms: Terms, velocities: Sequence[Velocity], degree: int
) -> RelativeInvariant | None:
    """A function with its multipliers, found by division.

    Arguments:
        ring: The ring of functions.
        terms: The function, neither zero nor constant.
        velocities: The fields of the generators.
        degree: Its degree.

    Returns:
        The relative invariant; None if a bracket is no multiple of the function.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> ring = PhasePolynomials(space, [])
        >>> x, g = ring.terms(space.read("x")), ring.terms(space.read("x**2*p_x"))
        >>> field = ring.velocity(ring.slopes(g))
        >>> relative_invariant(ring, x, [field], 1).multipliers
        ({(1, 0): 1},)
    """
    element = ring.ring.from_dict(terms)
    multipliers: list[Terms] = []
    for moved in images(ring, terms, velocities):
        quotient, remainder = ring.ring.from_dict(moved).div(element)
        if remainder:
            return None
        multipliers.append(dict(quotient))
    return RelativeInvariant(terms, tuple(multipliers), degree)
