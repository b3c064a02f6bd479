r"""Graphs: they hold the brackets, the ideals and the bonds, and nothing else."""

from itertools import product

import networkx as nx
import pytest

from symflow.errors import ArgumentError, UnsupportedError
from symflow.graphs import bracket_graph, dynkin_diagram, ideal_lattice
from symflow.root_systems import RootSystem
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.structure_cases import CASES, bracket_of, built


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_the_bracket_graph_holds_every_structure_constant(case):
    algebra = built(case)
    graph = bracket_graph(algebra)
    assert tuple(graph) == algebra.names
    table = {
        (i, k, j): c for i, k, d in graph.edges(data="partners") for j, c in d.items()
    }
    for i, j in product(algebra.names, repeat=2):
        value = bracket_of(algebra, {i: 1}, {j: 1})
        found = {k: table[i, k, j] for k in algebra.names if (i, k, j) in table}
        assert found == {k: c for k, c in value.items() if c != 0}


def test_what_nobody_generates_lies_outside_the_derived_algebra():
    algebra = ma.bargmann(3)
    graph = bracket_graph(algebra)
    sources = [name for name in graph if not graph.in_degree(name)]
    derived = {name for vector in algebra.derived_series[1].basis for name in vector}
    assert set(sources) == set(algebra.names) - derived
    centre = {name for vector in algebra.center.basis for name in vector}
    assert {name for name in graph if not graph.out_degree(name)} == centre


@pytest.mark.parametrize("case", CASES, ids=lambda item: item["id"])
def test_the_lattice_is_closed_and_made_of_ideals(case):
    algebra = built(case)
    graph = ideal_lattice(algebra)
    ideals = set(graph)
    whole = algebra.derived_series[0]
    for ideal in ideals:
        assert algebra.product(whole, ideal) <= ideal
    for u, v in product(ideals, repeat=2):
        assert {u + v, u & v, algebra.product(u, v)} <= ideals
        assert nx.has_path(graph, u, v) == (u <= v)
    characteristic = [
        *algebra.derived_series,
        *algebra.lower_central_series,
        *algebra.upper_central_series,
        algebra.radical,
        algebra.nilradical,
    ]
    assert set(characteristic) <= ideals


def test_edges_are_covers_only():
    graph = ideal_lattice(ma.direct_sum(ma.so(3), ma.so(3), ma.sl(2)))
    # The ideals of a sum of three simple algebras are the corners of a cube.
    assert nx.is_isomorphic(graph.to_undirected(), nx.hypercube_graph(3))
    assert {v.dimension - u.dimension for u, v in graph.edges} == {3}
    assert nx.transitive_reduction(graph).edges == graph.edges


def test_a_simple_algebra_has_two_ideals_and_all_their_names():
    graph = ideal_lattice(ma.sl(3))
    titles = [data["titles"] for _, data in graph.nodes(data=True)]
    assert titles == [("zero",), ("algebra",)]


def test_a_chain_of_ideals_keeps_its_dimensions_in_another_basis():
    algebra = ma.bargmann(2)
    dimensions = [
        sorted(nx.get_node_attributes(ideal_lattice(a), "dimension").values())
        for a in (algebra, ma.scrambled(algebra, 1))
    ]
    assert dimensions[0] == dimensions[1]


def test_the_zero_algebra_is_one_point():
    assert len(ideal_lattice(AbstractLieAlgebra([], {}))) == 1


def test_a_lattice_without_bound_is_refused():
    many = ma.direct_sum(*[AbstractLieAlgebra("HE", {("H", "E"): {"E": 1}})] * 6)
    with pytest.raises(UnsupportedError, match="at most 300"):
        ideal_lattice(many)


@pytest.mark.parametrize("name", ["A4", "B3 + G2", "C4", "D5", "E8", "F4"])
def test_lines_and_lengths_are_those_of_the_cartan_matrix(name):
    system = RootSystem(name)
    graph = dynkin_diagram(name)
    assert list(graph) == list(range(1, system.rank + 1))
    assert nx.is_forest(graph)
    assert nx.number_connected_components(graph) == len(system.components)
    matrix = system.cartan_matrix
    for i, j in product(graph, repeat=2):
        lines = graph.edges[i, j]["lines"] if graph.has_edge(i, j) else 0
        assert i == j or matrix[i - 1, j - 1] * matrix[j - 1, i - 1] == lines
    for _, _, data in graph.edges(data=True):
        if data["arrow"]:
            long, short = (graph.nodes[k]["squared_length"] for k in data["arrow"])
            assert long == data["lines"] * short


def test_an_algebra_and_its_type_have_one_diagram():
    for algebra, name in ((ma.sp(6), "C3"), (ma.so(3, 1), "A1 + A1")):
        assert nx.utils.graphs_equal(dynkin_diagram(algebra), dynkin_diagram(name))
    assert nx.utils.graphs_equal(dynkin_diagram(RootSystem("G2")), dynkin_diagram("G2"))


def test_no_diagram_without_a_type():
    with pytest.raises(ArgumentError, match="cartan_type"):
        dynkin_diagram("Z3")
    with pytest.raises(UnsupportedError, match="semisimple"):
        dynkin_diagram(ma.bargmann(2))
