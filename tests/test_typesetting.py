"""Typesetting: expressions become mathematics, and no text can break out of it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from symflow.typesetting import html, mathtext, plain

# Pieces from which hostile and honest texts alike are made.
HONEST = ["x", "p_x", "Lx", "pi", "é", "**", "sqrt", "(", ")", "2", "1e-05", "-", "*"]
HOSTILE = ["{", "}", "$", "\\", "<", ">", "&", '"', "'", "^", "_", "%", "#", "<script>"]
PIECES = st.sampled_from(HONEST + HOSTILE)
TEXTS = (
    st.lists(PIECES, max_size=9).map(" ".join)
    | st.lists(PIECES, max_size=9).map("".join)
    | st.text(max_size=9)
)


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2 + y**2", "$x^{2} + y^{2}$"),
        ("x**(1/2)", "$x^{1/2}$"),
        ("sqrt(2*x)*y", r"$\sqrt{2\, x}\, y$"),
        ("q_1_x", "$q_{1,x}$"),
        ("Lx", "$L_{x}$"),
        ("{Lx,Ly}", r"$\{L_{x},L_{y}\}$"),
        ("kinetic", r"$\mathrm{kinetic}$"),
        ("omega**2", "$ω^{2}$"),
        ("", ""),
        ("x**2**3", "$x^{2}{}^{3}$"),
        ("2.5e-07", "$2.5\u202f×\u202f{10^{−7}}$"),
    ],
)
def test_expressions_for_pictures(text, expected):
    assert mathtext(text) == expected


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("x - y", None, "<i>x</i> − <i>y</i>"),
        ("a 64-sample bound of -3", {"x"}, "a 64-sample bound of −3"),
        ("B S^-1", {"B", "S"}, "<i>B</i> <i>S</i><sup>−1</sup>"),
        ("below 1e-05", set(), "below 10<sup>−5</sup>"),
        ("sqrt(x)", None, '√<span class="root"><i>x</i></span>'),
        ("x < y & z", {"x"}, "<i>x</i> &lt; y &amp; z"),
    ],
)
def test_expressions_for_pages(text, names, expected):
    assert html(text, names) == expected


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_no_text_breaks_a_label(text):
    parser = MathTextParser("path")
    parser.parse(mathtext(text))
    parser.parse(f"{plain(text)} {mathtext(text)}")


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans())
def test_no_text_brings_a_tag_of_its_own(text, sentence):
    found = Tags(html(text, {"x", "p_x"} if sentence else None))
    assert set(found.tags) <= {"i", "sub", "sup", "span"}
    assert set(found.attributes) <= {("class", "root")}
