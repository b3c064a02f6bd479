"""Relations vanish identically, are minimal, and are all there are."""

import pytest
from sympy import Matrix, expand, symbols

import symflow as sf
from symflow.syzygies import syzygies
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
