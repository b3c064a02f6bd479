"""How fast does each way to a symmetry learn, where data never end?

Two rings of positions and a spiral of phase points, both invariant under rotations and of
known density, so that the divergence of what was learned is known too.
"""

import time

import numpy as np
import torch
from results import FIGURES, keep, row, settings

import symflow as sf
from symflow.figures import panels
from symflow.symmetry_comparisons import Way, build_model
from symflow.targets import Rings, Spirals
from symflow.training import fit

TARGETS = {"rings": (Rings(), "latent"), "spirals": (Spirals(), "observed")}

spec = settings("infinite_data")
so2 = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
figure, axes = panels(len(spec["targets"]), width=4.0)
rows = []
for ax, name in zip(np.atleast_1d(axes), spec["targets"], strict=True):
    target, momenta = TARGETS[name]
    test = target.sample(4096, torch.Generator().manual_seed(7))
    entropy = -float(target.log_prob(test).mean())
    for way in map(Way, spec["ways"]):
        curves, seconds = [], []
        for seed in spec["seeds"]:
            model = build_model(way, so2, spec["model"] | {"momenta": momenta}, seed)
            start = time.perf_counter()
            history = fit(
                model, target.sample, seed=seed, progress=False, **spec["training"]
            )
            seconds.append(time.perf_counter() - start)
            curves.append(-entropy - history.held_out_bound)
        mean = np.mean(curves, axis=0)
        ax.plot(history.step, mean, label=way.value)
        best = np.min(curves, axis=1)
        rows.append(
            row(f"{name}, {way.value}", "KL bound, nats", best, np.mean(seconds))
        )
    ax.set(title=name, xlabel="step", ylabel="KL bound (nats)", yscale="log")
    ax.legend()
FIGURES.mkdir(exist_ok=True)
figure.savefig(FIGURES / "infinite_data.png", dpi=150)
keep("infinite_data", spec, rows)
