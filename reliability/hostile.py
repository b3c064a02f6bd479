r"""Hostile input: every reader of the package on damaged files, under watch, for an hour.

Takes what readers read, damaged at random, gives how much was refused, how much could be
read all the same, and every fault. The hour can be cut: it goes on where it was, in
``hour.json``, until it is full.

.. math:: \text{read}(d(x)) \in \{\text{value}, \text{error of the package}\}
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from reliability.figures import Figure, listed
from reliability.readers import READERS
from reliability.watch import Watch
from symflow.files import write_file_atomically

__all__ = ["HOUR", "READERS", "figures", "go_on", "outcomes"]

HOUR = 3600.0
BLOCK = 400
# Bytes that reading may ask for; none of the valid inputs is above a megabyte.
MEMORY = 4 * 10**9
# A disk in memory, where there is one: millions of files are written.
FAST = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
LEDGER = Path(__file__).with_name("hour.json")


def outcomes(
    name: str, count: int, watch: Watch, seed: int = 0, first: int = 0
) -> tuple[Counter[str], dict[str, bytes]]:
    """What came of a number of damaged inputs.

    Arguments:
        name: The reader.
        count: How many inputs.
        watch: Who watches.
        seed: The seed of the damage.
        first: The number of the first input; the same number gives the same input.

    Returns:
        How often each outcome came, and for each fault the input that did it.
    """
    reader, counts, examples = READERS[name], Counter[str](), dict[str, bytes]()
    with TemporaryDirectory(dir=FAST) as where:
        folder = Path(where, "folder")
        folder.mkdir()
        reader.prepare(folder)
        valid = contents(folder)
        reader.read(folder)  # what libraries load late, once for all
        for k in range(first, first + count):
            for path, payload in valid.items():
                path.write_bytes(payload)
            reader.damage(folder, Random(f"{name} {seed} {k}"))  # noqa: S311
            word = watch.outcome(lambda: reader.read(folder))
            counts[word] += 1
            if word not in ("read", "refused"):
                new = contents(folder)
                examples[word] = b"".join(new[p] for p in new if new[p] != valid.get(p))
    return counts, examples


def contents(folder: Path) -> dict[Path, bytes]:
    """What stands in every file of a folder."""
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@contextmanager
def bounded_memory(most: int) -> Iterator[None]:
    """A limit on the memory that the process may still ask for."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[5]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (now + most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def go_on(ledger: Path, seconds: float, block: int = BLOCK) -> dict[str, Any]:
    """Go on with the hour until it is full, and keep after each block what was seen.

    Arguments:
        ledger: Where it is kept.
        seconds: CPU seconds of all readers together.
        block: Inputs in a block.

    Returns:
        For each reader the seconds, the longest call, and how often each outcome came.
    """
    kept = json.loads(ledger.read_text("utf-8")) if ledger.exists() else {}
    for name in READERS:
        kept.setdefault(name, {"seconds": 0.0, "slowest": 0.0, "counts": {}})
    while sum(row["seconds"] for row in kept.values()) < seconds:
        name = min(READERS, key=lambda name: kept[name]["seconds"])
        row, watch, begun = kept[name], Watch(), time.process_time()
        count = max(2, block // READERS[name].cost)
        first = sum(row["counts"].values())
        with bounded_memory(MEMORY):
            counts, examples = outcomes(name, count, watch, first=first)
        for word, payload in examples.items():
            print(f"{name}, {first}: {word}: {payload[:600]!r}", flush=True)
        row["counts"] = dict(Counter(row["counts"]) + counts)
        row["slowest"] = max(row["slowest"], watch.slowest)
        row["seconds"] += time.process_time() - begun
        write_file_atomically(ledger, json.dumps(kept, indent=1).encode())
    return kept


def figures(share: float) -> list[Figure]:
    """One figure a reader, of an hour of all of them.

    Arguments:
        share: The part of the hour to try.

    Returns:
        The figures.
    """
    kept = go_on(LEDGER, HOUR * share)
    found = []
    for name in READERS:
        counts = Counter(kept[name]["counts"])
        total = counts.total()
        faults = total - counts["read"] - counts["refused"]
        seconds, slowest = (kept[name][what] for what in ("seconds", "slowest"))
        remark = f"{listed(counts)}; {seconds:.0f} s in all, slowest {slowest:.2f} s"
        found.append(Figure(name, total, total, faults, remark))
    if share >= 1:
        LEDGER.unlink()
    return found
