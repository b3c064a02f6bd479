r"""
10. The oscillator and u(2)
===========================

**Question.** How much symmetry has an isotropic oscillator?

More than rotations. Three quadratic charges and the energy make u(2), and

.. math::
   :label: gallery-hopf

   S_1^2 + S_2^2 + S_3^2 = \frac{H^2}{4},

so the orbits of one energy are the points of a sphere: one ellipse for each point.
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
charges = {
    "H": "(p_x**2 + p_y**2 + x**2 + y**2)/2",
    "S1": "(p_x*p_y + x*y)/2",
    "S2": "(x*p_y - y*p_x)/2",
    "S3": "(p_x**2 + x**2 - p_y**2 - y**2)/4",
}
u2 = sf.LieAlgebra(space, charges)

# %%
# It closes, and the flow of :math:`H` is a circle, so the centre is u(1), not a line:

print(u2.bracket_table())
print(u2.identify())
assert u2.identify().name == "u(2) = su(2) ⊕ u(1)"

# %%
# One orbit has dimension three in a phase space of four: :math:`H` is the one invariant.

assert sf.invariants(u2).count == 1

# %%
# The sphere :eq:`gallery-hopf` is a relation of the four functions:

(sphere,) = sf.relations(space, charges, 2)
print(sphere, "= 0")

# %%
# Ellipses along a meridian, from a line through a circle and back to a line:


def ellipse(angle, t):
    a, b = np.cos(angle / 2), np.sin(angle / 2)
    q = np.stack([a * np.cos(t), b * np.sin(t)])
    p = np.stack([-a * np.sin(t), b * np.cos(t)])
    S2 = (q[0] * p[1] - q[1] * p[0]) / 2
    S3 = (p[0] ** 2 + q[0] ** 2 - p[1] ** 2 - q[1] ** 2) / 4
    assert np.allclose(S2**2 + S3**2, (1 / 4) ** 2, atol=1e-15)
    return q, S3[0]


# %%
fig, ax = plt.subplots(figsize=(8.6, 2.6), layout="constrained")
for k, angle in enumerate(np.linspace(0, np.pi, 7)):
    q, S3 = ellipse(angle, np.linspace(0, 2 * np.pi, 200))
    ax.plot(2.4 * k + q[0], q[1])
    ax.annotate(f"$S_3 = {S3:.2f}$", (2.4 * k, -1.35), ha="center", fontsize=9)
ax.set(aspect="equal", xticks=[], yticks=[], ylim=(-1.6, 1.2))
ax.spines[:].set_visible(False)
ax.set_title("one energy, $S_1 = 0$: from pole to pole of the sphere")
plt.show()

# %%
# **Try next.** Add the third axis. Which algebra do nine quadratic charges make?
