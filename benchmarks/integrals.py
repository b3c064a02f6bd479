r"""Integrals: how long integrals of motion take, beside the same ansatz in plain SymPy.

Takes textbook Hamiltonians, gives seconds of CPU time, medians of three, imports excluded
and conversion from text included. Where SymPy is run it must find as many solutions, or the
program stops. The second table is of Hamiltonians with parameters, where every value with a
further integral is sought.

.. math:: \sum_\alpha c_\alpha \{z^\alpha, H\} = 0

Run it with ``python benchmarks/integrals.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import combinations, combinations_with_replacement
from statistics import median

from rich.console import Console
from rich.table import Table
from sympy import Mul, Poly, symbols, sympify
from sympy.core.cache import clear_cache
from sympy.polys.matrices import DomainMatrix

import symflow as sf
from symflow.centralizers import Integrals, integrals_of_motion, motion_ansatz
from symflow.integrable_values import integrable_values

REPEATS = 3
# SymPy is not run on more unknowns than this.
MOST_FOR_SYMPY = 500


def kinetic(names: list[str]) -> str:
    """The kinetic energy of particles of mass one."""
    return "+".join(f"p_{name}**2/2" for name in names)


def oscillator(n: int) -> tuple[sf.PhaseSpace, str]:
    """The isotropic oscillator."""
    names = [f"q{k}" for k in range(1, n + 1)]
    return sf.PhaseSpace(names), "+".join(
        [kinetic(names), *(f"{a}**2/2" for a in names)]
    )


def calogero(n: int) -> tuple[sf.PhaseSpace, str]:
    """Particles on a line that repel each other by inverse squares."""
    names = [f"q{k}" for k in range(1, n + 1)]
    pairs = (f"1/({a} - {b})**2" for a, b in combinations(names, 2))
    return sf.PhaseSpace(names), "+".join([kinetic(names), *pairs])


def toda(n: int) -> tuple[sf.PhaseSpace, str]:
    """Particles on a ring with exponential forces between neighbours."""
    names = [f"q{k}" for k in range(1, n + 1)]
    ring = zip(names, [*names[1:], names[0]], strict=True)
    return sf.PhaseSpace(names), "+".join(
        [kinetic(names), *(f"exp({a} - {b})" for a, b in ring)]
    )


def kepler() -> tuple[sf.PhaseSpace, str]:
    """Kepler's problem in space, with mass and coupling as parameters."""
    space = sf.PhaseSpace("x y z", parameters="m k")
    kinetic_energy = "(p_x**2 + p_y**2 + p_z**2)/(2*m)"
    return space, f"{kinetic_energy} - k/sqrt(x**2 + y**2 + z**2)"


def henon_heiles(e: str, parameters: str = "") -> tuple[sf.PhaseSpace, str]:
    """Two coordinates with a cubic potential."""
    space = sf.PhaseSpace("x y", parameters=parameters)
    forces = "A*x**2/2 + B*y**2/2 + " if "A" in parameters else ""
    return space, f"(p_x**2 + p_y**2)/2 + {forces}x**2*y + {e}*y**3/3"


def quartic() -> tuple[sf.PhaseSpace, str]:
    """Two coordinates with an even quartic potential."""
    space = sf.PhaseSpace("x y", parameters="a b")
    return space, "(p_x**2 + p_y**2)/2 + x**4 + a*x**2*y**2 + b*y**4"


def top() -> tuple[sf.PoissonSpace, str]:
    """A heavy top with its centre of mass across the axis of symmetry."""
    brackets = {
        **{("m1", "m2"): "m3", ("m2", "m3"): "m1", ("m3", "m1"): "m2"},
        **{("m1", "g2"): "g3", ("m2", "g3"): "g1", ("m3", "g1"): "g2"},
        **{("m2", "g1"): "-g3", ("m3", "g2"): "-g1", ("m1", "g3"): "-g2"},
    }
    space = sf.PoissonSpace("m1 m2 m3 g1 g2 g3", brackets, parameters="c")
    return space, "(m1**2 + m2**2 + c*m3**2)/2 - g1"


