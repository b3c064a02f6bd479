"""Invariants commute with every generator, and as many are found as there are."""

from random import Random

import pytest
from sympy import Matrix, Rational, expand

import symflow as sf
from symflow.errors import ArgumentError
from symflow.linear_algebra import rank
from symflow.polynomials import total_degree
from tests.systems import (
    ALL,
    DILATION,
    E3,
    HEISENBERG,
    NOTHING,
    RESONANT,
    SL2,
    SO2,
    SO2_AXIS,
    SO3,
    SO3_THREE,
    SO3_TWO,
    U2,
)

DEGREES = [
    (NOTHING, {1: 4}),
    (SO2, {2: 4}),
    (SO2_AXIS, {1: 2, 2: 4}),
    (SO3, {2: 3}),
    (SO3_TWO, {2: 10, 3: 4}),
    (SO3_THREE, {2: 21, 3: 20}),
    (U2, {2: 1}),
    (RESONANT, {2: 2, 3: 2}),
    (E3, {2: 1}),
    (HEISENBERG, {}),
    (SL2, {}),
    (DILATION, {2: 4}),
]

KNOWN = {}


def found_for(system):
    """The invariants of a shared system, found once."""
    if system.name not in KNOWN:
        KNOWN[system.name] = sf.invariants(system.algebra)
    return KNOWN[system.name]


def degrees(found):
    sizes = list(map(total_degree, found.polynomials))
    return {size: sizes.count(size) for size in sizes}


@pytest.mark.parametrize("system", ALL, ids=str)
def test_every_bracket_with_a_generator_is_zero(system):
    found = found_for(system)
    ring = found.algebra.ring
    for g in found.algebra.polynomials:
        for invariant in found.polynomials:
            assert ring.bracket(g, invariant) == 0


@pytest.mark.parametrize("system", [SO2, SO3, U2, RESONANT], ids=str)
def test_the_brackets_of_the_expressions_are_zero(system):
    """The same by differentiation, without the canonical form."""
    for text in system.generators.values():
        g = system.space.read(text)
        for f in found_for(system).generators:
            bracket = sum(
                g.diff(q) * f.diff(p) - g.diff(p) * f.diff(q)
                for q, p in zip(system.space.q, system.space.p, strict=True)
            )
            assert expand(bracket) == 0


def test_functions_of_fewer_generators_are_not_invariant():
    """With Lz alone z is found as well; it does not commute with Lx."""
    about_z = sf.LieAlgebra(SO3.space, {"Lz": SO3.generators["Lz"]})
    brackets = [
        sf.poisson_bracket(SO3.generators["Lx"], f, SO3.space)
        for f in sf.invariants(about_z).generators
    ]
    assert any(brackets)


@pytest.mark.parametrize(("system", "expected"), DEGREES, ids=str)
def test_number_and_degrees(system, expected):
    found = found_for(system)
    assert degrees(found) == expected
    assert found.count == system.independent


@pytest.mark.parametrize("system", ALL, ids=str)
def test_rank_count_and_standing(system):
    found = found_for(system)
    assert found.rank == found.count
    assert found.complete
    assert found.standing is sf.Standing.PROVED


@pytest.mark.parametrize("system", [s for s in ALL if s is not SO3_THREE], ids=str)
def test_rank_is_that_of_the_jacobian(system):
    """SymPy's own rank at a random rational point never exceeds what is claimed."""
    found = found_for(system)
    if not found.generators:
        return
    random = Random(3)
    point = {z: Rational(random.randint(-20, 20), 7) for z in system.space.z}
    jacobian = Matrix([[f.diff(z) for z in system.space.z] for f in found.generators])
    assert jacobian.subs(point).rank() == found.rank
    fields = [
        sf.hamiltonian_vector_field(g, system.space)
        for g in system.algebra.generators.values()
    ]
    orbit = (
        Matrix([list(field) for field in fields]).subs(point).rank() if fields else 0
    )
    assert 2 * system.space.n - orbit == found.count


def test_the_count_is_no_difference_of_dimensions():
    """u(2) has four generators on four dimensions, and one invariant all the same."""
    assert U2.algebra.dimension == 2 * U2.space.n
    assert sf.invariants(U2.algebra).count == 1
    assert 2 * E3.space.n - E3.algebra.dimension == 0
    assert sf.invariants(E3.algebra).generators == (
        E3.space.read("p_x**2+p_y**2+p_z**2"),
    )


def test_sorting():
    found = sf.invariants(SO3_TWO.algebra)
    q, p = set(SO3_TWO.space.q), set(SO3_TWO.space.p)
    assert (len(found.of_q), len(found.of_p), len(found.mixed)) == (3, 3, 8)
    assert all(f.free_symbols <= q for f in found.of_q)
    assert all(f.free_symbols <= p for f in found.of_p)
    assert all(f.free_symbols & q and f.free_symbols & p for f in found.mixed)
    assert {*found.of_q, *found.of_p, *found.mixed} == set(found.generators)


