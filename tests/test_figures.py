"""Figures: the style is in force where a picture is drawn and nowhere else."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import colors

from symflow.figures import as_array, axes_or_new, colour, label, panels, styled


def luminance(name):
    linear = np.array(colors.to_rgb(name)) ** 2.2
    return linear @ [0.2126, 0.7152, 0.0722]


def test_the_style_ends_with_the_function_even_if_it_fails():
    before = dict(mpl.rcParams)

    @styled
    def fails():
        assert mpl.rcParams["font.family"] == ["STIXGeneral"]
        raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert dict(mpl.rcParams) == before


def test_colours_are_those_of_okabe_and_ito_and_stand_out_from_white():
    shades = [styled(colour)(k) for k in range(6)]
    assert len(set(shades)) == 6
    assert shades[:3] == ["#0072b2", "#d55e00", "#009e73"]
    assert max(map(luminance, shades)) < 0.5


def test_new_axes_have_a_figure_of_their_own():
    assert axes_or_new(None).figure is not axes_or_new(None).figure
    figure, axes = panels(2, width=3, height=2)
    assert [ax.figure for ax in axes] == [figure, figure]
    assert figure.get_size_inches().tolist() == [6, 2]


def test_arrays_come_without_gradient_in_double_precision():
    given = torch.ones(3, requires_grad=True)
    assert as_array(given).dtype == np.float64
    assert as_array(given).tolist() == [1, 1, 1]


def test_a_dollar_in_a_unit_is_a_dollar():
    assert label("x", "$") == r"$x$ (\$)"


def test_pictures_need_no_pyplot():
    code = (
        "import sys, symflow.comparisons, symflow.pages, symflow.plotting\n"
        "symflow.plotting.samples([[0.0, 1.0]])\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0  # noqa: S603
