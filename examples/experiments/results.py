"""Rows of results: what the experiments leave, and the page that is made of them.

Each experiment keeps its rows in ``rows/NAME.json``; ``python results.py`` writes them all
as tables to ``docs/results.md``. A row is a case, a quantity, and its values over seeds.
A sweep keeps every run in ``runs/NAME`` and goes on from there when it was cut off. What
the rows say, and what does not hold, is written by hand in ``findings.toml``.
"""

import hashlib
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from symflow.toml_tables import toml_table

HERE = Path(__file__).parent
ROWS = HERE / "rows"
PAGE = HERE.parent.parent / "docs" / "results.md"
FIGURES = HERE / "figures"
# What a sweep has done, so that it goes on where it stopped.
RUNS = HERE.parent.parent / "runs"
# With fewer seeds than these, the page says so.
FEW = 5

# In the order of the page: what each asks.
EXPERIMENTS = {
    "infinite_data": "Infinite data: how fast does each way learn?",
    "finite_data": "Finite data: does a symmetry save data and prevent overfitting?",
    "multimodal": "Many modes: one basin of U(q) a mode?",
    "clouds": "SE(2): clouds of two and of three points",
    "globular_clusters": "Globular clusters: which symmetry do 161 of them support?",
    "disentanglement": "Disentanglement: does each factor move its own subspace?",
    "particles_clusters": "Particles: DW4 and LJ13, with exchanges of particles",
    "dynamics": "Dynamics: two bodies, with momenta declared or not",
    "dynamics_bodies": "Dynamics: three bodies, with momenta declared or not",
    "dynamics_pendulum": "Dynamics: a double pendulum on springs, from trajectories",
    "read_back": "Readout: does the known Hamiltonian come back?",
    "multipliers": "Constraints: how much do schedule and tolerance matter?",
}


