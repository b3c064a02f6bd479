r"""Real roots: how many a polynomial has, and points that separate them.

Takes a polynomial over an exact real field, gives the number of its real roots and numbers
of the field between neighbouring ones.

.. math:: f_0 = f, \quad f_1 = f', \quad f_{k+1} = -(f_{k-1} \bmod f_k), \qquad
          \#\{x \in (a, b] : f(x) = 0\} = V(a) - V(b)

V(x) is the number of changes of sign in the chain at x. The signs are exact: one that
parameters leave open is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sympy import Poly

from symflow.lie_table import Element
from symflow.symmetric_forms import sign

__all__ = ["separate_real_roots"]


def separate_real_roots(polynomial: Poly) -> tuple[int, tuple[Element, ...]]:
    """The number of real roots, and one point between every two neighbours.

    Arguments:
        polynomial: A polynomial over a real field, irreducible of degree at least two.

    Returns:
        The number of roots, and rational points of the field in increasing order.

    Raises:
        UnsupportedError: If the assumptions on parameters leave the signs open that
            decide.

    Example:
        >>> from sympy import QQ
        >>> from sympy.abc import t
        >>> separate_real_roots(Poly(t**4 - 5*t**2 + 5, t, domain=QQ))
        (4, (-3/2, 0, 3/2))

    Reference:
        Basu, Pollack, Roy, Algorithms in Real Algebraic Geometry, theorem 2.50.
    """
    domain = polynomial.domain
    chain = [polynomial, polynomial.diff()]
    while chain[-1].degree() > 0:
        chain.append(-chain[-2].rem(chain[-1]))
    count = _changes_at_infinity(chain, -1) - _changes_at_infinity(chain, 1)
    if count < 2:
        return count, ()
    bound = domain.one
    while _changes(chain, -bound) - _changes(chain, bound) < count:
        bound *= 2
    return count, tuple(_cuts(chain, -bound, bound))


def _cuts(chain: Sequence[Poly], low: Element, high: Element) -> list[Element]:
    """Points that separate the roots between two points, by bisection."""
    below, above = _changes(chain, low), _changes(chain, high)
    if below - above < 2:
        return []
    middle = (low + high) / 2
    own = [middle] if below > _changes(chain, middle) > above else []
    return [*_cuts(chain, low, middle), *own, *_cuts(chain, middle, high)]


def _changes(chain: Sequence[Poly], point: Element) -> int:
    return _count_changes(
        [sign(_value(polynomial, point), polynomial.domain) for polynomial in chain]
    )


def _changes_at_infinity(chain: Sequence[Poly], side: int) -> int:
    return _count_changes(
        [
            sign(f.rep.to_list()[0], f.domain) * (side if f.degree() % 2 else 1)
            for f in chain
        ]
    )


def _count_changes(signs: Sequence[int]) -> int:
    nonzero = [value for value in signs if value]
    return sum(a != b for a, b in pairwise(nonzero))


def _value(polynomial: Poly, point: Element) -> Element:
    total = polynomial.domain.zero
    for coefficient in polynomial.rep.to_list():
        total = total * point + coefficient
    return total
