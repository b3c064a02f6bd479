"""Three bodies that attract: a Hamiltonian from velocities, with momenta declared or not.

The equal masses begin at the corners of a triangle with speeds disturbed by a fifth, and
some pass each other closely. Few such points make most of the mean square error, here as in
the published one, so its median is given as well.
"""

from textwrap import fill

import numpy as np
import torch
from results import FIGURES, keep, over_seeds, rows_of, settings, sweep

import symflow as sf
from symflow.figures import panels, styled
from symflow.hamiltonians import KnownHamiltonian
from symflow.training import fit
from symflow.trajectories import LearnedDynamics, hamiltonian_field, runge_kutta_step

SPACE = sf.PhaseSpace("x1 y1 x2 y2 x3 y3")
KINETIC = "(p_x1**2 + p_y1**2 + p_x2**2 + p_y2**2 + p_x3**2 + p_y3**2)/2"
PAIRS = [f"1/sqrt((x{a} - x{b})**2 + (y{a} - y{b})**2)" for a, b in ("12", "13", "23")]
GENERATORS = {
    "Px": "p_x1 + p_x2 + p_x3",
    "Py": "p_y1 + p_y2 + p_y3",
    "L": " + ".join(f"x{a}*p_y{a} - y{a}*p_x{a}" for a in "123"),
}
DURATION, FINE = 5.0, 40
QUANTITIES = (
    "mean square error of the velocity",
    "median of its square over points",
    "mean square error of the energy",
    "largest change of total and angular momentum",
)

spec = settings("dynamics_bodies")
known = KnownHamiltonian(
    sf.compile([SPACE.read(" - ".join([KINETIC, *PAIRS]))], SPACE.z)
)
charges = sf.compile([SPACE.read(g) for g in GENERATORS.values()], SPACE.z)


def start(count, seed):
    """Three bodies near a circle of radius 0.9 to 1.2, with nearly the speed for it."""
    random = np.random.default_rng(seed)
    radius = random.uniform(0.9, 1.2, (count, 1, 1))
    angle = random.uniform(0, 2 * np.pi, (count, 1)) + 2 * np.pi / 3 * np.arange(3)
    q = radius * np.stack([np.cos(angle), np.sin(angle)], -1)
    p = np.stack([-np.sin(angle), np.cos(angle)], -1) / np.sqrt(3**0.5 * radius)
    p = p * (1 + 0.2 * random.uniform(-1, 1, p.shape))
    return torch.tensor(np.concatenate([q.reshape(count, 6), p.reshape(count, 6)], 1))


def motion(H, z, steps, duration):
    """The motion of phase points, by explicit steps."""
    path = [z]
    with torch.no_grad():
        for _ in range(steps):
            path.append(runge_kutta_step(H, path[-1], duration / steps))
    return torch.stack(path)


def orbits(count, seed):
    """Phase points along motions whose energy the integration keeps to a thousandth."""
    path = motion(known, start(count, seed), FINE * (spec["points"] - 1), DURATION)
    energy = known.value(path)
    kept = (energy - energy[0]).abs().amax(0) < 1e-3
    return path[::FINE, kept]


def learn(name, seed):
    """One learned Hamiltonian: its errors on other orbits, and a motion it predicts."""
    invariants = sf.invariants(
        sf.LieAlgebra(SPACE, {} if name == "none" else GENERATORS)
    )
    z, test = orbits(spec["orbits"], seed).flatten(0, 1), orbits(100, seed + 1000)
    data = torch.cat([z, hamiltonian_field(known, z)], -1)
    model = LearnedDynamics(invariants, seed=seed, dtype=torch.float32, **spec["model"])
    model.fit_scale(data.float())
    fit(model, data, seed=seed, progress=False, **spec["training"])
    H, flat = model.double().hamiltonian, test.flatten(0, 1)
    error = hamiltonian_field(known, flat) - hamiltonian_field(H, flat).detach()
    path = motion(H, test[0], 100, 1.0)
    energy, kept = known.value(path), charges.value(path)
    numbers = (
        error.square().mean(),
        error.square().mean(-1).median(),
        (energy - energy[0]).square().mean(),
        (kept - kept[0]).abs().max(),
    )
    return dict(zip(QUANTITIES, map(float, numbers), strict=True))


found = sweep("dynamics_bodies", spec, spec["symmetries"], learn)


@styled
def draw(found):
    """The errors of each learned Hamiltonian, with each seed a dot."""
    figure, axes = panels(2, width=4.6, height=2.6)
    for ax, part in zip(axes, (QUANTITIES[:2], QUANTITIES[2:]), strict=True):
        for marker, shift, name in zip("os", (-0.12, 0.12), found, strict=True):
            each = [over_seeds(found[name], quantity) for quantity in part]
            places = np.repeat(np.arange(len(part)) + shift, len(each[0]))
            ax.plot(np.concatenate(each), places, marker, alpha=0.7, label=name)
        ax.set(xscale="log", ylim=(len(part) - 0.5, -0.5))
        ax.set_yticks(range(len(part)), [fill(quantity, 22) for quantity in part])
    axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=1)
    return figure


remark = (
    "Published for three bodies: velocity .488, a plain network .380, energy 4.2e-2 "
    "(Greydanus et al. 2019, on 5,000 orbits of 20 points; their data, not these). Energy "
    "is followed here for a time of 1."
)
FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "dynamics_bodies.png", dpi=150)
keep("dynamics_bodies", spec, rows_of(found, QUANTITIES), [remark])
