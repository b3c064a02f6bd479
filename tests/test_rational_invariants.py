"""Rational invariants commute, are as many as exist, and generate where that is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import fraction, together

import symflow as sf
from symflow.errors import ArgumentError
from symflow.rational_invariants import rational_invariants
from tests import case_book
from tests.disguises import after_canonical_change, in_another_basis

PLANE_TWO = "x1 y1 x2 y2"
EUCLIDEAN = {
    "Px": "p_x1 + p_x2",
    "Py": "p_y1 + p_y2",
    "L": "x1*p_y1 - y1*p_x1 + x2*p_y2 - y2*p_x2",
}

# Coordinates, generators, how many are independent, and whether generation is proved.
SYSTEMS = {
    "scaling": ("x y", {"D": "x*p_x + y*p_y"}, 3, True),
    "weights 2 and 3": ("x y", {"D": "2*x*p_x + 3*y*p_y"}, 3, True),
    "translation": ("x y", {"P": "p_x + p_y"}, 3, True),
    "free particle": ("x y", {"H": "(p_x**2 + p_y**2)/2"}, 3, True),
    "rotation": ("x y", {"L": "x*p_y - y*p_x"}, 3, True),
    "boost": ("x t", {"B": "x*p_t + t*p_x"}, 3, True),
    "SE(2)": ("x y", {"Px": "p_x", "Py": "p_y", "L": "x*p_y - y*p_x"}, 1, True),
    "SE(2) on two particles": (PLANE_TWO, EUCLIDEAN, 5, True),
    "similitudes": (
        PLANE_TWO,
        {**EUCLIDEAN, "D": "x1*p_x1 + y1*p_y1 + x2*p_x2 + y2*p_y2"},
        4,
        True,
    ),
    "Galilei on two particles": (
        "x1 x2",
        {"H": "p_x1**2/2 + p_x2**2/4", "P": "p_x1 + p_x2", "K": "x1 + 2*x2", "M": "1"},
        1,
        True,
    ),
    "SL(2) on two vectors": (
        PLANE_TWO,
        {
            "E": "x1*p_y1 + x2*p_y2",
            "F": "y1*p_x1 + y2*p_x2",
            "H": "x1*p_x1 + x2*p_x2 - y1*p_y1 - y2*p_y2",
        },
        5,
        True,
    ),
    "projective line, two points": (
        "x y",
        {"P": "p_x + p_y", "D": "x*p_x + y*p_y", "K": "x**2*p_x + y**2*p_y"},
        1,
        True,
    ),
    "so(3)": (
        "x y z",
        {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"},
        3,
        True,
    ),
    "free particle in canonical coordinates": (
        "x y",
        {"H": "(p_x + x + y)**2 + (p_y + x - y)**2"},
        3,
        False,
    ),
    "h(1)": ("x", {"Q": "x", "P": "p_x"}, 0, True),
    "no symmetry": ("x", {}, 2, True),
}

# Cases of the book whose invariants are rational. All others, in all disguises, are in
# the tests of cases.
CASES = [
    "A01", "A03", "A04", "A07", "A08", "A14", "A15", "A16", "A18", "A23", "A24", "A30",
    "A32", "A36", "A40", "A42", "A45", "A49", "A55", "A61", "A66", "A67", "A69", "A73",
    "A74",
]  # fmt: skip

FOUND = {}


def algebra_of(name):
    coordinates, generators, *_ = SYSTEMS[name]
    return sf.LieAlgebra(sf.PhaseSpace(coordinates), generators)


def found_for(name):
    if name not in FOUND:
        FOUND[name] = rational_invariants(algebra_of(name))
    return FOUND[name]


def assert_invariant(found):
    for g in found.algebra.generators.values():
        for f in found.generators:
            assert sf.poisson_bracket(g, f, found.algebra.space) == 0


@pytest.mark.parametrize("name", SYSTEMS)
def test_counts_brackets_and_generation(name):
    found = found_for(name)
    *_, count, generating = SYSTEMS[name]
    assert (found.rank, found.count, found.complete) == (count, count, True)
    assert found.generating is generating
    assert found.standing is sf.Standing.PROVED
    assert_invariant(found)


@pytest.mark.parametrize("name", SYSTEMS)
def test_another_basis_of_the_algebra_gives_the_same(name):
    found = rational_invariants(in_another_basis(algebra_of(name), 1))
    assert set(found.generators) == set(found_for(name).generators)


@pytest.mark.parametrize(
    "name", ["weights 2 and 3", "free particle", "boost", "SE(2)", "so(3)"]
)
def test_other_canonical_coordinates_leave_the_count(name):
    """Not the proof of generation, which solves for single coordinates."""
    found = rational_invariants(after_canonical_change(algebra_of(name), 1))
    count = SYSTEMS[name][2]
    assert (found.rank, found.count, found.complete) == (count, count, True)
    assert_invariant(found)


@pytest.mark.parametrize("name", CASES)
def test_cases_of_the_book(name):
    case = case_book.BY_NAME[name]
    algebra = sf.closure(*case_book.declared(case))
    found = rational_invariants(algebra)
    expected = case["answer"]["independent_invariants"]
    assert (found.rank, found.count) == (expected, expected)
    assert_invariant(found)
    for text in case["answer"].get("known_invariants", ()):
        assert_invariant_text(algebra, text)


def assert_invariant_text(algebra, text):
    f = algebra.space.read(text)
    for g in algebra.generators.values():
        assert sf.poisson_bracket(g, f, algebra.space) == 0


@pytest.mark.parametrize("name", ["A23", "A40", "A66", "A69"])
def test_cases_in_a_random_basis(name):
    case = case_book.BY_NAME[name]
    algebra = sf.closure(*case_book.declared(case))
    turned = rational_invariants(in_another_basis(algebra, 2))
    assert set(turned.generators) == set(rational_invariants(algebra).generators)


def test_numerator_and_denominator_are_multiplied_alike():
    """The law behind the search, on what it found."""
    found = found_for("weights 2 and 3")
    assert any(not f.is_polynomial() for f in found.generators)
    for f in found.generators:
        above, below = fraction(together(f))
        g, space = found.algebra.generators["D"], found.algebra.space
        up, down = (sf.poisson_bracket(h, g, space) for h in (above, below))
        assert (up * below - down * above).expand() == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=3).filter(any))
def test_every_integer_scaling_is_solved(weights):
    """A law of tori: as many monomials as the weights leave free, and they generate."""
    names = "xyz"[: len(weights)]
    pairs = zip(weights, names, strict=True)
    text = " + ".join(f"({w})*{name}*p_{name}" for w, name in pairs)
    found = rational_invariants(
        sf.LieAlgebra(sf.PhaseSpace(" ".join(names)), {"D": text})
    )
    assert found.generating
    assert found.rank == found.count == len(found.generators) == 2 * len(weights) - 1
    assert_invariant(found)


def test_a_relative_invariant_is_none():
    """The kinetic energy scales; the ratio of two such energies does not."""
    space = sf.PhaseSpace("x y")
    scaling = sf.LieAlgebra(space, {"D": "x*p_x + y*p_y"})
    energy = space.read("p_x**2 + p_y**2")
    assert sf.poisson_bracket(energy, scaling.generators["D"], space) != 0
    assert energy not in rational_invariants(scaling, 2).generators


def test_galilei_in_space_on_two_particles():
    """The relative velocity squared, and its moment with the distance squared."""
    space = sf.PhaseSpace("x1 y1 z1 x2 y2 z2")

    def total(a, b):
        return " + ".join(f"({a}{k}*p_{b}{k} - {b}{k}*p_{a}{k})" for k in (1, 2))

    kinetic = (" + ".join(f"p_{a}{k}**2" for a in "xyz") for k in (1, 2))
    generators = {
        "H": "({})/2 + ({})/4".format(*kinetic),
        **{f"P{a}": f"p_{a}1 + p_{a}2" for a in "xyz"},
        **{f"K{a}": f"{a}1 + 2*{a}2" for a in "xyz"},
        **{f"L{c}": total(a, b) for a, b, c in ("yzx", "zxy", "xyz")},
    }
    found = rational_invariants(sf.closure(space, generators))
    assert (found.rank, found.count) == (2, 2)
    assert_invariant(found)


def test_incomplete_searches_say_so():
    space = sf.PhaseSpace("x y")
    resonant = sf.LieAlgebra(space, {"H": "(p_x**2 + 4*x**2)/2 + (p_y**2 + y**2)/2"})
    found = rational_invariants(resonant, 2)
    assert (found.rank, found.count, found.complete) == (2, 3, False)
    assert not found.generating
    standings = {claim.kind: claim.standing for claim in found.certificate}
    assert standings["count"] is sf.Standing.PROVED
    assert standings["generating the field"] is sf.Standing.NOT_KNOWN
    assert "degree at most 2" in found.tried[0]
    assert rational_invariants(resonant).complete


def test_the_certificate_holds_what_is_proved():
    proved = found_for("similitudes").certificate
    assert [claim.kind for claim in proved] == [
        *["invariant"] * 4,
        "independent",
        "count",
        "generating the field",
    ]
    assert {claim.standing for claim in proved} == {sf.Standing.PROVED}
    unknown = found_for("free particle in canonical coordinates").certificate[-1]
    assert unknown.standing is sf.Standing.NOT_KNOWN
    assert "independent, generation not known" in unknown.why


def test_floats_prove_nothing():
    with pytest.warns(sf.errors.InexactInputWarning):
        algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), {"D": "0.5*x*p_x + 0.5*y*p_y"})
    found = rational_invariants(algebra)
    assert {claim.standing for claim in found.certificate} == {sf.Standing.MEASURED}


def test_poisson_spaces_have_casimirs():
    """Case J03: what rotates about gravity, with five invariants for one rotation."""
    cross = {("m1", "m2"): "m3", ("m2", "m3"): "m1", ("m3", "m1"): "m2"}
    cross |= {("m1", "g2"): "g3", ("m2", "g3"): "g1", ("m3", "g1"): "g2"}
    cross |= {("m2", "g1"): "-g3", ("m3", "g2"): "-g1", ("m1", "g3"): "-g2"}
    space = sf.PoissonSpace("m1 m2 m3 g1 g2 g3", cross)
    found = rational_invariants(sf.LieAlgebra(space, {"m3": "m3"}))
    assert (found.rank, found.count) == (5, 5)


def test_time_is_no_coordinate():
    """A boost at time t is a generator like any other; t itself is no invariant."""
    space = sf.PhaseSpace("x y", time="t")
    found = rational_invariants(sf.LieAlgebra(space, {"G": "x - t*p_x", "P": "p_x"}))
    assert found.generators == (space.q[1], space.p[1])


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="LieAlgebra"):
        rational_invariants(None)
    with pytest.raises(ArgumentError, match="positive integer"):
        rational_invariants(algebra_of("scaling"), degree=0)


def test_latex_and_text():
    found = found_for("SE(2)")
    assert (
        found._repr_latex_() == r"$\displaystyle I_{1} = p^{2} = p_{x}^{2} + p_{y}^{2}$"
    )
    assert repr(found) == "RationalInvariants(p_x**2 + p_y**2; 1 of 1 independent)"
    assert "const" in found_for("h(1)")._repr_latex_()
