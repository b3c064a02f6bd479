r"""Structure: what the case book says, in every basis."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Matrix,
    Rational,
    eye,
    sqrt,
    symbols,
    sympify,
)

from symflow.errors import ArgumentError, UnsupportedError
from symflow.structure import AbstractLieAlgebra, Subspace
from tests import matrix_algebras as ma
from tests.structure_cases import CASES, built, case, dimensions

NAMES = {
    "A01": "Heisenberg h(1) = A3,1",
    "A03": "so(3), compact simple, A1",
    "A04": "one-dimensional abelian",
    "A07": "e(3) = so(3) ⋉ R^3",
    "A08": "Bargmann algebra in 3 dimensions",
    "A11": "so(4) = so(3) ⊕ so(3), compact semisimple, A1 + A1",
    "A14": "u(2) = so(3) ⊕ R",
    "A15": "u(3) = su(3) ⊕ R",
    "A16": "sl(2,R), split simple, A1",
    "A24": "sl(2,R), split simple, A1",
    "A25": "sl(2,R), split simple, A1",
    "A28": "so(3), compact simple, A1",
    "A30": "Heisenberg h(1) = A3,1",
    "A32": "Heisenberg h(1) = A3,1",
    "A36": "so(4,1), simple, B2",
    "A40": "aff(1) = A2,1",
    "A42": "filiform nilpotent A5,2",
    "A43": "A3,5^a, a = 3/5",
    "A45": "A4,8 (split oscillator)",
    "A49": "gl(2,R) = sl(2,R) ⊕ R",
    "A55": "e(2) = A3,6",
    "A67": "abelian R^2",
    "A74": "sl(2,R), split simple, A1",
}


def facts(algebra):
    """Everything that the case book states, under its own keys."""
    found = {
        "dim": algebra.dimension,
        "centre_dim": algebra.center.dimension,
        "derived_series_dims": dimensions(algebra.derived_series),
        "lower_central_dims": dimensions(algebra.lower_central_series),
        "solvable": algebra.is_solvable,
        "nilpotent": algebra.is_nilpotent,
        "abelian": algebra.is_abelian,
        "semisimple": algebra.is_semisimple,
        "nilpotency_class": algebra.nilpotency_class,
        "radical_dim": algebra.radical.dimension,
        "levi_dim": algebra.levi_factor.dimension,
        "abstract_casimir_count": algebra.casimir_count,
    }
    if algebra.domain.is_QQ:
        found["killing_signature_pos_neg_zero"] = list(algebra.killing_signature)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_case(case):
    algebra = built(case)
    found = facts(algebra)
    for key, value in case["answer"].items():
        assert found[key] == value, key
    if case["id"] in NAMES:
        assert str(algebra.identify()) == NAMES[case["id"]]


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_case_in_random_bases(case):
    algebra = built(case)
    for seed in (1, 2, 3) if algebra.domain.is_QQ else ():
        other = ma.scrambled(algebra, seed)
        assert facts(other) == facts(algebra)
        assert dimensions(other.ideals) == dimensions(algebra.ideals)
        assert other.nilradical.dimension == algebra.nilradical.dimension
        if algebra.dimension <= 10:
            assert other.identify() == algebra.identify()


def test_killing_form_is_the_trace():
    so3 = ma.so(3)
    assert so3.killing_form == -2 * eye(3)


@pytest.mark.parametrize("n", [2, 3])
def test_killing_form_of_sl_is_2n_times_the_trace(n):
    size = n * n - 1
    positive, negative, zero = ma.sl(n).killing_signature
    assert (positive, negative, zero) == (n * (n + 1) // 2 - 1, n * (n - 1) // 2, 0)
    assert positive + negative == size


def test_jacobi_is_checked():
    wrong = {("a", "b"): {"c": 1}, ("b", "c"): {"a": 1}, ("a", "c"): {"a": 1}}
    with pytest.raises(ArgumentError, match=r"Jacobi.*\(a, b, c\)"):
        AbstractLieAlgebra("abc", wrong)
    AbstractLieAlgebra("abc", wrong, check_jacobi=False)


def test_masses_stay_symbols():
    case = next(c for c in CASES if c["id"] == "A08")
    m = symbols("m", positive=True)
    constants = {
        (left, right): {
            name: -m if name == "1" else sympify(value) for name, value in row.items()
        }
        for left, right, row in case["brackets"]
    }
    algebra = AbstractLieAlgebra(case["names"], constants)
    assert algebra.structure_constants["Px", "Kx"] == {"1": -m}
    assert algebra.identify().name == "Bargmann algebra in 3 dimensions"
    assert algebra.killing_signature == (0, 3, 8)


def test_family_with_a_symbolic_weight_is_named_for_generic_values():
    a = symbols("a", real=True)
    algebra = AbstractLieAlgebra("xyz", {("x", "z"): {"x": -1}, ("y", "z"): {"y": -a}})
    assert algebra.identify().name.startswith("A3,5^a")


def test_sign_that_parameters_leave_open_is_refused():
    a = symbols("a", real=True)
    constants = {("x", "y"): {"z": 1}, ("y", "z"): {"x": a}, ("z", "x"): {"y": 1}}
    with pytest.raises(UnsupportedError, match="sign"):
        _ = AbstractLieAlgebra("xyz", constants).killing_signature


def test_signature_of_complex_constants_is_refused():
    ladder = case("A59")
    with pytest.raises(UnsupportedError, match="imaginary"):
        _ = ladder.killing_signature


def test_algebra_of_no_generators():
    nothing = AbstractLieAlgebra([], {})
    assert nothing.dimension == 0
    assert nothing.casimir_count == 0
    assert nothing.identify().name == "zero algebra"
    assert nothing.killing_signature == (0, 0, 0)
    assert not nothing.is_semisimple


@pytest.mark.parametrize("matrix", [[[1, 0], [0, 1]], [[1, 0, 0]] * 3])
def test_basis_change_needs_an_invertible_matrix(matrix):
    with pytest.raises(ArgumentError, match=r"3 by 3|invertible"):
        ma.so(3).basis_change(matrix)


def test_basis_change_stays_in_the_field():
    with pytest.raises(UnsupportedError, match="matrix"):
        ma.so(3).basis_change(sqrt(2) * eye(3))


def test_subspaces_are_compared_by_content():
    algebra = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
    assert algebra.center == algebra.derived_series[1]
    assert algebra.center != algebra.radical
    assert isinstance(algebra.center, Subspace)
    assert algebra.center.basis == ({"Z": 1},)


def test_realisation_may_refine_the_name():
    class Rotations(AbstractLieAlgebra):
        def refine_identity(self, identity):
            return type(identity)("so(2)", "", "", identity.standing)

    assert Rotations(["L"], {}).identify().name == "so(2)"


entries = st.fractions(min_value=-3, max_value=3, max_denominator=3)


def determinant(values):
    a, b, c, d, e, f, g, h, i = values
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


@settings(max_examples=25, deadline=None)
@given(st.lists(entries, min_size=9, max_size=9).filter(lambda v: determinant(v)))
def test_identity_does_not_depend_on_the_basis(values):
    matrix = Matrix(3, 3, [Rational(v.numerator, v.denominator) for v in values])
    for build in (ma.so, lambda n: ma.so(n - 1, 1)):
        algebra = build(3)
        other = algebra.basis_change(matrix)
        assert other.identify() == algebra.identify()
        # The Killing form is a tensor: K' = S K S^T.
        moved = matrix * algebra.killing_form * matrix.T
        assert other.killing_form == moved
