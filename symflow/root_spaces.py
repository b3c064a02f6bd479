r"""Root spaces: where a Cartan subalgebra acts by one linear functional each.

Takes a Lie table and a Cartan subalgebra, gives the roots and their spaces, over the
field or one quadratic extension of it.

.. math:: \mathfrak{g}_\alpha = \{y : (\operatorname{ad} h - \alpha(h))^d \, y = 0
                                  \text{ for all } h \in \mathfrak{h}\}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Dummy, Expr, Poly, sqrt
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.cartan_subalgebras import null_component
from symflow.errors import UnsupportedError
from symflow.ideals import characteristic_polynomial, generic_vectors
from symflow.lie_table import Element, LieTable, combination, trace
from symflow.linear_algebra import Echelon, Row, add_multiple, echelon
from symflow.notation import expression_latex, inline, span_latex
from symflow.subspaces import Subspace

__all__ = ["RootDecomposition", "root_decomposition"]


@dataclass(frozen=True)
class RootDecomposition:
    r"""The roots of an algebra on a Cartan subalgebra, and their spaces.

    .. math:: \mathfrak{g} = \mathfrak{h} \oplus \bigoplus_\alpha \mathfrak{g}_\alpha,
              \qquad [\mathfrak{g}_\alpha, \mathfrak{g}_\beta]
              \subset \mathfrak{g}_{\alpha + \beta}

    Arguments:
        cartan_subalgebra: The Cartan subalgebra :math:`\mathfrak{h}`.
        domain: The field in which the roots take their values.
        spaces: The space of each root. A root is the tuple of its values
            :math:`\alpha(h_a)` on the basis of the Cartan subalgebra.

    Example:
        >>> from symflow.structure import AbstractLieAlgebra
        >>> so3 = AbstractLieAlgebra(
        ...     "xyz", {("x", "y"): {"z": 1}, ("y", "z"): {"x": 1}, ("z", "x"): {"y": 1}})
        >>> found = so3.root_decomposition
        >>> found.cartan_subalgebra
        Subspace(dimension 1: x)
        >>> for root, space in found.spaces.items():
        ...     print(root, space)
        (I,) Subspace(dimension 1: y - I*z)
        (-I,) Subspace(dimension 1: y + I*z)
    """

    cartan_subalgebra: Subspace
    domain: Domain
    spaces: Mapping[tuple[Expr, ...], Subspace]

    @property
    def roots(self) -> tuple[tuple[Expr, ...], ...]:
        """The roots: the functionals that are not zero."""
        return tuple(self.spaces)

    @property
    def multiplicities(self) -> dict[tuple[Expr, ...], int]:
        """The dimension of the space of each root."""
        return {root: space.dimension for root, space in self.spaces.items()}

    def _repr_latex_(self) -> str:
        lines = [rf"\mathfrak{{h}} &= {span_latex(self.cartan_subalgebra.basis)}"]
        for root, space in self.spaces.items():
            values = ", ".join(map(expression_latex, root))
            lines.append(rf"\mathfrak{{g}}_{{({values})}} &= {span_latex(space.basis)}")
        body = " \\\\\n".join(lines)
        return inline(f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}")


def root_decomposition(
    names: Sequence[str], table: LieTable, cartan: Echelon
) -> RootDecomposition:
    r"""The decomposition of an algebra under a Cartan subalgebra.

    The generalised eigenspaces of a generic h are the root spaces once every element of
    the subalgebra is seen to have one eigenvalue on each.

    Arguments:
        names: The names of the basis.
        table: The Lie algebra.
        cartan: A Cartan subalgebra.

    Returns:
        The roots and their spaces; that of the zero functional is the subalgebra itself.

    Raises:
        UnsupportedError: If the eigenvalues lie in no quadratic extension of the field,
            or in one by a root of parameters.

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 4.1.
    """
    for element in generic_vectors(cartan, table.domain):
        matrix = table.adjoint_matrix(element).to_dense()
        factors = [f for f, _ in characteristic_polynomial(matrix).factor_list()[1]]
        extension = _splitting_field(factors, table.domain)
        adjoints = [extension.rows(table.adjoint(h)) for h in cartan.rows]
        spaces = [
            space
            for factor in factors
            for space in _eigenspaces(matrix, factor, extension)
        ]
        roots = [_functional(adjoints, extension.field, space) for space in spaces]
        if None not in roots:
            read = extension.field.to_sympy
            return RootDecomposition(
                Subspace(names, cartan, table.domain),
                extension.field,
                {
                    tuple(map(read, root)): Subspace(names, space, extension.field)
                    for root, space in zip(roots, spaces, strict=True)
                    if root is not None and any(root)
                },
            )
    raise AssertionError  # the iterator has no end


def _functional(
    adjoints: Sequence[Sequence[Row]], field: Domain, space: Echelon
) -> tuple[Element, ...] | None:
    """The root of a space; None if an element has several eigenvalues on it."""
    size = space.rank
    place = {pivot: a for a, pivot in enumerate(space.pivots)}
    identity = DomainMatrix.eye(size, field).to_dense()
    root = []
    for adjoint in adjoints:
        images = [combination(row, adjoint) for row in space.rows]
        inner = {
            a: {place[k]: value for k, value in row.items() if k in place}
            for a, row in enumerate(images)
        }
        matrix = DomainMatrix(inner, (size, size), field).to_dense()
        value = trace(matrix) / field(size)
        if null_component(matrix - identity * value).rank < size:
            return None
        root.append(value)
    return tuple(root)


@dataclass(frozen=True)
class _Extension:
    """A field with the square root of one of its elements, or the field itself."""

    base: Domain
    field: Domain
    square: Element
    root: Element

    def element(self, value: Element) -> Element:
        """An element of the base in the field."""
        if self.field is self.base:
            return value
        return self.field.from_sympy(self.base.to_sympy(value))

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """Sparse rows over the field."""
        return [{k: self.element(v) for k, v in row.items()} for row in rows]

    def square_root(self, value: Element) -> Element:
        """The square root of an element that is the square of the base times another."""
        known = _square_root(value / self.square, self.base)
        return self.element(known) * self.root


def _splitting_field(factors: Sequence[Poly], domain: Domain) -> _Extension:
    """The field in which irreducible polynomials of degree one and two split."""
    discriminants = []
    for factor in factors:
        if factor.degree() > 2:
            raise UnsupportedError(
                "Argument `algebra` must have a Cartan subalgebra with eigenvalues in "
                f"{domain} or one quadratic extension, but one has degree "
                f"{factor.degree()} over it. Choose a basis with commuting elements "
                "whose eigenvalues you know; `root_system` needs no eigenvalues."
            )
        if factor.degree() == 2:
            discriminants.append(_discriminant(factor))
    if not discriminants:
        return _Extension(domain, domain, domain.one, domain.one)
    first = discriminants[0]
    for other in discriminants[1:]:
        if _square_root(other / first, domain) is None:
            roots = (sqrt(domain.to_sympy(value)) for value in (first, other))
            raise UnsupportedError(
                "Argument `algebra` must have a Cartan subalgebra with eigenvalues in "
                f"one quadratic extension of {domain}, but they need "
                f"{' and '.join(map(str, roots))}. `root_system` needs no eigenvalues."
            )
    return _with_root(first, domain)


def _with_root(value: Element, domain: Domain) -> _Extension:
    """The field with the square root of an element."""
    constants, square = domain, value
    if domain.is_Composite:
        # Only a root of a number can be adjoined: the rest must be a square.
        constants = domain.domain
        number = value.numer.LC / value.denom.LC
        square = domain.convert_from(number, constants)
        if _square_root(value / square, domain) is None:
            raise UnsupportedError(
                "Argument `algebra` must have a Cartan subalgebra with eigenvalues that "
                f"are rational in its parameters, but one is the square root of "
                f"{domain.to_sympy(value)}. Give that root a name: write k as omega**2."
            )
    else:
        number = value
    _, root = sqrt(constants.to_sympy(number)).as_coeff_Mul()
    known = constants.orig_ext if constants.is_Algebraic else ()
    field = constants.dom if constants.is_Algebraic else constants
    field = field.algebraic_field(*known, root)
    if domain.is_Composite:
        field = field.frac_field(*domain.symbols)
    square = domain.from_sympy((root**2).expand())
    return _Extension(domain, field, square, field.from_sympy(root))


def _discriminant(factor: Poly) -> Element:
    one, b, c = factor.monic().rep.to_list()
    return b * b - 4 * one * c


def _square_root(value: Element, domain: Domain) -> Element | None:
    """A square root inside the field, if there is one."""
    zero = domain.zero
    square = Poly.from_list([domain.one, zero, -value], Dummy("t"), domain=domain)
    _, factors = square.factor_list()
    if factors[0][0].degree() > 1:
        return None
    leading, rest = factors[0][0].rep.to_list()
    return -rest / leading


def _eigenspaces(
    matrix: DomainMatrix, factor: Poly, extension: _Extension
) -> list[Echelon]:
    """The generalised eigenspaces of the roots of an irreducible factor."""
    size, base = matrix.shape[0], matrix.domain
    identity = DomainMatrix.eye(size, base).to_dense()
    coefficients = factor.monic().rep.to_list()
    value = identity * base.zero
    for coefficient in coefficients:
        value = value * matrix + identity * coefficient
    space = null_component(value)
    if len(coefficients) == 2:
        return [_echelon(extension.rows(space.rows), size, extension)]
    rows = extension.rows(_rows(matrix))
    half = extension.element(coefficients[1] / base(2))
    root = extension.square_root(_discriminant(factor)) / extension.field(2)
    return [
        _image(extension.rows(space.rows), rows, conjugate, extension)
        for conjugate in (-half - root, -half + root)
    ]


def _image(
    vectors: list[Row], matrix: list[Row], conjugate: Element, extension: _Extension
) -> Echelon:
    """The half of a space on which a matrix does not have one of two eigenvalues."""
    half = len(vectors) // 2
    while True:
        moved = []
        for vector in vectors:
            image = combination(vector, matrix)
            add_multiple(image, -conjugate, vector)
            moved.append(image)
        space = _echelon(moved, len(matrix), extension)
        if space.rank == half:
            return space
        vectors = list(space.rows)


def _echelon(rows: Sequence[Row], columns: int, extension: _Extension) -> Echelon:
    return echelon(rows, columns, extension.field)


def _rows(matrix: DomainMatrix) -> list[Row]:
    rows = matrix.to_sparse().rep
    return [dict(rows.get(i, {})) for i in range(matrix.shape[0])]
