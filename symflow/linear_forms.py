r"""Linear forms: polynomials that are made of them, sparse in any number of variables.

Takes forms :math:`y_i = \sum_j L_{ij} z_j + c_i`, gives products, determinants and
polynomials of them as polynomials in z.

.. math:: f(y(z)) = \sum_\alpha f_\alpha \, y_1(z)^{\alpha_1} y_2(z)^{\alpha_2} \cdots

A monomial is the sorted places of its variables, so its length is its degree and not the
number of variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import gcd, lcm
from typing import Any

from sympy import QQ, Expr, Symbol
from sympy.polys.domains.domain import Domain

from symflow.polynomial_expressions import polynomial_expression
from symflow.terms import accumulate

__all__ = [
    "CONSTANT",
    "Form",
    "SparsePolynomial",
    "bilinear",
    "degree_of",
    "determinant",
    "expression_of",
    "from_form",
    "multiply",
    "plus",
    "primitive",
    "substitute",
]

# A linear form: coefficients by place of the variable in z, and the constant at CONSTANT.
Form = dict[int, Any]
CONSTANT = -1

SparsePolynomial = dict[tuple[int, ...], Any]


def from_form(form: Mapping[int, Any]) -> SparsePolynomial:
    """A linear form as a polynomial.

    Arguments:
        form: The form.

    Returns:
        Its terms.

    Example:
        >>> from_form({0: 2, CONSTANT: 1})
        {(0,): 2, (): 1}
    """
    return {() if j == CONSTANT else (j,): x for j, x in form.items()}


def plus(
    f: Mapping[tuple[int, ...], Any],
    g: Mapping[tuple[int, ...], Any],
    factor: Any = 1,  # noqa: ANN401
) -> SparsePolynomial:
    """The sum of a polynomial and a multiple of another.

    Arguments:
        f: A polynomial.
        g: Another.
        factor: What g is multiplied by.

    Returns:
        f + factor g.

    Example:
        >>> plus({(0,): 1}, {(0,): 1}, -1)
        {}
    """
    return accumulate(dict(f), ((m, factor * x) for m, x in g.items()))


def multiply(
    f: Mapping[tuple[int, ...], Any], g: Mapping[tuple[int, ...], Any]
) -> SparsePolynomial:
    """The product of two polynomials.

    Arguments:
        f: A polynomial.
        g: Another.

    Returns:
        f g.

    Example:
        >>> multiply({(0,): 1, (1,): 1}, {(0,): 1, (1,): -1})
        {(0, 0): 1, (1, 1): -1}
    """
    products = (
        (tuple(sorted(left + right)), x * y)
        for left, x in f.items()
        for right, y in g.items()
    )
    return accumulate({}, products)


def bilinear(
    left: Sequence[Form], matrix: Mapping[tuple[int, int], Any], right: Sequence[Form]
) -> SparsePolynomial:
    r"""The value of a bilinear form on two vectors of linear forms.

    .. math:: u^T S v

    Arguments:
        left: The vector u.
        matrix: The matrix S, sparse.
        right: The vector v.

    Returns:
        A polynomial of degree two.

    Example:
        >>> bilinear([{0: 1}], {(0, 0): 3}, [{1: 1}])
        {(0, 1): 3}
    """
    total: SparsePolynomial = {}
    for (i, j), x in matrix.items():
        total = plus(total, multiply(from_form(left[i]), from_form(right[j])), x)
    return total


def determinant(rows: Sequence[Sequence[SparsePolynomial]]) -> SparsePolynomial:
    r"""The determinant of a square matrix of polynomials.

    .. math:: \det(v_1, \dots, v_n)

    Arguments:
        rows: The vectors, n polynomials each.

    Returns:
        The polynomial, of degree n where the entries are linear forms.

    Example:
        >>> found = determinant([[{(0,): 1}, {(1,): 1}], [{(2,): 1}, {(3,): 1}]])
        >>> found == {(0, 3): 1, (1, 2): -1}
        True
    """
    # Minors of the first rows, by the columns that they use.
    minors: dict[tuple[int, ...], SparsePolynomial] = {(): {(): 1}}
    for height, row in enumerate(rows, start=1):
        grown = {}
        for columns in combinations(range(len(rows)), height):
            total: SparsePolynomial = {}
            for place, column in enumerate(columns):
                rest = minors[columns[:place] + columns[place + 1 :]]
                sign = -1 if (height - 1 - place) % 2 else 1
                total = plus(total, multiply(rest, row[column]), sign)
            grown[columns] = total
        minors = grown
    (found,) = minors.values()
    return found


def substitute(
    terms: Mapping[tuple[int, ...], Any], forms: Sequence[Form], domain: Domain
) -> SparsePolynomial:
    """A polynomial in y as a polynomial in z.

    Arguments:
        terms: Its coefficients by exponents of y.
        forms: The linear forms y in z.
        domain: The field of the coefficients.

    Returns:
        The polynomial in z.

    Example:
        >>> substitute({(2,): 1}, [{0: QQ(1), 1: QQ(1)}], QQ)
        {(0, 0): 1, (0, 1): 2, (1, 1): 1}
    """
    if all(len(form) == 1 and CONSTANT not in form for form in forms):
        places = [next(iter(form.items())) for form in forms]
        found = {}
        for exponents, x in terms.items():
            value, monomial = domain.convert(x), []
            for (j, factor), power in zip(places, exponents, strict=True):
                if power:
                    value = value * factor**power
                    monomial += [j] * power
            found[tuple(sorted(monomial))] = value
        return found
    return _nested(dict(terms), [from_form(form) for form in forms], domain)


def _nested(
    terms: Mapping[tuple[int, ...], Any],
    forms: Sequence[SparsePolynomial],
    domain: Domain,
) -> SparsePolynomial:
    """Horner's scheme in the last variable, and the others within."""
    if not forms:
        return {(): domain.convert(terms[()])}
    by_power: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, x in terms.items():
        by_power.setdefault(exponents[-1], {})[exponents[:-1]] = x
    total: SparsePolynomial = {}
    for power in range(max(by_power, default=0), -1, -1):
        total = multiply(total, forms[-1])
        if power in by_power:
            total = plus(total, _nested(by_power[power], forms[:-1], domain))
    return total


