"""Densities with many modes: is there a basin of U(q) for each?

Ten blobs, two crescents and a box with a cross, learned by kicks U(q) and drifts K(p)
without any symmetry. The picture has samples of the target and of the model, and the sum
of all potentials and of all kinetic energies of the chain.
"""

import time

import numpy as np
import torch
from matplotlib.figure import Figure
from results import FIGURES, keep, row, settings

import symflow as sf
from symflow.experiments import divergences
from symflow.planar_targets import Blobs, BoxWithCross, Crescents
from symflow.training import fit

TARGETS = {"blobs": Blobs(), "crescents": Crescents(), "box with cross": BoxWithCross()}


def energies(model, reach, momenta):
    """The energies of the kicks, or of the drifts, over a square, weighed by their times."""
    axis = torch.linspace(-reach, reach, 81)
    x = torch.cartesian_prod(axis, axis)
    z = torch.cat([0 * x, x] if momenta else [x, 0 * x], -1)
    total = torch.zeros(len(z))
    for stage in model.stages:
        H = model.pieces[stage.weights].hamiltonian
        if (min(H.coordinates) >= 2) == momenta:
            total += stage.time * H.value(z).detach()
    return axis, total.view(81, 81).T


spec = settings("multimodal")
so0 = sf.invariants(sf.LieAlgebra(sf.PhaseSpace("x y"), {}))
figure = Figure(figsize=(9.6, 2.5 * len(spec["targets"])), layout="constrained")
grid = figure.subplots(len(spec["targets"]), 4, squeeze=False)
rows = []
for line, name in zip(grid, spec["targets"], strict=True):
    target = TARGETS[name]
    elbo, tight, seconds = [], [], []
    for seed in spec["seeds"]:
        model = sf.HamiltonianFlow(so0, seed=seed, **spec["model"])
        start = time.perf_counter()
        fit(model, target.sample, seed=seed, progress=False, **spec["training"])
        seconds.append(time.perf_counter() - start)
        found = divergences(model, target)
        elbo.append(found["KL by the ELBO"])
        tight.append(found["KL by its 64-sample bound"])
    rows.append(row(name, "KL by the ELBO, nats", elbo, np.mean(seconds)))
    rows.append(row(name, "KL by its 64-sample bound, nats", tight))
    generator = torch.Generator().manual_seed(0)
    for ax, q in zip(
        line, (target.sample(1000, generator), model.sample(1000)), strict=False
    ):
        ax.plot(*q.T, ".", markersize=2)
        ax.set(xlim=(-5, 5), ylim=(-5, 5), aspect="equal")
    for ax, momenta in zip(line[2:], (False, True), strict=True):
        axis, H = energies(model, 5, momenta)
        ax.contourf(axis, axis, H, 16)
        ax.set(aspect="equal", title="K(p)" if momenta else "U(q)")
    line[0].set(title=name)
    line[1].set(title="model")
FIGURES.mkdir(exist_ok=True)
figure.savefig(FIGURES / "multimodal.png", dpi=150)
keep("multimodal", spec, rows)
