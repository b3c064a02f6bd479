"""The linear action: what commutes with it, what it preserves, and who runs away."""

from random import Random

import pytest
from sympy import ImmutableMatrix, Matrix, Rational, exp, eye, simplify, zeros

import symflow as sf
from symflow.errors import NonCompactError, UnsupportedError
from symflow.representation import acts_on_positions, broken_by_scaling
from tests.systems import (
    ALL,
    COMPACT,
    DILATION,
    E3,
    HEISENBERG,
    NOTHING,
    RESONANT,
    SL2,
    SO2,
    SO2_AXIS,
    SO3,
    SO3_TWO,
    U2,
)

PLANE = sf.PhaseSpace("x y")
LINE = sf.PhaseSpace("q", "p")


def action(generators, space=PLANE):
    return sf.LinearAction(sf.LieAlgebra(space, generators))


SQUEEZED = {"L": "x*p_y - y*p_x + (y*p_x + x*p_y)/2"}
IRRATIONAL = {"H": "(p_x**2 + 2*x**2)/2 + sqrt(2)*(p_y**2 + y**2)"}
OFF_CENTRE = {"L": "(x - 1)*(p_y - 2) - y*p_x"}
ACTIONS = [sf.LinearAction(system.algebra) for system in COMPACT] + [
    action(SQUEEZED),
    action(IRRATIONAL),
    action(OFF_CENTRE),
    action({"L": "sqrt(2)*(x*p_y - 2*y*p_x)"}),
]


@pytest.mark.parametrize(
    "acting", ACTIONS, ids=lambda a: str(dict(a.algebra.generators))
)
def test_laws_of_the_action(acting):
    S = acting.metric
    assert S == S.T
    assert S.is_positive_definite
    for name, A in acting.matrices.items():
        assert (A.T * S + S * A).expand() == zeros(*A.shape)
        assert (A * acting.fixed_point + acting.shifts[name]).expand().is_zero_matrix
        for B in acting.commutant:
            assert (A * B - B * A).expand() == zeros(*A.shape)
        for v in acting.fixed_vectors:
            assert (A * v).expand().is_zero_matrix
        for form in acting.invariant_forms:
            assert (A.T * form + form * A).expand() == zeros(*A.shape)


@pytest.mark.parametrize(
    "acting", ACTIONS, ids=lambda a: str(dict(a.algebra.generators))
)
def test_covariances_from_the_commutant_are_invariant(acting):
    """A Sigma + Sigma A^T = 0 for Sigma = B S^-1 B^T, which a B of no kind breaks."""
    random = Random(1)
    B = sum(
        (Rational(random.randint(-3, 3)) * C for C in acting.commutant),
        zeros(acting.size),
    )
    inverse = acting.metric.inv()
    for A in acting.matrices.values():
        sigma = B * inverse * B.T
        assert (A * sigma + sigma * A.T).expand() == zeros(*A.shape)
        wrong = Matrix.diag(*range(1, acting.size + 1)) * inverse
        wrong = wrong * Matrix.diag(*range(1, acting.size + 1))
        assert (A * wrong + wrong * A.T).expand() != zeros(*A.shape)


@pytest.mark.parametrize(
    ("system", "commutant", "vectors"),
    [
        (NOTHING, 16, 4),
        (SO2, 8, 0),  # two copies of C: complex two by two matrices
        (SO2_AXIS, 12, 2),  # and a trivial pair, two by two real ones
        (SO3, 4, 0),  # two vectors: real two by two
        (SO3_TWO, 16, 0),
        (U2, 2, 0),  # C^2 is irreducible, so Schur leaves C
        (RESONANT, 4, 0),  # two different copies of C
    ],
    ids=str,
)
def test_sizes_by_schurs_lemma(system, commutant, vectors):
    acting = sf.LinearAction(system.algebra)
    assert len(acting.commutant) == commutant
    assert len(acting.fixed_vectors) == vectors


def test_the_commutant_is_independent_and_holds_the_identity():
    for acting in ACTIONS[:4]:
        flat = Matrix([list(B) for B in acting.commutant])
        assert flat.rank() == len(acting.commutant)
        assert flat.col_join(Matrix([list(eye(acting.size))])).rank() == flat.rank()


