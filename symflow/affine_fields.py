r"""Affine fields: the Hamiltonian fields of functions of degree two at most.

Takes a polynomial, gives the matrix and the shift of its field, and says whether its flow
is bounded, periodic, or how it runs away.

.. math:: \{z, g\} = A z + b, \qquad A = J \nabla\nabla g, \qquad b = J \nabla g(0)
"""

from __future__ import annotations

from sympy import Expr, ImmutableMatrix, Poly, Symbol, eye, sqrt, zeros
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
    size = 2 * ring.space.n
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
        A: A square matrix of rational numbers.

    Returns:
        True if it stays bounded.

    Example:
        >>> is_bounded(ImmutableMatrix([[0, 1], [-1, 0]]))
        True
        >>> is_bounded(ImmutableMatrix([[0, 1], [0, 0]]))
        False
    """
    squarefree = _squarefree(A)
    if any(_evaluate(squarefree, A)):
        return False
    rising = _without_zero(squarefree)
    if any(rising[1::2]):
        return False
    squares = Poly(rising[0::2][::-1], squarefree.gen)
    return bool(squares.count_roots(None, 0) == squares.degree())


def is_periodic(A: ImmutableMatrix) -> bool:
    r"""Whether :math:`e^{t A}` returns to 1 at some time, decided exactly.

    It does when it is bounded and its frequencies are commensurate. Conjugate algebraic
    numbers never are, so every squared frequency must be rational, and the ratio of any
    two the square of a rational number.

    Arguments:
        A: A square matrix of rational numbers.

    Returns:
        True if it returns.

    Example:
        >>> J = ImmutableMatrix([[0, 1], [-1, 0]])
        >>> is_periodic(J), is_periodic(ImmutableMatrix.diag(J, sqrt(2) * J))
        (True, False)
    """
    if not all(entry.is_rational for entry in A) or not is_bounded(A):
        return False
    squarefree = _squarefree(A)
    squares = Poly(_without_zero(squarefree)[0::2][::-1], squarefree.gen)
    roots = list(squares.ground_roots())
    if len(roots) < squares.degree():
        return False
    return all(sqrt(root / roots[0]).is_rational for root in roots)


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
    if not any(A ** A.shape[0]):
        return "shear", f"the flow of {g} grows linearly (its matrix is nilpotent)"
    if not A[:n, :n].trace() and not any(A[:n, n:]) and not any(A[n:, :n]):
        return "boost", f"the flow of {g} grows exponentially (hyperbolic rotation)"
    return "dilation", f"the flow of {g} grows exponentially"


def _squarefree(A: ImmutableMatrix) -> Poly:
    return Poly(A.charpoly(Symbol("unknown")).as_expr(), Symbol("unknown")).sqf_part()


def _without_zero(polynomial: Poly) -> list[Expr]:
    """The coefficients from the lowest up, without a root at zero."""
    rising = polynomial.all_coeffs()[::-1]
    return rising[1:] if rising[0] == 0 else rising


def _evaluate(polynomial: Poly, A: ImmutableMatrix) -> ImmutableMatrix:
    total = zeros(*A.shape)
    for coefficient in polynomial.all_coeffs():
        total = total * A + coefficient * eye(A.shape[0])
    return ImmutableMatrix(total)
