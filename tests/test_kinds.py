"""Kinds: the vectors of one kind move by the same matrices."""

from tests.linear_actions import kind, rotations


def test_the_components_of_all_vectors_stand_one_vector_after_the_other():
    two = kind(rotations(3), 3, copies=2)
    assert two.copies == 2
    assert two.forms == two.vectors[0] + two.vectors[1]
    assert [next(iter(form)) for form in two.forms] == list(range(6))
