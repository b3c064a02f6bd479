"""Constraints: how much do the schedule of the multipliers and the tolerance matter?

The paper's constrained training on a spiral, for every schedule and several tolerances:
the divergence, the brackets on the data, and the brackets in a box around them, where
nothing was asked.
"""

import numpy as np
import torch
from results import FIGURES, keep, over_seeds, row, settings, sweep

import symflow as sf
from symflow.constraints import ConstrainedFlow, Points
from symflow.figures import panels, styled
from symflow.multipliers import AugmentedLagrangian, DualAscent, Geco
from symflow.targets import Spirals
from symflow.training import fit

SCHEDULES = {
    "dual ascent": (DualAscent, "o-"),
    "augmented Lagrangian": (AugmentedLagrangian, "s--"),
    "GECO": (Geco, "D:"),
}
QUANTITIES = {
    "KL": "KL held out (nats)",
    "on": "brackets on the data (rms)",
    "off": "brackets around them (rms)",
}

spec = settings("multipliers")
space = sf.PhaseSpace("x y")
so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
plain = sf.invariants(sf.LieAlgebra(space, {}))
target = Spirals()


def learn(case, seed):
    """One constrained model: its divergence, and its brackets on and around the data."""
    name, tolerance = case
    generator = torch.Generator().manual_seed(seed)
    data = target.sample(spec["points"] + spec["held_out"], generator)
    test = data[spec["points"] :]
    flow = sf.HamiltonianFlow(
        plain, momenta="observed", seed=seed, dtype=torch.float64, **spec["model"]
    )
    schedule = SCHEDULES[name][0](tolerance=tolerance)
    model = ConstrainedFlow(flow, so2, schedule=schedule)
    rows = data[: spec["points"]]
    fit(model, rows, seed=seed, progress=False, **spec["training"])
    with torch.no_grad():
        gap = float((target.log_prob(test) - flow.log_prob(test)).mean())
    residuals = model.residuals(test, torch.Generator().manual_seed(0))
    on, off = (
        np.mean(list(residuals[place.value].values()))
        for place in (Points.DATA, Points.AROUND)
    )
    return {"KL": gap, "on": on, "off": off}


cases = [(name, kappa) for name in spec["schedules"] for kappa in spec["tolerances"]]
found = sweep("multipliers", spec, cases, learn)


@styled
def draw(found):
    """The divergence and the brackets against the tolerance, for each schedule."""
    figure, axes = panels(3, width=3.6, height=3.4)
    tolerances = spec["tolerances"]
    for ax, (key, quantity) in zip(axes, QUANTITIES.items(), strict=True):
        for place, name in enumerate(spec["schedules"]):
            each = [over_seeds(found[name, kappa], key) for kappa in tolerances]
            errors = np.std(each, 1, ddof=min(1, len(each[0]) - 1))
            # Side by side, or one interval would hide another.
            x, fmt = np.array(tolerances) * 1.12 ** (place - 1), SCHEDULES[name][1]
            ax.errorbar(x, np.mean(each, 1), errors, fmt=fmt, capsize=2, label=name)
        scale = "linear" if key == "KL" else "log"
        ax.set(
            xlabel=r"tolerance $\kappa$", ylabel=quantity, xscale="log", yscale=scale
        )
    axes[1].legend()
    return figure


rows = []
for (name, kappa), results in found.items():
    seconds = np.mean(over_seeds(results, "seconds"))
    for key, quantity in QUANTITIES.items():
        values = over_seeds(results, key)
        rows.append(row(f"{name}, tolerance {kappa:g}", quantity, values, seconds))
        seconds = None
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "multipliers.png", dpi=150)
keep("multipliers", spec, rows)
