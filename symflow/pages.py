r"""Pages: one HTML file that opens anywhere, without a network.

Takes sections of paragraphs, tables and pictures, gives a page that carries its style and
its pictures inside it and loads nothing. Every string is escaped on its way in.

.. math:: \text{sections} \to \text{HTML}
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from matplotlib.figure import Figure

from symflow.claims import Standing
from symflow.figures import styled
from symflow.html_documents import SIGNS, document
from symflow.typesetting import html

__all__ = ["Code", "Content", "Formula", "Picture", "Section", "Table", "page"]

# A formula of so many characters is not broken over two lines.
_SHORT = 32


@dataclass(frozen=True)
class Formula:
    """An expression as SymPy prints it, or a sentence with such names in it.

    Arguments:
        text: The expression or sentence.
        names: The names that are symbols, where it is a sentence; None if all are.
    """

    text: str
    names: frozenset[str] | None = None


@dataclass(frozen=True)
class Code:
    """Something to type, or the name of a file.

    Arguments:
        text: What to type.
    """

    text: str


Inline = str | Formula | Code
# What a paragraph or a cell holds: one thing, or several in a row. A `Standing` is text
# that is shown as a badge.
Content = Inline | tuple[Inline, ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Arguments:
        caption: What it shows.
        head: The heads of its columns.
        rows: Its rows; a row of one cell heads those below it.
        numeric: Whether every column but the first holds numbers.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Content]]
    numeric: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure with its words.

    Arguments:
        figure: The figure of matplotlib.
        caption: What it shows and how to read it.
        alt: What a reader who cannot see it should know.
    """

    figure: Figure
    caption: Content
    alt: str


@dataclass(frozen=True)
class Section:
    """A part of a page, in the order paragraphs, tables, figures.

    Arguments:
        heading: Its heading.
        paragraphs: Its paragraphs; a lone `Code` is set as a block.
        tables: Its tables.
        figures: Its pictures.
    """

    heading: str
    paragraphs: Sequence[Content] = ()
    tables: Sequence[Table] = ()
    figures: Sequence[Picture] = ()


def page(title: str, sections: Sequence[Section], summary: Content = "") -> str:
    """A whole page.

    Arguments:
        title: Its title.
        sections: Its sections.
        summary: A sentence under the title.

    Returns:
        HTML that refers to nothing outside itself.

    Example:
        >>> text = page("Rings & <rings>", [Section("First", ["One."])])
        >>> "<h1>Rings &amp; &lt;rings&gt;</h1>" in text, "<p>One.</p>" in text
        (True, True)
    """
    links = "\n".join(
        f'<li><a href="#section-{k}">{escape(section.heading)}</a></li>'
        for k, section in enumerate(sections, start=1)
    )
    body = "\n".join(_section(k, part) for k, part in enumerate(sections, start=1))
    below = f'<p class="summary">{_content(summary)}</p>' if summary else ""
    whole = f"""<nav aria-label="Sections">
<ol>
{links}
</ol>
</nav>
<main>
{body}
</main>"""
    return document(title, whole, below=below, pictures=True)


def _section(number: int, section: Section) -> str:
    parts = [f'<h2 id="section-{number}">{escape(section.heading)}</h2>']
    for paragraph in section.paragraphs:
        block = isinstance(paragraph, Code)
        tag = "pre" if block else "p"
        parts.append(f"<{tag}>{_content(paragraph)}</{tag}>")
    parts += map(_table, section.tables)
    parts += map(_figure, section.figures)
    inside = "\n".join(parts)
    return f'<section aria-labelledby="section-{number}">\n{inside}\n</section>'


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_class(table, k)}>{escape(name)}</th>'
        for k, name in enumerate(table.head)
    )
    rows = "\n".join(_row(table, row) for row in table.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" '
        f'aria-label="{escape(table.caption)}">\n<table>\n'
        f"<caption>{escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _row(table: Table, row: Sequence[Content]) -> str:
    if len(row) == 1:
        return (
            f'<tr class="group"><th class="group" scope="colgroup" '
            f'colspan="{len(table.head)}">{_content(row[0])}</th></tr>'
        )
    cells = [f'<th scope="row">{_content(row[0])}</th>']
    cells += [
        f"<td{_class(table, k)}>{_content(cell)}</td>"
        for k, cell in enumerate(row[1:], start=1)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _class(table: Table, column: int) -> str:
    return ' class="number"' if table.numeric and column else ""


@styled
def _figure(picture: Picture) -> str:
    stream = io.BytesIO()
    picture.figure.savefig(stream, format="png", metadata={"Software": None})
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    width, height = (round(96 * size) for size in picture.figure.get_size_inches())
    return (
        f'<figure>\n<img src="data:image/png;base64,{data}" width="{width}" '
        f'height="{height}" alt="{escape(picture.alt)}">\n'
        f"<figcaption>{_content(picture.caption)}</figcaption>\n</figure>"
    )


def _content(content: Content) -> str:
    if isinstance(content, tuple):
        return "".join(map(_content, content))
    if isinstance(content, Standing):
        name = content.value.replace(" ", "-")
        return f'<span class="standing {name}">{SIGNS[content]} {content.value}</span>'
    if isinstance(content, Formula):
        text = html(content.text, content.names)
        short = content.names is None and len(content.text) <= _SHORT
        return f'<span class="short">{text}</span>' if short else text
    if isinstance(content, Code):
        return f"<code>{escape(content.text)}</code>"
    return escape(content)
