"""Comparisons: errors, differences and bounds are drawn where they belong."""

import matplotlib as mpl
import numpy as np
import pytest
import torch

from symflow.comparisons import (
    equivariance,
    fold_differences,
    held_out_likelihoods,
    phase_space_projection,
    training_curve,
)
from symflow.diagnostics import equivariance_error
from symflow.errors import ArgumentError
from symflow.figures import panels
from symflow.history import History
from tests.toy_flows import NONE, SO2, flow

ROWS = [(10 * k, 0, -3.0 + 0.1 * k, -2.9 + 0.1 * k, 0.1, 1.0, k) for k in range(1, 9)]
HISTORY = History.from_rows(ROWS, "all steps done")
HARD = np.random.default_rng(0).normal(-7, 3.5, 60)
TABLE = {
    "so(3)": {"mixture": HARD - 0.4, "flow": HARD - 0.2 + 0.01 * HARD},
    "none": {"mixture": HARD, "flow": HARD - 0.6},
}
Z = torch.randn(16, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)

DRAWINGS = {
    "training_curve": lambda ax: training_curve(HISTORY, ax),
    "equivariance": lambda ax: equivariance({"so(2)": flow(SO2)}, SO2, Z, ax),
    "held_out_likelihoods": lambda ax: held_out_likelihoods(TABLE, ax),
    "fold_differences": lambda ax: fold_differences(TABLE, ax),
    "phase_space_projection": lambda ax: phase_space_projection(Z, Z, ax),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_functions_draw_on_the_axes_they_get_and_leave_the_settings_alone(name):
    before = dict(mpl.rcParams)
    _, (given, other) = panels(2)
    assert DRAWINGS[name](given) is given
    assert given.has_data()
    assert not other.has_data()
    assert DRAWINGS[name](None).figure is not given.figure
    assert dict(mpl.rcParams) == before


def errors(ax, row):
    return np.asarray(ax.collections[row].get_offsets())[:, 0]


def test_the_largest_error_drawn_is_the_one_that_diagnostics_reports():
    model = flow(NONE)
    drawn = errors(equivariance({"none": model}, SO2, Z), 0)
    reported = equivariance_error(model.forward, SO2, Z)
    assert drawn.shape == (16,)
    assert drawn.max() == pytest.approx(reported, rel=1e-9)


def test_errors_are_round_off_exactly_where_the_symmetry_is_built_in():
    """The chain of four pieces keeps twelve digits in float64 and five in float32."""
    models = {
        "float64": flow(SO2),
        "float32": flow(SO2).float(),
        "none": flow(NONE),
    }
    ax = equivariance(models, SO2, Z)
    assert errors(ax, 0).max() < 1e-12
    assert 1e-12 < errors(ax, 1).max() < 1e-5
    assert errors(ax, 2).max() > 1e-3


def test_errors_of_zero_are_drawn_below_the_epsilon():
    ax = equivariance({"none": flow(NONE)}, NONE, Z)
    assert set(errors(ax, 0)) == {torch.finfo(torch.float64).eps / 10}


def bars(ax, kind):
    """Means and errors of one kind of model."""
    container = ax.containers[kind]
    means = container.lines[0].get_xdata()
    spans = [np.ptp(path[:, 0]) / 2 for path in container.lines[2][0].get_segments()]
    return np.asarray(means), np.asarray(spans)


def test_means_have_their_standard_errors():
    means, spans = bars(held_out_likelihoods(TABLE), 0)
    assert means == pytest.approx([HARD.mean() - 0.4, HARD.mean()])
    assert spans == pytest.approx([HARD.std(ddof=1) / 60**0.5] * 2)


def test_differences_are_paired_with_the_best_model():
    means, spans = bars(fold_differences(TABLE), 1)
    assert means[1] == pytest.approx(-0.6)
    assert spans[1] < 1e-12  # the same on every row: no doubt, however hard the rows
    assert spans[0] == pytest.approx(0.01 * HARD.std(ddof=1) / 60**0.5)
    assert bars(fold_differences(TABLE), 0)[0][1] == 0


@pytest.mark.parametrize("rows", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0, 4.0]]])
def test_models_measured_on_other_rows_are_not_compared(rows):
    table = {"a": {"flow": [1.0, 2.0]}, "b": {"flow": rows}}
    for draw in (fold_differences, held_out_likelihoods):
        with pytest.raises(ArgumentError, match="one log-likelihood a row"):
            draw(table)


def test_a_history_and_its_file_give_one_picture(tmp_path):
    HISTORY.to_csv(tmp_path / "metrics.csv")
    from_file = training_curve(tmp_path / "metrics.csv")
    for one, other in zip(training_curve(HISTORY).lines, from_file.lines, strict=True):
        assert one.get_xydata().tolist() == other.get_xydata().tolist()


def test_the_kept_step_is_marked():
    ((step, bound),) = training_curve(HISTORY).lines[-1].get_xydata()
    assert (step, bound) == (80, HISTORY.best_bound)


def test_a_bad_start_is_cut_off_and_counted():
    start = (0, 0, -900.0, -800.0, 0.1, 1.0, 0)
    ax = training_curve(History.from_rows([start, *ROWS], ""))
    assert ax.get_ylim()[0] > -20
    assert [text.get_text() for text in ax.texts] == ["2 below the axis"]
    assert not training_curve(HISTORY).texts


def test_without_a_held_out_set_there_is_no_such_curve():
    rows = [(*row[:3], float("nan"), *row[4:]) for row in ROWS]
    labels = [
        line.get_label() for line in training_curve(History.from_rows(rows, "")).lines
    ]
    assert labels == ["training", "kept: step 80"]


def test_columns_of_one_unit_have_one_scale():
    data = np.random.default_rng(1).normal(size=(20, 4)) * [1, 5, 100, 100]
    units = ["kpc", "kpc", "km/s", "km/s"]
    ax = phase_space_projection(data, data, axes=(0, 1), units=units)
    assert ax.get_aspect() == 1
    assert np.ptp(ax.get_xlim()) == pytest.approx(np.ptp(ax.get_ylim()))
    assert (
        phase_space_projection(data, data, axes=(0, 2), units=units).get_aspect()
        == "auto"
    )
    for low, high, values in (
        (*ax.get_xlim(), data[:, 0]),
        (*ax.get_ylim(), data[:, 1]),
    ):
        assert low < values.min()
        assert values.max() < high


def test_the_window_can_be_chosen():
    ax = phase_space_projection(Z, Z, extent=(-1, 2, -3, 4))
    assert (*ax.get_xlim(), *ax.get_ylim()) == (-1, 2, -3, 4)


def test_samples_of_another_space_are_refused():
    with pytest.raises(ArgumentError, match=r"shape \(M, d\)"):
        phase_space_projection(np.zeros((5, 6)), np.zeros((5, 4)))
