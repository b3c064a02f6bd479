"""The site: every page has its place, and the checker of the built site sees faults."""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from .built_site import Page, main, problems
from .test_floors import floors

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted(DOCS.glob("*.md"))
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
ENTRY = r"^(?:.+ <)?([a-z_/]+)>?$"  # with or without a title of its own
LINK = re.compile(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def conf():
    return runpy.run_path(str(DOCS / "conf.py"))


@pytest.fixture(scope="module")
def completed(conf, tmp_path_factory):
    """Every page as Sphinx is given it, with the folder that it lies in."""
    folder = tmp_path_factory.mktemp("site")
    for page in PAGES:
        (folder / page.name).write_text(page.read_text())
    pages = {}
    for page in PAGES:
        source = [page.read_text()]
        conf["complete_page"](SimpleNamespace(srcdir=str(folder)), page.stem, source)
        pages[page.stem] = source[0]
    return folder, pages


def test_every_page_is_in_the_table_of_contents(completed):
    _, pages = completed
    listed = set(re.findall(ENTRY, pages["index"], re.MULTILINE))
    assert set(pages) - {"index"} <= listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_and_pictures_of_a_page_lead_somewhere(page, completed):
    folder, pages = completed
    for address in LINK.findall(pages[page.stem]):
        assert (folder / address).is_file(), address
    for address in PICTURE.findall(pages[page.stem]):
        assert (folder / address).is_file() or (DOCS / address).is_file(), address


def test_every_module_is_in_the_reference_once(conf, tmp_path):
    (tmp_path / "architecture.md").write_text((DOCS / "architecture.md").read_text())
    conf["write_reference"](SimpleNamespace(srcdir=str(tmp_path)))
    written = "".join(
        page.read_text() for page in (tmp_path / "generated" / "floors").iterdir()
    )
    named = re.findall(r"module:: symflow\.(\w+)", written)
    assert sorted(named) == sorted(floors())


def test_what_the_site_imports_needs_no_extra_but_its_own(conf):
    """`make docs` installs no lab, so what imports one by name is only quoted."""
    package = DOCS.parent / "symflow"
    lab = {p.stem for p in package.glob("*.py") if "import marimo" in p.read_text()}
    assert lab == conf["NOT_IMPORTED"]
    (directive, _, words) = conf["described"]("lab_page")
    assert directive == ".. py:module:: symflow.lab_page"
    assert words


def test_a_sound_site_has_no_problem(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#end">b</a>')
    (tmp_path / "b.html").write_text('<p id="end"><a href="a.html">a</a></p>')
    assert not list(problems(tmp_path))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<a href="c.html">c</a>', "leads nowhere"),
        ('<img src="none.png">', "leads nowhere"),
        ('<a href="#nothing">c</a>', "no such place"),
        ('<script src="https://example.org/a.js"></script>', "from elsewhere"),
    ],
)
def test_each_fault_is_seen(text, problem, tmp_path):
    (tmp_path / "a.html").write_text(text)
    (found,) = problems(tmp_path)
    assert problem in found


def test_an_empty_site_is_a_problem(tmp_path, capsys):
    assert main(tmp_path) == 1
    assert "no page" in capsys.readouterr().out


def test_formulas_are_counted(tmp_path):
    page = tmp_path / "a.html"
    page.write_text('<span class="math notranslate">x</span><div class="math">y</div>')
    assert Page(page).formulas == 2
