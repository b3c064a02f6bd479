"""Square roots: found exactly where the field holds them."""

import pytest
from sympy import QQ, Symbol, sqrt

from symflow.square_roots import square_root

ROOT = QQ.algebraic_field(sqrt(2))
FRACTIONS = QQ.frac_field(Symbol("w"))


@pytest.mark.parametrize(
    ("domain", "x"),
    [
        (QQ, QQ(3, 5)),
        (ROOT, ROOT.from_sympy(1 + sqrt(2))),
        (FRACTIONS, FRACTIONS.from_sympy(1 / (1 + Symbol("w")))),
    ],
)
def test_a_square_has_its_root(domain, x):
    found = square_root(x * x, domain)
    assert found in (x, -x)


@pytest.mark.parametrize("domain", [QQ, ROOT, FRACTIONS])
def test_what_is_no_square_has_none(domain):
    assert square_root(domain(3), domain) is None
    assert square_root(-domain.one, domain) is None


def test_two_is_a_square_where_its_root_was_put_in():
    assert square_root(QQ(2), QQ) is None
    assert square_root(ROOT(2), ROOT) ** 2 == ROOT(2)
