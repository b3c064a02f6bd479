r"""Networks: learned functions of invariants whose gradients are closed formulas.

Takes values of invariants, gives a scalar function f and its gradient, the latter without
automatic differentiation inside the flow.

.. math:: f(I) = v \cdot \phi(W x(I) + b), \qquad
    \frac{\partial f}{\partial I} = x'(I) \, W^T \bigl(v \, \phi'(W x(I) + b)\bigr)

The features are x = asinh(I): linear for small invariants, logarithmic for large ones, so
that a quadratic invariant of a distant point neither saturates nor dominates. Slopes and
their pullbacks are derived in docs/gradients.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.functions import AbstractFunction, Tape, Weights

__all__ = ["DerivativeNetwork", "PotentialNetwork", "invariant_function", "perceptron"]

# The flow starts near the identity when the last layer of every network starts small.
_INITIAL_SIZE = 0.01
_INITIAL_SLOPE = 0.1

_FEATURE_RANGE = (-2.0, 4.0)
_SHARPNESS = 1.5

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)

# The pullbacks of torch's own sigmoid and SiLU: one pass over memory each.
_sigmoid_pull = torch.ops.aten.sigmoid_backward.default
_silu_pull = torch.ops.aten.silu_backward.default


def perceptron(inputs: int, outputs: int, width: int, depth: int) -> nn.Sequential:
    """A multilayer perceptron with SiLU between its layers and a small last layer.

    Arguments:
        inputs: Number of inputs.
        outputs: Number of outputs.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Returns:
        The network, from ``(..., inputs)`` to ``(..., outputs)``.

    Example:
        >>> perceptron(2, 3, width=8, depth=1)(torch.zeros(5, 2)).shape
        torch.Size([5, 3])
    """
    layers: list[nn.Module] = []
    size = inputs
    for _ in range(depth):
        layers += [nn.Linear(size, width), nn.SiLU()]
        size = width
    last = nn.Linear(size, outputs)
    _spread(layers[0] if depth else last)
    with torch.no_grad():
        last.weight.mul_(_INITIAL_SIZE)
        last.bias.zero_()
    return nn.Sequential(*layers, last)


def _spread(layer: nn.Module) -> None:
    """Let the units of a first layer bend at points all over the range of asinh(I).

    Torch's own choice has them bend between -1 and 1, but a distance of three has
    asinh(9) = 2.9, and what is far apart there would look alike.
    """
    if not isinstance(layer, nn.Linear) or not layer.in_features:
        return
    low, high = _FEATURE_RANGE
    with torch.no_grad():
        layer.weight.normal_().mul_(_SHARPNESS / math.sqrt(layer.in_features))
        bend = low + (high - low) * torch.rand_like(layer.weight)
        layer.bias.copy_(-(layer.weight * bend).sum(-1))


@final
class DerivativeNetwork(AbstractFunction):
    r"""A function of one invariant, given by its derivative.

    .. math:: f'(I) = \frac{N(\operatorname{asinh} I)}{(1 + I^2)^{1/4}}, \qquad
        f(I) = \int_0^I f'(s) \, ds

    In one variable every function is a derivative, so N is any network, and the flow,
    which needs f' only, costs one forward pass. The denominator keeps the force of a
    quadratic invariant, which is f'(I) times a vector of length about the root of I, from
    growing with distance: a chain of growing forces would be unstable.

    Arguments:
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> f = DerivativeNetwork(width=8, depth=1)
        >>> f.gradient(torch.zeros(5, 1)).shape, f.value(torch.zeros(5, 1)).shape
        (torch.Size([5, 1]), torch.Size([5]))
    """

    count = 1

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.network = perceptron(1, 1, width, depth)

    def value(self, invariants: Tensor) -> Tensor:
        r"""The function f(I), by 64-point Gauss-Legendre quadrature in asinh(I).

        .. math:: f(I) = \int_0^{\operatorname{asinh} I} N(x) \sqrt{\cosh x} \, dx

        Arguments:
            invariants: Values of I, shape (..., 1).

        Returns:
            The value, shape (...).
        """
        nodes = invariants.new_tensor((_NODES + 1) / 2)
        weights = invariants.new_tensor(_WEIGHTS / 2)
        end = torch.asinh(invariants)
        x = end * nodes
        integrand = self.network(x.unsqueeze(-1)).squeeze(-1) * x.cosh().sqrt()
        return (integrand * weights).sum(-1) * end.squeeze(-1)

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The weights and biases, those of the last layer times the scale.

        Arguments:
            scale: A number that multiplies f.

        Returns:
            Weight and bias of each layer in turn, biases as columns.
        """
        out: list[Tensor] = []
        for layer in self.network:
            if isinstance(layer, nn.Linear):
                out += [layer.weight, layer.bias[:, None]]
        if scale is not None:
            out[-2:] = [tensor * scale for tensor in out[-2:]]
        return tuple(out)

    def slope(self, weights: Weights, rows: Tensor) -> tuple[Tensor, Tape]:
        """The derivative f'(I).

        Arguments:
            weights: What `folded` gave.
            rows: Values of I, shape (1, B).

        Returns:
            The derivative, shape (1, B), and what `pull` needs.
        """
        layers = list(zip(weights[::2], weights[1::2], strict=True))
        inputs, bent = [torch.asinh(rows)], []
        for W, b in layers[:-1]:
            bent.append(torch.addmm(b, W, inputs[-1]))
            inputs.append(torch.nn.functional.silu(bent[-1]))
        N = torch.addmm(layers[-1][1], layers[-1][0], inputs[-1])
        square = rows * rows + 1
        decay = square.pow(-0.25)
        return N * decay, (rows, inputs, bent, N, square, decay)

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The pullback of the derivative.

        .. math:: \bar I = u \Bigl( \frac{N'(x)}{\sqrt{1 + I^2}}
            - \frac{I \, N(x)}{2 (1 + I^2)} \Bigr) (1 + I^2)^{-1/4}

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The weight u of the derivative, shape (1, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The derivative along I, shape (1, B).
        """
        rows, inputs, bent, N, square, decay = tape
        sweep = down = covector * decay
        for layer in range(len(inputs) - 1, -1, -1):
            if sums is not None:
                sums[2 * layer].addmm_(sweep, inputs[layer].t())
                sums[2 * layer + 1].add_(sweep.sum(1, keepdim=True))
            sweep = torch.mm(weights[2 * layer].t(), sweep)
            if layer:
                sweep = _silu_pull(sweep, bent[layer - 1])
        along_decay = down * N * rows / square
        return torch.addcmul(along_decay * -0.5, sweep, square.rsqrt())


@final
class PotentialNetwork(AbstractFunction):
    r"""A function of several invariants with its gradient in closed form.

    .. math:: f(I) = v \cdot a_L, \qquad a_l = \tanh(W_l a_{l-1} + b_l), \qquad
        a_0 = \operatorname{asinh} I, \qquad \tanh x = 2 \sigma(2 x) - 1

    The flow computes sigmoids, which take a fifth of the time of tanh.

    Arguments:
        count: Number of invariants.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        compressed: Whether the features are asinh(I); else they are I itself, which suits
            invariants that are scaled to the data.
        slope: The size of the gradient before training.

    Example:
        >>> f = PotentialNetwork(2, width=8, depth=2).double()
        >>> I = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
        >>> by_autograd, = torch.autograd.grad(f.value(I).sum(), I)
        >>> torch.allclose(f.gradient(I), by_autograd)
        True
    """

    def __init__(
        self,
        count: int,
        width: int,
        depth: int,
        compressed: bool = True,
        slope: float = _INITIAL_SLOPE,
    ) -> None:
        super().__init__()
        self.count = count
        sizes = [count] + [width] * depth
        self.compressed = compressed
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        _spread(self._linear[0])
        self.last = nn.Parameter(torch.randn(width) * (slope / math.sqrt(width)))

    @property
    def _linear(self) -> list[nn.Linear]:
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    def value(self, invariants: Tensor) -> Tensor:
        """The function f.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The value, shape (...).
        """
        activation = torch.asinh(invariants) if self.compressed else invariants
        for layer in self._linear:
            activation = torch.tanh(layer(activation))
        return activation @ self.last

    def folded(self, scale: Tensor | None = None) -> Weights:
        r"""The weights of the same function written with sigmoids.

        .. math:: W_1' = 2 W_1, \quad W_l' = 4 W_l, \quad b_l' = 2 (b_l - W_l 1), \quad
            V = 2 v \odot W_L'

        Arguments:
            scale: A number that multiplies f.

        Returns:
            Weight and bias of each layer in turn, biases as columns, and V at the end.
        """
        out: list[Tensor] = []
        for place, layer in enumerate(self._linear):
            W, b = layer.weight, layer.bias
            out += [4 * W if place else 2 * W]
            out += [2 * (b - W.sum(1) if place else b)[:, None]]
        last = self.last if scale is None else self.last * scale
        return (*out, 2 * last[:, None] * out[-2])

    def slope(self, weights: Weights, rows: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of f, by the reverse sweep written out.

        Arguments:
            weights: What `folded` gave.
            rows: Values of the invariants, shape (m, B).

        Returns:
            The gradient, shape (m, B), and what `pull` needs.
        """
        *layers, V = weights
        inputs = [torch.asinh(rows) if self.compressed else rows]
        for W, b in zip(layers[::2], layers[1::2], strict=True):
            inputs.append(torch.addmm(b, W, inputs[-1]).sigmoid())
        top = inputs[-1]
        swept = [torch.addcmul(top, top, top, value=-1)]  # the sigmoid's slope, s - s^2
        sweep = torch.mm(V.t(), swept[0])
        for place in range(len(inputs) - 2, 0, -1):
            swept.append(_sigmoid_pull(sweep, inputs[place]))
            sweep = torch.mm(layers[2 * place - 2].t(), swept[-1])
        if not self.compressed:
            return sweep, (inputs, swept[::-1])
        root = torch.addcmul(torch.ones_like(rows), rows, rows).rsqrt()
        return sweep * root, (inputs, swept[::-1], rows, sweep, root)

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        """The pullback of the gradient, as derived in docs/gradients.md.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The weights u of the slopes, shape (m, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The derivative along the invariants, shape (m, B).
        """
        inputs, swept, *features = tape
        if not self.compressed:
            return _pull_sigmoids(weights, inputs, swept, covector, sums)
        rows, slopes, root = features
        turned = covector * root
        along = _pull_sigmoids(weights, inputs, swept, turned, sums)
        return torch.addcmul(
            along * root, turned * slopes, rows * root * root, value=-1
        )


def _pull_sigmoids(
    weights: Weights,
    inputs: Sequence[Tensor],
    swept: Sequence[Tensor],
    u: Tensor,
    sums: Sequence[Tensor] | None,
) -> Tensor:
    """Up through the reverse sweep, then down through the layers."""
    depth = len(swept)
    bends = []
    for place, (slope, s) in enumerate(zip(swept, inputs[1:], strict=True)):
        sweeper = 2 * place if place + 1 < depth else len(weights) - 1
        if sums is not None:
            sums[sweeper].addmm_(slope, u.t())
        up = torch.mm(weights[sweeper], u)
        bend = up * slope
        bends.append(torch.addcmul(bend, bend, s, value=-2))
        if place + 1 < depth:
            u = _sigmoid_pull(up, s)
    y = bends[-1]
    for place in range(depth - 1, -1, -1):
        if sums is not None:
            sums[2 * place].addmm_(y, inputs[place].t())
            sums[2 * place + 1].add_(y.sum(1, keepdim=True))
        y = torch.mm(weights[2 * place].t(), y)
        if place:
            y = _sigmoid_pull(y, inputs[place]).add_(bends[place - 1])
    return y


def invariant_function(
    count: int, width: int, depth: int, slope: float = _INITIAL_SLOPE
) -> DerivativeNetwork | PotentialNetwork:
    """A learned function of this many invariants.

    Arguments:
        count: Number of invariants.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        slope: The size of the gradient before training, where there are several.

    Returns:
        A `DerivativeNetwork` for one invariant, else a `PotentialNetwork`.

    Example:
        >>> type(invariant_function(1, width=8, depth=1)).__name__
        'DerivativeNetwork'
    """
    if count == 1:
        return DerivativeNetwork(width, depth)
    return PotentialNetwork(count, width, depth, slope=slope)
