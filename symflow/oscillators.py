r"""Oscillators: the catalogue of algebras that mix positions with momenta.

Takes a phase space, gives the generators of the linear canonical maps, of those among them
that keep the isotropic oscillator, and of the shifts of q and p, by their textbook names.

.. math:: \mathfrak{su}(d) \subset \mathfrak{u}(d) \subset \mathfrak{sp}(2d, \mathbb{R}),
    \qquad \mathfrak{h}(n)
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

from sympy import Add, Expr, Integer

from symflow.generators import general_linear, rotations
from symflow.particles import Particle, axis_names, pair_name, particles
from symflow.phase_space import PhaseSpace

__all__ = ["heisenberg", "special_unitary", "symplectic", "unitary"]


def unitary(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Symmetries of the isotropic oscillator, the algebra u(d) of dimension d^2.

    .. math:: A_{ij} = \tfrac12 \sum_a p_{a,i} p_{a,j} + q_{a,i} q_{a,j}
        \; (i \le j), \qquad \sum_i A_{ii} = H = \tfrac12 (p \cdot p + q \cdot q)

    Mass and frequency are 1. The matrix of the A is Fradkin's tensor.

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators A11, A12 and so on, and the angular momenta of `rotations`.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> unitary(PhaseSpace("x"))
        {'A11': p_x**2/2 + x**2/2}

    Reference:
        Fradkin, Am. J. Phys. 33 (1965) 207; Woit, Quantum Theory, Groups and
        Representations, section 25.1.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    found = {
        pair_name("A", i, j, d): _fradkin(bodies, i, j)
        for i, j in combinations_with_replacement(range(d), 2)
    }
    return found | rotations(space, dimension)


def special_unitary(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Symmetries of the isotropic oscillator besides H: su(d) of dimension d^2 - 1.

    .. math:: A_{ij} \; (i < j), \qquad L_{ij}, \qquad H_i = A_{ii} - A_{i+1,i+1}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators A12 and so on and L12 and so on of `unitary`, and H1 to H(d-1).

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> list(special_unitary(PhaseSpace("x y")))
        ['A12', 'H1', 'L12']

    Reference:
        Jauch and Hill, Phys. Rev. 57 (1940) 641.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    found = {
        pair_name("A", i, j, d): _fradkin(bodies, i, j)
        for i, j in combinations(range(d), 2)
    }
    for i in range(d - 1):
        lower = _fradkin(bodies, i + 1, i + 1)
        found[f"H{i + 1}"] = _fradkin(bodies, i, i) - lower
    return found | rotations(space, dimension)


def symplectic(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""All quadratic functions, the split algebra sp(2d,R) of dimension d(2d+1).

    .. math:: Q_{ij} = \sum_a q_{a,i} q_{a,j}, \quad P_{ij} = \sum_a p_{a,i} p_{a,j}
        \; (i \le j), \qquad E_{ij} = \sum_a p_{a,i} q_{a,j}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators Q11, Q12 and so on, P11 and so on, and E11 and so on.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> symplectic(PhaseSpace("x"))
        {'Q11': x**2, 'P11': p_x**2, 'E11': p_x*x}

    Reference:
        Woit, Quantum Theory, Groups and Representations, section 16.1.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    pairs = list(combinations_with_replacement(range(d), 2))
    positions = {
        pair_name("Q", i, j, d): Add(*(body.q[i] * body.q[j] for body in bodies))
        for i, j in pairs
    }
    momenta = {
        pair_name("P", i, j, d): Add(*(body.p[i] * body.p[j] for body in bodies))
        for i, j in pairs
    }
    return positions | momenta | general_linear(space, dimension)


def heisenberg(space: PhaseSpace) -> dict[str, Expr]:
    r"""The canonical variables and the constant, the algebra h(n) of dimension 2n + 1.

    .. math:: \{Q_i, P_j\} = \delta_{ij} Z, \qquad Z = 1

    Arguments:
        space: The phase space.

    Returns:
        The coordinates Q, the momenta P, and the constant function Z.

    Example:
        >>> heisenberg(PhaseSpace("x"))
        {'Q': x, 'P': p_x, 'Z': 1}

    Reference:
        Woit, Quantum Theory, Groups and Representations, section 13.1.
    """
    names = axis_names(space.n)
    found = {f"Q{name}": q for name, q in zip(names, space.q, strict=True)}
    found |= {f"P{name}": p for name, p in zip(names, space.p, strict=True)}
    return found | {"Z": Integer(1)}


def _fradkin(bodies: tuple[Particle, ...], i: int, j: int) -> Expr:
    terms = (b.p[i] * b.p[j] / 2 + b.q[i] * b.q[j] / 2 for b in bodies)
    return Add(*terms)
