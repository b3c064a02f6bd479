r"""Notebook views: an object as a small table, its formulas set, as a notebook shows it.

Takes an object and what it was made of, gives HTML that loads and runs nothing.

.. math:: \text{object} \mapsto
    \begin{array}{ll} \text{name} & \text{value} \\ \vdots & \vdots \end{array}

What is mathematics by itself, such as an algebra, is shown as LaTeX instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from sympy import Basic

from symflow.mathml import mathml

__all__ = ["NotebookView", "Rows", "html_rows"]

# Names with what stands beside them.
Rows = Iterable[tuple[str, Any]]

# Entries of a collection that are shown, and letters of a text.
_ENTRIES = 8
_LETTERS = 200


class NotebookView:
    """Shows itself in a notebook as the table of what it was made of.

    Example:
        >>> class Pendulum(NotebookView):
        ...     '''A mass on a rod.'''
        ...     def __init__(self, length):
        ...         self.length = length
        >>> text = Pendulum(2)._repr_html_()
        >>> "<b>Pendulum</b>. A mass on a rod." in text
        True
        >>> "<tr><th>length</th><td>2</td></tr>" in text
        True
    """

    def _notebook_rows(self) -> Rows:
        """Names and values: what the constructor took and the object kept."""
        for name in inspect.signature(type(self)).parameters:
            if (value := getattr(self, name, None)) is not None:
                yield name.replace("_", " "), value
        if hasattr(self, "named_parameters"):
            yield "weights", sum(w.numel() for _, w in self.named_parameters())

    def _repr_html_(self) -> str:
        return html_rows(type(self).__name__, type(self).__doc__, self._notebook_rows())


def html_rows(title: str, sentence: str | None, rows: Rows) -> str:
    """A table of names and values with a caption.

    Arguments:
        title: What it is.
        sentence: What that means, of which the first line is shown.
        rows: The names with their values, formulas among them.

    Returns:
        HTML in which every string is escaped.

    Example:
        >>> from sympy import Symbol
        >>> text = html_rows("a < b", None, [("H", Symbol("p_x") ** 2)])
        >>> print(text.splitlines()[1])
        <tr><th>H</th><td><math><msubsup><mi>p</mi><mi>x</mi><mn>2</mn></msubsup></math></td></tr>
    """
    (first, *_) = (sentence or "").strip().splitlines() or [""]
    words = f". {first}" if first else ""
    caption = f"<b>{escape(title)}</b>{escape(words)}"
    body = "\n".join(
        f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption>{caption}</caption><tbody>\n{body}\n</tbody></table>"


def _cell(value: Any) -> str:  # noqa: ANN401
    """One value: a formula, the entries of a collection, or a short text."""
    if isinstance(value, Basic) or getattr(value, "is_Matrix", False):
        return f"<math>{mathml(value)}</math>"
    if isinstance(value, Mapping):
        pairs = (f"{_cell(key)} ↦ {_cell(entry)}" for key, entry in value.items())
        return _listed(pairs, len(value))
    if isinstance(value, list | tuple | set | frozenset):
        return _listed(map(_cell, value), len(value)) or "none"
    return escape(_words(value))


def _listed(cells: Iterable[str], count: int) -> str:
    shown = [cell for cell, _ in zip(cells, range(_ENTRIES), strict=False)]
    more = [f"and {count - _ENTRIES} more"] if count > _ENTRIES else []
    return ",&ensp;".join(shown + more)


def _words(value: Any) -> str:  # noqa: ANN401
    """A value as text: of an array its shape, of a model its kind."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype}, shape {tuple(value.shape)}"
    if hasattr(value, "named_parameters"):
        return type(value).__name__
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = str(value)
    if (
        type(value).__str__ is object.__str__
        and type(value).__repr__ is object.__repr__
    ):
        text = type(value).__name__
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 3]}..."
