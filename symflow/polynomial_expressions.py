r"""Polynomial expressions: sparse polynomials as SymPy writes them, made in one pass.

Takes coefficients by exponents, gives the expression, or the text that it prints as.

.. math:: \sum_\alpha c_\alpha x^\alpha

SymPy sorts and collects whatever it adds and multiplies. Of a sparse polynomial it is known
that monomials differ and factors are powers of different symbols, so one sort is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Add, Expr, Mul, Pow, Symbol, default_sort_key
from sympy.core.add import _addsort
from sympy.core.mul import _mulsort
from sympy.polys.polyutils import expr_from_dict

__all__ = ["polynomial_expression", "polynomial_text"]

Exponents = tuple[int, ...]


def polynomial_expression(
    terms: Mapping[Exponents, Expr], generators: Sequence[Expr]
) -> Expr:
    """A sparse polynomial as an expanded SymPy expression.

    Arguments:
        terms: The coefficients by exponents, none of them zero.
        generators: What stands for each exponent.

    Returns:
        The expression that SymPy's own sums and products make.

    Example:
        >>> from sympy import Integer, symbols
        >>> polynomial_expression({(2, 0): Integer(3), (1, 1): Integer(-1)}, symbols("x y"))
        3*x**2 - x*y
    """
    plain = all(isinstance(g, Symbol) for g in generators)
    if not plain or not all(c.is_Rational for c in terms.values()):
        return expr_from_dict(terms, *generators)
    powers = {
        (g, e): Pow(g, e)
        for exponents in terms
        for g, e in zip(generators, exponents, strict=True)
        if e
    }
    order = list(powers.values())
    _mulsort(order)
    place = {f: k for k, f in enumerate(order)}
    numbers: list[Expr] = []
    parts: list[Expr] = []
    for exponents, c in terms.items():
        pairs = zip(generators, exponents, strict=True)
        factors = sorted(
            (powers[pair] for pair in pairs if pair[1]), key=place.__getitem__
        )
        if not factors:
            numbers.append(c)
        else:
            parts.append(Mul._from_args(factors if c == 1 else [c, *factors]))
    _addsort(parts)
    return Add._from_args([*numbers, *parts])


def polynomial_text(terms: Mapping[Exponents, Any], symbols: Sequence[Symbol]) -> str:
    """What the expression of a sparse polynomial with integer coefficients prints as.

    Arguments:
        terms: The coefficients by exponents, integers, none of them zero.
        symbols: What stands for each exponent.

    Returns:
        The text.

    Example:
        >>> from sympy import symbols
        >>> polynomial_text({(2, 0): -3, (1, 1): 1, (0, 0): 5}, symbols("x y"))
        '-3*x**2 + x*y + 5'
    """
    order = sorted(range(len(symbols)), key=lambda k: default_sort_key(symbols[k]))
    names = [symbols[k].name for k in order]
    rows = sorted((tuple(m[k] for k in order), int(c)) for m, c in terms.items())
    parts: list[str] = []
    for exponents, c in reversed(rows):
        factors = [
            name if e == 1 else f"{name}**{e}"
            for name, e in zip(names, exponents, strict=True)
            if e
        ]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        parts += ["-" if c < 0 else "+", "*".join(factors)]
    # The first sign stands close, and is left out if it is a plus.
    return parts[0].strip("+") + " ".join(parts[1:]) if parts else "0"
