r"""Motions: phase points along the motion of a Hamiltonian that is written down.

Takes H as an expression and initial points, gives the points at equal times, by steps of
Gauss collocation, which keep every charge of at most second degree to round-off.

.. math:: z_{k+1} = \Phi_h(z_k), \qquad \dot z = J \nabla H(z)
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from symflow.compilation import compile as compile_functions
from symflow.errors import ArgumentError
from symflow.hamiltonians import KnownHamiltonian
from symflow.phase_space import PhaseSpace
from symflow.trajectories import roll_out

__all__ = ["charge_drift", "trajectory"]


def trajectory(
    H: Any,  # noqa: ANN401  (a SymPy expression, and this file speaks torch)
    space: PhaseSpace,
    z: Tensor,
    steps: int = 200,
    step_size: float = 0.05,
) -> Tensor:
    r"""The motion of phase points, at equal times.

    .. math:: \dot q = \frac{\partial H}{\partial p}, \qquad
        \dot p = -\frac{\partial H}{\partial q}

    Arguments:
        H: The Hamiltonian, as an expression or as text, without parameters.
        space: The phase space.
        z: Initial phase points, shape (..., 2n).
        steps: The number of steps.
        step_size: The time h of one step, in the unit of time of H.

    Returns:
        The points, shape (steps + 1, ..., 2n), the initial ones first; in float64.

    Raises:
        ArgumentError: If the space has no pairs (q, p), or z is not of shape (..., 2n).
        ConvergenceError: If a step is too long for its equations to be solved.
        ExpressionError: If H holds a symbol that the space does not declare.

    Example:
        >>> import torch
        >>> line = PhaseSpace("x")
        >>> points = trajectory("(x**2 + p_x**2)/2", line, torch.tensor([1.0, 0.0]), 100)
        >>> x, t = points[:, 0], 0.05 * torch.arange(101, dtype=torch.float64)
        >>> bool((x - torch.cos(t)).abs().max() < 1e-11)
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.1.3.
    """
    if not isinstance(space, PhaseSpace):
        raise ArgumentError(
            "Argument `space` must be a PhaseSpace to move in, but it is of type "
            f"{type(space).__name__}."
        )
    if z.shape[-1:] != (2 * space.n,):
        raise ArgumentError(
            f"Argument `z` must have the shape (..., {2 * space.n}), but it has "
            f"{tuple(z.shape)}."
        )
    energy = KnownHamiltonian(compile_functions([space.read(H, "H")], space.z))
    return roll_out(energy.double(), z.double(), steps, step_size, order=6)


def charge_drift(
    g: Any,  # noqa: ANN401  (a SymPy expression, and this file speaks torch)
    space: PhaseSpace,
    points: Tensor,
) -> Tensor:
    r"""How far a charge has moved from its first value, along trajectories.

    .. math:: \frac{|g(z_k) - g(z_0)|}{1 + |g(z_0)|}

    Arguments:
        g: The charge, as an expression or as text, without parameters.
        space: The phase space.
        points: Trajectories, shape (steps + 1, ..., 2n).

    Returns:
        The drift, shape (steps + 1, ...).

    Raises:
        ExpressionError: If g holds a symbol that the space does not declare.

    Example:
        >>> import torch
        >>> plane = PhaseSpace("x y")
        >>> points = trajectory("p_x**2 + p_y**2", plane, torch.tensor([1.0, 2, 3, 4]), 9)
        >>> bool(charge_drift("x*p_y - y*p_x", plane, points).max() < 1e-14)
        True
    """
    charge = compile_functions([space.read(g, "g")], space.z)
    values = charge.value(points).squeeze(-1)
    return (values - values[0]).abs() / (1 + values[0].abs())
