r"""Processes: one training run on several processes or machines.

Takes a model, gives one whose gradients are those of the whole batch, though each process
computes a part of it.

.. math:: \nabla_\theta \frac1B \sum_{b=1}^B \mathcal{L}_\theta(x_b)
    = \frac1W \sum_{r=1}^W \nabla_\theta \frac{W}{B} \sum_{b \in S_r} \mathcal{L}_\theta(x_b)

Start them with ``torchrun --nproc-per-node=W SCRIPT.py``; the script is the same as for one
process. A model that draws nothing at random goes the way it goes in one process, to
round-off; noise is drawn by each process for its own part.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Mapping
from typing import Any, final

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from symflow.batches import derived_seed
from symflow.errors import SymflowError

__all__ = ["ProcessError", "Processes", "SharedModel", "processes"]


class ProcessError(SymflowError):
    """Another process of the same run could not go on."""


@final
class Processes:
    """The processes of a run, and which of them this is.

    Arguments:
        rank: The number of this process, from 0.
        count: How many there are.

    Example:
        >>> Processes().any(True), Processes().first
        (True, True)
    """

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank = rank
        self.count = count

    @property
    def first(self) -> bool:
        """Whether this process writes the files and shows the progress."""
        return self.rank == 0

    @property
    def part(self) -> tuple[int, int]:
        """Which part of every batch is this process's: its number, and of how many."""
        return self.rank, self.count

    def any(self, here: bool) -> bool:
        """Whether something holds in any process; all must ask.

        Arguments:
            here: Whether it holds in this one.

        Returns:
            The same answer in every process.
        """
        if self.count == 1:
            return here
        flag = torch.tensor(float(here), device=_device_of_messages())
        distributed.all_reduce(flag, distributed.ReduceOp.MAX)
        return bool(flag > 0)

    def in_turn(self, action: Callable[[], None]) -> None:
        """Do something in the first process, and only then in the others.

        Arguments:
            action: What to do.

        Raises:
            ProcessError: If it failed in another process.
        """
        for turn in (True, False):
            error = None
            if self.first is turn:
                try:
                    action()
                except Exception as problem:
                    error = problem
            failed = self.any(error is not None)
            if error is not None:
                raise error
            if failed:
                raise ProcessError(
                    "Another process of this run could not begin; its own message says "
                    "why. Mend that and start all of them again."
                )

    def share(self, model: nn.Module) -> nn.Module:
        """The model that training in several processes asks; itself in one.

        Arguments:
            model: The model, on its device.

        Returns:
            The model, or one that shares its gradients.
        """
        return model if self.count == 1 else SharedModel(model, self)


def processes() -> Processes:
    """The processes that ``torchrun`` started, or this one alone.

    A group that is begun here stays until the process ends: the place where processes
    meet knows each of them once.

    Returns:
        The processes.

    Example:
        >>> processes().count
        1
    """
    started = distributed.is_available() and distributed.is_initialized()
    if not started and int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Processes()
    if not started:
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        atexit.register(distributed.destroy_process_group)
    return Processes(distributed.get_rank(), distributed.get_world_size())


@final
class SharedModel(nn.Module):
    """A model whose objective has, in each process, the mean and gradient of all.

    Its weights and their names are those of the model.

    Arguments:
        model: A trainable module, on its device.
        group: The processes.
    """

    def __init__(self, model: nn.Module, group: Processes) -> None:
        super().__init__()
        self.model = model
        self._group = group
        # Parameters without entries, such as means where no vector is fixed, get none.
        used = [name for name, p in model.named_parameters() if not p.numel()]
        objective = _Objective(model)
        DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(
            objective, [f"model.{name}" for name in used]
        )
        # Not a submodule, or every weight would have two names.
        self._all = (DistributedDataParallel(objective, find_unused_parameters=True),)
        self._seen: Tensor | None = None
        self._alone = False

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of data that it takes."""
        widths: tuple[int, ...] = self.model.data_dimensions  # type: ignore[assignment]
        return widths

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """The bounds of this process's samples, moved so that their mean is that of all.

        Arguments:
            batch: This process's part of the batch, shape (B / W, d).
            generator: Source of randomness, in the same state in every process.

        Returns:
            The bounds, shape (B / W,); the gradient of their mean is that of all.
        """
        # A step that failed is taken again in parts, to find what did it: each process
        # does that for itself, from the state of the generator that the step had.
        state = generator.get_state()
        again = self._seen is not None and torch.equal(state, self._seen)
        if self._alone or again or not torch.is_grad_enabled():
            own: Tensor = self.model.objective(batch, generator)  # type: ignore[operator]
            return own
        self._seen = state
        values: Tensor = self._all[0](batch, self._own(generator))
        mean = values.detach().mean()
        total = mean.clone()
        distributed.all_reduce(total)
        total = total / self._group.count
        self._alone = not bool(torch.isfinite(total))
        return values + (total - mean)

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        found: dict[str, Any] = self.model.description()  # type: ignore[operator]
        return found

    def state_dict(self, *rest: Any, **options: Any) -> Any:  # noqa: ANN401 (torch's)
        """The weights of the model under its own names."""
        return self.model.state_dict(*rest, **options)

    def load_state_dict(self, state_dict: Mapping[str, Any], *rest: Any) -> Any:  # noqa: ANN401
        """Give the model other weights."""
        return self.model.load_state_dict(state_dict, *rest)

    def _own(self, generator: torch.Generator) -> torch.Generator:
        """A generator of this process, from a draw that all of them share."""
        limit = 2**62
        drawn = torch.randint(
            limit, (), generator=generator, device=generator.device, dtype=torch.int64
        )
        own = torch.Generator(generator.device)
        return own.manual_seed(derived_seed(int(drawn), "process", self._group.rank))


class _Objective(nn.Module):
    """The objective as a forward pass, which is what torch knows how to share."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        values: Tensor = self.model.objective(batch, generator)  # type: ignore[operator]
        return values


def _device_of_messages() -> torch.device:
    """Where a backend wants the numbers it sends."""
    nccl = distributed.get_backend() == "nccl"
    return torch.device("cuda" if nccl else "cpu")
