r"""Networks: learned functions of invariants whose gradients are closed formulas.

Takes values of invariants, gives a scalar function f and its gradient, the latter without
automatic differentiation inside the flow.

.. math:: f(I) = v \cdot \phi(W x(I) + b), \qquad
    \frac{\partial f}{\partial I} = x'(I) \, W^T \bigl(v \, \phi'(W x(I) + b)\bigr)

The features are x = asinh(I): linear for small invariants, logarithmic for large ones, so
that a quadratic invariant of a distant point neither saturates nor dominates.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import final

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["DerivativeNetwork", "PotentialNetwork", "invariant_function", "perceptron"]

# The flow starts near the identity when the last layer of every network starts small.
_INITIAL_SIZE = 0.01
_INITIAL_SLOPE = 0.1

_FEATURE_RANGE = (-2.0, 4.0)
_SHARPNESS = 1.5

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


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
class DerivativeNetwork(nn.Module):
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

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.network = perceptron(1, 1, width, depth)

    def gradient(self, invariants: Tensor) -> Tensor:
        """The derivative f'(I).

        Arguments:
            invariants: Values of I, shape (..., 1).

        Returns:
            The derivative, shape (..., 1).
        """
        decay = (1 + invariants * invariants).pow(-0.25)
        return self.network(torch.asinh(invariants)) * decay

    def value(self, invariants: Tensor) -> Tensor:
        """The function f(I), by 64-point Gauss-Legendre quadrature from 0.

        Arguments:
            invariants: Values of I, shape (..., 1).

        Returns:
            The value, shape (...).
        """
        nodes = invariants.new_tensor((_NODES + 1) / 2)
        weights = invariants.new_tensor(_WEIGHTS / 2)
        slopes = self.gradient((invariants * nodes).unsqueeze(-1)).squeeze(-1)
        return (slopes * weights).sum(-1) * invariants.squeeze(-1)


@final
class PotentialNetwork(nn.Module):
    r"""A function of several invariants with its gradient in closed form.

    .. math:: f(I) = v \cdot a_L, \qquad a_l = \tanh(W_l a_{l-1} + b_l), \qquad
        a_0 = \operatorname{asinh} I, \qquad \tanh' = 1 - \tanh^2

    Arguments:
        count: Number of invariants.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Example:
        >>> f = PotentialNetwork(2, width=8, depth=2).double()
        >>> I = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
        >>> by_autograd, = torch.autograd.grad(f.value(I).sum(), I)
        >>> torch.allclose(f.gradient(I), by_autograd)
        True
    """

    def __init__(self, count: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = [count] + [width] * depth
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        _spread(self._linear[0])
        size = _INITIAL_SLOPE / math.sqrt(width)
        self.last = nn.Parameter(torch.randn(width) * size)

    @property
    def _linear(self) -> list[nn.Linear]:
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    def gradient(self, invariants: Tensor) -> Tensor:
        """The gradient of f, by the reverse sweep written out.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The gradient, shape (..., m).
        """
        slopes: list[Tensor] = []
        activation = torch.asinh(invariants)
        for layer in self._linear:
            activation = torch.tanh(layer(activation))
            slopes.append(1 - activation * activation)
        sweep: Tensor = self.last
        for layer in reversed(self._linear):
            sweep = (sweep * slopes.pop()) @ layer.weight
        return sweep * torch.rsqrt(1 + invariants * invariants)

    def value(self, invariants: Tensor) -> Tensor:
        """The function f.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The value, shape (...).
        """
        activation = torch.asinh(invariants)
        for layer in self._linear:
            activation = torch.tanh(layer(activation))
        return activation @ self.last


def invariant_function(
    count: int, width: int, depth: int
) -> DerivativeNetwork | PotentialNetwork:
    """A learned function of this many invariants.

    Arguments:
        count: Number of invariants.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.

    Returns:
        A `DerivativeNetwork` for one invariant, else a `PotentialNetwork`.

    Example:
        >>> type(invariant_function(1, width=8, depth=1)).__name__
        'DerivativeNetwork'
    """
    if count == 1:
        return DerivativeNetwork(width, depth)
    return PotentialNetwork(count, width, depth)
