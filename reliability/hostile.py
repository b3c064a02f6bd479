r"""Hostile input: every reader of the package on damaged files, under watch.

Takes valid texts and files, damages them at random, and gives how many were refused, how
many could be read all the same, and every fault.

.. math:: \text{read}(d(x)) \in \{\text{value}, \text{error of the package}\}
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn

import symflow as sf
from reliability.damage import damaged_bytes, damaged_json, damaged_text
from reliability.figures import Figure, listed
from reliability.watch import Watch
from symflow import verify
from symflow.batches import batches
from symflow.certificate import Certificate, certificate
from symflow.checkpoint import (
    Checkpoint,
    fingerprint,
    read_checkpoint,
    read_weights,
    write_checkpoint,
    write_weights,
)
from symflow.data import load
from symflow.history import History
from symflow.run import Run, Settings
from symflow.spec import load_spec
from symflow.splitting import split
from tests.toy_models import NoisyGaussian, samples

__all__ = ["READERS", "Reader", "figures", "outcomes"]

TEXTS = [
    *("x*p_y - y*p_x", "(p_x**2 + p_y**2)/(2*m) + k*(x**2 + y**2)/2", "x", "1"),
    *("sqrt(x**2 + y**2)", "exp(-x**2/2)*cos(p_y)", "Max(x, y) + Abs(p_x)", "3.5e-2*x"),
    *("x**m*p_x", "log(1 + x**2)/(1 + y**2)**(3/2)", "-(-(x))", "atan2(x, y)*sqrt(2)"),
]
SPEC = """title = "Rotations"
[phase_space]
q = "x y"
parameters = "m k"
[generators]
L = "x*p_y - y*p_x"
complete = true
[scaling]
q = [10, 10.0]
[model]
blocks = 8
[training]
seed = 3
held_out = 0.2
[data]
source = "points.csv"
columns = ["a", "b", "c", "d"]
momenta = "observed"
"""
TABLE = "a,b,c,d\n1.5,-2,3e-3,0\n4,5.25,6,7\n"
METRICS = (
    "step,epoch,training_bound,held_out_bound,learning_rate,gradient_norm,seconds\n"
)
METRICS += "4,0,-1.5,-1.25,0.1,2.0,0.5\n8,0,-1.0,,0.1,2.0,1.0\n"
SPACE = sf.PhaseSpace("x y", parameters="m k")
COUNT = 10_000
MODEL = nn.Linear(2, 3)
MARK = fingerprint(MODEL, {"kind": "linear"})


@dataclass(frozen=True)
class Reader:
    """Something that reads what others wrote.

    Arguments:
        prepare: Writes what is valid in a folder.
        damage: Damages it, in place.
        read: Reads it.
        cost: How many times slower than the others it is, and rarer tried.
    """

    prepare: Callable[[Path], None]
    damage: Callable[[Path, Random], None]
    read: Callable[[Path], object]
    cost: int = 1


def file_reader(
    name: str,
    payload: Callable[[], bytes],
    read: Callable[[Path], object],
    cost: int = 1,
    change: Callable[[bytes, Random], bytes] | None = None,
) -> Reader:
    """A reader of one file, which is damaged as bytes or as text, or by a change."""
    damaged = change or damaged_file

    def prepare(folder: Path) -> None:
        (folder / name).write_bytes(payload())

    def damage(folder: Path, random: Random) -> None:
        (folder / name).write_bytes(damaged((folder / name).read_bytes(), random))

    return Reader(prepare, damage, lambda folder: read(folder / name), cost)


def damaged_file(raw: bytes, random: Random) -> bytes:
    """A file with bytes changed, or words."""
    if random.random() < 0.5:
        return damaged_bytes(raw, random)
    text = raw.decode("latin-1")
    return damaged_text(text, random, [text]).encode("utf-8", "replace")


def damaged_entries(raw: bytes, random: Random) -> bytes:
    """A JSON file with entries changed."""
    content = json.loads(raw)
    for _ in range(random.choice((1, 1, 3))):
        content = damaged_json(content, random)
    return json.dumps(content).encode()


def certified() -> bytes:
    """A small certificate with pieces and a base."""
    algebra = sf.LieAlgebra(SPACE, {"L": "x*p_y - y*p_x"})
    found = sf.invariants(algebra)
    made = certificate(found, split(found), sf.LinearAction(algebra))
    return json.dumps(made.document).encode()


def in_npy() -> bytes:
    """Numbers as NumPy saves them."""
    stream = io.BytesIO()
    np.save(stream, np.arange(12.0).reshape(3, 4), allow_pickle=False)
    return stream.getvalue()


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


def forge_weights(folder: Path, random: Random) -> None:
    """Damage the header or the numbers of a weights file, with a hash that agrees."""
    path = folder / "w.safetensors"
    raw = path.read_bytes()
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
    path.write_bytes(len(head).to_bytes(8, "little") + head + numbers)


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


def verified(path: Path) -> None:
    """Read a certificate and check it, as the command does."""
    verify.verify(verify.load(str(path)))


def shown(path: Path) -> str:
    """Read a certificate without a check, and show it."""
    return str(Certificate.read(path))


def algebra_of(path: Path) -> None:
    """Read the generator that a file holds, and take its bracket with a momentum."""
    sf.LieAlgebra(SPACE, {"g": path.read_text(), "p": "p_x"})


def expression_file(read: Callable[[Path], object]) -> Reader:
    """A reader of one expression, which is damaged as text."""

    def prepare(folder: Path) -> None:
        (folder / "g.txt").write_text("x")

    def damage(folder: Path, random: Random) -> None:
        text = damaged_text(random.choice(TEXTS), random, TEXTS)
        (folder / "g.txt").write_text(text, "utf-8", "replace", newline="")

    return Reader(prepare, damage, lambda folder: read(folder / "g.txt"))


def spec_reader() -> Reader:
    """A reader of a spec beside its data."""
    reader = file_reader("spec.toml", SPEC.encode, load_spec)

    def prepare(folder: Path) -> None:
        reader.prepare(folder)
        (folder / "points.csv").write_text(TABLE)

    return Reader(prepare, reader.damage, reader.read)


READERS: Mapping[str, Reader] = {
    "expressions": expression_file(lambda path: SPACE.read(path.read_text("utf-8"))),
    "expressions and their brackets": expression_file(algebra_of),
    "specs": spec_reader(),
    "certificates, bytes": file_reader("c.json", certified, verified, 8),
    "certificates, entries": file_reader(
        "c.json", certified, verified, 8, damaged_entries
    ),
    "certificates, read only": file_reader(
        "c.json", certified, shown, change=damaged_entries
    ),
    "checkpoints": Reader(in_checkpoint, damage_checkpoint, read_run),
    "checkpoints with forged hashes": Reader(in_checkpoint, forge, read_run),
    "states of runs, forged": Reader(in_run, forge_state, resume),
    "weights with forged hashes": Reader(
        lambda folder: (folder / "w.safetensors").write_bytes(weights()) and None,
        forge_weights,
        lambda folder: read_weights(folder / "w.safetensors", MODEL, MARK),
    ),
    "weights": file_reader(
        "w.safetensors", weights, lambda path: read_weights(path, MODEL, MARK)
    ),
    "tables (.csv)": file_reader("t.csv", TABLE.encode, load),
    "arrays (.npy)": file_reader("a.npy", in_npy, load),
    "metrics of a run": file_reader("m.csv", METRICS.encode, History.from_csv),
}


def outcomes(
    name: str, count: int, watch: Watch, seed: int = 0
) -> tuple[Counter[str], dict[str, bytes]]:
    """What came of a number of damaged inputs.

    Arguments:
        name: The reader.
        count: How many inputs.
        watch: Who watches.
        seed: The seed of the damage.

    Returns:
        How often each outcome came, and for each fault the input that did it.
    """
    reader, counts, examples = READERS[name], Counter[str](), dict[str, bytes]()
    with TemporaryDirectory() as where:
        valid = Path(where, "valid")
        valid.mkdir()
        reader.prepare(valid)
        reader.read(valid)  # what libraries load late, once for all
        folder = Path(where, "folder")
        for k in range(count):
            copied(valid, folder)
            reader.damage(folder, Random(f"{name} {seed} {k}"))  # noqa: S311
            word = watch.outcome(lambda: reader.read(folder))
            counts[word] += 1
            if word not in ("read", "refused"):
                files = sorted(path for path in folder.rglob("*") if path.is_file())
                examples[word] = files[0].read_bytes()
    return counts, examples


def copied(valid: Path, folder: Path) -> None:
    """Make a folder hold what another does, and nothing else."""
    for where, _, names in os.walk(valid):
        there = folder / Path(where).relative_to(valid)
        there.mkdir(exist_ok=True)
        for name in names:
            (there / name).write_bytes(Path(where, name).read_bytes())


def figures(share: float) -> list[Figure]:
    """One figure a reader.

    Arguments:
        share: The part of the full count to try.

    Returns:
        The figures.
    """
    found = []
    for name, reader in READERS.items():
        watch = Watch()
        count = max(10, round(COUNT * share / reader.cost))
        counts, examples = outcomes(name, count, watch)
        faults = sum(n for word, n in counts.items() if word not in ("read", "refused"))
        for word, payload in examples.items():
            print(f"{name}: {word}: {payload[:300]!r}")
        remark = f"{listed(counts)}; slowest {watch.slowest:.2f} s"
        total = counts.total()
        found.append(Figure(name, total, total, faults, remark))
    return found
