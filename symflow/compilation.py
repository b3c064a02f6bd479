r"""Compiled functions: SymPy expressions as differentiable tensor functions.

Takes expressions and the order of their symbols, gives a module that evaluates them and
their derivatives in closed form on batches of points.

.. math:: z \mapsto I_a(z), \qquad
    (z, c) \mapsto \sum_a c_a \frac{\partial I_a}{\partial z_i}

No string is executed: what runs is a list of torch calls. This is the one file that
speaks both SymPy and torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from sympy import Expr, Symbol
from torch import Tensor
from torch.nn import Module

from symflow.bilinear_map import BilinearMap
from symflow.contractions import PowerSum, Product, TripleProduct
from symflow.errors import ArgumentError, ExpressionError
from symflow.evaluation import Evaluation
from symflow.expression_parts import Content, ExpressionParts
from symflow.expression_reader import ExpressionReader, Singularity
from symflow.monomial_graph import MonomialGraph
from symflow.monomial_map import MonomialMap
from symflow.notebook_views import NotebookView
from symflow.power_sum_map import PowerSumMap
from symflow.program_map import GeneralProgram
from symflow.tensor_map import AbstractMap, Composition, DirectSum
from symflow.triple_product_map import TripleProductMap
from symflow.unreadable import check_symbols

__all__ = ["CompiledFunctions", "Pullback", "compile"]


class CompiledFunctions(Module, NotebookView):
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
        self._code = _Code(self._expressions, self._symbols)
        # Where the module lives: autograd and state never see it.
        self.register_buffer("_like", torch.zeros(()), persistent=False)
        self._maps: dict[tuple[torch.dtype, torch.device], AbstractMap] = {}
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

        An entry says where a derivative of a subexpression does not exist; the whole
        may still have it there, as ``x |x|`` has a first derivative at 0.
        """
        return self._code.singular

    @property
    def source(self) -> str:
        """The program as text, one elementary operation on a line."""
        return self._code.describe()

    def value(self, z: Tensor) -> Tensor:
        r"""The values :math:`I_a(z)`.

        Arguments:
            z: Points, shape (..., d).

        Returns:
            The values, shape (..., m).

        Raises:
            ArgumentError: If z has another last dimension or is not floating-point.
        """
        return self._evaluate(z).value()

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
        return self._evaluate(z).value_and_jacobian()

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
        at = self._evaluate(z)
        value = at.value(keep=True)
        return value, Pullback(at, value.shape, z.shape)

    def extra_repr(self) -> str:
        """What the module's text form shows: the functions.

        Returns:
            The symbols and the expressions.
        """
        symbols = ", ".join(symbol.name for symbol in self._symbols)
        return f"({symbols}) -> ({', '.join(map(str, self._expressions))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._expressions, self._symbols)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Module:
        """Follows ``.to``, ``.double`` and the like, always from the exact numbers."""
        super()._apply(fn, recurse)
        self._prepare()
        return self

    def _prepare(self) -> None:
        """Keeps programs for the module's own device, so that a call finds them."""
        self._maps = {}
        like = self._like
        types = (torch.float32, torch.float64) if like.device.type == "cpu" else ()
        for dtype in {like.dtype, *types}:
            self._maps[dtype, like.device] = self._code.load(like.to(dtype))

    def _evaluate(self, z: Tensor) -> Evaluation:
        d = len(self._symbols)
        if z.shape[-1:] != (d,) or not z.is_floating_point():
            names = ", ".join(symbol.name for symbol in self._symbols)
            raise ArgumentError(
                f"Argument `z` must hold floating-point numbers of shape (..., {d}), a "
                f"column for each of ({names}), but it is {z.dtype} of shape "
                f"{tuple(z.shape)}."
            )
        function = self._maps.get((z.dtype, z.device))
        return Evaluation(function or self._code.load(z.new_empty(())), z)


