r"""Symmetry comparisons: the same data, learned with a symmetry in every way there is.

Takes an algebra and rows of data, gives held-out log-likelihoods of models that have the
symmetry built in, enforced by constraints, averaged over, in augmented data, or not at all,
on the same splits and seeds.

.. math:: \ell_i = \log p_{\theta(-k(i))}(x_i), \qquad
    \text{gap} = E_{\text{training}}[\log p] - E_{\text{held out}}[\log p]
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.algebra import LieAlgebra
from symflow.constraints import ConstrainedFlow
from symflow.cross_validation import Scores
from symflow.data import folds, load
from symflow.diagnostics import invariance_error
from symflow.errors import ArgumentError, CheckpointError
from symflow.files import read_plain_file, write_file_atomically
from symflow.flow import HamiltonianFlow
from symflow.group_averages import AugmentedFlow, GroupAverage
from symflow.haar_quadratures import haar_quadrature
from symflow.invariants import invariants
from symflow.representation import LinearAction
from symflow.text_enums import TextEnum
from symflow.training import fit

__all__ = ["Comparison", "Trial", "Way", "build_model", "compare_symmetries"]

Array = np.ndarray[Any, np.dtype[Any]]

# What reading a damaged trial may raise; a number of 400 digits overflows.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError)
_MOST_BYTES = 100_000_000
# How many points an invariance error is measured at.
_POINTS = 256


class Way(TextEnum):
    """How a model comes to its symmetry.

    Example:
        >>> [way.value for way in Way]
        ['exact', 'constrained', 'averaged', 'augmented', 'none']
    """

    EXACT = "exact"
    CONSTRAINED = "constrained"
    AVERAGED = "averaged"
    AUGMENTED = "augmented"
    NONE = "none"


@final
@dataclass(frozen=True, eq=False)
class Trial:
    """One model, trained once.

    Arguments:
        way: How it comes to its symmetry.
        seed: Seed of its weights and of its training.
        split: The number of the split.
        held_out: The log-likelihoods of the rows held out, in nats, shape (H,).
        training: The mean log-likelihood of the rows trained on, in nats.
        invariance: The largest change of log p under the group at rows held out; not a
            number for latent momenta, where log p is only bounded.
        seconds: The processor time that training took.
    """

    way: Way
    seed: int
    split: int
    held_out: Array
    training: float
    invariance: float
    seconds: float

    @property
    def mean(self) -> float:
        """The mean held-out log-likelihood, in nats a row."""
        return float(self.held_out.mean())

    @property
    def gap(self) -> float:
        """How much better the rows trained on are than those held out, in nats."""
        return self.training - self.mean


@final
@dataclass(frozen=True, eq=False)
class Comparison:
    """All trials of a comparison.

    Arguments:
        trials: The trials.
        splits: For each split the rows trained on and the rows held out.
    """

    trials: tuple[Trial, ...]
    splits: tuple[tuple[Array, Array], ...]

    def of(self, way: Way) -> tuple[Trial, ...]:
        """The trials of one way.

        Arguments:
            way: The way.

        Returns:
            Its trials, by seed and split.
        """
        return tuple(trial for trial in self.trials if trial.way is way)

    def scores(self, way: Way) -> Scores:
        """The log-likelihood of every row that was held out, averaged over the seeds.

        Arguments:
            way: The way.

        Returns:
            The scores, in the order of the splits; those of two ways can be paired.
        """
        trials = self.of(way)
        seeds = sorted({trial.seed for trial in trials})
        rows = [
            np.concatenate([t.held_out for t in trials if t.seed == seed])
            for seed in seeds
        ]
        training = np.array([trial.training for trial in trials])
        return Scores(way.value, np.mean(rows, axis=0), training)

    def deviation(self, way: Way) -> tuple[float, float]:
        """The mean held-out log-likelihood and its deviation over seeds and splits.

        Arguments:
            way: The way.

        Returns:
            Both in nats a row; the deviation is not a number for a single trial.
        """
        means = np.array([trial.mean for trial in self.of(way)])
        spread = float(means.std(ddof=1)) if len(means) > 1 else float("nan")
        return float(means.mean()), spread


def build_model(
    way: Way,
    algebra: LieAlgebra,
    options: Mapping[str, Any],
    seed: int = 0,
    degree: int = 6,
) -> nn.Module:
    """A model of one way, untrained; those of all ways have the same sizes.

    Arguments:
        way: The way.
        algebra: The symmetry.
        options: Options of `HamiltonianFlow`, such as blocks and momenta.
        seed: Seed of the weights.
        degree: The degree up to which averages over the group are exact.

    Returns:
        A model that `fit` trains, with a log-density.

    Raises:
        UnsupportedError: If the group has no quadrature, for a way that needs one.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> type(build_model(Way.CONSTRAINED, so2, {"blocks": 1})).__name__
        'ConstrainedFlow'
    """
    if way is Way.EXACT:
        return HamiltonianFlow(invariants(algebra), seed=seed, **options)
    nothing = LieAlgebra(algebra.phase_space, {})
    plain = HamiltonianFlow(invariants(nothing), seed=seed, **options)
    if way is Way.CONSTRAINED:
        return ConstrainedFlow(plain, algebra)
    if way is Way.NONE:
        return plain
    quadrature = haar_quadrature(LinearAction(algebra), degree)
    kind = GroupAverage if way is Way.AVERAGED else AugmentedFlow
    return kind(plain, quadrature)


def compare_symmetries(
    algebra: LieAlgebra,
    data: object,
    *,
    ways: Sequence[Way] = tuple(Way),
    seeds: Sequence[int] = (0,),
    parts: int = 5,
    splits: Sequence[tuple[Array, Array]] | None = None,
    model: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    degree: int = 6,
    out: str | os.PathLike[str] | None = None,
    each: Callable[[Trial], None] = lambda trial: None,
) -> Comparison:
    r"""Train every way on the same rows, splits and seeds, and score it on the rest.

    Arguments:
        algebra: The symmetry.
        data: An array ``(N, d)``, or the path of a ``.npy`` or ``.csv`` file.
        ways: The ways to compare.
        seeds: Seeds of weights and training.
        parts: Number of folds, the same for all ways and seeds.
        splits: Rows to train on and to hold out, in place of folds.
        model: Options of `HamiltonianFlow`; momenta are observed unless it says latent.
        training: Options of `fit`.
        degree: The degree up to which averages over the group are exact.
        out: A folder in which each trial is kept; what is there is not done again.
        each: Called after each trial.

    Returns:
        The comparison.

    Raises:
        ArgumentError: If a folder holds trials of something else, or nothing is asked.
        DataError: If the data are not finite numbers.
        UnsupportedError: If the group has no quadrature, for a way that needs one.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> rows = np.random.default_rng(0).normal(size=(12, 4))
        >>> found = compare_symmetries(
        ...     so2, rows, ways=[Way.EXACT, Way.NONE], parts=2,
        ...     model={"blocks": 1, "width": 4}, training={"steps": 2})
        >>> [len(found.scores(way).held_out) for way in (Way.EXACT, Way.NONE)]
        [12, 12]
    """
    if not ways or not seeds:
        raise ArgumentError(
            "Arguments `ways` and `seeds` must name one of each at least, but one of "
            "them is empty."
        )
    rows = load(data)
    options = {"momenta": "observed", "dtype": torch.float64, **(model or {})}
    chosen = tuple(splits or folds(len(rows), parts, 0))
    how = {"progress": False, **(training or {})}
    setup = _setup(algebra, rows, options, how, chosen, degree)
    trials = []
    for way in ways:
        for seed in seeds:
            for k, (train, test) in enumerate(chosen):
                trial = _kept(out, way, seed, k, setup)
                if trial is None:
                    fresh = build_model(way, algebra, options, seed, degree)
                    run = _Split(rows[train], rows[test], how)
                    trial = run.trial(fresh, algebra, way, seed, k)
                    _keep(out, trial, setup)
                trials.append(trial)
                each(trial)
    return Comparison(tuple(trials), chosen)


@dataclass(frozen=True, eq=False)
class _Split:
    """Rows to train on and rows to hold out, and how to train."""

    train: Array
    test: Array
    how: Mapping[str, Any]

    def trial(
        self, model: nn.Module, algebra: LieAlgebra, way: Way, seed: int, split: int
    ) -> Trial:
        start = time.process_time()
        fit(model, self.train, seed=seed, **self.how)
        seconds = time.process_time() - start
        held_out = _log_prob(model, self.test)
        training = float(_log_prob(model, self.train).mean())
        error = self._invariance(model, algebra)
        return Trial(way, seed, split, held_out, training, error, seconds)

    def _invariance(self, model: nn.Module, algebra: LieAlgebra) -> float:
        flow = model if isinstance(model, HamiltonianFlow) else model.flow
        if cast(HamiltonianFlow, flow).momenta == "latent":
            return float("nan")
        z = _tensor(model, self.test[:_POINTS])
        log_prob = cast(Callable[[Tensor], Tensor], model.log_prob)
        return invariance_error(log_prob, algebra, z)


def _tensor(model: nn.Module, rows: Array) -> Tensor:
    parameter = next(model.parameters())
    return torch.tensor(rows, dtype=parameter.dtype, device=parameter.device)


def _log_prob(model: nn.Module, rows: Array) -> Array:
    generator = torch.Generator(next(model.parameters()).device).manual_seed(0)
    log_prob = cast(Callable[..., Tensor], model.log_prob)
    with torch.no_grad():
        parts = [
            log_prob(x, generator=generator) for x in _tensor(model, rows).split(512)
        ]
    values: Array = torch.cat(parts).double().cpu().numpy()
    return values


def _setup(
    algebra: LieAlgebra,
    rows: Array,
    options: Mapping[str, Any],
    how: Mapping[str, Any],
    splits: Sequence[tuple[Array, Array]],
    degree: int,
) -> str:
    """A mark of all that decides a trial beside its way, seed and split."""
    words = json.dumps(
        {
            "generators": {name: str(g) for name, g in algebra.generators.items()},
            "model": {name: str(value) for name, value in sorted(options.items())},
            "training": {name: str(value) for name, value in sorted(how.items())},
            "degree": degree,
        }
    )
    digest = hashlib.sha256(words.encode())
    digest.update(np.ascontiguousarray(rows).tobytes())
    for pair in splits:
        for part in pair:
            digest.update(np.asarray(part, dtype=np.int64).tobytes())
    return digest.hexdigest()


def _place(out: str | os.PathLike[str], way: Way, seed: int, split: int) -> Path:
    return Path(out) / f"{way.value}-{seed}-{split}.json"


def _keep(out: str | os.PathLike[str] | None, trial: Trial, setup: str) -> None:
    if out is None:
        return
    Path(out).mkdir(parents=True, exist_ok=True)
    record = {
        "setup": setup,
        "held_out": trial.held_out.tolist(),
        "training": trial.training,
        "invariance": trial.invariance,
        "seconds": trial.seconds,
    }
    place = _place(out, trial.way, trial.seed, trial.split)
    write_file_atomically(place, json.dumps(record).encode())


def _kept(
    out: str | os.PathLike[str] | None, way: Way, seed: int, split: int, setup: str
) -> Trial | None:
    """A trial that an earlier call left, if it is of the same comparison."""
    if out is None or not _place(out, way, seed, split).exists():
        return None
    place = _place(out, way, seed, split)
    try:
        record = json.loads(read_plain_file(place, _MOST_BYTES))
        numbers = [float(record[k]) for k in ("training", "invariance", "seconds")]
        held_out = np.array(record["held_out"], dtype=np.float64)
        theirs = record["setup"]
    except _DAMAGE as problem:
        raise CheckpointError(
            f"Argument `out` must hold whole trials, but {str(place)!r} is damaged: "
            f"{type(problem).__name__} {problem}. Remove it to train it again."
        ) from problem
    if theirs != setup:
        raise ArgumentError(
            f"Argument `out` must hold trials of the same data, splits, model and "
            f"training, but {str(place)!r} is of others. Choose another folder."
        )
    return Trial(way, seed, split, held_out, *numbers)
