r"""Evaluation: a tensor map at a batch of points, in tiles, with derivatives for autograd.

Takes a map and points of shape (..., d), gives values of shape (..., m), covectors and the
second derivatives that their backward pass needs.

.. math:: z \mapsto I(z), \qquad (z, c) \mapsto I'(z)^T c

Without a tape a batch is cut into tiles that fit the cache of one core, so that no large
temporary is ever made. With a tape, autograd sees two operations, each of which has closed
forms as its derivative. What a compiler traces is the plain map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.autograd import Function

from symflow.tensor_map import AbstractMap, Memory

__all__ = ["Evaluation"]

Dims = tuple[int | None, ...]
Context: TypeAlias = Any  # what torch hands to the methods of a function

_TILE_BYTES = (
    2**21
)  # what a tile may hold at once: measured, flat between 2^21 and 2^22
_NARROWEST = 128  # columns, below which starting a call costs more than the call


class Evaluation:
    r"""The values of a map at some points, and the derivatives there.

    .. math:: I(z), \qquad I'(z), \qquad I'(z)^T c, \qquad \nabla_{c, z} (c \cdot I'(z) v)

    Arguments:
        function: The map I.
        z: Points, shape (..., d).

    Example:
        >>> from symflow.bilinear_map import BilinearMap
        >>> from symflow.contractions import Product
        >>> z = torch.tensor([[3.0, 4.0]])
        >>> square = BilinearMap([Product((1,), ((0,),), ((0,),))], 2, z)
        >>> at = Evaluation(square, z)
        >>> at.value(), at.pullback(torch.ones(1, 1))
        (tensor([[9.]]), tensor([[6., 0.]]))
    """

    def __init__(self, function: AbstractMap, z: Tensor) -> None:
        self._function = function
        self._z = z
        self._points = torch.atleast_2d(z).flatten(0, -2)
        self._tiles = _Tiles(function)

    def value(self, keep: bool = False) -> Tensor:
        """The values.

        Arguments:
            keep: Whether derivatives at the same points will follow.

        Returns:
            Shape (..., m).
        """
        self._tiles.keep = keep
        if torch.compiler.is_compiling():
            return self._unfold(self._function.value(self._points.t())[0].t())
        if torch.is_grad_enabled():
            return self._unfold(_Value.apply(self._points, self._tiles))
        return self._unfold(self._tiles.value(self._points))

    def value_and_jacobian(self) -> tuple[Tensor, Tensor]:
        r"""The values and the matrix :math:`\partial I_a / \partial z_i`.

        Returns:
            Shapes (..., m) and (..., m, d).
        """
        rows, memory = self._function.value(self._points.t().contiguous())
        slopes = self._function.jacobian(memory, self._points.shape[1])
        return self._unfold(rows.t()), self._unfold(slopes.permute(2, 0, 1))

    def pullback(self, c: Tensor) -> Tensor:
        """The covector of given weights.

        Arguments:
            c: Weights, shape (..., m).

        Returns:
            Shape (..., d).
        """
        weights = c.reshape(self._points.shape[0], c.shape[-1])
        if torch.compiler.is_compiling():
            found = _plain_pullback(self._function, self._points, weights)
        elif torch.is_grad_enabled():
            found = _Pullback.apply(self._points, weights, self._tiles)
        else:
            found = self._tiles.pullback(self._points, weights)
        return self._unfold(found)

    def second(self, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        r"""The derivatives of :math:`v \cdot I'(z)^T c` along c and along z.

        Arguments:
            c: Weights, shape (..., m).
            v: Vectors, shape (..., d).

        Returns:
            Shapes (..., m) and (..., d).
        """
        weights, vectors = (
            c.reshape(self._points.shape[0], c.shape[-1]),
            v.reshape_as(self._points),
        )
        along_c, along_z = _second(self._tiles, self._points, weights, vectors)
        return self._unfold(along_c), self._unfold(along_z)

    def _unfold(self, rows: Tensor) -> Tensor:
        return rows.reshape(*self._z.shape[:-1], *rows.shape[1:])


class _Tiles:
    """A map on tiles of a batch, with what it keeps of each; never differentiated."""

    def __init__(self, function: AbstractMap) -> None:
        self.function = function
        self.keep = False
        self._memories: list[Memory] | None = None

    def value(self, z: Tensor) -> Tensor:
        """The values, shape (batch, m), at points of shape (batch, d)."""
        self._memories = [] if self.keep else None
        return _join(self._values(z), len(z))

    def _values(self, z: Tensor) -> Iterator[Tensor]:
        for tile in self._split(z):
            rows, memory = self.function.value(tile)
            if self._memories is not None:
                self._memories.append(memory)
            yield rows

    def pullback(self, z: Tensor, c: Tensor) -> Tensor:
        """The covectors, shape (batch, d), of weights of shape (batch, m)."""
        parts = zip(self._recall(z), self._split(c), strict=True)
        return _join((self.function.pullback(*part) for part in parts), len(z))

    def second(self, z: Tensor, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The second derivatives, shapes (batch, m) and (batch, d)."""
        parts = zip(self._recall(z), self._split(c), self._split(v), strict=True)
        found = [self.function.second(*part) for part in parts]
        along_c, along_z = zip(*found, strict=True)
        return _join(along_c, len(z)), _join(along_z, len(z))

    def _recall(self, z: Tensor) -> Iterator[Memory]:
        """What was kept of each tile, or is computed now."""
        if self._memories is not None:
            yield from self._memories
        else:
            for tile in self._split(z):
                yield self.function.value(tile)[1]

    def _split(self, points: Tensor) -> Iterator[Tensor]:
        """Rows of shape (k, columns of a tile) from points of shape (batch, k)."""
        width = len(points)
        if points.device.type == "cpu":
            fitting = _TILE_BYTES // (self.function.width * points.element_size())
            width = min(width, max(_NARROWEST, fitting // _NARROWEST * _NARROWEST))
        if width == len(points):
            yield points.t().contiguous()
            return
        for start in range(0, len(points), width):
            yield points[start : start + width].t().contiguous()


def _join(parts: Iterable[Tensor], batch: int) -> Tensor:
    """Rows of all tiles as points, (batch, k), stored row after row."""
    rest = iter(parts)
    rows = next(rest)
    if rows.shape[1] == batch:
        return rows.t()
    whole, end = rows.new_empty(len(rows), batch), rows.shape[1]
    whole[:, :end] = rows
    for rows in rest:
        start, end = end, end + rows.shape[1]
        whole[:, start:end] = rows
    return whole.t()


class _Value(Function):
    """The values as one operation of autograd, whose derivative is the pullback."""

    @staticmethod
    def forward(z: Tensor, tiles: _Tiles) -> Tensor:
        return tiles.value(z)

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Tensor) -> None:
        z, ctx.tiles = inputs
        ctx.save_for_backward(z)
        ctx.save_for_forward(z)

    @staticmethod
    def backward(ctx: Context, c: Tensor) -> tuple[Tensor, None]:
        (z,) = ctx.saved_tensors
        return _Pullback.apply(z, c, ctx.tiles), None

    @staticmethod
    def jvp(ctx: Context, v: Tensor, _: None) -> Tensor:
        (z,) = ctx.saved_tensors
        function = ctx.tiles.function
        return function.pushforward(function.value(z.t())[1], v.t()).t()

    @staticmethod
    def vmap(
        info: Context, in_dims: Dims, z: Tensor, tiles: _Tiles
    ) -> tuple[Tensor, int]:
        return _batched(_Value, info.batch_size, in_dims, (z,), tiles)


class _Pullback(Function):
    """The covectors as one operation of autograd, with its derivative in closed form."""

    @staticmethod
    def forward(z: Tensor, c: Tensor, tiles: _Tiles) -> Tensor:
        return tiles.pullback(z, c)

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Tensor) -> None:
        z, c, ctx.tiles = inputs
        ctx.save_for_backward(z, c)
        ctx.save_for_forward(z, c)

    @staticmethod
    def backward(ctx: Context, v: Tensor) -> tuple[Tensor, Tensor, None]:
        z, c = ctx.saved_tensors
        along_c, along_z = _second(ctx.tiles, z, c, v)
        return along_z, along_c, None

    @staticmethod
    def jvp(ctx: Context, v: Tensor, w: Tensor, _: None) -> Tensor:
        z, c = ctx.saved_tensors
        function = ctx.tiles.function
        memory = function.value(z.t())[1]
        _, along_z = function.second(memory, c.t(), v.t())
        return (along_z + function.pullback(memory, w.t())).t()

    @staticmethod
    def vmap(
        info: Context, in_dims: Dims, z: Tensor, c: Tensor, tiles: _Tiles
    ) -> tuple[Tensor, int]:
        return _batched(_Pullback, info.batch_size, in_dims, (z, c), tiles)


def _batched(
    operation: type[Function],
    size: int,
    in_dims: Dims,
    points: tuple[Tensor, ...],
    tiles: _Tiles,
) -> tuple[Tensor, int]:
    """An operation on a batch of batches: points are independent, so it is one batch."""
    whole = [
        p.expand(size, *p.shape) if dim is None else p.movedim(dim, 0)
        for p, dim in zip(points, in_dims, strict=False)
    ]
    rows = operation.apply(*[p.flatten(0, 1) for p in whole], _Tiles(tiles.function))
    return rows.unflatten(0, (size, -1)), 0


def _plain_pullback(function: AbstractMap, z: Tensor, c: Tensor) -> Tensor:
    """The covectors by operations that autograd and compilers see through."""
    return function.pullback(function.value(z.t())[1], c.t()).t()


def _second(tiles: _Tiles, z: Tensor, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """The second derivatives: in tiles, or plainly where third ones may follow."""
    if not torch.is_grad_enabled() and not torch.compiler.is_compiling():
        return tiles.second(z, c, v)
    function = tiles.function
    along_c, along_z = function.second(function.value(z.t())[1], c.t(), v.t())
    return along_c.t(), along_z.t()
