"""Rows of results: what the experiments leave, and the page that is made of them.

Each experiment keeps its rows in ``rows/NAME.json``; ``python results.py`` writes them all
as tables to ``docs/results.md``. A row is a case, a quantity, and its values over seeds.
"""

import json
import statistics
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROWS = HERE / "rows"
PAGE = HERE.parent.parent / "docs" / "results.md"
FIGURES = HERE / "figures"

# In the order of the page: what each asks, and what is published about it.
EXPERIMENTS = {
    "infinite_data": "Infinite data: how fast does each way learn?",
    "finite_data": "Finite data: does a symmetry save data and prevent overfitting?",
    "multimodal": "Many modes: one basin of U(q) a mode?",
    "clouds": "SE(2): clouds of two and of three points",
    "disentanglement": "Disentanglement: does each factor move its own subspace?",
    "particles": "Particles: DW4, four particles in the plane",
    "dynamics": "Dynamics: two bodies, with momenta declared or not",
    "read_back": "Readout: does the known Hamiltonian come back?",
    "multipliers": "Constraints: how much do schedule and tolerance matter?",
}


def settings(name):
    """The spec of an experiment; with ``--small`` the numbers of a quick run."""
    spec = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    small = spec.pop("small", {})
    quick = "--small" in sys.argv
    if quick:
        for section, values in small.items():
            if isinstance(values, dict):
                spec[section] |= values
            else:
                spec[section] = values
    return spec | {"quick": quick}


def row(case, quantity, values, seconds=None, note=""):
    """A case, a quantity, its value for each seed, and the mean time of one."""
    return {
        "case": case,
        "quantity": quantity,
        "values": [float(value) for value in values],
        "seconds": seconds,
        "note": note,
    }


def keep(name, spec, rows, remarks=()):
    """Leave the rows of an experiment, with the spec that they come from."""
    ROWS.mkdir(exist_ok=True)
    found = {"spec": spec, "rows": rows, "remarks": list(remarks)}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (ROWS / f"{name}.json").write_text(text, encoding="utf-8")
    for each in rows:
        print(f"{each['case']:28} {each['quantity']:34} {figure(each['values'])}")


def figure(values):
    """A mean with its deviation, to two digits of the deviation."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return f"{mean:.3g}"
    deviation = statistics.stdev(values)
    if not 1e-3 <= max(abs(mean), deviation) < 1e4:
        return f"{mean:.2e} ± {deviation:.1e}"
    return f"{mean:.3f} ± {deviation:.3f}"


def section(name, title):
    """The part of the page about one experiment."""
    path = ROWS / f"{name}.json"
    lines = [f"## {title}", ""]
    command = f"`python examples/experiments/{name}.py`"
    if not path.exists():
        return [*lines, f"Not run yet: {command}.", ""]
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["spec"]["quick"]:
        lines += [
            "From a quick run with small numbers (`--small`): no claim rests on it.",
            "",
        ]
    lines += ["| case | quantity | mean ± deviation | runs | seconds a run |"]
    lines += ["|---|---|---|---|---|"]
    for each in found["rows"]:
        seconds = "" if each["seconds"] is None else f"{each['seconds']:.0f}"
        words = each["quantity"] + (f" ({each['note']})" if each["note"] else "")
        values = each["values"]
        lines += [
            f"| {each['case']} | {words} | {figure(values)} | {len(values)} | {seconds} |"
        ]
    if found["remarks"]:
        lines += ["", *found["remarks"]]
    lines += ["", f"Command: {command}.", ""]
    if (FIGURES / f"{name}.png").exists():
        lines += [f"![{title}](../examples/experiments/figures/{name}.png)", ""]
    return lines


def main():
    """Write the page."""
    lines = [
        "# Results",
        "",
        "Written by `python examples/experiments/results.py` from the rows that the "
        "experiments leave. Deviations are over seeds; log-likelihoods are in nats a sample.",
        "",
    ]
    for name, title in EXPERIMENTS.items():
        lines += section(name, title)
    text = "\n".join(lines).rstrip() + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(PAGE.relative_to(HERE.parent.parent))


if __name__ == "__main__":
    main()
