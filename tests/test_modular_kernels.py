"""Kernels found modulo primes are those over the rationals, and say so if not."""

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ

from symflow.linear_algebra import nullspace, rank
from symflow.modular_kernels import ModularKernel, primes_below

COLUMNS = 7
ROWS = st.lists(
    st.dictionaries(st.integers(0, COLUMNS - 1), st.integers(-9, 9), max_size=4),
    max_size=9,
)


def rational(rows):
    return [{j: QQ(x) for j, x in row.items() if x} for row in rows]


@given(ROWS)
def test_the_kernel_is_that_over_the_rationals(rows):
    kernel = ModularKernel(rows, COLUMNS)
    exact = nullspace(rational(rows), COLUMNS)
    assert kernel.dimension == len(exact)
    lifted = kernel.lift(range(kernel.dimension))
    assert rank([*exact, *rational(lifted)], COLUMNS) == len(exact)
    assert all(kernel.contains(vector) for vector in lifted)


@given(ROWS)
def test_lifted_vectors_have_coprime_entries(rows):
    kernel = ModularKernel(rows, COLUMNS)
    for vector in kernel.lift(range(kernel.dimension)):
        assert np.gcd.reduce(list(vector.values())) == 1
        assert vector[min(vector)] > 0


@given(ROWS)
def test_the_basis_vanishes_modulo_the_prime(rows):
    kernel = ModularKernel(rows, COLUMNS)
    for vector in kernel.basis.tolist():
        for row in rows:
            assert sum(x * vector[j] for j, x in row.items()) % kernel.prime == 0


def test_a_prime_that_enlarges_the_kernel_is_passed_over():
    """Modulo the first prime the matrix vanishes; over the rationals it does not."""
    first = next(primes_below(2**31))
    kernel = ModularKernel([{0: first, 1: first}, {0: first, 1: -first}], 2)
    assert kernel.dimension == 0
    assert kernel.prime < first


def test_vectors_longer_than_one_prime_are_lifted_by_several():
    """The Hilbert matrix has an inverse of large integers: one prime is not enough."""
    size = 9
    scale = flint.fmpz(1)
    for k in range(1, 2 * size):
        scale = scale * k
    rows = [
        {**{j: int(scale) // (i + j + 1) for j in range(size)}, size + i: -int(scale)}
        for i in range(size)
    ]
    kernel = ModularKernel(rows, 2 * size)
    vectors = kernel.lift(range(size))
    assert kernel.dimension == len(vectors) == size
    assert max(abs(x) for v in vectors for x in v.values()) > kernel.prime
    assert all(kernel.contains(v) for v in vectors)
    assert not kernel.contains({0: 1})


@pytest.mark.parametrize("bound", [3, 100, 2**31])
def test_primes_come_from_the_largest_down(bound):
    primes = primes_below(bound)
    first = next(primes)
    assert flint.fmpz(first).is_prime()
    assert not any(flint.fmpz(k).is_prime() for k in range(first + 1, bound))
    assert all(p < first for p, _ in zip(primes, range(5), strict=False))
