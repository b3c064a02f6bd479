r"""Planar algebras: Galilei and its kin in two dimensions, where rotations are solvable.

Takes a solvable Lie algebra with a Cartan subalgebra h, gives the name of the planar
Galilei, Bargmann, Newton-Hooke or Carroll algebra that it is proved to be.

.. math:: \mathfrak{g} = \mathfrak{h} \oplus W, \quad W = [\mathfrak{h}, \mathfrak{g}]
          = \{K_1, K_2, P_1, P_2\}, \qquad J^2|_W = -1, \quad H^2|_W = 0, \pm 1

Up to scale, J and H are the only elements of h modulo the centre whose squares on W are
numbers, and the signs of these numbers are all there is to know of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Dummy, Poly
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.ideals import intersection
from symflow.lie_table import Element, LieTable, trace
from symflow.linear_algebra import Echelon, Row, echelon
from symflow.symmetric_forms import sign, signature

__all__ = ["planar_name"]


def planar_name(table: LieTable, cartan: Echelon) -> str | None:
    """The name of a planar kinematical algebra.

    Arguments:
        table: A solvable algebra without abelian summand.
        cartan: A Cartan subalgebra.

    Returns:
        The name, or None where none is proved.

    Raises:
        UnsupportedError: If the name depends on an open sign of a parameter.

    Reference:
        Bacry and Levy-Leblond, J. Math. Phys. 9, 1605 (1968), in two dimensions.
    """
    module = table.product(cartan, table.whole)
    mass = table.product(module, module)
    both = table.span([*cartan.rows, *module.rows])
    if module.rank != 4 or both.rank != cartan.rank + 4 or table.center != mass:
        return None
    if mass.rank and not _is_heisenberg(table, module, mass):
        return None
    if table.product(cartan, cartan).rank:
        return None
    # What commutes with W is central, so the classes modulo the centre act faithfully.
    elements = table.span(map(mass.reduce, cartan.rows)).rows
    if len(elements) == 1 and mass.rank:
        return _carroll_name(table, module, mass, elements[0])
    if len(elements) == 2:
        return _galilei_name(table, module, elements, with_mass=bool(mass.rank))
    return None


def _is_heisenberg(table: LieTable, module: Echelon, mass: Echelon) -> bool:
    """Whether the bracket on W is one form that is not degenerate."""
    commuting = table.centralizer(module.rows)
    return mass.rank == 1 and not intersection(commuting, module, table.domain)


def _action(table: LieTable, module: Echelon, x: Row) -> DomainMatrix:
    """The matrix of ad x on W, images in its rows."""
    place = {pivot: a for a, pivot in enumerate(module.pivots)}
    images = (table.bracket(x, row) for row in module.rows)
    rows = [{place[k]: v for k, v in image.items() if k in place} for image in images]
    return table.matrix(rows, module.rank).to_dense()


def _carroll_name(
    table: LieTable, module: Echelon, mass: Echelon, x: Row
) -> str | None:
    """Names where one element acts on the Heisenberg algebra: its form decides."""
    square = _action(table, module, x) ** 2
    number = square[0, 0].element
    if square != DomainMatrix.eye(4, table.domain).to_dense() * number:
        return None
    if sign(number, table.domain) >= 0:
        return None
    # [[x, v], w] is a symmetric form times the mass.
    pivot = mass.pivots[0]
    rows = [
        {b: row[pivot] for b, row in enumerate(images) if row}
        for images in table.brackets_between(
            [table.bracket(x, row) for row in module.rows], module.rows
        )
    ]
    if signature(rows, 4, table.domain) == (2, 2, 0):
        return "Carroll algebra in 2 dimensions = so(2) ⋉ h(2)"
    return "isotropic oscillator algebra in 2 dimensions = u(1) ⋉ h(2)"


def _galilei_name(
    table: LieTable, module: Echelon, elements: Sequence[Row], *, with_mass: bool
) -> str | None:
    """Names where rotations and the energy act on W."""
    pair = _scalar_squares([_action(table, module, x) for x in elements])
    if pair is None:
        return None
    signs = sorted(sign(square, table.domain) for square in pair)
    title = {
        (-1, 0): "Bargmann" if with_mass else "Galilei",
        (-1, 1): "expanding Newton-Hooke",
        (-1, -1): "oscillating Newton-Hooke",
    }.get((signs[0], signs[1]))
    if title is None:
        return None
    if title == "Bargmann":
        return "Bargmann algebra in 2 dimensions"
    if signs == [-1, -1] and not with_mass:
        # W is two planes, and of J + H and J - H each acts on one of them.
        return "e(2) ⊕ e(2)"
    ending = "with mass" if with_mass else "no mass"
    return f"{title} algebra in 2 dimensions, {ending}"


def _scalar_squares(
    actions: Sequence[DomainMatrix],
) -> tuple[Element, Element] | None:
    r"""The squares of the two traceless combinations of A and B that are numbers.

    .. math:: (a A + b B)^2 = c(a, b) + q(a, b) \, D, \qquad \operatorname{tr} D = 0

    The zeros of the quadratic form q are the combinations, if all is of this shape.
    """
    first, second = actions
    domain = first.domain
    products = [first * first, first * second, second * second]
    identity = DomainMatrix.eye(4, domain).to_dense()
    numbers = [trace(m) / domain(4) for m in products]
    rests = [
        {k: value for k, value in enumerate((m - identity * c).to_list_flat()) if value}
        for m, c in zip(products, numbers, strict=True)
    ]
    form = echelon(rests, 16, domain)
    if form.rank != 1:
        return None
    q = [rest.get(form.pivots[0], domain.zero) for rest in rests]
    squares = []
    for a, b in _zeros(q, domain):
        if trace(first * a + second * b):
            return None
        squares.append(a * a * numbers[0] + 2 * a * b * numbers[1] + b * b * numbers[2])
    return (squares[0], squares[1]) if len(squares) == 2 else None


def _zeros(q: Sequence[Element], domain: Domain) -> list[tuple[Element, Element]]:
    """The different zeros of q0 a^2 + 2 q1 a b + q2 b^2 in the field, up to scale."""
    zeros = [(domain.one, domain.zero)] if not q[0] else []
    polynomial = Poly.from_list([q[0], 2 * q[1], q[2]], Dummy("a"), domain=domain)
    for factor, _ in polynomial.factor_list()[1]:
        if factor.degree() == 1:
            leading, constant = factor.rep.to_list()
            zeros.append((-constant / leading, domain.one))
    return zeros
