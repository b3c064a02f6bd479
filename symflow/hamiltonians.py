r"""Hamiltonians: learned functions of invariants, as functions on phase space.

Takes compiled invariants and a network of them, gives H with its gradient in closed form.

.. math:: H(z) = f(I_1(z), \dots, I_m(z)), \qquad
    \nabla H = \sum_a \frac{\partial f}{\partial I_a} \nabla I_a, \qquad \{g_k, H\} = 0

By the chain rule the bracket with every generator vanishes for any weights.
"""

from __future__ import annotations

from typing import final

from torch import Tensor, nn

from symflow.compilation import CompiledFunctions
from symflow.networks import invariant_function

__all__ = ["InvariantHamiltonian"]


@final
class InvariantHamiltonian(nn.Module):
    r"""A Hamiltonian that is a learned function of invariants.

    .. math:: H = f(I_1, \dots, I_m)

    Arguments:
        invariants: The invariants as compiled functions of z.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> import torch
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> H = InvariantHamiltonian(compile([x**2 + p**2], [x, p]), width=8, depth=1)
        >>> H.value(torch.zeros(5, 2)).shape, H.gradient(torch.zeros(5, 2)).shape
        (torch.Size([5]), torch.Size([5, 2]))

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3.
    """

    def __init__(self, invariants: CompiledFunctions, width: int, depth: int) -> None:
        super().__init__()
        self.invariants = invariants
        self.function = invariant_function(len(invariants.expressions), width, depth)

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        return self.function.value(self.invariants.value(z))

    def gradient(self, z: Tensor) -> Tensor:
        """The gradient of the energy along z.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The gradient, shape (..., 2n).
        """
        values, pullback = self.invariants.value_and_pullback(z)
        return pullback(self.function.gradient(values))
