"""Laws of training: the best weights, the same bits after any end, and nothing lost."""

import io
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

import symflow.progress
from symflow.checkpoint import fingerprint, latest_checkpoint, read_weights
from symflow.errors import (
    ArgumentError,
    CheckpointError,
    DataError,
    OutputExistsError,
    TrainingError,
)
from symflow.history import COLUMNS, History
from symflow.training import fit
from tests.killed_run import OPTIONS
from tests.run_ends import bits, end_of
from tests.toy_models import Fragile, NoisyGaussian, best_bound, samples

SHORT = {**OPTIONS}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    run = tmp_path_factory.mktemp("uninterrupted") / "run"
    with one_thread():
        fit(NoisyGaussian(), samples(), out=run, **OPTIONS)
    return end_of(run)


class one_thread:  # noqa: N801
    """The bits of a sum may depend on the number of threads."""

    def __enter__(self):
        self.before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_):
        torch.set_num_threads(self.before)


def test_bound_reaches_the_exact_log_density():
    model, data = NoisyGaussian(), samples(400)
    history = fit(
        model, data, steps=600, learning_rate=0.05, held_out=0.0, batch_size=400
    )
    # Each sample a hundred times, for the noise of the encoder to average out.
    noise = torch.Generator().manual_seed(0)
    values = model.objective(data.repeat(100, 1), noise).detach()
    bound, error = values.mean().item(), values.std().item() / 200
    exact = best_bound(data)
    assert exact - 0.01 < bound < exact + 3 * error
    assert history.stopped == "all steps done"
    assert history.training_bound[-1] > history.training_bound[0] + 0.3


@pytest.mark.parametrize("model_type", [torch.float32, torch.float64])
@pytest.mark.parametrize("data_type", [torch.float32, torch.float64])
def test_data_are_cast_to_the_model_and_default_types_stay(model_type, data_type):
    before = torch.get_default_dtype()
    model = NoisyGaussian(model_type)
    fit(model, samples().to(data_type), **SHORT)
    assert {p.dtype for p in model.parameters()} == {model_type}
    assert torch.get_default_dtype() == before


@pytest.mark.parametrize("kind", ["npy", "csv", "list", "sampler"])
def test_every_kind_of_data(tmp_path, kind):
    data = samples()
    if kind == "npy":
        np.save(tmp_path / "x.npy", data.numpy())
        data = tmp_path / "x.npy"
    elif kind == "csv":
        lines = ["name,x", *(f"a,{value!r}" for value in data[:, 0].tolist())]
        (tmp_path / "x.csv").write_text("\n".join(lines))
        data = str(tmp_path / "x.csv")
    elif kind == "list":
        data = data.tolist()
    else:
        rows = data
        data = lambda count, generator: rows[  # noqa: E731
            torch.randint(len(rows), (count,), generator=generator)
        ]
    columns = ["x"] if kind == "csv" else None
    model = NoisyGaussian()
    history = fit(model, data, columns=columns, **SHORT)
    assert history.held_out_bound[-1] > history.held_out_bound[0] + 0.3
    if kind != "sampler":
        other = NoisyGaussian()
        fit(other, samples(), **SHORT)
        assert bits(dict(model.state_dict())) == bits(dict(other.state_dict()))


def test_global_random_numbers_and_mode_are_left_alone():
    model = NoisyGaussian().eval()
    before = torch.get_rng_state()
    fit(model, samples(), **SHORT)
    assert torch.equal(torch.get_rng_state(), before)
    assert not model.training
    assert not any(torch.isnan(p).any() for p in model.parameters())


def test_weights_are_those_of_the_best_evaluation(tmp_path):
    # At a rate this high it goes well and then badly.
    model = NoisyGaussian()
    options = {**SHORT, "learning_rate": 1.5, "clip": 1e3, "steps": 60, "patience": 4}
    history = fit(model, samples(), out=tmp_path / "run", **options)
    assert history.stopped == "no improvement in 4 evaluations"
    assert history.best_step < history.step[-1]
    assert history.best_bound == history.held_out_bound.max()
    result = json.loads((tmp_path / "run" / "run.json").read_text())["result"]
    assert result["best_step"] == history.best_step
    assert result["best_bound"] == history.best_bound
    again = NoisyGaussian(first=5.0)
    mark = fingerprint(again, again.description())
    read_weights(tmp_path / "run" / "model.safetensors", again, mark)
    assert bits(dict(again.state_dict())) == bits(dict(model.state_dict()))
    # The run has ended: to resume it does no step more, and gives the same.
    third = NoisyGaussian(first=7.0)
    after = fit(third, samples(), out=tmp_path / "run", resume=True, **options)
    assert after.rows() == history.rows()
    assert after.stopped == history.stopped
    assert bits(dict(third.state_dict())) == bits(dict(model.state_dict()))


