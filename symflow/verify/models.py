r"""Models: the claims on what a flow is made of, and on what was measured of it.

Takes the facts and the evidence of a claim, gives the words that these show.

.. math:: \{g, f\} = 0, \quad A^3 = c A, \quad A^T S + S A = 0
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite

from .facts import Facts
from .verdicts import (
    BUILT,
    MEASURED,
    PROVED,
    UNKNOWN,
    Evidence,
    Rule,
    TooLargeError,
    Verdict,
    follow,
    need,
    texts,
)

__all__: list[str] = []

EPSILON = {"float64": 2**-52, "float32": 2**-23, "float16": 2**-10, "bfloat16": 2**-7}


def _shear(facts: Facts, evidence: Evidence) -> str:
    functions = list(map(facts.read, texts(evidence["functions"])))
    places = evidence["coordinates"]
    need(all(type(i) is int for i in places), "coordinates are places in z")
    need(
        not any(i + facts.n in places for i in places), "two coordinates are conjugate"
    )
    used = {i for f in functions for m in f for i, power in enumerate(m) if power}
    need(used <= set(places), "a function depends on another coordinate")
    facts.need_kept(facts.moving, *functions)
    return f"every f({', '.join(evidence['functions'])}) has an exact flow, a shear"


def _linear_flow(facts: Facts, evidence: Evidence) -> str:
    functions = list(map(facts.read, texts(evidence["functions"])))
    for f, cube in zip(functions, texts(evidence["cubes"]), strict=True):
        need(all(sum(m) == 2 for m in f), "a function is not quadratic")
        A, c = facts.affine(facts.field(f))[0], facts.number(cube)
        need((A * A * A - A * c).is_zero_matrix, f"A^3 is not {cube} A")
    facts.need_kept([*facts.moving, *map(facts.field, functions)], *functions)
    return (
        f"every f({', '.join(evidence['functions'])}) has an exact flow, a linear flow"
    )


def _base(facts: Facts, evidence: Evidence) -> str:
    size, convert = 2 * facts.n, facts.domain.to_sympy
    S = facts.matrix(evidence["metric"], size, size)
    point = facts.matrix([[c] for c in evidence["fixed_point"]], size, 1)
    vectors = [
        facts.matrix([[c] for c in v], size, 1) for v in evidence["fixed_vectors"]
    ]
    commutant = [facts.matrix(B, size, size) for B in evidence["commutant"]]
    for A, b in map(facts.affine, facts.moving):
        need((A.transpose() * S + S * A).is_zero_matrix, "A^T S + S A is not zero")
        need((A * point + b).is_zero_matrix, "the fixed point moves")
        need(all((A * v).is_zero_matrix for v in vectors), "a fixed vector moves")
        need(all((A * B - B * A).is_zero_matrix for B in commutant), "A B is not B A")
    need((S - S.transpose()).is_zero_matrix, "the metric is not symmetric")
    for k in range(1, size + 1):
        facts.tick()
        minor = convert(S.to_dense()[:k, :k].det())
        need(minor.is_positive, "the metric is not positive")
    gaussians = (
        "{g, pi} = 0 for every Gaussian of covariance B S^-1 B^T with B in the commutant "
        "and mean in the fixed vectors, and for their mixtures"
    )
    if "forms" not in evidence:
        return gaussians
    need(evidence["forms"] == "(z - m)^T S B (z - m)", "other forms may move")
    return f"{gaussians}, and for every function of the forms {evidence['forms']}"


def _kinematics(facts: Facts, evidence: Evidence) -> str:
    n, z = facts.n, facts.z
    follow(facts.is_plain(*facts.generators.values()), "these are no polynomials")
    for name, g in facts.generators.items():
        need(
            all(sum(m[n:]) == 1 or not any(m) for m in g), f"{name} is not linear in p"
        )
        spread = sum(g.diff(z[i]).diff(z[n + i]) for i in range(n))
        need(not spread, f"{name} changes volumes of q")
    return "the marginal over q of an invariant density is invariant"


def _measured(facts: Facts, evidence: Evidence) -> str:
    value, tolerance = evidence["value"], evidence["tolerance"]
    for x in (value, 0.0 if tolerance is None else tolerance):
        need(type(x) in (int, float) and isfinite(x), "it is not a finite number")
    need(type(evidence["points"]) is int, "points must be an integer")
    need(evidence["points"] > 0, "points must be positive")
    need(re.fullmatch("b?float[0-9]{2}", evidence["dtype"]), "the dtype is unknown")
    words = f"{evidence['name']}: {value:.3g}"
    if tolerance is None:
        return words
    if "stretch" in evidence:
        need(isfinite(evidence["stretch"]), "the stretch is not a finite number")
        grown = evidence["stages"] * evidence["stretch"]
        allowed = 4 * EPSILON[evidence["dtype"]] * grown
        need(abs(tolerance - allowed) <= 1e-9 * allowed, f"the bound is {allowed:g}")
    need(abs(value) <= tolerance, f"{value} is above {tolerance}")
    return f"{words}, to stay below {tolerance:g}"


def _resting(words: str, *pillars: set[str]) -> Callable[[Facts, Evidence], str]:
    """The check of a claim that follows from others for any weights."""

    def check(facts: Facts, evidence: Evidence) -> str:
        named = set(texts(evidence["rests on"]))
        for pillar in pillars:
            need(pillar & named, f"it does not rest on {' or '.join(sorted(pillar))}")
            need(
                pillar & set(facts.verdicts) <= named, "it leaves out what it rests on"
            )
        found = set().union(*(facts.verdicts.get(kind, {"missing"}) for kind in named))
        if Verdict.NOT_RECHECKED in found and len(found) <= 2:
            raise TooLargeError("what it rests on was too large to check")
        need(found == {Verdict.VERIFIED}, "what it rests on is not verified")
        return words

    return check


PIECES, MAP = {"shear", "linear flow"}, "equivariant map"
RULES: dict[str, Rule] = {
    "shear": (_shear, {PROVED}),
    "linear flow": (_linear_flow, {PROVED}),
    "base": (_base, {PROVED}),
    "kinematics": (_kinematics, {PROVED, UNKNOWN}),
    "measured": (_measured, {MEASURED}),
    MAP: (
        _resting("the map commutes with the flow of every generator", PIECES),
        {BUILT},
    ),
    "conserved": (
        _resting("the map conserves every generator exactly", PIECES),
        {BUILT},
    ),
    "volume": (_resting("the map keeps volume: log|det| = 0", PIECES), {BUILT}),
    "invariant density": (
        _resting("{g, log p} = 0 for every generator g", {MAP}, {"base"}),
        {BUILT},
    ),
    "encoder": (
        _resting("the bound on log p(q) is invariant", {"base"}, {"kinematics"}),
        {BUILT, UNKNOWN},
    ),
}
