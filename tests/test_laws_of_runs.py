"""Laws of runs: what the machine does to a run changes no bit of it, or is told."""

import os
import time
from pathlib import Path

import pytest
import torch

from symflow.checkpoint import latest_checkpoint
from symflow.errors import ArgumentError, CheckpointError
from symflow.experiments import load_run
from symflow.history import History
from symflow.training import fit
from tests.killed_run import OPTIONS
from tests.run_ends import end_of
from tests.toy_models import NoisyGaussian, samples


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def undisturbed(tmp_path):
    fit(NoisyGaussian(), samples(), out=tmp_path / "undisturbed", **OPTIONS)
    return end_of(tmp_path / "undisturbed")


@pytest.mark.parametrize("jump", [-1e9, 1e9])
def test_a_clock_that_jumps_changes_nothing(tmp_path, undisturbed, monkeypatch, jump):
    reads = []

    def jumping(plain):
        def clock():
            reads.append(1)
            return plain() + (jump if len(reads) % 3 else 0.0)

        return clock

    for name in ("time", "perf_counter", "monotonic"):
        monkeypatch.setattr(time, name, jumping(getattr(time, name)))
    fit(NoisyGaussian(), samples(), out=tmp_path / "run", **OPTIONS)
    monkeypatch.undo()
    assert len(reads) > 10
    assert end_of(tmp_path / "run") == undisturbed


def read_only(folder, monkeypatch):
    """A folder in which nothing can be written, as the operating system tells of it."""
    plain = os.open

    def refusing(path, flags, *rest, **named):
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(folder)):
            raise OSError(30, "Read-only file system", str(path))
        return plain(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refusing)


def test_a_folder_that_cannot_be_written_is_told_before_the_first_step(
    tmp_path, monkeypatch
):
    (tmp_path / "run").mkdir()
    model = NoisyGaussian()
    with monkeypatch.context() as patch:
        read_only(tmp_path / "run", patch)
        with pytest.raises(ArgumentError, match=r"can be written.*Read-only"):
            fit(model, samples(), out=tmp_path / "run", **OPTIONS)
    assert not list((tmp_path / "run").iterdir())
    assert model.mean.item() == NoisyGaussian().mean.item()


def test_a_folder_that_becomes_read_only_loses_nothing(
    tmp_path, undisturbed, monkeypatch
):
    run, calls = tmp_path / "run", []

    class Disturbing(NoisyGaussian):
        def objective(self, batch, generator):
            calls.append(1)
            if len(calls) == 15:
                read_only(run, monkeypatch)
            return super().objective(batch, generator)

    with pytest.raises(CheckpointError, match=r"Read-only file system.*resume"):
        fit(Disturbing(), samples(), out=run, **OPTIONS)
    monkeypatch.undo()
    assert latest_checkpoint(run).step > 0
    fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
    assert end_of(run) == undisturbed


def test_a_finished_run_of_the_first_release_opens_for_ever():
    home = Path(__file__).parent / "data" / "finished_1"
    model = load_run(home).model
    z = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(3, 4)
    kept = [-6.839729049781601, -1.6037714464399775, -6.926920539453784]
    density = torch.tensor(kept, dtype=torch.float64)
    torch.testing.assert_close(model.joint_log_prob(z), density, rtol=1e-12, atol=0)
    assert History.from_csv(home / "metrics.csv").best_bound == -5.1615801022141365


def test_two_threads_may_add_in_another_order_but_learn_the_same(tmp_path):
    torch.set_num_threads(2)
    two = NoisyGaussian()
    fit(two, samples(), **OPTIONS)
    torch.set_num_threads(1)
    one = NoisyGaussian()
    fit(one, samples(), **OPTIONS)
    for ours, theirs in zip(one.parameters(), two.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
