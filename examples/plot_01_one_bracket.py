r"""
01. One bracket
===============

**Question.** What does a Poisson bracket do?

It moves points. The function :math:`L` gives every coordinate a velocity,

.. math::
   :label: gallery-one-bracket

   \frac{dz}{d\epsilon} = \{z, L\}, \qquad
   \{f, g\} = \sum_i \frac{\partial f}{\partial q_i} \frac{\partial g}{\partial p_i}
            - \frac{\partial f}{\partial p_i} \frac{\partial g}{\partial q_i} .
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf
from symflow.explanations import explain
from symflow.formal_expressions import PoissonBracket

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
x, y = space.q
L = space.read("x*p_y - y*p_x")

# %%
# The bracket of :math:`x` with the angular momentum, with every rule by itself:

print(explain(PoissonBracket(x, L, space), "every step"))

# %%
# So :math:`(x, y)` moves with the velocity :math:`(-y, x)`: it turns. The same is read from
# the whole field, and what turns keeps its distance from the origin:

assert sf.hamiltonian_vector_field(L, space)[:2] == (-y, x)
assert sf.poisson_bracket(x**2 + y**2, L, space) == 0

# %%
# Arrows are :eq:`gallery-one-bracket`; circles are where they lead.

at = np.linspace(-2, 2, 11)
X, Y = np.meshgrid(at, at)
angle = np.linspace(0, 2 * np.pi, 200)
fig, ax = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
ax.quiver(X, Y, -Y, X, color="0.35", width=0.004, scale=32)
for radius in (0.7, 1.3, 1.9):
    ax.plot(radius * np.cos(angle), radius * np.sin(angle))
ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
ax.set_title(r"$\{q, L\}$ turns the plane")
plt.show()

# %%
# **Try next.** Replace :math:`L` by ``x*p_x + y*p_y``. What do the arrows do now, and which
# function of :math:`x` and :math:`y` stays?
