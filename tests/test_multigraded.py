"""The multigraded search finds what theory counts, each generator an exact invariant."""

from collections import Counter
from itertools import combinations_with_replacement

import pytest
from sympy import QQ

from symflow.linear_algebra import nullspace, rank
from symflow.multigraded import MultigradedSearch
from symflow.terms import monomials, product
from tests.linear_actions import (
    binary_forms,
    derivative,
    dual,
    exceptional,
    kind,
    rotations,
    spread,
    symplectic,
    traceless,
)

# Kinds, the degree to search, and the numbers of generators in each degree: by first
# fundamental theorems, and for binary forms by Grace and Young.
KNOWN = {
    "so(2), two vectors": ([kind(rotations(2), 2, 2)], 4, {2: 4}),
    "so(3), four vectors": ([kind(rotations(3), 3, 4)], 4, {2: 10, 3: 4}),
    "so(4), four vectors": ([kind(rotations(4), 4, 4)], 4, {2: 10, 4: 1}),
    "sp(4), three vectors": ([kind(symplectic(2), 4, 3)], 4, {2: 3}),
    "sl(3), three vectors and covectors": (
        [kind(traceless(3), 3, 3), kind(dual(traceless(3)), 3, 3)],
        4,
        {2: 9, 3: 2},
    ),
    "quartic": ([kind(binary_forms(4), 5)], 6, {2: 1, 3: 1}),
    "two quartics": ([kind(binary_forms(4), 5, 2)], 6, {2: 3, 3: 4, 4: 1}),
    "two cubics": ([kind(binary_forms(3), 4, 2)], 6, {2: 1, 4: 5, 6: 1}),
    "sextic": ([kind(binary_forms(6), 7)], 10, {2: 1, 4: 1, 6: 1, 10: 1}),
    "quadratic and cubic": (
        [kind(binary_forms(2), 3), kind(binary_forms(3), 4)],
        7,
        {2: 1, 3: 1, 4: 1, 5: 1, 7: 1},
    ),
    "g2 on 7 + 7": ([kind(exceptional(), 7, 2)], 3, {2: 3}),
}
FOUND = {}


def search(name):
    if name not in FOUND:
        kinds, degree, _ = KNOWN[name]
        FOUND[name] = MultigradedSearch(kinds)
        FOUND[name].up_to(degree)
    return FOUND[name]


def total_degree(f):
    return sum(next(iter(f)))


def span(polynomials):
    places = {}
    rows = [
        {places.setdefault(m, len(places)): QQ(x) for m, x in f.items()}
        for f in polynomials
    ]
    return rank(rows, len(places)) if rows else 0


@pytest.mark.parametrize("name", KNOWN)
def test_numbers_of_generators(name):
    assert Counter(map(total_degree, search(name).found)) == KNOWN[name][2]


@pytest.mark.parametrize("name", KNOWN)
def test_every_field_annihilates_every_generator(name):
    kinds = KNOWN[name][0]
    for k in range(len(kinds[0].matrices)):
        field = spread(kinds, k)
        assert not any(derivative(field, f) for f in search(name).found)


@pytest.mark.parametrize("name", ["so(3), four vectors", "two cubics"])
def test_fewer_fields_leave_what_is_no_invariant_of_all(name):
    """With one generator of the algebra dropped, the rest is not annihilated."""
    kinds = [kind(e.matrices[:1], e.size, e.copies) for e in KNOWN[name][0]]
    fewer = MultigradedSearch(kinds)
    fewer.up_to(2)
    field = spread(KNOWN[name][0], 1)
    assert any(derivative(field, f) for f in fewer.found)


@pytest.mark.parametrize("degree", range(1, 5))
@pytest.mark.parametrize("name", ["so(2), two vectors", "quartic", "two cubics"])
def test_dimensions_are_those_of_one_dense_kernel(name, degree):
    """Without any grading: all monomials of the degree at once, over the rationals."""
    kinds = KNOWN[name][0]
    size = sum(each.size * each.copies for each in kinds)
    unknowns = list(monomials(size, degree))
    rows = {}
    for column, monomial in enumerate(unknowns):
        for k in range(len(kinds[0].matrices)):
            for m, x in derivative(spread(kinds, k), {monomial: QQ(1)}).items():
                rows.setdefault((k, m), {})[column] = x
    whole = len(nullspace(rows.values(), len(unknowns)))
    assert search(name).dimension(degree) == whole


@pytest.mark.parametrize("name", ["so(3), four vectors", "quadratic and cubic"])
def test_products_of_generators_span_and_none_is_superfluous(name):
    found = search(name)
    for degree in range(1, 6 if "quad" in name else 5):
        made = {}
        for size in range(1, degree + 1):
            for chosen in combinations_with_replacement(range(len(found.found)), size):
                factors = [found.found[k] for k in chosen]
                if sum(map(total_degree, factors)) == degree:
                    total = factors[0]
                    for f in factors[1:]:
                        total = product(total, f)
                    made[chosen] = total
        assert span(made.values()) == found.dimension(degree)
        single = [f for chosen, f in made.items() if len(chosen) == 1]
        lower = [f for chosen, f in made.items() if len(chosen) > 1]
        assert span(lower) + len(single) == found.dimension(degree)


def test_degrees_are_searched_once():
    found = MultigradedSearch([kind(rotations(3), 3, 2)])
    found.up_to(3)
    before = list(found.found)
    found.up_to(2)
    assert found.degree == 3
    assert found.found == before
