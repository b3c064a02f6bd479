r"""Run: the state of a training run, and the one step that moves it.

Takes a model with a bound on its log-density, batches and settings, gives weights step
by step, evaluations, and a state from which the run goes on with the same bits.

.. math:: \theta_{t+1} = \theta_t + \eta_t \, \mathrm{Adam}\left(
    \nabla_\theta \frac{1}{B} \sum_{b=1}^{B} \mathcal{L}_\theta(x_b)\right)

with the learning rate

.. math:: \eta_t = \eta \, w_t \left(\epsilon + (1 - \epsilon)
    \frac{1 + \cos(\pi t / T)}{2}\right)

where :math:`w_t` rises to 1 over the first steps. Every random number comes from
generators that the run owns; torch's global ones are neither read nor moved.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn

from symflow.bad_numbers import bad_parameter, first_bad_part, narrowed
from symflow.batches import Batches, derived_seed
from symflow.errors import ArgumentError, CheckpointError, TrainingError
from symflow.expression_text import shown
from symflow.history import COLUMNS, History, Row

__all__ = ["Run", "Settings", "Trainable"]

# The held-out set is evaluated in pieces of this many samples, to bound memory.
_PIECE = 4096
# The learning rate ends at this part of its height.
_FLOOR = 0.01


@runtime_checkable
class Trainable(Protocol):
    """What `fit` asks of a model, beside being a ``torch.nn.Module``."""

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths d of data that it takes."""
        ...

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """A bound on the log-density of each sample, in nats, to be made large.

        Arguments:
            batch: Samples, shape ``(B, d)``.
            generator: The source of all randomness, on the batch's device.

        Returns:
            The bounds, shape ``(B,)``.
        """
        ...

    def description(self) -> dict[str, Any]:
        """Plain data that say how the model was made."""
        ...


