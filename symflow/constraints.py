r"""Constraints: a symmetry that a flow is asked to learn, not built to have.

Takes a flow of any Hamiltonians and an algebra, gives a model whose training maximises
the bound under multipliers that rise until the brackets vanish where they are looked at.

.. math:: \min_\theta \max_{\lambda \ge 0} \; -E_x[\mathcal{L}_\theta(x)]
    + \sum_k \lambda_k \bigl(C_k(\theta) - \kappa\bigr), \qquad
    C_k = E_z\bigl[|\{g_k, H_\theta\}(z)|^2\bigr]

The gradients of g are formulas and those of H are written out, so a bracket costs one
evaluation of both. Nothing holds where no point was: what is reached is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, final

import torch
from torch import Tensor

from symflow.algebra import LieAlgebra
from symflow.compilation import CompiledFunctions
from symflow.compilation import compile as compile_functions
from symflow.densities import AbstractDensity
from symflow.errors import ArgumentError
from symflow.flow import HamiltonianFlow
from symflow.hamiltonians import AbstractHamiltonian
from symflow.multipliers import AbstractSchedule, Geco
from symflow.pieces import AbstractPiece
from symflow.taught_flows import TaughtFlow
from symflow.text_enums import TextEnum

__all__ = [
    "ConstrainedFlow",
    "Form",
    "Points",
    "base_brackets",
    "hamiltonian_brackets",
]

# Off the support: a box this many times as wide as the points of the batch.
_AROUND = 2.0


class Form(TextEnum):
    """How the brackets at many points become one number.

    Example:
        >>> Form.MEAN_SQUARE.of(torch.tensor([[3.0], [-1.0]]))
        tensor([5.])
    """

    MEAN_SQUARE = "mean square"
    MEAN_ABSOLUTE = "mean absolute"

    def of(self, brackets: Tensor) -> Tensor:
        """The size of brackets.

        Arguments:
            brackets: Their values, shape (..., B, K).

        Returns:
            The sizes, shape (..., K).
        """
        each = brackets.square() if self is Form.MEAN_SQUARE else brackets.abs()
        return each.mean(-2)


class Points(TextEnum):
    """Where the brackets are asked to vanish.

    Example:
        >>> Points("base").name
        'BASE'
    """

    DATA = "data with momenta of the encoder"
    BASE = "base"
    PATH = "every state between data and base"
    AROUND = "a box around the data"


def hamiltonian_brackets(
    H: AbstractHamiltonian, generators: CompiledFunctions, z: Tensor
) -> Tensor:
    r"""The brackets of a Hamiltonian with every generator.

    .. math:: \{g_k, H\} = \frac{\partial g_k}{\partial q} \cdot
        \frac{\partial H}{\partial p} - \frac{\partial g_k}{\partial p} \cdot
        \frac{\partial H}{\partial q}

    Arguments:
        H: The Hamiltonian.
        generators: The generators g as compiled functions of z.
        z: Phase points, shape (B, 2n).

    Returns:
        The brackets, shape (B, K), differentiable by the weights of H.

    Example:
        >>> from sympy import symbols
        >>> from symflow.hamiltonians import KnownHamiltonian
        >>> q, p = symbols("q p", real=True)
        >>> H = KnownHamiltonian(compile_functions([(q**2 + p**2) / 2], [q, p]))
        >>> z = torch.tensor([[3.0, 4.0]])
        >>> hamiltonian_brackets(H, compile_functions([q], [q, p]), z)  # {q, H} = p
        tensor([[4.]])

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2.
    """
    return _brackets(generators.value_and_jacobian(z)[1], H.gradient(z))


def base_brackets(
    base: AbstractDensity, generators: CompiledFunctions, z: Tensor
) -> Tensor:
    r"""The brackets of a log-density with every generator.

    .. math:: \{g_k, \log \pi\}

    Arguments:
        base: The density π.
        generators: The generators g as compiled functions of z.
        z: Phase points, shape (B, 2n).

    Returns:
        The brackets, shape (B, K), differentiable by the weights of the density.
    """
    with torch.enable_grad():
        at = z.detach().requires_grad_()
        values = base.log_prob(at).sum()
        (slope,) = torch.autograd.grad(values, at, create_graph=True)
    return _brackets(generators.value_and_jacobian(z)[1], slope)


@final
class ConstrainedFlow(TaughtFlow):
    r"""A flow that is trained to commute with generators it was not built from.

    .. math:: \{g_k, H_j\} = 0 \text{ for each Hamiltonian } H_j, \qquad
        \{g_k, \log \pi\} = 0

    While it trains, each call of `objective` moves the multipliers; they belong to the
    state of the module, so a resumed run goes on with them. While it is evaluated, the
    objective is the bound alone.

    Arguments:
        flow: The flow, as a rule one that is built without a symmetry.
        algebra: The symmetry it is to learn, on the same phase space.
        schedule: How the multipliers follow; by default ``Geco()``.
        form: How brackets at many points become one number.
        points: Where the brackets are asked to vanish; brackets with a learned base are
            taken at the base's end of the flow for ``Points.PATH``, else at these points.

    Raises:
        ArgumentError: If the phase spaces differ, there is no generator, or no place.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> flow = HamiltonianFlow(invariants(LieAlgebra(space, {})), blocks=1)
        >>> so2 = LieAlgebra(space, {"L": "x*p_y - y*p_x"})
        >>> ConstrainedFlow(flow, so2).names
        ('{L, H}', '{L, log π}')

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2 (the constrained objective).
    """

    state: Tensor

    def __init__(
        self,
        flow: HamiltonianFlow,
        algebra: LieAlgebra,
        *,
        schedule: AbstractSchedule | None = None,
        form: Form = Form.MEAN_SQUARE,
        points: Sequence[Points] = (Points.DATA, Points.BASE),
    ) -> None:
        super().__init__()
        ours, theirs = flow.invariants.algebra.space.z, algebra.space.z
        if tuple(ours) != tuple(theirs):
            raise ArgumentError(
                "Argument `algebra` must live on the phase space of the flow, with "
                f"coordinates {ours}, but its coordinates are {theirs}."
            )
        if not algebra.generators or not points:
            raise ArgumentError(
                "Arguments `algebra` and `points` must name a generator and a place at "
                "least, but one of them is empty. Train the flow itself instead."
            )
        self.flow = flow
        self.algebra = algebra
        self.schedule = schedule or Geco()
        self.form = form
        self.points = tuple(points)
        self.generators = compile_functions(
            list(algebra.generators.values()), list(theirs)
        )
        like = next(flow.parameters())
        start = self.schedule.start(len(self.names))
        self.register_buffer("state", start.to(like))

    @property
    def names(self) -> tuple[str, ...]:
        """What each constraint says is zero."""
        learned = any(
            p.requires_grad and p.numel() for p in self.flow.base.parameters()
        )
        second = ("H", "log π") if learned else ("H",)
        return tuple(f"{{{g}, {f}}}" for f in second for g in self.algebra.generators)

    @property
    def multipliers(self) -> dict[str, float]:
        """The multipliers as they are now."""
        return dict(zip(self.names, self.state[0].tolist(), strict=True))

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """The bound, less what the constraints cost while it trains.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            The objective in nats, shape (B,).
        """
        bound = self.flow.objective(batch, generator)
        if not (self.training and torch.is_grad_enabled()):
            return bound
        sizes = self.sizes(batch, generator)
        cost = self.schedule.penalty(self.state.clone(), sizes)
        with torch.no_grad():
            self.state.copy_(self.schedule.step(self.state, sizes))
        return bound - cost

    def sizes(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """The sizes of the constraints near a batch of data.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            The mean over the places, shape (K,), in the order of `names`.
        """
        z = self._lifted(batch, generator)
        return self._sizes_at(self.points, z, generator).mean(0)

    def residuals(
        self, batch: Tensor, generator: torch.Generator
    ) -> dict[str, dict[str, float]]:
        """The root mean square of every bracket, on the data and around them.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            For each place, also those that training does not look at, the brackets by
            name.
        """
        z = self._lifted(batch, generator)
        form, self.form = self.form, Form.MEAN_SQUARE
        try:
            found = self._sizes_at(tuple(Points), z, generator).detach().sqrt()
        finally:
            self.form = form
        return {
            place.value: dict(zip(self.names, sizes, strict=True))
            for place, sizes in zip(Points, found.tolist(), strict=True)
        }

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data."""
        return {
            **self.flow.description(),
            "constraints": {k: str(g) for k, g in self.algebra.generators.items()},
            "schedule": repr(self.schedule),
            "form": self.form.value,
            "points": [place.value for place in self.points],
        }

    @torch.no_grad()
    def _lifted(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Data as phase points, with momenta of the encoder where they are latent."""
        if self.flow.encoder is None:
            return batch
        p, _ = self.flow.encoder.sample_with_log_prob(batch, generator)
        return torch.cat([batch, p], dim=-1)

    def _sizes_at(
        self, places: Sequence[Points], z: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The sizes over each kind of points, averaged over the Hamiltonians."""
        with torch.no_grad():
            each = [self._states(place, z, generator) for place in places]
            # All places in one batch: small batches cost what large ones do.
            states = [torch.cat(at) for at in zip(*each, strict=False)]
            pieces = [self.flow.pieces[stage.weights] for stage in self.flow.stages]
            at_pieces = torch.stack(states[: len(pieces)])
            _, jacobian = self.generators.value_and_jacobian(at_pieces)
        slopes = torch.stack(
            [
                cast(AbstractPiece, piece).hamiltonian.gradient(at)
                for piece, at in zip(pieces, at_pieces, strict=True)
            ]
        )
        by_place = (len(places), len(z))
        brackets = _brackets(jacobian, slopes).unflatten(1, by_place)
        sizes = self.form.of(brackets).mean(0)
        if len(self.names) == sizes.shape[-1]:
            return sizes
        brackets = base_brackets(self.flow.base, self.generators, states[0])
        return torch.cat([sizes, self.form.of(brackets.unflatten(0, by_place))], -1)

    def _states(
        self, place: Points, z: Tensor, generator: torch.Generator
    ) -> list[Tensor]:
        """Where each Hamiltonian of the chain is looked at, one batch for each."""
        if place is Points.PATH:
            states = [self.flow.inverse(z)]
            for stage in self.flow.maps:
                states.append(stage(states[-1]))
            return states
        if place is Points.BASE:
            z = self.flow.base.sample(len(z), generator)
        if place is Points.AROUND:
            low, high = z.amin(0), z.amax(0)
            noise = torch.rand(
                z.shape, generator=generator, dtype=z.dtype, device=z.device
            )
            z = (low + high) / 2 + _AROUND * (high - low) * (noise - 0.5)
        return [z] * len(self.flow.stages)


def _brackets(jacobian: Tensor, slope: Tensor) -> Tensor:
    by_q, by_p = jacobian.chunk(2, dim=-1)
    along_q, along_p = slope.unsqueeze(-2).chunk(2, dim=-1)
    return (by_q * along_p - by_p * along_q).sum(-1)
