"""The linear catalogue: closed forms of its tables, types, invariants, and its laws."""

from itertools import combinations

import pytest
from sympy import Integer

import symflow as sf
from symflow.claims import Standing
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    ExpressionError,
    NotClosedError,
)
from symflow.expressions import valid_name
from symflow.generators import (
    dilation,
    direct_sum,
    euclidean,
    general_linear,
    orthogonal,
    rotations,
    special_linear,
    translations,
)
from tests.catalogue import closed, commute, product, space, squares


def test_translations_are_abelian():
    for n in range(1, 6):
        algebra = closed(n, translations)
        assert algebra.is_abelian
        assert algebra.dimension == n


@pytest.mark.parametrize("n", range(2, 9))
def test_rotations_are_compact(n):
    algebra = closed(n, rotations)
    dimension = n * (n - 1) // 2
    assert algebra.dimension == dimension
    assert algebra.killing_signature == (0, dimension if n > 2 else 0, n == 2)


def test_rotations_close_as_textbooks_write_them():
    table = closed(3, rotations).structure_constants
    assert table == {
        ("Lx", "Ly"): {"Lz": 1},
        ("Lx", "Lz"): {"Ly": -1},
        ("Ly", "Lz"): {"Lx": 1},
    }


@pytest.mark.parametrize("signs", [(1, 1, 1, 1), (1, 1, 1, -1), (1, -1, -1, -1)])
def test_pseudo_rotations_have_the_table_of_their_metric(signs):
    r"""{L_ij, L_kl} = eta_ik L_jl + eta_jl L_ik - eta_jk L_il - eta_il L_jk."""
    plus = signs.count(1)
    algebra = closed(4, orthogonal, (plus, 4 - plus))

    def element(i, j, value, into):
        if i != j and value:
            name, sign = (f"L{i + 1}{j + 1}", 1) if i < j else (f"L{j + 1}{i + 1}", -1)
            into[name] = into.get(name, 0) + sign * value

    for (i, j), (k, m) in combinations(combinations(range(4), 2), 2):
        expected = {}
        element(i, m, -signs[j] * (j == k), expected)
        element(j, k, -signs[i] * (i == m), expected)
        element(j, m, signs[i] * (i == k), expected)
        element(i, k, signs[j] * (j == m), expected)
        expected = {name: value for name, value in expected.items() if value}
        pair = f"L{i + 1}{j + 1}", f"L{k + 1}{m + 1}"
        assert algebra.structure_constants.get(pair, {}) == expected


@pytest.mark.parametrize(
    ("n", "function", "arguments", "dimension", "name"),
    [
        (2, rotations, (), 1, "so(2)"),
        (3, rotations, (), 3, "so(3)"),
        (4, rotations, (), 6, "so(4) = so(3) ⊕ so(3)"),
        (5, rotations, (), 10, "so(5)"),
        (6, rotations, (), 15, "su(4)"),
        (7, rotations, (), 21, "so(7)"),
        (8, rotations, (), 28, "so(8)"),
        (3, orthogonal, ((2, 1),), 3, "sl(2,R)"),
        (4, orthogonal, ((3, 1),), 6, "sl(2,C)"),
        (4, orthogonal, ((2, 2),), 6, "so(2,2) = sl(2,R) ⊕ sl(2,R)"),
        (5, orthogonal, ((3, 2),), 10, "so(3,2)"),
        (5, orthogonal, ((4, 1),), 10, "so(4,1)"),
        (6, orthogonal, ((2, 4),), 15, "so(4,2)"),
        (2, euclidean, (), 3, "e(2) = A3,6"),
        (3, euclidean, (), 6, "e(3) = so(3) ⋉ R^3"),
        (4, euclidean, (), 10, "e(4) = so(4) ⋉ R^4"),
        (2, general_linear, (), 4, "gl(2,R) = sl(2,R) ⊕ R"),
        (3, general_linear, (), 9, "gl(3,R) = sl(3,R) ⊕ R"),
        (2, special_linear, (), 3, "sl(2,R)"),
        (3, special_linear, (), 8, "sl(3,R)"),
        (4, special_linear, (), 15, "sl(4,R)"),
    ],
)
def test_textbook_names(n, function, arguments, dimension, name):
    algebra = closed(n, function, *arguments)
    assert algebra.dimension == dimension
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED


@pytest.mark.parametrize("n", range(2, 9))
def test_signature_counts_compact_and_noncompact_directions(n):
    """so(r,s) and sl(n): the maximal compact subalgebra is negative, the rest positive."""
    for plus in range(n + 1):
        minus = n - plus
        compact = (plus * (plus - 1) + minus * (minus - 1)) // 2
        expected = (plus * minus, compact, 0) if n > 2 else (0, 0, 1)
        algebra = closed(n, orthogonal, (plus, minus))
        assert algebra.killing_signature == expected
    if n < 6:
        compact = n * (n - 1) // 2
        algebra = closed(n, special_linear)
        assert algebra.killing_signature == (n * n - 1 - compact, compact, 0)


