r"""Run report: the pictures, the certificate and the page of a finished run.

Takes a trained experiment and its folder, gives ``certificate.json``, pictures and one
``report.html`` in it.

.. math:: \text{run} \to \text{measure} \to \text{certify} \to \text{draw} \to \text{page}
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

from symflow.comparisons import equivariance, phase_space_projection, training_curve
from symflow.demonstration import Demonstration
from symflow.diagnostics import certify
from symflow.experiments import Experiment, divergences, symmetry_errors
from symflow.figures import panels
from symflow.history import History
from symflow.pages import Picture
from symflow.plotting import (
    density,
    position_log_prob,
    potential,
    radial_profile,
    samples,
)
from symflow.report import model_sections, write_report

__all__ = ["report_demonstration", "report_run"]

LogProb = Callable[[Tensor], Tensor]

_DRAWN = 2000


def report_run(experiment: Experiment, folder: str | os.PathLike[str]) -> Path:
    """Measure, certify, draw and describe a finished run.

    Arguments:
        experiment: The experiment, trained.
        folder: Its folder, with the metrics of its training.

    Returns:
        The path of the page.
    """
    home = Path(folder)
    history = History.from_csv(home / "metrics.csv")
    model, spec = experiment.model, experiment.spec
    numbers = {"best held-out bound [nats]": history.best_bound}
    if experiment.target is not None:
        numbers |= divergences(model, experiment.target)
    z = model.sample_phase_space(256, torch.Generator().manual_seed(0))
    means = {k: v for k, v in numbers.items() if not k.endswith("standard error")}
    certificate = certify(model, z, means)
    certificate.write(home / "certificate.json", overwrite=True)
    errors = symmetry_errors(model, experiment.algebra)
    pictures = _run_pictures(experiment, history)
    _save(pictures, home)
    sections = model_sections(
        model,
        certificate,
        history,
        list(pictures.values()),
        {"this model": {**numbers, **_named(errors)}},
        commands=[f"symflow train SPEC --out {home.name}"],
        seed=spec.training.seed,
    )
    page = home / "report.html"
    title = spec.title or "A trained density"
    write_report(page, title, sections, summary=spec.description, overwrite=True)
    return page


def report_demonstration(shown: Demonstration, folder: str | os.PathLike[str]) -> Path:
    """The page of the two rings, with their symmetry and without.

    Arguments:
        shown: The two trained models.
        folder: Where to write.

    Returns:
        The path of the page.
    """
    home = Path(folder)
    models = {"with so(2)": shown.symmetric, "without": shown.plain}
    pictures = _rings_pictures(shown)
    _save(pictures, home)
    numbers = {
        name: {
            **trained.divergence,
            **_named(trained.errors),
            "training time [s]": trained.seconds,
        }
        for name, trained in models.items()
    }
    sections = model_sections(
        shown.symmetric.experiment.model,
        shown.symmetric.certificate,
        shown.symmetric.history,
        list(pictures.values()),
        numbers,
        commands=["make demo", "symflow verify runs/demo/so2/certificate.json"],
        seed=shown.symmetric.experiment.spec.training.seed,
    )
    page = home / "report.html"
    summary = (
        "Two rings in the plane, of radius 1 and 3 and width 0.2, learned by a flow that "
        "cannot break rotations and by one of the same size that can."
    )
    write_report(page, "Two rings", sections, summary=summary, overwrite=True)
    return page


def _named(errors: Mapping[str, float]) -> dict[str, float]:
    return {f"symmetry error, {name}": value for name, value in errors.items()}


def _save(pictures: Mapping[str, Picture], home: Path) -> None:
    folder = home / "pictures"
    folder.mkdir(exist_ok=True)
    for name, picture in pictures.items():
        picture.figure.savefig(
            folder / f"{name}.png", dpi=150, metadata={"Software": None}
        )


def _rings_pictures(shown: Demonstration) -> dict[str, Picture]:
    symmetric, plain = shown.symmetric.experiment, shown.plain.experiment
    target = symmetric.target
    log_probs = {
        "with so(2)": position_log_prob(symmetric.model),
        "without": position_log_prob(plain.model),
    }
    if target is not None:
        log_probs = {"target": target.log_prob, **log_probs}
    learned = _side_by_side(log_probs, symmetric)
    profile, (left, right) = panels(2, width=4.2)
    radial_profile(log_probs, left, title="density of the radius")
    equivariance(
        {"with so(2)": symmetric.model, "without": plain.model},
        symmetric.algebra,
        _base_points(symmetric),
        right,
        title="error of equivariance",
    )
    return {
        "densities": Picture(
            learned,
            "The density to learn, and the two that were learned, by quadrature over p.",
            "Three images of a density in the plane, side by side, on one scale.",
        ),
        "profiles": Picture(
            profile,
            "Left: the density of |q|, with its spread over directions. Right: how far "
            "each map is from commuting with rotations, point by point.",
            "Radial profiles of target and models, and their errors of equivariance.",
        ),
        "samples": _drawn_rings(shown),
        "potentials": _potentials(symmetric),
        "training": _training(shown.symmetric.history),
    }


def _drawn_rings(shown: Demonstration) -> Picture:
    figure, axes = panels(2)
    both = {"with so(2)": shown.symmetric, "without": shown.plain}
    for ax, (name, trained) in zip(axes, both.items(), strict=True):
        model = trained.experiment.model
        drawn = model.sample(_DRAWN, torch.Generator().manual_seed(1))
        samples(drawn, ax, extent=(-4.0, 4.0, -4.0, 4.0), names=("x", "y"), title=name)
    return Picture(
        figure,
        f"{_DRAWN} samples of each model.",
        "Scatter plots of samples of the two models, side by side.",
    )


def _run_pictures(experiment: Experiment, history: History) -> dict[str, Picture]:
    model = experiment.model
    pictures: dict[str, Picture] = {}
    if model.momenta == "latent" and model.n == 2:
        pictures["densities"] = _densities(experiment)
    pictures["samples"] = _samples(experiment)
    if experiment.invariants.of_q and experiment.invariants.of_p:
        pictures["potentials"] = _potentials(experiment)
    if experiment.algebra.dimension:
        figure, (ax,) = panels(1)
        equivariance(
            {"this model": experiment.model},
            experiment.algebra,
            _base_points(experiment),
            ax,
        )
        pictures["equivariance"] = Picture(
            figure,
            "How far the map is from commuting with the group, point by point.",
            "Errors of equivariance of the map.",
        )
    pictures["training"] = _training(history)
    return pictures


def _densities(experiment: Experiment) -> Picture:
    log_probs = {"learned": position_log_prob(experiment.model)}
    if experiment.target is not None:
        log_probs = {"target": experiment.target.log_prob, **log_probs}
    return Picture(
        _side_by_side(log_probs, experiment),
        "The density of q, by quadrature over p.",
        "The density of the positions as an image.",
    )


def _side_by_side(log_probs: Mapping[str, LogProb], experiment: Experiment) -> Figure:
    """Densities of the plane on one scale, that of the first."""
    names = [symbol.name for symbol in experiment.algebra.phase_space.q]
    figure, axes = panels(len(log_probs))
    maximum = None
    for ax, (name, log_prob) in zip(axes, log_probs.items(), strict=True):
        density(log_prob, ax, maximum=maximum, names=names, title=name)
        maximum = maximum or float(ax.images[0].get_clim()[1])
    return figure


def _samples(experiment: Experiment) -> Picture:
    """Pairs of columns of samples, with the data where there are any."""
    model, rows = experiment.model, experiment.rows
    drawn = model.sample(_DRAWN, torch.Generator().manual_seed(1)).double().numpy()
    drawn = drawn * experiment.scales
    symbols = [symbol.name for symbol in experiment.algebra.space.z]
    units = _units(experiment)
    pairs = _pairs(model.n, model.momenta == "observed")
    figure, axes = panels(len(pairs))
    for ax, (i, j) in zip(axes, pairs, strict=True):
        if rows is None:
            names = [symbols[i], symbols[j]]
            samples(drawn[:, [i, j]], ax, names=names)
            continue
        phase_space_projection(
            rows * experiment.scales,
            drawn,
            ax,
            axes=(i, j),
            names=symbols,
            units=units,
        )
    words = "Samples of the model" + ("." if rows is None else ", and the data.")
    return Picture(figure, words, "Scatter plots of pairs of columns.")


def _units(experiment: Experiment) -> list[str]:
    scaling, n = experiment.spec.scaling, experiment.algebra.phase_space.n
    return [scaling.q_unit] * n + [scaling.p_unit] * n


def _pairs(n: int, observed: bool) -> list[tuple[int, int]]:
    """Which columns to draw against each other: q against q, and p against p."""
    if n == 1:
        return [(0, 1)] if observed else [(0, 0)]
    pairs = [(0, 1)] if n == 2 else [(0, 1), (0, n - 1)]
    return pairs + [(n + i, n + j) for i, j in pairs[-1:]] if observed else pairs


def _potentials(experiment: Experiment) -> Picture:
    figure, (left, right) = panels(2)
    potential(experiment.model, left, of="q")
    potential(experiment.model, right, of="p")
    return Picture(
        figure,
        "The learned energies U(q) and K(p): each block thinly, their sum thickly.",
        "Curves of the potential and of the kinetic energy.",
    )


def _training(history: History) -> Picture:
    figure, (ax,) = panels(1)
    training_curve(history, ax)
    return Picture(
        figure,
        "The bound on the log-density while training, and on what was held out.",
        "Two curves that rise and level off.",
    )


def _base_points(experiment: Experiment) -> torch.Tensor:
    return experiment.model.base.sample(256, torch.Generator().manual_seed(2)).detach()
