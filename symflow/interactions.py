r"""Interactions: energies of particles that depend on the distances of pairs.

Takes the positions of N particles in d dimensions, gives a learned energy of their pairs
and the forces in closed form.

.. math:: U(q) = \sum_{i<j} f_{s_i s_j}(r_{ij}^2), \qquad
    \nabla_i U = \sum_j 2 f_{s_i s_j}'(r_{ij}^2) \, (q_i - q_j)

Distances are invariant under rotations, reflections and translations, and the sum under
exchanges of particles of one species, for any f. Every force acts along the line between
two particles and on both of them, so they sum to zero and carry no torque. Pairs are
visited in tiles, so memory grows with the number of particles and of points, and not with
that of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, combinations_with_replacement, pairwise
from typing import TypeAlias, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.errors import ArgumentError
from symflow.functions import AbstractFunction, Tape, Weights
from symflow.hamiltonians import AbstractHamiltonian
from symflow.notebook_views import NotebookView

__all__ = ["PairPotential", "Pairs", "check_particles", "checked_species", "dot"]

# Distances that one tile holds: measured, flat between 2^15 and 2^18 for forces. Values
# may come from quadrature, which takes sixty-four numbers for each distance.
_TILE = 2**16
_SMALL_TILE = 2**12

Tile: TypeAlias = tuple[Tensor, Tensor]
Species: TypeAlias = tuple[str, str]


class Pairs(nn.Module):
    """Pairs of particles, a tile at a time.

    Arguments:
        first: The first particle of each pair.
        second: The second particle of each pair.

    Example:
        >>> pairs = Pairs(*np.triu_indices(3, 1))
        >>> line = torch.tensor([0.0, 3.0, 7.0]).reshape(3, 1, 1)
        >>> [tile] = pairs.tiles(line)
        >>> gap = pairs.gap(line, tile)
        >>> gap.flatten(), pairs.spread(torch.zeros_like(line), tile, gap).flatten()
        (tensor([-3., -7., -4.]), tensor([-10.,  -1.,  11.]))
    """

    first: Tensor
    second: Tensor

    def __init__(
        self, first: np.ndarray | Sequence[int], second: np.ndarray | Sequence[int]
    ) -> None:
        super().__init__()
        for name, index in (("first", first), ("second", second)):
            made = torch.as_tensor(index, dtype=torch.int64)
            self.register_buffer(name, made, persistent=False)

    def tiles(self, points: Tensor, size: int = _TILE) -> Iterator[Tile]:
        """The pairs in tiles; where torch traces, all of them at once.

        Arguments:
            points: Something of every particle, shape (N, k, B).
            size: How many numbers of one kind a tile may hold.

        Returns:
            For each tile, the first and the second particles of its pairs.
        """
        count = len(self.first)
        if not torch.compiler.is_compiling():
            count = max(1, size // max(1, points.shape[2]))
        return zip(self.first.split(count), self.second.split(count), strict=True)

    @staticmethod
    def gap(points: Tensor, tile: Tile) -> Tensor:
        """What the first particle of each pair has more than the second.

        Arguments:
            points: Something of every particle, shape (N, k, B).
            tile: Pairs.

        Returns:
            The differences, shape (pairs, k, B).
        """
        first, second = tile
        return points.index_select(0, first) - points.index_select(0, second)

    @staticmethod
    def spread(total: Tensor, tile: Tile, each: Tensor) -> Tensor:
        """Add something of each pair to its first particle, and take it from the second.

        Arguments:
            total: What every particle has, shape (N, k, B).
            tile: Pairs.
            each: What each pair adds, shape (pairs, k, B).

        Returns:
            The new total.
        """
        first, second = tile
        return total.index_add(0, first, each).index_add(0, second, each, alpha=-1)


@final
class PairPotential(AbstractHamiltonian, NotebookView):
    r"""A potential energy that is a sum over pairs of particles.

    .. math:: U(q) = \sum_{i<j} f_{s_i s_j}(r_{ij}^2)

    In r^2 a smooth f makes a smooth U, also where two particles meet. Coordinates stand
    one particle after the other: q = (x_1, y_1, z_1, x_2, ...).

    Arguments:
        particles: The number N of particles.
        functions: A function of one number for all pairs, or one for each pair of names
            of species, in any order.
        dimension: The dimension d of the space in which they move.
        species: The name of each particle's species, where there are several.

    Raises:
        ArgumentError: If there are fewer than two particles, no dimension, another number
            of names than of particles, or a pair of species without a function.

    Example:
        >>> from symflow.splines import CubicSpline
        >>> U = PairPotential(3, CubicSpline(), dimension=2).double()
        >>> z = torch.randn(5, 12, dtype=torch.float64)
        >>> U.value(z).shape
        torch.Size([5])
        >>> force = -U.gradient(z)[:, :6].reshape(5, 3, 2)
        >>> torch.allclose(force.sum(1), torch.zeros(5, 2, dtype=torch.float64))
        True

    Reference:
        Goldstein, Poole and Safko, Classical Mechanics, 3rd edition, section 1.2.
    """

    def __init__(
        self,
        particles: int,
        functions: AbstractFunction | Mapping[Species, AbstractFunction],
        dimension: int = 3,
        species: Sequence[str] = (),
    ) -> None:
        check_particles(particles, dimension)
        super().__init__(particles * dimension, range(particles * dimension))
        self.particles, self.dimension = particles, dimension
        pairs = _pairs_by_species(checked_species(species, particles))
        chosen = _function_of_each(functions, list(pairs))
        self.functions = nn.ModuleList(chosen)
        self.pairs = nn.ModuleList(pairs.values())
        counts = [len(function.folded()) for function in chosen]
        self._ends = list(accumulate(counts, initial=0))

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        points = self._points(z.reshape(-1, 2 * self.n)[:, : self.n].t())
        total = points.new_zeros(points.shape[2])
        for function, pairs, _ in self._kinds:
            for tile in pairs.tiles(points, _SMALL_TILE):
                gap = pairs.gap(points, tile)
                square = dot(gap, gap).squeeze(1)
                total = total + function.value(square[..., None]).sum(0)
        return total.reshape(z.shape[:-1])

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The weights of all functions.

        Arguments:
            scale: A number that multiplies U.

        Returns:
            The tensors.
        """
        return tuple(w for f, _, _ in self._kinds for w in f.folded(scale))

    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of U along q.

        Arguments:
            weights: What `folded` gave.
            x: The coordinates q, shape (n, B).

        Returns:
            The gradient, shape (n, B), and the coordinates: distances are found again.
        """
        points = self._points(x)
        total = torch.zeros_like(points)
        for function, pairs, span in self._kinds:
            for tile in pairs.tiles(points):
                gap = pairs.gap(points, tile)
                c, _ = _rise(function, weights[span], gap)
                total = pairs.spread(total, tile, 2 * c * gap)
        return total.reshape(x.shape), x

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        r"""The pullback of the gradient.

        .. math:: \sum_j 2 f' \, (u_i - u_j) + 2 \bar r \, (q_i - q_j), \qquad
            \bar r = f'' \; 2 (q_i - q_j) \cdot (u_i - u_j)

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (n, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The product of the Hessian with u, shape (n, B).
        """
        points, vectors = self._points(tape), self._points(covector)
        total = torch.zeros_like(points)
        for function, pairs, span in self._kinds:
            own, own_sums = weights[span], sums and sums[span]
            for tile in pairs.tiles(points):
                gap, along = pairs.gap(points, tile), pairs.gap(vectors, tile)
                c, inner = _rise(function, own, gap)
                change = 2 * dot(gap, along).reshape(1, -1)
                bar = function.pull(own, inner, change, own_sums)
                each = c * along + bar.reshape(c.shape) * gap
                total = pairs.spread(total, tile, 2 * each)
        return total.reshape(covector.shape)

    @property
    def _kinds(self) -> list[tuple[AbstractFunction, Pairs, slice]]:
        """The function of each pair of species, its pairs, and which weights it has."""
        spans = [slice(a, b) for a, b in pairwise(self._ends)]
        return [
            (function, pairs, span)
            for function, pairs, span in zip(
                self.functions, self.pairs, spans, strict=True
            )
            if isinstance(function, AbstractFunction) and isinstance(pairs, Pairs)
        ]

    def _points(self, x: Tensor) -> Tensor:
        return x.reshape(self.particles, self.dimension, -1)


def check_particles(particles: int, dimension: int) -> None:
    """Make sure that there are pairs of particles, in a space.

    Arguments:
        particles: The number of particles.
        dimension: The dimension of the space.

    Raises:
        ArgumentError: If there are fewer than two particles, or no dimension.
    """
    for name, value, least in (
        ("particles", particles, 2),
        ("dimension", dimension, 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ArgumentError(
                f"Argument `{name}` must be a whole number of at least {least}, but it "
                f"is {value!r}."
            )


def checked_species(species: Sequence[str], particles: int) -> tuple[str, ...]:
    """The name of the species of each particle.

    Arguments:
        species: The names, or nothing where all particles are alike.
        particles: The number of particles.

    Returns:
        A name for each particle.

    Raises:
        ArgumentError: If there is another number of names than of particles.

    Example:
        >>> checked_species((), 2), checked_species("HHO", 3)
        (('', ''), ('H', 'H', 'O'))
    """
    names = tuple(species) or ("",) * particles
    if len(names) != particles:
        raise ArgumentError(
            f"Argument `species` must hold {particles} names, one for each particle, "
            f"but it holds {len(names)}: {names}."
        )
    return names


def _pairs_by_species(names: Sequence[str]) -> dict[Species, Pairs]:
    """The pairs of particles of every pair of species, those sorted by name."""
    kinds = sorted(set(names))
    number = np.array([kinds.index(name) for name in names])
    first, second = np.triu_indices(len(names), 1)
    lower = np.minimum(number[first], number[second])
    upper = np.maximum(number[first], number[second])
    found = {}
    for (a, name), (b, other) in combinations_with_replacement(enumerate(kinds), 2):
        chosen = (lower == a) & (upper == b)
        if chosen.any():
            found[name, other] = Pairs(first[chosen], second[chosen])
    return found


def _function_of_each(
    functions: AbstractFunction | Mapping[Species, AbstractFunction],
    wanted: Sequence[Species],
) -> list[AbstractFunction]:
    """The function of every pair of species, in the order of these."""
    if isinstance(functions, AbstractFunction):
        functions = {("", ""): functions}
    given = sorted((min(pair), max(pair)) for pair in functions)
    if given != sorted(wanted):
        raise ArgumentError(
            "Argument `functions` must hold one function for each pair of species that "
            f"two particles make, {sorted(wanted)}, but it holds them for {given}."
        )
    known = {(min(pair), max(pair)): f for pair, f in functions.items()}
    return [known[pair] for pair in wanted]


def _rise(
    function: AbstractFunction, weights: Weights, gap: Tensor
) -> tuple[Tensor, Tape]:
    """The slope of a function of r^2, shape (pairs, 1, B), and its tape."""
    square = dot(gap, gap)
    c, tape = function.slope(weights, square.reshape(1, -1))
    return c.reshape(square.shape), tape


def dot(left: Tensor, right: Tensor) -> Tensor:
    """The dot products of vectors of pairs.

    Arguments:
        left: Vectors, shape (pairs, d, B).
        right: Vectors, shape (pairs, d, B).

    Returns:
        Their products, shape (pairs, 1, B).

    Example:
        >>> dot(torch.ones(1, 3, 2), torch.ones(1, 3, 2))
        tensor([[[3., 3.]]])
    """
    # Three passes over whole rows take a third of the time of a sum along short ones.
    first, *others = zip(left.split(1, 1), right.split(1, 1), strict=True)
    total = first[0] * first[1]
    for a, b in others:
        total = torch.addcmul(total, a, b)
    return total
