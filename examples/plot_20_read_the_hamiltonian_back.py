r"""
20. Read the learned Hamiltonian back
=====================================

**Question.** Can a law be read from motion that was seen?

If the symmetry is known, yes, from little. The velocity is linear in the coefficients,

.. math::
   :label: gallery-readout

   \dot z = J \nabla H = \sum_a c_a \, J \nabla I_a(z), \qquad \{g, I_a\} = 0 ,

and only invariants are candidates.
"""

from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import torch

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y")
so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
truth = space.read("(p_x**2 + p_y**2)/2 + (x**2 + y**2)/2 + 3*(x**2 + y**2)**2/4")
assert sf.poisson_bracket(truth, so2.generators["L"], space) == 0

# %%
# Candidates: the invariants of the plane and their products.

inv = sf.invariants(so2).generators
candidates = [*inv, *(f * g for k, f in enumerate(inv) for g in inv[k:])]
relation = sf.relations(space, list(inv), 2)
print(len(candidates), "candidates, with the relation", *relation)
candidates.remove(inv[3] ** 2)  # the relation makes it a combination of the others

# %%
# Forty phase points with velocities that are a little wrong:

rng = np.random.default_rng(1)
z = torch.tensor(rng.uniform(-1, 1, (40, 4)))
field = sf.compile(sf.hamiltonian_vector_field(truth, space), space.z)
seen = field.value(z).numpy() + 1e-3 * rng.normal(size=(40, 4))

# %%
# Least squares of :eq:`gallery-readout`, and the nearest simple fractions:

flows = [sf.hamiltonian_vector_field(f, space) for f in candidates]
columns = [sf.compile(list(f), space.z).value(z).numpy().ravel() for f in flows]
c = np.linalg.lstsq(np.stack(columns, 1), seen.ravel(), rcond=None)[0]
simple = [Fraction(float(value)).limit_denominator(8) for value in c]
read = sum(
    f.numerator * g / f.denominator for f, g in zip(simple, candidates, strict=True)
)
print("H =", read)
assert (read - truth).expand() == 0

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
floor = np.maximum(np.abs(c), 1e-5)
ax.bar(range(len(c)), floor, color=["C1" if f else "0.75" for f in simple])
ax.axhline(1 / 16, color="0.4", ls="--", lw=1, label="rounds to zero below")
names = ["q^2", "p^2", "qp", "L"]
names += [f"{a}\\cdot {b}" for k, a in enumerate(names) for b in names[k:]][:-1]
ax.set_xticks(range(len(c)), [f"${name}$" for name in names], rotation=60)
ax.set(yscale="log", ylim=(1e-5, 3), xlabel="candidate", ylabel="size of coefficient")
ax.legend()
plt.show()

# %%
# **Try next.** Use all polynomials of degree four as candidates. How many points do you need?
