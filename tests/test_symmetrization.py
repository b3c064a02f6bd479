"""Which terms break which symmetry, and the family that breaks none: laws and counts."""

from itertools import combinations_with_replacement

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.errors import (
    ArgumentError,
    ExpressionError,
    InexactInputWarning,
)
from symflow.symmetrization import broken_symmetries, symmetrize


def ansatz(space, variables, degrees):
    """All monomials of some degrees with a coefficient each, and the names of these."""
    monomials = [
        sp.Mul(*factors)
        for degree in degrees
        for factors in combinations_with_replacement(variables, degree)
    ]
    names = [f"c{k}" for k in range(len(monomials))]
    whole = sf.PhaseSpace(space.q, space.p, [*space.parameters, *names])
    H = sp.Add(*(whole.symbols[c] * f for c, f in zip(names, monomials, strict=True)))
    return whole, H


def quadratic(space, variables):
    return ansatz(space, variables, [2])


def check(family, H, algebra):
    """Every member commutes, and the relations say what the family says."""
    for g in algebra.generators.values():
        for f in family.basis.values():
            assert sf.poisson_bracket(g, f, algebra.space) == 0
        assert sf.poisson_bracket(g, family.expression, algebra.space) == 0
    difference = H.xreplace(dict(family.relations)) - family.expression
    assert sp.simplify(difference) == 0


PLANE = sf.PhaseSpace("x y")
ROOM = sf.PhaseSpace("x y z")
FOUR = sf.PhaseSpace("x1 x2 x3 x4")


@pytest.mark.parametrize(
    ("space", "generators", "degrees", "dimension"),
    [
        # Quadratic invariants: q.q, q.p and p.p, with L in the plane.
        (PLANE, sf.rotations(PLANE), [2], 4),
        (ROOM, sf.rotations(ROOM), [2], 3),
        (FOUR, sf.rotations(FOUR), [2], 3),
        # Degree two of e(2): p.p alone, since L commutes with no translation.
        (PLANE, sf.euclidean(PLANE), [2], 1),
        # u(2) and u(3): the powers of the energy, none of odd degree.
        (PLANE, sf.unitary(PLANE), [2], 1),
        (PLANE, sf.unitary(PLANE), [3], 0),
        (PLANE, sf.unitary(PLANE), [4], 1),
        # su(2) has no more, and sp(4,R) has nothing at all.
        (PLANE, sf.special_unitary(PLANE), [4], 1),
        (PLANE, sf.symplectic(PLANE), [2, 4], 0),
        # gl(2) on positions: q.p alone; its square in degree four.
        (PLANE, sf.general_linear(PLANE), [2], 1),
        (PLANE, sf.general_linear(PLANE), [4], 1),
        # Everything commutes with nothing.
        (PLANE, {}, [2], 10),
        # Translations: polynomials in p.
        (PLANE, sf.translations(PLANE), [1, 2], 5),
    ],
)
def test_the_family_has_the_dimension_of_theory(space, generators, degrees, dimension):
    whole, H = ansatz(space, space.z, degrees)
    algebra = sf.LieAlgebra(whole, generators)
    family = symmetrize(H, algebra)
    assert len(family.free) == len(family.basis) == dimension
    assert family.standing is sf.Standing.PROVED
    check(family, H, algebra)


def test_rotations_make_a_quadratic_form_isotropic():
    whole, potential = quadratic(ROOM, ROOM.q)
    algebra = sf.LieAlgebra(whole, sf.rotations(ROOM))
    kinetic = sum(p**2 for p in ROOM.p) / 2
    family = symmetrize(kinetic + potential, algebra)
    (stiffness,) = family.free
    x, y, z = ROOM.q
    assert sp.expand(family.basis[stiffness] - (x**2 + y**2 + z**2)) == 0
    assert sp.expand(family.fixed - kinetic) == 0
    assert {c.name for c in family.excluded} == {"c1", "c2", "c4"}


def test_galilei_on_two_particles_leaves_the_relative_motion():
    """With P and K conserved, T is free motion of the mass and of the relative momentum."""
    space = sf.PhaseSpace("x1 x2", parameters="m1 m2")
    whole, H = quadratic(space, space.z)
    algebra = sf.LieAlgebra(
        whole, {"P": "p_x1 + p_x2", "K": "m1*x1 + m2*x2", "M": "m1 + m2"}
    )
    family = symmetrize(H, algebra)
    m1, m2 = space.parameters
    (x1, x2), (p1, p2) = space.q, space.p
    r, pr = x1 - x2, m2 * p1 - m1 * p2
    assert len(family.free) == 3
    values = sp.symbols("u v w")
    general = sum(v * f for v, f in zip(values, (r**2, r * pr, pr**2), strict=True))
    found = sum(
        c * f for c, f in zip(sp.symbols("a b c"), family.basis.values(), strict=True)
    )
    solution = sp.solve(
        sp.Poly(sp.expand((general - found) * m1 * m2), x1, x2, p1, p2).coeffs(),
        values,
        dict=True,
    )
    assert solution, "the family is spanned by r^2, r p_r and p_r^2"
    assert "complete for generic m1, m2" in family.claim.why
    check(family, H, algebra)


