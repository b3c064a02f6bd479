r"""Identification: Killing form, series, Levi factor and type, beside GAP; random bases.

Takes tables of structure constants, gives milliseconds of CPU time, medians of three, and
how many algebras are named rightly in random bases. GAP, if it is installed, gets the same
tables and must find the same Cartan type, or the program stops.

.. math:: g'_i = \sum_j S_{ij} g_j, \qquad S = D L U

Run it with ``python -m benchmarks.identification``; ``--bases 50`` draws fewer bases.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from statistics import median

from rich.console import Console
from rich.table import Table

import symflow as sf
from symflow.claims import Standing
from symflow.generators import rotations
from symflow.oscillators import symplectic
from symflow.spacetime import galilei
from symflow.structure import AbstractLieAlgebra
from tests.known_algebras import SIMPLE, SUMS
from tests.matrix_algebras import in_random_basis

REPEATS = 3
# Seconds for GAP, which does not end on some random bases.
GAP_PATIENCE = 120

# What is timed, and the same in GAP, on a new algebra L from the table T.
TASKS: dict[str, tuple[Callable[[AbstractLieAlgebra], object], str]] = {
    "Killing form": (lambda g: g.killing_form, "KillingMatrix(Basis(L))"),
    "both series": (
        lambda g: (g.derived_series, g.lower_central_series),
        "LieDerivedSeries(L);; LieLowerCentralSeries(L)",
    ),
    "Levi factor, type": (
        lambda g: (g.levi_factor, g.identify()),
        "SemiSimpleType(LeviMalcevDecomposition(L)[1])",
    ),
}

GAP_TASK = r"""
times := [];;
for i in [1..{repeats}] do
  count := 0;; start := Runtime();;
  repeat
    L := LieAlgebraByStructureConstants(Rationals, T);; {task};; count := count + 1;;
  until Runtime() - start >= 100;
  Add(times, (Runtime() - start) * 1.0 / count);;
