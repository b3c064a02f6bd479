r"""Bracket: the Poisson bracket of functions on phase space.

Takes two expressions, gives their bracket in canonical form.

.. math::
    \{f, g\} = \sum_i \frac{\partial f}{\partial q_i} \frac{\partial g}{\partial p_i}
             - \frac{\partial f}{\partial p_i} \frac{\partial g}{\partial q_i},
    \qquad \{q_i, p_j\} = \delta_{ij}
"""

from __future__ import annotations

from sympy import Expr

from symflow.errors import ArgumentError
from symflow.phase_space import AbstractSpace, check_space
from symflow.polynomials import PhasePolynomials
from symflow.terms import accumulate

__all__ = ["hamiltonian_vector_field", "poisson_bracket", "total_derivative"]


def poisson_bracket(f: Expr | str, g: Expr | str, space: AbstractSpace) -> Expr:
    r"""The Poisson bracket of two functions.

    .. math:: \{f, g\} = \nabla f^T J \, \nabla g

    Functions come back in the one canonical form, so a bracket that vanishes is the
    integer 0 and one that is not the integer 0 does not vanish.

    Arguments:
        f: A function on phase space, as an expression or as text.
        g: A function on phase space, as an expression or as text.
        space: The phase space.

    Returns:
        The bracket as a SymPy expression.

    Raises:
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y z")
        >>> poisson_bracket("y*p_z - z*p_y", "z*p_x - x*p_z", space)
        -p_x*y + p_y*x
        >>> poisson_bracket("x", "p_x", space)
        1

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2; docs/theory.md, equation (1).
    """
    check_space(space)
    left, right = space.read(f, "f"), space.read(g, "g")
    ring = PhasePolynomials(space, [left, right])
    return ring.expression(ring.bracket(ring.polynomial(left), ring.polynomial(right)))


def total_derivative(f: Expr | str, H: Expr | str, space: AbstractSpace) -> Expr:
    r"""The rate of change of a function along the motion, explicit time included.

    .. math:: \frac{df}{dt} = \{f, H\} + \frac{\partial f}{\partial t}

    Arguments:
        f: A function on phase space and of time, as an expression or as text.
        H: The Hamiltonian, as an expression or as text.
        space: The phase space, with its symbol of time.

    Returns:
        The derivative in canonical form: the integer 0 if f is conserved.

    Raises:
        ArgumentError: If the space declares no time.
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x", parameters="m", time="t")
        >>> total_derivative("m*x - t*p_x", "p_x**2/(2*m)", space)  # a Galilean boost
        0

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 45.
    """
    check_space(space)
    if space.time is None:
        raise ArgumentError(
            "Argument `space` must declare time to differentiate by it, but it does "
            'not. Write, for example, PhaseSpace("x", time="t").'
        )
    left, right = space.read(f, "f"), space.read(H, "H")
    ring = PhasePolynomials(space, [left, right])
    moved, place = ring.polynomial(left), space.dimension
    explicit = ring.slopes(moved).get(place, {})
    carried = ring.bracket(moved, ring.polynomial(right))
    return ring.expression(accumulate(dict(carried), explicit.items()))


def hamiltonian_vector_field(g: Expr | str, space: AbstractSpace) -> tuple[Expr, ...]:
    r"""The velocity of every canonical variable under the flow of g.

    .. math:: \frac{dz}{d\epsilon} = \{z, g\} = J \nabla g

    Arguments:
        g: A function on phase space, as an expression or as text.
        space: The phase space.

    Returns:
        One component for each coordinate, those of q before those of p.

    Raises:
        ExpressionError: If g holds a symbol that the space does not declare.
        UnsupportedError: If g is no function that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> hamiltonian_vector_field("x*p_y - y*p_x", PhaseSpace("x y"))
        (-y, x, -p_y, p_x)

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 38; docs/theory.md,
        equation (2).
    """
    check_space(space)
    function = space.read(g, "g")
    ring = PhasePolynomials(space, [function])
    return tuple(map(ring.expression, ring.field_of(ring.polynomial(function))))
