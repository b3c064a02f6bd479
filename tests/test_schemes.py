"""The numbers of schemes obey the laws that every consistent scheme obeys."""

from itertools import chain
from math import fsum

import numpy as np
import pytest

from symflow.schemes import (
    BLANES_MOAN,
    EULER,
    GAUSS,
    KAHAN_LI,
    LEAPFROG,
    YOSHIDA,
    Splitting,
)

EPSILON = np.finfo(float).eps
FAMILIES = {"Yoshida": YOSHIDA, "KahanLi": KAHAN_LI, "BlanesMoan": BLANES_MOAN}
SPLITTINGS = {"Euler": EULER, "leapfrog": LEAPFROG} | {
    f"{name} {order}": scheme
    for name, family in FAMILIES.items()
    for order, scheme in family.items()
}


@pytest.mark.parametrize("scheme", SPLITTINGS.values(), ids=SPLITTINGS.keys())
def test_kicks_and_drifts_last_one_step(scheme):
    assert fsum(scheme.kicks) == pytest.approx(1, abs=8 * EPSILON)
    assert fsum(scheme.drifts) == pytest.approx(1, abs=8 * EPSILON)
    assert len(scheme.kicks) - len(scheme.drifts) in (0, 1)


@pytest.mark.parametrize("name", [n for n in SPLITTINGS if n != "Euler"])
def test_all_but_euler_are_palindromes(name):
    scheme = SPLITTINGS[name]
    assert scheme.kicks == pytest.approx(scheme.kicks[::-1], abs=4 * EPSILON)
    assert scheme.drifts == pytest.approx(scheme.drifts[::-1], abs=4 * EPSILON)


@pytest.mark.parametrize("family", [YOSHIDA, KAHAN_LI], ids=["Yoshida", "KahanLi"])
def test_compositions_of_leapfrog_cancel_its_errors(family):
    """Of a symmetric composition of order 4 the cubes of the steps cancel, and so on."""
    for order, scheme in family.items():
        for power in range(3, order, 2):
            total = fsum(step**power for step in scheme.drifts)
            assert total == pytest.approx(0, abs=1e-14)
        assert abs(fsum(step ** (order + 1) for step in scheme.drifts)) > 1e-4


@pytest.mark.parametrize("order", GAUSS)
def test_gauss_methods_satisfy_the_simplifying_assumptions(order):
    """B(2s) and C(s), and the condition of symplecticity b_i a_ij + b_j a_ji = b_i b_j."""
    A, b = np.array(GAUSS[order].matrix), np.array(GAUSS[order].weights)
    c, s = A.sum(1), len(b)
    for k in range(1, 2 * s + 1):
        assert b @ c ** (k - 1) == pytest.approx(1 / k, abs=8 * EPSILON)
    for k in range(1, s + 1):
        np.testing.assert_allclose(A @ c ** (k - 1), c**k / k, atol=8 * EPSILON)
    defect = b[:, None] * A + (b[:, None] * A).T - np.outer(b, b)
    assert abs(defect).max() < 4 * EPSILON


def test_schemes_are_data():
    assert Splitting((0.5, 0.5), (1.0,)) == LEAPFROG
    every = chain.from_iterable(s.kicks + s.drifts for s in SPLITTINGS.values())
    assert all(isinstance(number, float) for number in every)
