r"""Compiled functions: SymPy expressions as differentiable tensor functions.

Takes expressions and the order of their symbols, gives a module that evaluates them and
their derivatives in closed form on batches of points.

.. math:: z \mapsto I_a(z), \qquad
    (z, c) \mapsto \sum_a c_a \frac{\partial I_a}{\partial z_i}

No string is executed: what runs is a list of torch calls. This is the one file that
speaks both SymPy and torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import torch
from sympy import Expr, Symbol
from torch import Tensor
from torch.nn import Module

from symflow.errors import ArgumentError, ExpressionError
from symflow.expression_graph import ExpressionGraph
from symflow.expression_reader import ExpressionReader, Singularity
from symflow.tensor_program import Schedule, Segment

__all__ = ["CompiledFunctions", "Pullback", "compile"]

Blocks = list[Tensor]
Run = Callable[[Blocks], tuple[Tensor, Blocks]]


class _Program(NamedTuple):
    """What runs, with its numbers in one precision on one device."""

    constants: Tensor
    value: Run
    jacobian: Run
    pullback: Run
    second: Run


class CompiledFunctions(Module):
    r"""Functions of phase space as tensors, with their derivatives in closed form.

    .. math:: z \mapsto \Bigl( I_a(z), \; \frac{\partial I_a}{\partial z_i} \Bigr),
        \qquad a = 1..m, \quad i = 1..d

    Every result can be differentiated further by autograd. The precision and the device
    are those of the points. Moving the module with ``.to`` prepares it for a device; it
    has no parameters and no state, and is pickled as its expressions.

    Where a function is not differentiable, derivatives are what the arithmetic gives,
    and none is made up: at the origin the gradient of :math:`\sqrt{x^2 + y^2}` is not a
    number. `singular` lists all such places. At a kink (`Abs`, `Max`, `Min`) the
    derivative is the mean of both sides, and at a jump (`sign`, `Heaviside`, `floor`,
    `Mod`, a condition) it is that of the branch taken. A point with a coordinate that
    is not finite may spoil all values at that point.

    Arguments:
        expressions: The functions I_a.
        symbols: The coordinates, in the order of the columns of z.

    Raises:
        ExpressionError: If an expression is not a real function of the symbols.
        UnsupportedError: If a function has no tensor form.

    Example:
        >>> from sympy import sqrt, symbols
        >>> x, y = symbols("x y", real=True)
        >>> functions = CompiledFunctions([x**2 * y, sqrt(2) * y], [x, y])
        >>> value, jacobian = functions.value_and_jacobian(torch.tensor([3.0, 1.0]))
        >>> value
        tensor([9.0000, 1.4142])
        >>> jacobian
        tensor([[6.0000, 9.0000], [0.0000, 1.4142]])

    Reference:
        Griewank and Walther, Evaluating Derivatives, 2nd edition, chapters 3 and 5.
    """

    _like: Tensor

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        super().__init__()
        self._expressions = tuple(expressions)
        self._symbols = tuple(symbols)
        reader = ExpressionReader(self._expressions, self._symbols)
        self._singular = reader.singular
        self._graph = reader.graph
        self._outputs = reader.outputs
        self._slopes = self._jacobian_rows()
        self._pulled, self._twice = self._sweeps()
        self._segments, self._constants = self._schedule()
        # Where the module lives: autograd and state never see it.
        self.register_buffer("_like", torch.zeros(()), persistent=False)
        self._programs: dict[tuple[torch.dtype, torch.device], _Program] = {}
        self._prepare()

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """The functions I_a."""
        return self._expressions

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The coordinates, in the order of the columns of z."""
        return self._symbols

    @property
    def singular(self) -> tuple[Singularity, ...]:
        """The subexpressions that are not smooth, with the places and the order.

        An entry says where a derivative of a *sub*expression does not exist; the whole
        may still have it there, as x |x| has a first derivative at 0.
        """
        return self._singular

    @property
    def source(self) -> str:
        """The program as text, one elementary operation on a line."""
        inputs = [symbol.name for symbol in self._symbols]
        inputs += [f"c[{a}]" for a in range(len(self._outputs))]
        value = self._graph.describe(self._outputs, inputs, ())
        known = self._graph.ancestors(self._outputs)
        pullback = self._graph.describe(self._pulled, inputs, known)
        return f"value:\n{value}\npullback:\n{pullback}"

    def value(self, z: Tensor) -> Tensor:
        r"""The values :math:`I_a(z)`.

        Arguments:
            z: Points, shape (..., d).

        Returns:
            The values, shape (..., m).

        Raises:
            ArgumentError: If z has another last dimension or is not floating-point.
        """
        rows, _, _ = self._evaluate(z)
        return _to_batch(rows, z)

    forward = value

    def value_and_jacobian(self, z: Tensor) -> tuple[Tensor, Tensor]:
        r"""The values and the matrix :math:`\partial I_a / \partial z_i`.

        Arguments:
            z: Points, shape (..., d).

        Returns:
            The values, shape (..., m), and the Jacobian, shape (..., m, d).

        Raises:
            ArgumentError: If z has another last dimension or is not floating-point.
        """
        rows, blocks, program = self._evaluate(z)
        slopes = _to_batch(program.jacobian(blocks)[0], z)
        shape = (*z.shape[:-1], len(self._outputs), len(self._symbols))
        return _to_batch(rows, z), slopes.reshape(shape)

    def value_and_pullback(self, z: Tensor) -> tuple[Tensor, Pullback]:
        r"""The values and the map :math:`c \mapsto \sum_a c_a \partial I_a / \partial z`.

        Arguments:
            z: Points, shape (..., d).

        Returns:
            The values, shape (..., m), and the pullback at z, which shares all that was
            computed for the values.

        Raises:
            ArgumentError: If z has another last dimension or is not floating-point.

        Example:
            >>> from sympy import symbols
            >>> x, y = symbols("x y", real=True)
            >>> functions = compile([x**2, x * y], [x, y])
            >>> _, pullback = functions.value_and_pullback(torch.tensor([3.0, 2.0]))
            >>> pullback(torch.tensor([1.0, 10.0]))  # (2 x, 0) + 10 (y, x)
            tensor([26., 30.])
        """
        rows, blocks, program = self._evaluate(z)
        pullback = Pullback(program.pullback, program.second, blocks, z, len(rows))
        return _to_batch(rows, z), pullback

    def extra_repr(self) -> str:
        """What the module's text form shows: the functions.

        Returns:
            The symbols and the expressions.
        """
        symbols = ", ".join(symbol.name for symbol in self._symbols)
        return f"({symbols}) -> ({', '.join(map(str, self._expressions))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._expressions, self._symbols)

    def _jacobian_rows(self) -> list[int]:
        graph = self._graph
        zero, one = graph.constant(0.0), graph.constant(1.0)
        columns = range(len(self._symbols))
        rows = [graph.gradient({output: one}) for output in self._outputs]
        return [row.get(i, zero) for row in rows for i in columns]

    def _sweeps(self) -> tuple[list[int], list[int]]:
        """The gradient g of c.I along z, and that of v.g along c and then z."""
        graph, d, m = self._graph, len(self._symbols), len(self._outputs)
        zero = graph.constant(0.0)
        once = graph.gradient(_seeds(graph, self._outputs, d))
        pulled = [once.get(i, zero) for i in range(d)]
        twice = graph.gradient(_seeds(graph, pulled, d + m))
        return pulled, [twice.get(i, zero) for i in (*range(d, d + m), *range(d))]

    def _schedule(self) -> tuple[tuple[Segment, ...], list[float]]:
        d, m = len(self._symbols), len(self._outputs)
        schedule = Schedule(self._graph, [d, m, d])
        value = schedule.extend(self._outputs)
        others = (self._slopes, self._pulled, self._twice)
        branches = [schedule.branch().extend(wanted) for wanted in others]
        return (value, *branches), schedule.constants

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Module:
        """Follows ``.to``, ``.double`` and the like, always from the exact numbers."""
        super()._apply(fn, recurse)
        self._prepare()
        return self

    def _prepare(self) -> None:
        """Keeps programs for the module's own device, so that a call finds them."""
        self._programs = {}
        like = self._like
        types = (torch.float32, torch.float64) if like.device.type == "cpu" else ()
        for dtype in {like.dtype, *types}:
            self._programs[dtype, like.device] = self._load(like.to(dtype))

    def _load(self, like: Tensor) -> _Program:
        constants = like.new_tensor(self._constants)[:, None]
        return _Program(constants, *[part.load(like) for part in self._segments])

    def _evaluate(self, z: Tensor) -> tuple[Tensor, Blocks, _Program]:
        d = len(self._symbols)
        if z.shape[-1:] != (d,) or not z.is_floating_point():
            names = ", ".join(symbol.name for symbol in self._symbols)
            raise ArgumentError(
                f"Argument `z` must hold floating-point numbers of shape (..., {d}), a "
                f"column for each of ({names}), but it is {z.dtype} of shape "
                f"{tuple(z.shape)}."
            )
        program = self._programs.get((z.dtype, z.device))
        if program is None:
            program = self._load(z.new_empty(()))
        points = _to_rows(z)
        rows, blocks = program.value([program.constants, points, points, points])
        return rows, blocks, program


