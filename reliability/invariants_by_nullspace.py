r"""Invariants by nullspace: how many there are in each degree, counted by plain algebra.

Takes random linear symmetries, gives how often the number of independent invariants of a
degree differs from the nullspace of a dense SymPy matrix, which shares no code with the
search.

.. math:: \dim \{f : \deg f \le d, \; \{f, g_k\} = 0\}
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from random import Random

import sympy
from sympy import Expr, Matrix, Poly, Symbol

import symflow as sf
from reliability.figures import Figure

__all__ = ["dense_count", "figures", "listed_count", "random_symmetry"]

COUNT, DEGREE = 60, 4


def random_symmetry(seed: int) -> tuple[sf.PhaseSpace, dict[str, Expr]]:
    """One or two quadratic functions that close, in random numbers.

    Arguments:
        seed: The seed; the same gives the same symmetry.

    Returns:
        The phase space and the generators.
    """
    random = Random(f"symmetry {seed}")  # noqa: S311
    n = random.randint(1, 2)
    space = sf.PhaseSpace("x y"[: 2 * n - 1])
    pairs = list(combinations_with_replacement(space.z, 2))
    g = sum(random.choice((-2, -1, 0, 0, 1)) * a * b for a, b in pairs)
    g = g or space.q[0] * space.p[0]
    if n == 1 or random.random() < 0.5:
        return space, {"g": g}
    weights = [random.choice((-2, -1, 1, 2, 3)) for _ in range(n)]
    turns = [
        w * (q**2 + p**2) for w, q, p in zip(weights, space.q, space.p, strict=True)
    ]
    return space, {"a": turns[0], "b": sum(turns)}


def dense_count(space: sf.PhaseSpace, generators: Sequence[Expr], degree: int) -> int:
    """The invariant polynomials up to a degree, as the nullity of one dense matrix.

    Arguments:
        space: The phase space.
        generators: The generators.
        degree: The degree.

    Returns:
        How many are linearly independent.

    Example:
        >>> x, p = (space := sf.PhaseSpace("x")).z
        >>> dense_count(space, [x**2 + p**2], 4)
        3
    """
    powers = _monomials(space.z, degree)
    columns = []
    for f in powers:
        column: dict[tuple[int, ...], Expr] = {}
        for k, g in enumerate(generators):
            bracket = sum(
                f.diff(q) * g.diff(p) - f.diff(p) * g.diff(q)
                for q, p in zip(space.q, space.p, strict=True)
            )
            for m, c in Poly(bracket, *space.z).terms():
                column[(k, *m)] = c
        columns.append(column)
    rows = sorted({key for column in columns for key in column})
    if not rows:
        return len(powers)
    matrix = Matrix([[column.get(key, 0) for column in columns] for key in rows])
    return len(powers) - matrix.rank()


def listed_count(found: sf.Invariants, degree: int) -> int:
    """The independent products of the listed invariants, up to a degree.

    Arguments:
        found: The invariants.
        degree: The degree.

    Returns:
        How many are linearly independent.
    """
    z = found.algebra.space.z
    factors = [(Poly(f, *z).total_degree(), f) for f in found.generators]
    products, level = [sympy.Integer(1)], [(0, 0, sympy.Integer(1))]
    while level:
        level = [
            (k, total + more, sympy.expand(f * g))
            for first, total, f in level
            for k, (more, g) in enumerate(factors[first:], start=first)
            if total + more <= degree
        ]
        products += [f for _, _, f in level]
    rows = [dict(Poly(f, *z).terms()) for f in products]
    keys = sorted({key for row in rows for key in row})
    return Matrix([[row.get(key, 0) for key in keys] for row in rows]).rank()


def figures(share: float) -> list[Figure]:
    """How often the two counts differ.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure.
    """
    tried, lost = max(4, round(COUNT * share)), 0
    for seed in range(tried):
        space, generators = random_symmetry(seed)
        found = sf.invariants(sf.LieAlgebra(space, generators), DEGREE)
        ours = listed_count(found, DEGREE)
        theirs = dense_count(space, list(generators.values()), DEGREE)
        lost += ours != theirs
        if ours != theirs:
            print(
                f"symmetry {seed}, {generators}: {ours} listed, {theirs} by nullspace"
            )
    what = "invariants of random symmetries, beside a dense nullspace"
    return [Figure(what, tried, 0, lost, f"every degree up to {DEGREE}")]


def _monomials(z: Sequence[Symbol], degree: int) -> list[Expr]:
    return [
        sympy.Mul(*chosen)
        for step in range(degree + 1)
        for chosen in combinations_with_replacement(z, step)
    ]
