r"""Names: every real form by its definition, and textbook semidirect products."""

from random import Random

import pytest
from sympy import QQ, sqrt, symbols
from sympy.polys.matrices import DomainMatrix

from symflow.claims import Standing
from symflow.simple_algebras import real_forms
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma

SIMPLE = [
    (lambda: ma.so(3), "so(3)", "A1", "compact"),
    (lambda: ma.so(2, 1), "sl(2,R)", "A1", "split"),
    (lambda: ma.so(3, 1), "sl(2,C)", "A1 + A1", "complex"),
    (lambda: ma.sl_complex(2), "sl(2,C)", "A1 + A1", "complex"),
    (lambda: ma.su(3), "su(3)", "A2", "compact"),
    (lambda: ma.su(2, 1), "su(2,1)", "A2", "su(2,1)"),
    (lambda: ma.sl(3), "sl(3,R)", "A2", "split"),
    (lambda: ma.so(5), "so(5)", "B2", "compact"),
    (lambda: ma.so(4, 1), "so(4,1)", "B2", "so(4,1)"),
    (lambda: ma.so(3, 2), "so(3,2)", "B2", "split"),
    (lambda: ma.sp(4), "so(3,2)", "B2", "split"),
    (lambda: ma.sp_compact(2), "so(5)", "B2", "compact"),
    (lambda: ma.sp_compact(1, 1), "so(4,1)", "B2", "so(4,1)"),
    (lambda: ma.g2(-1), "compact G2", "G2", "compact"),
    (lambda: ma.g2(1), "split G2", "G2", "split"),
    (lambda: ma.su(4), "su(4)", "A3", "compact"),
    (lambda: ma.su(3, 1), "su(3,1)", "A3", "su(3,1)"),
    (lambda: ma.so_star(3), "su(3,1)", "A3", "su(3,1)"),
    (lambda: ma.su(2, 2), "so(4,2)", "A3", "so(4,2)"),
    (lambda: ma.so(4, 2), "so(4,2)", "A3", "so(4,2)"),
    (lambda: ma.sl(4), "sl(4,R)", "A3", "split"),
    (lambda: ma.so(3, 3), "sl(4,R)", "A3", "split"),
    (lambda: ma.so(5, 1), "so(5,1)", "A3", "so(5,1)"),
    (lambda: ma.su_star(2), "so(5,1)", "A3", "so(5,1)"),
    (lambda: ma.sl_complex(3), "sl(3,C)", "A2 + A2", "complex"),
    (lambda: ma.so(7), "so(7)", "B3", "compact"),
    (lambda: ma.so(6, 1), "so(6,1)", "B3", "so(6,1)"),
    (lambda: ma.so(5, 2), "so(5,2)", "B3", "so(5,2)"),
    (lambda: ma.so(4, 3), "so(4,3)", "B3", "split"),
    (lambda: ma.sp_compact(3), "sp(3)", "C3", "compact"),
    (lambda: ma.sp_compact(2, 1), "sp(2,1)", "C3", "sp(2,1)"),
    (lambda: ma.sp(6), "sp(6,R)", "C3", "split"),
    (lambda: ma.so(8), "so(8)", "D4", "compact"),
    (lambda: ma.so(7, 1), "so(7,1)", "D4", "so(7,1)"),
    (lambda: ma.so(6, 2), "so(6,2)", "D4", "so(6,2)"),
    (lambda: ma.so_star(4), "so(6,2)", "D4", "so(6,2)"),
    (lambda: ma.so(5, 3), "so(5,3)", "D4", "so(5,3)"),
    (lambda: ma.so(4, 4), "so(4,4)", "D4", "split"),
    (lambda: ma.sp(8), "sp(8,R)", "C4", "split"),
]

COMPOSITE = [
    (lambda: ma.so(4), "so(4) = so(3) ⊕ so(3)", "A1 + A1"),
    (lambda: ma.so(2, 2), "so(2,2) = sl(2,R) ⊕ sl(2,R)", "A1 + A1"),
    (lambda: ma.so_star(2), "so*(4) = sl(2,R) ⊕ so(3)", "A1 + A1"),
    (lambda: ma.u(3), "u(3) = su(3) ⊕ R", "A2"),
    (lambda: ma.u(2, 1), "u(2,1) = su(2,1) ⊕ R", "A2"),
    (lambda: ma.gl(2), "gl(2,R) = sl(2,R) ⊕ R", "A1"),
    (lambda: ma.direct_sum(ma.so(3), ma.sl(3)), "sl(3,R) ⊕ so(3)", "A1 + A2"),
]


