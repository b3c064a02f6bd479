"""Quadratures are groups' averages: exact on polynomials, and not beyond their degree."""

import numpy as np
import pytest

import symflow as sf
from symflow.errors import ArgumentError, NonCompactError, UnsupportedError
from symflow.haar_quadratures import haar_quadrature
from tests.systems import HEISENBERG, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

PLANE = sf.PhaseSpace("x y")
SHIFTED = sf.LieAlgebra(PLANE, {"L": "(x - 1)*p_y - y*p_x"})
TORUS = sf.LieAlgebra(
    PLANE, {"A": "x**2 + p_x**2", "B": "y**2 + p_y**2 + x**2 + p_x**2"}
)


def so(dimension):
    space = sf.PhaseSpace(" ".join("abcde"[:dimension]))
    return sf.LieAlgebra(space, sf.rotations(space))


ALGEBRAS = {
    "so(2)": SO2.algebra,
    "so(2) about z": SO2_AXIS.algebra,
    "so(2) about a point": SHIFTED,
    "so(3)": SO3.algebra,
    "so(3), two particles": SO3_TWO.algebra,
    "u(2)": U2.algebra,
    "2:1 oscillator": RESONANT.algebra,
    "torus": TORUS,
}


def moments(quadrature, z, degree):
    """The averages of all monomials of a degree in the moved point."""
    moved = quadrature.matrices @ z + quadrature.shifts
    products = moved
    for _ in range(degree - 1):
        products = (products[:, :, None] * moved[:, None]).reshape(len(moved), -1)
    return quadrature.weights @ products


@pytest.mark.parametrize("algebra", ALGEBRAS.values(), ids=ALGEBRAS)
def test_averages_do_not_depend_on_the_degree_or_on_where_the_orbit_begins(algebra):
    """Up to degree three; elements of the group only change where it begins."""
    action = sf.LinearAction(algebra)
    z = np.random.default_rng(1).normal(size=2 * algebra.space.n)
    coarse, fine = haar_quadrature(action, 3), haar_quadrature(action, 4)
    for k in (0, len(coarse) // 3, len(coarse) - 1):
        start = coarse.matrices[k] @ z + coarse.shifts[k]
        for degree in (1, 2, 3):
            found = moments(coarse, start, degree)
            np.testing.assert_allclose(found, moments(fine, z, degree), atol=1e-11)


@pytest.mark.parametrize("algebra", ALGEBRAS.values(), ids=ALGEBRAS)
def test_elements_are_canonical_and_keep_every_invariant(algebra):
    found = haar_quadrature(sf.LinearAction(algebra), 2)
    n = algebra.space.n
    J = np.kron([[0, 1], [-1, 0]], np.eye(n))
    M = found.matrices
    np.testing.assert_allclose(
        M.swapaxes(1, 2) @ J @ M, np.tile(J, (len(M), 1, 1)), atol=1e-12
    )
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights > 0).all()
    z = np.random.default_rng(2).normal(size=2 * n)
    moved = M @ z + found.shifts
    names = [symbol.name for symbol in algebra.space.z]
    for f in sf.invariants(algebra).generators:
        values = [
            float(f.subs(dict(zip(algebra.space.z, point, strict=True))))
            for point in moved[:: max(1, len(M) // 3)]
        ]
        np.testing.assert_allclose(values, values[0], atol=1e-10, err_msg=str(names))


def test_beyond_its_degree_a_quadrature_is_wrong():
    """Three turns by a third see x^3 - 3 x y^2 as constant; its true average is 0."""
    action = sf.LinearAction(SO2.algebra)
    z = np.array([1.0, 0, 0, 0])
    x, y, *_ = haar_quadrature(action, 2).matrices[:, :, :].dot(z).T
    assert np.mean(x**3 - 3 * x * y**2) == pytest.approx(1)
    x, y, *_ = haar_quadrature(action, 3).matrices.dot(z).T
    assert np.mean(x**3 - 3 * x * y**2) == pytest.approx(0, abs=1e-14)


def test_the_average_over_rotations_is_the_one_over_the_sphere():
    """<x^2> = 1/3, <x^4> = 1/5, <x^2 y^2> = 1/15 for a unit vector."""
    found = haar_quadrature(sf.LinearAction(SO3.algebra), 4)
    z = np.array([0.6, 0.0, 0.8, 0, 0, 0])
    x, y, *_ = (found.matrices @ z).T
    averages = [found.weights @ f for f in (x**2, x**4, x**2 * y**2, x, x**3)]
    np.testing.assert_allclose(averages, [1 / 3, 1 / 5, 1 / 15, 0, 0], atol=1e-14)


def test_two_commuting_rotations_split_into_euler_angles_each():
    """so(4) is so(3) twice: 27 x 27 elements are exact in degree two."""
    found = haar_quadrature(sf.LinearAction(so(4)), 2)
    z = np.zeros(8)
    z[:4] = [0.5, 0.5, 0.5, 0.5]
    moved = found.matrices @ z
    second = np.einsum("m,mi,mj->ij", found.weights, moved[:, :4], moved[:, :4])
    np.testing.assert_allclose(second, np.eye(4) / 4, atol=1e-12)


@pytest.mark.parametrize("degree", [0, 1, 2])
def test_without_generators_there_is_the_identity_alone(degree):
    found = haar_quadrature(sf.LinearAction(sf.LieAlgebra(PLANE, {})), degree)
    assert len(found) == 1
    np.testing.assert_array_equal(found.matrices[0], np.eye(4))


def test_what_has_no_such_quadrature_is_refused():
    with pytest.raises(NonCompactError):
        haar_quadrature(sf.LinearAction(HEISENBERG.algebra))
    with pytest.raises(UnsupportedError, match="three dimensions"):
        haar_quadrature(sf.LinearAction(so(5)))
    dense = sf.LieAlgebra(PLANE, {"H": "x**2 + p_x**2 + sqrt(2)*(y**2 + p_y**2)"})
    with pytest.raises(UnsupportedError, match="orbits close"):
        haar_quadrature(sf.LinearAction(dense))
    with pytest.raises(ArgumentError, match="at least 0"):
        haar_quadrature(sf.LinearAction(SO2.algebra), -1)
    with pytest.raises(ArgumentError, match="so low"):
        haar_quadrature(sf.LinearAction(SO3.algebra), 100)
