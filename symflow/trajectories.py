r"""Trajectories: a Hamiltonian learned from motion that was observed.

Takes phase points with their velocities, or as they follow each other in time, gives a
Hamiltonian whose motion is theirs, with declared symmetries kept exactly.

.. math:: \min_\theta E_z \bigl|\dot z - J \nabla H_\theta(z)\bigr|^2
    \quad \text{or} \quad \min_\theta E_z \sum_t \bigl|z(t) - \Phi_t(z(0))\bigr|^2,
    \qquad H_\theta = f_\theta(I_1, \dots, I_m), \quad \{g_k, H_\theta\} = 0

What the generators stand for is then conserved along every predicted motion, for any
weights.
"""

from __future__ import annotations

import math
from typing import Any, final

import torch
from torch import Tensor, nn

from symflow.compilation import compile as compile_functions
from symflow.errors import ArgumentError
from symflow.hamiltonians import AbstractHamiltonian, InvariantHamiltonian
from symflow.implicit_integrators import Gauss
from symflow.invariants import Invariants
from symflow.notebook_views import NotebookView
from symflow.readouts import Readout, readout

__all__ = [
    "LearnedDynamics",
    "LearnedMotion",
    "hamiltonian_field",
    "read_hamiltonian",
    "roll_out",
    "runge_kutta_step",
]


def hamiltonian_field(H: AbstractHamiltonian, z: Tensor) -> Tensor:
    r"""The velocity of phase points.

    .. math:: \dot q = \frac{\partial H}{\partial p}, \qquad
        \dot p = -\frac{\partial H}{\partial q}

    Arguments:
        H: The Hamiltonian.
        z: Phase points, shape (..., 2n).

    Returns:
        Their velocities, shape (..., 2n).

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> q, p = symbols("q p", real=True)
        >>> H = KnownHamiltonian(compile([(q**2 + p**2) / 2], [q, p]))
        >>> hamiltonian_field(H, torch.tensor([3.0, 4.0]))
        tensor([ 4., -3.])
    """
    by_q, by_p = H.gradient(z).chunk(2, dim=-1)
    return torch.cat([by_p, -by_q], dim=-1)


def roll_out(
    H: AbstractHamiltonian, z: Tensor, steps: int, step_size: float, order: int = 4
) -> Tensor:
    """The motion from given phase points, by Gauss steps.

    They conserve every quadratic integral of H, such as momenta, to round-off.

    Arguments:
        H: The Hamiltonian.
        z: Where the motion begins, shape (..., 2n).
        steps: The number T of steps.
        step_size: The time of one step.
        order: The order of the method: 2, 4 or 6.

    Returns:
        The phase points, those at the beginning first, shape (T + 1, ..., 2n).

    Raises:
        ArgumentError: If the order is another, or the time of a step not positive.
        ConvergenceError: If a step is too long for its equations to be solved.
    """
    step = Gauss(order=order, steps=1, step_size=step_size).flow(H)
    points = [z]
    with torch.no_grad():
        for _ in range(steps):
            points.append(step(points[-1]))
    return torch.stack(points)


class _Learned(nn.Module, NotebookView):
    """A Hamiltonian of invariants that is trained on motion."""

    def __init__(
        self,
        invariants: Invariants,
        *,
        width: int = 32,
        depth: int = 2,
        seed: int = 0,
        dtype: torch.dtype = torch.float64,
    ) -> None:
        super().__init__()
        if not invariants.generators:
            raise ArgumentError(
                "Argument `invariants` must hold one function at least, but it is empty: "
                "the symmetry leaves no Hamiltonian but a constant."
            )
        self.invariants = invariants
        self.size = len(invariants.algebra.space.z)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            functions = compile_functions(
                invariants.generators, invariants.algebra.space.z
            )
            self.hamiltonian = InvariantHamiltonian(functions, width, depth)
        self.to(dtype)

    def fit_scale(self, rows: Tensor) -> None:
        """Recombine the invariants to be orthonormal on data; call before training.

        Arguments:
            rows: Data, shape (N, d), each row beginning with a phase point.
        """
        self.hamiltonian.fit_scale(rows[:, : self.size])

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        algebra = self.invariants.algebra
        return {
            "kind": "dynamics",
            "generators": {name: str(g) for name, g in algebra.generators.items()},
            "invariants": [str(f) for f in self.invariants.generators],
            "weights": [list(p.shape) for p in self.parameters()],
        }


@final
class LearnedDynamics(_Learned):
    r"""A Hamiltonian of invariants, trained on phase points with their velocities.

    .. math:: \mathcal{L}(z, \dot z) = -\frac{1}{2n} |\dot z - J \nabla H(z)|^2

    The rows of data are z and its velocity side by side, of width 4n.

    Arguments:
        invariants: What H may be a function of.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        seed: Seed of the initial weights; the global random state is left alone.
        dtype: Precision of the weights.

    Raises:
        ArgumentError: If there is no invariant.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = LearnedDynamics(invariants(so2), width=8, depth=1)
        >>> model.data_dimensions
        (8,)

    Reference:
        Greydanus, Dzamba and Yosinski 2019, arXiv 1906.01563, equation 3.
    """

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The width of data: a phase point and its velocity."""
        return (2 * self.size,)

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Minus the mean square error of the velocity.

        Arguments:
            batch: Phase points with velocities, shape (B, 4n).
            generator: Not used: nothing is drawn at random.

        Returns:
            The objective, shape (B,).
        """
        z, velocity = batch.chunk(2, dim=-1)
        error = velocity - hamiltonian_field(self.hamiltonian, z)
        return -error.square().mean(-1)


