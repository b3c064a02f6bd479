r"""Counts: the claims that say how large a rank is.

Takes the facts and the evidence of a claim, gives the words that these show.

.. math:: 2n - \mathrm{rank}\,(\partial g_k / \partial z)
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy.polys.rings import PolyElement

from .facts import Facts
from .verdicts import PROVED, UNKNOWN, Evidence, Rule, need, texts

__all__ = ["hidden_places"]


def _independent(facts: Facts, evidence: Evidence) -> str:
    found, total = evidence["rank"], len(facts.listed)
    if "most" in evidence:
        return _independent_of_most(facts, evidence)
    most = facts.size - facts.generic_rank(facts.moving)
    facts.check_rank(facts.slopes, evidence, min(total, most))
    return f"{found} of the {total} invariants are functionally independent"


def _independent_of_most(facts: Facts, evidence: Evidence) -> str:
    """Count what commutes with given functions, and with the brackets of these."""
    found, most, size = evidence["rank"], evidence["most"], facts.size
    functions = list(map(facts.function, texts(evidence["functions"])))
    given = list(facts.functions(evidence["given"]).values())
    facts.need_kept(map(facts.field, given), *functions)
    # Time is a coordinate whose momentum no integral holds.
    hidden, slopes = (
        hidden_places(facts, evidence, given),
        list(map(facts.slope, functions)),
    )
    need(
        not any(slope[k] for slope in slopes for k in hidden), "one holds the momentum"
    )
    while True:
        fields = list(map(facts.field, given))
        rows = [[f for k, f in enumerate(v) if k not in hidden] for v in fields]
        left = size - len(hidden) - facts.generic_rank(rows)
        if left <= most or len(given) > 40:
            break
        given += [facts.bracket(f, field) for f in given for field in fields]
    need(left <= most, f"why there are at most {most} is not seen")
    rank = facts.generic_rank(slopes)
    need(rank == found <= most, f"{rank} are independent")
    return f"{found} of at most {most} independent functions were found"


def hidden_places(
    facts: Facts, evidence: Evidence, given: Iterable[PolyElement]
) -> list[int]:
    """The place of the momentum of time, which is added to what is given."""
    found = [facts.z.index(facts.named[name]) for name in texts(evidence["hidden"])]
    rates = [facts.slope(f)[k] for f in given for k in found]
    momenta = all(k >= facts.n for k in found) and all(f == 1 for f in rates)
    need(momenta, "only the momentum of time is left aside")
    return found


def _count(facts: Facts, evidence: Evidence) -> str:
    size, orbit = facts.size, evidence["rank"]
    met = orbit + facts.generic_rank(facts.slopes) == size
    need(evidence["complete"] is met, f"that they are complete is {met}")
    most = orbit if met else min(len(facts.moving), size)
    facts.check_rank(facts.moving, evidence, most)
    return (
        f"{size - orbit} functionally independent invariants exist: {size} minus the "
        f"orbit dimension {orbit}"
    )


def _complete(facts: Facts, evidence: Evidence) -> str:
    rank, orbit = facts.generic_rank(facts.slopes), facts.generic_rank(facts.moving)
    need(evidence["rank"] == evidence["count"] == rank, f"{rank} are independent")
    need(rank + orbit == facts.size, "fewer than exist are listed")
    return "every invariant near a generic point is a function of those listed"


RULES: dict[str, Rule] = {
    "independent": (_independent, {PROVED, UNKNOWN}),
    "count": (_count, {PROVED, UNKNOWN}),
    "complete": (_complete, {PROVED, UNKNOWN}),
}
