r"""Explanation tables: derivations as they stand on a terminal, in columns and colours.

Takes an explanation, gives tables of rich: each line of mathematics, the rule that it
follows from, and its standing.

.. math:: a \overset{\text{rule}}{=} b \qquad \text{(standing)}
"""

from __future__ import annotations

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text
from sympy import Basic, MatrixBase, pretty

from symflow.claims import Claim, Standing
from symflow.derivations import Derivation, Line, Step
from symflow.explanation_pages import line_text
from symflow.explanations import Explanation
from symflow.html_documents import SIGNS

__all__ = ["explanation_tables"]

# Beside its colour each standing has a sign and its word.
_COLOURS = {
    Standing.PROVED: "green",
    Standing.BY_CONSTRUCTION: "cyan",
    Standing.MEASURED: "yellow",
    Standing.NOT_KNOWN: "magenta",
}


def explanation_tables(explanation: Explanation) -> Group:
    """An explanation for a terminal that rich draws on.

    Arguments:
        explanation: The explanation.

    Returns:
        Its title and one table for each derivation; no name is read as markup.

    Example:
        >>> from rich.console import Console
        >>> from symflow.explanations import explain
        >>> from symflow.phase_space import PhaseSpace
        >>> shown = explanation_tables(explain(PhaseSpace("x"), "result"))
        >>> Console(width=72).print(shown)
        Phase space of 1 degree of freedom
        <BLANKLINE>
        The brackets of the coordinates
         {x, p_x} = 1          brackets of coordinates   ✓ proved
        <BLANKLINE>
        The motion, dz/dt = {z, H}
         {x, H} = dH/dp_x      equation of motion        ✓ proved
         {p_x, H} = -dH/dx     equation of motion        ✓ proved
    """
    parts: list[Text | Table] = [Text(explanation.title, "bold underline")]
    for derivation in explanation.derivations:
        parts += [Text(""), Text(derivation.heading, "bold"), _table(derivation)]
    return Group(*parts)


def _table(derivation: Derivation) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, show_edge=False, padding=(0, 1))
    table.add_column(overflow="fold", ratio=6)
    table.add_column(overflow="fold", ratio=4, style="dim")
    table.add_column(no_wrap=True)
    for line, start in derivation.chained:
        why = line.why if isinstance(line, Claim) else str(line.rule)
        mark = Text(f"{SIGNS[line.standing]} {line.standing}", _COLOURS[line.standing])
        table.add_row(Text(_shown(line, start)), Text(why), mark)
    return table


def _shown(line: Line, start: Basic | None) -> str:
    """A line as text, with a matrix as its rows below each other."""
    if not (isinstance(line, Step) and isinstance(line.right, MatrixBase)):
        return line_text(line, start)
    rows = pretty(line.right, use_unicode=True, wrap_line=False).splitlines()
    name = f"{line.left} = "
    middle = len(rows) // 2
    return "\n".join(
        f"{name if k == middle else ' ' * len(name)}{row}" for k, row in enumerate(rows)
    )
