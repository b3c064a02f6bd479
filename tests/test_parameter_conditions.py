"""Zeros of polynomials under assumptions."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from symflow.parameter_conditions import contradicts, points_between, real_zeros

a, b = sp.Symbol("a", real=True), sp.Symbol("b", real=True)


@pytest.mark.parametrize(
    ("assumption", "value", "excluded"),
    [
        ({"positive": True}, 0, True),
        ({"positive": True}, -1, True),
        ({"positive": True}, 1, False),
        ({"negative": True}, 0, True),
        ({"nonnegative": True}, 0, False),
        ({"nonnegative": True}, -1, True),
        ({"nonpositive": True}, 1, True),
        ({"nonzero": True}, 0, True),
        ({"integer": True}, sp.Rational(1, 2), True),
        ({"real": True}, sp.I, True),
        ({"real": True}, 0, False),
    ],
)
def test_assumptions_exclude_values(assumption, value, excluded):
    assert contradicts(sp.Symbol("m", **assumption), sp.sympify(value)) == excluded


@settings(max_examples=30, deadline=None)
@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 5))
def test_quadratics(r, s, t):
    """Every real zero is found, and only zeros are."""
    f = t * a**2 + r * a + s
    if not sp.Poly(f, a).is_irreducible:
        return
    zeros = real_zeros(f, [a])
    assert len(zeros) == (2 if r**2 > 4 * s * t else 0)
    assert all(sp.expand(f.subs(zero)) == 0 for zero in zeros)


def test_several_parameters():
    masses = [sp.Symbol(name, positive=True) for name in ("m1", "m2")]
    m1, m2 = masses
    assert real_zeros(m1 + m2, masses) == []
    assert real_zeros(m1 - m2, masses) == [{m1: m2}]
    assert real_zeros(a * b - 2, [a, b]) == [{a: 2 / b}]
    # Solved for the parameter with a number before it.
    assert real_zeros(a * b**2 - b * a + a**2 + b, [a, b]) is None
    assert real_zeros(b**2 - a, [a, b]) == [{a: b**2}]
    assert real_zeros(a**2 + b**2, [a, b]) is None


def test_degrees_beyond_square_roots():
    assert real_zeros(a**3 - a - 3, [a]) is None
    assert real_zeros(a**4 + 1, [a]) == []


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.fractions(-3, 3, max_denominator=5), min_size=1, max_size=4, unique=True
    )
)
def test_points_lie_between(zeros):
    zeros = sorted({sp.Rational(0), *map(sp.Rational, zeros)})
    points = points_between(a, [a - zero for zero in zeros])
    assert len(points) == len(zeros) + 1
    merged = sorted([*points, *zeros])
    assert merged[1::2] == zeros


def test_points_between_irrational_neighbours():
    points = points_between(a, [a**2 - 2, a - 1, 100 * a - 141])
    assert len(points) == 6
    assert points_between(a, [a - sp.sqrt(2)]) is None
