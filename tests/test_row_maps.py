"""Invariants on rows: every derivative is that of autograd, whichever map is chosen."""

from itertools import combinations, combinations_with_replacement

import pytest
import torch
from sympy import exp, sqrt, symbols

from symflow import row_maps
from symflow.compilation import compile as compile_functions
from symflow.row_maps import CompiledMap, VectorMap, row_map

EPSILON = torch.finfo(torch.float64).eps
PLACES = symbols("x:12", real=True)
VECTORS = [PLACES[3 * k : 3 * k + 3] for k in range(4)]


def dot(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


def gap(u, v):
    return [a - b for a, b in zip(u, v, strict=True)]


PRODUCTS = [dot(u, v) for u, v in combinations_with_replacement(VECTORS, 2)]
SQUARES = [dot(gap(u, v), gap(u, v)) for u, v in combinations(VECTORS, 2)]
LENGTHS = [sqrt(dot(u, u)) for u in VECTORS]
DISTANCES = [sqrt(square) for square in SQUARES]
RECOGNISED = {
    "products": PRODUCTS,
    "squares": SQUARES,
    "products and squares": PRODUCTS + SQUARES,
    "halves": [f / 2 for f in PRODUCTS],
    "distances": DISTANCES,
    "lengths and distances": LENGTHS + DISTANCES,
    "out of order": [SQUARES[3], PRODUCTS[1], SQUARES[0], PRODUCTS[1]],
}
OTHERS = {
    "a polynomial": [*PRODUCTS, PLACES[0] ** 3],
    "another function": [*PRODUCTS, exp(PRODUCTS[0])],
    "a distance beside a square": [*DISTANCES, PRODUCTS[0]],
    "crossed components": [PLACES[0] * PLACES[4] - PLACES[1] * PLACES[3]],
    "unequal numbers of terms": [*PRODUCTS, PLACES[0] * PLACES[1]],
    "unequal weights": [PLACES[0] ** 2 + 2 * PLACES[1] ** 2 + PLACES[2] ** 2],
}


def rows(count, seed=0, batch=5):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, batch, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("functions", RECOGNISED.values(), ids=RECOGNISED)
def test_vectors_are_recognised(functions):
    assert isinstance(row_map(compile_functions(functions, PLACES)), VectorMap)


def test_large_systems_are_left_to_sparse_sums(monkeypatch):
    functions = compile_functions(SQUARES, PLACES)
    monkeypatch.setattr(row_maps, "_LARGEST", 4 * len(SQUARES))
    assert isinstance(row_map(functions), VectorMap)
    monkeypatch.setattr(row_maps, "_LARGEST", 4 * len(SQUARES) - 1)
    assert isinstance(row_map(functions), CompiledMap)


@pytest.mark.parametrize("functions", OTHERS.values(), ids=OTHERS)
def test_nothing_else_is(functions):
    assert isinstance(row_map(compile_functions(functions, PLACES)), CompiledMap)


@pytest.mark.parametrize(
    "functions", [*RECOGNISED.values(), *OTHERS.values()], ids=[*RECOGNISED, *OTHERS]
)
def test_all_derivatives_are_those_of_the_expressions(functions):
    compiled = compile_functions(functions, PLACES)
    found, x, m = row_map(compiled), rows(12), len(functions)
    c, u, bar = rows(m, 1), rows(12, 2), rows(m, 3)
    tracked = [t.clone().requires_grad_() for t in (x, c)]
    values = compiled.value(tracked[0].t()).t()
    (pulled,) = torch.autograd.grad(
        (values * tracked[1]).sum(), tracked[0], create_graph=True
    )
    along_x, along_c = torch.autograd.grad((pulled * u).sum(), tracked)
    _, pullback = compiled.value_and_pullback(x.t())
    value, tape = found.value(x)
    close(value, values)
    close(found.pullback(tape, c), pulled)
    for at in (tape, found.kept(tape)):
        s, bent = found.bend(at, c, u)
        close(s, along_c)
        close(found.finish(bent, bar), along_x + pullback(bar.t()).t())
        close(found.finish(found.bend(at, c, u)[1], None), along_x)


def close(found, known):
    size = 1 + float(known.detach().abs().max())
    assert float((found - known).detach().abs().max()) < 100 * EPSILON * size


@pytest.mark.parametrize("functions", [PRODUCTS, SQUARES, DISTANCES])
def test_no_points_are_no_points(functions):
    found = row_map(compile_functions(functions, PLACES))
    value, tape = found.value(rows(12, batch=0))
    assert value.shape == (len(functions), 0)
    assert found.pullback(tape, value).shape == (12, 0)


def test_a_distance_of_zero_has_a_value_and_no_gradient():
    found = row_map(compile_functions(DISTANCES[:1], PLACES))
    r, tape = found.value(torch.ones(12, 1))
    assert float(r) == 0.0
    assert bool(found.pullback(tape, torch.ones(1, 1)).isnan().any())


def test_less_is_kept_than_was_computed():
    found = row_map(compile_functions(DISTANCES, PLACES))
    _, tape = found.value(rows(12))

    def numbers(tape):
        return sum(part.numel() for part in tape if part is not None)

    assert numbers(found.kept(tape)) < numbers(tape)
