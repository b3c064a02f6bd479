"""Invariants commute with every generator, and as many are found as there are."""

from random import Random

import pytest
from sympy import Expr, Matrix, Rational, expand

import symflow as sf
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    InexactInputWarning,
    UnsupportedError,
)
from symflow.linear_algebra import rank
from symflow.polynomials import total_degree
from tests import case_book
from tests.disguises import after_canonical_change, in_another_basis, substitution
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


# The case book: right counts, generators and traps, in any basis and any coordinates.

FUNCTIONS = {"A11", "A24", "A25", "A28", "A55", "A61"}
POLYNOMIAL = [c["id"] for c in case_book.CLOSED if c["id"] not in FUNCTIONS]
CASES = {}


def case(name):
    """The algebra of a case, its answer, and its invariants, found once."""
    if name not in CASES:
        given = case_book.BY_NAME[name]
        algebra = sf.closure(*case_book.declared(given))
        CASES[name] = algebra, given["answer"], sf.invariants(algebra)
    return CASES[name]


def is_generated(f, found):
    """Whether a function is a polynomial in the invariants found."""
    ring = found.algebra.ring
    target = ring.polynomial(f) if isinstance(f, Expr) else f
    made = [(0, ring.ring.one)]
    for first, product in made:  # the list grows on the way
        for k, g in enumerate(found.polynomials[first:], start=first):
            if total_degree(product) + total_degree(g) <= total_degree(target):
                made.append((k, product * g))
    graded = all(len(set(map(sum, g.monoms()))) == 1 for g in found.polynomials)
    used = set(map(sum, target.monoms()))
    products = [p for _, p in made if not graded or total_degree(p) in used]
    places = {}
    rows = [
        {places.setdefault(m, len(places)): c for m, c in product.terms()}
        for product in (*products, target)
    ]
    domain = ring.domain
    return rank(rows[:-1], len(places), domain) == rank(rows, len(places), domain)


def polynomials_among(names, space):
    read = [space.read(name).expand() for name in names]
    return [f for f in read if f.is_polynomial(*space.z)]


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_cases_have_the_right_count_and_are_proved_to_generate(name):
    _, answer, found = case(name)
    assert found.count == answer["independent_invariants"]
    assert found.standing is sf.Standing.PROVED
    assert found.generating
    if "min_polynomial_generators" in answer:
        assert len(found.generators) == answer["min_polynomial_generators"]
    if "degrees" in answer:
        assert list(map(total_degree, found.polynomials)) == answer["degrees"]
    if "polynomial_rank" in answer:
        assert found.rank == answer["polynomial_rank"]


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_known_invariants_of_cases_are_polynomials_in_those_found(name):
    algebra, answer, found = case(name)
    known = polynomials_among(answer.get("known_invariants", ()), algebra.space)
    for f in known:
        assert is_generated(f, found)
    for f in known if not found.generators else ():
        assert not f.free_symbols


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_cases_in_a_random_basis_of_the_algebra(name):
    algebra, _, old = case(name)
    new = sf.invariants(in_another_basis(algebra, 3))
    assert (new.count, degrees(new), new.generating) == (old.count, degrees(old), True)
    for f in new.generators:
        assert is_generated(f, old)


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_cases_after_a_random_linear_canonical_change(name):
    algebra, _, old = case(name)
    new = sf.invariants(after_canonical_change(algebra, 5))
    assert (new.count, degrees(new), new.generating) == (old.count, degrees(old), True)
    ring = new.algebra.ring
    moved = map(ring.polynomial, substitution(algebra.space, 5).values())
    pairs = list(zip(ring.variables, moved, strict=True))
    for f in old.polynomials:
        assert is_generated(f.compose(pairs), new)


def test_a_kinetic_energy_is_no_invariant_of_a_dilation():
    """Trap of case A23: x^2 + y^2 is a relative invariant only."""
    algebra, _, found = case("A23")
    assert not is_generated(algebra.space.read("px**2 + py**2"), found)
    assert not is_generated(algebra.space.read("x**2 + y**2"), found)


def test_the_sign_of_the_angular_momentum_is_not_lost():
    """Trap of case A04: q.q, p.p and q.p alone are the invariants of O(2)."""
    _, _, found = case("A04")
    orthogonal = sf.Invariants(found.algebra, found.polynomials[:3], 2)
    L = found.algebra.space.read("x*py - y*px")
    assert not is_generated(L, orthogonal)
    assert is_generated(L**2, orthogonal)
    assert is_generated(L, found)


def test_float_weights_claim_no_resonance():
    """Case A20: the float 1.4142135623730951 is a rational number, by accident."""
    space = sf.PhaseSpace("x y", "px py")
    H = "(px**2 + x**2)/2 + 1.4142135623730951*(py**2 + y**2)/2"
    with pytest.warns(InexactInputWarning):
        algebra = sf.LieAlgebra(space, {"H": H})
    found = sf.invariants(algebra)
    assert found.generators == (
        space.read("px**2 + x**2"),
        space.read("py**2 + y**2"),
    )
    assert not found.generating
    assert {claim.standing for claim in found.certificate} == {sf.Standing.MEASURED}


def test_redundant_generators_are_named():
    """Case A57: without the copies it is so(3), with three invariants."""
    space = sf.PhaseSpace("x y z", "px py pz")
    L = {"Lx": "y*pz - z*py", "Ly": "z*px - x*pz", "Lz": "x*py - y*px"}
    with pytest.raises(DependentGeneratorsError, match="R1 = Lz"):
        sf.LieAlgebra(space, {**L, "R1": "-(y*px - x*py)"})
    assert sf.invariants(sf.LieAlgebra(space, L)).count == 3


