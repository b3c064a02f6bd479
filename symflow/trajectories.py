r"""Trajectories: a Hamiltonian learned from motion that was observed.

Takes phase points with their velocities, gives a Hamiltonian whose field is theirs, with
declared symmetries kept exactly, and the motion that it predicts.

.. math:: \min_\theta E_z \bigl|\dot z - J \nabla H_\theta(z)\bigr|^2, \qquad
    H_\theta = f_\theta(I_1, \dots, I_m), \quad \{g_k, H_\theta\} = 0

What the generators stand for is then conserved along every predicted motion, for any
weights.
"""

from __future__ import annotations

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

__all__ = ["LearnedDynamics", "hamiltonian_field", "read_hamiltonian", "roll_out"]


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
        ConvergenceError: If a step is too long for its equations to be solved.
    """
    step = Gauss(order=order, steps=1, step_size=step_size).flow(H)
    points = [z]
    with torch.no_grad():
        for _ in range(steps):
            points.append(step(points[-1]))
    return torch.stack(points)


@final
class LearnedDynamics(nn.Module, NotebookView):
    r"""A Hamiltonian of invariants, trained on phase points with their velocities.

    .. math:: \mathcal{L}(z, \dot z) = -\frac{1}{2n} |\dot z - J \nabla H(z)|^2

    The rows of data are z and its velocity side by side, of width 4n.

    Arguments:
        invariants: What H may be a function of.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        seed: Seed of the initial weights; the global random state is left alone.
        dtype: Precision of the weights.

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
        space = invariants.algebra.space
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            functions = compile_functions(invariants.generators, space.z)
            self.hamiltonian = InvariantHamiltonian(functions, width, depth)
        self.to(dtype)

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The width of data: a phase point and its velocity."""
        return (2 * len(self.invariants.algebra.space.z),)

    def fit_scale(self, rows: Tensor) -> None:
        """Recombine the invariants to be orthonormal on data; call before training.

        Arguments:
            rows: Phase points with velocities, shape (N, 4n).
        """
        self.hamiltonian.fit_scale(rows[:, : rows.shape[1] // 2])

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

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        algebra = self.invariants.algebra
        return {
            "kind": "dynamics",
            "generators": {name: str(g) for name, g in algebra.generators.items()},
            "invariants": [str(f) for f in self.invariants.generators],
            "weights": [list(p.shape) for p in self.parameters()],
        }


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
