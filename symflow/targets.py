r"""Targets: densities that are known exactly, to learn and to be measured against.

Takes a few numbers, gives a normalised density with samples.

.. math:: p(q) = \sum_k w_k \, \frac{N(r; R_k, \sigma) + N(-r; R_k, \sigma)}{2 \pi r},
    \qquad r = |q|
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from symflow.errors import ArgumentError

__all__ = ["Rings"]


@final
@dataclass(frozen=True)
class Rings:
    r"""Concentric rings in the plane: a radius from a mixture, a uniform angle.

    The radius is a normal number taken without its sign, so the density is normalised
    exactly.

    Arguments:
        radii: The radius of each ring.
        width: The standard deviation of the radius.
        weights: A positive weight for each ring, in proportion to its probability; equal
            if not given.

    Raises:
        ArgumentError: If there is no ring, if the width or a weight is not positive, or
            if the numbers of radii and weights differ.

    Example:
        >>> rings = Rings()
        >>> q = rings.sample(4, torch.Generator().manual_seed(0))
        >>> q.shape, rings.log_prob(q).shape
        (torch.Size([4, 2]), torch.Size([4]))
    """

    radii: Sequence[float] = (1.0, 3.0)
    width: float = 0.2
    weights: Sequence[float] | None = None

    def __post_init__(self) -> None:
        weights = self._weights
        if not self.radii or len(weights) != len(self.radii):
            raise ArgumentError(
                f"Argument `weights` must have one entry for each of the rings, but there "
                f"are {len(self.radii)} radii and {len(weights)} weights."
            )
        if not all(math.isfinite(x) and x > 0 for x in (self.width, *weights)):
            raise ArgumentError(
                "Arguments `width` and `weights` must be positive numbers, but they are "
                f"{self.width} and {weights}."
            )

    @property
    def _weights(self) -> tuple[float, ...]:
        return (1.0,) * len(self.radii) if self.weights is None else tuple(self.weights)

    @property
    def probabilities(self) -> Tensor:
        """The probability of each ring, shape (k,)."""
        weights = torch.tensor(self._weights, dtype=torch.float64)
        return weights / weights.sum()

    def log_prob(self, q: Tensor) -> Tensor:
        """The exact log-density.

        Arguments:
            q: Positions, shape (..., 2).

        Returns:
            log p(q) in nats, shape (...).
        """
        r = torch.linalg.vector_norm(q, dim=-1, keepdim=True)
        radii = r.new_tensor(self.radii)
        near = -0.5 * ((r - radii) / self.width) ** 2
        far = -0.5 * ((r + radii) / self.width) ** 2
        each = torch.logaddexp(near, far) + self.probabilities.to(q).log()
        constant = math.log(self.width * math.sqrt(2 * math.pi)) + math.log(2 * math.pi)
        return torch.logsumexp(each, dim=-1) - constant - r.squeeze(-1).log()

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions in float64, shape (count, 2).
        """
        chosen = torch.multinomial(
            self.probabilities, count, replacement=True, generator=generator
        )
        radii = torch.tensor(self.radii, dtype=torch.float64)[chosen]
        normal = torch.randn(count, dtype=torch.float64, generator=generator)
        angle = (
            2 * math.pi * torch.rand(count, dtype=torch.float64, generator=generator)
        )
        radius = radii + self.width * normal
        return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=-1)
