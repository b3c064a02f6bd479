r"""Modular tables: bounds that hold over the field, whatever the prime."""

from itertools import islice

import pytest
from sympy import QQ, I, sqrt, symbols

from symflow.ideals import direct_summands
from symflow.lie_table import LieTable
from symflow.modular_tables import modular_tables
from symflow.structure_constants import read_table
from tests import matrix_algebras as ma
from tests.known_algebras import SUMS

ROTATIONS = {("x", "y"): {"z": 1}, ("y", "z"): {"x": 1}, ("z", "x"): {"y": 1}}


def table_of(algebra):
    return read_table(algebra.names, algebra.structure_constants)


def bounds(table):
    return [modular.centroid_bound() for modular in islice(modular_tables(table), 3)]


@pytest.mark.parametrize("build", [row[0] for row in SUMS])
def test_bound_is_the_number_of_simple_ideals_over_the_complex_numbers(build):
    algebra = build()
    factors = algebra.identify().cartan_type.split(" + ")
    # An abelian summand R adds its own numbers.
    expected = len(factors) + algebra.center.dimension
    assert bounds(table_of(algebra)) == [expected] * 3


@pytest.mark.parametrize("n", [3, 4])
def test_bound_counts_maps_of_the_quotient_into_the_centre(n):
    # H may go to the mass: two dimensions, and yet nothing splits off.
    table = table_of(ma.bargmann(n))
    assert bounds(table) == [2, 2, 2]
    summands, abelian = direct_summands(table)
    assert (len(summands), abelian.rank) == (1, 0)


def test_no_bound_where_no_vector_is_cyclic():
    heisenberg = read_table("QPZ", {("Q", "P"): {"Z": 1}})
    assert bounds(heisenberg) == [None] * 3


@pytest.mark.parametrize("factor", [sqrt(2), sqrt(2) * symbols("m"), I])
def test_residues_keep_sums_products_and_quotients(factor):
    constants = {**ROTATIONS, ("x", "y"): {"z": factor}}
    table = read_table("xyz", constants)
    read = table.domain.from_sympy
    for modular in islice(modular_tables(table), 3):
        a, b = read(factor), read(3 - factor / 7)
        x, y, p = modular.residue(a), modular.residue(b), modular.prime
        assert modular.residue(a + b) == (x + y) % p
        assert modular.residue(a * b) == x * y % p
        assert modular.residue(a / b) * y % p == x
        assert modular.centroid_bound() == 1


def test_primes_that_divide_a_denominator_are_left_out():
    first = next(modular_tables(read_table("xyz", ROTATIONS))).prime
    broken = LieTable(2, {(0, 1): {0: QQ(1, first)}}, QQ)
    assert next(modular_tables(broken)).prime < first
    with pytest.raises(ZeroDivisionError):
        next(modular_tables(read_table("xyz", ROTATIONS))).residue(QQ(1, first))
