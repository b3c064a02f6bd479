r"""Expression size: how large an expression is, and would be if it were written out.

Takes a SymPy expression, gives the bits of its numbers, the levels of its tree, and a
bound on the terms of its expansion, all without expanding anything.

.. math:: \#\,(t_1 + \dots + t_k)^n \le \binom{n + k - 1}{n}, \qquad
    \#\,f \le \prod_s (1 + \deg_s f)
"""

from __future__ import annotations

from collections import Counter
from math import ceil, comb, prod

from sympy import Add, Expr, Float, Mul, Pow, Rational

__all__ = ["bits", "expanded_terms", "levels"]


def bits(number: Expr) -> int:
    """About the logarithm of a number's size, of both parts for a fraction.

    Arguments:
        number: A SymPy number.

    Returns:
        Its bits before the point; 0 for a number that is neither fraction nor float.

    Example:
        >>> bits(Rational(1, 1024)), bits(Float(3.5))
        (11, 2)
    """
    if isinstance(number, Rational):
        return max(abs(number.p).bit_length(), number.q.bit_length())
    if isinstance(number, Float) and number._mpf_[1]:
        return max(0, number._mpf_[2] + number._mpf_[3])
    return 0


def levels(expression: Expr) -> int:
    """The levels of the tree of an expression.

    Arguments:
        expression: The expression.

    Returns:
        1 for a symbol or a number, and one more for what is made of it.

    Example:
        >>> from sympy.abc import x, y
        >>> levels(x), levels(x + y**2)
        (1, 3)
    """
    layer, count = [expression], 0
    while layer:
        layer = [child for node in layer for child in node.args]
        count += 1
    return count


def expanded_terms(expression: Expr) -> int:
    r"""A bound on the terms of an expression, or of a part of it, when written out.

    .. math:: \#\,(f + g) \le \#f + \#g, \qquad \#\,(f g) \le \#f \, \#g

    Arguments:
        expression: The expression. Functions and roots count as symbols, and what is
            below a fraction's line as what is above it.

    Returns:
        At least the largest number of terms that the expansion of the expression, or
        of an argument of a function in it, can have.

    Example:
        >>> from sympy.abc import x, y
        >>> expanded_terms((x + y) ** 8), expanded_terms((x + 1) * (x + 2) * (x + 3))
        (9, 4)
    """
    return _expansion(expression)[0]


def _expansion(node: Expr) -> tuple[int, int, Counter[Expr]]:
    """The largest count below a node, its own, and its degree in each symbol."""
    parts = [_expansion(child) for child in node.args]
    largest = max((most for most, _, _ in parts), default=1)
    degrees: Counter[Expr] = Counter()
    if isinstance(node, Add):
        count = sum(own for _, own, _ in parts)
        for _, _, inner in parts:
            degrees |= inner
    elif isinstance(node, Mul):
        count = prod(own for _, own, _ in parts)
        for _, _, inner in parts:
            degrees += inner
    elif isinstance(node, Pow) and node.exp.is_Integer:
        power, (_, terms, inner) = ceil(abs(node.exp)), parts[0]
        count = comb(power + terms - 1, power)
        degrees = Counter({symbol: power * n for symbol, n in inner.items()})
    else:
        count = 1
        degrees[node] = 0 if node.is_Rational else 1
    count = min(count, prod(1 + n for n in degrees.values()))
    return max(largest, count), count, degrees
