r"""Splines: functions of one invariant whose derivative is a piecewise cubic.

Takes values of one invariant, gives a function f, its derivative and the pullback of the
derivative, all in closed form.

.. math:: f'(I) = \sum_k c_k B_k(I), \qquad f(I) = \int_0^I f'(s) \, ds

The flow needs f' and f'' only, so that f' is what is parametrised. It is linear in its
coefficients, so that the derivative along them is a sum over points of four numbers each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from symflow.constants import Constant
from symflow.errors import ArgumentError
from symflow.functions import AbstractFunction, Tape, Weights

__all__ = ["CubicSpline"]

# Intervals; with fewer, the three equal coefficients of one end would meet the other's.
_FEWEST = 4
_INITIAL_SIZE = 0.01  # of f', so that a flow starts near the identity
_INITIAL_SLOPE = 0.1  # the same where f' is positive, and may not start too near zero


@final
class CubicSpline(AbstractFunction):
    r"""A function of one invariant, given by a cubic spline for its derivative.

    .. math:: f'(I) = \sum_k c_k B_k(I), \qquad f' \in C^2, \qquad
        \tau_j = \sinh\Bigl(x_0 + \frac{j}{m} (x_1 - x_0)\Bigr)

    The knots are equidistant in asinh(I): in I they are so where an invariant is small, and
    where it is large their distances grow in proportion. Beyond the last knot f' is
    constant, so the force of a quadratic invariant is that of an oscillator there.
    B-splines are not negative, so with positive coefficients f rises everywhere.

    Arguments:
        intervals: The number m of intervals between knots, at least 4.
        low: The first knot, sinh(x_0), in units of the invariant.
        high: The last knot, sinh(x_1), in units of the invariant.
        monotone: Whether f' is positive; else it is free.

    Raises:
        ArgumentError: If there are fewer than 4 intervals, or low is not below high.

    Example:
        >>> f = CubicSpline(intervals=8, monotone=True).double()
        >>> I = torch.linspace(-9, 99, 7, dtype=torch.float64)[:, None].requires_grad_()
        >>> by_autograd, = torch.autograd.grad(f.value(I).sum(), I)
        >>> torch.allclose(f.gradient(I), by_autograd), bool((f.gradient(I) > 0).all())
        (True, True)

    Reference:
        de Boor, A Practical Guide to Splines, revised edition, chapters IX and X.
    """

    count = 1

    def __init__(
        self,
        intervals: int = 24,
        low: float = -4.0,
        high: float = 30.0,
        monotone: bool = False,
    ) -> None:
        super().__init__()
        _check(intervals, low, high)
        self.monotone = monotone
        self.low, self.high = low, high
        self._first = math.asinh(low)
        self._step = (math.asinh(high) - self._first) / intervals
        knots = np.sinh(self._first + self._step * np.arange(-3, intervals + 4))
        knots[3], knots[-4] = low, high
        powers = _powers(knots)
        widths = np.diff(knots[3:-3])
        self._left = Constant(knots[3:-4])
        self._inverse_width = Constant(1 / widths)
        self._powers = Constant(powers)
        self._integrals = Constant(_integrals(powers, widths))
        start = torch.randn(intervals - 1) * _INITIAL_SIZE
        if monotone:
            start = start + math.log(math.expm1(_INITIAL_SLOPE))
        self.coefficients = nn.Parameter(start)

    def value(self, invariants: Tensor) -> Tensor:
        """The function f, which is 0 at I = 0.

        Arguments:
            invariants: Values of I, shape (..., 1).

        Returns:
            The value, shape (...).
        """
        at = invariants.reshape(-1)
        integral = self._integral(at) - self._integral(at.new_zeros(1))
        return integral.reshape(invariants.shape[:-1])

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The derivative on each interval, as powers of the place in it.

        Arguments:
            scale: A number that multiplies f.

        Returns:
            One tensor of shape (4, m).
        """
        table = self._powers.like(self.coefficients) @ self._positive()
        return (table if scale is None else table * scale,)

    def slope(self, weights: Weights, rows: Tensor) -> tuple[Tensor, Tape]:
        """The derivative f'(I).

        Arguments:
            weights: What `folded` gave.
            rows: Values of I, shape (1, B).

        Returns:
            The derivative, shape (1, B), and what `pull` needs.
        """
        interval, t = self._place(rows[0])
        powers = weights[0].index_select(1, interval)
        c0, c1, c2, c3 = powers
        slope = torch.addcmul(c0, torch.addcmul(c1, torch.addcmul(c2, c3, t), t), t)
        return slope[None], (interval, t, powers)

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The pullback of the derivative.

        .. math:: \bar I = u f''(I), \qquad \bar c_k = \sum u \, B_k(I)

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The weight u of the derivative, shape (1, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The derivative along I, shape (1, B).
        """
        interval, t, (_, c1, c2, c3) = tape
        if sums is not None:
            each = [covector[0]]
            for _ in range(3):
                each.append(each[-1] * t)
            sums[0].scatter_add_(1, interval.expand(4, -1), torch.stack(each))
        curve = torch.addcmul(c1, torch.addcmul(2 * c2, c3, t, value=3), t)
        return covector * curve * self._inverse_width.like(t)[interval]

    def _positive(self) -> Tensor:
        return softplus(self.coefficients) if self.monotone else self.coefficients

    def _place(self, at: Tensor) -> tuple[Tensor, Tensor]:
        """The interval of each point, and how far in it the point lies, from 0 to 1.

        Outside of all intervals it is the nearest end, where the spline is flat.
        """
        inside = at.clamp(self.low, self.high)
        with torch.no_grad():
            steps = (torch.asinh(inside) - self._first) / self._step
            interval = steps.long().clamp(0, self._left.array.size - 1)
        left, inverse = self._left.like(at), self._inverse_width.like(at)
        return interval, (inside - left[interval]) * inverse[interval]

    def _integral(self, at: Tensor) -> Tensor:
        """The integral of the derivative from the first knot."""
        interval, t = self._place(at)
        table = self._integrals.like(self.coefficients) @ self._positive()
        total = table[4, interval]
        for row in table[:4].flip(0):
            total = total * t + row[interval]
        beyond = torch.where(
            at < self.low, at - self.low, (at - self.high).clamp(min=0)
        )
        edges = self._positive()[[0, -1]]
        return total + beyond * torch.where(at < self.low, edges[0], edges[1])


def _check(intervals: int, low: float, high: float) -> None:
    if not isinstance(intervals, int) or intervals < _FEWEST:
        raise ArgumentError(
            f"Argument `intervals` must be a whole number of at least {_FEWEST}, but it "
            f"is {intervals!r}."
        )
    if not -math.inf < low < high < math.inf:
        raise ArgumentError(
            f"Argument `low` must be a number below `high`, but they are {low} and {high}."
        )


def _powers(knots: np.ndarray) -> np.ndarray:
    r"""The spline on each interval, as powers of the place t in it, by the recursion

    .. math:: B_k^d = \frac{I - \tau_k}{\tau_{k+d} - \tau_k} B_k^{d-1}
        + \frac{\tau_{k+d+1} - I}{\tau_{k+d+1} - \tau_{k+1}} B_{k+1}^{d-1}.

    The three coefficients at either end are equal: the spline is flat there, and joins a
    constant twice differentiably.

    Arguments:
        knots: The knots, with three more at either end, shape (m + 7,).

    Returns:
        Shape (4, m, m - 1), for powers, intervals and coefficients.
    """
    m = len(knots) - 7
    out = np.zeros((4, m, m - 1))
    for j in range(m):
        start, width = knots[j + 3], knots[j + 4] - knots[j + 3]
        basis = [np.array([1.0, 0.0, 0.0, 0.0])]
        for degree in range(1, 4):
            raised = [np.zeros(4) for _ in range(degree + 1)]
            for k, piece in enumerate(basis):
                left, right = knots[j + 4 - degree + k], knots[j + 4 + k]
                # times (right - I) and (I - left), with I = start + width t
                times_t = np.roll(piece, 1) * width
                raised[k] += ((right - start) * piece - times_t) / (right - left)
                raised[k + 1] += ((start - left) * piece + times_t) / (right - left)
            basis = raised
        for k, piece in enumerate(basis):
            out[:, j, min(max(j + k - 2, 0), m - 2)] += piece
    return out


def _integrals(powers: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The integral from the first knot as powers of t, shape (5, m, m - 1)."""
    raised = np.arange(1, 5)[:, None, None]
    rising = powers / raised * widths[None, :, None]
    whole = np.cumsum(rising.sum(0), axis=0)
    before = np.concatenate([np.zeros_like(whole[:1]), whole[:-1]])
    return np.concatenate([before[None], rising])
