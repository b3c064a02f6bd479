"""Factors: each says up to which degree it generates, and why."""

import json

from sympy import QQ, symbols

from symflow.classical_actions import OrthogonalAction
from symflow.factors import ConstantFactor, FixedFactor, TheoremFactor, TorusFactor
from symflow.kinds import Cluster, Kind
from symflow.linear_forms import degree_of
from symflow.recognition import classical_action
from symflow.tori import torus_action
from tests.linear_actions import dual, kind, rotations, traceless, unitary

ONE = QQ(1)


def vectors(size, copies):
    return kind(rotations(size), size, copies).vectors


def orthogonal(size, copies):
    identity = {(i, i): ONE for i in range(size)}
    name = f"SO({size})"
    return OrthogonalAction(name, size, vectors(size, copies), QQ, identity)


def test_a_theorem_lists_all_or_what_the_degree_allows():
    whole = TheoremFactor(orthogonal(4, 4))
    assert whole.degree is None
    assert sorted(map(degree_of, whole.polynomials)) == [2] * 10 + [4]
    lower = TheoremFactor(orthogonal(4, 4), 3)
    assert lower.degree == 3
    assert list(map(degree_of, lower.polynomials)) == [2] * 10
    assert TheoremFactor(orthogonal(4, 4), 4).degree is None


def test_a_theorem_of_too_many_entries_lists_products_only():
    """So(3) on 30 vectors: 465 products and 4060 determinants."""
    factor = TheoremFactor(orthogonal(3, 30))
    assert factor.degree == 2
    assert len(factor.polynomials) == 465


def test_the_degree_of_a_torus_is_that_of_its_hilbert_basis():
    turn = {(0, 1): -ONE, (1, 0): ONE}
    twice = {key: 2 * x for key, x in turn.items()}
    kinds = (
        Kind(2, (twice,), (({0: ONE}, {1: ONE}),)),
        Kind(2, (turn,), (({2: ONE}, {3: ONE}),)),
    )
    action = torus_action(Cluster(kinds, 1), QQ)
    whole = TorusFactor(action)
    assert whole.degree is None
    assert list(map(degree_of, whole.polynomials)) == [2, 2, 3, 3]
    part = TorusFactor(action, 2)
    assert part.degree == 2
    assert list(map(degree_of, part.polynomials)) == [2, 2]


def test_fixed_forms_and_constants_generate_all():
    fixed = FixedFactor([{0: QQ(1, 2), 1: QQ(1, 3)}], QQ)
    assert (fixed.degree, fixed.polynomials) == (None, ({(0,): 3, (1,): 2},))
    assert (ConstantFactor(QQ).degree, ConstantFactor(QQ).polynomials) == (None, ())


def test_evidence_is_plain_data_with_the_name_of_its_argument():
    z = symbols("z:12")
    covectors = kind(dual(traceless(3)), 3, 2, start=6)
    linear = classical_action(Cluster((kind(traceless(3), 3, 2), covectors), 8), QQ)
    complex_ = classical_action(Cluster((kind(unitary(2), 4, 2),), 4), QQ)
    turn = Kind(2, ({(0, 1): -ONE, (1, 0): ONE},), (({0: ONE}, {1: ONE}),))
    torus = torus_action(Cluster((turn,), 1), QQ)
    expected = [
        (FixedFactor([{0: ONE}], QQ), "fixed", {"forms"}),
        (ConstantFactor(QQ), "open orbit", set()),
        (ConstantFactor(QQ, [[{0: ONE}]]), "open orbit", {"vectors"}),
        (
            TheoremFactor(linear),
            "first fundamental theorem",
            {"group", "family", "vectors", "covectors"},
        ),
        (
            TheoremFactor(complex_),
            "first fundamental theorem",
            {"group", "family", "vectors", "form", "structure"},
        ),
        (TorusFactor(torus), "torus", {"eigenforms", "weights"}),
    ]
    for factor, by, keys in expected:
        evidence = factor.evidence(z)
        assert evidence["by"] == by
        assert set(evidence) == keys | {"by"}
        assert json.loads(json.dumps(evidence)) == evidence
        assert factor.reason
