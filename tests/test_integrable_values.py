"""Parameters with further integrals: the known ones, all of them, and no others."""

import pytest
import sympy as sp

import symflow as sf
from symflow.centralizers import integrals_of_motion
from symflow.errors import ArgumentError, InexactInputWarning
from symflow.integrable_values import integrable_values
from tests.test_centralizers import HEAVY_TOP

HENON_HEILES = "(p_x**2 + p_y**2 + A*x**2 + B*y**2)/2 + x**2*y + e*y**3/3"


def plane(*parameters):
    return sf.PhaseSpace("x y", parameters=parameters)


def values(found):
    """Where the further integrals are, by names of parameters."""
    return {
        frozenset((symbol.name, str(value)) for symbol, value in entry.at.items())
        for entry in found.found
    }


def at(**conditions):
    return frozenset((name, str(value)) for name, value in conditions.items())


def test_henon_and_heiles_three_integrable_cases_up_to_degree_six():
    """Sawada-Kotera, Korteweg-de Vries and Kaup-Kupershmidt, without linear forces."""
    H = "(p_x**2 + p_y**2)/2 + x**2*y + e*y**3/3"
    found = integrable_values(H, plane("e"), 6)
    assert values(found) == {at(e=1), at(e=6), at(e=16)}
    assert found.unresolved == ()
    assert found.claim.standing is sf.Standing.PROVED
    assert found.claim.statement.endswith("and nowhere else where H is defined")
    for entry in found.found:
        assert entry.integrals.verdict == "integrable"
        assert (entry.nearby, entry.integrals.rank) == (1, 2)
        _ = entry.integrals.claims


def test_henon_and_heiles_conditions_on_two_parameters_at_once():
    found = integrable_values(HENON_HEILES, plane("A", "B", "e"), 4)
    assert values(found) == {at(e=6), at(A="B", e=1)}


def test_the_third_case_needs_masses_of_the_springs_one_to_sixteen():
    """At e = 16 the search goes on in the springs; the integral has degree six."""
    H = "(p_x**2 + p_y**2 + A*x**2 + y**2)/2 + x**2*y + 16*y**3/3"
    found = integrable_values(H, plane("A"), 6)
    assert values(found) == {at(A="1/16")}


def test_what_is_listed_is_all_there_is():
    """Values between and beside those found have the generic number of integrals."""
    H = "(p_x**2 + p_y**2)/2 + x**4 + a*x**2*y**2 + b*y**4"
    space = plane("a", "b")
    found = integrable_values(H, space, 4)
    assert values(found) == {at(a=0), at(a=2, b=1), at(a=6, b=1)}
    function = space.read(H)
    a, b = space.parameters
    for pair in [(2, 2), (6, 8), (1, 1), (12, 16), (-6, 1), (3, 0), (sp.sqrt(2), 1)]:
        moved = function.subs({a: pair[0], b: pair[1]})
        assert integrals_of_motion(moved, space, 4).rank == found.generic.rank


def test_an_oscillator_closes_its_orbits_where_frequencies_are_commensurate():
    w = sp.Symbol("w", positive=True)
    H = (f"(p_x**2 + p_y**2 + x**2 + {w}**2*y**2)/2",)
    for degree, ratios in [(2, "1"), (3, "1 2 1/2"), (4, "1 2 3 1/2 1/3")]:
        found = integrable_values(*H, plane(w), degree)
        assert values(found) == {at(w=ratio) for ratio in ratios.split()}
        assert found.generic.verdict == "integrable"
        for entry in found.found:
            assert entry.integrals.verdict == "maximally superintegrable"


def test_without_the_assumption_the_other_sign_is_found_as_well():
    H = "(p_x**2 + p_y**2 + x**2 + w**2*y**2)/2"
    found = integrable_values(H, plane("w"), 2)
    assert values(found) == {at(w=1), at(w=-1)}


def test_a_value_is_new_beside_every_more_general_one():
    """At a = b = 0 there are five as at a = b, though more than at a = 0 or b = 0."""
    H = "p_x**2 + p_y**2 + a*x**2 + b*y**2"
    space = sf.PhaseSpace("x y z", parameters="a b")
    found = integrable_values(H, space, 2)
    assert values(found) == {at(a="b")}
    assert {frozenset(map(str, where)) for where in found.tried} >= {frozenset("ab")}
    assert (found.generic.rank, found.found[0].integrals.rank) == (4, 5)


