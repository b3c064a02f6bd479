r"""Pieces: exact flows of invariant Hamiltonians, as invertible maps.

Takes phase points and a time, gives where the flow of one Hamiltonian carries them; minus
the time is the inverse, and every piece preserves volume, so log|det| = 0.

.. math:: \Phi_t \circ \Phi_{-t} = 1, \qquad M^T J M = J, \qquad \det M = 1

Because each is an exact flow of an invariant Hamiltonian, any composition commutes with the
flow of every generator.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.compilation import CompiledFunctions
from symflow.constants import Constant
from symflow.hamiltonians import InvariantHamiltonian

__all__ = ["AbstractPiece", "LinearFlowPiece", "ShearPiece"]


class AbstractPiece(nn.Module, ABC):
    """An exact flow of one learned invariant Hamiltonian."""

    hamiltonian: InvariantHamiltonian

    @abstractmethod
    def forward(self, z: Tensor, time: float = 1.0) -> Tensor:
        """Carry phase points along the flow.

        Arguments:
            z: Phase points, shape (..., 2n).
            time: How long to flow; minus the time is the inverse.

        Returns:
            The phase points at that time, shape (..., 2n).
        """


@final
class ShearPiece(AbstractPiece):
    r"""The flow of a function of commuting coordinates.

    .. math:: z(t) = z + t \, J \nabla H(x_S)

    The coordinates x_S stay, so the step is exact for any t. With x_S = q it is the kick
    by U(q), with x_S = p the drift by K(p).

    Arguments:
        invariants: Compiled invariants of commuting coordinates.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> kick = ShearPiece(compile([x**2], [x, p]), width=8, depth=1).double()
        >>> z = torch.randn(5, 2, dtype=torch.float64)
        >>> torch.allclose(kick(kick(z), -1.0), z)
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5.
    """

    def __init__(self, invariants: CompiledFunctions, width: int, depth: int) -> None:
        super().__init__()
        self.hamiltonian = InvariantHamiltonian(invariants, width, depth)
        n = len(invariants.symbols) // 2
        J = np.kron([[0, 1], [-1, 0]], np.eye(n))
        self.J_transposed = Constant(J.T)

    def forward(self, z: Tensor, time: float = 1.0) -> Tensor:
        """Shift the coordinates that are conjugate to x_S.

        Arguments:
            z: Phase points, shape (..., 2n).
            time: How long to flow.

        Returns:
            The phase points at that time, shape (..., 2n).
        """
        return z + time * (self.hamiltonian.gradient(z) @ self.J_transposed.like(z))


@final
class LinearFlowPiece(AbstractPiece):
    r"""The flow of a function of commuting quadratic invariants.

    .. math:: z(t) = \prod_a \exp(t \, \tau_a A_a) \, z, \qquad
        \tau_a = \partial_a f(I), \qquad
        e^{\tau A} = 1 + s(\tau) A + k(\tau) A^2

    Each I_a is constant along the flow, so the angles tau are. With A^3 = c A the
    coefficients are s = sin(wt)/w, k = (1 - cos wt)/w^2 for c = -w^2; sinh and cosh for
    c = w^2; and t, t^2/2 for c = 0.

    Arguments:
        invariants: Compiled commuting quadratic invariants.
        matrices: The matrices A, shape (m, 2n, 2n).
        cubes: The numbers c, one for each matrix.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> turn = LinearFlowPiece(
        ...     compile([(x**2 + p**2) / 2], [x, p]),
        ...     np.array([[[0.0, 1.0], [-1.0, 0.0]]]), [-1.0], width=8, depth=1).double()
        >>> z = torch.randn(5, 2, dtype=torch.float64)
        >>> torch.allclose((turn(z) ** 2).sum(-1), (z**2).sum(-1))
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5.
    """

    def __init__(
        self,
        invariants: CompiledFunctions,
        matrices: np.ndarray,
        cubes: Sequence[float],
        width: int,
        depth: int,
    ) -> None:
        super().__init__()
        self.hamiltonian = InvariantHamiltonian(invariants, width, depth)
        self.cubes = tuple(float(c) for c in cubes)
        self.powers = tuple(
            Constant(np.concatenate([A.T, (A @ A).T], axis=1)) for A in matrices
        )

    def forward(self, z: Tensor, time: float = 1.0) -> Tensor:
        """Apply the matrix exponentials, one for each invariant.

        Arguments:
            z: Phase points, shape (..., 2n).
            time: How long to flow.

        Returns:
            The phase points at that time, shape (..., 2n).
        """
        values = self.hamiltonian.invariants.value(z)
        angles = self.hamiltonian.function.gradient(values) * time
        for angle, power, cube in zip(
            angles.unbind(-1), self.powers, self.cubes, strict=True
        ):
            first, second = (z @ power.like(z)).chunk(2, dim=-1)
            s, k = _coefficients(angle.unsqueeze(-1), cube)
            z = z + s * first + k * second
        return z


def _coefficients(angle: Tensor, cube: float) -> tuple[Tensor, Tensor]:
    """The s and k of exp(angle A) = 1 + s A + k A^2 when A^3 = cube A."""
    if cube == 0.0:
        return angle, angle * angle / 2
    frequency = math.sqrt(abs(cube))
    half = angle * (frequency / 2)
    # 1 - cos x = 2 sin^2(x/2), and likewise for cosh, keep all digits at small angles.
    sine = torch.sin(half) if cube < 0 else torch.sinh(half)
    cosine = torch.cos(half) if cube < 0 else torch.cosh(half)
    return 2 * sine * cosine / frequency, 2 * sine * sine / frequency**2
