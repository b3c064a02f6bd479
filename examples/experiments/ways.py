"""Ways to a symmetry, side by side: the same points, split and seed for each.

The first rows of a draw of the target serve to learn, the rest to measure the divergence;
trials that a folder holds are not done again.
"""

import numpy as np
import torch

from symflow.symmetry_comparisons import Way, compare_symmetries


def ways_of(spec):
    """The ways that a spec names."""
    return [Way(way) for way in spec["ways"]]


def compare_ways(spec, target, algebra, size, seed, out, **options):
    """The divergence of every way on points held out, each with its trial."""
    generator = torch.Generator().manual_seed(1000 * seed + size)
    data = target.sample(size + spec["held_out"], generator)
    entropy = -float(target.log_prob(data[size:]).mean())
    comparison = compare_symmetries(
        algebra,
        data.numpy(),
        ways=ways_of(spec),
        seeds=[seed],
        splits=[(np.arange(size), np.arange(size, len(data)))],
        model=spec["model"] | options,
        training=spec["training"],
        out=out,
    )
    return [(-entropy - trial.mean, trial) for trial in comparison.trials]
