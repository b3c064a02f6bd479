"""Submodules: a sum of small actions in random coordinates falls into its summands."""

from collections import Counter
from random import Random

import pytest
from sympy import QQ, Matrix, sqrt

from symflow.linear_algebra import rank
from symflow.sparse_matrices import combined, matrix_rows
from symflow.submodules import restricted, submodules
from tests.linear_actions import binary_forms, rotations, traceless


def turned(parts, seed):
    """The sum of actions in random coordinates, and its size."""
    sizes = [size for _, size in parts]
    total = sum(sizes)
    random = Random(seed)
    while True:
        S = Matrix(total, total, lambda i, j: random.randint(-1, 1))
        if S.det():
            break
    found = []
    for k in range(len(parts[0][0])):
        whole, start = Matrix.zeros(total, total), 0
        for matrices, size in parts:
            for (i, j), x in matrices[k].items():
                whole[start + i, start + j] = QQ.to_sympy(x)
            start += size
        moved = (S * whole * S.inv()).todok()
        found.append({key: QQ.from_sympy(x) for key, x in moved.items()})
    return found, total


SUMS = {
    "three vectors": ([(rotations(3), 3)] * 3, {3: 3}),
    "forms of degree 1, 2 and 2": (
        [(binary_forms(1), 2), (binary_forms(2), 3), (binary_forms(2), 3)],
        {2: 1, 3: 2},
    ),
    "one vector": ([(traceless(3), 3)], {3: 1}),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SUMS)
def test_a_sum_falls_into_its_summands(name, seed):
    parts, sizes = SUMS[name]
    matrices, total = turned(parts, seed)
    found = submodules(matrices, total, QQ)
    assert Counter(map(len, found)) == sizes
    assert rank([row for rows in found for row in rows], total) == total
    for rows in found:
        for a in matrices:
            lines, small = matrix_rows(a, total), restricted(a, rows, QQ)
            for row, coordinates in zip(
                rows, matrix_rows(small, len(rows)), strict=True
            ):
                assert combined(row, lines) == combined(coordinates, rows)


@pytest.mark.parametrize("field", [QQ.algebraic_field(sqrt(2)), QQ.frac_field("m")])
def test_sums_fall_apart_over_other_fields(field):
    matrices, total = turned([(rotations(2), 2), (rotations(2), 2)], 1)
    factor = field.from_sympy(sqrt(2)) if field.is_Algebraic else field.gens[0]
    scaled = [
        {key: factor * field.convert(x) for key, x in a.items()} for a in matrices
    ]
    found = submodules(scaled, total, field)
    assert list(map(len, found)) == [2, 2]
    assert rank([row for rows in found for row in rows], total, field) == total


def test_what_does_not_decompose_is_left_whole():
    """A shear leaves one line alone, and nothing beside it."""
    shear = {(0, 1): QQ(1)}
    assert [len(rows) for rows in submodules([shear], 2, QQ)] == [2]


@pytest.mark.parametrize("copies", [4, 6])
def test_many_copies_are_generated_by_single_forms(copies):
    """Six vectors of so(3) have a commutant of dimension 36, too large to search."""
    matrices, total = turned([(rotations(3), 3)] * copies, 2)
    found = submodules(matrices, total, QQ)
    assert Counter(map(len, found)) == {3: copies}
    assert {x.denominator for rows in found for row in rows for x in row.values()} == {
        1
    }
    assert rank([row for rows in found for row in rows], total) == total
