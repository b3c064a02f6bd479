r"""Generators: the catalogue of textbook algebras of linear motions on phase space.

Takes a phase space, gives the generators of an algebra by their textbook names, ready for
`LieAlgebra`; `oscillators` holds the quadratic ones, `spacetime` those of space and time.

.. math:: g : \text{name} \mapsto g(q, p), \qquad \{g_i, g_j\} = c_{ij}^k g_k

With a `dimension` d the coordinates are those of n/d particles, one particle after the
other, and every particle moves alike: generators are sums over particles. Indices are x, y
and z in three dimensions, nothing in one, and else the numbers from 1 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product

from sympy import Add, Expr, Symbol

from symflow.errors import ArgumentError
from symflow.particles import (
    Particle,
    axis_names,
    pair_name,
    particles,
    read_signature,
)
from symflow.phase_space import PhaseSpace

__all__ = [
    "dilation",
    "direct_sum",
    "euclidean",
    "general_linear",
    "orthogonal",
    "rotations",
    "special_linear",
    "translations",
]


def translations(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Translations, the abelian algebra R^d.

    .. math:: P_i = \sum_a p_{a,i}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The d momenta Px, Py, Pz, or P1 and so on.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> translations(PhaseSpace("x1 y1 x2 y2"), dimension=2)
        {'P1': p_x1 + p_x2, 'P2': p_y1 + p_y2}

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 20.
    """
    bodies = particles(space, dimension)
    names = axis_names(len(bodies[0].q))
    return {
        f"P{name}": Add(*(body.p[i] for body in bodies)) for i, name in enumerate(names)
    }


