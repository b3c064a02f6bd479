r"""Checkpoint: the whole state of a run in a folder, or nothing.

Takes nested plain data and tensors, gives a folder ``step_000123`` that holds
``tensors.safetensors`` and ``manifest.json``, and the same data back, bit for bit:

.. math:: \mathrm{read}(\mathrm{write}(s)) = s

A checkpoint is written beside its place, flushed to disk and then renamed, so at every
moment the newest complete one is whole, and never the one being written. Nothing is
pickled, and nothing that a checkpoint holds is executed. Hashes find damage; they do
not say who wrote the files.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor, nn

from symflow.errors import ArgumentError, CheckpointError
from symflow.expression_text import shown
from symflow.files import (
    read_plain_file,
    write_file_atomically,
    write_folder_atomically,
)

__all__ = [
    "Checkpoint",
    "fingerprint",
    "latest_checkpoint",
    "read_checkpoint",
    "read_weights",
    "write_checkpoint",
    "write_weights",
]

SCHEMA = 1
_KEPT = 2
_TENSORS, _MANIFEST = "tensors.safetensors", "manifest.json"
_NAME = re.compile(r"step_([0-9]{6,18})")
_LARGEST_MANIFEST = 1 << 26


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint folder holds.

    Arguments:
        folder: Where it was read from.
        step: The number of training steps behind it.
        epoch: The number of passes over the data behind it.
        state: Nested mappings, lists and tuples of plain data and tensors, as written.
        fingerprint: The fingerprint of the model that it is of.
    """

    folder: Path
    step: int
    epoch: int
    state: dict[str, Any]
    fingerprint: dict[str, Any]


def fingerprint(model: nn.Module, description: Mapping[str, Any]) -> dict[str, Any]:
    """What two models must share for one to take the other's weights.

    Arguments:
        model: The model.
        description: Plain data (as JSON knows it) that describes how it was made.

    Returns:
        The shape and number type of every tensor of the model's state, by name, and
        the sha256 of the description.

    Raises:
        ArgumentError: The description is not plain data.

    Example:
        >>> fingerprint(nn.Linear(2, 1), {"kind": "linear"})["tensors"]
        {'weight': [[1, 2], 'float32'], 'bias': [[1], 'float32']}
    """
    try:
        text = json.dumps(description, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"Argument `description` must be plain data (mappings, lists, strings, "
            f"finite numbers), but is not: {error}."
        ) from None
    tensors = {name: _signature(value) for name, value in _weights(model).items()}
    return {"tensors": tensors, "description": _sha256(text.encode())}


def write_checkpoint(
    run_folder: str | os.PathLike[str],
    *,
    step: int,
    epoch: int,
    state: Mapping[str, Any],
    model_fingerprint: Mapping[str, Any],
) -> Path:
    """Write a checkpoint whole, then forget all but the two newest.

    Arguments:
        run_folder: The folder of the run; checkpoints go in ``checkpoints`` inside it.
        step: The number of training steps behind it, which names its folder.
        epoch: The number of passes over the data behind it.
        state: Nested mappings, lists and tuples of plain data and tensors, such as
            ``state_dict()`` of models, optimisers and schedules, and generator states.
        model_fingerprint: As `fingerprint` gives it.

    Returns:
        The folder ``run_folder/checkpoints/step_000123``.

    Raises:
        CheckpointError: The state holds what cannot be written without pickle, or the
            disk refuses; checkpoints written before are untouched.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> mark = fingerprint(nn.Linear(2, 1), {})
        >>> with TemporaryDirectory() as run:
        ...     folder = write_checkpoint(
        ...         run, step=7, epoch=0, state={"rate": 0.1}, model_fingerprint=mark
        ...     )
        ...     folder.name, read_checkpoint(folder).state
        ('step_000007', {'rate': 0.1})
    """
    tensors: dict[str, Tensor] = {}
    content = {
        "schema": SCHEMA,
        "step": step,
        "epoch": epoch,
        "fingerprint": dict(model_fingerprint),
        "state": _encode(state, "", tensors),
    }
    payload = tensors_to_bytes(tensors)
    content["tensors_sha256"] = _sha256(payload)
    content["manifest_sha256"] = _manifest_sha256(content)
    manifest = json.dumps(content, indent=1, allow_nan=False).encode()
    home = Path(run_folder) / "checkpoints"
    place = home / f"step_{step:06d}"
    try:
        write_folder_atomically(place, {_TENSORS: payload, _MANIFEST: manifest})
        for old in _complete(home)[:-_KEPT]:
            shutil.rmtree(old)
    except OSError as error:
        raise CheckpointError(
            f"Checkpoint {place.name} cannot be written in {str(home)!r}: "
            f"{error.strerror or error}. Checkpoints written before are untouched. "
            f"Make room, or make the folder writable, then resume."
        ) from error
    return place


