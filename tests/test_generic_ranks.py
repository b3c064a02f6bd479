"""Generic ranks: bounds from both sides, and nothing proved where they do not meet."""

import pytest
from sympy import sqrt

import symflow as sf
from symflow.generic_ranks import proved_rank, rank_below
from symflow.polynomials import PhasePolynomials

SPACE = sf.PhaseSpace("x y")
RING = PhasePolynomials(SPACE, [])
X, Y, P, Q = RING.variables


def gradients(*functions):
    return [RING.gradient(f) for f in functions]


def test_a_dense_matrix_below_its_bound_is_not_proved():
    """Powers of one dense function have rank one; the bound of four is not met."""
    f = (X + 2 * Y - P + 3 * Q + 1) ** 3
    rows = gradients(f, f**2)
    found = proved_rank(RING, rows, most=2)
    assert (found.rank, found.exact) == (1, False)
    assert proved_rank(RING, rows, most=1).exact


def test_a_sparse_matrix_is_proved_by_elimination():
    found = proved_rank(RING, gradients(X * P, X**2 * P**2), most=2)
    assert (found.rank, found.exact) == (1, True)


@pytest.mark.parametrize("number", range(1, 4))
def test_ranks_at_a_point_are_bounds_from_below(number):
    functions = [X, X * Y, X * Y * P][:number]
    assert rank_below(RING, gradients(*functions)) == number
    assert rank_below(RING, gradients(*functions, X**2 * Y)) <= number + 1
    assert rank_below(RING, []) == 0


def test_functions_that_are_no_polynomials_have_a_rank_modulo_a_prime():
    r = sqrt(SPACE.q[0] ** 2 + SPACE.q[1] ** 2)
    ring = PhasePolynomials(SPACE, [r])
    radius = ring.polynomial(r)
    rows = [ring.gradient(radius), ring.gradient(radius**2)]
    assert rank_below(ring, rows) == 1
