"""Local invariants: constant along flows that are integrated, and as many as exist."""

from random import Random

import pytest
from sympy import Matrix, Rational, Symbol, cos, exp, log, pi, sin

import symflow as sf
from symflow.errors import ArgumentError
from symflow.local_invariants import local_invariants
from tests import case_book
from tests.disguises import after_canonical_change, in_another_basis

# Coordinates, parameters, generators, how many invariants, how many not rational.
SYSTEMS = {
    "screw": ("x y z", "", {"S": "x*p_y - y*p_x + sqrt(2)*p_z"}, 5, 1),
    "screw of any pitch": ("x y z", "h", {"S": "x*p_y - y*p_x + h*p_z"}, 5, 1),
    "logarithmic scaling": ("x y", "", {"D": "x*p_x + p_y"}, 3, 1),
    "irrational scaling": ("x y", "", {"D": "x*p_x + sqrt(2)*y*p_y"}, 3, 1),
    "spiral": ("x y", "", {"S": "x*p_y - y*p_x + x*p_x + y*p_y"}, 3, 1),
    "spiral of any pitch": (
        "x y", "w", {"S": "x*p_y - y*p_x + w*(x*p_x + y*p_y)"}, 3, 1,
    ),
    "irrational torus": (
        "x y", "", {"H": "(p_x**2 + x**2)/2 + sqrt(2)*(p_y**2 + y**2)/2"}, 3, 1,
    ),
    "torus of any ratio": (
        "x y", "w", {"H": "(p_x**2 + x**2)/2 + w*(p_y**2 + y**2)/2"}, 3, 1,
    ),
    "hyperbolic screw": ("x y z", "", {"S": "x*p_y + 2*y*p_x + p_z"}, 5, 1),
    "exponential factor": ("x y", "", {"S": "x**2*p_x + y*p_y"}, 3, 1),
    "logarithm in the generator": ("x", "", {"H": "x*p_x + log(x)"}, 1, 0),
    "exponential in the generator": ("x y", "", {"H": "exp(x)*p_y"}, 3, 0),
    "family with a weight": (
        "x y", "a", {"X": "p_x", "Y": "p_y", "D": "x*p_x + a*y*p_y"}, 1, 1,
    ),
    "rotation": ("x y", "", {"L": "x*p_y - y*p_x"}, 3, 0),
}  # fmt: skip

FOUND = {}


def algebra_of(name):
    coordinates, parameters, generators, *_ = SYSTEMS[name]
    space = sf.PhaseSpace(coordinates, parameters=parameters)
    return sf.LieAlgebra(space, generators)


def found_for(name):
    if name not in FOUND:
        FOUND[name] = local_invariants(algebra_of(name))
    return FOUND[name]


@pytest.mark.parametrize("name", SYSTEMS)
def test_counts_and_standing(name):
    *_, count, transcendental = SYSTEMS[name]
    found = found_for(name)
    assert (found.rank, found.count, found.complete) == (count, count, True)
    assert len(found.transcendental) == transcendental
    assert found.standing is sf.Standing.PROVED
    assert {claim.standing for claim in found.certificate} == {sf.Standing.PROVED}


@pytest.mark.parametrize("name", SYSTEMS)
def test_brackets_vanish_at_points(name):
    """By derivatives and numbers alone, without the ring that proved it."""
    found = found_for(name)
    space, random = found.algebra.space, Random(4)
    point = {z: Rational(random.randint(10, 30), 17) for z in space.z}
    point |= {a: Rational(random.randint(10, 30), 13) for a in space.parameters}
    for f in found.generators:
        for g in found.algebra.generators.values():
            pairs = zip(space.q, space.p, strict=True)
            bracket = sum(
                f.diff(q) * g.diff(p) - f.diff(p) * g.diff(q) for q, p in pairs
            )
            assert abs(bracket.subs(point).evalf(40, maxn=200)) < 1e-30


@pytest.mark.parametrize("name", ["screw", "spiral", "family with a weight"])
def test_another_basis_of_the_algebra_gives_as_many(name):
    found = local_invariants(in_another_basis(algebra_of(name), 3))
    *_, count, transcendental = SYSTEMS[name]
    assert (found.rank, len(found.transcendental)) == (count, transcendental)


@pytest.mark.parametrize("name", ["logarithmic scaling", "spiral"])
def test_other_canonical_coordinates_leave_the_count(name):
    found = local_invariants(after_canonical_change(algebra_of(name), 1))
    *_, count, transcendental = SYSTEMS[name]
    assert (found.rank, found.count) == (count, count)
    assert len(found.transcendental) == transcendental


def test_a_screw_by_its_angle():
    """Case A22: entire in z, but no polynomial."""
    space, generators = case_book.declared(case_book.BY_NAME["A22"])
    found = local_invariants(sf.LieAlgebra(space, generators))
    (turning,) = found.transcendental
    x, y, z = space.q
    assert turning == x * cos(z / 2 ** Rational(1, 2)) + y * sin(
        z / 2 ** Rational(1, 2)
    )
    assert found.branched == ()
    turn = {x: -x, y: -y, z: z + 2 ** Rational(1, 2) * pi}
    assert (turning.subs(turn, simultaneous=True) - turning).expand(
        trig=True
    ).simplify() == 0


@pytest.mark.parametrize("name", ["A22", "A43", "A61"])
def test_cases_in_a_random_basis(name):
    case = case_book.BY_NAME[name]
    algebra = in_another_basis(sf.closure(*case_book.declared(case)), 6)
    found = local_invariants(algebra)
    expected = case["answer"]["independent_invariants"]
    assert (found.rank, found.count) == (expected, expected)


