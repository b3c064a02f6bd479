r"""Multipliers: how the price of a constraint follows how far it is from being met.

Takes the sizes of constraints step by step, gives multipliers and what they take from an
objective.

.. math:: \min_\theta \max_{\lambda \ge 0} \; F(\theta)
    + \sum_k \lambda_k \bigl(C_k(\theta) - \kappa\bigr)

The states are plain tensors, so that a run can be stopped and go on with them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView

__all__ = ["AbstractSchedule", "AugmentedLagrangian", "DualAscent", "Geco"]


class AbstractSchedule(ABC, NotebookView):
    """How multipliers follow the constraints, and what they cost the objective."""

    tolerance: float

    @abstractmethod
    def start(self, count: int) -> Tensor:
        """The state before the first step.

        Arguments:
            count: The number K of constraints.

        Returns:
            The state, shape (s, K); its first row is the multipliers.
        """

    @abstractmethod
    def penalty(self, state: Tensor, sizes: Tensor) -> Tensor:
        """What is taken from the objective.

        Arguments:
            state: The state, shape (s, K).
            sizes: The sizes of the constraints, shape (K,), differentiable.

        Returns:
            One number.
        """

    @abstractmethod
    def step(self, state: Tensor, sizes: Tensor) -> Tensor:
        """The state after a step.

        Arguments:
            state: The state, shape (s, K).
            sizes: The sizes of the constraints in that step, shape (K,).

        Returns:
            The next state, shape (s, K).
        """


class _Climbing(AbstractSchedule):
    """Multipliers that start at zero and climb by what the constraint is off."""

    rate: float

    def start(self, count: int) -> Tensor:
        """No multiplier yet.

        Arguments:
            count: The number K of constraints.

        Returns:
            Zeros of shape (1, K).
        """
        return torch.zeros(1, count)

    def step(self, state: Tensor, sizes: Tensor) -> Tensor:
        """One step up.

        Arguments:
            state: The state, shape (1, K).
            sizes: The sizes of the constraints in that step, shape (K,).

        Returns:
            The next state, shape (1, K).
        """
        return (state + self.rate * (sizes - self.tolerance)).clamp_min(0)


@final
@dataclass(frozen=True)
class DualAscent(_Climbing):
    r"""Multipliers that climb by what the constraint is off.

    .. math:: \lambda \leftarrow \max\bigl(0, \lambda + \eta (C - \kappa)\bigr)

    Arguments:
        rate: The step η; at zero the constraint is switched off.
        tolerance: The size κ that is let pass.

    Example:
        >>> schedule = DualAscent(rate=2.0, tolerance=0.0)
        >>> schedule.step(schedule.start(1), torch.tensor([0.5]))
        tensor([[1.]])

    Reference:
        Arrow, Hurwicz and Uzawa 1958, Studies in Linear and Non-Linear Programming.
    """

    rate: float = 1.0
    tolerance: float = 1e-3

    def __post_init__(self) -> None:
        _check_numbers(rate=self.rate, tolerance=self.tolerance)

    def penalty(self, state: Tensor, sizes: Tensor) -> Tensor:
        r"""The multipliers times what the constraints are off.

        Arguments:
            state: The state, shape (1, K).
            sizes: The sizes of the constraints, shape (K,).

        Returns:
            One number.
        """
        return (state[0] * (sizes - self.tolerance)).sum()


@final
@dataclass(frozen=True)
class AugmentedLagrangian(_Climbing):
    r"""Multipliers and a quadratic wall, which damps what dual ascent swings over.

    .. math:: \frac{1}{2 \rho} \Bigl(\max(0, \lambda + \rho c)^2 - \lambda^2\Bigr),
        \qquad c = C - \kappa, \qquad \lambda \leftarrow \max(0, \lambda + \eta c)

    Arguments:
        wall: The steepness ρ of the wall.
        rate: The step η of the multipliers.
        tolerance: The size κ that is let pass.

    Example:
        >>> schedule = AugmentedLagrangian(wall=4.0, tolerance=0.0)
        >>> float(schedule.penalty(schedule.start(1), torch.tensor([3.0])))  # ρ c²/2
        18.0

    Reference:
        Nocedal and Wright, Numerical Optimization, 2nd edition, equation 17.65.
    """

    wall: float = 10.0
    rate: float = 1.0
    tolerance: float = 1e-3

    def __post_init__(self) -> None:
        _check_numbers(wall=self.wall, rate=self.rate, tolerance=self.tolerance)
        if not self.wall:
            raise ArgumentError(
                "Argument `wall` must be a positive number, but it is 0. Without a wall "
                "this is DualAscent."
            )

    def penalty(self, state: Tensor, sizes: Tensor) -> Tensor:
        """The multipliers and the wall.

        Arguments:
            state: The state, shape (1, K).
            sizes: The sizes of the constraints, shape (K,).

        Returns:
            One number.
        """
        pushed = (state[0] + self.wall * (sizes - self.tolerance)).clamp_min(0)
        return ((pushed.square() - state[0].square()) / (2 * self.wall)).sum()


@final
@dataclass(frozen=True)
class Geco(AbstractSchedule):
    r"""Multipliers that grow by a factor while a moving average is too large.

    .. math:: \lambda \leftarrow \lambda \, \exp\bigl(\eta \, \operatorname{clip}(
        \bar C / \kappa - 1, -1, 1)\bigr), \qquad
        \bar C \leftarrow \alpha \bar C + (1 - \alpha) C

    The average is taken in units of the tolerance and cut at one, so that the rate means
    the same for every generator and every unit of energy.

    Arguments:
        rate: The largest change η of log λ in a step.
        memory: The part α of the average that is kept.
        tolerance: The size κ that is let pass.
        range: The smallest and the largest multiplier.

    Example:
        >>> schedule = Geco(rate=0.5, memory=0.0, tolerance=1.0)
        >>> state = schedule.step(schedule.start(1), torch.tensor([9.0]))
        >>> torch.allclose(state[0].log(), torch.tensor([0.5]))
        True

    Reference:
        Rezende and Viola 2018, arXiv 1810.00597, algorithm 1.
    """

    rate: float = 0.02
    memory: float = 0.95
    tolerance: float = 1e-3
    range: tuple[float, float] = (1e-3, 1e4)

    def __post_init__(self) -> None:
        _check_numbers(rate=self.rate, memory=self.memory, tolerance=self.tolerance)
        if not self.tolerance or self.memory >= 1:
            raise ArgumentError(
                "Arguments `tolerance` and `memory` must be positive and below 1, but "
                f"they are {self.tolerance} and {self.memory}."
            )

    def start(self, count: int) -> Tensor:
        """Multipliers of one, and averages at the tolerance.

        Arguments:
            count: The number K of constraints.

        Returns:
            The state, shape (2, K).
        """
        return torch.stack([torch.ones(count), torch.full((count,), self.tolerance)])

    def penalty(self, state: Tensor, sizes: Tensor) -> Tensor:
        """The multipliers times what the constraints are off.

        Arguments:
            state: The state, shape (2, K).
            sizes: The sizes of the constraints, shape (K,).

        Returns:
            One number.
        """
        return (state[0] * (sizes - self.tolerance)).sum()

    def step(self, state: Tensor, sizes: Tensor) -> Tensor:
        """One step, up or down.

        Arguments:
            state: The state, shape (2, K).
            sizes: The sizes of the constraints in that step, shape (K,).

        Returns:
            The next state, shape (2, K).
        """
        average = self.memory * state[1] + (1 - self.memory) * sizes
        off = (average / self.tolerance - 1).clamp(-1, 1)
        multipliers = (state[0] * (self.rate * off).exp()).clamp(*self.range)
        return torch.stack([multipliers, average])


def _check_numbers(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value < float("inf"):
            raise ArgumentError(
                f"Argument `{name}` must be a number of at least 0, but it is {value!r}."
            )
