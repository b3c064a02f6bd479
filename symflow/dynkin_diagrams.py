r"""Dynkin diagram: the simple roots and their bonds, as a picture.

Takes an algebra or a Cartan type, draws on the ``ax`` it is given (or on a new one of the
size that it needs), and gives that ``ax`` back.

.. math:: \text{lines between } i \text{ and } j = A_{ij} A_{ji}
"""

from __future__ import annotations

from math import hypot
from typing import Any

import networkx as nx
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from symflow.figures import INK, blank_plane, colour, panels, styled
from symflow.graphs import dynkin_diagram
from symflow.root_systems import RootSystem
from symflow.structure import AbstractLieAlgebra

__all__ = ["draw_dynkin_diagram"]

_Point = tuple[float, float]

# The longest row of components, in bonds.
_ROW = 9.0
# From one row to the next, so that the tail of an E and the fork of a D have room.
_NEXT_ROW = 2.9


@styled
def draw_dynkin_diagram(
    of: AbstractLieAlgebra | RootSystem | str, ax: Axes | None = None
) -> Axes:
    r"""The Dynkin diagram of a semisimple algebra or of a Cartan type.

    .. math:: \text{lines} = A_{ij} A_{ji}

    Where roots have two lengths the short ones are filled, and the sign on the lines opens
    to the long root, as "greater than" does. Simple roots are numbered as Bourbaki does.

    Arguments:
        of: An algebra, a root system or a Cartan type such as ``"B3 + G2"``.
        ax: Where to draw; a new one if not given.

    Returns:
        The axes.

    Raises:
        ArgumentError: If a text is no Cartan type.
        UnsupportedError: If an algebra is not semisimple or its type is not known.

    Example:
        >>> ax = draw_dynkin_diagram("F4")
        >>> [circle.get_facecolor()[:3] == (1, 1, 1) for circle in ax.patches]
        [True, True, False, False]
    """
    graph = dynkin_diagram(of)
    places = _dynkin_places(graph)
    x, y = ([place[i] for place in places.values()] for i in (0, 1))
    left, right, low, high = min(x) - 0.7, max(x) + 0.7, min(y) - 0.7, max(y) + 1.0
    if ax is None:
        width, height = 0.8 * (right - left), 0.8 * (high - low)
        ax = panels(1, width=max(width, 1.6), height=height)[1][0]
    blank_plane(ax, (left, right), (low, high))
    for i, j, data in graph.edges(data=True):
        long, short = data["arrow"] or (i, j)
        _bond(ax, places[long], places[short], data["lines"])
    for number, data in graph.nodes.items():
        face = colour(0) if data["squared_length"] < 2 else "white"
        ax.add_patch(Circle(places[number], 0.13, fc=face, ec=INK, lw=1.4, zorder=3))
        _symbol(ax, places[number], rf"$\alpha_{{{number}}}$", _is_fork(graph, number))
    for component in _components(graph):
        middle = sum(places[k][0] for k in component) / len(component)
        name = f"${graph.nodes[component[0]]['series']}_{{{len(component)}}}$"
        top = max(places[k][1] for k in component) + 0.65
        ax.text(middle, top, name, fontsize=13, color=INK, ha="center", va="center")
    return ax


def _components(graph: nx.Graph) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for number, component in graph.nodes(data="component"):
        found.setdefault(component, []).append(number)
    return list(found.values())


def _dynkin_places(graph: nx.Graph) -> dict[int, _Point]:
    """Each component a chain to the right; what does not fit in a row begins another."""
    places: dict[int, _Point] = {}
    x, y = 0.0, 0.0
    for component in _components(graph):
        shape = _shape(graph.nodes[component[0]]["series"], len(component))
        width = max(across for across, _ in shape)
        if x and x + width > _ROW:
            x, y = 0.0, y - _NEXT_ROW
        for number, (across, up) in zip(component, shape, strict=True):
            places[number] = (x + across, y + up)
        x += width + 1.4
    return places


def _shape(series: str, rank: int) -> list[_Point]:
    """The places of the simple roots of one component."""
    if series == "E":
        return [(0, 0), (2, 1), *((float(k), 0) for k in range(1, rank - 1))]
    if series == "D":
        end = rank - 3
        chain = [(float(k), 0.0) for k in range(rank - 2)]
        return [*chain, (end + 0.8, 0.6), (end + 0.8, -0.6)]
    return [(float(k), 0.0) for k in range(rank)]


def _bond(ax: Axes, long: _Point, short: _Point, lines: int) -> None:
    """Parallel lines, and the sign that is open to the long root."""
    (a, b), (c, d) = long, short
    length = hypot(c - a, d - b)
    along = ((c - a) / length, (d - b) / length)
    across = (-along[1], along[0])
    look: dict[str, Any] = {
        "color": INK,
        "linewidth": 1.4,
        "zorder": 1,
        "solid_capstyle": "butt",
    }
    for k in range(lines):
        shift = 0.13 * (k - (lines - 1) / 2) * (0.85 if lines == 2 else 0.7)
        x, y = shift * across[0], shift * across[1]
        ax.plot([a + x, c + x], [b + y, d + y], **look)
    if lines > 1:
        x, y = (a + c) / 2 + 0.07 * along[0], (b + d) / 2 + 0.07 * along[1]
        ends = [(x - 0.14 * along[0], y + s * 0.16) for s in (1, 0, -1)]
        ends[1] = (x, y)
        ax.plot(*zip(*ends, strict=True), **{**look, "zorder": 2})


def _symbol(ax: Axes, place: _Point, text: str, beside: bool) -> None:
    """The name of a root, under its disc or to the right of it."""
    x, y = (place[0] + 0.22, place[1]) if beside else (place[0], place[1] - 0.38)
    side = "left" if beside else "center"
    ax.text(x, y, text, fontsize=12, color=INK, ha=side, va="center")


def _is_fork(graph: nx.Graph, number: int) -> bool:
    """Whether a root hangs at a fork, off the chain."""
    series = graph.nodes[number]["series"]
    own = [k for c in _components(graph) if number in c for k in c]
    place, rank = own.index(number) + 1, len(own)
    return (series == "E" and place == 2) or (series == "D" and place > rank - 2)
