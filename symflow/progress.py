r"""Progress: a bar that shows how far training is, and an interrupt that waits for it.

Takes the steps and evaluations of a run, gives a line on the error stream, and the answer
whether somebody has asked to stop.

.. math:: \text{bound } \mathcal{L}, \quad \text{held out } \mathcal{L}_{\mathrm{out}},
    \quad \text{rate } \eta

Where the error stream is no terminal nothing is shown.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from types import FrameType, TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from symflow.history import COLUMNS, Row

__all__ = ["Bar", "Interrupt"]


class Bar:
    """A progress bar on the error stream; nothing where that is no terminal.

    Arguments:
        steps: The number of steps of the whole run.
        wanted: Whether to show it at all.

    Example:
        >>> with Bar(10, wanted=False) as bar:
        ...     bar.move(3)
    """

    def __init__(self, steps: int, wanted: bool) -> None:
        console = Console(stderr=True)
        self._bar: Progress | None = None
        self._words = "training"
        self._shown = -math.inf
        if wanted and console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=console,
            )
            self._task = self._bar.add_task(self._words, total=steps)

    def __enter__(self) -> Bar:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def note(self, row: Row) -> None:
        """Show the bounds and the learning rate of an evaluation.

        Arguments:
            row: Its numbers, in the order of `COLUMNS`.
        """
        values = dict(zip(COLUMNS, row, strict=True))
        self._words = (
            f"bound {values['training_bound']:.4f}, "
            f"held out {values['held_out_bound']:.4f}, "
            f"rate {values['learning_rate']:.1e}"
        )
        self._shown = -math.inf

    def move(self, step: int) -> None:
        """Show the step, ten times a second at most.

        Arguments:
            step: The number of steps done.
        """
        now = time.perf_counter()
        if self._bar is not None and now - self._shown > 0.1:
            self._bar.update(self._task, completed=step, description=self._words)
            self._shown = now


class Interrupt:
    """Lets an interrupt wait for the end of the step, so that the state is whole.

    A second interrupt does not wait. Handlers that somebody else set are left alone.

    Example:
        >>> with Interrupt() as interrupt:
        ...     interrupt.asked
        False
    """

    def __init__(self) -> None:
        self.asked = False
        self._mine = False

    def __enter__(self) -> Interrupt:
        self._mine = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._mine:
            signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
