"""Separating points: values at points are faithful, modulo primes and over the integers."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symflow.separating_points import (
    IntegerPolynomial,
    SeparatingPoints,
    independent_rows,
    integer_rank,
)
from symflow.terms import monomials, product

PRIME = 2**31 - 1
TERMS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.integers(-(10**12), 10**12).filter(bool),
    min_size=1,
    max_size=4,
)


@given(TERMS, TERMS)
def test_values_of_a_product_are_those_of_the_multiplied_polynomial(f, g):
    points = SeparatingPoints(2)
    points.at_least(3)
    factors = [IntegerPolynomial(f), IntegerPolynomial(g)]
    whole = IntegerPolynomial(product(f, g))
    assert points.values(factors) == points.values([whole])
    residues = [x % PRIME for x in points.values(factors)]
    assert points.residues(factors, PRIME) == residues
    coefficients = np.array([x % PRIME for x in whole.terms.values()], dtype=np.int64)
    assert points.residues_of(list(whole.terms), coefficients, PRIME) == residues


@pytest.mark.parametrize("degree", range(1, 5))
def test_monomials_are_told_apart(degree):
    points = SeparatingPoints(3)
    points.at_least(comb(degree + 2, 2))
    listed = [IntegerPolynomial({m: 1}) for m in monomials(3, degree)]
    assert integer_rank([points.values([f]) for f in listed]) == len(listed)


def test_more_points_do_not_forget_old_polynomials():
    points = SeparatingPoints(2)
    f = IntegerPolynomial({(1, 1): 3})
    points.at_least(2)
    few = points.values([f])
    points.at_least(50)
    many = points.values([f])
    assert many[: len(few)] == few
    assert len(many) >= 50


@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1))
def test_a_rank_modulo_a_prime_is_never_larger(rows):
    _, rank = independent_rows(rows, 5)
    assert rank <= integer_rank(rows)
    assert independent_rows(rows, PRIME)[1] == integer_rank(rows)
