r"""Semidirect products: the textbook algebras by matrices or functions."""

import pytest

from symflow.claims import Standing
from tests import matrix_algebras as ma
from tests.matrix_algebras import scrambled


def group(p, q=0):
    return ma.preserving(p + q, ma.form_conditions(ma.diagonal(*[1] * p, *[-1] * q)))


def traceless(n):
    return ma.preserving(n, [ma.trace_condition(ma.diagonal(*[1] * n))])


SEMIDIRECT = [
    (lambda: ma.semidirect(group(3), 3), "e(3) = so(3) ⋉ R^3"),
    (lambda: ma.semidirect(group(4), 4), "e(4) = so(4) ⋉ R^4"),
    (lambda: ma.semidirect(group(2, 1), 3), "iso(2,1) = so(2,1) ⋉ R^3"),
    (lambda: ma.semidirect(group(3, 1), 4), "Poincare iso(3,1) = so(3,1) ⋉ R^4"),
    (lambda: ma.semidirect(traceless(2), 2), "saff(2,R) = sl(2,R) ⋉ R^2"),
    (lambda: ma.semidirect(traceless(3), 3), "saff(3,R) = sl(3,R) ⋉ R^3"),
    (lambda: ma.semidirect(ma.preserving(2, []), 2), "aff(2,R) = gl(2,R) ⋉ R^2"),
    (
        lambda: ma.semidirect([*group(3), ma.diagonal(1, 1, 1)], 3),
        "sim(3) = (so(3) ⊕ R) ⋉ R^3",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1)),
        "Galilei algebra in 3 dimensions, no mass",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1), ((4, 3), -1)),
        "oscillating Newton-Hooke algebra in 3 dimensions, no mass",
    ),
    (
        lambda: ma.kinematical(3, ((3, 4), 1), ((4, 3), 2)),
        "expanding Newton-Hooke algebra in 3 dimensions, no mass",
    ),
    (lambda: ma.bargmann(3), "Bargmann algebra in 3 dimensions"),
    (lambda: ma.bargmann(4), "Bargmann algebra in 4 dimensions"),
    (
        lambda: ma.bargmann(3, potential=3),
        "oscillating Newton-Hooke algebra in 3 dimensions, with mass",
    ),
    (
        lambda: ma.bargmann(3, potential=-1),
        "expanding Newton-Hooke algebra in 3 dimensions, with mass",
    ),
    (lambda: ma.carroll(3), "Carroll algebra in 3 dimensions = so(3) ⋉ h(3)"),
    (
        lambda: ma.schroedinger(1),
        "Schroedinger algebra in 1 dimension = sl(2,R) ⋉ h(1)",
    ),
    (lambda: ma.schroedinger(2), "Schroedinger algebra in 2 dimensions"),
    (lambda: ma.schroedinger(3), "Schroedinger algebra in 3 dimensions"),
    (lambda: ma.jacobi(2), "sp(4,R) ⋉ h(2)"),
]


@pytest.mark.parametrize(("build", "name"), SEMIDIRECT)
def test_semidirect_product(build, name):
    algebra = build()
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED
    assert not algebra.is_semisimple
    assert not algebra.is_solvable
    if algebra.dimension <= 7:
        assert scrambled(algebra, 1).identify().name == name
