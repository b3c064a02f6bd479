r"""The expression graph: every subexpression once, and gradients by a reverse sweep.

Takes elementary operations, gives a graph in the order in which it can be computed.
Equal operations are one node, so that values and derivatives share their work.

.. math:: \bar u_i = \sum_k \bar u_k \, \frac{\partial u_k}{\partial u_i}

Derivatives are nodes of the same graph, made from the last node to the first. Nothing
is differentiated, expanded or printed as a whole; a derivative can be swept again.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["ExpressionGraph", "Node"]


class Node(NamedTuple):
    """One elementary operation: its name, the nodes it acts on, and its numbers.

    Example:
        >>> Node("linear", (0, 1), (2.0, -1.0, 0.5))  # 2 u_0 - u_1 + 1/2
        Node(operation='linear', operands=(0, 1), numbers=(2.0, -1.0, 0.5))
    """

    operation: str
    operands: tuple[int, ...]
    numbers: tuple[float, ...]


class ExpressionGraph:
    r"""A graph of elementary operations, each distinct one held once.

    .. math:: u_k = f_k(u_i, u_j, \dots), \qquad i, j < k

    Example:
        >>> graph = ExpressionGraph()
        >>> x = graph.input(0)
        >>> square = graph.multiply(x, x)
        >>> slope = graph.gradient({square: graph.constant(1.0)})[0]
        >>> graph.nodes[slope]  # 2 x
        Node(operation='linear', operands=(0,), numbers=(2.0, 0.0))

    Reference:
        Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 3.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}

    def apply(
        self, operation: str, *operands: int, numbers: Iterable[float] = ()
    ) -> int:
        """The node of an operation, made if it is new.

        Arguments:
            operation: The name of the operation.
            operands: The nodes it acts on.
            numbers: Its numbers: coefficients, an exponent, an order.

        Returns:
            The index of the node.
        """
        node = Node(operation, operands, tuple(numbers))
        if node not in self._index:
            self._index[node] = len(self.nodes)
            self.nodes.append(node)
        return self._index[node]

    def input(self, position: int) -> int:
        """The node of a number that is given from outside.

        Arguments:
            position: Its place among the inputs.

        Returns:
            The index of the node.
        """
        return self.apply("input", numbers=(position,))

    def constant(self, value: float) -> int:
        """The node of a fixed number.

        Arguments:
            value: The number.

        Returns:
            The index of the node.
        """
        return self.apply("constant", numbers=(value,))

    def value_of(self, index: int) -> float | None:
        """The number that a node is, or None where it depends on the inputs.

        Arguments:
            index: A node.

        Returns:
            The number or None.
        """
        node = self.nodes[index]
        return node.numbers[0] if node.operation == "constant" else None

    def linear(self, terms: Iterable[tuple[float, int]], offset: float = 0.0) -> int:
        r"""The node of :math:`c_0 + \sum_i c_i u_i`.

        Arguments:
            terms: Pairs of a coefficient and a node.
            offset: The constant part.

        Returns:
            The index of the node.
        """
        total: dict[int, float] = defaultdict(float)
        for weight, term in terms:
            value = self.value_of(term)
            if value is None:
                scale, operand = self._scaled(term)
                total[operand] += weight * scale
            else:
                offset += weight * value
        kept = {index: total[index] for index in sorted(total) if total[index] != 0}
        if not kept:
            return self.constant(offset)
        if len(kept) == 1 and offset == 0 and set(kept.values()) == {1.0}:
            return next(iter(kept))
        return self.apply("linear", *kept, numbers=(*kept.values(), offset))

    def _scaled(self, index: int) -> tuple[float, int]:
        """A node as a number times a node."""
        node = self.nodes[index]
        if node.operation == "linear" and len(node.operands) == 1:
            scale, offset = node.numbers
            if offset == 0:
                return scale, node.operands[0]
        return 1.0, index

    def multiply(self, left: int, right: int) -> int:
        """The node of a product.

        Arguments:
            left: A node.
            right: A node.

        Returns:
            The index of the node.
        """
        for factor, other in ((left, right), (right, left)):
            value = self.value_of(factor)
            if value is not None:
                return self.linear([(value, other)])
        (a, u), (b, v) = self._scaled(left), self._scaled(right)
        product = self.apply("multiply", min(u, v), max(u, v))
        return self.linear([(a * b, product)])

    def power(self, base: int, exponent: Fraction | float) -> int:
        """The node of a power with a fixed exponent.

        Whole powers are repeated products; half-integer ones are those times a root.

        Arguments:
            base: A node.
            exponent: The exponent.

        Returns:
            The index of the node.
        """
        if isinstance(exponent, float) and not (2 * exponent).is_integer():
            return self.apply("power", base, numbers=(exponent,))
        whole, half = divmod(Fraction(exponent), 1)
        if half == 0 and whole < 0:
            return self.apply("reciprocal", self._whole_power(base, -int(whole)))
        if half == 0:
            return self._whole_power(base, int(whole))
        if half != Fraction(1, 2):
            return self.apply("power", base, numbers=(float(exponent),))
        if whole < 0:
            return self._whole_power(self.apply("rsqrt", base), -2 * int(whole) - 1)
        root = self.apply("sqrt", base)
        return self.multiply(self._whole_power(base, int(whole)), root)

    def _whole_power(self, base: int, exponent: int) -> int:
        if exponent == 0:
            return self.constant(1.0)
        if exponent == 1:
            return base
        if exponent % 2:
            return self.multiply(self._whole_power(base, exponent - 1), base)
        half = self._whole_power(base, exponent // 2)
        return self.multiply(half, half)

    def where(self, condition: int, then: int, otherwise: int) -> int:
        """The node that chooses between two others.

        Arguments:
            condition: A node that is true or false.
            then: The node taken where it is true.
            otherwise: The node taken elsewhere.

        Returns:
            The index of the node.
        """
        if then == otherwise:
            return then
        return self.apply("where", condition, then, otherwise)

    def step(self, operand: int, middle: float = 0.5) -> int:
        """The node of the unit step: 0 below zero, 1 above.

        Arguments:
            operand: A node.
            middle: The value at zero.

        Returns:
            The index of the node.
        """
        half = self.linear([(0.5, self.apply("sign", operand))], 0.5)
        if middle == 0.5:
            return half
        at_zero = self.apply("equal", operand, self.constant(0.0))
        return self.where(at_zero, self.constant(middle), half)

    def ancestors(self, roots: Iterable[int]) -> set[int]:
        """The nodes that some nodes are computed from, and these themselves.

        Arguments:
            roots: The nodes that are wanted.

        Returns:
            The indices of all that they need.
        """
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            index = waiting.pop()
            if index not in found:
                found.add(index)
                waiting.extend(self.nodes[index].operands)
        return found

    def describe(
        self, roots: Sequence[int], inputs: Sequence[str], known: Collection[int]
    ) -> str:
        """The operations that lead to some nodes, one on a line.

        Arguments:
            roots: The nodes that are wanted.
            inputs: The names of the inputs.
            known: Nodes that are there already.

        Returns:
            The text; the last line lists the wanted nodes.
        """
        lines = []
        for index in sorted(self.ancestors(roots).difference(known)):
            operation, operands, numbers = self.nodes[index]
            if operation not in ("input", "constant"):
                arguments = [self._name(operand, inputs) for operand in operands]
                arguments += [f"{number!r}" for number in numbers]
                lines.append(f"    u{index} = {operation}({', '.join(arguments)})")
        names = ", ".join(self._name(root, inputs) for root in roots)
        return "\n".join((*lines, f"    return ({names})"))

    def _name(self, index: int, inputs: Sequence[str]) -> str:
        operation, _, numbers = self.nodes[index]
        if operation == "input":
            return inputs[int(numbers[0])]
        return f"{numbers[0]!r}" if operation == "constant" else f"u{index}"

    def gradient(self, seeds: Mapping[int, int]) -> dict[int, int]:
        r"""The reverse sweep of :math:`\sum_a c_a \, \partial u_a / \partial z_i`.

        Arguments:
            seeds: For each node u_a the node of its weight c_a.

        Returns:
            For each input that some u_a depends on, the node of the derivative.
        """
        shares: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for index, seed in seeds.items():
            shares[index].append((1.0, seed))
        slopes = {}
        for index in sorted(self.ancestors(seeds), reverse=True):
            if index not in shares:
                continue
            weight = self.linear(shares.pop(index))
            node = self.nodes[index]
            if node.operation == "input":
                slopes[int(node.numbers[0])] = weight
            elif node.operation != "constant" and self.value_of(weight) != 0:
                for operand, share in self._pull(index, weight):
                    shares[operand].append((1.0, share))
        return slopes

    def _pull(self, index: int, weight: int) -> list[tuple[int, int]]:
        """The share of a node's weight that each of its operands receives."""
        node = self.nodes[index]
        if node.operation == "linear":
            pairs = zip(node.operands, node.numbers, strict=False)
            return [(operand, self.linear([(c, weight)])) for operand, c in pairs]
        if node.operation == "where":
            condition, then, otherwise = node.operands
            zero = self.constant(0.0)
            return [
                (then, self.where(condition, weight, zero)),
                (otherwise, self.where(condition, zero, weight)),
            ]
        slopes = zip(node.operands, self._slopes(index), strict=False)
        return [(operand, self.multiply(weight, slope)) for operand, slope in slopes]

    def _slopes(self, index: int) -> tuple[int, ...]:
        """The partial derivatives of an operation; none where it is flat."""
        operation, operands, numbers = self.nodes[index]
        if operation in _FLAT:
            return ()
        if operation in _BINARY_SLOPES:
            u, v = operands
            return _BINARY_SLOPES[operation](self, u, v, index)
        (u,) = operands
        if operation == "power":
            return (self.linear([(numbers[0], self.power(u, numbers[0] - 1))]),)
        if operation == "exponential":
            return (self.linear([(math.log(numbers[0]), index)]),)
        if operation == "polygamma":
            return (self.apply("polygamma", u, numbers=(numbers[0] + 1,)),)
        return (_SLOPES[operation](self, u, index),)

    def quadratic(self, index: int, scale: float, offset: float) -> int:
        """The node of offset + scale u^2, which many derivatives hold.

        Arguments:
            index: The node u.
            scale: The coefficient of the square.
            offset: The constant part.

        Returns:
            The index of the node.
        """
        return self.linear([(scale, self.multiply(index, index))], offset)


_FLAT = frozenset({"sign", "floor", "ceiling"})

Slope = Callable[[ExpressionGraph, int, int], int]


def _one_minus_square(graph: ExpressionGraph, u: int) -> int:
    """1 - u^2 as a product, which does not cancel near 1."""
    return graph.multiply(graph.linear([(-1.0, u)], 1.0), graph.linear([(1.0, u)], 1.0))


def _acosh_slope(graph: ExpressionGraph, u: int, y: int) -> int:
    lower = graph.apply("rsqrt", graph.linear([(1.0, u)], -1.0))
    return graph.multiply(lower, graph.apply("rsqrt", graph.linear([(1.0, u)], 1.0)))


def _gaussian(graph: ExpressionGraph, u: int, scale: float, rate: float) -> int:
    """The node of scale exp(rate u^2)."""
    return graph.linear([(scale, graph.apply("exp", graph.quadratic(u, rate, 0.0)))])


# The derivative f'(u) in terms of the operand u and the value y = f(u).
_SLOPES: dict[str, Slope] = {
    "reciprocal": lambda g, u, y: g.quadratic(y, -1.0, 0.0),
    "sqrt": lambda g, u, y: g.linear([(0.5, g.apply("reciprocal", y))]),
    "rsqrt": lambda g, u, y: g.linear([(-0.5, g.power(y, 3.0))]),
    "exp": lambda g, u, y: y,
    "log": lambda g, u, y: g.apply("reciprocal", u),
    "sin": lambda g, u, y: g.apply("cos", u),
    "cos": lambda g, u, y: g.linear([(-1.0, g.apply("sin", u))]),
    "tan": lambda g, u, y: g.quadratic(y, 1.0, 1.0),
    "asin": lambda g, u, y: g.apply("rsqrt", _one_minus_square(g, u)),
    "acos": lambda g, u, y: g.linear(
        [(-1.0, g.apply("rsqrt", _one_minus_square(g, u)))]
    ),
    "atan": lambda g, u, y: g.apply("reciprocal", g.quadratic(u, 1.0, 1.0)),
    "sinh": lambda g, u, y: g.apply("cosh", u),
    "cosh": lambda g, u, y: g.apply("sinh", u),
    "tanh": lambda g, u, y: g.quadratic(y, -1.0, 1.0),
    "asinh": lambda g, u, y: g.apply("rsqrt", g.quadratic(u, 1.0, 1.0)),
    "acosh": _acosh_slope,
    "atanh": lambda g, u, y: g.apply("reciprocal", _one_minus_square(g, u)),
    "erf": lambda g, u, y: _gaussian(g, u, 2 / math.sqrt(math.pi), -1.0),
    "erfc": lambda g, u, y: _gaussian(g, u, -2 / math.sqrt(math.pi), -1.0),
    "erfinv": lambda g, u, y: _gaussian(g, y, math.sqrt(math.pi) / 2, 1.0),
    "gamma": lambda g, u, y: g.multiply(y, g.apply("polygamma", u, numbers=(0,))),
    "lgamma": lambda g, u, y: g.apply("polygamma", u, numbers=(0,)),
    "abs": lambda g, u, y: g.apply("sign", u),
}


def _extremum_slopes(
    graph: ExpressionGraph, u: int, v: int, sign: float
) -> tuple[int, int]:
    """One for the operand that is taken, one half for each where they are equal."""
    first = graph.step(graph.linear([(sign, u), (-sign, v)]))
    return first, graph.linear([(-1.0, first)], 1.0)


def _atan2_slopes(graph: ExpressionGraph, y: int, x: int) -> tuple[int, int]:
    squares = [(1.0, graph.multiply(y, y)), (1.0, graph.multiply(x, x))]
    inverse = graph.apply("reciprocal", graph.linear(squares))
    across = graph.linear([(-1.0, graph.multiply(y, inverse))])
    return graph.multiply(x, inverse), across


def _mod_slopes(graph: ExpressionGraph, u: int, v: int) -> tuple[int, int]:
    quotient = graph.multiply(u, graph.apply("reciprocal", v))
    turns = graph.linear([(-1.0, graph.apply("floor", quotient))])
    return graph.constant(1.0), turns


def _power_slopes(graph: ExpressionGraph, u: int, v: int, y: int) -> tuple[int, int]:
    """Of u^v: v u^(v - 1) and u^v log u, the second being 0 at u = 0."""
    lowered = graph.apply("general_power", u, graph.linear([(1.0, v)], -1.0))
    at_zero = graph.apply("equal", u, graph.constant(0.0))
    logarithm = graph.apply("log", graph.where(at_zero, graph.constant(1.0), u))
    return graph.multiply(v, lowered), graph.multiply(y, logarithm)


# The two partial derivatives of f(u, v) in terms of u, v and the value y.
_BINARY_SLOPES: dict[
    str, Callable[[ExpressionGraph, int, int, int], tuple[int, int]]
] = {
    "multiply": lambda g, u, v, y: (v, u),
    "maximum": lambda g, u, v, y: _extremum_slopes(g, u, v, 1.0),
    "minimum": lambda g, u, v, y: _extremum_slopes(g, u, v, -1.0),
    "atan2": lambda g, u, v, y: _atan2_slopes(g, u, v),
    "mod": lambda g, u, v, y: _mod_slopes(g, u, v),
    "general_power": _power_slopes,
}
