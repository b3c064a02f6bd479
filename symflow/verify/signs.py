r"""Signs: polynomials in parameters that vanish nowhere, by what is assumed of these.

Takes a polynomial and a word for each parameter, gives whether

.. math:: f(\theta) \ne 0 \quad \text{for all } \theta \in \mathbb{R}^k \text{ so assumed}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Poly, oo

__all__ = ["WORDS", "vanishes_nowhere"]

# The sign of a parameter, None for either, and whether it is never zero.
SIGNS = {
    "positive": (1, True),
    "negative": (-1, True),
    "nonnegative": (1, False),
    "nonpositive": (-1, False),
    "nonzero": (None, True),
    "": (None, False),
}
WORDS = [word for word in SIGNS if word]


def vanishes_nowhere(f: Any, assumed: Mapping[int, str]) -> bool | None:  # noqa: ANN401
    """Whether a polynomial has no zero, or None where that is not seen.

    Arguments:
        f: The polynomial, not zero.
        assumed: What is assumed of parameters, by place.
    """
    terms = [_sign(f.ring.domain.to_sympy(c), m, assumed) for m, c in f.terms()]
    signs = {sign for sign, _ in terms}
    if len(signs) == 1 and None not in signs and any(strict for _, strict in terms):
        return True
    used = {k for m in f for k, power in enumerate(m) if power}
    if len(used) == 1:
        return _has_no_root(f, assumed.get(min(used), ""))
    return None if used & set(assumed) else False


def _sign(
    c: Any,  # noqa: ANN401
    powers: tuple[int, ...],
    assumed: Mapping[int, str],
) -> tuple[int | None, bool]:
    """The sign of a term, None where it is open, and whether it is never zero."""
    sign, strict = (1 if c.is_positive else -1 if c.is_negative else None), True
    for k, power in enumerate(powers):
        own, never = SIGNS[assumed.get(k, "")]
        strict &= not power or never
        if power % 2:
            sign = None if sign is None or own is None else sign * own
    return sign, strict


def _has_no_root(f: Any, word: str) -> bool | None:  # noqa: ANN401
    """Whether a polynomial in one parameter has no root there (Sturm)."""
    (symbol,) = f.as_expr().free_symbols
    poly, (sign, never) = Poly(f.as_expr(), symbol, extension=True), SIGNS[word]
    if not (poly.domain.is_QQ or poly.domain.is_ZZ):
        none = poly.degree() == 2 and poly.discriminant().is_negative
        return bool(none) or (None if word else False)
    below, above = (0 if sign == 1 else -oo), (0 if sign == -1 else oo)
    # Both ends of an interval are counted.
    return poly.count_roots(below, above) == (never and poly.eval(0) == 0)
