r"""Simple algebras: every real form by its definition, and how fields split it."""

import pytest
from sympy import sqrt, symbols

from symflow.claims import Standing
from symflow.simple_algebras import real_forms
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.known_algebras import SIMPLE
from tests.matrix_algebras import scrambled


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
