r"""Forgeries: checkpoints, weights and runs that somebody changed who knows the hashes.

Takes a folder with a valid file, changes its content at random and computes the hashes
anew, so that only the content can give it away.

.. math:: (x, h(x)) \to (d(x), h(d(x)))
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import torch
from torch import nn

from reliability.damage import damaged_bytes, damaged_json
from symflow.batches import batches
from symflow.checkpoint import (
    Checkpoint,
    fingerprint,
    read_checkpoint,
    write_checkpoint,
    write_weights,
)
from symflow.experiments import build_experiment, load_run, train_experiment
from symflow.history import History
from symflow.run import Run, Settings
from symflow.spec import Spec
from symflow.symmetry_comparisons import Trial, Way, _keep, _kept
from tests.toy_models import NoisyGaussian, samples

__all__ = [
    "MARK",
    "MODEL",
    "damage_checkpoint",
    "forge",
    "forge_spec",
    "forge_state",
    "forged_weights",
    "in_checkpoint",
    "in_finished_run",
    "in_run",
    "read_finished_run",
    "read_run",
    "read_trial",
    "resume",
    "trial",
    "weights",
]

MODEL = nn.Linear(2, 3)
MARK = fingerprint(MODEL, {"kind": "linear"})
FINISHED = {
    "title": "Rings",
    "phase_space": {"q": "x y", "parameters": "m"},
    "generators": {"L": "x*p_y - y*p_x"},
    "scaling": {"q": [10.0], "p": 2},
    "model": {"blocks": 1, "width": 4},
    "training": {"steps": 2, "batch_size": 8, "held_out": 8},
    "data": {"source": "rings"},
}


def in_checkpoint(folder: Path) -> None:
    """A checkpoint in a run's folder."""
    state = {"weight": torch.arange(4.0), "rate": 0.1, "numbered": {0: (1, None)}}
    write_checkpoint(folder, step=3, epoch=1, state=state, model_fingerprint=MARK)


def forge(folder: Path, random: Random) -> None:
    """Damage a checkpoint as a forger would: with hashes that agree."""
    place = folder / "checkpoints" / "step_000003"
    content = json.loads((place / "manifest.json").read_bytes())
    tensors = (place / "tensors.safetensors").read_bytes()
    if random.random() < 0.5:
        content = damaged_json(content, random)
    else:
        tensors = damaged_bytes(tensors, random)
        (place / "tensors.safetensors").write_bytes(tensors)
        content["tensors_sha256"] = hashlib.sha256(tensors).hexdigest()
    content.pop("manifest_sha256", None)
    text = json.dumps(content, sort_keys=True)
    content["manifest_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (place / "manifest.json").write_text(json.dumps(content))


def damage_checkpoint(folder: Path, random: Random) -> None:
    """Damage one file of a checkpoint, and leave the hashes."""
    name = random.choice(("manifest.json", "tensors.safetensors"))
    path = folder / "checkpoints" / "step_000003" / name
    path.write_bytes(damaged_bytes(path.read_bytes(), random))


def forged_weights(raw: bytes, random: Random) -> bytes:
    """A weights file with its header or numbers damaged, and a hash that agrees."""
    start = 8 + int.from_bytes(raw[:8], "little")
    header, numbers = json.loads(raw[8:start]), raw[start:]
    remarks = json.loads(header["__metadata__"]["symflow"])
    if random.random() < 0.3:
        numbers = damaged_bytes(numbers, random)
    elif random.random() < 0.5:
        remarks = damaged_json(remarks, random)
    else:
        header = damaged_json(header, random)
    remarks["sha256"] = hashlib.sha256(numbers).hexdigest()
    if isinstance(header.get("__metadata__"), dict):
        header["__metadata__"]["symflow"] = json.dumps(remarks)
    head = json.dumps(header).encode()
    return len(head).to_bytes(8, "little") + head + numbers


def small_run() -> Run:
    """A run that has begun."""
    model = NoisyGaussian()
    ready = batches(samples(40).numpy(), 8, 0.2, 0, model.mean)
    return Run(model, ready, Settings(steps=30, batch_size=8))


def in_run(folder: Path) -> None:
    """The checkpoint of a run of three steps and an evaluation."""
    run = small_run()
    for _ in range(3):
        run.advance()
    run.measure()
    write_checkpoint(folder, step=3, epoch=0, state=run.state(), model_fingerprint=MARK)


def forge_state(folder: Path, random: Random) -> None:
    """Damage the state of a run, with hashes that agree."""
    place = folder / "checkpoints" / "step_000003" / "manifest.json"
    content = json.loads(place.read_bytes())
    content["state"] = damaged_json(content["state"], random)
    content.pop("manifest_sha256")
    text = json.dumps(content, sort_keys=True)
    content["manifest_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    place.write_text(json.dumps(content))


def resume(folder: Path) -> None:
    """Go on with a run for a step, and keep its best weights."""
    run = small_run()
    found = read_run(folder)
    run.restore(found.step, found.state)
    run.advance()
    run.measure()
    run.history()
    run.keep_best()


def read_run(folder: Path) -> Checkpoint:
    """Read the checkpoint of a run."""
    return read_checkpoint(folder / "checkpoints" / "step_000003", MARK)


def weights() -> bytes:
    """The weights of a small model, as a run leaves them."""
    with TemporaryDirectory() as folder:
        write_weights(f"{folder}/w", MODEL.state_dict(), MARK)
        return Path(folder, "w").read_bytes()


def in_finished_run(folder: Path) -> None:
    """A run that `symflow train` finished."""
    experiment = build_experiment(Spec.model_validate(FINISHED))
    train_experiment(experiment, folder, progress=False)


def forge_spec(folder: Path, random: Random) -> None:
    """Damage the spec of a finished run, or its weights."""
    if random.random() < 0.2:
        path = folder / "model.safetensors"
        path.write_bytes(damaged_bytes(path.read_bytes(), random))
        return
    path = folder / "spec.json"
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps(damaged_json(content, random)))


def read_finished_run(folder: Path) -> None:
    """Load a finished run and its metrics, as the report does."""
    load_run(folder)
    History.from_csv(folder / "metrics.csv")


def trial() -> bytes:
    """A trial that a comparison keeps to go on from."""
    scores = torch.arange(3.0).numpy()
    with TemporaryDirectory() as folder:
        _keep(folder, Trial(Way.NONE, 0, 0, scores, -1.5, 0.0, 2.0), "same")
        return Path(folder, "none-0-0.json").read_bytes()


def read_trial(path: Path) -> None:
    """Read a trial that an earlier comparison left."""
    _kept(path.parent, Way.NONE, 0, 0, "same")