def test_metrics_tell_the_course(tmp_path):
    history = fit(NoisyGaussian(), samples(), out=tmp_path / "run", **SHORT)
    assert history.step.tolist() == list(range(4, 41, 4))
    assert history.epoch.tolist() == [t * 16 // 180 for t in history.step]
    assert (np.diff(history.seconds) > 0).all()
    assert (history.gradient_norm > 0).all()
    text = (tmp_path / "run" / "metrics.csv").read_text()
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert History.from_csv(tmp_path / "run" / "metrics.csv").rows() == history.rows()


@pytest.mark.parametrize(("how", "least"), [("writes", 15), ("moments", 1)])
def test_killed_run_ends_bitwise_as_one_that_was_not(
    tmp_path, uninterrupted, how, least
):
    kills = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.killed_run", str(tmp_path / "run"), how, "1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout.split()
    assert int(kills[0]) >= least
    assert kills[1] == "0"
    assert end_of(tmp_path / "run") == uninterrupted


@pytest.fixture
def listening():
    """Interrupts are heard, also where the shell that began the tests ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupting(NoisyGaussian):
    """Sends its own process an interrupt, as Ctrl-C does, in the middle of a step."""

    def __init__(self, step, times=1):
        super().__init__()
        self.left = step
        self.times = times

    def objective(self, batch, generator):
        if self.training:
            self.left -= 1
            if self.left == 0:
                for _ in range(self.times):
                    signal.raise_signal(signal.SIGINT)
        return super().objective(batch, generator)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("step", [1, 9, 40])
def test_interrupt_waits_for_the_step_and_is_resumed_bitwise(
    tmp_path, uninterrupted, step
):
    run = tmp_path / "run"
    with one_thread():
        if step < 40:
            with pytest.raises(KeyboardInterrupt, match="resume=True") as caught:
                fit(Interrupting(step), samples(), out=run, **OPTIONS)
            assert f"go on from step {step} in" in str(caught.value)
            assert latest_checkpoint(run).step == step
        else:
            fit(Interrupting(step), samples(), out=run, **OPTIONS)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
    assert end_of(run) == uninterrupted


@pytest.mark.usefixtures("listening")
def test_second_interrupt_does_not_wait_and_is_resumed_bitwise(tmp_path, uninterrupted):
    run = tmp_path / "run"
    with one_thread():
        with pytest.raises(KeyboardInterrupt, match="go on from step 6 in"):
            fit(Interrupting(9, times=2), samples(), out=run, **OPTIONS)
        fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
    assert end_of(run) == uninterrupted


@pytest.mark.usefixtures("listening")
def test_interrupt_without_a_folder_leaves_the_best_weights():
    model = Interrupting(10)
    with pytest.raises(KeyboardInterrupt, match="Give `out`"):
        fit(model, samples(), **OPTIONS)
    other = NoisyGaussian()
    fit(other, samples(), **{**OPTIONS, "steps": 40})
    assert bits(dict(model.state_dict())) != bits(dict(other.state_dict()))


def test_handler_of_somebody_else_is_left_alone():
    asked = []
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(1))
    try:
        history = fit(Interrupting(3), samples(), **OPTIONS)
    finally:
        signal.signal(signal.SIGINT, before)
    assert asked == [1]
    assert history.stopped == "all steps done"


def test_resume_of_nothing_begins(tmp_path, uninterrupted):
    with one_thread():
        fit(NoisyGaussian(), samples(), out=tmp_path / "run", resume=True, **OPTIONS)
    assert end_of(tmp_path / "run") == uninterrupted


def test_existing_run_is_not_touched_and_other_runs_are_refused(tmp_path):
    run = tmp_path / "run"
    fit(NoisyGaussian(), samples(), out=run, **SHORT)
    before = end_of(run)
    with pytest.raises(OutputExistsError, match="nothing was touched"):
        fit(NoisyGaussian(), samples(), out=run, **SHORT)
    with pytest.raises(ArgumentError, match="`seed` must be 0 to resume"):
        fit(NoisyGaussian(), samples(), out=run, resume=True, seed=1, **SHORT)
    with pytest.raises(ArgumentError, match=r"`data` \(sha256\)"):
        fit(NoisyGaussian(), samples(seed=1), out=run, resume=True, **SHORT)
    with pytest.raises(CheckpointError, match="of this model"):
        fit(NoisyGaussian(torch.float32), samples(), out=run, resume=True, **SHORT)
    assert end_of(run) == before


def test_damaged_newest_checkpoint_names_the_way_back(tmp_path, uninterrupted):
    run = tmp_path / "run"
    with one_thread():
        fit(NoisyGaussian(), samples(), out=run, **OPTIONS)
        newest = run / "checkpoints" / "step_000040"
        payload = (newest / "tensors.safetensors").read_bytes()
        (newest / "tensors.safetensors").write_bytes(payload[:-1])
        with pytest.raises(
            CheckpointError, match="resume from step 36, move step_0000"
        ):
            fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
        newest.rename(tmp_path / "aside")
        fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
    assert end_of(run) == uninterrupted


@pytest.mark.parametrize("breaks", ["objective", "gradient"])
def test_bad_number_keeps_the_last_good_weights(tmp_path, breaks):
    # Points beyond the limit come only from step 20 on, in the batches of a sampler.
    run, model = tmp_path / "run", Fragile(breaks)
    batches = []

    def sampler(count, generator):
        points = 1.5 + 0.7 * torch.randn(count, 1, generator=generator).double()
        batches.append(count)
        if count == 16 and len(batches) > 20:
            points[5] = 11.0
        return points

    with pytest.raises(TrainingError, match="the last good ones") as caught:
        fit(model, sampler, out=run, **{**OPTIONS, "held_out": 64})
    text = str(caught.value)
    assert "the points [11.0]" in text
    result = json.loads((run / "run.json").read_text())["result"]
    assert f"weights of step {result['best_step']}" in text
    assert result["best_step"] > 0
    assert "error at step" in result["stopped"]
    kept = Fragile(breaks)
    mark = fingerprint(kept, kept.description())
    read_weights(run / "model.safetensors", kept, mark)
    assert bits(dict(kept.state_dict())) == bits(dict(model.state_dict()))
    assert all(torch.isfinite(p).all() for p in model.parameters())
    assert latest_checkpoint(run).step == 18


def test_progress_is_silent_where_nobody_looks(capsys):
    fit(NoisyGaussian(), samples(), **{**SHORT, "progress": True})
    shown = capsys.readouterr()
    assert shown.out == shown.err == ""


def test_progress_shows_bounds_and_rate_in_a_terminal(monkeypatch):
    stream = io.StringIO()

    def terminal(stderr):
        assert stderr
        return Console(file=stream, force_terminal=True, width=100)

    monkeypatch.setattr(symflow.progress, "Console", terminal)
    fit(NoisyGaussian(), samples(), **{**SHORT, "progress": False})
    assert stream.getvalue() == ""
    fit(NoisyGaussian(), samples(), **{**SHORT, "progress": True})
    for part in ("bound -", "held out -", "rate ", "40/40"):
        assert part in stream.getvalue()


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ([[0.0], [math.nan]], "row 1, column 0"),
        (np.zeros((5, 2)), "must have 1 columns, but has 2"),
        ("missing.csv", "cannot be opened"),
        (lambda count, generator: torch.zeros(count, 3), "gives width 3"),
    ],
)
def test_bad_data_leave_no_folder(tmp_path, data, part):
    with pytest.raises(DataError) as caught:
        fit(NoisyGaussian(), data, out=tmp_path / "run", **SHORT)
    assert part in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_models_that_are_none():
    frozen = NoisyGaussian().requires_grad_(False)
    for model, part in [
        (torch.nn.Linear(1, 1), "objective, data_dimensions, description"),
        (object(), "but is a object"),
        (frozen, "parameter to train"),
    ]:
        with pytest.raises(ArgumentError) as caught:
            fit(model, samples(), **SHORT)
        assert part in str(caught.value)


def test_columns_are_refused_for_a_sampler():
    with pytest.raises(ArgumentError, match="`data` is a sampler"):
        fit(NoisyGaussian(), lambda count, generator: None, columns=["x"], **SHORT)


def test_device_is_where_the_model_goes():
    model = NoisyGaussian()
    fit(model, samples(), device="cpu", **SHORT)
    assert model.mean.device.type == "cpu"
    with pytest.raises(ArgumentError, match="Argument `device` must be one that"):
        fit(model, samples(), device="abacus", **SHORT)


def test_auto_is_the_accelerator_of_the_process_or_the_processor(monkeypatch):
    model = NoisyGaussian()
    fit(model, samples(), device="auto", **SHORT)
    there = "mps" if torch.backends.mps.is_available() else "cpu"
    there = "cuda" if torch.cuda.is_available() else there
    assert model.mean.device.type == there
    # Of many accelerators a process takes the one that torchrun gave it.
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "99")
    with pytest.raises(ArgumentError, match="index=99"):
        fit(NoisyGaussian(), samples(), device="auto", **SHORT)


def test_full_disk_stops_with_an_error_and_is_resumed_bitwise(
    tmp_path, uninterrupted, monkeypatch
):
    run = tmp_path / "run"
    plain = os.fsync
    left = 22

    def full(handle):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        plain(handle)

    with one_thread():
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(CheckpointError, match=r"No space left.*resume"):
                fit(NoisyGaussian(), samples(), out=run, **OPTIONS)
        fit(NoisyGaussian(), samples(), out=run, resume=True, **OPTIONS)
    assert end_of(run) == uninterrupted