def test_equal_masses_are_not_needed_for_a_relation_between_them():
    """A boost fixes the kinetic coefficients by the masses, which stay parameters."""
    space = sf.PhaseSpace("x1 x2", parameters="m1 m2 a b")
    boosts = {"P": "p_x1 + p_x2", "K": "m1*x1 + m2*x2"}
    algebra = sf.closure(space, boosts | {"H": "p_x1**2/(2*m1) + p_x2**2/(2*m2)"})
    _, _, a, b = space.parameters
    family = symmetrize("a*p_x1**2 + b*(x1 - x2)**2", sf.LieAlgebra(space, boosts))
    assert family.relations == {a: 0}
    assert family.free == (b,)
    assert symmetrize("a*(p_x1/m1 - p_x2/m2)**2", algebra).free == (a,)


def test_a_lifted_rotation_of_a_skew_metric():
    """The motion that preserves x^2 + 4 y^2 allows that form and its dual."""
    lifted = sf.vector_field(PLANE, ["-2*y", "x/2"])
    whole, H = quadratic(PLANE, PLANE.q)
    family = symmetrize(H, sf.LieAlgebra(whole, {"L": lifted}))
    x, y = PLANE.q
    (f,) = family.basis.values()
    assert sp.expand(f - (x**2 + 4 * y**2)) == 0
    whole, T = quadratic(PLANE, PLANE.p)
    (f,) = symmetrize(T, sf.LieAlgebra(whole, {"L": lifted})).basis.values()
    a, b = PLANE.p
    assert sp.expand(f - (a**2 + b**2 / 4)) == 0


def test_fewer_generators_allow_more():
    whole, H = ansatz(ROOM, ROOM.z, [2])
    rotations = sf.rotations(ROOM)
    full = symmetrize(H, sf.LieAlgebra(whole, rotations))
    axis = symmetrize(H, sf.LieAlgebra(whole, {"Lz": rotations["Lz"]}))
    assert len(axis.free) > len(full.free)
    assert set(full.free) <= set(axis.free)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_member_is_missed(data):
    """The dimension is that of a plain linear system that SymPy solves by itself."""
    numbers = st.integers(-2, 2)
    chosen = data.draw(
        st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=4)
    )
    space = sf.PhaseSpace("x y", parameters=[f"c{k}" for k in range(len(chosen))])
    (x, y), (a, b) = space.q, space.p
    forms = [x * b - y * a, x**2 + a * b, y**2 + b**2]
    parts = [sum(n * f for n, f in zip(row, forms, strict=True)) for row in chosen]
    H = sum(c * f for c, f in zip(space.parameters, parts, strict=True))
    held = [c for c, f in zip(space.parameters, parts, strict=True) if f != 0]
    if not held:
        return
    g = x * b - y * a + data.draw(numbers) * (x**2 + a**2) + data.draw(numbers) * a * b
    family = symmetrize(H, sf.LieAlgebra(space, {"g": g}))
    bracket = sum(
        sp.diff(g, q) * sp.diff(H, p) - sp.diff(g, p) * sp.diff(H, q)
        for q, p in ((x, a), (y, b))
    )
    rows = sp.Poly(sp.expand(bracket), x, y, a, b).coeffs()
    matrix = sp.Matrix([[sp.diff(row, c) for c in held] for row in rows])
    assert len(family.free) == len(held) - matrix.rank()
    check(family, H, sf.LieAlgebra(space, {"g": g}))


def test_what_a_float_leads_to_is_measured():
    space = sf.PhaseSpace("x y", parameters="a b")
    algebra = sf.LieAlgebra(space, sf.rotations(space))
    with pytest.warns(InexactInputWarning, match=r"H: 0\.5"):
        family = symmetrize("a*x**2 + 0.5*b*y**2", algebra)
    a, b = space.parameters
    assert family.relations == {b: 2 * a}
    assert family.standing is sf.Standing.MEASURED
    with pytest.warns(InexactInputWarning):
        laws = broken_symmetries("0.5*x**2", algebra)
    assert laws["L12"].standing is sf.Standing.MEASURED


def test_the_coefficients_may_be_chosen():
    space = sf.PhaseSpace("x y", parameters="k a b")
    algebra = sf.LieAlgebra(space, sf.rotations(space))
    k, a, b = space.parameters
    assert symmetrize("k*a*x**2 + k*b*y**2", algebra, "a b").relations == {b: a}
    only = symmetrize("k*a*x**2 + k*b*y**2", algebra, [b])
    assert only.relations == {b: a}
    assert only.free == ()
    assert sp.expand(only.expression - k * a * (space.q[0] ** 2 + space.q[1] ** 2)) == 0


