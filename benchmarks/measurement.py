r"""Measurement: times and memory of calls side by side, and what they must reach.

Takes calls, gives medians of their CPU times, taken in turns in one process so that a busy
machine slows all of them alike, and the peak of what torch's allocator holds during a call.

.. math:: \text{ratio} = \frac{\operatorname{median} t_{\text{baseline}}}
    {\operatorname{median} t_{\text{symflow}}}
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import accumulate
from statistics import median

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch.profiler import ProfilerActivity, profile

Call = Callable[[], object]

_TURN = 0.05  # seconds that a turn takes at least


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, and what it must reach.

    Arguments:
        what: What it is, with its sizes.
        must: The bound that it must reach.
        aim: The bound that it aims at.
        value: What was measured; None if it could not be.
        less: Whether less is better.
        note: Why it is what it is, or why there is none.
    """

    what: str
    must: float
    aim: float
    value: float | None
    less: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the bounds are reached."""
        if self.value is None:
            return "not measured"
        sign = -1 if self.less else 1
        if sign * self.value >= sign * self.aim:
            return "aim reached"
        return "reached" if sign * self.value >= sign * self.must else "not reached"

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        side = "at most " if self.less else "at least "
        value = "" if self.value is None else f"{self.value:.3g}"
        bounds = (f"{side}{self.must:.3g}", f"{self.aim:.3g}")
        return self.what, *bounds, value, self.verdict, self.note


HEADINGS = ("what", "must reach", "aim", "measured", "verdict", "note")


def table(title: str, figures: Sequence[Figure]) -> Table:
    """The figures for a terminal."""
    found = Table(*HEADINGS, title=title)
    for figure in figures:
        found.add_row(*figure.cells)
    return found


def markdown(figures: Sequence[Figure]) -> str:
    """The figures for a page."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(f.cells for f in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def run(about: str, figures: Callable[[int, torch.dtype], Sequence[Figure]]) -> None:
    """Print the figures under the condition that the command line names."""
    reader = argparse.ArgumentParser(description=about)
    reader.add_argument("--threads", type=int, default=1, help="threads of torch")
    reader.add_argument("--float64", action="store_true", help="double precision")
    given = reader.parse_args()
    dtype = torch.float64 if given.float64 else torch.float32
    title = f"{dtype}, {given.threads} thread{'s' if given.threads > 1 else ''}"
    with threads(given.threads):
        found = figures(given.threads, dtype)
    Console().print(table(title, found))


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads of torch, for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cpu_times(calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """Median seconds of CPU time of each call; the calls take turns.

    A turn of a short call is many of them, as they follow one another in use. With several
    threads it is wall time, since CPU time adds up over them.
    """
    _age()
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter

    def turn(call: Call, count: int) -> float:
        gc.collect()
        start = clock()
        for _ in range(count):
            call()
        return (clock() - start) / count

    counts = {}
    for name, call in calls.items():
        call()
        counts[name] = math.ceil(_TURN / max(turn(call, 1), 1e-6))
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(turn(call, counts[name]))
    return {name: median(taken) for name, taken in times.items()}


def _age() -> None:
    """Bring the C library to the state that it has in a process that ran for a while.

    It returns freed memory to the system, and takes it anew page by page, until it has
    seen a large block freed; what comes first would be timed with another allocator.
    """
    np.empty(2**25 - 2**13, dtype=np.uint8)


def peak_bytes(call: Call) -> int:
    """The most that torch's allocator holds during a call, above what it held before.

    It is summed from the allocator's own events, so it does not depend on the machine.
    """
    call()
    gc.collect()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        call()
    events = profiler.profiler.kineto_results.events()
    changes = [(e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]"]
    return max(accumulate(size for _, size in sorted(changes)), default=0)


def machine() -> str:
    """What the figures were measured on, and when."""
    cores = len(os.sched_getaffinity(0))
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "sympy"))
    words = (
        f"{cores} cores, CPU ({platform.machine()}), Python {platform.python_version()}"
    )
    return f"{words}, {packages}, {date.today():%d %B %Y}"
