"""Invariants of finite groups: counted by Molien, generating, and joined to algebras."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.canonical_maps import particle_permutation
from symflow.errors import ArgumentError, UnsupportedError
from symflow.finite_invariants import finite_invariants, joint_invariants
from symflow.linear_algebra import Span
from symflow.molien_series import MolienSeries
from symflow.polynomials import PhasePolynomials, total_degree
from tests import case_book
from tests.test_molien_series import LINE, S3, SQUARE, TURN

FLIP = sf.FiniteGroup(LINE, {"P": {"x": "-x"}})
ROOM = sf.PhaseSpace("x1 y1 z1 x2 y2 z2")
SO3 = sf.LieAlgebra(ROOM, sf.rotations(ROOM, dimension=3))
PARITY = {q.name: f"-{q.name}" for q in ROOM.q}
EXCHANGE = particle_permutation(ROOM, [2, 1], 3)


@pytest.mark.parametrize(
    ("group", "by_degree"),
    [(FLIP, [0, 3]), (S3, [2, 3, 4]), (SQUARE, [0, 3, 0, 5]), (TURN, [0, 4, 8])],
    ids=["parity", "S3", "D4", "C3"],
)
def test_generators_of_known_groups(group, by_degree):
    found = finite_invariants(group)
    assert found.generating
    degrees = [sp.Poly(f, *group.space.z).total_degree() for f in found.generators]
    assert [degrees.count(d + 1) for d in range(len(by_degree))] == by_degree
    assert sum(by_degree) == len(degrees)


@pytest.mark.parametrize("group", [S3, SQUARE, TURN], ids=["S3", "D4", "C3"])
def test_every_element_leaves_every_generator_alone(group):
    for f in finite_invariants(group).generators:
        for element in group.elements:
            assert element.act(f) == sp.expand(f)


def products(found, degree):
    """The span of all products of generators, by degree."""
    ring = PhasePolynomials(found.group.space, [])
    generators = [ring.polynomial(f) for f in found.generators]
    levels = {0: {ring.ring.one}}
    for d in range(1, degree + 1):
        levels[d] = {
            f * g for f in generators for g in levels.get(d - total_degree(f), ())
        }
    return ring, levels


@pytest.mark.parametrize("group", [S3, SQUARE], ids=["S3", "D4"])
def test_products_span_what_molien_counts_beyond_where_the_search_ended(group):
    found = finite_invariants(group)
    degree = found.degree + 1
    ring, levels = products(found, degree)
    span = Span(ring.domain)
    count = sum(map(span.insert, levels[degree]))
    assert count == MolienSeries.of(group).counts(degree)[degree]


def test_a_degree_ends_the_search_and_nothing_more_is_said():
    found = finite_invariants(SQUARE, 2)
    assert (found.degree, found.generating, len(found.generators)) == (2, False, 3)
    assert found.claims[-1].statement == (
        "they generate all invariants of degree at most 2"
    )
    assert str(found).endswith("; up to degree 2")


def test_the_order_of_the_group_is_degree_enough():
    found = finite_invariants(TURN)
    assert (found.degree, TURN.order) == (3, 3)
    assert "Noether" in found.why


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.tuples(*[st.integers(0, 3)] * 6), st.integers(-5, 5).filter(bool), max_size=4
    )
)
def test_means_are_polynomials_in_the_generators(terms):
    """Of degree three at most all invariants are: a random mean lies in their span."""
    z = S3.space.z
    f = sum(
        c * sp.Mul(*(a**k for a, k in zip(z, powers, strict=True)))
        for powers, c in terms.items()
        if sum(powers) <= 3
    )
    ring, levels = products(finite_invariants(S3, 3), 3)
    span = Span(ring.domain)
    for product in set().union(*levels.values()):
        span.insert(product)
    assert span.remainder(ring.terms(S3.average(sp.sympify(f)))) == {}


def test_case_d06_masses_may_be_exchanged_along():
    case = case_book.BY_NAME["D06"]
    space = sf.PhaseSpace("q1 q2", "p1 p2", parameters="m1 m2")
    swap = {"q1": "q2", "q2": "q1"}
    H = case["input"]["H"]
    along = sf.FiniteGroup(space, {"swap": swap | {"m1": "m2", "m2": "m1"}})
    assert along.is_symmetry(H)
    assert not sf.FiniteGroup(space, {"swap": swap}).is_symmetry(H)
    found = finite_invariants(along)
    assert {f for f in found.generators if f.free_symbols <= set(space.parameters)} == {
        space.read("m1 + m2"),
        space.read("m1**2 + m2**2"),
    }


def test_case_a73_reflections_forbid_triple_products():
    """SO(3) and O(3) have one Lie algebra; six dot products and four are told apart."""
    case = case_book.BY_NAME["A73"]
    invariants = sf.invariants(SO3, 4)
    assert len(invariants.generators) == case["answer"]["min_polynomial_generators"]
    found = joint_invariants(invariants, sf.FiniteGroup(ROOM, {"P": PARITY}))
    assert len(found.generators) == 10
    assert all(sp.Poly(f, *ROOM.z).total_degree() == 2 for f in found.generators)
    assert found.counts == (1, 0, 10, 0, 55)
    assert tuple(found.given) == tuple(SO3.generators)
    assert found.generating
    assert found.claims[-1].statement == "they generate all invariants"


def test_the_proof_needs_the_determinants_to_pair():
    """Up to degree one there is nothing; dot products of one pair do not generate."""
    parity = sf.FiniteGroup(ROOM, {"P": PARITY})
    below = joint_invariants(sf.invariants(SO3, 3), parity, 1)
    assert (below.generators, below.generating) == ((), False)
    unknown = joint_invariants(sf.invariants(SO3, 2), parity)
    assert (len(unknown.generators), unknown.generating) == (10, False)


def test_plane_rotations_and_a_mirror_make_the_orthogonal_group():
    space = sf.PhaseSpace("x y")
    so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
    mirror = sf.FiniteGroup(space, {"mirror": {"y": "-y"}})
    found = joint_invariants(sf.invariants(so2), mirror)
    assert found.generating
    assert len(found.generators) == 3


def test_an_exchange_makes_triple_products_count_in_pairs():
    """Q1 x P1 . Q2 and Q2 x P2 . Q1 are exchanged: their sum stays, and two more do."""
    invariants = sf.invariants(SO3, 3)
    group = sf.FiniteGroup(ROOM, {"swap": EXCHANGE})
    found = joint_invariants(invariants, group)
    assert found.counts == (1, 0, 6, 2)
    for f in found.generators:
        assert group.is_symmetry(f)
        for g in SO3.generators.values():
            assert sf.poisson_bracket(g, f, ROOM) == 0


def test_the_mean_of_a_trivial_group_loses_nothing():
    invariants = sf.invariants(SO3, 3)
    found = joint_invariants(invariants, sf.FiniteGroup(ROOM, {"one": {"x1": "x1"}}))
    assert len(found.generators) == len(invariants.generators)


def test_degrees_mix_where_a_rotation_turns_about_another_point():
    space = sf.PhaseSpace("x y")
    algebra = sf.LieAlgebra(space, {"L": "(x - 1)*p_y - y*p_x"})
    mirror = sf.FiniteGroup(space, {"mirror": {"y": "-y"}})
    found = joint_invariants(sf.invariants(algebra, 2), mirror)
    assert len(found.generators) == 3
    for f in found.generators:
        assert mirror.is_symmetry(f)
        assert sf.poisson_bracket(algebra.generators["L"], f, space) == 0


def test_functions_of_some_coordinates_are_not_all():
    found = sf.invariants(SO3, 2, of=["x1", "y1", "z1"])
    with pytest.raises(ArgumentError, match="functions of x1, y1, z1 alone"):
        joint_invariants(found, sf.FiniteGroup(ROOM, {"P": PARITY}))


def test_the_group_has_to_map_the_algebra_to_itself():
    space = sf.PhaseSpace("x y z")
    algebra = sf.LieAlgebra(space, {"Lz": "x*p_y - y*p_x"})
    turned = sf.FiniteGroup(space, {"turn": {"x": "y", "y": "z", "z": "x"}})
    with pytest.raises(ArgumentError, match="turn takes Lz out of it by"):
        joint_invariants(sf.invariants(algebra, 2), turned)


def test_errors_name_the_argument():
    for degree in (0, "2", True):
        with pytest.raises(ArgumentError, match="`degree` must be a positive integer"):
            finite_invariants(FLIP, degree)
    with pytest.raises(ArgumentError, match=r"invariants\(algebra, 9\)"):
        joint_invariants(sf.invariants(SO3, 2), sf.FiniteGroup(ROOM, {"P": PARITY}), 9)
    space = sf.PhaseSpace("q1 q2", parameters="m1 m2")
    algebra = sf.LieAlgebra(space, {"P": "p_q1 + p_q2"})
    images = {"q1": "q2", "q2": "q1", "m1": "m2", "m2": "m1"}
    with pytest.raises(UnsupportedError, match="moves m1, m2"):
        joint_invariants(
            sf.invariants(algebra, 1), sf.FiniteGroup(space, {"swap": images})
        )


def test_it_is_set_in_latex():
    assert finite_invariants(FLIP)._repr_latex_() == (
        r"$\displaystyle x^{2}, \quad p_{x} x, \quad p_{x}^{2}$"
    )
