r"""Invariants: how long it takes to find all of them, from expressions in a random basis.

Takes actions of Lie groups, gives seconds of CPU time, medians of three, from SymPy
expressions to invariants with their certificate: reading and closing the algebra,
recognition, search, minimality, ranks and proofs. The generators are random rational
combinations. Every row must have the numbers of generators that are known, or the program
stops. Macaulay2 and Singular are timed in the same run where they are installed.

.. math:: \{I \in K[z] : \{g_k, I\} = 0\} = K[I_1, \dots, I_m]

Run it with ``python -m benchmarks.invariants``; a path as the only argument is where a picture
of the cost against degree and number of variables is written.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from random import Random
from statistics import median

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table
from sympy import Add, Expr, Integer, Rational
from sympy.core.cache import clear_cache

import symflow as sf
from benchmarks.derksen import (
    PROGRAMS,
    Group,
    binary,
    orthogonal,
    seconds,
    special,
    symplectic,
)
from symflow.affine_algebras import AffineAlgebra
from symflow.figures import styled
from symflow.generators import rotations
from symflow.multigraded import MultigradedSearch
from symflow.polynomials import total_degree
from symflow.structured_invariants import structured_invariants
from tests.linear_actions import binary_forms, exceptional, kind, traceless
from tests.linear_actions import symplectic as symplectic_matrices

REPEATS = 3

Matrices = Sequence[Mapping[tuple[int, int], object]]


@dataclass(frozen=True)
class Row:
    """One action, what is known of its invariants, and how fast they are to be found.

    Arguments:
        name: The action, with its number of variables.
        generators: The generators.
        space: The phase space.
        degree: The degree to search; None to have all that generate.
        found: The number of generators in each degree.
        of_q: Whether functions of q alone are looked for.
        reach: Seconds that are to be reached.
        group: The group, for other programs, if it is one of theirs.
    """

    name: str
    space: sf.PhaseSpace
    generators: dict[str, Expr]
    degree: int | None
    found: dict[int, int]
    of_q: bool = False
    reach: float = 1.0
    group: Group | None = None


def space_of(n: int) -> sf.PhaseSpace:
    """The phase space of n coordinates."""
    return sf.PhaseSpace([f"q{i + 1}" for i in range(n)])


def lifted(space: sf.PhaseSpace, matrices: Matrices) -> dict[str, Expr]:
    """The lift of a linear action on equal blocks of q to momenta: p . A q."""
    size = 1 + max(max(key) for a in matrices for key in a)
    q, p = space.q, space.p
    return {
        f"g{k}": Add(
            *(
                Rational(str(x)) * p[start + i] * q[start + j]
                for start in range(0, space.n, size)
                for (i, j), x in a.items()
            )
        )
        for k, a in enumerate(matrices)
    }


def turned(generators: Mapping[str, Expr]) -> dict[str, Expr]:
    """Random rational combinations: another basis of the same algebra."""
    random = Random(7)  # noqa: S311 (combinations in general position)
    names, functions = list(generators), list(generators.values())
    mixed = {}
    for k, name in enumerate(names):
        total = functions[k]
        for j, g in enumerate(functions[:k]):
            total += Rational(random.randint(-2, 2), random.randint(1, 3)) * g
            if not j:
                total += random.randint(0, 1) * functions[0]
        mixed[name] = total.expand()
    return mixed


def rotating(n: int, particles: int) -> tuple[sf.PhaseSpace, dict[str, Expr]]:
    """so(n) on particles in n dimensions."""
    space = space_of(n * particles)
    return space, rotations(space, dimension=n)


def acting(n: int, matrices: Matrices) -> tuple[sf.PhaseSpace, dict[str, Expr]]:
    """An action on n coordinates, lifted."""
    space = space_of(n)
    return space, lifted(space, matrices)


def circles(weights: Sequence[Sequence[int]]) -> tuple[sf.PhaseSpace, dict[str, Expr]]:
    """A torus: one sum of oscillators for each list of frequencies."""
    space = space_of(len(weights[0]))
    pairs = list(zip(space.q, space.p, strict=True))
    return space, {
        f"H{k}": sum(
            (w * (q**2 + p**2) for w, (q, p) in zip(row, pairs, strict=True)),
            Integer(0),
        )
        for k, row in enumerate(weights)
    }


def rows() -> list[Row]:
    """The table of the issue, and below it the cases that nothing was tuned on."""
    quartic, sextic = binary_forms(4), binary_forms(6)
    two_circles = [(1, -1, 1, 1), (0, 0, -2, 2)]
    return [
        Row(
            "SO(3), 1 particle (6)", *rotating(3, 1), 6, {2: 3}, group=orthogonal(3, 2)
        ),
        Row(
            "SO(3), 2 (12)",
            *rotating(3, 2),
            6,
            {2: 10, 3: 4},
            reach=0.3,
            group=orthogonal(3, 4),
        ),
        Row(
            "SO(3), 3 (18)", *rotating(3, 3), 6, {2: 21, 3: 20}, group=orthogonal(3, 6)
        ),
        Row("SO(4), 1 (8)", *rotating(4, 1), 6, {2: 3}, group=orthogonal(4, 2)),
        Row("SO(4), 2 (16)", *rotating(4, 2), 6, {2: 10, 4: 1}, group=orthogonal(4, 4)),
        Row(
            "SU(3), 2 x (3 + 3*) (12)",
            *acting(6, traceless(3)),
            8,
            {2: 4},
            group=special(3, 2),
        ),
        Row(
            "SU(3), 4 x (3 + 3*) (24)",
            *acting(12, traceless(3)),
            6,
            {2: 16, 3: 8},
            group=special(3, 4),
        ),
        Row(
            "SL(2), two quartics (10)",
            *acting(10, quartic),
            8,
            {2: 3, 3: 4, 4: 1},
            of_q=True,
            reach=2.0,
            group=binary(4, 2),
        ),
        Row(
            "SL(2), sextic (7)",
            *acting(7, sextic),
            15,
            {2: 1, 4: 1, 6: 1, 10: 1, 15: 1},
            of_q=True,
            reach=10.0,
            group=binary(6, 1),
        ),
        Row("SO(5), 3 (30)", *rotating(5, 3), 5, {2: 21, 5: 6}),
        Row(
            "torus of rank 2 (8)", *circles(two_circles), None, {2: 6, 4: 6}, reach=0.05
        ),
        Row(
            "circle 3, 5, -7 (6)",
            *circles([(3, 5, -7)]),
            None,
            {2: 3, 4: 2, 6: 4, 8: 4, 10: 4, 12: 2},
            reach=0.05,
        ),
        Row("SO(6), 2 (24), kept out", *rotating(6, 2), 6, {2: 10}),
        Row("G2 on 7 + 7 (14), kept out", *acting(7, exceptional()), None, {2: 3}),
        Row(
            "SL(2), three quartics (15), kept out",
            *acting(15, quartic),
            6,
            {2: 6, 3: 10, 4: 6, 5: 3},
            of_q=True,
            group=binary(4, 3),
        ),
        Row(
            "Sp(4), 3 vectors (12), kept out",
            *acting(12, symplectic_matrices(2)),
            6,
            {2: 3},
            of_q=True,
            group=symplectic(2, 3),
        ),
    ]


def solved(row: Row, generators: Mapping[str, Expr]) -> sf.Invariants:
    """The invariants of a row, with their certificate."""
    algebra = sf.LieAlgebra(row.space, generators)
    found = sf.invariants(algebra, row.degree, row.space.q if row.of_q else None)
    if not (found.certificate and found.count >= found.rank):
        raise SystemExit(f"{row.name}: no certificate")
    return found


def timed(call: Callable[[], object]) -> float:
    """The CPU time of a call, with SymPy's memory emptied before."""
    clear_cache()
    start = time.process_time()
    call()
    return time.process_time() - start


