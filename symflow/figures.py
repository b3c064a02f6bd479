r"""Figures: empty axes in the style of the package, and what every picture shares.

Takes sizes and names, gives axes and their labels. Nothing here touches pyplot or leaves a
setting of matplotlib changed.

.. math:: \text{style} \to \text{axes} \to \text{picture} \to \text{axes}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from torch import Tensor

from symflow.typesetting import mathtext, plain

__all__ = [
    "INK",
    "PALE",
    "as_array",
    "axes_or_new",
    "colour",
    "label",
    "panels",
    "styled",
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


def as_array(values: Tensor | np.ndarray | Sequence[float]) -> np.ndarray:
    """Numbers as an array of float64, without their gradient.

    Arguments:
        values: A tensor, an array or a sequence.

    Returns:
        The array.

    Example:
        >>> as_array([1, 2]).tolist()
        [1.0, 2.0]
    """
    if isinstance(values, Tensor):
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
