r"""History: what a training run did, evaluation by evaluation.

Takes rows of seven numbers, gives arrays by name, the best step, and a ``.csv`` file.

.. math:: t^\star = \arg\max_t \mathcal{L}_{\mathrm{held\ out}}(t)
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symflow.errors import DataError
from symflow.files import read_plain_file
from symflow.notebook_views import NotebookView, Rows

__all__ = ["COLUMNS", "History", "Row", "row_line"]

# One evaluation: its numbers in the order of COLUMNS; nan where there is none.
Row = tuple[float, ...]
COLUMNS = (
    "step",
    "epoch",
    "training_bound",
    "held_out_bound",
    "learning_rate",
    "gradient_norm",
    "seconds",
)
_COUNTS = 2
_WHOLE = frozenset(COLUMNS[:_COUNTS])
_MOST_BYTES = 64_000_000
_LARGEST_COUNT = 2**53  # beyond it floats skip whole numbers
_Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class History(NotebookView):
    r"""The course of a training run; every array has one entry an evaluation.

    Arguments:
        step: Training steps done, shape ``(E,)``.
        epoch: Passes over the data done, shape ``(E,)``.
        training_bound: Mean bound on the log-density over the batches since the
            evaluation before, in nats, shape ``(E,)``.
        held_out_bound: Mean bound over the held-out set, in nats, shape ``(E,)``; nan
            where nothing was held out.
        learning_rate: Learning rate of the last step, shape ``(E,)``.
        gradient_norm: Mean norm of the gradient before clipping, shape ``(E,)``.
        seconds: Time since the start, without breaks between resumes, shape ``(E,)``.
        best_step: The step whose weights were kept.
        best_bound: Its held-out bound (its training bound where nothing was held out).
        stopped: Why the run ended; empty where it has not.

    Example:
        >>> history = History.from_rows([(10, 0, -3.0, -2.5, 0.1, 1.0, 0.2)], "done")
        >>> history.best_step, history.best_bound
        (10, -2.5)
    """

    step: _Array
    epoch: _Array
    training_bound: _Array
    held_out_bound: _Array
    learning_rate: _Array
    gradient_norm: _Array
    seconds: _Array
    best_step: int
    best_bound: float
    stopped: str

    def _notebook_rows(self) -> Rows:
        yield "steps", int(self.step[-1]) if len(self.step) else 0
        yield "best bound", f"{self.best_bound:.4f} nats, at step {self.best_step}"
        yield "ended", self.stopped or "not yet"

    @classmethod
    def from_rows(cls, rows: Sequence[Row], stopped: str) -> History:
        """Gather rows of numbers.

        Arguments:
            rows: The evaluations, each in the order of `COLUMNS`.
            stopped: Why the run ended; empty where it has not.

        Returns:
            The history. Its best step is the first with the highest held-out bound, or
            the last where nothing was held out.
        """
        table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
        arrays = {
            name: table[:, i].astype(np.int64) if name in _WHOLE else table[:, i]
            for i, name in enumerate(COLUMNS)
        }
        held_out = arrays["held_out_bound"]
        best_step, best_bound = 0, math.nan
        if len(table):
            watched = bool(np.isfinite(held_out).any())
            best = int(np.nanargmax(held_out)) if watched else len(table) - 1
            bounds = held_out if watched else arrays["training_bound"]
            best_step, best_bound = int(arrays["step"][best]), float(bounds[best])
        return cls(
            **arrays, best_step=best_step, best_bound=best_bound, stopped=stopped
        )

    @classmethod
    def from_csv(cls, path: str | os.PathLike[str], stopped: str = "") -> History:
        """Read what `to_csv` wrote, or the ``metrics.csv`` of a run.

        Arguments:
            path: The file. A last line that a killed run left without its end is
                passed over: the checkpoint holds it, or it comes again.
            stopped: Why the run ended, which the file does not hold.

        Returns:
            The history.

        Raises:
            DataError: The file is not such a table; the message names the line.

        Example:
            >>> from tempfile import TemporaryDirectory
            >>> rows = [(10, 0, -3.0, float("nan"), 0.1, 1.0, 0.2)]
            >>> with TemporaryDirectory() as folder:
            ...     History.from_rows(rows, "").to_csv(f"{folder}/metrics.csv")
            ...     History.from_csv(f"{folder}/metrics.csv").best_bound
            -3.0
        """
        try:
            text = read_plain_file(path, _MOST_BYTES).decode("utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
            raise DataError(
                f"Argument `path` must be the metrics of a run, but "
                f"{os.fspath(path)!r} cannot be read: {reason}."
            ) from None
        lines = text[: text.rfind("\n") + 1].splitlines()
        if lines[:1] != [",".join(COLUMNS)]:
            raise DataError(
                f"Argument `path` must be the metrics of a run, but "
                f"{os.fspath(path)!r} does not begin with {','.join(COLUMNS)!r}."
            )
        rows = []
        for number, line in enumerate(lines[1:], start=2):
            try:
                row = tuple(
                    float(cell) if cell else math.nan for cell in line.split(",")
                )
            except ValueError:
                row = ()
            if len(row) != len(COLUMNS) or not all(map(_is_count, row[:_COUNTS])):
                raise DataError(
                    f"Argument `path` must be the metrics of a run, but line {number} "
                    f"of {os.fspath(path)!r} is not {len(COLUMNS)} numbers, of which "
                    f"{' and '.join(COLUMNS[:_COUNTS])} are whole."
                )
            rows.append(row)
        return cls.from_rows(rows, stopped)

    def rows(self) -> list[Row]:
        """The evaluations as rows of numbers.

        Returns:
            Rows in the order of `COLUMNS`.
        """
        columns = [getattr(self, name).tolist() for name in COLUMNS]
        return list(zip(*columns, strict=True))

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the evaluations, one a line, every digit kept.

        Arguments:
            path: The file.
        """
        lines = [row_line(row) for row in self.rows()]
        header = ",".join(COLUMNS) + "\n"
        Path(path).write_text(header + "".join(lines), encoding="utf-8")


def row_line(row: Row) -> str:
    r"""One evaluation as a line of ``metrics.csv``.

    Arguments:
        row: Its numbers, in the order of `COLUMNS`.

    Returns:
        The line with its end; an empty cell where there is no number.

    Example:
        >>> row_line((10, 0, -3.0, float("nan"), 0.1, 1.0, 0.2))
        '10,0,-3.0,,0.1,1.0,0.2\n'
    """
    cells = [
        str(int(value)) if name in _WHOLE else "" if math.isnan(value) else repr(value)
        for name, value in zip(COLUMNS, row, strict=True)
    ]
    return ",".join(cells) + "\n"


def _is_count(value: float) -> bool:
    return 0 <= value <= _LARGEST_COUNT and value.is_integer()
