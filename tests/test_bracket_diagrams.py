r"""Bracket diagrams: an arrow for every edge, in the colour of where it comes from."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch

from symflow.bracket_diagrams import draw_bracket_graph
from symflow.figures import panels
from symflow.graphs import bracket_graph
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma

SL2 = AbstractLieAlgebra(
    "HEF", {("H", "E"): {"E": 2}, ("H", "F"): {"F": -2}, ("E", "F"): {"H": 1}}
)
ALGEBRAS = {
    "so(3)": ma.so(3),
    "sl(2)": SL2,
    "sl(3)": ma.sl(3),
    "Bargmann": ma.bargmann(3),
    "abelian": AbstractLieAlgebra("ab", {}),
    "one": AbstractLieAlgebra("a", {}),
    "zero": AbstractLieAlgebra([], {}),
}


def parts(ax, kind):
    return [patch for patch in ax.patches if isinstance(patch, kind)]


@pytest.mark.parametrize("name", ALGEBRAS)
def test_a_disc_for_every_element_and_an_arrow_for_every_edge(name):
    algebra = ALGEBRAS[name]
    ax = draw_bracket_graph(algebra)
    discs, arrows = parts(ax, Circle), parts(ax, FancyArrowPatch)
    graph = bracket_graph(algebra)
    assert len(discs) == algebra.dimension
    shades = [to_hex(disc.get_edgecolor()) for disc in discs]
    origins = [shades[algebra.names.index(left)] for left, _ in graph.edges]
    assert [to_hex(arrow.get_edgecolor()) for arrow in arrows] == origins


@pytest.mark.parametrize("name", ALGEBRAS)
def test_discs_do_not_overlap_and_hold_their_names(name):
    ax = draw_bracket_graph(ALGEBRAS[name])
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    ax.figure.draw(renderer)
    discs = [disc.get_window_extent(renderer) for disc in parts(ax, Circle)]
    assert not any(a.overlaps(b) for a, b in combinations(discs, 2))
    for disc, text in zip(discs, ax.texts, strict=False):
        box = text.get_window_extent(renderer)
        assert disc.x0 < box.x0 < box.x1 < disc.x1


def test_the_labels_are_the_partners_with_their_coefficients():
    texts = [text.get_text() for text in draw_bracket_graph(SL2).texts[3:]]
    assert sorted(texts) == sorted(
        [r"$2\, E$", r"$-2\, H$", r"$-2\, F$", r"$2\, H$", "$F$", "$-E$"]
    )


def test_colours_tell_the_centre_from_the_rest():
    ax = draw_bracket_graph(ma.bargmann(3))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["Levi factor", "nilradical", "centre"]
    assert draw_bracket_graph(ma.so(3)).get_legend() is None


def test_a_basis_across_the_levi_factor_and_the_radical_is_said_to_be():
    sum_ = ma.direct_sum(ma.so(3), AbstractLieAlgebra("T", {}))
    first = [1, 0, 0, 1]
    mixed = sum_.basis_change([first, [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    legend = [t.get_text() for t in draw_bracket_graph(mixed).get_legend().get_texts()]
    assert legend == ["Levi factor", "centre", "none of these"]


def test_no_name_breaks_the_picture():
    algebra = AbstractLieAlgebra(["$", "&\\"], {("$", "&\\"): {"$": 1}})
    ax = draw_bracket_graph(algebra)
    ax.figure.draw(FigureCanvasAgg(ax.figure).get_renderer())


def test_it_draws_where_it_is_told():
    _, (left, right) = panels(2)
    assert draw_bracket_graph(SL2, left) is left
    assert not right.patches
