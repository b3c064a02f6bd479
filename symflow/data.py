r"""Data: samples of a density as rows of finite numbers.

Takes an array, a tensor, or a path to a ``.npy`` or ``.csv`` file, gives an array of
shape ``(N, d)`` in float64, and splits and folds of its rows.

.. math:: x \in \mathbb{R}^{N \times d}, \qquad |x_{ij}| < \infty
"""

from __future__ import annotations

import csv
import math
import os
import stat
from array import array as number_array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from torch import Tensor

from symflow.errors import ArgumentError, DataError
from symflow.expression_text import shown

__all__ = ["folds", "load", "shuffle", "split"]

Array = np.ndarray[Any, np.dtype[Any]]

# Rows looked at in one go: a mapped file may be larger than memory.
_BLOCK = 1 << 16


def load(
    data: object,
    columns: Sequence[str] | None = None,
    dimension: int | Sequence[int] | None = None,
    name: str = "data",
) -> Array:
    r"""Samples as a float64 array of finite numbers, whatever they came in.

    A ``.npy`` file of float64 stays mapped to disk (it may be larger than memory); any
    other number type is read and converted. Nothing in a file is ever executed: object
    arrays, which hold pickles, are refused.

    Arguments:
        data: An array, tensor or nested list of shape ``(N, d)``, or the path of a
            ``.npy`` file, or of a ``.csv`` file whose first row names its columns.
        columns: Columns of a ``.csv`` file to take, in this order; all by default.
        dimension: The width d that is expected, or the several that are allowed.
        name: What the error messages call the argument.

    Returns:
        An array of shape ``(N, d)``, float64, all finite.

    Raises:
        DataError: The data are missing, empty, ragged or of the wrong width, or hold
            something that is not a finite number; the message names row and column.

    Example:
        >>> load([[0, 1], [2, 3]]).shape
        (2, 2)
        >>> load([[0.0, float("nan")]])
        Traceback (most recent call last):
        ...
        symflow.errors.DataError: Argument `data` must hold finite numbers only, but row
        0, column 1 (counted from 0) holds nan. Mend or drop that row.
    """
    if isinstance(data, str | os.PathLike):
        values, heads = _from_file(Path(data), columns, name)
    elif columns is not None:
        raise DataError(
            f"Argument `columns` must be left out unless `{name}` is a .csv file, but "
            f"names {_listed(columns)}. Take the columns of an array by their index."
        )
    else:
        values, heads = _from_memory(data, name), None
    _check_shape(values, dimension, name, heads)
    if values.dtype != np.float64:
        values = values.astype(np.float64)
    _check_finite(values, name)
    return values


def split(count: int, fraction: float, seed: int) -> tuple[Array, Array]:
    r"""Rows to train on and rows to hold out, drawn once without replacement.

    Arguments:
        count: The number of rows N.
        fraction: The part to hold out, in [0, 1); where it is not zero, at least one
            row is held out and at least one is left.
        seed: Seed of the draw; the same seed gives the same split for ever.

    Returns:
        Two increasing index arrays that together hold every row once.

    Raises:
        ArgumentError: The fraction is outside [0, 1), or there are too few rows.

    Example:
        >>> train, held_out = split(10, 0.3, seed=0)
        >>> len(train), len(held_out), sorted({*train.tolist(), *held_out.tolist()})
        (7, 3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    if not 0.0 <= fraction < 1.0:
        raise ArgumentError(
            f"Argument `fraction` must lie in [0, 1), but is {fraction}."
        )
    if count < 1 or (count < 2 and fraction > 0):
        raise ArgumentError(
            f"Argument `count` must leave a row on each side of the split, but is "
            f"{count}. Give more rows, or `fraction=0`."
        )
    held = min(max(round(fraction * count), 1), count - 1) if fraction > 0 else 0
    order = shuffle(count, seed)
    return np.sort(order[held:]), np.sort(order[:held])


def folds(count: int, parts: int, seed: int) -> list[tuple[Array, Array]]:
    r"""Folds for cross-validation: every row is held out exactly once.

    Arguments:
        count: The number of rows N.
        parts: The number of folds k, at least 2 and at most N.
        seed: Seed of the draw; the same seed gives the same folds for ever.

    Returns:
        For each fold the increasing index arrays of the rows to train on and of the
        rows held out. The held-out parts differ in size by at most one.

    Raises:
        ArgumentError: There are more folds than rows, or fewer than two.

    Example:
        >>> [len(held_out) for _, held_out in folds(10, 3, seed=0)]
        [4, 3, 3]
    """
    if not 2 <= parts <= count:
        raise ArgumentError(
            f"Argument `parts` must lie between 2 and the number of rows, {count}, but "
            f"is {parts}."
        )
    pieces = np.array_split(shuffle(count, seed), parts)
    every = np.arange(count)
    return [(np.setdiff1d(every, held), np.sort(held)) for held in pieces]


def shuffle(count: int, seed: int) -> Array:
    """The rows in an order drawn at random, the same for ever.

    Arguments:
        count: The number of rows N.
        seed: Seed of the draw, in [0, 2^64).

    Returns:
        A permutation of 0 to N - 1.

    Example:
        >>> sorted(shuffle(4, seed=1).tolist())
        [0, 1, 2, 3]
    """
    # NumPy promises that the streams of RandomState never change (NEP 19).
    return np.random.RandomState(np.random.PCG64(seed)).permutation(count)


class _Reader(Protocol):
    """The reader of the csv module, whose type has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def _from_file(
    path: Path, columns: Sequence[str] | None, name: str
) -> tuple[Array, list[str] | None]:
    suffix = path.suffix.lower()
    if suffix not in {".npy", ".csv"}:
        raise DataError(
            f"Argument `{name}` must be the path of a .npy or .csv file, but is "
            f"{str(path)!r}. Convert it, or load it yourself and give the array."
        )
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise DataError(
            f"Argument `{name}` must be the path of a file, but {str(path)!r} cannot "
            f"be opened ({getattr(error, 'strerror', None) or error}). Check the path."
        ) from None
    if not regular:
        raise DataError(
            f"Argument `{name}` must be the path of a file, but {str(path)!r} is "
            f"something else (a folder, a pipe or a device)."
        )
    if suffix == ".csv":
        return _from_csv(path, columns, name)
    if columns is not None:
        raise DataError(
            f"Argument `columns` must be left out for a .npy file, whose columns have "
            f"no names, but names {_listed(columns)}."
        )
    return _from_npy(path, name), None


