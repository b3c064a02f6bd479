"""Laws beside others: answers that another program, or plainer algebra, gives as well."""

import importlib
import shutil
from random import Random

import pytest
import torch

import symflow as sf
from reliability.algebras_in_gap import in_gap, our_answer, random_algebra
from reliability.certificates import ALGEBRAS, accepted, changed, why_true
from reliability.flows_in_heyoka import CASES, TOLERANCE, here, there
from reliability.invariants_by_nullspace import (
    dense_count,
    listed_count,
    random_symmetry,
)
from reliability.invariants_in_singular import (
    in_singular,
    linear_symmetry,
    our_invariants,
)
from symflow import verify
from symflow.verify import Verdict
from tests.certificate_lies import document, invariant_and_its_claim_changed


def test_gap_finds_the_same_structure():
    program = shutil.which("gap")
    if program is None:
        pytest.skip("GAP is not installed")
    algebras = [random_algebra(seed) for seed in range(12)]
    theirs = in_gap(program, algebras)
    assert theirs == [our_answer(algebra) for algebra in algebras[: len(theirs)]]
    if len(theirs) < len(algebras):
        pytest.skip(f"GAP answered {len(theirs)} of {len(algebras)} in time")


def test_singular_counts_the_same_invariants_and_sees_one_that_is_left_out():
    program = shutil.which("Singular")
    if program is None:
        pytest.skip("Singular is not installed")
    cases = []
    for seed in range(400, 408):
        space, generators = linear_symmetry(seed)
        listed = our_invariants(space, generators)
        cases.append((space, [*generators.values()], listed))
    assert all(there == here for there, here in in_singular(program, cases))
    space, generators, listed = next(case for case in cases if len(case[2]) > 1)
    ((there, here),) = in_singular(program, [(space, generators, listed[1:])])
    assert there != here
    assert all(more >= less for more, less in zip(there, here, strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1])
def test_heyoka_ends_at_the_same_point(case):
    pytest.importorskip("heyoka", reason="heyoka is not installed")
    heyoka = importlib.import_module("heyoka")
    noise = torch.Generator().manual_seed(1)
    size = 2, 2 * len(case[0].split())
    z = torch.rand(size, generator=noise, dtype=torch.float64) - 0.5
    apart = (here(case, z) - there(heyoka, case, z)).abs().max()
    assert apart < TOLERANCE


@pytest.mark.parametrize("seed", range(100, 108))
def test_a_dense_nullspace_counts_the_same_invariants(seed):
    space, generators = random_symmetry(seed)
    found = sf.invariants(sf.LieAlgebra(space, generators), 3)
    dense = [dense_count(space, list(generators.values()), d) for d in (1, 2, 3)]
    assert [listed_count(found, d) for d in (1, 2, 3)] == dense


def test_a_single_change_that_passes_changes_no_truth():
    passed = refused = 0
    for k in range(60):
        name = ALGEBRAS[k % len(ALGEBRAS)]
        made = document(name)
        path = changed(made, Random(5000 + k))
        if accepted(made):
            passed += 1
            assert why_true(document(name), made, path), (name, k, path)
        else:
            refused += 1
    assert refused > 30
    assert passed < 30


def test_a_checker_that_takes_every_bracket_for_zero_lets_lies_pass(monkeypatch):
    def verdicts():
        for seed in range(10):
            made = document("so(3)")
            if invariant_and_its_claim_changed(made, Random(seed)):
                found = [f for f in verify.verify(made) if f.kind == "invariant"]
                yield Verdict.REJECTED in {f.verdict for f in found}

    assert all(verdicts())
    monkeypatch.setattr(verify.facts.Facts, "is_zero", lambda facts, f: True)
    assert not any(verdicts())
