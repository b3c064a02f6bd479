"""Values of parameters at which an algebra changes: the case book and known families."""

from functools import cache

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.errors import ArgumentError, ExpressionError, InexactInputWarning
from symflow.special_values import algebra_at, special_values


def positive(*names):
    return [sp.Symbol(name, positive=True) for name in names]


def names(report):
    return {
        ", ".join(f"{s} = {x}" for s, x in value.at.items()): value.family
        for value in report.special
    }


def family():
    """Case A43: p_x, p_y and a motion with the weights 1 and a."""
    space = sf.PhaseSpace("x y", "px py", parameters="a")
    return sf.closure(space, {"e1": "px", "e2": "py", "e3": "x*px + a*y*py"})


def magnetic():
    """Case A30: magnetic translations in the symmetric gauge."""
    space = sf.PhaseSpace("x y", "px py", parameters="B")
    return sf.closure(space, {"Tx": "px - B*y/2", "Ty": "py + B*x/2"})


def hidden(parameters="k"):
    """The hidden symmetry of the plane's oscillator with a spring constant k."""
    return sf.LieAlgebra(
        sf.PhaseSpace("x y", parameters=parameters),
        {
            "S1": "p_x*p_y + k*x*y",
            "S2": "(p_x**2 - p_y**2 + k*(x**2 - y**2))/2",
            "L": "x*p_y - y*p_x",
        },
    )


def test_the_family_of_case_a43():
    report = special_values(family())
    assert names(report) == {
        "a = -1": "e(1,1)",
        "a = 0": "aff(1) ⊕ R",
        "a = 1": "A3,3",
    }
    assert report.generic.family == "A3,5^a"
    at = {
        value.at[sp.Symbol("a", real=True)]: value.character for value in report.special
    }
    assert (at[0].center, at[0].derived_series[1]) == (1, 1)
    assert (at[1].center, at[1].derived_series[1]) == (0, 2)
    assert (at[-1].center, at[-1].derived_series[1]) == (0, 2)
    assert report.unresolved == ()
    assert report.claim.standing is sf.Standing.PROVED


def test_no_field_is_no_constant():
    """Case A30: at B = 0 two commuting translations, and the constant is not needed."""
    (value,) = special_values(magnetic()).special
    assert value.family == "abelian R^2"
    assert value.algebra.dimension == 2
    assert value.algebra.is_abelian
    assert value.algebra.added == ()
    assert "needs the constant yes -> no" in value.changes
    assert "dimension 3 -> 2" in value.changes


def test_a_coupling_that_changes_nothing_is_offered_when_asked():
    """A force that a shift of x undoes: the algebra is the same without it."""
    space = sf.PhaseSpace("x", "p", parameters=positive("g"))
    algebra = sf.closure(space, {"P": "p + g", "Q": "x"})
    report = special_values(algebra)
    assert report.special == report.tried == ()
    assert report.excluded == tuple(space.parameters)
    value = algebra_at(algebra, {"g": 0})
    assert value.changes == ()
    assert value.standing is sf.Standing.PROVED
    assert value.note == "outside what is assumed of g"
    assert str(value).startswith("g = 0: Heisenberg h(1); the same type")


def test_without_assumptions_the_unchanged_value_is_listed():
    space = sf.PhaseSpace("x", "p", parameters="g")
    report = special_values(sf.closure(space, {"P": "p + g", "Q": "x"}))
    (value,) = report.unchanged
    assert value.at == {space.parameters[0]: 0}
    assert report.special == ()


def test_signs_of_a_spring_constant_make_real_forms():
    report = special_values(hidden())
    (value,) = report.special
    assert value.family == "e(2)"
    found = {
        region.sample[sp.Symbol("k", real=True)]: region.character
        for region in report.regions
    }
    assert {k > 0: c.killing_signature for k, c in found.items()} == {
        True: (0, 3, 0),
        False: (2, 1, 0),
    }
    assert {c.family for c in found.values()} == {"so(3)", "sl(2,R)"}
    assert all(r.standing is sf.Standing.PROVED for r in report.regions)


def test_a_sign_that_is_assumed_leaves_no_regions():
    report = special_values(hidden(positive("k")))
    assert report.regions == ()
    assert report.special == ()
    assert report.generic.killing_signature == (0, 3, 0)


