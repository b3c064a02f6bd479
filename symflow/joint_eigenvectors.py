r"""Joint eigenvectors: of matrices that commute, over an exact field.

Takes commuting matrices, gives their joint eigenvectors by eigenvalues in the field, and
the polynomials whose roots were left out because they are not in it.

.. math:: A_k v = \lambda_k v \quad \text{for all } k, \qquad A_j A_k = A_k A_j

The minimal polynomial of a matrix is that of its powers on the unit vectors; its roots in
the field are its factors of degree one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Expr, Poly, Symbol, sqrt
from sympy.polys.domains.domain import Domain
from sympy.polys.polyerrors import CoercionFailed

from symflow.linear_algebra import Echelon, Row, Span, add_multiple, nullspace

__all__ = [
    "JointEigenvectors",
    "combined",
    "larger_field",
    "quadratic_roots",
    "stable_combinations",
]

Eigenvalues = tuple[Any, ...]

_UNKNOWN = Symbol("lambda")


class JointEigenvectors:
    r"""The joint eigenvectors of commuting matrices.

    .. math:: \bigoplus_\lambda \{v : A_k v = \lambda_k v \text{ for all } k\}

    Arguments:
        matrices: The matrices, each as the images of the unit vectors.
        size: The number of unit vectors.
        domain: The field.
        likely: For each matrix numbers that are tried as eigenvalues first, for to factor
            a polynomial over a field of functions may take long; by default none.

    Example:
        >>> from sympy import QQ
        >>> swap = [{1: QQ(1)}, {0: QQ(1)}]
        >>> for eigenvalues, vectors in JointEigenvectors([swap], 2, QQ).spaces:
        ...     print(*eigenvalues, [sorted(vector.items()) for vector in vectors])
        1 [[(0, 1), (1, 1)]]
        -1 [[(0, -1), (1, 1)]]

    Reference:
        Humphreys, Introduction to Lie Algebras and Representation Theory, section 4.1.
    """

    def __init__(
        self,
        matrices: Sequence[Sequence[Row]],
        size: int,
        domain: Domain,
        likely: Sequence[Sequence[Any]] = (),
    ) -> None:
        self._matrices = matrices
        self._domain = domain
        self._likely = likely
        #: Irreducible factors of degree two and more: their roots are not in the field.
        self.left_out: list[Poly] = []
        units = [{k: domain.one} for k in range(size)]
        #: The eigenvalues, one for each matrix, and the vectors that have them.
        self.spaces: list[tuple[Eigenvalues, list[Row]]] = list(self._split(units, ()))

    def _split(
        self, basis: list[Row], known: Eigenvalues
    ) -> Iterator[tuple[Eigenvalues, list[Row]]]:
        """The parts of a space on which the first matrices are numbers already."""
        if not basis:
            return
        if len(known) == len(self._matrices):
            yield known, basis
            return
        matrix = self._matrices[len(known)]
        likely = self._likely[len(known)] if self._likely else ()
        for root in self._roots(matrix, basis, likely):
            rows: dict[int, Row] = {}
            for k, vector in enumerate(basis):
                moved = combined(vector, matrix)
                add_multiple(moved, -root, vector)
                for column, value in moved.items():
                    rows.setdefault(column, {})[k] = value
            kernel = nullspace(rows.values(), len(basis), self._domain)
            part = [combined(vector, basis) for vector in kernel]
            yield from self._split(part, (*known, root))

    def _roots(
        self, matrix: Sequence[Row], basis: Sequence[Row], likely: Sequence[Any]
    ) -> list[Any]:
        """The eigenvalues in the field of a matrix on a space that it preserves."""
        roots = []
        rest = self._minimal_polynomial(matrix, basis)
        for root in likely:
            if rest.degree() < 2:
                break
            linear = Poly.from_list([1, -root], _UNKNOWN, domain=self._domain)
            smaller, remainder = rest.div(linear)
            if remainder.is_zero:
                roots.append(root)
            while remainder.is_zero and rest.degree() > 0:
                rest = smaller
                smaller, remainder = rest.div(linear)
        for factor, _ in rest.factor_list()[1]:
            if factor.degree() == 1:
                lead, constant = factor.rep.to_list()
                roots.append(-constant / lead)
            elif factor not in self.left_out:
                self.left_out.append(factor)
        return roots

    def _minimal_polynomial(self, matrix: Sequence[Row], basis: Sequence[Row]) -> Poly:
        """The least polynomial that makes zero of a matrix on a space."""
        found = Poly.from_list([1], _UNKNOWN, domain=self._domain)
        for vector in basis:
            # What makes zero of the rest completes the least common multiple.
            rest = _applied(found, matrix, vector)
            if rest:
                found = found * self._annihilator(matrix, rest)
        return found

    def _annihilator(self, matrix: Sequence[Row], vector: Row) -> Poly:
        """The least polynomial in a matrix that maps a vector to zero."""
        powers = Span(self._domain)
        count = 0
        while powers.insert(vector):
            vector = combined(vector, matrix)
            count += 1
        coordinates, _ = powers.split(vector)
        coefficients = [self._domain.one] + [
            -coordinates.get(k, self._domain.zero) for k in reversed(range(count))
        ]
        return Poly.from_list(coefficients, _UNKNOWN, domain=self._domain)


def _applied(polynomial: Poly, matrix: Sequence[Row], vector: Row) -> Row:
    """A polynomial in a matrix, applied to a vector by Horner's rule."""
    total: Row = {}
    for coefficient in polynomial.rep.to_list():
        total = combined(total, matrix)
        if coefficient:
            add_multiple(total, coefficient, vector)
    return total


