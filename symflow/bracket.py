r"""Bracket: the Poisson bracket of functions on phase space.

Takes two expressions, gives their bracket in canonical form.

.. math::
    \{f, g\} = \sum_i \frac{\partial f}{\partial q_i} \frac{\partial g}{\partial p_i}
             - \frac{\partial f}{\partial p_i} \frac{\partial g}{\partial q_i},
    \qquad \{q_i, p_j\} = \delta_{ij}
"""

from __future__ import annotations

from sympy import Expr, Integer, expand

from symflow.errors import UnsupportedError
from symflow.phase_space import PhaseSpace, check_space
from symflow.polynomials import PhasePolynomials

__all__ = ["hamiltonian_vector_field", "poisson_bracket"]


def poisson_bracket(f: Expr | str, g: Expr | str, space: PhaseSpace) -> Expr:
    r"""The Poisson bracket of two functions.

    .. math:: \{f, g\} = \nabla f^T J \, \nabla g

    Polynomials in q and p come back in the one canonical form, so a bracket that vanishes
    is the integer 0. Other functions come back differentiated and expanded; whether such
    an expression vanishes is then not decided here.

    Arguments:
        f: A function on phase space, as an expression or as text.
        g: A function on phase space, as an expression or as text.
        space: The phase space.

    Returns:
        The bracket as a SymPy expression.

    Raises:
        ExpressionError: If a function holds a symbol that the space does not declare.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> poisson_bracket("y*p_z - z*p_y", "z*p_x - x*p_z", space)
        -p_x*y + p_y*x
        >>> poisson_bracket("x", "p_x", space)
        1

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2.
    """
    check_space(space)
    left, right = space.read(f, "f"), space.read(g, "g")
    try:
        ring = PhasePolynomials(space, [left, right])
        pair = ring.polynomial(left), ring.polynomial(right)
    except UnsupportedError:
        total: Expr = Integer(0)
        for q, p in zip(space.q, space.p, strict=True):
            total += left.diff(q) * right.diff(p) - left.diff(p) * right.diff(q)
        return expand(total)
    return ring.expression(ring.bracket(*pair))


def hamiltonian_vector_field(g: Expr | str, space: PhaseSpace) -> tuple[Expr, ...]:
    r"""The velocity of every canonical variable under the flow of g.

    .. math:: \frac{dz}{d\epsilon} = \{z, g\} = J \nabla g

    Arguments:
        g: A function on phase space, as an expression or as text.
        space: The phase space.

    Returns:
        The 2n components, those of q before those of p.

    Raises:
        ExpressionError: If g holds a symbol that the space does not declare.

    Example:
        >>> hamiltonian_vector_field("x*p_y - y*p_x", PhaseSpace("x y"))
        (-y, x, -p_y, p_x)

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 38.
    """
    check_space(space)
    function = space.read(g, "g")
    velocity_of_q = tuple(expand(function.diff(p)) for p in space.p)
    velocity_of_p = tuple(-expand(function.diff(q)) for q in space.q)
    return velocity_of_q + velocity_of_p
