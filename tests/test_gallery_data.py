"""The data of the gallery: each file is what its README says, and can be made again."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from symflow.spec import load_spec

EXAMPLES = Path(__file__).parent.parent / "examples"
README = (EXAMPLES / "data" / "README.md").read_text(encoding="utf-8")
RUNS = ["ring", "shells"]


def test_every_file_has_its_line():
    names = {path.name for path in (EXAMPLES / "data").iterdir()} - {"README.md"}
    assert set(re.findall(r"^\| `(\w+(?:\.csv)?)` \|", README, re.MULTILINE)) == names


def test_the_shells_come_from_the_lines_that_are_printed():
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    names = {"np": np}
    exec(code, names)  # noqa: S102  (the README's own five lines)
    kept = np.loadtxt(EXAMPLES / "data" / "shells.csv", delimiter=",", skiprows=1)
    assert np.abs(names["points"] - kept).max() <= 0.5e-4 + 1e-12


@pytest.mark.parametrize("name", RUNS)
def test_a_stored_run_is_that_of_the_spec_in_its_command(name):
    folder = EXAMPLES / "data" / f"{name}_run"
    command = f"symflow train examples/specs/gallery_{name}.toml --out runs/{name}"
    assert f"`{command}`" in README
    (page,) = EXAMPLES.glob(f"plot_1[45]_*{name}*.py")
    assert command in page.read_text()
    spec = load_spec(EXAMPLES / "specs" / f"gallery_{name}.toml")
    stored = json.loads((folder / "spec.json").read_text())
    assert stored == json.loads(json.dumps(spec.dump()))
