"""From a spec to a model and back from its folder."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.errors import (
    ArgumentError,
    CheckpointError,
    DataError,
    NonCompactError,
    NotClosedError,
    OutputExistsError,
    SpecError,
)
from symflow.experiments import (
    build_algebra,
    build_experiment,
    divergences,
    load_run,
    symmetry_errors,
    train_experiment,
)
from symflow.spec import Spec, load_spec
from symflow.targets import Rings

SPECS = Path(__file__).parent.parent / "examples" / "specs"


def rings(**changes):
    tables = {
        "phase_space": {"q": "x y"},
        "generators": {"L": "x*p_y - y*p_x"},
        "model": {"blocks": 1, "width": 4, "depth": 1, "components": 1},
        "training": {"steps": 6, "batch_size": 16, "held_out": 16},
        "data": {"source": "rings"},
    }
    return Spec.model_validate({**tables, **changes})


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_builds(path):
    experiment = build_experiment(load_spec(path))
    assert experiment.invariants.complete
    assert experiment.source is not None


@pytest.mark.parametrize("encoder", ["equivariant", "mlp", "thermal"])
@pytest.mark.parametrize("kinetic", ["learned", "scalar", "matrix"])
def test_a_spec_gives_the_model_of_the_call(encoder, kinetic):
    """To the last bit of every weight, for each kind of encoder and kinetic energy."""
    names = {"q": "x1 y1 x2 y2"}
    space = sf.PhaseSpace(names["q"])
    algebra = sf.LieAlgebra(space, sf.rotations(space, dimension=2))
    options = {"encoder": encoder, "kinetic": kinetic, "width": 4, "depth": 1}
    generators = {name: str(g) for name, g in algebra.generators.items()}
    spec = Spec.model_validate(
        {
            "phase_space": names,
            "generators": generators,
            "model": {"blocks": 1, **options},
        }
    )
    built = build_experiment(spec).model
    called = sf.HamiltonianFlow(sf.invariants(algebra), 1, **options)
    assert built.description() == called.description()
    weights, others = built.state_dict(), called.state_dict()
    assert weights.keys() == others.keys()
    assert all(torch.equal(weights[name], others[name]) for name in weights)


def test_the_clusters_are_scaled_to_units_of_ten_kpc_and_hundred_km_s():
    experiment = build_experiment(load_spec(SPECS / "clusters_so3.toml"))
    raw = np.loadtxt(
        SPECS.parent / "data" / "globular_clusters.csv",
        delimiter=",",
        skiprows=1,
        usecols=range(1, 7),
    )
    assert experiment.rows.shape == (161, 6)
    assert np.allclose(experiment.rows * [10, 10, 10, 100, 100, 100], raw)


@pytest.mark.parametrize("scaling", [{"q": [1.0, 2.0]}, {"p": [1.0, 3.0]}])
def test_a_scaling_that_breaks_the_symmetry_is_refused(scaling):
    with pytest.raises(ArgumentError, match=r"keep the symmetry.*L"):
        build_algebra(rings(scaling=scaling))


def test_a_scaling_that_keeps_the_symmetry_is_accepted():
    assert build_algebra(rings(scaling={"q": 3.0, "p": 7.0})).dimension == 1


def test_different_units_break_a_symmetry_that_mixes_q_and_p():
    mixing = {"S": "x*y + p_x*p_y"}
    with pytest.raises(ArgumentError, match="keep the symmetry"):
        build_algebra(rings(generators=mixing, scaling={"q": 2.0}))
    assert build_algebra(rings(generators=mixing, scaling={"q": 2.0, "p": 2.0}))


def test_generators_that_do_not_close_are_completed_only_if_asked():
    space = {"q": "x y z"}
    two = {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"}
    spec = {"phase_space": space, "generators": two}
    with pytest.raises(NotClosedError):
        build_algebra(Spec.model_validate(spec))
    spec["generators"] = {**two, "complete": True}
    assert build_algebra(Spec.model_validate(spec)).dimension == 3


def test_a_group_that_is_not_compact_is_refused_by_the_generators_name():
    with pytest.raises(NonCompactError, match="`D` is a dilation"):
        build_experiment(rings(generators={"D": "x*p_x + y*p_y"}))


def test_a_spec_without_data_has_nothing_to_train_on():
    spec = Spec.model_validate({"phase_space": {"q": "x y"}})
    with pytest.raises(SpecError, match="source"):
        _ = build_experiment(spec).source


def test_nan_in_a_data_file_is_named_by_row_and_column(tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n3,nan\n")
    (tmp_path / "specs" / "bad.toml").write_text(
        '[phase_space]\nq = "x y"\n[data]\nsource = "../bad.csv"\n'
    )
    with pytest.raises(DataError, match=r"(?s)3.*y"):
        build_experiment(load_spec(tmp_path / "specs" / "bad.toml"))


def test_a_run_comes_back_from_its_folder(tmp_path):
    experiment = build_experiment(rings())
    train_experiment(experiment, tmp_path / "run", progress=False)
    again = load_run(tmp_path / "run")
    z = torch.randn(5, 4)
    assert torch.equal(again.model(z), experiment.model(z))
    assert again.spec == experiment.spec
    with pytest.raises(OutputExistsError):
        train_experiment(build_experiment(rings()), tmp_path / "run", progress=False)


def test_a_damaged_run_is_refused(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(CheckpointError, match=r"spec\.json"):
        load_run(folder)
    train_experiment(build_experiment(rings()), folder, progress=False)
    spec = json.loads((folder / "spec.json").read_text())
    spec["model"]["width"] = 5
    (folder / "spec.json").write_text(json.dumps(spec))
    with pytest.raises(CheckpointError):
        load_run(folder)
    (folder / "spec.json").write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        load_run(folder)
    (folder / "spec.json").write_text('{"title": "no phase space"}')
    with pytest.raises(CheckpointError, match="damaged") as caught:
        load_run(folder)
    assert len(str(caught.value).splitlines()) == 1


def test_divergence_of_a_model_from_its_own_samples_is_a_bound():
    """Both bounds lie above zero, and the tighter one below the other."""
    model = build_experiment(rings()).model
    numbers = divergences(model, Rings(), samples=16)
    error = numbers["KL by the ELBO, standard error"]
    assert numbers["KL by the ELBO"] > numbers["KL by its 16-sample bound"] > -5 * error


def test_symmetry_errors_tell_a_symmetric_model_from_a_plain_one():
    symmetric, plain = build_experiment(rings()), build_experiment(rings(generators={}))
    rotation = sf.LieAlgebra(sf.PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
    kept = symmetry_errors(symmetric.model, rotation, 32)
    broken = symmetry_errors(plain.model, rotation, 32)
    for name, value in kept.items():
        # The grid of the quadrature does not turn with q, so its own error shows.
        exact = 1e-5 if "float32" in name else 1e-12
        assert value < (1e-6 if "quadrature" in name else exact), name
        assert broken[name] > 10 * value, name
