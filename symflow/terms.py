r"""Terms: sparse polynomials as their coefficients by exponents.

Takes mappings from exponents to elements of a field, gives sums, products, powers and
partial derivatives of the polynomials that they are.

.. math:: f(x) = \sum_\alpha f_\alpha x^\alpha, \qquad f_\alpha \in K
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations_with_replacement
from operator import add
from typing import Any

__all__ = [
    "Monomial",
    "Terms",
    "accumulate",
    "add_product",
    "derivative_along",
    "monomials",
    "multiples",
    "power",
    "product",
    "slopes",
]

Monomial = tuple[int, ...]

# The coefficients of a polynomial, none of them zero, by the exponents of its variables.
Terms = dict[Monomial, Any]


def accumulate(total: Terms, terms: Iterable[tuple[Monomial, Any]]) -> Terms:
    """Add terms in place.

    Arguments:
        total: The polynomial, changed.
        terms: Exponents and coefficients, in any order and repeated or not.

    Returns:
        The same mapping, without zeros.

    Example:
        >>> from sympy import QQ
        >>> accumulate({(1,): QQ(1)}, [((1,), QQ(-1)), ((2,), QQ(3))])
        {(2,): 3}
    """
    for exponents, value in terms:
        changed = total.get(exponents, 0) + value
        if changed:
            total[exponents] = changed
        else:
            total.pop(exponents, None)
    return total


def add_product(total: Terms, f: Terms, g: Terms) -> Terms:
    r"""Add a product in place.

    .. math:: t \leftarrow t + f g

    Arguments:
        total: The polynomial t, changed.
        f: A polynomial.
        g: A polynomial.

    Returns:
        The same mapping, without zeros.
    """
    for left, a in f.items():
        for right, b in g.items():
            exponents = tuple(map(add, left, right))
            if exponents in total:
                value = total[exponents] + a * b
                if value:
                    total[exponents] = value
                else:
                    del total[exponents]
            else:
                total[exponents] = a * b
    return total


def product(f: Terms, g: Terms) -> Terms:
    """The product of two polynomials.

    Arguments:
        f: A polynomial.
        g: A polynomial.

    Returns:
        The product.

    Example:
        >>> from sympy import QQ
        >>> product({(1,): QQ(1), (0,): QQ(1)}, {(1,): QQ(1), (0,): QQ(-1)})
        {(2,): 1, (0,): -1}
    """
    return add_product({}, f, g)


def power(f: Terms, exponent: int, one: Terms) -> Terms:
    """A power of a polynomial, by squaring.

    Arguments:
        f: A polynomial.
        exponent: Zero or a positive integer.
        one: The polynomial one.

    Returns:
        The power.

    Example:
        >>> from sympy import QQ
        >>> power({(1,): QQ(2)}, 3, {(0,): QQ(1)})
        {(3,): 8}
    """
    if len(f) == 1:
        ((exponents, value),) = f.items()
        return {tuple(exponent * k for k in exponents): value**exponent}
    total = one
    for bit in f"{exponent:b}":
        total = product(total, total)
        if bit == "1":
            total = product(total, f)
    return total


def monomials(size: int, degree: int) -> Iterator[Monomial]:
    """All monomials of a degree, by their exponents.

    Arguments:
        size: The number of variables.
        degree: The total degree.

    Yields:
        Their exponents, powers of the first variables before others.

    Example:
        >>> list(monomials(2, 2))
        [(2, 0), (1, 1), (0, 2)]
    """
    for chosen in combinations_with_replacement(range(size), degree):
        exponents = [0] * size
        for variable in chosen:
            exponents[variable] += 1
        yield tuple(exponents)


def multiples(factor: Any, f: Terms) -> Terms:  # noqa: ANN401
    """A polynomial times an element of the field.

    Arguments:
        factor: The element.
        f: The polynomial.

    Returns:
        The product, empty if the factor is zero.
    """
    return {exponents: factor * value for exponents, value in f.items() if factor}


def slopes(polynomial: Terms) -> dict[int, Terms]:
    r"""The partial derivatives that are not zero, by place of the variable.

    .. math:: \partial_k x^\alpha = \alpha_k x^{\alpha - e_k}

    Arguments:
        polynomial: The terms of a polynomial.

    Returns:
        The terms of each derivative.

    Example:
        >>> from sympy import QQ
        >>> slopes({(2, 0): QQ(1)})
        {0: {(1, 0): 2}}
    """
    found: dict[int, Terms] = {}
    for exponents, value in polynomial.items():
        for k, exponent in enumerate(exponents):
            if exponent:
                lowered = (*exponents[:k], exponent - 1, *exponents[k + 1 :])
                found.setdefault(k, {})[lowered] = exponent * value
    return found


def derivative_along(
    gradient: Mapping[int, Terms], velocity: Mapping[int, Terms]
) -> Terms:
    r"""The derivative of f along a field, which is {f, g} along that of g.

    .. math:: \dot f = \sum_k \frac{\partial f}{\partial x_k} \, \dot x_k

    Arguments:
        gradient: The derivatives of f, as `slopes` gives them.
        velocity: The terms of the field's components, by place of the variable.

    Returns:
        The terms of the derivative.
    """
    total: Terms = {}
    for k in gradient.keys() & velocity.keys():
        add_product(total, gradient[k], velocity[k])
    return total
