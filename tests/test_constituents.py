"""Constituents: what an algebra does in coordinates of its own, whatever those given."""

from random import Random

import pytest
from sympy import QQ, Matrix

from symflow.constituents import AffineField, Constituents
from symflow.linear_algebra import rank
from symflow.linear_forms import CONSTANT
from symflow.sparse_matrices import matrix_rows
from tests.linear_actions import rotations, traceless


def field(matrix, shift=(), size=0):
    rows = {i: row for i, row in enumerate(matrix_rows(matrix, size)) if row}
    return AffineField(rows, {i: QQ(x) for i, x in enumerate(shift) if x})


def copied(matrices, size, copies):
    """The fields on several vectors, one after the other."""
    return [
        field(
            {
                (a * size + i, a * size + j): x
                for a in range(copies)
                for (i, j), x in m.items()
            },
            size=size * copies,
        )
        for m in matrices
    ]


def moved_by(given, form):
    """The image of a linear form under a field."""
    image = {}
    for i, x in form.items():
        if i == CONSTANT:
            continue
        for j, y in given.matrix.get(i, {}).items():
            image[j] = image.get(j, QQ(0)) + x * y
        if i in given.shift:
            image[CONSTANT] = image.get(CONSTANT, QQ(0)) + x * given.shift[i]
    return {j: x for j, x in image.items() if x}


def check(found, fields):
    """Every vector moves by combinations of its own components, without constants."""
    for each in found.kinds:
        for vector in each.vectors:
            for given in fields:
                for form in vector:
                    image = moved_by(given, form)
                    rows = [{j + 1: x for j, x in f.items()} for f in vector]
                    image = {j + 1: x for j, x in image.items()}
                    width = 1 + max(j for row in (*rows, image) for j in row)
                    assert rank([*rows, image], width) == rank(rows, width)


def in_coordinates(fields, size, seed):
    """The same fields after a random linear change of coordinates."""
    random = Random(seed)
    while True:
        S = Matrix(size, size, lambda i, j: random.randint(-1, 1))
        if S.det():
            break
    out = []
    for given in fields:
        A = Matrix.zeros(size, size)
        for i, row in given.matrix.items():
            for j, x in row.items():
                A[i, j] = QQ.to_sympy(x)
        b = Matrix([QQ.to_sympy(given.shift.get(i, QQ(0))) for i in range(size)])
        moved = (S * A * S.inv()).todok()
        entries = {key: QQ.from_sympy(x) for key, x in moved.items()}
        out.append(field(entries, [QQ.from_sympy(x) for x in S * b], size))
    return out


def test_copies_of_a_vector_are_one_kind():
    fields = copied(rotations(3), 3, 4)
    found = Constituents(fields, range(12), QQ)
    assert [(k.size, k.copies) for k in found.kinds] == [(3, 4)]
    check(found, fields)


@pytest.mark.parametrize("seed", range(3))
def test_translations_leave_differences(seed):
    """e(3) on two points: one difference, in whatever coordinates."""
    fields = copied(rotations(3), 3, 2)
    pushes = [field({}, [k % 3 == axis for k in range(6)], size=6) for axis in range(3)]
    given = in_coordinates([*fields, *pushes], 6, seed)
    found = Constituents(given, range(6), QQ)
    assert found.dimension == 3
    (each,) = found.kinds
    assert (each.size, each.copies) == (3, 1)
    for form in each.forms:
        assert not any(moved_by(push, form) for push in given[3:])
    check(found, given)


def test_what_translates_the_rest_is_divided_out_as_well():
    """A force and a translation: q' = p, p' = 1 and q' = 1 leave nothing invariant."""
    fall = field({(0, 1): QQ(1)}, [0, 1], size=2)
    push = field({}, [1, 0], size=2)
    found = Constituents([fall, push], range(2), QQ)
    assert (found.kinds, found.fixed, found.dimension) == ([], [], 0)


def test_rotation_about_a_point_has_its_origin_there():
    turn = field({(0, 1): QQ(-1), (1, 0): QQ(1)}, [2, -1], size=2)
    found = Constituents([turn], range(2), QQ)
    (vector,) = found.kinds[0].vectors
    # x' = -y + 2 and y' = x - 1 rest at (1, 2).
    assert [form[CONSTANT] for form in vector] == [-1, -2]
    check(found, [turn])


def test_a_screw_is_linear_with_the_constant_as_a_component():
    """And its turn and its translation, which are its Jordan parts, act on factors."""
    screw = field({(0, 1): QQ(-1), (1, 0): QQ(1)}, [0, 0, 1], size=3)
    found = Constituents([screw], range(3), QQ)
    (cluster,) = found.clusters
    assert [kind.forms for kind in cluster.kinds] == [
        ({0: 1}, {1: 1}),
        ({2: 1}, {CONSTANT: 1}),
    ]
    apart, fixed = found.split(cluster)
    assert not fixed
    assert [(len(part.kinds), part.dimension) for part in apart] == [(1, 1), (1, 1)]


def test_several_vectors_without_rest_share_one_constant():
    """Two translations by one field have a difference that is at rest."""
    fall = field({(0, 1): QQ(1), (2, 3): QQ(1)}, [0, 1, 0, 1], size=4)
    (each,) = Constituents([fall], range(4), QQ).kinds
    assert each.size == 5
    assert each.forms[-1] == {CONSTANT: 1}


def test_products_fall_into_clusters_and_diagonal_algebras_do_not():
    left = [field({(i, j): x for (i, j), x in a.items()}, size=6) for a in rotations(3)]
    right = [
        field({(i + 3, j + 3): x for (i, j), x in a.items()}, size=6)
        for a in rotations(3)
    ]
    apart = Constituents([*left, *right], range(6), QQ).clusters
    assert [(len(c.kinds), c.dimension) for c in apart] == [(1, 3), (1, 3)]
    together = Constituents(copied(rotations(3), 3, 2), range(6), QQ).clusters
    assert [(len(c.kinds), c.dimension) for c in together] == [(1, 3)]


def test_vectors_and_covectors_are_two_kinds_of_one_cluster():
    fields = []
    for a in traceless(3):
        both = {**a, **{(j + 3, i + 3): -x for (i, j), x in a.items()}}
        fields.append(field(both, size=6))
    (cluster,) = Constituents(fields, range(6), QQ).clusters
    assert [(k.size, k.copies) for k in cluster.kinds] == [(3, 1), (3, 1)]
    assert cluster.dimension == 8


@pytest.mark.parametrize("seed", range(3))
def test_vectors_are_found_again_in_random_coordinates(seed):
    fields = in_coordinates(copied(rotations(3), 3, 3), 9, seed)
    found = Constituents(fields, range(9), QQ)
    (cluster,) = found.clusters
    (finer,), fixed = found.split(cluster)
    assert not fixed
    assert [(k.size, k.copies) for k in finer.kinds] == [(3, 3)]
    check(found, fields)


def test_parts_of_fields_that_do_not_commute_are_not_taken():
    fields = copied(traceless(2), 2, 1)
    found = Constituents(fields, range(2), QQ)
    (cluster,) = found.clusters
    apart, _ = found.split(cluster)
    assert apart == (cluster,)


def test_forms_are_written_in_the_places_of_their_variables():
    turn = field({(0, 1): QQ(-1), (1, 0): QQ(1)}, size=2)
    found = Constituents([turn], [7, 4], QQ)
    (vector,) = found.kinds[0].vectors
    assert [next(iter(form)) for form in vector] == [7, 4]