def group(p, q=0):
    return ma.preserving(p + q, ma.form_conditions(ma.diagonal(*[1] * p, *[-1] * q)))


def traceless(n):
    return ma.preserving(n, [ma.trace_condition(ma.diagonal(*[1] * n))])


SEMIDIRECT = [
    (lambda: ma.semidirect(group(3), 3), "e(3) = so(3) ⋉ R^3"),
    (lambda: ma.semidirect(group(4), 4), "e(4) = so(4) ⋉ R^4"),
    (lambda: ma.semidirect(group(2, 1), 3), "iso(2,1) = so(2,1) ⋉ R^3"),
    (lambda: ma.semidirect(group(3, 1), 4), "Poincare iso(3,1) = so(3,1) ⋉ R^4"),
    (lambda: ma.semidirect(traceless(2), 2), "saff(2,R) = sl(2,R) ⋉ R^2"),
    (lambda: ma.semidirect(traceless(3), 3), "saff(3,R) = sl(3,R) ⋉ R^3"),
    (lambda: ma.semidirect(ma.preserving(2, []), 2), "aff(2,R) = gl(2,R) ⋉ R^2"),
    (
        lambda: ma.semidirect([*group(3), ma.diagonal(1, 1, 1)], 3),
        "sim(3) = (so(3) ⊕ R) ⋉ R^3",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1)),
        "Galilei algebra in 3 dimensions, no mass",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1), ((4, 3), -1)),
        "oscillating Newton-Hooke algebra in 3 dimensions, no mass",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1), ((4, 3), 2)),
        "expanding Newton-Hooke algebra in 3 dimensions, no mass",
    ),
    (lambda: ma.bargmann(3), "Bargmann algebra in 3 dimensions"),
    (lambda: ma.bargmann(4), "Bargmann algebra in 4 dimensions"),
    (
        lambda: ma.bargmann(3, potential=3),
        "oscillating Newton-Hooke algebra in 3 dimensions, with mass",
    ),
    (
        lambda: ma.bargmann(3, potential=-1),
        "expanding Newton-Hooke algebra in 3 dimensions, with mass",
    ),
    (lambda: ma.carroll(3), "Carroll algebra in 3 dimensions = so(3) ⋉ h(3)"),
    (
        lambda: ma.schroedinger(1),
        "Schroedinger algebra in 1 dimension = sl(2,R) ⋉ h(1)",
    ),
    (lambda: ma.schroedinger(2), "Schroedinger algebra in 2 dimensions"),
    (lambda: ma.schroedinger(3), "Schroedinger algebra in 3 dimensions"),
    (lambda: ma.jacobi(2), "sp(4,R) ⋉ h(2)"),
]


def scrambled(algebra, seed):
    """The algebra after a change of basis by random fractions."""
    source, d = Random(seed), algebra.dimension
    while True:
        rows = [
            [QQ(source.randint(-5, 5), source.randint(1, 3)) for _ in range(d)]
            for _ in range(d)
        ]
        matrix = DomainMatrix(rows, (d, d), QQ)
        if matrix.rank() == d:
            return algebra.basis_change(matrix.to_Matrix())


@pytest.mark.parametrize(("build", "name", "cartan", "form"), SIMPLE)
def test_real_form(build, name, cartan, form):
    algebra = build()
    identity = algebra.identify()
    assert (identity.name, identity.cartan_type, identity.real_form) == (
        name,
        cartan,
        form,
    )
    assert identity.standing is Standing.PROVED
    assert algebra.is_simple


@pytest.mark.parametrize("build", [row[0] for row in SIMPLE])
def test_real_form_in_any_basis(build):
    algebra = build()
    if algebra.dimension <= 16:
        for seed in (1, 2, 3) if algebra.dimension <= 8 else (1,):
            assert scrambled(algebra, seed).identify() == algebra.identify()


@pytest.mark.parametrize(("build", "name", "cartan"), COMPOSITE)
def test_sum(build, name, cartan):
    algebra = build()
    identity = algebra.identify()
    assert (identity.name, identity.cartan_type) == (name, cartan)
    assert not algebra.is_simple
    assert scrambled(algebra, 1).identify().name == name


@pytest.mark.parametrize(("build", "name"), SEMIDIRECT)
def test_semidirect_product(build, name):
    algebra = build()
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED
    assert not algebra.is_semisimple
    assert not algebra.is_solvable
    if algebra.dimension <= 7:
        assert scrambled(algebra, 1).identify().name == name


