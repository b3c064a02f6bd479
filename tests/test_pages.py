"""Pages: one file, closed to the outside, and readable without eyes or colours."""

import base64
import io
import re
from html.parser import HTMLParser

import matplotlib.image
import pytest

from symflow.claims import Standing
from symflow.figures import panels
from symflow.pages import Code, Formula, Picture, Section, Table, page

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
# The only elements that a page may have.
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "footer",
    ),
    *("h1", "h2", "p", "ol", "li", "a", "section", "div", "table", "caption", "thead"),
    *("tbody", "tr", "th", "td", "figure", "img", "figcaption", "pre", "code", "span"),
    *("i", "sub", "sup"),
}


class Document(HTMLParser):
    """The elements of a page with their attributes, and a check that they nest."""

    VOID = ("meta", "img", "!doctype")

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def picture(alt="A line.", caption="A caption."):
    figure, (ax,) = panels(1, width=2, height=1.5)
    ax.plot([0, 1])
    return Picture(figure, caption, alt)


def full(text="words"):
    """A page with the text in every place that takes one."""
    table = Table(text, (text, "standing"), [(text,), (text, Standing.PROVED)])
    numbers = Table(text, (text, text), [(Formula(text), Code(text))], numeric=True)
    inline = (text, Formula(text), Formula(text, frozenset({"x"})), Code(text))
    section = Section(
        text, [text, inline, Code(text)], [table, numbers], [picture(text, text)]
    )
    return page(text, [section, Section(text)], summary=text)


def test_nothing_gets_out_of_its_place():
    attacked, plain = Document(full(ATTACK)), Document(full())
    assert {tag for tag, _ in attacked.elements} <= ELEMENTS
    assert len(attacked.all("img")) == len(plain.all("img")) == 1
    handlers = {name for _, attributes in attacked.elements for name in attributes}
    assert not [name for name in handlers if name.startswith("on")]
    assert "".join(attacked.words).count("<script>") >= 10  # shown, not run


def test_nothing_is_loaded_and_nothing_may_run():
    text = full("https://example.org/a.js")
    document = Document(text)
    assert all(
        a["src"].startswith("data:image/png;base64,") for a in document.all("img")
    )
    assert all(a["href"].startswith("#") for a in document.all("a"))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not re.search(r"url\(|@import|@font-face|https?:", style)
    (policy,) = [m["content"] for m in document.all("meta") if "http-equiv" in m]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_pictures_travel_inside_the_page():
    (image,) = Document(full()).all("img")
    data = base64.b64decode(image["src"].partition(",")[2])
    height, width, _ = matplotlib.image.imread(io.BytesIO(data)).shape
    assert (width, height) == (400, 300)
    assert (image["width"], image["height"]) == ("192", "144")
    assert image["alt"] == "words"


def test_headings_captions_and_links_are_there_for_those_who_hear_the_page():
    document = Document(full())
    assert document.all("html")[0]["lang"] == "en-GB"
    assert len(document.all("h1")) == 1
    marks = [attributes["id"] for attributes in document.all("h2")]
    assert [a["href"] for a in document.all("a")] == [f"#{mark}" for mark in marks]
    assert [s["aria-labelledby"] for s in document.all("section")] == marks
    assert len(document.all("caption")) == len(document.all("table")) == 2
    assert all("scope" in attributes for attributes in document.all("th"))


@pytest.mark.parametrize("standing", Standing)
def test_a_standing_is_a_word_and_a_sign_beside_its_colour(standing):
    text = page("t", [Section("s", [(standing, "")])])
    words = "".join(Document(text).words)
    sign = dict(zip(Standing, "✓∴≈?", strict=True))[standing]
    assert f"{sign} {standing.value}" in words
    assert f".{standing.value.replace(' ', '-')} {{" in text


def luminance(colour):
    values = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values
    ]
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_that_wcag_asks_for(scheme):
    block = re.findall(r":root \{(.*?)\}", page("t", []), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    pairs = [(name, "paper") for name in ("ink", "soft", "link")]
    pairs += [
        (name, f"{name}-tint")
        for name in ("proved", "construction", "measured", "unknown")
    ]
    for text, ground in pairs:
        light, dark = sorted(map(luminance, (colours[text], colours[ground])))[::-1]
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_a_row_of_one_cell_heads_those_below_it():
    table = Table("c", ("a", "b", "c"), [("group",), ("1", "2", "3")])
    heads = Document(page("t", [Section("s", tables=[table])])).all("th")
    assert heads[3]["colspan"] == "3"
    assert heads[4]["scope"] == "row"


def test_only_short_formulas_stay_on_one_line():
    short, long = Formula("x**2 + y**2"), Formula(" + ".join(["x**2"] * 9))
    text = page("t", [Section("s", [short, long])])
    assert text.count('<span class="short">') == 1
