"""Invariants of algebras that are no polynomials, and closure over functions."""

import pytest
import sympy as sp

import symflow as sf
from symflow.errors import NotClosedError, UnboundedClosureError, UnsupportedError
from symflow.function_closure import (
    FunctionClosure,
    find_function_closure,
    unboundedness,
)
from symflow.polynomials import PhasePolynomials
from tests import case_book

FUNCTIONS = ["A11", "A24", "A25", "A28", "A55", "A61"]


def declared(name):
    return case_book.declared(case_book.BY_NAME[name])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_number_of_invariants(name):
    """Two n minus the rank of the fields, with the known ones among the functions."""
    answer = case_book.BY_NAME[name]["answer"]
    space, generators = declared(name)
    algebra = sf.closure(space, generators)
    found = sf.invariants(algebra, 2)
    assert found.count == answer["independent_invariants"]
    for known in answer.get("known_invariants", ()):
        for g in algebra.generators.values():
            assert sf.poisson_bracket(g, known, space) == 0
    for f in found.generators:
        for g in algebra.generators.values():
            assert sf.poisson_bracket(g, f, space) == 0


def test_case_a11_bound_kepler_motion_has_the_energy_alone():
    space, generators = declared("A11")
    found = sf.invariants(sf.LieAlgebra(space, generators))
    assert (found.count, found.rank, found.standing) == (1, 1, sf.Standing.PROVED)


def test_case_a10_closes_over_functions_of_the_energy_and_is_no_lie_algebra():
    space, generators = declared("A10")
    with pytest.raises(
        NotClosedError, match="functions as coefficients only"
    ) as caught:
        sf.LieAlgebra(space, generators)
    assert "(2*I1*k*m)*Lz" in caught.value.over_functions
    with pytest.raises(UnboundedClosureError, match="functions as coefficients only"):
        sf.closure(space, generators, 10)
    functions = {name: space.read(g) for name, g in generators.items()}
    ring = PhasePolynomials(space, functions.values())
    terms = [ring.terms(f) for f in functions.values()]
    found = find_function_closure(ring, list(functions), terms)
    for (left, right), row in found.brackets.items():
        names = {sp.Symbol(name): f for name, f in found.invariants.items()}
        combination = sum(c.subs(names) * functions[name] for name, c in row.items())
        bracket = sf.poisson_bracket(functions[left], functions[right], space)
        difference = PhasePolynomials(
            space, [*functions.values(), combination, bracket]
        )
        assert difference.terms(bracket - combination) == {}


def test_case_a10_is_proved_to_generate_no_finite_algebra():
    """With the default bound, and long before it: a trace of ad grows with the energy."""
    with pytest.raises(UnboundedClosureError, match=r"K\(Ax,Ax\) = .*I1.* no constant"):
        sf.closure(*declared("A10"))


def test_functions_as_coefficients_alone_prove_nothing():
    """{P, V} = -2 y Q closes over functions of y, and in dimension six over numbers."""
    space = sf.PhaseSpace("x y")
    generators = {"P": "p_x", "V": "y*x**2", "Q": "x", "E": "1"}
    functions = {name: space.read(g) for name, g in generators.items()}
    ring = PhasePolynomials(space, functions.values())
    terms = {name: ring.terms(f) for name, f in functions.items()}
    found = find_function_closure(ring, list(terms), list(terms.values()))
    assert found.invariants
    assert unboundedness(ring, found, terms) == ""
    assert sf.closure(space, generators).dimension == 6


def test_generators_that_depend_on_each_other_over_functions_prove_nothing():
    """The trace of a table in dependent elements is not that of an algebra."""
    space = sf.PhaseSpace("x y", parameters="k")
    functions = {"A": "x*p_x", "B": "p_x", "C": "y*p_x"}
    ring = PhasePolynomials(space, [space.read(f) for f in functions.values()])
    terms = {name: ring.terms(space.read(f)) for name, f in functions.items()}
    y = sp.Symbol("I1")
    table = FunctionClosure({"I1": space.q[1]}, {("A", "C"): {"A": y, "C": 1 + y}})
    assert table.killing_form("A", "A").has(y)
    assert unboundedness(ring, table, terms) == ""


@pytest.mark.parametrize("name", ["A63", "A76", "A53"])
def test_what_does_not_close_over_invariant_functions_is_not_said_to(name):
    """With any functions as coefficients A76 would close, and nothing would follow."""
    space, generators = declared(name)
    with pytest.raises(NotClosedError) as caught:
        sf.LieAlgebra(space, generators)
    assert caught.value.over_functions == ""
    with pytest.raises(UnboundedClosureError, match="may be infinite"):
        sf.closure(space, generators, 10)


def test_relations_hold_between_functions_too():
    space = sf.PhaseSpace("x y")
    screened = sf.LieAlgebra(space, {"V": "1/sqrt(x**2 + y**2)"})
    found = sf.invariants(screened, 2)
    names = sp.symbols(f"I1:{len(found.generators) + 1}", real=True)
    for relation in found.relations(4):
        value = relation.subs(dict(zip(names, found.generators, strict=True)))
        assert PhasePolynomials(space, [value]).terms(value) == {}


def test_what_needs_polynomials_says_so():
    space = sf.PhaseSpace("x")
    algebra = sf.LieAlgebra(space, {"V": "1/x"})
    with pytest.raises(UnsupportedError, match="1/x as well"):
        sf.LinearAction(algebra)
    with pytest.raises(UnsupportedError, match="1/x as well"):
        sf.split(sf.invariants(algebra))
