"""Lifts: the flow is the motion that was asked for, and brackets follow commutators."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Matrix, Rational, cancel, exp, expand, eye, pi, symbols

import symflow as sf
from symflow.errors import ArgumentError, ExpressionError, UnsupportedError
from symflow.lifts import matrix_on_phase_space, matrix_on_positions, vector_field

SPACE = sf.PhaseSpace("x y", "a b", parameters="m k")
X, Y = SPACE.q
A, B = SPACE.p
M, K = SPACE.parameters

numbers = st.fractions(-5, 5, max_denominator=3).map(
    lambda f: Rational(f.numerator, f.denominator)
)


def matrices(size):
    entries = st.lists(numbers, min_size=size * size, max_size=size * size)
    return entries.map(lambda values: Matrix(size, size, values))


def symmetric(size):
    return matrices(size).map(lambda S: S + S.T)


@st.composite
def fields(draw):
    """Two quadratic polynomials in x and y."""
    monomials = (1, X, Y, X**2, X * Y, Y**2)
    return [sum(draw(numbers) * term for term in monomials) for _ in range(2)]


def bracket(f, g):
    return sf.poisson_bracket(f, g, SPACE)


@settings(deadline=None, max_examples=25)
@given(fields())
def test_positions_move_along_the_field(xi):
    velocity = sf.hamiltonian_vector_field(vector_field(SPACE, xi), SPACE)
    assert list(velocity[:2]) == [expand(component) for component in xi]


@settings(deadline=None, max_examples=25)
@given(fields(), fields())
def test_brackets_of_fields_are_minus_commutators(xi, eta):
    along = Matrix(eta).jacobian([X, Y]) * Matrix(xi)
    back = Matrix(xi).jacobian([X, Y]) * Matrix(eta)
    commutator = vector_field(SPACE, list(along - back))
    found = bracket(vector_field(SPACE, xi), vector_field(SPACE, eta))
    assert found == expand(-commutator)


@settings(deadline=None, max_examples=25)
@given(matrices(2), matrices(2))
def test_matrices_on_positions_are_a_homomorphism(S, T):
    lift = matrix_on_positions
    assert bracket(lift(SPACE, S), lift(SPACE, T)) == expand(lift(SPACE, S * T - T * S))
    field = Matrix(sf.hamiltonian_vector_field(lift(SPACE, S), SPACE))
    q, p = Matrix(SPACE.q), Matrix(SPACE.p)
    assert field == Matrix.vstack(S * q, -S.T * p).expand()


@settings(deadline=None, max_examples=25)
@given(symmetric(4), symmetric(4))
def test_matrices_on_phase_space_are_a_homomorphism(R, S):
    S, T = SPACE.J * R, SPACE.J * S
    lift = matrix_on_phase_space
    assert bracket(lift(SPACE, S), lift(SPACE, T)) == expand(lift(SPACE, S * T - T * S))
    field = Matrix(sf.hamiltonian_vector_field(lift(SPACE, S), SPACE))
    assert field == (S * Matrix(SPACE.z)).expand()


@settings(deadline=None, max_examples=25)
@given(matrices(4))
def test_only_symplectic_matrices_have_a_function(S):
    product = Matrix(SPACE.J) * S
    if product.is_symmetric():
        matrix_on_phase_space(SPACE, S)
    else:
        with pytest.raises(ArgumentError, match=r"sp\(4, R\).*is symmetric, but \(J"):
            matrix_on_phase_space(SPACE, S)


def test_the_two_matrix_lifts_agree():
    S = Matrix([[1, M], [3, 4]])
    z = Matrix.diag(S, -S.T)
    assert expand(matrix_on_phase_space(SPACE, z)) == expand(
        matrix_on_positions(SPACE, S)
    )


def test_equal_entries_need_not_look_equal():
    """The zero test of the symmetry of J A is canonical, not one of appearance."""
    S = Matrix([[1, M / (M + K)], [1 - K / (M + K), 2]])
    g = matrix_on_phase_space(SPACE, Matrix(SPACE.J) * Matrix.diag(S, eye(2)))
    expected = X**2 / 2 + M / (M + K) * X * Y + Y**2 + (A**2 + B**2) / 2
    assert cancel(g - expected) == 0


def test_the_defect_is_named():
    with pytest.raises(ArgumentError, match=r"\(J\*A\)\[0, 2\] = 0 and .* = -1, at x"):
        matrix_on_phase_space(SPACE, Matrix.diag(1, 0, 0, 0))


@pytest.mark.parametrize(
    ("lift", "wrong", "word"),
    [
        (vector_field, ["x"], "one function for each of the 2"),
        (vector_field, "xy", "one function for each of the 2"),
        (vector_field, ["x", "a*y"], "holds a"),
        (matrix_on_positions, [[1, 2]], r"shape \(2, 2\)"),
        (matrix_on_positions, [[1, 2], [3]], r"shape \(2, 2\)"),
        (matrix_on_positions, Matrix.eye(3), r"shape \(2, 2\)"),
        (matrix_on_positions, [["x", 0], [0, 0]], "constant, but it holds x"),
        (matrix_on_phase_space, Matrix.zeros(2), r"shape \(4, 4\)"),
        (matrix_on_phase_space, [], r"shape \(4, 4\)"),
    ],
)
def test_wrong_input_is_refused(lift, wrong, word):
    with pytest.raises(ArgumentError, match=word):
        lift(SPACE, wrong)


def test_undeclared_symbols_are_refused():
    with pytest.raises(ExpressionError, match="w"):
        matrix_on_positions(SPACE, [[symbols("w"), 0], [0, 1]])


def test_entries_that_cannot_be_compared_are_refused():
    with pytest.raises(UnsupportedError, match="exp"):
        matrix_on_phase_space(SPACE, Matrix.eye(4) * exp(pi))
