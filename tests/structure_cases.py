r"""The case book's tables of structure constants."""

import json
from itertools import product
from pathlib import Path

from sympy import sympify

from symflow.structure import AbstractLieAlgebra

CASES = json.loads(
    (Path(__file__).parent / "cases_structure.json").read_text(encoding="utf-8")
)


def built(case):
    constants = {
        (left, right): {name: sympify(value) for name, value in row.items()}
        for left, right, row in case["brackets"]
    }
    return AbstractLieAlgebra(case["names"], constants)


def case(name):
    """The algebra of one case."""
    return built(next(item for item in CASES if item["id"] == name))


def dimensions(series):
    return [space.dimension for space in series]


def bracket_of(algebra, x, y):
    """The bracket of two vectors by name, straight from the structure constants."""
    total = {}
    for (a, u), (b, v) in product(x.items(), y.items()):
        for pair, sign in (((a, b), 1), ((b, a), -1)):
            for name, c in algebra.structure_constants.get(pair, {}).items():
                total[name] = total.get(name, 0) + sign * u * v * c
    return total
