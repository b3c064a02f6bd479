"""Invariant claims: statements with their standing, and evidence as plain data."""

import json

import pytest
from sympy import Symbol

import symflow as sf
from symflow.claims import Standing
from symflow.invariant_claims import (
    count_claim,
    generation_claim,
    global_claim,
    independence_claim,
    invariant_claims,
)
from symflow.polynomials import RankCertificate

RANK = RankCertificate(2, (3, 5, 7, 11), exact=True)


def claims_of(standing):
    x = Symbol("x")
    return [
        *invariant_claims(["L"], [x], standing),
        independence_claim(RANK, 3, standing),
        count_claim(RANK, 4, True, standing),
        generation_claim(4, (), (), standing),
        global_claim(2, standing),
    ]


@pytest.mark.parametrize("standing", Standing)
def test_every_claim_has_the_standing_that_it_is_given(standing):
    assert {claim.standing for claim in claims_of(standing)} == {standing}


def test_evidence_is_plain_data():
    for claim in claims_of(Standing.PROVED):
        assert json.loads(json.dumps(claim.as_dict())) == claim.as_dict()


def test_only_exact_identities_are_called_so():
    (exact,) = invariant_claims(["L"], [Symbol("x")], Standing.PROVED)
    (rounded,) = invariant_claims(["L"], [Symbol("x")], Standing.MEASURED)
    assert "exact identity" in exact.why
    assert "float" in rounded.why


def test_a_search_among_some_coordinates_says_so():
    of = sf.PhaseSpace("x y").q
    claim = generation_claim(4, (), of, Standing.PROVED)
    assert "invariant in (x, y) of degree at most 4" in claim.statement
    assert claim.evidence["of"] == ["x", "y"]


def test_the_proof_of_a_torus_with_dense_orbits_bounds_the_global_count():
    space = sf.PhaseSpace("x y")
    H = "(p_x**2 + x**2)/2 + sqrt(2)*(p_y**2 + y**2)/2"
    found = sf.invariants(sf.LieAlgebra(space, {"H": H}))
    proof, everywhere = found.proofs
    assert proof.kind == "generating all"
    assert [f["by"] for f in proof.evidence["factors"]] == ["torus"]
    assert everywhere.evidence == {"count": 2}
