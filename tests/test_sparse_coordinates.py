"""Sparse coordinates: a linear disguise is undone, and nothing else is touched."""

import pytest

import symflow as sf
from symflow.certificate import claims_certificate
from symflow.errors import UnsupportedError
from symflow.homogeneous_parts import homogeneous_parts
from symflow.invariant_functions import InvariantFunctions
from symflow.local_invariants import local_invariants
from symflow.polynomials import PhasePolynomials
from symflow.sparse_coordinates import sparse_coordinates
from symflow.verify import Verdict, verify
from tests import case_book
from tests.disguises import after_canonical_change, in_another_basis, substitution

TURNS = "turns about an axis with a logarithm"

# Coordinates, parameters, generators, and how many invariants are found.
SYSTEMS = {
    "Toda lattice": (
        "q1 q2 q3", "", {
            "H": "(p_q1**2 + p_q2**2 + p_q3**2)/2 + exp(q1 - q2) + exp(q2 - q3)",
            "P": "p_q1 + p_q2 + p_q3",
        }, 3,
    ),
    "relativistic particle": (
        "x y", "m", {
            "H": "sqrt(p_x**2 + p_y**2 + m**2)",
            "Px": "p_x", "Py": "p_y", "L": "x*p_y - y*p_x",
            "Kx": "x*sqrt(p_x**2 + p_y**2 + m**2)",
            "Ky": "y*sqrt(p_x**2 + p_y**2 + m**2)",
        }, 0,
    ),
    "inverse-square force in the plane": (
        "x y", "g", {
            "H": "(p_x**2 + p_y**2)/2 + g/(x**2 + y**2)",
            "D": "x*p_x + y*p_y", "K": "x**2 + y**2", "L": "x*p_y - y*p_x",
        }, 1,
    ),
    TURNS: (
        "x y z", "", {"L": "x*p_y - y*p_x", "S": "p_z + log(x**2 + y**2)"}, 4,
    ),
}  # fmt: skip


PLANE = sf.PhaseSpace("x y", parameters="m")


def algebra_of(name):
    names, parameters, generators, _ = SYSTEMS[name]
    return sf.closure(sf.PhaseSpace(names, parameters=parameters), generators)


def terms(functions, space):
    parts = homogeneous_parts(functions, space.z)
    return sum(map(len, [*parts.inside, *parts.outside]))


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_disguise_is_undone(name):
    algebra = algebra_of(name)
    assert not algebra.coordinates.changed
    moved = after_canonical_change(algebra, 5)
    u, space = moved.coordinates, algebra.space
    disguised = list(moved.generators.values())
    own = terms(map(u.written, disguised), space)
    plain = terms(algebra.generators.values(), space)
    assert own <= 2 * plain < terms(disguised, space)
    assert moved.dimension == algebra.dimension
    assert moved.sparse.ring.generators[len(space.z) :]
    found = local_invariants(moved)
    assert found.algebra is moved
    assert found.rank == SYSTEMS[name][-1]


@pytest.mark.parametrize("name", list(SYSTEMS)[2:])
def test_what_is_found_commutes_in_the_declared_coordinates(name):
    """By the bracket of expressions, in a ring of the declared coordinates."""
    moved = after_canonical_change(algebra_of(name), 5)
    for f in local_invariants(moved).generators:
        for g in moved.generators.values():
            assert sf.poisson_bracket(f, g, moved.space) == 0


@pytest.mark.parametrize("name", list(SYSTEMS)[2:])
@pytest.mark.parametrize("seed", [None, 5])
def test_the_checker_verifies_every_claim(name, seed):
    """It works in the declared coordinates, and shares no code with the search."""
    algebra = algebra_of(name)
    if seed is not None:
        algebra = after_canonical_change(algebra, seed)
    found = local_invariants(algebra)
    made = claims_certificate(
        found.certificate, algebra.space, algebra, found.generators
    )
    for finding in verify(made.document):
        assert finding.verdict is Verdict.VERIFIED, finding


def test_what_does_not_commute_is_refused():
    moved = after_canonical_change(algebra_of(TURNS), 5)
    kept = InvariantFunctions(moved)
    known = local_invariants(moved).generators[0]
    assert kept.is_invariant(known)
    assert not kept.is_invariant(known + moved.space.z[0])
    assert kept.offer(known)
    assert not kept.offer(known**2)


def test_a_bracket_that_is_added_is_written_in_the_declared_coordinates():
    space, generators = case_book.declared(case_book.BY_NAME["A28"])
    moved = substitution(space, 5)
    two = [
        space.read(generators[name]).subs(moved, simultaneous=True)
        for name in ("Jx", "Jy")
    ]
    algebra = sf.closure(space, two)
    assert algebra.coordinates.changed
    (added,) = algebra.added
    third = space.read(generators["Jz"]).subs(moved, simultaneous=True)
    ring = PhasePolynomials(space, [third, added.expression])
    assert ring.terms(added.expression) == ring.terms(third)
    assert algebra.generators[added.name] == added.expression
    assert list(algebra.generators.values())[:2] == two


def test_an_error_names_functions_as_they_were_declared():
    a, b = "(3*x - 2*y + p_x + 5*p_y)", "(x + y + 2*p_x - 3*p_y)"
    f = PLANE.read(f"log({a}) + log({a}*{b}) + 1/{b} + {a}**2 + {a}*{b}")
    assert sparse_coordinates(PLANE, [f]).changed
    with pytest.raises(UnsupportedError, match=r"3\*x - 2\*y"):
        sf.closure(PLANE, [f])


def test_a_basis_of_a_disguised_algebra_is_undone_as_well():
    mixed = in_another_basis(after_canonical_change(algebra_of(TURNS), 6), 6)
    assert mixed.coordinates.changed
    found = local_invariants(mixed)
    assert (found.rank, found.count, found.complete) == (4, 4, True)


@pytest.mark.parametrize(
    "f", ["x**2*p_y + (x + y + p_x + p_y)**2", "sin(x)/(x**2 + y**2) + p_x*p_y", "m"]
)
def test_what_is_short_or_polynomial_stays(f):
    assert not sparse_coordinates(PLANE, [PLANE.read(f)]).changed


def test_a_bracket_that_is_not_canonical_stays():
    body = sf.PoissonSpace("m1 m2", {("m1", "m2"): "m1"})
    f = body.read("sin(m1 + 2*m2)/(2*m1 - m2)")
    assert not sparse_coordinates(body, [f]).changed
