r"""
16. Soft against exact
======================

**Question.** Is it not enough to punish a model for breaking the symmetry?

A penalty buys symmetry by the decade,

.. math::
   :label: gallery-penalty

   \min_f \; E\,(f - y)^2 + \lambda \, E\,\{L, f\}^2
   \;\Rightarrow\; \{L, f\} = O(1/\lambda),

and never has it. A function of invariants has it for nothing.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
x, y = space.q
L = space.read("x*p_y - y*p_x")

# %%
# Polynomials of degree six, and their brackets with L; polynomials of the invariant.

monomials = [x**j * y**k for j in range(7) for k in range(7 - j)]
brackets = [sf.poisson_bracket(m, L, space) for m in monomials]
symmetric = [(x**2 + y**2) ** k for k in range(4)]
assert all(sf.poisson_bracket(f, L, space) == 0 for f in symmetric)

# %%
# Sixty noisy values of a round hill, and as many points to test at.

rng = np.random.default_rng(3)
points, tested = rng.uniform(-1, 1, (2, 60, 2))


def table(functions, at):
    return sf.compile(functions, space.q).value(torch.tensor(at)).numpy()


y_of = np.exp(-2 * (points**2).sum(1)) + 0.05 * rng.normal(size=60)
F, G = table(monomials, points), table(brackets, points)
F_test, G_test = table(monomials, tested), table(brackets, tested)

# %%
# Least squares with the penalty :eq:`gallery-penalty`, for stronger and stronger ones:

strengths = np.logspace(-3, 6, 19)
broken = []
for strength in strengths:
    rows = np.vstack([F, np.sqrt(strength) * G])
    f = np.linalg.lstsq(rows, np.append(y_of, np.zeros(60)), rcond=None)[0]
    broken.append(np.sqrt(np.mean((G_test @ f) ** 2)))
slope = np.polyfit(np.log(strengths[-9:]), np.log(broken[-9:]), 1)[0]
assert abs(slope + 1) < 0.1

# %%
fig, ax = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
ax.loglog(strengths, broken, "o-", label="penalty")
ax.axhline(2.0**-54, color="C1", ls="--", label="function of invariants: 0")
ax.axhline(2.0**-52, color="0.6", lw=1, label="machine epsilon")
ax.set(xlabel=r"strength $\lambda$ of the penalty", ylabel=r"rms of $\{L, f\}$")
ax.legend(loc="center left", bbox_to_anchor=(0, 0.4))
plt.show()

# %%
# **Try next.** Plot the error of :math:`f` itself as well. What does a strong penalty cost?