MOTIONS = {
    "oscillator, 3 dimensions": (*oscillator(3), 2),
    "oscillator, 4 dimensions": (*oscillator(4), 4),
    "Kepler": (*kepler(), 3),
    "Kepler, further": (*kepler(), 5),
    "Calogero, 3 particles": (*calogero(3), 3),
    "Calogero, 4 particles": (*calogero(4), 4),
    "Toda ring, 3 particles": (*toda(3), 3),
    "Toda ring, 4 particles": (*toda(4), 5),
    "Hénon-Heiles, e = 6": (*henon_heiles("6"), 4),
    "Hénon-Heiles, e = 16": (*henon_heiles("16"), 6),
}
FAMILIES = {
    "Hénon-Heiles, e": (*henon_heiles("e", "e"), 6),
    "Hénon-Heiles, A B e": (*henon_heiles("e", "A B e"), 4),
    "Hénon-Heiles, A B e, further": (*henon_heiles("e", "A B e"), 6),
    "quartic, a b": (*quartic(), 4),
    "quartic, a b, further": (*quartic(), 8),
    "heavy top, c": (*top(), 4),
}


def seconds(call: Callable[[], object]) -> float:
    """The median CPU time of a call with a cold cache."""
    taken = []
    for _ in range(REPEATS):
        clear_cache()
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return median(taken)


def sympy_solutions(space: sf.PhaseSpace, H: str, degree: int) -> int:
    """The number of solutions of the ansatz, by SymPy alone."""
    energy = sympify(H, locals=dict(space.symbols))
    gradient = [energy.diff(z) for z in space.z]
    n = space.n
    flow = [*gradient[n:], *(-slope for slope in gradient[:n])]
    monomials = [
        Mul(*factors)
        for step in range(1, degree + 1)
        for factors in combinations_with_replacement(space.z, step)
    ]
    unknowns = symbols(f"c:{len(monomials)}")
    moved = sum(
        c * sum(m.diff(z) * v for z, v in zip(space.z, flow, strict=True))
        for c, m in zip(unknowns, monomials, strict=True)
    )
    equations = Poly(moved, *space.z).coeffs()
    rows = [[equation.coeff(c) for c in unknowns] for equation in equations]
    matrix = DomainMatrix.from_list_sympy(len(rows), len(unknowns), rows)
    return len(unknowns) - matrix.to_field().rank()


def of_motions() -> Table:
    """Motions without parameters to vary."""
    table = Table(
        "motion", "degree", "unknowns", "found", "independent", "s", "SymPy, s"
    )
    for name, (space, H, degree) in MOTIONS.items():
        energy = space.read(H)
        found: list[Integrals] = []
        taken = seconds(lambda: found.append(integrals_of_motion(H, space, degree)))  # noqa: B023
        size = len(motion_ansatz(energy, space).unknowns(degree))
        plain = "-"
        if energy.is_polynomial(*space.z) and size <= MOST_FOR_SYMPY:
            solved: list[int] = []
            other = seconds(lambda: solved.append(sympy_solutions(space, H, degree)))  # noqa: B023
            if solved[0] != found[0].dimension:
                raise SystemExit(f"{name}: SymPy finds another number of solutions")
            plain = f"{other:.2f}"
        table.add_row(
            *(name, str(degree), str(size), str(len(found[0].generators))),
            *(f"{found[0].rank} of {found[0].most}", f"{taken:.2f}", plain),
        )
    return table


def of_families() -> Table:
    """Motions with parameters, and the values at which there is more."""
    table = Table("family", "degree", "tried", "values with further integrals", "s")
    for name, (space, H, degree) in FAMILIES.items():
        start = time.process_time()
        found = integrable_values(H, space, degree)
        taken = time.process_time() - start
        listed = "; ".join(
            ", ".join(f"{symbol} = {value}" for symbol, value in entry.at.items())
            for entry in found.found
        )
        tried = str(len(found.tried))
        table.add_row(name, str(degree), tried, listed, f"{taken:.2f}")
    return table


def main() -> None:
    """Print both tables."""
    console = Console(width=100)
    console.print(of_motions())
    console.print(of_families())


if __name__ == "__main__":
    main()
