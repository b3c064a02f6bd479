r"""Root system: the roots that a Cartan type stands for.

Takes a Cartan type such as ``"A2"`` or ``"B3 + G2"``, gives its Cartan matrix, its roots
in coordinates of the simple ones, the exponents and the order of the Weyl group.

.. math:: A_{ij} = 2 \frac{(\alpha_i, \alpha_j)}{(\alpha_j, \alpha_j)}, \qquad
          s_i(\beta) = \beta - 2 \frac{(\beta, \alpha_i)}{(\alpha_i, \alpha_i)} \alpha_i

The simple roots are numbered as Bourbaki numbers them, component after component.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from math import prod
from typing import NamedTuple

from sympy import ImmutableMatrix, Rational, latex

from symflow.errors import ArgumentError

__all__ = ["Bond", "Root", "RootSystem"]

# Coordinates in the simple roots.
Root = tuple[int, ...]

_TERM = re.compile(r"([A-G])(\d{1,3})")
# The ranks of each letter; series without an end are cut by the pattern above.
_RANKS = {
    "A": range(1, 1000),
    "B": range(2, 1000),
    "C": range(2, 1000),
    "D": range(3, 1000),
    "E": range(6, 9),
    "F": range(4, 5),
    "G": range(2, 3),
}


class Bond(NamedTuple):
    """Two neighbours in a Dynkin diagram.

    Arguments:
        long: The number of a simple root, from 1; the longer of the two if they differ.
        short: The number of the other.
        lines: How many lines join them: the ratio of their squared lengths.
    """

    long: int
    short: int
    lines: int


class RootSystem:
    r"""The root system of a semisimple complex Lie algebra.

    .. math:: \Phi = \{ s_{i_1} \cdots s_{i_k} \alpha_j \}

    Arguments:
        cartan_type: Letters A to G with their ranks, joined by plus signs.

    Raises:
        ArgumentError: If the text is no Cartan type.

    Example:
        >>> system = RootSystem("G2")
        >>> system.positive_roots
        ((1, 0), (0, 1), (1, 1), (2, 1), (3, 1), (3, 2))
        >>> system.dimension, system.weyl_order
        (14, 12)
        >>> RootSystem("B3+G2").cartan_type
        'B3 + G2'

    Reference:
        Bourbaki, Lie Groups and Lie Algebras, chapter VI, plates I to IX; Humphreys,
        Introduction to Lie Algebras and Representation Theory, chapter III.
    """

    def __init__(self, cartan_type: str) -> None:
        self._components = tuple(_read(cartan_type))

    @property
    def components(self) -> tuple[tuple[str, int], ...]:
        """The letter and the rank of each irreducible component."""
        return self._components

    @property
    def cartan_type(self) -> str:
        """The Cartan type as text."""
        return " + ".join(f"{letter}{rank}" for letter, rank in self.components)

    @property
    def rank(self) -> int:
        """The number of simple roots."""
        return sum(rank for _, rank in self.components)

    @cached_property
    def bonds(self) -> tuple[Bond, ...]:
        """The neighbours in the Dynkin diagram."""
        found, before = [], 0
        for letter, rank in self.components:
            for bond in _bonds(letter, rank):
                found.append(Bond(bond.long + before, bond.short + before, bond.lines))
            before += rank
        return tuple(found)

    @cached_property
    def cartan_matrix(self) -> ImmutableMatrix:
        r"""The Cartan matrix.

        .. math:: A_{ij} = 2 (\alpha_i, \alpha_j) / (\alpha_j, \alpha_j)
        """
        rows = [[2 * (i == j) for j in range(self.rank)] for i in range(self.rank)]
        for long, short, lines in self.bonds:
            rows[long - 1][short - 1] = -lines
            rows[short - 1][long - 1] = -1
        return ImmutableMatrix(rows)

    @cached_property
    def squared_lengths(self) -> tuple[Rational, ...]:
        r"""The :math:`(\alpha_i, \alpha_i)`, with 2 for the long roots of a component."""
        lengths = []
        for letter, rank in self.components:
            short = _SHORT.get(letter, lambda rank: range(0))(rank)
            length = Rational(2, 3 if letter == "G" else 2)
            lengths += [length if i in short else Rational(2) for i in range(rank)]
        return tuple(lengths)

    @property
    def simple_roots(self) -> tuple[Root, ...]:
        """The simple roots: in their own coordinates, the unit vectors."""
        places = range(self.rank)
        return tuple(tuple(int(i == j) for j in places) for i in places)

    @cached_property
    def positive_roots(self) -> tuple[Root, ...]:
        r"""The positive roots by height, each height in descending order.

        The string of :math:`\alpha_i` through :math:`\beta` reaches up as far as

        .. math:: q = p - 2 (\beta, \alpha_i) / (\alpha_i, \alpha_i)

        where p is how far it reaches down, among roots that are lower and known.
        """
        level = self.simple_roots
        found = list(level)
        known = set(found)
        while level:
            above = set()
            for root in level:
                for i in range(self.rank):
                    down, lower = 0, _moved(root, i, -1)
                    while lower in known:
                        down, lower = down + 1, _moved(lower, i, -1)
                    if down > self._pairing(root, i):
                        above.add(_moved(root, i, 1))
            level = tuple(sorted(above, reverse=True))
            found += level
            known |= above
        return tuple(found)

    @cached_property
    def roots(self) -> tuple[Root, ...]:
        """The positive roots and after them their negatives."""
        negative = (tuple(-n for n in root) for root in self.positive_roots)
        return (*self.positive_roots, *negative)

    @cached_property
    def highest_roots(self) -> tuple[Root, ...]:
        """The highest root of each component."""
        found: list[Root] = []
        before = 0
        for _, rank in self.components:
            own = range(before, before + rank)
            inside = [root for root in self.positive_roots if any(root[i] for i in own)]
            found.append(max(inside, key=sum))
            before += rank
        return tuple(found)

    @property
    def dimension(self) -> int:
        """The dimension of the algebra: the rank and the number of roots."""
        return self.rank + 2 * len(self.positive_roots)

    @cached_property
    def exponents(self) -> tuple[int, ...]:
        """The exponents of the Weyl group, increasing.

        The numbers of positive roots of height 1, 2, 3 and so on are a partition; the
        exponents are its conjugate. One more each are the degrees of the Casimirs.
        """
        heights = Counter(map(sum, self.positive_roots))
        return tuple(
            sum(count > place for count in heights.values())
            for place in reversed(range(self.rank))
        )

    @property
    def weyl_order(self) -> int:
        r"""The order of the Weyl group, from the exponents.

        .. math:: |W| = \prod_i (m_i + 1)
        """
        return prod(exponent + 1 for exponent in self.exponents)

    def pairing(self, root: Root, number: int) -> int:
        r"""The Cartan integer of a root and a simple root.

        .. math:: 2 (\beta, \alpha_i) / (\alpha_i, \alpha_i)

        Arguments:
            root: The coordinates of :math:`\beta`, of any vector of the root lattice.
            number: The number i of the simple root, from 1.

        Returns:
            The integer.

        Raises:
            ArgumentError: If the root has other than `rank` coordinates, or there is no
                simple root of that number.

        Example:
            >>> RootSystem("B2").pairing((1, 0), 2)
            -2
        """
        if len(root) != self.rank:
            raise ArgumentError(
                f"Argument `root` must have {self.rank} coordinates, but {root} has "
                f"{len(root)}."
            )
        if number not in range(1, self.rank + 1):
            raise ArgumentError(
                f"Argument `number` must be that of a simple root, 1 to {self.rank}, but "
                f"is {number}."
            )
        return self._pairing(root, number - 1)

    def reflect(self, root: Root, number: int) -> Root:
        r"""The reflection in a simple root.

        .. math:: s_i(\beta) = \beta - 2 \frac{(\beta, \alpha_i)}{(\alpha_i, \alpha_i)}
                  \alpha_i

        Arguments:
            root: The coordinates of :math:`\beta`.
            number: The number i of the simple root, from 1.

        Returns:
            The coordinates of the reflected root.

        Raises:
            ArgumentError: If the root has other than `rank` coordinates, or there is no
                simple root of that number.

        Example:
            >>> RootSystem("A2").reflect((1, 0), 2)
            (1, 1)
        """
        return _moved(root, number - 1, -self.pairing(root, number))

    def _pairing(self, root: Root, i: int) -> int:
        return sum(root[j] * value for j, value in self._columns[i].items())

    @cached_property
    def _columns(self) -> list[dict[int, int]]:
        """The columns of the Cartan matrix without their zeros."""
        columns = [{i: 2} for i in range(self.rank)]
        for long, short, lines in self.bonds:
            columns[short - 1][long - 1] = -lines
            columns[long - 1][short - 1] = -1
        return columns

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RootSystem):
            return NotImplemented
        return self.components == other.components

    def __hash__(self) -> int:
        return hash(self.components)

    def _repr_latex_(self) -> str:
        letters = " + ".join(f"{letter}_{{{rank}}}" for letter, rank in self.components)
        return rf"$\displaystyle {letters}, \quad A = {latex(self.cartan_matrix)}$"

    def __repr__(self) -> str:
        return f"RootSystem({self.cartan_type!r})"


# The places of the short roots, from 0, in the components that have two lengths.
_SHORT: dict[str, Callable[[int], range]] = {
    "B": lambda rank: range(rank - 1, rank),
    "C": lambda rank: range(rank - 1),
    "F": lambda rank: range(2, 4),
    "G": lambda rank: range(1),
}


def _moved(root: Root, i: int, steps: int) -> Root:
    """A root and some steps along a simple root."""
    return (*root[:i], root[i] + steps, *root[i + 1 :])


def _read(text: str) -> Iterator[tuple[str, int]]:
    terms = text.split("+") if isinstance(text, str) else [repr(text)]
    for term in terms:
        match = _TERM.fullmatch(term.strip())
        letter, rank = (match[1], int(match[2])) if match else ("", 0)
        if rank not in _RANKS.get(letter, ()):
            raise ArgumentError(
                "Argument `cartan_type` must hold types A1.., B2.., C2.., D3.., E6 to "
                f"E8, F4 or G2 joined by plus signs, but {term.strip()!r} in {text!r} "
                "is none. The smallest ranks have other names: B1 and C1 are A1, and D2 "
                "is A1 + A1."
            )
        yield letter, rank


def _bonds(letter: str, rank: int) -> list[Bond]:
    """The bonds of an irreducible diagram."""
    if letter == "G":
        return [Bond(2, 1, 3)]
    if letter == "E":
        chain = [1, 3, *range(4, rank + 1)]
        return [Bond(2, 4, 1), *(Bond(i, j, 1) for i, j in pairwise(chain))]
    bonds = [Bond(i, i + 1, 1) for i in range(1, rank)]
    if letter == "B":
        bonds[-1] = Bond(rank - 1, rank, 2)
    elif letter == "C":
        bonds[-1] = Bond(rank, rank - 1, 2)
    elif letter == "D":
        bonds[-1] = Bond(rank - 2, rank, 1)
    elif letter == "F":
        bonds[1] = Bond(2, 3, 2)
    return bonds
