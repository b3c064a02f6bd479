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
# The sphere as a map. Lines of one energy close round the first and third axes, where the
# turning is stable, and cross at the second, where the book tumbles.

lon, lat = np.meshgrid(np.linspace(-np.pi, np.pi, 361), np.linspace(-1.57, 1.57, 181))
l1, l2, l3 = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
H = l1**2 / 2 + l2**2 / 4 + l3**2 / 6

# %%
fig = plt.figure(figsize=(6.4, 3.8), layout="constrained")
ax = fig.add_subplot(projection="mollweide")
ax.contour(lon, lat, H, levels=np.linspace(1 / 6, 1 / 2, 15), colors="C0", linewidths=1)
ax.contour(lon, lat, H, levels=[1 / 4], colors="C1", linewidths=2)
for name, at in (("1", (0, 0)), ("2", (np.pi / 2, 0)), ("3", (0, np.pi / 2))):
    ax.annotate(
        f"$l_{name}$", at, xytext=(5, 8), textcoords="offset points", fontsize=13
    )
ax.set(xticklabels=[], yticklabels=[])
plt.show()

# %%
# **Try next.** Make two moments of inertia equal. Which new charge appears?
