"""Brackets of other kinds: Jacobi checked, degenerate brackets counted rightly."""

import pytest
import sympy as sp

import symflow as sf
from symflow.errors import ArgumentError

BODY = {("m1", "m2"): "m3", ("m2", "m3"): "m1", ("m3", "m1"): "m2"}
TOP = {
    **BODY,
    **{("m1", "g2"): "g3", ("m2", "g1"): "-g3", ("m2", "g3"): "g1"},
    **{("m3", "g2"): "-g1", ("m3", "g1"): "g2", ("m1", "g3"): "-g2"},
}
R3 = "(x**2+y**2+z**2)**(3/2)"
MONOPOLE = {
    **{("x", "px"): "1", ("y", "py"): "1", ("z", "pz"): "1"},
    ("px", "py"): f"b*z/{R3}",
    ("py", "pz"): f"b*x/{R3}",
    ("pz", "px"): f"b*y/{R3}",
}
JX, JY, JZ = (
    "y*pz-z*py-b*x/sqrt(x**2+y**2+z**2)",
    "z*px-x*pz-b*y/sqrt(x**2+y**2+z**2)",
    "x*py-y*px-b*z/sqrt(x**2+y**2+z**2)",
)


def monopole():
    b = sp.Symbol("b", real=True, nonzero=True)
    return sf.PoissonSpace("x y z px py pz", MONOPOLE, [b])


def test_case_j01_the_rigid_body_has_one_invariant():
    """Three minus the rank of the fields, two, and not of the gradients, three."""
    space = sf.PoissonSpace("m1 m2 m3", BODY, "I1 I2 I3")
    algebra = sf.LieAlgebra(space, {"m1": "m1", "m2": "m2", "m3": "m3"})
    assert algebra.killing_signature == (0, 3, 0)
    assert algebra.identify().name == "so(3)"
    found = sf.invariants(algebra)
    assert found.generators == (space.read("m1**2+m2**2+m3**2"),)
    assert (found.count, found.rank, space.rank, space.casimir_count) == (1, 1, 2, 1)
    H = "m1**2/(2*I1)+m2**2/(2*I2)+m3**2/(2*I3)"
    for name, expected in (
        ("m3", "-m1*m2*(I1-I2)/(I1*I2)"),
        ("m1", "-m2*m3*(I2-I3)/(I2*I3)"),
    ):
        difference = sf.poisson_bracket(name, H, space) - space.read(expected)
        assert sp.cancel(difference) == 0


def test_case_j03_a_casimir_among_the_generators_restricts_nothing():
    space = sf.PoissonSpace("m1 m2 m3 g1 g2 g3", TOP)
    mg = "m1*g1+m2*g2+m3*g3"
    algebra = sf.LieAlgebra(space, {"m3": "m3", "mg": mg})
    assert algebra.is_abelian
    found = sf.invariants(algebra)
    assert (found.count, found.rank) == (5, 5)
    for listed in (
        "m3",
        "m1**2+m2**2",
        "g3",
        "g1**2+g2**2",
        "m1*g1+m2*g2",
        "m1*g2-m2*g1",
    ):
        assert sf.poisson_bracket(listed, "m3", space) == 0
    alone = sf.invariants(sf.LieAlgebra(space, {"mg": mg}))
    assert alone.count == 6
    assert (space.rank, space.casimir_count) == (4, 2)


def test_case_j04_a_bracket_without_jacobi_is_refused_and_the_triple_named():
    wrong = {("x", "y"): "z", ("y", "z"): "x", ("z", "x"): "x*y"}
    with pytest.raises(ArgumentError, match=r"violated on \(x, y, z\).*= -y\*z"):
        sf.PoissonSpace("x y z", wrong)


def test_case_j06_the_monopole_closes_with_its_correction():
    space = monopole()
    algebra = sf.LieAlgebra(space, {"Jx": JX, "Jy": JY, "Jz": JZ})
    assert algebra.structure_constants == {
        ("Jx", "Jy"): {"Jz": 1},
        ("Jx", "Jz"): {"Jy": -1},
        ("Jy", "Jz"): {"Jx": 1},
    }
    assert algebra.killing_signature == (0, 3, 0)
    for g in JX, JY, JZ:
        assert sf.poisson_bracket(g, "(px**2+py**2+pz**2)/2", space) == 0


