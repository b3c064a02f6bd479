r"""
17. Data efficiency
===================

**Question.** How many samples is a symmetry worth?

A model of invariants has fewer directions to be wrong in. Least squares with :math:`d`
coefficients and noise :math:`\sigma` errs by

.. math::
   :label: gallery-efficiency

   E\,|f - \hat f|^2 \approx \sigma^2 \, \frac{d}{N} + \text{bias}^2 ,

and the symmetry divides :math:`d`.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("x y z")
so3 = sf.closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
(r2,) = sf.invariants(so3).of_q

# %%
# Polynomials of degree six in three coordinates, and those of them that are invariant:

x, y, z = space.q
general = [
    x**j * y**k * z**m for j in range(7) for k in range(7 - j) for m in range(7 - j - k)
]
symmetric = [r2**k for k in range(4)]
assert (len(general), len(symmetric)) == (84, 4)
print("directions to be wrong in:", len(general), "against", len(symmetric))


# %%
# The error of a fit to N noisy values of a round hill, at new points:


def error(functions, count, rng, noise=0.05):
    at = rng.uniform(-1, 1, (count + 300, 3))
    hill = np.exp(-(at**2).sum(1))
    F = sf.compile(functions, space.q).value(torch.tensor(at)).numpy()
    values = hill[:count] + noise * rng.normal(size=count)
    f = np.linalg.lstsq(F[:count], values, rcond=None)[0]
    return np.mean((F[count:] @ f - hill[count:]) ** 2)


# %%
# The median of repeated fits:

counts = [100, 150, 250, 400, 700, 1200]
rng = np.random.default_rng(0)
median = {
    name: np.array([np.median([error(f, N, rng) for _ in range(12)]) for N in counts])
    for name, f in (("polynomials", general), ("polynomials of $|q|^2$", symmetric))
}
free, bound = median.values()
assert np.all(free > 5 * bound)

# %%
fig, ax = plt.subplots(figsize=(5.4, 3.8), layout="constrained")
for (name, values), style in zip(median.items(), ("o-", "s--"), strict=True):
    ax.loglog(counts, values, style, label=name)
N = np.array(counts)
ax.loglog(N, 0.05**2 * 84 / N, color="0.6", lw=1, label=r"$\sigma^2 d / N$")
ax.loglog(N, 0.05**2 * 4 / N, color="0.6", lw=1)
ax.set(xlabel="samples $N$", ylabel="mean square error")
ax.legend(loc="center right", bbox_to_anchor=(1, 0.6))
plt.show()

# %%
# **Try next.** Make the hill oblong. From which N on is the symmetric model the worse one?
