"""Two bodies that attract: a Hamiltonian from velocities, with momenta declared or not.

The equal masses move on near-circular orbits about their centre of mass, which is at rest.
Errors are of the velocity, mean square over coordinates as published, and of the energy
along a motion that the learned Hamiltonian predicts.
"""

import numpy as np
import torch
from results import FIGURES, draw_bands, keep, over_seeds, rows_of, settings, sweep

import symflow as sf
from symflow.figures import panels, styled
from symflow.hamiltonians import KnownHamiltonian
from symflow.training import fit
from symflow.trajectories import LearnedDynamics, hamiltonian_field, roll_out

SPACE = sf.PhaseSpace("x1 y1 x2 y2")
ENERGY = (
    "(p_x1**2 + p_y1**2 + p_x2**2 + p_y2**2)/2 - 1/sqrt((x1 - x2)**2 + (y1 - y2)**2)"
)
GENERATORS = {
    "Px": "p_x1 + p_x2",
    "Py": "p_y1 + p_y2",
    "L": "x1*p_y1 - y1*p_x1 + x2*p_y2 - y2*p_x2",
}
STEP, STEPS = 0.05, 200
QUANTITIES = (
    "mean square error of the velocity",
    "mean square error of the energy",
    "largest change of the total momentum",
)

spec = settings("dynamics")
known = KnownHamiltonian(sf.compile([SPACE.read(ENERGY)], SPACE.z))


def orbits(count, points, seed):
    """Phase points along orbits of radius 1/2 to 3/2, disturbed by a tenth in speed."""
    random = np.random.default_rng(seed)
    radius, angle = random.uniform(0.5, 1.5, count), random.uniform(0, 2 * np.pi, count)
    speed = 0.5 / np.sqrt(radius) * (1 + 0.1 * random.normal(size=count))
    q = radius * np.stack([np.cos(angle), np.sin(angle)])
    p = speed * np.stack([-np.sin(angle), np.cos(angle)])
    z = torch.tensor(np.concatenate([q, -q, p, -p]).T)
    return roll_out(known, z, 4 * (points - 1), STEP, order=6)[::4]


def learn(name, seed):
    """One learned Hamiltonian: its errors on other orbits, and a motion it predicts."""
    invariants = sf.invariants(
        sf.LieAlgebra(SPACE, {} if name == "none" else GENERATORS)
    )
    z = orbits(spec["orbits"], spec["points"], seed).flatten(0, 1)
    test = orbits(50, 50, seed + 1000)
    data = torch.cat([z, hamiltonian_field(known, z)], -1)
    model = LearnedDynamics(invariants, seed=seed, **spec["model"])
    fit(model, data, seed=seed, progress=False, **spec["training"])
    H, flat = model.hamiltonian, test.flatten(0, 1)
    error = hamiltonian_field(known, flat) - hamiltonian_field(H, flat).detach()
    path = roll_out(H, test[0], STEPS, STEP)
    energy = known.value(path)
    total = path.unflatten(-1, (2, 2, 2))[..., 1, :, :].sum(-2)
    changes = ((energy - energy[0]).square().mean(-1), (total - total[0]).abs())
    numbers = (error.square().mean(), changes[0].mean(), changes[1].max())
    return dict(zip(QUANTITIES, map(float, numbers), strict=True)) | {
        "energy along the motion": changes[0].sqrt().tolist()
    }


found = sweep("dynamics", spec, spec["symmetries"], learn)


@styled
def draw(found):
    """The error of the energy along motions that each learned Hamiltonian predicts."""
    figure, (ax,) = panels(1, width=5.4, height=3.4)
    time = STEP * np.arange(1, STEPS + 1)
    curves = {
        name: np.array(over_seeds(results, "energy along the motion"))[:, 1:]
        for name, results in found.items()
    }
    draw_bands(ax, time, curves)
    ax.set(xlabel="time", ylabel="error of the energy (rms)")
    return figure


FIGURES.mkdir(exist_ok=True)
draw(found).savefig(FIGURES / "dynamics.png", dpi=150)
remark = (
    "Published for two bodies: velocity 2.8e-6 and energy 3.9e-5 (Greydanus et al. 2019, "
    "on 1,000 orbits of 50 points and 10,000 steps; their data, not these)."
)
keep("dynamics", spec, rows_of(found, QUANTITIES), [remark])
