"""Closure and structure constants, exactly, on the case book and on broken input."""

import warnings

import pytest
from sympy import I, Rational, expand

import symflow as sf
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    ExpressionError,
    InexactInputWarning,
    NotClosedError,
    UnboundedClosureError,
    UnsupportedError,
)
from symflow.structure import AbstractLieAlgebra
from tests import case_book
from tests.matrix_algebras import in_random_basis
from tests.systems import ALL


def declared(case):
    return sf.closure(*case_book.declared(case))


def label(case):
    return case["id"]


@pytest.fixture(params=case_book.CLOSED, ids=label)
def case(request):
    return request.param


def test_dimension_and_what_closure_added(case):
    algebra, answer = declared(case), case["answer"]
    assert algebra.dimension == answer["dim"]
    added = [element.name for element in algebra.added]
    assert ("1" in added) == answer["needs_constant"]
    assert algebra.dimension - len(added) == answer["declared_independent"]


def test_structure_constants(case):
    """The table of the case book, at the values of the parameters that it used."""
    answer, algebra = case["answer"], declared(case)
    table = answer.get(
        "structure_constants", answer.get("structure_constants_at_parameter_values")
    )
    if not isinstance(table, dict):
        table = {}
    values = answer.get("parameter_values_used", {})
    numbers = {algebra.space.symbols[k]: Rational(v) for k, v in values.items()}
    found = {
        f"{{{left},{right}}}": {k: str(c.subs(numbers)) for k, c in entry.items()}
        for (left, right), entry in algebra.structure_constants.items()
    }
    if table:
        assert found == table
    elif table == "all brackets 0":
        assert not found


def test_series_centre_and_killing_form(case):
    algebra, answer = declared(case), case["answer"]
    assert algebra.center.dimension == answer["centre_dim"]
    assert dimensions(algebra.derived_series) == answer["derived_series_dims"]
    assert dimensions(algebra.lower_central_series) == answer["lower_central_dims"]
    assert list(algebra.killing_signature) == answer["killing_signature_pos_neg_zero"]
    assert algebra.radical.dimension == answer["radical_dim"]
    assert algebra.levi_factor.dimension == answer["levi_dim"]
    assert algebra.casimir_count == answer["abstract_casimir_count"]
    for word in ("solvable", "nilpotent", "abelian", "semisimple"):
        assert getattr(algebra, f"is_{word}") == answer[word], word


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_answers_do_not_depend_on_the_basis(case, seed):
    """With the parameters at the values that the case book used."""
    values = case["answer"].get("parameter_values_used", {})
    whole = declared(case)
    numbers = {whole.space.symbols[k]: Rational(v) for k, v in values.items()}
    algebra = AbstractLieAlgebra(
        whole.names,
        {
            pair: {name: c.subs(numbers) for name, c in row.items()}
            for pair, row in whole.structure_constants.items()
        },
    )
    turned = in_random_basis(algebra, seed, rational=True)
    assert turned.center.dimension == algebra.center.dimension
    assert dimensions(turned.derived_series) == dimensions(algebra.derived_series)
    lower = dimensions(algebra.lower_central_series)
    assert dimensions(turned.lower_central_series) == lower
    assert turned.killing_signature == algebra.killing_signature
    assert turned.radical.dimension == algebra.radical.dimension
    assert turned.casimir_count == algebra.casimir_count
    assert turned.identify().name == algebra.identify().name


def dimensions(series):
    return [subspace.dimension for subspace in series]


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("A01", "Heisenberg h(1) = A3,1"),
        ("A03", "so(3)"),
        ("A04", "so(2)"),
        ("A07", "e(3) = so(3) ⋉ R^3"),
        ("A14", "u(2) = su(2) ⊕ u(1)"),
        ("A16", "sl(2,R)"),
        ("A18", "so(2)"),
        ("A66", "R"),
        ("A11", "so(4) = so(3) ⊕ so(3)"),
        ("A24", "sl(2,R)"),
        ("A25", "sl(2,R)"),
        ("A28", "so(3)"),
        ("A55", "e(2) = A3,6"),
        ("A61", "so(3)"),
    ],
)
def test_identity(identifier, name):
    assert declared(case_book.BY_NAME[identifier]).identify().name == name


