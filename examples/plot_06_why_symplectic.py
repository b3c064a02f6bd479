r"""
06. Why symplectic
==================

**Question.** Does it matter how I step through time?

Euler's step gains energy without end. Leapfrog is symplectic and only swings about the right
value. A step that is itself an exact flow,

.. math::
   :label: gallery-exact-step

   z(t) = \exp(t A)\, z, \qquad A = J \nabla\nabla I, \qquad A^3 = c A,

keeps it to round-off.
"""

import matplotlib.pyplot as plt
import numpy as np

import symflow as sf
from symflow.drifts import draw_drifts

plt.style.use("symflow.symflow")
line = sf.LieAlgebra(sf.PhaseSpace("x"), {"H": "(x**2 + p_x**2)/2"})

# %%
# The oscillator is its own symmetry, and its piece has a flow in closed form:

(piece,) = sf.split(sf.invariants(line))
A, c = np.array(piece.matrices[0], float), float(piece.cubes[0])
w, h = np.sqrt(-c), 0.1
exact = np.eye(2) + np.sin(w * h) / w * A + (1 - np.cos(w * h)) / w**2 * A @ A
turned = [[np.cos(w * h), np.sin(w * h)], [-np.sin(w * h), np.cos(w * h)]]
assert np.allclose(exact, turned, atol=1e-15)

# %%
# Each step as a matrix. Euler's stretches areas; the other two do not.

euler = np.array([[1, h], [-h, 1]])
kick = np.array([[1, 0], [-h / 2, 1]])
leapfrog = kick @ np.array([[1, h], [0, 1]]) @ kick
areas = [np.linalg.det(step) for step in (euler, leapfrog, exact)]
assert np.allclose(areas, [1 + h**2, 1, 1], rtol=0, atol=1e-15)

# %%
# The energy after many steps:


def drift(step, count=400):
    z = np.array([1.0, 0.0])
    points = [z] + [z := step @ z for _ in range(count)]
    return np.abs(np.square(points).sum(1) - 1) / 2


# %%
steps = {"Euler": euler, "leapfrog": leapfrog, "exact flow": exact}
drifts = {name: drift(step) for name, step in steps.items()}
assert drifts["exact flow"].max() < 1e-13
assert drifts["leapfrog"].max() < 2e-3 < 1 < drifts["Euler"].max()
fig, ax = plt.subplots(figsize=(5.6, 3.9), layout="constrained")
draw_drifts(h * np.arange(401), drifts, ax, of="H")
plt.show()

# %%
# **Try next.** Halve the step. Which of the three lines moves, and by how much?
