"""The example on the README's first screen runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import symflow as sf

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    direction = np.random.default_rng(0).normal(size=(200, 3))
    shells = 2 * direction / np.linalg.norm(direction, axis=1, keepdims=True)
    short = block.replace("blocks=16", "blocks=1").replace(
        'out="runs/shells"', 'out="runs/shells", steps=20'
    )
    exec(short, {"data": shells})  # noqa: S102 (our own README)
    assert "by construction" in capsys.readouterr().out
    assert (tmp_path / "runs" / "shells" / "model.safetensors").is_file()


def test_the_symbolic_half_needs_no_torch():
    program = (
        "import sys, symflow as sf\n"
        "a = sf.closure(sf.PhaseSpace('x y z'), ['y*p_z - z*p_y', 'z*p_x - x*p_z'])\n"
        "sf.invariants(a), a.identify()\n"
        "assert 'torch' not in sys.modules, 'torch was imported'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603


def test_every_public_name_exists():
    assert all(getattr(sf, name) is not None for name in sf.__all__)
    assert set(sf.__all__) <= set(dir(sf))
