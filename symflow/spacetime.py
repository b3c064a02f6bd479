r"""Spacetime: the catalogue of textbook algebras of mechanics in space and time.

Takes a phase space, gives the generators of Galilei, Schroedinger, Poincare or conformal
symmetry by their textbook names, ready for `LieAlgebra`.

.. math:: \{K_i, P_j\} = \delta_{ij} M \; \text{(Galilei)}, \qquad
    \{K_i, P_j\} = \delta_{ij} H \; \text{(Poincare)}

Galilean generators are taken at time zero: those at time t have the same brackets, since
the free motion that carries one into the other is canonical.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr

from symflow.errors import ArgumentError
from symflow.generators import dilation, euclidean, orthogonal, rotations, translations
from symflow.particles import (
    Particle,
    Scalar,
    axis_names,
    particles,
    read_masses,
    read_signature,
)
from symflow.phase_space import PhaseSpace

__all__ = ["bargmann", "conformal", "galilei", "poincare", "schrodinger"]


def galilei(
    space: PhaseSpace,
    masses: Scalar | Sequence[Scalar] = 1,
    dimension: int | None = None,
) -> dict[str, Expr]:
    r"""Galilei generators of free particles, (d+1)(d+2)/2 of them.

    .. math:: H = \sum_a \frac{p_a^2}{2 m_a}, \quad P = \sum_a p_a, \quad
        K = \sum_a m_a q_a, \quad L = \sum_a q_a \wedge p_a, \qquad
        \{K_i, H\} = P_i, \quad \{K_i, P_j\} = \delta_{ij} \sum_a m_a

    On phase space they close only up to the total mass: `LieAlgebra` adds the constant
    ``"1"``, and the algebra is that of Bargmann.

    Arguments:
        space: The phase space, which declares the symbols of masses as parameters.
        masses: One mass for all particles, or one for each.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The energy H, the momenta P, the boosts K and the angular momenta L.

    Raises:
        ArgumentError: If the dimension does not divide n, or the masses are not as many
            positive constants as there are particles.
        ExpressionError: If a mass holds a symbol that the space does not declare.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> space = PhaseSpace("x y z", parameters="m")
        >>> algebra = LieAlgebra(space, galilei(space, "m"))
        >>> print(algebra.added[0])
        1 = 1, from {Px,Kx}
        >>> algebra.structure_constants["Px", "Kx"]
        {'1': -m}

    Reference:
        Levy-Leblond, Galilei Group and Galilean Invariance, in Loebl (ed.), Group
        Theory and its Applications II (1971), section III.
    """
    bodies = particles(space, dimension)
    weights = read_masses(space, masses, len(bodies))
    energy = Add(
        *(
            p**2 / (2 * m)
            for body, m in zip(bodies, weights, strict=True)
            for p in body.p
        )
    )
    boosts = {
        f"K{name}": Add(*(m * b.q[i] for b, m in zip(bodies, weights, strict=True)))
        for i, name in enumerate(axis_names(len(bodies[0].q)))
    }
    linear = translations(space, dimension) | boosts
    return {"H": energy} | linear | rotations(space, dimension)


def bargmann(
    space: PhaseSpace,
    masses: Scalar | Sequence[Scalar] = 1,
    dimension: int | None = None,
) -> dict[str, Expr]:
    r"""The Bargmann algebra, Galilei with its central mass, of dimension (d+1)(d+2)/2 + 1.

    .. math:: \{K_i, P_j\} = \delta_{ij} M, \qquad M = \sum_a m_a

    Arguments:
        space: The phase space, which declares the symbols of masses as parameters.
        masses: One mass for all particles, or one for each.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators of `galilei` and the total mass M, a constant function.

    Raises:
        ArgumentError: If the dimension does not divide n, or the masses are not as many
            positive constants as there are particles.
        ExpressionError: If a mass holds a symbol that the space does not declare.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> space = PhaseSpace("x1 y1 z1 x2 y2 z2", parameters="m1 m2")
        >>> algebra = LieAlgebra(space, bargmann(space, ["m1", "m2"], dimension=3))
        >>> algebra.dimension, algebra.added
        (11, ())
        >>> algebra.generators["M"], algebra.bracket("Kx", "Px")
        (m1 + m2, m1 + m2)

    Reference:
        Bargmann, Ann. Math. 59 (1954) 1, section 6.
    """
    count = len(particles(space, dimension))
    mass = Add(*read_masses(space, masses, count))
    return galilei(space, masses, dimension) | {"M": mass}


def schrodinger(
    space: PhaseSpace,
    masses: Scalar | Sequence[Scalar] = 1,
    dimension: int | None = None,
) -> dict[str, Expr]:
    r"""The Schroedinger algebra with mass, of dimension d(d+3)/2 + 4.

    .. math:: D = \sum_a q_a \cdot p_a, \quad C = \tfrac12 \sum_a m_a q_a^2, \qquad
        \{D, H\} = 2H, \quad \{D, C\} = -2C, \quad \{H, C\} = -D

    H, D and C span sl(2,R); the rest is so(d) and the Heisenberg algebra of K, P and M.

    Arguments:
        space: The phase space, which declares the symbols of masses as parameters.
        masses: One mass for all particles, or one for each.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators of `bargmann`, the dilation D and the expansion C.

    Raises:
        ArgumentError: If the dimension does not divide n, or the masses are not as many
            positive constants as there are particles.
        ExpressionError: If a mass holds a symbol that the space does not declare.

    Example:
        >>> list(schrodinger(PhaseSpace("x")))
        ['H', 'P', 'K', 'M', 'D', 'C']

    Reference:
        Niederer, Helv. Phys. Acta 45 (1972) 802.
    """
    bodies = particles(space, dimension)
    weights = read_masses(space, masses, len(bodies))
    expansion = Add(
        *(m * q**2 / 2 for body, m in zip(bodies, weights, strict=True) for q in body.q)
    )
    free = bargmann(space, masses, dimension)
    return free | dilation(space) | {"C": expansion}


def poincare(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""The Poincare algebra iso(d,1) on spacetime, of dimension (d+1)(d+2)/2.

    .. math:: H = p_t, \quad P_i = p_i, \quad L_{ij} = q_i p_j - q_j p_i, \quad
        K_i = t \, p_i + q_i \, p_t

    .. math:: \{K_i, H\} = P_i, \quad \{K_i, P_j\} = \delta_{ij} H, \quad
        \{K_i, K_j\} = -L_{ij}

    The first coordinate of every particle is its time, and the speed of light is 1.
    :math:`H^2 - P^2` commutes with every generator.

    Arguments:
        space: The phase space of spacetime, ``"t x y z"`` for d = 3.
        dimension: The dimension d + 1 of spacetime; by default n, one particle.

    Returns:
        The energy H, the momenta P, the boosts K and the angular momenta L.

    Raises:
        ArgumentError: If the dimension does not divide n, or is 1.

    Example:
        >>> poincare(PhaseSpace("t x"))
        {'H': p_t, 'P': p_x, 'K': p_t*x + p_x*t}

    Reference:
        Woit, Quantum Theory, Groups and Representations, chapter 42.
    """
    bodies = particles(space, dimension)
    if len(bodies[0].q) == 1:
        raise ArgumentError(
            "Argument `space` must have a time and at least one coordinate for every "
            "particle, but there is one coordinate in all. Write, for example, "
            'PhaseSpace("t x y z").'
        )
    parts = [Particle(body.q[1:], body.p[1:]) for body in bodies]
    inner = PhaseSpace(
        [q for part in parts for q in part.q], [p for part in parts for p in part.p]
    )
    d = len(parts[0].q)
    boosts = {
        f"K{name}": Add(*(b.q[0] * b.p[i + 1] + b.q[i + 1] * b.p[0] for b in bodies))
        for i, name in enumerate(axis_names(d))
    }
    energy = {"H": Add(*(body.p[0] for body in bodies))}
    return energy | translations(inner, d) | boosts | rotations(inner, d)


