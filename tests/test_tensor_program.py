"""Blocks of rows give what each node gives alone, in few calls."""

import pytest
import torch

from symflow.expression_graph import ExpressionGraph
from symflow.tensor_program import Schedule


def run(graph, wanted, points):
    schedule = Schedule(graph, [len(points)])
    constants = points.new_tensor(schedule.constants)[:, None]
    segment = schedule.extend(wanted)
    rows, blocks = segment.load(points)([constants, points])
    return rows, len(blocks) - 2


def test_pair_distances_take_as_many_calls_for_many_as_for_few():
    counts = []
    for number in (3, 9):
        graph = ExpressionGraph()
        wanted, pairs = [], [(i, j) for i in range(number) for j in range(i)]
        for i, j in pairs:
            gap = graph.linear([(1.0, graph.input(i)), (-1.0, graph.input(j))])
            wanted.append(graph.apply("sqrt", graph.multiply(gap, gap)))
        points = torch.randn(number, 5, dtype=torch.float64)
        rows, calls = run(graph, wanted, points)
        right = torch.stack([(points[i] - points[j]).abs() for i, j in pairs])
        assert torch.equal(rows, right)
        counts.append(calls)
    assert counts == [3, 3]


def test_rows_are_collected_in_order_and_across_the_batch():
    graph = ExpressionGraph()
    x, y = graph.input(0), graph.input(1)
    seven = graph.constant(7.0)
    wanted = [graph.apply("exp", y), seven, x, graph.apply("exp", x), x]
    points = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    rows, _ = run(graph, wanted, points)
    right = [
        points[1].exp(),
        torch.full((2,), 7.0),
        points[0],
        points[0].exp(),
        points[0],
    ]
    assert torch.equal(rows, torch.stack(right))


def test_sums_of_functions_do_not_mix_their_poles():
    graph = ExpressionGraph()
    x, y = graph.input(0), graph.input(1)
    left, right = (graph.apply("reciprocal", u) for u in (x, y))
    wanted = [
        graph.linear([(1.0, left), (2.0, y)]),
        graph.linear([(1.0, right), (2.0, x)]),
    ]
    rows, _ = run(graph, wanted, torch.tensor([[0.0], [4.0]]))
    assert rows.flatten().tolist() == [float("inf"), 0.25]


@pytest.mark.parametrize("u", [-2.5, -0.5, 0.25, 1.0, 4.5])
def test_gamma_has_its_sign(u):
    graph = ExpressionGraph()
    rows, _ = run(graph, [graph.apply("gamma", graph.input(0))], torch.tensor([[u]]))
    sign = -1.0 if u < 0 and int(-u) % 2 == 0 else 1.0
    assert rows.item() == pytest.approx(
        sign * torch.lgamma(torch.tensor(u)).exp().item()
    )


def test_a_branch_leaves_the_schedule_as_it_was():
    graph = ExpressionGraph()
    x = graph.input(0)
    square, root = graph.multiply(x, x), graph.apply("sqrt", x)
    points = torch.tensor([[4.0, 9.0]])
    schedule = Schedule(graph, [1])
    schedule.branch().extend([root])
    rows, blocks = schedule.extend([square]).load(points)([torch.empty(0, 1), points])
    assert rows.tolist() == [[16.0, 81.0]]
    assert len(blocks) == 3
