r"""Structure constants: what a user may write for them, read exactly.

Takes names and brackets as mappings, gives a Lie table over the smallest field that
holds the constants, or says what is wrong with them.

.. math:: [g_i, g_j] = \sum_k c_{ij}^k g_k, \qquad c_{ij}^k = -c_{ji}^k

The field is the rationals, extended by the algebraic numbers and by the rational
functions of the symbols that appear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import QQ, Add, Expr, Float, I, Pow, Rational, Symbol, preorder_traversal
from sympy.polys.domains.domain import Domain
from sympy.polys.polyerrors import CoercionFailed

from symflow.coefficient_field import check_roots
from symflow.errors import ArgumentError, UnsupportedError
from symflow.lie_table import Element, LieTable
from symflow.linear_algebra import Row

__all__ = ["Constants", "read_element", "read_table", "vector_expression"]

_ARGUMENT = "structure_constants"

Constants = Mapping[tuple[str, str], Mapping[str, Any]]


def vector_expression(row: Row, names: Sequence[str], domain: Domain) -> Expr:
    """A vector as a combination of the names of the basis.

    Arguments:
        row: The sparse vector.
        names: The names of the basis.
        domain: The field of its elements.

    Returns:
        The SymPy expression.

    Example:
        >>> vector_expression({0: QQ(1, 2)}, ["Lx"], QQ)
        Lx/2
    """
    return Add(*(domain.to_sympy(v) * Symbol(names[k]) for k, v in row.items()))


def read_table(names: Sequence[str], constants: Constants) -> LieTable:
    """The table of the constants over the smallest field that holds them.

    Arguments:
        names: The names of the basis.
        constants: For pairs of names, in any order, the bracket by names.

    Returns:
        The table, with the basis numbered in the order of the names.

    Raises:
        ArgumentError: If a name is unknown, the two orders of a pair contradict each
            other, or a constant is not exact.
        UnsupportedError: If a constant is not a rational function of parameters.

    Example:
        >>> read_table("QPZ", {("P", "Q"): {"Z": -1}}).brackets
        {(0, 1): {2: 1}}
    """
    place = {name: index for index, name in enumerate(names)}
    for pair, named in constants.items():
        for name in (*pair, *named):
            if name not in place:
                raise ArgumentError(
                    f"Argument `structure_constants` must use the names of the basis, "
                    f"but {name!r} is none of {', '.join(names)}."
                )
    exact = {
        pair: {place[name]: _exact(value, _ARGUMENT) for name, value in named.items()}
        for pair, named in constants.items()
    }
    domain = _field(value for row in exact.values() for value in row.values())
    brackets: dict[tuple[int, int], Row] = {}
    for (left, right), row in exact.items():
        elements = {k: _element(value, domain, _ARGUMENT) for k, value in row.items()}
        i, j = place[left], place[right]
        if i > j:
            i, j = j, i
            elements = {k: -value for k, value in elements.items()}
        elements = {k: value for k, value in elements.items() if value}
        if (i == j and elements) or brackets.get((i, j), elements) != elements:
            raise ArgumentError(
                f"Argument `structure_constants` must be antisymmetric, but "
                f"[{left}, {right}] contradicts [{right}, {left}]: it is "
                f"{vector_expression(elements, names, domain)} one way "
                f"round and not minus that the other. Correct one of them."
            )
        if i < j:
            brackets[i, j] = elements
    return LieTable(len(names), brackets, domain)


def _exact(value: Element, argument: str) -> Element:
    """A constant as a rational of the field Q or as a SymPy expression."""
    if isinstance(value, int | Fraction):
        return QQ(value.numerator, value.denominator)
    if QQ.of_type(value):
        return value
    if isinstance(value, Rational):
        return QQ(value.p, value.q)
    if not isinstance(value, Expr) or value.has(Float):
        raise ArgumentError(
            f"Argument `{argument}` must hold exact numbers or expressions, "
            f"but one is {value!r}. Write fractions, as in Rational(1, 3)."
        )
    return value


def _field(values: Iterable[Any]) -> Domain:
    surds: set[Expr] = set()
    symbols: set[Symbol] = set()
    for value in values:
        if isinstance(value, Expr):
            symbols |= value.free_symbols
            for node in preorder_traversal(value):
                root = isinstance(node, Pow) and not node.exp.is_Integer
                if node is I or (root and node.is_number):
                    surds.add(node)
    field: Domain = QQ
    if surds:
        check_roots(surds, "structure_constants")
        field = QQ.algebraic_field(*sorted(surds, key=str))
    if symbols:
        field = field.frac_field(*sorted(symbols, key=str))
    return field


def read_element(value: Element, domain: Domain, argument: str) -> Element:
    """A number or expression as an element of a field.

    Arguments:
        value: An integer, a fraction or a SymPy expression.
        domain: The field.
        argument: The name of the argument that it stands in, for the message.

    Returns:
        The element.

    Raises:
        UnsupportedError: If the field does not hold the value.

    Example:
        >>> read_element(2, QQ, "matrix")
        2
    """
    return _element(_exact(value, argument), domain, argument)


def _element(value: Element, domain: Domain, argument: str) -> Element:
    """A rational of the field Q, or an expression, as an element of a field."""
    if not isinstance(value, Expr):
        return value if domain.is_QQ else domain.convert(value, QQ)
    try:
        return domain.from_sympy(value)
    except (CoercionFailed, ValueError) as failure:
        raise UnsupportedError(
            f"Argument `{argument}` must hold rational functions of symbols with "
            f"algebraic coefficients, in {domain}, but one is {value}. Give the part "
            f"that is not such a function a symbol of its own."
        ) from failure