@pytest.mark.parametrize(
    ("H", "coefficients", "message"),
    [
        (
            "a*x**2 + a**2*y**2",
            "a",
            "linear in its coefficients, but it holds powers of a",
        ),
        ("a*b*x**2", None, r"holds a\*b"),
        ("a*x**2", "a w", "w is none of k, a, b"),
        ("a*x**2", "x", "x is none of"),
        ("x**2 + y**2", None, "must hold a parameter to solve for"),
        ("a*x**2", "a b", "b: H does not hold it"),
        ("a*x**2 + k*y**2", "a k", "k: a generator holds it"),
        ("a*x**2 + y**2/(1 + a)", None, "must hold a parameter to solve for"),
        ("x + a*y**2", None, r"no value of a makes up for .* x: \{L, H\} = y"),
    ],
)
def test_what_cannot_be_solved_is_refused(H, coefficients, message):
    space = sf.PhaseSpace("x y", parameters="k a b")
    algebra = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x", "S": "k"})
    with pytest.raises(ArgumentError, match=message):
        symmetrize(H, algebra, coefficients)


def test_unknown_symbols_are_refused():
    algebra = sf.LieAlgebra(PLANE, sf.rotations(PLANE))
    with pytest.raises(ExpressionError):
        symmetrize("a*w**2", algebra)


def test_each_breaking_term_is_named():
    """A field along z breaks two rotations, by itself; the isotropic rest breaks none."""
    space = sf.PhaseSpace("x y z", parameters="m k E")
    algebra = sf.LieAlgebra(space, sf.rotations(space))
    H = "(p_x**2 + p_y**2 + p_z**2)/(2*m) + k*(x**2 + y**2 + z**2)/2 + E*z"
    laws = broken_symmetries(H, algebra)
    assert [name for name, law in laws.items() if law.holds] == ["Lz"]
    E, z = space.symbols["E"], space.symbols["z"]
    for name in ("Lx", "Ly"):
        (broken,) = laws[name].broken_by
        assert broken.part == E * z
        assert broken.bracket == laws[name].bracket
    assert str(laws["Lz"]) == "{Lz, H} = 0"
    assert laws["Lx"]._repr_latex_().startswith("$\\{L_{x}, H\\} = ")


def test_terms_that_break_apart_are_told_apart():
    space = sf.PhaseSpace("x y")
    law = broken_symmetries(
        "x**2 + 2*y**2 + x + p_x**2 + p_y**2",
        sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"}),
    )["L"]
    assert [str(b.part) for b in law.broken_by] == ["x", "x**2 + 2*y**2"]
    assert sum(b.bracket for b in law.broken_by) == law.bracket


def test_terms_with_different_parameters_can_restore_each_other():
    """The oscillator conserves its own energy, though neither term of it does."""
    space = sf.PhaseSpace("x", parameters="k")
    energy = "(p_x**2 + k*x**2)/2"
    law = broken_symmetries(energy, sf.LieAlgebra(space, {"E": energy}))["E"]
    assert law.holds
    assert law.broken_by == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=10, max_size=10))
def test_the_breaking_parts_add_up_to_the_bracket(numbers):
    space = sf.PhaseSpace("x y", parameters="a b")
    pairs = combinations_with_replacement(space.z, 2)
    weights = [n * c for n, c in zip(numbers, [1, *space.parameters] * 4, strict=False)]
    H = sum(w * u * v for w, (u, v) in zip(weights, pairs, strict=True))
    algebra = sf.closure(space, {"L": "x*p_y - y*p_x", "D": "x*p_x"})
    for law in broken_symmetries(H, algebra).values():
        total = sum(broken.bracket for broken in law.broken_by)
        assert sp.expand(total - law.bracket) == 0
        assert all(broken.bracket != 0 for broken in law.broken_by)
        assert law.holds == (not law.broken_by)
        g = algebra.generators[law.generator]
        for broken in law.broken_by:
            assert sf.poisson_bracket(g, broken.part, space) == sp.expand(
                broken.bracket
            )


def test_a_family_shows_itself():
    space = sf.PhaseSpace("x y", parameters="a b c")
    family = symmetrize(
        "a*x**2 + b*x*y + c*y**2", sf.LieAlgebra(space, sf.rotations(space))
    )
    assert str(family) == "H = a*(x**2 + y**2); b = 0, c = a"
    assert family._repr_latex_() == (
        r"$H = a \left(x^{2} + y^{2}\right) \qquad b = 0,\; c = a$"
    )
    assert family.claim.evidence["relations"] == {"b": "0", "c": "a"}
