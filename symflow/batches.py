r"""Batches: the samples that each training step meets, and those it never meets.

Takes the rows of an array, or a sampler, gives batches of one size and a held-out set.
The rows of step t are a slice of an endless row of shuffles, so they are a function of
the seed and of t alone, and a resumed run meets the batches that it would have met:

.. math::
    x_t = \{x_{\pi_e(i)}\}, \qquad e N + i \in [t B, (t + 1) B), \quad 0 \le i < N

where :math:`\pi_e` is the shuffle of epoch e, and N the number of rows trained on.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from symflow.data import shuffle, split
from symflow.errors import ArgumentError, DataError

__all__ = ["Batches", "Sampler", "batches", "derived_seed"]

Array = np.ndarray[Any, np.dtype[Any]]
Sampler = Callable[[int, torch.Generator], Tensor]

# Rows hashed in one go: a mapped file may be larger than memory.
_BLOCK = 1 << 16


class Batches(ABC):
    r"""What training asks of its data: the batch of a step, and a fixed held-out set.

    `batches` makes them, of rows or of a sampler.

    Arguments:
        batch_size: The number B of samples in every batch.
        held_out: The held-out samples, shape ``(M, d)``; none where M is 0.
        part: Which part of every batch is given, and of how many.

    Raises:
        ArgumentError: If a batch cannot be cut into so many equal parts.
    """

    def __init__(
        self, batch_size: int, held_out: Tensor, part: tuple[int, int] = (0, 1)
    ) -> None:
        number, count = part
        if batch_size % count:
            raise ArgumentError(
                f"Argument `batch_size` must be a multiple of the number of processes, "
                f"{count}, so that each has an equal part, but it is {batch_size} here."
            )
        self.batch_size = batch_size
        self.held_out = held_out
        size = batch_size // count
        self.places = slice(number * size, (number + 1) * size)

    @abstractmethod
    def batch(self, step: int) -> Tensor:
        """The batch of a step, counted from 0: a function of the seed and the step.

        Arguments:
            step: The number of the step.

        Returns:
            A tensor of shape ``(B, d)``; of the part alone where there are several.
        """

    @abstractmethod
    def epoch(self, step: int) -> int:
        """How many times the data had been gone through before a step.

        Arguments:
            step: The number of the step.

        Returns:
            The epoch, from 0; always 0 for a sampler.
        """

    @abstractmethod
    def blame(self, step: int | None, places: Sequence[int]) -> str:
        """Words that lead a reader to samples that did harm.

        Arguments:
            step: The step whose batch held them, or none for the held-out set.
            places: Their places in that batch or set.

        Returns:
            Words such as ``rows 3, 7 of the data (counted from 0)``.
        """

    @abstractmethod
    def summary(self) -> dict[str, Any]:
        """Plain data by which a resumed run knows the same data again.

        Returns:
            The kind, the shape, the sha256 and the number of samples held out.
        """


def batches(
    data: Array | Sampler,
    batch_size: int,
    held_out: float | None,
    seed: int,
    like: Tensor,
    part: tuple[int, int] = (0, 1),
) -> Batches:
    r"""Batches of the shuffled rows of an array, or of a sampler's fresh points.

    Every batch of rows has the same size; one that begins at the end of an epoch is
    filled from the next, so every row is met equally often. A mapped file is read a
    batch at a time.

    Arguments:
        data: Array of shape ``(N, d)``, as `load` gives it, or a function of a count
            and a generator (on the CPU) that gives points of shape ``(count, d)`` and
            takes all its randomness from the generator.
        batch_size: The number B of samples in a batch, cut to the rows there are.
        held_out: The part of the rows to hold out (a float), or a number of samples (an
            integer). By default a tenth of the rows and at most 10,000, or 4,096 fresh
            points.
        seed: Seed of the split, of every shuffle and of every draw.
        like: A tensor whose number type and device the batches take.
        part: Which part of every batch to give, and of how many: a process among
            several reads its own rows alone.

    Returns:
        The batches.

    Raises:
        ArgumentError: ``held_out`` leaves no rows, or is a part of a sampler; or a batch
            has no equal parts.
        DataError: A value is too large for the number type, or the sampler gives
            something else than finite points.

    Example:
        >>> rows = batches(np.zeros((10, 2)), 4, 0.2, seed=0, like=torch.zeros(1))
        >>> rows.batch(0).shape, rows.held_out.shape, [rows.epoch(t) for t in range(5)]
        (torch.Size([4, 2]), torch.Size([2, 2]), [0, 0, 1, 1, 2])
    """
    if callable(data):
        return _Fresh(data, batch_size, held_out, seed, like, part)
    return _Rows(data, batch_size, held_out, seed, like, part)


def derived_seed(seed: int, *purpose: object) -> int:
    r"""A seed for one purpose, so that no two streams of random numbers are the same.

    Arguments:
        seed: The seed that the user gave.
        purpose: What the stream is for, such as ``"order", 3``.

    Returns:
        An integer in [0, 2^63), the same on every machine and for ever.

    Example:
        >>> derived_seed(0, "order", 1) != derived_seed(0, "order", 2)
        True
    """
    text = "/".join(str(part) for part in (seed, *purpose))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


class _Rows(Batches):
    def __init__(
        self,
        values: Array,
        batch_size: int,
        held_out: float | None,
        seed: int,
        like: Tensor,
        part: tuple[int, int],
    ) -> None:
        self._values = values
        self._seed = seed
        self._like = like
        self._train, self._held = split(len(values), _part(len(values), held_out), seed)
        mapped = isinstance(values, np.memmap)
        self._resident = None if mapped else self._cast(values)
        self._shuffles: dict[int, Array] = {}
        size = min(batch_size, len(self._train))
        super().__init__(size, self._take(self._held), part)

    def batch(self, step: int) -> Tensor:
        return self._take(self._rows(step))

    def epoch(self, step: int) -> int:
        return step * self.batch_size // len(self._train)

    def blame(self, step: int | None, places: Sequence[int]) -> str:
        rows = self._held if step is None else self._rows(step)
        return (
            f"rows {_listed(sorted(rows[list(places)].tolist()))} of the data (from 0)"
        )

    def summary(self) -> dict[str, Any]:
        digest = hashlib.sha256()
        for start in range(0, len(self._values), _BLOCK):
            digest.update(self._values[start : start + _BLOCK].tobytes())
        return {
            "kind": "rows",
            "shape": list(self._values.shape),
            "sha256": digest.hexdigest(),
            "held_out": len(self._held),
        }

    def _rows(self, step: int) -> Array:
        epoch, place = divmod(step * self.batch_size, len(self._train))
        picks = self._shuffle(epoch)[place : place + self.batch_size]
        missing = self.batch_size - len(picks)
        if missing:
            picks = np.concatenate([picks, self._shuffle(epoch + 1)[:missing]])
        rows: Array = self._train[picks[self.places]]
        return rows

    def _shuffle(self, epoch: int) -> Array:
        if epoch not in self._shuffles:
            kept = {e: s for e, s in self._shuffles.items() if e == epoch - 1}
            seed = derived_seed(self._seed, "order", epoch)
            self._shuffles = {**kept, epoch: shuffle(len(self._train), seed)}
        return self._shuffles[epoch]

    def _take(self, rows: Array) -> Tensor:
        if self._resident is None:
            return self._cast(np.asarray(self._values[rows]))
        return self._resident[torch.as_tensor(rows, device=self._like.device)]

    def _cast(self, values: Array) -> Tensor:
        samples = torch.tensor(values, dtype=self._like.dtype)
        if not bool(torch.isfinite(samples).all()):
            raise DataError(
                f"Argument `data` must hold numbers that fit {self._like.dtype}, the "
                f"model's type, but its largest is {np.abs(values).max():g}. Scale "
                f"the data, or make the model float64 with `model.double()`."
            )
        return samples.to(self._like.device)


class _Fresh(Batches):
    def __init__(
        self,
        sampler: Sampler,
        batch_size: int,
        held_out: float | None,
        seed: int,
        like: Tensor,
        part: tuple[int, int],
    ) -> None:
        if isinstance(held_out, float) and held_out != 0.0:
            raise ArgumentError(
                f"Argument `held_out` must be a number of points where the data come "
                f"from a sampler, but is the part {held_out}. Give an integer."
            )
        self._sampler = sampler
        self._seed = seed
        self._like = like
        self._generator = torch.Generator()
        count = 4096 if held_out is None else int(held_out)
        held = self._draw(max(count, 1), "held out")[:count]
        super().__init__(batch_size, held, part)

    def batch(self, step: int) -> Tensor:
        return self._draw(self.batch_size, "points", step)[self.places]

    def epoch(self, step: int) -> int:
        return 0

    def blame(self, step: int | None, places: Sequence[int]) -> str:
        points = self.held_out if step is None else self.batch(step)
        return f"the points {_listed(points[list(places)].tolist(), 3)}"

    def summary(self) -> dict[str, Any]:
        first = self._draw(self.batch_size, "points", 0).cpu().contiguous().numpy()
        return {
            "kind": "sampler",
            "shape": [None, first.shape[1]],
            "sha256": hashlib.sha256(first.tobytes()).hexdigest(),
            "held_out": len(self.held_out),
        }

    def _draw(self, count: int, *purpose: object) -> Tensor:
        self._generator.manual_seed(derived_seed(self._seed, *purpose))
        points: object = self._sampler(count, self._generator)
        if not isinstance(points, Tensor) or points.shape[:-1] != (count,):
            found = getattr(points, "shape", type(points).__name__)
            raise DataError(
                f"Argument `data` must be a sampler of tensors of shape ({count}, d) "
                f"when asked for {count} points, but it gave {found}."
            )
        points = points.detach().to(self._like)
        bad = ~torch.isfinite(points).all(dim=1)
        if bool(bad.any()):
            raise DataError(
                f"Argument `data` must be a sampler of finite points, but it gave "
                f"{_listed(points[bad].tolist(), 3)}."
            )
        return points


def _part(count: int, held_out: float | None) -> float:
    if held_out is None or isinstance(held_out, float):
        part = min(0.1, 10_000 / count) if held_out is None else held_out
        if not 0.0 <= part < 1.0:
            raise ArgumentError(
                f"Argument `held_out` must be a part in [0, 1) or a number of rows, but "
                f"is {part}."
            )
        if part > 0 and count < 2:
            raise ArgumentError(
                "Argument `data` must have two rows at least, one of them to hold out, "
                f"but has {count}. Give more rows, or `held_out=0`."
            )
        return part
    if not 0 <= held_out < count:
        raise ArgumentError(
            f"Argument `held_out` must leave rows to train on, but is {held_out} of "
            f"{count} rows."
        )
    return held_out / count


def _listed(items: Sequence[object], most: int = 12) -> str:
    shown = ", ".join(str(item) for item in items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")
