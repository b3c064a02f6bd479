r"""Closure: how long the table of structure constants takes, beside other ways to have it.

Two generators that bring in a whole algebra are completed and timed as well.

Takes the catalogue, gives milliseconds of CPU time, medians of three, imports excluded and
conversion from SymPy expressions included. Every way must give the same table, or the
program stops.

.. math:: \{g_i, g_j\} = \sum_k c_{ij}^k g_k

Run it with ``python benchmarks/closure.py``.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from math import inf
from statistics import median

from rich.console import Console
from rich.table import Table
from sympy import QQ, Expr, Poly, expand, linsolve, symbols
from sympy.core.cache import clear_cache
from sympy.polys.matrices.sdm import sdm_irref
from sympy.polys.rings import PolyElement, ring

import symflow as sf
from symflow.generators import rotations
from symflow.oscillators import symplectic
from symflow.spacetime import galilei

Constants = dict[tuple[str, str], dict[str, Expr]]
Method = Callable[[sf.PhaseSpace, Mapping[str, Expr]], Constants]

REPEATS = 3
# Programs with a language of their own; this one says only whether they are there.
PROGRAMS = {"SageMath": "sage", "Singular": "Singular", "GAP": "gap"}


def space_of(n: int) -> sf.PhaseSpace:
    """The phase space of n coordinates."""
    return sf.PhaseSpace([f"q{i + 1}" for i in range(n)])


def cases() -> dict[str, tuple[sf.PhaseSpace, dict[str, Expr]]]:
    """The algebras, as a user would write them; Galilei has three particles."""
    return {
        "so(3)": (space_of(3), rotations(space_of(3))),
        "3 x Galilei": (space_of(9), galilei(space_of(9), [1, 2, 3], dimension=3)),
        "so(8)": (space_of(8), rotations(space_of(8))),
        "sp(8,R)": (space_of(4), symplectic(space_of(4))),
        "so(12)": (space_of(12), rotations(space_of(12))),
    }


def seeds() -> dict[str, tuple[sf.PhaseSpace, dict[str, Expr], int]]:
    """Two generators of an algebra, and the dimension it has.

    One of the two sits in a maximal torus, with frequencies that are all different; the
    other joins neighbouring planes or coordinates.
    """
    eight, four = space_of(8), space_of(4)
    L = rotations(eight)
    so = {
        "A": L["L12"] + 2 * L["L34"] + 3 * L["L56"] + 5 * L["L78"],
        "B": sum(L[f"L{i}{i + 1}"] for i in range(1, 8)),
    }
    q, p = four.q, four.p
    sp = {
        "A": sum(w * (q[k] ** 2 + p[k] ** 2) for k, w in enumerate((1, 2, 3, 5))),
        "B": q[0] ** 2 + p[0] * p[1] + sum(q[k] * q[k + 1] for k in range(3)),
    }
    return {"so(8)": (eight, so, 28), "sp(8,R)": (four, sp, 36)}


def by_symflow(space: sf.PhaseSpace, generators: Mapping[str, Expr]) -> Constants:
    """The toolkit."""
    return sf.LieAlgebra(space, generators).structure_constants


def by_closure(space: sf.PhaseSpace, generators: Mapping[str, Expr]) -> Constants:
    """The toolkit, from generators that do not close."""
    return sf.closure(space, generators).structure_constants


def by_plain_loop(space: sf.PhaseSpace, generators: Mapping[str, Expr]) -> Constants:
    """What one writes first: differentiate, expand, solve for the coefficients."""

    def bracket(f: Expr, g: Expr) -> Expr:
        return sum(
            f.diff(q) * g.diff(p) - f.diff(p) * g.diff(q)
            for q, p in zip(space.q, space.p, strict=True)
        )

    return _pair_by_pair(space, generators, bracket)


def by_poissongeometry(
    space: sf.PhaseSpace, generators: Mapping[str, Expr]
) -> Constants:
    """The brackets of poissongeometry, from text to text; then as in the plain loop."""
    geometry = import_module("poisson.poisson").PoissonGeometry(2 * space.n)
    names = [f"x{i + 1}" for i in range(2 * space.n)]
    theirs = sf.PhaseSpace(names[: space.n], names[space.n :])
    there = dict(zip(space.z, theirs.z, strict=True))
    back = dict(zip(theirs.z, space.z, strict=True))
    canonical = {(i + 1, space.n + i + 1): "1" for i in range(space.n)}

    def bracket(f: Expr, g: Expr) -> Expr:
        texts = str(f.xreplace(there)), str(g.xreplace(there))
        found = geometry.poisson_bracket(canonical, *texts)
        return theirs.read(str(found)).xreplace(back)

    return _pair_by_pair(space, generators, bracket)


def _pair_by_pair(
    space: sf.PhaseSpace,
    generators: Mapping[str, Expr],
    bracket: Callable[[Expr, Expr], Expr],
) -> Constants:
    """One linear system for every pair."""
    unknown = symbols(f"c:{len(generators)}")
    ansatz = sum(c * g for c, g in zip(unknown, generators.values(), strict=True))
    table: Constants = {}
    for left, right in combinations(generators, 2):
        value = expand(bracket(generators[left], generators[right]))
        if value == 0:
            continue
        conditions = Poly(ansatz - value, *space.z).coeffs()
        (found,) = linsolve(conditions, *unknown)
        table[left, right] = {
            name: c for name, c in zip(generators, found, strict=True) if c
        }
    return table


def by_expert(space: sf.PhaseSpace, generators: Mapping[str, Expr]) -> Constants:
    """SymPy's sparse polynomials, gradients kept, and one elimination for all pairs."""
    names, n = list(generators), space.n
    polynomials, *variables = ring(space.z, QQ)
    basis = [polynomials.from_expr(g) for g in generators.values()]
    slopes = [[f.diff(x) for x in variables] for f in basis]
    pairs, columns = [], list(basis)
    for i, j in combinations(range(len(names)), 2):
        f, g = slopes[i], slopes[j]
        bracket = polynomials.zero
        for k in range(n):
            if f[k] and g[n + k]:
                bracket += f[k] * g[n + k]
            if f[n + k] and g[k]:
                bracket -= f[n + k] * g[k]
        if bracket:
            pairs.append((names[i], names[j]))
            columns.append(bracket)
    return _solve(names, pairs, columns)


