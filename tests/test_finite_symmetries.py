"""Finite symmetries: the group on functions and algebras, and what no algebra can see."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.canonical_maps import particle_permutation
from symflow.errors import ArgumentError
from symflow.finite_symmetries import FiniteGroup

PLANE = sf.PhaseSpace("x y")
SQUARE = {"r": {"x": "-y", "y": "x"}, "s": {"x": "-x"}}
TWO = sf.PhaseSpace("x1 y1 z1 x2 y2 z2", "a1 b1 c1 a2 b2 c2")
TRIPLE = "x1*(y2*c1 - z2*b1) + y1*(z2*a1 - x2*c1) + z1*(x2*b1 - y2*a1)"
DOT = "x1*x2 + y1*y2 + z1*z2"


def total_rotations():
    return sf.LieAlgebra(
        TWO,
        {
            "Lx": "y1*c1 - z1*b1 + y2*c2 - z2*b2",
            "Ly": "z1*a1 - x1*c1 + z2*a2 - x2*c2",
            "Lz": "x1*b1 - y1*a1 + x2*b2 - y2*a2",
        },
    )


def inversion():
    return FiniteGroup(TWO, {"P": {q.name: -q for q in TWO.q}})


def test_exchange_of_two_particles_with_masses():
    """Case D06: a symmetry if the masses are equal, or exchanged along."""
    line = sf.PhaseSpace("q1 q2", "p1 p2", parameters="m1 m2")
    swap = {"q1": "q2", "q2": "q1"}
    H = "p1**2/(2*m1) + p2**2/(2*m2) + (q1 - q2)**4/4"
    symmetry = FiniteGroup(line, {"swap": swap}).is_symmetry(H)
    assert not symmetry
    m1, m2 = line.parameters
    p1, p2 = line.p
    expected = (p1**2 - p2**2) * (m1 - m2) / (2 * m1 * m2)
    assert sp.simplify(symmetry.broken_by["swap"] - expected) == 0
    along = FiniteGroup(line, {"swap": swap | {"m1": "m2", "m2": "m1"}})
    assert along.is_symmetry(H)
    equal = sf.PhaseSpace("q1 q2", "p1 p2", parameters="m")
    exchange = FiniteGroup(equal, {"swap": swap})
    assert exchange.is_symmetry("(p1**2 + p2**2)/(2*m) + (q1 - q2)**4/4")
    assert not exchange.is_symmetry("p1**2/2 + p2**2/4 + (q1 - q2)**4/4")


def test_a_reflection_tells_o3_from_so3():
    """Case A73: every rotation conserves a triple product, and inversion turns its sign."""
    so3, parity = total_rotations(), inversion()
    for g in so3.generators.values():
        assert sf.poisson_bracket(g, TRIPLE, TWO) == 0
    P = parity.generators["P"]
    assert P.act(TRIPLE) + TWO.read(TRIPLE).expand() == 0
    assert not parity.is_symmetry(TRIPLE)
    assert parity.is_symmetry(DOT)
    assert parity.average(TRIPLE) == 0
    # Inversion keeps each generator of rotations, so it maps the algebra to itself.
    assert parity.action_on(so3).matrices["P"] == sp.eye(3)


def test_the_cube_acts_on_rotations_by_automorphisms():
    space = sf.PhaseSpace("x y z")
    cube = FiniteGroup(
        space, {"r": {"x": "y", "y": "z", "z": "x"}, "q": {"x": "-y", "y": "x"}}
    )
    assert cube.order == 24
    assert cube.identify().name == "S4"
    assert sorted(len(orbit) for orbit in cube.conjugacy_classes) == [1, 3, 6, 6, 8]
    so3 = sf.LieAlgebra(space, sf.rotations(space))
    action = cube.action_on(so3)
    assert action.holds
    for A in action.matrices.values():
        assert A.inv() == A.T
        assert so3.basis_change(A).structure_constants == {
            ("e1", "e2"): {"e3": 1},
            ("e1", "e3"): {"e2": -1},
            ("e2", "e3"): {"e1": 1},
        }
    full = FiniteGroup(
        space,
        {name: g.matrix for name, g in cube.generators.items()}
        | {"P": {"x": "-x", "y": "-y", "z": "-z"}},
    )
    assert full.order == 48


def test_a_map_that_leaves_an_algebra():
    axis = sf.LieAlgebra(sf.PhaseSpace("x y z"), {"Lz": "x*p_y - y*p_x"})
    cycle = FiniteGroup(axis.space, {"c": {"x": "y", "y": "z", "z": "x"}})
    action = cycle.action_on(axis)
    assert not action.holds
    assert str(action.outside["c"]["Lz"]) == "-p_y*z + p_z*y"
    with pytest.raises(
        ArgumentError, match="must live on the phase space of the group"
    ):
        cycle.action_on(sf.LieAlgebra(PLANE, sf.rotations(PLANE)))


def test_a_constant_in_the_algebra_stays():
    line = sf.PhaseSpace("x")
    heisenberg = sf.closure(line, {"Q": "x", "P": "p_x"})
    flip = FiniteGroup(line, {"flip": {"x": "-x"}})
    assert flip.action_on(heisenberg).matrices["flip"] == sp.diag(-1, -1, 1)


def test_particles_generate_the_symmetric_group():
    space = sf.PhaseSpace("x1 y1 x2 y2 x3 y3 x4 y4")
    group = FiniteGroup(
        space,
        {
            "s": particle_permutation(space, [2, 1, 3, 4], 2),
            "c": particle_permutation(space, [2, 3, 4, 1], 2),
        },
    )
    assert group.identify().name == "S4"
    mean = group.average("x1")
    assert mean == sp.expand(sum(space.q[::2]) / 4)


def test_a_triangle_has_roots():
    turn = [["-1/2", "-sqrt(3)/2"], ["sqrt(3)/2", "-1/2"]]
    triangle = FiniteGroup(PLANE, {"r": turn, "s": {"y": "-y"}})
    assert triangle.identify().name == "S3 = D3"
    # The potential of Henon and Heiles has its symmetry; half of its cubic has not.
    turned = "(x**2 + y**2)/2 + x**3/3 - x*y**2"
    assert triangle.is_symmetry(turned)
    assert not triangle.is_symmetry("(x**2 + y**2)/2 + x**3/3")


def test_infinite_groups_are_refused():
    for images, why in (
        ([[1, 1], [0, 1]], "shear"),
        ([["3/5", "-4/5"], ["4/5", "3/5"]], "no roots of unity"),
    ):
        with pytest.raises(ArgumentError, match=f"m has infinite order: .*{why}"):
            FiniteGroup(PLANE, {"m": images})
    irrational = [["1/3", "-2*sqrt(2)/3"], ["2*sqrt(2)/3", "1/3"]]
    with pytest.raises(ArgumentError, match="at most 50 elements"):
        FiniteGroup(PLANE, {"m": irrational}, max_order=50)
    with pytest.raises(ArgumentError, match="at least one map"):
        FiniteGroup(PLANE, {})


def test_elements_and_words():
    group = FiniteGroup(PLANE, SQUARE)
    assert str(group.elements[0]) == "1"
    assert group.elements[0].matrix == sp.eye(4)
    for element in group.elements:
        product = sp.eye(4)
        for name in element.word:
            product *= group.generators[name].matrix
        assert product == element.matrix
    assert not group.is_abelian
    assert len(group.conjugacy_classes) == 5


polynomials = st.lists(st.integers(-3, 3), min_size=6, max_size=6)


@settings(max_examples=25, deadline=None)
@given(polynomials, polynomials)
def test_laws_of_the_mean(left, right):
    """The mean is symmetric, idempotent, and takes symmetric factors out."""
    group = FiniteGroup(PLANE, SQUARE)
    (x, y), (a, b) = PLANE.q, PLANE.p
    monomials = [x, x * y, x**2, a * y, x**2 * y**2, b]
    f, g = (
        sp.Add(*(c * m for c, m in zip(row, monomials, strict=True)))
        for row in (left, right)
    )
    mean = group.average(f)
    assert group.is_symmetry(mean)
    assert group.average(mean) == mean
    assert group.average(mean * g) == sp.expand(mean * group.average(g))
    # A function is symmetric exactly if it is its mean.
    assert bool(group.is_symmetry(f)) == (sp.expand(mean - f) == 0)
    for element in group.elements:
        pulled = sf.poisson_bracket(element.act(f), element.act(g), PLANE)
        assert pulled == element.act(sf.poisson_bracket(f, g, PLANE))


def test_the_elements_that_keep_a_function_are_a_subgroup():
    group = FiniteGroup(PLANE, SQUARE)
    symmetry = group.is_symmetry("x**2")
    assert str(symmetry).startswith("broken by")
    assert len(group.elements) - len(symmetry.broken_by) == 4
    assert str(group.is_symmetry("x**2 + y**2")) == "symmetric"


def test_what_a_float_leads_to_is_measured():
    group = FiniteGroup(PLANE, SQUARE)
    assert group.is_symmetry("x**2 + y**2").standing is sf.Standing.PROVED
    assert group.is_symmetry("0.1*x**2 + 0.1*y**2").standing is sf.Standing.MEASURED
