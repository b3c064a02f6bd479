"""Canonical maps: what is accepted, and the bracket that a refused map breaks."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.canonical_maps import particle_permutation, read_canonical_map
from symflow.errors import ArgumentError, ExpressionError, UnsupportedError

PLANE = sf.PhaseSpace("x y", parameters="B")

numbers = st.integers(-3, 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=4, max_size=4))
def test_every_invertible_matrix_on_positions_lifts(entries):
    matrix = sp.Matrix(2, 2, entries)
    if matrix.det() == 0:
        with pytest.raises(ArgumentError, match="invertible"):
            read_canonical_map(PLANE, matrix, "m")
        return
    M = read_canonical_map(PLANE, matrix, "m").matrix
    assert M * PLANE.J * M.T == PLANE.J
    assert M[:2, :2] == matrix
    assert M[2:, 2:] == matrix.inv().T


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=16, max_size=16))
def test_a_matrix_on_phase_space_is_canonical_or_refused(entries):
    M = sp.Matrix(4, 4, entries)
    if M.det() == 0:
        return
    if M * PLANE.J * M.T == PLANE.J:
        assert read_canonical_map(PLANE, M, "m").matrix == M
    else:
        with pytest.raises(ArgumentError, match="canonical maps"):
            read_canonical_map(PLANE, M, "m")


def test_mappings_and_matrices_say_the_same():
    by_name = read_canonical_map(PLANE, {"x": "-y", "y": "x"}, "r")
    by_matrix = read_canonical_map(PLANE, [[0, -1], [1, 0]], "r")
    assert by_name == by_matrix
    fourier = read_canonical_map(PLANE, {"x": "p_x", "p_x": "-x"}, "F")
    assert fourier.matrix * PLANE.J * fourier.matrix.T == PLANE.J


def test_roots_are_exact():
    turn = [["1/2", "-sqrt(3)/2"], ["sqrt(3)/2", "1/2"]]
    M = read_canonical_map(PLANE, turn, "r")
    assert M.act("x**2 + y**2") == sp.sympify(PLANE.read("x**2 + y**2"))


def test_pulling_back_keeps_brackets():
    f, g = PLANE.read("x**2*p_y + B*y"), PLANE.read("p_x*p_y + x**3")
    M = read_canonical_map(PLANE, {"x": "x + 2*y", "B": "-B"}, "m")
    left = sf.poisson_bracket(M.act(f), M.act(g), PLANE)
    assert left == M.act(sf.poisson_bracket(f, g, PLANE))


def test_a_map_of_more_than_coordinates_must_be_canonical():
    with pytest.raises(
        ArgumentError, match=r"p_x to 2\*p_x, whose bracket is 2 and not 1"
    ):
        read_canonical_map(PLANE, {"p_x": "2*p_x"}, "m")


@pytest.mark.parametrize(
    "images",
    [
        {"p_x": "-p_x", "p_y": "-p_y"},
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 0], [0, 0, 0, -1]],
    ],
)
def test_time_reversal_is_anti_canonical(images):
    with pytest.raises(
        ArgumentError, match="'T' turns the sign of every bracket, as time"
    ):
        read_canonical_map(PLANE, images, "T")


def test_half_a_time_reversal_is_not():
    with pytest.raises(ArgumentError, match="whose bracket is -1 and not 1"):
        read_canonical_map(PLANE, {"p_x": "-p_x"}, "T")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ({"w": "x"}, "'w' is none of x, y, p_x, p_y, B"),
        ({"x": "y"}, "must be invertible"),
        ({"x": "x + 1"}, r"x becomes x \+ 1"),
        ({"x": "x**2"}, r"x becomes x\*\*2"),
        ({"x": "p_x"}, "x becomes p_x.*name both"),
        ({"x": "B*x"}, r"x becomes B\*x"),
        ({"x": "0.5*x"}, "exact numbers as entries"),
        ({"x": "acos(-1)*x"}, "fractions and roots"),
        (
            {"B": "2*B"},
            r"parameters to parameters or their negatives, but B becomes 2\*B",
        ),
        ({"B": "x"}, "B becomes x"),
        ([[1, 2]], "matrix with 2 rows for q or 4 for z"),
        ([[1, 2], [1]], r"its rows have the lengths \[2, 1\]"),
        ("swap", "mapping of names, or a matrix"),
    ],
)
def test_what_is_no_linear_map_is_refused(images, message):
    with pytest.raises(ArgumentError, match=message):
        read_canonical_map(PLANE, images, "m")


def test_an_undeclared_symbol_is_refused():
    with pytest.raises(ExpressionError):
        read_canonical_map(PLANE, {"x": "w"}, "m")


def test_parameters_keep_their_assumptions():
    mass, charge = sp.Symbol("m", positive=True), sp.Symbol("e", real=True)
    other = sp.Symbol("M", positive=True)
    space = sf.PhaseSpace("x", parameters=[mass, charge, other])
    assert read_canonical_map(space, {"m": "M", "M": "m"}, "swap").act(
        "m*x"
    ) == sp.expand(other * space.q[0])
    for images in ({"m": "-m"}, {"m": "e", "e": "m"}):
        with pytest.raises(ArgumentError, match="must respect what is assumed"):
            read_canonical_map(space, images, "bad")
    with pytest.raises(ArgumentError, match="two parameters become the same"):
        read_canonical_map(space, {"m": "M"}, "bad")


def test_particles_are_permuted_whole():
    space = sf.PhaseSpace("x1 y1 x2 y2 x3 y3")
    images = particle_permutation(space, [2, 3, 1], 2)
    assert images["y1"] == "y2"
    assert images["x3"] == "x1"
    cycle = read_canonical_map(space, images, "c")
    assert cycle.act("x1*p_y3") == space.read("x2*p_y1")
    for order in ([1, 2], [1, 1, 2], [0, 1, 2]):
        with pytest.raises(ArgumentError, match="each number from 1 to 3 once"):
            particle_permutation(space, order, 2)


def test_roots_that_make_too_large_a_field_are_refused():
    plane = sf.PhaseSpace("x y")
    with pytest.raises(UnsupportedError, match="degree at most 16"):
        read_canonical_map(plane, {"x": "3*x + 444**(1/64)*y"}, "root")
    root = sp.Matrix([[2 ** sp.Rational(1, 4), 0], [0, 2 ** sp.Rational(-1, 4)]])
    assert read_canonical_map(plane, root, "stretch")
