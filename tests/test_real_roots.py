r"""Real roots: as many as were put in, each in its own gap."""

from itertools import pairwise
from math import inf, isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Poly, sqrt, symbols
from sympy.abc import t

from symflow.errors import UnsupportedError
from symflow.real_roots import separate_real_roots

squares = st.integers(min_value=2, max_value=60).filter(lambda n: isqrt(n) ** 2 < n)
ROOT = QQ.algebraic_field(sqrt(2))
M = symbols("m", positive=True)


@settings(max_examples=40, deadline=None)
@given(st.sets(squares, min_size=1, max_size=3), st.integers(0, 2))
def test_roots_of_known_squares_are_separated(radicands, pairs):
    polynomial = Poly(1, t, domain=QQ)
    for n in radicands:
        polynomial *= Poly(t**2 - n, t, domain=QQ)
    polynomial *= Poly(t**2 + t + 1, t, domain=QQ) ** min(pairs, 1)
    roots = sorted(s * n**0.5 for n in radicands for s in (1, -1))
    count, cuts = separate_real_roots(polynomial)
    assert count == len(roots) == len(cuts) + 1
    for low, high in pairwise([-inf, *map(float, cuts), inf]):
        assert sum(low < root < high for root in roots) == 1


def test_roots_over_a_number_field_depend_on_the_sign_of_its_root():
    for inside, count in ((sqrt(2), 2), (1 - sqrt(2), 0), (sqrt(2) - 1, 2)):
        polynomial = Poly(t**4 - inside, t, domain=ROOT)
        assert separate_real_roots(polynomial)[0] == count
    # t^3 - 3 t + sqrt 2 = (t - sqrt 2)(t^2 + sqrt 2 t - 1).
    polynomial = Poly(t**2 + sqrt(2) * t - 1, t, domain=ROOT)
    count, (cut,) = separate_real_roots(polynomial)
    assert count == 2
    low, high = sorted((-sqrt(2) + s * sqrt(6)) / 2 for s in (1, -1))
    assert low < ROOT.to_sympy(cut) < high


def test_parameters_decide_where_their_signs_are_known():
    field = QQ.frac_field(M)
    assert separate_real_roots(Poly(t**3 - M, t, domain=field)) == (1, ())
    assert separate_real_roots(Poly(t**4 + M, t, domain=field)) == (0, ())
    with pytest.raises(UnsupportedError, match="sign"):
        separate_real_roots(Poly(t**4 - M, t, domain=field))
