r"""Names of sums, and honesty where no name is proved."""

import pytest
from sympy import QQ, sqrt, symbols

from symflow.claims import Standing
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.known_algebras import SUMS
from tests.matrix_algebras import scrambled


@pytest.mark.parametrize(("build", "name", "cartan"), SUMS)
def test_sum(build, name, cartan):
    algebra = build()
    identity = algebra.identify()
    assert (identity.name, identity.cartan_type) == (name, cartan)
    assert not algebra.is_simple
    assert scrambled(algebra, 1).identify().name == name


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
