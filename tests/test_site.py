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
LINK = re.compile(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def conf():
    return runpy.run_path(str(DOCS / "conf.py"))


def completed(conf, name):
    """A page as Sphinx is given it."""
    source = [(DOCS / f"{name}.md").read_text()]
    conf["complete_page"](SimpleNamespace(srcdir=str(DOCS)), name, source)
    return source[0]


def test_every_page_is_in_the_table_of_contents(conf):
    listed = set(re.findall(r"^[a-z_/]+$", completed(conf, "index"), re.MULTILINE))
    assert {page.stem for page in PAGES} - {"index"} <= listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page, conf):
    for address in LINK.findall(completed(conf, page.stem)):
        assert (DOCS / address).is_file(), address


def test_every_module_is_in_the_reference_once(conf, tmp_path):
    (tmp_path / "architecture.md").write_text((DOCS / "architecture.md").read_text())
    conf["write_reference"](SimpleNamespace(srcdir=str(tmp_path)))
    written = "".join(
        page.read_text() for page in (tmp_path / "generated" / "floors").iterdir()
    )
    named = re.findall(r"automodule:: symflow\.(\w+)", written)
    assert sorted(named) == sorted(floors())


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
