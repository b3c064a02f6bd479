r"""Graphs: who generates whom, which ideal holds which, and the Dynkin diagram.

Takes an algebra, gives networkx graphs whose nodes and edges carry exact data.

.. math:: g_i \xrightarrow{\; g_j \;} g_k \quad \text{where} \quad c_{ij}^k \ne 0

Their pictures are in `bracket_diagrams`, `ideal_diagrams` and `dynkin_diagrams`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement, product

import networkx as nx

from symflow.errors import UnsupportedError
from symflow.root_systems import RootSystem
from symflow.structure import AbstractLieAlgebra
from symflow.subspaces import Subspace

__all__ = ["bracket_graph", "dynkin_diagram", "ideal_lattice"]

# The sign of what two ideals were joined by, and the two.
_Origin = tuple[str, Subspace, Subspace]

# Sums and intersections of a few ideals can be without end.
_MOST_IDEALS = 300


def bracket_graph(algebra: AbstractLieAlgebra) -> nx.DiGraph:
    r"""Who generates whom: an arrow from each element to what its brackets hold.

    .. math:: [g_i, g_j] = \dots + c_{ij}^k g_k + \dots \quad \Rightarrow \quad
              g_i \to g_k

    Arguments:
        algebra: The algebra.

    Returns:
        A graph whose nodes are the names of the basis. The data of an edge from i to k
        are ``partners``, a mapping of every j to :math:`c_{ij}^k`.

    Example:
        >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
        >>> for edge in bracket_graph(heisenberg).edges(data="partners"):
        ...     print(edge)
        ('Q', 'Z', {'P': 1})
        ('P', 'Z', {'Q': -1})
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(algebra.names)
    for (left, right), row in algebra.structure_constants.items():
        for name, value in row.items():
            for one, other, c in ((left, right, value), (right, left, -value)):
                if not graph.has_edge(one, name):
                    graph.add_edge(one, name, partners={})
                graph.edges[one, name]["partners"][other] = c
    return graph


def ideal_lattice(algebra: AbstractLieAlgebra) -> nx.DiGraph:
    r"""The lattice of ideals that the characteristic ones generate.

    .. math:: U + V, \qquad U \cap V, \qquad [U, V]

    It begins with the zero ideal and the algebra, the terms of the derived series and of
    the lower and upper central series, the radical, the nilradical and the direct
    summands that are not abelian, and is closed under sum, intersection and bracket. It
    need not hold every ideal, of which there can be infinitely many: every line of a
    centre of dimension two is one.

    Arguments:
        algebra: The algebra.

    Returns:
        The Hasse diagram, a graph whose nodes are subspaces, with an edge from each to
        the next larger ones. The data of a node are its ``dimension``, its ``titles``
        (the names under which it was met) and, if there are none, its ``origin``: the
        sign ``"+"``, ``"∩"`` or ``"[,]"`` and the two ideals that it was made of.

    Raises:
        UnsupportedError: If the lattice grows beyond 300 ideals.

    Example:
        >>> heisenberg = AbstractLieAlgebra("QPZ", {("Q", "P"): {"Z": 1}})
        >>> for ideal, data in ideal_lattice(heisenberg).nodes(data=True):
        ...     print(ideal.dimension, data["titles"])
        0 ('zero',)
        1 ('centre', 'derived')
        3 ('algebra', 'radical', 'nilradical', 'upper central 2')
    """
    titles = _characteristic(algebra)
    ideals = _with_origins(algebra, titles)
    graph = nx.DiGraph()
    for ideal in sorted(ideals, key=lambda space: (space.dimension, space.rows.pivots)):
        names = tuple(titles.get(ideal, ()))
        data = {"titles": names, "origin": ideals[ideal]}
        graph.add_node(ideal, dimension=ideal.dimension, **data)
    graph.add_edges_from((u, v) for u in ideals for v in ideals if u < v)
    reduced = nx.transitive_reduction(graph)
    graph.remove_edges_from(set(graph.edges) - set(reduced.edges))
    return graph


