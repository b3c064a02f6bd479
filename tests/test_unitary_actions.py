"""Unitary actions: real and imaginary parts of complex products and determinants."""

from itertools import combinations, combinations_with_replacement

import pytest
from sympy import QQ, I, Matrix, Poly, expand, im, re, symbols

from symflow.kinds import Cluster
from symflow.linear_algebra import echelon
from symflow.linear_forms import expression_of
from symflow.recognition import classical_action
from symflow.unitary_actions import complex_rows
from tests.linear_actions import kind, unitary


def span(expressions, z):
    polynomials = [Poly(f, *z).as_dict() for f in expressions]
    places = {m: k for k, m in enumerate(sorted(set().union(*polynomials)))}
    rows = [{places[m]: QQ.from_sympy(x) for m, x in f.items()} for f in polynomials]
    return echelon(rows, len(places)).rows, len(places)


@pytest.mark.parametrize(("k", "copies"), [(2, 2), (2, 3), (3, 3)])
def test_entries_span_what_complex_vectors_make(k, copies):
    """With v = (Re x, Im x): the parts of Hermitian products and determinants of the x."""
    z = symbols(f"z:{2 * k * copies}", real=True)
    vectors = [z[2 * k * a : 2 * k * (a + 1)] for a in range(copies)]
    x = [[v[i] + I * v[k + i] for i in range(k)] for v in vectors]
    pairs = combinations_with_replacement(x, 2)
    whole = [
        sum(u.conjugate() * w for u, w in zip(*pair, strict=True)) for pair in pairs
    ]
    whole += [Matrix(chosen).det() for chosen in combinations(x, k)]
    parts = [expand(part(expand(f))) for f in whole for part in (re, im)]
    each = kind(unitary(k, special=True), 2 * k, copies)
    action = classical_action(Cluster((each,), k * k - 1), QQ)
    made = [
        expression_of(action.polynomial(entry), z, QQ) for entry in action.entries()
    ]
    assert span(made, z) == span(filter(None, parts), z)


def test_the_number_of_entries():
    each = kind(unitary(3, special=True), 6, 4)
    action = classical_action(Cluster((each,), 8), QQ)
    triples = len(list(combinations(range(4), 3)))
    assert action.count == len(list(action.entries())) == 16 + 2 * triples


def test_complex_rows_are_missing_where_the_structure_has_eigenvalues():
    turn = {(0, 1): QQ(-1), (1, 0): QQ(1)}
    mirror = {(0, 0): QQ(1), (1, 1): QQ(-1)}
    assert len(complex_rows(turn, 2, QQ)) == 1
    assert not complex_rows(mirror, 2, QQ)
