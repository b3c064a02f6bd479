r"""Structure: what the case book says, in every basis, and the laws of each subspace."""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    QQ,
    Matrix,
    Poly,
    Rational,
    Symbol,
    eye,
    simplify,
    sqrt,
    symbols,
    sympify,
    zeros,
)

from symflow.errors import ArgumentError, UnsupportedError
from symflow.structure import AbstractLieAlgebra, Subspace
from tests import matrix_algebras as ma

CASES = json.loads(
    (Path(__file__).parent / "cases_structure.json").read_text(encoding="utf-8")
)
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


def built(case):
    constants = {
        (left, right): {name: sympify(value) for name, value in row.items()}
        for left, right, row in case["brackets"]
    }
    return AbstractLieAlgebra(case["names"], constants)


def dimensions(series):
    return [space.dimension for space in series]


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


def random_basis(algebra, seed):
    source, d = Random(seed), algebra.dimension
    while True:
        matrix = Matrix(
            d,
            d,
            lambda i, j: Rational(source.randint(-5, 5), source.randint(1, 3)),
        )
        if matrix.det():
            return algebra.basis_change(matrix)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    algebra = built(case)
    found = facts(algebra)
    for key, value in case["answer"].items():
        assert found[key] == value, key
    if case["id"] in NAMES:
        assert str(algebra.identify()) == NAMES[case["id"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case_in_random_bases(case):
    algebra = built(case)
    for seed in (1, 2, 3) if algebra.domain.is_QQ else ():
        other = random_basis(algebra, seed)
        assert facts(other) == facts(algebra)
        assert dimensions(other.ideals) == dimensions(algebra.ideals)
        assert other.nilradical.dimension == algebra.nilradical.dimension
        if algebra.dimension <= 10:
            assert other.identify() == algebra.identify()


def coordinates(space, names):
    return [[vector.get(name, 0) for name in names] for vector in space.basis]


def bracket_of(algebra, x, y):
    """The bracket of two vectors by name, straight from the structure constants."""
    total = {}
    for (a, u), (b, v) in product(x.items(), y.items()):
        for pair, sign in (((a, b), 1), ((b, a), -1)):
            for name, c in algebra.structure_constants.get(pair, {}).items():
                total[name] = total.get(name, 0) + sign * u * v * c
    return total


def lies_in(algebra, vector, space):
    rows = coordinates(space, algebra.names)
    extra = [*rows, [vector.get(name, 0) for name in algebra.names]]
    return Matrix(extra).rank() == space.dimension


MIXED = {
    "e(3)": lambda: built(next(c for c in CASES if c["id"] == "A07")),
    "Bargmann": lambda: built(next(c for c in CASES if c["id"] == "A08")),
    "gl(2)": lambda: ma.gl(2),
    "solvable": lambda: built(next(c for c in CASES if c["id"] == "A45")),
    "so(4)": lambda: ma.so(4),
}


@pytest.mark.parametrize("name", MIXED)
def test_levi_factor_is_a_subalgebra_that_complements_the_radical(name):
    algebra = random_basis(MIXED[name](), 4)
    levi, radical = algebra.levi_factor, algebra.radical
    for x, y in product(levi.basis, repeat=2):
        assert lies_in(algebra, bracket_of(algebra, x, y), levi)
    rows = coordinates(levi, algebra.names) + coordinates(radical, algebra.names)
    assert Matrix(rows).rank() == algebra.dimension


@pytest.mark.parametrize("name", MIXED)
def test_radical_nilradical_center_and_summands_are_ideals(name):
    algebra = random_basis(MIXED[name](), 5)
    spaces = [algebra.radical, algebra.nilradical, algebra.center, *algebra.ideals]
    for space, generator in product(spaces, algebra.names):
        for vector in space.basis:
            assert lies_in(algebra, bracket_of(algebra, {generator: 1}, vector), space)


@pytest.mark.parametrize("name", MIXED)
def test_summands_commute_and_fill_the_algebra(name):
    algebra = random_basis(MIXED[name](), 6)
    ideals = algebra.ideals
    assert sum(dimensions(ideals)) == algebra.dimension
    for i, first in enumerate(ideals):
        for second in ideals[:i]:
            for x, y in product(first.basis, second.basis):
                assert not any(bracket_of(algebra, x, y).values())


def test_nilradical_sees_weights_that_the_killing_form_misses():
    # Weights 1, 1, i, -i, doubled: tr (ad x)^2 = 0, yet x is not nilpotent.
    constants = {
        ("a", "x"): {"a": 1},
        ("b", "x"): {"b": 1},
        ("c", "x"): {"d": 1},
        ("d", "x"): {"c": -1},
    }
    algebra = AbstractLieAlgebra("abcdx", constants)
    assert algebra.killing_form == zeros(5, 5)
    assert not algebra.is_nilpotent
    assert algebra.nilradical.dimension == 4


def test_killing_form_is_the_trace():
    so3 = ma.so(3)
    assert so3.killing_form == -2 * eye(3)


@pytest.mark.parametrize("n", [2, 3])
def test_killing_form_of_sl_is_2n_times_the_trace(n):
    size = n * n - 1
    positive, negative, zero = ma.sl(n).killing_signature
    assert (positive, negative, zero) == (n * (n + 1) // 2 - 1, n * (n - 1) // 2, 0)
    assert positive + negative == size


def commutes(algebra, polynomial):
    """{x_i, C} = 0 for all i, by SymPy's own derivatives."""
    variables = {name: Symbol(name) for name in algebra.names}
    for left in algebra.names:
        total = 0
        for right in algebra.names:
            image = bracket_of(algebra, {left: 1}, {right: 1})
            value = sum(c * variables[name] for name, c in image.items())
            total += value * polynomial.diff(variables[right])
        if simplify(total) != 0:
            return False
    return True


def test_casimirs_of_e3_are_its_two():
    e3 = MIXED["e(3)"]()
    found = e3.casimirs(4)
    assert len(found) == e3.casimir_count == 2
    Px, Py, Pz, Lx, Ly, Lz = map(Symbol, ("Px", "Py", "Pz", "Lx", "Ly", "Lz"))
    assert set(found) == {Px**2 + Py**2 + Pz**2, Px * Lx + Py * Ly + Pz * Lz}


def test_casimirs_of_the_bargmann_algebra():
    algebra = MIXED["Bargmann"]()
    found = algebra.casimirs(2)
    assert [Poly(c).total_degree() for c in found] == [1, 2]
    assert all(commutes(algebra, c) for c in found)
    assert algebra.casimir_count == 3


@pytest.mark.parametrize(
    ("build", "degrees"),
    [(lambda: ma.sl(3), [2, 3]), (lambda: ma.so(4), [2, 2])],
)
def test_casimir_degrees_of_semisimple_algebras(build, degrees):
    found = build().casimirs(3)
    assert [Poly(c).total_degree() for c in found] == degrees
    assert all(commutes(build(), c) for c in found)


@pytest.mark.parametrize(
    ("build", "count"),
    [
        (lambda: ma.so(5), 2),
        (lambda: ma.g2(1), 2),
        (lambda: ma.sl_complex(2), 2),
        # The frobenius algebras have none: aff(n, R) = gl(n) with its vectors.
        (lambda: ma.semidirect(ma.preserving(2, []), 2), 0),
        (lambda: ma.schroedinger(3), 3),
    ],
)
def test_casimir_count(build, count):
    assert build().casimir_count == count


def test_casimir_count_without_a_stable_form():
    # Filiform: all of the stabiliser lies in what it moves, so no form is stable.
    names = ["x", *(f"e{k}" for k in range(1, 7))]
    constants = {("x", f"e{k}"): {f"e{k - 1}": 1} for k in range(2, 7)}
    assert AbstractLieAlgebra(names, constants).casimir_count == 5
    # A5,6 has no abelian ideal of codimension one: the rank is taken symbolically.
    a56 = {("c", "d"): {"a": 1}, ("b", "e"): {"a": 1}}
    a56 |= {("c", "e"): {"b": 1}, ("d", "e"): {"c": 1}}
    assert AbstractLieAlgebra("abcde", a56).casimir_count == 1


def test_jacobi_is_checked():
    wrong = {("a", "b"): {"c": 1}, ("b", "c"): {"a": 1}, ("a", "c"): {"a": 1}}
    with pytest.raises(ArgumentError, match=r"Jacobi.*\(a, b, c\)"):
        AbstractLieAlgebra("abc", wrong)
    AbstractLieAlgebra("abc", wrong, check_jacobi=False)


def test_antisymmetry_is_checked():
    with pytest.raises(ArgumentError, match="antisymmetric"):
        AbstractLieAlgebra("abc", {("a", "b"): {"c": 1}, ("b", "a"): {"c": 1}})
    with pytest.raises(ArgumentError, match="antisymmetric"):
        AbstractLieAlgebra("ab", {("a", "a"): {"b": 1}})
    both = {("a", "b"): {"c": 1}, ("b", "a"): {"c": -1}}
    assert AbstractLieAlgebra("abc", both).structure_constants == {("a", "b"): {"c": 1}}


@pytest.mark.parametrize(
    ("names", "constants", "words"),
    [
        ("aa", {}, "distinct"),
        ("ab", {("a", "c"): {"b": 1}}, "names of the basis"),
        ("ab", {("a", "b"): {"c": 1}}, "names of the basis"),
        ("ab", {("a", "b"): {"a": 0.5}}, "exact"),
        ("ab", {("a", "b"): {"a": "1"}}, "exact"),
        ("ab", {("a", "b"): {"a": sqrt(Symbol("m"))}}, "rational functions"),
    ],
)
def test_bad_constants_are_refused(names, constants, words):
    with pytest.raises(ArgumentError, match=words):
        AbstractLieAlgebra(names, constants)


def test_constants_of_every_exact_kind_are_read():
    m = symbols("m", positive=True)
    kinds = [1, Fraction(1, 2), Rational(1, 3), QQ(1, 4), sqrt(2), m, sqrt(2) / m]
    for value in kinds:
        algebra = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": value}})
        assert algebra.identify().name == "Heisenberg h(1) = A3,1"
        shown = algebra.structure_constants["Q", "P"]["Z"]
        assert simplify(shown - sympify(value)) == 0


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
    ladder = built(next(c for c in CASES if c["id"] == "A59"))
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