def degree_of(f: Mapping[tuple[int, ...], Any]) -> int:
    """The total degree of a polynomial.

    Arguments:
        f: The polynomial.

    Returns:
        The length of its longest monomial.

    Example:
        >>> degree_of({(0, 0): 1, (1,): 1})
        2
    """
    return max(map(len, f), default=0)


def primitive(f: SparsePolynomial, domain: Domain) -> SparsePolynomial:
    """The multiple with coprime integers, the first of them positive, if over Q.

    Arguments:
        f: A polynomial that is not zero.
        domain: The field of the coefficients.

    Returns:
        The multiple. Over rational functions of parameters its coefficients are coprime
        polynomials; over algebraic numbers the first of them is one.

    Example:
        >>> primitive({(0,): QQ(-1, 2), (1,): QQ(1, 3)}, QQ)
        {(0,): 3, (1,): -2}
    """
    first = f[min(f, key=lambda monomial: (-len(monomial), monomial))]
    if domain.is_FractionField:
        factor = _cleared(list(f.values()), domain)
        negative = domain.domain.is_negative((first * factor).numer.LC)
    elif domain is QQ:
        factor = _integer_factor(f.values())
        negative = first < 0
    else:
        factor, negative = domain.one / first, False
    return {m: -x * factor if negative else x * factor for m, x in f.items()}


def _integer_factor(values: Iterable[Any]) -> Any:  # noqa: ANN401
    """The factor by which fractions become coprime integers."""
    listed = list(values)
    scale = lcm(*(int(x.denominator) for x in listed))
    return QQ(scale, gcd(*(int(x * scale) for x in listed)))


def _cleared(values: Sequence[Any], domain: Domain) -> Any:  # noqa: ANN401
    """The factor by which fractions of polynomials become coprime polynomials."""
    above, below = values[0].numer, values[0].denom
    for value in values[1:]:
        above, below = above.gcd(value.numer), below.lcm(value.denom)
    factor = domain.convert(below) / domain.convert(above)
    if domain.domain is QQ:
        cleared = (x * factor for x in values)
        numbers = [c / x.denom.LC for x in cleared for c in x.numer.coeffs()]
        factor = factor * domain.convert(_integer_factor(numbers))
    return factor


def expression_of(
    f: Mapping[tuple[int, ...], Any], z: Sequence[Symbol], domain: Domain
) -> Expr:
    """A polynomial as a SymPy expression.

    Arguments:
        f: The polynomial.
        z: The variables.
        domain: The field of the coefficients.

    Returns:
        The expanded expression.

    Example:
        >>> expression_of({(0, 0): QQ(1)}, [Symbol("x")], QQ)
        x**2
    """
    used = sorted({j for monomial in f for j in monomial})
    terms = {
        tuple(map(monomial.count, used)): domain.to_sympy(x)
        for monomial, x in f.items()
    }
    return polynomial_expression(terms, [z[j] for j in used])
