r"""Arguments: what many functions ask of the numbers that they are given.

Takes the name and the value of an argument, gives nothing where it is one, and else the
error that says what it must be.

.. math:: d \in \{1, 2, 3, \dots\}
"""

from __future__ import annotations

from symflow.errors import ArgumentError

__all__ = ["check_positive"]


def check_positive(name: str, value: object) -> None:
    """Make sure that a degree, a size or a number of steps is one.

    Arguments:
        name: What the argument is called.
        value: Its value.

    Raises:
        ArgumentError: If it is not a positive integer.

    Example:
        >>> check_positive("degree", 3)
        >>> check_positive("degree", 2.5)
        Traceback (most recent call last):
        ...
        symflow.errors.ArgumentError: Argument `degree` must be a positive integer, but ...
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(
            f"Argument `{name}` must be a positive integer, but it is {value!r}."
        )