class Pullback:
    r"""The map of covectors at a point z, :math:`c \mapsto \sum_a c_a \, dI_a(z)`.

    .. math:: g_i(z, c) = \sum_a c_a \frac{\partial I_a}{\partial z_i}

    Made by `CompiledFunctions.value_and_pullback`.
    """

    def __init__(
        self, pullback: Run, second: Run, blocks: Blocks, z: Tensor, count: int
    ) -> None:
        self._pullback = pullback
        self._second = second
        self._blocks = blocks
        self._z = z
        self._count = count

    def __call__(self, c: Tensor) -> Tensor:
        """The covector of given weights.

        Arguments:
            c: Weights, shape (..., m).

        Returns:
            The covector, shape (..., d).

        Raises:
            ArgumentError: If c has another shape than the values.
        """
        blocks = self._with(c, None)
        return _to_batch(self._pullback(blocks)[0], self._z)

    def second(self, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        r"""The derivatives of :math:`v \cdot g(z, c)` along c and along z.

        .. math:: \sum_i v_i \frac{\partial I_a}{\partial z_i}, \qquad
            \sum_{a, j} c_a \frac{\partial^2 I_a}{\partial z_i \partial z_j} v_j

        They are what a backward pass through the covector needs, in closed form.

        Arguments:
            c: Weights, shape (..., m).
            v: A vector, shape (..., d).

        Returns:
            The first, shape (..., m), and the second, shape (..., d).

        Raises:
            ArgumentError: If c or v has the wrong shape.

        Example:
            >>> from sympy import symbols
            >>> x, y = symbols("x y", real=True)
            >>> functions = compile([x * y], [x, y])
            >>> _, pullback = functions.value_and_pullback(torch.tensor([3.0, 2.0]))
            >>> along = torch.tensor([1.0, 0.0])
            >>> pullback.second(torch.tensor([10.0]), along)
            (tensor([2.]), tensor([ 0., 10.]))
        """
        blocks = self._with(c, v)
        rows, _ = self._second(blocks)
        along_c, along_z = rows[: self._count], rows[self._count :]
        return _to_batch(along_c, self._z), _to_batch(along_z, self._z)

    def _with(self, c: Tensor, v: Tensor | None) -> Blocks:
        shape = (*self._z.shape[:-1], self._count)
        if c.shape != shape:
            raise ArgumentError(
                f"Argument `c` must have shape {shape}, a weight for each value, but "
                f"it has shape {tuple(c.shape)}."
            )
        if v is not None and v.shape != self._z.shape:
            raise ArgumentError(
                f"Argument `v` must have the shape of z, {tuple(self._z.shape)}, but "
                f"it has shape {tuple(v.shape)}."
            )
        blocks = list(self._blocks)
        blocks[2] = _to_rows(c)
        blocks[3] = blocks[3] if v is None else _to_rows(v)
        return blocks


def compile(  # noqa: A001  (users write sf.compile)
    expressions: Sequence[Expr], symbols: Sequence[Symbol]
) -> CompiledFunctions:
    r"""SymPy expressions as a differentiable torch module.

    .. math:: z = (z_1, \dots, z_d) \mapsto (I_1(z), \dots, I_m(z))

    Arguments:
        expressions: The functions I_a.
        symbols: The coordinates, in the order of the columns of z.

    Returns:
        A module with `value`, `value_and_jacobian` and `value_and_pullback`.

    Raises:
        ExpressionError: If the arguments are no sequences, or an expression is not a real
            function of the symbols; the message names all that is wrong.
        UnsupportedError: If a function has no tensor form.

    Example:
        >>> from sympy import Symbol, exp
        >>> x = Symbol("x", real=True)
        >>> compile([exp(-(x**2))], [x]).value(torch.zeros(5, 1)).T
        tensor([[1., 1., 1., 1., 1.]])
    """
    for name, given in (("expressions", expressions), ("symbols", symbols)):
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise ExpressionError(
                f"Argument `{name}` must be a list or tuple, but it is {given!r}. "
                f"Put a single one in brackets, and list the entries of a matrix."
            )
    return CompiledFunctions(expressions, symbols)


def _seeds(
    graph: ExpressionGraph, outputs: Iterable[int], first: int
) -> dict[int, int]:
    """The weight of each output: an input of its own, or a sum where outputs agree."""
    weights: dict[int, list[tuple[float, int]]] = {}
    for position, output in enumerate(outputs, start=first):
        weights.setdefault(output, []).append((1.0, graph.input(position)))
    return {output: graph.linear(terms) for output, terms in weights.items()}


def _to_rows(z: Tensor) -> Tensor:
    """Points (..., d) as rows (d, batch)."""
    return z.reshape(-1, z.shape[-1]).t().contiguous()


def _to_batch(rows: Tensor, z: Tensor) -> Tensor:
    """Rows (k, batch) as (..., k), the batch being that of z."""
    return rows.t().reshape(*z.shape[:-1], len(rows))
