"""The graded search finds what a search without gradings finds, and all there is."""

from math import comb

import pytest
from sympy import QQ

import symflow as sf
from symflow import ansatz
from symflow.ansatz import GradedAnsatz
from symflow.linear_algebra import rank
from symflow.polynomials import total_degree
from tests.systems import ALL, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

SMALL = [system for system in ALL if system.space.n <= 3]


def search(system, degree):
    algebra = system.algebra
    found = GradedAnsatz(algebra.ring, algebra.polynomials)
    found.up_to(degree)
    return found


def products(polynomials, degree):
    """All products of given polynomials with this total degree."""
    out, sizes = [], [total_degree(f) for f in polynomials]

    def extend(product, first, left):
        if not left:
            out.append(product)
        for k in range(first, len(polynomials)):
            if sizes[k] <= left:
                extend(product * polynomials[k], k, left - sizes[k])

    if polynomials:
        extend(polynomials[0].ring.one, 0, degree)
    return out


def dimension(polynomials):
    places = {}
    rows = [
        {places.setdefault(m, len(places)): c for m, c in f.terms()}
        for f in polynomials
    ]
    return rank(rows, len(places)) if rows else 0


def planar_count(degree):
    """so(2) on q and p: as many of z1, z2 of weight 1 as of their conjugates."""
    half, odd = divmod(degree, 2)
    return 0 if odd else (half + 1) ** 2


def axial_count(degree):
    """so(2) about z adds the free variables z and p_z."""
    return sum((k + 1) * planar_count(degree - k) for k in range(degree + 1))


def resonant_count(degree):
    """Two variables each of weight 2, 1, -1, -2: (a - b) 2 + (c - d) = 0."""
    return sum(
        2 * (a - b) + c - (degree - a - b - c) == 0
        for a in range(degree + 1)
        for b in range(degree + 1 - a)
        for c in range(degree + 1 - a - b)
    )


