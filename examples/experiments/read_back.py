"""Does the known Hamiltonian come back from what a network has learned?

Velocities at random phase points of the isotropic oscillator, of Kepler's problem and of
two Calogero particles; H is learned as a function of the invariants of the symmetry that
was declared, and its network is then read as a short formula.
"""

import time

import numpy as np
import torch
from results import FIGURES, keep, row, settings
from sympy import expand

import symflow as sf
from symflow.figures import colour, panels, styled
from symflow.hamiltonians import KnownHamiltonian
from symflow.training import fit
from symflow.trajectories import LearnedDynamics, hamiltonian_field, read_hamiltonian

PLANE, PAIR = sf.PhaseSpace("x y"), sf.PhaseSpace("x1 x2")
ROTATION = {"L": "x*p_y - y*p_x"}
SYSTEMS = {
    "isotropic oscillator": (PLANE, ROTATION, "(p_x**2 + p_y**2 + x**2 + y**2)/2"),
    "Kepler": (PLANE, ROTATION, "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2)"),
    "Calogero": (
        PAIR,
        {"P": "p_x1 + p_x2"},
        "(p_x1**2 + p_x2**2)/2 + 1/(x1 - x2)**2",
    ),
}


def phase_points(count, seed):
    """Points away from collisions, where a velocity has no bound, and on one side of them.

    Particles on a line never pass each other: on the other side the energy that velocities
    teach has a constant of its own.
    """
    random = np.random.default_rng(seed)
    z = random.normal(size=(8 * count, 4))
    far = (np.hypot(z[:, 0], z[:, 1]) > 0.6) & (z[:, 0] - z[:, 1] > 0.7)
    return torch.tensor(z[far][:count])


spec = settings("read_back")
rows, remarks = [], []
for name in spec["systems"]:
    space, generators, energy = SYSTEMS[name]
    exact = space.read(energy)
    known = KnownHamiltonian(sf.compile([exact], space.z))
    invariants = sf.invariants(sf.LieAlgebra(space, generators))
    errors, hits, losses, seconds = [], [], [], []
    for seed in spec["seeds"]:
        z = phase_points(spec["points"], seed)
        data = torch.cat([z, hamiltonian_field(known, z)], -1)
        model = LearnedDynamics(invariants, seed=seed, **spec["model"])
        start = time.perf_counter()
        history = fit(model, data, seed=seed, progress=False, **spec["training"])
        found = read_hamiltonian(model.hamiltonian, z, roots=name == "Kepler")
        seconds.append(time.perf_counter() - start)
        errors.append(found.error)
        losses.append(-history.best_bound)
        hits.append(expand(found.expression - exact) == 0)
        remarks.append(f"- {name}, seed {seed}: `{found.expression}`")
    rows.append(row(name, "H came back exactly, part of runs", hits, np.mean(seconds)))
    rows.append(row(name, "error of the formula on the network", errors))
    rows.append(row(name, "mean square error of the velocity", losses))


@styled
def draw(rows):
    """The errors of network and formula for each system, with each seed a dot."""
    figure, axes = panels(2, width=4.4, height=2.8)
    cases = list(dict.fromkeys(each["case"] for each in rows))
    quantities = [q for q in dict.fromkeys(r["quantity"] for r in rows) if "error" in q]
    for k, (ax, quantity) in enumerate(zip(axes, quantities, strict=True)):
        for each in rows:
            if each["quantity"] == quantity:
                place = [cases.index(each["case"])] * len(each["values"])
                ax.plot(each["values"], place, "o", color=colour(k), alpha=0.7)
        ax.set(xscale="log", xlabel=quantity, ylim=(len(cases) - 0.5, -0.5))
        low, high = np.log10(ax.get_xlim())
        ax.set_xlim(10 ** np.floor(low), 10 ** np.ceil(high))
        ax.set_yticks(range(len(cases)), cases)
    return figure


FIGURES.mkdir(exist_ok=True)
draw(rows).savefig(FIGURES / "read_back.png", dpi=150)
keep("read_back", spec, rows, remarks)
