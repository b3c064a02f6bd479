r"""Jacobians: how many functions are independent, and how large orbits are, at a point.

Takes polynomials with integer coefficients, or linear fields, gives the rank of their
gradients, or of the fields, at a point in general position modulo a prime.

.. math:: \operatorname{rank}_p \frac{\partial (f_1, \dots, f_m)}{\partial z} \Big|_{z_0}
    \le \operatorname{rank} \frac{\partial (f_1, \dots, f_m)}{\partial z}

A rank at a point, and modulo a prime, never exceeds the generic one. So independence that is
seen is proved, and orbits are at least as large as they look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import flint

from symflow.kinds import Kind
from symflow.separating_points import IntegerTerms

__all__ = ["gradient_rank", "orbit_dimension"]

_PRIME = 2**31 - 1
_SEED = 20191


def gradient_rank(polynomials: Sequence[IntegerTerms], size: int) -> int:
    """The number of functionally independent polynomials, from below.

    Arguments:
        polynomials: The polynomials.
        size: The number of variables.

    Returns:
        The rank of their gradients at a point modulo a prime.

    Example:
        >>> gradient_rank([{(2, 0): 1}, {(1, 0): 3}, {(1, 1): 1}], 2)
        2
    """
    z = _point(size)
    return _rank([_gradient(f, z) for f in polynomials])


def orbit_dimension(kinds: Sequence[Kind]) -> int:
    """The dimension of a generic orbit, from below.

    Arguments:
        kinds: The vectors, with rational matrices.

    Returns:
        The rank of the fields at a point modulo a prime.

    Example:
        >>> from sympy import QQ
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> orbit_dimension([Kind(2, (turn,), ((),))])
        1
    """
    z = _point(sum(kind.size * kind.copies for kind in kinds))
    rows = []
    for k in range(len(kinds[0].matrices)):
        row, start = [0] * len(z), 0
        for kind in kinds:
            entries = {
                key: int(x.numerator) * pow(int(x.denominator), -1, _PRIME)
                for key, x in kind.matrices[k].items()
            }
            for _ in range(kind.copies):
                for (i, j), x in entries.items():
                    row[start + i] += x * z[start + j]
                start += kind.size
        rows.append([x % _PRIME for x in row])
    return _rank(rows)


def _point(size: int) -> list[int]:
    random = Random(_SEED)  # noqa: S311 (a point in general position)
    return [random.randrange(_PRIME) for _ in range(size)]


def _rank(rows: Sequence[Sequence[int]]) -> int:
    if not rows:
        return 0
    table = [x for row in rows for x in row]
    return flint.nmod_mat(len(rows), len(rows[0]), table, _PRIME).rank()


def _gradient(f: Mapping[tuple[int, ...], int], z: Sequence[int]) -> list[int]:
    total = [0] * len(z)
    for monomial, coefficient in f.items():
        used = [(k, power) for k, power in enumerate(monomial) if power]
        for k, power in used:
            term = coefficient * power * pow(z[k], power - 1, _PRIME)
            for i, other in used:
                if i != k:
                    term = term * pow(z[i], other, _PRIME) % _PRIME
            total[k] = (total[k] + term) % _PRIME
    return total
