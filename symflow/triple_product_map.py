r"""Triple product map: determinants of three vectors of three components.

Takes the coordinates of the vectors, gives the oriented volumes that they span.

.. math:: I_a = w_a \, x_a \cdot (y_a \times z_a), \qquad
    \frac{\partial I_a}{\partial x_a} = w_a \, y_a \times z_a
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor

from symflow.contractions import TripleProduct
from symflow.fixed_matrix import FixedMatrix
from symflow.polynomial_terms import rounded
from symflow.tensor_map import AbstractMap, Memory

__all__ = ["TripleProductMap"]


@final
class TripleProductMap(AbstractMap):
    r"""Determinants of three vectors each.

    .. math:: \det(x, y, z) = x \cdot (y \times z) = y \cdot (z \times x) =
        z \cdot (x \times y)

    Arguments:
        products: The determinants.
        d: The number of coordinates.
        like: A tensor of the precision and on the device of the points.

    Example:
        >>> cube = TripleProduct(1, ((0, 1, 2), (3, 4, 5), (6, 7, 8)))
        >>> unit = torch.eye(3).reshape(9, 1)
        >>> f = TripleProductMap([cube], 9, unit)
        >>> value, memory = f.value(unit)
        >>> value.item(), torch.equal(f.pullback(memory, value), unit)
        (1.0, True)
    """

    def __init__(self, products: Sequence[TripleProduct], d: int, like: Tensor) -> None:
        self._count = len(products)
        picked = [p.vectors[v][i] for v in range(3) for i in range(3) for p in products]
        rows, ones = range(len(picked)), [1.0] * len(picked)
        self._vectors = FixedMatrix(rows, picked, ones, (len(picked), d), like)
        self._back = self._vectors.transposed
        numbers = like.new_tensor([rounded(p.weight) for p in products])
        self._weights = numbers[:, None]
        self.width = 4 * len(picked)

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The determinants; see `AbstractMap.value`."""
        vectors = self._vectors(z)
        areas = self._areas(vectors, vectors)
        size = 3 * self._count
        rows = self._sum(vectors[:size] * areas[:size])
        return self._weights * rows, [vectors, areas]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """Each vector changed in turn; see `AbstractMap.pushforward`."""
        return self._weights * self._sum(self._vectors(v) * memory[1])

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """The weighted areas that face each vector; see `AbstractMap.pullback`."""
        return self._back(self._weighted(memory[1], c))

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """How the areas change along v; see `AbstractMap.second`."""
        vectors, areas = memory
        along = self._vectors(v)
        changes = self._areas(vectors, along) + self._areas(along, vectors)
        return (
            self._weights * self._sum(along * areas),
            self._back(self._weighted(changes, c)),
        )

    def _areas(self, left: Tensor, right: Tensor) -> Tensor:
        """The areas y x z, z x x and x x y, the factors from two triples of vectors."""
        x, y, z = left.unflatten(0, (3, 3, self._count)).unbind(0)
        u, v, w = right.unflatten(0, (3, 3, self._count)).unbind(0)
        areas = [_cross(y, w), _cross(z, u), _cross(x, v)]
        return torch.cat(areas).flatten(0, 1)

    def _sum(self, products: Tensor) -> Tensor:
        return products.unflatten(0, (-1, self._count)).sum(0)

    def _weighted(self, rows: Tensor, c: Tensor) -> Tensor:
        return (rows.unflatten(0, (9, self._count)) * (c * self._weights)).flatten(0, 1)


def _cross(left: Tensor, right: Tensor) -> Tensor:
    """The cross product of vectors whose components stand first."""
    return torch.linalg.cross(left, right, dim=0)
