r"""
12. The rigid body
==================

**Question.** Why does a thrown book tumble about one of its axes only?

The body's angular momentum has a bracket of its own, with the length as a Casimir:

.. math::
   :label: gallery-lie-poisson

   \{l_i, l_j\} = \sum_k \epsilon_{ijk} \, l_k, \qquad \{l^2, f\} = 0 \;\text{ for all } f .

So it moves on a sphere, along the lines on which the energy is constant.
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf

plt.style.use("symflow.symflow")
brackets = {("l1", "l2"): "l3", ("l2", "l3"): "l1", ("l3", "l1"): "l2"}
body = sf.PoissonSpace("l1 l2 l3", brackets, parameters="I1 I2 I3")

# %%
# Three coordinates, a bracket of rank two: one function commutes with everything.

casimir, energy = "l1**2 + l2**2 + l3**2", "l1**2/(2*I1) + l2**2/(2*I2) + l3**2/(2*I3)"
assert (body.dimension, body.rank) == (3, 2)
assert all(sf.poisson_bracket(casimir, z, body) == 0 for z in body.z)

# %%
# Euler's equations, :math:`\dot l = \{l, H\}`:

for z in body.z:
    print(f"d{z}/dt =", sf.poisson_bracket(z, energy, body))

# %%
# The heavy top needs gravity's direction in the body too; then there are two Casimirs.

axes = "l1 l2 l3 g1 g2 g3"
top = dict(brackets)
for i, j, k in ((1, 2, 3), (2, 3, 1), (3, 1, 2)):
    top |= {(f"l{i}", f"g{j}"): f"g{k}", (f"l{j}", f"g{i}"): f"-g{k}"}
heavy = sf.PoissonSpace(axes, top)
for g in ("g1**2 + g2**2 + g3**2", "l1*g1 + l2*g2 + l3*g3"):
    assert all(sf.poisson_bracket(g, z, heavy) == 0 for z in heavy.z)

# %%
# The sphere seen from the side where all three :math:`l_i` are positive.

to_us = np.array([1.0, 1.3, 0.75]) / np.linalg.norm([1.0, 1.3, 0.75])
right = np.cross([0, 0, 1], to_us) / np.linalg.norm(np.cross([0, 0, 1], to_us))
view = np.stack([right, np.cross(to_us, right), to_us])
u, v = np.meshgrid(np.linspace(-1, 1, 401), np.linspace(-1, 1, 401))
w = np.sqrt(np.maximum(1 - u**2 - v**2, 0))
l1, l2, l3 = np.einsum("kij,kl->lij", np.stack([u, v, w]), view)
H, levels = l1**2 / 2 + l2**2 / 4 + l3**2 / 6, np.linspace(1 / 6, 1 / 2, 17)

# %%
# Lines of one energy close round the first and third axes, where the turning is stable, and
# cross at the second, where the book tumbles.

fig, ax = plt.subplots(figsize=(4.4, 4.4), layout="constrained")
edge = ax.add_patch(plt.Circle((0, 0), 1, fill=False, color="0.3"))
for lines, colour, width in ((levels, "C0", 1), ([1 / 4], "C1", 3)):
    ax.contour(u, v, H, lines, colors=colour, linewidths=width).set_clip_path(edge)
for k, at in enumerate(view[:2].T, 1):
    ax.plot(*at, "o", color="0.15", markersize=5)
    ax.annotate(f"$l_{k}$", at, xytext=(6, 6), textcoords="offset points", fontsize=15)
ax.set(aspect="equal", xlim=(-1.02, 1.02), ylim=(-1.02, 1.02))
ax.axis("off")
plt.show()

# %%
# **Try next.** Make two moments of inertia equal. Which new charge appears?
