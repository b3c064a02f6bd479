"""The volume over the invariants is the one that integrates Gaussians to one."""

import pytest
from sympy import Rational, Symbol, exp, gamma, integrate, oo, pi, simplify, sqrt

import symflow as sf
from symflow.errors import UnsupportedError
from symflow.fibre_volumes import FibreVolume, fibre_volume


def rotations(particles, dimension):
    names = [f"q{a}{i}" for a in range(particles) for i in range(dimension)]
    space = sf.PhaseSpace(" ".join(names))
    return sf.LieAlgebra(space, sf.rotations(space, dimension=dimension))


def test_one_vector_has_the_area_of_a_sphere():
    """dz = S_{d-1} r^(d-1) dr with r^2 = G, so V = S_{d-1} G^(d/2 - 1) / 2."""
    for d in (1, 2, 3, 7):
        found = FibreVolume(1, d)
        sphere = 2 * pi ** Rational(d, 2) / gamma(Rational(d, 2))
        G = found.products[0, 0]
        assert simplify(found.expression - sphere * G ** Rational(d - 2, 2) / 2) == 0


def test_one_particle_in_space_has_a_constant_volume():
    found = fibre_volume(rotations(1, 3))
    assert found.expression == 2 * pi**2
    assert found.constant == pytest.approx(19.739208802178716)


@pytest.mark.parametrize("dimension", [2, 3, 4])
def test_a_gaussian_of_two_vectors_integrates_to_one(dimension):
    """Over a, b > 0 and |c| < sqrt(a b), exactly: c by a beta integral, then a and b."""
    found = FibreVolume(2, dimension)
    a, b, t = (Symbol(name, positive=True) for name in "abt")
    G = found.products
    c = sqrt(a * b) * t
    volume = found.expression.subs({G[0, 0]: a, G[1, 1]: b, G[0, 1]: c})
    power = Rational(dimension - 3, 2)
    beta = sqrt(pi) * gamma(power + 1) / gamma(power + Rational(3, 2))
    rest = simplify(volume / (1 - t**2) ** power) * sqrt(a * b)
    rest = simplify(rest.subs(t, 0))
    density = rest * beta * exp(-(a + b) / 2) / (2 * pi) ** dimension
    total = integrate(integrate(density, (a, 0, oo)), (b, 0, oo))
    assert simplify(total) == 1


def test_two_particles_in_four_dimensions_have_four_vectors():
    found = fibre_volume(rotations(2, 4))
    assert (found.vectors, found.dimension) == (4, 4)
    assert found.expression.has(found.products.det())


def test_what_is_no_algebra_of_all_rotations_is_refused():
    with pytest.raises(UnsupportedError, match="at most 3 vectors"):
        fibre_volume(rotations(2, 3))
    space = sf.PhaseSpace("x y z")
    axis = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
    with pytest.raises(UnsupportedError, match="alike"):
        fibre_volume(axis)
    plane = sf.PhaseSpace("x y")
    for g in ("x*p_y - 2*y*p_x", "(x - 1)*p_y - y*p_x", "x*p_x + y*p_y"):
        with pytest.raises(UnsupportedError, match="alike"):
            fibre_volume(sf.LieAlgebra(plane, {"g": g}))
    with pytest.raises(UnsupportedError, match="no generator"):
        fibre_volume(sf.LieAlgebra(plane, {}))
