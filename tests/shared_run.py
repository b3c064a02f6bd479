"""One process of several: ``torchrun ... -m tests.shared_run FOLDER``, or of one alone.

Trains a model without noise and one with, on rows of a mapped file, and leaves the bounds
and the weights of each process in the folder.
"""

import os
import sys
from pathlib import Path

import numpy as np
import torch

from symflow.training import fit
from tests.toy_flows import SO2, flow

OPTIONS = {
    "steps": 6,
    "batch_size": 32,
    "learning_rate": 0.01,
    "evaluate_every": 2,
    "checkpoint_every": 4,
    "progress": False,
    "device": "cpu",
}


def main(folder):
    home, rank = Path(folder), os.environ.get("RANK", "alone")
    processes = os.environ.get("WORLD_SIZE", "1")
    for momenta, file in (("observed", "phase.npy"), ("latent", "positions.npy")):
        model = flow(SO2, momenta=momenta, blocks=1)
        out = home / f"{momenta}-{processes}"
        history = fit(model, home / file, out=out, **OPTIONS)
        weights = torch.cat([p.detach().ravel() for p in model.parameters()])
        np.savez(
            home / f"{momenta}-{processes}-{rank}.npz",
            training=history.training_bound,
            held_out=history.held_out_bound,
            weights=weights.numpy(),
        )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1])
