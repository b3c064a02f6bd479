"""The lab in a real browser: typed into, moved, broken, and read.

Run it as ``make lab-test``. It needs Chromium and the extra ``lab``, and says so where one is
missing. With LAB_PICTURES set to a folder, what was seen is left there.
"""

import json
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser import Browser, chromium

pytestmark = [
    pytest.mark.skipif(find_spec("marimo") is None, reason="marimo is not installed"),
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
]

# The same field stands in the sidebar and in its narrow twin; the visible one is meant.
SEEN = "deep('{}').filter(e => e.checkVisibility() && e.getBoundingClientRect().x >= 0)"
GENERATORS = SEEN.format("textarea") + "[0]"
HAMILTONIAN = SEEN.format("textarea") + "[1]"
MOTION = "deep('#motion img')[0].src"
TWO = "A = y*p_z - z*p_y\nB = z*p_x - x*p_z"


def text(place):
    """JavaScript for the words in a part of the page, formulas in LaTeX."""
    return f"""[...deep('{place}')].map(function words(e) {{
        if (e.localName == 'marimo-tex') return e.textContent;
        if (e.nodeType == 3) return e.textContent;
        return [...e.childNodes].map(words).join(' ');
    }}).join(' ')"""


def answers(address):
    """Whether a server is there."""
    try:
        with urlopen(address):  # noqa: S310
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def address():
    """A lab on a free port, with what it prints."""
    words = [sys.executable, "-m", "symflow.lab", "--no-browser", "--port", "2731"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603
        line = next(line for line in served.stdout if "http" in line)
        found = re.search(r"http\S+", line)[0]
        until = time.monotonic() + 60
        while not answers(found) and time.monotonic() < until:
            time.sleep(0.2)
        yield found
        served.terminate()


@pytest.fixture(scope="module")
def page(address):
    with Browser(1600, 1900) as browser:
        browser.open(address)
        browser.wait("deep('#home').length && deep('#motion img').length", 120)
        yield browser


@pytest.fixture
def look(page):
    """Leaves a picture of the page, if a folder for them is named."""
    folder = os.environ.get("LAB_PICTURES")
    return lambda name: folder and page.picture(Path(folder) / f"{name}.png")


def test_it_is_on_loopback_and_shut_without_the_token(address):
    assert re.match(r"http://127\.0\.0\.1:\d+/\?access_token=\S{20,}$", address)
    with urlopen(address.partition("?")[0]) as answer:  # noqa: S310
        assert "password" in answer.read().decode()


def test_two_rotations_are_typed_and_the_third_is_read(page, look):
    page.type(GENERATORS, TWO)
    third = page.wait(f"({text('#symmetry')}).match(/A, B.*?added/)?.[0]")
    assert "x" in third
    board = page.run(text("#symmetry"))
    assert r"\mathfrak{so}(3)" in board
    assert "x^{2} + y^{2} + z^{2}" in board
    look("third")


def test_a_slider_moves_the_picture(page, look):
    before = page.run(MOTION)
    assert "conserved" in page.run(text("#motion"))
    assert "broken" not in page.run(text("#motion"))
    page.run(SEEN.format("[role=slider]") + "[1].focus()")
    page.press("ArrowRight", 39, times=6)
    page.wait(f"({text('#motion')}).includes('broken by')")
    page.wait(f"{MOTION} != {json.dumps(before)}")
    look("slider")


def test_a_wrong_generator_is_answered_with_a_sentence(page, look):
    page.type(GENERATORS, "A = y*p_z - z*p_w")
    message = page.wait("deep('#symmetry .fault')[0]?.textContent")
    assert "Argument `generators['A']` must hold declared names only" in message
    assert "p_w" in message
    assert "Traceback" not in page.run("document.body.innerText")
    look("wrong")
    page.type(GENERATORS, "A = <img src=x onerror=alert(1)>")
    page.wait("deep('#symmetry .fault')[0]?.textContent.includes('`<` at column 1')")
    assert page.run("deep('img[src=x]').length") == 0
    page.type(GENERATORS, TWO)
    page.wait(f"({text('#symmetry')}).includes('mathfrak')")


def test_a_ring_is_learned_in_front_of_the_class(page, look):
    pytest.importorskip("torch")
    switch = "deep('[role=switch]')[1]"
    page.run(f"{switch}.click()")
    first = page.wait("deep('#learned img')[0]?.src", 120)
    page.wait(f"deep('#learned img')[0].src != {json.dumps(first)}", 120)
    look("training")
    page.run(f"{switch}.click()")


def test_what_was_seen_is_taken_home(page, tmp_path):
    page.send(
        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path)
    )
    begins = {"notebook": '{\n "cells"', "LaTeX": "\\documentclass", "picture": "<?xml"}
    files = {"notebook": "lab.ipynb", "LaTeX": "lab.tex", "picture": "lab.svg"}
    for words, name in files.items():
        button = f"deep('button, a').find(e => e.innerText.trim() == '{words}')"
        page.run(f"{button}.click()")
        until = time.monotonic() + 60
        while not (tmp_path / name).exists() and time.monotonic() < until:
            time.sleep(0.2)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(begins[words])
    assert "y*p_z - z*p_y" in (tmp_path / "lab.ipynb").read_text(encoding="utf-8")


def test_nothing_is_asked_of_another_host_and_nothing_is_complained_of(page):
    assert page.hosts == {"127.0.0.1"}
    assert page.complaints == []
