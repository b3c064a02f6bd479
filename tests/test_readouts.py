"""Known Hamiltonians come back from values that are nearly theirs, and noise does not."""

import numpy as np
import pytest
from sympy import Rational, lambdify, symbols

from symflow.claims import Standing
from symflow.errors import ArgumentError
from symflow.readouts import readout

A, B, C = symbols("a b c", positive=True)


def points(count=400, seed=0, size=3):
    return np.random.default_rng(seed).uniform(0.5, 3, size=(count, size))


def wobble(at, size):
    """A smooth error, as a network makes it, of a size relative to one."""
    return size * np.sin(3 * at[:, 0] + 2 * at[:, 1]) * np.cos(2 * at[:, 2])


KNOWN = {
    "isotropic oscillator": (A / 2 + B / 2, False),
    "Kepler": (B / 2 - 1 / A ** Rational(1, 2), True),
    "Calogero": (A**2 / 2 + B**2 / 2 + C**-2, False),
    "quartic": (B / 2 + A**2 / 4, False),
    "a product": (A * B - 3 * C / 2, False),
}


def numbers(expression, at):
    return lambdify((A, B, C), expression, "numpy")(*at.T)


@pytest.mark.parametrize("error", [0.0, 0.005])
@pytest.mark.parametrize("name", KNOWN)
def test_the_known_hamiltonian_comes_back(name, error):
    """Exactly, also from values that a network got wrong by half a per cent."""
    expression, roots = KNOWN[name]
    at = points()
    values = numbers(expression, at)
    values = values + 7 + values.std() * wobble(at, error)
    found = readout(values, at, [A, B, C], roots=roots)
    assert found.expression == expression
    assert found.error <= error + 1e-12
    assert found.standing is Standing.MEASURED


def test_a_quotient_comes_back():
    at = points()
    expression = A / (1 + B)
    found = readout(numbers(expression, at), at, [A, B, C], most_terms=4)
    difference = numbers(found.expression - expression, at)
    assert difference.std() < 1e-5
    assert found.error < 1e-8


def test_what_is_no_short_formula_has_a_large_error():
    at = points()
    found = readout(np.sin(9 * at[:, 0]) * np.sin(7 * at[:, 1]), at, [A, B, C])
    assert found.error > 0.5


def test_an_invariant_that_vanishes_is_not_divided_by():
    at = points()
    at[:, 0] -= 1.5
    values = at[:, 0] ** 2 + 1 / at[:, 1]
    assert readout(values, at, [A, B, C]).expression == A**2 + 1 / B
    found = readout(1 / (at[:, 0] + 1.1), at, [A, B, C])
    assert not found.expression.has(1 / A)


@pytest.mark.parametrize(
    ("values", "at", "words"),
    [
        (np.zeros((5, 1)), points(5), "shapes"),
        (np.full(50, np.nan), points(50), "finite"),
        (np.zeros(50), points(50), "vary"),
        (np.arange(6.0), points(6), "more than"),
    ],
)
def test_what_cannot_be_read_is_refused(values, at, words):
    with pytest.raises(ArgumentError, match=words):
        readout(values, at, [A, B, C])
