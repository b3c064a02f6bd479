"""Laws of run folders: what is there is never touched by a run that is not its own."""

import json

import pytest
import torch
from torch import nn

from symflow.checkpoint import fingerprint, read_weights
from symflow.errors import ArgumentError, CheckpointError, OutputExistsError
from symflow.history import History
from symflow.run_folder import RunFolder
from tests.full_disk import full_disk

MODEL = nn.Linear(2, 3)
MARK = fingerprint(MODEL, {})
ROW = (10.0, 0.0, -3.0, -2.5, 0.1, 1.0, 0.2)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("resume", [False, True])
def test_foreign_content_is_never_touched(tmp_path, resume):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputExistsError, match=r"'thesis.tex'.*nothing was touched"):
        RunFolder(tmp_path, resume, MARK).__enter__()
    assert content(tmp_path) == {"thesis.tex": b"years of work"}


def test_finished_run_is_not_overwritten(tmp_path):
    with RunFolder(tmp_path / "run", False, MARK) as folder:
        folder.begin({}, [])
    before = content(tmp_path / "run")
    with pytest.raises(OutputExistsError, match="resume=True"):
        RunFolder(tmp_path / "run", False, MARK).__enter__()
    assert content(tmp_path / "run") == before


def test_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "run").write_text("mine")
    for place in (tmp_path / "run", tmp_path / "run" / "deeper"):
        with pytest.raises(ArgumentError, match="Argument `out` must be a folder"):
            RunFolder(place, False, MARK).__enter__()
    assert (tmp_path / "run").read_text() == "mine"


def test_two_runs_in_one_folder(tmp_path):
    with RunFolder(tmp_path / "run", False, MARK) as folder:
        for resume in (False, True):
            with pytest.raises(OutputExistsError, match="in use by process"):
                RunFolder(tmp_path / "run", resume, MARK).__enter__()
        folder.begin({}, [])
        with pytest.raises(OutputExistsError, match="in use by process"):
            RunFolder(tmp_path / "run", True, MARK).__enter__()


def test_remains_of_a_run_killed_at_once_are_no_content(tmp_path):
    (tmp_path / ".unfinished_run.json").write_text("{")
    (tmp_path / "run.lock").write_text("1\n")
    with RunFolder(tmp_path, False, MARK) as folder:
        folder.begin({}, [])
        assert folder.checkpoint() is None


def test_metrics_are_cut_to_the_checkpoint(tmp_path):
    with RunFolder(tmp_path, False, MARK) as folder:
        folder.begin({}, [])
        for _ in range(3):
            folder.append(ROW)
        text = (tmp_path / "metrics.csv").read_text()
        assert len(text.splitlines()) == 4  # flushed, though not yet closed
    with (tmp_path / "metrics.csv").open("a") as stream:
        stream.write("20,0,-3.")
    with RunFolder(tmp_path, True, MARK) as folder:
        folder.begin({}, [ROW])
        folder.append(ROW)
    assert History.from_csv(tmp_path / "metrics.csv").rows() == [ROW, ROW]


def test_what_a_run_leaves(tmp_path):
    with RunFolder(tmp_path, False, MARK) as folder:
        folder.begin({"settings": {"steps": 3}}, [])
        assert json.loads((tmp_path / "run.json").read_text())["result"] is None
        folder.save(3, 0, {"weight": torch.zeros(1)})
        folder.save(3, 0, {"weight": object()})  # of the same step: not written again
        folder.finish(MODEL.state_dict(), {"best_step": 3})
    assert sorted(content_names(tmp_path)) == [
        "checkpoints",
        "metrics.csv",
        "model.safetensors",
        "run.json",
    ]
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["settings"] == {"steps": 3}
    assert record["result"] == {"best_step": 3}
    read_weights(tmp_path / "model.safetensors", nn.Linear(2, 3), MARK)


def content_names(folder):
    return [path.name for path in folder.iterdir()]


def test_full_disk_is_told_and_loses_nothing(tmp_path):
    with RunFolder(tmp_path, False, MARK) as folder:
        folder.begin({}, [])
        folder.save(1, 0, {"weight": torch.zeros(1)})
        before = (tmp_path / "run.json").read_bytes()
        with full_disk(100):
            with pytest.raises(CheckpointError, match=r"metrics.csv cannot be written"):
                folder.append(ROW)
            with pytest.raises(CheckpointError, match="step_000002 cannot be written"):
                folder.save(2, 0, {"weight": torch.zeros(1)})
            with pytest.raises(CheckpointError, match="cannot be written"):
                folder.finish(MODEL.state_dict(), {})
        assert (tmp_path / "run.json").read_bytes() == before
    with RunFolder(tmp_path, True, MARK) as folder:
        assert folder.checkpoint().step == 1
