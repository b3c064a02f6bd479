"""Bounded, periodic, or running away: on fields whose flow is known by construction."""

from random import Random

import pytest
from sympy import ImmutableMatrix, Matrix, Rational, cbrt, diag, expand, sqrt, zeros

import symflow as sf
from symflow.affine_fields import affine_field, is_bounded, is_periodic, runaway_kind

TURN = Matrix([[0, 1], [-1, 0]])
STRETCH = Matrix([[1, 0], [0, -1]])
SHEAR = Matrix([[0, 1], [0, 0]])
# A turn coupled to a second of the same frequency: it grows as t.
RESONANCE = Matrix.vstack(
    Matrix.hstack(TURN, Matrix.eye(2)), Matrix.hstack(zeros(2, 2), TURN)
)
SPIRAL = TURN + Rational(1, 100) * Matrix.eye(2)

BOUNDED = [
    (zeros(3, 3), True),
    (TURN, True),
    (sqrt(2) * TURN, True),
    (diag(TURN, 2 * TURN, zeros(1, 1)), True),
    (diag(sqrt(2) * TURN, 3 * sqrt(2) * TURN / 5), True),
    (diag((1 + sqrt(2)) * TURN, (2 + 2 * sqrt(2)) * TURN), True),
    (diag(TURN, sqrt(2) * TURN), False),
    (diag(TURN, (1 + sqrt(2)) * TURN), False),
    (cbrt(2) * diag(TURN, -7 * TURN), True),
]
UNBOUNDED = [
    STRETCH,
    SHEAR,
    sqrt(2) * STRETCH,
    RESONANCE,
    SPIRAL,
    diag(TURN, SHEAR),
    diag(TURN, STRETCH / 1000),
    (sqrt(2) - 1) * SHEAR,
    diag(SPIRAL, -SPIRAL.T),
]


def disguised(A, seed):
    """The same flow in another frame, with rational axes."""
    random = Random(seed)
    size = A.shape[0]
    while True:
        P = Matrix(size, size, lambda *_: Rational(random.randint(-3, 3)))
        if P.det():
            return ImmutableMatrix((P * A * P.inv()).expand())


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("A", "periodic"), BOUNDED, ids=str)
def test_what_turns_is_bounded_and_periodic_if_commensurate(A, periodic, seed):
    hidden = disguised(A, seed)
    assert is_bounded(hidden)
    assert is_periodic(hidden) == periodic


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("A", UNBOUNDED, ids=str)
def test_what_grows_is_neither_bounded_nor_periodic(A, seed):
    hidden = disguised(A, seed)
    assert not is_bounded(hidden)
    assert not is_periodic(hidden)


def test_irrational_frequencies_of_a_rational_matrix():
    """x^4 + 4 x^2 + 2: frequencies whose squares are 2 + sqrt 2 and 2 - sqrt 2."""
    chain = ImmutableMatrix([[0, 0, 1, 0], [0, 0, 0, 1], [-3, 1, 0, 0], [1, -1, 0, 0]])
    assert is_bounded(chain)
    assert not is_periodic(chain)


def test_the_sign_of_an_irrational_decides():
    """A^2 = 7/5 - sqrt 2 < 0 turns; A^2 = 3/2 - sqrt 2 > 0 does not."""
    for square, bounded in [(Rational(7, 5), True), (Rational(3, 2), False)]:
        A = ImmutableMatrix([[0, 1], [square - sqrt(2), 0]])
        assert is_bounded(A) == bounded


SPACE = sf.PhaseSpace("x y z")
RUNAWAYS = [
    ("p_x", "translation"),
    ("p_x + y", "translation"),
    ("x - 2*z", "boost"),
    ("x*p_y + y*p_x", "boost"),
    ("x*p_x - y*p_y", "boost"),
    ("sqrt(2)*(x*p_y + y*p_x)", "boost"),
    ("x*p_y - y*p_x + p_z", "screw"),
    ("sqrt(3)*(x*p_y - y*p_x) + p_z", "screw"),
    ("(p_x**2 + p_y**2 + p_z**2)/2", "shear"),
    ("y*p_x", "shear"),
    ("(p_x**2 + p_y**2)/2 + x*p_y - y*p_x", "shear"),
    ("y*p_x + p_y**2/2", "shear"),
    ("x*p_x + y*p_y + z*p_z", "dilation"),
    ("(p_x**2 - x**2)/2", "dilation"),
    ("x*p_x/9 + y*p_z - z*p_y", "dilation"),
]


def field(text):
    algebra = sf.LieAlgebra(SPACE, {"g": text})
    return affine_field(algebra.ring, algebra.polynomials[0])


@pytest.mark.parametrize(("text", "kind"), RUNAWAYS)
def test_kinds_of_running_away(text, kind):
    A, b = field(text)
    found, why = runaway_kind(A, b, SPACE.read(text))
    assert found == kind
    assert str(SPACE.read(text)) in why


@pytest.mark.parametrize(
    "text", ["x*p_y - y*p_x + 3*p_z", "x**2 - x*p_y + 7*p_x - z", "sqrt(2)*x*y - p_z"]
)
def test_field_is_the_bracket_with_the_coordinates(text):
    A, b = field(text)
    moved = A * Matrix(SPACE.z) + b
    for z, component in zip(SPACE.z, moved, strict=True):
        bracket = sf.poisson_bracket(z, SPACE.read(text), SPACE)
        assert expand(component - bracket) == 0


@pytest.mark.parametrize(
    ("generator", "name"),
    [
        ("x*p_y - y*p_x", "so(2)"),
        ("sqrt(2)*(x*p_y - y*p_x)", "so(2)"),
        ("(p_x**2 + x**2)/2 + (p_y**2 + 9*y**2)/2", "so(2)"),
        ("(p_x**2 + x**2)/2 + (p_y**2 + 2*y**2)/2", "R"),
        ("x*p_x + y*p_y", "R"),
        ("p_x", "R"),
    ],
)
def test_circles_and_lines(generator, name):
    assert sf.LieAlgebra(SPACE, {"g": generator}).identify().name == name
