r"""Checking: every claim of a certificate, each by the rule of its kind.

Takes a certificate, gives one finding a claim. A claim must say, word for word, what its
evidence shows; later kinds may rest on earlier ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sympy.polys.matrices.exceptions import DMError
from sympy.polys.polyerrors import BasePolynomialError

from . import (
    actions,
    brackets,
    changes,
    counts,
    fields,
    groups,
    integrals,
    models,
    multipliers,
    spans,
)
from .facts import Facts
from .models import PIECES
from .verdicts import (
    MEASURED,
    MOST_ENTRIES,
    UNKNOWN,
    Evidence,
    Finding,
    MalformedError,
    Rule,
    TooLargeError,
    Verdict,
    need,
    texts,
)

__all__ = ["verify"]

LISTS = (
    *(brackets, changes, counts, actions, spans, multipliers, integrals),
    *(groups, fields, models),
)
RULES: dict[str, Rule] = {
    kind: rule for part in LISTS for kind, rule in part.RULES.items()
}
# The words of claims that are not known, which say what is not, and of those.
UNSETTLED = {
    "independent": r"\d+ of the \d+ invariants are functionally independent",
    "count": r"\d+ functionally independent invariants exist: \d+ minus the orbit "
    r"dimension \d+",
    "generating": r"every polynomial invariant of degree at most \d+ is a polynomial in "
    "those listed",
    "complete": "every invariant near a generic point is a function of those listed",
    "generating the field": "every rational invariant is a rational function of those "
    "listed",
    "relative invariants generate": r"every relative invariant of degree at most \d+ with "
    "multipliers in the field of coefficients is a combination of products of those listed",
    "kinematics": "the marginal over q of an invariant density is invariant",
    "encoder": r"the bound on log p\(q\) is invariant",
}
ORDER = {kind: place for place, kind in enumerate(RULES)}
BROKEN = (
    *(AttributeError, LookupError, TypeError, ValueError, RecursionError),
    *(ArithmeticError, BasePolynomialError, DMError),
)


def _examine(facts: Facts, claim: Mapping[str, Any]) -> Finding:
    """Check one claim by the rule of its kind."""
    kind, statement, standing = claim["kind"], claim["statement"], claim["standing"]
    verdict, why = Verdict.VERIFIED, ""
    try:
        need(kind in RULES, "this kind of claim is unknown")
        check, allowed = RULES[kind]
        if not facts.exact:
            allowed = {UNKNOWN if s == UNKNOWN else MEASURED for s in allowed}
        need(standing in allowed, f"it may not have the standing {standing!r}")
        if standing == UNKNOWN:
            known = re.fullmatch(UNSETTLED[kind], statement)
            need(known, "its words are not those of such a claim")
        if standing != UNKNOWN:
            words = check(facts, claim["evidence"])
            said = statement.partition(": ")[2] if kind in PIECES else statement
            need(said == words, f"its evidence shows: {words}")
        if standing == UNKNOWN or kind == "measured":
            verdict = Verdict(standing)
    except TooLargeError as error:
        verdict, why = Verdict.NOT_RECHECKED, str(error)
    except MalformedError as error:
        verdict, why = Verdict.REJECTED, str(error)
    except BROKEN as error:
        verdict, why = Verdict.REJECTED, f"its evidence is malformed: {error!r}"
    facts.verdicts.setdefault(kind, set()).add(verdict)
    return Finding(kind, statement, verdict, why)


def _read_claims(facts: Facts) -> list[dict[str, Any]]:
    """The claims, none of which may lack: what is listed is claimed, and counted."""
    document, claims, keys = facts.document, facts.document["claims"], set()
    need(isinstance(claims, list) and len(claims) <= MOST_ENTRIES, "claims are a list")
    by_kind: dict[str, list[Evidence]] = {}
    for claim in claims:
        keys = {"kind", "statement", "standing", "why", "evidence"}
        need(set(claim) == keys, f"a claim must have {sorted(keys)}")
        texts([claim[key] for key in sorted(keys - {"evidence"})])
        need(isinstance(claim["evidence"], dict), "evidence must be a mapping")
        by_kind.setdefault(claim["kind"], []).append(claim["evidence"])
    invariants = [evidence["expression"] for evidence in by_kind.get("invariant", [])]
    need(invariants == facts.listed, "each invariant must have one claim, in order")
    need(
        by_kind.get("added", []) == document["added"], "what was added must be claimed"
    )
    basic = {"closure", "independent generators"} & set(by_kind)
    need(
        len(basic) == 2 or not facts.generators, "a claim on the generators is missing"
    )
    pieces = [claim["statement"] for claim in claims if claim["kind"] in PIECES]
    for k, statement in enumerate(pieces, start=1):
        need(statement.startswith(f"piece {k}: "), "pieces are not numbered in order")
    summary = {
        "degrees of freedom": facts.n,
        "dimension": len(facts.generators),
        "invariants": len(facts.listed),
        "standings": dict(Counter(claim["standing"] for claim in claims)),
    }
    need(document["summary"] == summary, f"the summary must be {summary}")
    return claims


def verify(document: Mapping[str, Any]) -> list[Finding]:
    """Check every claim of a certificate.

    Arguments:
        document: The certificate, as `load` gives it.

    Returns:
        One finding a claim, in their order.

    Raises:
        MalformedError: If it is no certificate.

    Example:
        >>> verify({"schema": "symflow-certificate/0"})
        Traceback (most recent call last):
        ...
        symflow.verify.verdicts.MalformedError: This is no certificate: the schema must be ...
    """
    try:
        facts = Facts(document)
        claims = _read_claims(facts)
    except (TooLargeError, *BROKEN) as error:
        raise MalformedError(f"This is no certificate: {error}.") from None
    order = sorted(range(len(claims)), key=lambda k: ORDER.get(claims[k]["kind"], 0))
    findings = {k: _examine(facts, claims[k]) for k in order}
    return [findings[k] for k in range(len(claims))]
