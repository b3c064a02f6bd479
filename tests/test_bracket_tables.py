r"""Bracket tables: every bracket is there, at every width."""

import re

import pytest
from sympy import Integer

from symflow.bracket_tables import BracketTable
from symflow.notation import vector_text
from tests import matrix_algebras as ma


def cells(text):
    """The cells of a printed table by row and column."""
    head, _, *rows = text.splitlines()
    starts = [m.start() for m in re.finditer(r"\S+", head)][2:]
    names = head.split()[2:]
    ends = [*starts[1:], None]
    return {
        (row.split()[0], name): row[start:end].strip()
        for row in rows
        for name, start, end in zip(names, starts, ends, strict=True)
    }


def test_the_printed_table_holds_every_bracket_and_its_negative():
    algebra = ma.so(3)
    found = cells(str(algebra.bracket_table()))
    assert len(found) == 9
    for (left, right), value in algebra.structure_constants.items():
        assert found[left, right] == vector_text(value)
        opposite = {name: -c for name, c in value.items()}
        assert found[right, left] == vector_text(opposite)
    assert [found[name, name] for name in algebra.names] == ["", "", ""]


@pytest.mark.parametrize("width", [30, 45, 88])
def test_a_table_never_passes_its_width_and_loses_nothing(width):
    algebra = ma.bargmann(3)
    text = str(algebra.bracket_table(width))
    assert max(map(len, text.splitlines())) <= width
    if width < 88:
        for (left, right), value in algebra.structure_constants.items():
            assert f"[{left}, {right}] = {vector_text(value)}" in text
        assert text.endswith("All other brackets vanish.")


def test_tables_of_no_brackets():
    assert str(BracketTable([], {}, ("[", "]"))).startswith("[·,·]")
    names = [f"e{k}" for k in range(60)]
    assert str(BracketTable(names, {}, ("[", "]"))) == "All brackets vanish."


def test_the_html_of_a_table_is_escaped_and_complete():
    names = ["<b>", "&"]
    table = BracketTable(names, {("<b>", "&"): {"&": Integer(2)}}, ("{", "}"))
    shown = table._repr_html_()
    assert "<b>" not in shown
    assert shown.count("<tr>") == 3
    assert shown.count("<td>") == 4
    assert "{·,·}" in shown
