r"""
03. Two rotations make three
============================

**Question.** Why are there three rotations in space, if I write down only two?

Because small turns do not commute. Go round a square of two of them,

.. math::
   :label: gallery-loop

   e^{-\epsilon X_{L_y}} e^{-\epsilon X_{L_x}} e^{\epsilon X_{L_y}} e^{\epsilon X_{L_x}}
   = e^{\pm\epsilon^2 X_{\{L_x, L_y\}}} + O(\epsilon^3),

and what is left is a turn by the third, of second order.
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y z")
so3 = sf.closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})

# %%
# The bracket finds the third rotation, and with it the algebra is simple and compact.

print(so3.bracket_table())
print(so3.identify())
assert so3.dimension == 3
assert so3.added[0].expression == space.read("x*p_y - y*p_x")


# %%
# The same with matrices: the square of turns :eq:`gallery-loop` about x and y.


def turn(axis, angle):
    c, s = np.cos(angle), np.sin(angle)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    M = np.eye(3)
    M[[i, i, j, j], [i, j, i, j]] = c, -s, s, c
    return M


def loop(e):
    return turn(1, -e) @ turn(0, -e) @ turn(1, e) @ turn(0, e)


# %%
# It is a turn about z to second order: taking that turn away leaves the third order.

eps = np.logspace(-2.5, -0.2, 12)
away = np.array([np.linalg.norm(loop(e) - np.eye(3)) for e in eps])
rest = np.array([np.linalg.norm(loop(e) - turn(2, -(e**2))) for e in eps])
slopes = [np.polyfit(np.log(eps[:6]), np.log(v[:6]), 1)[0] for v in (away, rest)]
assert np.allclose(slopes, [2, 3], atol=0.05)

# %%
fig, ax = plt.subplots(figsize=(5.2, 3.8), layout="constrained")
ax.loglog(eps, away, "o-", label=r"the loop, of order $\epsilon^2$")
ax.loglog(eps, rest, "s--", label=r"less a turn about $z$, of order $\epsilon^3$")
ax.set(xlabel=r"$\epsilon$", ylabel="distance from the identity")
ax.legend()
plt.show()

# %%
# **Try next.** Take the translations ``p_x`` and ``p_y`` instead. What is left of the loop?
