"""Constraints: how much do the schedule of the multipliers and the tolerance matter?

The paper's constrained training on a spiral, for every schedule and several tolerances:
the divergence, the brackets on the data, and the brackets in a box around them, where
nothing was asked.
"""

import time

import numpy as np
import torch
from results import FIGURES, keep, row, settings

import symflow as sf
from symflow.constraints import ConstrainedFlow, Points
from symflow.figures import panels
from symflow.multipliers import AugmentedLagrangian, DualAscent, Geco
from symflow.targets import Spirals
from symflow.training import fit

SCHEDULES = {
    "dual ascent": DualAscent,
    "augmented Lagrangian": AugmentedLagrangian,
    "GECO": Geco,
}

spec = settings("multipliers")
space = sf.PhaseSpace("x y")
so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
plain = sf.invariants(sf.LieAlgebra(space, {}))
target = Spirals()
figure, (left, right) = panels(2, width=4.0)
rows = []
for name in spec["schedules"]:
    curves = []
    for tolerance in spec["tolerances"]:
        found = []
        for seed in spec["seeds"]:
            generator = torch.Generator().manual_seed(seed)
            data = target.sample(spec["points"] + spec["held_out"], generator)
            test = data[spec["points"] :]
            flow = sf.HamiltonianFlow(
                plain,
                momenta="observed",
                seed=seed,
                dtype=torch.float64,
                **spec["model"],
            )
            schedule = SCHEDULES[name](tolerance=tolerance)
            model = ConstrainedFlow(flow, so2, schedule=schedule)
            start = time.perf_counter()
            fit(
                model,
                data[: spec["points"]],
                seed=seed,
                progress=False,
                **spec["training"],
            )
            seconds = time.perf_counter() - start
            with torch.no_grad():
                gap = float((target.log_prob(test) - flow.log_prob(test)).mean())
            residuals = model.residuals(test, torch.Generator().manual_seed(0))
            on, off = (
                np.mean(list(residuals[p.value].values()))
                for p in (Points.DATA, Points.AROUND)
            )
            found.append((gap, on, off, seconds))
        gap, on, off, seconds = np.array(found).T
        case = f"{name}, tolerance {tolerance:g}"
        rows.append(row(case, "KL held out, nats", gap, seconds.mean()))
        rows.append(row(case, "brackets on the data, rms", on))
        rows.append(row(case, "brackets around the data, rms", off))
        curves.append((gap.mean(), on.mean()))
    gaps, brackets = np.array(curves).T
    left.plot(spec["tolerances"], gaps, "o-", label=name)
    right.plot(spec["tolerances"], brackets, "o-", label=name)
left.set(xlabel="tolerance", ylabel="KL held out (nats)", xscale="log")
right.set(
    xlabel="tolerance", ylabel="brackets on the data (rms)", xscale="log", yscale="log"
)
left.legend()
FIGURES.mkdir(exist_ok=True)
figure.savefig(FIGURES / "multipliers.png", dpi=150)
keep("multipliers", spec, rows)
