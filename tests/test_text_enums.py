"""Text enums: a choice is its word, in whatever way it is written down."""

import copy
import json
import pickle

import pytest

import symflow as sf
from symflow.text_enums import TextEnum

CHOICES = [choice for kind in TextEnum.__subclasses__() for choice in kind]


def test_the_standings_are_among_the_choices():
    assert sf.Standing.PROVED in CHOICES


@pytest.mark.parametrize("choice", CHOICES, ids=repr)
def test_a_choice_is_its_word(choice):
    word = choice.value
    written = [str(choice), f"{choice}", "%s" % choice, "".join([choice])]  # noqa: UP031
    assert written == [word] * 4
    assert all(type(text) is str for text in written)
    assert f"{choice:>60}" == f"{word:>60}"
    assert choice == word
    assert hash(choice) == hash(word)
    assert json.dumps({choice: choice}) == json.dumps({word: word})


@pytest.mark.parametrize("choice", CHOICES, ids=repr)
def test_there_is_one_choice_of_a_word(choice):
    copies = type(choice)(choice.value), copy.deepcopy(choice)
    assert all(other is choice for other in copies)
    assert pickle.loads(pickle.dumps(choice)) is choice  # noqa: S301


def test_other_words_are_no_choice():
    with pytest.raises(ValueError, match="'certain' is not a valid Standing"):
        sf.Standing("certain")
