"""Residues: a map of fields that keeps sums and products."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Integer, Rational, Symbol, sqrt

from symflow.residues import Residues

m = Symbol("m")
DOMAINS = [
    QQ,
    QQ.algebraic_field(sqrt(2), sqrt(3)),
    QQ.frac_field(m),
    QQ.algebraic_field(sqrt(2)).frac_field(m),
]
SAMPLES = [
    [Rational(1, 3), Rational(-5, 7), Integer(2)],
    [sqrt(2) / 3, sqrt(3) + 1, sqrt(6) - sqrt(2)],
    [m, 1 / (m + 1), m**2 - 3],
    [sqrt(2) * m, 1 / (m + sqrt(2)), m**2 / 3],
]


@pytest.mark.parametrize("number", range(4))
@settings(deadline=None, max_examples=10)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_sums_and_products_are_kept(number, data, seed):
    domain = DOMAINS[number]
    residues = Residues(domain, 2, Random(seed))
    drawn = st.sampled_from(SAMPLES[number])
    a, b = (domain.from_sympy(data.draw(drawn)) for _ in range(2))
    p = residues.prime
    assert residues.element(a + b) == (residues.element(a) + residues.element(b)) % p
    assert residues.element(a * b) == residues.element(a) * residues.element(b) % p


def test_roots_of_unity_exist_where_they_are_asked_for():
    assert (Residues(QQ, 12, Random(1)).prime - 1) % 12 == 0


def test_a_vanishing_denominator_has_no_residue():
    residues = Residues(QQ, 2, Random(1))
    with pytest.raises(ZeroDivisionError):
        residues.element(QQ(1, residues.prime))
