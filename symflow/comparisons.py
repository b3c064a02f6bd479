r"""Comparisons: models beside one another and beside data, as pictures.

Takes the course of training, models with and without a symmetry, and held-out
log-likelihoods, draws on the ``ax`` it is given (or on a new one), and gives it back.

.. math:: \bar d = \frac1N \sum_i (\ell_i - \ell_i^{\mathrm{best}}), \qquad
    \frac{|\Phi(e^{\epsilon X_g} z) - e^{\epsilon X_g} \Phi(z)|}{1 + |\Phi(z)|}
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from torch import Tensor

from symflow.algebra import LieAlgebra
from symflow.diagnostics import equivariance_errors
from symflow.errors import ArgumentError
from symflow.figures import INK, PALE, as_array, axes_or_new, colour, label, styled
from symflow.flow import HamiltonianFlow
from symflow.history import History
from symflow.typesetting import plain

__all__ = [
    "equivariance",
    "fold_differences",
    "held_out_likelihoods",
    "phase_space_projection",
    "training_curve",
]

# Held-out log-likelihoods: symmetry -> kind of model -> one number a row of the data.
Table = Mapping[str, Mapping[str, Sequence[float] | np.ndarray]]
_Arrays = Mapping[str, Mapping[str, np.ndarray]]


@styled
def training_curve(
    history: History | str | os.PathLike[str],
    ax: Axes | None = None,
    *,
    title: str = "",
) -> Axes:
    """The bounds on the log-density while the model was trained.

    Arguments:
        history: The course of a run, or the path of its ``metrics.csv``.
        ax: Where to draw; a new one if not given.
        title: The title.

    Returns:
        The axes. Where the first evaluations lie far below the others they are cut off,
        and the axis says how many.

    Raises:
        DataError: If the file is not the metrics of a run.

    Example:
        >>> history = History.from_rows(
        ...     [(10, 0, -3.0, -2.5, 0.1, 1.0, 0.2), (20, 0, -2.0, -2.2, 0.1, 1.0, 0.4)], "")
        >>> [line.get_label() for line in training_curve(history).lines]
        ['training', 'held out', 'kept: step 20']
    """
    if not isinstance(history, History):
        history = History.from_csv(history)
    ax = axes_or_new(ax)
    ax.plot(history.step, history.training_bound, label="training", color=PALE)
    if np.isfinite(history.held_out_bound).any():
        ax.plot(history.step, history.held_out_bound, label="held out")
    ax.plot(
        [history.best_step],
        [history.best_bound],
        "o",
        color=colour(1),
        label=f"kept: step {history.best_step}",
    )
    ax.set(xlabel="step", ylabel="bound on the log-density (nats)", title=title)
    _cut_off(ax, np.concatenate([history.training_bound, history.held_out_bound]))
    ax.legend(loc="lower right")
    return ax


@styled
def equivariance(
    models: Mapping[str, HamiltonianFlow],
    algebra: LieAlgebra,
    z: Tensor,
    ax: Axes | None = None,
    *,
    title: str = "",
) -> Axes:
    r"""How far each model's map is from commuting with the group, point by point.

    .. math:: \max_{g, \epsilon}
        \frac{|\Phi(e^{\epsilon X_g} z) - e^{\epsilon X_g} \Phi(z)|}{1 + |\Phi(z)|}

    Arguments:
        models: Flows by name, such as one with the symmetry and one without; each is
            measured in its own precision.
        algebra: The symmetry to test for.
        z: Phase points, shape (N, 2n).
        ax: Where to draw; a new one if not given.
        title: The title.

    Returns:
        The axes; a line marks the machine epsilon of each precision that occurs. Errors of
        exactly zero are drawn at a tenth of it.

    Raises:
        ArgumentError: If the last dimension of z is not 2n.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = HamiltonianFlow(invariants(so2), blocks=2, dtype=torch.float64)
        >>> ax = equivariance({"so(2)": model}, so2, torch.randn(8, 4).double())
        >>> bool(ax.collections[0].get_offsets()[:, 0].max() < 1e-12)
        True
    """
    ax = axes_or_new(ax)
    spread = np.random.default_rng(0).uniform(-0.28, 0.28, len(z))
    epsilons: dict[float, str] = {}
    for row, model in enumerate(models.values()):
        dtype = next(model.parameters()).dtype
        epsilon = torch.finfo(dtype).eps
        epsilons[epsilon] = str(dtype).removeprefix("torch.")
        errors = equivariance_errors(model.forward, algebra, z.to(dtype)).numpy()
        errors = errors.clip(epsilon / 10)
        shade = colour(row)
        ax.scatter(errors, row + spread, s=9, alpha=0.5, linewidth=0, color=shade)
        ax.plot(
            [np.median(errors)] * 2, [row - 0.36, row + 0.36], color=shade, linewidth=2
        )
    for epsilon, name in epsilons.items():
        ax.axvline(epsilon, color=INK, linewidth=0.9, linestyle=":")
        ax.annotate(
            rf"$\varepsilon$ of {name}",
            (epsilon, 1),
            (3, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=8,
        )
    ax.set_xscale("log")
    # Two decades at least, so that the ticks stay powers of ten.
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, high / 100), high)
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_yticks(range(len(models)), [plain(name) for name in models])
    ax.set(ylim=(len(models) - 0.4, -0.6), xlabel="equivariance error of the map")
    ax.set_title(title, pad=18)
    ax.grid(False, axis="y")
    return ax


@styled
def held_out_likelihoods(
    table: Table, ax: Axes | None = None, *, title: str = ""
) -> Axes:
    r"""The mean held-out log-likelihood of each model, with its standard error.

    .. math:: \bar\ell = \frac1N \sum_i \ell_i, \qquad
        \frac{1}{\sqrt N} \Bigl(\frac{1}{N-1}\sum_i (\ell_i - \bar\ell)^2\Bigr)^{1/2}

    Arguments:
        table: For each symmetry and kind of model, the held-out log-likelihood of every
            row of the data in nats, in the same order throughout.
        ax: Where to draw; a new one if not given.
        title: The title.

    Returns:
        The axes: one line a symmetry, one colour a kind of model.

    Raises:
        ArgumentError: If the models were not measured on the same number of rows.

    Example:
        >>> table = {"so(3)": {"flow": [-1.0, -2.0]}, "none": {"flow": [-2.0, -4.0]}}
        >>> held_out_likelihoods(table).containers[0].lines[0].get_xdata().tolist()
        [-1.5, -3.0]
    """
    ax = axes_or_new(ax)
    _intervals(ax, _checked(table))
    ax.set(xlabel="held-out log-likelihood (nats a row)", title=title)
    return ax


@styled
def fold_differences(table: Table, ax: Axes | None = None, *, title: str = "") -> Axes:
    r"""How much worse each model does than the best, row by row of the same data.

    .. math:: d_i = \ell_i - \ell_i^{\mathrm{best}}, \qquad
        \bar d \pm \frac{\operatorname{std}(d)}{\sqrt N}

    Paired, because the same hard rows are hard for every model: the error of the
    difference is far smaller than that of either mean.

    Arguments:
        table: As for `held_out_likelihoods`.
        ax: Where to draw; a new one if not given.
        title: The title.

    Returns:
        The axes; the best model lies at zero without an error.

    Raises:
        ArgumentError: If the models were not measured on the same number of rows.

    Example:
        >>> table = {"so(3)": {"flow": [-1.0, -2.0]}, "none": {"flow": [-2.0, -4.0]}}
        >>> fold_differences(table).containers[0].lines[0].get_xdata().tolist()
        [0.0, -1.5]
    """
    ax = axes_or_new(ax)
    values = _checked(table)
    means = {
        (s, kind): v.mean() for s, row in values.items() for kind, v in row.items()
    }
    symmetry, kind = max(means, key=lambda pair: means[pair])
    best = values[symmetry][kind]
    paired = {s: {k: v - best for k, v in row.items()} for s, row in values.items()}
    ax.axvline(0, color=INK, linewidth=0.9, linestyle=":")
    _intervals(ax, paired)
    against = f"{plain(symmetry)}, {plain(kind)}"
    ax.set(xlabel=f"minus {against} (nats a row)", title=title)
    return ax


@styled
def phase_space_projection(
    data: Tensor | np.ndarray,
    drawn: Tensor | np.ndarray,
    ax: Axes | None = None,
    *,
    axes: tuple[int, int] = (0, 1),
    extent: tuple[float, float, float, float] | None = None,
    names: Sequence[str] = (),
    units: Sequence[str] = (),
    title: str = "",
) -> Axes:
    """Data over samples of a model, on two coordinates of phase space.

    Arguments:
        data: The data, shape (N, d).
        drawn: Samples of the model, shape (M, d).
        ax: Where to draw; a new one if not given.
        axes: Which two columns.
        extent: The window (left, right, bottom, top); all data if not given.
        names: The names of all columns; z_1, z_2 and so on if not given.
        units: The units of all columns; none if not given.
        title: The title.

    Returns:
        The axes; two columns of the same unit are drawn to the same scale.

    Raises:
        ArgumentError: If data and samples do not have the same number of columns.

    Example:
        >>> ax = phase_space_projection(np.eye(6), np.eye(6), axes=(0, 2))
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('$z_{1}$', '$z_{3}$')
    """
    dots, cloud = as_array(data), as_array(drawn)
    if dots.ndim != 2 or cloud.ndim != 2 or dots.shape[1] != cloud.shape[1]:
        raise ArgumentError(
            "Argument `drawn` must have shape (M, d) where the data have (N, d), but the "
            f"shapes are {cloud.shape} and {dots.shape}."
        )
    ax = axes_or_new(ax)
    names = names or [f"z_{k + 1}" for k in range(dots.shape[1])]
    i, j = axes
    ax.scatter(
        cloud[:, i],
        cloud[:, j],
        s=4,
        alpha=0.35,
        linewidth=0,
        color=colour(5),
        label="model",
    )
    ax.scatter(dots[:, i], dots[:, j], s=11, linewidth=0, color=INK, label="data")
    labels = [label(names[k], units[k] if units else "") for k in axes]
    ax.set(xlabel=labels[0], ylabel=labels[1])
    ax.set_title(title, pad=24)
    low, high = dots.min(0)[[i, j]], dots.max(0)[[i, j]]
    half = 0.56 * (high - low)
    if units and units[i] == units[j]:
        half[:] = half.max()
        ax.set_aspect("equal")
    left, right, bottom, top = (
        extent
        or np.stack([(low + high) / 2 - half, (low + high) / 2 + half], -1).ravel()
    )
    ax.set(xlim=(left, right), ylim=(bottom, top))
    # Above the axes, where no point lies under it.
    ax.legend(markerscale=1.6, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return ax


def _cut_off(ax: Axes, bounds: np.ndarray) -> None:
    """Leave first evaluations that would flatten the rest below the axis, and say so."""
    finite = bounds[np.isfinite(bounds)]
    middle, top = np.median(finite), finite.max()
    bottom = top - 8 * max(top - middle, 1e-12)
    below = int((finite < bottom).sum())
    if below:
        ax.set_ylim(bottom, top + 0.06 * (top - bottom))
        ax.annotate(
            f"{below} below the axis",
            (1, 1),
            (0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=INK,
        )


@torch.no_grad()
def _checked(table: Table) -> _Arrays:
    values = {s: {k: as_array(v) for k, v in row.items()} for s, row in table.items()}
    shapes = {v.shape for row in values.values() for v in row.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1 or next(iter(shapes))[0] < 2:
        raise ArgumentError(
            "Argument `table` must hold one log-likelihood a row of the same data for "
            f"every model, two rows at least, but the shapes are {sorted(shapes)}."
        )
    return values


def _intervals(ax: Axes, values: _Arrays) -> None:
    """Mean and standard error: one line a symmetry, one colour a kind of model."""
    kinds = list(dict.fromkeys(kind for row in values.values() for kind in row))
    symmetries = list(values)
    for k, kind in enumerate(kinds):
        rows = [r for r, s in enumerate(symmetries) if kind in values[s]]
        each = [values[symmetries[r]][kind] for r in rows]
        means = np.array([v.mean() for v in each])
        errors = np.array([v.std(ddof=1) / len(v) ** 0.5 for v in each])
        places = np.array(rows) + 0.3 * (k - (len(kinds) - 1) / 2)
        ax.errorbar(
            means,
            places,
            xerr=errors,
            fmt="osD^v"[k % 5],
            capsize=2.5,
            elinewidth=1.2,
            label=plain(kind),
        )
        for mean, error, place in zip(means, errors, places, strict=True):
            ax.annotate(
                f"{mean:.2f} ± {error:.2f}".replace("-", "−") if error else "best",
                (mean, place),
                (0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=colour(k),
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
    ax.set_yticks(range(len(symmetries)), [plain(s) for s in symmetries])
    ax.set_ylim(len(symmetries) - 0.45, -0.6)
    ax.grid(False, axis="y")
    # Above the axes, where no interval lies under it.
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(kinds))
