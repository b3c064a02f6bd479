r"""Functions: what a Hamiltonian of invariants is made of, as the flow wants it.

Takes values of invariants, one row for each invariant and one column for each point, gives
the slopes of a scalar function and pulls covectors back through them.

.. math:: c_a = \frac{\partial f}{\partial I_a}, \qquad
    \bar I_b = \sum_a u_a \frac{\partial^2 f}{\partial I_a \partial I_b}, \qquad
    \bar\theta = \sum_a u_a \frac{\partial^2 f}{\partial I_a \partial\theta}

The flow asks for slopes forwards and for their pullback backwards; nothing is
differentiated automatically while it runs. Rows are contiguous along the batch, which is
what keeps few invariants fast.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor, nn

from symflow.errors import ArgumentError, UnsupportedError
from symflow.notebook_views import NotebookView

__all__ = ["AbstractFunction", "ModuleFunction", "Tape", "Weights"]

Weights = tuple[Tensor, ...]
# What a pullback needs of the forward pass; each function keeps what it likes.
Tape = Any

# Layers that mix the points of a batch, or treat the same point differently each time.
_NO_FUNCTIONS = (
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.BatchNorm3d,
    nn.SyncBatchNorm,
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
)


class AbstractFunction(nn.Module, ABC, NotebookView):
    """A learned scalar function f of invariants.

    Its attribute `count` is the number of invariants that it takes, None for any.
    """

    count: int | None = None

    @abstractmethod
    def value(self, invariants: Tensor) -> Tensor:
        """The function f.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The value, shape (...).
        """

    @abstractmethod
    def folded(self, scale: Tensor | None = None) -> Weights:
        """The weights as the flow uses them, computed once for all of its steps.

        Arguments:
            scale: A number that multiplies f, such as a step size that is learned.

        Returns:
            Tensors that depend differentiably on the parameters and on the scale.
        """

    @abstractmethod
    def slope(self, weights: Weights, rows: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of f along the invariants.

        Arguments:
            weights: What `folded` gave.
            rows: Values of the invariants, shape (m, B).

        Returns:
            The gradient, shape (m, B), and what `pull` needs.
        """

    @abstractmethod
    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The derivatives of :math:`\sum_a u_a c_a` along invariants and weights.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The weights u of the slopes, shape (m, B).
            sums: One tensor for each of the weights, to which their derivative is
                added in place; None if it is not wanted.

        Returns:
            The derivative along the invariants, shape (m, B).
        """

    def gradient(self, invariants: Tensor) -> Tensor:
        """The gradient of f, as a formula that autograd can differentiate further.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The gradient, shape (..., m).
        """
        rows = invariants.reshape(-1, invariants.shape[-1]).t()
        slopes, _ = self.slope(self.folded(), rows)
        return slopes.t().reshape(invariants.shape)


@final
class ModuleFunction(AbstractFunction):
    r"""Any module of yours as a function of invariants.

    .. math:: f(I) = N(I)

    Its gradient and the pullback come from `torch.func`, so it costs two to four times
    as much as a function that has them written out.

    Arguments:
        module: A smooth module from (B, m) to (B,) or (B, 1) that treats the points of a
            batch one by one.

    Raises:
        ArgumentError: If the module holds batch normalisation or dropout, or, when it
            is called, if it does not give one number for each point.

    Example:
        >>> f = ModuleFunction(nn.Sequential(nn.Linear(2, 8), nn.GELU(), nn.Linear(8, 1)))
        >>> f.value(torch.zeros(5, 2)).shape, f.gradient(torch.zeros(5, 2)).shape
        (torch.Size([5]), torch.Size([5, 2]))
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        for name, layer in module.named_modules():
            if isinstance(layer, _NO_FUNCTIONS):
                raise ArgumentError(
                    "Argument `module` must be a function of each point alone, but its "
                    f"layer {name!r} is {type(layer).__name__}, with which forces would "
                    "depend on the rest of the batch or on chance. Leave it out."
                )
        self.module = module

    def value(self, invariants: Tensor) -> Tensor:
        """The function f.

        Arguments:
            invariants: Values of the invariants, shape (..., m).

        Returns:
            The value, shape (...).
        """
        points = invariants.reshape(-1, invariants.shape[-1])
        return _numbers(self.module(points), points).reshape(invariants.shape[:-1])

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The parameters of the module, and the scale.

        Arguments:
            scale: A number that multiplies f.

        Returns:
            The tensors.
        """
        parameters = tuple(self.module.parameters())
        return parameters if scale is None else (*parameters, scale)

    def slope(self, weights: Weights, rows: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of f along the invariants.

        Arguments:
            weights: What `folded` gave.
            rows: Values of the invariants, shape (m, B).

        Returns:
            The gradient, shape (m, B), and its pullback.

        Raises:
            UnsupportedError: If torch exports, which it cannot do with `torch.func`.
        """
        if _is_exporting():
            raise UnsupportedError(
                "Argument `function` must have its gradient written out where torch "
                f"exports, but {type(self.module).__name__} leaves it to torch.func, which "
                "no exported program can hold. Use PotentialNetwork, DerivativeNetwork or "
                "CubicSpline."
            )
        slopes, pullback, *_ = torch.func.vjp(self._slope, weights, rows)
        return slopes, pullback

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        """The pullback of the slopes.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The weights of the slopes, shape (m, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The derivative along the invariants, shape (m, B).
        """
        along_weights, along_rows = tape(covector)
        for total, part in zip(sums or (), along_weights, strict=sums is not None):
            total.add_(part)
        return along_rows

    def _slope(self, weights: Weights, rows: Tensor) -> Tensor:
        names = [name for name, _ in self.module.named_parameters()]
        named = dict(zip(names, weights, strict=False))

        def total(points: Tensor) -> Tensor:
            found = torch.func.functional_call(self.module, named, (points.t(),))
            value = _numbers(found, points.t()).sum()
            return value * weights[-1] if len(weights) > len(names) else value

        return torch.func.grad(total)(rows)


def _is_exporting() -> bool:
    """Whether torch exports; before its release 2.7 it could not tell."""
    asked = getattr(torch.compiler, "is_exporting", None)
    return asked is not None and asked()


def _numbers(values: Tensor, points: Tensor) -> Tensor:
    """What a module gave, if that is a number for each point."""
    if values.shape not in (points.shape[:1], (points.shape[0], 1)):
        raise ArgumentError(
            "Argument `module` must give one number for each point, shape (B,) or "
            f"(B, 1), but for {tuple(points.shape)} it gives {tuple(values.shape)}."
        )
    return values
