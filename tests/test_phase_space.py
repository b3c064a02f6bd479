import pytest
from sympy import Symbol, symbols

import symflow as sf
from symflow.errors import ArgumentError, ExpressionError

SYMPY_NAMES = ["beta", "E", "I", "S", "N", "Q", "gamma", "lambda", "zeta", "pi"]


def test_default_momenta_are_named_after_coordinates():
    space = sf.PhaseSpace("x y z")
    assert [s.name for s in space.p] == ["p_x", "p_y", "p_z"]
    assert space.z == space.q + space.p


def test_symbols_of_ones_own_are_kept():
    x, px = symbols("x p", real=True)
    assert sf.PhaseSpace([x], [px]).z == (x, px)


@pytest.mark.parametrize(
    ("q", "p"),
    [("x y", "px"), ("x x", "px py"), ("x", "x"), ("", "")],
    ids=["unequal", "repeated", "q is p", "empty"],
)
def test_case_e03_bad_coordinates_are_refused(q, p):
    with pytest.raises(ArgumentError, match="must"):
        sf.PhaseSpace(q, p)


@pytest.mark.parametrize("name", ["x-y", "2x", "__import__('os')", "x;y", "1"])
def test_names_that_are_no_identifiers_are_refused(name):
    with pytest.raises(ArgumentError, match="names made of letters"):
        sf.PhaseSpace([name], ["p"])


def test_complex_symbols_are_refused():
    with pytest.raises(ArgumentError, match="list of names"):
        sf.PhaseSpace(3)
    with pytest.raises(ArgumentError, match="real"):
        sf.PhaseSpace([Symbol("x", imaginary=True)], ["p"])


@pytest.mark.parametrize("name", SYMPY_NAMES)
def test_case_e04_names_that_sympy_owns_mean_the_declared_symbol(name):
    space = sf.PhaseSpace([name], ["p"])
    assert space.read(f"{name}*p") == space.q[0] * space.p[0]


def test_case_e01_same_name_with_other_assumptions_is_refused():
    space = sf.PhaseSpace("q", "p")
    stranger = Symbol("q") ** 2 * Symbol("p", real=True)
    with pytest.raises(ExpressionError, match="other assumptions"):
        space.read(stranger, "generator")


def test_J_squares_to_minus_one():
    J = sf.PhaseSpace("x y z").J
    assert J.eye(6) == -(J**2)


def test_equal_declarations_are_equal_spaces():
    assert sf.PhaseSpace("x y") == sf.PhaseSpace("x, y")
    assert hash(sf.PhaseSpace("x y")) == hash(sf.PhaseSpace("x, y"))
    assert sf.PhaseSpace("x y") != sf.PhaseSpace("x", parameters="y")


@pytest.mark.parametrize(
    "call",
    [
        lambda: sf.LieAlgebra("x y", {"g": "x"}),
        lambda: sf.closure("x y", {"g": "x"}),
        lambda: sf.poisson_bracket("x", "p_x", "x"),
        lambda: sf.hamiltonian_vector_field("x", "x"),
    ],
)
def test_what_is_no_phase_space_is_refused(call):
    with pytest.raises(ArgumentError, match="must be a PhaseSpace"):
        call()
