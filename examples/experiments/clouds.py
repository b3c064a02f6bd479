"""SE(2): clouds of two and of three points, of one shape and turned at random.

In relative coordinates translations do nothing, so what is left of SE(2) is the rotation
of all relative vectors together. Momenta are latent; the divergence is bounded by the
importance-weighted bound of 64 momenta.
"""

import numpy as np
import torch
from results import HERE, keep, row, settings

import symflow as sf
from symflow.mean_free import RelativeCoordinates
from symflow.symmetry_comparisons import Way, compare_symmetries
from symflow.targets import Cloud

POINTS = {
    "two points": ((0.0, 0.0), (2.0, 0.0)),
    "three points": ((0.0, 0.0), (2.0, 0.0), (0.5, 1.5)),
}
NAMES = {"two points": "x y", "three points": "x1 y1 x2 y2"}

spec = settings("clouds")
ways = [Way(way) for way in spec["ways"]]
kept = HERE.parent.parent / "runs" / ("clouds_small" if spec["quick"] else "clouds")
rows = []
for name in spec["clouds"]:
    points = torch.tensor(POINTS[name], dtype=torch.float64)
    shape = RelativeCoordinates(len(points), 2).of(points.flatten()).view(-1, 2)
    target = Cloud(tuple(map(tuple, shape.tolist())), width=0.2)
    space = sf.PhaseSpace(NAMES[name])
    so2 = sf.LieAlgebra(space, sf.rotations(space, dimension=2))
    for size in spec["sizes"]:
        found = {way: [] for way in ways}
        for seed in spec["seeds"]:
            generator = torch.Generator().manual_seed(1000 * seed + size)
            data = target.sample(size + spec["held_out"], generator)
            entropy = -float(target.log_prob(data[size:]).mean())
            comparison = compare_symmetries(
                so2,
                data.numpy(),
                ways=ways,
                seeds=[seed],
                splits=[(np.arange(size), np.arange(size, len(data)))],
                model=spec["model"] | {"momenta": "latent"},
                training=spec["training"],
                out=kept / f"{name.split()[0]}-{size}-{seed}",
            )
            for trial in comparison.trials:
                found[trial.way].append((-entropy - trial.mean, trial.seconds))
        for way in ways:
            divergence, seconds = np.array(found[way]).T
            case = f"{name}, {size} clouds, {way.value}"
            rows.append(
                row(case, "KL bound held out, nats", divergence, seconds.mean())
            )
keep("clouds", spec, rows)