def test_kepler_has_its_energy_from_so4():
    space, generators = case_book.declared(case_book.BY_NAME["A11"])
    (energy,) = local_invariants(sf.LieAlgebra(space, generators)).generators
    H = space.read("(px**2 + py**2 + pz**2)/(2*m) - k/sqrt(x**2 + y**2 + z**2)")
    assert (energy + 2 * space.parameters[0] * H).expand() == 0


def test_spherical_coordinates():
    """Case A61: the radius, its momentum and the square of the angular momentum."""
    space, generators = case_book.declared(case_book.BY_NAME["A61"])
    found = local_invariants(sf.LieAlgebra(space, generators))
    known = [space.read(text) for text in ("r", "pr", "pth**2 + pph**2/sin(th)**2")]
    assert set(found.generators) == set(known)


def test_the_weight_of_a_family_decides_the_kind():
    """Case A43: p_y / p_x^a is rational for integers a, and a logarithm for others."""
    space = sf.PhaseSpace("x y")
    kinds = {}
    for a in ("1", "-1", "2", "1/2", "sqrt(2)"):
        generators = {"X": "p_x", "Y": "p_y", "D": f"x*p_x + ({a})*y*p_y"}
        found = local_invariants(sf.LieAlgebra(space, generators))
        kinds[a] = len(found.transcendental)
    assert kinds == {"1": 0, "-1": 0, "2": 0, "1/2": 0, "sqrt(2)": 1}
    px, py = algebra_of("family with a weight").space.p
    (a,) = algebra_of("family with a weight").space.parameters
    assert found_for("family with a weight").generators == (log(py) - a * log(px),)


def test_an_irrational_torus_has_two_global_invariants_and_one_on_a_branch():
    found = found_for("irrational torus")
    assert len(found.rational.generators) == 2
    assert found.branched == found.transcendental
    resonant = local_invariants(
        sf.LieAlgebra(
            found.algebra.space,
            {"H": "5*(p_x**2 + x**2)/2 + 3*(p_y**2 + y**2)/2"},
        )
    )
    assert resonant.complete
    assert all(f.is_polynomial(*resonant.algebra.space.z) for f in resonant.generators)


def test_a_float_ratio_is_no_resonance():
    """Case A20: two actions, and an angle between them of which nothing is proved."""
    space = sf.PhaseSpace("x y")
    H = "(p_x**2 + x**2)/2 + 1.4142135623730951*(p_y**2 + y**2)/2"
    with pytest.warns(sf.errors.InexactInputWarning):
        algebra = sf.LieAlgebra(space, {"H": H})
    found = local_invariants(algebra)
    actions = {space.read("p_x**2 + x**2"), space.read("p_y**2 + y**2")}
    assert set(found.rational.generators) == actions
    assert found.branched == found.transcendental
    assert {claim.standing for claim in found.certificate} == {sf.Standing.MEASURED}


def test_closed_forms():
    x, y = found_for("logarithmic scaling").algebra.space.q
    assert found_for("logarithmic scaling").transcendental == (x * exp(-y),)
    assert found_for("exponential factor").transcendental == (y * exp(1 / x),)


def test_what_is_missing_is_said():
    """A system with one integral has no more to find, only none elsewhere on a line."""
    space = sf.PhaseSpace("x")
    cubic = sf.LieAlgebra(space, {"H": "p_x**3 + x*p_x"})
    assert local_invariants(cubic).complete
    plane = sf.PhaseSpace("x y")
    chaotic = "(p_x**2 + p_y**2)/2 + x**2*y - y**3/3 + x**4"
    found = local_invariants(sf.LieAlgebra(plane, {"H": chaotic}))
    assert (found.rank, found.count, found.complete) == (1, 3, False)
    assert "degree at most" in found.tried[0]
    claim = found.certificate[-1]
    assert claim.standing is sf.Standing.NOT_KNOWN
    assert claim.why.startswith("fewer than exist were found")


def test_latex_and_bad_arguments():
    assert r"\cos" in found_for("screw")._repr_latex_()
    with pytest.raises(ArgumentError, match="LieAlgebra"):
        local_invariants(Symbol("g"))


def test_textbook_forms_are_equal_to_the_functions():
    """Rational and transcendental ones alike, and none is lost."""
    for name in ("screw", "rotation"):
        found = found_for(name)
        forms = found.textbook()
        assert len(forms) == len(found.generators)
        for form, f in zip(forms, found.generators, strict=True):
            assert (form.expression.subs(form.legend) - f).expand() == 0


def test_the_rank_of_the_jacobian_is_that_claimed():
    """SymPy's own rank at a point, for functions that are not polynomials."""
    found = found_for("screw")
    z = found.algebra.space.z
    jacobian = Matrix([[f.diff(s) for s in z] for f in found.generators])
    point = dict(zip(z, (3, 1, 0, 2, 5, 7), strict=True))
    assert jacobian.subs(point).rank() == found.rank


def test_multipliers_that_are_no_square_roots_are_said_to_be_left_out():
    """Two coupled oscillators, whose squared frequencies are irrational."""
    space = sf.PhaseSpace("x y")
    coupled = "(p_x**2 + p_y**2)/2 + x**2/2 + x*y/2 + y**2"
    found = local_invariants(sf.LieAlgebra(space, {"H": coupled}))
    assert (found.rank, found.count) == (2, 3)
    assert "lambda**4 + 6*lambda**2 + 2" in found.tried[-1]