@final
class LearnedMotion(_Learned):
    r"""A Hamiltonian of invariants, trained on phase points as they follow in time.

    .. math:: \mathcal{L} = -\frac{1}{2n (T - 1)} \sum_{t=1}^{T-1}
        |z(t \, \Delta) - \Phi_{t \Delta}(z(0))|^2

    No velocity is needed. The motion from the first point is predicted by the classical
    Runge-Kutta method, whose error with that step belongs to the model: to predict, take
    steps as short as you like. The rows of data are T phase points side by side.

    Arguments:
        invariants: What H may be a function of.
        points: The number T of phase points of a row.
        interval: The time Δ from one to the next.
        steps: The number of Runge-Kutta steps in that time.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        seed: Seed of the initial weights; the global random state is left alone.
        dtype: Precision of the weights.

    Raises:
        ArgumentError: If there is no invariant, or fewer than two points, or the time or
            the number of steps is not positive.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = LearnedMotion(invariants(so2), points=5, interval=0.1, width=8)
        >>> model.data_dimensions
        (20,)

    Reference:
        Chen, Zhang, Arjovsky and Bottou 2020, arXiv 1909.13334 (training on roll-outs).
    """

    def __init__(
        self,
        invariants: Invariants,
        *,
        points: int,
        interval: float,
        steps: int = 1,
        width: int = 32,
        depth: int = 2,
        seed: int = 0,
        dtype: torch.dtype = torch.float64,
    ) -> None:
        super().__init__(invariants, width=width, depth=depth, seed=seed, dtype=dtype)
        if points < 2 or steps < 1 or not 0 < interval < math.inf:
            raise ArgumentError(
                "Arguments `points`, `steps` and `interval` must be at least 2, at least "
                f"1, and positive, but they are {points}, {steps} and {interval}."
            )
        self.points, self.interval, self.steps = points, interval, steps

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The width of data: all phase points of a motion."""
        return (self.points * self.size,)

    def predict(self, z: Tensor) -> Tensor:
        """The motion from phase points, as training sees it.

        Arguments:
            z: Where it begins, shape (..., 2n).

        Returns:
            The points that follow, shape (T - 1, ..., 2n).
        """
        h, found = self.interval / self.steps, []
        for _ in range(self.points - 1):
            for _ in range(self.steps):
                z = runge_kutta_step(self.hamiltonian, z, h)
            found.append(z)
        return torch.stack(found)

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Minus the mean square error of the motion.

        Arguments:
            batch: Phase points that follow each other, shape (B, 2n T).
            generator: Not used: nothing is drawn at random.

        Returns:
            The objective, shape (B,).
        """
        observed = batch.unflatten(-1, (self.points, self.size)).movedim(-2, 0)
        error = observed[1:] - self.predict(observed[0])
        return -error.square().mean((0, -1))

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        times = [self.points, self.interval, self.steps]
        return {**super().description(), "kind": "motion", "times": times}


def runge_kutta_step(H: AbstractHamiltonian, z: Tensor, step_size: float) -> Tensor:
    """One explicit step of the classical method of order 4.

    It is cheap, and conserves nothing exactly; `roll_out` does.

    Arguments:
        H: The Hamiltonian.
        z: Phase points, shape (..., 2n).
        step_size: The time h of the step.

    Returns:
        The phase points after it, shape (..., 2n).

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> q, p = symbols("q p", real=True)
        >>> H = KnownHamiltonian(compile([(q**2 + p**2) / 2], [q, p]))
        >>> z = torch.tensor([1.0, 0.0], dtype=torch.float64)
        >>> turned = torch.tensor([math.cos(0.1), -math.sin(0.1)], dtype=torch.float64)
        >>> bool((runge_kutta_step(H, z, 0.1) - turned).abs().max() < 1e-7)
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.1.1.
    """
    h = step_size
    first = hamiltonian_field(H, z)
    second = hamiltonian_field(H, z + h / 2 * first)
    third = hamiltonian_field(H, z + h / 2 * second)
    fourth = hamiltonian_field(H, z + h * third)
    return z + h / 6 * (first + 2 * second + 2 * third + fourth)


def read_hamiltonian(
    H: InvariantHamiltonian,
    z: Tensor,
    *,
    degree: int = 2,
    roots: bool = False,
    most_terms: int = 4,
) -> Readout:
    """A learned Hamiltonian as a short formula, with its error.

    Arguments:
        H: The Hamiltonian.
        z: Phase points where it was trained, shape (N, 2n).
        degree: The largest sum of the exponents' sizes in a term.
        roots: Whether exponents may be halves.
        most_terms: The largest number of terms.

    Returns:
        The formula in the symbols of phase space, up to an additive constant.

    Raises:
        ArgumentError: If H is constant, or not finite at a point.
    """
    with torch.no_grad():
        values = H.value(z).double().cpu().numpy()
        at = H.invariants.value(z.double()).cpu().numpy()
    return readout(
        values,
        at,
        H.invariants.expressions,
        degree=degree,
        roots=roots,
        most_terms=most_terms,
    )