def read_checkpoint(
    folder: str | os.PathLike[str],
    model_fingerprint: Mapping[str, Any] | None = None,
) -> Checkpoint:
    """Read a checkpoint, and check all there is to check.

    Arguments:
        folder: A folder ``step_000123``.
        model_fingerprint: The fingerprint that the checkpoint must have, if one.

    Returns:
        The checkpoint, its tensors on the CPU.

    Raises:
        CheckpointError: A file is missing, truncated or changed, is a link, has another
            schema version, or is of another model.

    Example:
        >>> read_checkpoint("nowhere/step_000001")
        Traceback (most recent call last):
        ...
        symflow.errors.CheckpointError: Checkpoint 'nowhere/step_000001' is damaged: it
        is missing or is not a folder.
    """
    folder = Path(folder)
    try:
        content, tensors = _read_files(folder)
        state = _decode(content["state"], tensors)
        step, epoch = content["step"], content["epoch"]
        found = content["fingerprint"]
        whole = isinstance(state, dict) and _is_fingerprint(found)
        if not whole or type(step) is not int or type(epoch) is not int:
            raise _DamageError("its manifest holds something of another type")
        if folder.name != f"step_{step:06d}":
            raise _DamageError(f"its manifest is of step {step}")
    except (_DamageError, RecursionError) as damage:
        raise CheckpointError(
            f"Checkpoint {str(folder)!r} is damaged: {damage}."
        ) from None
    if model_fingerprint is not None:
        _check_fingerprint(f"Checkpoint {str(folder)!r}", found, model_fingerprint)
    return Checkpoint(folder, step, epoch, state, found)


def latest_checkpoint(
    run_folder: str | os.PathLike[str],
    model_fingerprint: Mapping[str, Any] | None = None,
) -> Checkpoint | None:
    """The newest checkpoint of a run; a damaged one is an error, never skipped.

    Arguments:
        run_folder: The folder of the run.
        model_fingerprint: The fingerprint that the checkpoint must have, if one.

    Returns:
        The checkpoint, or none where the run has not written one yet.

    Raises:
        CheckpointError: The newest checkpoint is damaged; the message names it, the
            newest one before it that is whole, and how to resume from that.

    Example:
        >>> latest_checkpoint("nowhere") is None
        True
    """
    home = Path(run_folder) / "checkpoints"
    if home.is_symlink():
        raise CheckpointError(
            f"Folder {str(home)!r} must be a folder, but is a link. Put the "
            f"checkpoints themselves there."
        )
    folders = sorted(_steps(home), reverse=True)
    if not folders:
        return None
    newest = folders[0][1]
    try:
        checkpoint = read_checkpoint(newest)
    except CheckpointError as error:
        raise CheckpointError(f"{error} {_way_back(newest, folders[1:])}") from None
    if model_fingerprint is not None:
        _check_fingerprint(
            f"Checkpoint {str(newest)!r}", checkpoint.fingerprint, model_fingerprint
        )
    return checkpoint


def write_weights(
    path: str | os.PathLike[str],
    weights: Mapping[str, Tensor],
    model_fingerprint: Mapping[str, Any],
) -> None:
    """Write a model's weights as one safetensors file, atomically.

    Arguments:
        path: The file.
        weights: The model's ``state_dict()``.
        model_fingerprint: As `fingerprint` gives it; kept in the file's header.

    Raises:
        CheckpointError: The disk refuses; a file written before is untouched.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> model = nn.Linear(2, 1)
        >>> mark = fingerprint(model, {})
        >>> with TemporaryDirectory() as run:
        ...     write_weights(f"{run}/model.safetensors", model.state_dict(), mark)
        ...     read_weights(f"{run}/model.safetensors", model, mark)
    """
    tensors = {name: _plain_tensor(value) for name, value in weights.items()}
    remarks = {
        "description": str(model_fingerprint["description"]),
        "sha256": _sha256(_parts(tensors_to_bytes(tensors))[1]),
    }
    # One entry only: safetensors writes several in an order that changes.
    header = {"symflow": json.dumps(remarks)}
    try:
        write_file_atomically(path, tensors_to_bytes(tensors, metadata=header))
    except OSError as error:
        raise CheckpointError(
            f"Weights cannot be written to {os.fspath(path)!r}: "
            f"{error.strerror or error}. Make room, or make the folder writable."
        ) from error