@dataclass(frozen=True)
class Settings:
    """The numbers that decide how a run goes; see `fit` for each.

    Raises:
        ArgumentError: A number is out of its range.

    Example:
        >>> Settings(steps=100).rate(99) < Settings(steps=100).rate(50)
        True
    """

    steps: int = 2000
    batch_size: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    clip: float = 5.0
    held_out: float | None = None
    patience: int = 20
    evaluate_every: int = 50
    checkpoint_every: int = 250
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (
            "steps",
            "batch_size",
            "patience",
            "evaluate_every",
            "checkpoint_every",
        ):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ArgumentError(
                    f"Argument `{name}` must be a positive integer, but is {value!r}."
                )
        if type(self.seed) is not int or self.seed < 0:
            raise ArgumentError(
                f"Argument `seed` must be an integer of at least 0, but is "
                f"{self.seed!r}."
            )
        for name, least in (("learning_rate", 0.0), ("clip", 0.0)):
            value = getattr(self, name)
            if not value > least or not math.isfinite(value):
                raise ArgumentError(
                    f"Argument `{name}` must be a positive number, but is {value!r}."
                )
        if not 0.0 <= self.weight_decay < math.inf:
            raise ArgumentError(
                f"Argument `weight_decay` must be at least 0, but is "
                f"{self.weight_decay!r}."
            )

    def rate(self, step: int) -> float:
        """The learning rate of one step.

        Arguments:
            step: The number of the step, from 0.

        Returns:
            The rate: a linear rise over the first twentieth of the run (at most 100
            steps), times a cosine that falls to a hundredth.
        """
        rise = min(100, max(1, self.steps // 20))
        warmth = min(1.0, (step + 1) / rise)
        cosine = (1 + math.cos(math.pi * step / self.steps)) / 2
        return self.learning_rate * warmth * (_FLOOR + (1 - _FLOOR) * cosine)


class Run:
    """The state of a training run, and the one step that moves it.

    Arguments:
        model: The model, on its device.
        data: The batches and the held-out set.
        settings: How the run goes.

    Example:
        >>> import numpy as np
        >>> from symflow.batches import batches
        >>> class Gaussian(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.mean = nn.Parameter(torch.zeros(1))
        ...     def objective(self, batch, generator):
        ...         return -(batch[:, 0] - self.mean) ** 2 / 2
        >>> model = Gaussian()
        >>> data = batches(np.ones((4, 1)), 4, 0.0, seed=0, like=model.mean)
        >>> run = Run(model, data, Settings(steps=1, learning_rate=0.1))
        >>> run.advance()
        >>> round(model.mean.item(), 5), run.stopped
        (0.1, 'all steps done')
    """

    def __init__(self, model: nn.Module, data: Batches, settings: Settings) -> None:
        self.model = model
        self.data = data
        self.settings = settings
        self.step = 0
        self.stopped = ""
        self.rows: list[Row] = []
        self._trained = [p for p in model.parameters() if p.requires_grad]
        device = self._trained[0].device
        # Fused: one call instead of a dozen small ones for every tensor.
        self._optimiser = torch.optim.AdamW(
            self._trained,
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=device.type in ("cpu", "cuda"),
        )
        self._noise = torch.Generator(device)
        self._noise.manual_seed(derived_seed(settings.seed, "noise"))
        self._held_out_noise = torch.Generator(device)
        self._best: dict[str, Tensor] | None = None
        self._best_bound = -math.inf
        self._best_step = 0
        self._waited = 0
        self._sums = [0.0, 0.0, 0]
        self._seconds_before = 0.0
        self._started = time.perf_counter()

    @property
    def epoch(self) -> int:
        """Passes over the data done."""
        return self.data.epoch(self.step)

    @property
    def seconds(self) -> float:
        """Time since the start, without breaks between resumes."""
        return self._seconds_before + time.perf_counter() - self._started

    @cached_property
    def identity(self) -> dict[str, dict[str, Any]]:
        """Plain data that two runs share if one can go on as the other."""
        return {"settings": asdict(self.settings), "data": self.data.summary()}

    def advance(self) -> None:
        """Do one step, or raise and leave the weights as they were.

        Raises:
            TrainingError: The objective or its gradient is not finite; the message has
                the step, the rows of the batch, and the part of the model.
        """
        batch = self.data.batch(self.step)
        noise_before = self._noise.get_state()
        self._optimiser.zero_grad(set_to_none=True)
        values = self._objective(batch, self._noise)
        mean = values.mean()
        bound = mean.item()
        if not math.isfinite(bound):
            raise self._bad_objective(
                values, self.step, lambda: self._again(batch, noise_before)
            )
        mean.neg().backward()
        norm = self._clip()
        if not math.isfinite(norm):
            raise self._bad_gradient(batch, noise_before)
        for group in self._optimiser.param_groups:
            group["lr"] = self.settings.rate(self.step)
        self._optimiser.step()
        self.step += 1
        self._sums = [self._sums[0] + bound, self._sums[1] + norm, self._sums[2] + 1]
        if self.step == self.settings.steps:
            self.stopped = "all steps done"

    def measure(self) -> Row:
        """Evaluate on the held-out set, keep the best weights, and judge patience.

        Returns:
            The row of the history that was added.

        Raises:
            TrainingError: The objective is not finite on a held-out sample.
        """
        bound, norm, count = self._sums
        self._sums = [0.0, 0.0, 0]
        held_out = self._held_out_bound()
        row = (
            float(self.step),
            float(self.epoch),
            bound / count if count else math.nan,
            held_out,
            self.settings.rate(self.step - 1),
            norm / count if count else math.nan,
            self.seconds,
        )
        self.rows.append(row)
        if held_out > self._best_bound:
            self._best_bound, self._best_step, self._waited = held_out, self.step, 0
            self._best = _copy(self.model.state_dict())
        elif not math.isnan(held_out):
            self._waited += 1
        if self._waited >= self.settings.patience and not self.stopped:
            self.stopped = f"no improvement in {self._waited} evaluations"
        return row

    def keep_best(self) -> int:
        """Give the model the best weights so far, or leave it where none were kept.

        Returns:
            The step of the weights that the model now has.
        """
        if self._best is None:
            return self.step
        self.model.load_state_dict(self._best)
        return self._best_step

    def history(self) -> History:
        """The course of the run so far.

        Returns:
            The history.
        """
        return History.from_rows(self.rows, self.stopped)

    def state(self) -> dict[str, Any]:
        """All that decides how the run goes on, as plain data and tensors.

        Returns:
            A mapping that a checkpoint can hold and `restore` takes.
        """
        return {
            "identity": self.identity,
            "model": self.model.state_dict(),
            "best": self._best,
            "best_bound": self._best_bound,
            "best_step": self._best_step,
            "optimiser": self._optimiser.state_dict(),
            "random": {"noise": self._noise.get_state()},
            "waited": self._waited,
            "sums": list(self._sums),
            "seconds": self.seconds,
            "stopped": self.stopped,
            "metrics": torch.tensor(self.rows, dtype=torch.float64),
        }

    def restore(self, step: int, state: Mapping[str, Any]) -> None:
        """Go on from a state that was saved.

        Arguments:
            step: Training steps behind it.
            state: As `state` gave it.

        Raises:
            ArgumentError: The run there has other settings or data.
            CheckpointError: The state is not one of such a run.
        """
        try:
            _check_tables(state)
            self._check_identity(state["identity"])
            self._check_state(step, state)
            self.model.load_state_dict(state["model"])
            # The settings make the groups, and a file may not.
            groups = self._optimiser.state_dict()["param_groups"]
            for group in groups if step else ():
                group["lr"] = self.settings.rate(step - 1)
            moments = state["optimiser"]["state"]
            self._optimiser.load_state_dict({"state": moments, "param_groups": groups})
            self._noise.set_state(state["random"]["noise"])
            table = state["metrics"].reshape(-1, len(COLUMNS)).tolist()
            self.rows = [tuple(row) for row in table]
            bound, norm, count = state["sums"]
            self._sums = [float(bound), float(norm), int(count)]
            self._best = None if state["best"] is None else dict(state["best"])
            self._best_bound = float(state["best_bound"])
            self._best_step = int(state["best_step"])
            self._waited = int(state["waited"])
            self._seconds_before = float(state["seconds"])
            self.stopped = str(state["stopped"])
        except ArgumentError:
            raise
        except (
            AttributeError,
            LookupError,
            OverflowError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            reason = shown(str(error).partition("\n")[0], 200)
            raise CheckpointError(
                f"Checkpoint of step {step} is whole but is not of a run like this: "
                f"{type(error).__name__} {reason}. Begin anew in another folder."
            ) from error
        self.step = step
        self._started = time.perf_counter()

    def _check_identity(self, theirs: Mapping[str, Mapping[str, Any]]) -> None:
        for part, ours in self.identity.items():
            for name, value in ours.items():
                # How often a checkpoint is written changes nothing in the run.
                if theirs[part][name] != value and name != "checkpoint_every":
                    what = f"`{name}`" if part == "settings" else f"`data` ({name})"
                    raise ArgumentError(
                        f"Argument {what} must be {theirs[part][name]!r} to resume "
                        f"this run, but is {value!r}. Resume with what it began with, "
                        f"or begin anew in another folder."
                    )

    def _objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        values = cast(Trainable, self.model).objective(batch, generator)
        if values.shape != batch.shape[:1]:
            raise ArgumentError(
                f"Argument `model` must have an `objective` that gives one bound a "
                f"sample, shape ({len(batch)},), but it gave {tuple(values.shape)}."
            )
        return values

    def _held_out_bound(self) -> float:
        samples = self.data.held_out
        if not len(samples):
            return math.nan
        values = self._held_out_values()
        bound = values.mean(dtype=torch.float64).item()
        if not math.isfinite(bound):
            raise self._bad_objective(values, None, self._held_out_values)
        return bound

    def _held_out_values(self) -> Tensor:
        # The same noise every time, so that luck does not choose the best weights.
        self._held_out_noise.manual_seed(derived_seed(self.settings.seed, "held out"))
        self.model.eval()
        with torch.no_grad():
            pieces = [
                self._objective(piece, self._held_out_noise)
                for piece in self.data.held_out.split(_PIECE)
            ]
        self.model.train()
        return torch.cat(pieces)

    def _clip(self) -> float:
        gradients = [p.grad for p in self._trained if p.grad is not None]
        if not gradients:
            return 0.0
        norms = [torch.linalg.vector_norm(gradient) for gradient in gradients]
        norm = torch.linalg.vector_norm(torch.stack(norms)).item()
        if self.settings.clip < norm < math.inf:
            for gradient in gradients:
                gradient.mul_(self.settings.clip / norm)
        return norm

    def _bad_objective(
        self, values: Tensor, step: int | None, again: Callable[[], object]
    ) -> TrainingError:
        bad = (~torch.isfinite(values)).nonzero()[:, 0].tolist()
        places = bad or list(range(len(values)))
        where = "of its batch" if step is not None else "held out"
        part = first_bad_part(self.model, again)
        return TrainingError(
            f"Training met an objective that is not finite at step {self.step}: "
            f"{values[places[0]].item()} for {len(places)} of the {len(values)} "
            f"samples {where}, {self.data.blame(step, places)}"
            f"{f', first in {part}' if part else ''}."
        )

    def _bad_gradient(self, batch: Tensor, noise: Tensor) -> TrainingError:
        name = bad_parameter(self.model)
        what = f"the gradient of `{name}`" if name else "the gradient's norm"

        def breaks(places: Sequence[int]) -> bool:
            self._optimiser.zero_grad(set_to_none=True)
            self._again(batch[list(places)], noise).mean().backward()
            return bool(bad_parameter(self.model))

        places = narrowed(range(len(batch)), breaks)
        return TrainingError(
            f"Training met a gradient that is not finite at step {self.step}: {what}, "
            f"from {self.data.blame(self.step, places)}."
        )

    def _again(self, samples: Tensor, noise: Tensor) -> Tensor:
        """The objective with the noise that it had."""
        self._noise.set_state(noise)
        return self._objective(samples, self._noise)

    def _check_state(self, step: int, state: Mapping[str, Any]) -> None:
        """Make sure of what torch would take as it is, and break on later."""
        for place, moments in state["optimiser"]["state"].items():
            form = dict.fromkeys(("exp_avg", "exp_avg_sq"), self._trained[place].shape)
            if place < 0 or _shapes(moments) != {"step": torch.Size(), **form}:
                raise ValueError("its optimiser has other moments")
        best = state["best"]
        if best is not None and _shapes(best) != _shapes(self.model.state_dict()):
            raise ValueError("its best weights have other shapes")
        if not torch.isfinite(state["metrics"].reshape(-1, len(COLUMNS))[:, :2]).all():
            raise ValueError("its metrics are not numbered")
        if not 0 <= state["sums"][2] <= step:
            raise ValueError("it has sums over more steps than there were")


def _check_tables(state: Mapping[str, Any]) -> None:
    """A tensor in the place of a table would take its keys for places."""
    tables = [state[key] for key in ("identity", "optimiser", "random", "model")]
    tables += [*state["identity"].values(), state["optimiser"]["state"]]
    if not all(isinstance(table, Mapping) for table in tables):
        raise TypeError("a table is none")


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def _copy(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in weights.items()}
