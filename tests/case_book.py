r"""The case book's algebras of functions: their inputs and verified answers."""

import json
from pathlib import Path

from sympy import Symbol

import symflow as sf

_FOLDER = Path(__file__).parent


def _read(name):
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))


# Those that close, and those that never do.
CLOSED = _read("cases_algebra.json")
UNBOUNDED = _read("cases_functions.json")
# Those on integrals that are no algebras on canonical pairs.
INTEGRALS = _read("cases_integrals.json")
BY_NAME = {case["id"]: case for case in (*CLOSED, *UNBOUNDED, *INTEGRALS)}


def declared(case):
    """The phase space and the generators of a case."""
    given = case["input"]
    positive = given["parameter_assumptions"] == "positive"
    known = {"positive": True} if positive else {"real": True}
    parameters = [Symbol(name, **known) for name in given["parameters"]]
    space = sf.PhaseSpace(given["q"], given["p"], parameters=parameters)
    return space, given["generators"]
