"""Constants: read into a field and back, with their relations known."""

import pytest
import sympy as sp
from sympy.polys.rings import PolyElement

from symflow.coefficient_field import CoefficientField
from symflow.errors import UnsupportedError

m, k = sp.symbols("m k", positive=True)
CONSTANTS = [
    sp.Rational(3, 7),
    sp.sqrt(2) + sp.cbrt(3),
    m / (k + 1),
    sp.sqrt(m) ** 3 / k,
    sp.sin(1) * sp.cos(sp.Rational(1, 3)),
    sp.exp(sp.Rational(3, 2)) + sp.sinh(2),
    sp.tan(m) / sp.exp(k),
    sp.pi / 3,
    sp.log(2) * m,
    sp.cos(sp.pi / 7),
    sp.E**2,
]


@pytest.mark.parametrize("constant", CONSTANTS, ids=str)
def test_there_and_back_is_the_same_number(constant):
    field = CoefficientField([m, k], [constant])
    back = field.expression(field.element(constant))
    values = {m: sp.Rational(7, 5), k: sp.Rational(3, 11)}
    assert abs((back - constant).subs(values).evalf(40)) < 1e-35


@pytest.mark.parametrize(
    "zero",
    [
        sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1,
        sp.sin(2) - 2 * sp.sin(1) * sp.cos(1),
        sp.cosh(1) ** 2 - sp.sinh(1) ** 2 - 1,
        sp.tan(k / 2) * (1 + sp.cos(k)) - sp.sin(k),
        sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6),
        sp.sqrt(m) * sp.sqrt(m) - m,
    ],
    ids=str,
)
def test_relations_between_constants_are_seen(zero):
    assert not CoefficientField([m, k], [zero]).element(zero)


@pytest.mark.parametrize(
    "unknown", [sp.pi + sp.E, sp.log(2) + sp.log(3), sp.exp(sp.pi), sp.sqrt(m + k)]
)
def test_what_is_not_known_to_be_independent_is_refused(unknown):
    with pytest.raises(UnsupportedError, match="parameter"):
        CoefficientField([m, k], [unknown])


@pytest.mark.parametrize(
    "large",
    [
        2 ** sp.Rational(1, 64) + 3 ** sp.Rational(1, 63),
        sp.Add(*(sp.sqrt(prime) for prime in (2, 3, 5, 7, 11))),
        sp.cos(sp.pi / 10007),
        sp.sqrt(2 + sp.sqrt(3 + sp.sqrt(5 + sp.sqrt(7 + sp.sqrt(11))))),
    ],
)
def test_a_field_that_nobody_waits_for_is_refused(large):
    with pytest.raises(UnsupportedError, match=r"degree at most 16.*Declare param"):
        CoefficientField([], [large])


def test_roots_of_products_count_once():
    four = [sp.sqrt(2), sp.sqrt(3), sp.sqrt(6), 5 / sp.sqrt(6), sp.sqrt(8) / 3]
    assert CoefficientField([], four).domain.ext.minpoly.degree() == 4


def test_lowered_coefficients_are_the_same_polynomial():
    field = CoefficientField([m, k], [m / k])
    terms = {(1,): field.element(m), (2,): field.element(1 / k)}
    assert field.raised(field.lowered(terms)) == terms


def test_numbers_below_are_lowered_and_products_raised_to_lowest_terms():
    field = CoefficientField([m, k], [m / k])
    a, b = field.element(m / 4 - k / 6), field.element(3 * m / 2 + 9 * k)
    (low_a,), (low_b,) = (field.lowered({(): c}).values() for c in (a, b))
    assert isinstance(low_a, PolyElement)
    assert isinstance(low_b, PolyElement)
    for found, expected in [(low_a * low_b, a * b), (low_a + low_b, a + b)]:
        (raised,) = field.raised({(): found}).values()
        assert (raised.numer, raised.denom) == (expected.numer, expected.denom)