def _solve(
    names: list[str], pairs: list[tuple[str, str]], columns: list[PolyElement]
) -> Constants:
    """The brackets in terms of the basis; the columns begin with the basis."""
    equations: dict[tuple[int, ...], dict[int, object]] = {}
    for k, column in enumerate(columns):
        for monomial, value in column.terms():
            equations.setdefault(monomial, {})[k] = value
    rows, pivots, _ = sdm_irref(dict(enumerate(equations.values())))
    table: Constants = {pair: {} for pair in pairs}
    for row, pivot in zip(rows.values(), pivots, strict=True):
        for k, value in row.items():
            if k >= len(names):
                table[pairs[k - len(names)]][names[pivot]] = QQ.to_sympy(value)
    return table


# Each way to the table, and how many generators it can have before it takes minutes.
METHODS: dict[str, tuple[Method, float]] = {
    "plain SymPy loop": (by_plain_loop, 40),
    "expert SymPy": (by_expert, inf),
    "symflow": (by_symflow, inf),
}
if find_spec("poisson"):
    METHODS["poissongeometry"] = by_poissongeometry, 10


def milliseconds(
    method: Method, space: sf.PhaseSpace, generators: Mapping[str, Expr]
) -> tuple[float, Constants]:
    """The median CPU time, SymPy's cache emptied before every run, and the table."""
    times = []
    for _ in range(REPEATS):
        clear_cache()
        start = time.process_time()
        found = method(space, generators)
        times.append(1000 * (time.process_time() - start))
    return median(times), found


def measure() -> Table:
    """Every method on every case."""
    columns = cases()
    rows: dict[str, list[str]] = {name: [] for name in METHODS}
    ratios = []
    for space, declared in columns.values():
        reference = sf.LieAlgebra(space, declared)
        taken = {}
        for name, (method, most) in METHODS.items():
            # The other ways are handed the constant that only symflow finds by itself.
            given = declared if name == "symflow" else reference.generators
            if len(given) > most:
                rows[name].append("-")
                continue
            taken[name], found = milliseconds(method, space, given)
            if found != reference.structure_constants:
                raise SystemExit(f"{name} gives another table than symflow.")
            rows[name].append(f"{taken[name]:.4g}")
        ratios.append(f"{taken['expert SymPy'] / taken['symflow']:.2f}")
    table = Table("ms, CPU, median of 3", *columns)
    for name, values in rows.items():
        table.add_row(name, *values)
    table.add_row("expert / symflow", *ratios)
    if "poissongeometry" not in METHODS:
        table.add_row("poissongeometry", "not installed")
    for name, command in PROGRAMS.items():
        found_it = shutil.which(command) is not None
        table.add_row(name, "not timed here" if found_it else "not installed")
    return table


def complete() -> Table:
    """The time that `closure` takes from two generators."""
    table = Table("closure of two generators", "dimension", "ms, CPU, median of 3")
    for name, (there, declared, dimension) in seeds().items():
        taken, _ = milliseconds(by_closure, there, declared)
        if sf.closure(there, declared).dimension != dimension:
            raise SystemExit(f"{name} has dimension {dimension}, not what was found.")
        table.add_row(name, str(dimension), f"{taken:.4g}")
    return table


def main() -> None:
    """Print the table."""
    warm = sf.PhaseSpace("x")
    (x,), (p,) = warm.q, warm.p
    for method, _ in METHODS.values():
        method(warm, {"Q": x**2, "D": x * p})
    console = Console()
    console.print(measure())
    console.print(complete())
    console.print("-: would take minutes", style="dim")


if __name__ == "__main__":
    main()
