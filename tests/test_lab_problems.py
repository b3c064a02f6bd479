"""What is typed in the lab: read exactly, bounded, and never run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, expand

from symflow.errors import ArgumentError, UnboundedClosureError, UnsupportedError
from symflow.lab_examples import LAB_EXAMPLES
from symflow.lab_problems import (
    attempt,
    read_problem,
    read_start,
    read_values,
    separate,
)
from symflow.phase_space import PhaseSpace

PLANE = PhaseSpace("x y")
NAMES = {
    "so(3): two rotations make three": "so(3), compact simple, A1",
    "u(2): the oscillator's hidden symmetry": "u(2) = su(2) ⊕ u(1)",
    "e(2): rigid motions of the plane": "e(2) = A3,6",
    "Two bodies: translations, boosts and a mass": "Heisenberg h(1) = A3,1",
    "sl(2,R): conformal mechanics": "sl(2,R), split simple, A1",
    "sl(3,R): linear maps of space": "sl(3,R), split simple, A2",
    "sp(4,R): all quadratic functions": "so(3,2), split simple, B2",
    "so(4): rotations in four dimensions": (
        "so(4) = so(3) ⊕ so(3), compact semisimple, A1 + A1"
    ),
}


@pytest.mark.parametrize("name", LAB_EXAMPLES)
def test_every_example_is_what_it_is_called(name):
    example = LAB_EXAMPLES[name]
    problem = read_problem(example.coordinates, example.generators, example.parameters)
    if name in NAMES:
        assert str(problem.algebra.identify()) == NAMES[name]
    read_start(problem.space, example.start)
    problem.space.read(example.hamiltonian, "H")
    assert set(example.plane) <= {symbol.name for symbol in problem.space.z}


@pytest.mark.parametrize(
    "generators",
    [
        "__import__('os').system('true')",
        "L = x.subs(x, 1)",
        "L = (lambda: x)()",
        "L = [x for x in (1,)]",
        "L = eval('x')",
        "L = 9**9**9**9",
        "L = x; L = y",
        "L = x = y",
        "2L = x",
        "<b> = x",
        "L = <img src=x onerror=alert(1)>",
        "L = q",
        "x\n" * 5000,
        ";".join(f"a{k} = x**{k}" for k in range(1, 40)),
        "(" * 2000,
        "A = x**3; B = p_x**3",
        "A = (x + y + p_x + p_y)**6",
        "A = x; B = 2*x",
    ],
)
def test_wrong_generators_are_answered_with_a_sentence(generators):
    problem, message = attempt(lambda: read_problem("x y", generators))
    assert problem is None
    assert message.startswith("Argument `")
    assert "fault of the toolkit" not in message


@pytest.mark.parametrize(
    ("coordinates", "parameters"),
    [
        ("", ""),
        ("x x", ""),
        ("x p_x", ""),
        ("a b c d e f g h i", ""),
        ("__class__", ""),
        ("x;y", ""),
        ("x", "k"),
        ("x", "k = 1e9"),
        ("x", "k = 1, k = 2"),
        ("x", "x = 1"),
        ("x", "k = __import__('os')"),
    ],
)
def test_wrong_names_and_values_are_answered_with_a_sentence(coordinates, parameters):
    problem, message = attempt(lambda: read_problem(coordinates, "", parameters))
    assert problem is None
    assert message.startswith("Argument")


def test_a_fault_of_the_toolkit_is_a_sentence_as_well():
    result, message = attempt(lambda: 1 / 0)
    assert result is None
    assert "ZeroDivisionError" in message
    assert "\n" not in message


@given(st.integers(-2000, 2000))
def test_the_number_of_a_slider_is_exact(k):
    problem = read_problem("x", "", "a = 0")
    value = problem.at(problem.space.read("a"), {"a": k / 100})
    assert value == Rational(k, 100)


def test_parameters_stay_symbols_until_values_are_chosen():
    problem = read_problem("x", "Q = m*x; P = p_x", "m = 2")
    assert problem.algebra.bracket("Q", "P") == problem.space.symbols["m"]
    assert problem.algebra_at({"m": 0.5}).bracket("Q", "P") == Rational(1, 2)
    with pytest.raises(ArgumentError, match="independent"):
        problem.algebra_at({"m": 0})


def test_values_are_read_as_written():
    assert read_values("a = 0.1;b = -3\n c=+2") == {
        "a": Rational(1, 10),
        "b": Integer(-3),
        "c": Integer(2),
    }


@pytest.mark.parametrize(
    "text", ["", "1", "1, 2, 3, x", "nan 0 0 0", "1e9 0 0 0", "1,,2"]
)
def test_a_wrong_start_is_refused(text):
    with pytest.raises(ArgumentError, match="`start` must be 4 numbers"):
        read_start(PLANE, text)


@given(
    st.lists(st.integers(-3, 3), min_size=4, max_size=4),
    st.lists(st.integers(-3, 3), min_size=4, max_size=4),
)
def test_the_parts_of_a_hamiltonian_add_up(of_q, of_p):
    x, y = PLANE.q
    p, r = PLANE.p
    U = sum(c * f for c, f in zip(of_q, (x, x**2, x * y, y**4), strict=True))
    K = sum(c * f for c, f in zip(of_p, (p, p**2, p * r, r**4), strict=True))
    assert separate(PLANE.read(U + K), PLANE) == (expand(U), expand(K))
    with pytest.raises(UnsupportedError, match="holds both"):
        separate(PLANE.read(U + K + x * p), PLANE)


def test_brackets_that_grow_for_ever_are_given_up():
    # Fuzzing found that these took a quarter of a minute to reach the largest dimension.
    turned = "log(1 + x**2)/(1 + y**2)**(3/2)*p_y\nz*p_x - x*p_z"
    with pytest.raises(UnboundedClosureError, match="terms"):
        read_problem("x y z", turned)
