r"""Ideal diagram: which ideal lies in which, by dimension.

Takes an algebra, draws on the ``ax`` it is given (or on a new one of the size that it
needs), and gives that ``ax`` back.

.. math:: 0 \subset U \subset V \subset \mathfrak{g}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import networkx as nx
from matplotlib.axes import Axes

from symflow.figures import INK, PALE, panels, points_per_unit, styled, text_size
from symflow.graphs import ideal_lattice
from symflow.notation import identity_latex
from symflow.structure import AbstractLieAlgebra
from symflow.subspaces import Subspace

__all__ = ["draw_ideal_lattice"]

_Pair = tuple[Subspace, Subspace]
# An ideal, or a pair of them with a dimension between at which their line passes.
_Node = Subspace | tuple[Subspace, Subspace, int]

# The room of a line that passes between ideals, in points.
_LANE = 16.0
# How often the order and the places are mended; more changes nothing that one sees.
_SWEEPS = 12


@styled
def draw_ideal_lattice(algebra: AbstractLieAlgebra, ax: Axes | None = None) -> Axes:
    r"""The lattice of ideals that the characteristic ones generate, by dimension.

    .. math:: U \subset V

    A line leads from each ideal up to the next larger ones. See `ideal_lattice` for which
    ideals these are.

    Arguments:
        algebra: The algebra.
        ax: Where to draw; a new one if not given.

    Returns:
        The axes.

    Raises:
        UnsupportedError: If the lattice grows beyond what `ideal_lattice` allows.

    Example:
        >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
        >>> ax = draw_ideal_lattice(heisenberg)
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['0', '1', '3']
    """
    graph = ideal_lattice(algebra)
    texts = {ideal: _ideal_text(graph, ideal) for ideal in graph}
    lanes = _lanes(graph)
    routed = _routed(graph, lanes)
    layers = _layers(routed)
    size = 11.0
    widths = {ideal: text_size(text, size)[0] + 26 for ideal, text in texts.items()}
    across = _places(layers, widths, routed)
    height = {node: k for k, layer in enumerate(layers) for node in layer}
    left = min(x - widths.get(node, _LANE) / 2 for node, x in across.items())
    right = max(x + widths.get(node, _LANE) / 2 for node, x in across.items())
    if ax is None:
        width = max((right - left) / 72, 1.6) + 1.1
        ax = panels(1, width=width, height=0.8 * len(layers) + 0.6)[1][0]
    ax.set(xlim=(left, right), ylim=(-0.45, len(layers) - 0.55), xticks=[])
    # Unity where the axes are as wide as the picture needs.
    size *= min(1.0, 1.05 * points_per_unit(ax))
    for (below, above), passed in lanes.items():
        line = [below, *passed, above]
        x, y = [across[node] for node in line], [height[node] for node in line]
        ax.plot(x, y, color=PALE, lw=1.1)
    for ideal, text in texts.items():
        box = {"boxstyle": "round,pad=0.32", "fc": "white", "ec": PALE, "lw": 0.8}
        look: dict[str, Any] = {
            "color": INK,
            "ha": "center",
            "va": "center",
            "bbox": box,
        }
        ax.text(across[ideal], height[ideal], text, fontsize=size, **look)
    dimensions = sorted({ideal.dimension for ideal in graph})
    ax.set_yticks(range(len(layers)), [str(d) for d in dimensions])
    ax.set_ylabel("dimension")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _lanes(graph: nx.DiGraph) -> dict[_Pair, list[_Node]]:
    """For each line the dimensions that it passes on the way, as nodes of their own."""
    dimensions = sorted({ideal.dimension for ideal in graph})
    return {
        (u, v): [(u, v, d) for d in dimensions if u.dimension < d < v.dimension]
        for u, v in graph.edges
    }


def _routed(graph: nx.DiGraph, lanes: Mapping[_Pair, Sequence[_Node]]) -> nx.Graph:
    """The graph in which every line leads from one dimension to the next."""
    routed = nx.Graph()
    routed.add_nodes_from(graph)
    for (below, above), passed in lanes.items():
        nx.add_path(routed, [below, *passed, above])
    return routed


def _layers(routed: nx.Graph) -> list[list[_Node]]:
    """The nodes by dimension, ordered so that few lines cross."""
    layers: dict[int, list[_Node]] = {}
    for node in routed:
        dimension = node.dimension if isinstance(node, Subspace) else node[2]
        layers.setdefault(dimension, []).append(node)
    place: dict[_Node, float] = {}
    for layer in layers.values():
        place.update(_ranks(layer))
    for _ in range(_SWEEPS):
        for layer in layers.values():
            layer.sort(key=partial(_middle, routed, place))
            # At once, or two neighbouring layers change places for ever.
            place.update(_ranks(layer))
    return [layers[dimension] for dimension in sorted(layers)]


def _ranks(layer: Sequence[_Node]) -> dict[_Node, float]:
    """Places between zero and one, in the order given."""
    return {node: (k + 0.5) / len(layer) for k, node in enumerate(layer)}


def _middle(routed: nx.Graph, place: Mapping[_Node, float], node: _Node) -> float:
    """Where the neighbours of a node are, on average."""
    near = [place[other] for other in routed[node]]
    return sum(near) / len(near) if near else place[node]


def _places(
    layers: Sequence[Sequence[_Node]], widths: Mapping[_Node, float], routed: nx.Graph
) -> dict[_Node, float]:
    """How far to the right each node stands: near its neighbours, but no two overlap."""
    place = dict.fromkeys(routed, 0.0)
    for _ in range(_SWEEPS):
        for layer in layers:
            wanted = [_middle(routed, place, node) for node in layer]
            room = [widths.get(node, _LANE) for node in layer]
            pushed = _apart(wanted, room)
            pulled = [-x for x in _apart([-x for x in wanted[::-1]], room[::-1])][::-1]
            # Both keep the order and the distances, and so does what lies between them.
            middles = ((x + y) / 2 for x, y in zip(pushed, pulled, strict=True))
            place.update(zip(layer, middles, strict=True))
    return place


def _apart(wanted: Sequence[float], room: Sequence[float]) -> list[float]:
    """Places as wanted, or as little to the right of it as keeps neighbours apart."""
    found: list[float] = []
    for k, x in enumerate(wanted):
        free = found[-1] + (room[k - 1] + room[k]) / 2 if found else x
        found.append(max(x, free))
    return found


_SYMBOLS = {
    "zero": "0",
    "algebra": r"\mathfrak{g}",
    "radical": r"\mathfrak{r}",
    "nilradical": r"\mathfrak{n}",
    "centre": r"\mathfrak{z}",
    "derived": r"\mathfrak{g}'",
}
_NUMBERED = {
    "derived": r"\mathfrak{g}^{(NUMBER)}",
    "lower central": r"C^{NUMBER}\mathfrak{g}",
    "upper central": r"\mathfrak{z}_{NUMBER}",
}
_WORDS = ("radical", "nilradical", "centre")


def _symbol(title: str) -> str:
    """The symbol of a title, as LaTeX."""
    if title in _SYMBOLS:
        return _SYMBOLS[title]
    series, _, number = title.rpartition(" ")
    if series in _NUMBERED:
        return _NUMBERED[series].replace("NUMBER", number)
    # The first name will do, without the values of its parameters.
    return identity_latex(title.split(" = ")[0].split(", ")[0])


def _composed(graph: nx.DiGraph, ideal: Subspace, whole: bool) -> str:
    """An ideal without a title, as it was made of others; in brackets if a part."""
    data = graph.nodes[ideal]
    if data["titles"]:
        return _symbol(data["titles"][0])
    sign, left, right = data["origin"]
    if sign == "[,]":
        parts = (_composed(graph, part, True) for part in (left, right))
        return rf"[{', '.join(parts)}]"
    joined = {"+": " + ", "∩": r" \cap "}[sign].join(
        _composed(graph, part, False) for part in (left, right)
    )
    return joined if whole else f"({joined})"


def _ideal_text(graph: nx.DiGraph, ideal: Subspace) -> str:
    """What stands in the box of an ideal."""
    titles = graph.nodes[ideal]["titles"]
    if "zero" in titles:
        return "$0$"
    names = [
        f"{title} ${_symbol(title)}$" if title in _WORDS else f"${_symbol(title)}$"
        for title in titles
    ]
    return " = ".join(names) or f"${_composed(graph, ideal, True)}$"
