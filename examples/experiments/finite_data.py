"""Does a symmetry save data and prevent overfitting?

The paper's claim, measured: the divergence on points held out, and the gap between points
trained on and points held out, against the number of points there are to learn from. Every
seed has a draw of its own, and all ways see the same rows, the same split and the same seed.
"""

import numpy as np
from results import FIGURES, keep, row, run_folder, settings
from ways import compare_ways, ways_of

import symflow as sf
from symflow.figures import panels, styled
from symflow.targets import Spirals

MARKERS = "osD^v"

spec = settings("finite_data")
so2 = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
ways = ways_of(spec)
folder = run_folder("finite_data", spec)
found = {(size, way): [] for size in spec["sizes"] for way in ways}
for seed in spec["seeds"]:
    for size in spec["sizes"]:
        out = folder / f"{size}-{seed}"
        for divergence, trial in compare_ways(spec, Spirals(), so2, size, seed, out):
            found[size, trial.way].append(
                (divergence, trial.gap, trial.invariance, trial.seconds)
            )


@styled
def draw(found):
    """The divergence and the gap against the number of points, for each way."""
    figure, axes = panels(2, width=4.4, height=3.6)
    for place, (marker, way) in enumerate(zip(MARKERS, ways, strict=False)):
        each = [np.array(found[size, way]) for size in spec["sizes"]]
        # Side by side, or one interval would hide another.
        x = np.array(spec["sizes"]) * 1.06 ** (place - len(ways) / 2)
        for k, ax in enumerate(axes):
            means = [values[:, k].mean() for values in each]
            errors = [values[:, k].std(ddof=min(1, len(values) - 1)) for values in each]
            ax.errorbar(x, means, errors, label=way.value, capsize=2, marker=marker)
    labels = ("KL held out (nats)", "gap: training less held out (nats)")
    for ax, label in zip(axes, labels, strict=True):
        ax.set(xlabel="points to learn from", ylabel=label, xscale="log")
        ax.set_xticks(spec["sizes"], map(str, spec["sizes"]))
        ax.minorticks_off()
    axes[0].legend()
    return figure


rows = []
for (size, way), results in found.items():
    divergence, gap, change, seconds = np.array(results).T
    case = f"{size} points, {way.value}"
    rows.append(row(case, "KL held out, nats", divergence, seconds.mean()))
    rows.append(row(case, "gap to training, nats", gap))
    rows.append(row(case, "largest change of log p under the group, nats", change))
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "finite_data.png", dpi=150)
keep("finite_data", spec, rows)
