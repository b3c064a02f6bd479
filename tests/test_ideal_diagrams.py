r"""Ideal diagrams: every ideal is a box, every line goes up, and nothing overlaps."""

from itertools import combinations, pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from symflow.figures import panels
from symflow.graphs import ideal_lattice
from symflow.ideal_diagrams import draw_ideal_lattice
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma

ALGEBRAS = {
    "Bargmann": ma.bargmann(3),
    "sum": ma.direct_sum(ma.so(3), ma.sl(2), ma.semidirect([ma.TURN], 2)),
    "so(4)": ma.so(4),
    "zero": AbstractLieAlgebra([], {}),
}


def boxes(ax):
    figure = ax.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    return [text.get_bbox_patch().get_window_extent(renderer) for text in ax.texts]


@pytest.mark.parametrize("name", ALGEBRAS)
def test_every_ideal_has_a_box_and_no_two_overlap(name):
    ax = draw_ideal_lattice(ALGEBRAS[name])
    found = boxes(ax)
    assert len(found) == len(ideal_lattice(ALGEBRAS[name]))
    assert not any(a.overlaps(b) for a, b in combinations(found, 2))


@pytest.mark.parametrize("name", ALGEBRAS)
def test_lines_go_up_and_pass_no_box_on_the_way(name):
    ax = draw_ideal_lattice(ALGEBRAS[name])
    found = boxes(ax)
    assert len(ax.lines) == ideal_lattice(ALGEBRAS[name]).number_of_edges()
    for line in ax.lines:
        corners = line.get_xydata()
        assert all(low[1] + 1 == high[1] for low, high in pairwise(corners))
        inner = ax.transData.transform(corners[1:-1])
        assert not any(box.contains(*point) for box in found for point in inner)


def test_heights_are_dimensions():
    ax = draw_ideal_lattice(ALGEBRAS["Bargmann"])
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["0", "1", "4", "7", "8", "10", "11"]


def test_it_draws_where_it_is_told_and_shrinks_to_fit():
    _, (left, right) = panels(2, width=1.5)
    assert draw_ideal_lattice(ALGEBRAS["sum"], right) is right
    assert not left.texts
    assert right.texts[0].get_fontsize() < 11


def test_an_ideal_without_a_name_is_shown_as_it_was_made():
    texts = [text.get_text() for text in draw_ideal_lattice(ma.bargmann(3)).texts]
    assert r"$[\mathfrak{g}, \mathfrak{r}]$" in texts
    assert "centre $\\mathfrak{z}$" in texts


def test_a_summand_is_shown_by_its_first_name():
    scaled = AbstractLieAlgebra("HEF", {("H", "E"): {"E": 1}, ("H", "F"): {"F": 3}})
    ax = draw_ideal_lattice(ma.direct_sum(ma.so(3), scaled))
    texts = " ".join(text.get_text() for text in ax.texts)
    assert scaled.identify().name == "A3,5^a, a = 1/3"
    assert "A_{3,5}^{a}$" in texts
    assert "1/3" not in texts
