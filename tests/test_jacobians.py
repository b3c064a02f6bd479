"""Jacobians: ranks at a point are those of textbook maps and orbits."""

import pytest

from symflow.jacobians import gradient_rank, orbit_dimension
from symflow.separating_points import IntegerTerms
from symflow.terms import product
from tests.linear_actions import (
    binary_forms,
    dual,
    exceptional,
    kind,
    rotations,
    traceless,
)

# Actions and the dimensions of their generic orbits: stabilisers of generic points.
ORBITS = [
    ([kind(rotations(3), 3, 1)], 2),
    ([kind(rotations(3), 3, 2)], 3),
    ([kind(rotations(5), 5, 2)], 7),
    ([kind(exceptional(), 7, 1)], 6),
    ([kind(exceptional(), 7, 2)], 11),
    ([kind(binary_forms(4), 5, 1)], 3),
    ([kind(traceless(3), 3, 1), kind(dual(traceless(3)), 3, 1)], 5),
]


@pytest.mark.parametrize(("kinds", "dimension"), ORBITS)
def test_orbits(kinds, dimension):
    assert orbit_dimension(kinds) == dimension


def test_a_product_adds_nothing():
    f: IntegerTerms = {(2, 0, 0): 1, (0, 2, 0): 1}
    g: IntegerTerms = {(0, 1, 1): 3}
    assert gradient_rank([f, g], 3) == 2
    assert gradient_rank([f, g, product(f, g), product(g, g)], 3) == 2
    assert gradient_rank([f, g, {(1, 0, 0): 1}], 3) == 3
    assert gradient_rank([], 3) == 0
