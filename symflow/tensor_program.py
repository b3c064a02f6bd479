r"""The tensor program: an expression graph run on whole blocks of rows.

Takes a graph, gives a short list of torch calls. Nodes that do the same to operands from
the same places are one call, on a block of shape (rows, batch): one row for each node,
one column for each point.

.. math:: U = \begin{pmatrix} u_1(z_1) & u_1(z_2) & \dots \\ u_2(z_1) & u_2(z_2) & \dots
    \\ \vdots \end{pmatrix}

Sums of polynomials are matrix products; other sums add gathered rows, so that an infinite
row spoils only what it belongs to.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, NamedTuple

import torch
from torch import Tensor

from symflow.expression_graph import ExpressionGraph, Node

__all__ = ["Schedule", "Segment"]

Place = tuple[int, int]  # block, row
Blocks = list[Tensor]
Call = Callable[[Blocks], Tensor]
Loader = Callable[[Tensor], Call]

# Block 0 holds the fixed numbers, in one column; block 1 the points.
POINTS = 1


def _gamma(u: Tensor) -> Tensor:
    """The gamma function, of which torch has only the logarithm of the modulus."""
    odd = torch.remainder(torch.floor(u), 2.0) == 1.0
    size = torch.exp(torch.lgamma(u))
    return torch.where((u < 0) & odd, -size, size)


def _log_gamma(u: Tensor) -> Tensor:
    """The logarithm of gamma on the positive axis, where it is real."""
    return torch.where(u < 0, torch.nan, torch.lgamma(torch.where(u < 0, 1.0, u)))


def _polygamma(order: int) -> Callable[[Tensor], Tensor]:
    """The derivatives of digamma, by Hurwitz zeta: torch.polygamma(1, u) has 10 digits."""
    if order == 0:
        return torch.digamma
    factor = float((-1) ** (order + 1) * math.factorial(order))
    return lambda u: factor * torch.special.zeta(order + 1.0, u)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "multiply": torch.mul,
    "reciprocal": torch.reciprocal,
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "general_power": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "atan2": torch.atan2,
    "mod": torch.remainder,
    "where": torch.where,
    "less": torch.lt,
    "less_equal": torch.le,
    "equal": torch.eq,
    "not_equal": torch.ne,
    "and": torch.logical_and,
    "or": torch.logical_or,
    "not": torch.logical_not,
    "exp": torch.exp,
    "log": torch.log,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "erf": torch.erf,
    "erfc": torch.special.erfc,
    "erfinv": torch.erfinv,
    "gamma": _gamma,
    "lgamma": _log_gamma,
    "abs": torch.abs,
    "sign": torch.sign,
    "floor": torch.floor,
    "ceiling": torch.ceil,
}


def _function_of(node: Node) -> Callable[..., Any]:
    """The torch function of an operation with its numbers filled in."""
    if node.operation == "power":
        exponent = node.numbers[0]
        return lambda u: torch.pow(u, exponent)
    if node.operation == "exponential":
        base = node.numbers[0]
        return lambda u: torch.pow(base, u)
    if node.operation == "polygamma":
        return _polygamma(int(node.numbers[0]))
    return _FUNCTIONS[node.operation]


class _Rows(NamedTuple):
    """Some rows of a block that has a given number of them."""

    block: int
    rows: tuple[int, ...]
    size: int

    def load(self, device: torch.device) -> Call:
        """The call that takes them: the block or a view of it where that is possible."""
        block, first, count = self.block, self.rows[0], len(self.rows)
        if self.rows != tuple(range(first, first + count)):
            index = torch.tensor(self.rows, device=device)
            return lambda blocks: blocks[block].index_select(0, index)
        if count == self.size:
            return lambda blocks: blocks[block]
        return lambda blocks: blocks[block].narrow(0, first, count)


def _elementwise(function: Callable[..., Any], operands: Sequence[_Rows]) -> Loader:
    """Loader of f(u, v, ...), row by row."""

    def load(like: Tensor) -> Call:
        takes = [rows.load(like.device) for rows in operands]
        if len(takes) == 1:
            (take,) = takes
            return lambda blocks: function(take(blocks))
        if len(takes) == 2 and operands[0] == operands[1]:
            return lambda blocks: _twice(function, takes[0](blocks))
        return lambda blocks: function(*[take(blocks) for take in takes])

    return load


def _twice(function: Callable[..., Any], rows: Tensor) -> Tensor:
    """f(u, u), for squares: what is gathered, is gathered once."""
    return function(rows, rows)


def _matrix_sums(
    count: int, entries: Sequence[tuple[int, Place, float]], sizes: Sequence[int]
) -> list[tuple[Tensor, _Rows]]:
    """The sums of a group as matrices, one for each block they draw on."""
    by_block: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for target, (block, row), weight in entries:
        by_block[block].append((target, row, weight))
    parts = []
    for block, items in by_block.items():
        used = sorted({row for _, row, _ in items})
        if 2 * len(used) > sizes[block]:
            used = list(range(sizes[block]))
        column = {row: k for k, row in enumerate(used)}
        matrix = torch.zeros(count, len(used), dtype=torch.float64)
        for target, row, weight in items:
            matrix[target, column[row]] = weight
        parts.append((matrix, _Rows(block, tuple(used), sizes[block])))
    return parts


def _gathered_sums(
    count: int, entries: Sequence[tuple[int, Place, float]], sizes: Sequence[int]
) -> list[tuple[Tensor, _Rows]]:
    """The sums of a group as weights (row, term), one for each block they draw on."""
    by_block: dict[int, list[list[tuple[int, float]]]] = {}
    for target, (block, row), weight in entries:
        terms = by_block.setdefault(block, [[] for _ in range(count)])
        terms[target].append((row, weight))
    parts = []
    for block, terms in by_block.items():
        rows = tuple(row for sum_ in terms for row, _ in sum_)
        weights = [[weight for _, weight in sum_] for sum_ in terms]
        matrix = torch.tensor(weights, dtype=torch.float64)
        parts.append((matrix, _Rows(block, rows, sizes[block])))
    return parts


def _matrix_product(matrix: Tensor, rows: Tensor) -> Tensor:
    """A matrix product that autocast leaves in the precision of its operands."""
    kind = rows.device.type
    if not (torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)):
        return torch.mm(matrix, rows)
    with torch.autocast(kind, enabled=False):
        return torch.mm(matrix, rows)


def _weighted_sum(weights: Tensor, rows: Tensor) -> Tensor:
    """The sums over terms of gathered rows, (sums times terms, batch)."""
    if weights.shape[1] == 1:
        return rows * weights
    return (rows.unflatten(0, weights.shape) * weights[..., None]).sum(1)


def _sums(
    parts: Sequence[tuple[Tensor, _Rows]],
    offsets: Sequence[float],
    combine: Callable[[Tensor, Tensor], Tensor],
) -> Loader:
    """Loader of c_0 + sum_i c_i u_i for a group of nodes."""

    def load(like: Tensor) -> Call:
        terms = [(matrix.to(like), rows.load(like.device)) for matrix, rows in parts]
        offset = like.new_tensor(offsets)[:, None] if any(offsets) else None

        def call(blocks: Blocks) -> Tensor:
            total, *others = [combine(matrix, take(blocks)) for matrix, take in terms]
            for other in others:
                total = total + other
            return total if offset is None else total + offset

        return call

    return load


def _collection(places: Sequence[Place], sizes: Sequence[int]) -> Loader:
    """Loader of the rows that are wanted, in their order, across the whole batch."""
    used = sorted(set(places))
    parts = [
        _Rows(block, tuple(row for b, row in used if b == block), sizes[block])
        for block in dict.fromkeys(block for block, _ in used)
    ]
    position = {place: k for k, place in enumerate(used)}
    order = _Rows(0, tuple(position[place] for place in places), len(used))

    def load(like: Tensor) -> Call:
        takes = [rows.load(like.device) for rows in parts]
        arrange = order.load(like.device) if places else None

        def call(blocks: Blocks) -> Tensor:
            width = blocks[POINTS].shape[1]
            if arrange is None:
                return blocks[POINTS].new_zeros((0, width))
            found = [take(blocks).expand(-1, width) for take in takes]
            return arrange([found[0] if len(found) == 1 else torch.cat(found)])

        return call

    return load


class Segment:
    r"""The calls that lead from blocks that are there to rows that are wanted.

    Arguments:
        loaders: What makes each call from a tensor like those to come; each call but the
            last adds a block, and the last gives the result.
        start: How many blocks must be there.
    """

    def __init__(self, loaders: Sequence[Loader], start: int) -> None:
        self._loaders = tuple(loaders)
        self._start = start

    def load(self, like: Tensor) -> Callable[[Blocks], tuple[Tensor, Blocks]]:
        """The segment with its numbers in the precision and on the device of a tensor.

        Arguments:
            like: A tensor of floating-point numbers.

        Returns:
            A function from the blocks that are there to the wanted rows, of shape
            (rows, batch), and all blocks.
        """
        *calls, last = [loader(like) for loader in self._loaders]
        start = self._start

        def run(blocks: Blocks) -> tuple[Tensor, Blocks]:
            filled = blocks[:start]
            for call in calls:
                filled.append(call(filled))
            return last(filled), filled

        return run


class Schedule:
    """The place of each node in a block, and the calls that fill the blocks.

    Arguments:
        graph: The graph.
        inputs: The number of inputs of each block that is given from outside.

    Example:
        >>> graph = ExpressionGraph()
        >>> x, y = graph.input(0), graph.input(1)
        >>> norm = graph.linear([(1.0, graph.multiply(u, u)) for u in (x, y)])
        >>> points = torch.tensor([[3.0, 1.0], [4.0, 2.0]])  # two points, in columns
        >>> run = Schedule(graph, [2]).extend([norm]).load(points)
        >>> run([torch.empty(0, 1), points])[0]
        tensor([[25.,  5.]])
    """

    def __init__(self, graph: ExpressionGraph, inputs: Sequence[int]) -> None:
        self._nodes = graph.nodes
        self._graph = graph
        fixed = [
            i for i, node in enumerate(graph.nodes) if node.operation == "constant"
        ]
        self.constants = [graph.nodes[i].numbers[0] for i in fixed]
        self._places: dict[int, Place] = {i: (0, row) for row, i in enumerate(fixed)}
        self._sizes = [len(fixed)]
        for size in inputs:
            first = sum(self._sizes[1:])
            for row in range(size):
                self._places[graph.input(first + row)] = (len(self._sizes), row)
            self._sizes.append(size)
        self._polynomial = set(self._places)
        for index, node in enumerate(graph.nodes):
            known = self._polynomial.issuperset(node.operands)
            if known and node.operation in ("linear", "multiply"):
                self._polynomial.add(index)

    def branch(self) -> Schedule:
        """A schedule that goes on from here without changing this one.

        Returns:
            A schedule with the same places.
        """
        other = copy(self)
        other._sizes, other._places = list(self._sizes), dict(self._places)
        return other

    def extend(self, wanted: Sequence[int]) -> Segment:
        """The calls that compute some nodes from those that have a place.

        Arguments:
            wanted: The nodes whose rows are the result.

        Returns:
            The segment.
        """
        start = len(self._sizes)
        loaders = []
        pending = sorted(self._graph.ancestors(wanted) - self._places.keys())
        while pending:
            groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
            waiting = []
            for index in pending:
                if self._places.keys() >= set(self._nodes[index].operands):
                    groups[self._kind(index)].append(index)
                else:
                    waiting.append(index)
            loaders += [self._add(group) for group in groups.values()]
            pending = waiting
        loaders.append(_collection([self._places[i] for i in wanted], self._sizes[:]))
        return Segment(loaders, start)

    def _operand_places(self, index: int) -> list[Place]:
        """Where the operands are; sorted where their order does not matter."""
        node = self._nodes[index]
        places = [self._places[operand] for operand in node.operands]
        return sorted(places) if node.operation == "multiply" else places

    def _kind(self, index: int) -> tuple[object, ...]:
        """What nodes have in common that are computed in one call."""
        node = self._nodes[index]
        if node.operation == "linear" and index in self._polynomial:
            return ("linear",)
        blocks = [block for block, _ in self._operand_places(index)]
        if node.operation == "linear":
            return ("linear", *sorted(blocks))
        return (node.operation, node.numbers, *blocks)

    def _add(self, group: list[int]) -> Loader:
        """Gives the nodes of a group a block, and the call that fills it."""
        group.sort(key=self._operand_places)
        sizes = self._sizes[:]
        if self._nodes[group[0]].operation == "linear":
            loader = self._linear(group, sizes)
        else:
            columns = zip(*map(self._operand_places, group), strict=True)
            operands = [
                _Rows(
                    column[0][0], tuple(row for _, row in column), sizes[column[0][0]]
                )
                for column in columns
            ]
            loader = _elementwise(_function_of(self._nodes[group[0]]), operands)
        self._places.update({i: (len(sizes), row) for row, i in enumerate(group)})
        self._sizes.append(len(group))
        return loader

    def _linear(self, group: list[int], sizes: list[int]) -> Loader:
        entries = [
            (target, self._places[operand], weight)
            for target, index in enumerate(group)
            for operand, weight in zip(
                self._nodes[index].operands, self._nodes[index].numbers, strict=False
            )
        ]
        offsets = [self._nodes[index].numbers[-1] for index in group]
        if group[0] in self._polynomial:
            parts = _matrix_sums(len(group), entries, sizes)
            return _sums(parts, offsets, _matrix_product)
        parts = _gathered_sums(len(group), entries, sizes)
        return _sums(parts, offsets, _weighted_sum)
