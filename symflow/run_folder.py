r"""Run folder: what a training run leaves on disk.

Takes a run's settings, evaluations, states and weights, gives a folder:

- ``run.json``: settings, data, the model's description, versions, and at the end the
  result;
- ``metrics.csv``: one line an evaluation, flushed as it comes;
- ``checkpoints/step_000123``: the last two whole states;
- ``model.safetensors``: the best weights;
- ``run.lock``: only while a process writes here.

.. math:: \text{newest checkpoint} \to \text{the same run}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from torch import Tensor

from symflow.checkpoint import (
    Checkpoint,
    latest_checkpoint,
    write_checkpoint,
    write_weights,
)
from symflow.errors import ArgumentError, CheckpointError, OutputExistsError
from symflow.files import UNFINISHED, FolderLock, write_file_atomically
from symflow.history import COLUMNS, Row, row_line

__all__ = ["RunFolder"]

_SCHEMA = 1


class RunFolder:
    """The folder of one run, locked while it is entered.

    Arguments:
        path: The folder; made where it is missing.
        resume: Whether a run that is there goes on. If not, the folder must be missing
            or empty.
        mark: The model's fingerprint.

    Raises:
        ArgumentError: On entering: the folder cannot be made or written.
        OutputExistsError: On entering: the folder holds something else than a run to
            resume, or another process writes to it; nothing in it is touched.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as out, RunFolder(out, False, {}) as folder:
        ...     folder.begin({"settings": {}}, [])
        ...     sorted(os.listdir(out))
        ['metrics.csv', 'run.json', 'run.lock']
    """

    def __init__(
        self, path: str | os.PathLike[str], resume: bool, mark: Mapping[str, Any]
    ) -> None:
        self.path = Path(path)
        self._resume = resume
        self._mark = mark
        self._lock = FolderLock(self.path)
        self._metrics: TextIO | None = None
        self._record: Mapping[str, Any] = {}
        self.written = -1

    def __enter__(self) -> RunFolder:
        self._check_content()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.__enter__()
        except OSError as error:
            raise ArgumentError(
                f"Argument `out` must be a folder that can be written, but "
                f"{str(self.path)!r} cannot: {error.strerror or error}."
            ) from None
        try:
            self._check_content()
        except OutputExistsError:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._metrics is not None:
            self._metrics.close()
        self._lock.__exit__(kind, error, trace)

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint of the run that is to go on.

        Returns:
            The checkpoint, or none where the run begins.

        Raises:
            CheckpointError: It is damaged, or of another model.
        """
        return latest_checkpoint(self.path, self._mark) if self._resume else None

    def begin(self, record: Mapping[str, Any], rows: Sequence[Row]) -> None:
        """Write ``run.json``, and cut ``metrics.csv`` to what a checkpoint knows.

        Arguments:
            record: Plain data: settings, data, model, versions.
            rows: The evaluations up to the checkpoint, none at the start.

        Raises:
            CheckpointError: The disk refuses.
        """
        self._record = {"schema": _SCHEMA, **record}
        self._write_record({**self._record, "result": None})
        lines = [",".join(COLUMNS) + "\n", *map(row_line, rows)]
        path = self.path / "metrics.csv"
        with self._disk("metrics.csv"):
            write_file_atomically(path, "".join(lines).encode())
            self._metrics = path.open("a", encoding="utf-8")

    def append(self, row: Row) -> None:
        """Add a line to ``metrics.csv``, and hand it to the system at once.

        Arguments:
            row: The evaluation.

        Raises:
            CheckpointError: The disk refuses.
        """
        if self._metrics is not None:
            with self._disk("metrics.csv"):
                self._metrics.write(row_line(row))
                self._metrics.flush()

    def save(self, step: int, epoch: int, state: Mapping[str, Any]) -> None:
        """Write a checkpoint, unless the newest is of this step.

        Arguments:
            step: Training steps done.
            epoch: Passes over the data done.
            state: The state of the run.

        Raises:
            CheckpointError: The disk refuses.
        """
        if step != self.written:
            write_checkpoint(
                self.path,
                step=step,
                epoch=epoch,
                state=state,
                model_fingerprint=self._mark,
            )
            self.written = step

    def finish(self, weights: Mapping[str, Tensor], result: Mapping[str, Any]) -> None:
        """Write ``model.safetensors``, and the result into ``run.json``.

        Arguments:
            weights: The weights to keep.
            result: Plain data: best step and bound, and why the run ended.

        Raises:
            CheckpointError: The disk refuses.
        """
        write_weights(self.path / "model.safetensors", weights, self._mark)
        self._write_record({**self._record, "result": dict(result)})

    def _check_content(self) -> None:
        path = self.path
        if path.exists() and not path.is_dir():
            raise OutputExistsError(
                f"Argument `out` must be a folder, but {str(path)!r} is a file. Choose "
                f"another name."
            )
        names = set(os.listdir(path)) if path.exists() else set()
        names = {name for name in names if not name.startswith(UNFINISHED)}
        names.discard(FolderLock.FILE)
        if names and not self._resume:
            raise OutputExistsError(
                f"Argument `out` must be a new or empty folder, but {str(path)!r} "
                f"holds {min(names)!r}; nothing was touched. Choose another folder, or "
                f"resume the run in it with `resume=True` (`--resume`)."
            )
        if names and not names & {"run.json", "checkpoints"}:
            raise OutputExistsError(
                f"Argument `out` must be the folder of a run for it to resume, but "
                f"{str(path)!r} holds {min(names)!r} and no run; nothing was touched."
            )

    def _write_record(self, record: Mapping[str, Any]) -> None:
        payload = json.dumps(record, indent=2, allow_nan=False) + "\n"
        with self._disk("run.json"):
            write_file_atomically(self.path / "run.json", payload.encode())

    @contextmanager
    def _disk(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CheckpointError(
                f"File {name} cannot be written in {str(self.path)!r}: "
                f"{error.strerror or error}. Checkpoints written before are untouched. "
                f"Make room, or make the folder writable, then resume."
            ) from error
