"""The gallery: every page runs, asserts its law before it draws, and keeps its form."""

import ast
import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
PAGES = sorted(EXAMPLES.glob("plot_*.py"))


def cells(page):
    """The code of each cell, without comments and blank lines."""
    for cell in page.read_text().split("# %%"):
        lines = [line for line in cell.splitlines() if line.strip()]
        yield [line for line in lines if not line.startswith("#")]


@pytest.fixture
def shown(monkeypatch):
    """Figures are kept and not shown, and examples find their data."""
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setattr(plt, "show", lambda: None)
    before = plt.rcParams.copy()
    yield plt.get_fignums
    plt.close("all")
    plt.rcParams.update(before)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_runs_and_draws_one_figure(page, shown, capsys):
    runpy.run_path(str(page), run_name="__main__")
    assert len(shown()) == 1
    assert all(ax.get_xlabel() or ax.get_title() or ax.texts for ax in plt.gcf().axes)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_has_the_form_of_a_page(page):
    text = page.read_text()
    number = page.stem[5:7]
    assert len(text.splitlines()) <= 80
    assert re.search(rf'^r"""\n{number}\. .+\n=+$', text, re.MULTILINE)
    assert text.count("**Question.**") == 1
    assert text.count(":label: gallery-") == 1
    assert text.count("**Try next.**") == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_law_is_asserted_before_it_is_drawn(page):
    text = page.read_text()
    assert (
        0 < text.index("assert ") < re.search(r"plt\.(subplots|figure)\(", text).start()
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_cells_are_short(page):
    _, *others = cells(page)
    assert others
    assert all(len(cell) <= 10 for cell in others)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_uses_public_names_only(page):
    for node in ast.walk(ast.parse(page.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
        assert not any(
            part.startswith("_") for name in names for part in name.split(".")
        )


def test_pages_are_numbered_in_reading_order():
    numbers = [int(page.stem[5:7]) for page in PAGES]
    assert numbers == list(range(1, len(PAGES) + 1))
