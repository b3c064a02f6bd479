r"""Lab training: a small ring that is learned while a class looks on.

Takes a target of one or two rings and whether its symmetry is built in, gives the density
after so many steps, and a picture of it beside its target and its bound.

.. math:: \max_\theta E_{q \sim p_*} [\mathcal{L}_\theta(q)], \qquad
    \mathcal{L}_\theta \le \log p_\theta, \quad \{L, \log p_\theta\} = 0
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal, get_args

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symflow.algebra import LieAlgebra
from symflow.batches import batches
from symflow.errors import ArgumentError
from symflow.figures import PALE, colour, panels, styled
from symflow.flow import HamiltonianFlow
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace
from symflow.plotting import density, position_log_prob
from symflow.run import Run, Settings
from symflow.targets import Rings

__all__ = ["TARGETS", "RingTraining", "Target"]

Target = Literal["one ring", "two rings"]
TARGETS: tuple[Target, ...] = get_args(Target)

_RADII = {"one ring": (2.0,), "two rings": (1.0, 3.0)}
_WIDTH = 0.35
_HELD_OUT = 1024
_GRID = 36
_NODES = 8
_EXTENT = (-4.2, 4.2, -4.2, 4.2)


class RingTraining:
    """A density of the plane in training, a few steps at a time.

    Arguments:
        target: ``"one ring"`` or ``"two rings"``.
        symmetric: Whether every Hamiltonian is a function of invariants of so(2), or of
            all coordinates.
        steps: The number of steps of the whole training.
        blocks: The number of blocks of the flow.
        seed: Seed of weights, data and noise.

    Raises:
        ArgumentError: If the target is none of them.

    Example:
        >>> training = RingTraining(blocks=1, steps=2)
        >>> training.advance(5)
        >>> training.step, training.done
        (2, True)
    """

    def __init__(
        self,
        target: Target = "one ring",
        symmetric: bool = True,
        *,
        steps: int = 400,
        blocks: int = 4,
        seed: int = 0,
    ) -> None:
        if target not in TARGETS:
            raise ArgumentError(
                f"Argument `target` must be one of {', '.join(TARGETS)}, but it is "
                f"{target!r}."
            )
        self.target = Rings(_RADII[target], _WIDTH)
        generators = {"L": "x*p_y - y*p_x"} if symmetric else {}
        self.algebra = LieAlgebra(PhaseSpace("x y"), generators)
        self.model = HamiltonianFlow(
            invariants(self.algebra), blocks, width=16, depth=1, seed=seed
        )
        like = next(self.model.parameters())
        settings = Settings(steps=steps, learning_rate=0.01, seed=seed)
        data = batches(self.target.sample, settings.batch_size, _HELD_OUT, seed, like)
        self._run = Run(self.model, data, settings)
        self.bounds: list[tuple[int, float]] = []
        self._measure()

    @property
    def step(self) -> int:
        """The number of steps done."""
        return self._run.step

    @property
    def done(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self._run.settings.steps

    @cached_property
    def entropy(self) -> float:
        """What the bound cannot pass: the mean log-density of the target, in nats."""
        q = self.target.sample(20_000, torch.Generator().manual_seed(1))
        return float(self.target.log_prob(q).mean())

    def advance(self, steps: int) -> None:
        """Do some steps, and measure.

        Arguments:
            steps: How many; none beyond the last is done.

        Raises:
            TrainingError: If the objective or its gradient is not finite.
        """
        for _ in range(min(steps, self._run.settings.steps - self.step)):
            self._run.advance()
        self._measure()

    def picture(self) -> Figure:
        """The target, the density so far, and the bound.

        Returns:
            A figure of three panels; the densities share their colours.

        Example:
            >>> figure = RingTraining(blocks=1, steps=1).picture()
            >>> [ax.get_title() for ax in figure.axes[:3]]
            ['target', 'learned, with so(2)', 'bound']
        """
        figure, (left, middle, right) = panels(3, width=3.5, height=3.2)
        q = torch.tensor([[radius, 0.0] for radius in self.target.radii])
        top = 1.1 * float(self.target.log_prob(q).exp().max())
        names = ("x", "y")
        density(
            self.target.log_prob,
            left,
            extent=_EXTENT,
            points=_GRID,
            maximum=top,
            names=names,
            title="target",
        )
        symmetry = "with so(2)" if self.algebra.dimension else "without a symmetry"
        density(
            position_log_prob(self.model, _NODES),
            middle,
            extent=_EXTENT,
            points=_GRID,
            maximum=top,
            names=names,
            title=f"learned, {symmetry}",
        )
        self._draw_bounds(right)
        return figure

    def _measure(self) -> None:
        if self.step:
            self.bounds.append((self.step, self._run.measure()[3]))

    @styled
    def _draw_bounds(self, ax: Axes) -> None:
        ax.axhline(self.entropy, color=PALE, linewidth=1.2, linestyle="--")
        ax.annotate(
            "the target's own",
            (0.98, self.entropy),
            xycoords=ax.get_yaxis_transform(),
            xytext=(0, 4),
            textcoords="offset points",
            ha="right",
            color=PALE,
            fontsize=9,
        )
        if self.bounds:
            ax.plot(
                *zip(*self.bounds, strict=True), "o-", color=colour(0), markersize=3
            )
        lowest = min([bound for _, bound in self.bounds], default=self.entropy - 1)
        ax.set(
            title="bound",
            xlabel="step",
            ylabel="nats",
            xlim=(0, self._run.settings.steps),
            ylim=(max(lowest, self.entropy - 3) - 0.1, self.entropy + 0.3),
        )
