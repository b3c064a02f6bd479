r"""Linear coordinates: phase space in canonical linear combinations of its coordinates.

Takes linear forms with canonical brackets, gives functions in them, and back.

.. math:: u = S z, \qquad S J S^T = J, \qquad S^{-1} = -J S^T J: \qquad
    \{f \circ S, g \circ S\} = \{f, g\} \circ S

So what is proved in u, such as that a bracket vanishes, is proved in z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import QQ, Add, Expr, Symbol

from symflow.errors import ArgumentError
from symflow.homogeneous_parts import joined
from symflow.linear_algebra import Row
from symflow.phase_space import AbstractSpace

__all__ = ["LinearCoordinates", "form_bracket"]


def form_bracket(u: Row, v: Row, n: int) -> object:
    r"""The bracket of two linear forms in canonical coordinates.

    .. math:: \{u, v\} = \sum_i u_{q_i} v_{p_i} - u_{p_i} v_{q_i}

    Arguments:
        u: The coefficients of one form by place in z.
        v: Those of the other.
        n: The number of degrees of freedom.

    Returns:
        The bracket, a number.

    Example:
        >>> form_bracket({0: QQ(2)}, {0: QQ(5), 1: QQ(3)}, 1)
        6
    """
    forwards = (x * v[k + n] for k, x in u.items() if k < n and k + n in v)
    backwards = (x * v[k - n] for k, x in u.items() if k >= n and k - n in v)
    return sum(forwards, QQ(0)) - sum(backwards, QQ(0))


@dataclass(frozen=True)
class LinearCoordinates:
    r"""Linear canonical coordinates u = S z, called by the names of z.

    Arguments:
        space: The phase space.
        forms: The coordinates u as linear forms in z, Q before P; none for u = z.

    Raises:
        ArgumentError: If the forms do not have canonical brackets.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> turned = LinearCoordinates(space, [{1: QQ(1)}, {0: QQ(-1)}])
        >>> turned.written(space.read("x**2 + sin(p_x)"))
        p_x**2 + sin(x)
        >>> turned.restored(space.read("p_x**2 + sin(x)"))
        x**2 + sin(p_x)

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 41.
    """

    space: AbstractSpace
    forms: Sequence[Row] = ()

    def __post_init__(self) -> None:
        n = self.space.dimension // 2
        for i, u in enumerate(self.forms):
            for j, v in enumerate(self.forms[:i]):
                if form_bracket(v, u, n) != (i == j + n):
                    raise ArgumentError(
                        "Argument `forms` must have canonical brackets, but those of "
                        f"number {j + 1} and {i + 1} have another. Scale one of them."
                    )

    @property
    def changed(self) -> bool:
        """Whether u is anything but z."""
        return bool(self.forms)

    @cached_property
    def inverse(self) -> tuple[Row, ...]:
        """The coordinates z as linear forms in u, those of q before those of p."""
        n = self.space.dimension // 2
        rows: list[Row] = [{} for _ in range(2 * n)]
        for i, form in enumerate(self.forms):
            for j, value in form.items():
                conjugate = (j + n) % (2 * n)
                same = (i < n) == (conjugate >= n)
                rows[conjugate][(i + n) % (2 * n)] = value if same else -value
        return tuple(rows)

    def written(self, f: Expr) -> Expr:
        r"""A function of z as a function of u, :math:`f \circ S^{-1}`.

        Arguments:
            f: The function.

        Returns:
            The function, with the name of each z for the u of its place.
        """
        return self._substituted(joined(f), self.inverse)

    def restored(self, f: Expr) -> Expr:
        r"""A function of u as a function of z, :math:`f \circ S`.

        Arguments:
            f: The function, with the name of each z for the u of its place.

        Returns:
            The function.
        """
        return self._substituted(f, self.forms)

    def point(self, u: Sequence[int]) -> list[Any]:
        """The coordinates z of a point.

        Arguments:
            u: Its coordinates u.

        Returns:
            Its coordinates z, fractions where u is not z.
        """
        if not self.changed:
            return list(u)
        return [sum((x * u[k] for k, x in row.items()), QQ(0)) for row in self.inverse]

    def _substituted(self, f: Expr, rows: Sequence[Row]) -> Expr:
        if not self.changed:
            return f
        images = map(self._expression, rows)
        return f.xreplace(dict(zip(self.space.z, images, strict=True)))

    def _expression(self, form: Row) -> Expr:
        z: Sequence[Symbol] = self.space.z
        return Add(*(QQ.to_sympy(value) * z[k] for k, value in form.items()))

    def __str__(self) -> str:
        forms = map(self._expression, self.forms)
        pairs = zip(self.space.z, forms, strict=self.changed)
        return ", ".join(f"{symbol} for {form}" for symbol, form in pairs)
