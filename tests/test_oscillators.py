"""Oscillators: u(d), su(d), sp(2d,R) and h(n) against their closed forms."""

from itertools import combinations_with_replacement

import pytest

import symflow as sf
from symflow.claims import Standing
from symflow.expressions import valid_name
from symflow.oscillators import heisenberg, special_unitary, symplectic, unitary
from tests.catalogue import closed, commute, space, squares


@pytest.mark.parametrize(
    ("n", "function", "dimension", "name"),
    [
        (1, unitary, 1, "so(2)"),
        (2, unitary, 4, "u(2) = su(2) ⊕ u(1)"),
        (3, unitary, 9, "u(3) = su(3) ⊕ u(1)"),
        (4, unitary, 16, "u(4) = su(4) ⊕ u(1)"),
        (2, special_unitary, 3, "so(3)"),
        (3, special_unitary, 8, "su(3)"),
        (4, special_unitary, 15, "su(4)"),
        (1, symplectic, 3, "sl(2,R)"),
        (2, symplectic, 10, "so(3,2)"),
        (3, symplectic, 21, "sp(6,R)"),
        (4, symplectic, 36, "sp(8,R)"),
        (1, heisenberg, 3, "Heisenberg h(1) = A3,1"),
        (2, heisenberg, 5, "Heisenberg h(2) = A5,4"),
        (3, heisenberg, 7, "Heisenberg h(3)"),
    ],
)
def test_textbook_names(n, function, dimension, name):
    algebra = closed(n, function)
    assert algebra.dimension == dimension
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED


@pytest.mark.parametrize("n", range(2, 6))
def test_signature_counts_compact_and_noncompact_directions(n):
    """su(n) is compact; the maximal compact subalgebra of sp(2n,R) is u(n)."""
    dimension = n * n - 1
    assert closed(n, special_unitary).killing_signature == (0, dimension, 0)
    assert closed(n, unitary).killing_signature == (0, dimension, 1)
    assert closed(n, symplectic).killing_signature == (n * (n + 1), n * n, 0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_heisenberg_algebra_has_one_central_element(n):
    algebra = closed(n, heisenberg)
    assert algebra.center.basis == ({"Z": 1},)
    assert len(algebra.structure_constants) == n
    assert all(entry == {"Z": 1} for entry in algebra.structure_constants.values())


def test_the_energy_of_the_oscillator_commutes():
    where = space(3)
    energy = squares(where.z) / 2
    assert commute(where, unitary(where), energy)
    assert sum(unitary(where)[f"A{i}{i}"] for i in (1, 2, 3)) == energy.expand()
    anisotropic = energy + where.q[0] ** 2
    assert not commute(where, special_unitary(where), anisotropic)


def test_every_quadratic_function_is_symplectic():
    where = space(2)
    found = sf.LieAlgebra(where, symplectic(where)).generators.values()
    products = {a * b for a, b in combinations_with_replacement(where.z, 2)}
    assert set(found) == products


@pytest.mark.parametrize("function", [unitary, special_unitary, symplectic])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_many_particles_close_as_one(function, d):
    one, many = closed(d, function), closed(2 * d, function, dimension=d)
    assert many.names == one.names
    assert many.structure_constants == one.structure_constants


def test_the_dual_rotations_commute_with_the_symplectic_algebra():
    """O(N) among N particles commutes with sp(2d,R): L_ab = q_a.p_b - q_b.p_a."""
    where = space(4)
    (q, p) = where.q, where.p
    between = q[0] * p[2] + q[1] * p[3] - q[2] * p[0] - q[3] * p[1]
    assert commute(where, symplectic(where, dimension=2), between)


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_names_are_identifiers(n):
    for function in (unitary, special_unitary, symplectic, heisenberg):
        assert all(map(valid_name, function(space(n))))
