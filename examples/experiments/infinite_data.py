"""How fast does each way to a symmetry learn, where data never end?

Two rings of positions and a spiral of phase points, both invariant under rotations and of
known density, so that the divergence of what was learned is known too. For the constrained
flow the brackets {L, H} are measured on points of the target and in a box around them. On
phase points a density of the invariants alone is learned beside them: what it reaches no
flow has to be thanked for.
"""

import numpy as np
import torch
from results import FIGURES, keep, over_seeds, row, settings, sweep

import symflow as sf
from symflow.constraints import ConstrainedFlow, Points
from symflow.figures import panels, styled
from symflow.symmetry_comparisons import Way, build_model
from symflow.targets import Rings, Spirals
from symflow.training import fit

TARGETS = {"rings": (Rings(), "latent"), "spirals": (Spirals(), "observed")}
ALONE = "invariants alone"
LINES = {"exact": "-", "constrained": "--", ALONE: ":", "none": "-."}

spec = settings("infinite_data")
so2 = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})


class InvariantsAlone(torch.nn.Module):
    """A density of the invariants of rotations, to be trained as flows are."""

    def __init__(self, components, seed):
        super().__init__()
        self.base = sf.QuotientDensity(sf.fibre_volume(so2), components, seed)

        self.data_dimensions = (4,)

    def objective(self, batch, generator):
        return self.base.log_prob(batch)

    def description(self):
        return {"density": "of the invariants alone"}


def learn(case, seed):
    """One model: how its bound on the divergence falls, and its brackets."""
    name, way = case
    target, momenta = TARGETS[name]
    test = target.sample(4096, torch.Generator().manual_seed(7))
    log_target = float(target.log_prob(test).mean())
    if way == ALONE:
        model = InvariantsAlone(spec["model"]["components"], seed)
    else:
        model = build_model(Way(way), so2, spec["model"] | {"momenta": momenta}, seed)
    history = fit(model, target.sample, seed=seed, progress=False, **spec["training"])
    found = {
        "step": history.step.tolist(),
        "KL": (log_target - history.held_out_bound).tolist(),
    }
    if isinstance(model, ConstrainedFlow):
        q = test.to(next(model.parameters()).dtype)
        residuals = model.residuals(q, torch.Generator().manual_seed(0))
        for place in (Points.DATA, Points.AROUND):
            found[place.value] = residuals[place.value]["{L, H}"]
    return found


cases = [
    (name, way)
    for name in spec["targets"]
    for way in spec["ways"]
    if way != ALONE or TARGETS[name][1] == "observed"
]
found = sweep("infinite_data", spec, cases, learn)


@styled
def draw(found):
    """The bound on the divergence against steps, for each target and way."""
    figure, axes = panels(len(spec["targets"]), width=4.4, height=3.6)
    for ax, name in zip(axes, spec["targets"], strict=True):
        for way in [way for of, way in found if of == name]:
            curves = np.array(over_seeds(found[name, way], "KL"))
            step = found[name, way][0]["step"]
            line = ax.plot(step, curves.mean(0), LINES[way], label=way)[0]
            low, high, ink = curves.min(0), curves.max(0), line.get_color()
            ax.fill_between(step, low, high, color=ink, alpha=0.2, linewidth=0)
        ax.set(title=name, xlabel="step", ylabel="KL bound (nats)", yscale="log")
        ax.legend()
    return figure


rows = []
for (name, way), results in found.items():
    case = f"{name}, {way}"
    seconds = np.mean(over_seeds(results, "seconds"))
    best = [min(curve) for curve in over_seeds(results, "KL")]
    rows.append(row(case, "KL bound, nats", best, seconds))
    for place in (Points.DATA, Points.AROUND):
        if place.value in results[0]:
            what = f"rms of {{L, H}}, {place.value}"
            rows.append(row(case, what, over_seeds(results, place.value)))
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "infinite_data.png", dpi=150)
keep("infinite_data", spec, rows)
