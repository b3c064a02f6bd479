r"""
04. Invariants of so(3), and their relation
===========================================

**Question.** What can a function depend on that no rotation changes?

On lengths and angles: three functions of six coordinates. The length of the angular momentum
is not a fourth, for

.. math::
   :label: gallery-lagrange

   |L|^2 = |q|^2 |p|^2 - (q \cdot p)^2 .
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y z")
L = {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"}
so3 = sf.LieAlgebra(space, L)

# %%
# Three are found, and a theorem says that every polynomial invariant is made of them.

inv = sf.invariants(so3)
print(*inv.generators, sep="\n")
print(inv.reason)
assert (inv.count, inv.generating) == (3, True)

# %%
# Their number is six coordinates less the three dimensions of an orbit.

assert inv.count == space.dimension - inv.orbit_rank.rank

# %%
# The relation :eq:`gallery-lagrange`, found from the functions alone:

squared = sum(g**2 for g in so3.generators.values())
functions = dict(zip("abc", inv.generators, strict=True)) | {"L2": squared}
(relation,) = sf.relations(space, functions, 2)
print(relation, "= 0")

# %%
# As :math:`|L|^2` is not negative, phase points fill one side of a parabola.

rng = np.random.default_rng(4)
q, p = rng.normal(size=(2, 4000, 3))
c, ab = (q * p).sum(1), (q**2).sum(1) * (p**2).sum(1)
at = np.linspace(-5, 5, 200)
assert np.all(ab >= c**2 * (1 - 1e-12))

# %%
fig, ax = plt.subplots(figsize=(5.2, 4), layout="constrained")
ax.scatter(c, ab, s=4, alpha=0.35, label="phase points")
ax.plot(at, at**2, "C1", label="$|L| = 0$: $q$ and $p$ are parallel")
ax.set(xlabel=r"$q \cdot p$", ylabel=r"$|q|^2\, |p|^2$", xlim=(-5, 5), ylim=(0, 25))
ax.legend()
plt.show()

# %%
# **Try next.** In the plane there are four invariants of rank three. Which is the fourth?
