"""Pieces: their coordinates commute, their cubes close, and none is forgotten."""

import pytest
from sympy import Matrix, Symbol, cos, cosh, expand, hessian, sin, sinh, sqrt

import symflow as sf
from symflow.splitting import claims
from tests.systems import (
    ALL,
    HEISENBERG,
    NOTHING,
    RESONANT,
    SL2,
    SO2,
    SO2_AXIS,
    SO3,
    SO3_THREE,
    SO3_TWO,
    U2,
)

LIGHT = [system for system in ALL if system is not SO3_THREE]
SPLIT = {system.name: sf.split(sf.invariants(system.algebra)) for system in LIGHT}
SHEARS = [
    (system, piece)
    for system in LIGHT
    for piece in SPLIT[system.name]
    if isinstance(piece, sf.Shear)
]
FLOWS = [
    (system, piece)
    for system in LIGHT
    for piece in SPLIT[system.name]
    if isinstance(piece, sf.LinearFlow)
]


def label(value):
    return str(getattr(value, "functions", value))


@pytest.mark.parametrize(("system", "shear"), SHEARS, ids=label)
def test_no_shear_holds_a_conjugate_pair(system, shear):
    n = system.space.n
    used = {system.space.z[i] for i in shear.indices}
    assert used == set().union(*(f.free_symbols for f in shear.functions))
    assert not {i % n for i in shear.indices if i < n} & {
        i % n for i in shear.indices if i >= n
    }
    for f in shear.functions:
        for g in shear.functions:
            assert sf.poisson_bracket(f, g, system.space) == 0


@pytest.mark.parametrize(("system", "shear"), SHEARS, ids=label)
def test_a_shear_is_an_exact_flow(system, shear):
    """d/dt of z + t J grad h equals J grad h there, for h = sum I^2, any t."""
    z, t = Matrix(system.space.z), Symbol("t", real=True)
    h = sum(f**2 for f in shear.functions)
    field = system.space.J * Matrix([h.diff(c) for c in system.space.z])
    moved = dict(zip(z, z + t * field, strict=True))
    later = field.subs(moved, simultaneous=True)
    assert (later - field).expand().is_zero_matrix


def test_functions_of_conjugate_coordinates_do_not_shear():
    """The same formula with h = q^2 p^2, whose coordinates do not commute, is no flow."""
    space = sf.PhaseSpace("q", "p")
    z, t = Matrix(space.z), Symbol("t", real=True)
    h = space.read("q**2*p**2")
    field = space.J * Matrix([h.diff(c) for c in space.z])
    later = field.subs(dict(zip(z, z + t * field, strict=True)), simultaneous=True)
    assert not (later - field).expand().is_zero_matrix


@pytest.mark.parametrize(("system", "flow"), FLOWS, ids=label)
def test_cubes_commutation_and_constancy(system, flow):
    """A^3 = c A, the A commute, and each I is constant along the flow of each."""
    z = Matrix(system.space.z)
    for f, A, c in zip(flow.functions, flow.matrices, flow.cubes, strict=True):
        assert not any(A**3 - c * A)
        gradient = Matrix([f.diff(x) for x in system.space.z])
        assert (A * z - system.space.J * gradient).expand().is_zero_matrix
        for g, B in zip(flow.functions, flow.matrices, strict=True):
            assert A * B == B * A
            slope = Matrix([g.diff(x) for x in system.space.z])
            assert expand((slope.T * A * z)[0]) == 0


t = Symbol("t", real=True)


@pytest.mark.parametrize(
    ("text", "sign", "s", "k"),
    [
        ("x*p_y - y*p_x", -1, sin, lambda x: 1 - cos(x)),
        ("x*p_x + y*p_y", 1, sinh, lambda x: cosh(x) - 1),
        ("x**2 + y**2", 0, None, None),
    ],
)
def test_signs_of_the_cubes(text, sign, s, k):
    """1 + s A + k A^2 with sines for c < 0, else hyperbolic ones or powers, is the
    exponential: it is one at t = 0 and its derivative is A times itself."""
    function = SO2.space.read(text)
    flow = next(piece for _, piece in FLOWS if function in piece.functions)
    place = flow.functions.index(function)
    A, c = flow.matrices[place], flow.cubes[place]
    assert sign == bool(c.is_positive) - bool(c.is_negative)
    if c:
        w = sqrt(abs(c))
        closed = Matrix.eye(4) + s(w * t) / w * A + k(w * t) / w**2 * A * A
    else:
        closed = Matrix.eye(4) + t * A + t**2 / 2 * A * A
    assert closed.subs(t, 0) == Matrix.eye(4)
    assert (closed.diff(t) - A * closed).expand().is_zero_matrix


