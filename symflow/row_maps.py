r"""Row maps: invariants on rows of coordinates, with the derivatives that a flow asks for.

Takes compiled functions, gives their values, the pullback of covectors, and the derivative
of that pullback in two halves, between which the network of the invariants is pulled back.

.. math:: c \mapsto I'^T c, \qquad s = I' u, \qquad
    \bar I \mapsto \nabla_x (u \cdot I'^T c) + I'^T \bar I

Scalar products and distances of vectors, the invariants that physics meets most, have a map
of their own: every derivative is one matrix product on each side of a product of rows. Its
formulas are derived in docs/compilation.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
import torch
from torch import Tensor

from symflow.compilation import CompiledFunctions
from symflow.constants import Constant
from symflow.contractions import Form, Product
from symflow.expression_parts import ExpressionParts
from symflow.functions import Tape
from symflow.polynomial_terms import rounded

__all__ = ["AbstractRowMap", "CompiledMap", "VectorMap", "row_map"]

# Entries, all but two of a row zero, from which to multiply takes longer than to pick.
_LARGEST = 2**20


class AbstractRowMap(ABC):
    """Functions I of rows x of shape (d, B)."""

    @abstractmethod
    def value(self, x: Tensor) -> tuple[Tensor, Tape]:
        """The values.

        Arguments:
            x: Coordinates, shape (d, B).

        Returns:
            The values, shape (m, B), and what derivatives there need.
        """

    @abstractmethod
    def pullback(self, tape: Tape, c: Tensor) -> Tensor:
        """The covector of given weights.

        Arguments:
            tape: What `value` gave.
            c: Weights, shape (m, B).

        Returns:
            The covector, shape (d, B).
        """

    @abstractmethod
    def bend(self, tape: Tape, c: Tensor, u: Tensor) -> tuple[Tensor, Tape]:
        """The derivative of the pullback along c: the functions' change along u.

        Arguments:
            tape: What `value` gave, or what was kept of it.
            c: Weights, shape (m, B).
            u: A vector, shape (d, B).

        Returns:
            The change, shape (m, B), and what `finish` needs, once.
        """

    @abstractmethod
    def finish(self, bent: Tape, bar: Tensor | None) -> Tensor:
        """The derivative of the pullback along x, and the pullback of other weights.

        Arguments:
            bent: What `bend` gave.
            bar: The other weights, shape (m, B), or None if all of them are zero.

        Returns:
            Their sum, shape (d, B).
        """

    def kept(self, tape: Tape) -> Tape:
        """What to keep of an evaluation that is not needed at once.

        Arguments:
            tape: What `value` gave.

        Returns:
            The same without what costs less to compute again than to keep.
        """
        return tape


@final
class CompiledMap(AbstractRowMap):
    """Any compiled functions.

    Arguments:
        functions: The functions.
    """

    def __init__(self, functions: CompiledFunctions) -> None:
        self._functions = functions

    def value(self, x: Tensor) -> tuple[Tensor, Tape]:
        """The values; see `AbstractRowMap.value`."""
        values, pullback = self._functions.value_and_pullback(x.t())
        return values.t(), pullback

    def pullback(self, tape: Tape, c: Tensor) -> Tensor:
        """The covector; see `AbstractRowMap.pullback`."""
        return tape(c.t()).t()

    def bend(self, tape: Tape, c: Tensor, u: Tensor) -> tuple[Tensor, Tape]:
        """The change along u; see `AbstractRowMap.bend`."""
        along_c, along_x = tape.second(c.t(), u.t())
        return along_c.t(), (tape, along_x)

    def finish(self, bent: Tape, bar: Tensor | None) -> Tensor:
        """The sum of both derivatives; see `AbstractRowMap.finish`."""
        pullback, along_x = bent
        return (along_x if bar is None else along_x + pullback(bar.t())).t()


class _Point(NamedTuple):
    """Where a `VectorMap` was evaluated: x, F = (A X, B X), and 1 / r for distances."""

    x: Tensor
    forms: Tensor | None
    inverse: Tensor | None


@final
class VectorMap(AbstractRowMap):
    r"""Scalar products and distances of vectors.

    .. math:: I_a = (A X)_a \cdot (B X)_a, \qquad r_a = |(A X)_a|

    The rows of A and B pick a vector or the difference of two; X are all vectors, whose
    components follow one another among the coordinates.

    Arguments:
        left: The matrix A, shape (m, N).
        right: The matrix B; the same for squares.
        components: The number of components of a vector.
        root: Whether the functions are the roots of squares.

    Example:
        >>> gap = np.array([[1.0, -1.0]])
        >>> distance = VectorMap(gap, gap, components=2, root=True)
        >>> r, tape = distance.value(torch.tensor([[0.0], [0.0], [3.0], [4.0]]))
        >>> r, distance.pullback(tape, torch.ones(1, 1)).T
        (tensor([[5.]]), tensor([[-0.6000, -0.8000,  0.6000,  0.8000]]))
    """

    def __init__(
        self, left: np.ndarray, right: np.ndarray, components: int, root: bool
    ) -> None:
        self._root = root
        self._square = np.array_equal(left, right)
        self._components = components
        self._count, self._vectors = left.shape
        sides = (left,) if self._square else (left, right)
        # The derivative of a square is twice what one of its two factors gives.
        twice = 2.0 if self._square and not root else 1.0
        self._forms = Constant(np.concatenate(sides))
        self._back = Constant(twice * np.concatenate(sides[::-1]).T)

    def value(self, x: Tensor) -> tuple[Tensor, Tape]:
        """The values; see `AbstractRowMap.value`."""
        F = self._forms_of(x)
        values = (F[0] * F[-1]).sum(1)
        if not self._root:
            return values, _Point(x, F, None)
        r = values.sqrt()
        return r, _Point(x, F, r.reciprocal())

    def kept(self, tape: Tape) -> Tape:
        """The coordinates and 1 / r; see `AbstractRowMap.kept`."""
        return _Point(tape.x, None, tape.inverse)

    def pullback(self, tape: Tape, c: Tensor) -> Tensor:
        """The covector; see `AbstractRowMap.pullback`."""
        e = c if tape.inverse is None else c * tape.inverse
        return self._sent(self._recalled(tape) * e[:, None])

    def bend(self, tape: Tape, c: Tensor, u: Tensor) -> tuple[Tensor, Tape]:
        """The change along u; see `AbstractRowMap.bend`."""
        F, V = self._recalled(tape), self._forms_of(u)
        along = V[0] * F[-1]
        if not self._square:
            return along.addcmul_(F[0], V[1]).sum(1), (F, V, c, None)
        if tape.inverse is None:
            return along.sum(1).mul_(2.0), (F, V, c, None)
        s, e = along.sum(1).mul_(tape.inverse), c * tape.inverse
        return s, (F, V, e, (s, tape.inverse))

    def finish(self, bent: Tape, bar: Tensor | None) -> Tensor:
        """The sum of both derivatives; see `AbstractRowMap.finish`."""
        F, V, e, change = bent
        k = bar
        if change is not None:
            s, inverse = change
            along = e * s
            k = (-along if bar is None else bar - along) * inverse
        # V is in no one else's hands, so the sum takes its place.
        total = V.mul_(e[:, None])
        if k is not None:
            total.addcmul_(F, k[:, None])
        return self._sent(total)

    def _recalled(self, tape: Tape) -> Tensor:
        return self._forms_of(tape.x) if tape.forms is None else tape.forms

    def _forms_of(self, x: Tensor) -> Tensor:
        """A X and B X, or one of them if they are the same: (1 or 2, m, components, B)."""
        k, B = self._components, x.shape[1]
        flat = torch.mm(self._forms.like(x), x.reshape(self._vectors, k * B))
        return flat.view(1 if self._square else 2, self._count, k, B)

    def _sent(self, weighted: Tensor) -> Tensor:
        """Weighted forms sent back to the coordinates, shape (d, B)."""
        sides, m, k, B = weighted.shape
        flat = torch.mm(self._back.like(weighted), weighted.view(sides * m, k * B))
        return flat.view(k * self._vectors, B)


def row_map(functions: CompiledFunctions) -> AbstractRowMap:
    """The fastest row map for some functions.

    Arguments:
        functions: The functions, compiled.

    Returns:
        A `VectorMap` if all are scalar products and squared distances, or all are
        lengths and distances, of vectors; else a `CompiledMap`.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, y, u, v = symbols("x y u v", real=True)
        >>> type(row_map(compile([x*u + y*v, x*x + y*y], [x, y, u, v]))).__name__
        'VectorMap'
    """
    root = all(_is_root(f) for f in functions.expressions)
    contracted = [f.base if root else f for f in functions.expressions]
    products = _products(ExpressionParts(contracted, functions.symbols))
    found = _vector_map(products, len(functions.symbols), root)
    return found or CompiledMap(functions)


def _is_root(function: Any) -> bool:  # noqa: ANN401
    return bool(function.is_Pow and 2 * function.exp == 1)


def _products(parts: ExpressionParts) -> list[Product]:
    """The functions in their order, or none if one is not a contraction of two forms."""
    found: dict[int, Product] = {}
    for part in parts.polynomial:
        if isinstance(part.content, tuple):
            pairs = zip(part.places, part.content, strict=True)
            found |= {a: f for a, f in pairs if isinstance(f, Product)}
    others = sum(len(part.places) for part in parts.polynomial) - len(found)
    return [] if others or parts.remainder.places else [found[a] for a in sorted(found)]


def _vector_map(products: Sequence[Product], d: int, root: bool) -> VectorMap | None:
    """Products as those of vectors, if all have the same components and weights."""
    components = len(products[0].weights) if products else 0
    alike = all(f.weights == f.weights[:1] * components for f in products)
    # A product without weights is the constant zero.
    if not components or not alike or d % components:
        return None
    if len(products) * (d // components) > _LARGEST:
        return None
    left = [_vector(f.left, components) for f in products]
    right = [_vector(f.right, components) for f in products]
    if None in left or None in right:
        return None
    weights = np.array([rounded(f.weights[0]) for f in products])
    A, B = _matrix(left, d // components), _matrix(right, d // components)
    if root and (weights != 1.0).any():
        return None
    return VectorMap(A, weights[:, None] * B, components, root)


def _vector(forms: Sequence[Form], components: int) -> tuple[int, ...] | None:
    """Which vector, or which two, the forms are the components of."""
    vectors = {tuple(i // components for i in form) for form in forms}
    places = [tuple(i % components for i in form) for form in forms]
    wanted = [(k,) * len(form) for k, form in enumerate(forms)]
    return vectors.pop() if len(vectors) == 1 and places == wanted else None


def _matrix(rows: Sequence[tuple[int, ...] | None], count: int) -> np.ndarray:
    """The matrix that picks vectors, or takes the difference of two."""
    matrix = np.zeros((len(rows), count))
    for row, vectors in enumerate(rows):
        for vector, sign in zip(vectors or (), (1.0, -1.0), strict=False):
            matrix[row, vector] = sign
    return matrix
