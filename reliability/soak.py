r"""Soak: many fits, closures and compilations in one process, with memory and files counted.

Takes nothing, gives by how much the process's memory grew after a first quarter of the
work, and how many files were left open.

.. math:: \frac{m(\text{end}) - m(\text{quarter})}{m(\text{quarter})} \le 5\,\%
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from random import Random
from tempfile import TemporaryDirectory

import sympy
import torch

import symflow as sf
from reliability.figures import Figure
from symflow.training import fit
from tests.toy_models import NoisyGaussian, samples

__all__ = ["figures", "resident", "soaked"]

FITS, CLOSURES, COMPILATIONS = 200, 2_000, 10_000
ALLOWED = 0.05


def resident() -> int:
    """The memory of the process that is in use, in bytes.

    Returns:
        The resident set, after what can be freed was freed.

    Example:
        >>> resident() > 10**6
        True
    """
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def soaked(work: Callable[[int], object], count: int) -> tuple[float, int]:
    """Do the same work many times.

    Arguments:
        work: The work; it is given its number.
        count: How many times.

    Returns:
        By which part memory grew from a quarter of the way to the end, and how many more
        files were open at the end.

    Example:
        >>> kept = []
        >>> growth, files = soaked(lambda k: kept.append(bytearray(10**6)), 400)
        >>> growth > 0.05, files
        (True, 0)
    """
    quarter, files = 0, 0
    for k in range(count):
        if k == count // 4:
            quarter, files = resident(), len(os.listdir("/proc/self/fd"))
        work(k)
    growth = (resident() - quarter) / quarter
    return growth, len(os.listdir("/proc/self/fd")) - files


def one_fit(k: int) -> None:
    """A fit of twenty steps with a folder."""
    with TemporaryDirectory() as folder:
        fit(
            NoisyGaussian(),
            samples(60, seed=k),
            out=f"{folder}/run",
            steps=20,
            batch_size=16,
            evaluate_every=10,
            checkpoint_every=10,
            progress=False,
        )


def one_closure(k: int) -> None:
    """The third rotation, found from two in a random basis."""
    random, space = Random(k), sf.PhaseSpace("x y z")  # noqa: S311
    a, b = random.randint(1, 9), random.randint(1, 9)
    turns = {
        "A": f"{a}*(y*p_z - z*p_y) + {b}*(z*p_x - x*p_z)",
        "B": f"z*p_x - x*p_z + {k}*(y*p_z - z*p_y)" if k % 2 else "x*p_y - y*p_x",
    }
    sf.closure(space, turns)


def one_compilation(k: int) -> None:
    """A polynomial that was not compiled before, and its value."""
    x, y = sympy.symbols(f"x{k % 7} y{k % 7}", real=True)
    compiled = sf.compile([x**2 * k + y + k, x * y], [x, y])
    compiled(torch.ones(2, 2, dtype=torch.float64))


def figures(share: float) -> list[Figure]:
    """Whether memory stays flat.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure a kind of work.
    """
    found = []
    for what, work, count in (
        ("fits in one process", one_fit, FITS),
        ("closures in one process", one_closure, CLOSURES),
        ("compilations in one process", one_compilation, COMPILATIONS),
    ):
        growth, files = soaked(work, tried := max(8, round(count * share)))
        lost = int(growth > ALLOWED) + max(files, 0)
        remark = f"memory grew by {100 * growth:.1f} %, {files} more files open"
        found.append(Figure(what, tried, 0, lost, remark))
    return found
