"""Textbook forms: the printed one is found, and it equals what was given."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.centralizers import integrals_of_motion
from symflow.errors import ArgumentError, CertificateError, ExpressionError
from symflow.textbook_forms import TextbookForm, textbook_form, textbook_forms
from symflow.vector_quantities import vector_quantities

PLANE = sf.PhaseSpace("x y", parameters="m k")
ROOM = sf.PhaseSpace("x y z", parameters="m k")
PAIR = sf.PhaseSpace("x1 y1 z1 x2 y2 z2", parameters="m1 m2")
R2, P2, QP = (
    "(x**2 + y**2 + z**2)",
    "(p_x**2 + p_y**2 + p_z**2)",
    "x*p_x + y*p_y + z*p_z",
)
D2 = "((x1 - x2)**2 + (y1 - y2)**2 + (z1 - z2)**2)"
BIG_P2 = "((p_x1 + p_x2)**2 + (p_y1 + p_y2)**2 + (p_z1 + p_z2)**2)"


@pytest.mark.parametrize(
    ("f", "space", "dimension", "printed"),
    [
        (R2, ROOM, None, "r**2"),
        (f"{R2}**2*{P2}", ROOM, None, "p**2*r**4"),
        (f"{R2}*{P2} - ({QP})**2", ROOM, None, "L**2"),
        (f"{P2}/(2*m) - k/sqrt{R2}", ROOM, None, "-k/r + p**2/(2*m)"),
        (f"({QP})/{R2}", ROOM, None, "(q.p)/r**2"),
        (f"exp(-sqrt{R2})/sqrt{R2}", ROOM, None, "exp(-r)/r"),
        ("x*p_y - y*p_x + m", ROOM, None, "Lz + m"),
        ("x*p_y - y*p_x", PLANE, None, "L"),
        ("(x*p_y - y*p_x)**2/(x**2 + y**2)", PLANE, None, "L**2/r**2"),
        (D2, PAIR, 3, "r12**2"),
        (f"1/sqrt{D2}", PAIR, 3, "1/r12"),
        ("x1*x2 + y1*y2 + z1*z2", PAIR, 3, "(q1.q2)"),
        (BIG_P2, PAIR, 3, "P**2"),
        (f"{BIG_P2}/(m1 + m2)", PAIR, 3, "P**2/(m1 + m2)"),
        ("p_x1 + x1*(y2*p_z2 - z2*p_y2)", PAIR, 3, None),
        ("m", ROOM, None, "m"),
    ],
)
def test_textbook_examples(f, space, dimension, printed):
    form = textbook_form(f, space, dimension)
    assert form.claim.standing is sf.Standing.PROVED
    if printed is not None:
        assert str(form) == printed
        assert form.is_free_of_coordinates
    else:
        assert not form.is_free_of_coordinates


def test_invariants_of_two_particles_are_dot_products_and_determinants():
    so3 = sf.LieAlgebra(PAIR, sf.rotations(PAIR, dimension=3))
    forms = textbook_forms(sf.invariants(so3, 3).generators, PAIR, 3)
    assert all(form.is_free_of_coordinates for form in forms)
    quantities = {str(a.symbol) for form in forms for a in form.quantities}
    assert {"r1", "r2", "(q1.q2)", "det(q1,q2,p1)", "det(q2,p1,p2)"} <= quantities
    assert all(len(sp.Add.make_args(form.expression)) == 1 for form in forms)


def test_invariants_of_the_euclidean_group_are_distances_and_helicity():
    e3 = sf.LieAlgebra(PAIR, sf.euclidean(PAIR, dimension=3))
    forms = textbook_forms(sf.invariants(e3, 3).generators, PAIR, 3)
    assert {"r12**2", "(J.P)"} <= {str(form).removeprefix("-") for form in forms}
    assert all(form.is_free_of_coordinates for form in forms)


def test_the_runge_lenz_vector_is_a_cross_product():
    H = f"{P2}/(2*m) - k/sqrt{R2}"
    found = integrals_of_motion(H, ROOM, 3).generators
    printed = {str(form) for form in textbook_forms(found, ROOM)}
    assert "Lx*p_y - Ly*p_x + k*m*z/r" in printed


@pytest.mark.parametrize("f", ["x", "x*p_y + z*p_z", "x**2 + y**2", "p_x*y/x"])
def test_what_is_no_scalar_stays_in_coordinates(f):
    form = textbook_form(f, ROOM)
    assert form.expression == ROOM.read(f)
    assert form.quantities == ()
    assert not form.is_free_of_coordinates


@pytest.mark.parametrize(
    ("names", "particles"), [("x y z", 3), ("a b c d e f", 3), ("a b c d", 2)]
)
def test_the_size_of_a_particle_is_found(names, particles):
    space = sf.PhaseSpace(names)
    first = space.q[:particles]
    form = textbook_form(sum(q**2 for q in first), space)
    assert form.is_free_of_coordinates
    assert len(form.expression.free_symbols) == 1
    given = textbook_form(form.function, space, particles)
    assert given.expression == form.expression


def test_invariants_are_shown_in_both_forms():
    plane = sf.PhaseSpace("x y")
    so2 = sf.invariants(sf.LieAlgebra(plane, {"L": "x*p_y - y*p_x"}))
    shown = so2._repr_latex_()
    assert shown.startswith(
        r"$\displaystyle I_{1} = r^{2} = x^{2} + y^{2}, \quad I_{2} = p"
    )
    alone = sf.invariants(sf.LieAlgebra(plane, {"X": "p_x"}))
    assert (
        alone._repr_latex_()
        == r"$\displaystyle I_{1} = y, \quad I_{2} = p_{x}, \quad "
        + (r"I_{3} = p_{y}$")
    )


small = st.integers(-3, 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(small, min_size=6, max_size=6))
def test_every_polynomial_in_dot_products_is_written_without_coordinates(weights):
    r2, p2, qp = (ROOM.read(f) for f in (R2, P2, QP))
    products = [r2, p2, qp, r2 * p2, qp**2, r2 * qp]
    f = sp.expand(sum(w * g for w, g in zip(weights, products, strict=True)))
    form = textbook_form(f, ROOM)
    assert form.is_free_of_coordinates
    assert sp.expand(form.expression.xreplace(dict(form.legend)) - f) == 0
    assert len(sp.Add.make_args(form.expression)) <= max(
        1, len([w for w in weights if w])
    )


def test_time_is_a_factor():
    space = sf.PhaseSpace("x y", time="t", parameters="m")
    f = "t**2*(p_x**2 + p_y**2)/m**2 - 2*t*(x*p_x + y*p_y)/m + x**2 + y**2"
    form = textbook_form(f, space)
    assert str(form) == "-2*(q.p)*t/m + r**2 + p**2*t**2/m**2"


def test_a_name_that_is_taken_gets_bars():
    space = sf.PhaseSpace("r s", "p p_s")
    form = textbook_form("r**2 + s**2 + p**2 + p_s**2", space)
    assert str(form) == "|p|**2 + |q|**2"
    assert form.latex == "p^{2} + r^{2}"


def test_many_particles_are_left_in_coordinates_where_the_search_is_large():
    names = [f"{axis}{k}" for k in range(4) for axis in "xyz"]
    space = sf.PhaseSpace(names)
    sextic = sum(q**2 for q in space.q) ** 3 + sum(p**2 for p in space.p)
    form = textbook_form(sextic, space, 3)
    assert form.claim.standing is sf.Standing.PROVED
    assert not form.is_free_of_coordinates
    squares = {sp.Symbol(f"p{k}", positive=True) ** 2 for k in range(1, 5)}
    assert squares <= set(form.expression.args)


def test_latex_has_the_letters_of_a_textbook():
    form = textbook_form(f"({QP})**2/(2*m)", ROOM)
    assert form.latex == (r"\frac{\left(\mathbf{q} \cdot \mathbf{p}\right)^{2}}{2 m}")
    assert form._repr_latex_().startswith(r"$\displaystyle \frac")


def test_a_form_that_is_not_equal_is_refused():
    r, *_ = vector_quantities(ROOM, 3)
    wrong = TextbookForm(ROOM, ROOM.read(P2), r.form, (r,))
    with pytest.raises(CertificateError, match="must equal"):
        _ = wrong.claim


def test_floats_are_not_proved():
    form = textbook_form("0.5*x**2 + 0.5*y**2", PLANE)
    assert str(form) == "r**2/2"
    assert form.claim.standing is sf.Standing.MEASURED


def test_errors_name_the_argument():
    with pytest.raises(ArgumentError, match="`dimension`"):
        textbook_form("x", ROOM, 2)
    with pytest.raises(ExpressionError, match=r"functions\[0\]"):
        textbook_form("u", ROOM)
