"""Covectors and matrices move with a position as the momentum does, exactly."""

import pytest
from sympy import Matrix, expand

import symflow as sf
from symflow.covariants import momentum_covariants
from symflow.errors import UnsupportedError
from tests.systems import NOTHING, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

PLANE = sf.PhaseSpace("x y")


def covariants(algebra):
    found = momentum_covariants(sf.invariants(algebra), sf.LinearAction(algebra))
    return algebra, found


CASES = [covariants(s.algebra) for s in (NOTHING, SO2, SO2_AXIS, SO3, SO3_TWO)] + [
    covariants(sf.LieAlgebra(PLANE, {"L": generator}))
    for generator in (
        "2*x*p_y - y*p_x",
        "(x - 1)*p_y - y*p_x",
        "sqrt(2)*(x*p_y - 3*y*p_x)",
        "x*p_x + 5*x*p_y - y*p_x - y*p_y",
    )
]


@pytest.mark.parametrize(("algebra", "found"), CASES, ids=lambda case: str(case)[:40])
def test_covectors_move_as_the_momentum_does(algebra, found):
    """The generator moves c(q) along q as its matrix moves p: dp/de = N p."""
    n, space = algebra.space.n, algebra.space
    for name, A in sf.LinearAction(algebra).matrices.items():
        N = A[n:, n:]
        q_dot = [
            sf.poisson_bracket(q, algebra.generators[name], space) for q in space.q
        ]
        for covector in found.covectors:
            c = Matrix(covector)
            along = c.jacobian(space.q) * Matrix(q_dot)
            assert (along - N * c).applyfunc(expand).is_zero_matrix
        for B in found.commutant:
            assert (B * N - N * B).expand().is_zero_matrix
        W = found.metric
        assert (N.T * W + W * N).expand().is_zero_matrix


@pytest.mark.parametrize(("algebra", "found"), CASES, ids=lambda case: str(case)[:40])
def test_scalars_are_functions_of_positions(algebra, found):
    assert all(f.free_symbols <= set(algebra.space.q) for f in found.scalars)
    assert found.metric.is_positive_definite


@pytest.mark.parametrize(
    ("system", "count"), [(NOTHING, 2), (SO2, 2), (SO2_AXIS, 3), (SO3, 1), (SO3_TWO, 6)]
)
def test_numbers_of_covectors(system, count):
    """so(2): q and its quarter turn; so(3): q alone; two particles: for each momentum both
    positions and their vector product."""
    _, found = covariants(system.algebra)
    assert len(found.covectors) == count


def test_covectors_span_the_plane():
    """Off the origin q and its quarter turn reach every momentum."""
    _, found = covariants(SO2.algebra)
    assert expand(Matrix(found.covectors).det()) == SO2.space.read("2*x**2 + 2*y**2")


@pytest.mark.parametrize("system", [U2, RESONANT], ids=str)
def test_what_mixes_positions_and_momenta_has_none(system):
    with pytest.raises(UnsupportedError, match="mix q and p"):
        covariants(system.algebra)
