r"""Phase space: the coordinates, their momenta, and the parameters of a problem.

Takes names or SymPy symbols, gives the canonical variables z = (q, p) on which every
function of the toolkit is written.

.. math:: \{q_i, p_j\} = \delta_{ij}, \qquad \{q_i, q_j\} = \{p_i, p_j\} = 0
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sympy import Expr, ImmutableMatrix, Integer, Symbol, eye, zeros

from symflow.errors import ArgumentError
from symflow.expressions import check_expression, parse_expression, valid_name
from symflow.notation import inline, name_latex

__all__ = [
    "AbstractSpace",
    "Names",
    "PhaseSpace",
    "check_space",
    "read_symbols",
]

Names = str | Sequence[str | Symbol]


class AbstractSpace(ABC):
    r"""Coordinates with a Poisson bracket, and the parameters of a problem.

    .. math:: \{f, g\} = \sum_{i,j} \frac{\partial f}{\partial z_i} \, \{z_i, z_j\}
        \, \frac{\partial g}{\partial z_j}
    """

    def __init__(
        self,
        parameters: Names,
        time: str | Symbol | None,
        **coordinates: tuple[Symbol, ...],
    ) -> None:
        self._z = tuple(symbol for half in coordinates.values() for symbol in half)
        self._parameters = read_symbols(parameters, "parameters")
        self._time = None if time is None else _symbol(time, "time")
        times = () if self._time is None else (self._time,)
        self._named = _named(**coordinates, parameters=self._parameters, time=times)

    @property
    def z(self) -> tuple[Symbol, ...]:
        """The coordinates of phase space."""
        return self._z

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The real constants that functions may hold."""
        return self._parameters

    @property
    def time(self) -> Symbol | None:
        """The symbol of time, if functions may depend on it explicitly."""
        return self._time

    @property
    def symbols(self) -> Mapping[str, Symbol]:
        """Every declared symbol under its name."""
        return MappingProxyType(self._named)

    @property
    @abstractmethod
    def tensor(self) -> Mapping[tuple[int, int], Expr]:
        """The brackets of coordinates that are not zero, by places i < j."""

    @property
    def is_canonical(self) -> bool:
        """Whether the coordinates are pairs (q, p) with the canonical bracket."""
        return False

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.z)

    @property
    def variables(self) -> tuple[Symbol, ...]:
        """What functions depend on: the coordinates, and time if it is declared."""
        return self.z if self.time is None else (*self.z, self.time)

    def read(self, expression: Expr | str | float, name: str = "expression") -> Expr:
        """A function on this phase space, from SymPy or from text.

        Arguments:
            expression: A SymPy expression, a number, or text such as
                ``"x*p_y - y*p_x"``, which is parsed and never evaluated as code.
            name: What to call it in an error message.

        Returns:
            The expression, in declared symbols only.

        Raises:
            ExpressionError: If it holds an undeclared symbol, an undefined function or
                a complex number, or if the text is not an expression.

        Example:
            >>> PhaseSpace("x y").read("x*p_y - y*p_x")
            -p_x*y + p_y*x
        """
        if isinstance(expression, str):
            return parse_expression(expression, self.symbols, name)
        return check_expression(expression, self.symbols.values(), name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AbstractSpace) or type(self) is not type(other):
            return NotImplemented
        return self._declared == other._declared

    def __hash__(self) -> int:
        return hash(self._declared)

    def __deepcopy__(self, memo: dict[int, Any]) -> AbstractSpace:
        # Immutable, so a copy of a model shares its symbols.
        return self

    @property
    def _declared(self) -> tuple[Any, ...]:
        return self._z, self._parameters, self._time, tuple(self.tensor.items())

    @property
    def _options(self) -> str:
        """The parameters and the time, as `repr` shows them."""
        constants = " ".join(symbol.name for symbol in self._parameters)
        shown = f', parameters="{constants}"' if constants else ""
        return shown if self._time is None else f'{shown}, time="{self._time.name}"'