@pytest.mark.parametrize("sign", ["", "+"])
def test_case_j06_without_it_completion_is_polite_and_says_what_it_added(sign):
    """The wrong generators end in e(3): what was added must be seen."""
    space = monopole()
    generators = {"Lx": JX, "Ly": JY, "Lz": JZ}
    for name, g in generators.items():
        head, tail = g.split("-b*")
        generators[name] = head + (f"+b*{tail}" if sign else "")
    with pytest.raises(sf.errors.NotClosedError):
        sf.LieAlgebra(space, generators)
    algebra = sf.closure(space, generators)
    assert algebra.dimension == 6
    assert len(algebra.added) == 3
    assert algebra.identify().name == "e(3) = so(3) ⋉ R^3"
    H = "(px**2+py**2+pz**2)/2"
    assert sf.poisson_bracket(generators["Lx"], H, space) != 0


def test_a_field_with_sources_is_refused():
    space = sf.PhaseSpace("x y z")
    with pytest.raises(ArgumentError, match="Jacobi"):
        sf.PoissonSpace.magnetic(space, {("p_x", "p_y"): "z"})
    without = {("p_x", "p_y"): "z", ("p_z", "p_x"): "-y"}
    assert sf.PoissonSpace.magnetic(space, without).rank == 6


def test_the_dual_of_an_algebra_carries_its_bracket():
    """The coordinate functions of so(2,1)* close on so(2,1)."""
    line = sf.PhaseSpace("q", "p")
    algebra = sf.LieAlgebra(line, {"e": "q**2/2", "f": "-p**2/2", "h": "-q*p"})
    dual = sf.PoissonSpace.lie_poisson(algebra)
    back = sf.LieAlgebra(dual, {symbol.name: symbol for symbol in dual.z})
    assert back.structure_constants == algebra.structure_constants
    (casimir,) = sf.invariants(back).generators
    assert all(sf.poisson_bracket(casimir, symbol, dual) == 0 for symbol in dual.z)


def test_canonical_brackets_given_by_hand_are_the_canonical_ones():
    by_hand = sf.PoissonSpace("x y a b", {("x", "a"): 1, ("b", "y"): -1})
    plane = sf.PhaseSpace("x y", "a b")
    f, g = "x**2*b + sin(y)*a", "x*y + a**2*b"
    assert sf.poisson_bracket(f, g, by_hand) == sf.poisson_bracket(f, g, plane)


@pytest.mark.parametrize(
    ("coordinates", "brackets", "word"),
    [
        ("", {}, "at least one"),
        ("x x", {}, "different symbols"),
        ("x y", {("x", "w"): 1}, "pairs of coordinates"),
        ("x y", {"xy": 1}, "pairs of coordinates"),
        ("x y", {("x", "x"): 1}, "antisymmetric"),
        ("x y", {("x", "y"): 1, ("y", "x"): 1}, "antisymmetric"),
        ("x y", {("x", "y"): "Abs(x)"}, "kink"),
        ("x y", {("x", "y"): "w"}, "declared names"),
    ],
)
def test_bad_brackets_are_refused(coordinates, brackets, word):
    with pytest.raises(ArgumentError, match=word):
        sf.PoissonSpace(coordinates, brackets)


def test_what_needs_momenta_says_so():
    algebra = sf.LieAlgebra(sf.PoissonSpace("m1 m2 m3", BODY), {"m3": "m3"})
    with pytest.raises(ArgumentError, match="not canonical"):
        sf.LinearAction(algebra)


def test_a_boost_is_conserved_with_its_explicit_time_only():
    space = sf.PhaseSpace("x", parameters="m", time="t")
    H = "p_x**2/(2*m)"
    assert sf.total_derivative("m*x - t*p_x", H, space) == 0
    assert sf.total_derivative("m*x", H, space) == space.p[0]
    with pytest.raises(ArgumentError, match="declare time"):
        sf.total_derivative("x", H, sf.PhaseSpace("x", parameters="m"))
