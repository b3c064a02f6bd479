r"""Lab problems: what somebody types before a class, read and made exact.

Takes coordinates, generators, parameters and a Hamiltonian as text, gives a phase space,
the algebra that the generators span or complete to, and numbers to move it with.

.. math:: \text{text} \to (g_1, \dots, g_k), \; H \to \mathfrak{g} = \langle g_i \rangle

Text is parsed by the whitelist of specs and never run. Bounds keep an answer to seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sympy import Add, Expr, Rational, expand

from symflow.algebra import LieAlgebra, closure
from symflow.errors import ArgumentError, SymflowError, UnsupportedError
from symflow.expression_size import expanded_terms
from symflow.expression_text import shown
from symflow.phase_space import PhaseSpace

__all__ = [
    "Problem",
    "attempt",
    "read_problem",
    "read_start",
    "read_values",
    "separate",
]

MAXIMUM_TEXT = 4_000
MAXIMUM_COORDINATES = 8
MAXIMUM_GENERATORS = 32
MAXIMUM_DIMENSION = 32
# Of a generator that is written out, and of what completes an algebra: brackets of dense
# polynomials grow without end.
MAXIMUM_TERMS, MAXIMUM_NEW_TERMS = 24, 48
LARGEST_START = 1e3

_ASSIGNMENT = re.compile(r"\s*(\w+)\s*=\s*(.+)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?\d{1,6}(\.\d{1,6})?")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Problem:
    """A symmetry as it was typed, and what it closes to.

    Arguments:
        space: The phase space, with the parameters.
        declared: The generators by name, as text.
        algebra: The smallest algebra that holds them.
        values: The first value of every parameter.

    Example:
        >>> problem = read_problem("x y", "L = x*p_y - y*p_x")
        >>> problem.algebra.dimension, problem.declared["L"]
        (1, 'x*p_y - y*p_x')
    """

    space: PhaseSpace
    declared: Mapping[str, str]
    algebra: LieAlgebra
    values: Mapping[str, Rational]

    def at(self, expression: Expr, values: Mapping[str, float]) -> Expr:
        """A function with numbers in place of its parameters.

        Arguments:
            expression: The function.
            values: The values of parameters; those not named keep their first value.

        Returns:
            The function, with exact numbers.

        Example:
            >>> problem = read_problem("x", "", "k = 1")
            >>> problem.at(problem.space.read("k*x"), {"k": 0.1})
            x/10
        """
        chosen = {name: Rational(str(value)) for name, value in values.items()}
        numbers = {**self.values, **chosen}
        symbols = self.space.symbols
        return expression.subs({symbols[name]: numbers[name] for name in self.values})

    def algebra_at(self, values: Mapping[str, float]) -> LieAlgebra:
        """The algebra at numbers in place of its parameters.

        Arguments:
            values: The values of parameters; those not named keep their first value.

        Returns:
            The algebra of the declared generators, completed.

        Raises:
            ArgumentError: If a generator vanishes there, or is a combination of others.

        Example:
            >>> problem = read_problem("x", "Q = m*x; P = p_x", "m = 2")
            >>> problem.algebra_at({}).generators["Q"]
            2*x
        """
        if not self.values:
            return self.algebra
        read = {name: self.space.read(g, name) for name, g in self.declared.items()}
        fixed = {name: self.at(g, values) for name, g in read.items()}
        return closure(self.space, fixed, MAXIMUM_DIMENSION)


def attempt(work: Callable[[], _Result]) -> tuple[_Result | None, str]:
    """What a piece of work gives, or the sentence that says why it gives nothing.

    Arguments:
        work: A function without arguments.

    Returns:
        The result and an empty text; or nothing, and the text of the error.

    Example:
        >>> attempt(lambda: read_problem("x", "D = x*q").algebra)[1][:61]
        "Argument `generators['D']` must hold declared names only, but"
        >>> attempt(lambda: 7)
        (7, '')
    """
    try:
        return work(), ""
    except SymflowError as problem:
        return None, str(problem)
    except Exception as problem:  # a class must not see a traceback
        return None, (
            f"The toolkit failed on this input with {type(problem).__name__}: "
            f"{shown(str(problem), 200)}. This is a fault of the toolkit; please report "
            "what was typed."
        )


def read_problem(coordinates: str, generators: str, parameters: str = "") -> Problem:
    r"""The problem that somebody typed.

    Arguments:
        coordinates: The names of the coordinates; momenta have ``p_`` before them.
        generators: A line for each, ``name = function`` or a function alone. A semicolon
            ends a line as well. No line is no symmetry.
        parameters: Values such as ``k = 1, b = 0.5``.

    Returns:
        The problem, with its generators completed to an algebra.

    Raises:
        ArgumentError: If a text, or what it stands for, is too large for a class.
        ExpressionError: If a generator cannot be read.
        UnboundedClosureError: If the generators do not complete to an algebra.

    Example:
        >>> two = read_problem("x y z", "Lx = y*p_z - z*p_y\nLy = z*p_x - x*p_z")
        >>> print(two.algebra.identify(), two.algebra.added[0].expression, sep="; ")
        so(3), compact simple, A1; -p_x*y + p_y*x
    """
    for name, text in (
        ("coordinates", coordinates),
        ("generators", generators),
        ("parameters", parameters),
    ):
        _bound(name, len(text), MAXIMUM_TEXT, "characters")
    values = read_values(parameters)
    names = coordinates.replace(",", " ").split()
    _bound("coordinates", len(names), MAXIMUM_COORDINATES, "names")
    space = PhaseSpace(names, parameters=list(values))
    declared = _read_lines(generators)
    _bound("generators", len(declared), MAXIMUM_GENERATORS, "lines")
    read = {
        name: space.read(g, f"generators[{name!r}]") for name, g in declared.items()
    }
    for name, g in read.items():
        _bound(f"generators[{name!r}]", expanded_terms(g), MAXIMUM_TERMS, "terms")
    algebra = closure(space, read, MAXIMUM_DIMENSION, MAXIMUM_NEW_TERMS)
    return Problem(space, declared, algebra, values)


def read_values(text: str) -> dict[str, Rational]:
    """Parameters and their values.

    Arguments:
        text: Such as ``k = 1, b = -0.5``; empty for none.

    Returns:
        Exact values by name.

    Raises:
        ArgumentError: If a part is no name with a number.

    Example:
        >>> read_values("k = 1, b = -0.5")
        {'k': 1, 'b': -1/2}
    """
    values: dict[str, Rational] = {}
    for part in filter(str.strip, re.split(r"[,;\n]", text)):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name in values or not _NUMBER.fullmatch(number):
            raise ArgumentError(
                "Argument `parameters` must be names with numbers, but it holds "
                f"{shown(part.strip())}. Write, for example, k = 1, b = 0.5."
            )
        values[name] = Rational(number)
    return values


def read_start(space: PhaseSpace, text: str) -> tuple[float, ...]:
    """A phase point that a motion starts from.

    Arguments:
        space: The phase space.
        text: 2n numbers, the coordinates first.

    Returns:
        The numbers.

    Raises:
        ArgumentError: If they are not 2n numbers of at most 1000 in size.

    Example:
        >>> read_start(PhaseSpace("x"), "1, 0.5")
        (1.0, 0.5)
    """
    pieces = text.replace(",", " ").split()
    numbers = tuple(float(piece) for piece in pieces if _NUMBER.fullmatch(piece))
    fits = all(abs(number) <= LARGEST_START for number in numbers)
    if len(pieces) != 2 * space.n or len(numbers) != len(pieces) or not fits:
        names = ", ".join(symbol.name for symbol in space.z)
        raise ArgumentError(
            f"Argument `start` must be {2 * space.n} numbers for {names}, none above "
            f"{LARGEST_START:.0f} in size, but it is {shown(text)}. Write, for example, "
            f"{', '.join(['1'] * space.n + ['0'] * space.n)}."
        )
    return numbers


def separate(H: Expr, space: PhaseSpace) -> tuple[Expr, Expr]:
    r"""Potential and kinetic energy, where there are such.

    .. math:: H = U(q) + K(p)

    Arguments:
        H: The Hamiltonian.
        space: The phase space.

    Returns:
        U and K; a constant counts to U.

    Raises:
        UnsupportedError: If a term of H holds coordinates and momenta.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> separate(plane.read("p_x**2/2 + x*y"), plane)
        (x*y, p_x**2/2)
    """
    q, p = set(space.q), set(space.p)
    terms = Add.make_args(expand(H))
    mixed = [term for term in terms if term.free_symbols & q and term.free_symbols & p]
    if mixed:
        raise UnsupportedError(
            "Argument `method` must be Gauss or Euler for this Hamiltonian, because "
            f"leapfrog needs H = U(q) + K(p), but it is leapfrog, and {mixed[0]} holds "
            "both."
        )
    kinetic = Add(*(term for term in terms if term.free_symbols & p))
    return Add(*(term for term in terms if not term.free_symbols & p)), kinetic


def _read_lines(text: str) -> dict[str, str]:
    """Generators by name; those without one are called g1, g2 and so on by place."""
    declared: dict[str, str] = {}
    for line in filter(str.strip, re.split(r"[;\n]", text)):
        match = _ASSIGNMENT.fullmatch(line)
        name, function = match.groups() if match else (f"g{len(declared) + 1}", line)
        if name in declared:
            raise ArgumentError(
                "Argument `generators` must have different names, but "
                f"{shown(name)} stands for two of them. Rename one."
            )
        declared[name] = function.strip()
    return declared


def _bound(name: str, size: int, most: int, what: str) -> None:
    if size > most:
        raise ArgumentError(
            f"Argument `{name}` must have at most {most} {what} in the lab, but it has "
            f"{size}. Use the package itself for more: it has no such bound."
        )
