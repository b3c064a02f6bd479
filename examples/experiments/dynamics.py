"""Two bodies that attract: a Hamiltonian from velocities, with momenta declared or not.

The equal masses move on near-circular orbits about their centre of mass, which is at rest.
Errors are of the velocity, mean square over coordinates as published, and of the energy
along a motion that the learned Hamiltonian predicts.
"""

import time

import numpy as np
import torch
from results import keep, row, settings

import symflow as sf
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


def orbits(count, points, seed):
    """Phase points along orbits of radius 1/2 to 3/2, disturbed by a tenth in speed."""
    random = np.random.default_rng(seed)
    radius, angle = random.uniform(0.5, 1.5, count), random.uniform(0, 2 * np.pi, count)
    speed = 0.5 / np.sqrt(radius) * (1 + 0.1 * random.normal(size=count))
    q = radius * np.stack([np.cos(angle), np.sin(angle)])
    p = speed * np.stack([-np.sin(angle), np.cos(angle)])
    z = torch.tensor(np.concatenate([q, -q, p, -p]).T)
    return roll_out(known, z, 4 * (points - 1), 0.05, order=6)[::4]


spec = settings("dynamics")
known = KnownHamiltonian(sf.compile([SPACE.read(ENERGY)], SPACE.z))
rows = []
for name in spec["symmetries"]:
    algebra = sf.LieAlgebra(SPACE, {} if name == "none" else GENERATORS)
    invariants = sf.invariants(algebra)
    losses, drifts, momenta, seconds = [], [], [], []
    for seed in spec["seeds"]:
        z = orbits(spec["orbits"], spec["points"], seed).flatten(0, 1)
        test = orbits(50, 50, seed + 1000)
        data = torch.cat([z, hamiltonian_field(known, z)], -1)
        model = LearnedDynamics(invariants, seed=seed, **spec["model"])
        start = time.perf_counter()
        fit(model, data, seed=seed, progress=False, **spec["training"])
        seconds.append(time.perf_counter() - start)
        flat = test.flatten(0, 1)
        error = hamiltonian_field(known, flat) - hamiltonian_field(
            model.hamiltonian, flat
        )
        losses.append(float(error.detach().square().mean()))
        path = roll_out(model.hamiltonian, test[0], 200, 0.05)
        energy = known.value(path)
        drifts.append(float((energy - energy[0]).square().mean()))
        total = path.unflatten(-1, (2, 2, 2))[..., 1, :, :].sum(-2)
        momenta.append(float((total - total[0]).abs().max()))
    rows.append(
        row(name, "mean square error of the velocity", losses, np.mean(seconds))
    )
    rows.append(row(name, "mean square error of the energy", drifts))
    rows.append(row(name, "largest change of the total momentum", momenta))
remark = (
    "Published for two bodies: velocity 2.8e-6 and energy 3.9e-5 (Greydanus et al. 2019, "
    "on 1,000 orbits of 50 points and 10,000 steps; their data, not these)."
)
keep("dynamics", spec, rows, [remark])
