r"""Compiled functions: SymPy expressions as differentiable tensor functions.

Takes expressions and the order of their symbols, gives a module that evaluates them
with their Jacobian in closed form, for batches of points.

.. math:: z \mapsto \Bigl(I_a(z), \; \sum_a c_a \frac{\partial I_a}{\partial z_i}\Bigr)

No string is executed: the program is a list of torch functions with the places of their
operands and of their result. This is the one file that speaks both SymPy and torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from sympy import Expr, Symbol
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.expression_graph import Node
from symflow.expression_reader import ExpressionReader, Singularity

__all__ = ["CompiledFunctions", "compile"]

Step = tuple[Callable[..., Tensor], tuple[int, ...], int]


def _gamma(u: Tensor) -> Tensor:
    """The gamma function; torch has only its logarithm."""
    turns = torch.remainder(torch.floor(u), 2.0)
    sign = torch.where((u < 0) & (turns == 1.0), -1.0, 1.0).to(u.dtype)
    return sign * torch.exp(torch.lgamma(u))


def _log_gamma(u: Tensor) -> Tensor:
    """The real logarithm of gamma: not a number where gamma may be negative."""
    return torch.where(u >= 0, torch.lgamma(torch.where(u >= 0, u, 1.0)), torch.nan)


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


def _linear(coefficients: tuple[float, ...]) -> Callable[..., Tensor]:
    """The function (u_1, u_2, ...) -> c_0 + sum_i c_i u_i."""
    *weights, offset = coefficients

    def combine(first: Tensor, *others: Tensor) -> Tensor:
        total = first if weights[0] == 1.0 else first * weights[0]
        for weight, other in zip(weights[1:], others, strict=True):
            total = torch.add(total, other, alpha=weight)
        return total + offset if offset else total

    return combine


def _function_of(node: Node) -> Callable[..., Tensor]:
    if node.operation == "linear":
        return _linear(node.numbers)
    if node.operation == "power":
        exponent = node.numbers[0]
        return lambda u: torch.pow(u, exponent)
    if node.operation == "exponential":
        base = node.numbers[0]
        return lambda u: torch.pow(base, u)
    if node.operation == "polygamma":
        order = int(node.numbers[0])
        return lambda u: torch.polygamma(order, u)
    return _FUNCTIONS[node.operation]


class CompiledFunctions(torch.nn.Module):
    """Expressions as a module; see the methods."""

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        super().__init__()
        self.expressions = tuple(expressions)
        self.symbols = tuple(symbols)
        reader = ExpressionReader(self.expressions, self.symbols)
        graph = reader.graph
        outputs = list(reader.outputs)
        width = len(self.symbols)
        rows = [graph.gradient({o: graph.constant(1.0)}) for o in outputs]
        seeds: dict[int, int] = {}
        for a, output in enumerate(outputs):
            seed = graph.input(width + a)
            if output in seeds:
                seed = graph.linear([(1.0, seeds[output]), (1.0, seed)])
            seeds[output] = seed
        pulled = graph.gradient(seeds)
        zero = graph.constant(0.0)
        self.singular: tuple[Singularity, ...] = reader.singular
        self._nodes = graph.nodes
        self._value = outputs
        self._jacobian = [row.get(i, zero) for row in rows for i in range(width)]
        self._pulled = [pulled.get(i, zero) for i in range(width)]
        value = graph.ancestors(outputs)
        self._value_steps = self._steps(value)
        self._jacobian_steps = self._steps(graph.ancestors(self._jacobian) - value)
        self._pullback_steps = self._steps(graph.ancestors(self._pulled) - value)

    def _steps(self, indices: set[int]) -> list[Step]:
        return [
            (_function_of(self._nodes[i]), self._nodes[i].operands, i)
            for i in sorted(indices)
            if self._nodes[i].operation not in ("input", "constant")
        ]

    def _run(self, steps: list[Step], slots: dict[int, Tensor], like: Tensor) -> None:
        for function, operands, result in steps:
            arguments = []
            for operand in operands:
                if operand not in slots:
                    number = self._nodes[operand].numbers[0]
                    slots[operand] = like.new_full((), number)
                arguments.append(slots[operand])
            slots[result] = function(*arguments)

    def _start(self, z: Tensor) -> dict[int, Tensor]:
        if z.shape[-1:] != (len(self.symbols),) or not z.is_floating_point():
            raise ArgumentError(
                f"Argument `z` must hold floating-point numbers of shape (..., "
                f"{len(self.symbols)}), one column for each of {self.symbols}, but it "
                f"has shape {tuple(z.shape)} and type {z.dtype}."
            )
        slots: dict[int, Tensor] = dict(enumerate(z.unbind(-1)))
        self._run(self._value_steps, slots, z)
        return slots

    def _collect(
        self, wanted: list[int], slots: dict[int, Tensor], like: Tensor
    ) -> Tensor:
        shape = like.shape[:-1]
        columns = []
        for index in wanted:
            if index not in slots:
                slots[index] = like.new_full((), self._nodes[index].numbers[0])
            columns.append(slots[index].expand(shape))
        if not columns:
            return like.new_zeros((*shape, 0))
        return torch.stack(columns).movedim(0, -1)

    def value(self, z: Tensor) -> Tensor:
        """The values I_a(z), of shape (..., m)."""
        slots = self._start(z)
        return self._collect(self._value, slots, z)

    def value_and_jacobian(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The values (..., m) and the Jacobian (..., m, n)."""
        slots = self._start(z)
        value = self._collect(self._value, slots, z)
        self._run(self._jacobian_steps, slots, z)
        flat = self._collect(self._jacobian, slots, z)
        return value, flat.unflatten(-1, (len(self._value), len(self.symbols)))

    def value_and_pullback(
        self, z: Tensor
    ) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        """The values and the map c -> sum_a c_a dI_a/dz, of shape (..., n)."""
        slots = self._start(z)
        value = self._collect(self._value, slots, z)

        def pullback(c: Tensor) -> Tensor:
            filled = dict(slots)
            width = len(self.symbols)
            order = {
                int(node.numbers[0]): i
                for i, node in enumerate(self._nodes)
                if node.operation == "input"
            }
            for a, column in enumerate(c.unbind(-1)):
                filled[order[width + a]] = column
            self._run(self._pullback_steps, filled, z)
            return self._collect(self._pulled, filled, z)

        return value, pullback

    forward = value


def compile(  # noqa: A001  (the noun of this file; users write sf.compile)
    expressions: Sequence[Expr], symbols: Sequence[Symbol]
) -> CompiledFunctions:
    """Expressions as a module; see the methods."""
    return CompiledFunctions(expressions, symbols)
