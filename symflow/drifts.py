r"""Drifts: how well quantities are kept, on a logarithmic axis.

Takes drifts in time, draws them beside the round-off of the arithmetic on the ``ax`` it is
given (or on a new one), and gives that ``ax`` back.

.. math:: |g(t) - g(0)| \quad \text{beside} \quad \epsilon = 2^{-52}
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from symflow.figures import PALE, as_array, axes_or_new, styled
from symflow.typesetting import mathtext

__all__ = ["draw_drifts"]

_EPSILON = float(np.finfo(np.float64).eps)
_STYLES = ("-", "--", "-.", ":")


@styled
def draw_drifts(
    times: ArrayLike,
    drifts: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    *,
    of: str = "g",
) -> Axes:
    r"""Drifts in time on a logarithmic axis, with machine epsilon as a line.

    .. math:: \frac{|g(t) - g(0)|}{1 + |g(0)|}

    What is smaller than a quarter of machine epsilon is drawn there, so that a quantity
    that is kept bit for bit is seen.

    Arguments:
        times: The times, shape (N,).
        drifts: Drifts of shape (N,) by their labels; lines differ in dash and colour.
        ax: Axes to draw on.
        of: The name of what drifts, for the label of the axis.

    Returns:
        The axes.

    Example:
        >>> ax = draw_drifts([0, 1, 2], {"kept": [0, 0, 0], "lost": [0, 0.1, 0.2]})
        >>> ax.get_yscale(), len(ax.lines)
        ('log', 3)
    """
    ax = axes_or_new(ax)
    for k, (label, values) in enumerate(drifts.items()):
        shown = np.maximum(as_array(values), _EPSILON / 4)
        ax.plot(as_array(times), shown, _STYLES[k % len(_STYLES)], label=label)
    ax.axhline(_EPSILON, color=PALE, linewidth=1)
    ax.annotate(
        "machine\nepsilon",
        (1.01, _EPSILON),
        xycoords=ax.get_yaxis_transform(),
        va="center",
        color=PALE,
        fontsize=9,
    )
    name = mathtext(of)[1:-1]
    ax.set(yscale="log", xlabel="$t$", ylabel=f"drift of ${name}$")
    ax.set_ylim(bottom=_EPSILON / 8)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0)
    return ax
