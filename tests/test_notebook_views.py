"""Notebook views: every public object shows itself, closed against what names hold."""

import inspect
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from sympy import Symbol

import symflow as sf
from symflow.certificate import certificate
from symflow.fibre_volumes import fibre_volume
from symflow.finite_invariants import finite_invariants
from symflow.notebook_views import NotebookView, html_rows

from .systems import SO2, SO3, U2

# A word, which a notebook shows as the text that it is.
WORDS = {sf.Standing}
VOID = {"br", "img", "hr"}
CLASSES = sorted(
    (
        value
        for name in sf.__all__
        if inspect.isclass(value := getattr(sf, name)) and value not in WORDS
    ),
    key=lambda kind: kind.__name__,
)


class Balanced(HTMLParser):
    """Opened and closed elements; what would load or run something."""

    def __init__(self, text):
        super().__init__()
        self.open, self.sources, self.tags, self.text = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.sources += [value for key, value in attributes if key in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_class_has_a_view(kind):
    assert hasattr(kind, "_repr_latex_") or hasattr(kind, "_repr_html_")


def shown():
    """One object of each kind that is built in a line."""
    so2, so3 = SO2.algebra, SO3.algebra
    inv, space = sf.invariants(so2), sf.PhaseSpace("x y")
    pieces = sf.split(inv)
    model = sf.HamiltonianFlow(inv, blocks=1, width=4)
    mirror = sf.FiniteGroup(space, {"s": {"x": "-x"}})
    body = sf.PoissonSpace("l1 l2 l3", {("l1", "l2"): "l3"})
    yield from (so2, inv, space, *pieces, model, mirror, body, so2.identify())
    yield from (sf.LinearAction(U2.algebra), fibre_volume(so3), sf.RootSystem("B2+G2"))
    yield from (sf.MolienSeries.of(mirror), finite_invariants(mirror), sf.Rings())
    yield from (certificate(inv, pieces), certificate(inv).claims[0], model.base)
    yield from (sf.Leapfrog(4), sf.Tao(4), sf.Geco(), sf.ConstrainedFlow(model, so2))
    yield from (sf.orbits(space, ["x*p_y"]), sf.textbook_form("x**2 + y**2", space))
    yield from (
        sf.compile([space.q[0]], space.z),
        sf.symmetric_functions(space, 1, degree=2),
    )
    yield sf.History.from_rows([(10, 0, -3.0, -2.5, 0.1, 1.0, 0.2)], "done")
    yield sf.explain(so2, "result")


def faults(thing):
    """What is wrong with the view of one object."""
    if not hasattr(thing, "_repr_html_"):
        text = thing._repr_latex_()
        yield "no LaTeX", not (text.startswith("$") and text.endswith("$"))
        yield "brackets", text.count(r"\left") != text.count(r"\right")
        yield "environments", text.count(r"\begin{") != text.count(r"\end{")
        return
    page = Balanced(thing._repr_html_())
    yield "left open", page.open
    yield "loads", page.sources
    yield "runs", "script" in page.tags
    yield "an address in memory", " object at 0x" in page.text


def test_views_are_closed_and_load_nothing():
    seen = set()
    for thing in shown():
        seen.add(type(thing))
        found = [fault for fault, is_so in faults(thing) if is_so]
        assert not found, f"{type(thing).__name__}: {found}"
    assert len(seen) > 25


def test_a_model_says_what_it_is_built_on():
    model = sf.HamiltonianFlow(sf.invariants(SO2.algebra), blocks=1, width=4)
    page = Balanced(model._repr_html_())
    weights = sum(w.numel() for w in model.parameters())
    assert "math" in page.tags
    for word in ("so(2)", "by construction", str(weights)):
        assert word in page.text


@pytest.mark.parametrize("value", ["<script>x</script>", Symbol("<script>x</script>")])
def test_no_value_breaks_out(value):
    page = Balanced(html_rows("<b", "<i>", [("<u>", value)]))
    assert not {"script", "i", "u"} & set(page.tags)


def test_long_collections_and_texts_are_cut_and_say_so():
    page = Balanced(html_rows("t", "", [("many", tuple(range(100))), ("t", "x" * 999)]))
    assert "and 92 more" in page.text
    assert "x..." in page.text
    assert len(page.text) < 400


def test_arrays_are_told_by_their_shape():
    page = Balanced(
        html_rows("t", "", [("a", np.zeros((2, 3))), ("b", torch.zeros(4))])
    )
    assert "float64, shape (2, 3)" in page.text
    assert "torch.float32, shape (4,)" in page.text


def test_only_what_the_object_kept_is_shown():
    class Two(NotebookView):
        """Keeps one of two."""

        def __init__(self, kept, lost):
            self.kept = kept

    page = Balanced(Two(1, 2)._repr_html_())
    assert "kept" in page.text
    assert "lost" not in page.text
