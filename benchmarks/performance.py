r"""Performance: the page that says how fast the toolkit is, and what its memory costs.

Takes the figures of `benchmarks.flow` and `benchmarks.compilation`, keeps them in
benchmarks/performance.json, gives docs/performance.md.

.. math:: \text{page} = \text{words} + \text{figures}

Run it with ``python -m benchmarks.performance``; ``training`` or any other group of rows,
or several, after it are measured anew alone.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks import compilation, flow
from benchmarks.baselines import THREE, Merged, Model, Symflow, batch, gradient, make
from benchmarks.flow import LARGE, SMALL
from benchmarks.measurement import (
    Call,
    Figure,
    cpu_times,
    machine,
    markdown,
    peak_bytes,
    threads,
)

HOME = Path(__file__).parent
KEPT = HOME / "performance.json"
PAGE = HOME.parent / "docs" / "performance.md"
WORDS = HOME / "performance.md"

CONDITIONS = {
    "One thread, single precision": (1, torch.float32),
    "One thread, double precision": (1, torch.float64),
    "Two threads, single precision": (2, torch.float32),
}
FIRST = next(iter(CONDITIONS))
GROUPS: dict[str, Callable] = {
    **{group.__name__: group for group in flow.ALL},
    "hundred": compilation.hundred,
    "thousand": compilation.thousand,
}
# The other groups are measured under the first condition only.
EVERYWHERE = (*(group.__name__ for group in flow.TIMED), "hundred")

KINDS = {
    "matrix products": ("mm", "addmm", "addmm_"),
    "sigmoids and their slopes": ("sigmoid", "sigmoid_backward"),
    "products and sums": ("mul", "add", "add_", "sub", "addcmul", "addcmul_", "sum"),
    "moving and viewing": ("copy_", "cat", "t", "transpose", "as_strided", "view"),
}

Kept = dict[str, Any]


def measure(name: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Measure a group of rows, or a table, anew.

    Arguments:
        name: Its name.

    Yields:
        Where it is kept, by condition and name or by name, and the rows as plain data.
    """
    for title, (count, dtype) in CONDITIONS.items():
        if name in GROUPS and (title == FIRST or name in EVERYWHERE):
            with threads(count):
                found = [asdict(figure) for figure in GROUPS[name](dtype)]
            yield (title, name), found
    if name in TABLES:
        yield (name,), TABLES[name]()


def keep(place: tuple[str, ...], rows: Any) -> Kept:
    """Put what was measured in its place in the file.

    Arguments:
        place: Where it is kept.
        rows: Plain data.

    Returns:
        All that is kept.
    """
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    kept["machine"] = machine()
    *above, last = place
    inner = kept.setdefault(above[0], {}) if above else kept
    inner[last] = rows
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return kept


def modes() -> list[list[str]]:
    """What each kind of memory costs, beside A."""
    points = batch(THREE, 256, torch.float32)
    ways = {"A": make(Merged, torch.float32, THREE, 64, 128)}
    for kind in ("save", "states", "reversible", "exact"):
        ways[f'`"{kind}"`'] = make(Symflow, torch.float32, THREE, 64, 128, kind)
    calls: dict[str, Call] = {
        name: lambda model=model: gradient(model, *points)
        for name, model in ways.items()
    }
    took = cpu_times(calls, 3)
    rows = [["memory", "time of a step", "peak"]]
    for name, call in calls.items():
        peak = f"{peak_bytes(call) / 1e6:.3g} MB"
        rows.append([name, f"{1e3 * took[name]:.0f} ms", peak])
    return rows


def shares() -> list[list[str]]:
    """Where the time of a training step goes, by kind of operation."""
    rows = [["training step", *KINDS, "other calls", "between the calls"]]
    for case in (SMALL, LARGE):
        model = make(Symflow, torch.float32, case.system, case.width, case.steps)
        found = _shares(model, batch(case.system, case.size, torch.float32))
        rows.append([str(case), *(f"{100 * share:.0f} %" for share in found)])
    return rows


def _shares(model: Model, points: Sequence[torch.Tensor]) -> list[float]:
    def call() -> object:
        return gradient(model, *points)

    whole = 1e6 * cpu_times({"step": call}, 3)["step"]
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as profiler:
        call()
    times = defaultdict(list)
    for event in profiler.events():
        kind, _, name = event.name.partition("::")
        if kind == "aten":
            shapes = str(event.input_shapes)
            times[name, shapes].append(event.self_cpu_time_total)
    spent: dict[str, float] = defaultdict(float)
    for (name, _), taken in times.items():
        # A call that waited for the processor would count its wait.
        spent[name] += median(taken) * len(taken)
    known = [sum(spent[name] for name in names) for names in KINDS.values()]
    inside = sum(spent.values())
    parts = [*known, inside - sum(known), max(whole - inside, 0.0)]
    return [part / sum(parts) for part in parts]


TABLES = {"modes": modes, "shares": shares}


def page(kept: Kept) -> str:
    """The page.

    Arguments:
        kept: What `keep` gave.

    Returns:
        Markdown.
    """
    parts = {"machine": kept["machine"]}
    for name in TABLES:
        head, *rows = kept[name]
        lines = [head, ["---"] * len(head), *rows]
        parts[name] = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    tables = []
    for title in CONDITIONS:
        found = [Figure(**row) for name in GROUPS for row in kept[title].get(name, [])]
        tables.append(f"## {title}\n\n{markdown(found)}")
    text = WORDS.read_text("utf-8")
    for name, part in {**parts, "figures": "\n\n".join(tables)}.items():
        text = text.replace(f"<{name}>", part)
    return text


def main() -> None:
    """Measure what the command line names, and write the page."""
    known = [*GROUPS, *TABLES]
    reader = argparse.ArgumentParser(description="Measure, and write the page.")
    reader.add_argument("names", nargs="*", help=f"of {', '.join(known)}; all if none")
    names = reader.parse_args().names or known
    if odd := set(names) - set(known):
        reader.error(f"no such rows: {', '.join(sorted(odd))}")
    torch.set_num_threads(1)
    for name in names:
        for place, rows in measure(name):
            kept = keep(place, rows)
    PAGE.write_text(page(kept), "utf-8")


if __name__ == "__main__":
    main()
