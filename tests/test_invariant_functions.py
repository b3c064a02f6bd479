"""Only what commutes is kept, and only what depends on nothing that was kept."""

from sympy import atan2, cos, log, sin, sqrt

import symflow as sf
from symflow.invariant_functions import InvariantFunctions, orbit_rank

SPACE = sf.PhaseSpace("x y")
(X, Y), (P, R) = SPACE.q, SPACE.p


def kept_by(generators):
    return InvariantFunctions(sf.LieAlgebra(SPACE, generators))


def test_functions_of_those_kept_are_refused():
    kept = kept_by({"L": "x*p_y - y*p_x"})
    assert kept.offer(X**2 + Y**2)
    assert not kept.offer((X**2 + Y**2) ** 3)
    assert not kept.offer(log(X**2 + Y**2))
    assert kept.offer(P**2 + R**2)
    assert kept.offer(X * P + Y * R)
    assert kept.complete
    assert not kept.offer(X * R - Y * P)


def test_what_moves_is_refused():
    kept = kept_by({"L": "x*p_y - y*p_x"})
    assert not kept.offer(X)
    assert not kept.offer(X**2 - Y**2)
    assert kept.rank == 0


def test_angles_are_decided_by_their_derivatives():
    """Two inverse functions at once are outside the ring, their gradients are not."""
    kept = kept_by({"H": "(p_x**2 + x**2)/2 + sqrt(2)*(p_y**2 + y**2)/2"})
    right = sqrt(2) * atan2(P, X) - atan2(R, Y)
    assert not kept.offer(sqrt(3) * atan2(P, X) - atan2(R, Y))
    assert kept.offer(right)


def test_a_screw_is_constant_on_its_lines_only():
    space = sf.PhaseSpace("x y z")
    x, y, z = space.q
    screw = sf.LieAlgebra(space, {"S": "x*p_y - y*p_x + 2*p_z"})
    kept = InvariantFunctions(screw)
    assert kept.is_invariant(x * cos(z / 2) + y * sin(z / 2))
    assert not kept.is_invariant(x * cos(z / 2) - y * sin(z / 2))
    assert not kept.is_invariant(x * cos(z) + y * sin(z))


def test_what_cannot_be_compared_is_said_to_be_undecided():
    kept = kept_by({"D": "x*p_x"})
    assert not kept.offer(cos(log(Y)))
    assert "independent of the functions inside it" in kept.undecided[0]


def test_the_rank_is_that_of_the_fields_and_not_their_number():
    product = {"L": "x*p_y - y*p_x", "L2": "(x*p_y - y*p_x)**2"}
    assert orbit_rank(sf.LieAlgebra(SPACE, product)).rank == 1
    assert orbit_rank(sf.LieAlgebra(SPACE, {})).rank == 0
