"""Spec: every fault of a file is named with its line, and no file is run."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from symflow.errors import SpecError
from symflow.spec import Spec, load_spec

EXAMPLES = Path(__file__).parent.parent / "examples" / "specs"
GOOD = """\
title = "Rotations"
[phase_space]
q = "x y"
parameters = "m"
[generators]
L = "x*p_y - y*p_x"
complete = true
[scaling]
q = [10, 10.0]
q_unit = "kpc"
[model]
blocks = 8
[training]
seed = 3
held_out = 0.2
[data]
source = "data/points.csv"
columns = ["a", "b", "c", "d"]
momenta = "observed"
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of specs with a data file, and a file outside the root."""
    (tmp_path / "project" / "specs" / "data").mkdir(parents=True)
    (tmp_path / "project" / "specs" / "data" / "points.csv").write_text("a,b,c,d\n")
    (tmp_path / "project" / "beside.csv").write_text("a,b,c,d\n")
    (tmp_path / "secret.csv").write_text("a,b,c,d\n")
    return tmp_path / "project" / "specs"


def write(folder, text):
    file = folder / "spec.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def fault(folder, text):
    with pytest.raises(SpecError) as caught:
        load_spec(write(folder, text))
    return str(caught.value)


def test_what_a_spec_says(folder):
    spec = load_spec(write(folder, GOOD))
    assert spec.title == "Rotations"
    assert spec.phase_space.q == ("x", "y")
    assert spec.phase_space.p == ("p_x", "p_y")
    assert spec.phase_space.parameters == ("m",)
    assert spec.generators.expressions == {"L": "x*p_y - y*p_x"}
    assert spec.generators.complete
    assert spec.scaling.q == (10.0, 10.0)
    assert spec.scaling.p == (1.0,)
    assert spec.model.encoder == "none"
    assert spec.training.held_out == 0.2
    assert spec.data_path == (folder / "data" / "points.csv").resolve()


def test_smallest_spec(folder):
    spec = load_spec(write(folder, "[phase_space]\nq = ['x']\n"))
    assert spec.generators.expressions == {}
    assert not spec.generators.complete
    assert spec.data is None
    assert spec.data_path is None


def test_dump_is_plain_and_reads_back(folder):
    spec = load_spec(write(folder, GOOD))
    plain = json.loads(json.dumps(spec.dump()))
    again = Spec.model_validate(plain)
    assert again.dump() == spec.dump()
    assert again.training == spec.training
    assert plain["generators"] == {"L": "x*p_y - y*p_x", "complete": True}
    assert str(folder) not in json.dumps(plain)


@pytest.mark.parametrize("held_out", [16, 0, 0.25, 0.0])
def test_rows_held_out_are_a_number_or_a_part_there_and_back(folder, held_out):
    text = GOOD.replace("held_out = 0.2", f"held_out = {held_out}")
    dumped = json.loads(json.dumps(load_spec(write(folder, text)).dump()))
    again = Spec.model_validate(dumped).training.held_out
    assert again == held_out
    assert type(again) is type(held_out)


def test_frozen(folder):
    spec = load_spec(write(folder, GOOD))
    with pytest.raises(ValidationError, match="frozen"):
        spec.title = "Other"
    with pytest.raises(ValidationError, match="frozen"):
        spec.model.blocks = 2


@pytest.mark.parametrize("name", sorted(file.name for file in EXAMPLES.iterdir()))
def test_examples(name, tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "specs")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "globular_clusters.csv").write_text("x_kpc\n")
    (tmp_path / "data" / "shells.csv").write_text("x\n")
    spec = load_spec(tmp_path / "specs" / name)
    n = len(spec.phase_space.q)
    if spec.data.momenta == "observed":
        assert len(spec.data.columns) == 2 * n
        assert spec.data_path == (tmp_path / "data" / "globular_clusters.csv").resolve()
        assert spec.scaling.q == (10.0,)
        assert spec.scaling.p == (100.0,)
    else:
        assert spec.data.source in {"rings", "../data/shells.csv"}


def test_examples_of_clusters_differ_in_the_symmetry_alone(tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "globular_clusters.csv").write_text("x_kpc\n")
    dumps = []
    for kind in ("so3", "so2", "none"):
        file = shutil.copy(EXAMPLES / f"clusters_{kind}.toml", tmp_path / "specs")
        dump = load_spec(file).dump()
        for key in ("title", "description", "generators"):
            del dump[key]
        dumps.append(dump)
    assert dumps[0] == dumps[1] == dumps[2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "blocks = 8",
            "blocks = 0",
            "line 12: Argument `model.blocks` must be at least 1",
        ),
        (
            "blocks = 8",
            "blocks = 8.0",
            "`model.blocks` must be a whole number, but it is 8",
        ),
        (
            "blocks = 8",
            "blocks = 1024\nwidth = 4096\ndepth = 64",
            "at most 100,000,000 weights in its hidden layers, but blocks * depth",
        ),
        ("blocks = 8", "blocks = true", "must be a whole number, but it is true"),
        ("blocks = 8", "blocks = '8'", "must be a whole number, but it is '8'"),
        ("blocks = 8", "blocs = 8", "Did you mean blocks?"),
        (
            "blocks = 8",
            "dtype = 'float16'",
            "must be 'float32' or 'float64', but it is",
        ),
        (
            "[model]",
            "[modle]",
            "line 11: Argument `modle` must be one of phase_space, ",
        ),
        ("[model]", "[modle]", "Did you mean model?"),
        (
            "blocks = 8",
            "encoder = 'mlp'",
            '`model.encoder` must be "none" where momenta',
        ),
        (
            "blocks = 8",
            "kinetic = 'fixed'",
            "`model.kinetic` must be 'learned', 'scalar' or 'matrix', but it is 'fixed'",
        ),
        ("title = ", "titel = ", "line 1: Argument `titel` must be one of"),
        (
            '"Rotations"',
            "3",
            "line 1: Argument `title` must be text in quotes, but it is 3",
        ),
        ('q = "x y"', "", "Argument `phase_space.q` must be given, but it is missing"),
        ('q = "x y"', 'q = ""', "`phase_space.q` must name at least one coordinate"),
        ('q = "x y"', 'q = "x x"', "must name different symbols, but x appears twice"),
        ('q = "x y"', 'q = "x y;z"', "but 'y;z' is not one"),
        ('q = "x y"', "q = 3", "line 3: Argument `phase_space.q` must be a list"),
        ('q = "x y"', "q = ['x', 3]", "`phase_space.q.1` must be text in quotes"),
        (
            'q = "x y"',
            'q = "x y"\np = "p_x"',
            "must have one momentum for each of the 2",
        ),
        (
            "complete = true",
            "complete = 1",
            "`generators.complete` must be true or false",
        ),
        ("complete = true", "2L = 'x'", "but '2L' is not one. Rename it."),
        ("complete = true", "'1' = '1'", "but '1' is not one. Rename it."),
        (
            "complete = true",
            "M = 3",
            "`generators.M` must be text in quotes, but it is 3",
        ),
        (
            "x*p_y",
            "x^2*p_y",
            "line 6: Argument `generators.L` must be an expression, but `^`",
        ),
        (
            "x*p_y",
            "x*p_z",
            "line 6: Argument `generators.L` must hold declared names only",
        ),
        (
            "q = [10, 10.0]",
            "q = [1, 2, 3]",
            "`scaling.q` must hold one number, or one for",
        ),
        ("q = [10, 10.0]", "q = []", "`scaling.q` must hold at least 1 entries"),
        ("q = [10, 10.0]", "q = -1", "`scaling.q.0` must be greater than 0"),
        ("q = [10, 10.0]", "q = nan", "`scaling.q.0` must be finite"),
        ("q = [10, 10.0]", "q = inf", "`scaling.q.0` must be finite"),
        ("q = [10, 10.0]", "q = 'ten'", "`scaling.q` must be a list, but it is 'ten'"),
        (
            "held_out = 0.2",
            "held_out = 1.0",
            "must be a part in [0, 1) or a whole number",
        ),
        (
            "held_out = 0.2",
            "held_out = -1",
            "must be a part in [0, 1) or a whole number",
        ),
        ("held_out = 0.2", "learning_rate = 0", "must be greater than 0"),
        ("seed = 3", "seed = " + "9" * 4000, "a whole number of more than 77 digits"),
        ("seed = 3", "seed = " + "9" * 5000, "must be TOML"),
        ("seed = 3", "seed = 0x" + "f" * 5000, "a whole number of more than 77 digits"),
        ('["a", "b", "c", "d"]', '["a"]', "must name 4 columns for 2 coordinates"),
        ('["a", "b", "c", "d"]', '["a", "a"]', "`data` must name each column once"),
        ("data/points.csv", "data/points.pkl", 'must be "rings" or the path of a .csv'),
        ("data/points.csv", "data/points.npy", "must name columns of a .csv file only"),
        (
            "data/points.csv",
            "data/other.csv",
            "line 17: Argument `data.source` must be a",
        ),
        ("data/points.csv", "data", "path of a .csv or .npy file"),
        ("data/points.csv", "../../secret.csv", "leads out of it"),
        ("data/points.csv", "data/../../../secret.csv", "leads out of it"),
        ("data/points.csv", "/etc/points.csv", "must be a path relative to the spec's"),
        (
            "data/points.csv",
            "C:\\\\points.csv",
            "must be a path relative to the spec's",
        ),
        ("data/points.csv", "\\\\\\\\host\\\\points.csv", "must be a path relative to"),
        ("data/points.csv", "x\\u0000.csv", "must be a path relative to the spec's"),
        ("data/points.csv", "x" * 300 + ".csv", "Argument `data.source` must be"),
        ('momenta = "observed"', 'momenta = "seen"', "must be 'latent' or 'observed'"),
    ],
)
def test_faults_are_named(folder, old, new, message):
    assert old in GOOD
    found = fault(folder, GOOD.replace(old, new, 1))
    assert found.startswith("spec.toml")
    assert message in found


def test_all_faults_at_once(folder):
    text = GOOD.replace("blocks = 8", "blocks = 0\nwith = 3").replace(
        "seed = 3", "sed = 3"
    )
    lines = fault(folder, text).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("spec.toml, line 1") for line in lines)


def test_rings_are_planar_and_without_momenta(folder):
    rings = "[phase_space]\nq = 'x y z'\n[data]\nsource = 'rings'\n"
    assert 'must be a file here, but it is "rings"' in fault(folder, rings)
    rings = (
        "[phase_space]\nq = 'x y'\n[model]\nencoder = 'none'\n[data]\nsource='rings'\n"
    )
    assert "line 4: Argument `model.encoder` must be" in fault(folder, rings)
    spec = load_spec(write(folder, rings.replace("none", "thermal")))
    assert (spec.model.encoder, spec.model.kinetic) == ("thermal", "learned")


def test_code_in_a_spec_is_refused_at_load(folder, monkeypatch):
    monkeypatch.chdir(folder)
    code = "__import__('os').system('touch ran')"
    found = fault(folder, GOOD.replace("x*p_y - y*p_x", code))
    assert "line 6: Argument `generators.L` must be an expression" in found
    assert not list(folder.rglob("ran"))


def test_data_must_stay_below_the_root(folder):
    beside = GOOD.replace("data/points.csv", "../beside.csv")
    assert load_spec(write(folder, beside)).data_path.name == "beside.csv"
    with pytest.raises(SpecError, match="leads out of it"):
        load_spec(write(folder, beside), root=folder)
    outside = write(folder, GOOD.replace("data/points.csv", "../../secret.csv"))
    assert load_spec(outside, root=folder.parent.parent).data_path.name == "secret.csv"


def test_data_must_not_be_a_link_out_of_the_root(folder):
    (folder / "link.csv").symlink_to(folder.parent.parent / "secret.csv")
    assert "leads out" in fault(folder, GOOD.replace("data/points.csv", "link.csv"))
    (folder / "up").symlink_to(folder.parent.parent)
    assert "leads out" in fault(
        folder, GOOD.replace("data/points.csv", "up/secret.csv")
    )
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    assert "`data.source`" in fault(folder, GOOD.replace("data/points.csv", "loop.csv"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"q = x", "must be TOML, but it is not: Invalid value (at line 1, column 5"),
        (b"[a]\n[a]\n", "at line 2"),
        (b"\xff\xfe", "must be text in UTF-8, but byte 0 is not"),
        (b"x = 1\n" * 300_000, "of at most 1000000 bytes"),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"x = " + b"{a=" * 100_000, "nested too deeply"),
        (b"a." * 400_000 + b"a = 1", "line 1: Argument `spec` must have at most 200"),
        (b"", "Argument `phase_space` must be given"),
        (b"phase_space = 3", "line 1: Argument `phase_space` must be a table"),
        (b"generators = 3\n[phase_space]\nq='x'", "`generators` must be a table"),
        (b"[[phase_space]]\nq='x'", "must be a table, but it is a list of 1"),
    ],
)
def test_files_that_are_no_spec(folder, content, message):
    assert message in fault(folder, content)


def test_file_must_be_a_plain_file(tmp_path):
    with pytest.raises(SpecError, match=r"'none.toml' cannot be read: No such"):
        load_spec(tmp_path / "none.toml")
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(tmp_path)
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(SpecError, match="is not a plain file"):
        load_spec(tmp_path / "pipe.toml")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_bytes_give_a_spec_or_an_error(tmp_path, content):
    with pytest.raises(SpecError):
        load_spec(write(tmp_path, content))


LINES = GOOD.splitlines()
VALUES = [
    "nan",
    "-1",
    "[]",
    "{}",
    "''",
    "true",
    "1979-05-27",
    "[['x']]",
    "'''\n'''",
    "1e999",
]


@given(
    st.lists(st.integers(0, len(LINES) - 1), max_size=4),
    st.sampled_from(VALUES),
    st.permutations(range(len(LINES))) | st.just(list(range(len(LINES)))),
)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_damage_gives_a_spec_or_an_error(folder, damaged, value, order):
    lines = list(LINES)
    for place in damaged:
        lines[place] = lines[place].split("=")[0] + "= " + value
    try:
        spec = load_spec(write(folder, "\n".join(lines[place] for place in order)))
    except SpecError:
        return
    assert Spec.model_validate(spec.dump()).dump() == spec.dump()
