r"""Root spaces: the decomposition holds, and its roots are those of the type."""

from itertools import combinations

import networkx as nx
import pytest
from networkx.algorithms.isomorphism import categorical_edge_match
from sympy import I, Matrix, Symbol, sqrt

from symflow.errors import UnsupportedError
from symflow.graphs import dynkin_diagram
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma
from tests.structure_cases import bracket_of

SEMISIMPLE = {
    "so(3)": ma.so(3),
    "sl(2)": ma.sl(2),
    "so(3,1)": ma.so(3, 1),
    "so(2,2)": ma.so(2, 2),
    "sl(3)": ma.sl(3),
    "su(2,1)": ma.su(2, 1),
    "so(5)": ma.so(5),
    "sp(6)": ma.sp(6),
    "so(6)": ma.so(6),
    "compact G2": ma.g2(-1),
    "split G2": ma.g2(1),
    "so(3,1), other basis": ma.scrambled(ma.so(3, 1), 1),
}
OTHERS = {
    "gl(3)": ma.gl(3),
    "Bargmann": ma.bargmann(3),
    "Schroedinger": ma.schroedinger(2),
    "e(3)": ma.semidirect(
        ma.preserving(3, ma.form_conditions(ma.diagonal(1, 1, 1))), 3
    ),
    "affine": AbstractLieAlgebra("HE", {("H", "E"): {"E": 1}}),
}
ALL = SEMISIMPLE | OTHERS


@pytest.mark.parametrize("name", ALL)
def test_the_spaces_add_up_to_the_algebra(name):
    algebra = ALL[name]
    found = algebra.root_decomposition
    total = algebra.rank + sum(found.multiplicities.values())
    assert total == algebra.dimension
    spaces = [found.cartan_subalgebra, *found.spaces.values()]
    vectors = [vector for space in spaces for vector in space.basis]
    matrix = Matrix([[v.get(name, 0) for name in algebra.names] for v in vectors])
    assert matrix.rank() == algebra.dimension


@pytest.mark.parametrize("name", ALL)
def test_an_element_of_the_subalgebra_has_one_eigenvalue_on_each_space(name):
    algebra = ALL[name]
    found = algebra.root_decomposition
    for root, space in found.spaces.items():
        assert any(root)
        for h, value in zip(found.cartan_subalgebra.basis, root, strict=True):
            images = [bracket_of(algebra, h, vector) for vector in space.basis]
            rest = [
                {k: (image.get(k, 0) - value * v.get(k, 0)).expand() for k in image | v}
                for image, v in zip(images, space.basis, strict=True)
            ]
            if algebra.is_semisimple:
                assert not any(entry for row in rest for entry in row.values())
            trace = sum(
                image.get(algebra.names[pivot], 0)
                for image, pivot in zip(images, space.rows.pivots, strict=True)
            )
            assert (trace - value * space.dimension).expand() == 0


@pytest.mark.parametrize("name", SEMISIMPLE)
def test_roots_are_simple_and_come_in_pairs(name):
    found = SEMISIMPLE[name].root_decomposition
    roots = set(found.roots)
    assert set(found.multiplicities.values()) == {1}
    assert {tuple((-x).expand() for x in root) for root in roots} == roots


@pytest.mark.parametrize("name", SEMISIMPLE)
def test_the_diagram_of_the_roots_is_that_of_the_type(name):
    algebra = SEMISIMPLE[name]
    assert nx.is_isomorphic(
        diagram_of(algebra.root_decomposition.roots),
        dynkin_diagram(algebra),
        edge_match=categorical_edge_match("lines", 0),
    )


def plus(root, other, times=1):
    return tuple((x + times * y).expand() for x, y in zip(root, other, strict=True))


def diagram_of(roots):
    """The Dynkin diagram, from the sums of the roots alone."""
    # A generic functional makes half of the roots positive; those of the compact part
    # are imaginary.
    weights = [sqrt(2) ** k * (3 + k) for k in range(len(roots[0]))]

    def height(root):
        value = sum(w * x for w, x in zip(weights, root, strict=True)).expand()
        return value.as_real_imag()[0] + 7 * value.as_real_imag()[1]

    positive = {root for root in roots if height(root) > 0}
    assert 2 * len(positive) == len(roots)
    sums = {plus(a, b) for a, b in combinations(positive, 2)}
    simple = [root for root in positive if root not in sums]

    def length(root, other):
        steps = 0
        while plus(root, other, steps + 1) in roots:
            steps += 1
        return steps

    graph = nx.Graph()
    graph.add_nodes_from(simple)
    for a, b in combinations(simple, 2):
        if lines := length(a, b) * length(b, a):
            graph.add_edge(a, b, lines=lines)
    return graph


def test_a_split_algebra_needs_no_extension_and_a_compact_one_needs_i():
    assert ma.sl(3).root_decomposition.domain.is_QQ
    values = {x for root in ma.so(5).root_decomposition.roots for x in root}
    assert values == {0, I, -I}


def test_multiplicities_of_translations_and_boosts():
    found = ma.bargmann(3).root_decomposition
    assert found.cartan_subalgebra.dimension == 5
    assert set(found.multiplicities.values()) == {3}


def test_roots_with_a_parameter_are_rational_in_it():
    omega = Symbol("omega")
    oscillator = AbstractLieAlgebra(
        "HQP1",
        {("H", "Q"): {"P": -1}, ("H", "P"): {"Q": omega**2}, ("Q", "P"): {"1": 1}},
    )
    found = oscillator.root_decomposition
    values = {root[0] for root in found.roots}
    assert values == {I * omega, -I * omega}


def test_the_root_of_a_parameter_is_refused():
    k = Symbol("k")
    spring = AbstractLieAlgebra("HQP", {("H", "Q"): {"P": -1}, ("H", "P"): {"Q": k}})
    with pytest.raises(UnsupportedError, match=r"omega\*\*2"):
        spring.root_decomposition  # noqa: B018


def test_eigenvalues_of_higher_degree_are_refused_but_the_root_system_is_known():
    algebra = ma.scrambled(ma.so(5), 1)
    with pytest.raises(UnsupportedError, match="degree 4"):
        algebra.root_decomposition  # noqa: B018
    assert algebra.root_system.cartan_type == "B2"


def test_two_quadratic_extensions_are_refused():
    both = AbstractLieAlgebra(
        "Habcd",
        {
            ("H", "a"): {"b": 1},
            ("H", "b"): {"a": 2},
            ("H", "c"): {"d": 1},
            ("H", "d"): {"c": 3},
        },
    )
    with pytest.raises(
        UnsupportedError,
        match=r"sqrt\(\d+\) and 2\*sqrt\(\d+\)|sqrt\(\d+\) and sqrt\(\d+\)",
    ):
        both.root_decomposition  # noqa: B018


def test_an_algebraic_field_is_extended():
    surd = AbstractLieAlgebra(
        "Hab", {("H", "a"): {"b": 1}, ("H", "b"): {"a": -(sqrt(2) ** 2) - sqrt(2)}}
    )
    (first, second) = surd.root_decomposition.roots
    assert (first[0] + second[0]).expand() == 0
    assert (first[0] ** 2 + 2 + sqrt(2)).expand() == 0