def test_a_sign_changes_beyond_a_value_that_is_excluded():
    report = special_values(hidden([sp.Symbol("k", nonzero=True, real=True)]))
    assert report.tried == ()
    assert [region.character.family for region in report.regions] == [
        "sl(2,R)",
        "so(3)",
    ]


def test_equal_signs_may_return():
    """k = a^2 - 1: compact on both sides of the interval in which it is not."""
    space = sf.PhaseSpace("x y", parameters="a")
    text = {name: str(g) for name, g in hidden().generators.items()}
    algebra = sf.LieAlgebra(
        space, {name: g.replace("k", "(a**2 - 1)") for name, g in text.items()}
    )
    regions = special_values(algebra).regions
    assert [r.character.family for r in regions] == ["so(3)", "sl(2,R)", "so(3)"]
    at_once = {r.character.killing_signature for r in regions}
    assert at_once == {(0, 3, 0), (2, 1, 0)}


def test_a_deformation_of_rotations_to_e2():
    """{Lx,Ly} = a Lz: one scaled rotation, so(3), e(2) and so(2,1)."""
    for a, name in ((1, "so(3)"), (0, "e(2)"), (-1, "sl(2,R)")):
        assert algebra_at(hidden(), {"k": a}).family == name


def test_one_real_form_for_both_signs_is_said():
    space = sf.PhaseSpace("x", parameters="a")
    report = special_values(
        sf.closure(space, {"H": "(p_x**2 + a*x**2)/2", "D": "x*p_x"})
    )
    assert report.generic.killing_signature == (2, 1, 0)
    assert report.generic.family == "sl(2,R)"
    assert report.regions == ()  # the generic answer holds for either sign
    (value,) = report.special
    assert value.family == "aff(1)"


def test_resonances_of_two_oscillators():
    """Frequencies that meet have more derivations, though neither algebra has a name."""
    space = sf.PhaseSpace("x y", parameters=positive("w1", "w2"))
    w1, w2 = space.parameters
    energy = "(p_x**2 + w1**2*x**2 + p_y**2 + w2**2*y**2)/2"
    algebra = sf.closure(space, {"H": energy, "X": "x", "Y": "y"})
    report = special_values(algebra)
    (value,) = report.special
    assert value.at == {w1: w2}
    assert value.changes == ("derivations 8 -> 10",)
    assert set(report.excluded) >= {w1, w2, w1 + w2, w1**2 + w2**2}
    assert report.unresolved == ()


def test_masses_that_cancel_lose_the_mass():
    space = sf.PhaseSpace("x1 y1 z1 x2 y2 z2", parameters="m1 m2")
    galilei = sf.galilei(space, ["m1", "m2"], dimension=3)
    m1, m2 = space.parameters
    report = special_values(sf.closure(space, galilei))
    found = {tuple(v.at.items()): v for v in report.special}
    massless = found[((m1, -m2),)]
    assert massless.family == "Galilei algebra in 3 dimensions, no mass"
    assert "dimension 11 -> 10" in massless.changes
    for m in (m1, m2):
        assert found[((m, sp.Integer(0)),)].note == "H not defined there"
    masses = sf.PhaseSpace(space.q, space.p, positive("m1", "m2"))
    real = special_values(
        sf.closure(masses, sf.galilei(masses, ["m1", "m2"], dimension=3))
    )
    assert real.tried == ()


def test_two_weights():
    space = sf.PhaseSpace("x y", parameters="a b")
    algebra = sf.closure(space, {"D": "a*x*p_x + b*y*p_y", "X": "x", "Y": "y"})
    a, b = space.parameters
    report = special_values(algebra)
    at = {tuple(v.at.items()): v.family for v in report.special}
    assert at == {
        ((a, 0),): "aff(1) ⊕ R",
        ((b, 0),): "aff(1) ⊕ R",
        ((a, b),): "A3,3",
        ((a, -b),): "e(1,1)",
    }
    # Both weights vanish only where one of them does, which is a value of that algebra.
    nested = special_values(report.special[0].algebra)
    assert "dependent: D" in str(nested)
    assert report.unresolved == (a**2 + b**2,)


