r"""Verdicts: what comes out of checking a claim, and how a check says that it fails.

Takes nothing; gives the verdicts, a finding, and the two ways to stop a check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sympy.polys.rings import PolyElement

__all__ = [
    "Finding",
    "MalformedError",
    "TooLargeError",
    "Verdict",
    "follow",
    "need",
    "texts",
]

MOST_ENTRIES = 5_000
# The standings that a claim may have.
PROVED, BUILT, MEASURED, UNKNOWN = "proved", "by construction", "measured", "not known"

Field = Sequence[PolyElement]
Evidence = Mapping[str, Any]
Row = dict[Any, Any]
Block = Sequence[Sequence[PolyElement]]
# The check of a kind of claim, which gives its words, and the standings it may have.
Rule = tuple[Callable[[Any, Evidence], str], set[str]]


class MalformedError(ValueError):
    """A certificate, or one claim of it, is not what it has to be."""


class TooLargeError(Exception):
    """A check would pass the bounds on time or memory, or has no rule here."""


# Python 3.10 has no StrEnum.
class Verdict(str, Enum):
    """What came out of checking one claim."""

    VERIFIED = "verified"
    MEASURED = "measured"
    NOT_KNOWN = "not known"
    NOT_RECHECKED = "not re-checked"
    REJECTED = "REJECTED"

    __str__ = str.__str__


@dataclass(frozen=True)
class Finding:
    """One claim, what came out of checking it, and why."""

    kind: str
    statement: str
    verdict: Verdict
    why: str

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        return f"{self.verdict:<14}  {self.kind}: {self.statement}{why}"


def need(condition: object, message: str) -> None:
    """Refuse what does not hold."""
    if not condition:
        raise MalformedError(message)


def follow(condition: object, message: str) -> None:
    """Stop where no rule leads on, or a bound would be passed."""
    if not condition:
        raise TooLargeError(message)


def texts(value: Any) -> list[str]:  # noqa: ANN401
    """A list of texts, of bounded length."""
    good = isinstance(value, list) and len(value) <= MOST_ENTRIES
    need(good and all(isinstance(text, str) for text in value), "no list of texts")
    return value
