"""TOML tables: what is written comes back, and what is no TOML is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symflow.toml_tables import toml_table

# JSON writes these as TOML does; it leaves the delete character as it is.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"))
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
KEYS = st.text("abcXYZ019_-", min_size=1)
TABLES = st.dictionaries(
    KEYS, st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=3
)


@given(st.dictionaries(KEYS, TABLES, max_size=3))
def test_what_is_written_comes_back(sections):
    lines = []
    for name, table in sections.items():
        lines += [f"[{name}]"]
        lines += [
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in table.items()
        ]
    assert toml_table("\n".join(lines)) == sections


@pytest.mark.parametrize("text", ["a = ", "a = 1\na = 2", "[a", "a = x", "= 1", "a"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match=r"line 1|line 2|end of document"):
        toml_table(text)
