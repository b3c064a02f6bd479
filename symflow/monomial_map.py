r"""Monomial map: polynomials evaluated through the graph of their monomials.

Takes a monomial graph, gives its polynomials on rows of points, degree by degree.

.. math:: m_k = m_{\mathrm{parent}(k)} z_{\mathrm{factor}(k)}, \qquad I = c + C m, \qquad
    \bar m = C^T \bar I, \quad
    \bar m_{\mathrm{parent}(k)} \mathrel{+}= \bar m_k z_{\mathrm{factor}(k)}, \quad
    \bar z_{\mathrm{factor}(k)} \mathrel{+}= \bar m_k m_{\mathrm{parent}(k)}

A degree is two moves of rows and one product, whatever the number of polynomials. The
derivation of the sweeps is in docs/compilation.md.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from symflow.fixed_matrix import FixedMatrix
from symflow.monomial_graph import MonomialGraph
from symflow.tensor_map import AbstractMap, Memory

__all__ = ["MonomialMap"]


@final
class MonomialMap(AbstractMap):
    r"""Polynomials as a matrix of coefficients times monomials.

    .. math:: I = c + C m

    Arguments:
        graph: The monomials and the coefficients.
        like: A tensor of the precision and on the device of the points.

    Example:
        >>> z = torch.tensor([[3.0], [2.0]])
        >>> f = MonomialMap(MonomialGraph([{(0, 0, 1): 1}], 2), z)  # x^2 y
        >>> value, memory = f.value(z)
        >>> value.item(), f.pullback(memory, torch.ones(1, 1)).flatten()
        (18.0, tensor([12.,  9.]))

    Reference:
        Griewank and Walther, Evaluating Derivatives, 2nd edition, chapters 3 and 5.
    """

    def __init__(self, graph: MonomialGraph, like: Tensor) -> None:
        count = len(graph.offsets)
        shape = (count, graph.size)
        places = (graph.rows, graph.columns, graph.values)
        self._coefficients = FixedMatrix(*places, shape, like)
        self._weights = self._coefficients.transposed
        self._offsets = like.new_tensor(graph.offsets)[:, None]
        self._constant = not any(graph.offsets)
        self._counts = graph.sizes
        self._degrees = [_Degree(graph, k, like) for k in range(len(graph.levels))]
        parents, factors, before = [], [], 0
        for level, size in zip(graph.levels, self._counts, strict=False):
            parents += [before + parent for parent in level.parents]
            factors += level.factors
            before += size
        self._parents = torch.tensor(parents, dtype=torch.int64, device=like.device)
        products = graph.size - graph.d
        entries = (factors, range(products), [1.0] * products)
        self._to_factors = FixedMatrix(*entries, (graph.d, products), like)
        self.width = 3 * graph.size + count

    def value(self, z: Tensor) -> tuple[Tensor, Memory]:
        """The polynomials; see `AbstractMap.value`."""
        levels = [z]
        for degree in self._degrees:
            levels.append(degree.parents_of(levels[-1]) * degree.factors_of(z))
        monomials = torch.cat(levels) if len(levels) > 1 else z
        rows = self._coefficients(monomials)
        return rows if self._constant else rows + self._offsets, [monomials]

    def pushforward(self, memory: Memory, v: Tensor) -> Tensor:
        """The coefficients on how the monomials change; see `AbstractMap.pushforward`."""
        return self._coefficients(torch.cat(self._along(memory[0], v)))

    def pullback(self, memory: Memory, c: Tensor) -> Tensor:
        """The reverse sweep; see `AbstractMap.pullback`."""
        (monomials,) = memory
        weights = self._sweep(monomials, c)
        return self._gather(weights, monomials)

    def second(self, memory: Memory, c: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The reverse sweep, differentiated along v; see `AbstractMap.second`."""
        (monomials,) = memory
        z = monomials[: self._counts[0]]
        weights = self._sweep(monomials, c)
        along = self._along(monomials, v)
        changes = [torch.zeros_like(weights[-1])]
        for degree, weight in zip(
            reversed(self._degrees), reversed(weights), strict=False
        ):
            change = changes[-1] * degree.factors_of(z) + weight * degree.factors_of(v)
            changes.append(degree.to_parents(change))
        changes.reverse()
        total = self._gather(changes, monomials)
        moved = torch.cat(along)
        if self._degrees:
            later = torch.cat(weights[1:])
            total = total + self._to_factors(
                later * moved.index_select(0, self._parents)
            )
        return self._coefficients(moved), total

    def _along(self, monomials: Tensor, v: Tensor) -> list[Tensor]:
        """The derivatives of the monomials along v, by degrees."""
        levels = monomials.split(self._counts)
        along = [v]
        for degree, level in zip(self._degrees, levels, strict=False):
            moved = degree.parents_of(along[-1]) * degree.factors_of(levels[0])
            along.append(moved + degree.parents_of(level) * degree.factors_of(v))
        return along

    def _sweep(self, monomials: Tensor, c: Tensor) -> list[Tensor]:
        """What each monomial weighs through all that contain it, by degrees."""
        z = monomials[: self._counts[0]]
        weights = list(self._weights(c).split(self._counts))
        for k in range(len(self._degrees) - 1, -1, -1):
            degree = self._degrees[k]
            passed = degree.to_parents(weights[k + 1] * degree.factors_of(z))
            weights[k] = weights[k] + passed
        return weights

    def _gather(self, weights: list[Tensor], monomials: Tensor) -> Tensor:
        """The weights of the coordinates: as monomials, and as factors of others."""
        first, *later = weights
        if not later:
            return first
        parents = monomials.index_select(0, self._parents)
        return first + self._to_factors(torch.cat(later) * parents)


class _Degree:
    """Where the monomials of one degree come from."""

    def __init__(self, graph: MonomialGraph, k: int, like: Tensor) -> None:
        level = graph.levels[k]
        count = len(level.parents)
        before = graph.sizes[k]
        self._parents = torch.tensor(level.parents, device=like.device)
        self._factors = torch.tensor(level.factors, device=like.device)
        entries = (self._parents.cpu(), range(count), [1.0] * count)
        self.to_parents = FixedMatrix(*entries, (before, count), like)

    def parents_of(self, before: Tensor) -> Tensor:
        return before.index_select(0, self._parents)

    def factors_of(self, z: Tensor) -> Tensor:
        return z.index_select(0, self._factors)
