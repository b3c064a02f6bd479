r"""Taught flows: flows that learn a symmetry which they were not built from.

Gives what they share: the density is that of the flow, and the symmetry is measured.

.. math:: \log p(x) = \log p_{\text{flow}}(x)

What they differ in is how they are taught: by multipliers, or by data that are moved.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from symflow.claims import Standing
from symflow.flow import HamiltonianFlow
from symflow.notebook_views import NotebookView

__all__ = ["TaughtFlow"]


class TaughtFlow(nn.Module, NotebookView):
    """A flow that is trained to a symmetry, and never has it by construction."""

    flow: HamiltonianFlow

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of data that training accepts."""
        return self.flow.data_dimensions

    @property
    def equivariance(self) -> Standing:
        """The standing of the symmetry: it is only ever measured."""
        return Standing.MEASURED

    def log_prob(
        self, x: Tensor, samples: int = 64, generator: torch.Generator | None = None
    ) -> Tensor:
        """The log-density of data by the flow.

        Arguments:
            x: Data, shape (..., 2n) or (..., n).
            samples: Number of momenta drawn for each position, if they are latent.
            generator: Source of randomness, if they are latent.

        Returns:
            The log-density in nats, shape (...).
        """
        return self.flow.log_prob(x, samples, generator)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples of the flow.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Data, shape (count, n) or (count, 2n).
        """
        return self.flow.sample(count, generator)
