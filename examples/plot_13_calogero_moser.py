r"""
13. Calogero-Moser
==================

**Question.** When do particles that repel each other behave as if they passed through?

In the potential :math:`1/x^2`, for any number of particles. The traces of powers of

.. math::
   :label: gallery-lax

   \mathcal{L}_{jk} = p_j \, \delta_{jk} + \frac{i}{x_j - x_k} (1 - \delta_{jk})

commute with each other, and far apart they are sums of powers of the momenta.
"""

import matplotlib.pyplot as plt
import torch

import symflow as sf
from symflow.drifts import draw_drifts
from symflow.motions import charge_drift, trajectory

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x1 x2 x3", "p1 p2 p3")

# %%
# The first three traces of :eq:`gallery-lax` for three particles; the second is the energy.

pairs = ((1, 2), (1, 3), (2, 3))
H = "(p1**2 + p2**2 + p3**2)/2"
H += "".join(f" + 1/(x{j} - x{k})**2" for j, k in pairs)
P = "p1 + p2 + p3"
C = "(p1**3 + p2**3 + p3**3)/3"
C += "".join(f" + (p{j} + p{k})/(x{j} - x{k})**2" for j, k in pairs)

# %%
# They are in involution, exactly:

for f, g in ((P, H), (P, C), (H, C)):
    assert sf.poisson_bracket(f, g, space) == 0

# %%
# Three particles meet, and go apart again:

start = torch.tensor([-6, 0.3, 5, 1.2, 0.1, -0.9], dtype=torch.float64)
points = trajectory(H, space, start, 400, 0.05)
drifts = {name: charge_drift(g, space, points) for name, g in (("$H$", H), ("$C$", C))}
assert max(d.max() for d in drifts.values()) < 1e-8

# %%
# Each hands its momentum on: at the end there are the same three numbers as at the start.

before, after = points[0, 3:].sort().values, points[-1, 3:].sort().values
assert (before - after).abs().max() < 0.05

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.7), layout="constrained")
t = 0.05 * torch.arange(401)
for k, style in enumerate(("-", "--", "-.")):
    left.plot(t, points[:, k], style, label=f"$x_{k + 1}$")
left.set(xlabel="$t$", ylabel="position")
left.legend(loc="upper left")
draw_drifts(t, drifts, right, of="H")
right.set_ylabel("drift of $H$ and of the cubic charge")
plt.show()

# %%
# **Try next.** Replace the power 2 by 3. Which bracket is no longer zero?
