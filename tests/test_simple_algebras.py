r"""Simple algebras: every real form by its definition, and how fields split it."""

import flint
import pytest
from sympy import radsimp, sqrt, symbols

from symflow.claims import Standing
from symflow.root_systems import RootSystem
from symflow.simple_algebras import _is_possible, _types, real_forms
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.known_algebras import SIMPLE
from tests.matrix_algebras import extended, in_random_basis, scrambled


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
    if algebra.dimension > 16:
        assert in_random_basis(algebra, 1).identify() == algebra.identify()
        return
    for seed in (1, 2, 3) if algebra.dimension <= 8 else (1,):
        assert scrambled(algebra, seed).identify() == algebra.identify()


def test_centroid_decides_how_a_simple_algebra_splits_over_the_reals():
    # so(3) over Q(sqrt m) is simple over Q; over R it splits exactly where m > 0.
    m = symbols("m", positive=True)
    for split in (2, m, sqrt(2)):
        algebra = extended(ma.so(3), 2, split)
        assert algebra.identify().name == "so(4) = so(3) ⊕ so(3)"
        assert not algebra.is_simple
    assert extended(ma.so(3), 2, -m).identify().name == "sl(2,C)"
    assert extended(ma.so(3), 2, 0).identify().name == "e(3) = so(3) ⋉ R^3"
    assert extended(ma.so(3), 2, -2).identify().name == "sl(2,C)"
    assert extended(ma.so(3), 2, -2).is_simple


@pytest.mark.parametrize(
    ("degree", "number", "name"),
    [
        (3, 2, "sl(2,C) ⊕ so(3)"),
        (3, sqrt(2), "sl(2,C) ⊕ so(3)"),
        (3, symbols("m", positive=True), "sl(2,C) ⊕ so(3)"),
        (4, 2, "sl(2,C) ⊕ so(3) ⊕ so(3)"),
        (4, sqrt(2), "sl(2,C) ⊕ so(3) ⊕ so(3)"),
        (4, -1, "sl(2,C) ⊕ sl(2,C)"),
        (4, 1 - sqrt(2), "sl(2,C) ⊕ sl(2,C)"),
    ],
)
def test_real_and_complex_roots_of_the_centroid_are_counted(degree, number, name):
    identity = extended(ma.so(3), degree, number).identify()
    assert identity.name == name
    assert identity.standing is Standing.PROVED
    assert identity.cartan_type == " + ".join(["A1"] * degree)


def test_open_number_of_real_roots_is_not_guessed():
    m = symbols("m", real=True)
    identity = extended(ma.so(3), 2, m).identify()
    assert identity.standing is Standing.NOT_KNOWN


@pytest.mark.parametrize(
    ("build", "number", "name"),
    [
        (lambda: ma.so(7), -1, "so(7,C)"),
        (lambda: ma.sp(6), -1, "sp(6,C)"),
        (lambda: ma.so(7), 2, "so(7) ⊕ so(7)"),
        (lambda: ma.sp_compact(3), 3, "sp(3) ⊕ sp(3)"),
    ],
)
def test_long_and_short_roots_are_told_apart_over_a_larger_field(build, number, name):
    assert extended(build(), 2, number).identify().name == name


@pytest.mark.parametrize(
    "build", [lambda: ma.so(3), lambda: ma.so(3, 1), lambda: ma.sp(4)]
)
def test_irrational_rescaling_changes_nothing(build):
    algebra = build()
    scale = [(1 + k % 3) * (sqrt(2) if k % 2 else 1) for k in range(algebra.dimension)]
    factor = dict(zip(algebra.names, scale, strict=True))
    constants = {
        (a, b): {
            k: radsimp(v * factor[a] * factor[b] / factor[k]) for k, v in row.items()
        }
        for (a, b), row in algebra.structure_constants.items()
    }
    moved = AbstractLieAlgebra(algebra.names, constants)
    assert not moved.domain.is_QQ
    assert moved.identify() == algebra.identify()


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


def polynomial_of(cartan_type, prime=2**61 - 1):
    """That of ad h, for an h on which the simple roots take small different values."""
    system = RootSystem(cartan_type)
    values = [3 * k * k + 1 for k in range(1, system.rank + 1)]
    polynomial = flint.nmod_poly([0] * system.rank + [1], prime)
    for root in system.roots:
        value = sum(n * v for n, v in zip(root, values, strict=True))
        polynomial *= flint.nmod_poly([-value % prime, 1], prime)
    return polynomial.coeffs()[::-1]


@pytest.mark.parametrize(
    "types", [["B3", "C3"], ["B4", "C4"], ["B6", "C6", "E6"], ["A10", "D8"]]
)
def test_types_of_one_dimension_exclude_each_other(types):
    for own in types:
        polynomial = polynomial_of(own)
        size = RootSystem(own).dimension
        possible = [
            f"{series}{rank}"
            for series, rank in _types(size)
            if _is_possible(series, rank, polynomial)
        ]
        assert sorted(f"{s}{r}" for s, r in _types(size)) == sorted(types)
        assert possible == [own]
