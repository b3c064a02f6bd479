"""Angles: integer sums of few, free of rational relations."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Symbol

from symflow.angles import angle_basis
from symflow.terms import accumulate, multiples

fractions = st.fractions(-3, 3, max_denominator=4).map(
    lambda f: QQ(f.numerator, f.denominator)
)
angles = st.lists(
    st.dictionaries(
        st.sampled_from([(1, 0), (0, 1), (2, 0)]), fractions.filter(bool), min_size=1
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(angles)
def test_every_angle_is_an_integer_sum_of_the_basis(given_):
    basis = angle_basis(given_, QQ)
    for angle, row, offset in zip(given_, basis.multiples, basis.offsets, strict=True):
        total = {}
        for k, n in row.items():
            accumulate(total, multiples(QQ(n), basis.angles[k]).items())
        assert total == angle
        assert not offset


@settings(deadline=None)
@given(st.lists(st.tuples(fractions, fractions).filter(any), min_size=1, max_size=4))
def test_so_it_is_where_parameters_stand_in_them(pairs):
    domain = QQ.frac_field(Symbol("k"))
    k = domain.from_sympy(Symbol("k"))
    given_ = [{(1,): domain.one * left + k * right} for left, right in pairs]
    basis = angle_basis(given_, domain)
    for angle, row in zip(given_, basis.multiples, strict=True):
        total = {}
        for place, n in row.items():
            accumulate(total, multiples(domain.one * n, basis.angles[place]).items())
        assert total == angle
    assert not any(basis.offsets)


def test_parameters_are_no_integers():
    """k x is no multiple of x, though it is one over the field of k."""
    domain = QQ.frac_field(Symbol("k"))
    k = domain.from_sympy(Symbol("k"))
    basis = angle_basis([{(1,): domain.one}, {(1,): k}, {(1,): 2 * k}], domain)
    assert len(basis.angles) == 2
    assert basis.multiples[2] == {1: 2}


def test_constants_are_left_over():
    basis = angle_basis([{(1,): QQ(1)}, {(1,): QQ(2), (0,): QQ(3)}], QQ)
    assert basis.offsets == (0, 3)
