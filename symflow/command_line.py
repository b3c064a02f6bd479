r"""Command line: symflow demo, inspect, invariants, explain, train, sample and others.

Takes a spec or the folder of a run, gives tables in the terminal and files in a folder. An
error that the toolkit raises on purpose is printed as its sentence, with exit status 2.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated, TextIO

import numpy as np
import torch
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from symflow import __version__
from symflow.algebra import LieAlgebra
from symflow.certificate import certificate
from symflow.demonstration import Demonstration, demonstrate
from symflow.derivations import Level
from symflow.errors import (
    ArgumentError,
    NonCompactError,
    OutputExistsError,
    SymflowError,
    UnsupportedError,
)
from symflow.experiments import (
    build_algebra,
    build_experiment,
    load_run,
    train_experiment,
)
from symflow.explanation_tables import explanation_tables
from symflow.files import write_file_atomically
from symflow.invariants import Invariants, invariants
from symflow.lab import lab
from symflow.representation import LinearAction
from symflow.run_report import report_demonstration, report_run
from symflow.spec import load_spec
from symflow.spec_explanations import Subject, explain_spec, write_explanation
from symflow.splitting import Shear, split
from symflow.verify import main as check_certificate

__all__ = [
    "app",
    "demo",
    "explain",
    "inspect",
    "list_invariants",
    "main",
    "report",
    "sample",
    "train",
    "verify",
]

app = App(
    name="symflow",
    help="Equivariant Hamiltonian flows from Lie algebra generators.",
    version=__version__,
)
_console = Console()


@app.command
def demo(out: Path = Path("runs/demo")) -> None:
    """Two rings in the plane, with their symmetry and without: train, certify, report.

    A demonstration that was interrupted goes on where it stopped.

    Parameters
    ----------
    out
        The folder to leave everything in.
    """
    # So small a model is faster on one thread than on two that wait for each other.
    torch.set_num_threads(1)
    shown = demonstrate(out)
    _console.print(_demonstration_table(shown))
    _console.print(f"report: {report_demonstration(shown, out)}")
    _console.print(f"check:  symflow verify {out / 'so2' / 'certificate.json'}")


@app.command
def inspect(spec: Path) -> None:
    """What the generators of a spec span, and what their invariants allow.

    Parameters
    ----------
    spec
        A TOML file.
    """
    algebra = build_algebra(load_spec(spec))
    _console.print(_algebra_table(algebra))
    for element in algebra.added:
        _console.print(f"added: {element}", markup=False)
    found = invariants(algebra)
    _console.print(_invariants_table(found))
    _console.print(_pieces_table(found))
    try:
        action = LinearAction(algebra)
        unit = action.metric == action.metric.eye(action.size)
        metric = "the identity" if unit else str(action.metric.tolist())
        _console.print(
            f"base: Gaussians of covariance B S^-1 B^T, with B in a space of "
            f"{len(action.commutant)} dimensions and S = {metric}",
            markup=False,
        )
    except (NonCompactError, UnsupportedError) as reason:
        _console.print(f"base: none. {reason}", markup=False)


@app.command(name="invariants")
def list_invariants(spec: Path, *, out: Path | None = None) -> None:
    """The invariants of a spec, whether they generate all others, and why.

    Parameters
    ----------
    spec
        A TOML file.
    out
        A new file for the certificate, which ``symflow verify`` checks again.
    """
    found = invariants(build_algebra(load_spec(spec)))
    _console.print(_invariants_table(found))
    if out is not None:
        certificate(found).write(out)
        _console.print(f"check: symflow verify {out}")


@app.command
def explain(
    spec: Path,
    *,
    about: Subject = Subject.SYMMETRY,
    level: Level = Level.LECTURE,
    hamiltonian: str | None = None,
    out: Path | None = None,
) -> None:
    """Why what is said about the symmetry of a spec is so, line by line.

    Parameters
    ----------
    spec
        A TOML file.
    about
        What is explained; the symmetry is the algebra, its invariants and their flows.
    level
        How much is shown.
    hamiltonian
        A function of (q, p): explain what it conserves instead.
    out
        A new file to write instead: .html (opens offline), .md (with LaTeX) or .txt.
    """
    explanation = explain_spec(load_spec(spec), about, level, hamiltonian)
    if out is None:
        _console.print(explanation_tables(explanation))
        return
    write_explanation(explanation, out)
    _console.print(f"explanation: {out}", markup=False)


@app.command
def train(
    spec: Path,
    *,
    out: Path,
    resume: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Train the density that a spec describes; certify it and report on it.

    Parameters
    ----------
    spec
        A TOML file.
    out
        A new or empty folder.
    resume
        Go on with the run in that folder.
    """
    experiment = build_experiment(load_spec(spec))
    history = train_experiment(experiment, out, resume=resume)
    _console.print(
        f"best held-out bound {history.best_bound:.4f} nats at step "
        f"{history.best_step} ({history.stopped})"
    )
    _console.print(f"report: {report_run(experiment, out)}")


