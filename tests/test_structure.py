r"""Structure: what the case book says, in every basis."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    QQ,
    I,
    Matrix,
    Rational,
    eye,
    sqrt,
    symbols,
    sympify,
)

from symflow.errors import ArgumentError, UnsupportedError
from symflow.linear_algebra import Echelon
from symflow.root_systems import RootSystem
from symflow.structure import AbstractLieAlgebra
from symflow.subspaces import Subspace
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


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_upper_central_series(case):
    algebra = built(case)
    zero, *terms = algebra.upper_central_series
    assert zero.dimension == 0
    whole = algebra.derived_series[0]
    for below, space in pairwise([zero, *terms]):
        assert algebra.product(whole, space) <= below < space
    assert terms[:1] == ([algebra.center] if algebra.center.dimension else [])
    # It reaches the algebra exactly where the lower one reaches zero, in as many steps.
    if algebra.is_nilpotent:
        assert len(terms) == algebra.nilpotency_class
    else:
        assert not terms or terms[-1] != whole


def test_a_subalgebra_keeps_the_brackets():
    algebra = ma.bargmann(3)
    levi = algebra.subalgebra(algebra.levi_factor)
    assert levi.identify().name == "so(3)"
    for (left, right), row in levi.structure_constants.items():
        assert algebra.structure_constants[left, right] == row
    left = ma.so(4).subalgebra(ma.so(4).ideals[0])
    assert left.names == ("e1", "e2", "e3")
    assert left.identify().name == "so(3)"


def test_what_does_not_close_is_no_subalgebra():
    algebra = AbstractLieAlgebra(
        "xyz", {("x", "y"): {"z": 1}, ("y", "z"): {"x": 1}, ("z", "x"): {"y": 1}}
    )
    other = algebra.basis_change(eye(3)).cartan_subalgebra
    with pytest.raises(ArgumentError, match="this algebra"):
        algebra.subalgebra(other)
    rows = Echelon(({0: QQ(1)}, {1: QQ(1)}), (0, 1))
    plane = Subspace(algebra.names, rows, QQ)
    with pytest.raises(ArgumentError, match="must close"):
        algebra.subalgebra(plane)


@pytest.mark.parametrize(
    ("algebra", "cartan_type"),
    [
        (ma.so(3), "A1"),
        (ma.so(3, 1), "A1 + A1"),
        (ma.sl(4), "A3"),
        (ma.so(7), "B3"),
        (ma.sp(6), "C3"),
        (ma.so(8), "D4"),
        (ma.g2(-1), "G2"),
        (ma.direct_sum(ma.so(5), ma.sl(2)), "A1 + B2"),
    ],
)
def test_the_root_system_has_the_dimension_and_the_rank_of_the_algebra(
    algebra, cartan_type
):
    system = algebra.root_system
    assert system == RootSystem(cartan_type)
    assert (system.dimension, system.rank) == (algebra.dimension, algebra.rank)


def test_only_semisimple_algebras_of_known_type_have_a_root_system():
    with pytest.raises(UnsupportedError, match="radical has dimension 8 of 11"):
        ma.bargmann(3).root_system  # noqa: B018
    imaginary = {
        ("x", "y"): {"z": I},
        ("y", "z"): {"x": I},
        ("z", "x"): {"y": I},
    }
    with pytest.raises(UnsupportedError, match="known Cartan type"):
        AbstractLieAlgebra("xyz", imaginary).root_system  # noqa: B018
