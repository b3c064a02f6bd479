r"""Page: the table of all figures, and of the faults that were found on the way.

Takes the figures of each experiment, gives Markdown.

.. math:: \text{experiment} \to (\text{tried}, \text{wrong}, \text{missed})
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reliability.figures import Figure

__all__ = ["Experiment", "page"]

FAULTS = Path(__file__).with_name("faults.json")
HEAD = """# Reliability

What was done to break the toolkit, and what came of it. This page is written by
`make reliability` (`python -m reliability`), which runs the experiments in `reliability/`;
`python -m reliability hostile --share 0.1` runs a tenth of one of them. What is promised
stands in [SECURITY.md](../SECURITY.md).

*Tried* counts inputs, runs or comparisons. *Wrong* counts those that were made wrong on
purpose: damaged inputs, lies, kills. *Missed* counts what got through: a lie that was
accepted, a crash or a hang, code that ran, a file written, a run lost, an answer that
differs, memory that grew by more than 5 %. It should be 0 everywhere.

"""
MIDDLE = """
## Faults found on the way

Each was mended as a kind, not as a case, and has a test that fails without it.

"""
CPU = "Seconds of CPU time of this process, without those of other programs"


@dataclass(frozen=True)
class Experiment:
    """The figures of one experiment.

    Arguments:
        seconds: The CPU time that it took.
        figures: Its figures.
    """

    seconds: int
    figures: Sequence[Figure]


def page(experiments: Mapping[str, Experiment]) -> str:
    """The whole page.

    Arguments:
        experiments: The experiments by name.

    Returns:
        Markdown.
    """
    rows = [
        (f"`{name}`" if k == 0 else "", *figure.cells)
        for name, experiment in experiments.items()
        for k, figure in enumerate(experiment.figures)
    ]
    times = ", ".join(f"`{name}` {e.seconds}" for name, e in experiments.items())
    faults = json.loads(FAULTS.read_text("utf-8"))
    found = [(f["fault"], f["repair"], f["test"]) for f in faults]
    return (
        HEAD
        + _table(("experiment", "what", "tried", "wrong", "missed", "remark"), rows)
        + f"\n{CPU}: {times}.\n"
        + MIDDLE
        + _table(("fault", "repair", "test"), found)
        + (Path(__file__).with_name("remarks.md").read_text("utf-8"))
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