def rotations(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Rotations, the compact algebra so(d) of dimension d(d-1)/2.

    .. math:: L_{ij} = \sum_a q_{a,i} p_{a,j} - q_{a,j} p_{a,i}, \qquad
        L_x = L_{yz}, \; L_y = L_{zx}, \; L_z = L_{xy}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The angular momenta Lx, Ly, Lz, or L12, L13 and so on.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> space = PhaseSpace("x y z")
        >>> rotations(space)["Lz"]
        -p_x*y + p_y*x
        >>> print(LieAlgebra(space, rotations(space)).identify())
        so(3), compact simple, A1

    Reference:
        Woit, Quantum Theory, Groups and Representations, section 15.3.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    if d == 3:
        planes = {"Lx": (1, 2), "Ly": (2, 0), "Lz": (0, 1)}
    else:
        planes = {pair_name("L", i, j, d): (i, j) for i, j in combinations(range(d), 2)}
    return {
        name: Add(*(b.q[i] * b.p[j] - b.q[j] * b.p[i] for b in bodies))
        for name, (i, j) in planes.items()
    }


def orthogonal(
    space: PhaseSpace, signature: tuple[int, int], dimension: int | None = None
) -> dict[str, Expr]:
    r"""Pseudo-rotations, the algebra so(r,s) of dimension d(d-1)/2 with d = r + s.

    .. math:: L_{ij} = \sum_a \eta_i q_{a,i} p_{a,j} - \eta_j q_{a,j} p_{a,i}, \qquad
        \{L_{ij}, \textstyle\sum_k \eta_k q_k^2\} = 0

    Arguments:
        space: The phase space.
        signature: The numbers (r, s) of squares with sign +1 and -1: the first r
            coordinates have sign +1.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators L12, L13 and so on.

    Raises:
        ArgumentError: If the signature does not add up to d, or d does not divide n.

    Example:
        >>> orthogonal(PhaseSpace("x t"), (1, 1))
        {'L12': p_t*x + p_x*t}

    Reference:
        Helgason, Differential Geometry, Lie Groups, and Symmetric Spaces, section X.2.
    """
    bodies = particles(space, dimension)
    metric = read_signature(signature, len(bodies[0].q))
    d = len(metric)
    return {
        pair_name("L", i, j, d): Add(
            *(metric[i] * b.q[i] * b.p[j] - metric[j] * b.q[j] * b.p[i] for b in bodies)
        )
        for i, j in combinations(range(d), 2)
    }


def euclidean(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Rigid motions, the algebra e(d) of dimension d(d+1)/2.

    .. math:: \mathfrak{e}(d) = \mathfrak{so}(d) \ltimes \mathbb{R}^d

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The momenta of `translations` and the angular momenta of `rotations`.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> list(euclidean(PhaseSpace("x y")))
        ['P1', 'P2', 'L12']

    Reference:
        Woit, Quantum Theory, Groups and Representations, chapter 19.
    """
    return translations(space, dimension) | rotations(space, dimension)


def dilation(space: PhaseSpace) -> dict[str, Expr]:
    r"""The change of scale, of dimension 1.

    .. math:: D = q \cdot p, \qquad \{q, D\} = q, \quad \{p, D\} = -p

    Arguments:
        space: The phase space, of any number of particles.

    Returns:
        The generator D.

    Example:
        >>> dilation(PhaseSpace("x y"))
        {'D': p_x*x + p_y*y}

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.4.
    """
    return {"D": Add(*(q * p for q, p in zip(space.q, space.p, strict=True)))}


def general_linear(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Linear maps of positions, the algebra gl(d,R) of dimension d^2.

    .. math:: E_{ij} = \sum_a p_{a,i} q_{a,j}, \qquad
        \{E_{ij}, E_{kl}\} = \delta_{jk} E_{il} - \delta_{li} E_{kj}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators E11, E12 and so on, one for each matrix unit.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> general_linear(PhaseSpace("x y"))
        {'E11': p_x*x, 'E12': p_x*y, 'E21': p_y*x, 'E22': p_y*y}

    Reference:
        Fulton and Harris, Representation Theory, section 8.1.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    return {
        pair_name("E", i, j, d): _matrix_unit(bodies, i, j)
        for i, j in product(range(d), repeat=2)
    }


def special_linear(space: PhaseSpace, dimension: int | None = None) -> dict[str, Expr]:
    r"""Linear maps that keep the volume, the split algebra sl(d,R) of dimension d^2 - 1.

    .. math:: E_{ij} \; (i \ne j), \qquad H_i = E_{ii} - E_{i+1,i+1}

    Arguments:
        space: The phase space.
        dimension: The dimension d in which particles move; by default n, one particle.

    Returns:
        The generators E12 and so on of `general_linear`, and H1 to H(d-1), which span a
        Cartan subalgebra.

    Raises:
        ArgumentError: If the dimension does not divide n.

    Example:
        >>> special_linear(PhaseSpace("x y"))
        {'E12': p_x*y, 'E21': p_y*x, 'H1': p_x*x - p_y*y}

    Reference:
        Fulton and Harris, Representation Theory, section 15.1.
    """
    bodies = particles(space, dimension)
    d = len(bodies[0].q)
    found = {
        pair_name("E", i, j, d): _matrix_unit(bodies, i, j)
        for i, j in product(range(d), repeat=2)
        if i != j
    }
    for i in range(d - 1):
        lower = _matrix_unit(bodies, i + 1, i + 1)
        found[f"H{i + 1}"] = _matrix_unit(bodies, i, i) - lower
    return found


def direct_sum(space: PhaseSpace, *summands: Mapping[str, Expr]) -> dict[str, Expr]:
    r"""The generators of a direct sum, each summand on degrees of freedom of its own.

    .. math:: \{a_i, b_j\} = 0

    Write a summand with the functions of this catalogue on a phase space of its own, or
    on ``PhaseSpace(space.q[:3], space.p[:3])``.

    The constant function moves nothing, so it belongs to no degree of freedom: summands
    whose brackets need it share one, and their sum is direct but for this centre.

    Arguments:
        space: The phase space of the sum.
        summands: The generators of each summand by name.

    Returns:
        All generators, those of the first summand first.

    Raises:
        ArgumentError: If two summands share a name or a degree of freedom.
        ExpressionError: If a generator holds a symbol that the space does not declare.

    Example:
        >>> plane, line = PhaseSpace("x y"), PhaseSpace("u")
        >>> space = PhaseSpace("x y u")
        >>> direct_sum(space, rotations(plane), translations(line))
        {'L12': -p_x*y + p_y*x, 'P': p_u}

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 1.15.
    """
    conjugate = dict(zip(space.p, space.q, strict=True))
    total: dict[str, Expr] = {}
    taken: set[Symbol] = set()
    for summand in summands:
        read = {name: space.read(g, name) for name, g in summand.items()}
        clash = [name for name in read if name in total]
        if clash:
            raise ArgumentError(
                f"Argument `summands` must have different names, but {clash[0]} names "
                f"a generator of two of them. Rename one of the two."
            )
        symbols = set().union(*(g.free_symbols for g in read.values()))
        own = {conjugate.get(s, s) for s in symbols & set(space.z)}
        if own & taken:
            raise ArgumentError(
                f"Argument `summands` must have degrees of freedom of their own, but "
                f"two of them move {min(own & taken, key=str)}. Join their generators "
                f"in one mapping if they are meant to share it."
            )
        total |= read
        taken |= own
    return total


def _matrix_unit(bodies: tuple[Particle, ...], i: int, j: int) -> Expr:
    return Add(*(body.p[i] * body.q[j] for body in bodies))
