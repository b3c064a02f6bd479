r"""Solvable algebras: textbook names up to dimension four, and beyond where proved.

Takes an indecomposable solvable Lie algebra, gives its Patera-Winternitz name with the
value of its parameters, or nothing where no classification is at hand.

.. math:: \mathfrak{g} = \mathbb{R} x \ltimes \mathfrak{n}, \qquad
          \operatorname{ad} x|_{\mathfrak{n}} \sim \text{its Jordan form, up to scale}

Most names follow from the nilradical n and the action on it of one element outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Dummy, Expr, Integer, Poly, expand, factor, radsimp, sqrt
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.ideals import characteristic_polynomial
from symflow.lie_table import Element, LieTable, trace
from symflow.linear_algebra import Echelon, Row
from symflow.symmetric_forms import sign

__all__ = ["solvable_name"]


def solvable_name(table: LieTable, nilradical: Echelon, degree: int) -> str | None:
    """The name of an indecomposable solvable algebra that is not abelian.

    Arguments:
        table: The algebra.
        nilradical: Its nilradical.
        degree: The degree of its centroid modulo nilpotents over the field.

    Returns:
        The name, or None where no name is proved.

    Raises:
        UnsupportedError: If the name depends on an open sign of a parameter.

    Reference:
        Patera, Sharp, Winternitz, Zassenhaus, J. Math. Phys. 17, 986 (1976), table I.
    """
    d, n = table.dimension, nilradical.rank
    if n == d:
        return _nilpotent_name(table, degree)
    if degree > 1:
        return _complex_affine(table, n, degree)
    if d == 2:
        return "aff(1) = A2,1"
    if d == 3:
        return _plane_name(_action(table, nilradical, table.span([])))
    if d == 4 and n == 3:
        inner = table.product(nilradical, nilradical)
        action = _action(table, nilradical, inner)
        return _heisenberg_name(action) if inner.rank else _space_name(action)
    return None


def _nilpotent_name(table: LieTable, degree: int) -> str | None:
    d = table.dimension
    terms = table.series(table.whole, lower=True)
    dims = tuple(term.rank for term in terms)
    if dims[1] == 1 and table.center.rank == 1:
        suffix = {3: " = A3,1", 5: " = A5,4"}.get(d, "")
        return f"Heisenberg h({(d - 1) // 2}){suffix}"
    if degree > 1:
        return None
    if d == 4:
        return "filiform nilpotent A4,1"
    if d == 5:
        if dims == (5, 3, 2, 1, 0):
            wide = table.centralizer(terms[1].rows).rank == 4
            return "filiform nilpotent A5,2" if wide else "filiform nilpotent A5,6"
        named = {(5, 2, 0): "A5,1", (5, 3, 2, 0): "A5,3", (5, 2, 1, 0): "A5,5"}
        return f"nilpotent {named[dims]}"
    if dims == (d, *range(d - 2, -1, -1)) and _has_abelian_ideal(table, terms):
        return f"filiform nilpotent of dimension {d}, [x, e_k] = e_(k-1)"
    return None


def _has_abelian_ideal(table: LieTable, terms: Sequence[Echelon]) -> bool:
    """Whether the centraliser of the derived algebra is abelian of codimension one."""
    wide = table.centralizer(terms[1].rows)
    return wide.rank == table.dimension - 1 and not table.product(wide, wide).rank


def _complex_affine(table: LieTable, nilpotent: int, degree: int) -> str | None:
    r"""The complex affine algebra, :math:`[z, w] = w` over a quadratic field."""
    if table.dimension != 4 or nilpotent != 2 or degree != 2:
        return None
    outside = table.quotient(table.derived)
    if outside.dimension != 2:
        return None
    for index in range(4):
        if index not in table.derived.pivots:
            rest = table.whole.rows[index]
            discriminant = _discriminant(_action_of(table, table.derived, rest))
            if discriminant and sign(discriminant, table.domain) < 0:
                return "aff(1,C) = A4,12"
            if discriminant:
                return "aff(1) ⊕ aff(1) = 2 A2,1"
    return None


def _action(table: LieTable, space: Echelon, modulo: Echelon) -> DomainMatrix:
    """The action of the one element outside on an ideal modulo a smaller one."""
    index = next(i for i in range(table.dimension) if i not in space.pivots)
    kept = table.span(map(modulo.reduce, space.rows))
    return _action_of(table, kept, table.whole.rows[index], modulo)


def _action_of(
    table: LieTable, space: Echelon, x: Row, modulo: Echelon | None = None
) -> DomainMatrix:
    place = {pivot: a for a, pivot in enumerate(space.pivots)}
    rows = []
    for row in space.rows:
        image = table.bracket(x, row)
        if modulo is not None:
            image = modulo.reduce(image)
        rows.append({place[k]: v for k, v in image.items() if k in place})
    return table.matrix(rows, space.rank).to_dense()


def _discriminant(matrix: DomainMatrix) -> Element:
    _, b, c = characteristic_polynomial(matrix).rep.to_list()
    return b * b - 4 * c


def _is_scalar(matrix: DomainMatrix) -> bool:
    size = matrix.shape[0]
    identity = DomainMatrix.eye(size, matrix.domain).to_dense()
    return matrix == identity * matrix[0, 0].element


def _plane_name(matrix: DomainMatrix) -> str:
    """The three-dimensional algebras with nilradical R^2."""
    domain = matrix.domain
    discriminant = _discriminant(matrix)
    total = trace(matrix)
    kind = sign(discriminant, domain)
    if kind == 0:
        return "A3,3" if _is_scalar(matrix) else "A3,2"
    if kind > 0:
        if not total:
            return "e(1,1) = A3,4"
        return f"A3,5^a, a = {_ratio(total, discriminant, domain)}"
    if not total:
        return "e(2) = A3,6"
    return f"A3,7^a, a = {_pitch(total, discriminant, domain)}"


def _heisenberg_name(matrix: DomainMatrix) -> str:
    """The four-dimensional algebras with nilradical h(1), from the action on h(1)/Z."""
    domain = matrix.domain
    discriminant = _discriminant(matrix)
    total = trace(matrix)
    kind = sign(discriminant, domain)
    if not total:
        return "A4,8 (split oscillator)" if kind > 0 else "A4,10 (oscillator)"
    if kind == 0:
        return "A4,9^b, b = 1" if _is_scalar(matrix) else "A4,7"
    if kind > 0:
        return f"A4,9^b, b = {_ratio(total, discriminant, domain)}"
    return f"A4,11^a, a = {_pitch(total, discriminant, domain)}"


def _ratio(total: Element, discriminant: Element, domain: Domain) -> Expr:
    """The ratio of two real eigenvalues, the smaller over the larger where known."""
    t = domain.to_sympy(total)
    root = sqrt(factor(domain.to_sympy(discriminant)))
    if not factor(t + root) or not factor(t - root):
        return Integer(0)
    ratio = _canonical((t - root) / (t + root))
    larger = factor(ratio**2 - 1).is_positive
    return _canonical(1 / ratio) if larger else ratio


def _pitch(total: Element, discriminant: Element, domain: Domain) -> Expr:
    """Real over imaginary part of complex eigenvalues, taken positive where known."""
    t = domain.to_sympy(total)
    value = _canonical(t / sqrt(-domain.to_sympy(discriminant)))
    return -value if value.is_negative else value


def _canonical(expression: Expr) -> Expr:
    if expression.free_symbols:
        return factor(expression)
    return expand(radsimp(expression))


def _space_name(matrix: DomainMatrix) -> str | None:
    """The four-dimensional algebras with nilradical R^3."""
    domain = matrix.domain
    polynomial = characteristic_polynomial(matrix)
    _, factors = polynomial.factor_list()
    simple = all(multiplicity == 1 for _, multiplicity in factors)
    if not matrix.det():
        # The kernel lies in the image, or the algebra would split: a block of size two.
        return "A4,3"
    if simple:
        return _semisimple_space_name(polynomial, domain)
    if any(f.degree() > 1 for f, _ in factors):
        return None
    roots = {-f.monic().rep.to_list()[1]: m for f, m in factors}
    double = next(root for root, count in roots.items() if count > 1)
    identity = DomainMatrix.eye(3, domain).to_dense()
    rank = (matrix - identity * double).rank()
    if len(roots) == 1:
        return {0: "A4,5^(a,b), a = b = 1", 1: "A4,2^a, a = 1", 2: "A4,4"}[rank]
    other = next(root for root, count in roots.items() if count == 1)
    ratio = domain.to_sympy(other / double)
    if rank == 2:
        return f"A4,2^a, a = {ratio}"
    return f"A4,5^(a,b), eigenvalues in the ratio 1 : 1 : {ratio}"


def _semisimple_space_name(polynomial: Poly, domain: Domain) -> str | None:
    _, b, c, d = polynomial.rep.to_list()
    discriminant = b * b * c * c - 4 * c**3 - 4 * b**3 * d - 27 * d * d + 18 * b * c * d
    name = "A4,5^(a,b)" if sign(discriminant, domain) > 0 else "A4,6^(a,b)"
    printed = Poly.from_list([1, b, c, d], Dummy("t"), domain=domain)
    variable = printed.gen
    roots = polynomial.factor_list()[1]
    if all(f.degree() == 1 for f, _ in roots):
        values = [domain.to_sympy(-f.monic().rep.to_list()[1]) for f, _ in roots]
        ratios = [factor(value / values[0]) for value in values]
        return f"{name}, eigenvalues in the ratio {' : '.join(map(str, ratios))}"
    text = str(printed.as_expr()).replace(str(variable), "t")
    return f"{name}, eigenvalues in the ratio of the roots of {text}"
