"""Laws of a run: its state is all of it, and bad numbers change no weight."""

import math
from copy import deepcopy
from itertools import pairwise

import pytest
import torch

from symflow.batches import batches
from symflow.errors import ArgumentError, CheckpointError, TrainingError
from symflow.run import Run, Settings
from tests.toy_flows import SO2, flow
from tests.toy_models import Fragile, NoisyGaussian, samples

OPTIONS = {"steps": 30, "batch_size": 16, "learning_rate": 0.05, "seed": 3}


def start(model=None, data=None, held_out=0.2, **options):
    settings = Settings(**{**OPTIONS, **options})
    model = NoisyGaussian() if model is None else model
    like = next(model.parameters())
    values = samples() if data is None else data
    ready = batches(values.numpy(), settings.batch_size, held_out, settings.seed, like)
    return Run(model, ready, settings)


def advance(run, steps):
    for _ in range(steps):
        run.advance()
        if run.step % 5 == 0:
            run.measure()


def flat(value):
    """Every number and tensor of a state, as bytes or words, without the seconds."""
    if isinstance(value, torch.Tensor):
        return value.numpy().tobytes()
    if isinstance(value, dict):
        return [(key, flat(item)) for key, item in value.items() if key != "seconds"]
    if isinstance(value, list | tuple):
        return [flat(item) for item in value]
    return repr(value)


def state_of(run):
    state = run.state()
    return flat({**state, "metrics": state["metrics"][:, :-1].contiguous()})


def test_state_is_all_of_a_run():
    through = start()
    advance(through, 12)
    saved = deepcopy(through.state())
    resumed = start(NoisyGaussian(first=9.0))
    resumed.restore(12, saved)
    assert state_of(resumed) == state_of(through)
    advance(through, 18)
    advance(resumed, 18)
    assert state_of(resumed) == state_of(through)
    assert resumed.stopped == through.stopped == "all steps done"


def test_seeds_decide_the_run_and_nothing_else_does():
    one, again, other = start(), start(), start(seed=4)
    torch.manual_seed(1)
    advance(one, 10)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    advance(again, 10)
    assert torch.equal(before, torch.get_rng_state())
    advance(other, 10)
    assert state_of(one) == state_of(again)
    assert state_of(one) != state_of(other)


def test_learning_rate_rises_then_falls_to_a_hundredth():
    settings = Settings(steps=1000, learning_rate=2.0)
    rates = [settings.rate(t) for t in range(1000)]
    top = rates.index(max(rates))
    assert top < 60
    assert rates[0] == pytest.approx(2.0 / 50, rel=1e-5)
    assert all(a < b for a, b in pairwise(rates[: top + 1]))
    assert all(a > b for a, b in pairwise(rates[top:]))
    assert rates[-1] == pytest.approx(0.02, rel=1e-3)
    assert Settings(steps=1, learning_rate=2.0).rate(0) == 2.0


def test_gradients_are_cut_to_the_norm_that_was_asked_for():
    # From far away the gradient is large: the first step of plain descent tells.
    for clip, expected in [(1.0, 1.0), (1e9, None)]:
        run = start(NoisyGaussian(first=-50.0), clip=clip)
        run.advance()
        norm = math.hypot(*(p.grad.norm().item() for p in run.model.parameters()))
        assert norm == pytest.approx(expected or norm, rel=1e-12)
        assert run.measure()[5] > 100.0  # the norm before the cut is what is told


def test_held_out_bound_has_the_same_noise_every_time():
    run = start()
    assert run.measure()[3] == run.measure()[3]


def test_best_weights_are_kept_and_patience_ends_the_run():
    run = start(patience=2)
    run.measure()
    good = run.model.mean.item()
    for worse in (5.0, 6.0):
        assert run.stopped == ""
        with torch.no_grad():
            run.model.mean.fill_(worse)
        run.measure()
    assert run.stopped == "no improvement in 2 evaluations"
    assert run.keep_best() == 0
    assert run.model.mean.item() == good


def test_without_held_out_the_weights_are_left():
    run = start(held_out=0.0)
    advance(run, 10)
    assert math.isnan(run.rows[-1][3])
    weights = flat(run.model.state_dict())
    assert run.keep_best() == 10
    assert flat(run.model.state_dict()) == weights


@pytest.mark.parametrize(
    ("breaks", "part"),
    [("objective", "objective that is not finite"), ("gradient", "gradient of `pull`")],
)
def test_first_bad_number_names_step_and_row_and_changes_no_weight(breaks, part):
    data = samples()
    data[137] = 11.0
    run = start(Fragile(breaks), data, held_out=0.0)
    while not set(run.data.batch(run.step)[:, 0].tolist()) & {11.0}:
        run.advance()
    before = flat(run.model.state_dict())
    with pytest.raises(TrainingError) as caught:
        run.advance()
    text = str(caught.value)
    assert part in text
    assert f"at step {run.step}" in text
    assert "rows 137 of the data" in text
    assert flat(run.model.state_dict()) == before
    if breaks == "objective":
        assert "nan for 1 of the 16 samples of its batch" in text


