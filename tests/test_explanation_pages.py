"""Explanation pages: the same lines in every dress, and nothing read as markup."""

import re

import pytest
from sympy import symbols

from symflow.claims import Claim, Standing
from symflow.derivations import Derivation, Rule, Step
from symflow.explanation_pages import (
    html_body,
    html_page,
    latex_text,
    markdown_text,
    plain_text,
)

a, b, c = symbols("a b c")
LINES = [
    Step(a, b, Rule.LINEARITY),
    Step(b, c, Rule.LEIBNIZ, Standing.MEASURED),
    Claim("said", "a_1 * b_2 is *one*", Standing.NOT_KNOWN, "by <nobody>"),
]
DERIVATIONS = [Derivation("First & last", LINES)]


def test_text_lines_up_a_chain():
    first, second = plain_text("Title", DERIVATIONS).splitlines()[4:6]
    assert first.index("=") == second.index("=")
    assert first.index("linearity") == second.index("Leibniz rule")
    assert second.strip().startswith("= c")


def test_every_dress_has_every_line_and_standing():
    for dressed in (
        plain_text("T", DERIVATIONS),
        markdown_text("T", DERIVATIONS),
        html_page("T", DERIVATIONS),
    ):
        for word in ("linearity", "Leibniz rule", "proved", "measured", "not known"):
            assert word in dressed


def test_markdown_escapes_what_it_would_read_as_emphasis():
    text = markdown_text("T", DERIVATIONS)
    assert r"a\_1 \* b\_2 is \*one\*" in text
    assert r"by \<nobody\>" in text


def test_latex_holds_equations_only():
    text = latex_text(DERIVATIONS)
    assert text.count("&=") == 2
    assert "nobody" not in text


def test_html_is_escaped_and_aligned():
    body = html_body(DERIVATIONS)
    assert "First &amp; last" in body
    assert "&lt;nobody&gt;" in body
    assert body.count("<mphantom>") == 1
    assert len(re.findall("<tr>", body)) == 1 + len(LINES)


@pytest.mark.parametrize("standing", list(Standing))
def test_each_standing_has_its_word_and_sign(standing):
    body = html_body([Derivation("", [Step(a, a, Rule.RESULT, standing)])])
    assert f"standing {standing.value.replace(' ', '-')}" in body
    assert re.search(rf"[✓∴≈?] {standing.value}<", body)
