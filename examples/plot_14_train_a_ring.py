r"""
14. Train a ring
================

**Question.** What does a density look like that cannot but be round?

A base that no rotation changes is carried by a map that commutes with all of them, so that

.. math::
   :label: gallery-density

   \log p(z) = \log \pi(\Phi^{-1}(z)), \qquad \{L, \log p\} = 0

for any weights. The run that is loaded here was made in a minute by

.. code-block:: text

   symflow train examples/specs/gallery_ring.toml --out runs/ring
"""

import matplotlib.pyplot as plt
import torch

import symflow as sf
from symflow.experiments import load_run
from symflow.plotting import density, position_log_prob, radial_profile

plt.style.use("symflow.symflow")
run = load_run("data/ring_run")
model, so2 = run.model, run.algebra
print(model.equivariance)

# %%
# The map and the density, turned and not turned, differ by round-off:

z = model.sample_phase_space(256, torch.Generator().manual_seed(1))
errors = {
    "map": sf.equivariance_error(model, so2, z),
    "density": sf.invariance_error(model.joint_log_prob, so2, z),
}
print(errors)
assert max(errors.values()) < 1e-4  # float32 has six digits, a chain uses up two

# %%
# It would be so without any training: these are weights drawn at random.

untrained = sf.HamiltonianFlow(run.invariants, blocks=6, width=16, seed=5)
assert sf.equivariance_error(untrained, so2, z) < 1e-4

# %%
# What was learned is the radius. The width of a line is its change with direction.

target, learned = sf.Rings(), position_log_prob(model)
fig, axes = plt.subplots(1, 3, figsize=(11, 3.5), layout="constrained")
top = 0.32
density(target.log_prob, axes[0], maximum=top, names=("x", "y"), title="target")
density(learned, axes[1], maximum=top, names=("x", "y"), title="learned, with so(2)")
radial_profile({"target": target.log_prob, "learned": learned}, axes[2])
plt.show()

# %%
# **Try next.** Leave the generators out of the spec, and train again. Is the ring still round?
