"""DW4 and LJ13 with exchanges: a flow that has them beside one that has seen them.

Samples are drawn by Hamiltonian Monte Carlo and checked against the virial theorem before
anything is learned from them. Likelihoods are on the relative coordinates, 6 and 36. The
spline flow is zuko's neural spline flow, trained on copies that are turned, mirrored and
exchanged at random; its likelihood is exact, that of the flow of ours a bound.
"""

import math

import numpy as np
import torch
import zuko
from results import FIGURES, keep, over_seeds, row, run_folder, settings, sweep
from torch import nn

from symflow.figures import PALE, panels, styled
from symflow.mean_free import RelativeCoordinates
from symflow.objectives import effective_sample_size
from symflow.particle_energies import (
    DoubleWell,
    LennardJones,
    hamiltonian_monte_carlo,
    virial,
)
from symflow.particle_flows import ParticleFlow
from symflow.training import fit

SYSTEMS = {"DW4": DoubleWell(), "LJ13": LennardJones()}
DRAWS = 2000
LIKELIHOOD = "NLL held out, nats"
SIZE = f"effective sample size, per cent of {DRAWS:,}"

spec = settings("particles_clusters")


class AugmentedSplines(nn.Module):
    """A spline flow of relative coordinates, on copies that are moved at random."""

    def __init__(self, system, data, seed):
        super().__init__()
        self.frame = RelativeCoordinates(system.particles, system.dimension)
        self.system = system
        self.data_dimensions = (system.particles * system.dimension,)
        scale = self.frame.of(data).std()
        self.register_buffer("scale", scale)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.flow = zuko.flows.NSF(system.degrees, **spec["NSF"])

    def moved(self, x, generator):
        """Each cluster turned or mirrored, with its particles in another order."""
        N, d = self.system.particles, self.system.dimension
        normal = torch.randn(len(x), d, d, generator=generator)
        turn, upper = torch.linalg.qr(normal)
        turn = turn * upper.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
        order = torch.rand(len(x), N, generator=generator).argsort(-1)
        each = x.unflatten(-1, (N, d)).gather(1, order[..., None].expand(-1, -1, d))
        return (each @ turn).flatten(1)

    def objective(self, batch, generator):
        """The log-density of moved copies while it trains, else of the data."""
        if torch.is_grad_enabled():
            batch = self.moved(batch, generator)
        return self.log_prob(batch)

    def log_prob(self, x, samples=1, generator=None):
        """The log-density in relative coordinates, exact: nothing is drawn."""
        y = self.frame.of(x) / self.scale
        return self.flow().log_prob(y) - self.system.degrees * self.scale.log()

    def draw(self, count, generator):
        """Positions and the logarithms of their weights."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(int(generator.initial_seed()))
            y, log_prob = self.flow().rsample_and_log_prob((count,))
        x = self.frame.back(y * self.scale)
        log_prob = log_prob - self.system.degrees * self.scale.log()
        return x, -self.system.energy(x) - log_prob

    def description(self):
        """What it is, for the record of a run."""
        return {"kind": "NSF", **spec["NSF"]}


def drawn(flow, system, count, generator):
    """Positions of a flow with latent momenta, and the logarithms of their weights."""
    z = flow.sample_phase_space(count, generator)
    q, p = z.chunk(2, -1)
    weights = flow.encoder.log_prob(p, q) - system.energy(q) - flow.joint_log_prob(z)
    return q, weights


def samples(name, seed):
    """Samples of an energy, kept on disk: a part of the chains for each use."""
    how, system = spec[name], SYSTEMS[name]
    path = run_folder("particles_clusters", spec) / f"{name}-samples-{seed}.npy"
    if not path.exists():
        frame = RelativeCoordinates(system.particles, system.dimension)
        generator = torch.Generator().manual_seed(seed)
        y = frame.of(system.start(how["chains"], generator))

        def run(y, turns):
            return hamiltonian_monte_carlo(
                lambda y: system.energy(frame.back(y)),
                y,
                turns,
                how["step_size"],
                generator=generator,
            )[0]

        y = run(y, how["burn_in"])
        found = []
        for _ in range(how["kept"]):
            y = run(y, how["apart"])
            found.append(frame.back(y).numpy())
        np.save(path, np.stack(found, 1))
    return torch.tensor(np.load(path))


def learn(case, seed):
    """One flow: its likelihood held out, how its weights spread, and its energies."""
    name, way = case
    system = SYSTEMS[name]
    chains = samples(name, 1)
    cut = 4 * len(chains) // 5
    data, test = chains[:cut].flatten(0, 1), chains[cut:, ::2].flatten(0, 1).float()
    if way == "built in":
        sizes = system.particles, system.dimension
        model = ParticleFlow(*sizes, seed=seed, **spec[name]["model"])
    else:
        model = AugmentedSplines(system, data.float(), seed)
    history = fit(model, data, seed=seed, progress=False, **spec["training"])
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        parts = [model.log_prob(x, 64, generator) for x in test.split(50)]
        if way == "built in":
            x, weights = drawn(model, system, DRAWS, generator)
        else:
            x, weights = model.draw(DRAWS, generator)
    norm = torch.logsumexp(weights.double(), 0) - math.log(DRAWS)
    return {
        LIKELIHOOD: -float(torch.cat(parts).mean()),
        SIZE: 100 * effective_sample_size(weights),
        "log Z": float(norm),
        "best step": history.best_step,
        "energies": system.energy(x).tolist(),
    }


@styled
def picture(ax, name, found):
    """The energies of samples and of what was learned."""
    known = SYSTEMS[name].energy(samples(name, 1).flatten(0, 1)).numpy()
    middle, width = np.median(known), known.std()
    bins = np.linspace(middle - 4 * width, middle + 10 * width, 57)
    ax.hist(known, bins, density=True, color=PALE, alpha=0.5, label="samples")
    centres = (bins[1:] + bins[:-1]) / 2
    for style, way in zip(("-", "--"), spec["ways"], strict=True):
        each = np.array(
            [
                np.histogram(result["energies"], bins)[0] / DRAWS / np.diff(bins)
                for result in found[name, way]
            ]
        )
        line = ax.plot(centres, each.mean(0), style, label=way)[0]
        low, high, ink = each.min(0), each.max(0), line.get_color()
        ax.fill_between(centres, low, high, color=ink, alpha=0.2, linewidth=0)
    ax.set(title=name, xlabel="energy U", ylabel="density")
    ax.legend()


rows, energies = [], {}
for name in spec["systems"]:
    system, all_chains = SYSTEMS[name], samples(name, 1)
    frame = RelativeCoordinates(system.particles, system.dimension)
    y = frame.of(all_chains)
    values = virial(lambda y, of=(system, frame): of[0].energy(of[1].back(y)), y)
    # Samples of one chain hang together; chains do not.
    error = float(values.mean(1).std()) / len(values) ** 0.5
    mean = float(values.mean())
    assert abs(mean - system.degrees) < 5 * error, "these are no samples"
    energies[name] = float(system.energy(all_chains).mean())
    quantity = f"virial, {system.degrees} in theory"
    rows.append(row(f"{name}, samples", quantity, [mean], note=f"± {error:.2f}"))

cases = [(name, way) for name in spec["systems"] for way in spec["ways"]]
found = sweep("particles_clusters", spec, cases, learn)
for (name, way), results in found.items():
    case, seconds = f"{name}, {way}", np.mean(over_seeds(results, "seconds"))
    word = LIKELIHOOD if way != "built in" else f"{LIKELIHOOD} (64-sample bound)"
    rows.append(row(case, word, over_seeds(results, LIKELIHOOD), seconds))
    rows.append(row(case, SIZE, over_seeds(results, SIZE)))
    if way == "built in":
        # <U> + log Z, with Z the mean of importance weights: as good as their spread.
        lowest = [energies[name] + norm for norm in over_seeds(results, "log Z")]
        rows.append(row(name, "entropy, the lowest NLL there can be", lowest))
figure, axes = panels(len(spec["systems"]), width=5.0, height=3.4)
for ax, name in zip(axes, spec["systems"], strict=True):
    picture(ax, name, found)
FIGURES.mkdir(exist_ok=True)
figure.savefig(FIGURES / "particles_clusters.png", dpi=150)
remark = (
    "Published on other samples and another scale of NLL (Klein et al. 2023): DW4 1.68 to "
    "1.72 and 87 to 92 per cent, LJ13 -15.83 to -16.09 and 40 to 58 per cent, by continuous "
    "flows. That scale of NLL is another one; effective sample sizes can be compared. "
    "The entropy comes from the weights of the flow with symmetries built in, for LJ13 from "
    "a handful of effective samples, which errs low. The spline flow is the NSF of zuko "
    f"{zuko.__version__}."
)
keep("particles_clusters", spec, rows, [remark])
