"""Affine algebras: the same brackets and fields as in the ring of polynomials."""

import pytest
from sympy import QQ, Symbol, sin, sqrt

import symflow as sf
from symflow.affine_algebras import AffineAlgebra
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    NotClosedError,
    UnsupportedError,
)
from symflow.linear_forms import expression_of
from symflow.linear_invariants import affine_fields

SPACE = sf.PhaseSpace("x y z")
X, Y, Z, PX, PY, PZ = SPACE.z
ROTATIONS = {"Lx": Y * PZ - Z * PY, "Ly": Z * PX - X * PZ, "Lz": X * PY - Y * PX}
E3 = {"Px": PX, "Py": PY, "Pz": PZ, **ROTATIONS}
ALGEBRAS = {
    "so(3)": ROTATIONS,
    "e(3)": E3,
    "with squares and constants": {"H": PX**2 / 2 + 3 * X + 5, "P": PX, "K": X},
}


@pytest.mark.parametrize("name", ALGEBRAS)
def test_brackets_are_those_of_the_functions(name):
    algebra = AffineAlgebra(SPACE, ALGEBRAS[name])
    for left, f in ALGEBRAS[name].items():
        for right, g in ALGEBRAS[name].items():
            functions = algebra.functions
            found = algebra.bracket(functions[left], functions[right])
            expected = sf.poisson_bracket(f, g, SPACE)
            assert (expression_of(found, SPACE.z, QQ) - expected).expand() == 0


@pytest.mark.parametrize("name", ALGEBRAS)
def test_fields_are_those_of_the_ring(name):
    dense = sf.closure(SPACE, ALGEBRAS[name])
    expected = affine_fields(dense.ring, dense.polynomials, range(6))
    found = AffineAlgebra(SPACE, ALGEBRAS[name]).fields
    assert list(found) == expected[: len(found)]


def test_a_bracket_outside_the_span_is_named():
    with pytest.raises(NotClosedError, match=r"\{Lx, Ly\}"):
        AffineAlgebra(SPACE, {"Lx": ROTATIONS["Lx"], "Ly": ROTATIONS["Ly"]})


def test_dependent_generators_are_named():
    with pytest.raises(DependentGeneratorsError, match="B is a combination"):
        AffineAlgebra(SPACE, {"A": PX, "B": 2 * PX + 1})


@pytest.mark.parametrize(
    "g", [X**3, X * Y * Z, sqrt(2) * X, sin(X), X / Y, 0.5 * X * PY, X * (Y + Z)]
)
def test_other_functions_are_refused(g):
    with pytest.raises(UnsupportedError, match="degree two at most"):
        AffineAlgebra(SPACE, {"g": g})


@pytest.mark.parametrize("g", [Symbol("m") * X, Symbol("x") * X, "x*p_y"])
def test_what_is_not_made_of_the_coordinates_is_refused(g):
    with pytest.raises(ArgumentError):
        AffineAlgebra(SPACE, {"g": g})


def test_only_canonical_spaces_have_fields_like_these():
    with pytest.raises(ArgumentError, match="PhaseSpace"):
        AffineAlgebra("x y", {})
