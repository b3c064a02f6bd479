r"""Certificates: a thousand random single changes, of which no untruth may pass.

Takes true certificates of ten algebras, changes one entry at random, and gives how many
changes were refused and how many passed; one that passed must be shown to have changed no
truth by SymPy's own arithmetic, which the checker does not use.

.. math:: \text{accepted} \;\Rightarrow\; \text{true}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import sympy

from reliability.damage import damaged_json, places
from reliability.figures import Figure, listed
from symflow import verify
from symflow.verify import MalformedError, Verdict
from tests.certificate_lies import (
    MUTATIONS,
    base_holds,
    document,
    gradients_rank,
    space_of,
    tweaked,
)

__all__ = ["ALGEBRAS", "accepted", "changed", "figures", "why_true"]

ALGEBRAS = (
    *("no symmetry", "so(2)", "so(3)", "u(2)", "2:1 oscillator", "e(3)", "h(1)"),
    *("so(3), completed", "dilation", "oscillator with parameters"),
)
Path = tuple[Any, ...]


def changed(made: Any, random: Random) -> Path:  # noqa: ANN401
    """Change one entry of a certificate.

    Arguments:
        made: The certificate, changed in place.
        random: The source of random numbers.

    Returns:
        Where it changed, outermost key first; empty if nothing did.
    """
    before = json.loads(json.dumps(made))
    leaves = [path for path in places(made) if isinstance(at(made, path), str)]
    if random.random() < 0.5:
        path = random.choice(leaves)
        numbers = any(c.isalnum() for c in at(made, path))
        at(made, path[:-1])[path[-1]] = (
            tweaked(at(made, path), random) if numbers else "1"
        )
    else:
        damaged_json(made, random)
    return difference(before, made)


def at(value: Any, path: Path) -> Any:  # noqa: ANN401
    """The entry at a path."""
    for key in path:
        value = value[key]
    return value


def difference(before: Any, after: Any) -> Path:  # noqa: ANN401
    """The path of the innermost entry in which two documents differ."""
    if isinstance(before, dict) and isinstance(after, dict) and {*before} == {*after}:
        for key in before:
            if repr(before[key]) != repr(after[key]):
                return key, *difference(before[key], after[key])
    if isinstance(before, list) and isinstance(after, list):
        for k, (old, new) in enumerate(zip(before, after, strict=False)):
            if len(before) == len(after) and repr(old) != repr(new):
                return k, *difference(old, new)
    return ()


def accepted(made: Mapping[str, Any]) -> bool:
    """Whether the checker rejects nothing.

    Arguments:
        made: The certificate.

    Returns:
        False if it is refused, or one of its claims is rejected.
    """
    try:
        found = verify.verify(made)
    except MalformedError:
        return False
    return all(finding.verdict is not Verdict.REJECTED for finding in found)


def why_true(before: Any, after: Any, path: Path) -> str:  # noqa: ANN401
    """Why a change that passed changed no truth.

    Arguments:
        before: The certificate.
        after: The changed one.
        path: Where it changed.

    Returns:
        The reason in a few words; nothing if a truth changed.
    """
    if not path:
        return "nothing changed"
    if path[0] == "symflow" or path[-1] == "why":
        return "free words"
    if path[0] == "phase_space":
        return "an unused name" if path[1] == "parameters" else ""
    if path[0] != "claims" or len(path) < 3:
        return same_function(before, after, path)
    said = after["claims"][path[1]]
    if said in before["claims"]:
        return "another claim in its place, which is as true as it was"
    if verify.verify(after)[path[1]].verdict is Verdict.NOT_RECHECKED:
        return "in a claim that is said to be not re-checked"
    if said["standing"] == "not known":
        return "beside a claim that is not known" if path[2] == "evidence" else ""
    if len(path) < 4:
        return same_function(before, after, path)
    kind, evidence, key = said["kind"], said["evidence"], path[3]
    if kind == "measured":
        return "a measurement within its bound"
    if key == "point":
        texts = after["invariants" if kind == "independent" else "generators"]
        listed_texts = texts if isinstance(texts, list) else texts.values()
        rank = gradients_rank(after, listed_texts, evidence["point"])
        return "another point of the same rank" if rank == evidence["rank"] else ""
    if kind == "base":
        return "another true base" if base_holds(after, evidence) else ""
    if key == "rests on":
        kinds = {claim["kind"] for claim in after["claims"]}
        return "it rests on more" if {*evidence[key]} <= kinds else ""
    if key == "coordinates":
        return "more coordinates" if shear_holds(after, evidence) else ""
    if kind == "generating all":
        multiple = a_multiple(before, after, path)
        return multiple or same_function(before, after, path)
    return same_function(before, after, path)


def a_multiple(before: Any, after: Any, path: Path) -> str:  # noqa: ANN401
    """Whether a form of a vector of one component was multiplied by a number."""
    old, new = at(before, path), at(after, path)
    if not isinstance(new, str) or len(at(after, path[:-1])) != 1:
        return ""
    space = space_of(before)
    ratio = sympy.cancel(space.read(new) / space.read(old))
    return "a multiple of the form" if ratio and not ratio.has(*space.z) else ""


def shear_holds(made: Any, evidence: Mapping[str, Any]) -> bool:  # noqa: ANN401
    """Whether no coordinate has its momentum beside it, and each one used is there."""
    space = space_of(made)
    kept = {space.z[i] for i in evidence["coordinates"]}
    used = {x for f in evidence["functions"] for x in space.read(f).free_symbols}
    pairs = zip(space.q, space.p, strict=True)
    commuting = not any({q, p} <= kept for q, p in pairs)
    return commuting and used - set(space.parameters) <= kept


def same_function(before: Any, after: Any, path: Path) -> str:  # noqa: ANN401
    """Whether an expression was only written in another way."""
    old, new = at(before, path), at(after, path)
    if not isinstance(old, str) or not isinstance(new, str):
        return ""
    try:
        read = space_of(before).read
        same = sympy.expand(read(old) - read(new)) == 0
    except ValueError:
        return ""
    return "the same function" if same else ""


def blind(changes: int) -> Figure:
    """Single changes anywhere, whatever they do."""
    reasons: Counter[str] = Counter()
    missed = wrong = 0
    for k in range(changes):
        name = ALGEBRAS[k % len(ALGEBRAS)]
        made = document(name)
        path = changed(made, Random(k))  # noqa: S311
        if not accepted(made):
            wrong += 1
            continue
        reason = why_true(document(name), made, path)
        reasons[reason or "untrue"] += 1
        if not reason:
            missed += 1
            print(f"{name}, change {k}: {path} passed")
    remark = f"{changes - reasons.total():,} refused; passed: {listed(reasons)}"
    what = f"single changes of certificates of {len(ALGEBRAS)} algebras"
    return Figure(what, changes, wrong + missed, missed, remark)


def aimed(rounds: int) -> Figure:
    """Lies of every kind, each known to be one."""
    tried = lies = missed = 0
    for mutate in MUTATIONS:
        for k in range(rounds):
            made, tried = document(ALGEBRAS[k % 9]), tried + 1
            if mutate(made, Random(k)):  # noqa: S311
                lies += 1
                missed += accepted(made)
    remark = f"{len(MUTATIONS)} kinds of lies; the others changed no truth"
    return Figure("lies told in certificates", tried, lies, missed, remark)


def figures(share: float) -> list[Figure]:
    """The figures of both.

    Arguments:
        share: The part of the full count to try.

    Returns:
        The figures.
    """
    return [blind(max(10, round(1500 * share))), aimed(max(1, round(45 * share)))]
