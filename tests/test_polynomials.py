"""The canonical form of functions: a change of writing only, with the textbook bracket."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    QQ,
    Float,
    Integer,
    Matrix,
    Pow,
    Rational,
    cbrt,
    exp,
    expand,
    pi,
    sin,
    sqrt,
)

import symflow as sf
from symflow.coefficient_field import exact_number
from symflow.errors import UnsupportedError
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.terms import derivative_along, slopes

SPACE = sf.PhaseSpace("x y", "a b", parameters="m k")
x, y, a, b = SPACE.z
m, k = SPACE.parameters
PLAIN = PhasePolynomials(SPACE, [])
RICH = PhasePolynomials(SPACE, [m * x + sqrt(2), k])


@st.composite
def expressions(draw, coefficients=(1,)):
    """A sum of products, with products of sums among them."""
    total = Integer(0)
    for _ in range(draw(st.integers(0, 3))):
        term = Rational(draw(st.integers(-5, 5)), draw(st.integers(1, 4)))
        term *= draw(st.sampled_from(coefficients))
        for variable in draw(st.lists(st.sampled_from(SPACE.z), max_size=3)):
            term *= (variable + draw(st.integers(-1, 1))) ** draw(st.integers(1, 2))
        total += term
    return total


rational = expressions()
rich = expressions((Integer(1), sqrt(2), m, k / (1 + m), (1 + sqrt(2)) * m**2))


@settings(deadline=None, max_examples=40)
@given(rational)
def test_there_and_back_is_expansion(f):
    assert PLAIN.expression(PLAIN.polynomial(f)) == expand(f)


@settings(deadline=None, max_examples=15)
@given(rich)
def test_there_and_back_with_surds_and_parameters(f):
    back = RICH.expression(RICH.polynomial(f))
    assert not RICH.polynomial(back) - RICH.polynomial(f)
    assert (back - f).expand().simplify() == 0


def test_expressions_are_expanded_in_parameters_unless_they_divide():
    for f in ((1 + m) * x * a, (1 + sqrt(2)) * x, (m + sqrt(2) * k) * y + m * x):
        assert RICH.expression(RICH.polynomial(f)) == expand(f)
    whole = (m + 1) / (k + 1) * y
    assert RICH.expression(RICH.polynomial(whole)) == whole


@settings(deadline=None, max_examples=40)
@given(rational, rational)
def test_bracket_is_the_textbook_sum(f, g):
    textbook = sum(
        f.diff(q) * g.diff(p) - f.diff(p) * g.diff(q)
        for q, p in zip(SPACE.q, SPACE.p, strict=True)
    )
    found = PLAIN.bracket(PLAIN.polynomial(f), PLAIN.polynomial(g))
    assert PLAIN.expression(found) == expand(textbook)


@settings(deadline=None, max_examples=10)
@given(rich, rich, rich)
def test_jacobi_over_every_field(f, g, h):
    f, g, h = map(RICH.polynomial, (f, g, h))
    cyclic = RICH.bracket(f, RICH.bracket(g, h)) + RICH.bracket(g, RICH.bracket(h, f))
    assert cyclic + RICH.bracket(h, RICH.bracket(f, g)) == 0


@settings(deadline=None, max_examples=30)
@given(rational, st.lists(st.integers(-4, 4), min_size=4, max_size=4))
def test_value_gradient_and_field_at_a_point(f, point):
    there = dict(zip(SPACE.z, point, strict=True))
    polynomial = PLAIN.polynomial(f)
    found = PLAIN.value_at(polynomial, [QQ(c) for c in point])
    assert QQ.to_sympy(found) == f.subs(there)
    gradient = Matrix([f.diff(z) for z in SPACE.z])
    field = [PLAIN.expression(c) for c in PLAIN.field_of(polynomial)]
    assert Matrix(field) == (SPACE.J * gradient).expand()


@settings(deadline=None, max_examples=20)
@given(rich, rich)
def test_terms_tell_what_the_ring_does(f, g):
    """The sparse terms and SymPy's ring have the same sums, products, derivatives."""
    left, right = RICH.polynomial(f), RICH.polynomial(g)
    assert not RICH.ring.from_dict(RICH.terms(f * g + f)) - (left * right + left)
    for k, z in enumerate(RICH.variables):
        slope = RICH.ring.from_dict(slopes(RICH.terms(f)).get(k, {}))
        assert not slope - left.diff(z)
    field = RICH.velocity(slopes(RICH.terms(g)))
    bracket = RICH.ring.from_dict(derivative_along(slopes(RICH.terms(f)), field))
    n = SPACE.n
    for q, p in zip(RICH.variables[:n], RICH.variables[n:], strict=True):
        bracket -= left.diff(q) * right.diff(p) - left.diff(p) * right.diff(q)
    assert not bracket


@pytest.mark.parametrize("power", [1, 2, 5])
def test_powers_of_what_has_no_one_or_many_terms(power):
    for base in (x - x, 2 * x * a, x + 2 * a - m):
        f = RICH.polynomial(base)
        assert RICH.polynomial(Pow(base, power, evaluate=False)) == f**power


def test_inverse_powers_of_constants_in_disguise():
    two = Pow((x + 1) ** 2 - x**2 - 2 * x + 1, -2, evaluate=False)
    assert PLAIN.polynomial(two * y) == PLAIN.polynomial(y / 4)
    for wrong in (x - x, x, x + 1):
        with pytest.raises(UnsupportedError):
            PLAIN.polynomial(Pow(wrong, -1, evaluate=False))


