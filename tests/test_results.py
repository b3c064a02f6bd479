"""Results: sweeps go on where they stopped, and the page is what the rows say."""

import importlib.util
import json
from pathlib import Path

import pytest

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


def test_rows_of_experiments_that_are_on_the_page_are_of_five_seeds(results):
    for name in results.EXPERIMENTS:
        path = EXPERIMENTS / "rows" / f"{name}.json"
        if not path.exists():
            continue
        spec = json.loads(path.read_text(encoding="utf-8"))["spec"]
        assert len(spec["seeds"]) >= 5 or spec["quick"], name
