"""Normal forms: the same for equal elements, and different for different ones."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ

from symflow.coefficient_field import CoefficientField
from symflow.normal_form import NormalForm
from symflow.terms import accumulate, product

FIELD = CoefficientField([], [])
CIRCLE = {(2, 0, 0): QQ(1), (0, 2, 0): QQ(1), (0, 0, 0): QQ(-1)}
INVERSE = {(1, 0, 1): QQ(1), (0, 0, 0): QQ(-1)}
FORM = NormalForm([CIRCLE, INVERSE], 3, FIELD)

exponents = st.tuples(*(st.integers(0, 3) for _ in range(3)))
coefficients = st.integers(-4, 4).filter(bool).map(QQ)
polynomials = st.dictionaries(exponents, coefficients, max_size=4)


@settings(deadline=None)
@given(polynomials, polynomials)
def test_multiples_of_relations_do_not_count(f, g):
    changed = accumulate(product(g, CIRCLE), f.items())
    assert FORM.reduce(changed) == FORM.reduce(f)


@settings(deadline=None)
@given(polynomials, polynomials)
def test_reduction_is_linear_and_done_once(f, g):
    total = accumulate(dict(f), g.items())
    parts = accumulate(dict(FORM.reduce(f)), FORM.reduce(g).items())
    assert FORM.reduce(total) == parts
    assert FORM.reduce(parts) == parts


def test_without_relations_nothing_is_reduced():
    assert NormalForm([], 3, FIELD).reduce(CIRCLE) == CIRCLE
