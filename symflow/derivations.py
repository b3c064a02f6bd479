r"""Derivations: lines of mathematics, each with the rule that leads to it.

Takes the two sides of every line, gives text, LaTeX and MathML of them, and the answer of
SymPy to whether they are equal.

.. math:: a \overset{\text{rule}}{=} b \overset{\text{rule}}{=} c
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import (
    Add,
    Basic,
    Expr,
    MatrixBase,
    MatrixExpr,
    Mul,
    Symbol,
    expand,
    simplify,
)

from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.text_enums import TextEnum

__all__ = [
    "Definitions",
    "Derivation",
    "Level",
    "Line",
    "Rule",
    "Step",
    "combination",
    "name_symbol",
    "read_level",
    "unused_name",
]

# What the names in a line stand for.
Definitions = Mapping[Basic, Basic]


class Level(TextEnum):
    """How much of a derivation is shown.

    Example:
        >>> Level("every step") is Level.EVERY_STEP
        True
    """

    RESULT = "result"
    LECTURE = "lecture"
    EVERY_STEP = "every step"


class Rule(TextEnum):
    """Why the two sides of a line are equal.

    Example:
        >>> print(Rule.LEIBNIZ)
        Leibniz rule
    """

    DEFINITION = "definition"
    BRACKET = "definition of the bracket"
    LINEARITY = "linearity"
    LEIBNIZ = "Leibniz rule"
    CHAIN_RULE = "chain rule"
    CANONICAL = "brackets of coordinates"
    COLLECTING = "collecting terms"
    MOTION = "equation of motion"
    EXPONENTIAL = "series of the exponential"
    LINEAR_ALGEBRA = "linear algebra"
    RESULT = "worked out"


@dataclass(frozen=True)
class Step:
    r"""One line: two sides that are equal, and the rule that says why.

    .. math:: \text{left} = \text{right}

    Arguments:
        left: The left side, with brackets and names that are not worked out.
        right: The right side.
        rule: Why they are equal.
        standing: How well it is known.
        definitions: What the names stand for, in coordinates.

    Example:
        >>> from symflow.formal_expressions import PoissonBracket
        >>> from symflow.phase_space import PhaseSpace
        >>> line = PhaseSpace("x")
        >>> (x,), (p,) = line.q, line.p
        >>> Step(PoissonBracket(x**2, p, line), 2 * x, Rule.LEIBNIZ).holds
        True
        >>> Step(PoissonBracket(x**2, p, line), x, Rule.LEIBNIZ).holds
        False
    """

    left: Basic
    right: Basic
    rule: Rule
    standing: Standing = Standing.PROVED
    definitions: Definitions = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether SymPy finds both sides equal, once names and brackets are worked out."""
        left, right = (
            side.xreplace(dict(self.definitions)).doit()
            for side in (self.left, self.right)
        )
        if isinstance(left, MatrixBase | MatrixExpr):
            difference = left.as_explicit() - right.as_explicit()
            return not any(map(simplify, difference))
        return expand(left - right) == 0 or simplify(left - right) == 0

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


# A line of a derivation: an equation, or a statement that rests on a theorem.
Line = Step | Claim


@dataclass(frozen=True)
class Derivation:
    """Lines under one heading.

    Arguments:
        heading: What they show.
        lines: The lines in order. A step whose left side is the right side before it
            goes on from there.

    Example:
        >>> x = Symbol("x")
        >>> print(Derivation("Nothing", [Step(x, x, Rule.DEFINITION)]).lines[0])
        x = x
    """

    heading: str
    lines: Sequence[Line]

    @property
    def chained(self) -> Iterator[tuple[Line, Basic | None]]:
        """Each line, with the left side that it goes on from, if it does.

        A line goes on where its left side is the right side of the line before; what it
        goes on from is the first left side of them.
        """
        first: Basic | None = None
        before: Basic | None = None
        for line in self.lines:
            if isinstance(line, Claim):
                first = before = None
                yield line, None
            elif line.left == before:
                before = line.right
                yield line, first
            else:
                first, before = line.left, line.right
                yield line, None


def name_symbol(name: str) -> Symbol:
    """The symbol that stands for a named function.

    Arguments:
        name: The name, of any characters.

    Returns:
        A symbol that is never one of the coordinates, even if it shares its name: those
        carry other assumptions.

    Example:
        >>> name_symbol("Lx"), name_symbol("x") == Symbol("x", real=True)
        (Lx, False)
    """
    return Symbol(name, complex=True)


def unused_name(wanted: str, taken: Collection[str]) -> str:
    """A name that is not taken yet.

    Arguments:
        wanted: The name to have.
        taken: Those that others have.

    Returns:
        The name, with as many primes as it needs.

    Example:
        >>> unused_name("H", {"L"}), unused_name("H", {"H"})
        ('H', "H'")
    """
    while wanted in taken:
        wanted += "'"
    return wanted


def combination(vector: Mapping[str, Expr]) -> Expr:
    r"""A combination of named functions.

    .. math:: \sum_k c^k g_k

    Arguments:
        vector: The coefficients by name; the name ``"1"`` is the constant function.

    Returns:
        The sum in symbols.

    Example:
        >>> from sympy import Integer
        >>> combination({"Lx": Integer(2), "1": Symbol("m")})
        2*Lx + m
    """
    return Add(*(c if k == "1" else Mul(c, name_symbol(k)) for k, c in vector.items()))


def read_level(level: str) -> Level:
    """A level from its words.

    Arguments:
        level: ``"result"``, ``"lecture"`` or ``"every step"``.

    Returns:
        The level.

    Raises:
        ArgumentError: If it is none of these.

    Example:
        >>> read_level("lecture").value
        'lecture'
    """
    try:
        return Level(level)
    except ValueError:
        words = ", ".join(repr(one.value) for one in Level)
        raise ArgumentError(
            f"Argument `level` must be one of {words}, but it is {level!r}."
        ) from None
