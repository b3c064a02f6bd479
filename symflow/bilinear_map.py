r"""Bilinear map: dot products, squared distances, areas and angular momenta.

Takes pairs of linear forms of the coordinates, gives sums of their products.

.. math:: I_a(z) = \sum_{t=1}^{T} w_{ta} \, (L z)_{ta} \, (R z)_{ta}

A form is a coordinate or the difference of two, so that a Gram matrix is a product of
moved rows, and a squared distance is a sum of squares of differences, which never cancel.
The derivation is in docs/compilation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import final

import torch
from torch import Tensor

from symflow.contractions import Form, Product
from symflow.fixed_matrix import FixedMatrix
from symflow.polynomial_terms import rounded
from symflow.tensor_map import AbstractMap, Memory

__all__ = ["BilinearMap"]


@final
class BilinearMap(AbstractMap):
    r"""Sums of products of linear forms, all of the same number of terms.

    With F = (L, R) stacked and its exchanged companion F' = (R, L), the derivatives are

    .. math:: I' v = \sum_t w \, (L v \, R z + L z \, R v), \qquad
        I'^T c = F'^T (c w \, F z), \qquad \nabla (c \cdot I' v) = F'^T (c w \, F v)

    and where L = R, they are the same with 2 L^T in place of F'^T.

    Arguments:
        products: The products.
        d: The number of coordinates.
        like: A tensor of the precision and on the device of the points.

    Example:
        >>> gap = Product((1,), ((0, 1),), ((0, 1),))
        >>> z = torch.tensor([[5.0], [2.0]])
        >>> f = BilinearMap([gap], 2, z)  # (x - y)^2
        >>> value, memory = f.value(z)
        >>> value.item(), f.pullback(memory, torch.ones(1, 1)).flatten()
        (9.0, tensor([ 6., -6.]))
    """

    def __init__(self, products: Sequence[Product], d: int, like: Tensor) -> None:
        self._count, self._terms = len(products), len(products[0].weights)
        left = _by_terms([product.left for product in products])
        right = _by_terms([product.right for product in products])
        self._squares = left == right
        stacked, exchanged = (
            (left, left) if self._squares else (left + right, right + left)
        )
        self._forms = _matrix(stacked, d, like)
        self._back = _matrix(
            exchanged, d, like, 2.0 if self._squares else 1.0
        ).transposed
        weights = chain.from_iterable(zip(*[p.weights for p in products], strict=True))
        numbers = like.new_tensor([rounded(weight) for weight in weights])
        unit = bool((numbers == 1.0).all())
        self._weights = None if unit else numbers.view(self._terms, self._count, 1)
        self.width = 3 * len(stacked) + self._count

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The sums of products; see `AbstractMap.value`."""
        forms = self._forms(z)
        left, right = self._halves(forms)
        return self._sum(left * right), [forms]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """Each factor changed in turn; see `AbstractMap.pushforward`."""
        return self._changed(memory[0], self._forms(v))

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """The weighted forms, sent back exchanged; see `AbstractMap.pullback`."""
        return self._back(self._weighted(memory[0], c))

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The covector is linear in z, so z becomes v; see `AbstractMap.second`."""
        along = self._forms(v)
        return self._changed(memory[0], along), self._back(self._weighted(along, c))

    def _halves(self, forms: Tensor) -> tuple[Tensor, Tensor]:
        if self._squares:
            return forms, forms
        left, right = forms.chunk(2)
        return left, right

    def _changed(self, forms: Tensor, along: Tensor) -> Tensor:
        if self._squares:
            return 2.0 * self._sum(forms * along)
        left, right = self._halves(forms)
        moved_left, moved_right = self._halves(along)
        return self._sum(torch.addcmul(moved_left * right, left, moved_right))

    def _sum(self, products: Tensor) -> Tensor:
        """The weighted sum over the terms."""
        if self._weights is None and self._terms == 1:
            return products
        terms = products.reshape(self._terms, self._count, products.shape[-1])
        return (terms if self._weights is None else terms * self._weights).sum(0)

    def _weighted(self, forms: Tensor, c: Tensor) -> Tensor:
        """Every form times the weight of the product that it stands in."""
        factor = c if self._weights is None else c * self._weights
        sides = 1 if self._squares else 2
        terms = forms.reshape(sides, self._terms, self._count, forms.shape[-1])
        return (terms * factor).reshape(forms.shape)


def _by_terms(forms: Sequence[tuple[Form, ...]]) -> list[Form]:
    """The first form of every product, then the second of every product, and so on."""
    return list(chain.from_iterable(zip(*forms, strict=True)))


def _matrix(
    forms: Sequence[Form], d: int, like: Tensor, scale: float = 1.0
) -> FixedMatrix:
    """The matrix whose rows are linear forms."""
    rows = [row for row, form in enumerate(forms) for _ in form]
    columns = [coordinate for form in forms for coordinate in form]
    signs = [sign * scale for form in forms for sign in (1.0, -1.0)[: len(form)]]
    return FixedMatrix(rows, columns, signs, (len(forms), d), like)
