r"""Hamiltonians: functions on phase space whose gradients are closed formulas.

Takes compiled invariants and a function of them, gives H with its gradient and the
pullback of the gradient.

.. math:: H(z) = f(I_1(z), \dots, I_m(z)), \qquad
    \nabla H = \sum_a \frac{\partial f}{\partial I_a} \nabla I_a, \qquad \{g_k, H\} = 0

By the chain rule the bracket with every generator vanishes for any weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn

from symflow.compilation import CompiledFunctions
from symflow.compilation import compile as compile_functions
from symflow.errors import ArgumentError
from symflow.functions import AbstractFunction, Tape, Weights
from symflow.networks import invariant_function
from symflow.orthonormal_basis import OrthonormalBasis
from symflow.row_maps import row_map

__all__ = ["AbstractHamiltonian", "InvariantHamiltonian", "KnownHamiltonian"]


class AbstractHamiltonian(nn.Module, ABC):
    """A function on phase space that depends on some of the coordinates.

    Arguments:
        n: The number of degrees of freedom.
        coordinates: Positions in z of the coordinates x it depends on.
    """

    def __init__(self, n: int, coordinates: Sequence[int]) -> None:
        super().__init__()
        self.n = n
        self.coordinates = tuple(coordinates)

    @abstractmethod
    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """

    @abstractmethod
    def folded(self, scale: Tensor | None = None) -> Weights:
        """The weights as the flow uses them, computed once for all of its steps.

        Arguments:
            scale: A number that multiplies H, such as a step size that is learned.

        Returns:
            Tensors that depend differentiably on the parameters and on the scale.
        """

    @abstractmethod
    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of H along the coordinates it depends on.

        Arguments:
            weights: What `folded` gave.
            x: Those coordinates, one row for each, shape (d, B).

        Returns:
            The gradient, shape (d, B), and what `pull` needs.
        """

    @abstractmethod
    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The derivatives of :math:`u \cdot \nabla H` along coordinates and weights.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (d, B).
            sums: One tensor for each of the weights, to which their derivative is
                added in place; None if it is not wanted.

        Returns:
            The product of the Hessian with u, shape (d, B).
        """

    def gradient(self, z: Tensor) -> Tensor:
        """The gradient of the energy along z, which autograd can differentiate further.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The gradient, shape (..., 2n).
        """
        rows = z.reshape(-1, 2 * self.n).t()
        return self.gradient_rows(self.folded(), rows).t().view_as(z)

    def gradient_rows(self, weights: Weights, rows: Tensor) -> Tensor:
        """The gradient along all coordinates, zero along those it does not depend on.

        Arguments:
            weights: What `folded` gave.
            rows: All coordinates, one row for each, shape (2n, B).

        Returns:
            The gradient, shape (2n, B).
        """
        # The type is named because a constant depends on none.
        places = torch.tensor(self.coordinates, dtype=torch.long, device=rows.device)
        slopes, _ = self.slope(weights, rows.index_select(0, places))
        return torch.zeros_like(rows).index_add(0, places, slopes)


