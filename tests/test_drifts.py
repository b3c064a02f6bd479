"""Drifts: what is drawn is what was given, and round-off is in the picture."""

import numpy as np

from symflow.drifts import draw_drifts
from symflow.figures import panels

EPSILON = np.finfo(np.float64).eps


def test_values_are_drawn_as_they_are_and_zero_is_seen():
    values = np.array([0.0, 1e-3, 2e-2])
    ax = draw_drifts([0, 1, 2], {"L": values})
    drawn = ax.lines[0].get_ydata()
    assert drawn[0] == EPSILON / 4
    assert np.array_equal(drawn[1:], values[1:])


def test_machine_epsilon_is_a_line_and_the_axis_logarithmic():
    ax = draw_drifts([0, 1], {"a": [1, 2], "b": [3, 4]}, of="L_z")
    assert ax.get_yscale() == "log"
    assert EPSILON in ax.lines[-1].get_ydata()
    assert ax.get_ylabel() == "drift of $L_{z}$"


def test_lines_differ_in_more_than_colour():
    ax = draw_drifts([0, 1], {"a": [1, 2], "b": [3, 4], "c": [1, 1]})
    styles = [line.get_linestyle() for line in ax.lines[:3]]
    assert len(set(styles)) == 3


def test_it_gives_back_the_axes_it_was_given():
    _, (ax,) = panels(1)
    assert draw_drifts([0], {"a": [1]}, ax) is ax