def _characteristic(algebra: AbstractLieAlgebra) -> dict[Subspace, list[str]]:
    """The ideals to begin with, each with its titles."""
    titles: dict[Subspace, list[str]] = {}

    def add(space: Subspace, title: str) -> None:
        titles.setdefault(space, []).append(title)

    whole, *derived = algebra.derived_series
    zero, *upper = algebra.upper_central_series
    add(zero, "zero")
    if algebra.dimension:
        add(whole, "algebra")
    add(algebra.radical, "radical")
    add(algebra.nilradical, "nilradical")
    named = ["centre", *(f"upper central {k}" for k in range(2, len(upper) + 1))]
    for space, title in zip(upper, named, strict=False):
        add(space, title)
    named = ["derived", *(f"derived {k}" for k in range(2, len(derived) + 1))]
    for space, title in zip(derived, named, strict=False):
        add(space, title)
    for k, space in enumerate(algebra.lower_central_series[2:], start=2):
        add(space, f"lower central {k}")
    for space in algebra.ideals:
        if 1 < space.dimension < algebra.dimension:
            add(space, algebra.subalgebra(space).identify().name)
    return {
        space: [name for name in names if space.dimension or name == "zero"]
        for space, names in titles.items()
    }


def _with_origins(
    algebra: AbstractLieAlgebra, ideals: Iterable[Subspace]
) -> dict[Subspace, _Origin | None]:
    """Everything that sums, intersections and brackets make of some ideals."""
    found: dict[Subspace, _Origin | None] = dict.fromkeys(ideals)
    fresh = list(found)
    while fresh:
        latest = set(fresh)
        old = [ideal for ideal in found if ideal not in latest]
        made: dict[Subspace, _Origin] = {}
        for u, v in [*product(old, fresh), *combinations_with_replacement(fresh, 2)]:
            results = {"+": u + v, "∩": u & v, "[,]": algebra.product(u, v)}
            for sign, space in results.items():
                if space not in found:
                    made.setdefault(space, (sign, u, v))
            if len(found) + len(made) > _MOST_IDEALS:
                raise UnsupportedError(
                    f"Argument `algebra` must have at most {_MOST_IDEALS} ideals made of "
                    f"its characteristic ones to draw a lattice, but it has more. Take "
                    f"its direct summands one by one: algebra.ideals."
                )
        found.update(made)
        fresh = list(made)
    return found


def dynkin_diagram(of: AbstractLieAlgebra | RootSystem | str) -> nx.Graph:
    r"""The Dynkin diagram of a semisimple algebra or of a Cartan type.

    .. math:: \text{lines between } i \text{ and } j = A_{ij} A_{ji}

    Arguments:
        of: An algebra, a root system or a Cartan type such as ``"B3 + G2"``.

    Returns:
        A graph whose nodes are the numbers of the simple roots, from 1. The data of a
        node are its ``squared_length``, the place of its ``component`` and the letter
        of its ``series``; those of an edge the number of ``lines``, and ``arrow``, the
        long root and the short one, or None if they are of equal length.

    Raises:
        ArgumentError: If a text is no Cartan type.
        UnsupportedError: If an algebra is not semisimple or its type is not known.

    Example:
        >>> dynkin_diagram("B3").edges(data=True)
        EdgeDataView([(1, 2, {'lines': 1, 'arrow': None}),
                      (2, 3, {'lines': 2, 'arrow': (2, 3)})])
    """
    system = _root_system(of)
    graph = nx.Graph()
    number = 0
    for place, (letter, rank) in enumerate(system.components):
        for _ in range(rank):
            length = system.squared_lengths[number]
            number += 1
            graph.add_node(
                number, squared_length=length, component=place, series=letter
            )
    for long, short, lines in system.bonds:
        arrow = (long, short) if lines > 1 else None
        graph.add_edge(long, short, lines=lines, arrow=arrow)
    return graph


def _root_system(of: AbstractLieAlgebra | RootSystem | str) -> RootSystem:
    if isinstance(of, AbstractLieAlgebra):
        return of.root_system
    return of if isinstance(of, RootSystem) else RootSystem(of)
