r"""Lattice: phase points as integers, on which a shear is undone bit for bit.

Takes rows of numbers, gives integers that count multiples of one small length.

.. math:: z = 2^{-44} k, \qquad
    k_p \mapsto k_p - \mathrm{round}\bigl(2^{44} \, t \, \nabla U(2^{-44} k_q)\bigr)

Integers add without rounding, and a shear does not move what its force is computed from;
so the same force is found again on the way back, and subtracted exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.pieces import State

__all__ = ["Budget", "from_lattice", "moved", "to_lattice"]

_BITS = 44
_SCALE = 2.0**_BITS
# Sums of integers below this in size cannot wrap around at 2^63.
_LARGEST = 2.0**62


class Budget:
    """The largest step so far, from which one test at the end excludes any overflow.

    Arguments:
        steps: The number of steps that will be taken.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._largest: Tensor | None = None

    def note(self, step: Tensor) -> None:
        """Take a step into account.

        Arguments:
            step: The step, in lattice units, before it is rounded.
        """
        size = step.abs().amax()
        # The maximum of two numbers is not a number if either is not.
        self._largest = (
            size if self._largest is None else torch.maximum(size, self._largest)
        )

    def check(self) -> None:
        """Make sure that no number passed the range.

        Raises:
            ArgumentError: If one may have.
        """
        if self._largest is None:
            return
        most = float(self._largest)
        if not most * (self._steps + 1) < _LARGEST:
            raise ArgumentError(
                "Argument `memory` must be 'states' or 'save' for this flow, but it is "
                f"'exact', and a step of {most / _SCALE:.3g} was met: "
                f"{self._steps} such steps may leave the range "
                f"of {_LARGEST / _SCALE:.3g} that exact numbers have. Scale the data, or "
                "make the flow less stiff."
            )


def to_lattice(state: State, budget: Budget) -> State:
    """The nearest lattice points.

    Arguments:
        state: Rows of q and of p.
        budget: Where their size is noted.

    Returns:
        Rows of integers.
    """
    rows = [half.double() * _SCALE for half in state]
    for half in rows:
        budget.note(half)
    return rows[0].round().long(), rows[1].round().long()


def from_lattice(numbers: Tensor, dtype: torch.dtype) -> Tensor:
    """Lattice points as numbers.

    Arguments:
        numbers: Integers.
        dtype: The precision wanted; the same integers always give the same numbers.

    Returns:
        The numbers.
    """
    return (numbers.double() * (1 / _SCALE)).to(dtype)


def moved(
    numbers: Tensor, velocity: Tensor | None, time: float, budget: Budget
) -> Tensor:
    """Lattice points moved with a velocity for a time.

    Arguments:
        numbers: Integers.
        velocity: The velocity, or None for what stays.
        time: How long; minus the time undoes it.
        budget: Where the size of the step is noted.

    Returns:
        The integers reached.
    """
    if velocity is None:
        return numbers
    step = velocity.double() * (time * _SCALE)
    budget.note(step)
    return numbers + step.round().long()