def _from_npy(path: Path, name: str) -> Array:
    try:
        with np.errstate(over="raise"):  # a shape whose size overflows
            values = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # on a bad header NumPy lets its parser's errors through
        raise DataError(
            f"Argument `{name}` must be a whole .npy file of plain numbers, but "
            f"{str(path)!r} is not: {_first_line(error)}. Save it again with "
            f"`numpy.save(path, array, allow_pickle=False)`."
        ) from None
    return _numeric(values, name)


def _from_csv(
    path: Path, columns: Sequence[str] | None, name: str
) -> tuple[Array, list[str]]:
    numbers = number_array("d")
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, skipinitialspace=True, strict=True)
            header = _header(reader, path, name)
            chosen = _chosen(header, columns, path, name)
            for line, row in _full_rows(reader, header, path, name):
                for place in chosen:
                    numbers.append(_number(row[place], line, header[place], path, name))
    except UnicodeDecodeError as error:
        raise DataError(
            f"Argument `{name}` must be text in UTF-8, but {str(path)!r} is not "
            f"({error.reason}). Save the file again as UTF-8."
        ) from None
    except csv.Error as error:
        raise DataError(
            f"Argument `{name}` must be a well-formed .csv file, but {str(path)!r} is "
            f"not from line {reader.line_num} on: {error}."
        ) from None
    heads = [header[place] for place in chosen]
    return np.frombuffer(numbers, dtype=np.float64).reshape(-1, len(heads)), heads


def _header(reader: _Reader, path: Path, name: str) -> list[str]:
    header = [cell.strip() for cell in next(reader, [])]
    if not header:
        raise DataError(
            f"Argument `{name}` must hold at least one row, but {str(path)!r} is empty."
        )
    if all(_is_number(cell) for cell in header):
        raise DataError(
            f"Argument `{name}` must be a .csv file whose first row names its columns, "
            f"but the first row of {str(path)!r} holds numbers. Write a header."
        )
    twice = sorted({head for head in header if header.count(head) > 1})
    if twice:
        raise DataError(
            f"Argument `{name}` must have a different name for each column, but "
            f"{str(path)!r} has {_listed(twice)} more than once."
        )
    return header


def _chosen(
    header: list[str], columns: Sequence[str] | None, path: Path, name: str
) -> list[int]:
    if columns is None:
        return list(range(len(header)))
    names = [columns] if isinstance(columns, str) else list(columns)
    for column in names:
        if column not in header:
            raise DataError(
                f"Argument `columns` must name columns of {str(path)!r}, but "
                f"{column!r} is none of them. There are: {_listed(header)}."
            )
    if not names or len(set(names)) < len(names):
        raise DataError(
            f"Argument `columns` must name each column once and at least one, but is "
            f"{names}. There are: {_listed(header)}."
        )
    return [header.index(column) for column in names]


