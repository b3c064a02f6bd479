"""For a direct sum of algebras, does each factor move a subspace of its own?

The latent point z is the flow's preimage of the datum x. The simple and abelian ideals of
the algebra are found first; then one factor acts on x, and what it changes of z is measured
in its own subspace and in that of the other factor.
"""

import time

import numpy as np
import torch
from results import FIGURES, keep, row, settings

import symflow as sf
from symflow.diagnostics import finite_actions
from symflow.figures import panels, styled
from symflow.targets import Spirals
from symflow.training import fit

SPACE = sf.PhaseSpace("x1 y1 x2 y2")
FACTORS = {"A": "x1*p_y1 - y1*p_x1", "B": "x2*p_y2 - y2*p_x2"}
# Where each factor acts, among (x1, y1, x2, y2) and their momenta.
PLANES = {"A": [0, 1, 4, 5], "B": [2, 3, 6, 7]}

spec = settings("disentanglement")
algebra = sf.LieAlgebra(SPACE, FACTORS)
rows = {
    ("with both rotations", True): algebra,
    ("without", False): sf.LieAlgebra(SPACE, {}),
}
table = []
for (name, _), declared in rows.items():
    own, other, way, seconds = [], [], [], []
    for seed in spec["seeds"]:
        generator = torch.Generator().manual_seed(seed)
        one, two = (
            Spirals(turn=t).sample(spec["points"], generator) for t in (2.0, -1.0)
        )
        q, p = (
            torch.cat([a, b], -1)
            for a, b in zip(one.chunk(2, -1), two.chunk(2, -1), strict=True)
        )
        x = torch.cat([q, p], -1)
        model = sf.HamiltonianFlow(
            sf.invariants(declared),
            momenta="observed",
            seed=seed,
            dtype=torch.float64,
            **spec["model"],
        )
        start = time.perf_counter()
        fit(model, x, seed=seed, progress=False, **spec["training"])
        seconds.append(time.perf_counter() - start)
        for factor, plane in PLANES.items():
            part = sf.LieAlgebra(SPACE, {factor: FACTORS[factor]})
            matrix = torch.tensor(finite_actions(part, (0.9,))[0][0])
            rest = [k for k in range(8) if k not in plane]
            with torch.no_grad():
                z, moved = model.inverse(x[:256]), model.inverse(x[:256] @ matrix.T)
            own.append(float((moved - z)[:, plane].norm(dim=-1).mean()))
            other.append(float((moved - z)[:, rest].norm(dim=-1).mean()))
            way.append(float((moved - z @ matrix.T).norm(dim=-1).mean()))
    table.append(row(name, "change in the factor's own plane", own, np.mean(seconds)))
    table.append(row(name, "change in the other plane", other))
    table.append(row(name, "distance from the turned latent", way))


@styled
def draw(rows):
    """How much of the latent point one factor moves, with each seed and factor a dot."""
    figure, (ax,) = panels(1, width=7.2, height=2.8)
    quantities = list(dict.fromkeys(each["quantity"] for each in rows))
    for marker, case in zip("os", dict.fromkeys(r["case"] for r in rows), strict=True):
        of_case = [each for each in rows if each["case"] == case]
        places = [quantities.index(each["quantity"]) for each in of_case]
        x = [value for each in of_case for value in each["values"]]
        y = np.repeat(places, [len(each["values"]) for each in of_case])
        shift = 0.12 if marker == "s" else -0.12
        ax.plot(x, y + shift, marker, markersize=4, alpha=0.7, label=case)
    ax.set(xscale="log", xlabel="mean distance in phase space")
    ax.set_yticks(range(len(quantities)), quantities)
    ax.set_ylim(len(quantities) - 0.5, -0.5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return figure


FIGURES.mkdir(exist_ok=True)
draw(table).savefig(FIGURES / "disentanglement.png", dpi=150)
keep("disentanglement", spec, table)