def combined(vector: Mapping[int, Any], rows: Sequence[Row]) -> Row:
    r"""The combination of rows with given coefficients.

    .. math:: \sum_k v_k r_k

    Arguments:
        vector: The coefficients :math:`v_k`.
        rows: The rows :math:`r_k`.

    Returns:
        The sum; if the rows are the images of the unit vectors, that of the vector.

    Example:
        >>> combined({0: 2, 1: -1}, [{0: 1}, {0: 2, 1: 3}])
        {1: -3}
    """
    total: Row = {}
    for k, factor in vector.items():
        add_multiple(total, factor, rows[k])
    return total


def stable_combinations(
    space: Echelon, images: Sequence[Sequence[Row]], domain: Domain
) -> list[Row] | None:
    r"""The combinations of a basis whose images stay in its span.

    .. math:: \sum_k v_k A_a b_k \in \langle b \rangle \quad \text{for all } a

    Arguments:
        space: The span, in reduced echelon form.
        images: For each map :math:`A_a`, the images of the rows of the span.
        domain: The field of the coefficients.

    Returns:
        Independent coefficients :math:`v`; None if all images stay.

    Example:
        >>> from sympy import QQ
        >>> from symflow.linear_algebra import echelon
        >>> line = echelon([{0: QQ(1)}], 2)
        >>> stable_combinations(line, [[{1: QQ(1)}]], QQ)
        []
    """
    outside: dict[tuple[int, int], Row] = {}
    for number, image in enumerate(images):
        for k, moved in enumerate(image):
            for target, value in space.reduce(moved).items():
                outside.setdefault((number, target), {})[k] = value
    if not outside:
        return None
    return nullspace(outside.values(), space.rank, domain)


def larger_field(domain: Domain, polynomial: Poly) -> Domain | None:
    r"""The field that a root of a quadratic polynomial makes of a field.

    .. math:: K(\sqrt c), \qquad \Delta = c \, h^2, \quad c \in \mathbb{Q}

    Roots within roots are left alone: they are slow, and long to print.

    Arguments:
        domain: The field K: numbers, or rational functions of parameters.
        polynomial: A polynomial over it, irreducible.

    Returns:
        The field; None if the degree is not two, or if the discriminant is no rational
        number times the square of a function of the parameters.

    Example:
        >>> from sympy import QQ
        >>> larger_field(QQ, Poly([1, 0, 4], _UNKNOWN, domain=QQ))
        QQ<I>
    """
    found = _square_root(domain, polynomial)
    if found is None:
        return None
    number, _ = found
    numbers = domain.domain if domain.is_FractionField else domain
    larger = numbers.algebraic_field(sqrt(number).as_coeff_Mul()[1])
    return larger.frac_field(*domain.symbols) if domain.is_FractionField else larger


def quadratic_roots(domain: Domain, polynomial: Poly, larger: Domain) -> list[Any]:
    r"""The roots of a quadratic polynomial in a field that holds them.

    .. math:: \frac{-b \pm h \sqrt c}{2 a}

    Arguments:
        domain: The field K of the coefficients.
        polynomial: A polynomial over it, irreducible.
        larger: A field that `larger_field` gave, for this polynomial or for another.

    Returns:
        The two roots; none if the field does not hold them or the degree is not two.

    Example:
        >>> from sympy import QQ
        >>> four = Poly([1, 0, 4], _UNKNOWN, domain=QQ)
        >>> larger = QQ.algebraic_field(sqrt(-1))
        >>> [larger.to_sympy(root) for root in quadratic_roots(QQ, four, larger)]
        [2*I, -2*I]
    """
    found = _square_root(domain, polynomial)
    if found is None:
        return []
    number, h = found
    try:
        root = larger.from_sympy(sqrt(number)) * larger.convert_from(h, domain)
    except (CoercionFailed, ValueError):
        return []
    a, b, _ = (larger.convert_from(x, domain) for x in polynomial.rep.to_list())
    return [(sign * root - b) / (a + a) for sign in (1, -1)]


def _square_root(domain: Domain, polynomial: Poly) -> tuple[Expr, Any] | None:
    """The numbers c and h in the discriminant c h^2; none if c is not rational."""
    if polynomial.degree() != 2:
        return None
    a, b, c = polynomial.rep.to_list()
    discriminant = b * b - 4 * a * c
    numbers, content, square = domain, discriminant, domain.one
    if domain.is_FractionField:
        numbers, content = domain.domain, domain.domain.one
        for part, sign in ((discriminant.numer, 1), (discriminant.denom, -1)):
            number, factors = part.factor_list()
            if any(multiplicity % 2 for _, multiplicity in factors):
                return None
            content = content * number**sign
            for factor, multiplicity in factors:
                square = square * domain.field.raw_new(factor) ** (
                    sign * multiplicity // 2
                )
    radicand = numbers.to_sympy(content)
    return (radicand, square) if radicand.is_Rational else None