def printed(row: Row) -> tuple[str, ...]:
    """The row of the table, after a check of the numbers of generators."""
    generators = turned(row.generators)
    found = solved(row, generators)
    degrees = Counter(map(total_degree, found.polynomials))
    if degrees != Counter(row.found):
        raise SystemExit(f"{row.name}: generators in degrees {dict(degrees)}")
    taken = median(timed(lambda: solved(row, generators)) for _ in range(REPEATS))
    listed = " ".join(f"{d}^{n}" for d, n in sorted(degrees.items()))
    proved = "generating" if found.generating else f"to degree {found.degree}"
    verdict = "reached" if taken <= row.reach else "not reached"
    others = (
        seconds(program, row.group, degrees) if row.group else ""
        for program in PROGRAMS
    )
    return (
        row.name,
        listed,
        f"{taken:.3f}",
        f"{row.reach:g}",
        verdict,
        proved,
        *others,
    )


def thousand_particles() -> tuple[str, ...]:
    """e(3) on a thousand particles, from expressions to named invariants."""
    space = space_of(3000)
    q, p = space.q, space.p

    def turning(a: int, b: int) -> Expr:
        places = range(0, space.n, 3)
        pairs = ((q[k + a] * p[k + b], -q[k + b] * p[k + a]) for k in places)
        return Add(*(term for pair in pairs for term in pair))

    e3 = {"Lx": turning(1, 2), "Ly": turning(2, 0), "Lz": turning(0, 1)}
    e3 |= {f"P{axis}": Add(*p[axis::3]) for axis in range(3)}
    numbers: list[int] = []

    def call() -> None:
        found = structured_invariants(AffineAlgebra(space, e3))
        numbers.append(found.number)

    taken = median(timed(call) for _ in range(REPEATS))
    m = 1999
    if set(numbers) != {comb(m + 1, 2) + comb(m, 3)}:
        raise SystemExit("e(3) on a thousand particles: another number of invariants")
    verdict = "reached" if taken <= 1 else "not reached"
    name = "e(3), 1000 particles (6000)"
    return name, f"{numbers[0]} named", f"{taken:.3f}", "1", verdict, "generating"


