r"""
15. Shells in three dimensions
==============================

**Question.** Does a symmetry of higher dimension cost more?

Not in the model: it has networks of three invariants, whatever the number of directions,

.. math::
   :label: gallery-so3-invariants

   H = f(|q|^2, |p|^2, q \cdot p), \qquad \{L_x, H\} = \{L_y, H\} = \{L_z, H\} = 0 .

The run that is loaded here was made in two minutes by

.. code-block:: text

   symflow train examples/specs/gallery_shells.toml --out runs/shells
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

import symflow as sf
from symflow.experiments import load_run

plt.style.use("symflow.symflow")
run = load_run("data/shells_run")
model, so3 = run.model, run.algebra
print(so3.identify(), *run.invariants.generators, sep="\n")

# %%
# Two rotations were declared, the third was found, and the map commutes with all:

z = model.sample_phase_space(256, torch.Generator().manual_seed(1))
assert so3.dimension == 3
assert sf.equivariance_error(model, so3, z) < 1e-4

# %%
# Samples of the model, and the data. No direction is preferred: the cosine of the angle to
# an axis is uniform on a sphere, and so are its mean and its square known.

data = np.loadtxt("data/shells.csv", delimiter=",", skiprows=1)
drawn = model.sample(4000, torch.Generator().manual_seed(2)).detach().numpy()
radius = np.linalg.norm(drawn, axis=1)
cosine, bins = drawn[:, 2] / radius, np.linspace(0, 3, 61)
assert abs(cosine.mean()) < 4 / np.sqrt(3 * len(cosine))
assert abs((cosine**2).mean() - 1 / 3) < 4 * np.sqrt(4 / 45 / len(cosine))

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6), layout="constrained")
style = {"density": True, "histtype": "step"}
left.hist(np.linalg.norm(data, axis=1), bins, label="data", **style)
left.hist(radius, bins, label="model", ls="--", **style)
left.set(xlabel="$|q|$", ylabel="density")
left.legend()
right.hist(cosine, 30, color="C1", ls="--", **style)
right.axhline(0.5, color="0.4", lw=1)
right.set(xlabel=r"$\cos\theta$; the line is uniform", ylim=(0, 0.8))
plt.show()

# %%
# **Try next.** Declare ``Lz`` alone. Which of the two pictures may change now?
