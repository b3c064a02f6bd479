"""A training run that is killed again and again: ``python -m tests.killed_run OUT HOW SEED``.

Each attempt is a fork of this process, so that torch is loaded once. HOW is ``writes``
(attempt k is killed at its k-th change of a file, for k = 1, 2, ...) or ``moments`` (at
random times). Prints the number of kills that hit.
"""

import os
import random
import signal
import sys
import time

import torch

from symflow.training import fit
from tests.toy_models import NoisyGaussian, samples

OPTIONS = {
    "steps": 40,
    "batch_size": 16,
    "learning_rate": 0.05,
    "evaluate_every": 4,
    "checkpoint_every": 6,
    "progress": False,
}
CHANGES = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}


def attempt(out, killed_at=None, pause=0.0):
    """Fork, go on with the run, and give the status of the fork's end."""
    child = os.fork()
    if child:
        return child
    left = killed_at

    def count(event, arguments):
        nonlocal left
        if left is not None and event in CHANGES and str(arguments[0]).startswith(out):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    model = NoisyGaussian()
    if pause:
        plain = model.objective

        def slow(batch, generator):
            time.sleep(pause)
            return plain(batch, generator)

        model.objective = slow
    fit(model, samples(), out=out, resume=True, **OPTIONS)
    os._exit(0)


def killed_until_done(out, how, seed):
    """Kill and go on until the run ends: the number of kills that hit, and its status."""
    moments = random.Random(seed)
    kills = 0
    while True:
        if how == "writes":
            child = attempt(out, killed_at=kills + 1)
        else:
            child = attempt(out, pause=0.004)
            time.sleep(moments.uniform(0.0, 0.1 + 0.1 * kills))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return kills, os.waitstatus_to_exitcode(status)
        kills += 1


if __name__ == "__main__":
    torch.set_num_threads(1)
    fit(NoisyGaussian(), samples(), **OPTIONS)  # what torch loads late, once for all
    print(*killed_until_done(sys.argv[1], sys.argv[2], int(sys.argv[3])))
