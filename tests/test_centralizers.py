"""Integrals of motion: the textbook ones, their number, and what breaks them."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.centralizers import centralizer, integrals_of_motion
from symflow.errors import (
    ArgumentError,
    CertificateError,
    ExpressionError,
    InexactInputWarning,
)
from symflow.linear_algebra import Span
from symflow.polynomials import PhasePolynomials
from tests import case_book

PLANE = sf.PhaseSpace("x y")
ROOM = sf.PhaseSpace("x y z", parameters="m k")
TOP = case_book.BY_NAME["J03"]
HEAVY_TOP = sf.PoissonSpace(
    TOP["input"]["coordinates"],
    {tuple(pair.split(",")): f for pair, f in TOP["input"]["bracket"].items()},
)


def declared(name):
    return case_book.declared(case_book.BY_NAME[name])


def same_span(space, left, right):
    """Whether two lists of functions span the same space."""
    left, right = ([space.read(f) for f in functions] for functions in (left, right))
    ring = PhasePolynomials(space, [*left, *right])
    first, second = Span(ring.domain), Span(ring.domain)
    for f in left:
        first.insert(ring.terms(f))
    for f in right:
        second.insert(ring.terms(f))
    inside = all(not first.split(ring.terms(f))[1] for f in right)
    return inside and all(not second.split(ring.terms(f))[1] for f in left)


def check(found):
    """The claims take every bracket again; the counts are consistent."""
    assert len(found.claims) == len(found.generators) + 2
    assert found.rank <= found.most
    assert found.rank <= len(found.everything)


KEPLER = "(p_x**2 + p_y**2 + p_z**2)/(2*m) - k/sqrt(x**2 + y**2 + z**2)"
L = ("y*p_z - z*p_y", "z*p_x - x*p_z", "x*p_y - y*p_x")
RUNGE_LENZ = (
    f"p_y*({L[2]}) - p_z*({L[1]}) - m*k*x/sqrt(x**2 + y**2 + z**2)",
    f"p_z*({L[0]}) - p_x*({L[2]}) - m*k*y/sqrt(x**2 + y**2 + z**2)",
    f"p_x*({L[1]}) - p_y*({L[0]}) - m*k*z/sqrt(x**2 + y**2 + z**2)",
)


def test_kepler_has_the_angular_momentum_and_the_runge_lenz_vector():
    found = integrals_of_motion(KEPLER, ROOM, 3)
    check(found)
    assert same_span(ROOM, found.generators, [*L, *RUNGE_LENZ])
    assert (found.rank, found.most, found.complete) == (5, 5, True)
    assert found.verdict == "maximally superintegrable"


def test_a_centrifugal_term_breaks_the_runge_lenz_vector_alone():
    found = integrals_of_motion(f"{KEPLER} + 1/(x**2 + y**2 + z**2)", ROOM, 3)
    assert same_span(ROOM, found.generators, L)
    assert (found.rank, found.verdict) == (4, "superintegrable")


def test_case_a10_commutes_with_the_energy_alone():
    space, generators = declared("A10")
    found = centralizer(generators, space, 2)
    check(found)
    (energy,) = found.generators
    H = "(px**2 + py**2 + pz**2)/(2*m) - k/sqrt(x**2 + y**2 + z**2)"
    assert same_span(space, [energy], [H])
    assert (found.rank, found.most, dict(found.central)) == (1, 1, {})


@pytest.mark.parametrize(("name", "energy"), [("A14", "H"), ("A15", "trace")])
def test_cases_a14_and_a15_the_oscillator_has_the_fradkin_tensor(name, energy):
    space, tensor = declared(name)
    H = tensor.get(energy) or "+".join(tensor[k] for k in ("Txx", "Tyy", "Tzz"))
    found = integrals_of_motion(H, space, 2)
    check(found)
    assert same_span(space, [H, *found.generators], tensor.values())
    assert found.complete
    assert integrals_of_motion(H, space, 3).generators == found.generators
    back = centralizer(tensor, space, 2)
    check(back)
    assert same_span(space, back.everything, [H])


def test_case_a25_calogero_has_a_cubic_integral_that_commutes():
    space, generators = declared("A25")
    found = integrals_of_motion(generators["H"], space, 3)
    check(found)
    assert found.verdict == "superintegrable"
    cubic = "p1*p2*p3 - g*(p1/(q2-q3)**2 + p2/(q1-q3)**2 + p3/(q1-q2)**2)"
    family = found.commuting_family
    assert family.is_integrable
    assert same_span(space, family.functions, [generators["H"], "p1 + p2 + p3", cubic])


def test_case_a25_nothing_of_degree_three_commutes_with_the_dilation_as_well():
    space, generators = declared("A25")
    found = centralizer(generators, space, 3)
    assert (found.generators, found.rank, found.most) == ((), 0, 3)
    assert not found.complete


def test_case_a53_shears_leave_only_constants():
    space, generators = declared("A53")
    found = centralizer(generators, space, 4)
    assert (found.generators, found.most, found.complete) == ((), 0, True)


def test_case_a63_has_the_two_quadratic_integrals_and_their_bracket():
    space, generators = declared("A63")
    found = integrals_of_motion(generators["H"], space, 4)
    check(found)
    assert found.verdict == "maximally superintegrable"
    cubic = sf.poisson_bracket(generators["I1"], generators["I2"], space)
    listed = [*generators.values(), "x**0", cubic]
    assert same_span(space, [*found.everything, "1"], listed)


def test_case_j03_a_casimir_restricts_nothing():
    found = centralizer(TOP["input"]["generators"], HEAVY_TOP, 2)
    check(found)
    answer = TOP["answer"]
    assert (found.rank, found.most) == (5, answer["independent_invariants"])
    span = [*found.everything, "m3**2", "m3*g3", "g3**2"]
    for known in answer["invariants"]:
        assert same_span(HEAVY_TOP, span, [*span, known])
    alone = centralizer({"mg": "m1*g1 + m2*g2 + m3*g3"}, HEAVY_TOP, 1)
    assert alone.rank == 6


def test_the_toda_chain_has_three_integrals():
    space = sf.PhaseSpace("q1 q2 q3", "p1 p2 p3")
    H = "(p1**2 + p2**2 + p3**2)/2 + exp(q1 - q2) + exp(q2 - q3)"
    cubic = "p1*p2*p3 - p1*exp(q2 - q3) - p3*exp(q1 - q2)"
    open_chain = integrals_of_motion(H, space, 3)
    check(open_chain)
    assert same_span(space, open_chain.generators, ["p1 + p2 + p3", cubic])
    assert open_chain.verdict == "integrable"
    unequal = integrals_of_motion(H + "+ 2*exp(q3 - q1)", space, 3)
    assert unequal.verdict == "integrable", "shifts of q absorb the factor"
    broken = integrals_of_motion(H + "+ q1**2", space, 3)
    assert broken.generators == ()


@pytest.mark.parametrize(
    ("H", "degree", "integral"),
    [
        ("(m1**2 + m2**2 + 2*m3**2)/2 - g1", 4, "kovalevskaya"),
        ("(m1**2 + m2**2 + 3*m3**2)/2 - g3", 2, "m3"),
        ("m1**2/2 + m2**2/4 + m3**2/6", 2, "m1**2 + m2**2 + m3**2"),
    ],
)
def test_tops_of_kovalevskaya_lagrange_and_euler(H, degree, integral):
    found = integrals_of_motion(H, HEAVY_TOP, degree)
    check(found)
    assert found.is_integrable
    if integral == "kovalevskaya":
        integral = "(m1**2 - m2**2 + 2*g1)**2 + 4*(m1*m2 + g2)**2"
    rate = sf.poisson_bracket(integral, H, HEAVY_TOP)
    assert rate == 0
    casimirs = ["m1*g1 + m2*g2 + m3*g3", "g1**2 + g2**2 + g3**2"]
    alone = integrals_of_motion("(m1**2 + m2**2 + 3*m3**2)/2 - g1", HEAVY_TOP, 2)
    assert same_span(HEAVY_TOP, alone.generators, casimirs)
    assert not alone.is_integrable


def test_henon_and_heiles_chose_a_motion_without():
    H = "(p_x**2 + p_y**2 + x**2 + y**2)/2 + x**2*y - y**3/3"
    found = integrals_of_motion(H, PLANE, 5)
    assert (found.generators, found.rank, found.complete) == ((), 1, False)
    assert found.verdict == "not shown integrable by integrals up to degree 5"


def test_with_time_the_motion_itself_is_found():
    space = sf.PhaseSpace("x", parameters="m", time="t")
    free = integrals_of_motion("p_x**2/(2*m)", space, 2)
    check(free)
    assert same_span(space, free.generators, ["p_x", "m*x - t*p_x"])
    forced = integrals_of_motion("p_x**2/2 + t*x", space, 3)
    check(forced)
    assert forced.central == {}
    assert same_span(space, forced.generators, ["p_x + t**2/2", "x - t*p_x - t**3/3"])
    assert forced.verdict == "2 integrals, time put in, of 2 that fix a motion"
    assert not forced.is_integrable


def test_time_alone_is_no_function_that_commutes():
    space = sf.PhaseSpace("x", time="t")
    assert centralizer(["x"], space, 2).generators == ()


def test_integrals_may_hold_functions_that_the_energy_does_not():
    H = "p_x**2 + p_y**2"
    usual = integrals_of_motion(H, PLANE, 2)
    more = integrals_of_motion(H, PLANE, 2, among=["1/sqrt(p_x**2 + p_y**2)"])
    assert len(usual.generators) == 3
    assert sp.sympify(more.kernels[0]).free_symbols == set(PLANE.p)
    assert set(usual.generators) < set(more.generators)


def test_rest_conserves_everything():
    found = integrals_of_motion("1", PLANE, 1)
    assert (found.rank, found.most) == (4, 4)


shears = st.lists(st.integers(-2, 2), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None)
@given(shears, shears)
def test_canonical_coordinates_do_not_matter(of_q, of_p):
    """A shear along q and one along p: as many integrals, as many independent."""
    (x, y), (px, py) = PLANE.q, PLANE.p
    H = (px**2 + py**2) / 2 + x**2 * y + sp.Rational(1, 3) * y**3
    a, b, c = of_q
    image = H.subs({px: px + a * x + b * y, py: py + b * x + c * y}, simultaneous=True)
    a, b, c = of_p
    moved = image.subs(
        {x: x + a * px + b * py, y: y + b * px + c * py}, simultaneous=True
    )
    before, after = (integrals_of_motion(f, PLANE, 3) for f in (H, sp.expand(moved)))
    assert (before.rank, before.dimension) == (2, 2)
    assert (after.rank, after.dimension) == (2, 2)
    assert after.is_integrable


def test_what_is_not_so_is_not_claimed():
    found = integrals_of_motion("p_x**2 + p_y**2", PLANE, 1)
    lie = type(found)(**{**found.__dict__, "generators": (PLANE.q[0],)})
    with pytest.raises(CertificateError, match="must commute with H"):
        _ = lie.claims


def test_floats_are_not_proved():
    with pytest.warns(InexactInputWarning, match="1/3 in text"):
        found = integrals_of_motion("0.5*p_x**2 + p_y**2", PLANE, 1)
    assert found.standing is sf.Standing.MEASURED
    assert {claim.standing for claim in found.claims} == {sf.Standing.MEASURED}


def test_errors_name_the_argument():
    for degree in (0, 1.5, True):
        with pytest.raises(ArgumentError, match="`degree` must be a positive integer"):
            integrals_of_motion("p_x", PLANE, degree)
        with pytest.raises(ArgumentError, match="`degree` must be a positive integer"):
            centralizer(["p_x"], PLANE, degree)
    with pytest.raises(ArgumentError, match="`among` must be a list"):
        integrals_of_motion("p_x", PLANE, 1, among="1/x")
    with pytest.raises(ExpressionError, match="mu"):
        integrals_of_motion("mu*p_x", PLANE, 1)
    with pytest.raises(ArgumentError, match="`space` must be a PhaseSpace"):
        integrals_of_motion("p_x", "x y", 1)
    with pytest.raises(ArgumentError, match="mapping"):
        centralizer("p_x", PLANE, 1)


def test_it_is_printed_and_set():
    found = centralizer({"P": "p_x + p_y"}, PLANE, 1)
    assert str(found) == (
        "commuting with P up to degree 1: p_y, x - y; 3 of at most 3 independent"
    )
    assert found._repr_latex_() == r"$\displaystyle I_{1} = p_{y}, \quad I_{2} = x - y$"
    nothing = centralizer({"A": "x", "B": "y", "C": "p_x", "D": "p_y"}, PLANE, 1)
    assert nothing._repr_latex_() == r"$\displaystyle I = \mathrm{const}$"
    motion = integrals_of_motion("p_x**2 + x**4", sf.PhaseSpace("x"), 4)
    assert str(motion) == (
        "integrals beside H up to degree 4: none; 1 of at most 1 independent, integrable"
    )