def read_weights(
    path: str | os.PathLike[str],
    model: nn.Module,
    model_fingerprint: Mapping[str, Any],
) -> None:
    """Load weights that `write_weights` wrote into a model of the same make.

    Arguments:
        path: The file.
        model: The model, changed in place.
        model_fingerprint: The model's, as `fingerprint` gives it.

    Raises:
        CheckpointError: The file is missing, damaged, or of another model; the model
            is then left as it was.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> read_weights("nowhere", model, fingerprint(model, {}))
        Traceback (most recent call last):
        ...
        symflow.errors.CheckpointError: Weights 'nowhere' are damaged: nowhere cannot
        be read: No such file or directory.
    """
    what = f"Weights {os.fspath(path)!r}"
    try:
        payload = _read_file(Path(path))
        tensors = _tensors(payload)
        remarks, numbers = _parts(payload)
        if remarks.get("sha256") != _sha256(numbers):
            raise _DamageError("they were changed after they were written")
        found = {
            "tensors": {name: _signature(value) for name, value in tensors.items()},
            "description": remarks.get("description"),
        }
    except _DamageError as damage:
        raise CheckpointError(f"{what} are damaged: {damage}.") from None
    _check_fingerprint(what, found, model_fingerprint)
    model.load_state_dict(tensors)


class _DamageError(Exception):
    """What is wrong with files, to be put after their name."""


def _read_files(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    if not _NAME.fullmatch(folder.name):
        raise _DamageError("its name is not of the form step_000123")
    if folder.is_symlink() or not folder.is_dir():
        raise _DamageError("it is missing or is not a folder")
    content = _json(_read_file(folder / _MANIFEST, _LARGEST_MANIFEST))
    if not isinstance(content, dict):
        raise _DamageError(f"{_MANIFEST} holds no mapping")
    schema = content.get("schema")
    if schema != SCHEMA:
        raise _DamageError(
            f"{_MANIFEST} has schema version {schema!r:.40}, and this release reads "
            f"version {SCHEMA}; a newer release may read it"
        )
    if content.get("manifest_sha256") != _manifest_sha256(content):
        raise _DamageError(f"{_MANIFEST} was changed after it was written")
    payload = _read_file(folder / _TENSORS)
    if content.get("tensors_sha256") != _sha256(payload):
        raise _DamageError(
            f"{_TENSORS} is truncated or was changed after it was written"
        )
    missing = {"step", "epoch", "state", "fingerprint"} - content.keys()
    if missing:
        raise _DamageError(f"{_MANIFEST} lacks {', '.join(sorted(missing))}")
    return content, _tensors(payload)


def _read_file(path: Path, largest: int | None = None) -> bytes:
    try:
        return read_plain_file(path, largest)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _DamageError(f"{path.name} cannot be read: {reason}") from None


def _steps(home: Path) -> list[tuple[int, Path]]:
    if not home.is_dir():
        return []
    named = ((_NAME.fullmatch(path.name), path) for path in home.iterdir())
    return [(int(match[1]), path) for match, path in named if match]


def _complete(home: Path) -> list[Path]:
    return [path for _, path in sorted(_steps(home)) if not path.is_symlink()]


def _way_back(newest: Path, older: list[tuple[int, Path]]) -> str:
    for step, folder in older:
        try:
            read_checkpoint(folder)
        except CheckpointError:
            continue
        return (
            f"The newest one before it that is whole is {str(folder)!r}. To resume "
            f"from step {step}, move {newest.name} out of the folder and resume again."
        )
    return "There is no other checkpoint that is whole, so the run must begin anew."


def _encode(value: object, path: str, tensors: dict[str, Tensor]) -> object:
    """Plain data for JSON; tensors go to ``tensors`` under their path.

    JSON knows no tuples, no keys but strings and no infinite numbers, so these are
    written as mappings with one key that says what they are.
    """
    if isinstance(value, Tensor):
        if path in tensors:
            raise CheckpointError(
                f"State must have a different name for each tensor, but has two at "
                f"{path!r}. Rename one."
            )
        tensors[path] = _plain_tensor(value)
        return {"tensor": path}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list | tuple):
        items = [_encode(v, f"{path}/{i}", tensors) for i, v in enumerate(value)]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, Mapping):
        pairs = [(k, _encode(v, f"{path}/{k}", tensors)) for k, v in value.items()]
        if all(isinstance(key, str) for key in value):
            return {"mapping": dict(pairs)}
        if all(type(key) is int for key in value):
            return {"numbered": pairs}
    raise CheckpointError(
        f"State must hold plain data and tensors only, because nothing is pickled, but "
        f"holds a {type(value).__name__} at {path!r}. Leave it out, or turn it into "
        f"numbers, strings, lists or mappings."
    )