def _full_rows(
    reader: _Reader,
    header: list[str],
    path: Path,
    name: str,
) -> Iterator[tuple[int, list[str]]]:
    """Rows and their lines; blank lines may stand at the end of the file only."""
    blank = 0
    for row in reader:
        if not row:
            blank = blank or reader.line_num
            continue
        if blank or len(row) != len(header):
            line, width = (blank, 0) if blank else (reader.line_num, len(row))
            raise DataError(
                f"Argument `{name}` must have {len(header)} cells in every row, but "
                f"line {line} of {str(path)!r} has {width}, so column "
                f"{header[min(width, len(header) - 1)]!r} is not where it should be."
            )
        yield reader.line_num, row


def _number(cell: str, line: int, column: str, path: Path, name: str) -> float:
    if _is_number(cell):
        value = float(cell)
        if math.isfinite(value):
            return value
    raise DataError(
        f"Argument `{name}` must hold finite numbers only, but line {line}, column "
        f"{column!r} of {str(path)!r} holds {_short(cell)}. Mend or drop that row, or "
        f"leave the column out with `columns`."
    )


def _is_number(cell: str) -> bool:
    # Python reads 1_000 as a thousand; in a data file it is a slip.
    if "_" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _from_memory(data: object, name: str) -> Array:
    if isinstance(data, Tensor):
        if data.is_complex():
            raise DataError(
                f"Argument `{name}` must hold real numbers, but is {data.dtype}."
            )
        floating = data.is_floating_point()
        data = data.detach().to(device="cpu")
        return _numeric((data.double() if floating else data).numpy(), name)
    if np.ma.isMaskedArray(data) and np.ma.getmaskarray(cast(Any, data)).any():
        row, *_ = np.argwhere(np.ma.getmaskarray(cast(Any, data)))[0]
        raise DataError(
            f"Argument `{name}` must hold finite numbers only, but row {row} (counted "
            f"from 0) has a masked value. Mend or drop that row."
        )
    try:
        values = np.asanyarray(data)
    except (TypeError, ValueError):
        raise DataError(
            f"Argument `{name}` must be an array of shape (N, d), but its rows are of "
            f"different lengths or hold no numbers."
        ) from None
    return _numeric(values, name)


def _numeric(values: Array, name: str) -> Array:
    if values.dtype.kind not in "fiu":
        held = {
            "O": "Python objects",
            "c": "complex numbers",
            "b": "truth values",
            "V": "records with named fields",
        }.get(values.dtype.kind, "text or dates")
        raise DataError(
            f"Argument `{name}` must hold real numbers, but holds {held} "
            f"(dtype {values.dtype}). Convert it with `.astype(float)` where that is "
            f"meant."
        )
    return values


def _check_shape(
    values: Array,
    dimension: int | Sequence[int] | None,
    name: str,
    heads: list[str] | None,
) -> None:
    if values.ndim != 2:
        raise DataError(
            f"Argument `{name}` must have shape (N, d), a sample a row, but has shape "
            f"{tuple(values.shape)}."
            + (" Use `.reshape(-1, 1)` for d = 1." if values.ndim == 1 else "")
        )
    if 0 in values.shape:
        raise DataError(
            f"Argument `{name}` must hold at least one row and one column, but has "
            f"shape {tuple(values.shape)}."
        )
    if dimension is None:
        return
    allowed = [dimension] if isinstance(dimension, int) else list(dimension)
    if values.shape[1] not in allowed:
        wanted = " or ".join(str(width) for width in allowed)
        found = f" ({_listed(heads)})" if heads else ""
        advice = " Choose them with `columns`." if heads else ""
        raise DataError(
            f"Argument `{name}` must have {wanted} columns, but has "
            f"{values.shape[1]}{found}.{advice}"
        )


def _check_finite(values: Array, name: str) -> None:
    start = 0
    for block in _blocks(values):
        bad = ~np.isfinite(block)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise DataError(
                f"Argument `{name}` must hold finite numbers only, but row "
                f"{start + row}, column {column} (counted from 0) holds "
                f"{block[row, column]}. Mend or drop that row."
            )
        start += len(block)


def _blocks(values: Array) -> Iterator[Array]:
    for start in range(0, len(values), _BLOCK):
        yield values[start : start + _BLOCK]


def _listed(words: Sequence[object], most: int = 12) -> str:
    first = ", ".join(_short(word) for word in words[:most])
    return first + (f" and {len(words) - most} more" if len(words) > most else "")


def _short(word: object) -> str:
    text = repr(word)
    return text if len(text) <= 60 else text[:57] + "..."


def _first_line(error: BaseException) -> str:
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return shown(line.rstrip("."), 200)