def test_an_orthogonal_action_has_the_unit_metric():
    for system in (SO2, SO3, SO2_AXIS, U2):
        assert sf.LinearAction(system.algebra).metric == ImmutableMatrix.eye(
            2 * system.space.n
        )


def test_rotation_about_another_point():
    acting = action(OFF_CENTRE)
    assert acting.fixed_point == Matrix([1, 0, 0, 2])


RUNAWAYS = [
    (E3, "Px", "translation"),
    (HEISENBERG, "Q", "boost"),
    (SL2, "e", "shear"),
    (DILATION, "D", "dilation"),
]


@pytest.mark.parametrize(("system", "name", "kind"), RUNAWAYS, ids=str)
def test_the_error_names_the_generator_and_how_it_runs(system, name, kind):
    with pytest.raises(NonCompactError) as caught:
        _ = sf.LinearAction(system.algebra).metric
    assert (caught.value.generator, caught.value.kind) == (name, kind)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("generator", "kind"),
    [
        ("x*p_y + y*p_x", "boost"),
        ("sqrt(2)*(x*p_y + y*p_x)", "boost"),
        ("p_x**2/2", "shear"),
        ("x*p_y - y*p_x + (p_x**2 + p_y**2)/2", "shear"),
        ("(p_x**2 + x**2)/2 + p_y", "screw"),
        ("sqrt(2)*(p_x**2 + x**2)/2 + p_y", "screw"),
    ],
)
def test_single_generators_that_run_away(generator, kind):
    with pytest.raises(NonCompactError) as caught:
        _ = action({"g": generator}).metric
    assert (caught.value.generator, caught.value.kind) == ("g", kind)


# Each of these turns in phase space, and together they generate sl(2, R).
HIDDEN = [
    {"a": "q**2 + p**2", "b": "2*q**2 + p**2", "c": "q**2 + q*p + p**2"},
    {"a": "q**2 + p**2", "b": "10*(51*q**2/50 + p**2)", "c": "q**2 + q*p/50 + p**2"},
    {"a": "q**2 + p**2", "b": "sqrt(2)*(2*q**2 + p**2)", "c": "q**2 + q*p + p**2"},
]


@pytest.mark.parametrize("generators", HIDDEN)
def test_a_runaway_that_no_single_generator_shows(generators):
    algebra = sf.LieAlgebra(LINE, generators)
    for name in generators:
        alone = sf.LieAlgebra(LINE, {name: generators[name]})
        assert sf.LinearAction(alone).metric.is_positive_definite
    with pytest.raises(NonCompactError) as caught:
        _ = sf.LinearAction(algebra).metric
    assert "a" in caught.value.generator
    assert "b" in caught.value.generator


def test_a_hidden_shear_whose_trace_vanishes():
    """Turns about (0, 0), (0, z) and (z, 0): e(2) with z for the unit of length, whose
    differences move x and y by z without bound, and have tr C^2 = 0."""
    space = sf.PhaseSpace("x y z")
    L = "x*p_y - y*p_x"
    turns = {"a": L, "b": f"{L} + z*p_x", "c": f"{L} + z*p_y"}
    for name, text in turns.items():
        assert action({name: text}, space).metric.is_positive_definite
    with pytest.raises(NonCompactError) as caught:
        _ = action(turns, space).metric
    assert (caught.value.generator, caught.value.kind) == ("-a + b", "shear")


def test_u2_in_an_oblique_basis_is_seen_to_be_compact():
    """Nothing runs away in a bad basis of a compact algebra."""
    names = list(U2.generators)
    g = Matrix([U2.space.read(text) for text in U2.generators.values()])
    mixed = Matrix(4, 4, [5, 1, 0, 2, -3, 1, 1, 0, 7, 0, -1, 2, 0, 1, 1, 1]) * g
    acting = action(dict(zip(names, mixed, strict=True)), U2.space)
    assert acting.metric == ImmutableMatrix.eye(4) * acting.metric[0, 0]


def test_an_oscillator_needs_a_metric_of_its_own():
    """With two stiffnesses the circle is an ellipse; the unit metric is not kept."""
    acting = action({"H": "(p_x**2 + 9*x**2)/2 + (p_y**2 + 4*y**2)/2"})
    A = acting.matrices["H"]
    assert any(A + A.T)
    assert (A.T * acting.metric + acting.metric * A) == zeros(4)


