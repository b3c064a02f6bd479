r"""Tensor maps: functions of many points at once, with their derivatives in closed form.

Takes rows, one for each coordinate and a column for each point, gives rows of values; the
memory of an evaluation serves all its derivatives.

.. math:: z \mapsto I(z), \qquad v \mapsto I'(z) v, \qquad c \mapsto I'(z)^T c, \qquad
    (c, v) \mapsto \nabla_z \bigl( c \cdot I'(z) v \bigr)

Maps stand side by side in a `DirectSum` and one after another in a `Composition`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor

__all__ = ["AbstractMap", "Composition", "DirectSum", "Memory"]

# What an evaluation keeps: tensors whose last dimension is the batch, or lists of them.
Memory = list[Any]


class AbstractMap(ABC):
    r"""A map from d rows to m rows, column by column.

    .. math:: I : \mathbb{R}^d \to \mathbb{R}^m

    All methods are torch operations that autograd can differentiate.
    """

    width: int
    """About how many rows an evaluation holds at once."""

    @abstractmethod
    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The values, and what the derivatives at z need.

        Arguments:
            z: Points, shape (d, batch).

        Returns:
            The values, shape (m, batch), and the memory.
        """

    @abstractmethod
    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        r"""The derivative along a vector, :math:`I'(z) v`.

        Arguments:
            memory: What `value` gave.
            v: Vectors, shape (d, batch).

        Returns:
            Shape (m, batch).
        """

    @abstractmethod
    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        r"""The covector of given weights, :math:`I'(z)^T c`.

        Arguments:
            memory: What `value` gave.
            c: Weights, shape (m, batch).

        Returns:
            Shape (d, batch).
        """

    @abstractmethod
    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        r"""The derivatives of :math:`v \cdot I'(z)^T c` along c and along z.

        Arguments:
            memory: What `value` gave.
            c: Weights, shape (m, batch).
            v: Vectors, shape (d, batch).

        Returns:
            The first, shape (m, batch), and the second, shape (d, batch).
        """

    def jacobian(self, memory: Memory, d: int) -> Tensor:
        r"""The matrix :math:`\partial I_a / \partial z_i`, column after column.

        Arguments:
            memory: What `value` gave.
            d: The number of coordinates.

        Returns:
            Shape (m, d, batch).
        """
        batch = memory[0].shape[-1]
        units = torch.eye(d, dtype=memory[0].dtype, device=memory[0].device)
        v = units[:, :, None].expand(d, d, batch).flatten(1)
        copies = [rows.repeat(*[1] * (rows.dim() - 1), d) for rows in memory]
        return self.pushforward(copies, v).unflatten(1, (d, batch))


@final
class DirectSum(AbstractMap):
    r"""Maps of the same points side by side.

    .. math:: I = I^{(1)} \oplus \dots \oplus I^{(r)}

    Arguments:
        maps: The maps.
        places: For each map, the positions of its values among those of the whole.
        like: A tensor of the precision and on the device of the points.
    """

    def __init__(
        self, maps: Sequence[AbstractMap], places: Sequence[Sequence[int]], like: Tensor
    ) -> None:
        self._maps = tuple(maps)
        self._counts = [len(rows) for rows in places]
        order = [row for rows in places for row in rows]
        self._order = torch.tensor(order, device=like.device)
        self._arranged = order == sorted(order)
        self._inverse = torch.argsort(self._order)
        self.width = sum(part.width for part in maps) + len(order)

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The values of all maps; see `AbstractMap.value`."""
        found = [part.value(z) for part in self._maps]
        return self._together([rows for rows, _ in found]), [kept for _, kept in found]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """The derivatives of all maps; see `AbstractMap.pushforward`."""
        pairs = zip(self._maps, memory, strict=True)
        return self._together([part.pushforward(kept, v) for part, kept in pairs])

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """The sum over the maps; see `AbstractMap.pullback`."""
        parts = zip(self._maps, memory, self._apart(c), strict=True)
        return _total([part.pullback(kept, weights) for part, kept, weights in parts])

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Side by side along c, summed along z; see `AbstractMap.second`."""
        parts = zip(self._maps, memory, self._apart(c), strict=True)
        found = [part.second(kept, weights, v) for part, kept, weights in parts]
        along_c, along_z = zip(*found, strict=True)
        return self._together(list(along_c)), _total(list(along_z))

    def jacobian(self, memory: Memory, d: int) -> Tensor:
        """The rows of all maps; see `AbstractMap.jacobian`."""
        pairs = zip(self._maps, memory, strict=True)
        return self._together([part.jacobian(kept, d) for part, kept in pairs])

    def _together(self, parts: list[Tensor]) -> Tensor:
        rows = torch.cat(parts)
        return rows if self._arranged else rows.index_select(0, self._inverse)

    def _apart(self, c: Tensor) -> tuple[Tensor, ...]:
        rows = c if self._arranged else c.index_select(0, self._order)
        return rows.split(self._counts)


@final
class Composition(AbstractMap):
    r"""A map of the points and of inner functions of them.

    .. math:: I(z) = F(w), \qquad w = (z, P(z)), \qquad w' = (1, P'(z))

    With h = F'(w)^T c split as (h_z, h_P), the chain rule gives
    I'^T c = h_z + P'^T h_P, and for the second derivatives along v those of F along
    w' v, pulled back in the same way, and those of P with the weights h_P.

    Arguments:
        outer: The map F.
        inner: The map P.
        d: The number of coordinates.
        count: The number of inner functions.
    """

    def __init__(
        self, outer: AbstractMap, inner: AbstractMap, d: int, count: int
    ) -> None:
        self._outer = outer
        self._inner = inner
        self._d = d
        self._count = count
        self.width = outer.width + inner.width

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """F of the points and of P; see `AbstractMap.value`."""
        functions, inner = self._inner.value(z)
        rows, outer = self._outer.value(torch.cat([z, functions]))
        return rows, [outer, inner]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """The derivative of F along w' v; see `AbstractMap.pushforward`."""
        outer, inner = memory
        along = torch.cat([v, self._inner.pushforward(inner, v)])
        return self._outer.pushforward(outer, along)

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """h_z + P'^T h_P; see `AbstractMap.pullback`."""
        outer, inner = memory
        h = self._outer.pullback(outer, c)
        return h[: self._d] + self._inner.pullback(inner, h[self._d :])

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The second derivatives of F and those of P; see `AbstractMap.second`."""
        outer, inner = memory
        h = self._outer.pullback(outer, c)
        functions_along, bent = self._inner.second(inner, h[self._d :], v)
        along_c, along_w = self._outer.second(outer, c, torch.cat([v, functions_along]))
        pulled = self._inner.pullback(inner, along_w[self._d :])
        return along_c, along_w[: self._d] + pulled + bent

    def jacobian(self, memory: Memory, d: int) -> Tensor:
        """The chain rule for matrices; see `AbstractMap.jacobian`."""
        outer, inner = memory
        slopes = self._outer.jacobian(outer, d + self._count)
        within = self._inner.jacobian(inner, d)
        return slopes[:, :d] + torch.einsum("akb,kib->aib", slopes[:, d:], within)


def _total(parts: list[Tensor]) -> Tensor:
    """The sum of a few tensors."""
    total, *others = parts
    for other in others:
        total = total + other
    return total
