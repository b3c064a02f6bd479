r"""Planar algebras: rotations, boosts and translations of the plane, in random bases."""

import pytest
from sympy import symbols

from symflow.claims import Standing
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.matrix_algebras import scrambled


def plane(squares, shear=0):
    """J and H on W = {K, P}: J rotates, [H, K] = P + shear K, [H, P] = squares K."""
    constants = {("J", "K1"): {"K2": 1}, ("J", "K2"): {"K1": -1}}
    constants |= {("J", "P1"): {"P2": 1}, ("J", "P2"): {"P1": -1}}
    for i in "12":
        constants["H", f"K{i}"] = {f"P{i}": 1, f"K{i}": shear}
        constants["H", f"P{i}"] = {f"K{i}": squares, f"P{i}": shear}
    return AbstractLieAlgebra(["J", "H", "K1", "K2", "P1", "P2"], constants)


def oscillator(*frequencies):
    """The energy of uncoupled oscillators, with q, p and the constants."""
    names, constants = ["H", "1"], {}
    for n, square in enumerate(frequencies):
        names += [f"q{n}", f"p{n}"]
        constants["H", f"q{n}"] = {f"p{n}": -1}
        constants["H", f"p{n}"] = {f"q{n}": square}
        constants[f"q{n}", f"p{n}"] = {"1": 1}
    return AbstractLieAlgebra(names, constants)


HOOKE = "Newton-Hooke algebra in 2 dimensions"
PLANAR = [
    (lambda: plane(0), "Galilei algebra in 2 dimensions, no mass"),
    (lambda: plane(1), f"expanding {HOOKE}, no mass"),
    (lambda: plane(2), f"expanding {HOOKE}, no mass"),
    # The same over the reals, whether the planes are rational or not.
    (lambda: plane(-1), f"oscillating {HOOKE}, no mass = e(2) ⊕ e(2)"),
    (lambda: plane(-2), f"oscillating {HOOKE}, no mass = e(2) ⊕ e(2)"),
    (lambda: ma.bargmann(2), "Bargmann algebra in 2 dimensions"),
    (lambda: ma.bargmann(2, potential=2), f"oscillating {HOOKE}, with mass"),
    (lambda: ma.bargmann(2, potential=-3), f"expanding {HOOKE}, with mass"),
    (lambda: ma.carroll(2), "Carroll algebra in 2 dimensions = so(2) ⋉ h(2)"),
    (
        lambda: oscillator(1, 1),
        "isotropic oscillator algebra in 2 dimensions = u(1) ⋉ h(2)",
    ),
]


@pytest.mark.parametrize(("build", "name"), PLANAR)
def test_planar_name(build, name):
    algebra = build()
    assert algebra.is_solvable
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED
    for seed in (1, 2, 3):
        assert scrambled(algebra, seed).identify().name == name


@pytest.mark.parametrize(
    "build",
    [
        lambda: plane(1, shear=1),  # H is traceless no more
        lambda: plane(0, shear=1),
        lambda: oscillator(1, 4),  # two frequencies: the square is no number
    ],
)
def test_what_is_almost_planar_is_not_named(build):
    assert build().identify().standing is Standing.NOT_KNOWN


def test_sign_of_a_parameter_decides():
    k = symbols("k", positive=True)
    assert plane(k).identify().name == f"expanding {HOOKE}, no mass"
    assert plane(-k).identify().name.startswith("oscillating")
    free = symbols("k", real=True)
    assert plane(free).identify().standing is Standing.NOT_KNOWN
