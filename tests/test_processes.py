"""Two processes train as one does on the same batches, and read a part of each."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from symflow.batches import batches
from symflow.errors import ArgumentError
from symflow.processes import ProcessError, Processes, processes
from tests.random_models import points
from tests.shared_run import main

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The same script in one process and, by torchrun, in two with gloo."""
    home = tmp_path_factory.mktemp("shared")
    np.save(home / "phase.npy", points(4, 200).numpy())
    np.save(home / "positions.npy", points(2, 200).numpy())
    main(home)
    pair = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    done = subprocess.run(  # noqa: S603 (our own script)
        [sys.executable, *pair, "tests.shared_run", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return home


def result(home, name):
    with np.load(home / f"{name}.npz") as arrays:
        return dict(arrays)


@pytest.mark.slow
def test_the_loss_curve_of_two_is_that_of_one(runs):
    """To round-off, where nothing is drawn at random; and so are the weights."""
    alone = result(runs, "observed-1-alone")
    for rank in "01":
        shared = result(runs, f"observed-2-{rank}")
        for name, values in alone.items():
            np.testing.assert_allclose(shared[name], values, rtol=1e-10, atol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("momenta", ["observed", "latent"])
def test_both_processes_end_with_the_same_bits(runs, momenta):
    first, second = (result(runs, f"{momenta}-2-{rank}") for rank in "01")
    for name in ("weights", "held_out"):
        np.testing.assert_array_equal(second[name], first[name])
    np.testing.assert_allclose(second["training"], first["training"], rtol=1e-14)
    assert np.isfinite(first["weights"]).all()


@pytest.mark.slow
def test_with_noise_the_curve_is_another_and_stays_near(runs):
    """Each process draws for its own samples: equal in law, not in numbers."""
    alone, shared = (result(runs, name) for name in ("latent-1-alone", "latent-2-0"))
    gap = np.abs(alone["training"] - shared["training"])
    assert 0 < gap.max() < 1


@pytest.mark.slow
def test_the_first_process_alone_writes_the_folder(runs):
    lines = (runs / "observed-2" / "metrics.csv").read_text().splitlines()
    assert len(lines) == 1 + 3
    assert (runs / "observed-2" / "model.safetensors").is_file()


@pytest.mark.parametrize("data", ["rows", "sampler"])
def test_the_parts_of_a_batch_make_the_whole(data):
    rows = points(3, 50).numpy()

    def sampler(count, generator):
        return torch.randn(count, 3, generator=generator, dtype=torch.float64)

    source = rows if data == "rows" else sampler
    like = torch.zeros(1, dtype=torch.float64)
    whole = batches(source, 12, 8, 0, like)
    parts = [batches(source, 12, 8, 0, like, (k, 3)) for k in range(3)]
    for step in range(5):
        torch.testing.assert_close(
            torch.cat([part.batch(step) for part in parts]), whole.batch(step)
        )
    assert all(part.summary() == whole.summary() for part in parts)
    with pytest.raises(ArgumentError, match="multiple of the number of processes"):
        batches(source, 12, 8, 0, like, (0, 5))


def test_one_process_needs_no_group():
    group = processes()
    assert group.part == (0, 1)
    model = torch.nn.Linear(1, 1)
    assert group.share(model) is model
    assert not group.any(False)


def test_a_failure_in_another_process_stops_this_one(monkeypatch):
    """The answer of a group of two is played by a function."""
    other = Processes(1, 2)
    monkeypatch.setattr(other, "any", lambda here: True)
    with pytest.raises(ProcessError, match="Another process"):
        other.in_turn(lambda: None)
