r"""
19. The globular clusters
=========================

**Question.** Which symmetry do the star clusters round our Galaxy have?

If they had all rotations, the direction of their angular momentum would be uniform,

.. math::
   :label: gallery-clusters

   \cos i = \frac{L_z}{|L|} \sim \mathcal{U}(-1, 1) ,

and if the disc counts, only :math:`L_z` is special. The data decide.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y z")
L = {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"}
so3 = sf.LieAlgebra(space, L)
so2 = sf.LieAlgebra(space, {"Lz": L["Lz"]})

# %%
# 161 positions in kpc and velocities in km/s, and the momentum map of so(3):

columns = (1, 2, 3, 4, 5, 6)
data = np.loadtxt(
    "data/globular_clusters.csv", delimiter=",", skiprows=1, usecols=columns
)
generators = list(so3.generators.values())
momenta = sf.compile(generators, space.z).value(torch.tensor(data)).numpy()
cosine = momenta[:, 2] / np.linalg.norm(momenta, axis=1)

# %%
# :eq:`gallery-clusters` is no invariant of so(3), and one of so(2):

Lz, size = space.read(L["Lz"]), sum(g**2 for g in generators)
assert sf.poisson_bracket(Lz / size, L["Lx"], space) != 0
assert sf.poisson_bracket(Lz / size, L["Lz"], space) == 0

# %%
# The largest gap between the share of clusters below a value and the uniform one. Chance
# alone stays below 1.63 / sqrt(N) in ninety-nine cases of a hundred (Kolmogorov, Smirnov).

order = np.sort(cosine)
share = np.arange(1, len(order) + 1) / len(order)
gap = np.abs(share - (1 + order) / 2).max()
chance = 1.63 / np.sqrt(len(order))
print(f"gap {gap:.3f}, by chance at most {chance:.3f}")
assert gap > chance

# %%
# More clusters go round with the disc than against it: the symmetry is so(2).

fig, ax = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
ax.step(order, share, where="post", label="161 globular clusters")
ax.plot([-1, 1], [0, 1], "C1--", label="invariant under so(3)")
ax.fill_between(
    [-1, 1], [-chance, 1 - chance], [chance, 1 + chance], color="C1", alpha=0.12
)
ax.set(xlabel=r"$L_z / |L|$, with the Sun's turning to the left", ylabel="share below")
ax.set(xlim=(-1, 1), ylim=(0, 1))
ax.legend(loc="upper left")
plt.show()

# %%
# **Try next.** ``make clusters`` compares trained densities of so(3), so(2) and none.