@final
class InvariantHamiltonian(AbstractHamiltonian):
    r"""A Hamiltonian that is a learned function of invariants.

    .. math:: H = f(R I + r)

    The numbers R and r are an affine change of invariants to the scale of data; it is the
    identity until `fit_scale` is called. Whatever they are, H commutes with the generators.

    Arguments:
        invariants: The invariants as compiled functions of z.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        function: A function of them of your own, in place of a network of that size.

    Raises:
        ArgumentError: If the function is one of another number of invariants.

    Example:
        >>> import torch
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> H = InvariantHamiltonian(compile([x**2 + p**2], [x, p]), width=8, depth=1)
        >>> H.value(torch.zeros(5, 2)).shape, H.gradient(torch.zeros(5, 2)).shape
        (torch.Size([5]), torch.Size([5, 2]))

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3.
    """

    def __init__(
        self,
        invariants: CompiledFunctions,
        width: int = 32,
        depth: int = 2,
        function: AbstractFunction | None = None,
    ) -> None:
        used = _used(invariants)
        super().__init__(len(invariants.symbols) // 2, used)
        self.invariants = invariants
        # The flow evaluates the functions on the coordinates they depend on alone.
        self.reduced = _restricted(invariants, used)
        self.rows = row_map(self.reduced)
        self.count = len(invariants.expressions)
        if function is not None and function.count not in (None, self.count):
            raise ArgumentError(
                f"Argument `function` must be one of {self.count} invariants, but this "
                f"{type(function).__name__} is one of {function.count}. Use "
                "PotentialNetwork(count, width, depth) for several."
            )
        self.function = function or invariant_function(self.count, width, depth)
        self.basis = OrthonormalBasis(self.count)

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        return self.function.value(self.basis(self.invariants.value(z)))

    def fit_scale(self, z: Tensor) -> None:
        """Recombine the invariants so that they are orthonormal on data.

        What is done, and what is not, `OrthonormalBasis` says.

        Arguments:
            z: Phase points, shape (N, 2n).

        Raises:
            ArgumentError: If there are fewer than two points, or an invariant is not
                finite at one.
        """
        values = self.invariants.value(z.double()).detach()
        self.basis.fit(values, like=next(self.parameters(), z))

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The weights of the function.

        Arguments:
            scale: A number that multiplies H.

        Returns:
            The tensors.
        """
        return self.function.folded(scale)

    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of H along the coordinates it depends on.

        Arguments:
            weights: What `folded` gave.
            x: Those coordinates, shape (d, B).

        Returns:
            The gradient, shape (d, B), and what `pull` needs.
        """
        c, inner, at = self.angles(weights, x)
        return self.rows.pullback(at, c), (c, inner, self.rows.kept(at))

    def angles(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape, Tape]:
        """The slopes of H along the invariants.

        Arguments:
            weights: What `folded` gave.
            x: The coordinates it depends on, shape (d, B).

        Returns:
            The slopes, shape (m, B), what `pull_angles` needs, and what the row map's
            derivatives need.
        """
        values, at = self.rows.value(x)
        c, inner = self.function.slope(weights, self.basis.rows(values))
        return self.basis.pull(c), inner, at

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The pullback of the gradient.

        .. math:: \bar x = \sum_a c_a \nabla\nabla I_a u + \sum_a \bar I_a \nabla I_a,
            \qquad \bar I = \nabla_I \nabla_I f \, (\nabla I \cdot u)

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (d, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The product of the Hessian with u, shape (d, B).
        """
        c, inner, at = tape
        along, bent = self.rows.bend(at, c, covector)
        bar = self.pull_angles(weights, inner, along, sums)
        return self.rows.finish(bent, bar)

    def pull_angles(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        """The pullback of the slopes along the invariants.

        Arguments:
            weights: What `folded` gave.
            tape: What `angles` gave.
            covector: The weights of the slopes, shape (m, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The derivative along the invariants, shape (m, B).
        """
        along = self.basis.push(covector)
        return self.basis.pull(self.function.pull(weights, tape, along, sums))


@final
class KnownHamiltonian(AbstractHamiltonian):
    r"""A Hamiltonian that is given as an expression.

    .. math:: H = \frac{p^2}{2} + \frac{q^2}{2}, \text{ say}

    Arguments:
        energy: One compiled function of z; a constant, such as the zero of free motion,
            is one of q alone as well as of p alone.

    Example:
        >>> from sympy import symbols
        >>> from symflow.compilation import compile
        >>> x, p = symbols("x p", real=True)
        >>> H = KnownHamiltonian(compile([(x**2 + p**2) / 2], [x, p]))
        >>> H.gradient(torch.tensor([3.0, 4.0]))
        tensor([3., 4.])
    """

    def __init__(self, energy: CompiledFunctions) -> None:
        if len(energy.expressions) != 1:
            raise ArgumentError(
                "Argument `energy` must hold one function, but it holds "
                f"{len(energy.expressions)}. Compile their sum."
            )
        used = _used(energy)
        super().__init__(len(energy.symbols) // 2, used)
        self.energy = energy
        self.reduced = _restricted(energy, used)
        self.rows = row_map(self.reduced)

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        return self.energy.value(z).squeeze(-1)

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The scale, which is all that can be learned.

        Arguments:
            scale: A number that multiplies H.

        Returns:
            The scale, if there is one.
        """
        return () if scale is None else (scale,)

    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of H along the coordinates it depends on.

        Arguments:
            weights: What `folded` gave.
            x: Those coordinates, shape (d, B).

        Returns:
            The gradient, shape (d, B), and what `pull` needs.
        """
        values, at = self.rows.value(x)
        one = torch.ones_like(values)
        one = one * weights[0] if weights else one
        return self.rows.pullback(at, one), (one, self.rows.kept(at))

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        """The pullback of the gradient.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (d, B).
            sums: Where the derivative along the scale is added, or None.

        Returns:
            The product of the Hessian with u, shape (d, B).
        """
        one, at = tape
        along, bent = self.rows.bend(at, one, covector)
        if weights and sums is not None:
            sums[0].add_(along.sum())
        return self.rows.finish(bent, None)


def _used(functions: CompiledFunctions) -> tuple[int, ...]:
    """The places of the symbols that the expressions hold."""
    held = set().union(*(f.free_symbols for f in functions.expressions))
    return tuple(k for k, symbol in enumerate(functions.symbols) if symbol in held)


def _restricted(functions: CompiledFunctions, used: Sequence[int]) -> CompiledFunctions:
    if len(used) == len(functions.symbols):
        return functions
    return compile_functions(
        functions.expressions, [functions.symbols[k] for k in used]
    )
