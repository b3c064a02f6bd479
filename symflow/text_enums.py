r"""Text enums: choices that are written and compared as their words.

Takes nothing; gives the base of every list of choices in the toolkit. The standard library
has its own, ``StrEnum``, from Python 3.11 on.

.. math:: \text{choice} = \text{word}, \qquad \text{str}(\text{choice}) = \text{word}
"""

from __future__ import annotations

from enum import Enum

__all__ = ["TextEnum"]


class TextEnum(str, Enum):
    """Choices, each equal to its word, also where it is printed, formatted or joined.

    Example:
        >>> class Side(TextEnum):
        ...     LEFT = "left"
        >>> print(Side.LEFT, f"{Side.LEFT:>5}", Side.LEFT == "left")
        left  left True
        >>> Side("left") is Side.LEFT
        True
    """

    __str__ = str.__str__
