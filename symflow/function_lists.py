"""Function lists: functions of phase space as somebody may give them.

Takes expressions and texts in a list, gives expressions in declared symbols.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symflow.errors import ArgumentError
from symflow.phase_space import AbstractSpace, check_space

__all__ = ["read_functions"]


def read_functions(
    functions: Sequence[Expr | str], space: AbstractSpace, argument: str = "functions"
) -> list[Expr]:
    """Functions as somebody may give them, in a list.

    Arguments:
        functions: The functions, as expressions or as text.
        space: The phase space.
        argument: What to call them in an error message.

    Returns:
        The expressions.

    Raises:
        ArgumentError: If they are no list, or the space is none.
        ExpressionError: If a function holds a symbol that the space does not declare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> read_functions(["2*x"], PhaseSpace("x"))
        [2*x]
    """
    check_space(space)
    if isinstance(functions, str) or not isinstance(functions, Sequence):
        raise ArgumentError(
            f"Argument `{argument}` must be a list of functions, but it is of type "
            f"{type(functions).__name__}. Put brackets around a single one."
        )
    return [space.read(f, f"{argument}[{k}]") for k, f in enumerate(functions)]