class Pullback:
    r"""The map of covectors at a point z, :math:`c \mapsto \sum_a c_a \, dI_a(z)`.

    .. math:: g_i(z, c) = \sum_a c_a \frac{\partial I_a}{\partial z_i}

    Made by `CompiledFunctions.value_and_pullback`.
    """

    def __init__(self, at: Evaluation, values: torch.Size, points: torch.Size) -> None:
        self._at = at
        self._values = values
        self._points = points

    def __call__(self, c: Tensor) -> Tensor:
        """The covector of given weights.

        Arguments:
            c: Weights, shape (..., m).

        Returns:
            The covector, shape (..., d).

        Raises:
            ArgumentError: If c has another shape than the values.
        """
        self._check(c)
        return self._at.pullback(c)

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
        self._check(c)
        if v.shape != self._points:
            raise ArgumentError(
                f"Argument `v` must have the shape of z, {tuple(self._points)}, but "
                f"it has shape {tuple(v.shape)}."
            )
        return self._at.second(c, v)

    def _check(self, c: Tensor) -> None:
        if c.shape != self._values:
            raise ArgumentError(
                f"Argument `c` must have shape {tuple(self._values)}, a weight for each "
                f"value, but it has shape {tuple(c.shape)}."
            )


class _Code:
    """What is to be run, before it has a precision and a device."""

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        check_symbols(symbols)
        self._symbols = symbols
        parts = ExpressionParts(expressions, symbols)
        self._parts, self._rest = parts.polynomial, parts.remainder
        reader = ExpressionReader(self._rest.functions, (*symbols, *self._rest.names))
        meaning = dict(zip(self._rest.names, self._rest.meaning, strict=True))
        self.singular = tuple(
            Singularity(
                s.expression.xreplace(meaning), s.where.xreplace(meaning), s.order
            )
            for s in reader.singular
        )
        count = len(symbols) + len(self._rest.names)
        self._program = GeneralProgram(reader.graph, reader.outputs, count)

    def describe(self) -> str:
        """The values, then the covector where general code computes one."""
        names = [symbol.name for symbol in self._symbols]
        lines = [f"    {line}" for part in self._parts for line in part.describe(names)]
        if not self._rest.places:
            return "\n".join(("value:", *lines))
        for part in self._rest.inner:
            lines += [f"    {line}" for line in part.describe(names, "P")]
        names += [f"P[{k}]" for k in range(len(self._rest.names))]
        value, pullback = self._program.describe(names)
        results = ", ".join(f"I[{a}]" for a in self._rest.places)
        value = value.replace("return (", f"{results} = (")
        return "\n".join(("value:", *lines, value, "pullback:", pullback))

    def load(self, like: Tensor) -> AbstractMap:
        """The code with its numbers in the precision and on the device of a tensor."""
        d = len(self._symbols)
        maps = [_map_of(part.content, d, like) for part in self._parts]
        places = [part.places for part in self._parts]
        if self._rest.places or not maps:
            maps.append(self._load_rest(like))
            places.append(self._rest.places)
        return _side_by_side(maps, places, like)

    def _load_rest(self, like: Tensor) -> AbstractMap:
        outer, inner = self._program.load(like), self._rest.inner
        if not inner:
            return outer
        d = len(self._symbols)
        maps = [_map_of(part.content, d, like) for part in inner]
        functions = _side_by_side(maps, [part.places for part in inner], like)
        return Composition(outer, functions, d, len(self._rest.names))


def _map_of(content: Content, d: int, like: Tensor) -> AbstractMap:
    """The fastest map there is for some functions."""
    if isinstance(content, MonomialGraph):
        return MonomialMap(content, like)
    products = [item for item in content if isinstance(item, Product)]
    if products:
        return BilinearMap(products, d, like)
    sums = [item for item in content if isinstance(item, PowerSum)]
    if sums:
        return PowerSumMap(sums, d, like)
    return TripleProductMap(
        [item for item in content if isinstance(item, TripleProduct)], d, like
    )


def _side_by_side(
    maps: Sequence[AbstractMap], places: Sequence[Sequence[int]], like: Tensor
) -> AbstractMap:
    (first, *others), (order, *_) = maps, places
    if not others and list(order) == sorted(order):
        return first
    return DirectSum(maps, places, like)


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
