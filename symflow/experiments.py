r"""Experiments: from a spec to a trained and measured model, and back from its folder.

Takes a validated spec, gives the algebra, the invariants, the model and the data that it
describes; after training, the figures that a report prints.

.. math:: \mathrm{KL}(p_* \,\|\, p) = E_{q \sim p_*}[\log p_*(q) - \log p(q)]
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from symflow.algebra import LieAlgebra, closure
from symflow.checkpoint import fingerprint, read_weights
from symflow.data import load
from symflow.diagnostics import equivariance_error, invariance_error
from symflow.errors import ArgumentError, CheckpointError, SpecError
from symflow.files import read_plain_file, write_file_atomically
from symflow.flow import HamiltonianFlow
from symflow.history import History
from symflow.invariants import Invariants, invariants
from symflow.phase_space import PhaseSpace
from symflow.representation import broken_by_scaling
from symflow.spec import Spec
from symflow.targets import Rings
from symflow.training import fit

__all__ = [
    "Experiment",
    "build_algebra",
    "build_experiment",
    "divergences",
    "load_run",
    "symmetry_errors",
    "train_experiment",
]

_SPEC_FILE = "spec.json"
_WEIGHTS_FILE = "model.safetensors"
_MOST_BYTES = 1_000_000
_TEST_POINTS = 4096
_TEST_SEED = 90210


@dataclass(frozen=True)
class Experiment:
    """What a spec describes, built.

    Arguments:
        spec: The spec.
        algebra: The Lie algebra that its generators span or complete to.
        invariants: The invariants of the algebra.
        model: The density, trained or not.
        rows: The data in scaled units, shape (N, d); None for a known target.
        target: The known density that data are drawn from; None for a file.
    """

    spec: Spec
    algebra: LieAlgebra
    invariants: Invariants
    model: HamiltonianFlow
    rows: np.ndarray | None
    target: Rings | None

    @property
    def scales(self) -> np.ndarray:
        """What data were divided by, one number for each column of the data."""
        n = self.algebra.phase_space.n
        q = np.broadcast_to(self.spec.scaling.q, n)
        p = np.broadcast_to(self.spec.scaling.p, n)
        both = np.concatenate([q, p])
        return both[:n] if self.model.momenta == "latent" else both

    @property
    def source(self) -> np.ndarray | Callable[[int, torch.Generator], Tensor]:
        """What training draws from: rows, or a sampler of fresh points."""
        if self.target is not None:
            return self.target.sample
        if self.rows is None:
            raise SpecError(
                "Argument `data` must name a source to train on, but the spec has none. "
                'Add [data] with source = "FILE.csv".'
            )
        return self.rows


def build_algebra(spec: Spec) -> LieAlgebra:
    """The Lie algebra that a spec declares.

    Arguments:
        spec: The spec.

    Returns:
        The algebra, completed if the spec says ``complete = true``.

    Raises:
        NotClosedError: If the generators do not close and are not to be completed.
        ArgumentError: If the scaling of the data would break the symmetry.

    Example:
        >>> spec = Spec.model_validate({
        ...     "phase_space": {"q": "x y"}, "generators": {"L": "x*p_y - y*p_x"}})
        >>> build_algebra(spec).dimension
        1
    """
    names = spec.phase_space
    space = PhaseSpace(names.q, names.p, names.parameters)
    declare = closure if spec.generators.complete else LieAlgebra
    algebra = declare(space, dict(spec.generators.expressions))
    factors = [
        *np.broadcast_to(spec.scaling.q, space.n).tolist(),
        *np.broadcast_to(spec.scaling.p, space.n).tolist(),
    ]
    broken = broken_by_scaling(algebra, factors)
    if broken is not None:
        raise ArgumentError(
            f"Argument `scaling` must keep the symmetry, but in coordinates divided by "
            f"{factors} the generator {broken} leaves the algebra. Use one number for "
            f"all coordinates that it mixes."
        )
    return algebra


def build_experiment(spec: Spec) -> Experiment:
    """Everything that a spec describes, with an untrained model.

    Arguments:
        spec: The spec.

    Returns:
        The experiment.

    Raises:
        DataError: If the data file has values that are not finite numbers.
        NonCompactError: If the group has no normalisable invariant density.

    Example:
        >>> spec = Spec.model_validate({
        ...     "phase_space": {"q": "x y"}, "generators": {"L": "x*p_y - y*p_x"},
        ...     "model": {"blocks": 1}, "data": {"source": "rings"}})
        >>> build_experiment(spec).model.data_dimensions
        (2,)
    """
    experiment = _without_data(spec)
    if spec.data is None or experiment.target is not None:
        return experiment
    rows = load(
        spec.data_path,
        columns=list(spec.data.columns) or None,
        dimension=experiment.model.data_dimensions[0],
    )
    return replace(experiment, rows=rows / experiment.scales)


def train_experiment(
    experiment: Experiment,
    out: str | os.PathLike[str],
    resume: bool = False,
    progress: bool = True,
) -> History:
    """Train the model of an experiment and leave everything in a folder.

    Arguments:
        experiment: The experiment; its model is changed in place.
        out: A new or empty folder.
        resume: Go on with the run in the folder.
        progress: Show a bar, if the error stream is a terminal.

    Returns:
        The course of training. The folder then holds the spec, the metrics, the
        checkpoints and the best weights, from which `load_run` rebuilds the model.

    Raises:
        OutputExistsError: If the folder holds something and `resume` is not asked for.
    """
    options = experiment.spec.training
    history = fit(
        experiment.model,
        experiment.source,
        out=out,
        steps=options.steps,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        held_out=options.held_out,
        patience=options.patience,
        seed=options.seed,
        resume=resume,
        progress=progress,
    )
    dump = json.dumps(experiment.spec.dump(), indent=1, ensure_ascii=False)
    write_file_atomically(Path(out) / _SPEC_FILE, dump.encode())
    return history


def load_run(folder: str | os.PathLike[str]) -> Experiment:
    """The experiment of a folder, with its trained weights.

    Arguments:
        folder: A folder that `train_experiment` finished.

    Returns:
        The experiment without its data, which the folder does not hold.

    Raises:
        CheckpointError: If the folder is not such a run, or its weights are damaged or
            of another model.
    """
    home = Path(folder)
    if not (home / _SPEC_FILE).is_file():
        raise CheckpointError(
            f"Argument `run` must be the folder of a finished run, but {home} holds no "
            f"{_SPEC_FILE}. Train it first, or go on with `symflow train --resume`."
        )
    try:
        text = read_plain_file(home / _SPEC_FILE, _MOST_BYTES)
        spec = Spec.model_validate(json.loads(text))
    except (OSError, ValueError, RecursionError) as problem:
        # A validation error goes on for lines; the first says enough of a damaged file.
        reason = str(problem).partition("\n")[0]
        raise CheckpointError(
            f"Argument `run` must hold the spec that it was trained from, but "
            f"{_SPEC_FILE} is damaged: {reason}. Train it again from its TOML file."
        ) from problem
    experiment = _without_data(spec)
    model = experiment.model
    read_weights(home / _WEIGHTS_FILE, model, fingerprint(model, model.description()))
    return experiment


def divergences(
    model: HamiltonianFlow, target: Rings, samples: int = 64
) -> dict[str, float]:
    r"""How far a model is from a known density, by its two bounds.

    .. math:: \mathrm{KL} \le E_{q \sim p_*}[\log p_*(q) - \mathcal{L}(q)]

    Arguments:
        model: The trained density of q.
        target: The known density.
        samples: Number of momenta for each position in the tighter bound.

    Returns:
        The upper bounds on the divergence by the ELBO and by the importance-weighted
        bound, each with its standard error, in nats.
    """
    generator = torch.Generator().manual_seed(_TEST_SEED)
    exact = target.sample(_TEST_POINTS, generator)
    log_target = target.log_prob(exact)
    q = exact.to(next(model.parameters()).dtype)
    with torch.no_grad():
        elbo = torch.cat([model.elbo(part, generator) for part in q.split(512)])
        tight = torch.cat(
            [model.log_prob(part, samples, generator) for part in q.split(512)]
        )
    gaps = {
        "KL by the ELBO": log_target - elbo,
        f"KL by its {samples}-sample bound": log_target - tight,
    }
    numbers = {}
    for name, gap in gaps.items():
        numbers[name] = float(gap.mean())
        numbers[f"{name}, standard error"] = float(gap.std() / len(gap) ** 0.5)
    return numbers


def symmetry_errors(
    model: HamiltonianFlow, algebra: LieAlgebra, count: int = 256
) -> dict[str, float]:
    """How exactly a trained model keeps a symmetry, in float32 and in float64.

    Arguments:
        model: The trained density.
        algebra: The symmetry to test for, the model's own or another's.
        count: Number of phase points, drawn from the model.

    Returns:
        The largest errors of the map and of the joint log-density in both precisions,
        and of the marginal over q by quadrature where q has at most two components.
    """
    numbers = {}
    for dtype in (torch.float32, torch.float64):
        name = str(dtype).removeprefix("torch.")
        copy = deepcopy(model).to(dtype)
        z = copy.sample_phase_space(count, torch.Generator().manual_seed(_TEST_SEED))
        base = copy.base.sample(count, torch.Generator().manual_seed(_TEST_SEED))
        numbers[f"map, {name}"] = equivariance_error(copy.forward, algebra, base)
        numbers[f"log p(q, p), {name}"] = invariance_error(
            copy.joint_log_prob, algebra, z
        )
        if dtype == torch.float64 and model.momenta == "latent" and model.n <= 2:
            q = z[:16, : model.n]
            numbers[f"log p(q) by quadrature, {name}"] = invariance_error(
                copy.marginal_log_prob, algebra, q
            )
    return numbers


def _without_data(spec: Spec) -> Experiment:
    algebra = build_algebra(spec)
    found = invariants(algebra)
    options = spec.model
    model = HamiltonianFlow(
        found,
        options.blocks,
        momenta="latent" if spec.data is None else spec.data.momenta,
        encoder="equivariant" if options.encoder == "none" else options.encoder,
        kinetic=options.kinetic,
        components=options.components,
        width=options.width,
        depth=options.depth,
        seed=spec.training.seed,
        dtype=getattr(torch, options.dtype),
    )
    rings = spec.data is not None and spec.data.source == "rings"
    return Experiment(spec, algebra, found, model, None, Rings() if rings else None)
