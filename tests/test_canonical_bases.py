"""An algebra of functions is the same in any basis, with its parameters left open."""

from random import Random

import pytest
from sympy import Matrix, expand

import symflow as sf
from symflow.linear_algebra import Span
from symflow.polynomials import PhasePolynomials
from tests import case_book

WITH_PARAMETERS = [case for case in case_book.CLOSED if case["input"]["parameters"]]
SUBSPACES = ("center", "radical", "nilradical")


def in_random_basis(algebra, seed):
    """The span of the generators in a basis that mixes all of them, constants as well."""
    random, size = Random(seed), algebra.dimension
    S = Matrix.zeros(size, size)
    while not S.det():
        S = Matrix(size, size, lambda i, j: random.randint(-2, 3))
    functions = Matrix(list(algebra.generators.values()))
    return sf.LieAlgebra(algebra.space, [expand(f) for f in S * functions])


def as_functions(algebra, subspace):
    return [
        sum(c * algebra.generators[name] for name, c in vector.items())
        for vector in subspace.basis
    ]


def same_span(ring, left, right):
    span = Span(ring.domain)
    for f in left:
        span.insert(ring.terms(f))
    return len(left) == len(right) and not any(
        span.split(ring.terms(f))[1] for f in right
    )


@pytest.fixture(scope="module", params=WITH_PARAMETERS, ids=lambda case: case["id"])
def pair(request):
    algebra = sf.closure(*case_book.declared(request.param))
    return algebra, in_random_basis(algebra, 1)


def test_the_name_does_not_depend_on_the_basis(pair):
    algebra, turned = pair
    assert turned.identify().name == algebra.identify().name


def test_subspaces_are_the_same_functions(pair):
    """The declared basis of each differs; what it spans on phase space does not."""
    algebra, turned = pair
    everything = [*algebra.generators.values(), *turned.generators.values()]
    ring = PhasePolynomials(algebra.space, everything)
    for name in SUBSPACES:
        left, right = (as_functions(a, getattr(a, name)) for a in pair)
        assert same_span(ring, left, right), name
    for name in ("derived_series", "lower_central_series", "upper_central_series"):
        for one, other in zip(*(getattr(a, name) for a in pair), strict=True):
            left, right = as_functions(algebra, one), as_functions(turned, other)
            assert same_span(ring, left, right), name


def test_the_levi_factor_is_one_of_the_declared_algebra(pair):
    """It is not unique, so its laws are tested: it closes, and meets no solvable ideal."""
    _, turned = pair
    levi = turned.levi_factor
    assert turned.product(levi, levi) == levi
    assert (levi + turned.radical).dimension == turned.dimension
    assert levi.dimension + turned.radical.dimension == turned.dimension


def test_a_parameter_in_every_constant_is_seen_through():
    """In 60 s nothing was known of this basis by its own constants."""
    algebra = sf.closure(*case_book.declared(case_book.BY_NAME["A08"]))
    m = algebra.space.parameters[0]
    turned = in_random_basis(algebra, 2)
    constants = [c for row in turned.structure_constants.values() for c in row.values()]
    assert sum(c.has(m) for c in constants) > 100
    assert turned.identify().name == "Bargmann algebra in 3 dimensions"
    assert as_functions(turned, turned.center)[0].expand().is_number
