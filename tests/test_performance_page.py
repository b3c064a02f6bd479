"""The page of speed: what is kept is what is shown, with a figure for every row."""

import json
from pathlib import Path

from benchmarks.measurement import Figure
from benchmarks.performance import CONDITIONS, FIRST, GROUPS, KEPT, PAGE, TABLES, page

ROWS = json.loads(KEPT.read_text("utf-8"))


def test_the_page_shows_the_figures_that_are_kept():
    assert page(ROWS) == PAGE.read_text("utf-8")


def test_every_row_has_been_measured_and_reaches_what_it_must():
    assert set(ROWS[FIRST]) == set(GROUPS)
    assert set(TABLES) | {"machine"} | set(CONDITIONS) == set(ROWS)
    figures = [Figure(**row) for rows in ROWS[FIRST].values() for row in rows]
    assert all(f.verdict in ("reached", "aim reached") for f in figures)


def test_a_figure_that_is_missed_says_so():
    assert Figure("a", 5, 8, 4.9).verdict == "not reached"
    assert Figure("a", 1, 0.5, 1.1, less=True).verdict == "not reached"
    assert Figure("a", 1, 0.5, 0.5, less=True).verdict == "aim reached"
    assert Figure("a", 5, 8, None).verdict == "not measured"


def test_the_makefile_writes_it():
    text = (Path(__file__).parents[1] / "Makefile").read_text("utf-8")
    assert "-m benchmarks.performance" in text
