r"""Training: the weights that make data most likely.

Takes a model with a bound on its log-density, and data, gives the model with the
weights that did best on data held out, and the course of the run:

.. math:: \max_\theta \; \mathbb{E}_{x} [\mathcal{L}_\theta(x)], \qquad
    \mathcal{L}_\theta(x) \le \log p_\theta(x)

A run is killed, interrupted, or meets a number that is not finite, and nothing is lost.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from symflow.batches import Sampler, batches
from symflow.checkpoint import fingerprint, latest_checkpoint
from symflow.data import load
from symflow.errors import ArgumentError, CheckpointError, DataError, TrainingError
from symflow.event_files import events_of
from symflow.files import write_file_atomically
from symflow.history import History
from symflow.processes import Processes, processes
from symflow.progress import Bar, Interrupt
from symflow.run import Run, Settings, Trainable
from symflow.run_folder import RunFolder

__all__ = ["fit"]


def fit(
    model: nn.Module,
    data: object | Sampler,
    *,
    out: str | os.PathLike[str] | None = None,
    columns: Sequence[str] | None = None,
    steps: int = 2000,
    batch_size: int = 256,
    learning_rate: float = 3e-3,
    weight_decay: float = 0.0,
    clip: float = 5.0,
    held_out: float | None = None,
    patience: int = 20,
    evaluate_every: int = 50,
    checkpoint_every: int = 250,
    seed: int = 0,
    device: torch.device | str | None = None,
    resume: bool = False,
    progress: bool = True,
) -> History:
    r"""Train a model on data, and leave it with the weights that did best.

    .. math:: \max_\theta \frac{1}{B} \sum_{b=1}^{B} \mathcal{L}_\theta(x_b)

    The data are cast to the number type of the model's parameters: float64 data for a
    float32 model are rounded, and the reverse is exact; torch's default type is neither
    read nor changed. A run that is killed at any moment goes on with ``resume=True``
    from its newest checkpoint, and ends with the same bits in weights, optimiser,
    random state and metrics (but for the seconds) as one that was not, on the same
    machine with the same number of threads. Started by ``torchrun`` in several processes,
    each computes its part of every batch, and the first writes the folder, which the
    others must see.

    Arguments:
        model: A `Trainable` module; changed in place.
        data: An array ``(N, d)``, the path of a ``.npy`` or ``.csv`` file, or a sampler
            ``(count, generator) -> (count, d)`` for fresh points without end.
        out: A new or empty folder for metrics (also as TensorBoard reads them),
            checkpoints and weights; none to keep nothing on disk.
        columns: Columns of a ``.csv`` file, by name.
        steps: The number of training steps T.
        batch_size: Samples in a batch, B; cut to the number there are.
        learning_rate: The height of the learning rate.
        weight_decay: Decoupled decay of the weights (AdamW); at 0 this is Adam.
        clip: The norm that gradients are cut to.
        held_out: The part of the rows to hold out (a float) or a number of samples (an
            integer); by default a tenth of the rows and at most 10,000, or 4,096 fresh
            points. Zero holds nothing out: the last weights are kept.
        patience: Evaluations without a better held-out bound before the run stops.
        evaluate_every: Steps between evaluations.
        checkpoint_every: Steps between checkpoints.
        seed: Seed of split, order, draws and noise; not of the model's first weights.
        device: Where to train, as torch names it, or ``"auto"`` for an accelerator if
            there is one; by default where the model is.
        resume: Go on with the run in ``out``; begin it if it has not begun.
        progress: Show a bar, if the error stream is a terminal.

    Returns:
        The course of the run.

    Raises:
        ArgumentError: An argument is out of its range, or not what it was in the run
            to resume.
        DataError: The data are not finite numbers of an allowed width.
        OutputExistsError: The folder holds something, or another run writes to it.
        CheckpointError: The newest checkpoint is damaged or of another model, or the
            disk refuses.
        TrainingError: An objective or gradient is not finite. The best weights so far
            stay in the model and on disk.
        KeyboardInterrupt: After an interrupt between two steps, with a checkpoint
            written and the best weights in the model.

    Example:
        The mean of a Gaussian of unit width goes to the mean of the data:

        >>> class Gaussian(nn.Module):
        ...     data_dimensions = (1,)
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.mean = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        ...     def objective(self, batch, generator):
        ...         return -(batch[:, 0] - self.mean) ** 2 / 2
        ...     def description(self):
        ...         return {"kind": "gaussian"}
        >>> model = Gaussian()
        >>> history = fit(model, [[1.0], [2.0], [6.0]], steps=500, held_out=0.0,
        ...               learning_rate=0.1)
        >>> round(model.mean.item(), 4), history.stopped
        (3.0, 'all steps done')

    Reference:
        Kingma and Ba 2015, arXiv 1412.6980 (Adam); Loshchilov and Hutter 2019, arXiv
        1711.05101 (decoupled weight decay).
    """
    settings = Settings(
        steps,
        batch_size,
        learning_rate,
        weight_decay,
        clip,
        held_out,
        patience,
        evaluate_every,
        checkpoint_every,
        seed,
    )
    group = processes()
    run = _prepare(model, data, columns, settings, device, group)
    bar = Bar(settings.steps, progress and group.first)
    was_training = model.training
    model.train()
    try:
        with ExitStack() as stack:
            begin = _Begin(run, group, out, resume, stack)
            group.in_turn(begin)
            _go_on(run, begin.folder, bar, group)
    finally:
        model.train(was_training)
    return run.history()


def _prepare(
    model: nn.Module,
    data: object,
    columns: Sequence[str] | None,
    settings: Settings,
    device: torch.device | str | None,
    group: Processes,
) -> Run:
    if not isinstance(model, nn.Module) or not isinstance(model, Trainable):
        needed = ("objective", "data_dimensions", "description")
        missing = [name for name in needed if not hasattr(model, name)]
        raise ArgumentError(
            f"Argument `model` must be a torch.nn.Module with "
            f"{', '.join(needed)}, but is a {type(model).__name__} without "
            f"{', '.join(missing) or 'being a module'}."
        )
    if device is not None:
        device = _best_device() if device == "auto" else device
        try:
            model.to(device)
        except (RuntimeError, AssertionError) as problem:
            reason = str(problem).partition("\n")[0].rstrip(".")
            raise ArgumentError(
                f"Argument `device` must be one that this machine has, but {device!r} "
                f"cannot be used: {reason}."
            ) from problem
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise ArgumentError(
            "Argument `model` must have a parameter to train, but has none that "
            "requires a gradient."
        )
    widths = model.data_dimensions
    if callable(data):
        if columns is not None:
            raise ArgumentError(
                "Argument `columns` must be left out where `data` is a sampler."
            )
        samples: Any = data
    else:
        samples = load(data, columns, widths)
    ready = batches(
        samples,
        settings.batch_size,
        settings.held_out,
        settings.seed,
        trained[0],
        group.part,
    )
    width = ready.held_out.shape[1]
    if width not in widths:
        raise DataError(
            f"Argument `data` must give points of width "
            f"{' or '.join(map(str, widths))}, but gives width {width}."
        )
    return Run(group.share(model), ready, settings)


def _best_device() -> torch.device:
    """The accelerator of this process, or the processor where there is none."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class _Begin:
    """The beginning of a run: the first process writes, the others read what it wrote."""

    def __init__(
        self,
        run: Run,
        group: Processes,
        out: str | os.PathLike[str] | None,
        resume: bool,
        stack: ExitStack,
    ) -> None:
        self.folder: RunFolder | None = None
        self._run, self._group, self._stack = run, group, stack
        self._out, self._resume = out, resume

    def __call__(self) -> None:
        if self._out is None:
            return
        model = self._run.model
        description = cast(Trainable, model).description()
        mark = fingerprint(model, description)
        if self._group.first:
            folder = RunFolder(self._out, self._resume, mark)
            self.folder = self._stack.enter_context(folder)
            _begin(self._run, folder, description)
        else:
            checkpoint = latest_checkpoint(self._out, mark)
            if checkpoint is not None:
                self._run.restore(checkpoint.step, checkpoint.state)


