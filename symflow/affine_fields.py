r"""Affine fields: the Hamiltonian fields of functions of degree two at most.

Takes a polynomial, gives the matrix and the shift of its field, and says whether its flow
is bounded, periodic, or how it runs away.

.. math:: \{z, g\} = A z + b, \qquad A = J \nabla\nabla g, \qquad b = J \nabla g(0)
"""

from __future__ import annotations

from sympy import Expr, ImmutableMatrix, Poly, Symbol, sqrt, zeros
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from symflow.polynomials import PhasePolynomials

__all__ = ["affine_field", "is_bounded", "is_periodic", "runaway_kind"]


def affine_field(
    ring: PhasePolynomials, g: PolyElement
) -> tuple[ImmutableMatrix, ImmutableMatrix]:
    r"""The matrix and the shift of a Hamiltonian field.

    .. math:: \{z, g\} = A z + b

    Arguments:
        ring: The ring of functions.
        g: A function of degree two at most.

    Returns:
        A of shape (2n, 2n) and b of shape (2n, 1).

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> ring = PhasePolynomials(PhaseSpace("x"), [])
        >>> x, p = ring.variables
        >>> affine_field(ring, (x**2 + p**2) / 2)[0]
        Matrix([
        [ 0, 1],
        [-1, 0]])
    """
    size = ring.space.dimension
    matrix, shift = zeros(size, size), zeros(size, 1)
    for i, component in enumerate(ring.field_of(g)):
        for monomial, coefficient in component.terms():
            value = ring.domain.to_sympy(coefficient)
            if any(monomial):
                matrix[i, monomial.index(1)] = value
            else:
                shift[i] = value
    return ImmutableMatrix(matrix), ImmutableMatrix(shift)


def is_bounded(A: ImmutableMatrix) -> bool:
    r"""Whether :math:`e^{t A}` stays bounded for all t, decided exactly.

    It does when A is semisimple and its spectrum imaginary: the squarefree part of its
    characteristic polynomial, r(x^2) or x r(x^2) with every root of r real and negative,
    must annihilate A.

    Arguments:
        A: A square matrix of rational or real algebraic numbers.

    Returns:
        True if it stays bounded.

    Example:
        >>> is_bounded(ImmutableMatrix([[0, 1], [-1, 0]]))
        True
        >>> is_bounded(ImmutableMatrix([[0, 1], [0, 0]]))
        False
    """
    return _squared_frequencies(A) is not None


def is_periodic(A: ImmutableMatrix) -> bool:
    r"""Whether :math:`e^{t A}` returns to 1 at some time, decided exactly.

    It does when it is bounded and its frequencies are commensurate. The squares of
    commensurate frequencies are rational multiples of their sum, which lies in the field
    of the entries, so each must lie in it, and the ratio of any two must be the square of
    a rational number.

    Arguments:
        A: A square matrix of rational or real algebraic numbers.

    Returns:
        True if it returns.

    Example:
        >>> J = ImmutableMatrix([[0, 1], [-1, 0]])
        >>> is_periodic(J), is_periodic(ImmutableMatrix.diag(J, sqrt(2) * J))
        (True, False)
    """
    squares = _squared_frequencies(A)
    if squares is None:
        return False
    field = squares.domain
    roots = [field.from_sympy(root) for root in squares.ground_roots()]
    if len(roots) < squares.degree():
        return False
    return all(sqrt(field.to_sympy(root / roots[0])).is_rational for root in roots)


def runaway_kind(A: ImmutableMatrix, b: ImmutableMatrix, g: Expr) -> tuple[str, str]:
    """How the affine field of a function runs away, in a word and in a sentence.

    Arguments:
        A: The matrix of the field.
        b: Its shift.
        g: The function, to be quoted.

    Returns:
        One of translation, boost, screw, shear and dilation, and the reason.

    Example:
        >>> x = Symbol("x")
        >>> runaway_kind(ImmutableMatrix.zeros(2), ImmutableMatrix([0, -1]), x)[0]
        'boost'
    """
    n = A.shape[0] // 2
    if not any(A):
        if any(b[:n]):
            return "translation", f"the flow of {g} moves q without bound"
        return "boost", f"the flow of {g} moves p without bound"
    if is_bounded(A):
        return "screw", f"the flow of {g} turns while it moves on without bound"
    spectrum = _spectrum(A)[0]
    if spectrum.degree() == 1 and not spectrum.nth(0):
        return (
            "shear",
            f"the flow of {g} grows as a polynomial (its matrix is nilpotent)",
        )
    if _imaginary(spectrum) is not None:
        return "shear", f"the flow of {g} turns while it grows as a polynomial"
    if not A[:n, :n].trace() and not any(A[:n, n:]) and not any(A[n:, :n]):
        return "boost", f"the flow of {g} grows exponentially (hyperbolic rotation)"
    return "dilation", f"the flow of {g} grows exponentially"


def _squared_frequencies(A: ImmutableMatrix) -> Poly | None:
    """The r of an A whose minimal polynomial is r(x^2) or x r(x^2), if it is bounded."""
    spectrum, semisimple = _spectrum(A)
    return _imaginary(spectrum) if semisimple else None


def _spectrum(A: ImmutableMatrix) -> tuple[Poly, bool]:
    """The polynomial of A's distinct eigenvalues, and whether it annihilates A."""
    M = DomainMatrix.from_Matrix(A, extension=True).to_field()
    whole = Poly.from_list(M.charpoly(), Symbol("unknown"), domain=M.domain)
    spectrum = whole.sqf_part()
    one = DomainMatrix.eye(M.shape, M.domain)
    total = DomainMatrix.zeros(M.shape, M.domain)
    for coefficient in spectrum.rep.to_list():
        total = total * M + coefficient * one
    return spectrum, total.is_zero_matrix


def _imaginary(spectrum: Poly) -> Poly | None:
    """The r of r(x^2) or x r(x^2) if its roots are negative, else None."""
    rising = spectrum.rep.to_list()[::-1]
    rising = rising if rising[0] else rising[1:]
    if any(rising[1::2]):
        return None
    squares = Poly.from_list(rising[0::2][::-1], spectrum.gen, domain=spectrum.domain)
    return squares if squares.count_roots(None, 0) == squares.degree() else None
