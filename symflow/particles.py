r"""Particles: the coordinates of phase space in equal blocks, their names and masses.

Takes a phase space and the dimension of the space in which particles move, gives the
position and the momentum of each particle.

.. math:: q = (q_1, \dots, q_N), \qquad q_a \in \mathbb{R}^d, \qquad n = N d
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Expr, Symbol

from symflow.errors import ArgumentError
from symflow.phase_space import PhaseSpace

__all__ = [
    "Particle",
    "Scalar",
    "axis_names",
    "pair_name",
    "particles",
    "read_masses",
    "read_signature",
]

Scalar: TypeAlias = Expr | str | float


@dataclass(frozen=True)
class Particle:
    """One particle: its coordinates and their momenta.

    Arguments:
        q: The d coordinates.
        p: The d momenta.
    """

    q: tuple[Symbol, ...]
    p: tuple[Symbol, ...]


def particles(space: PhaseSpace, dimension: int | None = None) -> tuple[Particle, ...]:
    """The particles of a phase space whose coordinates stand one particle at a time.

    Arguments:
        space: The phase space.
        dimension: The dimension d of the space in which the particles move; by default
            n, one particle.

    Returns:
        The n/d particles, in the order of the coordinates.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> [particle.q for particle in particles(PhaseSpace("x1 y1 x2 y2"), 2)]
        [(x1, y1), (x2, y2)]
    """
    d = space.n if dimension is None else dimension
    if isinstance(d, bool) or not isinstance(d, int) or d < 1 or space.n % d:
        raise ArgumentError(
            f"Argument `dimension` must be a positive integer that divides the number "
            f"of coordinates, but it is {dimension!r} and there are {space.n}: "
            f"{space.q}. List the coordinates of one particle after the other."
        )
    return tuple(
        Particle(space.q[k : k + d], space.p[k : k + d]) for k in range(0, space.n, d)
    )


def axis_names(dimension: int) -> tuple[str, ...]:
    """What is written behind a letter for each axis.

    Arguments:
        dimension: The number of axes.

    Returns:
        x, y and z in three dimensions, nothing in one, else the numbers from 1 on.

    Example:
        >>> axis_names(3), axis_names(2), axis_names(1)
        (('x', 'y', 'z'), ('1', '2'), ('',))
    """
    if dimension == 1:
        return ("",)
    if dimension == 3:
        return ("x", "y", "z")
    return tuple(str(i + 1) for i in range(dimension))


def pair_name(letter: str, i: int, j: int, dimension: int) -> str:
    """The name of a generator with two indices.

    Arguments:
        letter: The letter.
        i: The first index, from 0.
        j: The second index, from 0.
        dimension: The number of axes; beyond nine an underscore parts the indices.

    Returns:
        The name, indices from 1.

    Example:
        >>> pair_name("L", 0, 1, 4), pair_name("L", 0, 11, 12)
        ('L12', 'L1_12')
    """
    between = "_" if dimension > 9 else ""
    return f"{letter}{i + 1}{between}{j + 1}"


def read_masses(
    space: PhaseSpace, masses: Scalar | Sequence[Scalar], count: int
) -> tuple[Expr, ...]:
    """The masses of the particles.

    Arguments:
        space: The phase space, which declares the symbols of masses as parameters.
        masses: One mass for all particles, or one for each.
        count: The number of particles.

    Returns:
        One mass for each particle.

    Raises:
        ArgumentError: If their number is wrong, or one is not a positive constant.
        ExpressionError: If a mass holds a symbol that the space does not declare.

    Example:
        >>> read_masses(PhaseSpace("x1 x2", parameters="m"), ["m", 2], 2)
        (m, 2)
    """
    if isinstance(masses, Sequence) and not isinstance(masses, str):
        listed = list(masses)
    else:
        listed = [masses] * count
    if len(listed) != count:
        raise ArgumentError(
            f"Argument `masses` must hold one mass for each of the {count} particles, "
            f"but it holds {len(listed)}."
        )
    found = tuple(space.read(mass, "masses") for mass in listed)
    for mass in found:
        if mass.free_symbols & set(space.z) or mass.is_positive is False:
            raise ArgumentError(
                f"Argument `masses` must hold positive constants, but {mass} is not "
                f"one. Use numbers, or declare a parameter of the phase space."
            )
    return found


def read_signature(signature: tuple[int, int], dimension: int) -> tuple[int, ...]:
    """The signs of a diagonal metric.

    Arguments:
        signature: The numbers of +1 and of -1.
        dimension: What they must add up to.

    Returns:
        The signs, +1 first.

    Raises:
        ArgumentError: If the numbers are negative or do not add up.

    Example:
        >>> read_signature((1, 3), 4)
        (1, -1, -1, -1)
    """
    plus, minus = signature
    if plus < 0 or minus < 0 or plus + minus != dimension:
        raise ArgumentError(
            f"Argument `signature` must hold two counts that add up to {dimension}, "
            f"the number of coordinates of a particle, but it is {signature!r}."
        )
    return (1,) * plus + (-1,) * minus