class PhaseSpace(AbstractSpace):
    r"""A phase space of n degrees of freedom in canonical coordinates.

    .. math:: z = (q_1, \dots, q_n, p_1, \dots, p_n)

    Arguments:
        q: Names of the coordinates, ``"x y z"``, or symbols of your own.
        p: Names or symbols of the momenta; by default ``p_`` before each coordinate.
        parameters: Names or symbols of real constants that functions may hold.
        time: Name or symbol of time, if functions may depend on it explicitly.

    Raises:
        ArgumentError: If there is no coordinate, if the numbers of coordinates and
            momenta differ, or if a name repeats or is not an identifier.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> space.q, space.p
        ((x, y, z), (p_x, p_y, p_z))
        >>> space.n
        3

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 38.
    """

    def __init__(
        self,
        q: Names,
        p: Names | None = None,
        parameters: Names = (),
        time: str | Symbol | None = None,
    ) -> None:
        self._q = read_symbols(q, "q")
        names = [f"p_{symbol.name}" for symbol in self._q]
        self._p = read_symbols(names if p is None else p, "p")
        if not self._q:
            raise ArgumentError(
                "Argument `q` must name at least one coordinate, but it is empty. "
                'Write, for example, PhaseSpace("x y").'
            )
        if len(self._q) != len(self._p):
            raise ArgumentError(
                f"Argument `p` must have one momentum for each of the {len(self._q)} "
                f"coordinates {self._q}, but it has {len(self._p)}: {self._p}."
            )
        super().__init__(parameters, time, q=self._q, p=self._p)

    @property
    def q(self) -> tuple[Symbol, ...]:
        """The coordinates."""
        return self._q

    @property
    def p(self) -> tuple[Symbol, ...]:
        """The momenta, each conjugate to the coordinate of the same place."""
        return self._p

    @property
    def n(self) -> int:
        """The number of degrees of freedom."""
        return len(self._q)

    @property
    def is_canonical(self) -> bool:
        """Whether the coordinates are pairs (q, p): here they are."""
        return True

    @property
    def tensor(self) -> Mapping[tuple[int, int], Expr]:
        """The brackets of coordinates that are not zero: those of q with their p."""
        return {(i, self.n + i): Integer(1) for i in range(self.n)}

    @property
    def J(self) -> ImmutableMatrix:
        r"""The symplectic matrix, :math:`\dot z = J \nabla H`.

        Returns:
            The matrix of shape (2n, 2n) with blocks 0, 1, -1, 0.

        Example:
            >>> PhaseSpace("x").J
            Matrix([
            [ 0, 1],
            [-1, 0]])
        """
        n = self.n
        upper = zeros(n).row_join(eye(n))
        lower = (-eye(n)).row_join(zeros(n))
        return ImmutableMatrix(upper.col_join(lower))

    def _repr_latex_(self) -> str:
        q, p = (
            ", ".join(name_latex(s.name) for s in half) for half in (self.q, self.p)
        )
        return inline(rf"q = ({q}), \quad p = ({p})")

    def __repr__(self) -> str:
        q = " ".join(symbol.name for symbol in self._q)
        p = " ".join(symbol.name for symbol in self._p)
        return f'PhaseSpace("{q}", "{p}"{self._options})'


def _named(**groups: Sequence[Symbol]) -> dict[str, Symbol]:
    """Symbols by name, of which none may repeat."""
    seen: dict[str, Symbol] = {}
    for symbol in (symbol for group in groups.values() for symbol in group):
        if symbol.name in seen:
            *first, last = (f"`{name}`" for name in groups)
            raise ArgumentError(
                f"Arguments {', '.join(first)} and {last} must name different symbols, "
                f"but {symbol.name} appears twice. Rename one of the two."
            )
        seen[symbol.name] = symbol
    return seen


def read_symbols(names: Names, argument: str) -> tuple[Symbol, ...]:
    """Real symbols from their names, or symbols of the user's own.

    Arguments:
        names: Text with names, a symbol, or a list of names and symbols.
        argument: What to call it in an error message.

    Returns:
        The symbols, in order.

    Raises:
        ArgumentError: If something is no name, or a symbol that is not real.

    Example:
        >>> read_symbols("x y", "q")
        (x, y)
    """
    pieces: Iterable[str | Symbol]
    if isinstance(names, Symbol):
        pieces = [names]
    elif isinstance(names, str):
        pieces = names.replace(",", " ").split()
    elif isinstance(names, Iterable):
        pieces = names
    else:
        raise ArgumentError(
            f"Argument `{argument}` must be text or a list of names or SymPy symbols, but "
            f"it is {names!r}."
        )
    return tuple(_symbol(piece, argument) for piece in pieces)


def _symbol(piece: str | Symbol, argument: str) -> Symbol:
    if isinstance(piece, str):
        symbol = Symbol(piece, real=True)
    elif isinstance(piece, Symbol):
        symbol = piece
    else:
        raise ArgumentError(
            f"Argument `{argument}` must hold names or SymPy symbols, but it holds "
            f"{piece!r} of type {type(piece).__name__}."
        )
    if not valid_name(symbol.name):
        raise ArgumentError(
            f"Argument `{argument}` must hold names made of letters, digits and "
            f"underscores, but {symbol.name!r} is not one. Rename it."
        )
    if symbol.is_real is False or symbol.is_commutative is False:
        raise ArgumentError(
            f"Argument `{argument}` must hold real symbols, but {symbol.name} is "
            f"declared otherwise. Write Symbol({symbol.name!r}, real=True)."
        )
    return symbol


def check_space(space: object) -> None:
    """Refuse what is not a phase space, before its names are asked for.

    Arguments:
        space: What was given as one.

    Raises:
        ArgumentError: If it is not a `PhaseSpace`.
    """
    if not isinstance(space, AbstractSpace):
        raise ArgumentError(
            "Argument `space` must be a PhaseSpace, but it is of type "
            f'{type(space).__name__}. Write, for example, PhaseSpace("x y").'
        )
