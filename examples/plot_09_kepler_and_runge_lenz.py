r"""
09. Kepler and the Runge-Lenz vector
====================================

**Question.** Why do the planets' ellipses not turn?

Because of a charge that no rotation accounts for. The vector

.. math::
   :label: gallery-runge-lenz

   A = p \times L - \frac{q}{|q|}, \qquad \{A_i, H\} = 0, \qquad
   H = \frac{p^2}{2} - \frac{1}{|q|},

points to the perihelion, and stays.
"""

import matplotlib.pyplot as plt
import torch

import symflow as sf
from symflow.drifts import draw_drifts
from symflow.motions import charge_drift, trajectory

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
L = "(x*p_y - y*p_x)"
A = {"Ax": f"p_y*{L} - x/sqrt(x**2 + y**2)", "Ay": f"-p_x*{L} - y/sqrt(x**2 + y**2)"}
kepler = "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2)"

# %%
# Conserved exactly, an identity of functions with roots:

for component in A.values():
    assert sf.poisson_bracket(component, kepler, space) == 0

# %%
# With :math:`L` they close with the energy as coefficient: on a level set of :math:`H < 0`
# they are a third rotation, and the symmetry is so(3) where one saw so(2).

bracket = sf.poisson_bracket(A["Ax"], A["Ay"], space)
assert sf.poisson_bracket(bracket, kepler, space) == 0
assert (bracket + 2 * space.read(kepler) * space.read(L)).expand().simplify() == 0

# %%
# Change the power a little, and :math:`A` is lost while :math:`L` is kept:

bent = "(p_x**2 + p_y**2)/2 - 1/(x**2 + y**2)**(9/16)"
start = torch.tensor([1.6, 0.0, 0.0, 0.5], dtype=torch.float64)
orbits = [trajectory(H, space, start, 330, 0.04) for H in (kepler, bent)]
drifts = {
    f"${name[0]}$, {word}": charge_drift(g, space, points)
    for name, g in (("A", A["Ay"]), ("L", L))
    for word, points in zip(("Kepler", "bent"), orbits, strict=True)
}
assert drifts["$A$, Kepler"].max() < 1e-6 < 0.1 < drifts["$A$, bent"].max()
assert drifts["$L$, bent"].max() < 1e-12

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.9), layout="constrained")
for points, word, style in zip(orbits, ("Kepler", "bent"), ("-", "--"), strict=True):
    left.plot(points[:, 0], points[:, 1], style, lw=1.1, label=word)
left.plot(0, 0, "o", color="0.2")
left.set(xlabel="$x$", ylabel="$y$", aspect="equal")
left.legend(loc="upper right")
draw_drifts(0.04 * torch.arange(331), drifts, right, of="A_y")
right.set_ylabel("drift of $A_y$ and $L$")
plt.show()

# %%
# **Try next.** Which direction is kept in the potential :math:`|q|^2/2`? See the next page.