@pytest.mark.parametrize("system", ALL, ids=str)
def test_brackets_are_the_combinations_that_the_table_states(system):
    algebra = system.algebra
    for (left, right), entry in algebra.structure_constants.items():
        combination = sum(c * algebra.generators[name] for name, c in entry.items())
        bracket = sf.poisson_bracket(
            algebra.generators[left], algebra.generators[right], algebra.space
        )
        assert expand(combination) == bracket


@pytest.mark.parametrize("system", ALL, ids=str)
def test_a_change_of_names_changes_nothing_else(system):
    """Generators in reverse order give the same algebra."""
    turned = sf.LieAlgebra(system.space, dict(reversed(system.generators.items())))
    algebra = system.algebra
    assert turned.killing_signature == algebra.killing_signature
    assert turned.identify().name == algebra.identify().name


def test_closure_finds_the_third_rotation():
    space = sf.PhaseSpace("x y z")
    so3 = sf.closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
    (added,) = so3.added
    assert (added.left, added.right) == ("Lx", "Ly")
    assert added.expression == space.read("x*p_y - y*p_x")


def test_what_does_not_close_names_pair_bracket_and_remainder():
    space = sf.PhaseSpace("x y z")
    with pytest.raises(NotClosedError) as caught:
        sf.LieAlgebra(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
    assert (caught.value.left, caught.value.right) == ("Lx", "Ly")
    assert space.read(caught.value.remainder) == space.read("x*p_y - y*p_x")


def test_the_remainder_does_not_depend_on_the_order_of_declaration():
    space = sf.PhaseSpace("x y")
    generators = {"A": "x**2 + y**2", "B": "x*y + y**2", "C": "p_x*y"}
    found = set()
    for order in (["A", "B", "C"], ["B", "A", "C"]):
        with pytest.raises(NotClosedError) as caught:
            sf.LieAlgebra(space, {name: generators[name] for name in order})
        found.add((caught.value.bracket, caught.value.remainder))
    assert ("2*x*y", "-2*y**2") in found


@pytest.mark.parametrize("build", [sf.LieAlgebra, sf.closure])
def test_the_constant_joins_whatever_constants_the_generators_hold(build):
    algebra = build(sf.PhaseSpace("x"), {"Q": "x + 1", "P": "p_x"})
    assert algebra.structure_constants == {("Q", "P"): {"1": 1}}
    assert [str(element) for element in algebra.added] == ["1 = 1, from {Q,P}"]


def test_an_algebra_without_end_is_stopped():
    with pytest.raises(UnboundedClosureError, match="at most 12"):
        sf.closure(sf.PhaseSpace("q", "p"), {"a": "p**2", "b": "q**4"}, 12)


def test_brackets_that_grow_can_be_given_up_early():
    space, grown = sf.PhaseSpace("x y z"), {"A": "(x + y)**3*p_x", "B": "x**2*p_y*z"}
    with pytest.raises(UnboundedClosureError, match="at most 12 terms") as error:
        sf.closure(space, grown, max_terms=12)
    assert "raise `max_terms`" in str(error.value)
    so3 = {"A": "y*p_z - z*p_y", "B": "z*p_x - x*p_z"}
    assert sf.closure(space, so3, max_terms=2).dimension == 3


def test_no_generators_is_the_algebra_of_no_symmetry():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x"), {})
    assert algebra.dimension == 0
    assert sf.invariants(algebra).generators == algebra.space.z


@pytest.mark.parametrize(
    ("generators", "relations"),
    [
        ({"a": "x*p_x", "b": "2*x*p_x"}, "b = 2*a."),
        ({"a": "x*p_x", "b": "x*p_x"}, "b = a."),
        ({"a": "0"}, "a = 0."),
        ({"a": "x", "b": "p_x", "c": "x + 3*p_x"}, "c = a + 3*b."),
        ({"a": "x", "b": "3*x", "c": "sqrt(x**4 + 2*x**2 + 1) - 1 - x**2"}, "c = 0."),
        ({"a": "sin(x)**2", "b": "cos(2*x)", "c": "1"}, "c = 2*a + b."),
    ],
)
def test_dependent_generators_are_all_named(generators, relations):
    with pytest.raises(DependentGeneratorsError) as caught:
        sf.LieAlgebra(sf.PhaseSpace("x"), generators)
    assert relations in str(caught.value)


def test_case_a57_copies_in_disguise_are_all_named():
    """R3 is Lx, by the sine and cosine of a number."""
    space = sf.PhaseSpace("x y z", "px py pz")
    generators = {
        "Lx": "y*pz-z*py",
        "Ly": "z*px-x*pz",
        "Lz": "x*py-y*px",
        "R1": "-(y*px-x*py)",
        "R2": "(x+y)*(py-px)-x*(py-px)-y*(py-px)+(y*pz-z*py)+(z*px-x*pz)",
        "R3": "(sin(1)**2+cos(1)**2)*(y*pz-z*py)",
    }
    with pytest.raises(
        DependentGeneratorsError, match=r"R1 = Lz, R2 = Lx \+ Ly, R3 = Lx"
    ):
        sf.LieAlgebra(space, generators)


def test_case_e06_float_noise_makes_no_generator():
    """0.1 + 0.2 and 0.3 are one number, said to be inexact."""
    space = sf.PhaseSpace("q", "p")
    with (
        pytest.warns(InexactInputWarning, match="inexact"),
        pytest.raises(DependentGeneratorsError, match="Floats were read"),
    ):
        sf.LieAlgebra(space, {"A": "(0.1 + 0.2)*q*p", "B": "0.3*q*p"})


def test_case_a20_a_float_weight_claims_no_resonance_and_no_proof():
    space = sf.PhaseSpace("x y", "a b")
    weight = "(a**2 + x**2)/2 + 1.4142135623730951*(b**2 + y**2)/2"
    with pytest.warns(InexactInputWarning):
        algebra = sf.LieAlgebra(space, {"H": weight})
    found = sf.invariants(algebra)
    assert [str(f) for f in found.generators] == ["a**2 + x**2", "b**2 + y**2"]
    assert not algebra.exact
    assert sf.Standing.PROVED not in {claim.standing for claim in found.certificate}


@pytest.mark.parametrize(
    ("generator", "word"),
    [
        ("x*unknown", "unknown"),
        ("f(x)*p_x", "f"),
        ("__import__('os').getpid()", "must"),
        ("sqrt(-1)*x", "real"),
    ],
)
def test_bad_expressions_are_refused(generator, word):
    with pytest.raises(ExpressionError, match=word):
        sf.LieAlgebra(sf.PhaseSpace("x"), {"g": generator})


@pytest.mark.parametrize(
    ("generator", "word"),
    [
        ("x**p_x", "x..p_x is not"),
        ("Abs(x)", "has a kink"),
        ("sqrt(x**2)", "has a kink"),
        ("exp(exp(x))", "not known to be independent"),
        ("sqrt(x) + sqrt(p_x) + sqrt(x*p_x)", "may be a combination"),
    ],
)
def test_functions_that_cannot_be_compared_are_refused_by_name(generator, word):
    with pytest.raises(UnsupportedError, match=word):
        sf.LieAlgebra(sf.PhaseSpace("x"), {"g": generator})


@pytest.mark.parametrize("generators", ["x*p_x", 7, {"not a name": "x"}, {3: "x"}])
def test_generators_of_a_wrong_kind_are_refused(generators):
    with pytest.raises(ArgumentError, match="must"):
        sf.LieAlgebra(sf.PhaseSpace("x"), generators)


def test_case_a59_complex_generators_are_refused_and_their_real_parts_close():
    """The span of Lx + i Ly, Lx - i Ly and Lz has no real form of its own."""
    space = sf.PhaseSpace("x y z", "px py pz")
    x, y, z, px, py, pz = space.z
    Lx, Ly, Lz = y * pz - z * py, z * px - x * pz, x * py - y * px
    ladder = {"Lp": Lx + I * Ly, "Lm": Lx - I * Ly, "Lz": Lz}
    with pytest.raises(ExpressionError, match="real and the imaginary part"):
        sf.LieAlgebra(space, ladder)
    with pytest.raises(ExpressionError, match="real and its imaginary part"):
        sf.LieAlgebra(space, {"Lp": "(y*pz-z*py)+I*(z*px-x*pz)"})
    halves = {"Re": Lx, "Im": Ly, "Lz": Lz}
    assert sf.LieAlgebra(space, halves).killing_signature == (0, 3, 0)


def test_public_objects_are_shown_in_latex():
    space = sf.PhaseSpace("x y")
    so2 = sf.LieAlgebra(space, {"L": "x*p_y - y*p_x"})
    for shown in (space, so2, so2.identify(), sf.invariants(so2)):
        text = shown._repr_latex_()
        assert text.startswith("$")
        assert text.count("{") == text.count("}")


def test_exact_input_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sf.LieAlgebra(sf.PhaseSpace("x"), {"g": "x*p_x/3"}).exact
