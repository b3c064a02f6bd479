r"""
05. A Hamiltonian that cannot break its symmetry
================================================

**Question.** How do I choose :math:`H` so that it keeps a symmetry, whatever I learn?

Write it as a function of invariants. By the chain rule

.. math::
   :label: gallery-chain-rule

   \{g, f(I_1, \dots, I_m)\} = \sum_a \frac{\partial f}{\partial I_a} \{g, I_a\} = 0

for every smooth :math:`f`: a network of invariants cannot break the symmetry.
"""

import matplotlib.pyplot as plt
import torch

import symflow as sf
from symflow.drifts import draw_drifts
from symflow.motions import charge_drift, trajectory
from symflow.noether import what_if

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})

# %%
# Some function of the invariants :math:`|q|^2`, :math:`|p|^2` and :math:`q \cdot p`:

H = "(p_x**2 + p_y**2)/2 + (x**2 + y**2)**2/4 + (x*p_x + y*p_y)**2/8"
assert sf.broken_symmetries(H, so2)["L"].holds

# %%
# What if one coefficient were another?

dented = "(p_x**2 + p_y**2)/2 + (x**2 + 21*y**2/20)**2/4 + (x*p_x + y*p_y)**2/8"
changed = what_if(so2, {"H": dented}, H)
print(changed)
assert changed.holds

# %%
# Angular momentum along both motions, by the same integrator:

start = torch.tensor([1.0, 0.2, -0.3, 0.8], dtype=torch.float64)
drifts = {
    label: charge_drift("x*p_y - y*p_x", space, trajectory(h, space, start, 80, 0.1))
    for label, h in (("function of invariants", H), ("one coefficient changed", dented))
}
kept, lost = drifts.values()
assert kept.max() < 1e-13 < 1e-3 < lost.max()

# %%
fig, ax = plt.subplots(figsize=(5.4, 3.8), layout="constrained")
draw_drifts(0.1 * torch.arange(81), drifts, ax, of="L")
plt.show()

# %%
# **Try next.** Add ``x*p_y - y*p_x`` to :math:`H`. Does it break the symmetry?
