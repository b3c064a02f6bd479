"""Integer relations: all of them, and with the complement a basis of all integers."""

from random import Random

import pytest
from sympy import QQ, Matrix, Symbol, sqrt

from symflow.integer_relations import integer_relations


@pytest.mark.parametrize("seed", range(4))
def test_relations_vanish_and_complete_to_a_unimodular_matrix(seed):
    random = Random(seed)
    vectors = [
        {k: QQ(random.randint(-4, 4), random.randint(1, 3)) for k in range(2)}
        for _ in range(5)
    ]
    vectors = [{k: v for k, v in vector.items() if v} for vector in vectors]
    found = integer_relations(vectors, QQ)
    assert len(found.relations) == 3
    for relation in found.relations:
        for column in range(2):
            pairs = zip(relation, vectors, strict=True)
            assert sum(n * v.get(column, 0) for n, v in pairs) == 0
    assert abs(Matrix([*found.relations, *found.complement]).det()) == 1


def test_the_square_root_of_two_has_no_relation_with_one():
    field = QQ.algebraic_field(sqrt(2))
    vectors = [{0: field.one}, {0: field.from_sympy(sqrt(2))}]
    assert integer_relations(vectors, field).relations == ()


def test_a_parameter_has_none_either_until_it_is_repeated():
    a = Symbol("a")
    field = QQ.frac_field(a)
    vectors = [{0: field.one}, {0: field.from_sympy(a)}]
    assert integer_relations(vectors, field).relations == ()
    more = [*vectors, {0: field.from_sympy(2 * a + 1)}]
    (relation,) = integer_relations(more, field).relations
    assert relation in {(1, 2, -1), (-1, -2, 1)}


def test_zero_vectors_are_relations_by_themselves():
    assert integer_relations([{}], QQ).relations == ((1,),)
    assert integer_relations([], QQ).relations == ()
