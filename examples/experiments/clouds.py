"""SE(2): clouds of two and of three points, of one shape and turned at random.

In relative coordinates translations do nothing, so what is left of SE(2) is the rotation
of all relative vectors together. Momenta are latent; the divergence is bounded by the
importance-weighted bound of 64 momenta.
"""

import numpy as np
import torch
from results import FIGURES, keep, row, run_folder, settings
from ways import compare_ways, ways_of

import symflow as sf
from symflow.figures import panels, styled
from symflow.mean_free import RelativeCoordinates
from symflow.targets import Cloud

POINTS = {
    "two points": ((0.0, 0.0), (2.0, 0.0)),
    "three points": ((0.0, 0.0), (2.0, 0.0), (0.5, 1.5)),
}
NAMES = {"two points": "x y", "three points": "x1 y1 x2 y2"}

spec = settings("clouds")
ways = ways_of(spec)
folder = run_folder("clouds", spec)


def problem(name):
    """The density of relative coordinates of a cloud, and the rotations of them."""
    points = torch.tensor(POINTS[name], dtype=torch.float64)
    shape = RelativeCoordinates(len(points), 2).of(points.flatten()).view(-1, 2)
    space = sf.PhaseSpace(NAMES[name])
    so2 = sf.LieAlgebra(space, sf.rotations(space, dimension=2))
    return Cloud(tuple(map(tuple, shape.tolist())), width=0.2), so2


problems = {name: problem(name) for name in spec["clouds"]}
cases = [(name, size) for name in spec["clouds"] for size in spec["sizes"]]
found = {(*case, way): [] for case in cases for way in ways}
for seed in spec["seeds"]:
    for name, size in cases:
        out = folder / f"{name.split()[0]}-{size}-{seed}"
        each = compare_ways(spec, *problems[name], size, seed, out, momenta="latent")
        for divergence, trial in each:
            result = (divergence, trial.gap, trial.seconds)
            found[name, size, trial.way].append(result)


@styled
def draw(found):
    """The divergence against the number of clouds, for each kind of cloud and way."""
    figure, axes = panels(len(spec["clouds"]), width=4.4, height=3.4)
    for ax, name in zip(axes, spec["clouds"], strict=True):
        for marker, way in zip("osD^v", ways, strict=False):
            each = [np.array(found[name, size, way])[:, 0] for size in spec["sizes"]]
            means = [values.mean() for values in each]
            errors = [values.std(ddof=min(1, len(values) - 1)) for values in each]
            ax.errorbar(
                spec["sizes"], means, errors, capsize=2, marker=marker, label=way.value
            )
        ax.set(title=name, xlabel="clouds to learn from", xscale="log", ylim=(0, None))
        ax.set(ylabel="KL bound held out (nats)")
        ax.set_xticks(spec["sizes"], map(str, spec["sizes"]))
        ax.minorticks_off()
    axes[-1].legend(loc="center")
    return figure


rows = []
for (name, size, way), results in found.items():
    divergence, gap, seconds = np.array(results).T
    case = f"{name}, {size} clouds, {way.value}"
    rows.append(row(case, "KL bound held out, nats", divergence, seconds.mean()))
    rows.append(row(case, "gap to training, nats", gap))
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "clouds.png", dpi=150)
keep("clouds", spec, rows)
