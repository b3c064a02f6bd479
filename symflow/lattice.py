r"""Lattice: phase points as integers, on which a shear is undone bit for bit.

Takes rows of numbers, gives integers that count multiples of one small length.

.. math:: z = 2^{-44} k, \qquad
    k_p \mapsto k_p - \mathrm{trunc}\bigl(2^{44} \, t \, \nabla U(2^{-44} k_q)\bigr)

Integers add without rounding, and a shear does not move what its force is computed from;
so the same force is found again on the way back, and subtracted exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.pieces import State

__all__ = ["UNIT", "Budget", "from_lattice", "moved", "to_lattice"]

# How many lattice points a unit of length has.
UNIT = 2.0**44
# A unit of length over that many, by precision: a tensor, so that one call of torch both
# converts and multiplies.
_LENGTHS = {
    dtype: torch.tensor(1 / UNIT, dtype=dtype)
    for dtype in (torch.float32, torch.float64)
}
# Sums of integers below this in size cannot wrap around at 2^63.
_LARGEST = 2.0**62


class Budget:
    """The extremes of all steps, from which one test at the end excludes any overflow.

    Arguments:
        steps: The number of steps that will be taken.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._extremes: list[Tensor] = []

    def note(self, step: Tensor) -> None:
        """Take a step into account.

        Arguments:
            step: The step, in lattice units, before it is rounded.
        """
        if step.numel():
            self._extremes += torch.aminmax(step)

    def check(self) -> None:
        """Make sure that no number passed the range.

        Raises:
            ArgumentError: If one may have.
        """
        if not self._extremes:
            return
        # The largest of some numbers is not a number if one of them is not.
        most = float(torch.stack(self._extremes).abs().amax())
        if not most * (self._steps + 1) < _LARGEST:
            raise ArgumentError(
                "Argument `memory` must be 'states' or 'save' for this flow, but it is "
                f"'exact', and a step of {most / UNIT:.3g} was met: "
                f"{self._steps} such steps may leave the range "
                f"of {_LARGEST / UNIT:.3g} that exact numbers have. Scale the data, or "
                "make the flow less stiff."
            )


def to_lattice(state: State, budget: Budget | None = None) -> State:
    """The nearest lattice points.

    Arguments:
        state: Rows of q and of p.
        budget: Where their size is noted, if it is not known to be in range.

    Returns:
        Rows of integers.
    """
    rows = [half.double() * UNIT for half in state]
    if budget is not None:
        for half in rows:
            budget.note(half)
    return rows[0].round().long(), rows[1].round().long()


def from_lattice(numbers: Tensor, dtype: torch.dtype) -> Tensor:
    """Lattice points as numbers.

    Arguments:
        numbers: Integers.
        dtype: The precision wanted, float32 or float64; the same integers always give
            the same numbers.

    Returns:
        The numbers.
    """
    return numbers * _LENGTHS[dtype]


def moved(
    numbers: Tensor, displacement: Tensor | None, budget: Budget | None = None
) -> Tensor:
    """Lattice points moved; minus the displacement undoes it.

    Arguments:
        numbers: Integers.
        displacement: By how much, in lattice units, or None for what stays.
        budget: Where its size is noted, if it is not known to be in range.

    Returns:
        The integers reached.
    """
    if displacement is None:
        return numbers
    if budget is not None:
        budget.note(displacement)
    # Cut off, not rounded: that is odd too, and the conversion does it by itself.
    return numbers + displacement.long()