def test_bad_gradient_of_the_batch_as_a_whole_names_all_of_it():
    class Together(NoisyGaussian):
        def objective(self, batch, generator):
            values = super().objective(batch, generator)
            return values + (self.pull * 0).abs().sqrt() * (len(batch) == 16)

    run = start(Together(), held_out=0.0)
    with pytest.raises(TrainingError, match="and 4 more of the data"):
        run.advance()


@pytest.mark.parametrize("held_out", [0.0, 0.5])
def test_the_piece_that_did_it_is_named(held_out):
    model = flow(SO2, momenta="observed")
    with torch.no_grad():
        next(model.pieces[2].parameters()).fill_(math.inf)
    data = torch.randn(20, 4, generator=torch.Generator().manual_seed(0)).double()
    run = start(model, data, held_out=held_out)
    before = flat(model.state_dict())
    with pytest.raises(TrainingError, match=r"at step 0: nan .* first in pieces\.2"):
        run.measure() if held_out else run.advance()
    assert flat(model.state_dict()) == before
    assert model.training


def test_groups_of_a_forged_optimiser_are_not_taken():
    run = start()
    advance(run, 3)
    forged = deepcopy(run.state())
    forged["optimiser"]["param_groups"] = [{"betas": 3, "differentiable": True}]
    again = start()
    again.restore(3, forged)
    advance(run, 3)
    advance(again, 3)
    assert state_of(run) == state_of(again)


def test_bad_held_out_sample_is_named():
    data = samples()
    data[:] = 11.0
    run = start(Fragile("objective"), data)
    with pytest.raises(TrainingError, match="40 of the 40 samples held out, rows"):
        run.measure()


def test_objective_must_give_one_bound_a_sample():
    model = NoisyGaussian()
    model.objective = lambda batch, generator: batch
    with pytest.raises(ArgumentError, match=r"shape \(16,\), but it gave \(16, 1\)"):
        start(model).advance()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"seed": 4}, "`seed` must be 3 to resume this run, but is 4"),
        ({"learning_rate": 0.1}, "`learning_rate` must be 0.05"),
        ({"steps": 31}, "`steps` must be 30"),
        ({"held_out": 0.3}, "`data` (held_out)"),
        ({"data": samples(seed=1)}, "`data` (sha256)"),
    ],
)
def test_state_of_another_run_is_refused(options, part):
    saved = start().state()
    with pytest.raises(ArgumentError) as caught:
        start(**options).restore(0, saved)
    assert part in str(caught.value)
    start(checkpoint_every=7).restore(0, saved)  # this one changes nothing


@pytest.mark.parametrize(
    "forge",
    [
        {"optimiser": {}},
        {"optimiser": {"state": {0: {}}, "param_groups": []}},
        {"optimiser": {"state": {99: {}}, "param_groups": []}},
        {"optimiser": {"state": {0: {"step": torch.zeros(())}}}},
        {"best": {"mean": torch.zeros(3)}},
        {"metrics": torch.full((1, 7), math.nan)},
        {"waited": math.inf},
        {"sums": [0.0, 0.0, 10**400]},
        {"identity": torch.zeros(3)},
        {"identity": {"settings": torch.zeros(3)}},
        {"optimiser": torch.zeros(3)},
        {"optimiser": {"state": torch.zeros(3)}},
        {"random": {"noise": torch.zeros(3, dtype=torch.uint8)}},
        {"metrics": torch.zeros(5)},
        {"sums": [1.0]},
        {"identity": {}},
        {"model": {}},
        {"best_step": "x"},
    ],
)
def test_forged_states_are_refused(forge):
    run = start()
    with pytest.raises(CheckpointError, match="not of a run like this"):
        run.restore(0, {**run.state(), **forge})


@pytest.mark.parametrize(
    "options",
    [
        {"steps": 0},
        {"steps": 1.5},
        {"steps": True},
        {"batch_size": -1},
        {"evaluate_every": 0},
        {"checkpoint_every": 0},
        {"patience": 0},
        {"seed": -1},
        {"seed": 1.0},
        {"learning_rate": 0.0},
        {"learning_rate": math.nan},
        {"learning_rate": math.inf},
        {"clip": 0.0},
        {"weight_decay": -1.0},
    ],
)
def test_settings_out_of_range(options):
    (name,) = options
    with pytest.raises(ArgumentError, match=f"Argument `{name}` must be"):
        Settings(**options)
