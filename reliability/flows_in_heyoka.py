r"""Flows in heyoka: Hamilton's equations, solved by Taylor series of another program.

Takes known Hamiltonians, a random point each time, and a scheme of order eight with small
steps, gives how often the two end further apart than 1e-12. Without heyoka nothing is
tried, and the figure says so.

.. math:: \dot q = \partial_p H, \qquad \dot p = -\partial_q H
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

import sympy
import torch

import symflow as sf
from reliability.figures import Figure
from symflow.hamiltonians import KnownHamiltonian

__all__ = ["CASES", "figures", "here", "there"]

# Coordinates, potential and kinetic energy.
CASES = (
    ("q", "-cos(q)", "p_q**2/2"),
    ("x y", "(x**2 + y**2)/2 + x**2*y - y**3/3", "(p_x**2 + p_y**2)/2"),
    ("x y", "(x**2 + y**2)**2/4", "(p_x**2 + p_y**2)/2"),
    ("x y z", "-1/sqrt(1 + x**2 + y**2 + z**2)", "(p_x**2 + p_y**2 + p_z**2)/2"),
    ("x y", "x**4 + 2*x*y + y**2", "(p_x**2 + p_x*p_y + p_y**2)/2"),
)
TIME, STEPS, POINTS, TOLERANCE = 2.0, 400, 20, 1e-12


def here(case: tuple[str, str, str], z: torch.Tensor) -> torch.Tensor:
    """Where the flow of the package leads.

    Arguments:
        case: Coordinates, potential and kinetic energy.
        z: Phase points, shape (..., 2n).

    Returns:
        Their images.
    """
    space = sf.PhaseSpace(case[0])
    U, K = (
        KnownHamiltonian(sf.compile([space.read(text)], space.z)) for text in case[1:]
    )
    flow = sf.KahanLi(STEPS, TIME / STEPS, order=8).flow(U, K)
    with torch.no_grad():
        return flow(z)


def there(
    heyoka: ModuleType, case: tuple[str, str, str], z: torch.Tensor
) -> torch.Tensor:
    """Where Taylor series lead.

    Arguments:
        heyoka: The module.
        case: Coordinates, potential and kinetic energy.
        z: Phase points, shape (..., 2n).

    Returns:
        Their images.
    """
    space = sf.PhaseSpace(case[0])
    H = sum(space.read(text) for text in case[1:])
    slopes = [H.diff(x) for x in (*space.p, *space.q)]
    slopes = [*slopes[: space.n], *(-slope for slope in slopes[space.n :])]
    variables = heyoka.make_vars(*(x.name for x in space.z))
    equations = [
        (variable, heyoka.from_sympy(sympy.sympify(slope)))
        for variable, slope in zip(variables, slopes, strict=True)
    ]
    solver = heyoka.taylor_adaptive(equations, [0.0] * len(variables), tol=1e-17)
    ends = []
    for point in z.tolist():
        solver.time = 0.0
        solver.state[:] = point
        solver.propagate_until(TIME)
        ends.append(solver.state.tolist())
    return torch.tensor(ends, dtype=torch.float64)


def figures(share: float) -> list[Figure]:
    """How far apart the two end.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure.
    """
    what = "flows of known Hamiltonians, beside heyoka"
    if importlib.util.find_spec("heyoka") is None:
        return [Figure(what, 0, 0, 0, "heyoka is not installed, so nothing was tried")]
    heyoka = importlib.import_module("heyoka")
    tried = lost = 0
    largest = 0.0
    for k, case in enumerate(CASES):
        noise = torch.Generator().manual_seed(k)
        size = max(2, round(POINTS * share)), 2 * len(case[0].split())
        z = torch.rand(size, generator=noise, dtype=torch.float64) - 0.5
        apart = (here(case, z) - there(heyoka, case, z)).abs().amax(-1)
        largest = max(largest, float(apart.max()))
        tried, lost = tried + len(z), lost + int((apart > TOLERANCE).sum())
    remark = f"to {TOLERANCE:g} after {TIME:g} units of time; largest {largest:.1g}"
    return [Figure(what, tried, 0, lost, remark)]
