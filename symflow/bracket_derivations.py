r"""Bracket derivations: how a Poisson bracket is worked out, line by line.

Takes a bracket of two functions, gives the lines from its definition to its value, as
they stand on a board or with every rule by itself.

.. math:: \{f g, h\} = f \{g, h\} + \{f, h\} g, \qquad
    \{F(f), h\} = F'(f) \{f, h\}
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Add, Expr, Mul, expand

from symflow.bracket import poisson_bracket
from symflow.claims import Standing
from symflow.derivations import Definitions, Level, Rule, Step
from symflow.formal_expressions import FormalProduct, PoissonBracket
from symflow.phase_space import AbstractSpace

__all__ = ["bracket_steps"]


def bracket_steps(
    bracket: PoissonBracket,
    level: Level,
    definitions: Definitions | None = None,
    result: Expr | None = None,
    standing: Standing = Standing.PROVED,
) -> list[Step]:
    r"""The lines that lead from a bracket to its value.

    .. math:: \{f, g\} = \dots = r

    Arguments:
        bracket: The bracket; its entries may be names.
        level: How much to show.
        definitions: What the names stand for.
        result: The value in names, if it has one.
        standing: How well an identity of the coefficients is known.

    Returns:
        The lines; the first has the bracket on its left, the last the value on its
        right.

    Raises:
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y")
        >>> bracket = PoissonBracket("x*p_y - y*p_x", "x**2", plane)
        >>> for step in bracket_steps(bracket, Level.EVERY_STEP):
        ...     print(step, "|", step.rule)
        {-p_x*y + p_y*x, x**2} = -{p_x*y, x**2} | linearity
        {p_x*y, x**2} = 2*x*y*{p_x, x} | Leibniz rule
        2*x*y*{p_x, x} = -2*x*y | brackets of coordinates
        {-p_x*y + p_y*x, x**2} = 2*x*y | collecting terms

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40.
    """
    space, names = bracket.space, dict(definitions or {})
    plain = bracket.xreplace(names)
    value = poisson_bracket(plain.f, plain.g, space)
    shown = value if result is None else result
    if level is Level.RESULT:
        return [Step(bracket, shown, Rule.RESULT, standing, names)]
    steps: list[Step] = []
    if plain != bracket:
        steps.append(Step(bracket, plain, Rule.DEFINITION, standing, names))
    if level is Level.LECTURE:
        products = _products(plain)
        steps.append(Step(plain, products, Rule.BRACKET, standing))
        if products != value:
            steps.append(Step(products, value, Rule.COLLECTING, standing))
    else:
        steps += [Step(a, b, rule, standing) for a, b, rule in _rules(plain)]
        if steps[-1].right != value or steps[-1].left != plain:
            steps.append(Step(plain, value, Rule.COLLECTING, standing))
    if shown != value:
        steps.append(Step(value, shown, Rule.DEFINITION, standing, names))
    return steps


def _products(bracket: PoissonBracket) -> Expr:
    """The products of derivatives that do not vanish, not multiplied out."""
    space, terms = bracket.space, []
    for (i, j), value in space.tensor.items():
        for (a, b), sign in (((i, j), value), ((j, i), -value)):
            left, right = bracket.f.diff(space.z[a]), bracket.g.diff(space.z[b])
            if left != 0 and right != 0:
                terms.append(_product(sign, left, right))
    return Add(*terms)


def _product(sign: Expr, *factors: Expr) -> Expr:
    """A product as it is written, in which no factor is 1."""
    minus = sign.could_extract_minus_sign()
    size = -sign if minus else sign
    kept = [factor for factor in (size, *factors) if factor != 1]
    written = FormalProduct(*kept) if len(kept) > 1 else Mul(*kept)
    return -written if minus else written


def _rules(bracket: PoissonBracket) -> Iterator[tuple[Expr, Expr, Rule]]:
    """The lines in which one rule is applied at a time."""
    space = bracket.space
    parts = [
        (a * b, PoissonBracket.of(f, g, space))
        for (a, f), (b, g) in product(
            _terms(bracket.f, space), _terms(bracket.g, space)
        )
    ]
    apart = {part: _leibniz(part) for _, part in parts}
    # A bracket of functions of commuting coordinates has no product to be written.
    linear = Add(*(c * part for c, part in parts if apart[part] != 0))
    if linear != bracket:
        yield bracket, linear, Rule.LINEARITY
    for part, once in apart.items():
        if once == 0:
            continue
        smooth = part.f.is_polynomial(*space.z) and part.g.is_polynomial(*space.z)
        rule = Rule.LEIBNIZ if smooth else Rule.CHAIN_RULE
        if once != part:
            yield part, once, rule
        yield once, once.doit(), Rule.CANONICAL


def _terms(f: Expr, space: AbstractSpace) -> list[tuple[Expr, Expr]]:
    """The terms of a function, each as a constant and what depends on the coordinates."""
    terms = (t.as_independent(*space.z, as_Add=False) for t in Add.make_args(expand(f)))
    return [(constant, rest) for constant, rest in terms if rest != 1]


def _leibniz(bracket: PoissonBracket) -> Expr:
    """The bracket as a sum of brackets of coordinates with their factors."""
    space, terms = bracket.space, []
    for i, j in space.tensor:
        for a, b in ((i, j), (j, i)):
            z, w = space.z[a], space.z[b]
            factor = bracket.f.diff(z) * bracket.g.diff(w)
            terms.append(factor * PoissonBracket.of(z, w, space))
    return Add(*terms)
