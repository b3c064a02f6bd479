r"""Constants: fixed matrices at the precision and place of the tensors they meet.

Takes arrays in float64, gives tensors of the dtype and device of another tensor. A buffer
would be rounded once to float32 and stay rounded in float64; this is not.
"""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from torch import Tensor

__all__ = ["Constant"]


@final
class Constant:
    """A fixed array that follows dtype and device of whatever uses it.

    Arguments:
        array: The numbers; kept in float64.

    Example:
        >>> third = Constant(np.array([1 / 3]))
        >>> third.like(torch.zeros(1, dtype=torch.float64)).item() == 1 / 3
        True
    """

    def __init__(self, array: np.ndarray) -> None:
        self.array = np.asarray(array, dtype=np.float64)
        self._tensors: dict[tuple[torch.dtype, torch.device], Tensor] = {}

    def like(self, tensor: Tensor) -> Tensor:
        """The array with the dtype and on the device of a tensor.

        Arguments:
            tensor: Any floating-point tensor.

        Returns:
            The array as a tensor, shared between calls: not to be changed in place.
        """
        key = tensor.dtype, tensor.device
        if key in self._tensors:
            return self._tensors[key]
        made = torch.tensor(self.array, dtype=tensor.dtype, device=tensor.device)
        # What is made while torch traces has no numbers, and is of no use afterwards.
        if not torch.compiler.is_compiling():
            self._tensors[key] = made
        return made