@pytest.mark.parametrize(
    ("system", "shears", "flows"),
    [
        (NOTHING, 4, 0),
        (SO2, 2, 3),
        (SO2_AXIS, 4, 3),
        (SO3, 2, 1),
        (U2, 0, 1),
        (RESONANT, 0, 1),
        (HEISENBERG, 0, 0),
        (SL2, 0, 0),
    ],
    ids=str,
)
def test_numbers_of_pieces(system, shears, flows):
    pieces = SPLIT[system.name]
    assert sum(isinstance(p, sf.Shear) for p in pieces) == shears
    assert sum(isinstance(p, sf.LinearFlow) for p in pieces) == flows
    ordered = [isinstance(p, sf.LinearFlow) for p in pieces]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize("system", LIGHT, ids=str)
def test_pieces_are_maximal_and_distinct(system):
    shears = [set(p.functions) for s, p in SHEARS if s is system]
    flows = [set(p.functions) for s, p in FLOWS if s is system]
    for kept, others in ((shears, shears), (flows, flows), (flows, shears)):
        for family in kept:
            assert not any(family <= other for other in others if other is not family)


@pytest.mark.parametrize("system", LIGHT, ids=str)
def test_every_invariant_with_a_flow_in_closed_form_is_in_a_piece(system):
    """What is left out mixes a conjugate pair and is no quadratic with A^3 = c A."""
    used = set().union(*(p.functions for p in SPLIT[system.name]), set())
    for f in set(sf.invariants(system.algebra).generators) - used:
        names = f.free_symbols
        mixed = any(
            {q, p} <= names for q, p in zip(system.space.q, system.space.p, strict=True)
        )
        A = system.space.J * hessian(f, system.space.z)
        assert mixed
        assert A.free_symbols or (A**3)[0] * A != A[0] * A**3


def test_matrices_without_a_cube_are_no_pieces():
    """Frequencies 1 and 2 in one quadratic: A^3 = c A for no c, so it is left out."""
    algebra = RESONANT.algebra
    (H,) = algebra.polynomials
    assert sf.split(sf.Invariants(algebra, [H], degree=2)) == ()
    apart = sf.invariants(algebra).polynomials[:2]
    (flow,) = sf.split(sf.Invariants(algebra, apart, degree=2))
    assert len(flow.functions) == 2


def test_surds_in_the_matrices():
    space = sf.PhaseSpace("x y")
    algebra = sf.LieAlgebra(space, {"H": "(p_x**2 + x**2)/2 + sqrt(2)*(p_y**2 + y**2)"})
    (flow,) = sf.split(sf.invariants(algebra))
    assert len(flow.functions) == 2


def test_claims_are_proved_only_of_exact_input():
    pieces = SPLIT[SO2.name]
    assert {c.standing for c in claims(pieces)} == {sf.Standing.PROVED}
    assert {c.standing for c in claims(pieces, exact=False)} == {sf.Standing.MEASURED}
    assert [c.kind for c in claims(pieces)] == ["shear"] * 2 + ["linear flow"] * 3
    assert claims(pieces)[0].evidence["coordinates"] == [0, 1]


def test_many_degrees_of_freedom_have_few_families():
    """Without symmetry there are 2^n maximal shears; U(q) and K(p) stay among them."""
    space = sf.PhaseSpace([f"x{k}" for k in range(9)])
    pieces = sf.split(sf.invariants(sf.LieAlgebra(space, {})))
    assert len(pieces) <= 18
    assert pieces[0].functions == space.q
    assert space.p in [piece.functions for piece in pieces]


def test_three_particles():
    pieces = sf.split(sf.invariants(SO3_THREE.algebra))
    assert {len(p.functions) for p in pieces if isinstance(p, sf.Shear)} >= {7}
    assert len(SPLIT[SO3_TWO.name]) < len(pieces)
