r"""Figures: what an experiment tried, how much of it was wrong, and what got through.

Takes counts, gives one row of a table and plain data that JSON keeps.

.. math:: \text{missed} = \text{wrong} - \text{caught}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Figure", "listed"]


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Arguments:
        what: What was tried.
        tried: How many times.
        wrong: How many of these were wrong, or how many faults were injected.
        missed: How many got through: wrong and accepted, crashed, hung or lost.
        remark: What else a reader needs to know.

    Example:
        >>> Figure("spec files", 100, 90, 0, "10 were read").cells
        ('spec files', '100', '90', '0', '10 were read')
    """

    what: str
    tried: int
    wrong: int
    missed: int
    remark: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        counts = (self.tried, self.wrong, self.missed)
        return self.what, *(f"{count:,}" for count in counts), self.remark

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data.

        Returns:
            A mapping that makes the same figure again.
        """
        return asdict(self)


def listed(counts: Mapping[str, int]) -> str:
    """Counts in words, the most frequent first.

    Arguments:
        counts: How often each thing was seen.

    Returns:
        A line of text.

    Example:
        >>> listed({"read": 2, "refused": 5})
        '5 refused, 2 read'
    """
    return ", ".join(f"{n:,} {what}" for what, n in Counter(counts).most_common())
