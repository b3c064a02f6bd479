r"""Explanation pages: derivations on a terminal, in Markdown, and as a page of HTML.

Takes derivations, gives text in columns, Markdown with LaTeX, LaTeX alone, or one HTML
file whose formulas are MathML: it opens without a network and runs nothing.

.. math:: \text{derivations} \to \text{text, Markdown, } \LaTeX, \text{ HTML}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from sympy import Basic

from symflow.claims import Claim
from symflow.derivations import Derivation, Line, Step
from symflow.html_documents import SIGNS, document
from symflow.mathml import mathml
from symflow.notation import expression_latex

__all__ = [
    "html_body",
    "html_page",
    "latex_text",
    "line_text",
    "markdown_text",
    "plain_text",
]

_WIDEST = 72
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#$|])")
_STYLE = """
math { font-size: 1.05rem; }
td.line { overflow-x: auto; }
td.rule { color: var(--soft); font-size: 0.88rem; }
td.mark { white-space: nowrap; }
"""


def plain_text(title: str, derivations: Sequence[Derivation]) -> str:
    """Derivations for a terminal: the lines, their rules and their standings.

    Arguments:
        title: What is explained.
        derivations: The derivations.

    Returns:
        The text, in three columns.

    Example:
        >>> from sympy import Symbol
        >>> from symflow.derivations import Rule
        >>> x = Symbol("x")
        >>> step = Step(x + x, 2 * x, Rule.COLLECTING)
        >>> print(plain_text("Twice", [Derivation("A sum", [step])]))
        Twice
        =====
        <BLANKLINE>
        A sum
          2*x = 2*x  collecting terms  proved
    """
    parts = [title, "=" * len(title)]
    for derivation in derivations:
        rows = [(line_text(line, start), line) for line, start in derivation.chained]
        steps = [text for text, line in rows if isinstance(line, Step)]
        width = min(max(map(len, steps), default=0), _WIDEST)
        rules = [line.rule for _, line in rows if isinstance(line, Step)]
        second = max(map(len, rules), default=0)
        parts += ["", derivation.heading]
        for text, line in rows:
            if isinstance(line, Step):
                parts.append(
                    f"  {text:<{width}}  {line.rule:<{second}}  {line.standing}"
                )
            else:
                parts += [f"  {text}", f"    {line.standing}: {line.why}"]
    return "\n".join(parts)


def line_text(line: Line, start: Basic | None) -> str:
    """One line as text.

    Arguments:
        line: An equation or a statement.
        start: The left side that an equation goes on from, which is not said again.

    Returns:
        The text, in which equal signs of a chain stand below each other.

    Example:
        >>> from sympy import Symbol
        >>> from symflow.derivations import Rule
        >>> x = Symbol("x")
        >>> line_text(Step(2 * x, x + x, Rule.COLLECTING), 2 * x)
        '    = 2*x'
    """
    if isinstance(line, Claim):
        return line.statement
    left = str(line.left) if start is None else " " * len(str(start))
    return f"{left} = {line.right}"


def markdown_text(title: str, derivations: Sequence[Derivation]) -> str:
    r"""Derivations as Markdown, with their lines as LaTeX between double dollars.

    Arguments:
        title: What is explained.
        derivations: The derivations.

    Returns:
        Markdown, in which no name or statement is read as markup.

    Example:
        >>> from sympy import Symbol
        >>> from symflow.derivations import Rule
        >>> x = Symbol("x")
        >>> step = Step(x + x, 2 * x, Rule.COLLECTING)
        >>> print(markdown_text("Twice", [Derivation("A sum", [step])]))
        # Twice
        <BLANKLINE>
        ## A sum
        <BLANKLINE>
        $$
        \begin{aligned}
        2 x &= 2 x && \text{collecting terms; proved}
        \end{aligned}
        $$
        <BLANKLINE>
    """
    parts = [f"# {_escaped(title)}", ""]
    for derivation in derivations:
        parts += [f"## {_escaped(derivation.heading)}", ""]
        block: list[str] = []
        for line, start in derivation.chained:
            if isinstance(line, Step):
                block.append(_aligned(line, start))
                continue
            parts += [*_equations(block), _statement(line), ""]
            block = []
        parts += _equations(block)
    return "\n".join(parts)


def _equations(block: list[str]) -> list[str]:
    if not block:
        return []
    body = " \\\\\n".join(block)
    return ["$$", f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}", "$$", ""]


def _statement(claim: Claim) -> str:
    return (
        f"- {_escaped(claim.statement)} (**{claim.standing}**: {_escaped(claim.why)})"
    )


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _aligned(step: Step, start: Basic | None) -> str:
    left = expression_latex(step.left) if start is None else ""
    why = rf"\text{{{step.rule}; {step.standing}}}"
    return f"{left} &= {expression_latex(step.right)} && {why}".lstrip()


def latex_text(derivations: Sequence[Derivation]) -> str:
    r"""The equations of derivations as one block of LaTeX, for a notebook.

    Arguments:
        derivations: The derivations.

    Returns:
        LaTeX between dollar signs.

    Example:
        >>> latex_text([])
        '$\\displaystyle \\begin{aligned}\n\n\\end{aligned}$'
    """
    lines = [
        _aligned(line, start)
        for derivation in derivations
        for line, start in derivation.chained
        if isinstance(line, Step)
    ]
    body = " \\\\\n".join(lines)
    return f"$\\displaystyle \\begin{{aligned}}\n{body}\n\\end{{aligned}}$"


def html_page(title: str, derivations: Sequence[Derivation]) -> str:
    """Derivations as one HTML file that refers to nothing outside itself.

    Arguments:
        title: What is explained.
        derivations: The derivations.

    Returns:
        The page; every string in it is escaped.

    Example:
        >>> "<h1>a &lt; b</h1>" in html_page("a < b", [])
        True
    """
    body = f"<main>\n{html_body(derivations)}\n</main>"
    return document(title, body, style=_STYLE)


def html_body(derivations: Sequence[Derivation]) -> str:
    """The sections of a page, one for each derivation, for a notebook or a page.

    Arguments:
        derivations: The derivations.

    Returns:
        HTML in which every string is escaped.

    Example:
        >>> html_body([Derivation("a < b", [])]).splitlines()[1]
        '<h2>a &lt; b</h2>'
    """
    return "\n".join(
        f"<section>\n<h2>{escape(one.heading)}</h2>\n{_table(one)}\n</section>"
        for one in derivations
    )


def _table(derivation: Derivation) -> str:
    rows = "\n".join(_rows(derivation))
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("line", "why", "standing")
    )
    return (
        '<div class="scroll" role="region" tabindex="0" '
        f'aria-label="{escape(derivation.heading)}">\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _rows(derivation: Derivation) -> Iterable[str]:
    for line, start in derivation.chained:
        if isinstance(line, Step):
            shown, why = _formula(line, start), str(line.rule)
        else:
            shown, why = escape(line.statement), line.why
        name = line.standing.value.replace(" ", "-")
        mark = f"{SIGNS[line.standing]} {line.standing}"
        yield (
            f'<tr><td class="line">{shown}</td><td class="rule">{escape(why)}</td>'
            f'<td class="mark"><span class="standing {name}">{mark}</span></td></tr>'
        )


def _formula(step: Step, start: Basic | None) -> str:
    # What is said already keeps its room, so that equal signs stand below each other.
    hidden = start is not None
    first = f"<mphantom>{mathml(start)}</mphantom>" if hidden else mathml(step.left)
    return f"<math><mrow>{first}<mo>=</mo>{mathml(step.right)}</mrow></math>"
