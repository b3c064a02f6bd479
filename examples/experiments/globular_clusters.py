"""Which symmetry do the globular clusters of the Milky Way support?

Held-out log-likelihood of the positions and velocities of 161 clusters under so(3), so(2)
about the axis of the Galaxy and no symmetry, for a mixture of invariant Gaussians alone and
for a flow of invariant Hamiltonians on top of it. A seed shuffles the folds and draws the
weights; all models of a seed see the same folds.
"""

import numpy as np
from matplotlib.figure import Figure
from results import FIGURES, HERE, keep, over_seeds, row, settings, sweep

from symflow.comparisons import fold_differences, held_out_likelihoods
from symflow.cross_validation import Scores, cross_validate, paired_difference
from symflow.experiments import build_experiment
from symflow.figures import styled
from symflow.spec import load_spec

# From the most symmetric to the least.
SPECS = {
    "so(3)": "clusters_so3.toml",
    "so(2) about z": "clusters_so2.toml",
    "none": "clusters_none.toml",
}
KINDS = ("base alone", "flow")

spec = settings("globular_clusters")


def learn(name, seed):
    """The log-likelihood of every cluster by a model that has not seen it."""
    clusters = load_spec(HERE.parent / "specs" / SPECS[name])
    training = clusters.training.model_copy(update={"seed": seed})
    experiment = build_experiment(clusters.model_copy(update={"training": training}))
    scores = cross_validate(experiment, name, spec["folds"], seed)
    found = {}
    for kind, score in zip(KINDS, scores, strict=True):
        found[kind] = score.held_out.tolist()
        found[f"{kind}, training"] = float(score.training.mean())
    return found


@styled
def draw(held_out):
    """Every model with its error over clusters, and paired with the best."""
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    held_out_likelihoods(held_out, left)
    fold_differences(held_out, right)
    return figure


found = sweep("globular_clusters", spec, list(SPECS), learn)
held_out, scores, rows = {}, {}, []
for name, results in found.items():
    held_out[name] = {k: np.mean(over_seeds(results, k), axis=0) for k in KINDS}
    seconds = np.mean(over_seeds(results, "seconds"))
    for kind in KINDS:
        each = np.mean(over_seeds(results, kind), axis=1)
        training = over_seeds(results, f"{kind}, training")
        model = f"{name}, {kind}"
        rows.append(row(model, "held out, nats a cluster", each, seconds))
        rows.append(row(model, "gap to training, nats", np.array(training) - each))
        scores[model] = Scores(model, held_out[name][kind], np.array(training))
        seconds = None
best = max(scores.values(), key=lambda score: score.mean)
remarks = [
    f"Chosen by held-out likelihood: **{best.name}**. Paired with it, a cluster:",
    "",
]
for score in scores.values():
    if score is not best:
        mean, error = paired_difference(score, best)
        remarks.append(f"- {score.name}: {mean:+.3f} ± {error:.3f} nats")
FIGURES.mkdir(exist_ok=True)
draw(held_out).savefig(FIGURES / "globular_clusters.png", dpi=150)
keep("globular_clusters", spec, rows, remarks)
