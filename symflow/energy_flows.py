r"""Energy flows: a flow that learns from an energy, where there are no data.

Takes a flow and an energy, gives a model that `fit` trains on its own samples, and
importance weights that make averages over it exact.

.. math:: \min_\theta E_{z \sim p_\theta}\bigl[\log p_\theta(z) - \log h(p \mid q)
    + U(q)\bigr], \qquad w = e^{-U(q)} \, h(p \mid q) / p_\theta(q, p)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import torch
from torch import Tensor, nn

from symflow.errors import ArgumentError
from symflow.flow import HamiltonianFlow
from symflow.notebook_views import NotebookView
from symflow.objectives import effective_sample_size, reverse_divergence
from symflow.particle_flows import ParticleFlow

__all__ = ["EnergyFlow"]


@final
class EnergyFlow(nn.Module, NotebookView):
    r"""A flow trained towards the Boltzmann density of an energy.

    .. math:: p(q) \to e^{-U(q)} / Z

    Train it with ``fit(model, model.source)``: the source gives empty points, which only
    count the samples of a batch.

    Arguments:
        flow: The flow; its base must be reparametrised, such as one Gaussian.
        energy: The energy U in units of temperature: of q, shape (..., n) to (...), for
            latent momenta, else of z.
        name: What the energy is called in the records of a run.

    Raises:
        ArgumentError: If samples of the base cannot be differentiated by its weights.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> flow = HamiltonianFlow(invariants(so2), blocks=1, components=1)
        >>> model = EnergyFlow(flow, lambda q: (q**2).sum(-1) / 2, "oscillator")
        >>> model.log_weights(5).shape
        torch.Size([5])

    Reference:
        Noé, Olsson, Köhler and Wu 2019, arXiv 1812.01729 (Boltzmann generators).
    """

    def __init__(
        self,
        flow: HamiltonianFlow | ParticleFlow,
        energy: Callable[[Tensor], Tensor],
        name: str,
    ) -> None:
        super().__init__()
        if not flow.base.reparametrised:
            raise ArgumentError(
                "Argument `flow` must have a base whose samples follow its weights "
                "smoothly, but which Gaussian of a mixture is drawn does not. Use "
                "components=1."
            )
        self.flow = flow
        self.energy = energy
        self.name = name

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of the points that `source` gives."""
        return self.flow.data_dimensions

    def source(self, count: int, generator: torch.Generator) -> Tensor:
        """Empty points, one for each sample that a batch is to have.

        Arguments:
            count: How many.
            generator: Not used: samples are drawn by `objective`.

        Returns:
            Zeros of shape (count, d).
        """
        return torch.zeros(count, self.data_dimensions[0])

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Minus the reverse divergence, one value for each of the model's own samples.

        Arguments:
            batch: Points that only count, shape (B, d).
            generator: Source of randomness.

        Returns:
            The objective in nats, shape (B,).
        """
        z = self.flow(self.flow.base.sample(len(batch), generator))
        return -self._divergence(z)

    @torch.no_grad()
    def log_weights(
        self, count: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """The logarithms of the importance weights of fresh samples.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            The log-weights, shape (count,); the mean of the weights is Z.
        """
        return -self._divergence(self.flow.sample_phase_space(count, generator))

    def effective_sample_size(
        self, count: int = 1000, generator: torch.Generator | None = None
    ) -> float:
        """What fresh samples are worth, as a part of their number.

        Arguments:
            count: How many to draw.
            generator: Source of randomness.

        Returns:
            A part in (0, 1].
        """
        return effective_sample_size(self.log_weights(count, generator))

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        return {**self.flow.description(), "energy": self.name}

    def _divergence(self, z: Tensor) -> Tensor:
        joint, encoder = self.flow.joint_log_prob, self.flow.encoder
        return reverse_divergence(joint, encoder, self.energy, z)
