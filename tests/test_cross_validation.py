"""Every row is scored once by a model that never saw it."""

import numpy as np
import pytest

from symflow.cross_validation import Scores, cross_validate, paired_difference
from symflow.errors import ArgumentError
from symflow.experiments import build_experiment
from symflow.spec import Spec, load_spec


@pytest.fixture
def observed(tmp_path):
    (tmp_path / "specs").mkdir()
    rows = np.random.default_rng(0).normal(size=(24, 2))
    np.savetxt(tmp_path / "rows.csv", rows, delimiter=",", header="x,v", comments="")
    (tmp_path / "specs" / "line.toml").write_text(
        '[phase_space]\nq = "x"\n[model]\nblocks = 1\nwidth = 4\ndepth = 1\n'
        "components = 1\n[training]\nsteps = 4\nbatch_size = 8\nheld_out = 4\n"
        '[data]\nsource = "../rows.csv"\nmomenta = "observed"\n'
    )
    return build_experiment(load_spec(tmp_path / "specs" / "line.toml"))


def test_every_row_is_scored_once_and_the_model_is_left_alone(observed):
    before = {k: v.clone() for k, v in observed.model.state_dict().items()}
    base, flow = cross_validate(observed, "none", parts=3)
    assert np.isfinite(base.held_out).all()
    assert np.isfinite(flow.held_out).all()
    assert len(base.training) == 3
    assert all(v.equal(before[k]) for k, v in observed.model.state_dict().items())


def test_the_same_seed_gives_the_same_scores(observed):
    first, second = (cross_validate(observed, "none", parts=3)[1] for _ in range(2))
    assert np.array_equal(first.held_out, second.held_out)


def test_latent_momenta_are_refused():
    spec = {"phase_space": {"q": "x y"}, "data": {"source": "rings"}}
    with pytest.raises(ArgumentError, match="observed momenta"):
        cross_validate(build_experiment(Spec.model_validate(spec)), "rings")


def test_paired_errors_forget_what_both_models_find_hard():
    hard = np.random.default_rng(1).normal(size=400) * 10
    a = Scores("a", hard + 0.1, np.zeros(1))
    b = Scores("b", hard, np.zeros(1))
    mean, error = paired_difference(a, b)
    assert mean == pytest.approx(0.1)
    assert error < 1e-12 < a.standard_error
    with pytest.raises(ArgumentError, match="same rows"):
        paired_difference(a, Scores("c", hard[:-1], np.zeros(1)))
