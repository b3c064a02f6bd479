r"""Lab examples: named algebras with a Hamiltonian each, ready to be changed.

Takes nothing, gives the texts that the fields of the lab are filled with.

.. math:: \text{name} \mapsto (q, \; g_1, \dots, g_k, \; H, \; z_0)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr

from symflow.generators import euclidean, rotations, special_linear
from symflow.oscillators import symplectic, unitary
from symflow.phase_space import PhaseSpace

__all__ = ["LAB_EXAMPLES", "LabExample"]


@dataclass(frozen=True)
class LabExample:
    """What the fields of the lab hold at first.

    Arguments:
        coordinates: The names of the coordinates.
        generators: A line for each generator.
        parameters: The parameters with their first values.
        hamiltonian: The Hamiltonian.
        start: The phase point that motions start from, 2n numbers.
        plane: The two coordinates that the portrait shows.

    Example:
        >>> LAB_EXAMPLES["Kepler problem in the plane"].generators
        'L = x*p_y - y*p_x'
    """

    coordinates: str
    generators: str
    parameters: str
    hamiltonian: str
    start: str
    plane: tuple[str, str]


def _lines(generators: Mapping[str, Expr]) -> str:
    return "\n".join(f"{name} = {g}" for name, g in generators.items())


_LINE, _PLANE, _SPACE = (PhaseSpace(names) for names in ("x", "x y", "x y z"))
_KINETIC = "(p_x**2 + p_y**2)/2"

LAB_EXAMPLES: Mapping[str, LabExample] = {
    "so(3): two rotations make three": LabExample(
        "x y z",
        "Lx = y*p_z - z*p_y\nLy = z*p_x - x*p_z",
        "k = 1, b = 0",
        "(p_x**2 + p_y**2 + p_z**2)/2 + k*(x**2 + y**2 + z**2)/2 + b*z",
        "1, 0, 0.4, 0, 0.8, 0.3",
        ("x", "z"),
    ),
    "so(2): a rotation of the plane": LabExample(
        "x y",
        "L = x*p_y - y*p_x",
        "k = 1, b = 0",
        f"{_KINETIC} + k*(x**2 + y**2)**2/4 + b*x**2",
        "1, 0, 0.2, 0.7",
        ("x", "y"),
    ),
    "Kepler problem in the plane": LabExample(
        "x y",
        "L = x*p_y - y*p_x",
        "k = 1, b = 0",
        f"{_KINETIC} - k/sqrt(x**2 + y**2) + b*x",
        "1, 0, 0, 0.9",
        ("x", "y"),
    ),
    "u(2): the oscillator's hidden symmetry": LabExample(
        "x y",
        _lines(unitary(_PLANE)),
        "b = 0",
        f"{_KINETIC} + (x**2 + y**2)/2 + b*x**2",
        "1, 0.2, 0, 0.7",
        ("x", "y"),
    ),
    "e(2): rigid motions of the plane": LabExample(
        "x y",
        _lines(euclidean(_PLANE)),
        "b = 0",
        f"{_KINETIC} + b*x",
        "-1, 0, 0.1, 0.2",
        ("x", "y"),
    ),
    "Two bodies: translations, boosts and a mass": LabExample(
        "x1 x2",
        "P = p_x1 + p_x2\nG = m*x1 + m*x2",
        "m = 1, b = 0",
        "(p_x1**2 + p_x2**2)/(2*m) + (x1 - x2)**2/2 + b*x1**2",
        "0.5, -0.5, 0.3, 0.1",
        ("x1", "x2"),
    ),
    "sl(2,R): conformal mechanics": LabExample(
        "x",
        "E = p_x**2/2 + g/(2*x**2)\nK = x**2/2",
        "g = 1, k = 1",
        "p_x**2/2 + g/(2*x**2) + k*x**2/2",
        "1, 0.6",
        ("x", "p_x"),
    ),
    "sl(3,R): linear maps of space": LabExample(
        "x y z",
        _lines(special_linear(_SPACE)),
        "b = 0",
        "x*p_x - y*p_y + b*x*y",
        "0.3, 0.3, 0.3, 0.2, 0.2, 0.2",
        ("x", "y"),
    ),
    "sp(4,R): all quadratic functions": LabExample(
        "x y",
        _lines(symplectic(_PLANE)),
        "b = 0",
        f"{_KINETIC} + (x**2 + y**2)/2 + b*x*y",
        "1, 0.2, 0, 0.7",
        ("x", "y"),
    ),
    "so(4): rotations in four dimensions": LabExample(
        "x1 x2 x3 x4",
        _lines(rotations(PhaseSpace("x1 x2 x3 x4"))),
        "b = 0",
        "(p_x1**2 + p_x2**2 + p_x3**2 + p_x4**2)/2"
        " + (x1**2 + x2**2 + x3**2 + x4**2)/2 + b*x1**2",
        "1, 0, 0.3, 0, 0, 0.8, 0, 0.4",
        ("x1", "x2"),
    ),
    "No symmetry: a pendulum": LabExample(
        "x", "", "k = 1", "p_x**2/2 - k*cos(x)", "1.6, 0.6", ("x", "p_x")
    ),
    "Hénon and Heiles: a symmetry that breaks": LabExample(
        "x y",
        "L = x*p_y - y*p_x",
        "b = 0.5",
        f"{_KINETIC} + (x**2 + y**2)/2 + b*(x**2*y - y**3/3)",
        "0.3, 0, 0, 0.4",
        ("x", "y"),
    ),
}
