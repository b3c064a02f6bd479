"""Every way sees the same rows; a sweep goes on where it stopped."""

import math

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.cross_validation import paired_difference
from symflow.errors import ArgumentError, CheckpointError
from symflow.symmetry_comparisons import Way, build_model, compare_symmetries

PLANE = sf.PhaseSpace("x y")
SO2 = sf.LieAlgebra(PLANE, {"L": "x*p_y - y*p_x"})
SMALL = {"blocks": 1, "width": 4, "depth": 1, "components": 2}
QUICK = {"steps": 15, "learning_rate": 0.02, "held_out": 0.0, "batch_size": 32}


def rows(count=48, width=4):
    """Phase points about a circle, with the velocity along it."""
    random = np.random.default_rng(3)
    angle = random.uniform(0, 2 * math.pi, count)
    q = 2 * np.stack([np.cos(angle), np.sin(angle)], -1)
    p = np.stack([-np.sin(angle), np.cos(angle)], -1)
    noise = 0.3 * random.normal(size=(count, 4))
    return (np.concatenate([q, p], -1) + noise)[:, :width]


@pytest.fixture(scope="module")
def everything():
    return compare_symmetries(
        SO2, rows(), parts=3, model=SMALL, training=QUICK, degree=20
    )


def test_each_row_is_scored_once_in_every_way(everything):
    assert [trial.way for trial in everything.trials] == [w for w in Way for _ in "abc"]
    order = np.concatenate([test for _, test in everything.splits])
    assert sorted(order.tolist()) == list(range(48))
    for way in Way:
        assert np.isfinite(everything.scores(way).held_out).all()
        assert everything.scores(way).held_out.shape == (48,)
    _, error = paired_difference(
        everything.scores(Way.EXACT), everything.scores(Way.NONE)
    )
    assert error > 0


def test_what_is_built_in_is_exact_and_what_is_not_is_measured(everything):
    """Of the ways only the exact one keeps the symmetry to round-off."""
    errors = {way: max(trial.invariance for trial in everything.of(way)) for way in Way}
    assert errors[Way.EXACT] < 1e-12
    assert errors[Way.AVERAGED] < errors[Way.NONE] / 5
    for way in (Way.CONSTRAINED, Way.AUGMENTED, Way.NONE):
        assert errors[way] > 1e-6


def test_a_sweep_goes_on_where_it_stopped(tmp_path):
    options = {"model": SMALL, "training": QUICK | {"steps": 2}, "parts": 2}
    ways, done = [Way.EXACT, Way.NONE], []

    def stop_after_three(trial):
        done.append(trial)
        if len(done) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare_symmetries(
            SO2, rows(), ways=ways, out=tmp_path, each=stop_after_three, **options
        )
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(before) == 3
    resumed = compare_symmetries(SO2, rows(), ways=ways, out=tmp_path, **options)
    fresh = compare_symmetries(SO2, rows(), ways=ways, **options)
    for name, moment in before.items():
        assert (tmp_path / name).stat().st_mtime_ns == moment
    for one, other in zip(resumed.trials, fresh.trials, strict=True):
        np.testing.assert_array_equal(one.held_out, other.held_out)
    with pytest.raises(ArgumentError, match="of others"):
        compare_symmetries(SO2, rows() + 1, ways=ways, out=tmp_path, **options)
    (tmp_path / "exact-0-0.json").write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        compare_symmetries(SO2, rows(), ways=ways, out=tmp_path, **options)


def test_models_of_all_ways_have_the_same_sizes_and_seeds():
    plain = build_model(Way.NONE, SO2, SMALL, seed=4)
    for way in (Way.CONSTRAINED, Way.AVERAGED, Way.AUGMENTED):
        inner = build_model(way, SO2, SMALL, seed=4).flow
        for a, b in zip(inner.parameters(), plain.parameters(), strict=True):
            assert torch.equal(a, b)


def test_latent_momenta_are_compared_by_a_bound():
    found = compare_symmetries(
        SO2,
        rows(width=2),
        ways=[Way.EXACT, Way.AUGMENTED],
        splits=[(np.arange(40), np.arange(40, 48))],
        model=SMALL | {"momenta": "latent"},
        training={"steps": 2},
        seeds=[0, 1],
    )
    assert len(found.trials) == 4
    assert all(math.isnan(trial.invariance) for trial in found.trials)
    mean, spread = found.deviation(Way.EXACT)
    assert math.isfinite(mean)
    assert spread > 0


def test_nothing_to_compare_is_refused():
    with pytest.raises(ArgumentError, match="one of each"):
        compare_symmetries(SO2, rows(), ways=[])
