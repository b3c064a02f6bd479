"""Does a symmetry save data and prevent overfitting?

The paper's claim, measured: the divergence on points held out, and the gap between points
trained on and points held out, against the number of points there are to learn from.
"""

import numpy as np
import torch
from results import FIGURES, HERE, keep, row, settings

import symflow as sf
from symflow.figures import panels
from symflow.symmetry_comparisons import Way, compare_symmetries
from symflow.targets import Spirals

spec = settings("finite_data")
so2 = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
target, ways = Spirals(), [Way(way) for way in spec["ways"]]
rows, curves = [], {way: [] for way in ways}
kept = (
    HERE.parent.parent
    / "runs"
    / ("finite_data_small" if spec["quick"] else "finite_data")
)
for size in spec["sizes"]:
    found = {way: [] for way in ways}
    for seed in spec["seeds"]:
        # Another draw of the data for every seed, the same for all ways.
        generator = torch.Generator().manual_seed(1000 * seed + size)
        data = target.sample(size + spec["held_out"], generator)
        test = np.arange(size, len(data))
        entropy = -float(target.log_prob(data[size:]).mean())
        comparison = compare_symmetries(
            so2,
            data.numpy(),
            ways=ways,
            seeds=[seed],
            splits=[(np.arange(size), test)],
            model=spec["model"],
            training=spec["training"],
            out=kept / f"{size}-{seed}",
        )
        for trial in comparison.trials:
            found[trial.way].append((-entropy - trial.mean, trial.gap, trial.seconds))
    for way in ways:
        divergence, gap, seconds = np.array(found[way]).T
        case = f"{size} points, {way.value}"
        rows.append(row(case, "KL held out, nats", divergence, seconds.mean()))
        rows.append(row(case, "gap to training, nats", gap))
        curves[way].append((divergence, gap))
figure, axes = panels(2, width=4.0)
for ax, what, k in zip(axes, ("KL held out (nats)", "gap (nats)"), (0, 1), strict=True):
    for way in ways:
        means = [pair[k].mean() for pair in curves[way]]
        errors = [pair[k].std() for pair in curves[way]]
        ax.errorbar(
            spec["sizes"], means, errors, label=way.value, capsize=2, marker="o"
        )
    ax.set(xlabel="points to learn from", ylabel=what, xscale="log")
    ax.set_xticks(spec["sizes"], map(str, spec["sizes"]))
    ax.minorticks_off()
axes[0].legend()
FIGURES.mkdir(exist_ok=True)
figure.savefig(FIGURES / "finite_data.png", dpi=150)
keep("finite_data", spec, rows)
