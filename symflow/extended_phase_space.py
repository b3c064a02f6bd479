r"""Extended phase space: an explicit integrator of any Hamiltonian, on two copies of z.

Takes a Hamiltonian that need not be separable, gives a map of phase space that follows its
flow to a declared order.

.. math:: \bar H(q, p, x, y) = H(q, y) + H(x, p)
    + \tfrac{\omega}{2} \bigl(|q - x|^2 + |p - y|^2\bigr)

Each of the three terms has an exact flow. Both copies begin at z, and the first is the
result.
"""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor, nn

from symflow.functions import Weights
from symflow.hamiltonians import AbstractHamiltonian

__all__ = ["ExtendedFlow"]

Copies = tuple[Tensor, Tensor, Tensor, Tensor]


@final
class ExtendedFlow(nn.Module):
    r"""Tao's integrator.

    .. math:: \Phi_h = \phi_A^{h/2} \circ \phi_B^{h/2} \circ \phi_C^{h} \circ
        \phi_B^{h/2} \circ \phi_A^{h/2}

    Symplectic on two copies of phase space, not on one: forgetting the second copy is a
    projection, so the map of z keeps volume only to its order. It is no part of a density.

    Arguments:
        hamiltonian: The Hamiltonian H.
        lengths: The lengths of the steps of order two, one after another.
        binding: The frequency omega that holds the copies together.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> x, p = symbols("x p", real=True)
        >>> H = KnownHamiltonian(compile([(x**2 + 1) * (p**2 + 1) / 2], [x, p]))
        >>> z = torch.tensor([0.0, -3.0], dtype=torch.float64)
        >>> moved = ExtendedFlow(H, [0.01] * 100, binding=20.0)(z)
        >>> bool((H.value(moved) - H.value(z)).abs() < 0.02)
        True

    Reference:
        Tao 2016, Phys. Rev. E 94, 043303.
    """

    def __init__(
        self, hamiltonian: AbstractHamiltonian, lengths: list[float], binding: float
    ) -> None:
        super().__init__()
        self.hamiltonian = hamiltonian
        self.lengths = tuple(lengths)
        self.binding = binding

    def forward(self, z: Tensor) -> Tensor:
        """Carry phase points along the flow.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The first copy at the end, shape (..., 2n).
        """
        weights = self.hamiltonian.folded()
        rows = z.reshape(-1, z.shape[-1]).t()
        q, p = rows.chunk(2)
        copies = q, p, q, p
        for h in self.lengths:
            copies = self._first(weights, copies, h / 2)
            copies = self._second(weights, copies, h / 2)
            copies = self._bound(copies, h)
            copies = self._second(weights, copies, h / 2)
            copies = self._first(weights, copies, h / 2)
        return torch.cat(copies[:2]).t().reshape(z.shape)

    def _first(self, weights: Weights, copies: Copies, h: float) -> Copies:
        """The flow of H(q, y), which keeps q and y."""
        q, p, x, y = copies
        along_q, along_y = self._slopes(weights, q, y)
        return q, p - h * along_q, x + h * along_y, y

    def _second(self, weights: Weights, copies: Copies, h: float) -> Copies:
        """The flow of H(x, p), which keeps x and p."""
        q, p, x, y = copies
        along_x, along_p = self._slopes(weights, x, p)
        return q + h * along_p, p, x, y - h * along_x

    def _bound(self, copies: Copies, h: float) -> Copies:
        """The flow of the binding: the differences of the copies turn."""
        q, p, x, y = copies
        c, s = math.cos(2 * self.binding * h), math.sin(2 * self.binding * h)
        u, v = (q - x) / 2, (p - y) / 2
        u, v, q, p = c * u + s * v, c * v - s * u, (q + x) / 2, (p + y) / 2
        return q + u, p + v, q - u, p - v

    def _slopes(self, weights: Weights, q: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
        along = self.hamiltonian.gradient_rows(weights, torch.cat([q, p]))
        return along[: len(q)], along[len(q) :]
