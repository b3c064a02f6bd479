r"""Lifts: functions on phase space that generate a given motion.

Takes a vector field on positions, or a matrix on q or on z, gives the function whose flow
is that motion, or says why the motion has none.

.. math:: \dot z = \{z, g\} = J \nabla g
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sympy import Add, Expr, Matrix, MatrixBase, Rational

from symflow.errors import ArgumentError
from symflow.phase_space import PhaseSpace
from symflow.polynomials import PhasePolynomials

__all__ = ["matrix_on_phase_space", "matrix_on_positions", "vector_field"]

Entries: TypeAlias = MatrixBase | Sequence[Sequence[Any]]


def vector_field(space: PhaseSpace, components: Sequence[Expr | str]) -> Expr:
    r"""The function whose flow moves positions along a vector field.

    .. math:: g = p \cdot \xi(q), \qquad \dot q = \xi(q), \qquad
        \{p \cdot \xi, \, p \cdot \eta\} = - p \cdot [\xi, \eta]

    Here :math:`[\xi, \eta] = (\xi \cdot \nabla) \eta - (\eta \cdot \nabla) \xi`.

    Arguments:
        space: The phase space.
        components: The n components of the field, functions of q and of parameters.

    Returns:
        The generator, linear in p.

    Raises:
        ArgumentError: If there are not n components, or one of them holds a momentum.
        ExpressionError: If a component holds a symbol that the space does not declare.

    Example:
        >>> vector_field(PhaseSpace("x y"), ["-y", "x"])
        -p_x*y + p_y*x

    Reference:
        Marsden and Ratiu, Introduction to Mechanics and Symmetry, section 12.1.
    """
    if isinstance(components, str) or len(components) != space.n:
        raise ArgumentError(
            f"Argument `components` must hold one function for each of the {space.n} "
            f"coordinates {space.q}, but it is {components!r}."
        )
    terms = []
    for p, component in zip(space.p, components, strict=True):
        read = space.read(component, "components")
        held = read.free_symbols & set(space.p)
        if held:
            raise ArgumentError(
                f"Argument `components` must hold functions of q alone, but {read} "
                f"holds {min(held, key=str)}. A field that depends on p is the flow of "
                f"a function that you write down yourself."
            )
        terms.append(p * read)
    return Add(*terms)


def matrix_on_positions(space: PhaseSpace, A: Entries) -> Expr:
    r"""The function whose flow moves positions by a matrix.

    .. math:: g = p^T A q, \qquad \dot q = A q, \quad \dot p = -A^T p, \qquad
        \{g_A, g_B\} = g_{[A, B]}

    Arguments:
        space: The phase space.
        A: A matrix of shape (n, n) of numbers or of expressions in parameters.

    Returns:
        The generator, bilinear in p and q.

    Raises:
        ArgumentError: If the matrix has another shape, or is not constant.
        ExpressionError: If an entry holds a symbol that the space does not declare.

    Example:
        >>> matrix_on_positions(PhaseSpace("x y"), [[0, -1], [1, 0]])
        -p_x*y + p_y*x

    Reference:
        Woit, Quantum Theory, Groups and Representations, section 16.1.
    """
    matrix = _read(space, A, space.n)
    return Add(
        *(
            p * matrix[i, j] * q
            for i, p in enumerate(space.p)
            for j, q in enumerate(space.q)
        )
    )


def matrix_on_phase_space(space: PhaseSpace, A: Entries) -> Expr:
    r"""The function whose flow moves phase points by a matrix of sp(2n, R).

    .. math:: g = \tfrac12 z^T S z, \quad A = J S, \qquad \dot z = A z, \qquad
        \{g_A, g_B\} = g_{[A, B]}

    Such a function exists exactly when :math:`J A = -S` is symmetric.

    Arguments:
        space: The phase space.
        A: A matrix of shape (2n, 2n) of numbers or of expressions in parameters, rows
            and columns in the order of z.

    Returns:
        The generator, quadratic in z.

    Raises:
        ArgumentError: If the matrix has another shape, is not constant, or is not in
            sp(2n, R); the message says which entries of J A differ.
        ExpressionError: If an entry holds a symbol that the space does not declare.
        UnsupportedError: If an entry is not a rational function of parameters.

    Example:
        >>> matrix_on_phase_space(PhaseSpace("x"), [[0, 1], [-1, 0]])
        p_x**2/2 + x**2/2

    Reference:
        Woit, Quantum Theory, Groups and Representations, section 16.2.
    """
    matrix = _read(space, A, 2 * space.n)
    product = Matrix(space.J) * matrix
    ring = PhasePolynomials(space, matrix)
    for i in range(2 * space.n):
        for j in range(i):
            if ring.polynomial(product[i, j] - product[j, i]):
                raise ArgumentError(
                    f"Argument `A` must be a matrix of sp({2 * space.n}, R), for which "
                    f"J*A is symmetric, but (J*A)[{j}, {i}] = {product[j, i]} and "
                    f"(J*A)[{i}, {j}] = {product[i, j]}, at {space.z[j]} and "
                    f"{space.z[i]}. No function has {A!r} as its flow."
                )
    half = Rational(-1, 2)
    return Add(
        *(
            half * product[i, j] * a * b
            for i, a in enumerate(space.z)
            for j, b in enumerate(space.z)
        )
    )


def _read(space: PhaseSpace, A: Entries, size: int) -> Matrix:
    """The matrix with every entry read and constant."""
    rows = [list(A.row(i)) for i in range(A.rows)] if isinstance(A, MatrixBase) else A
    lengths = {len(row) for row in rows}
    if len(rows) != size or lengths != {size}:
        raise ArgumentError(
            f"Argument `A` must be a matrix of shape ({size}, {size}), but it has "
            f"{len(rows)} rows of lengths {sorted(lengths)}."
        )
    matrix = Matrix([[space.read(entry, "A") for entry in row] for row in rows])
    moving = matrix.free_symbols & set(space.z)
    if moving:
        raise ArgumentError(
            f"Argument `A` must be constant, but it holds {min(moving, key=str)}. "
            f"Write a motion that is not linear with `vector_field`."
        )
    return matrix
