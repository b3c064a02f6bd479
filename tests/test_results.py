"""Results: sweeps go on where they stopped, and the page is what the rows say."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from symflow.figures import panels

EXPERIMENTS = Path(__file__).parents[1] / "examples" / "experiments"
SPEC = {"seeds": [0, 1], "training": {"steps": 3}, "quick": False}


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The module of the experiments, which keeps its runs in a folder of the test."""
    spec = importlib.util.spec_from_file_location("results", EXPERIMENTS / "results.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RUNS", tmp_path)
    return module


def test_a_sweep_goes_on_where_it_was_cut_off(results):
    done = []

    def run(case, seed):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append((case, seed))
        return {"value": 10 * case + seed}

    with pytest.raises(KeyboardInterrupt):
        results.sweep("toy", SPEC, [1, 2], run)
    first = list(done)
    assert first == [(1, 0), (2, 0), (1, 1)]
    done.clear()
    found = results.sweep("toy", SPEC, [1, 2], run)
    assert done == [(2, 1)]
    assert {k: results.over_seeds(v, "value") for k, v in found.items()} == {
        1: [10, 11],
        2: [20, 21],
    }


def test_more_seeds_keep_what_was_done_and_other_numbers_do_not(results):
    done = []

    def run(case, seed):
        done.append(seed)
        return {}

    results.sweep("toy", SPEC, ["a"], run)
    results.sweep("toy", SPEC | {"seeds": [0, 1, 2]}, ["a"], run)
    assert done == [0, 1, 2]
    results.sweep("toy", SPEC | {"training": {"steps": 4}}, ["a"], run)
    assert done == [0, 1, 2, 0, 1]


def test_a_band_holds_every_seed_and_its_mean_is_that_of_logarithms(results):
    _, (ax,) = panels(1)
    results.draw_bands(ax, [0, 1], {"a": [[1.0, 3.0], [100.0, 3.0]], "b": [[2.0, 5.0]]})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [10.0, 3.0])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [2.0, 5.0])
    band = ax.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (1.0, 100.0)
    assert ax.get_yscale() == "log"


def test_the_time_of_a_case_stands_in_its_first_row(results):
    of = [{"x": 1.0, "y": 2.0, "seconds": 3.0}, {"x": 4.0, "y": 5.0, "seconds": 7.0}]
    first, second = results.rows_of({"case": of}, ("x", "y"))
    assert (first["values"], first["seconds"]) == ([1.0, 4.0], 5.0)
    assert (second["values"], second["seconds"]) == ([2.0, 5.0], None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0], "1"),
        ([1.0, 3.0], "2.000 ± 1.414"),
        ([1e-6, 3e-6], "2.00e-06 ± 1.4e-06"),
    ],
)
def test_a_figure_is_a_mean_with_the_deviation_of_a_sample(results, values, words):
    assert results.figure(values) == words


def test_the_page_is_what_the_rows_say(results):
    assert results.PAGE.read_text(encoding="utf-8") == results.page()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"seeds": [0, 1, 2], "quick": False}, "Over 3 seeds only, not 5."),
        ({"seeds": [0], "quick": True}, "no claim rests on it"),
        ({"seeds": [0, 1, 2, 3, 4], "quick": False}, None),
    ],
)
def test_few_seeds_and_quick_runs_are_said(results, spec, words, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "ROWS", tmp_path)
    results.keep("toy", spec, [results.row("a", "b", spec["seeds"])])
    text = "\n".join(results.section("toy", "Toy", "It holds."))
    assert (words is None) == ("only" not in text and "no claim" not in text)
    assert words is None or words in text
    assert f"| {len(spec['seeds'])} |" in text


def test_every_experiment_has_its_spec_and_script(results):
    for name in results.EXPERIMENTS:
        assert (EXPERIMENTS / f"{name}.py").exists(), name
        assert (EXPERIMENTS / f"{name}.toml").exists(), name
