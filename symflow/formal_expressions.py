r"""Formal expressions: brackets, products and ranks as written, not yet worked out.

Takes functions and a phase space, gives SymPy expressions that print as they stand on a
board and, when told to, become their value.

.. math:: \{f, g\} = \sum_{i,j} \frac{\partial f}{\partial z_i} \, \{z_i, z_j\}
    \, \frac{\partial g}{\partial z_j}

`PoissonBracket` is to `poisson_bracket` what SymPy's ``Derivative`` is to ``diff``. SymPy
alone works it out, so that a step of a derivation is checked by code that shares nothing
with the ring in which it was found.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sympy import (
    Add,
    Expr,
    ImmutableMatrix,
    Integer,
    Matrix,
    Mul,
    Tuple,
    expand,
    zeros,
)
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from symflow.phase_space import AbstractSpace, check_space

__all__ = ["FormalProduct", "PoissonBracket", "Rank", "Slope"]


class FormalProduct(Expr):
    r"""A product that keeps its factors as they are, signs and all.

    .. math:: (-p_y)\,(-x)

    Arguments:
        factors: The factors.

    Example:
        >>> from sympy import Symbol
        >>> product = FormalProduct(-Symbol("p"), -Symbol("x"))
        >>> product, product.doit()
        ((-p)*(-x), p*x)
    """

    is_commutative = True

    def __new__(cls, *factors: Expr) -> FormalProduct:
        """The expression, of what the class documents."""
        return Expr.__new__(cls, *factors)

    def doit(self, **hints: Any) -> Expr:  # noqa: ANN401
        """The product worked out, expanded.

        Arguments:
            hints: What SymPy passes on to the factors.

        Returns:
            The expression.
        """
        return expand(Mul(*(factor.doit(**hints) for factor in self.args)))

    def _sympystr(self, printer: Printer) -> str:
        shown = ((printer._print(factor), bare) for factor, bare in self.factors)
        return "*".join(f"({text})" if bare else text for text, bare in shown)

    _sympyrepr = _sympystr

    def _latex(self, printer: Printer) -> str:
        shown = ((printer._print(factor), bare) for factor, bare in self.factors)
        return r" \cdot ".join(
            rf"\left( {text} \right)" if bare else text for text, bare in shown
        )

    @property
    def factors(self) -> list[tuple[Expr, bool]]:
        """The factors, each with whether it would be read wrongly without brackets."""
        return [(f, f.is_Add or f.could_extract_minus_sign()) for f in self.args]


class PoissonBracket(Expr):
    r"""The bracket of two functions, not yet worked out.

    .. math:: \{f, g\}

    Arguments:
        f: A function on phase space, as an expression or as text.
        g: A function on phase space, as an expression or as text.
        space: The phase space.

    Raises:
        ArgumentError: If the space is none.
        ExpressionError: If a function holds a symbol that the space does not declare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> bracket = PoissonBracket("x*p_y - y*p_x", "x", PhaseSpace("x y"))
        >>> bracket, bracket.doit()
        ({-p_x*y + p_y*x, x}, y)

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40.
    """

    is_commutative = True

    # The phase space; SymPy sees its coordinates and their brackets.
    space: AbstractSpace

    def __new__(
        cls, f: Expr | str, g: Expr | str, space: AbstractSpace
    ) -> PoissonBracket:
        """The expression, of what the class documents."""
        check_space(space)
        return cls.of(space.read(f, "f"), space.read(g, "g"), space)

    @classmethod
    def of(cls, f: Expr, g: Expr, space: AbstractSpace) -> PoissonBracket:
        """The bracket of expressions that may hold names of functions.

        Arguments:
            f: An expression, such as the symbol that names a generator.
            g: Another.
            space: The phase space.

        Returns:
            The bracket.
        """
        return cls._of_parts(space, f, g, Tuple(*space.z), _tensor(space))

    @classmethod
    def _of_parts(cls, space: AbstractSpace, *parts: Expr) -> PoissonBracket:
        bracket = Expr.__new__(cls, *parts)
        bracket.space = space
        return bracket

    @property
    def func(self) -> Any:  # noqa: ANN401
        """How SymPy builds the bracket again from its parts."""
        return partial(self._of_parts, self.space)

    @property
    def f(self) -> Expr:
        """The first function."""
        return self.args[0]

    @property
    def g(self) -> Expr:
        """The second function."""
        return self.args[1]

    @property
    def free_symbols(self) -> set[Any]:
        """What the two functions hold; the coordinates of the space are bound."""
        return self.f.free_symbols | self.g.free_symbols

    def doit(self, **hints: Any) -> Expr:  # noqa: ANN401
        r"""The bracket worked out, expanded.

        .. math:: \nabla f^T \, \Pi \, \nabla g

        Arguments:
            hints: What SymPy passes on to the two functions.

        Returns:
            The sum, with brackets inside f and g worked out as well.
        """
        f, g, z, tensor = self.args
        f, g = f.doit(**hints), g.doit(**hints)
        return expand(
            Add(
                *(
                    f.diff(z[i]) * value * g.diff(z[j])
                    for (i, j), value in tensor.todok().items()
                )
            )
        )

    def _sympystr(self, printer: Printer) -> str:
        return f"{{{printer._print(self.f)}, {printer._print(self.g)}}}"

    _sympyrepr = _sympystr

    def _latex(self, printer: Printer) -> str:
        f, g = printer._print(self.f), printer._print(self.g)
        return rf"\left\{{ {f}, {g} \right\}}"


class Rank(Expr):
    r"""The rank of a matrix of numbers, not yet worked out.

    .. math:: \operatorname{rank} M

    Arguments:
        matrix: The matrix.

    Example:
        >>> Rank(Matrix([[1, 2], [2, 4]])).doit()
        1
    """

    def __new__(cls, matrix: Matrix) -> Rank:
        """The expression, of what the class documents."""
        return Expr.__new__(cls, ImmutableMatrix(matrix))

    def doit(self, **hints: Any) -> Expr:  # noqa: ANN401
        """The rank.

        Arguments:
            hints: Not used.

        Returns:
            The rank of the matrix, by elimination.
        """
        return Integer(self.args[0].rank())

    def _sympystr(self, printer: Printer) -> str:
        return f"rank {self.args[0].tolist()}"

    def _latex(self, printer: Printer) -> str:
        return rf"\operatorname{{rank}} {printer._print(self.args[0])}"


class Slope(Expr):
    r"""The derivative of a function by one of its arguments, not yet worked out.

    .. math:: \frac{\partial f}{\partial I_a}

    Arguments:
        function: A function of arguments, or the name of one.
        argument: The argument; it may stand for an expression.

    Example:
        >>> from sympy import Function, symbols
        >>> I1, I2 = symbols("I1 I2")
        >>> Slope(Function("f")(I1, I2), I2)
        df/dI2
    """

    def __new__(cls, function: Expr, argument: Expr) -> Slope:
        """The expression, of what the class documents."""
        return Expr.__new__(cls, function, argument)

    def doit(self, **hints: Any) -> Expr:  # noqa: ANN401
        """The derivative as SymPy writes it.

        Arguments:
            hints: Not used.

        Returns:
            The derivative by the place at which the argument stands; of a function that
            is written out, that by the symbol.
        """
        function, argument = self.args
        if not isinstance(function, AppliedUndef):
            return function.diff(argument)
        return function.fdiff(1 + function.args.index(argument))

    @property
    def letter(self) -> str:
        """The name of the function."""
        function = self.args[0]
        return function.func.__name__ if function.args else function.name

    def _sympystr(self, printer: Printer) -> str:
        return f"d{self.letter}/d{printer._print(self.args[1])}"

    def _latex(self, printer: Printer) -> str:
        below = printer._print(self.args[1])
        return rf"\frac{{\partial {self.letter}}}{{\partial {below}}}"


def _tensor(space: AbstractSpace) -> ImmutableMatrix:
    """The brackets of the coordinates as an antisymmetric matrix."""
    matrix = zeros(space.dimension)
    for (i, j), value in space.tensor.items():
        matrix[i, j], matrix[j, i] = value, -value
    return ImmutableMatrix(matrix)