def conformal(
    space: PhaseSpace,
    signature: tuple[int, int] | None = None,
    dimension: int | None = None,
) -> dict[str, Expr]:
    r"""Maps that keep angles, so(r+1,s+1) of dimension (d+1)(d+2)/2 with d = r + s.

    .. math:: P_i = p_i, \quad D = q \cdot p, \quad
        K_i = 2 \eta_i q_i \, (q \cdot p) - (q \cdot \eta q) \, p_i

    .. math:: \{P_i, K_j\} = -2 \eta_i \delta_{ij} D + 2 L_{ij}, \qquad
        L_{ij} = \eta_i q_i p_j - \eta_j q_j p_i

    On Euclidean space it is so(d+1,1), on Minkowski's spacetime, signature (1, 3) or
    (3, 1), it is so(4,2).

    Arguments:
        space: The phase space.
        signature: The numbers (r, s) of squares with sign +1 and -1: the first r
            coordinates have sign +1; by default (d, 0).
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The translations P, the pseudo-rotations L of `orthogonal` or, on Euclidean
        space, of `rotations`, the dilation D and the special conformal maps K.

    Raises:
        ArgumentError: If the signature does not add up to d, or d does not divide n.

    Example:
        >>> conformal(PhaseSpace("x"))
        {'P': p_x, 'D': p_x*x, 'K': p_x*x**2}

    Reference:
        Di Francesco, Mathieu and Senechal, Conformal Field Theory, section 4.1.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    metric = read_signature((d, 0) if signature is None else signature, d)
    if signature is None:
        flat = euclidean(space, dimension)
    else:
        flat = translations(space, d) | orthogonal(space, signature, dimension)
    special = {
        f"K{name}": Add(*(_special_conformal(body, metric, i) for body in bodies))
        for i, name in enumerate(axis_names(d))
    }
    return flat | dilation(space) | special


def _special_conformal(body: Particle, metric: Sequence[int], i: int) -> Expr:
    pairs = zip(body.q, body.p, strict=True)
    scale = Add(*(q * p for q, p in pairs))
    square = Add(*(sign * q**2 for sign, q in zip(metric, body.q, strict=True)))
    return 2 * metric[i] * body.q[i] * scale - square * body.p[i]
