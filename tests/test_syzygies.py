"""Relations vanish identically, are minimal, and are all there are."""

import pytest
from sympy import Matrix, Rational, expand, solve, symbols, sympify

import symflow as sf
from symflow.errors import ArgumentError
from symflow.syzygies import syzygies
from tests import case_book
from tests.systems import ALL, RESONANT, SO2, SO2_AXIS, SO3, SO3_THREE, SO3_TWO, U2

LIGHT = [system for system in ALL if system is not SO3_THREE]


def values(found):
    names = symbols(f"I1:{len(found.generators) + 1}", real=True)
    return dict(zip(names, found.generators, strict=True))


@pytest.mark.parametrize("system", LIGHT, ids=str)
def test_every_relation_vanishes_identically(system):
    found = sf.invariants(system.algebra)
    for relation in found.relations():
        assert expand(relation.subs(values(found), simultaneous=True)) == 0


def test_lagrange_identity():
    found = sf.invariants(SO2.algebra)
    (relation,) = found.relations()
    qq, pp, qp, L = values(found)
    assert relation == qq * pp - qp**2 - L**2


@pytest.mark.parametrize(
    ("system", "count"),
    [(SO3, 0), (U2, 0), (SO2_AXIS, 1), (RESONANT, 1), (SO3_TWO, 14)],
)
def test_number_of_relations(system, count):
    assert len(sf.invariants(system.algebra).relations()) == count


def test_relations_of_four_vectors():
    """The second fundamental theorem: ten products of volumes are minors of the Gram
    matrix, and a volume expanded along a fifth scalar product vanishes, four times."""
    found = sf.invariants(SO3_TWO.algebra)
    degrees = [2] * 10 + [3] * 4
    weights = dict(zip(values(found), degrees, strict=True))
    ring = sorted(
        max(
            sum(
                weights[s] * k for s, k in term.as_powers_dict().items() if s in weights
            )
            for term in relation.as_ordered_terms()
        )
        for relation in found.relations()
    )
    assert ring == [5] * 4 + [6] * 10


def test_the_gram_determinant_of_four_vectors_in_three_dimensions():
    """Scalar products alone: no relation before the determinant of degree eight."""
    found = sf.invariants(SO3_TWO.algebra, degree=2)
    assert found.relations(degree=7) == ()
    space = found.algebra.space
    vectors = [space.q[:3], space.q[3:], space.p[:3], space.p[3:]]
    gram = Matrix(vectors) * Matrix(vectors).T
    assert expand(gram.det(method="berkowitz")) == 0


def test_rank_of_generators_less_relations():
    """so(2): four generators less one relation are three independent invariants."""
    for system in (SO2, SO2_AXIS, RESONANT):
        found = sf.invariants(system.algebra)
        assert len(found.generators) - len(found.relations()) == found.count


def test_what_follows_from_lower_relations_is_not_repeated():
    found = sf.invariants(SO2.algebra)
    assert found.relations(degree=8) == found.relations(degree=4)
    assert found.relations(degree=3) == ()


def test_inhomogeneous_invariants_have_relations_of_mixed_degree():
    """About the point (1, 0): (I1 + 1) I2 = I3^2 + I4^2."""
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "(x - 1)*p_y - y*p_x"})
    found = sf.invariants(algebra)
    (relation,) = found.relations()
    assert expand(relation.subs(values(found), simultaneous=True)) == 0
    assert found.relations(degree=6) == (relation,)


def test_relations_with_surds_and_parameters():
    space = sf.PhaseSpace("x y", parameters="m")
    weight = "(p_x**2 + m**2*x**2)/2 + sqrt(2)*(p_y**2 + m**2*y**2)/2"
    algebra = sf.LieAlgebra(space, {"H": weight})
    assert sf.invariants(algebra).relations() == ()
    so2 = sf.LieAlgebra(space, {"L": "sqrt(2)*m*(x*p_y - y*p_x)"})
    found = sf.invariants(so2)
    (relation,) = found.relations()
    assert expand(relation.subs(values(found), simultaneous=True)) == 0


def test_no_invariants_no_relations():
    algebra = SO2.algebra
    assert syzygies(algebra.ring, [], 4) == ()


def test_case_a63_the_bracket_of_two_integrals_squares_to_a_polynomial_in_all():
    """The span never closes, yet the new integral adds no independent function."""
    space, integrals = case_book.declared(case_book.BY_NAME["A63"])
    C = sf.poisson_bracket(integrals["I1"], integrals["I2"], space)
    (relation,) = sf.relations(space, {**integrals, "C": C}, 3)
    names = {symbol.name: symbol for symbol in relation.free_symbols}
    known = case_book.BY_NAME["A63"]["answer"]["{I1,I2}^2"].split(":")[1]
    w, a, b = space.parameters
    at = {w: Rational(3, 2), a: Rational(2, 3), b: Rational(5, 4)}
    (square,) = solve(relation.subs(at), names["C"] ** 2)
    assert expand(square - sympify(known, locals=names)) == 0


def test_relations_are_of_the_lowest_degree_and_no_multiples():
    space = sf.PhaseSpace("x y")
    squares = {"A": "x**2", "B": "x*y", "C": "y**2"}
    assert sf.relations(space, squares, 1) == ()
    (relation,) = sf.relations(space, squares, 3)
    assert str(relation) == "A*C - B**2"
    assert sf.relations(space, {"A": "x", "B": "p_x"}, 4) == ()


def test_relations_hold_among_roots_and_angles():
    space = sf.PhaseSpace("r t")
    circle = {"X": "r*cos(t)", "Y": "r*sin(t)", "R": "r"}
    (relation,) = sf.relations(space, circle, 2)
    assert str(relation) in {"R**2 - X**2 - Y**2", "-R**2 + X**2 + Y**2"}


@pytest.mark.parametrize("degree", [0, -1, 1.5, "2"])
def test_a_degree_that_is_none_is_refused(degree):
    with pytest.raises(ArgumentError, match="positive integer"):
        sf.relations(sf.PhaseSpace("x"), {"A": "x"}, degree)