def test_centroid_decides_how_a_simple_algebra_splits_over_the_reals():
    # so(3) over Q(sqrt m) is simple over Q; over R it splits exactly where m > 0.
    def extended(discriminant):
        names = [f"{a}{b}" for a in "xyz" for b in "01"]
        constants = {}
        for a, b, c in ("xyz", "yzx", "zxy"):
            constants[f"{a}0", f"{b}0"] = {f"{c}0": 1}
            constants[f"{a}0", f"{b}1"] = {f"{c}1": 1}
            constants[f"{a}1", f"{b}0"] = {f"{c}1": 1}
            constants[f"{a}1", f"{b}1"] = {f"{c}0": discriminant}
        return AbstractLieAlgebra(names, constants)

    m = symbols("m", positive=True)
    for split in (2, m, sqrt(2)):
        assert extended(split).identify().name == "so(4) = so(3) ⊕ so(3)"
        assert not extended(split).is_simple
    assert extended(-m).identify().name == "sl(2,C)"
    assert extended(0).identify().name == "e(3) = so(3) ⋉ R^3"
    assert extended(-2).identify().name == "sl(2,C)"
    assert extended(-2).is_simple


def test_real_places_of_one_field_may_differ():
    # Quaternions (-1, -sqrt 2): definite where sqrt 2 > 0, indefinite where it is < 0.
    # i.j = k and so on for pure quaternions: [i,j] = 2k, [j,k] = 2 sqrt2 i, [k,i] = 2j.
    def row(name, factor):
        return {name: factor}

    names = [f"{a}{b}" for a in "ijk" for b in "01"]
    constants = {}
    for a in "01":
        for b in "01":
            n = int(a) + int(b)
            constants[f"i{a}", f"j{b}"] = row(f"k{n % 2}", 2 * 2 ** (n // 2))
            constants[f"k{a}", f"i{b}"] = row(f"j{n % 2}", 2 * 2 ** (n // 2))
            m = n + 1
            constants[f"j{a}", f"k{b}"] = row(f"i{m % 2}", 2 * 2 ** (m // 2))
    algebra = AbstractLieAlgebra(names, constants)
    assert algebra.identify().name == "so*(4) = sl(2,R) ⊕ so(3)"
    assert algebra.killing_signature == (2, 4, 0)


def test_rank_tells_types_of_one_dimension_apart():
    assert ma.so(7).dimension == ma.sp(6).dimension
    assert ma.so(7).identify().cartan_type == "B3"
    assert ma.sp(6).identify().cartan_type == "C3"


def test_forms_that_share_their_character_are_not_told_apart():
    assert real_forms("D", 9)[9 * 8 * 2 - 153] == ()


SOLVABLE = [
    ({"ab": {"a": 1}}, "ab", "aff(1) = A2,1"),
    ({"bc": {"a": 1}}, "abc", "Heisenberg h(1) = A3,1"),
    ({"ac": {"a": 1}, "bc": {"a": 1, "b": 1}}, "abc", "A3,2"),
    ({"ac": {"a": 1}, "bc": {"b": 1}}, "abc", "A3,3"),
    ({"ac": {"a": 1}, "bc": {"b": -1}}, "abc", "e(1,1) = A3,4"),
    ({"ac": {"a": 4}, "bc": {"b": 1}}, "abc", "A3,5^a, a = 1/4"),
    ({"ac": {"b": -1}, "bc": {"a": 1}}, "abc", "e(2) = A3,6"),
    ({"ac": {"a": 2, "b": -1}, "bc": {"a": 1, "b": 2}}, "abc", "A3,7^a, a = 2"),
    ({"bd": {"a": 1}, "cd": {"b": 1}}, "abcd", "filiform nilpotent A4,1"),
    (
        {"ad": {"a": 3}, "bd": {"b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,2^a, a = 3",
    ),
    ({"ad": {"a": 1}, "cd": {"b": 1}}, "abcd", "A4,3"),
    (
        {"ad": {"a": 1}, "bd": {"a": 1, "b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,4",
    ),
    (
        {"ad": {"a": 1}, "bd": {"b": 1}, "cd": {"c": 1}},
        "abcd",
        "A4,5^(a,b), a = b = 1",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 2}, "bd": {"b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,7",
    ),
    (
        {"bc": {"a": 1}, "bd": {"b": 1}, "cd": {"c": -1}},
        "abcd",
        "A4,8 (split oscillator)",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 3}, "bd": {"b": 2}, "cd": {"c": 1}},
        "abcd",
        "A4,9^b, b = 1/2",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 1}, "bd": {"b": 1}},
        "abcd",
        "A4,9^b, b = 0",
    ),
    (
        {"bc": {"a": 1}, "bd": {"c": -1}, "cd": {"b": 1}},
        "abcd",
        "A4,10 (oscillator)",
    ),
    (
        {
            "bc": {"a": 1},
            "ad": {"a": 6},
            "bd": {"b": 3, "c": -1},
            "cd": {"b": 1, "c": 3},
        },
        "abcd",
        "A4,11^a, a = 3",
    ),
    (
        {"ac": {"a": 1}, "bc": {"b": 1}, "ad": {"b": -1}, "bd": {"a": 1}},
        "abcd",
        "aff(1,C) = A4,12",
    ),
    (
        # Over Q(sqrt 2) instead of C: two real affine algebras.
        {"ac": {"a": 1}, "bc": {"b": 1}, "ad": {"b": 2}, "bd": {"a": 1}},
        "abcd",
        "aff(1) ⊕ aff(1) = 2 A2,1",
    ),
    ({"ce": {"a": 1}, "de": {"b": 1}}, "abcde", "nilpotent A5,1"),
    (
        {"be": {"a": 1}, "ce": {"b": 1}, "de": {"c": 1}},
        "abcde",
        "filiform nilpotent A5,2",
    ),
    ({"cd": {"b": 1}, "ce": {"a": 1}, "de": {"c": 1}}, "abcde", "nilpotent A5,3"),
    ({"bd": {"a": 1}, "ce": {"a": 1}}, "abcde", "Heisenberg h(2) = A5,4"),
    ({"cd": {"a": 1}, "be": {"a": 1}, "ce": {"b": 1}}, "abcde", "nilpotent A5,5"),
    (
        {"cd": {"a": 1}, "be": {"a": 1}, "ce": {"b": 1}, "de": {"c": 1}},
        "abcde",
        "filiform nilpotent A5,6",
    ),
]


@pytest.mark.parametrize(("brackets", "names", "name"), SOLVABLE)
def test_solvable_name(brackets, names, name):
    constants = {tuple(pair): row for pair, row in brackets.items()}
    algebra = AbstractLieAlgebra(names, constants)
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED
    for seed in (1, 2, 3):
        assert scrambled(algebra, seed).identify().name == name


def test_direct_sum_of_solvable_and_simple():
    plane = AbstractLieAlgebra("ab", {("a", "b"): {"a": 1}})
    both = ma.direct_sum(plane, ma.so(3), AbstractLieAlgebra("z", {}))
    assert both.identify().name == "so(3) ⊕ aff(1) ⊕ R"
    assert scrambled(both, 2).identify().name == "so(3) ⊕ aff(1) ⊕ R"


def test_unnamed_algebras_are_not_given_a_name():
    weights = {("a", "f"): {"a": 1}, ("b", "f"): {"b": 2}, ("c", "f"): {"c": 3}}
    weights |= {("d", "f"): {"d": 5}, ("e", "f"): {"e": 7}}
    identity = AbstractLieAlgebra("abcdef", weights).identify()
    assert identity.standing is Standing.NOT_KNOWN
    assert identity.name == "6-dimensional solvable, not named"


def test_open_sign_is_not_guessed():
    a = symbols("a", real=True)
    b = symbols("b", positive=True)
    for parameter, name in ((a, "not known"), (b, "so(3)"), (-b, "sl(2,R)")):
        algebra = AbstractLieAlgebra(
            "xyz",
            {("x", "y"): {"z": 1}, ("y", "z"): {"x": parameter}, ("z", "x"): {"y": 1}},
        )
        assert name in algebra.identify().name
        known = algebra.identify().standing is Standing.PROVED
        assert known == (parameter is not a)


def test_complex_constants_have_no_real_form():
    ladder = AbstractLieAlgebra(
        "pmz",
        {
            ("p", "m"): {"z": -2 * sqrt(-1)},
            ("p", "z"): {"p": sqrt(-1)},
            ("m", "z"): {"m": -sqrt(-1)},
        },
    )
    assert ladder.identify().standing is Standing.NOT_KNOWN
    assert "real and imaginary parts" in ladder.identify().name
    assert ladder.domain != QQ


def test_irrational_parameter_of_a_family():
    # Eigenvalues (1 +- sqrt 5)/2: the ratio is (sqrt 5 - 3)/2.
    algebra = AbstractLieAlgebra(
        "abc", {("a", "c"): {"b": 1}, ("b", "c"): {"a": 1, "b": 1}}
    )
    assert algebra.identify().name == f"A3,5^a, a = {(sqrt(5) - 3) / 2}"