def test_what_is_not_linear_or_not_a_number_is_refused():
    with pytest.raises(UnsupportedError, match="degree 3"):
        action({"g": "x*p_y*p_x"})
    space = sf.PhaseSpace("x y", parameters="w")
    with pytest.raises(UnsupportedError, match="Substitute"):
        action({"H": "p_x**2 + w*x**2"}, space)


def test_a_constant_in_the_algebra_moves_nothing():
    algebra = sf.closure(LINE, {"P": "p", "Q": "q"})
    assert set(algebra.generators) == {"P", "Q", "1"}
    assert set(sf.LinearAction(algebra).matrices) == {"P", "Q"}


@pytest.mark.parametrize(
    ("system", "lifted"),
    [
        (SO2, True),
        (SO3, True),
        (E3, True),
        (DILATION, True),
        (NOTHING, True),
        (U2, False),
        (RESONANT, False),
        (HEISENBERG, False),
    ],
    ids=str,
)
def test_actions_on_positions(system, lifted):
    assert acts_on_positions(system.algebra) == lifted


@pytest.mark.parametrize(
    ("generators", "factors", "broken"),
    [
        (SO2.generators, [10, 10, 100, 100], None),
        (SO2.generators, [0.1, 0.1, 0.1, 0.1], None),
        (SO2.generators, [10, 5, 100, 100], "L"),
        (SO2.generators, [1, 1, 1, 2], "L"),
        # These leave x p_y - y p_x as it is up to a factor, and bend its circles.
        (SO2.generators, [1, 2, 1, 2], "L"),
        (SO2.generators, [1, 2, 0.5, 1], "L"),
        (U2.generators, [3, 3, 3, 3], None),
        (U2.generators, [3, 3, 1, 1], "H"),
        (RESONANT.generators, [2, 5, 2, 5], None),
        ({"D": "x*p_x + y*p_y"}, [1, 2, 3, 4], None),
        ({"T": "p_x"}, [7, 1, 1, 1], None),
        ({}, [1, 2, 3, 4], None),
    ],
)
def test_scalings_that_keep_the_fields_and_those_that_do_not(
    generators, factors, broken
):
    algebra = sf.LieAlgebra(PLANE, generators)
    assert broken_by_scaling(algebra, factors) == broken


@pytest.mark.parametrize("system", ALL, ids=str)
def test_equal_scaling_of_everything_keeps_homogeneous_generators(system):
    size = 2 * system.space.n
    assert broken_by_scaling(system.algebra, [0.37] * size) is None


def test_units_that_stay_break_nothing_and_others_ask_for_polynomials():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), {"A": "exp(x)*p_y"})
    assert broken_by_scaling(algebra, [1.0] * 4) is None
    with pytest.raises(UnsupportedError, match="polynomials"):
        broken_by_scaling(algebra, [2.0] * 4)


@pytest.mark.parametrize("acting", [ACTIONS[2], ACTIONS[8], ACTIONS[10]])
def test_functions_of_the_forms_that_the_claim_names_are_invariant(acting):
    """{g, F} = 0 for F of two forms (z - m)^T S B (z - m), but not for another B."""
    space = acting.algebra.phase_space
    moved = Matrix(space.z) - acting.fixed_point
    for v in acting.fixed_vectors:
        moved -= 3 * v

    def form(B):
        return (moved.T * acting.metric * B * moved)[0]

    one, other = form(acting.commutant[0]), sum(map(form, acting.commutant))
    wrong = form(Matrix.diag(*range(1, acting.size + 1)))
    for g in acting.algebra.generators.values():
        kept = sf.poisson_bracket(g, exp(-one) / (1 + other**2), space)
        assert simplify(kept) == 0
        assert sf.poisson_bracket(g, wrong, space).expand() != 0
    assert "(z - m)^T S B (z - m)" in acting.claims[0].statement


def test_claims_state_the_metric_and_the_commutant():
    (claim,) = sf.LinearAction(SO3.algebra).claims
    assert claim.standing is sf.Standing.PROVED
    assert len(claim.evidence["commutant"]) == 4
    assert claim.evidence["metric"][0] == ["1", "0", "0", "0", "0", "0"]
