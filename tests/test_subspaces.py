r"""Subspaces: the laws of a modular lattice, exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ

from symflow.errors import ArgumentError
from symflow.linear_algebra import echelon
from symflow.structure import AbstractLieAlgebra
from symflow.subspaces import Subspace

NAMES = "abcde"
VECTORS = st.lists(st.lists(st.integers(-2, 2), min_size=5, max_size=5), max_size=4)


def space(vectors, names=NAMES):
    rows = [{k: QQ(v) for k, v in enumerate(vector) if v} for vector in vectors]
    return Subspace(names, echelon(rows, len(names)), QQ)


SPACES = VECTORS.map(space)


@settings(max_examples=60, deadline=None)
@given(SPACES, SPACES, SPACES)
def test_sums_and_intersections_are_a_modular_lattice(u, v, w):
    assert (u + v).dimension + (u & v).dimension == u.dimension + v.dimension
    assert u & v <= u <= u + v
    assert u + v == v + u
    assert u & v == v & u
    assert u + (v & (u + w)) == (u + v) & (u + w)
    assert (u <= v) == (u + v == v) == (u & v == u)
    assert (u < v) == (u <= v and u != v)


def test_lines_of_a_plane_do_not_distribute():
    u, v, w = space([[1, 0, 0, 0, 0]]), space([[0, 1]]), space([[1, 1]])
    assert u & (v + w) == u
    assert ((u & v) + (u & w)).dimension == 0


def test_subspaces_of_other_algebras_do_not_mix():
    u, v = space([[1]]), space([[1]], "abcdf")
    for operation in (u.__add__, u.__and__, u.__le__):
        with pytest.raises(ArgumentError, match="`other`"):
            operation(v)


def test_a_product_wants_subspaces_of_its_own():
    with pytest.raises(ArgumentError, match="`space`"):
        AbstractLieAlgebra("ab", {}).product(space([[1]]), space([[1]]))


def test_latex_is_the_span():
    assert r"\left\langle a + 2 b \right\rangle" in space([[1, 2]])._repr_latex_()
    assert r"\{0\}" in space([])._repr_latex_()
