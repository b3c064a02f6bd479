"""Tori: monomials of weight zero are invariant, and as many as a search finds."""

from collections import Counter
from random import Random

import pytest
from sympy import QQ, Symbol, sqrt

from symflow.kinds import Cluster, Kind
from symflow.linear_forms import degree_of, multiply, plus
from symflow.multigraded import MultigradedSearch
from symflow.tori import torus_action
from tests.linear_actions import derivative, spread


def planes(*fields, domain=QQ, coordinates=None):
    """Rotations of planes (z_0, z_1), (z_2, z_3), ... by the frequencies of each field."""
    number = len(fields[0])
    kinds = []
    for a in range(number):
        turns = tuple(
            {(0, 1): -domain.convert(f[a]), (1, 0): domain.convert(f[a])}
            for f in fields
        )
        vector = ({2 * a: domain.one}, {2 * a + 1: domain.one})
        kinds.append(Kind(2, tuple(t if t[0, 1] else {} for t in turns), (vector,)))
    return Cluster(tuple(kinds), len(fields))


def lines(*fields):
    """Scalings of lines."""
    kinds = (
        Kind(
            1,
            tuple({(0, 0): QQ(f[a])} if f[a] else {} for f in fields),
            (({a: QQ(1)},),),
        )
        for a in range(len(fields[0]))
    )
    return Cluster(tuple(kinds), len(fields))


def found_by(torus):
    basis = torus.basis()
    assert basis.degree is None
    return torus.polynomials(basis.solutions)


def exponents(f, size):
    return {tuple(map(m.count, range(size))): x for m, x in f.items()}


CASES = {
    "1:1": (planes([1, 1]), 4, 4),
    "2:1": (planes([2, 1]), 4, 4),
    "2:1:-3": (planes([2, 1, -3]), 6, 5),
    "two circles": (planes([1, 1, 0], [0, 1, 2]), 6, 5),
    "scaling 1, 1, -1, -1": (lines([1, 1, -1, -1]), 4, 4),
    "scaling 2, -3": (lines([2, -3]), 2, 5),
}


@pytest.mark.parametrize("name", CASES)
def test_every_invariant_is_annihilated_and_a_search_finds_as_many(name):
    cluster, size, degree = CASES[name]
    found = found_by(torus_action(cluster, QQ))
    for f in found:
        for k in range(len(cluster.kinds[0].matrices)):
            field = spread(cluster.kinds, k)
            assert not derivative(field, exponents(f, size))
    search = MultigradedSearch(cluster.kinds)
    search.up_to(degree)
    counted = Counter(sum(next(iter(f))) for f in search.found)
    degrees = Counter(map(degree_of, found))
    assert {d: n for d, n in degrees.items() if d <= degree} == counted


def test_the_circle_in_random_coordinates():
    """v -> (3 4; -3 -2)-like matrices: conjugate frequencies in any basis of a plane."""
    random = Random(2)
    a, b, c = (QQ(random.randint(1, 5)) for _ in range(3))
    matrix = {(0, 0): a, (0, 1): b, (1, 0): -(a * a + c * c) / b, (1, 1): -a}
    vectors = (({0: QQ(1)}, {1: QQ(1)}), ({2: QQ(1)}, {3: QQ(1)}))
    each = Kind(2, (matrix,), vectors)
    torus = torus_action(Cluster((each,), 1), QQ)
    assert torus.compact
    found = found_by(torus)
    assert list(map(degree_of, found)) == [2, 2, 2, 2]
    for f in found:
        assert not derivative(spread([each], 0), exponents(f, 4))


def test_incommensurate_frequencies_are_dense_in_a_larger_torus():
    K = QQ.algebraic_field(sqrt(2))
    root = K.from_sympy(sqrt(2))
    torus = torus_action(planes([K.one, root], domain=K), K)
    assert (torus.rank, torus.dimension, torus.compact) == (2, 1, True)
    assert list(map(degree_of, found_by(torus))) == [2, 2]


def test_commensurate_irrational_frequencies_resonate():
    K = QQ.algebraic_field(sqrt(2))
    root = K.from_sympy(sqrt(2))
    torus = torus_action(planes([K(2) * root, root], domain=K), K)
    assert torus.rank == 1
    assert list(map(degree_of, found_by(torus))) == [2, 2, 3, 3]


def test_parameters_resonate_only_where_they_must():
    """w and 2 w do, also as fractions with a common denominator; w and 1 do not."""
    w = Symbol("w")
    K = QQ.frac_field(w)
    x = K.from_sympy(w)
    for frequencies, rank in (
        ([x, K(2) * x], 1),
        ([K.one / (x + K.one), K(2) / (x + K.one)], 1),
        ([x / (x + K.one), K.one / (x + K.one)], 2),
        ([x, K.one], 2),
    ):
        torus = torus_action(planes(frequencies, domain=K), K)
        assert torus.rank == rank


def test_matrices_with_roots_of_two_kinds():
    """Hyperbolic turns with sqrt(2) and sqrt(3): no resonance, each its own invariant."""
    kinds = tuple(
        Kind(
            2,
            ({(0, 1): QQ(d), (1, 0): QQ(1)},),
            (({2 * a: QQ(1)}, {2 * a + 1: QQ(1)}),),
        )
        for a, d in enumerate((2, 3))
    )
    torus = torus_action(Cluster(kinds, 1), QQ)
    assert not torus.compact
    assert torus.rank == 2
    found = found_by(torus)
    assert found == [{(0, 0): 1, (1, 1): -2}, {(2, 2): 1, (3, 3): -3}]


def test_a_nilpotent_matrix_is_no_torus():
    shear = Kind(2, ({(0, 1): QQ(1)},), (({0: QQ(1)}, {1: QQ(1)}),))
    assert torus_action(Cluster((shear,), 1), QQ) is None


def test_matrices_that_do_not_commute_are_no_torus():
    kind = Kind(2, ({(0, 1): QQ(1)}, {(1, 0): QQ(1)}), (({0: QQ(1)}, {1: QQ(1)}),))
    assert torus_action(Cluster((kind,), 2), QQ) is None


def test_a_bound_on_the_number_leaves_out_whole_degrees():
    torus = torus_action(planes([2, 1]), QQ)
    basis = torus.basis(most=2)
    assert basis.degree == 2
    assert list(map(sum, basis.solutions)) == [2, 2]


def test_the_relation_of_a_resonance():
    """(p + 2 i x)(y - i p)^2 and its conjugate have the product of the moduli."""
    torus = torus_action(planes([2, 1]), QQ)
    first, second, real, imaginary = found_by(torus)
    whole = multiply(first, multiply(second, second))
    square = plus(multiply(real, real), multiply(imaginary, imaginary))
    assert not plus(whole, square, -1)
