r"""Power sum map: sums of equal powers, the invariants of permutations.

Takes coordinates and exponents, gives the sums, by one product for each power.

.. math:: I_k = w_k \sum_t x_t^k, \qquad
    \frac{\partial}{\partial x_t} \sum_k c_k I_k = \sum_k k \, w_k c_k \, x_t^{k-1}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor

from symflow.contractions import PowerSum
from symflow.fixed_matrix import FixedMatrix
from symflow.polynomial_terms import rounded
from symflow.tensor_map import AbstractMap, Memory

__all__ = ["PowerSumMap"]


@final
class PowerSumMap(AbstractMap):
    r"""Sums of powers of the same coordinates.

    The covector is a polynomial in each x_t whose coefficients differ from point to
    point, so Horner's rule evaluates it, and its derivative, without keeping powers.

    Arguments:
        sums: The power sums, all of the same coordinates.
        d: The number of coordinates of a point.
        like: A tensor of the precision and on the device of the points.

    Example:
        >>> z = torch.tensor([[1.0], [2.0]])
        >>> f = PowerSumMap([PowerSum(1, (0, 1), 3)], 2, z)  # x^3 + y^3
        >>> value, memory = f.value(z)
        >>> value.item(), f.pullback(memory, torch.ones(1, 1)).flatten()
        (9.0, tensor([ 3., 12.]))
    """

    def __init__(self, sums: Sequence[PowerSum], d: int, like: Tensor) -> None:
        picked = sums[0].coordinates
        shape = (len(picked), d)
        ones = [1.0] * len(picked)
        self._coordinates = FixedMatrix(range(len(picked)), picked, ones, shape, like)
        self._back = self._coordinates.transposed
        self._exponents = tuple(f.exponent for f in sums)
        self._weights = like.new_tensor([rounded(f.weight) for f in sums])[:, None]
        self.width = 4 * len(picked)

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The sums; see `AbstractMap.value`."""
        x = self._coordinates(z)
        power, sums = x, {1: x.sum(0)}
        for k in range(2, max(self._exponents) + 1):
            power = power * x
            if k in self._exponents:
                sums[k] = power.sum(0)
        return torch.stack([sums[k] for k in self._exponents]) * self._weights, [x]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """The sums of k x^(k-1) v; see `AbstractMap.pushforward`."""
        (x,) = memory
        power = self._coordinates(v)
        sums = {1: power.sum(0)}
        for k in range(2, max(self._exponents) + 1):
            power = power * x
            if k in self._exponents:
                sums[k] = k * power.sum(0)
        return torch.stack([sums[k] for k in self._exponents]) * self._weights

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """Horner's rule on the derivative; see `AbstractMap.pullback`."""
        return self._back(self._horner(memory[0], c, 1))

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Horner's rule on the second derivative; see `AbstractMap.second`."""
        bent = self._horner(memory[0], c, 2) * self._coordinates(v)
        return self.pushforward(memory, v), self._back(bent)

    def _horner(self, x: Tensor, c: Tensor, order: int) -> Tensor:
        """The first or second derivative of the weighted sum along each coordinate."""
        weights = (c * self._weights).unbind(0)
        total = torch.zeros_like(x)
        for k in range(max(self._exponents), order - 1, -1):
            total = total * x
            factor = k if order == 1 else k * (k - 1)
            for exponent, weight in zip(self._exponents, weights, strict=True):
                if exponent == k:
                    total = total + factor * weight
        return total