def test_generators_that_become_dependent_are_named():
    space = sf.PhaseSpace("x y", parameters="a")
    algebra = sf.closure(space, {"P": "p_x + a*p_y", "R": "a*p_x + p_y"})
    report = special_values(algebra)
    assert {v.at[space.parameters[0]]: v.dependent for v in report.special} == {
        1: ("R",),
        -1: ("R",),
    }
    assert all("dimension 2 -> 1" in v.changes for v in report.special)
    assert [v.family for v in report.unchanged] == ["abelian R^2"]


def test_a_pivot_that_is_no_entry_is_found():
    """The derived algebra shrinks where a matrix of brackets loses rank."""
    space = sf.PhaseSpace("x y", parameters="a")
    motion = "x*p_x + a*y*p_x + a*x*p_y + y*p_y"
    algebra = sf.closure(space, {"e1": "p_x", "e2": "p_y", "e3": motion})
    assert names(special_values(algebra)) == {
        "a = -1": "aff(1) ⊕ R",
        "a = 0": "A3,3",
        "a = 1": "aff(1) ⊕ R",
    }


def test_square_roots_are_solved_and_other_roots_listed():
    space = sf.PhaseSpace("x", parameters="a")
    (a,) = space.parameters
    square = special_values(sf.closure(space, {"Q": "(a**2 - 2)*x", "P": "p_x"}))
    assert {v.at[a] for v in square.special} == {sp.sqrt(2), -sp.sqrt(2)}
    quintic = special_values(sf.closure(space, {"Q": "(a**5 - a - 1)*x", "P": "p_x"}))
    assert quintic.unresolved == (a**5 - a - 1,)
    assert "not solved, not known" in str(quintic)
    none = special_values(sf.closure(space, {"Q": "(a**2 + 1)*x", "P": "p_x"}))
    assert none.excluded == (a**2 + 1,)
    assert none.tried == ()


@cache
def reports():
    return [(g, special_values(g)) for g in (family(), magnetic(), hidden())]


@settings(max_examples=20, deadline=None)
@given(st.fractions(min_value=-3, max_value=3, max_denominator=4))
def test_nothing_counted_changes_elsewhere(number):
    """At a value that is not special, every count is that of generic values."""
    for algebra, report in reports():
        (parameter,) = algebra.space.parameters
        if any(value.at[parameter] == number for value in report.tried):
            continue
        value = algebra_at(algebra, {parameter: sp.Rational(number)})
        character, generic = value.character, report.generic
        for field in ("dimension", "center", "derived_series", "lower_central_series"):
            assert getattr(character, field) == getattr(generic, field)
        assert character.killing_rank == generic.killing_rank


def test_values_are_read_with_care():
    algebra = family()
    with pytest.raises(ArgumentError, match="must name parameters, but w is none of a"):
        algebra_at(algebra, {"w": 0})
    with pytest.raises(ArgumentError, match="exact numbers"):
        algebra_at(algebra, {"a": 0.5})
    with pytest.raises(ArgumentError, match="exact numbers"):
        algebra_at(algebra, {"a": "x"})
    with pytest.raises(ExpressionError):
        algebra_at(algebra, {"a": "w"})
    with pytest.raises(ArgumentError, match="the space has none"):
        algebra_at(sf.closure(sf.PhaseSpace("x"), {"P": "p_x"}), {"a": 0})


def test_an_algebra_without_parameters_has_no_special_values():
    space = sf.PhaseSpace("x y z")
    report = special_values(sf.LieAlgebra(space, sf.rotations(space)))
    assert report.tried == report.unresolved == report.excluded == ()
    assert report.claim.statement.endswith("do not change anywhere")


def test_what_a_float_leads_to_is_measured():
    space = sf.PhaseSpace("x", parameters="a")
    with pytest.warns(InexactInputWarning):
        algebra = sf.closure(space, {"Q": "0.5*a*x", "P": "p_x"})
    assert special_values(algebra).claim.standing is sf.Standing.MEASURED


def test_a_report_shows_itself():
    text = str(special_values(family())).splitlines()
    assert text[0] == "generic: A3,5^a"
    assert text[1] == "a = -1: e(1,1); type A3,5^a -> e(1,1)"
    assert text[-1] == "a**2 + 1 = 0: excluded"
    value = special_values(family()).special[0]
    assert value._repr_latex_() == r"$a = -1: \quad \text{e(1,1)}$"