def _begin(run: Run, folder: RunFolder, description: Mapping[str, Any]) -> None:
    checkpoint = folder.checkpoint()
    if checkpoint is not None:
        run.restore(checkpoint.step, checkpoint.state)
        folder.written = checkpoint.step
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    record = {**run.identity, "model": dict(description), "versions": versions}
    folder.begin(record, run.rows)
    if checkpoint is None:
        # So that even a run killed in its first steps resumes from the same weights.
        folder.save(run.step, run.epoch, run.state())


def _go_on(run: Run, folder: RunFolder | None, bar: Bar, group: Processes) -> None:
    try:
        with bar, Interrupt() as interrupt:
            # All processes leave the loop together, or one would wait for another.
            while not group.any(bool(run.stopped)):
                if group.any(interrupt.asked):
                    if folder is not None:
                        folder.save(run.step, run.epoch, run.state())
                    raise KeyboardInterrupt
                _turn(run, folder, bar)
    except TrainingError as error:
        kept = _keep(run, folder, f"stopped by an error at step {run.step}")
        where = "" if folder is None else f" and its file in {str(folder.path)!r}"
        raise TrainingError(
            f"{error} The model{where} now has the weights of step {kept}, the last "
            f"good ones. Look at those samples, or lower `learning_rate` or `clip`."
        ) from None
    except KeyboardInterrupt:
        _keep(run, folder, f"interrupted at step {run.step}")
        raise KeyboardInterrupt(_interrupt_words(run, folder)) from None
    _keep(run, folder, run.stopped)


def _turn(run: Run, folder: RunFolder | None, bar: Bar) -> None:
    run.advance()
    if run.stopped or run.step % run.settings.evaluate_every == 0:
        row = run.measure()
        bar.note(row)
        if folder is not None:
            folder.append(row)
            _write_events(run, folder)
    if folder is not None and (
        run.stopped or run.step % run.settings.checkpoint_every == 0
    ):
        folder.save(run.step, run.epoch, run.state())
    bar.move(run.step)


def _write_events(run: Run, folder: RunFolder) -> None:
    """The same numbers for TensorBoard, whole each time: a resumed run may go back."""
    path = folder.path / "events.out.tfevents.run"
    try:
        write_file_atomically(path, events_of(run.rows))
    except OSError as error:
        raise CheckpointError(
            f"File {path.name} cannot be written in {str(folder.path)!r}: "
            f"{error.strerror or error}. Make room, then resume."
        ) from error


def _keep(run: Run, folder: RunFolder | None, stopped: str) -> int:
    kept = run.keep_best()
    if folder is not None:
        bound = run.history().best_bound
        result = {
            "stopped": stopped,
            "steps": run.step,
            "best_step": kept,
            "best_bound": bound if math.isfinite(bound) else None,
        }
        folder.finish(run.model.state_dict(), result)
    return kept


def _interrupt_words(run: Run, folder: RunFolder | None) -> str:
    if folder is None:
        return (
            f"Training was interrupted at step {run.step}. The model holds the best "
            f"weights so far. Give `out` next time, and the run can be resumed."
        )
    return (
        f"Training was interrupted at step {run.step}. Make the same call with "
        f"`resume=True` (`--resume`) to go on from step {folder.written} in "
        f"{str(folder.path)!r}."
    )
