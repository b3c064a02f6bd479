r"""Signatures: Sylvester's law, over the rationals and over fields with parameters."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import QQ, QQ_I, sqrt, symbols
from sympy.polys.matrices import DomainMatrix

from symflow.errors import UnsupportedError
from symflow.symmetric_forms import is_real_field, sign, signature

POSITIVE = symbols("m", positive=True)
FIELDS = [QQ, QQ.algebraic_field(sqrt(2)), QQ.frac_field(POSITIVE)]

integers = st.integers(min_value=-4, max_value=4)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4),
    st.lists(integers, min_size=16, max_size=16),
    st.sampled_from(FIELDS),
)
def test_signature_does_not_depend_on_the_basis(squares, entries, domain):
    rows = [[domain(x) for x in entries[4 * i : 4 * i + 4]] for i in range(4)]
    change = DomainMatrix(rows, (4, 4), domain)
    assume(change.rank() == 4)
    form = [[domain(squares[i] * (i == j)) for j in range(4)] for i in range(4)]
    moved = change.transpose() * DomainMatrix(form, (4, 4), domain) * change
    sparse = [
        {j: value for j, value in enumerate(row) if value} for row in moved.to_list()
    ]
    expected = tuple(squares.count(s) for s in (1, -1, 0))
    assert signature(sparse, 4, domain) == expected


def test_hyperbolic_plane_has_no_square_to_begin_with():
    domain = FIELDS[2]
    m = domain.from_sympy(POSITIVE)
    assert signature([{1: m}, {0: m}], 2, domain) == (1, 1, 0)


def test_sign_uses_the_factors_of_odd_power():
    x = symbols("x", real=True)
    domain = QQ.frac_field(x)
    assert sign(domain.from_sympy((x - 1) ** 2 / (x**2 + 1)), domain) == 1
    with pytest.raises(UnsupportedError, match="sign"):
        sign(domain.from_sympy(x - 1), domain)


def test_complex_fields_have_no_signature():
    assert not is_real_field(QQ_I)
    assert is_real_field(FIELDS[1])
    with pytest.raises(UnsupportedError, match="imaginary"):
        signature([{0: QQ_I(1)}], 1, QQ_I)