def rational_matrix(size, random):
    while True:
        entries = [
            Rational(random.randint(-3, 3), random.randint(1, 3))
            for _ in range(size * size)
        ]
        if Matrix(size, size, entries).det():
            return Matrix(size, size, entries)


def same_span(left, right, ring):
    places = {}

    def rows(functions):
        return [
            {
                places.setdefault(m, len(places)): c
                for m, c in ring.polynomial(f).terms()
            }
            for f in functions
        ]

    a, b = rows(left), rows(right)
    width = len(places)
    return rank(a, width) == rank(b, width) == rank([*a, *b], width)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("system", [SO3, SO3_TWO, U2, E3, SO2_AXIS], ids=str)
def test_another_basis_of_the_algebra_gives_the_same_invariants(system, seed):
    """All these have generators of one degree only, so spans can be compared."""
    g = list(system.generators.values())
    change = rational_matrix(len(g), Random(seed))
    combined = change * Matrix([system.space.read(text) for text in g])
    turned = sf.LieAlgebra(system.space, list(combined))
    new, old = sf.invariants(turned), found_for(system)
    assert degrees(new) == degrees(old)
    for degree in degrees(old):
        pick = [
            [
                f
                for f, p in zip(found.generators, found.polynomials, strict=True)
                if total_degree(p) == degree
            ]
            for found in (new, old)
        ]
        assert same_span(*pick, old.algebra.ring)


def test_another_frame_gives_the_same_counts():
    """A rational rotation of space, lifted to momenta, is no new problem."""
    space = SO2_AXIS.space
    turn = Matrix([[3, -4, 0], [4, 3, 0], [0, 0, 5]]) / 5
    tilt = Matrix([[5, 0, 0], [0, 12, -5], [0, 5, 12]]) / 13
    tilt[0, 0] = 1
    q, p = (turn * tilt * Matrix(part) for part in (space.q, space.p))
    moved = dict(zip(space.z, [*q, *p], strict=True))
    L = space.read(SO2_AXIS.generators["L"]).subs(moved, simultaneous=True)
    found = sf.invariants(sf.LieAlgebra(space, {"L": expand(L)}))
    assert degrees(found) == {1: 2, 2: 4}
    assert found.complete


def test_what_closure_adds_counts():
    """Lx and Ly generate Lz: three independent invariants, not four."""
    two = {name: SO3.generators[name] for name in ("Lx", "Ly")}
    found = sf.invariants(sf.closure(SO3.space, two))
    assert found.count == 3
    assert degrees(found) == {2: 3}


def test_incomplete_searches_say_so():
    found = sf.invariants(RESONANT.algebra, degree=2)
    assert (found.rank, found.count, found.complete) == (2, 3, False)
    assert found.degree == 2
    claim = next(c for c in found.certificate if c.kind == "generating")
    assert "degree at most 2" in claim.statement


def test_an_irrational_flow_has_no_fourth_invariant():
    """Two incommensurate oscillators: dense on tori, yet three invariants locally."""
    space = sf.PhaseSpace("x y")
    weight = "(p_x**2 + x**2)/2 + sqrt(2)*(p_y**2 + y**2)/2"
    found = sf.invariants(sf.LieAlgebra(space, {"H": weight}))
    assert (found.rank, found.count, found.complete) == (2, 3, False)
    assert found.standing is sf.Standing.PROVED


def test_parameters_are_generic_constants():
    space = sf.PhaseSpace("x y", parameters="m w")
    H = "(p_x**2 + p_y**2)/(2*m) + m*w**2*(x**2 + y**2)/2"
    found = sf.invariants(sf.LieAlgebra(space, {"H": H, "L": "x*p_y - y*p_x"}))
    assert found.count == found.rank == 2
    for invariant in found.generators:
        for g in found.algebra.generators.values():
            assert sf.poisson_bracket(g, invariant, space).simplify() == 0


@pytest.mark.parametrize("degree", [0, -1, 1.5, "2"])
def test_degrees_that_are_no_positive_integers_are_refused(degree):
    with pytest.raises(ArgumentError, match="positive integer"):
        sf.invariants(SO2.algebra, degree=degree)


@pytest.mark.parametrize("system", ALL, ids=str)
def test_the_certificate_holds_one_claim_an_invariant_and_three_more(system):
    found = found_for(system)
    kinds = [claim.kind for claim in found.certificate]
    assert kinds == ["invariant"] * len(found.generators) + [
        "independent",
        "count",
        "generating",
    ]
    assert {claim.standing for claim in found.certificate} == {sf.Standing.PROVED}