def test_the_top_of_kovalevskaya():
    space = sf.PoissonSpace(
        [str(z) for z in HEAVY_TOP.z],
        {
            tuple(str(HEAVY_TOP.z[k]) for k in pair): str(f)
            for pair, f in HEAVY_TOP.tensor.items()
        },
        parameters="c",
    )
    found = integrable_values("(m1**2 + m2**2 + c*m3**2)/2 - g1", space, 4)
    assert values(found) == {at(c=1), at(c=2)}


def test_functions_that_vanish_at_a_value_stay_in_the_ansatz():
    """Free motion has integrals with 1/r that the ansatz without would not hold."""
    H = "(p_x**2 + p_y**2)/2 - k/sqrt(x**2 + y**2) + b*x"
    found = integrable_values(H, plane("k", "b"), 3)
    assert values(found) == {at(b=0), at(k=0)}
    for entry in found.found:
        kernels = entry.integrals.kernels
        assert [str(kernel) for kernel in kernels] == ["1/sqrt(x**2 + y**2)"]


def test_values_that_are_no_square_roots_are_listed_as_not_known():
    H = "(p_x**2 + p_y**2)/2 + (c**3 - 2)*x*y + x**2"
    found = integrable_values(H, plane("c"), 1)
    ((factor, where),) = found.unresolved
    assert str(factor) == "c**3 - 2"
    assert dict(where) == {}
    assert "perhaps where c**3 - 2 = 0" in found.claim.statement
    assert "c**3 - 2 = 0: not solved, not known" in str(found)


def test_zeros_that_the_assumptions_exclude_are_named():
    m = sp.Symbol("m", positive=True)
    found = integrable_values(f"p_x**2/(2*{m}) + p_y**2/2 + x**2*y", plane(m), 2)
    assert found.found == ()
    assert m in found.excluded
    assert str(found).endswith("no further integral up to degree 2")


def test_values_may_be_roots():
    found = integrable_values(
        "p_x**2 + p_y**2 + sqrt(2)*x**2 + a**2*y**2/sqrt(2)", plane("a"), 2
    )
    assert values(found) == {at(a="-sqrt(2)"), at(a="sqrt(2)")}


def test_functions_that_hold_the_parameter_limit_the_claim():
    """At a = 0 the exponential is a number, which no pivot can tell."""
    found = integrable_values("p_x**2/2 + p_y**2/2 + exp(a*x + y)", plane("a"), 2)
    assert "are as independent as for generic values" in found.claim.statement


def test_a_rank_that_only_random_points_show_is_measured():
    """Kepler's plane beside a particle at rest: four of five functions, of at most five."""
    space = sf.PhaseSpace("x y z", parameters="a")
    H = "(p_x**2 + p_y**2)/2 - 1/sqrt(x**2 + y**2) + a*p_z**2"
    found = integrable_values(H, space, 2)
    generic = found.generic
    assert (generic.rank, generic.ranks.exact) == (3, True)
    more = integrable_values(H, space, 3)
    assert not more.generic.ranks.exact
    assert more.measured[0] == {}
    assert more.claim.standing is sf.Standing.MEASURED
    assert "at generic values" in more.claim.why


def test_floats_are_not_proved():
    with pytest.warns(InexactInputWarning):
        found = integrable_values("p_x**2 + 0.5*a*x**2", plane("a"), 1)
    assert found.claim.standing is sf.Standing.MEASURED


def test_a_parameter_is_asked_for():
    with pytest.raises(ArgumentError, match="`integrals_of_motion`"):
        integrable_values("p_x**2", plane("a"), 1)
    with pytest.raises(ArgumentError, match="positive integer"):
        integrable_values("a*p_x**2", plane("a"), 0)


def test_it_is_printed_and_set():
    found = integrable_values("p_x**2 + p_y**2 + x**2 + a*y", plane("a"), 1)
    (entry,) = found.found
    assert str(entry) == "a = 0: integrable, p_y"
    assert entry._repr_latex_() == r"$\displaystyle a = 0: \quad p_{y}$"
    assert str(found) == (
        "generic: not shown integrable by integrals up to degree 1\n"
        "a = 0: integrable, p_y"
    )
