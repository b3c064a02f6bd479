r"""TOML tables: the text of a settings file as nested dictionaries.

Takes TOML 1.0, gives plain data, by the standard library or, in Python 3.10, which has no
reader of it, by ``tomli``, from which the one in the standard library was taken.

.. math:: \texttt{[section] key = value} \to
   \{\text{section}: \{\text{key}: \text{value}\}\}
"""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["toml_table"]


def toml_table(text: str) -> dict[str, Any]:
    r"""The table that a text spells.

    .. math:: \texttt{key = value} \to \{\text{key}: \text{value}\}

    Arguments:
        text: TOML.

    Returns:
        Dictionaries, lists, texts, numbers, truth values, dates and times.

    Raises:
        ValueError: If the text is not TOML.
        RecursionError: If it is nested too deeply.

    Example:
        >>> toml_table('''
        ... [data]
        ... source = "rings"
        ... seeds = [1, 2]
        ... ''')
        {'data': {'source': 'rings', 'seeds': [1, 2]}}
    """
    return tomllib.loads(text)
