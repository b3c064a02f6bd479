r"""
11. sl(2,R) of conformal mechanics
==================================

**Question.** What is special about the potential :math:`1/x^2`?

It has no scale of its own. With the dilation and one more function it makes sl(2,R),

.. math::
   :label: gallery-conformal

   H = \frac{p^2}{2} + \frac{g}{2 x^2}, \qquad D = -\frac{x p}{2}, \qquad K = \frac{x^2}{2},

and then :math:`x^2` is a parabola in time, whatever the motion.
"""

import matplotlib.pyplot as plt
import torch

import symflow as sf
from symflow.motions import trajectory

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x", parameters="g")
functions = {"H": "p_x**2/2 + g/(2*x**2)", "D": "-x*p_x/2", "K": "x**2/2"}

# %%
# Three functions that close, one of them no polynomial:

sl2 = sf.LieAlgebra(space, functions)
print(sl2.bracket_table())
print(sl2.identify())
assert sl2.is_simple
assert sl2.identify().name == "sl(2,R)"

# %%
# The Casimir function is a number here, fixed by the coupling: :math:`HK - D^2 = g/4`.

H, D, K = sl2.generators.values()
assert (H * K - D**2 - space.parameters[0] / 4).expand().simplify() == 0

# %%
# :math:`\{K, H\}` is :math:`-2D`, and once more gives :math:`2H`, a constant of the motion. So
# :math:`x^2(t)` is of second degree in time, and its third differences vanish:

one = sf.PhaseSpace("x")
energy = "p_x**2/2 + 1/(2*x**2)"
starts = torch.tensor([[0.7, -1.5], [1.0, 0.0], [2.0, -0.8]], dtype=torch.float64)
points = trajectory(energy, one, starts, 150, 0.02)
square = points[..., 0] ** 2
assert torch.diff(square, n=3, dim=0).abs().max() < 1e-8

# %%
fig, ax = plt.subplots(figsize=(5.4, 3.8), layout="constrained")
t = 0.02 * torch.arange(151)
for k, style in enumerate(("-", "--", "-.")):
    x, p = starts[k].tolist()
    ax.plot(t, square[:, k], style, label=f"$x = {x}$, $p = {p}$")
ax.set(xlabel="$t$", ylabel="$x^2$")
ax.set_title("every motion in $1/x^2$ is a parabola of $x^2$")
ax.legend(title="at $t = 0$")
plt.show()

# %%
# **Try next.** Add ``x**2/2`` to :math:`H`. Is the algebra another one?
