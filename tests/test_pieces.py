"""Every piece is the exact flow of its invariant Hamiltonian, and all that follows."""

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.pieces import LinearFlowPiece, ShearPiece, _coefficients
from tests.random_models import build, jacobians, points, scrambled
from tests.systems import DILATION, NOTHING, RESONANT, SO2, SO2_AXIS, SO3, SO3_TWO, U2

EPSILON = torch.finfo(torch.float64).eps
# Round-off of a few hundred operations; a wrong formula is off by far more than 1e-3.
CLOSE = {"rtol": 1e-11, "atol": 1e-11}


class Case:
    """A random piece of a system, with points."""

    def __init__(self, system, number, piece):
        self.system = system
        self.name = f"{system}: {type(piece).__name__} {number}"
        torch.manual_seed(0)
        self.piece = scrambled(build(system.space, piece), seed=number, size=0.6)
        self.z = 0.7 * points(2 * system.space.n, 16, seed=number)
        self.J = torch.tensor(np.array(system.space.J.tolist(), dtype=float))


CASES = [
    Case(system, number, piece)
    for system, most in [
        (NOTHING, 2),
        (SO2, 5),
        (SO2_AXIS, 4),
        (SO3, 3),
        (SO3_TWO, 6),
        (U2, 1),
        (RESONANT, 1),
        (DILATION, 3),
    ]
    for number, piece in enumerate(sf.split(sf.invariants(system.algebra))[-most:])
]


SYMMETRIC = [case for case in CASES if case.system.generators]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param


@pytest.fixture(params=SYMMETRIC, ids=lambda case: case.name)
def symmetric(request):
    return request.param


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield


def test_the_piece_moves(case):
    assert float((case.piece(case.z) - case.z).abs().max()) > 1e-2


@pytest.mark.parametrize("time", [1.0, -0.3])
def test_minus_the_time_is_the_inverse(case, time):
    there = case.piece(case.z, time)
    torch.testing.assert_close(case.piece(there, -time), case.z, **CLOSE)


def test_times_add(case):
    twice = case.piece(case.piece(case.z, 0.4), -1.1)
    torch.testing.assert_close(twice, case.piece(case.z, 0.4 - 1.1), **CLOSE)
    assert torch.equal(case.piece(case.z, 0.0), case.z)


def test_it_solves_hamiltons_equations(case):
    """dz/dt = J grad H at the point reached, by automatic differentiation in t."""
    time = torch.tensor(0.6, dtype=torch.float64)
    with torch.enable_grad():
        reached, speed = torch.autograd.functional.jvp(
            lambda t: case.piece(case.z, t), time, torch.ones_like(time)
        )
    field = case.piece.hamiltonian.gradient(reached) @ case.J.T
    assert float(field.abs().max()) > 1e-2
    torch.testing.assert_close(speed, field, rtol=1e-10, atol=1e-10)


def test_it_solves_them_by_finite_differences_too():
    case, h = CASES[2], 1e-4
    speed = (case.piece(case.z, 0.5 + h) - case.piece(case.z, 0.5 - h)) / (2 * h)
    field = case.piece.hamiltonian.gradient(case.piece(case.z, 0.5)) @ case.J.T
    torch.testing.assert_close(speed, field, rtol=1e-7, atol=1e-7)


def test_it_is_symplectic_with_unit_determinant(case):
    with torch.enable_grad():
        M = jacobians(case.piece, case.z)
    size = M.abs().amax((-2, -1), keepdim=True) ** 2
    defect = (M.mT @ case.J @ M - case.J) / size
    assert float(defect.abs().max()) < 1e-13
    assert float(torch.linalg.slogdet(M)[1].abs().max()) < 1e-11
    assert bool((torch.linalg.slogdet(M)[0] == 1).all())


def test_every_generator_is_conserved(symmetric):
    """The splitting lemma: {g, H} = 0 makes g constant along the exact flow."""
    case = symmetric
    g = sf.compile(list(case.system.algebra.generators.values()), case.system.space.z)
    moved = case.piece(case.z)
    size = 1 + (moved**2).sum(-1, keepdim=True) + (case.z**2).sum(-1, keepdim=True)
    assert float(((g(moved) - g(case.z)) / size).abs().max()) < 100 * EPSILON


def test_energy_and_invariants_of_its_own_are_conserved(case):
    moved = case.piece(case.z)
    own = case.piece.hamiltonian.invariants
    size = 1 + (moved**2).sum(-1, keepdim=True) + (case.z**2).sum(-1, keepdim=True)
    assert float(((own(moved) - own(case.z)) / size).abs().max()) < 100 * EPSILON


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)]
)
def test_it_commutes_with_the_group(symmetric, dtype, tolerance):
    case = symmetric
    if case.system is DILATION:
        tolerance *= 100  # e^2.6 stretches round-off thirteenfold, there and back
    z = case.z.to(dtype)
    piece = case.piece.to(dtype)
    try:
        assert sf.equivariance_error(piece, case.system.algebra, z) < tolerance
    finally:
        piece.double()


