r"""Program map: general code, with derivatives swept through the expression graph.

Takes an expression graph and its outputs, gives a map of points whose values and
derivatives are short lists of torch calls.

.. math:: \bar u_i = \sum_k \bar u_k \, \frac{\partial u_k}{\partial u_i}

The sweeps are nodes of the same graph: the gradient g of c.I along z, and that of v.g
along c and then along z. So values and derivatives share their work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, final

import torch
from torch import Tensor

from symflow.expression_graph import ExpressionGraph
from symflow.tensor_map import AbstractMap, Memory
from symflow.tensor_program import Schedule, Segment

__all__ = ["GeneralProgram", "ProgramMap"]

Run = Callable[[list[Tensor]], tuple[Tensor, list[Tensor]]]


class GeneralProgram:
    r"""The code for some nodes of a graph and for their derivatives.

    .. math:: z \mapsto u, \qquad (z, c) \mapsto g = \sum_a c_a \nabla u_a, \qquad
        (z, c, v) \mapsto \nabla_{c, z} (v \cdot g)

    Arguments:
        graph: The graph; the derivatives are added to it.
        outputs: The nodes u.
        d: The number of coordinates, which are the first inputs of the graph.

    Example:
        >>> graph = ExpressionGraph()
        >>> program = GeneralProgram(graph, [graph.apply("exp", graph.input(0))], 1)
        >>> f = program.load(torch.empty(0))
        >>> value, memory = f.value(torch.zeros(1, 2))
        >>> f.pullback(memory, torch.tensor([[1.0, 3.0]]))
        tensor([[1., 3.]])
    """

    def __init__(self, graph: ExpressionGraph, outputs: Sequence[int], d: int) -> None:
        self._graph = graph
        self._outputs = tuple(outputs)
        self._d = d
        self._slopes = self._jacobian_rows()
        self._pulled, self._twice = self._sweeps()
        self._segments, self._constants = self._schedule()

    def load(self, like: Tensor) -> ProgramMap:
        """The code with its numbers in the precision and on the device of a tensor.

        Arguments:
            like: A tensor of floating-point numbers.

        Returns:
            The map.
        """
        constants = like.new_tensor(self._constants)[:, None]
        runs = _Runs(*[part.load(like) for part in self._segments])
        return ProgramMap(constants, runs, self._d, len(self._graph.nodes))

    def describe(self, inputs: Sequence[str]) -> tuple[str, str]:
        """The value and the pullback as text, one elementary operation on a line.

        Arguments:
            inputs: The names of the coordinates.

        Returns:
            The two texts.
        """
        names = [*inputs, *(f"c[{a}]" for a in range(len(self._outputs)))]
        known = self._graph.ancestors(self._outputs)
        return (
            self._graph.describe(self._outputs, names, ()),
            self._graph.describe(self._pulled, names, known),
        )

    def _jacobian_rows(self) -> list[int]:
        graph = self._graph
        zero, one = graph.constant(0.0), graph.constant(1.0)
        rows = [graph.gradient({output: one}) for output in self._outputs]
        return [row.get(i, zero) for row in rows for i in range(self._d)]

    def _sweeps(self) -> tuple[list[int], list[int]]:
        """The gradient g of c.I along z, and that of v.g along c and then z."""
        graph, d, m = self._graph, self._d, len(self._outputs)
        zero = graph.constant(0.0)
        once = graph.gradient(_seeds(graph, self._outputs, d))
        pulled = [once.get(i, zero) for i in range(d)]
        twice = graph.gradient(_seeds(graph, pulled, d + m))
        return pulled, [twice.get(i, zero) for i in (*range(d, d + m), *range(d))]

    def _schedule(self) -> tuple[tuple[Segment, ...], list[float]]:
        d, m = self._d, len(self._outputs)
        schedule = Schedule(self._graph, [d, m, d])
        value = schedule.extend(self._outputs)
        others = (self._slopes, self._pulled, self._twice)
        branches = [schedule.branch().extend(wanted) for wanted in others]
        return (value, *branches), schedule.constants


class _Runs(NamedTuple):
    """What runs, with its numbers in one precision on one device."""

    value: Run
    jacobian: Run
    pullback: Run
    second: Run


@final
class ProgramMap(AbstractMap):
    """General code on rows of points.

    Arguments:
        constants: The numbers in it, in one column.
        runs: The calls.
        d: The number of coordinates.
        width: About how many rows it holds at once.
    """

    def __init__(self, constants: Tensor, runs: _Runs, d: int, width: int) -> None:
        self._constants = constants
        self._runs = runs
        self._d = d
        self.width = width

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The values; see `AbstractMap.value`."""
        return self._runs.value([self._constants, z, z, z])

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """The derivative along v; see `AbstractMap.pushforward`."""
        return torch.einsum("aib,ib->ab", self.jacobian(memory, self._d), v)

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """The swept gradient; see `AbstractMap.pullback`."""
        return self._runs.pullback([*memory[:2], c, *memory[3:]])[0]

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The gradient swept once more; see `AbstractMap.second`."""
        rows, _ = self._runs.second([*memory[:2], c, v, *memory[4:]])
        return rows[: len(c)], rows[len(c) :]

    def jacobian(self, memory: Memory, d: int) -> Tensor:
        """The swept gradient of each value; see `AbstractMap.jacobian`."""
        return self._runs.jacobian(memory)[0].unflatten(0, (-1, d))


def _seeds(
    graph: ExpressionGraph, outputs: Iterable[int], first: int
) -> dict[int, int]:
    """The weight of each output: an input of its own, or a sum where outputs agree."""
    weights: dict[int, list[tuple[float, int]]] = {}
    for position, output in enumerate(outputs, start=first):
        weights.setdefault(output, []).append((1.0, graph.input(position)))
    return {output: graph.linear(terms) for output, terms in weights.items()}
