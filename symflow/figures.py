r"""Figures: empty axes in the style of the package, and what every picture shares.

Takes sizes and names, gives axes and their labels. Nothing here touches pyplot or leaves a
setting of matplotlib changed.

.. math:: \text{style} \to \text{axes} \to \text{picture} \to \text{axes}
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.typing import ArrayLike

from symflow.typesetting import mathtext, plain

__all__ = [
    "INK",
    "PALE",
    "as_array",
    "axes_or_new",
    "blank_plane",
    "colour",
    "label",
    "panels",
    "points_per_unit",
    "styled",
    "text_size",
]

INK = "#222222"
PALE = "#9a9a9a"

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_STYLE = "symflow.symflow"


def styled(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Run a function inside the style of the package, and leave none of it behind.

    Arguments:
        function: What draws.

    Returns:
        The function in the style.

    Example:
        >>> import matplotlib
        >>> before = matplotlib.rcParams["image.cmap"]
        >>> styled(lambda: matplotlib.rcParams["image.cmap"])()
        'YlGnBu'
        >>> matplotlib.rcParams["image.cmap"] == before
        True
    """

    @wraps(function)
    def inside(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with style.context(_STYLE):
            return function(*args, **kwargs)

    return inside


@styled
def panels(
    count: int, *, width: float = 3.4, height: float = 3.1
) -> tuple[Figure, tuple[Axes, ...]]:
    """A new figure with axes side by side.

    Arguments:
        count: How many axes.
        width: The width of each in inches.
        height: The height of the figure in inches.

    Returns:
        The figure and its axes.

    Example:
        >>> figure, axes = panels(3)
        >>> len(axes), figure is axes[0].figure
        (3, True)
    """
    figure = Figure(figsize=(width * count, height), layout="constrained")
    return figure, tuple(figure.subplots(1, count, squeeze=False)[0])


def axes_or_new(ax: Axes | None) -> Axes:
    """The axes that were given, or new ones.

    Arguments:
        ax: Axes, or None.

    Returns:
        Axes to draw on.

    Example:
        >>> figure, (ax,) = panels(1)
        >>> axes_or_new(ax) is ax
        True
    """
    return panels(1, width=4.4)[1][0] if ax is None else ax


def blank_plane(ax: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Make axes a plane without ticks and frame, of one scale in both directions.

    Arguments:
        ax: The axes.
        x: The left and the right end.
        y: The lower and the upper end.

    Example:
        >>> figure, (ax,) = panels(1)
        >>> blank_plane(ax, (0, 1), (0, 2))
        >>> ax.get_aspect(), len(ax.get_xticks())
        (1.0, 0)
    """
    ax.set(xlim=x, ylim=y, aspect="equal", xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def points_per_unit(ax: Axes) -> float:
    """How long a unit of the horizontal axis is, in points.

    Arguments:
        ax: The axes.

    Returns:
        The length, before any layout moves the axes.

    Example:
        >>> figure, (ax,) = panels(1)
        >>> blank_plane(ax, (0, 1), (0, 1))
        >>> one = points_per_unit(ax)
        >>> blank_plane(ax, (0, 2), (0, 2))
        >>> bool(abs(one - 2 * points_per_unit(ax)) < 1e-9)
        True
    """
    left, right = ax.get_xlim()
    return ax.get_window_extent().width * 72 / ax.figure.dpi / (right - left)


def text_size(text: str, size: float) -> tuple[float, float]:
    """How much room a text takes.

    Arguments:
        text: The text, not empty; it can hold mathtext.
        size: The size of its font in points.

    Returns:
        Its width and height in points.

    Example:
        >>> text_size("$L_{x}$", 20)[0] > text_size("$L_{x}$", 10)[0] > 0
        True
    """
    box = TextPath((0, 0), text, size=size).get_extents()
    return float(box.width), float(box.height)


def as_array(values: ArrayLike) -> np.ndarray:
    """Numbers as an array of float64, without their gradient.

    Tensors are known by their `detach`: pictures of algebras are drawn without torch.

    Arguments:
        values: A tensor, an array or a sequence.

    Returns:
        The array.

    Example:
        >>> as_array([1, 2]).tolist()
        [1.0, 2.0]
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values, dtype=np.float64)


def colour(place: int) -> str:
    """A colour of the style's cycle, for good: matplotlib looks up "C1" when it draws.

    Arguments:
        place: Its place in the cycle.

    Returns:
        The colour, as the style that is in force has it.

    Example:
        >>> styled(colour)(0)
        '#0072b2'
    """
    return to_hex(f"C{place}")


def label(name: str, unit: str = "") -> str:
    """The label of an axis.

    Arguments:
        name: The name of a coordinate.
        unit: Its unit, if it has one.

    Returns:
        The name as mathematics, and the unit in brackets.

    Example:
        >>> label("p_x", "km/s")
        '$p_{x}$ (km/s)'
    """
    return mathtext(name) + (f" ({plain(unit)})" if unit else "")
