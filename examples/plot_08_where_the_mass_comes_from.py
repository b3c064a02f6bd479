r"""
08. Where the mass comes from
=============================

**Question.** Is mass a number that we put in, or does the symmetry ask for it?

Boosts and translations commute as motions of space and time. Their generators do not:

.. math::
   :label: gallery-bargmann

   \{K, P\} = m, \qquad K = m x - t p \;\text{ at } t = 0 .

The constant is a new element of the algebra, its centre. Galilei's algebra becomes Bargmann's.
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x", parameters="m")
galilei = {"K": "m*x", "P": "p_x", "H": "p_x**2/(2*m)"}

# %%
# Three generators are declared. The bracket adds a fourth, the constant function:

bargmann = sf.LieAlgebra(space, galilei)
print(*bargmann.added, sep="\n")
print(bargmann.bracket_table())
assert bargmann.dimension == 4
assert bargmann.center.dimension == 1

# %%
# In three dimensions the catalogue has it by name, and it is recognised:

solid = sf.PhaseSpace("x y z", parameters="m")
full = sf.LieAlgebra(solid, sf.bargmann(solid, masses=solid.parameters[0]))
print(full.identify())
assert full.dimension == 11
assert "Bargmann" in full.identify().name

# %%
# What it means: boost, move, boost back, move back. The point returns to where it was, but
# the area that it went round in phase space is :math:`\{K, P\}` times both steps.

m, boost, step = 2.0, 0.7, 1.2
x = np.cumsum([0, 0, step, 0, -step])
p = np.cumsum([0, m * boost, 0, -m * boost, 0])
area = 0.5 * abs(np.sum(x[:-1] * p[1:] - x[1:] * p[:-1]))
assert (x[-1], p[-1]) == (x[0], p[0])
assert np.isclose(area, m * boost * step, rtol=1e-15)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.8), layout="constrained")
sf.draw_bracket_graph(bargmann, left)
left.set_title("the constant 1 is the centre")
right.fill(x, p, color="C0", alpha=0.15)
for k in range(4):
    ends = (x[k + 1], p[k + 1]), (x[k], p[k])
    right.annotate("", *ends, arrowprops={"arrowstyle": "->", "color": "C0"})
right.text(step / 2, m * boost / 2, r"$m\, v\, a$", ha="center", va="center")
right.set(xlabel="$x$: boost, move, and back", ylabel="$p_x$", ylim=(-0.3, 1.7))
plt.show()

# %%
# **Try next.** Give two particles the masses ``m1`` and ``m2``. What is the centre now?
