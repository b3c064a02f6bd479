r"""Solvable algebras: the tables of Patera and others, in random bases."""

import pytest
from sympy import sqrt

from symflow.claims import Standing
from symflow.structure import AbstractLieAlgebra
from tests.matrix_algebras import scrambled

SOLVABLE = [
    ({"ab": {"a": 1}}, "ab", "aff(1) = A2,1"),
    ({"bc": {"a": 1}}, "abc", "Heisenberg h(1) = A3,1"),
    ({"ac": {"a": 1}, "bc": {"a": 1, "b": 1}}, "abc", "A3,2"),
    ({"ac": {"a": 1}, "bc": {"b": 1}}, "abc", "A3,3"),
    ({"ac": {"a": 1}, "bc": {"b": -1}}, "abc", "e(1,1) = A3,4"),
    ({"ac": {"a": 4}, "bc": {"b": 1}}, "abc", "A3,5^a, a = 1/4"),
    ({"ac": {"b": -1}, "bc": {"a": 1}}, "abc", "e(2) = A3,6"),
    ({"ac": {"a": 2, "b": -1}, "bc": {"a": 1, "b": 2}}, "abc", "A3,7^a, a = 2"),
    ({"bd": {"a": 1}, "cd": {"b": 1}}, "abcd", "filiform nilpotent A4,1"),
    (
        {"ad": {"a": 3}, "bd": {"b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,2^a, a = 3",
    ),
    ({"ad": {"a": 1}, "cd": {"b": 1}}, "abcd", "A4,3"),
    (
        {"ad": {"a": 1}, "bd": {"a": 1, "b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,4",
    ),
    (
        {"ad": {"a": 1}, "bd": {"b": 1}, "cd": {"c": 1}},
        "abcd",
        "A4,5^(a,b), a = b = 1",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 2}, "bd": {"b": 1}, "cd": {"b": 1, "c": 1}},
        "abcd",
        "A4,7",
    ),
    (
        {"bc": {"a": 1}, "bd": {"b": 1}, "cd": {"c": -1}},
        "abcd",
        "A4,8 (split oscillator)",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 3}, "bd": {"b": 2}, "cd": {"c": 1}},
        "abcd",
        "A4,9^b, b = 1/2",
    ),
    (
        {"bc": {"a": 1}, "ad": {"a": 1}, "bd": {"b": 1}},
        "abcd",
        "A4,9^b, b = 0",
    ),
    (
        {"bc": {"a": 1}, "bd": {"c": -1}, "cd": {"b": 1}},
        "abcd",
        "A4,10 (oscillator)",
    ),
    (
        {
            "bc": {"a": 1},
            "ad": {"a": 6},
            "bd": {"b": 3, "c": -1},
            "cd": {"b": 1, "c": 3},
        },
        "abcd",
        "A4,11^a, a = 3",
    ),
    (
        {"ac": {"a": 1}, "bc": {"b": 1}, "ad": {"b": -1}, "bd": {"a": 1}},
        "abcd",
        "aff(1,C) = A4,12",
    ),
    (
        # Over Q(sqrt 2) instead of C: two real affine algebras.
        {"ac": {"a": 1}, "bc": {"b": 1}, "ad": {"b": 2}, "bd": {"a": 1}},
        "abcd",
        "aff(1) ⊕ aff(1) = 2 A2,1",
    ),
    ({"ce": {"a": 1}, "de": {"b": 1}}, "abcde", "nilpotent A5,1"),
    (
        {"be": {"a": 1}, "ce": {"b": 1}, "de": {"c": 1}},
        "abcde",
        "filiform nilpotent A5,2",
    ),
    ({"cd": {"b": 1}, "ce": {"a": 1}, "de": {"c": 1}}, "abcde", "nilpotent A5,3"),
    ({"bd": {"a": 1}, "ce": {"a": 1}}, "abcde", "Heisenberg h(2) = A5,4"),
    ({"cd": {"a": 1}, "be": {"a": 1}, "ce": {"b": 1}}, "abcde", "nilpotent A5,5"),
    (
        {"cd": {"a": 1}, "be": {"a": 1}, "ce": {"b": 1}, "de": {"c": 1}},
        "abcde",
        "filiform nilpotent A5,6",
    ),
]


@pytest.mark.parametrize(("brackets", "names", "name"), SOLVABLE)
def test_solvable_name(brackets, names, name):
    constants = {tuple(pair): row for pair, row in brackets.items()}
    algebra = AbstractLieAlgebra(names, constants)
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED
    for seed in (1, 2, 3):
        assert scrambled(algebra, seed).identify().name == name


def test_irrational_parameter_of_a_family():
    # Eigenvalues (1 +- sqrt 5)/2: the ratio is (sqrt 5 - 3)/2.
    algebra = AbstractLieAlgebra(
        "abc", {("a", "c"): {"b": 1}, ("b", "c"): {"a": 1, "b": 1}}
    )
    assert algebra.identify().name == f"A3,5^a, a = {(sqrt(5) - 3) / 2}"
