"""Every command, as a user types it."""

import json
from pathlib import Path

import numpy as np
import pytest

from symflow.command_line import main
from symflow.demonstration import rings_spec
from symflow.spec import load_spec

SPECS = Path(__file__).parent.parent / "examples" / "specs"
SMALL = """
title = "Small"
[phase_space]
q = "x y"
[generators]
L = "x*p_y - y*p_x"
[model]
blocks = 1
width = 4
depth = 1
components = 1
[training]
steps = 4
batch_size = 16
held_out = 16
[data]
source = "rings"
"""


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code or 0


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "small.toml").write_text(SMALL)
    assert run("train", home / "small.toml", "--out", home / "run") == 0
    return home


def test_train_leaves_weights_certificate_pictures_and_page(trained):
    names = {path.name for path in (trained / "run").iterdir()}
    expected = {"model.safetensors", "metrics.csv", "spec.json", "certificate.json"}
    assert expected | {"report.html", "pictures"} <= names
    page = (trained / "run" / "report.html").read_text()
    assert "by construction" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_verify_accepts_the_certificate_and_rejects_a_lie(trained, capsys, tmp_path):
    good = trained / "run" / "certificate.json"
    assert run("verify", good) == 0
    document = json.loads(good.read_text())
    document["generators"]["L"] = "x*p_y + y*p_x"
    (tmp_path / "lie.json").write_text(json.dumps(document))
    assert run("verify", tmp_path / "lie.json") == 1
    assert "REJECTED" in capsys.readouterr().out


def test_invariants_says_why_they_generate_and_keeps_it(trained, capsys, tmp_path):
    spec, out = trained / "small.toml", tmp_path / "certificate.json"
    assert run("invariants", spec, "--out", out) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "generating all" in shown
    assert "first fundamental theorem of SO(2)" in shown
    kinds = {claim["kind"] for claim in json.loads(out.read_text())["claims"]}
    assert "generating all" in kinds
    assert run("verify", out) == 0
    assert run("invariants", spec, "--out", out) == 2
    assert "must name a new file" in capsys.readouterr().err


def test_sample_writes_new_files_only(trained, capsys):
    assert run("sample", trained / "run", "--count", 7) == 0
    points = np.loadtxt(trained / "run" / "samples.csv", delimiter=",", skiprows=1)
    assert points.shape == (7, 2)
    assert run("sample", trained / "run", "--count", 7) == 2
    assert "must be a new file" in capsys.readouterr().err
    assert run("sample", trained / "run", "--out", trained / "s.npy") == 0
    assert np.load(trained / "s.npy").shape == (1000, 2)


@pytest.mark.parametrize(
    ("option", "value"),
    [("out", "nowhere/s.csv"), ("out", "s.txt"), ("seed", 2**64), ("count", 0)],
)
def test_sample_names_what_it_cannot_do(trained, capsys, option, value):
    options = {"out": "t.csv", option: value}
    options["out"] = trained / options["out"]
    words = [word for name, given in options.items() for word in (f"--{name}", given)]
    assert run("sample", trained / "run", *words) == 2
    assert f"Argument `{option}` must" in capsys.readouterr().err
    assert not (trained / "t.csv").exists()


def test_report_writes_the_page_again(trained):
    (trained / "run" / "report.html").unlink()
    assert run("report", trained / "run") == 0
    assert (trained / "run" / "report.html").is_file()


def test_an_existing_folder_is_left_alone(trained, capsys):
    before = (trained / "run" / "metrics.csv").read_bytes()
    assert run("train", trained / "small.toml", "--out", trained / "run") == 2
    assert "must" in capsys.readouterr().err
    assert (trained / "run" / "metrics.csv").read_bytes() == before


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.toml")), ids=lambda p: p.stem)
def test_inspect_shows_algebra_invariants_pieces_and_base(path, capsys):
    assert run("inspect", path) == 0
    out = capsys.readouterr().out
    for word in ("dimension", "invariants", "pieces", "base"):
        assert word in out


def test_inspect_says_why_there_is_no_base(tmp_path, capsys):
    spec = tmp_path / "shift.toml"
    spec.write_text('[phase_space]\nq = "x"\n[generators]\nP = "p_x"\n')
    assert run("inspect", spec) == 0
    assert "translation" in capsys.readouterr().out


def test_a_spec_with_code_in_it_is_refused(tmp_path, capsys):
    spec = tmp_path / "evil.toml"
    code = "__import__('os').system('touch evil')"
    spec.write_text(f'[phase_space]\nq = "x"\n[generators]\ng = "{code}"\n')
    assert run("inspect", spec) == 2
    assert "must" in capsys.readouterr().err
    assert not Path("evil").exists()


def test_the_demonstration_is_the_rings_example():
    example = load_spec(SPECS / "rings.toml")
    demonstration = rings_spec(True)
    for part in ("phase_space", "generators", "model", "training", "data"):
        assert getattr(example, part) == getattr(demonstration, part), part
