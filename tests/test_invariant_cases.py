"""The case book: right counts, known invariants and traps, in any basis."""

import pytest

import symflow as sf
from symflow.invariant_functions import InvariantFunctions
from symflow.local_invariants import local_invariants
from symflow.orbits import orbits
from tests import case_book
from tests.disguises import after_canonical_change, in_another_basis

SEED = 4


def as_given(algebra, seed):
    return algebra


DISGUISES = {f.__name__: f for f in (as_given, in_another_basis)}
DISGUISES[after_canonical_change.__name__] = after_canonical_change

ALL = [(case["id"], disguise) for case in case_book.CLOSED for disguise in DISGUISES]


@pytest.mark.parametrize(("name", "disguise"), ALL)
def test_count_known_invariants_and_traps(name, disguise):
    case = case_book.BY_NAME[name]
    space, generators = case_book.declared(case)
    algebra = DISGUISES[disguise](sf.closure(space, generators), SEED)
    answer, found = case["answer"], local_invariants(algebra)
    count = answer["independent_invariants"]
    assert (found.rank, found.count, found.complete) == (count, count, True)
    assert {claim.standing for claim in found.certificate} == {sf.Standing.PROVED}
    if disguise == "after_canonical_change":
        return
    kept = InvariantFunctions(algebra)
    for text in answer.get("known_invariants", ()):
        assert kept.is_invariant(space.read(text))
    for text in answer.get("not_invariant", ()):
        assert not kept.is_invariant(space.read(text))


@pytest.mark.parametrize("name", [case["id"] for case in case_book.UNBOUNDED])
def test_what_never_closes_is_counted_by_its_orbits(name):
    case = case_book.BY_NAME[name]
    space, generators = case_book.declared(case)
    assert orbits(space, generators).count == case["answer"]["independent_invariants"]
