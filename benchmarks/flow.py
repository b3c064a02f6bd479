r"""Flow: how long a training step takes, and how much memory, beside other ways to have it.

Takes the systems and the ways of `benchmarks.baselines`, gives ratios of CPU times and of
peak memory. All ways must give the same gradient, or the program stops.

.. math:: z \mapsto \Phi^{-1}(z), \qquad \nabla_\theta \, \mathrm{ELBO}

Run it with ``python -m benchmarks.flow``; ``--threads 2`` and ``--float64`` are other
conditions, with fewer rows, and ``python -m benchmarks.performance`` writes
docs/performance.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

import torch
from sympy import Add, symbols
from torch import Tensor

from benchmarks.baselines import (
    THIRTEEN,
    THREE,
    Adjoint,
    ClosedForm,
    Merged,
    Model,
    Naive,
    Structured,
    Symflow,
    System,
    batch,
    gradient,
    make,
)
from benchmarks.measurement import Call, Figure, cpu_times, peak_bytes, run
from symflow.chain import Memory, reverse, transport
from symflow.compilation import compile as compile_functions
from symflow.demonstration import rings_spec
from symflow.experiments import build_experiment, divergences
from symflow.flow import HamiltonianFlow
from symflow.hamiltonians import KnownHamiltonian
from symflow.integrators import Leapfrog
from symflow.interactions import PairPotential
from symflow.splines import CubicSpline
from symflow.training import fit

ROUNDS = 5


class Case(NamedTuple):
    """The sizes of one comparison."""

    system: System
    width: int
    size: int
    steps: int

    def __str__(self) -> str:
        numbers = f"h{self.width} B{self.size} T{self.steps}"
        return f"{self.system.name}, {numbers}"


SMALL = Case(THREE, 32, 256, 32)
LARGE = Case(THREE, 128, 1024, 32)


def models(
    case: Case, dtype: torch.dtype, ways: dict[str, tuple[type[Model], tuple]]
) -> dict[str, Model]:
    """The ways on one case, which must have the same gradient."""
    made = {
        name: make(way, dtype, case.system, case.width, case.steps, *arguments)
        for name, (way, arguments) in ways.items()
    }
    points = batch(case.system, case.size, dtype)
    first, *others = (
        torch.cat([g.flatten() for g in gradient(model, *points)])
        for model in made.values()
    )
    for name, other in zip(list(made)[1:], others, strict=True):
        error = float((other - first).norm() / first.norm())
        if not error < 100 * torch.finfo(dtype).eps:
            raise SystemExit(f"{name} has another gradient on {case}: {error:.1g}.")
    return made


def steps(
    case: Case, dtype: torch.dtype, ways: dict[str, tuple[type[Model], tuple]]
) -> dict[str, float]:
    """Seconds of a training step of each way."""
    points = batch(case.system, case.size, dtype)
    calls: dict[str, Call] = {
        name: lambda model=model: gradient(model, *points)
        for name, model in models(case, dtype, ways).items()
    }
    return cpu_times(calls, ROUNDS)


def training(dtype: torch.dtype) -> Iterator[Figure]:
    """A training step beside the naive ways, and beside hand-structured invariants."""
    ways = {"A0": (Naive, ()), "A": (Merged, ()), "own": (Symflow, ())}
    took = steps(SMALL, dtype, ways)
    yield Figure(f"step against A0: {SMALL}", 5, 8, took["A0"] / took["own"])
    yield Figure(f"step against A: {SMALL}", 3.4, 6, took["A"] / took["own"])
    took = steps(LARGE, dtype, {name: ways[name] for name in ("A", "own")})
    yield Figure(f"step against A: {LARGE}", 1.4, 2, took["A"] / took["own"])
    ways = {"A": (Merged, ()), "G": (Structured, ()), "own": (Symflow, ())}
    bounds = {
        Case(THIRTEEN, 32, 256, 8): (25, 40, 1.5, 2),
        Case(THIRTEEN, 128, 1024, 8): (5, 8, 1.3, 1.6),
    }
    for case, (must, aim, must_structured, aim_structured) in bounds.items():
        took = steps(case, dtype, ways)
        yield Figure(f"step against A: {case}", must, aim, took["A"] / took["own"])
        yield Figure(
            f"step against A with hand-structured invariants: {case}",
            must_structured,
            aim_structured,
            took["G"] / took["own"],
        )


def pure_products(case: Case, dtype: torch.dtype) -> Call:
    """The matrix products of one training step, and nothing else."""
    h, B = case.width, case.size
    m = len(case.system.invariants([0] * case.system.n))
    W, V, first = (torch.randn(h, k, dtype=dtype) for k in (h, h, m))
    hidden, values = (torch.randn(k, B, dtype=dtype) for k in (h, m))
    out, back = torch.empty_like(hidden), torch.empty_like(values)
    square, narrow = torch.zeros_like(W), torch.zeros_like(first)

    def products() -> None:
        for _ in range(2 * case.steps + 1):
            for _ in range(2):  # the gradient of H, and the pullback along its vector
                torch.mm(first, values, out=out)
                torch.mm(W, hidden, out=out)
                torch.mm(V.t(), hidden, out=out)
                torch.mm(first.t(), hidden, out=back)
                square.addmm_(hidden, out.t(), beta=0)
                narrow.addmm_(hidden, values.t(), beta=0)

    return products


def share(dtype: torch.dtype) -> Iterator[Figure]:
    """How much of a training step is spent in matrix products."""
    case = Case(THREE, 128, 4096, 8)
    model = make(Symflow, dtype, case.system, case.width, case.steps)
    points = batch(case.system, case.size, dtype)
    took = cpu_times(
        {"own": lambda: gradient(model, *points), "mm": pure_products(case, dtype)},
        ROUNDS,
    )
    yield Figure(
        f"share of matrix products: {case}", 0.65, 0.85, took["mm"] / took["own"]
    )


def memory(dtype: torch.dtype) -> Iterator[Figure]:
    """The peak of the allocator while nothing but the end of the flow is kept."""

    def peak(way: type[Model], case: Case, *arguments: str) -> int:
        model = make(way, dtype, case.system, case.width, case.steps, *arguments)
        points = batch(case.system, case.size, dtype)
        return peak_bytes(lambda: gradient(model, *points))

    cases = {T: Case(THREE, 64, 256, T) for T in (32, 128, 512)}
    own = {T: peak(Symflow, case, "reversible") for T, case in cases.items()}
    naive = peak(Merged, cases[128])
    note = f"{naive / 1e6:.0f} MB and {own[128] / 1e6:.2f} MB"
    what = f"peak memory of A against reversible: {cases[128]}"
    yield Figure(what, 80, 150, naive / own[128], note=note)
    what = "peak memory, reversible, T=512 against T=32: h64 B256"
    yield Figure(what, 1.02, 1.0, own[512] / own[32], less=True)


def adjoint(dtype: torch.dtype) -> Iterator[Figure]:
    """Reversible steps beside the adjoint of a continuous flow."""
    bounds = {SMALL: (10, 20), Case(THREE, 128, 1024, 8): (2.5, 5)}
    for case, (must, aim) in bounds.items():
        what = f"reversible step against torchdiffeq's adjoint, midpoint: {case}"
        if find_spec("torchdiffeq") is None:
            yield Figure(what, must, aim, None, note="torchdiffeq is not installed")
            continue
        solve = import_module("torchdiffeq").odeint_adjoint
        sizes = case.system, case.width, case.steps
        points = batch(case.system, case.size, dtype)
        other = make(Adjoint, dtype, *sizes, solve)
        own = make(Symflow, dtype, *sizes, "reversible")
        took = cpu_times(
            {
                "other": lambda other=other, points=points: gradient(other, *points),
                "own": lambda own=own, points=points: gradient(own, *points),
            },
            ROUNDS,
        )
        yield Figure(what, must, aim, took["other"] / took["own"])


def exact(dtype: torch.dtype) -> Iterator[Figure]:
    """Integer states: whether the gradient is that of the tape, and what they cost."""
    for case in (SMALL, LARGE):
        ways = {
            "reversible": (Symflow, ("reversible",)),
            "exact": (Symflow, ("exact",)),
        }
        took = steps(case, dtype, ways)
        ratio = took["reversible"] / took["exact"]
        yield Figure(f"speed of exact against reversible: {case}", 0.85, 0.95, ratio)
    model = make(Symflow, dtype, THREE, 32, 32, "exact")
    points = batch(THREE, 256, dtype)
    found = gradient(model, *points)
    model.inverse = _on_tape(model)
    same = all(map(torch.equal, found, gradient(model, *points)))
    yield Figure(f"exact gradient equals the tape's in every bit: {SMALL}", 1, 1, same)


def _on_tape(model: Model) -> Callable[[Tensor], Tensor]:
    """The inverse of a chain on integers that keeps all that it computes."""
    chain = model.chain
    pieces, factors = list(chain.pieces), reverse(chain.factors)
    everything = Memory("all", exact=True)
    return lambda z: transport(z, pieces, factors, everything, chain.scale)


@torch.no_grad()
def inference(dtype: torch.dtype) -> Iterator[Figure]:
    """The flow alone, beside closed-form forces written by hand."""
    for case in (SMALL, LARGE):
        sizes = case.system, case.width, case.steps
        hand, own = (make(way, dtype, *sizes) for way in (ClosedForm, Symflow))
        z = torch.cat(batch(case.system, case.size, dtype), -1)
        gap = float((hand.inverse(z) - own.inverse(z)).norm() / z.norm())
        if not gap < 100 * torch.finfo(dtype).eps:
            raise SystemExit(f"The hand-written flow is another one: {gap:.1g}.")
        took = cpu_times(
            {
                "hand": lambda hand=hand, z=z: hand.inverse(z),
                "own": lambda own=own, z=z: own.inverse(z),
            },
            ROUNDS,
        )
        what = f"time of inference over hand-written torch: {case}"
        yield Figure(what, 0.75, 0.5, took["own"] / took["hand"], less=True)


@torch.no_grad()
def equivariance(dtype: torch.dtype) -> Iterator[Figure]:
    """How far the flow and a rotation are from commuting, beside the size of points."""
    model = make(Symflow, dtype, THREE, 64, 32)
    z = torch.cat(batch(THREE, 1024, dtype), -1)
    axes = torch.randn(
        3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2)
    )
    rotation = torch.linalg.qr(axes)[0].to(dtype)

    def rotated(points: Tensor) -> Tensor:
        return (points.unflatten(-1, (6, 3)) @ rotation.T).flatten(-2)

    image = model.inverse(z)
    error = (model.inverse(rotated(z)) - rotated(image)).norm(dim=-1)
    worst = 1e-15 if dtype == torch.float64 else 5e-7
    best = 4e-16 if dtype == torch.float64 else 2e-7
    what = "equivariance of the map, median: SO(3) on 3 particles, h64 T32"
    found = float((error / image.norm(dim=-1)).median())
    yield Figure(what, worst, best, found, less=True)


def particles(dtype: torch.dtype) -> Iterator[Figure]:
    """The memory of a training step of a thousand particles with a pair potential."""
    n = 3000
    z = symbols(f"q:{n} p:{n}")
    energy = compile_functions([Add(*(p**2 for p in z[n:])) / 2], z)
    U, K = PairPotential(n // 3, CubicSpline()).to(dtype), KnownHamiltonian(energy)
    flow = Leapfrog(1, 0.01).flow(U, K, "states")

    def step(size: int) -> Call:
        z = torch.randn(size, 2 * n, dtype=dtype)
        return lambda: flow(z).square().mean().backward()

    peak = {size: peak_bytes(step(size)) for size in (8, 16)}
    what = "peak memory in GiB: 1,000 particles in 3-D, pair potential, B8 T1"
    yield Figure(what, 8, 8, peak[8] / 2**30, less=True)
    what = "peak memory of B16 over B8, same"
    yield Figure(what, 2, 2, peak[16] / peak[8], less=True)


def rings(dtype: torch.dtype) -> Iterator[Figure]:
    """How long it takes to learn two rings, beside leapfrog steps of one Hamiltonian."""
    experiment = build_experiment(rings_spec(True))
    single = HamiltonianFlow(
        experiment.invariants, integrator=Leapfrog(16, 0.25), dtype=dtype
    )
    took, found = {}, {}
    for name, model in {"blocks": experiment.model, "single": single}.items():
        start = time.process_time()
        fit(model, experiment.source, steps=1500, learning_rate=0.005, progress=False)
        took[name] = time.process_time() - start
        found[name] = divergences(model, experiment.target)["KL by the ELBO"]
    seconds = took["blocks"] if found["blocks"] < 0.05 else None
    note = (
        f"KL {found['blocks']:.3f}; 16 leapfrog steps of one Hamiltonian, without "
        f"autograd: KL {found['single']:.2f} after {took['single']:.0f} s"
    )
    what = "rings to KL 0.05 by the ELBO: seconds of training, 10 blocks, 1,500 steps"
    yield Figure(what, 90, 30, seconds, True, note)


# What shows a condition at work, and all that is measured under the first one.
TIMED = (training, inference, equivariance)
ALL = (*TIMED, share, memory, adjoint, exact, particles, rings)


def figures(threads: int, dtype: torch.dtype) -> list[Figure]:
    """The figures under one condition."""
    first = threads == 1 and dtype == torch.float32
    return [figure for group in (ALL if first else TIMED) for figure in group(dtype)]


if __name__ == "__main__":
    run("Training steps beside other ways.", figures)
