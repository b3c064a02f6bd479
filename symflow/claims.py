r"""Claims: statements with their standing.

Takes what was proved, built or measured, gives a record that a certificate can carry.
Nothing in the toolkit reports one standing as another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from symflow.text_enums import TextEnum

__all__ = ["Claim", "Standing"]


class Standing(TextEnum):
    """How well a statement is known.

    Example:
        >>> Standing.PROVED.value
        'proved'
    """

    PROVED = "proved"
    BY_CONSTRUCTION = "by construction"
    MEASURED = "measured"
    NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Claim:
    """One statement, its standing, and why it has that standing.

    Arguments:
        kind: Which rule re-checks it, such as ``"closure"`` or ``"invariant"``.
        statement: The statement in words and symbols.
        standing: How well it is known.
        why: The reason for the standing.
        evidence: Plain data (strings, numbers, lists, mappings) to re-check it from.

    Example:
        >>> Claim("closure", "{Lx, Ly} = Lz", Standing.PROVED, "identity").standing
        <Standing.PROVED: 'proved'>
    """

    kind: str
    statement: str
    standing: Standing
    why: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        statement, why = escape(self.statement), escape(self.why)
        return f"<p>{statement} (<b>{self.standing.value}</b>: {why})</p>"

    def as_dict(self) -> dict[str, Any]:
        """The claim as plain data, ready for JSON.

        Returns:
            A mapping with the keys ``kind``, ``statement``, ``standing``, ``why`` and
            ``evidence``.

        Example:
            >>> claim = Claim("bracket", "{q, p} = 1", Standing.PROVED, "definition")
            >>> claim.as_dict()["standing"]
            'proved'
        """
        return {
            "kind": self.kind,
            "statement": self.statement,
            "standing": self.standing.value,
            "why": self.why,
            "evidence": dict(self.evidence),
        }