@pytest.mark.parametrize(
    ("given_as", "number"),
    [
        (0.1, Rational(1, 10)),
        (0.1 + 0.2, Rational(3, 10)),
        (1 / 3, Rational(1, 3)),
        (-2.5, Rational(-5, 2)),
        (0.0, Integer(0)),
        (1e6 + 1 / 7, Rational(7 * 10**6 + 1, 7)),
        (2**0.5, Rational(2**0.5)),
        (1e-9, Rational(1e-9)),
        (3.0000000001, Rational(3.0000000001)),
    ],
)
def test_exact_number(given_as, number):
    assert exact_number(Float(given_as)) == number


def test_floats_are_read_exactly():
    assert PLAIN.expression(PLAIN.polynomial(Float(0.3) * x)) == Rational(3, 10) * x


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        (x * a, "QQ"),
        (sqrt(2) * x, "QQ<sqrt(2)>"),
        (m * x, "QQ(m)"),
        (k * x + m * y, "QQ(m,k)"),
        (sqrt(2) * m * x, "QQ<sqrt(2)>(m)"),
        (x**3 / 7, "QQ"),
    ],
)
def test_the_field_is_the_smallest(expression, field):
    assert str(PhasePolynomials(SPACE, [expression]).domain) == field


def test_algebraic_numbers_are_one_field():
    """sqrt(6) is sqrt(2) sqrt(3), and what looks different may be equal."""
    ring = PhasePolynomials(SPACE, [sqrt(2) * x + sqrt(3) * y])
    assert ring.polynomial(sqrt(2) * sqrt(3) * x) == ring.polynomial(sqrt(6) * x)
    one = ring.polynomial((sqrt(3) - sqrt(2)) * (sqrt(3) + sqrt(2)) * x)
    assert one == ring.polynomial(x)
    assert ring.polynomial(x / (1 + sqrt(2))) == ring.polynomial((sqrt(2) - 1) * x)


def test_cube_roots_are_numbers_too():
    ring = PhasePolynomials(SPACE, [cbrt(2) * x])
    f = ring.polynomial(cbrt(2) * x)
    assert f**3 == ring.polynomial(2 * x**3)


def test_parameters_may_be_divided_by_and_coordinates_may_not():
    ring = PhasePolynomials(SPACE, [a**2 / (2 * m)])
    assert ring.polynomial(2 * m * (a**2 / (2 * m))) == ring.polynomial(a**2)
    for wrong in (1 / x, sqrt(x), x**a, 1 / (x + m), 2**x, sin(x)):
        with pytest.raises(UnsupportedError, match="must"):
            ring.polynomial(wrong)


@pytest.mark.parametrize("number", [pi, exp(1), sin(1), 2**m, sqrt(m), Integer(1) / 0])
def test_numbers_outside_the_field_are_refused_as_coefficients(number):
    for ring in (PLAIN, RICH):
        with pytest.raises(UnsupportedError, match="Declare a parameter"):
            ring.polynomial(number * x)


def test_total_degree():
    assert total_degree(PLAIN.polynomial(x**2 * a + y)) == 3
    assert total_degree(PLAIN.polynomial(Integer(5))) == 0
    assert total_degree(PLAIN.ring.zero) == 0


def test_generic_rank_shows_its_point():
    gradients = [PLAIN.gradient(PLAIN.polynomial(f)) for f in (x**2, x * y, y**2, a)]
    found = PLAIN.generic_rank(gradients, most=4)
    assert (found.rank, found.exact) == (3, True)
    assert PLAIN.rank_at(gradients, found.point) == 3
    assert PLAIN.rank_at(gradients, (0, 0, 0, 0)) == 1


def test_generic_rank_is_exact_below_its_bound_too():
    """Parallel gradients: no point and no bound shows rank one, elimination does."""
    f = PLAIN.polynomial(x**2 + y**2 * a)
    rows = [PLAIN.gradient(f), PLAIN.gradient(f**2)]
    assert PLAIN.generic_rank(rows, most=2) == PLAIN.generic_rank(rows, most=1)
    assert PLAIN.generic_rank(rows, most=2).exact
    assert PLAIN.generic_rank([], most=0).exact


def test_generic_rank_says_so_when_all_its_points_are_special(monkeypatch):
    """Where every tried point lies on the locus of low rank, nothing is claimed."""
    monkeypatch.setattr("symflow.polynomials.Random.randint", lambda *_: 0)
    rows = [PLAIN.gradient(PLAIN.polynomial(f)) for f in (x, y**2)]
    found = PLAIN.generic_rank(rows, most=2)
    assert (found.rank, found.exact) == (1, False)


def test_generic_rank_over_a_field_with_surds_and_parameters():
    rows = [RICH.gradient(RICH.polynomial(f)) for f in (sqrt(2) * x + m * y, m * a)]
    rows.append(tuple(f + g for f, g in zip(*rows, strict=True)))
    assert RICH.generic_rank(rows, most=3) == RICH.generic_rank(rows, most=2)
    assert RICH.generic_rank(rows, most=2).rank == 2


def test_generic_rank_of_constant_fields_with_parameters():
    """Translations with a mass in front: entries that are constants of Q(m)."""
    e3 = {"Px": "m*p_x", "Py": "m*p_y", "Pz": "m*p_z", "Lx": "y*p_z - z*p_y"}
    e3 |= {"Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"}
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y z", parameters="m"), e3)
    found = sf.invariants(algebra, degree=2)
    assert (found.orbit_rank.rank, found.orbit_rank.exact) == (5, True)