def settings(name):
    """The spec of an experiment; with ``--small`` the numbers of a quick run."""
    spec = toml_table((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    small = spec.pop("small", {})
    quick = "--small" in sys.argv
    if quick:
        for section, values in small.items():
            if isinstance(values, dict):
                spec[section] |= values
            else:
                spec[section] = values
    return spec | {"quick": quick}


def run_folder(name, spec):
    """Where the runs of an experiment are kept, another folder for other numbers.

    Lists are what a spec sweeps over: they may grow, and what was done stays.
    """
    numbers = {key: value for key, value in spec.items() if not isinstance(value, list)}
    mark = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:12]
    folder = RUNS / name / mark
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sweep(name, spec, cases, run):
    """What ``run(case, seed)`` gives, a mapping, for every case over the seeds of a spec.

    Each also gets the processor time it took. Seeds change slowest, so that a sweep that is
    cut off has all cases of the first seeds.
    """
    folder = run_folder(name, spec)
    found = {case: [] for case in cases}
    for seed in spec["seeds"]:
        for case in cases:
            label = "-".join(map(str, case)) if isinstance(case, tuple) else str(case)
            path = folder / f"{label}-{seed}.json".replace(" ", "_")
            if not path.exists():
                start = time.process_time()
                result = run(case, seed)
                result["seconds"] = time.process_time() - start
                part = path.with_suffix(".part")
                part.write_text(json.dumps(result), encoding="utf-8")
                part.replace(path)
                print(f"{label}, seed {seed}: {result['seconds']:.0f} s", flush=True)
            found[case].append(json.loads(path.read_text(encoding="utf-8")))
    return found


def over_seeds(results, quantity):
    """The values of a quantity over the seeds of a case of a sweep."""
    return [result[quantity] for result in results]


def row(case, quantity, values, seconds=None, note=""):
    """A case, a quantity, its value for each seed, and the mean time of one."""
    return {
        "case": case,
        "quantity": quantity,
        "values": [float(value) for value in values],
        "seconds": seconds,
        "note": note,
    }


def rows_of(found, quantities):
    """A row for each quantity of each case of a sweep, with the time in the first."""
    rows = []
    for case, results in found.items():
        seconds = statistics.fmean(over_seeds(results, "seconds"))
        for quantity in quantities:
            rows.append(row(case, quantity, over_seeds(results, quantity), seconds))
            seconds = None
    return rows


def draw_bands(ax, x, curves):
    """Curves over seeds, those of a case as their mean in a band of all."""
    for line, (case, each) in zip(("-", "--"), curves.items(), strict=True):
        # A mean of logarithms: one seed that fails would hide the others.
        mean = np.exp(np.log(each).mean(0))
        ink = ax.plot(x, mean, line, label=case)[0].get_color()
        ax.fill_between(
            x, np.min(each, 0), np.max(each, 0), color=ink, alpha=0.2, linewidth=0
        )
    ax.set(yscale="log")
    ax.legend()


def keep(name, spec, rows, remarks=()):
    """Leave the rows of an experiment, with the spec that they come from."""
    ROWS.mkdir(exist_ok=True)
    found = {"spec": spec, "rows": rows, "remarks": list(remarks)}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (ROWS / f"{name}.json").write_text(text, encoding="utf-8")
    for each in rows:
        print(f"{each['case']:28} {each['quantity']:34} {figure(each['values'])}")


def figure(values):
    """A mean with its deviation, in figures that show both."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return f"{mean:.3g}"
    deviation = statistics.stdev(values)
    if not 1e-2 <= max(abs(mean), deviation) < 1e4:
        return f"{mean:.2e} ± {deviation:.1e}"
    return f"{mean:.3f} ± {deviation:.3f}"


def words(value):
    """A part of a spec in words."""
    if isinstance(value, dict):
        each = (f"{k.replace('_', ' ')} {words(v)}" for k, v in value.items())
        return f"({', '.join(each)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def sizes(spec):
    """The numbers of a spec in words, so that a reader sees how small a run was."""
    each = [
        f"{key.replace('_', ' ')} {words(value)}"
        for key, value in spec.items()
        if key != "quick"
    ]
    return f"Sizes: {'; '.join(each)}."


def table(rows):
    """Rows as a table of Markdown."""
    lines = ["| case | quantity | mean ± deviation | runs | seconds a run |"]
    lines += ["|---|---|---|---|---|"]
    for each in rows:
        seconds = "" if each["seconds"] is None else f"{each['seconds']:.0f}"
        what = each["quantity"] + (f" ({each['note']})" if each["note"] else "")
        values = each["values"]
        lines += [
            f"| {each['case']} | {what} | {figure(values)} | {len(values)} | {seconds} |"
        ]
    return lines


def section(name, title, finding):
    """The part of the page about one experiment."""
    path = ROWS / f"{name}.json"
    command = f"`python examples/experiments/{name}.py`"
    if not path.exists():
        return [f"## {title}", "", f"Not run yet: {command}.", ""]
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["spec"]["quick"]:
        finding = (
            "From a quick run with small numbers (`--small`): no claim rests on it."
        )
    elif len(found["spec"]["seeds"]) < FEW:
        finding += f"\nOver {len(found['spec']['seeds'])} seeds only, not {FEW}."
    lines = [f"## {title}", "", *([finding.strip(), ""] if finding else [])]
    if (FIGURES / f"{name}.png").exists():
        lines += [f"![{title}](../examples/experiments/figures/{name}.png)", ""]
    lines += table(found["rows"])
    if found["remarks"]:
        lines += ["", *found["remarks"]]
    return [*lines, "", f"Command: {command}. {sizes(found['spec'])}", ""]


def page():
    """The page, from all rows there are."""
    lines = [
        "# Results",
        "",
        "Written by `python examples/experiments/results.py` from the rows that the "
        "experiments leave, and from `findings.toml`. Deviations are over seeds. Times are "
        "seconds of one core for training and measuring one seed; log-likelihoods "
        "are in nats a sample. Every run is small, to fit into minutes on one core: the "
        "sizes stand below each table, and larger ones are a number in a `.toml` file away.",
        "",
    ]
    findings = toml_table((HERE / "findings.toml").read_text(encoding="utf-8"))
    for name, title in EXPERIMENTS.items():
        lines += section(name, title, findings.get(name, ""))
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(HERE.parent.parent))
