"""Linear coordinates: there and back is nothing, and brackets are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ

import symflow as sf
from symflow.errors import ArgumentError
from symflow.linear_coordinates import LinearCoordinates, form_bracket
from symflow.polynomials import PhasePolynomials
from tests.disguises import symplectic_matrix

SPACE = sf.PhaseSpace("x y")


def coordinates(seed):
    """Random canonical ones."""
    S = symplectic_matrix(SPACE.n, seed)
    rows = [
        {j: QQ.from_sympy(v) for j, v in enumerate(S.row(i)) if v} for i in range(4)
    ]
    return LinearCoordinates(SPACE, rows)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_there_and_back_is_nothing(seed):
    u = coordinates(seed)
    for z in SPACE.z:
        assert u.restored(u.written(z)).expand() == z
        assert u.written(u.restored(z)).expand() == z


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_brackets_are_kept(seed):
    u = coordinates(seed)
    x, y, p_x, p_y = SPACE.z
    f, g = y * p_x + 1 / x, x * p_x + p_y
    ring = PhasePolynomials(SPACE, [u.restored(f)])
    moved = ring.bracket(*(ring.polynomial(u.restored(h)) for h in (f, g)))
    bracket = sf.poisson_bracket(f, g, SPACE)
    assert dict(moved) == ring.terms(u.restored(bracket))


def test_a_point_has_both_kinds_of_coordinates():
    u = coordinates(3)
    z = dict(zip(SPACE.z, map(QQ.to_sympy, u.point([2, 3, 5, 7])), strict=True))
    assert [u.restored(symbol).xreplace(z) for symbol in SPACE.z] == [2, 3, 5, 7]


def test_the_coordinates_of_the_space_change_nothing():
    given_ones = LinearCoordinates(SPACE)
    (x, *_) = SPACE.z
    assert not given_ones.changed
    assert given_ones.written(x) == given_ones.restored(x) == x
    assert str(given_ones) == ""


def test_forms_that_are_not_canonical_are_refused():
    forms = [{0: QQ(2)}, {1: QQ(1)}, {2: QQ(1)}, {3: QQ(1)}]
    assert form_bracket(forms[0], forms[2], 2) == 2
    with pytest.raises(ArgumentError, match="canonical brackets"):
        LinearCoordinates(SPACE, forms)