def rotation_count(vectors):
    """so(3) on vectors: the weight spaces of weight zero less those of weight one.

    Sym^d of k copies of the vector is spanned by monomials in k variables for each of the
    weights 1, 0 and -1, and every irreducible part has weight zero once, and weight one
    unless it is trivial.
    """

    def monomials(degree):
        return comb(degree + vectors - 1, vectors - 1)

    def weight(w, degree):
        return sum(
            monomials(b + w) * monomials(b) * monomials(degree - 2 * b - w)
            for b in range((degree - w) // 2 + 1)
        )

    return lambda degree: weight(0, degree) - (weight(1, degree) if degree else 0)


def unitary_count(degree):
    """u(2) on C^2: the powers of |z|^2 alone."""
    return 1 - degree % 2


MOLIEN = [
    (SO2, planar_count, 6),
    (SO2_AXIS, axial_count, 4),
    (SO3, rotation_count(2), 6),
    (SO3_TWO, rotation_count(4), 4),
    (U2, unitary_count, 6),
    (RESONANT, resonant_count, 6),
]


def test_the_counts_themselves():
    """so(3) on two vectors has the free invariants q.q, p.p, q.p."""
    assert [rotation_count(2)(2 * k) for k in range(5)] == [
        comb(k + 2, 2) for k in range(5)
    ]
    assert [rotation_count(2)(2 * k + 1) for k in range(4)] == [0] * 4
    assert rotation_count(3)(3) == 1
    assert [resonant_count(d) for d in range(1, 5)] == [0, 2, 2, 3]


@pytest.mark.parametrize(
    ("system", "count", "highest"), MOLIEN, ids=[str(row[0]) for row in MOLIEN]
)
def test_products_of_what_is_found_are_all_invariants_there_are(system, count, highest):
    found = search(system, highest).found
    for degree in range(1, highest + 1):
        assert dimension(products(found, degree)) == count(degree)


@pytest.mark.parametrize("system", SMALL, ids=str)
def test_no_generator_is_a_polynomial_in_those_before(system):
    found = search(system, 4).found
    for k, f in enumerate(found):
        others = [g for g in found if g is not f]
        lower = [p for d in range(5) for p in products(others, d)]
        if lower:
            assert dimension([*lower, f]) == dimension(lower) + 1, f"number {k}"


@pytest.mark.parametrize("system", SMALL, ids=str)
def test_the_grading_changes_nothing(system, monkeypatch):
    """With no conserved weight at all the search is one block a degree: brute force."""
    graded = search(system, 3).found
    monkeypatch.setattr(ansatz, "_conserved_weights", lambda *_: [])
    plain = search(system, 3).found
    assert list(map(total_degree, plain)) == list(map(total_degree, graded))
    for degree in range(1, 4):
        left, right = products(graded, degree), products(plain, degree)
        assert dimension(left) == dimension(right) == dimension([*left, *right])


@pytest.mark.parametrize("system", ALL, ids=str)
def test_every_generator_conserves_every_weight(system):
    """The bracket with a generator moves no monomial out of its block."""
    found = search(system, 1)
    ring = found.ring
    for variable in ring.variables:
        block = found._weight(variable.LM)
        for g in system.algebra.polynomials:
            moved = ring.bracket(variable, g)
            assert {found._weight(m) for m in moved.monoms()} <= {block}


def test_two_vectors_are_graded_by_degree_in_each():
    space = sf.PhaseSpace("x y z")
    rotation = search(SO3, 1)
    assert len(rotation.weights) == 2
    for weight in rotation.weights:
        assert len(set(weight[: space.n])) == len(set(weight[space.n :])) == 1


def test_inhomogeneous_generators_mix_degrees():
    """Rotation about (1, 0), translated: the same invariants, moved."""
    space = sf.PhaseSpace("x y")
    algebra = sf.LieAlgebra(space, {"L": "(x - 1)*p_y - y*p_x"})
    found = GradedAnsatz(algebra.ring, algebra.polynomials)
    found.up_to(4)
    assert not found.homogeneous
    assert [total_degree(f) for f in found.found] == [2, 2, 2, 2]
    moved = space.read("(x - 1)**2 + y**2 - 1").expand()
    assert moved in {found.ring.expression(f) for f in found.found}


def test_generators_have_coprime_integer_coefficients():
    space = sf.PhaseSpace("x y")
    algebra = sf.LieAlgebra(space, {"H": "(p_x**2 + x**2)/3 + (p_y**2 + 4*y**2)/7"})
    found = GradedAnsatz(algebra.ring, algebra.polynomials)
    found.up_to(2)
    for f in found.found:
        coefficients = [QQ.to_sympy(c) for c in f.coeffs()]
        assert all(c.is_Integer for c in coefficients)
        assert coefficients[0] > 0


@pytest.mark.parametrize("system", [SO3, RESONANT, U2], ids=str)
def test_another_basis_of_the_algebra_leaves_no_trace(system):
    """Fields are taken in echelon form, so weights, blocks and results are the same."""
    algebra = system.algebra
    g = algebra.polynomials
    combined = [sum(g[: k + 1], g[0].ring.zero) for k in range(len(g))]
    one, other = GradedAnsatz(algebra.ring, g), GradedAnsatz(algebra.ring, combined)
    for found in (one, other):
        found.up_to(2)
    assert one.weights == other.weights
    assert one.found == other.found


def test_a_search_among_the_coordinates_finds_their_invariants_only():
    algebra = SO3_TWO.algebra
    q = range(SO3_TWO.space.n)
    found = GradedAnsatz(algebra.ring, algebra.polynomials, q)
    found.up_to(3)
    whole = search(SO3_TWO, 3).found
    momenta = set(SO3_TWO.space.p)
    of_q = [f for f in whole if not algebra.ring.expression(f).free_symbols & momenta]
    assert len(of_q) == len(found.found) == 3
    for degree in (2, 3):
        left, right = products(of_q, degree), products(found.found, degree)
        assert dimension(left) == dimension(right) == dimension([*left, *right])