# Coordinates, parameters, generators, and how many independent invariants there are.
LOCAL = {
    "scaling": ("x y", "", {"D": "2*x*p_x + 3*y*p_y"}, 3),
    "scaling by any weights": (
        "x y z",
        "a b",
        {"D": "x*p_x + a*y*p_y + b*z*p_z"},
        5,
    ),
    "translations": ("x1 x2 x3", "", {"P": "p_x1 + p_x2 + p_x3"}, 5),
    "SL(2), 2 vectors": (
        "x1 y1 x2 y2",
        "",
        {
            "e": "x1*p_y1 + x2*p_y2",
            "f": "y1*p_x1 + y2*p_x2",
            "h": "x1*p_x1 - y1*p_y1 + x2*p_x2 - y2*p_y2",
        },
        5,
    ),
    "screw": ("x y z", "h", {"S": "x*p_y - y*p_x + h*p_z"}, 5),
    "logarithmic scaling": ("x y", "", {"D": "x*p_x + p_y"}, 3),
    "spiral": ("x y", "w", {"S": "x*p_y - y*p_x + w*(x*p_x + y*p_y)"}, 3),
    "irrational torus": (
        "x y",
        "",
        {"H": "p_x**2 + x**2 + sqrt(2)*(p_y**2 + y**2)"},
        3,
    ),
    "family with a weight": (
        "x y",
        "a",
        {"X": "p_x", "Y": "p_y", "D": "x*p_x + a*y*p_y"},
        1,
    ),
}


