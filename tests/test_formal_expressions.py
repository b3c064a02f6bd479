"""Formal expressions: what is written equals what is worked out elsewhere."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Function, Matrix, Symbol, latex, symbols

import symflow as sf
from symflow.formal_expressions import FormalProduct, PoissonBracket, Rank, Slope

PLANE = sf.PhaseSpace("x y")
BODY = sf.PoissonSpace(
    "l1 l2 l3", {("l1", "l2"): "l3", ("l2", "l3"): "l1", ("l3", "l1"): "l2"}
)


def polynomials(space):
    monomial = st.lists(st.sampled_from(space.z), min_size=0, max_size=3)
    term = st.tuples(st.integers(-3, 3), monomial)

    def total(terms):
        value = space.z[0] * 0
        for number, factors in terms:
            product = number
            for factor in factors:
                product = product * factor
            value += product
        return value

    return st.lists(term, min_size=1, max_size=4).map(total)


@settings(max_examples=25, deadline=None)
@given(polynomials(PLANE), polynomials(PLANE))
def test_sympy_and_the_ring_find_the_same_bracket(f, g):
    written = PoissonBracket(f, g, PLANE)
    assert written.doit() == sf.poisson_bracket(f, g, PLANE)


@settings(max_examples=25, deadline=None)
@given(polynomials(BODY), polynomials(BODY))
def test_so_do_they_where_the_bracket_is_not_canonical(f, g):
    assert PoissonBracket(f, g, BODY).doit() == sf.poisson_bracket(f, g, BODY)


def test_the_jacobi_identity_holds_as_written():
    a, b, c = (PLANE.read(text) for text in ("x**2*p_y", "y*p_x + x", "p_x*p_y"))
    cycle = [(a, b, c), (b, c, a), (c, a, b)]
    nested = (
        PoissonBracket(f, PoissonBracket(g, h, PLANE).doit(), PLANE)
        for f, g, h in cycle
    )
    assert sum(nested).doit() == 0


def test_names_are_replaced_inside_a_bracket():
    L, x, y = Symbol("L"), *PLANE.q
    written = PoissonBracket.of(L, x, PLANE)
    known = written.xreplace({L: PLANE.read("x*p_y - y*p_x")})
    assert (known.doit(), known.space) == (y, PLANE)
    assert str(written) == "{L, x}"
    assert latex(written) == r"\left\{ L, x \right\}"


def test_a_product_keeps_its_signs_until_it_is_worked_out():
    p, x = symbols("p x")
    product = FormalProduct(-p, x + 1)
    assert str(product) == "(-p)*(x + 1)"
    assert product.doit() == -p * x - p


def test_a_slope_is_the_derivative_by_the_place_of_its_argument():
    x, y, f = *symbols("x y"), Function("f")
    assert Slope(f(x, y), y).doit() == f(x, y).diff(y)
    replaced = Slope(f(x, y), y).xreplace({y: x**2})
    assert replaced.doit() == f(x, x**2).fdiff(2)


def test_the_rank_is_that_of_elimination():
    assert Rank(Matrix([[1, 2, 3], [2, 4, 6], [0, 1, 0]])).doit() == 2
