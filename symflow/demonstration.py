r"""Demonstration: two rings in the plane, with their symmetry and without it.

Takes nothing, gives two trained models of the same size on the same target: one whose
Hamiltonians are functions of the invariants of so(2), one with no symmetry at all.

.. math:: L = x p_y - y p_x, \qquad p_*(q) = p_*(R q)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from symflow.certificate import Certificate
from symflow.diagnostics import certify
from symflow.errors import SymflowError
from symflow.experiments import (
    Experiment,
    build_experiment,
    divergences,
    symmetry_errors,
    train_experiment,
)
from symflow.history import History
from symflow.spec import Spec

__all__ = ["Demonstration", "Trained", "demonstrate", "rings_spec"]


@dataclass(frozen=True)
class Trained:
    """One trained model and its figures.

    Arguments:
        experiment: The experiment, trained.
        history: The course of training.
        divergence: Bounds on the divergence from the target, in nats.
        errors: The largest violations of rotations about the origin.
        certificate: Every claim about the model.
    """

    experiment: Experiment
    history: History
    divergence: dict[str, float]
    errors: dict[str, float]
    certificate: Certificate

    @property
    def seconds(self) -> float:
        """How long training took."""
        return float(self.history.seconds[-1])


@dataclass(frozen=True)
class Demonstration:
    """The two models, side by side.

    Arguments:
        symmetric: With so(2).
        plain: Without a symmetry.
    """

    symmetric: Trained
    plain: Trained


def rings_spec(symmetric: bool) -> Spec:
    """The spec of the demonstration.

    Arguments:
        symmetric: Whether to declare the rotation.

    Returns:
        The spec; the two differ in their generators and title only.

    Example:
        >>> rings_spec(True).generators.expressions
        {'L': 'x*p_y - y*p_x'}
    """
    generators = {"L": "x*p_y - y*p_x"} if symmetric else {}
    return Spec.model_validate(
        {
            "title": "Two rings" if symmetric else "Two rings, without the symmetry",
            "phase_space": {"q": "x y"},
            "generators": generators,
            "model": {"blocks": 10, "depth": 2},
            "training": {"steps": 2400, "learning_rate": 0.004, "patience": 48},
            "data": {"source": "rings", "momenta": "latent"},
        }
    )


def demonstrate(out: str | os.PathLike[str], progress: bool = True) -> Demonstration:
    """Train both models and measure them.

    Arguments:
        out: A folder; each model has a folder of its own in it. A demonstration that
            was interrupted goes on, one that was finished is measured again.
        progress: Show a bar, if the error stream is a terminal.

    Returns:
        The two models with their figures.
    """
    home = Path(out)
    symmetric = build_experiment(rings_spec(True))
    plain = build_experiment(rings_spec(False))
    return Demonstration(
        _train(symmetric, symmetric, home / "so2", progress),
        _train(plain, symmetric, home / "none", progress),
    )


def _train(
    experiment: Experiment, symmetric: Experiment, folder: Path, progress: bool
) -> Trained:
    history = train_experiment(experiment, folder, resume=True, progress=progress)
    target = experiment.target
    if target is None:
        raise SymflowError("The demonstration needs a target whose density is known.")
    divergence = divergences(experiment.model, target)
    errors = symmetry_errors(experiment.model, symmetric.algebra)
    certificate = certify(
        experiment.model,
        experiment.model.sample_phase_space(256, torch.Generator().manual_seed(0)),
        {k: v for k, v in divergence.items() if not k.endswith("standard error")},
    )
    certificate.write(folder / "certificate.json", overwrite=True)
    return Trained(experiment, history, divergence, errors, certificate)
