r"""Bracket diagram: who generates whom, on a circle.

Takes an algebra, draws on the ``ax`` it is given (or on a new one), and gives that ``ax``
back.

.. math:: g_i \to g_k \quad \text{where} \quad [g_i, g_j] = \dots + c_{ij}^k g_k
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.path import Path

from symflow.figures import (
    INK,
    blank_plane,
    colour,
    panels,
    points_per_unit,
    styled,
    text_size,
)
from symflow.graphs import bracket_graph
from symflow.notation import vector_text
from symflow.structure import AbstractLieAlgebra
from symflow.typesetting import mathtext, plain

__all__ = ["draw_bracket_graph"]

_Point = tuple[float, float]

# With more arrows than this the partners are left to the bracket table.
_LABELLED = 14


@styled
def draw_bracket_graph(algebra: AbstractLieAlgebra, ax: Axes | None = None) -> Axes:
    r"""Who generates whom, on a circle.

    .. math:: g_i \to g_k \quad \text{where} \quad [g_i, g_j] = \dots + c_{ij}^k g_k

    The colour of an element says where it lies: in the centre, else in the nilradical,
    the radical or the Levi factor. An arrow has the colour of the element that it leaves.
    Where there is room, it carries the partner times the coefficient.

    Arguments:
        algebra: The algebra.
        ax: Where to draw; a new one if not given.

    Returns:
        The axes.

    Example:
        >>> so3 = AbstractLieAlgebra(
        ...     "xyz", {("x", "y"): {"z": 1}, ("y", "z"): {"x": 1}, ("z", "x"): {"y": 1}})
        >>> ax = draw_bracket_graph(so3)
        >>> [text.get_text() for text in ax.texts[:3]]
        ['$x$', '$y$', '$z$']
    """
    graph = bracket_graph(algebra)
    ax = panels(1, width=5.4, height=5.4)[1][0] if ax is None else ax
    places = _on_a_circle(list(graph))
    radius = min(0.15, 0.75 * sin(pi / max(len(graph), 2)))
    roles = {name: _role(algebra, name) for name in graph}
    kinds = list(dict.fromkeys(sorted(roles.values(), key=_ROLES.index)))
    shades = {role: colour(_ROLES.index(role)) for role in kinds}
    blank_plane(ax, (-1.5, 1.5), (-1.5, 1.5))
    for name, place in places.items():
        shade = shades[roles[name]]
        ax.add_patch(Circle(place, radius, fc="white", ec=shade, lw=1.8, zorder=3))
        _label(ax, mathtext(name) or plain(name), place, 1.5 * radius)
    labelled = graph.number_of_edges() <= _LABELLED
    for left, right, partners in graph.edges(data="partners"):
        shade = shades[roles[left]]
        middle = _arrow(ax, places[left], places[right], radius, shade, labelled)
        if labelled:
            _partner(ax, middle, vector_text(partners), shade)
    if len(kinds) > 1:
        handles = [_disc(shades[role], "white", role) for role in kinds]
        ax.legend(handles=handles, loc="upper right", handletextpad=0.2)
    return ax


_ROLES = ("Levi factor", "radical", "nilradical", "centre", "none of these")


def _role(algebra: AbstractLieAlgebra, name: str) -> str:
    """Where an element of the basis lies."""
    index = algebra.names.index(name)
    for role, space in (
        ("centre", algebra.center),
        ("nilradical", algebra.nilradical),
        ("radical", algebra.radical),
        ("Levi factor", algebra.levi_factor),
    ):
        if not space.rows.reduce({index: algebra.domain.one}):
            return role
    return "none of these"


def _on_a_circle(names: Sequence[str]) -> dict[str, _Point]:
    """Places on the unit circle, clockwise from the top."""
    if len(names) == 1:
        return {names[0]: (0.0, 0.0)}
    turns = [2 * pi * k / len(names) for k in range(len(names))]
    return {n: (sin(t), cos(t)) for n, t in zip(names, turns, strict=True)}


def _arrow(
    ax: Axes, start: _Point, end: _Point, radius: float, shade: str, wide: bool
) -> _Point:
    """An arrow between two discs, bent to its right; gives the place of its label."""
    if start == end:
        return _loop(ax, start, radius, shade)
    (a, b), (c, d) = start, end
    length = hypot(c - a, d - b)
    bend = (0.17 if wide else 0.09) * length
    control = (
        (a + c) / 2 + bend * (d - b) / length,
        (b + d) / 2 - bend * (c - a) / length,
    )
    first = _towards(start, control, radius)
    last = _towards(end, control, radius + 0.01)
    _path(ax, [first, control, last], shade, wide)
    x, y = ((first[i] + 2 * control[i] + last[i]) / 4 for i in (0, 1))
    return x, y


def _loop(ax: Axes, place: _Point, radius: float, shade: str) -> _Point:
    """An arrow from a disc to itself, on the side away from the middle."""
    x, y = place
    far = hypot(x, y) or 1.0
    out = (x / far, y / far) if hypot(x, y) else (0.0, 1.0)
    side = (-out[1], out[0])

    def at(along: float, across: float) -> _Point:
        return (
            x + along * out[0] + across * side[0],
            y + along * out[1] + across * side[1],
        )

    r = radius
    points = [at(0.9 * r, 0.45 * r), at(2.7 * r, 1.3 * r), at(2.7 * r, -1.3 * r)]
    _path(ax, [*points, at(0.9 * r, -0.45 * r)], shade, True)
    return at(2.5 * r, 0.0)


def _path(ax: Axes, points: Sequence[_Point], shade: str, strong: bool) -> None:
    curve = Path.CURVE3 if len(points) == 3 else Path.CURVE4
    codes = [Path.MOVETO] + [curve] * (len(points) - 1)
    ax.add_patch(
        FancyArrowPatch(
            path=Path(points, codes),
            arrowstyle="-|>",
            mutation_scale=11 if strong else 9,
            color=shade,
            linewidth=1.3 if strong else 0.9,
            alpha=1.0 if strong else 0.75,
            zorder=2,
        )
    )


def _towards(start: _Point, end: _Point, distance: float) -> _Point:
    x, y = end[0] - start[0], end[1] - start[1]
    far = hypot(x, y)
    return start[0] + distance * x / far, start[1] + distance * y / far


def _partner(ax: Axes, place: _Point, text: str, shade: str) -> None:
    ax.text(
        *place,
        mathtext(text),
        color=shade,
        fontsize=10,
        ha="center",
        va="center",
        zorder=4,
        bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"},
    )


def _label(ax: Axes, text: str, place: _Point, room: float) -> None:
    """A text in the middle of a disc, as large as it fits."""
    width, _ = text_size(text, 13.0)
    size = 13.0 * min(1.0, room * points_per_unit(ax) / max(width, 1e-9))
    ax.text(*place, text, fontsize=size, color=INK, ha="center", va="center", zorder=4)


def _disc(edge: str, face: str, label: str) -> Line2D:
    disc = Line2D([], [], marker="o", markersize=9, linestyle="none", label=label)
    disc.set(markeredgecolor=edge, markerfacecolor=face, markeredgewidth=1.8)
    return disc