# Each hypothesis dropped.

PLANE = sf.PhaseSpace("x y")


def shear(*functions):
    torch.manual_seed(0)
    compiled = sf.compile([PLANE.read(f) for f in functions], PLANE.z)
    return scrambled(ShearPiece(compiled, 8, 2).double(), size=0.6)


def test_a_shear_of_a_function_that_is_not_invariant_does_not_commute():
    z = points(4)
    assert sf.equivariance_error(shear("x**2 + 2*y**2"), SO2.algebra, z) > 1e-2
    assert sf.equivariance_error(shear("x**2 + y**2"), SO2.algebra, z) < 1e-12


def test_a_shear_of_conjugate_coordinates_is_neither_symplectic_nor_invertible():
    z = points(4)
    wrong = shear("x*p_x + y*p_y", "x**2 + y**2")
    assert sf.symplecticity_error(wrong, z) > 1e-3
    assert float((wrong(wrong(z), -1.0) - z).abs().max()) > 1e-3


def test_quadratics_that_do_not_commute_make_no_flow():
    """|q|^2 and |p|^2 are each invariant, but neither is constant along the other."""
    functions = sf.compile(
        [PLANE.read(f) for f in ("x**2+y**2", "p_x**2+p_y**2")], PLANE.z
    )
    kick, drift = np.zeros((2, 4, 4))
    kick[2:, :2] = -2 * np.eye(2)
    drift[:2, 2:] = 2 * np.eye(2)
    torch.manual_seed(0)
    piece = LinearFlowPiece(
        functions, np.stack([kick, drift]), [0.0, 0.0], 8, 1
    ).double()
    scrambled(piece, size=0.6)
    z = points(4)
    assert sf.equivariance_error(piece, SO2.algebra, z) < 1e-12
    assert float((piece(piece(z), -1.0) - z).abs().max()) > 1e-3


def test_a_wrong_cube_is_no_exponential():
    functions = sf.compile([PLANE.read("x*p_y - y*p_x")], PLANE.z)
    A = np.kron(np.eye(2), [[0.0, -1.0], [1.0, 0.0]])
    torch.manual_seed(0)
    right = scrambled(LinearFlowPiece(functions, A[None], [-1.0], 8, 1).double())
    wrong = scrambled(LinearFlowPiece(functions, A[None], [-2.0], 8, 1).double())
    z = points(4)
    assert sf.symplecticity_error(right, z) < 1e-13
    assert sf.symplecticity_error(wrong, z) > 1e-3


def test_a_rotation_by_its_own_angular_momentum():
    """H = f(L): z turns by the angle f'(L), a closed form to compare with."""
    functions = sf.compile([PLANE.read("x*p_y - y*p_x")], PLANE.z)
    A = np.kron(np.eye(2), [[0.0, -1.0], [1.0, 0.0]])
    torch.manual_seed(0)
    piece = scrambled(
        LinearFlowPiece(functions, A[None], [-1.0], 8, 1).double(), size=1.0
    )
    z = points(4)
    angle = piece.hamiltonian.function.gradient(functions(z)).squeeze(-1)
    q, p = torch.view_as_complex(z.view(-1, 2, 2)).unbind(-1)
    turn = torch.polar(torch.ones_like(angle), angle)
    expected = torch.cat(
        [torch.view_as_real(turn * q), torch.view_as_real(turn * p)], -1
    )
    torch.testing.assert_close(piece(z), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("cube", [-4.0, 0.0, 2.25])
def test_small_angles_keep_their_digits(cube):
    """1 - cos and cosh - 1 lose everything below 1e-8 if written so."""
    angle = torch.tensor([1e-9, 1e-5], dtype=torch.float64)
    s, k = _coefficients(angle, cube)
    torch.testing.assert_close(s, angle * (1 + cube * angle**2 / 6), rtol=1e-15, atol=0)
    series = angle**2 / 2 * (1 + cube * angle**2 / 12)
    torch.testing.assert_close(k, series, rtol=1e-15, atol=0)


def test_constants_stay_exact_when_the_precision_changes(case):
    before = case.piece(case.z)
    weights = {k: v.clone() for k, v in case.piece.state_dict().items()}
    case.piece.float()(case.z.float())
    case.piece.double().load_state_dict(weights)
    assert torch.equal(case.piece(case.z), before)
