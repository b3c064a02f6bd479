r"""Dynkin diagrams: discs, lines and signs as the type has them."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from symflow.dynkin_diagrams import draw_dynkin_diagram
from symflow.errors import UnsupportedError
from symflow.figures import panels
from symflow.root_systems import RootSystem
from tests import matrix_algebras as ma

TYPES = ["A1", "A5", "B3 + G2", "C4", "D4", "D7", "E6", "E8", "F4", "A2+C4+D4+E6"]


@pytest.mark.parametrize("name", TYPES)
def test_discs_lines_and_signs(name):
    system = RootSystem(name)
    ax = draw_dynkin_diagram(name)
    assert len(ax.patches) == system.rank
    filled = [disc.get_facecolor()[:3] != (1, 1, 1) for disc in ax.patches]
    assert filled == [length < 2 for length in system.squared_lengths]
    signs = sum(bond.lines > 1 for bond in system.bonds)
    assert len(ax.lines) == sum(bond.lines for bond in system.bonds) + signs


@pytest.mark.parametrize("name", TYPES)
def test_no_label_touches_another_or_a_disc(name):
    ax = draw_dynkin_diagram(name)
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    ax.figure.draw(renderer)
    things = [*ax.texts, *ax.patches]
    boxes = [thing.get_window_extent(renderer) for thing in things]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


@pytest.mark.parametrize(("name", "side"), [("B2", 1), ("C2", -1), ("G2", -1)])
def test_the_sign_is_open_to_the_long_root(name, side):
    x, _ = draw_dynkin_diagram(name).lines[-1].get_data()
    assert side * (x[1] - x[0]) > 0
    assert x[0] == x[2]


def test_an_algebra_is_drawn_as_its_type_where_it_is_told():
    _, (ax,) = panels(1)
    assert draw_dynkin_diagram(ma.sp(6), ax) is ax
    assert len(ax.patches) == 3
    with pytest.raises(UnsupportedError, match="semisimple"):
        draw_dynkin_diagram(ma.bargmann(2))
