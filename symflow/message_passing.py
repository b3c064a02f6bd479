r"""Message passing: energies of particles that learn of each other's neighbourhoods.

Takes the positions of N particles in d dimensions, gives a many-body energy, its forces and
their pullback in closed form.

.. math:: A_i = \sum_{j \ne i} C b(r_{ij}^2) \odot h_j, \qquad
    h_i' = \tanh(W A_i + V h_i + c), \qquad U = \sum_i v \cdot h_i^{(R)}

Messages depend on distances and on the states h, which begin as the species. So U is
invariant under rotations, reflections, translations and exchanges of particles of one
species, for any weights. The sweeps are derived in docs/interactions.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.constants import Constant
from symflow.errors import ArgumentError
from symflow.functions import Tape, Weights
from symflow.hamiltonians import AbstractHamiltonian
from symflow.interactions import Pairs, Tile, check_particles, checked_species, dot
from symflow.notebook_views import NotebookView

__all__ = ["MessagePassingEnergy"]

_INITIAL_SLOPE = 0.1  # of the energy, so that a flow starts near the identity
_TILE = 2**16  # messages that one tile holds


class _Round(NamedTuple):
    """The weights of one round, or where derivatives along them are added."""

    C: Tensor
    W: Tensor
    V: Tensor
    c: Tensor


class _Jet(NamedTuple):
    """Something of every particle, and its change along a direction."""

    value: Tensor
    change: Tensor


@final
class MessagePassingEnergy(AbstractHamiltonian, NotebookView):
    r"""A many-body potential energy of particles, by rounds of messages.

    .. math:: b_k(r^2) = e^{-r^2 / 2 \lambda_k^2}, \qquad \lambda_k
        = \lambda_1 (\lambda_K / \lambda_1)^{(k - 1) / (K - 1)}

    Messages are filters C b of the distance times the state of the sender. With one round
    the energy is a function of each particle's density of neighbours; every further round
    lets it depend on theirs. Coordinates stand one particle after the other.

    Arguments:
        particles: The number N of particles.
        width: The number of components of a state.
        rounds: The number R of rounds.
        dimension: The dimension d of the space in which they move.
        species: The name of each particle's species, where there are several.
        shortest: The smallest length :math:`\lambda_1` that messages resolve.
        longest: The largest length :math:`\lambda_K` that they reach.
        lengths: The number K of lengths, two or more.

    Raises:
        ArgumentError: If a count is too small, the lengths are not positive and rising,
            or there is another number of names than of particles.

    Example:
        >>> U = MessagePassingEnergy(4, width=4, rounds=2, dimension=2).double()
        >>> z = torch.randn(5, 16, dtype=torch.float64, requires_grad=True)
        >>> by_autograd, = torch.autograd.grad(U.value(z).sum(), z)
        >>> torch.allclose(U.gradient(z), by_autograd)
        True

    Reference:
        Gilmer et al. 2017, arXiv 1704.01212, section 2; Schuett et al. 2017,
        arXiv 1706.08566, section 4, for filters of the distance.
    """

    def __init__(
        self,
        particles: int,
        width: int = 16,
        rounds: int = 2,
        dimension: int = 3,
        species: Sequence[str] = (),
        shortest: float = 0.5,
        longest: float = 4.0,
        lengths: int = 8,
    ) -> None:
        check_particles(particles, dimension)
        _check_sizes(width, rounds, shortest, longest, lengths)
        super().__init__(particles * dimension, range(particles * dimension))
        self.particles, self.dimension, self.width = particles, dimension, width
        names = checked_species(species, particles)
        kinds = sorted(set(names))
        self._kind = Constant(np.eye(len(kinds))[[kinds.index(a) for a in names]])
        decay = 0.5 / np.geomspace(shortest, longest, lengths) ** 2
        self._decay = Constant(decay[:, None])
        self.pairs = Pairs(*np.triu_indices(particles, 1))
        self.states = nn.Parameter(torch.randn(len(kinds), width))
        # A sum over all others of that many terms begins at order one.
        size = 1 / math.sqrt(lengths * (particles - 1))
        self.filters = nn.ParameterList(
            size * torch.randn(width, lengths) for _ in range(rounds)
        )
        self.mixers = nn.ParameterList(
            torch.randn(width, 2 * width) / math.sqrt(2 * width) for _ in range(rounds)
        )
        self.shifts = nn.ParameterList(torch.zeros(width, 1) for _ in range(rounds))
        self.last = nn.Parameter(torch.randn(width) * _INITIAL_SLOPE / width**0.5)

    def value(self, z: Tensor) -> Tensor:
        """The energy.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The energy, shape (...).
        """
        points = self._points(z.reshape(-1, 2 * self.n)[:, : self.n].t())
        weights = self.folded()
        h, _ = self._rise(weights, points)
        return (weights[-1] * h[-1]).sum((0, 1)).reshape(z.shape[:-1])

    def folded(self, scale: Tensor | None = None) -> Weights:
        """The first states, the weights of each round, and those of the energy.

        Arguments:
            scale: A number that multiplies U.

        Returns:
            The tensors.
        """
        out = [(self._kind.like(self.states) @ self.states)[:, :, None]]
        for C, mixer, c in zip(self.filters, self.mixers, self.shifts, strict=True):
            out += [C, *mixer.chunk(2, 1), c]
        last = self.last[:, None]
        return (*out, last if scale is None else last * scale)

    def slope(self, weights: Weights, x: Tensor) -> tuple[Tensor, Tape]:
        """The gradient of U along q, by the reverse sweep written out.

        Arguments:
            weights: What `folded` gave.
            x: The coordinates q, shape (n, B).

        Returns:
            The gradient, shape (n, B), and what `pull` needs.
        """
        points = self._points(x)
        h, A = self._rise(weights, points)
        total = torch.zeros_like(points)
        g = weights[-1].expand_as(h[-1])
        swept: list[tuple[Tensor, Tensor, Tensor]] = []
        for k, own in reversed(list(enumerate(_rounds(weights)))):
            delta = torch.addcmul(g, g * h[k + 1], h[k + 1], value=-1)
            bar = own.W.t() @ delta
            swept.append((g, delta, bar))
            g = own.V.t() @ delta
            for tile in self._tiles(points):
                gap, b, fall = self._basis(points, tile)
                rise = dot(fall, own.C.t() @ _paired(bar, h[k], tile))
                total = Pairs.spread(total, tile, 2 * rise * gap)
                g = _exchange(g, tile, own.C @ b, bar)
        return total.reshape(x.shape), (points, h, A, swept[::-1])

    def pull(
        self,
        weights: Weights,
        tape: Tape,
        covector: Tensor,
        sums: Sequence[Tensor] | None,
    ) -> Tensor:
        """The pullback of the gradient: how both sweeps change along u.

        Arguments:
            weights: What `folded` gave.
            tape: What `slope` gave.
            covector: The vector u, shape (n, B).
            sums: Where derivatives along the weights are added, or None.

        Returns:
            The product of the Hessian with u, shape (n, B).
        """
        points, h, A, swept = tape
        x = _Jet(points, self._points(covector))
        h_dot, A_dot = self._rise_along(weights, x, h)
        total, g_dot = torch.zeros_like(points), torch.zeros_like(h[-1])
        rounds, added = _rounds(weights), None if sums is None else _rounds(sums)
        for k in reversed(range(len(rounds))):
            own, (g, delta, bar), above = rounds[k], swept[k], h[k + 1]
            bend = torch.addcmul(g_dot, g_dot * above, above, value=-1)
            delta_dot = bend - 2 * g * above * h_dot[k + 1]
            state, message = _Jet(h[k], h_dot[k]), _Jet(A[k], A_dot[k])
            if added is not None:
                change = _Jet(delta, delta_dot)
                added[k].W.add_(_product_change(change, message))
                added[k].V.add_(_product_change(change, state))
                added[k].c.add_(delta_dot.sum((0, 2))[:, None])
            filters = None if added is None else added[k].C
            swept_bar = _Jet(bar, own.W.t() @ delta_dot)
            step, g_dot = self._sweep_along(own.C, x, state, swept_bar, filters)
            g_dot = g_dot + own.V.t() @ delta_dot
            total = total + step
        if sums is not None:
            sums[0].add_(g_dot.sum(2, keepdim=True))
            sums[-1].add_(h_dot[-1].sum((0, 2))[:, None])
        return total.reshape(covector.shape)

    def _rise(
        self, weights: Weights, points: Tensor
    ) -> tuple[list[Tensor], list[Tensor]]:
        """The states before and after each round, and the messages in it."""
        h = [weights[0].expand(-1, -1, points.shape[2])]
        A: list[Tensor] = []
        for C, W, V, c in _rounds(weights):
            message = torch.zeros_like(h[0])
            for tile in self._tiles(points):
                _, b, _ = self._basis(points, tile)
                message = _exchange(message, tile, C @ b, h[-1])
            A.append(message)
            h.append(torch.tanh(W @ message + V @ h[-1] + c))
        return h, A

    def _rise_along(
        self, weights: Weights, x: _Jet, h: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """How the states and the messages change along a direction."""
        h_dot = [torch.zeros_like(h[0])]
        A_dot: list[Tensor] = []
        for k, (C, W, V, _) in enumerate(_rounds(weights)):
            message = torch.zeros_like(h[0])
            for tile in self._tiles(x.value):
                _, b, fall = self._basis(x.value, tile)
                message = _exchange(message, tile, C @ b, h_dot[k])
                message = _exchange(message, tile, C @ (fall * _stretch(x, tile)), h[k])
            A_dot.append(message)
            up, above = W @ message + V @ h_dot[k], h[k + 1]
            h_dot.append(torch.addcmul(up, up * above, above, value=-1))
        return h_dot, A_dot

    def _sweep_along(
        self, C: Tensor, x: _Jet, h: _Jet, bar: _Jet, filters: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """How the reverse sweep of a round changes: along q, and along the states."""
        total, g_dot = torch.zeros_like(x.value), torch.zeros_like(h.value)
        for tile in self._tiles(x.value):
            gap, b, fall = self._basis(x.value, tile)
            b_dot = fall * _stretch(x, tile)
            pair = _paired(bar.value, h.value, tile)
            pair_dot = _paired(bar.change, h.value, tile)
            pair_dot = pair_dot + _paired(bar.value, h.change, tile)
            if filters is not None:
                filters.add_(_product_change(_Jet(pair, pair_dot), _Jet(b, b_dot)))
            along = C.t() @ pair
            rise = dot(fall, along)
            # The slope of a Gaussian is -a times it, so its change is -a times its change.
            bend = dot(-self._decay.like(b) * b_dot, along)
            rise_dot = bend + dot(fall, C.t() @ pair_dot)
            each = rise_dot * gap + rise * Pairs.gap(x.change, tile)
            total = Pairs.spread(total, tile, 2 * each)
            g_dot = _exchange(g_dot, tile, C @ b_dot, bar.value)
            g_dot = _exchange(g_dot, tile, C @ b, bar.change)
        return total, g_dot

    def _basis(self, points: Tensor, tile: Tile) -> tuple[Tensor, Tensor, Tensor]:
        """The gaps of pairs, the Gaussians b of their squares, and the slopes of these."""
        gap = Pairs.gap(points, tile)
        decay = self._decay.like(gap)
        b = torch.exp(-decay * dot(gap, gap))
        return gap, b, -decay * b

    def _tiles(self, points: Tensor) -> Iterator[Tile]:
        return self.pairs.tiles(points, _TILE // self.width)

    def _points(self, x: Tensor) -> Tensor:
        return x.reshape(self.particles, self.dimension, -1)


def _check_sizes(
    width: int, rounds: int, shortest: float, longest: float, lengths: int
) -> None:
    for name, value, least in (
        ("width", width, 1),
        ("rounds", rounds, 1),
        ("lengths", lengths, 2),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ArgumentError(
                f"Argument `{name}` must be a whole number of at least {least}, but it "
                f"is {value!r}."
            )
    if not 0 < shortest < longest < math.inf:
        raise ArgumentError(
            "Argument `shortest` must be a positive length below `longest`, but they "
            f"are {shortest} and {longest}."
        )


def _rounds(weights: Sequence[Tensor]) -> list[_Round]:
    """The weights between the first states and those of the energy, round by round."""
    return [_Round(*weights[k : k + 4]) for k in range(1, len(weights) - 1, 4)]


def _stretch(x: _Jet, tile: Tile) -> Tensor:
    """How the squared distances of pairs change."""
    return 2 * dot(Pairs.gap(x.value, tile), Pairs.gap(x.change, tile))


def _paired(left: Tensor, right: Tensor, tile: Tile) -> Tensor:
    """The products of each with the other's, summed over both of a pair."""
    first, second = tile
    there = left.index_select(0, first) * right.index_select(0, second)
    return there + left.index_select(0, second) * right.index_select(0, first)


def _exchange(total: Tensor, tile: Tile, filters: Tensor, states: Tensor) -> Tensor:
    """Add to each of a pair the filtered state of the other."""
    first, second = tile
    total = total.index_add(0, first, filters * states.index_select(0, second))
    return total.index_add(0, second, filters * states.index_select(0, first))


def _product_change(left: _Jet, right: _Jet) -> Tensor:
    """How the sum of outer products changes."""
    changed = torch.einsum("pab,pcb->ac", left.change, right.value)
    return changed + torch.einsum("pab,pcb->ac", left.value, right.change)