def _decode(value: object, tensors: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_decode(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, inner),) = value.items()
        if kind == "tensor" and isinstance(inner, str) and inner in tensors:
            return tensors[inner]
        if kind == "float" and inner in ("inf", "-inf", "nan"):
            return float(inner)
        if kind == "tuple" and isinstance(inner, list):
            return tuple(_decode(item, tensors) for item in inner)
        if kind == "mapping" and isinstance(inner, dict):
            return {key: _decode(item, tensors) for key, item in inner.items()}
        if kind == "numbered" and _are_pairs(inner):
            return {key: _decode(item, tensors) for key, item in inner}
    raise _DamageError(f"its state holds what no release writes: {value!r:.60}")


def _are_pairs(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int
        for pair in value
    )


def _json(payload: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise _DamageError(f"it is not JSON ({shown(error, 80)})") from None


def _tensors(payload: bytes) -> dict[str, Tensor]:
    try:
        return tensors_from_bytes(payload)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise _DamageError(f"the tensors cannot be read ({shown(error, 80)})") from None


def _parts(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """Our remarks in the header of a safetensors file, and its numbers."""
    start = 8 + int.from_bytes(payload[:8], "little")
    header = _json(payload[8:start])
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    known = metadata.get("symflow") if isinstance(metadata, dict) else None
    remarks = _json(str(known or "{}").encode())
    return remarks if isinstance(remarks, dict) else {}, payload[start:]


def _weights(model: nn.Module) -> dict[str, Tensor]:
    state = model.state_dict()
    odd = [name for name, value in state.items() if not isinstance(value, Tensor)]
    if odd:
        raise ArgumentError(
            f"Argument `model` must have a state of tensors only, but {odd[0]!r} is a "
            f"{type(state[odd[0]]).__name__}. Put it in the description instead."
        )
    return state


def _plain_tensor(value: Tensor) -> Tensor:
    # Cloned: safetensors refuses tensors that share memory, and tied weights do.
    return value.detach().to("cpu", copy=True).contiguous()


def _signature(value: Tensor) -> list[Any]:
    return [list(value.shape), str(value.dtype).removeprefix("torch.")]


def _check_fingerprint(
    what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    theirs, ours = found.get("tensors", {}), wanted["tensors"]
    for name in [*ours, *theirs]:
        if theirs.get(name) != ours.get(name):
            raise CheckpointError(
                f"{what} must be of this model, but for {name!r} it has "
                f"{_words(theirs.get(name))} where the model has "
                f"{_words(ours.get(name))}. Build the model as it was built then."
            )
    if found.get("description") != wanted["description"]:
        raise CheckpointError(
            f"{what} must be of this model, but was written by one whose description "
            f"differs, though its weights have the same shapes. Build the model as it "
            f"was built then."
        )


def _is_fingerprint(value: object) -> bool:
    """Whether something has the form that `fingerprint` gives."""
    tensors = value.get("tensors") if isinstance(value, dict) else None
    return isinstance(tensors, dict) and all(map(_is_signature, tensors.values()))


def _is_signature(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], list)
        and isinstance(value[1], str)
    )


def _words(signature: list[Any] | None) -> str:
    return (
        "nothing"
        if signature is None
        else shown(f"{signature[1]} of shape {signature[0]}")
    )


def _sha256(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def _manifest_sha256(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "manifest_sha256"}
    return _sha256(json.dumps(rest, sort_keys=True).encode())
