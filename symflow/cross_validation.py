r"""Cross-validation: which symmetry do observed phase points support?

Takes experiments on the same rows, gives the log-likelihood of every row by a model that
never saw it, for the invariant base alone and for the flow on top of it.

.. math:: \ell_i = \log p_{\theta(-k(i))}(z_i), \qquad
    \bar d \pm \frac{\operatorname{std}(d)}{\sqrt N}, \quad d_i = \ell_i - \ell'_i

Differences are paired: the same hard rows are hard for every model, so the error of a
difference is far smaller than that of either mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.data import folds
from symflow.densities import AbstractDensity
from symflow.errors import ArgumentError
from symflow.experiments import Experiment
from symflow.training import fit

__all__ = ["Scores", "cross_validate", "paired_difference"]

# The protocol of every fold, the same for all symmetries. A mixture of Gaussians is smooth
# and small: it takes large steps on all rows at once, and its few steps are the only
# regularisation it gets. The flow takes small ones, decays, and stops early.
_BASE: dict[str, Any] = {"steps": 300, "learning_rate": 0.02, "held_out": 0.0}
_FLOW: dict[str, Any] = {
    "steps": 300,
    "learning_rate": 1e-3,
    "weight_decay": 0.1,
    "held_out": 0.15,
    "patience": 8,
}


@final
@dataclass(frozen=True, eq=False)
class Scores:
    """Held-out log-likelihoods of one model.

    Arguments:
        name: What the model is called.
        held_out: The log-likelihood of each row, in nats, by the model of the fold that
            left it out, shape (N,).
        training: The mean over the rows each fold was trained on, shape (folds,).
    """

    name: str
    held_out: np.ndarray
    training: np.ndarray

    @property
    def mean(self) -> float:
        """The mean held-out log-likelihood, in nats a row."""
        return float(self.held_out.mean())

    @property
    def standard_error(self) -> float:
        """The standard error of that mean over the rows."""
        return float(self.held_out.std(ddof=1) / len(self.held_out) ** 0.5)


def paired_difference(a: Scores, b: Scores) -> tuple[float, float]:
    """The mean of a - b over the same rows, and its standard error.

    Arguments:
        a: Scores of one model.
        b: Scores of another on the same rows.

    Returns:
        The mean difference and its standard error, in nats a row.

    Raises:
        ArgumentError: If the two were not scored on the same number of rows.

    Example:
        >>> a = Scores("a", np.array([1.0, 2.0]), np.zeros(1))
        >>> b = Scores("b", np.array([0.0, 1.0]), np.zeros(1))
        >>> paired_difference(a, b)
        (1.0, 0.0)
    """
    if a.held_out.shape != b.held_out.shape:
        raise ArgumentError(
            f"Arguments `a` and `b` must score the same rows, but they score "
            f"{len(a.held_out)} and {len(b.held_out)}."
        )
    difference = a.held_out - b.held_out
    error = difference.std(ddof=1) / len(difference) ** 0.5
    return float(difference.mean()), float(error)


def cross_validate(
    experiment: Experiment,
    name: str,
    parts: int = 10,
    seed: int = 0,
    each: Callable[[], None] = lambda: None,
) -> tuple[Scores, Scores]:
    """Held-out log-likelihoods of the invariant base alone and of the flow.

    In each fold the base is fitted first, on all training rows; the flow starts from it
    and near the identity, and stops early on a part of the fold's own training rows, so it
    can only win by what it adds.

    Arguments:
        experiment: An experiment with rows and observed momenta, untrained.
        name: What to call the symmetry.
        parts: Number of folds, the same rows for every experiment with the same number
            of rows and seed.
        seed: Seed of the folds and of training in each of them.
        each: Called after each fold.

    Returns:
        The scores of the base alone and those of the flow.

    Raises:
        ArgumentError: If the experiment has no rows, or its momenta are latent.
    """
    rows = experiment.rows
    if rows is None or experiment.model.momenta != "observed":
        raise ArgumentError(
            "Argument `experiment` must have rows with observed momenta, but its data "
            "are positions or a known target. Name a file with q and p in its spec."
        )
    results = [_Fold(seed, len(rows), parts) for _ in range(2)]
    for k, (train, test) in enumerate(folds(len(rows), parts, seed)):
        flow = deepcopy(experiment.model)
        base = _BaseAlone(deepcopy(flow.base), rows.shape[1])
        results[0].run(base, rows, train, test, k)
        flow.base.load_state_dict(base.base.state_dict())
        results[1].run(flow, rows, train, test, k)
        each()
    kinds = ("base alone", "flow")
    first, second = (
        Scores(f"{name}, {kind}", result.held_out, result.training)
        for kind, result in zip(kinds, results, strict=True)
    )
    return first, second


class _BaseAlone(nn.Module):
    """The base as a model of its own."""

    def __init__(self, base: AbstractDensity, width: int) -> None:
        super().__init__()
        self.base = base
        self.data_dimensions = (width,)

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        return self.base.log_prob(batch)

    def description(self) -> dict[str, Any]:
        return {"base": type(self.base).__name__, "width": self.data_dimensions[0]}


class _Fold:
    """The scores of one kind of model, filled fold by fold."""

    def __init__(self, seed: int, count: int, parts: int) -> None:
        self.seed = seed
        self.held_out = np.full(count, np.nan)
        self.training = np.full(parts, np.nan)

    def run(
        self,
        model: nn.Module,
        rows: np.ndarray,
        train: Sequence[int] | np.ndarray,
        test: Sequence[int] | np.ndarray,
        fold: int,
    ) -> None:
        fit(
            model,
            rows[train],
            **(_BASE if isinstance(model, _BaseAlone) else _FLOW),
            batch_size=len(train),
            evaluate_every=20,
            seed=self.seed + fold,
            progress=False,
        )
        self.held_out[test] = _log_prob(model, rows[test])
        self.training[fold] = _log_prob(model, rows[train]).mean()


def _log_prob(model: nn.Module, rows: np.ndarray) -> np.ndarray:
    parameter = next(model.parameters())
    z = torch.tensor(rows, dtype=parameter.dtype, device=parameter.device)
    with torch.no_grad():
        values = model.objective(z, torch.Generator())  # type: ignore[operator]
    return values.double().cpu().numpy()
