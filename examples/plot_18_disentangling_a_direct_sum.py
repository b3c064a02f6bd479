r"""
18. Disentangling a direct sum
==============================

**Question.** Two symmetries act at once, in a basis that mixes them. Can they be told apart?

Yes: an algebra is a direct sum of ideals in one way only, up to its centre,

.. math::
   :label: gallery-direct-sum

   \mathfrak{g} = \mathfrak{g}_1 \oplus \mathfrak{g}_2, \qquad
   [\mathfrak{g}_1, \mathfrak{g}_2] = 0 .

Rotations of four dimensions are the example: two so(3) that know nothing of each other.
"""

import matplotlib.pyplot as plt

import symflow as sf

plt.style.use("symflow.symflow")
space = sf.PhaseSpace("w x y z")
so4 = sf.LieAlgebra(space, sf.rotations(space))
print(so4.bracket_table())

# %%
# Nothing in the table shows it; every rotation has a bracket with some other. Two ideals
# are found, each with three dimensions:

print(so4.identify())
left, right = so4.ideals
print(left, right, sep="\n")
assert (left.dimension, right.dimension) == (3, 3)

# %%
# They commute, as :eq:`gallery-direct-sum` asks, and each is an so(3):

assert so4.product(left, right).dimension == 0
for ideal in (left, right):
    assert so4.subalgebra(ideal).identify().name == "so(3)"
    assert so4.product(ideal, ideal).dimension == 3

# %%
# Each ideal has a Casimir function of its own:

print(so4.root_system)
assert so4.casimir_count == 2
assert not so4.is_simple

# %%
# The lattice of ideals is a diamond: nothing lies between a factor and the whole.

fig, ax = plt.subplots(figsize=(5.4, 4.2), layout="constrained")
sf.draw_ideal_lattice(so4, ax)
ax.set_title("ideals of so(4)")
plt.show()

# %%
# **Try next.** Take so(3,1) instead, ``sf.orthogonal(space, (3, 1))``. Why is it simple?
