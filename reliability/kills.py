r"""Kills: a training run that is killed at random moments and goes on.

Takes a small run, kills it with SIGKILL at random moments and at each change of a file,
and gives whether it ended with the bits of a run that was left alone.

.. math:: \theta_T(\text{killed}) = \theta_T(\text{not killed})
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from reliability.figures import Figure
from symflow.errors import SymflowError
from symflow.training import fit
from tests.killed_run import OPTIONS, killed_until_done
from tests.run_ends import end_of
from tests.toy_models import NoisyGaussian, samples

__all__ = ["figures"]

KILLS = 200


def figures(share: float) -> list[Figure]:
    """How many kills there were, and how many runs were lost by them.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure for random moments, one for every change of a file.
    """
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        fit(NoisyGaussian(), samples(), out=f"{folder}/whole", **OPTIONS)
        whole = end_of(Path(folder, "whole"))
    found = []
    for how, what, wanted in (
        ("moments", "kills at random moments of training", round(KILLS * share)),
        ("writes", "kills at each change of a file", 1),
    ):
        kills = runs = lost = 0
        while kills < wanted:
            with TemporaryDirectory() as folder:
                hit, status = killed_until_done(f"{folder}/run", how, runs)
                kills, runs = kills + hit, runs + 1
                lost += status != 0 or not _same(Path(folder, "run"), whole)
        remark = f"{runs} run(s), each to end with the bits of one that was not killed"
        found.append(Figure(what, kills, kills, lost, remark))
    return found


def _same(run: Path, whole: object) -> bool:
    try:
        return end_of(run) == whole
    except (OSError, SymflowError, json.JSONDecodeError):
        return False
