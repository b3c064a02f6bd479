"""Algebras that the tests share, with what is known about each in closed form."""

from dataclasses import dataclass, field

import symflow as sf


@dataclass(frozen=True)
class System:
    """An algebra and the counts that theory gives it."""

    name: str
    coordinates: str
    generators: dict = field(default_factory=dict)
    independent: int = 0
    compact: bool = True
    momenta: str | None = None

    @property
    def space(self):
        return sf.PhaseSpace(self.coordinates, self.momenta)

    @property
    def algebra(self):
        return sf.LieAlgebra(self.space, self.generators)

    def __str__(self):
        return self.name


def _rotations(particles):
    """so(3) on several particles, each with coordinates x, y, z."""
    names = [(f"x{k}", f"y{k}", f"z{k}") for k in range(particles)]

    def total(a, b):
        return " + ".join(f"({n[a]}*p_{n[b]} - {n[b]}*p_{n[a]})" for n in names)

    generators = {"Lx": total(1, 2), "Ly": total(2, 0), "Lz": total(0, 1)}
    return " ".join(sum(names, ())), generators


NOTHING = System("no symmetry", "x y", {}, 4)
SO2 = System("so(2)", "x y", {"L": "x*p_y - y*p_x"}, 3)
SO2_AXIS = System("so(2) about z", "x y z", {"L": "x*p_y - y*p_x"}, 5)
SO3 = System("so(3)", *_rotations(1), 3)
SO3_TWO = System("so(3), two particles", *_rotations(2), 9)
SO3_THREE = System("so(3), three particles", *_rotations(3), 15)
U2 = System(
    "u(2)",
    "x y",
    {
        "H": "(p_x**2 + p_y**2 + x**2 + y**2)/2",
        "S1": "(p_x*p_y + x*y)/2",
        "S2": "(x*p_y - y*p_x)/2",
        "S3": "(p_x**2 + x**2 - p_y**2 - y**2)/4",
    },
    1,
)
RESONANT = System(
    "2:1 oscillator", "x y", {"H": "(p_x**2 + 4*x**2)/2 + (p_y**2 + y**2)/2"}, 3
)
E3 = System(
    "e(3)",
    "x y z",
    {
        "Px": "p_x",
        "Py": "p_y",
        "Pz": "p_z",
        "Lx": "y*p_z - z*p_y",
        "Ly": "z*p_x - x*p_z",
        "Lz": "x*p_y - y*p_x",
    },
    1,
    compact=False,
)
HEISENBERG = System("h(1)", "q", {"Q": "q", "P": "p"}, 0, compact=False, momenta="p")
SL2 = System(
    "sl(2, R)",
    "q",
    {"e": "q**2/2", "f": "-p**2/2", "h": "-q*p"},
    0,
    compact=False,
    momenta="p",
)
DILATION = System("dilation", "x y", {"D": "x*p_x + y*p_y"}, 3, compact=False)

ALL = [
    NOTHING,
    SO2,
    SO2_AXIS,
    SO3,
    SO3_TWO,
    SO3_THREE,
    U2,
    RESONANT,
    E3,
    HEISENBERG,
    SL2,
    DILATION,
]
COMPACT = [system for system in ALL if system.compact]
