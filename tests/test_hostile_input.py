"""Hostile input: damaged files are read or refused, and the watch sees what it must."""

import os

import pytest

from reliability.hostile import READERS, outcomes
from reliability.watch import Watch
from symflow.errors import ArgumentError

WATCH = Watch()


@pytest.mark.parametrize("name", READERS)
def test_damaged_input_is_read_or_refused(name):
    counts, examples = outcomes(name, 96 // READERS[name].cost, WATCH, seed=11)
    assert {*counts} <= {"read", "refused"}, examples
    assert counts["refused"] > 0


def endless():
    while True:
        pass


def refuses(text):
    raise ArgumentError(text)


def writes(path):
    path.write_text("x")


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (lambda path: None, "read"),
        (lambda path: 1 / 0, "crashed: ZeroDivisionError"),
        (lambda path: eval("1"), "did exec"),  # noqa: S307
        (lambda path: os.system("true"), "did os.system"),  # noqa: S605, S607
        (writes, "did open"),
        (lambda path: path.mkdir(), "did os.mkdir"),
        (lambda path: endless(), "hung"),
        (lambda path: "\x1b[31m", "shown unprintably"),
        (lambda path: refuses("\u202e"), "refused unprintably"),
    ],
)
def test_the_watch_sees_what_a_reader_must_not_do(tmp_path, act, word):
    watch = Watch(longest=0.1)
    assert watch.outcome(lambda: act(tmp_path / "written")).startswith(word)
    assert watch.outcome(lambda: None) == "read"
