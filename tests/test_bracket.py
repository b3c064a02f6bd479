"""The laws of the Poisson bracket, on random polynomials, as exact equalities."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, cos, expand, sin, sqrt

import symflow as sf

SPACE = sf.PhaseSpace("x y", "a b", parameters="m")
VARIABLES = (*SPACE.z, *SPACE.parameters)


@st.composite
def polynomials(draw):
    total = Integer(0)
    for _ in range(draw(st.integers(0, 4))):
        term = Rational(draw(st.integers(-6, 6)), draw(st.integers(1, 4)))
        for variable in VARIABLES:
            term *= variable ** draw(st.integers(0, 2))
        total += term
    return total


def bracket(f, g):
    return sf.poisson_bracket(f, g, SPACE)


def test_canonical_pairs():
    for i, q in enumerate(SPACE.q):
        for j, p in enumerate(SPACE.p):
            assert bracket(q, p) == (1 if i == j else 0)
        assert all(bracket(q, other) == 0 for other in SPACE.q)


@settings(deadline=None, max_examples=40)
@given(polynomials(), polynomials())
def test_antisymmetry(f, g):
    assert bracket(f, g) == expand(-bracket(g, f))


@settings(deadline=None, max_examples=40)
@given(polynomials(), polynomials(), polynomials())
def test_leibniz(f, g, h):
    assert bracket(f, g * h) == expand(bracket(f, g) * h + g * bracket(f, h))


@settings(deadline=None, max_examples=40)
@given(polynomials(), polynomials(), polynomials())
def test_jacobi(f, g, h):
    cyclic = bracket(f, bracket(g, h)) + bracket(g, bracket(h, f))
    assert expand(cyclic + bracket(h, bracket(f, g))) == 0


@settings(deadline=None, max_examples=40)
@given(polynomials(), polynomials())
def test_bracket_is_the_derivative_along_the_field(f, g):
    field = sf.hamiltonian_vector_field(g, SPACE)
    along = sum(f.diff(z) * v for z, v in zip(SPACE.z, field, strict=True))
    assert bracket(f, g) == expand(along)


def test_functions_that_are_no_polynomials_are_differentiated():
    x, a = SPACE.q[0], SPACE.p[0]
    assert bracket(sin(x), a) == cos(x)
    assert bracket(sqrt(x), a**2) == a / sqrt(x)


def test_case_a03_signs_and_hamiltonians():
    space = sf.PhaseSpace("x y z", "px py pz", parameters="k")
    Lx, Lz = "y*pz - z*py", "x*py - y*px"
    central = "(px**2 + py**2 + pz**2)/2 + x**2 + y**2 + z**2"
    field = "(px**2 + py**2 + pz**2)/2 + k*z"
    assert sf.poisson_bracket(Lx, central, space) == 0
    assert sf.poisson_bracket(Lz, field, space) == 0
    assert sf.poisson_bracket(Lx, field, space) == space.read("-k*y")
