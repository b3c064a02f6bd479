"""Densities with many modes: is there a basin of U(q) for each?

Ten blobs, two crescents and a box with a cross, learned by kicks U(q) and drifts K(p)
without any symmetry. The picture has samples of the target and of the model of the first
seed, and the sum of all potentials and of all kinetic energies of its chain.
"""

import numpy as np
import torch
from matplotlib.figure import Figure
from results import FIGURES, keep, over_seeds, row, settings, sweep

import symflow as sf
from symflow.experiments import divergences
from symflow.figures import styled
from symflow.planar_targets import Blobs, BoxWithCross, Crescents
from symflow.training import fit

TARGETS = {"blobs": Blobs(), "crescents": Crescents(), "box with cross": BoxWithCross()}
REACH = 5.0
WINDOWS = {"blobs": 5.0, "crescents": 3.0, "box with cross": 4.0}
BOUNDS = ("the ELBO", "its 16-sample bound")

spec = settings("multimodal")
so0 = sf.invariants(sf.LieAlgebra(sf.PhaseSpace("x y"), {}))


def energies(model, momenta):
    """The energies of the kicks, or of the drifts, over a square, weighed by their times."""
    axis = torch.linspace(-REACH, REACH, 61)
    x = torch.cartesian_prod(axis, axis)
    z = torch.cat([0 * x, x] if momenta else [x, 0 * x], -1)
    total = torch.zeros(len(z))
    for stage in model.stages:
        H = model.pieces[stage.weights].hamiltonian
        if (min(H.coordinates) >= 2) == momenta:
            total += stage.time * H.value(z).detach()
    return total.view(61, 61).T.tolist()


def learn(name, seed):
    """One model: its divergence, and for the first seed what the picture shows."""
    target = TARGETS[name]
    model = sf.HamiltonianFlow(so0, seed=seed, **spec["model"])
    fit(model, target.sample, seed=seed, progress=False, **spec["training"])
    bounds = divergences(model, target, samples=16)
    found = {key: bounds[f"KL by {key}"] for key in BOUNDS}
    if seed == spec["seeds"][0]:
        generator = torch.Generator().manual_seed(0)
        found |= {
            "samples": model.sample(1000, generator).tolist(),
            "U(q)": energies(model, False),
            "K(p)": energies(model, True),
        }
    return found


@styled
def draw(found):
    """A line of panels for each target: target, model, U(q), K(p)."""
    figure = Figure(figsize=(9.6, 2.6 * len(found)), layout="constrained")
    grid = figure.subplots(len(found), 4, squeeze=False)
    axis = np.linspace(-REACH, REACH, 61)
    for line, (name, results) in zip(grid, found.items(), strict=True):
        window = (-WINDOWS[name], WINDOWS[name])
        points = TARGETS[name].sample(1000, torch.Generator().manual_seed(0))
        both = (points.tolist(), results[0]["samples"])
        for ax, q, title in zip(line, both, (name, "model"), strict=False):
            ax.plot(*np.array(q).T, ".", markersize=2)
            ax.set(title=title, xlabel="$x$", ylabel="$y$", aspect="equal")
            ax.set(xlim=window, ylim=window)
        for ax, energy in zip(line[2:], ("U(q)", "K(p)"), strict=True):
            levels = ax.contourf(axis, axis, results[0][energy], 16)
            figure.colorbar(levels, ax=ax, shrink=0.8)
            ax.set(title=f"${energy}$", aspect="equal")
        line[2].set(xlabel="$x$", ylabel="$y$", xlim=window, ylim=window)
        line[3].set(xlabel="$p_x$", ylabel="$p_y$")
    return figure


found = sweep("multimodal", spec, spec["targets"], learn)
rows = []
for name, results in found.items():
    seconds = np.mean(over_seeds(results, "seconds"))
    for key in BOUNDS:
        values = over_seeds(results, key)
        rows.append(row(name, f"KL by {key}, nats", values, seconds))
        seconds = None
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "multimodal.png", dpi=150)
keep("multimodal", spec, rows)
