"""Exact elimination, against SymPy's dense matrices over the same fields."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Symbol, sqrt
from sympy.polys.matrices import DomainMatrix

from symflow import linear_algebra
from symflow.linear_algebra import (
    Echelon,
    Span,
    add_multiple,
    echelon,
    nullspace,
    rank,
    solve,
)

ROOT = QQ.algebraic_field(sqrt(2))
RATIONAL_FUNCTIONS = QQ.frac_field(Symbol("m", real=True))
BOTH = ROOT.frac_field(Symbol("m", real=True))

integers = st.integers(-3, 3)
rationals = st.builds(QQ, integers, st.integers(1, 3))


def surds(field):
    root = field.from_sympy(sqrt(2))
    return st.builds(lambda a, b: field(a) + field(b) * root, integers, integers)


def functions(field):
    m = field.from_sympy(Symbol("m", real=True))
    return st.builds(
        lambda a, b, c: (a + b * m) / (c + m), integers, integers, integers
    )


FIELDS = {
    "Q": (QQ, rationals),
    "Q(sqrt 2)": (ROOT, surds(ROOT)),
    "Q(m)": (RATIONAL_FUNCTIONS, functions(RATIONAL_FUNCTIONS)),
    "Q(sqrt 2)(m)": (BOTH, surds(BOTH)),
}


@st.composite
def matrices(draw, most=5):
    """A field, rows of elements with many zeros, and the number of columns."""
    field, elements = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    height, width = draw(st.integers(0, most)), draw(st.integers(1, most))
    entry = st.one_of(st.just(field.zero), elements.map(field.convert))
    rows = draw(
        st.lists(
            st.lists(entry, min_size=width, max_size=width),
            min_size=height,
            max_size=height,
        )
    )
    return field, rows, width


def sparse(rows):
    """Rows with their zeros stored here and there."""
    return [{j: x for j, x in enumerate(row) if x or j % 2} for row in rows]


def dense(field, rows, width):
    return DomainMatrix(rows, (len(rows), width), field).to_dense()


def filled(row, width, field):
    return [row.get(j, field.zero) for j in range(width)]


@settings(deadline=None, max_examples=40)
@given(matrices())
def test_echelon_form_rank_and_pivots(case):
    field, rows, width = case
    form = echelon(sparse(rows), width, field)
    expected, pivots = dense(field, rows, width).rref()
    assert form.pivots == tuple(pivots)
    assert form.rank == rank(sparse(rows), width, field) == len(pivots)
    found = [filled(row, width, field) for row in form.rows]
    # Over Q(sqrt 2)(m) SymPy writes one number in several ways; a difference decides.
    gaps = dense(field, found, width) - expected.extract(range(form.rank), range(width))
    assert gaps.is_zero_matrix


@settings(deadline=None, max_examples=40)
@given(matrices())
def test_kernel_is_the_whole_kernel(case):
    field, rows, width = case
    kernel = nullspace(sparse(rows), width, field)
    assert len(kernel) == width - rank(sparse(rows), width, field)
    assert rank(kernel, width, field) == len(kernel)
    for vector in kernel:
        for row in rows:
            assert not sum((row[j] * x for j, x in vector.items()), field.zero)


@settings(deadline=None, max_examples=40)
@given(matrices(), st.data())
def test_solutions_solve_and_none_means_none(case, data):
    field, rows, width = case
    _, elements = next(pair for pair in FIELDS.values() if pair[0] is field)
    target = [field.convert(data.draw(elements)) for _ in range(width)]
    solution = solve(sparse(rows), dict(enumerate(target)), field)
    within = rank(sparse(rows), width, field) == rank(
        [*sparse(rows), dict(enumerate(target))], width, field
    )
    assert (solution is not None) == within
    if solution is not None:
        for j in range(width):
            total = sum(
                (x * row[j] for x, row in zip(solution, rows, strict=True)), field.zero
            )
            assert not total - target[j]


@settings(deadline=None, max_examples=40)
@given(matrices(), st.data())
def test_remainder_differs_by_the_span_and_misses_the_pivots(case, data):
    field, rows, width = case
    _, elements = next(pair for pair in FIELDS.values() if pair[0] is field)
    vector = {j: field.convert(data.draw(elements)) for j in range(width)}
    vector = {j: x for j, x in vector.items() if x}
    form = echelon(sparse(rows), width, field)
    remainder = form.reduce(vector)
    assert not set(remainder) & set(form.pivots)
    assert all(remainder.values())
    gap = {
        j: vector.get(j, field.zero) - remainder.get(j, field.zero)
        for j in range(width)
    }
    assert rank([*form.rows, gap], width, field) == form.rank


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(1, 12), st.randoms(use_true_random=False))
def test_flint_agrees_with_the_sparse_elimination(height, width, random):
    """Both ways give the same echelon form, number by number."""
    rows = []
    for _ in range(height):
        row = {
            j: QQ(random.randint(-9, 9) or 1, random.randint(1, 7))
            for j in range(width)
            if random.random() < 0.5
        }
        if row:
            rows.append(row)
    if not rows:
        assert echelon(rows, width) == Echelon((), ())
        return
    by_flint = linear_algebra._echelon_flint(rows)
    assert by_flint == echelon(rows, width)
    assert rank(rows, width) == by_flint.rank
    assert all(type(x) is type(QQ(1)) for row in by_flint.rows for x in row.values())


def test_large_systems_take_the_flint_way_and_agree(monkeypatch):
    """A Hilbert matrix has full rank, however ill-conditioned its floats are."""
    size = 64
    hilbert = [{j: QQ(1, i + j + 1) for j in range(size)} for i in range(size)]
    assert size * size >= linear_algebra._DENSE_CELLS
    assert rank([*hilbert, {j: 7 * x for j, x in hilbert[3].items()}], size) == size
    monkeypatch.setattr(linear_algebra, "_integer_matrix", None)
    for elimination in (rank, nullspace):
        with pytest.raises(TypeError):
            elimination(hilbert, size)


def test_large_systems_of_short_rows_stay_sparse(monkeypatch):
    """Differences of neighbours have the constant vectors alone in their kernel."""
    monkeypatch.setattr(linear_algebra, "_echelon_flint", None)
    size = 300
    differences = [{j: QQ(1), j + 1: QQ(-1)} for j in range(size - 1)]
    assert nullspace(differences, size) == [dict.fromkeys(range(size), QQ(1))]


@settings(deadline=None, max_examples=40)
@given(matrices(), st.data())
def test_span_gives_coordinates_and_a_remainder(case, data):
    """v = sum_k x_k v_k + r, and r = 0 exactly where v is in the span."""
    field, rows, width = case
    _, elements = next(pair for pair in FIELDS.values() if pair[0] is field)
    span, inserted = Span(field), []
    for row in ({j: x for j, x in enumerate(row) if x} for row in rows):
        independent = rank([*inserted, row], width, field) > len(inserted)
        assert span.insert(row) == independent
        inserted += [row] * independent
    vector = {j: field.convert(data.draw(elements)) for j in range(width)}
    vector = {j: x for j, x in vector.items() if x}
    coordinates, remainder = span.split(vector)
    for j in range(width):
        total = remainder.get(j, field.zero) - vector.get(j, field.zero)
        for k, x in coordinates.items():
            total += x * inserted[k].get(j, field.zero)
        assert not total
    inside = rank([*inserted, vector], width, field) == len(inserted)
    assert (not remainder) == inside


def test_the_remainder_does_not_depend_on_the_order_of_insertion():
    vectors = [{"a": QQ(1), "c": QQ(1)}, {"a": QQ(1), "b": QQ(2)}, {"d": QQ(1)}]
    found = []
    for order in (vectors, vectors[::-1]):
        span = Span()
        assert all(map(span.insert, order))
        found.append(span.split({"a": QQ(1), "b": QQ(1), "c": QQ(1), "d": QQ(1)})[1])
    assert found[0] == found[1] == {"a": QQ(-1, 2)}


def test_the_input_is_not_changed():
    rows = [{0: QQ(2), 1: QQ(0)}, {0: QQ(4), 1: QQ(1)}]
    echelon(rows, 2)
    assert rows == [{0: QQ(2), 1: QQ(0)}, {0: QQ(4), 1: QQ(1)}]


def test_no_equation_leaves_everything_free():
    assert nullspace([], 3) == [{0: 1}, {1: 1}, {2: 1}]
    assert nullspace([{}], 2, ROOT) == [{0: ROOT.one}, {1: ROOT.one}]
    assert solve([], {}) == []
    assert solve([], {0: QQ(1)}) is None


@settings(deadline=None)
@given(st.integers(1, 7), st.floats(0, 1), st.integers(0, 10**6))
def test_coordinates_give_the_vectors_back(size, share, seed):
    """Sparse spans are solved by elimination and dense ones by flint, to one answer."""
    random = Random(seed)

    def entry():
        return QQ(random.randint(-5, 5), random.randint(1, 4))

    span, kept = Span(QQ), []
    for _ in range(size):
        full = random.random() < share
        columns = range(size) if full else random.sample(range(size), 1)
        vector = {c: x for c in columns if (x := entry())}
        if span.insert(vector):
            kept.append(vector)
    mixed = [{}, *kept]
    for _ in range(3):
        total = {}
        for vector in kept:
            add_multiple(total, entry(), vector)
        mixed.append(total)
    for vector, row in zip(mixed, span.coordinates(mixed), strict=True):
        total = {}
        for k, x in row.items():
            add_multiple(total, x, kept[k])
        assert total == vector
        assert span.split(vector) == (row, {})
    for row, coordinates in span.basis:
        total = {}
        for k, x in coordinates.items():
            add_multiple(total, x, kept[k])
        assert total == row