od;
Sort(times);; Print(times[{middle}], "\n");
"""


def space_of(n: int) -> sf.PhaseSpace:
    """The phase space of n coordinates."""
    return sf.PhaseSpace([f"q{i + 1}" for i in range(n)])


def abstract(algebra: sf.LieAlgebra) -> AbstractLieAlgebra:
    """The algebra as a table alone."""
    return AbstractLieAlgebra(algebra.names, algebra.structure_constants)


def cases() -> dict[str, AbstractLieAlgebra]:
    """The algebras that are timed."""
    space = {n: space_of(n) for n in (3, 4, 5, 8)}
    found = {
        "so(5)": abstract(sf.LieAlgebra(space[5], rotations(space[5]))),
        "sp(6,R)": abstract(sf.LieAlgebra(space[3], symplectic(space[3]))),
        "so(8)": abstract(sf.LieAlgebra(space[8], rotations(space[8]))),
        "sp(8,R)": abstract(sf.LieAlgebra(space[4], symplectic(space[4]))),
        "Galilei, mass": abstract(sf.LieAlgebra(space[3], galilei(space[3], [1]))),
    }
    found["so(8), random"] = in_random_basis(found["so(8)"], 1)
    return found


def milliseconds(
    task: Callable[[AbstractLieAlgebra], object], algebra: AbstractLieAlgebra
) -> float:
    """The median CPU time of a task on new algebras from the same table, reading aside."""
    names, constants = algebra.names, algebra.structure_constants
    times = []
    for _ in range(REPEATS):
        count, taken = 0, 0.0
        while taken < 0.1:
            fresh = AbstractLieAlgebra(names, constants, check_jacobi=False)
            start = time.process_time()
            task(fresh)
            taken += time.process_time() - start
            count += 1
        times.append(1000 * taken / count)
    return median(times)


def in_gap(program: str, algebra: AbstractLieAlgebra) -> tuple[list[float], str]:
    """GAP's times for the tasks, and the type that it finds."""
    place = {name: i + 1 for i, name in enumerate(algebra.names)}
    lines = [f'T := EmptySCTable({algebra.dimension}, 0, "antisymmetric");;']
    for (left, right), row in algebra.structure_constants.items():
        cells = ", ".join(f"{value}, {place[name]}" for name, value in row.items())
        lines.append(f"SetEntrySCTable(T, {place[left]}, {place[right]}, [{cells}]);;")
    for _, task in TASKS.values():
        lines.append(
            GAP_TASK.format(repeats=REPEATS, middle=REPEATS // 2 + 1, task=task)
        )
    lines.append('Print(SemiSimpleType(LeviMalcevDecomposition(L)[1]), "\\n"); QUIT;')
    answer = subprocess.run(  # noqa: S603, the program is the one on the PATH
        [program, "-q"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=GAP_PATIENCE,
    )
    *times, kind = answer.stdout.split("\n")[: len(TASKS) + 1]
    return [float(text) for text in times], kind


def compare() -> Table:
    """Every task on every case, beside GAP where it is installed."""
    program = shutil.which("gap")
    table = Table("ms, CPU, median of 3", *TASKS)
    for name, algebra in cases().items():
        own = [milliseconds(task, algebra) for task, _ in TASKS.values()]
        table.add_row(name, *(f"{value:.3g}" for value in own))
        if program is None:
            continue
        try:
            theirs, kind = in_gap(program, algebra)
        except subprocess.TimeoutExpired:
            table.add_row("  GAP", *["no answer"] * len(TASKS))
            continue
        if kind.split() != algebra.identify().cartan_type.split(" + "):
            raise SystemExit(f"GAP says that {name} is of type {kind}.")
        table.add_row("  GAP", *(f"{value:.3g}" for value in theirs))
    if program is None:
        table.add_row("GAP", *["not installed"] * len(TASKS))
    return table


def count_names(bases: int, console: Console) -> Table:
    """How many algebras are named rightly in random bases."""
    known = [(build, name) for build, name, *_ in [*SIMPLE, *SUMS]]
    built = [(build(), name) for build, name in known]
    verdicts: Counter[str] = Counter()
    slowest = 0.0, ""
    for seed in range(bases):
        algebra, name = built[seed % len(built)]
        moved = in_random_basis(algebra, seed, rational=bool(seed % 2))
        start = time.process_time()
        identity = moved.identify()
        slowest = max(slowest, (time.process_time() - start, name))
        verdict = "right" if identity.name == name else "wrong"
        if identity.standing is not Standing.PROVED:
            verdict = "not known"
        if verdict != "right":
            console.print(f"{name}: {identity.name} ({identity.standing})")
        verdicts[verdict] += 1
    table = Table(f"random bases: {bases}", "right", "not known", "wrong", "slowest")
    answers = [str(verdicts[key]) for key in ("right", "not known", "wrong")]
    table.add_row("", *answers, f"{slowest[1]}, {slowest[0]:.2f} s")
    return table


def fifty() -> Table:
    """The time for an algebra of about fifty dimensions."""
    table = Table("about 50 dimensions", "name", "s, CPU")
    nine = space_of(9)
    boosts = galilei(nine, [1], dimension=9)
    ways = {
        "so(10) from its rotations": abstract(
            sf.LieAlgebra(space_of(10), rotations(space_of(10)))
        ),
        "Galilei in 9 dimensions": abstract(sf.LieAlgebra(nine, boosts)),
        "F4, random basis": in_random_basis(SIMPLE[-2][0](), 7),
    }
    for name, algebra in ways.items():
        start = time.process_time()
        found = algebra.identify().name
        taken = time.process_time() - start
        table.add_row(f"{name} ({algebra.dimension})", found, f"{taken:.2f}")
    return table


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description="Identification beside GAP.")
    reader.add_argument("--bases", type=int, default=200, help="random bases to try")
    console = Console()
    bases = reader.parse_args().bases
    console.print(compare())
    console.print(count_names(bases, console))
    console.print(fifty())


if __name__ == "__main__":
    main()
