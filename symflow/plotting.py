r"""Plotting: what a model learned, as pictures.

Takes densities, samples and models, draws on the ``ax`` it is given (or on a new one), and
gives that ``ax`` back.

.. math:: p(q), \qquad p(|q|) = |q| \int_0^{2\pi} p(|q|, \varphi) \, d\varphi, \qquad
    U = \sum_b U_b(I), \qquad K = \sum_b K_b(I)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from symflow.errors import ArgumentError
from symflow.figures import INK, PALE, as_array, axes_or_new, label, styled
from symflow.flow import HamiltonianFlow
from symflow.hamiltonians import AbstractHamiltonian, InvariantHamiltonian
from symflow.splitting import Shear
from symflow.typesetting import mathtext, plain

__all__ = ["density", "position_log_prob", "potential", "radial_profile", "samples"]

LogProb = Callable[[Tensor], Tensor]

# Phase points in one call of the flow: bounds memory, and stays in the cache.
_CHUNK = 1 << 13
# How far the momenta of a picture reach, in standard deviations of the encoder.
_REACH = 8.0


def position_log_prob(model: HamiltonianFlow, nodes: int = 14) -> LogProb:
    r"""The marginal log-density of a model with latent momenta, for pictures.

    .. math:: p(q) = \int p(q, p) \, dp
        \approx \sum_{jk} w_j \, p\bigl(q, \mu(q) + L(q) \, u_{jk}\bigr) \, |\det L(q)|

    The nodes are polar, about the encoder's mean and out to eight of its standard deviations,
    denser near it. They turn with q, so whatever error the sum has, it is the same in every
    direction: what varies round a circle is the model. A few thousand phase points are
    evaluated at a time, so memory stays bounded.

    Arguments:
        model: A flow with latent momenta and two degrees of freedom.
        nodes: Number of radii, and of angles.

    Returns:
        A function from positions (N, 2) to log p(q) in nats, shape (N,), in float64.

    Raises:
        ArgumentError: If momenta are observed, or n is not 2.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> log_prob = position_log_prob(HamiltonianFlow(invariants(so2), blocks=1))
        >>> log_prob(torch.zeros(5, 2)).shape
        torch.Size([5])
    """
    encoder = model.encoder
    if encoder is None or model.n != 2:
        raise ArgumentError(
            "Argument `model` must have latent momenta and 2 degrees of freedom for a "
            f"picture of p(q), but it has {model.momenta} momenta and {model.n}. Draw its "
            "samples instead."
        )
    like = next(model.parameters())
    u, log_weights = (like.new_tensor(array) for array in _polar_nodes(nodes))
    rows = max(1, _CHUNK // len(u))

    @torch.no_grad()
    def log_prob(q: Tensor) -> Tensor:
        sums = []
        for part in q.to(like).split(rows):
            mean, root = encoder.parameters_at(part)
            frame = _frame(part)
            inside = frame.mT @ root
            turned = torch.linalg.cholesky(inside @ inside.mT)
            p = mean + torch.einsum("bij,kj->kbi", frame @ turned, u)
            joint = model.joint_log_prob(torch.cat([part.expand_as(p), p], dim=-1))
            volume = turned.diagonal(dim1=-2, dim2=-1).log().sum(-1)
            sums.append(torch.logsumexp(joint + log_weights, dim=0) + volume)
        return torch.cat(sums).double()

    return log_prob


@styled
def density(
    log_prob: LogProb,
    ax: Axes | None = None,
    *,
    extent: tuple[float, float, float, float] = (-4.0, 4.0, -4.0, 4.0),
    points: int = 64,
    maximum: float | None = None,
    names: Sequence[str] = ("q_1", "q_2"),
    title: str = "",
) -> Axes:
    r"""A density of two coordinates, as an image.

    .. math:: p(q) = e^{\log p(q)}

    Arguments:
        log_prob: The log-density, from (N, 2) to (N,), such as ``Rings().log_prob`` or
            ``position_log_prob(model)``.
        ax: Where to draw; a new one if not given.
        extent: The window (left, right, bottom, top).
        points: Number of grid points in each direction, at the centres of the cells.
        maximum: The density that has the darkest colour, to share between panels; by
            default the largest on the grid.
        names: The names of the two coordinates.
        title: The title.

    Returns:
        The axes.

    Example:
        >>> from symflow.targets import Rings
        >>> ax = density(Rings().log_prob, points=40)
        >>> ax.images[0].get_array().shape
        (40, 40)
    """
    ax = axes_or_new(ax)
    left, right, bottom, top = extent
    step = (np.arange(points) + 0.5) / points
    x, y = np.meshgrid(left + (right - left) * step, bottom + (top - bottom) * step)
    q = torch.tensor(np.stack([x.ravel(), y.ravel()], -1))
    p = as_array(log_prob(q).exp()).reshape(points, points)
    image = ax.imshow(
        p,
        origin="lower",
        extent=extent,
        vmin=0,
        vmax=maximum,
        interpolation="bicubic",
    )
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.86, aspect=26, pad=0.03)
    bar.outline.set_visible(False)
    bar.ax.set_title("$p(q)$", fontsize=9)
    return _plane(ax, extent, names, title)


@styled
def radial_profile(
    log_probs: Mapping[str, LogProb],
    ax: Axes | None = None,
    *,
    largest: float = 4.0,
    points: int = 160,
    directions: int = 16,
    title: str = "",
) -> Axes:
    r"""The density of the radius in the plane, for several models.

    .. math:: p(|q|) = |q| \int_0^{2\pi} p(|q| \cos\varphi, |q| \sin\varphi) \, d\varphi

    A band goes from the least to the largest of :math:`2 \pi |q| p(q)` over the
    directions: an invariant density has a band of no width.

    Arguments:
        log_probs: Log-densities by name, each from (N, 2) to (N,); the first is drawn as
            the reference.
        ax: Where to draw; a new one if not given.
        largest: The largest radius.
        points: Number of radii.
        directions: Number of equally spaced directions.
        title: The title.

    Returns:
        The axes.

    Example:
        >>> from symflow.targets import Rings
        >>> ax = radial_profile({"target": Rings().log_prob})
        >>> radius, profile = ax.lines[0].get_data()
        >>> bool(abs(profile.sum() * (radius[1] - radius[0]) - 1) < 1e-3)
        True
    """
    ax = axes_or_new(ax)
    radius = largest * (np.arange(points) + 0.5) / points
    angle = 2 * math.pi * (np.arange(directions) + 0.5) / directions
    circle = np.stack([np.cos(angle), np.sin(angle)], -1)
    q = torch.tensor((radius[:, None, None] * circle).reshape(-1, 2))
    for k, (name, log_prob) in enumerate(log_probs.items()):
        p = as_array(log_prob(q).exp()).reshape(points, directions)
        around = 2 * math.pi * radius[:, None] * p
        look: dict[str, Any] = {"color": INK, "linestyle": "--"} if k == 0 else {}
        (line,) = ax.plot(
            radius, around.mean(1), label=plain(name), zorder=3 - k / 9, **look
        )
        ax.fill_between(
            radius,
            around.min(1),
            around.max(1),
            color=line.get_color(),
            alpha=0.2,
            linewidth=0,
        )
    ax.set(xlabel="$|q|$", ylabel="$p(|q|)$", xlim=(0, largest), title=title)
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


@styled
def samples(
    points: Tensor | np.ndarray,
    ax: Axes | None = None,
    *,
    extent: tuple[float, float, float, float] | None = None,
    names: Sequence[str] = ("q_1", "q_2"),
    title: str = "",
) -> Axes:
    """Samples of two coordinates, as dots.

    Arguments:
        points: The samples, shape (N, 2).
        ax: Where to draw; a new one if not given.
        extent: The window (left, right, bottom, top); all samples if not given.
        names: The names of the two coordinates.
        title: The title.

    Returns:
        The axes.

    Raises:
        ArgumentError: If the samples do not have shape (N, 2).

    Example:
        >>> ax = samples(np.zeros((7, 2)), title="seven points")
        >>> len(ax.collections[0].get_offsets())
        7
    """
    values = as_array(points)
    if values.ndim != 2 or values.shape[1] != 2:
        raise ArgumentError(
            f"Argument `points` must have shape (N, 2), but it has shape {values.shape}. "
            "Choose two columns."
        )
    ax = axes_or_new(ax)
    shade = min(0.8, 0.8 * math.sqrt(500 / max(len(values), 1)))
    ax.scatter(values[:, 0], values[:, 1], s=4, alpha=shade, linewidth=0)
    return _plane(ax, extent, names, title)


@styled
def potential(
    model: HamiltonianFlow,
    ax: Axes | None = None,
    *,
    of: Literal["q", "p"] = "q",
    title: str = "",
) -> Axes:
    r"""The learned U(q), or K(p): each block thinly, their sum thickly.

    .. math:: U(q) = \sum_b f_b(I(q)), \qquad f_b(0) = 0

    With one invariant it is drawn over the values that the invariant takes on samples of
    the model; with several, or with a mass, along the diagonal ray
    q = r (1, ..., 1) / sqrt(n), from a value of zero at r = 0. The sum is what the blocks
    would do if they acted at once.

    Arguments:
        model: A flow.
        ax: Where to draw; a new one if not given.
        of: ``"q"`` for U, ``"p"`` for K.
        title: The title.

    Returns:
        The axes.

    Raises:
        ArgumentError: If the model has no shear of q alone, or of p alone.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> ax = potential(HamiltonianFlow(invariants(so2), blocks=3))
        >>> len(ax.lines), ax.get_xlabel()
        (4, '$x^{2} + y^{2}$')
    """
    hamiltonians, names = _energies(model, of)
    ax = axes_or_new(ax)
    letter = "U" if of == "q" else "K"
    place, axis, curves = _along(model, hamiltonians, names, of)
    several = len(curves) > 1
    for k, curve in enumerate(curves if several else []):
        each = rf"${letter}_b$, one a block" if k == 0 else None
        ax.plot(place, curve, color=PALE, linewidth=0.7, label=each)
    total = rf"${letter} = \sum_b {letter}_b$" if several else f"${letter}$"
    ax.plot(place, np.sum(curves, axis=0), linewidth=2.4, label=total)
    ax.set(xlabel=axis, ylabel=f"${letter}({of})$", title=title)
    ax.margins(x=0)
    ax.legend()
    return ax


def _polar_nodes(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of the plane, shape (nodes^2, 2), and the logarithms of their weights."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    part = (points + 1) / 2
    radius = _REACH * part**1.5
    angle = 2 * math.pi * (np.arange(nodes) + 0.5) / nodes
    circle = np.stack([np.cos(angle), np.sin(angle)], -1)
    area = 0.75 * _REACH * part**0.5 * weights * radius * (2 * math.pi / nodes)
    return (radius[:, None, None] * circle).reshape(-1, 2), np.log(
        area.repeat(nodes)
    ).reshape(-1, 1)


def _frame(q: Tensor) -> Tensor:
    """Orthonormal axes along q and across it, as columns, shape (..., 2, 2)."""
    along = q / torch.linalg.vector_norm(q, dim=-1, keepdim=True)
    along = torch.where(along.isfinite(), along, along.new_tensor([1.0, 0.0]))
    across = torch.stack([-along[..., 1], along[..., 0]], dim=-1)
    return torch.stack([along, across], dim=-1)


def _energies(
    model: HamiltonianFlow, of: str
) -> tuple[list[AbstractHamiltonian], list[str]]:
    """The learned functions of q alone, or of p alone, and the names of their invariants."""
    if of not in ("q", "p"):
        raise ArgumentError(f"Argument `of` must be 'q' or 'p', but it is {of!r}.")
    chosen: dict[int, Shear] = {}
    for stage in model.stages:
        piece = stage.piece
        if isinstance(piece, Shear) and all(
            (index < piece.n) == (of == "q") for index in piece.indices
        ):
            chosen[stage.weights] = piece
    if not chosen:
        raise ArgumentError(
            f"Argument `of` must name coordinates that the model has a shear of, but it "
            f"has none of {of} alone. Its pieces are in `model.splitting`."
        )
    found = [model.get_submodule(f"pieces.{k}.hamiltonian") for k in chosen]
    names = [str(f) for f in next(iter(chosen.values())).functions]
    return [h for h in found if isinstance(h, AbstractHamiltonian)], names


@torch.no_grad()
def _along(
    model: HamiltonianFlow,
    hamiltonians: Sequence[AbstractHamiltonian],
    names: Sequence[str],
    of: str,
) -> tuple[np.ndarray, str, list[np.ndarray]]:
    """Where to draw the functions, what the axis is called, and their values."""
    z = model.sample_phase_space(2048, torch.Generator().manual_seed(0))
    learned = [h for h in hamiltonians if isinstance(h, InvariantHamiltonian)]
    if learned and len(names) == 1:
        invariant = learned[0].invariants.value(z).squeeze(-1)
        low, high = torch.quantile(invariant, invariant.new_tensor([0.005, 0.995]))
        place = torch.linspace(float(low), float(high), 300).to(z)
        curves = [h.function.value(place.unsqueeze(-1)) for h in learned]
        return as_array(place), mathtext(names[0]), [as_array(c) for c in curves]
    half = slice(0, model.n) if of == "q" else slice(model.n, 2 * model.n)
    radius = torch.linalg.vector_norm(z[:, half], dim=-1)
    place = torch.linspace(0.0, float(torch.quantile(radius, 0.995)), 300).to(z)
    ray = z.new_zeros(len(place), 2 * model.n)
    ray[:, half] = place.unsqueeze(-1) / math.sqrt(model.n)
    values = [as_array(h.value(ray)) for h in hamiltonians]
    ones = ", ".join(["1"] * model.n)
    where = rf"$r$, with ${of} = r\,({ones})/\sqrt{{{model.n}}}$"
    return as_array(place), where, [curve - curve[0] for curve in values]


def _plane(
    ax: Axes,
    extent: tuple[float, float, float, float] | None,
    names: Sequence[str],
    title: str,
) -> Axes:
    """Configuration space: equal aspect, names on the axes."""
    ax.set(xlabel=label(names[0]), ylabel=label(names[1]), title=title)
    ax.set_aspect("equal")
    ax.grid(False)
    if extent is not None:
        ax.set(xlim=extent[:2], ylim=extent[2:])
    return ax
