r"""Readers: everything of the package that reads what others wrote.

Takes valid texts and files, gives for each kind how it is made, damaged and read.

.. math:: \text{valid} \to \text{damaged} \to \{\text{value}, \text{error}\}
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

import symflow as sf
from reliability import forgeries
from reliability.damage import damaged_bytes, damaged_json, damaged_text
from symflow import verify
from symflow.canonical_maps import read_canonical_map
from symflow.certificate import Certificate, certificate
from symflow.checkpoint import read_weights
from symflow.data import load
from symflow.history import History
from symflow.lab_problems import read_problem, read_start, separate
from symflow.spec import load_spec
from symflow.splitting import split

__all__ = ["READERS", "Reader"]

TEXTS = [
    *("x", "1", "x*p_y - y*p_x", "(p_x**2 + p_y**2)/(2*m) + k*(x**2 + y**2)/2"),
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
NAMES = ["x y z\nm", "q_1, q_2", "α β\nω_0 k", "theta\nhbar"]
VALUES = ["0", "1/3", "-2*k", "sqrt(2)*k + 1", "k**2", "exp(1)"]
MAGNETIC = sf.closure(
    sf.PhaseSpace("x y", parameters="B k"),
    {"Tx": "p_x - B*y/2", "Ty": "p_y + B*x/2", "L": "k*(x*p_y - y*p_x)"},
)
BODY = {("y", "z"): "x", ("z", "x"): "y"}
BODIES = ["z", "2*z + 1", "z**2 + k", "x*y", "sqrt(z)", "exp(-z)"]
# Coordinates, generators, parameters, Hamiltonian and start, as a class types them.
BOXES = [
    "x y|L = x*p_y - y*p_x|k = 1|(p_x**2 + p_y**2)/2 + k*x**2|1 0 0 1",
    "x y z|Lx = y*p_z - z*p_y\nLy = z*p_x - x*p_z||x**2|1 1 1 0 0 0",
    "x|x*p_x; x**2|m = 0.5, b = -2|p_x**2/(2*m)|1, 0.5",
]
EXCHANGES = ["-x", "y", "p_x", "(3*x + 4*y)/5", "sqrt(2)*(x - y)/2", "m*x"]


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


def weights_of(path: Path) -> None:
    """Read the weights of the small model."""
    read_weights(path, forgeries.MODEL, forgeries.MARK)


def verified(path: Path) -> None:
    """Read a certificate and check it, as the command does."""
    verify.verify(verify.load(str(path)))


def shown(path: Path) -> str:
    """Read a certificate without a check, and show it."""
    return str(Certificate.read(path))


def algebra_of(text: str) -> None:
    """Read a generator, and take its bracket with a momentum."""
    sf.LieAlgebra(SPACE, {"g": text, "p": "p_x"})


def named(text: str) -> None:
    """Declare the coordinates of one line, and the parameters of the next."""
    q, _, parameters = text.partition("\n")
    sf.PhaseSpace(q, parameters=parameters)


def exchanged(text: str) -> None:
    """Read where a reflection or an exchange takes a coordinate."""
    read_canonical_map(SPACE, {"x": text}, "swap")


def boxes(text: str) -> None:
    """Read what was typed into the boxes of the lab, and take it apart as the lab does."""
    coordinates, generators, parameters, H, start = f"{text}||||".split("|")[:5]
    problem = read_problem(coordinates, generators, parameters)
    energy = problem.at(problem.space.read(H, "H"), {})
    separate(energy, problem.space)
    read_start(problem.space, start)


def text_reader(
    texts: Sequence[str], read: Callable[[str], object], cost: int = 1
) -> Reader:
    """A reader of one text, as a box of a page or an argument of a function gives it."""

    def prepare(folder: Path) -> None:
        (folder / "g.txt").write_text(texts[0])

    def damage(folder: Path, random: Random) -> None:
        text = damaged_text(random.choice(texts), random, [*texts, *TEXTS])
        (folder / "g.txt").write_text(text, "utf-8", "replace", newline="")

    def read_it(folder: Path) -> None:
        read((folder / "g.txt").read_bytes().decode())

    return Reader(prepare, damage, read_it, cost)


def spec_reader() -> Reader:
    """A reader of a spec beside its data."""
    reader = file_reader("spec.toml", SPEC.encode, load_spec)

    def prepare(folder: Path) -> None:
        reader.prepare(folder)
        (folder / "points.csv").write_text(TABLE)

    return Reader(prepare, reader.damage, reader.read)


READERS: Mapping[str, Reader] = {
    "expressions": text_reader(TEXTS, SPACE.read),
    "expressions and their brackets": text_reader(TEXTS, algebra_of),
    "names of coordinates": text_reader(NAMES, named),
    "values of parameters": text_reader(
        VALUES, lambda text: sf.algebra_at(MAGNETIC, {"B": text}), 8
    ),
    "brackets of coordinates": text_reader(
        BODIES, lambda text: sf.PoissonSpace("x y z", {("x", "y"): text, **BODY}), 2
    ),
    "reflections and exchanges": text_reader(EXCHANGES, exchanged),
    "boxes of the lab": text_reader(BOXES, boxes, 4),
    "specs": spec_reader(),
    "certificates, bytes": file_reader("c.json", certified, verified, 8),
    "certificates, entries": file_reader(
        "c.json", certified, verified, 8, damaged_entries
    ),
    "certificates, read only": file_reader(
        "c.json", certified, shown, change=damaged_entries
    ),
    "checkpoints": Reader(
        forgeries.in_checkpoint, forgeries.damage_checkpoint, forgeries.read_run
    ),
    "checkpoints with forged hashes": Reader(
        forgeries.in_checkpoint, forgeries.forge, forgeries.read_run
    ),
    "states of runs, forged": Reader(
        forgeries.in_run, forgeries.forge_state, forgeries.resume, 4
    ),
    "finished runs": Reader(
        forgeries.in_finished_run,
        forgeries.forge_spec,
        forgeries.read_finished_run,
        8,
    ),
    "trials of comparisons": file_reader(
        "none-0-0.json", forgeries.trial, forgeries.read_trial, change=damaged_entries
    ),
    "weights with forged hashes": file_reader(
        "w.safetensors", forgeries.weights, weights_of, change=forgeries.forged_weights
    ),
    "weights": file_reader("w.safetensors", forgeries.weights, weights_of),
    "tables (.csv)": file_reader("t.csv", TABLE.encode, load),
    "arrays (.npy)": file_reader("a.npy", in_npy, load),
    "metrics of a run": file_reader("m.csv", METRICS.encode, History.from_csv),
}