def local_systems() -> dict[str, tuple[sf.PhaseSpace, Mapping[str, object], int]]:
    """Those of `LOCAL`, and the groups of motions of one and two particles."""
    systems: dict[str, tuple[sf.PhaseSpace, Mapping[str, object], int]] = {
        name: (sf.PhaseSpace(names, parameters=parameters), generators, count)
        for name, (names, parameters, generators, count) in LOCAL.items()
    }
    one, two = sf.PhaseSpace("x y"), sf.PhaseSpace("x1 y1 x2 y2")
    motions = sf.euclidean(two, dimension=2)
    scaling = {"D": "x1*p_x1 + y1*p_y1 + x2*p_x2 + y2*p_y2"}
    systems["SE(2), 1 particle"] = one, sf.euclidean(one, dimension=2), 1
    systems["SE(2), 2 particles"] = two, motions, 5
    systems["similitudes, 2 particles"] = two, {**motions, **scaling}, 4
    room = sf.PhaseSpace("x1 y1 z1 x2 y2 z2")
    systems["Galilei, 2 particles"] = room, sf.galilei(room, [1, 2], dimension=3), 2
    return systems


def local_rows() -> list[tuple[str, ...]]:
    """Rational and transcendental invariants, as many as exist, from expressions."""
    made = []
    for name, (space, generators, count) in local_systems().items():

        def call() -> sf.LocalInvariants:
            return sf.local_invariants(sf.closure(space, generators))  # noqa: B023

        found = call()
        if (found.rank, found.count) != (count, count):
            raise SystemExit(f"{name}: {found.rank} of {count} invariants")
        taken = median(timed(call) for _ in range(REPEATS))
        verdict = "reached" if taken <= 1 else "not reached"
        made.append((name, str(count), f"{taken:.3f}", "1", verdict))
    return made


MEMORY = """
import resource
from benchmarks.invariants import rows, solved, turned
(row,) = (row for row in rows() if "sextic" in row.name)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
solved(row, turned(row.generators))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def memory_of_the_sextic() -> str:
    """The memory that the sextic takes beyond that of the imports, in a new process."""
    command = [sys.executable, "-c", MEMORY]
    done = subprocess.run(  # noqa: S603 (the program is the one above)
        command, capture_output=True, text=True, check=True
    )
    megabytes = int(done.stdout) / 1024
    verdict = "reached" if megabytes <= 200 else "not reached"
    return f"sextic to degree 15: {megabytes:.0f} MB of memory, to reach 200: {verdict}"


@styled
def draw(path: str) -> None:
    """The cost of the graded search against degree, for one to three binary quartics."""
    figure = Figure(figsize=(5.4, 3.8), layout="constrained")
    axes = figure.subplots()
    for copies in range(1, 4):
        search = MultigradedSearch([kind(binary_forms(4), 5, copies)])
        seconds, degrees = [], range(2, 13 - 2 * copies)
        for degree in degrees:
            start = time.process_time()
            search.up_to(degree)
            seconds.append(time.process_time() - start)
        label = f"{5 * copies} variables"
        axes.semilogy(list(degrees), seconds, marker="o", label=label)
    axes.set(xlabel="degree", ylabel="CPU time of the degree / s")
    axes.legend(title="SL(2) on binary quartics")
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str]) -> None:
    """Print the table, and draw if a path is given."""
    console = Console(width=140)
    headings = ("action (variables)", "generators", "symflow / s", "to reach / s")
    headings += ("verdict", "proved", *(f"{program} / s" for program in PROGRAMS))
    table = Table(*headings, title="Invariants, CPU time")
    for row in rows():
        table.add_row(*printed(row))
    table.add_row(*thousand_particles())
    console.print(table)
    headings = ("algebra", "invariants", "symflow / s", "to reach / s", "verdict")
    table = Table(*headings, title="Rational and local invariants, CPU time")
    for line in local_rows():
        table.add_row(*line)
    console.print(table)
    console.print(memory_of_the_sextic())
    if arguments:
        draw(arguments[0])


if __name__ == "__main__":
    main(sys.argv[1:])
