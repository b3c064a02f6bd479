"""Shears: forms at rest and areas are all invariants that a search finds."""

from collections import Counter
from random import Random

import pytest
from sympy import QQ

from symflow.kinds import Cluster, Kind
from symflow.linear_forms import CONSTANT, degree_of
from symflow.multigraded import MultigradedSearch
from symflow.shears import shear_factor
from tests.linear_actions import derivative, kind, rotations, spread

SHEAR = {(0, 1): QQ(1)}


def nilpotent(seed):
    random = Random(seed)
    a, b = random.randint(1, 4), random.randint(1, 4)
    entries = {(0, 0): a * b, (0, 1): -a * a, (1, 0): b * b, (1, 1): -a * b}
    return {key: QQ(x) for key, x in entries.items()}


@pytest.mark.parametrize("copies", [1, 2, 3])
@pytest.mark.parametrize("seed", range(2))
def test_a_search_finds_as_many(copies, seed):
    each = kind([nilpotent(seed)], 2, copies)
    factor = shear_factor(Cluster((each,), 1), QQ)
    for f in factor.polynomials:
        terms = {tuple(map(m.count, range(2 * copies))): x for m, x in f.items()}
        assert not derivative(spread([each], 0), terms)
    search = MultigradedSearch([each])
    search.up_to(4)
    counted = Counter(sum(next(iter(f))) for f in search.found)
    assert Counter(map(degree_of, factor.polynomials)) == counted
    assert factor.degree is None


def test_areas_are_left_out_where_only_forms_are_asked_for():
    each = kind([SHEAR], 2, 2)
    factor = shear_factor(Cluster((each,), 1), QQ, 1)
    assert (factor.degree, len(factor.polynomials)) == (1, 2)
    single = shear_factor(Cluster((kind([SHEAR], 2, 1),), 1), QQ, 1)
    assert single.degree is None


def test_a_translation_leaves_nothing():
    """Z' = 1 in one dimension more, where the form at rest is the constant."""
    each = Kind(2, (SHEAR,), (({0: QQ(1)}, {CONSTANT: QQ(1)}),))
    assert shear_factor(Cluster((each,), 1), QQ).polynomials == ()


def test_other_fields_are_no_shears():
    turn = kind(rotations(2), 2)
    both = kind([SHEAR, {(0, 0): QQ(1)}], 2)
    assert shear_factor(Cluster((turn,), 1), QQ) is None
    assert shear_factor(Cluster((both,), 2), QQ) is None
    assert shear_factor(Cluster((kind([SHEAR], 3),), 1), QQ) is None