def test_calogero_has_a_third_invariant_of_degree_six():
    """Case A25: beyond the degree that is searched, and not generated by the others."""
    algebra = sf.closure(*case_book.declared(case_book.BY_NAME["A25"]))
    found = sf.invariants(algebra)
    assert (found.rank, found.count, found.generating) == (3, 3, False)
    assert found.degree < max(map(total_degree, found.polynomials)) == 6
    for f in found.polynomials:
        for g in algebra.polynomials:
            assert not algebra.ring.bracket(f, g)


def test_the_rigid_body_has_the_casimir_as_its_only_invariant():
    """Case J01: three coordinates minus the rank of the fields, which is two."""
    brackets = {("m1", "m2"): "m3", ("m2", "m3"): "m1", ("m3", "m1"): "m2"}
    body = sf.PoissonSpace("m1 m2 m3", brackets)
    found = sf.invariants(sf.LieAlgebra(body, {m: m for m in ("m1", "m2", "m3")}))
    assert found.generators == (body.read("m1**2 + m2**2 + m3**2"),)
    assert (found.count, found.generating) == (1, True)


def test_a_casimir_as_a_generator_restricts_nothing():
    """Case J03: the heavy top, turned about the vertical and by a Casimir."""
    brackets = {("m1", "m2"): "m3", ("m2", "m3"): "m1", ("m3", "m1"): "m2"}
    for a, b, c in ((1, 2, 3), (2, 3, 1), (3, 1, 2)):
        brackets[f"m{a}", f"g{b}"] = f"g{c}"
        brackets[f"m{b}", f"g{a}"] = f"-g{c}"
    top = sf.PoissonSpace("m1 m2 m3 g1 g2 g3", brackets)
    mg = "m1*g1 + m2*g2 + m3*g3"
    found = sf.invariants(sf.LieAlgebra(top, {"m3": "m3", "mg": mg}))
    listed = ["m3", "g3", "m1**2 + m2**2", "g1**2 + g2**2"]
    listed += ["m1*g1 + m2*g2", "m1*g2 - m2*g1"]
    assert set(found.generators) == set(map(top.read, listed))
    assert (found.count, found.rank, found.generating) == (5, 5, True)
    alone = sf.invariants(sf.LieAlgebra(top, {"mg": mg}))
    assert len(alone.generators) == alone.count == 6


# What else the finder says.


def test_only_constants_are_said_with_the_reason():
    for name in ("A01", "A08", "A36", "A42", "A45"):
        _, _, found = case(name)
        assert not found.generators
        assert "open" in found.reason
    for text in (
        {"e": "x**2", "f": "p_x**2", "h": "x*p_x"},
        {"K": "x**2*p_x", "D": "x*p_x", "P": "p_x"},
    ):
        found = sf.invariants(sf.closure(sf.PhaseSpace("x"), text))
        assert (found.generators, found.count, found.generating) == ((), 0, True)


def test_local_and_global_counts_differ_on_an_irrational_torus():
    space = sf.PhaseSpace("x y")

    def oscillators(ratio):
        H = f"(p_x**2 + x**2)/2 + {ratio}*(p_y**2 + y**2)/2"
        return sf.invariants(sf.LieAlgebra(space, {"H": H}))

    dense, closed = oscillators("sqrt(2)"), oscillators("2")
    assert (dense.count, dense.rank, dense.global_count) == (3, 2, 2)
    assert (closed.count, closed.rank, closed.global_count) == (3, 3, 3)


def test_functions_of_some_coordinates():
    """U(q) under rotations, without a search among the momenta."""
    found = sf.invariants(SO3_TWO.algebra, of=SO3_TWO.space.q)
    assert set(found.generators) == set(found_for(SO3_TWO).of_q)
    assert found.generating
    names = [symbol.name for symbol in SO3_TWO.space.q]
    assert sf.invariants(SO3_TWO.algebra, of=names).generators == found.generators


@pytest.mark.parametrize("of", [[], ["u"], ["x", "p_y"]])
def test_coordinates_that_are_moved_by_others_are_refused(of):
    with pytest.raises(ArgumentError, match="`of` must hold coordinates"):
        sf.invariants(SO2.algebra, of=of)


def test_coordinates_may_not_be_chosen_among_functions():
    space = sf.PhaseSpace("x y")
    algebra = sf.LieAlgebra(space, {"A": "p_x/sqrt(x**2 + y**2)"})
    with pytest.raises(UnsupportedError, match="no polynomials"):
        sf.invariants(algebra, of=space.q)


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_a_degree_bounds_what_is_listed_and_what_is_said(degree):
    found = sf.invariants(SO3_TWO.algebra, degree)
    expected = {2: 10, 3: 4}
    assert degrees(found) == {d: n for d, n in expected.items() if d <= degree}
    assert found.generating is (degree >= 3)
    assert found.degree == degree


def test_a_boost_that_holds_time_has_the_place_at_rest_as_an_invariant():
    """B = t p - x moves x by t and p by 1, so x - t p stays."""
    space = sf.PhaseSpace("x y", time="t")
    found = sf.invariants(sf.LieAlgebra(space, {"B": "t*p_x - x"}))
    assert space.read("x - t*p_x") in found.generators
    assert found.complete