@app.command
def sample(
    run: Path, *, count: int = 1000, out: Path | None = None, seed: int = 0
) -> None:
    """Draw from a trained density, in the units of its data.

    Parameters
    ----------
    run
        The folder of a finished run.
    count
        How many points.
    out
        A new .csv or .npy file; by default samples.csv in the run's folder.
    seed
        Seed of the draw.
    """
    if count < 1:
        raise ArgumentError(
            f"Argument `count` must be a positive integer, but it is {count}."
        )
    file = run / "samples.csv" if out is None else out
    if file.suffix not in {".csv", ".npy"}:
        raise ArgumentError(
            f"Argument `out` must end in .csv or .npy, but it is {file.name}."
        )
    if file.exists():
        raise OutputExistsError(
            f"Argument `out` must be a new file, but {file} exists. Choose another name."
        )
    if not -(2**63) <= seed < 2**64:
        raise ArgumentError(
            f"Argument `seed` must be a whole number of 64 bits, but it is {seed}."
        )
    experiment = load_run(run)
    generator = torch.Generator().manual_seed(seed)
    drawn = experiment.model.sample(count, generator).double().numpy()
    points = drawn * experiment.scales
    content = BytesIO()
    if file.suffix == ".npy":
        np.save(content, points)
    else:
        names = [symbol.name for symbol in experiment.algebra.space.z]
        columns = experiment.spec.data.columns if experiment.spec.data else ()
        header = ",".join(columns or names[: points.shape[1]])
        np.savetxt(
            content, points, delimiter=",", header=header, comments="", fmt="%.9g"
        )
    try:
        write_file_atomically(file, content.getvalue())
    except OSError as problem:
        raise ArgumentError(
            f"Argument `out` must be a file that can be written, but {file} cannot: "
            f"{problem.strerror}."
        ) from problem
    _console.print(f"{count} points in {file}")


@app.command
def report(run: Path) -> None:
    """Write the certificate and the report of a finished run again.

    Parameters
    ----------
    run
        The folder of a finished run.
    """
    _console.print(f"report: {report_run(load_run(run), run)}")


@app.command
def verify(certificate: Path) -> int:
    """Check every claim of a certificate again, with SymPy alone.

    Parameters
    ----------
    certificate
        A certificate.json.
    """
    return check_certificate([str(certificate)])


app.command(lab)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its status.

    Arguments:
        arguments: The words after ``symflow``; by default those of the process.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = app(tokens, exit_on_error=True, result_action="return_value")
    except SymflowError as problem:
        Console(stderr=True).print(
            f"symflow: {problem}", markup=False, highlight=False, soft_wrap=True
        )
        sys.exit(2)
    except KeyboardInterrupt as problem:
        Console(stderr=True).print(f"symflow: {problem or 'interrupted'}", markup=False)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    Console(stderr=True).print(
        f"symflow: warning: {message}", markup=False, highlight=False, soft_wrap=True
    )


def _algebra_table(algebra: LieAlgebra) -> Table:
    table = Table(title=f"{algebra.identify()}; dimension {algebra.dimension}")
    table.add_column("generator")
    table.add_column("function of (q, p)")
    for name, g in algebra.generators.items():
        table.add_row(name, str(g))
    if algebra.structure_constants:
        table.add_section()
    for (left, right), entry in algebra.structure_constants.items():
        terms = [_term(str(c), name) for name, c in entry.items()]
        value = " + ".join(terms).replace("+ -", "- ")
        table.add_row(f"{{{left}, {right}}}", value)
    return table


def _term(coefficient: str, name: str) -> str:
    if coefficient in {"1", "-1"}:
        return coefficient.removesuffix("1") + name
    summed = "+" in coefficient or "-" in coefficient[1:]
    return f"({coefficient})*{name}" if summed else f"{coefficient}*{name}"


def _invariants_table(found: Invariants) -> Table:
    generating = "all" if found.generating else f"up to degree {found.degree}"
    table = Table(
        title=f"invariants: {found.rank} of {found.count} independent ones found "
        f"({found.standing.value}); generating {generating}",
        caption=found.reason,
    )
    table.add_column("depends on")
    table.add_column("invariant")
    for kind, functions in (
        ("q", found.of_q),
        ("p", found.of_p),
        ("q and p", found.mixed),
    ):
        for f in functions:
            table.add_row(kind, str(f))
    return table


def _pieces_table(found: Invariants) -> Table:
    table = Table(title="pieces: Hamiltonians whose flow is exact")
    table.add_column("flow")
    table.add_column("every function of")
    for piece in split(found):
        kind = "shear" if isinstance(piece, Shear) else "linear flow"
        table.add_row(kind, ", ".join(map(str, piece.functions)))
    return table


def _demonstration_table(shown: Demonstration) -> Table:
    table = Table(title="Two rings, radii 1 and 3, width 0.2")
    for title in ("", "with so(2)", "without"):
        table.add_column(title, justify="left" if not title else "right")
    both = (shown.symmetric, shown.plain)
    models = [trained.experiment.model for trained in both]
    algebras = [trained.experiment.algebra for trained in both]
    table.add_row(
        "algebra", *(a.identify().name if a.dimension else "none" for a in algebras)
    )
    table.add_row("invariants", *(str(m.invariants.generators) for m in models))
    table.add_row("pieces", *(str(len(m.pieces)) for m in models))
    table.add_row(
        "weights", *(str(sum(w.numel() for w in m.parameters())) for m in models)
    )
    for name in ("KL by the ELBO", "KL by its 64-sample bound"):
        error = f"{name}, standard error"
        table.add_row(
            f"{name} [nats]",
            *(f"{t.divergence[name]:.4f} ± {t.divergence[error]:.4f}" for t in both),
        )
    for name in shown.symmetric.errors:
        table.add_row(
            f"symmetry error, {name}", *(f"{t.errors[name]:.1e}" for t in both)
        )
    table.add_row("training time [s]", *(f"{t.seconds:.0f}" for t in both))
    return table
