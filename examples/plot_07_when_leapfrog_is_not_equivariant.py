r"""
07. When leapfrog is not equivariant
====================================

**Question.** The Hamiltonian has the symmetry. Does a step of its integrator have it too?

Not by itself. Rotations of :math:`q` and :math:`p` alike pass through a leapfrog step; a
symmetry that mixes them does not, and the error

.. math::
   :label: gallery-equivariance

   \max_{z, \epsilon} \; |\Phi_h(e^{\epsilon X_g} z) - e^{\epsilon X_g} \Phi_h(z)|
   = O(h^2)

is of the order of the method. A composition of *exact* flows of invariants has none.
"""

import math

import matplotlib.pyplot as plt
import torch

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
H = "(p_x**2 + p_y**2 + x**2 + y**2)/2"
geometric = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
hidden = sf.LieAlgebra(space, {"S": "p_x*p_y + x*y"})

# %%
# Both are symmetries of the oscillator:

for algebra in (geometric, hidden):
    assert all(law.holds for law in sf.broken_symmetries(H, algebra).values())

# %%
# Leapfrog for a unit of time, and the exact flow:


def leapfrog(z, steps):
    q, p = z.chunk(2, -1)
    for _ in range(steps):
        p = p - q / (2 * steps)
        q, p = q + p / steps, p - (q + p / steps) / (2 * steps)
    return torch.cat([q, p], -1)


def exact(z):
    q, p = z.chunk(2, -1)
    c, s = math.cos(1), math.sin(1)
    return torch.cat([c * q + s * p, c * p - s * q], -1)


# %%
# The error of :eq:`gallery-equivariance` for more and more steps:

z = torch.randn(64, 4, dtype=torch.float64, generator=torch.manual_seed(0))
counts = [1, 2, 4, 8, 16, 32]
errors = {
    a: [sf.equivariance_error(lambda z, k=k: leapfrog(z, k), a, z) for k in counts]
    for a in (hidden, geometric)
}
floor = sf.equivariance_error(exact, hidden, z)
assert abs(math.log2(errors[hidden][-2] / errors[hidden][-1]) - 2) < 0.05
assert max(floor, *errors[geometric]) < 1e-14

# %%
fig, ax = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
ax.loglog(counts, errors[hidden], "o-", label="leapfrog, $S$ mixes $q$ and $p$")
ax.loglog(counts, errors[geometric], "s--", label="leapfrog, $L$ does not")
ax.axhline(floor, color="C2", ls="-.", label="exact flow, $S$")
ax.axhline(2.0**-52, color="0.6", lw=1, label="machine epsilon")
ax.set(xlabel="steps in a unit of time", ylabel="equivariance error", ylim=(3e-17, 10))
ax.legend(loc="center right")
plt.show()

# %%
# **Try next.** Is leapfrog equivariant under a dilation of :math:`q` and :math:`1/p`?
