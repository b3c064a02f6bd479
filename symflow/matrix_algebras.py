r"""Matrix algebras: Lie algebras of rational matrices, their Cartan subalgebras and centre.

Takes the matrices by which an algebra moves vectors, gives an integer basis of its image, the
dimension of a Cartan subalgebra, and how a centre of dimension one acts on each vector.

.. math:: \mathfrak h = \{X : [h, X] = 0\}, \qquad Z^2 = d_k \text{ on vectors of kind } k
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import flint
from sympy import QQ

from symflow.kinds import Cluster
from symflow.linear_algebra import Row, echelon, nullspace
from symflow.square_roots import square_root

__all__ = ["Charges", "MatrixAlgebra"]


class MatrixAlgebra:
    """A basis of the image of an algebra, as integer matrices on all kinds at once.

    Arguments:
        cluster: The kinds, with rational matrices.

    Example:
        >>> from symflow.kinds import Kind
        >>> turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
        >>> circle = MatrixAlgebra(Cluster((Kind(2, (turn,), ((),)),), 1))
        >>> circle.dimension, circle.cartan_rank([1])
        (1, 1)
    """

    def __init__(self, cluster: Cluster) -> None:
        kinds = cluster.kinds
        self.sizes = [kind.size for kind in kinds]
        self.copies = [len(kind.vectors) for kind in kinds]
        self.size = sum(self.sizes)
        starts = [sum(self.sizes[:k]) for k in range(len(kinds))]
        number = len(kinds[0].matrices) if kinds else 0
        rows = []
        for k in range(number):
            row: Row = {}
            for start, kind in zip(starts, kinds, strict=True):
                for (i, j), x in kind.matrices[k].items():
                    row[(start + i) * self.size + start + j] = x
            rows.append(row)
        self.form = echelon(rows, self.size**2)
        self.basis = [self._integer(row) for row in self.form.rows]
        self.dimension = len(self.basis)

    def _integer(self, row: Row) -> flint.fmpz_mat:
        scale = lcm(*(int(x.denominator) for x in row.values()))
        table = [0] * self.size**2
        for place, x in row.items():
            table[place] = int(x * scale)
        return flint.fmpz_mat(self.size, self.size, table)

    @property
    def reductive(self) -> bool:
        """Whether the trace form does not degenerate, which only reductive ones allow."""
        table = [[_trace(a * b) for b in self.basis] for a in self.basis]
        return not self.dimension or bool(flint.fmpz_mat(table).det())

    def element(self, coefficients: Sequence[int]) -> flint.fmpz_mat:
        """A combination of the basis.

        Arguments:
            coefficients: One integer for each element of the basis.

        Returns:
            The matrix.
        """
        total = flint.fmpz_mat(self.size, self.size)
        for c, X in zip(coefficients, self.basis, strict=True):
            total = total + X * c
        return total

    def cartan_rank(self, chosen: Sequence[int]) -> int | None:
        """The dimension of the centralizer of an element, if it is a Cartan subalgebra.

        Arguments:
            chosen: The element, by its coefficients.

        Returns:
            The dimension, or None if the centralizer is not made of semisimple matrices
            that commute.
        """
        h = self.element(chosen)
        rows: dict[int, Row] = {}
        for k, X in enumerate(self.basis):
            for place, x in enumerate((h * X - X * h).entries()):
                if x:
                    rows.setdefault(place, {})[k] = QQ(int(x))
        found = []
        for vector in nullspace(rows.values(), self.dimension):
            scale = lcm(*(int(x.denominator) for x in vector.values()))
            entries = [vector.get(k, QQ(0)) * scale for k in range(self.dimension)]
            found.append(self.element(list(map(int, entries))))
        for a in found:
            if any(a * b != b * a for b in found) or not _semisimple(a):
                return None
        return len(found)

    def charges(self) -> Charges | None:
        """How the centre acts, if it is of dimension one.

        Returns:
            A central matrix with a number for each kind, or None if there is no such
            centre, or if neither it nor its square is a number on each kind.
        """
        rows: dict[tuple[int, int], Row] = {}
        for number, X in enumerate(self.basis):
            for k, Y in enumerate(self.basis):
                for place, x in enumerate((X * Y - Y * X).entries()):
                    if x:
                        rows.setdefault((number, place), {})[k] = QQ(int(x))
        kernel = nullspace(rows.values(), self.dimension)
        if len(kernel) != 1:
            return None
        scale = lcm(*(int(x.denominator) for x in kernel[0].values()))
        entries = [kernel[0].get(k, QQ(0)) * scale for k in range(self.dimension)]
        Z = self.element(list(map(int, entries)))
        scalars, squares, start = [], [], 0
        for size in self.sizes:
            block = _block(Z, start, size)
            scalars.append(_scalar_of(block))
            squares.append(_scalar_of(block * block))
            start += size
        if None not in scalars:
            return Charges(Z, tuple(QQ(x) for x in scalars if x is not None), False)
        reference = next((x for x in squares if x), None)
        if reference is None or None in squares:
            return None
        ratios = [square_root(QQ(x or 0, reference), QQ) for x in squares]
        if None in ratios:
            return None
        return Charges(Z, tuple(map(abs, ratios)), True)


@dataclass(frozen=True)
class Charges:
    """A central matrix, and a number for each kind.

    Arguments:
        matrix: The matrix Z.
        values: Its value on each kind; or where it is no number there, the positive root
            of its square, over that of the first kind that it moves.
        signed: Whether it is no number, so that both signs occur.
    """

    matrix: flint.fmpz_mat
    values: tuple[Any, ...]
    signed: bool

    @property
    def integers(self) -> list[int]:
        """The numbers as whole numbers in the same proportions."""
        scale = lcm(*(int(x.denominator) for x in self.values))
        return [int(x * scale) for x in self.values]


def _block(a: flint.fmpz_mat, start: int, size: int) -> flint.fmpz_mat:
    places = range(start, start + size)
    return flint.fmpz_mat(size, size, [a[i, j] for i in places for j in places])


def _scalar_of(a: flint.fmpz_mat) -> int | None:
    """The number of which a matrix is a multiple of one, if it is."""
    n = a.nrows()
    value = int(a[0, 0])
    return value if a == _identity(n) * value else None


def _identity(n: int) -> flint.fmpz_mat:
    return flint.fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def _trace(a: flint.fmpz_mat) -> int:
    return sum(int(a[i, i]) for i in range(a.nrows()))


def _semisimple(a: flint.fmpz_mat) -> bool:
    f = a.minpoly()
    return f.gcd(f.derivative()).degree() < 1