def test_matrix_units_close_as_textbooks_write_them():
    table = closed(3, general_linear).structure_constants
    units = [(i, j) for i in range(3) for j in range(3)]
    for (i, j), (k, m) in combinations(units, 2):
        expected = {}
        if j == k:
            expected[f"E{i + 1}{m + 1}"] = 1
        if m == i:
            name = f"E{k + 1}{j + 1}"
            expected[name] = expected.get(name, 0) - 1
        pair = f"E{i + 1}{j + 1}", f"E{k + 1}{m + 1}"
        assert table.get(pair, {}) == {k: v for k, v in expected.items() if v}


@pytest.mark.parametrize("particles", [2, 3])
@pytest.mark.parametrize(
    ("d", "function", "arguments"),
    [
        (2, translations, ()),
        (3, rotations, ()),
        (4, rotations, ()),
        (3, euclidean, ()),
        (3, orthogonal, ((2, 1),)),
        (2, general_linear, ()),
        (3, special_linear, ()),
    ],
)
def test_many_particles_close_as_one(particles, d, function, arguments):
    one = closed(d, function, *arguments)
    many = closed(particles * d, function, *arguments, dimension=d)
    assert many.names == one.names
    assert many.structure_constants == one.structure_constants


def test_invariants_of_pairs_of_particles():
    where = space(6)
    first, second = where.q[:3], where.q[3:]
    pairs = [(a, b) for a in (first, where.p[:3]) for b in (second, where.p[3:])]
    generators = rotations(where, dimension=3)
    assert all(commute(where, generators, product(a, b)) for a, b in pairs)
    distance = squares([a - b for a, b in zip(first, second, strict=True)])
    rigid = euclidean(where, dimension=3)
    assert commute(where, rigid, distance)
    assert not commute(where, rigid, product(first, second))


def test_pseudo_rotations_keep_their_metric_and_no_other():
    where = space(4)
    generators = orthogonal(where, (1, 3))
    signs = (1, -1, -1, -1)
    assert commute(where, generators, squares(where.q, signs))
    assert commute(where, generators, squares(where.p, signs))
    assert not commute(where, generators, squares(where.q))


def test_linear_maps_keep_the_pairing():
    where = space(3)
    (scale,) = dilation(where).values()
    assert commute(where, general_linear(where), scale)
    determinant = "q1*q5*q9 + q2*q6*q7 + q3*q4*q8 - q3*q5*q7 - q2*q4*q9 - q1*q6*q8"
    three = space(9)
    assert commute(three, special_linear(three, dimension=3), determinant)
    assert not commute(three, general_linear(three, dimension=3), determinant)


def test_dilation_weighs_q_and_p():
    where = space(2)
    (scale,) = dilation(where).values()
    for q, p in zip(where.q, where.p, strict=True):
        assert sf.poisson_bracket(q, scale, where) == q
        assert sf.poisson_bracket(p, scale, where) == -p


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_names_are_identifiers(n):
    where = space(n)
    for function in (euclidean, dilation, general_linear, special_linear):
        assert all(map(valid_name, function(where)))


def test_no_rotation_and_no_special_map_in_one_dimension():
    assert rotations(space(1)) == special_linear(space(1)) == {}


def test_direct_sum_has_the_tables_of_its_summands():
    where = space(5)
    plane = sf.PhaseSpace(where.q[:2], where.p[:2])
    room = sf.PhaseSpace(where.q[2:], where.p[2:])
    whole = sf.LieAlgebra(
        where, direct_sum(where, special_linear(plane), rotations(room))
    )
    parts = [
        sf.LieAlgebra(plane, special_linear(plane)),
        sf.LieAlgebra(room, rotations(room)),
    ]
    expected = parts[0].structure_constants | parts[1].structure_constants
    assert whole.structure_constants == expected
    assert whole.identify().name == "so*(4) = sl(2,R) ⊕ so(3)"


def test_direct_sum_refuses_shared_names_and_degrees_of_freedom():
    where = sf.PhaseSpace("x y u v")
    left, right = sf.PhaseSpace("x y"), sf.PhaseSpace("u v")
    with pytest.raises(ArgumentError, match="L12 names"):
        direct_sum(where, rotations(left), rotations(right))
    with pytest.raises(ArgumentError, match="two of them move x"):
        direct_sum(where, {"Q": left.q[0]}, {"P": left.p[0]})
    with pytest.raises(ExpressionError, match="w"):
        direct_sum(where, rotations(left), {"P": "w"})


def test_summands_share_the_constant():
    """The sum of two h(1) on phase space is h(2), of dimension 5 and not 6."""
    where = sf.PhaseSpace("x y")
    (x, y), (p_x, p_y) = where.q, where.p
    first, second = {"Q1": x, "P1": p_x}, {"Q2": y, "P2": p_y}
    algebra = sf.LieAlgebra(where, direct_sum(where, first, second))
    assert algebra.dimension == 5
    assert algebra.identify().name == "Heisenberg h(2) = A5,4"
    one = Integer(1)
    twice = direct_sum(where, first | {"Z1": one}, second | {"Z2": one})
    with pytest.raises(DependentGeneratorsError):
        sf.LieAlgebra(where, twice)


def test_without_its_rotations_a_pseudo_rotation_does_not_close():
    where = space(3)
    boosts = orthogonal(where, (2, 1))
    del boosts["L12"]
    with pytest.raises(NotClosedError):
        sf.LieAlgebra(where, boosts)
