"""Which symmetry do the globular clusters of the Milky Way support?

Ten-fold held-out log-likelihood of positions and velocities, f(x, v), under so(3), under
so(2) about the axis of the Galaxy and under no symmetry: for a mixture of four invariant
Gaussians alone and for a flow of invariant Hamiltonians on top of it. All see the same folds.
The flow conserves every generator, so what it can add is limited to what the invariants
leave open; the table says whether that helps on 161 clusters.
"""

import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symflow.comparisons import fold_differences, held_out_likelihoods
from symflow.cross_validation import cross_validate, paired_difference
from symflow.experiments import build_experiment, train_experiment
from symflow.figures import panels
from symflow.run_report import report_run
from symflow.spec import load_spec

HERE = Path(__file__).parent
SPECS = {
    "so(3)": "clusters_so3.toml",
    "so(2) about z": "clusters_so2.toml",
    "none": "clusters_none.toml",
}
FOLDS = 10

# %% Score every symmetry on the same folds

out = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/clusters")
out.mkdir(parents=True, exist_ok=True)
torch.set_num_threads(1)
scores = []
with Progress(transient=True) as progress:
    task = progress.add_task("folds", total=FOLDS * len(SPECS))
    for name, file in SPECS.items():
        experiment = build_experiment(load_spec(HERE / "specs" / file))
        scores += cross_validate(
            experiment, name, FOLDS, each=lambda: progress.advance(task)
        )

# %% Print them, with paired differences to the best

best = max(scores, key=lambda score: score.mean)
table = Table(title="held-out log-likelihood, nats a cluster (10 kpc, 100 km/s)")
for heading in ("model", "held out", "training", "minus the best"):
    table.add_column(heading, justify="left" if heading == "model" else "right")
for score in scores:
    mean, error = paired_difference(score, best)
    table.add_row(
        score.name,
        f"{score.mean:.3f} ± {score.standard_error:.3f}",
        f"{score.training.mean():.3f}",
        "best" if score is best else f"{mean:+.3f} ± {error:.3f}",
    )
console = Console()
console.print(table)
for base, flow in zip(scores[::2], scores[1::2], strict=True):
    mean, error = paired_difference(flow, base)
    verdict = "no better than" if mean < 2 * error else "better than"
    words = f"{flow.name} is {verdict} its base alone: {mean:+.3f} ± {error:.3f}"
    console.print(words, highlight=False)

# %% Draw them

held_out = {
    name: {"base alone": base.held_out, "flow": flow.held_out}
    for name, base, flow in zip(SPECS, scores[::2], scores[1::2], strict=True)
}
figure, (left, right) = panels(2, width=4.2)
held_out_likelihoods(held_out, left)
fold_differences(held_out, right)
figure.savefig(out / "symmetries.png", dpi=150)

# %% Train the most symmetric model that holds up on all clusters, and report on it

chosen = build_experiment(load_spec(HERE / "specs" / SPECS["so(2) about z"]))
train_experiment(chosen, out / "so2", resume=True)
console.print(f"picture: {out / 'symmetries.png'}")
console.print(f"report:  {report_run(chosen, out / 'so2')}")
