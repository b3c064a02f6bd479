r"""Bracket table: every bracket of a basis at a glance, in a terminal or a notebook.

Takes names and structure constants, gives rows and columns as text, HTML and LaTeX.

.. math:: \text{row } i, \text{ column } j: \quad [g_i, g_j] = \sum_k c_{ij}^k g_k

Brackets that vanish are left blank. A table too wide for the page becomes a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from symflow.notation import (
    Signs,
    Vector,
    inline,
    name_latex,
    vector_latex,
    vector_text,
)
from symflow.typesetting import html

__all__ = ["BracketTable"]


class BracketTable:
    """The brackets of a basis, as a table that prints itself.

    Arguments:
        names: The names of the basis.
        structure_constants: The brackets that are not zero, by pairs of names.
        signs: What stands before and after the entries of a bracket.
        width: The widest line of text, in characters.

    Example:
        >>> from sympy import Integer
        >>> BracketTable("QPZ", {("Q", "P"): {"Z": Integer(1)}}, ("[", "]"))
        [·,·] │ Q   P  Z
        ──────┼─────────
        Q     │     Z
        P     │ -Z
        Z     │
    """

    def __init__(
        self,
        names: Sequence[str],
        structure_constants: Mapping[tuple[str, str], Vector],
        signs: Signs,
        width: int = 88,
    ) -> None:
        self._names = tuple(names)
        self._signs = signs
        self._width = width
        self._brackets = dict(structure_constants)
        self._values: dict[tuple[str, str], Vector] = {}
        for (left, right), value in structure_constants.items():
            self._values[left, right] = value
            self._values[right, left] = {name: -c for name, c in value.items()}

    def __str__(self) -> str:
        lines = self._grid()
        if max(map(len, lines)) > self._width:
            lines = self._list()
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    @property
    def _corner(self) -> str:
        first, last = self._signs
        return f"{first}·,·{last}"

    def _grid(self) -> list[str]:
        cells = {pair: vector_text(value) for pair, value in self._values.items()}
        left = max(map(len, [*self._names, self._corner]))
        widths = []
        for name in self._names:
            column = (cells.get((other, name), "") for other in self._names)
            widths.append(max(map(len, [name, *column])))

        def line(head: str, texts: Sequence[str]) -> str:
            padded = map(str.ljust, texts, widths)
            return f"{head.ljust(left)} │ {'  '.join(padded)}"

        rule = f"{'─' * (left + 1)}┼{'─' * (sum(widths) + 2 * len(widths) - 1)}"
        rows = [
            line(name, [cells.get((name, other), "") for other in self._names])
            for name in self._names
        ]
        return [line(self._corner, self._names), rule, *rows]

    def _list(self) -> list[str]:
        """The brackets one by one, in as many columns as there is room for."""
        first, last = self._signs
        items = [
            f"{first}{left}, {right}{last} = {vector_text(value)}"
            for (left, right), value in self._brackets.items()
        ]
        if not items:
            return ["All brackets vanish."]
        width = max(map(len, items)) + 4
        columns = max(1, (self._width + 4) // width)
        rows = -(-len(items) // columns)
        lines = [
            "".join(item.ljust(width) for item in items[row::rows])
            for row in range(rows)
        ]
        return [*lines, "All other brackets vanish."]

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html(name)}</th>" for name in self._names)
        rows = []
        for name in self._names:
            values = (self._values.get((name, other)) for other in self._names)
            cells = (html(vector_text(value)) if value else "" for value in values)
            row = "".join(f"<td>{cell}</td>" for cell in cells)
            rows.append(f"<tr><th>{html(name)}</th>{row}</tr>")
        corner = f"<th>{escape(self._corner)}</th>"
        return (
            f"<table><thead><tr>{corner}{head}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )

    def _repr_latex_(self) -> str:
        head = [r"[\cdot,\cdot]" if self._signs[0] == "[" else r"\{\cdot,\cdot\}"]
        head += map(name_latex, self._names)
        rows = []
        for name in self._names:
            values = (self._values.get((name, other)) for other in self._names)
            cells = (vector_latex(value) if value else "" for value in values)
            rows.append(" & ".join([name_latex(name), *cells]))
        columns = "c" * len(self._names)
        body = " \\\\\n".join(rows)
        return inline(
            f"\\begin{{array}}{{c|{columns}}}\n{' & '.join(head)} \\\\\n\\hline\n"
            f"{body}\n\\end{{array}}"
        )
