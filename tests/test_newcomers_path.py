"""The path of a newcomer, as far as it takes no installation.

`python tests/newcomers_path.py` walks all of it from an empty clone.
"""

import re
from pathlib import Path

import pytest

from symflow.command_line import app

from .newcomers_path import COMMANDS, SPEC

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
TOLD = r"`(make|symflow) ([a-z-]+)[^`]*`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_tells_exists(page):
    commands = {name for name in app if not name.startswith("-")}
    for kind, name in re.findall(TOLD, page.read_text(encoding="utf-8")):
        assert name in (TARGETS if kind == "make" else commands), f"{kind} {name}"


def test_every_target_is_told_by_help():
    described = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    assert described == TARGETS


def test_the_path_begins_with_what_is_there():
    assert (ROOT / SPEC).is_file()
    assert {c.split()[1] for c in COMMANDS if c.startswith("make")} <= TARGETS


def test_every_pin_of_an_extra_holds():
    """What `make docs` installs beside the package is pinned like all the rest."""
    setup = (ROOT / "setup.cfg").read_text()
    pinned = (ROOT / "constraints.txt").read_text().lower().replace("_", "-")
    (extra,) = re.findall(r"^docs =\n((?:    .+\n)+)", setup, re.MULTILINE)
    names = re.findall(r"^    ([A-Za-z][\w.-]*)", extra, re.MULTILINE)
    assert names
    for name in names:
        assert f"\n{name.lower().replace('_', '-')}==" in pinned, name
