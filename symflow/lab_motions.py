r"""Lab motions: what a Hamiltonian does to phase points, and what it does not change.

Takes a Hamiltonian in numbers and a start, gives trajectories by one of three methods, the
drift of charges on them, and how far the motion is from commuting with each symmetry.

.. math:: \dot z = J \nabla H(z), \qquad
    \Phi_h(e^{\epsilon X_g} z) = e^{\epsilon X_g} \Phi_h(z) \; ?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from symflow.algebra import LieAlgebra
from symflow.compilation import compile as compile_functions
from symflow.derivations import unused_name
from symflow.diagnostics import finite_actions
from symflow.drifts import draw_drifts
from symflow.errors import ArgumentError, UnsupportedError
from symflow.figures import INK, PALE, colour, label, panels, styled
from symflow.hamiltonians import KnownHamiltonian
from symflow.implicit_integrators import Gauss
from symflow.integrators import Leapfrog
from symflow.lab_problems import Problem, separate
from symflow.motions import charge_drift
from symflow.phase_space import PhaseSpace
from symflow.runge_kutta import ConvergenceError
from symflow.trajectories import hamiltonian_field
from symflow.typesetting import mathtext

__all__ = [
    "METHODS",
    "Method",
    "Motion",
    "draw_errors",
    "draw_portrait",
    "motion_figure",
    "move",
    "symmetry_errors",
]

Method = Literal["Gauss, order 6", "leapfrog", "Euler"]
METHODS: tuple[Method, ...] = get_args(Method)

# The start and its multiples: nearer ones and one farther out.
_FAMILY = (1.0, 0.4, 0.6, 0.8, 1.2)
# Parameters of the finite transformations that a map is asked to commute with.
_ANGLES = (0.5, -0.3)
_MOST_STEPS = 1000
_MOST_CHARGES = 6
# Pieces of the curve that is drawn between two points.
_PIECES = 6
_KEPT = 1e-10
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Motion:
    """Trajectories of one Hamiltonian.

    Arguments:
        space: The phase space.
        times: The times, shape (T + 1,).
        points: The phase points, shape (T + 1, B, 2n); the start that was chosen is the
            first of the B, the others are multiples of it, if the step suits them.
        velocities: Their velocities, of the same shape.
        advance: The map of one unit of time, from (..., 2n) to (..., 2n).
    """

    space: PhaseSpace
    times: np.ndarray
    points: Tensor
    velocities: Tensor
    advance: Callable[[Tensor], Tensor]

    def drifts(self, charges: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """How far charges move from their first value, on the first trajectory.

        Arguments:
            charges: Functions without parameters, by their names.

        Returns:
            The drifts, each of shape (T + 1,), by the name as mathematics.

        Example:
            >>> plane = PhaseSpace("x y")
            >>> found = move("p_x**2/2 + p_y**2/2", plane, (1, 0, 0, 1))
            >>> drift = found.drifts({"L": "x*p_y - y*p_x"})["$L$"]
            >>> bool(drift.max() < 1e-14)
            True
        """
        first = self.points[:, 0]
        return {
            mathtext(name): charge_drift(g, self.space, first).numpy()
            for name, g in charges.items()
        }


def move(
    H: Any,  # noqa: ANN401  (a SymPy expression, and this file speaks torch)
    space: PhaseSpace,
    start: Sequence[float],
    method: Method = "Gauss, order 6",
    step_size: float = 0.2,
    duration: float = 15.0,
) -> Motion:
    r"""The motion from a start and from multiples of it.

    .. math:: z_{k+1} = \Phi_h(z_k)

    Arguments:
        H: The Hamiltonian, as an expression or as text, without parameters.
        space: The phase space.
        start: The phase point, 2n numbers.
        method: ``"Gauss, order 6"`` keeps quadratic charges; ``"leapfrog"`` is symplectic
            and of order 2; ``"Euler"`` is neither symplectic nor close.
        step_size: The time h of one step.
        duration: The time of all steps.

    Returns:
        The motion.

    Raises:
        ArgumentError: If H is constant, the method is none, there are over 1000 steps,
            or the motion leaves every bound.
        ConvergenceError: If a step of Gauss is too long for its equations to be solved.
        UnsupportedError: If leapfrog is asked for and H is no sum U(q) + K(p).

    Example:
        >>> line = PhaseSpace("x")
        >>> found = move("(x**2 + p_x**2)/2", line, (1, 0))
        >>> exact = torch.cos(torch.as_tensor(found.times))
        >>> bool((found.points[:, 0, 0] - exact).abs().max() < 1e-5)
        True

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, chapter I.
    """
    steps = round(duration / step_size)
    if not 1 <= steps <= _MOST_STEPS:
        raise ArgumentError(
            f"Argument `step_size` must take 1 to {_MOST_STEPS} steps for a time of "
            f"{duration}, but {step_size} takes {steps}."
        )
    if not space.read(H, "H").free_symbols:
        raise ArgumentError(
            "Argument `H` must depend on a coordinate or a momentum, but it is "
            f"{space.read(H, 'H')}, so nothing moves. Write, for example, "
            f"{space.p[0]}**2/2."
        )
    energy = _known(space.read(H, "H"), space)
    step = _step(H, energy, space, method, step_size)
    z = torch.tensor(list(start), dtype=torch.float64)
    family = torch.tensor(_FAMILY, dtype=torch.float64)[:, None] * z
    with torch.no_grad():
        try:
            path = _path(step, family, steps)
        except ConvergenceError:  # a neighbour may be too fast where the start is not
            path = _path(step, family[:1], steps)
        _check_finite(path, step_size)
        velocities = hamiltonian_field(energy, path)
    times = step_size * np.arange(steps + 1)
    turns = max(1, round(1 / step_size))

    def advance(z: Tensor) -> Tensor:
        with torch.no_grad():
            for _ in range(turns):
                z = step(z)
        return z

    return Motion(space, times, path, velocities, advance)


def symmetry_errors(motion: Motion, algebra: LieAlgebra) -> dict[str, float]:
    r"""How far a unit of time is from commuting with each generator.

    .. math:: \max_{z, \epsilon} \frac{|\Phi(e^{\epsilon X_g} z) - e^{\epsilon X_g} \Phi(z)|}
        {1 + |\Phi(z)|}

    Arguments:
        motion: The motion; its points at the start and on the way are used.
        algebra: The generators, without parameters.

    Returns:
        The error by generator, for those that move phase points linearly.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> kept = move("(p_x**2 + p_y**2 + x**2 + y**2)/2", plane, (1, 0, 0, 1))
        >>> lost = move("(p_x**2 + p_y**2 + 3*x**2 + y**2)/2", plane, (1, 0, 0, 1))
        >>> symmetry_errors(kept, so2)["L"] < 1e-13, symmetry_errors(lost, so2)["L"] > 0.1
        (True, True)
    """
    z = motion.points[:: max(1, len(motion.points) // 4), 0]
    pairs = _linear_actions(algebra)
    if not pairs:
        return {}
    moves = [pair for many in pairs.values() for pair in many]
    image = motion.advance(z)
    moved = motion.advance(torch.stack([_moved(z, *pair) for pair in moves]))
    expected = torch.stack([_moved(image, *pair) for pair in moves])
    size = 1 + torch.linalg.vector_norm(expected, dim=-1)
    gaps = torch.linalg.vector_norm(moved - expected, dim=-1) / size
    worst = gaps.amax(-1).reshape(len(pairs), -1).amax(-1)
    return dict(zip(pairs, worst.tolist(), strict=True))


@styled
def draw_portrait(motion: Motion, plane: tuple[str, str], ax: Axes) -> Axes:
    """Trajectories in the plane of two coordinates.

    Arguments:
        motion: The motion.
        plane: The names of the two coordinates.
        ax: Where to draw.

    Returns:
        The axes: the chosen trajectory thick, with its start, the others pale.

    Raises:
        ArgumentError: If a name is no coordinate of phase space.

    Example:
        >>> from symflow.figures import panels
        >>> found = move("(x**2 + p_x**2)/2", PhaseSpace("x"), (1, 0))
        >>> len(draw_portrait(found, ("x", "p_x"), panels(1)[1][0]).lines)
        6
    """
    names = [symbol.name for symbol in motion.space.z]
    for name in plane:
        if name not in names:
            raise ArgumentError(
                f"Argument `plane` must name two of {', '.join(names)}, but it names "
                f"{name!r}."
            )
    i, j = map(names.index, plane)
    curve = _curve(motion)
    for k in range(1, curve.shape[1]):
        ax.plot(curve[:, k, i], curve[:, k, j], color=PALE, linewidth=0.9, zorder=1)
    first = curve[:, 0]
    ax.plot(first[:, i], first[:, j], color=colour(0), linewidth=2.0, zorder=2)
    ax.plot(*first[0, [i, j]], "o", color=colour(1), markersize=7, zorder=3)
    alike = max(i, j) < motion.space.n  # two lengths, and an angle between them
    x, y = _windows(first[:, i], first[:, j], alike)
    ax.set(xlim=x, ylim=y, xlabel=label(plane[0]), ylabel=label(plane[1]))
    ax.set_aspect("equal" if alike else "auto")
    return ax


@styled
def draw_errors(errors: Mapping[str, float], ax: Axes) -> Axes:
    """Equivariance errors as bars on a logarithmic axis.

    Arguments:
        errors: The error by generator.
        ax: Where to draw.

    Returns:
        The axes; bars say in words as well whether the symmetry is kept.

    Example:
        >>> from symflow.figures import panels
        >>> ax = draw_errors({"L": 0.0, "S": 0.3}, panels(1)[1][0])
        >>> [text.get_text().strip() for text in ax.texts]
        ['kept', 'broken']
    """
    floor = _EPSILON / 8
    for k, error in enumerate(errors.values()):
        kept = error < _KEPT
        length = max(error, 2 * floor)
        look: dict[str, Any] = {"color": colour(0)} if kept else {"color": colour(1)}
        ax.barh(k, length - floor, left=floor, height=0.6, **look)
        ax.text(length, k, "  kept" if kept else "  broken", va="center", color=INK)
    ax.axvline(_EPSILON, color=PALE, linewidth=1)
    ticks = [mathtext(name) for name in errors]
    ax.set(xscale="log", xlim=(floor, 1e3), xlabel="equivariance error")
    ax.set_yticks(range(len(errors)), ticks)
    ax.set_ylim(max(len(errors), 3) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    return ax


def motion_figure(
    problem: Problem,
    H: Any,  # noqa: ANN401  (a SymPy expression, and this file speaks torch)
    values: Mapping[str, float],
    start: Sequence[float],
    plane: tuple[str, str],
    method: Method = "Gauss, order 6",
    step_size: float = 0.2,
) -> Figure:
    """Phase portrait, drift of the charges, and equivariance errors, side by side.

    Arguments:
        problem: The problem.
        H: The Hamiltonian, with parameters.
        values: The values of the parameters.
        start: The phase point that the motion starts from.
        plane: The names of the two coordinates of the portrait.
        method: How steps are made; see `move`.
        step_size: The time of one step.

    Returns:
        A figure of three panels; at most six generators are followed, and H.

    Raises:
        SymflowError: As `move` and `draw_portrait` do.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> problem = read_problem("x y", "L = x*p_y - y*p_x")
        >>> H = problem.space.read("p_x**2 + p_y**2 + x**2 + y**2")
        >>> figure = motion_figure(problem, H, {}, (1, 0, 0, 1), ("x", "y"))
        >>> [ax.get_xlabel() for ax in figure.axes]
        ['$x$', '$t$', 'equivariance error']
    """
    algebra, energy = problem.algebra_at(values), problem.at(H, values)
    motion = move(energy, problem.space, start, method, step_size)
    named = [name for name in algebra.generators if name != "1"][:_MOST_CHARGES]
    charges = {name: algebra.generators[name] for name in named}
    errors = symmetry_errors(motion, algebra)
    figure, (left, middle, right) = panels(3, width=3.7, height=3.5)
    draw_portrait(motion, plane, left)
    kept = {**charges, unused_name("H", named): energy}
    draw_drifts(motion.times, motion.drifts(kept), middle)
    # One scale for all settings, so that a slider moves the lines and not the axis.
    middle.set_ylim(_EPSILON / 8, 10)
    draw_errors({name: errors[name] for name in named if name in errors}, right)
    return figure


def _known(H: Any, space: PhaseSpace) -> KnownHamiltonian:  # noqa: ANN401
    return KnownHamiltonian(compile_functions([H], space.z)).double()


def _step(
    H: Any,  # noqa: ANN401
    energy: KnownHamiltonian,
    space: PhaseSpace,
    method: Method,
    step_size: float,
) -> Callable[[Tensor], Tensor]:
    """The map of one step."""
    match method:
        case "Gauss, order 6":
            return Gauss(order=6, steps=1, step_size=step_size).flow(energy)
        case "leapfrog":
            parts = separate(space.read(H, "H"), space)
            if all(part.free_symbols for part in parts):
                U, K = (_known(part, space) for part in parts)
                return Leapfrog(steps=1, step_size=step_size).flow(U, K)
            # With U or K alone the field is the same all along a step: Euler is exact.
            return _step(H, energy, space, "Euler", step_size)
        case "Euler":
            return lambda z: z + step_size * hamiltonian_field(energy, z)
    raise ArgumentError(
        f"Argument `method` must be one of {', '.join(METHODS)}, but it is {method!r}."
    )


def _path(step: Callable[[Tensor], Tensor], z: Tensor, steps: int) -> Tensor:
    points = [z]
    for _ in range(steps):
        points.append(step(points[-1]))
    return torch.stack(points)


def _check_finite(path: Tensor, step_size: float) -> None:
    finite = path[:, 0].isfinite().all(-1)
    if not finite.all():
        when = step_size * int(finite.logical_not().nonzero()[0])
        raise ArgumentError(
            "Argument `H` must keep the motion finite, but it leaves every bound at "
            f"t = {when:.3g}. Start elsewhere, or change H or the step."
        )


def _linear_actions(
    algebra: LieAlgebra,
) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """Finite transformations by each generator that moves points linearly."""
    found = {}
    for name, g in algebra.generators.items():
        if name == "1":
            continue
        try:
            found[name] = finite_actions(LieAlgebra(algebra.space, {"g": g}), _ANGLES)
        except UnsupportedError:  # its flow is no matrix
            continue
    return found


def _moved(z: Tensor, matrix: np.ndarray, shift: np.ndarray) -> Tensor:
    return z @ torch.as_tensor(matrix).T + torch.as_tensor(shift)


def _curve(motion: Motion) -> np.ndarray:
    """Cubic pieces through the points, with their velocities, shape (N, B, 2n)."""
    z, v = motion.points.numpy(), motion.velocities.numpy()
    h = motion.times[1] - motion.times[0]
    s = (np.arange(_PIECES) / _PIECES)[:, None, None, None]
    a, b, c, d = z[:-1], h * v[:-1], z[1:], h * v[1:]
    pieces = (
        (1 + 2 * s) * (1 - s) ** 2 * a
        + s * (1 - s) ** 2 * b
        + s**2 * (3 - 2 * s) * c
        + s**2 * (s - 1) * d
    )
    path = np.moveaxis(pieces, 0, 1).reshape(-1, *z.shape[1:])
    return np.concatenate([path, z[-1:]])


def _windows(x: np.ndarray, y: np.ndarray, alike: bool) -> list[tuple[float, float]]:
    """Intervals about the values, with room for the neighbours, of one length if alike."""
    middles = [(float(v.max()) + float(v.min())) / 2 for v in (x, y)]
    halves = [0.75 * float(np.ptp(v)) or 1.0 for v in (x, y)]
    halves = [max(halves)] * 2 if alike else halves
    return [(m - half, m + half) for m, half in zip(middles, halves, strict=True)]
