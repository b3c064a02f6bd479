"""The page of figures: what is kept is what is shown, and what got through is told."""

import json
from pathlib import Path

from reliability.__main__ import EXPERIMENTS, HOME, main
from reliability.figures import Figure
from reliability.page import Experiment, page
from reliability.soak import soaked
from tests.test_lower_bounds import bounds

DOCS = Path(__file__).parents[1] / "docs" / "reliability.md"


def test_the_page_shows_the_figures_that_are_kept():
    kept = json.loads((HOME / "figures.json").read_text("utf-8"))
    shown = {
        name: Experiment(
            kept[name]["seconds"], [Figure(**row) for row in kept[name]["figures"]]
        )
        for name in EXPERIMENTS
    }
    assert page(shown) == DOCS.read_text("utf-8")
    assert not sum(f.missed for e in shown.values() for f in e.figures)


def test_a_table_has_a_row_a_figure_and_as_many_cells_as_its_head():
    text = page({"one": Experiment(3, [Figure("a", 1000, 2, 0, "b")] * 2)})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert "| `one` | a | 1,000 | 2 | 0 | b |" in rows
    assert "|  | a | 1,000 | 2 | 0 | b |" in rows
    assert {row.count("|") for row in rows} == {7, 4, 3}


def test_faults_name_tests_that_are_there():
    for fault in json.loads((HOME / "faults.json").read_text("utf-8")):
        named = [part for part in fault["test"].split("`") if part.endswith(".py")]
        assert named
        assert all((Path(__file__).parent / name).exists() for name in named)


def test_every_dependency_has_its_licence_listed():
    table = DOCS.read_text("utf-8").partition("| package | licence |")[2]
    listed = {
        name for row in table.split("\n") for name in row[2:].split(" |")[0].split(", ")
    }
    assert {*bounds("options", "install_requires")} <= listed


def test_what_got_through_is_the_status(monkeypatch, tmp_path):
    home = tmp_path / "reliability"
    home.mkdir()
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("reliability.__main__.HOME", home)
    for missed in (0, 1):
        row = Figure("a", 1, 1, missed, "")
        monkeypatch.setattr(
            "reliability.__main__.EXPERIMENTS", {"gap": lambda share, row=row: [row]}
        )
        assert main(["gap"]) == missed
    assert (tmp_path / "docs" / "reliability.md").read_text("utf-8")


def test_memory_that_is_kept_is_seen():
    kept = []
    growth, files = soaked(lambda k: kept.append(bytearray(2 * 10**6)), 400)
    assert growth > 0.05
    assert files == 0


def test_files_that_stay_open_are_seen(tmp_path):
    (tmp_path / "a").write_text("")
    kept = []
    assert soaked(lambda k: kept.append((tmp_path / "a").open()), 8)[1] == 6
    for file in kept:
        file.close()
