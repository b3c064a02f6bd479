r"""Casimirs: known ones, their degrees, and their number where it is hard."""

import pytest
from sympy import (
    Poly,
    Symbol,
    expand,
)

from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.structure_cases import bracket_of, case


def commutes(algebra, polynomial):
    """{x_i, C} = 0 for all i, by SymPy's own derivatives."""
    variables = {name: Symbol(name) for name in algebra.names}
    for left in algebra.names:
        total = 0
        for right in algebra.names:
            image = bracket_of(algebra, {left: 1}, {right: 1})
            value = sum(c * variables[name] for name, c in image.items())
            total += value * polynomial.diff(variables[right])
        if expand(total) != 0:
            return False
    return True


def test_casimirs_of_e3_are_its_two():
    e3 = case("A07")
    found = e3.casimirs(4)
    assert len(found) == e3.casimir_count == 2
    Px, Py, Pz, Lx, Ly, Lz = map(Symbol, ("Px", "Py", "Pz", "Lx", "Ly", "Lz"))
    assert set(found) == {Px**2 + Py**2 + Pz**2, Px * Lx + Py * Ly + Pz * Lz}


def test_casimirs_of_the_bargmann_algebra():
    algebra = case("A08")
    found = algebra.casimirs(2)
    assert [Poly(c).total_degree() for c in found] == [1, 2]
    assert all(commutes(algebra, c) for c in found)
    assert algebra.casimir_count == 3


@pytest.mark.parametrize(
    ("build", "degrees"),
    [(lambda: ma.sl(3), [2, 3]), (lambda: ma.so(4), [2, 2])],
)
def test_casimir_degrees_of_semisimple_algebras(build, degrees):
    found = build().casimirs(3)
    assert [Poly(c).total_degree() for c in found] == degrees
    assert all(commutes(build(), c) for c in found)


@pytest.mark.parametrize(
    ("build", "exponents"),
    [
        (lambda: ma.sp(6), [1, 3]),
        (lambda: ma.so(6), [1, 2, 3]),
        (lambda: ma.so(4, 2), [1, 2, 3]),
        (lambda: ma.sl(4), [1, 2, 3]),
        (lambda: ma.so(7), [1, 3]),
        (lambda: ma.g2(1), [1]),
        (lambda: ma.scrambled(ma.sl(3), 1), [1, 2]),
    ],
)
def test_casimir_degrees_are_the_exponents_plus_one(build, exponents):
    found = build().casimirs(4)
    assert [Poly(c).total_degree() for c in found] == [m + 1 for m in exponents]


def test_casimirs_do_not_depend_on_the_basis():
    # The elements that multiply the others by weights are lost in another basis.
    algebra = ma.schroedinger(1)
    other = ma.scrambled(algebra, 3)
    assert len(algebra.casimirs(3)) == len(other.casimirs(3))
    assert all(commutes(other, c) for c in other.casimirs(3))


@pytest.mark.parametrize(
    ("build", "count"),
    [
        (lambda: ma.so(5), 2),
        (lambda: ma.g2(1), 2),
        (lambda: ma.sl_complex(2), 2),
        # The frobenius algebras have none: aff(n, R) = gl(n) with its vectors.
        (lambda: ma.semidirect(ma.preserving(2, []), 2), 0),
        (lambda: ma.schroedinger(3), 3),
    ],
)
def test_casimir_count(build, count):
    assert build().casimir_count == count


def test_casimir_count_without_a_stable_form():
    # Filiform: all of the stabiliser lies in what it moves, so no form is stable.
    names = ["x", *(f"e{k}" for k in range(1, 7))]
    constants = {("x", f"e{k}"): {f"e{k - 1}": 1} for k in range(2, 7)}
    assert AbstractLieAlgebra(names, constants).casimir_count == 5
    # A5,6 has no abelian ideal of codimension one: the rank is taken symbolically.
    a56 = {("c", "d"): {"a": 1}, ("b", "e"): {"a": 1}}
    a56 |= {("c", "e"): {"b": 1}, ("d", "e"): {"c": 1}}
    assert AbstractLieAlgebra("abcde", a56).casimir_count == 1
