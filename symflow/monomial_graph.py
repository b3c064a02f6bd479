r"""Monomial graph: every monomial as a shorter one times a coordinate.

Takes polynomials, gives the monomials that they need, level by level, and the place of
each coefficient.

.. math:: m_k = m_{\mathrm{parent}(k)} \, z_{\mathrm{factor}(k)}, \qquad
    I_a = c_a + \sum_k C_{ak} m_k

The first monomials are the coordinates; those of each degree stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symflow.polynomial_terms import Number, Terms, rounded

__all__ = ["Level", "MonomialGraph"]


class Level(NamedTuple):
    """The monomials of one degree.

    Arguments:
        parents: The place of each one's parent among the monomials of one degree less.
        factors: The coordinate that each multiplies its parent with.
    """

    parents: list[int]
    factors: list[int]


class MonomialGraph:
    r"""The monomials of some polynomials and their coefficients.

    .. math:: I_a = c_a + \sum_k C_{ak} m_k

    Arguments:
        polynomials: The polynomials.
        d: The number of coordinates.

    Example:
        >>> graph = MonomialGraph([{(0, 0, 1): 2, (1,): -1, (): 5}], 2)
        >>> graph.levels  # x^2, then x^2 y
        [Level(parents=[0], factors=[0]), Level(parents=[0], factors=[1])]
        >>> graph.size, graph.columns, graph.values, graph.offsets
        (4, [3, 1], [2.0, -1.0], [5.0])

    Reference:
        Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 3.
    """

    def __init__(self, polynomials: Sequence[Terms], d: int) -> None:
        self.d = d
        self.levels: list[Level] = []
        places = self._number(polynomials)
        self.size = len(places)
        self.sizes = [d, *(len(level.parents) for level in self.levels)]
        self.offsets = [0.0] * len(polynomials)
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        for a, terms in enumerate(polynomials):
            for monomial, weight in terms.items():
                if monomial:
                    self.rows.append(a)
                    self.columns.append(places[monomial])
                    self.values.append(_double(weight))
                else:
                    self.offsets[a] = _double(weight)

    def _number(self, polynomials: Sequence[Terms]) -> dict[tuple[int, ...], int]:
        """The place of every monomial; makes the levels."""
        needed = {monomial for terms in polynomials for monomial in terms}
        degree = max(map(len, needed), default=0)
        by_degree: list[set[tuple[int, ...]]] = [set() for _ in range(degree + 1)]
        for monomial in needed:
            by_degree[len(monomial)].add(monomial)
        for k in range(degree, 2, -1):
            by_degree[k - 1].update(monomial[:-1] for monomial in by_degree[k])
        places: dict[tuple[int, ...], int] = {(i,): i for i in range(self.d)}
        before = 0
        for monomials in by_degree[2:]:
            start = len(places)
            level = Level([], [])
            for monomial in sorted(monomials):
                level.parents.append(places[monomial[:-1]] - before)
                level.factors.append(monomial[-1])
                places[monomial] = len(places)
            self.levels.append(level)
            before = start
        return places

    def describe_monomials(self, names: Sequence[str]) -> list[str]:
        """The monomials as text, each as its parent times a coordinate.

        Arguments:
            names: The names of the coordinates.

        Returns:
            The lines.
        """
        every = self._names(names)
        lines: list[str] = []
        before = 0
        for level, size in zip(self.levels, self.sizes, strict=False):
            for parent, factor in zip(level.parents, level.factors, strict=True):
                name = every[self.d + len(lines)]
                lines.append(f"{name} = {every[before + parent]}*{names[factor]}")
            before += size
        return lines

    def describe(self, names: Sequence[str]) -> list[str]:
        """Each polynomial as text, a sum over the monomials.

        Arguments:
            names: The names of the coordinates.

        Returns:
            The lines.

        Example:
            >>> graph = MonomialGraph([{(0, 1): 2, (): 5}], 2)
            >>> graph.describe_monomials("xy"), graph.describe("xy")
            (['m2 = x*y'], ['5.0 + 2.0*m2'])
        """
        every = self._names(names)
        sums: list[list[str]] = [[str(c)] if c else [] for c in self.offsets]
        for a, k, value in zip(self.rows, self.columns, self.values, strict=True):
            sums[a].append(every[k] if value == 1.0 else f"{value}*{every[k]}")
        return [" + ".join(terms) or "0.0" for terms in sums]

    def _names(self, names: Sequence[str]) -> list[str]:
        return [*names, *(f"m{k}" for k in range(self.d, self.size))]


def _double(weight: Number) -> float:
    """The common case of `rounded` without a call."""
    return float(weight) if type(weight) is int else rounded(weight)
