r"""
02. so(2) closes
================

**Question.** When do functions form a symmetry algebra?

When the bracket of any two of them is a combination of all,

.. math::
   :label: gallery-closure

   \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k + w_{ij} .
"""

import matplotlib.pyplot as plt

import symflow as sf
from symflow.errors import NotClosedError

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")

# %%
# One function always closes: :math:`\{L, L\} = 0`. On the plane it is a circle of rotations.

so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
assert str(so2.identify()) == "so(2)"

# %%
# Add one translation, and a bracket leaves the span. The error says which, and by what:

try:
    sf.LieAlgebra(space, {"L": "x*p_y - y*p_x", "Px": "p_x"})
except NotClosedError as error:
    print(error)

# %%
# The closure adds what is missing, and tells from which bracket. Equation
# :eq:`gallery-closure` holds now for all pairs:

plane = sf.closure(space, {"L": "x*p_y - y*p_x", "Px": "p_x"})
print(*plane.added, sep="\n")
print(plane.bracket_table())

# %%
# Turning and moving: the Euclidean algebra of the plane.

assert plane.dimension == 3
assert plane.is_solvable
assert plane.identify().name.startswith("e(2)")

# %%
# An arrow leads from a generator to what it makes with the partner written on it.

fig, ax = plt.subplots(figsize=(5.2, 4.4), layout="constrained")
sf.draw_bracket_graph(plane, ax)
ax.set_title("who generates whom in e(2)")
plt.show()

# %%
# **Try next.** Add the dilation ``x*p_x + y*p_y`` as well. How large is the closure?
