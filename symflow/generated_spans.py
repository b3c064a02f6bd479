r"""Generated spans: functions that are independent, and their brackets.

Takes generators as somebody may write them, gives a growing set of independent functions:
which bracket leaves it, the structure constants when none does, and why it may never end.

.. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k + r_{ij}

Membership is decided in the echelon basis of the span; coordinates in the declared
generators are solved for once, at the end.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import combinations

from sympy import QQ, Expr, Float, Integer

from symflow.canonical_bases import CanonicalBasis
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    InexactInputWarning,
    NotClosedError,
    UnboundedClosureError,
    UnsupportedError,
)
from symflow.expressions import valid_name
from symflow.function_closure import (
    FunctionClosure,
    find_function_closure,
    unboundedness,
)
from symflow.lie_table import LieTable
from symflow.linear_algebra import Span
from symflow.linear_coordinates import LinearCoordinates
from symflow.phase_space import AbstractSpace, check_space
from symflow.polynomials import PhasePolynomials
from symflow.sparse_coordinates import sparse_coordinates
from symflow.structure_constants import read_table, vector_expression
from symflow.terms import Terms

__all__ = ["CONSTANT", "Added", "GeneratedSpan", "Generators", "read_generators"]

CONSTANT = "1"

Generators = Mapping[str, Expr | str] | Sequence[Expr | str]


@dataclass(frozen=True)
class Added:
    """An element that was not declared, and the bracket that brought it in.

    Arguments:
        name: Its name in the algebra.
        expression: The function itself.
        left: Name of the first generator of the bracket.
        right: Name of the second.
    """

    name: str
    expression: Expr
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.name} = {self.expression}, from {{{self.left},{self.right}}}"


class GeneratedSpan:
    r"""A growing set of independent functions, and their brackets in terms of them.

    .. math:: V = \operatorname{span}\{g_1, \dots, g_d\}, \qquad \{g_i, g_j\} \in V \;?

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone.

    Raises:
        DependentGeneratorsError: If a generator is a combination of others.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> span = GeneratedSpan(PhaseSpace("x"), {"H": "p_x**2", "X": "x"})
        >>> span.first_outside(constants_only=False)
        (0, 1)
        >>> span.append((0, 1))
        >>> print(span.added[0])
        {H,X} = -2*p_x, from {H,X}

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 1.5.
    """

    def __init__(self, space: AbstractSpace, generators: Generators) -> None:
        self.space = space
        #: The functions that were given, by name.
        self.declared = declared = read_generators(space, generators)
        self.floats = _floats(declared)
        #: The coordinates of the ring: brackets are short where functions are.
        self.coordinates = sparse_coordinates(space, declared.values())
        written = list(map(self.coordinates.written, declared.values()))
        try:
            self.ring = PhasePolynomials(space, written)
        except UnsupportedError:
            # The error is to name functions as they were declared.
            self.ring = PhasePolynomials(space, declared.values())
            raise
        self.names: list[str] = []
        self.functions: list[Terms] = []
        self.added: list[Added] = []
        self._gradients: list[dict[int, Terms]] = []
        self._velocities: list[dict[int, Terms]] = []
        self._span = Span(self.ring.domain)
        # The brackets that are known to lie in the span.
        self._brackets: dict[tuple[int, int], Terms] = {}
        functions = list(map(self.ring.terms, written))
        dependent = []
        for name, function in zip(declared, functions, strict=True):
            if not self._insert(name, function):
                dependent.append(name + " = " + self._combination(function))
        if dependent:
            raise self._dependent(dependent)

    @property
    def expressions(self) -> dict[str, Expr]:
        """The functions by name, those given as they were where coordinates changed."""
        found = dict(zip(self.names, map(self.expression, self.functions), strict=True))
        return found | self.declared if self.coordinates.changed else found

    def in_own_coordinates(self) -> GeneratedSpan:
        """The same functions on phase space in the coordinates of the ring.

        Returns:
            A span that is not to grow.
        """
        other = copy(self)
        other.coordinates = LinearCoordinates(self.space)
        expressions = other.expressions
        other.added = [replace(f, expression=expressions[f.name]) for f in self.added]
        return other

    def expression(self, function: Terms) -> Expr:
        """An element of the ring as a function on phase space.

        Arguments:
            function: Its terms.

        Returns:
            The function in the declared coordinates.
        """
        return self.coordinates.restored(self.ring.expression(function))

    def bracket(self, i: int, j: int) -> Terms:
        """The bracket of two of the functions.

        Arguments:
            i: Place of the first.
            j: Place of the second.

        Returns:
            Its terms.
        """
        return self.ring.derivative_along(self._gradients[i], self._velocities[j])

    def first_outside(self, constants_only: bool) -> tuple[int, int] | None:
        """The first pair whose bracket is outside the span, older elements first.

        A bracket that is constant up to the span brings in the element 1 on the way.

        Arguments:
            constants_only: Whether the constant is all that may be added on the way.

        Returns:
            The places of the pair; None if every bracket lies in the span.
        """
        for pair in self._pairs():
            if pair in self._brackets:
                continue
            bracket = self.bracket(*pair)
            remainder = self._span.remainder(bracket)
            if not remainder:
                self._brackets[pair] = bracket
            elif constants_only and self._is_constant(remainder):
                self._append_constant(pair)
                return self.first_outside(constants_only)
            else:
                return pair
        return None

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """All pairs, those of older elements first: so short brackets come before long."""
        return ((i, j) for j in range(len(self.names)) for i in range(j))

    def append(self, pair: tuple[int, int]) -> None:
        """Add the bracket of a pair, or the constant if that is all that is new.

        Arguments:
            pair: The places of two functions whose bracket is outside the span.
        """
        bracket = self.bracket(*pair)
        remainder = self._span.remainder(bracket)
        if self._is_constant(remainder):
            self._append_constant(pair)
            return
        left, right = (self.names[i] for i in pair)
        name = f"{{{left},{right}}}"
        self._insert(name, bracket)
        self.added.append(Added(name, self.expression(bracket), left, right))

    def not_closed(self, pair: tuple[int, int]) -> NotClosedError:
        """The error that names a bracket outside the span.

        Arguments:
            pair: The places of two functions whose bracket is outside the span.

        Returns:
            The error, to be raised.
        """
        bracket = self.bracket(*pair)
        remainder = self._span.remainder(bracket)
        left, right = (self.names[i] for i in pair)
        whole, rest = (str(self.expression(f)) for f in (bracket, remainder))
        found = self.function_closure()
        over_functions = "" if found is None else str(found)
        return NotClosedError(left, right, whole, rest, over_functions)

    def unbounded(
        self,
        pair: tuple[int, int],
        most: int,
        found: FunctionClosure | None,
        why: str,
    ) -> UnboundedClosureError:
        """The error that says what is outside, and what is known of the end.

        Arguments:
            pair: The places of two functions whose bracket is outside the span.
            most: The largest dimension allowed.
            found: How the declared generators close over functions, if they do.
            why: Why no dimension suffices, if that is proved.

        Returns:
            The error, to be raised.
        """
        left, right = (self.names[i] for i in pair)
        way = "The algebra may be infinite; if it is not, raise `max_dimension`."
        if found is not None:
            way = (
                "The generators close with functions as coefficients only: "
                f"{found}. Divide by roots of these to have a Lie algebra."
            )
        if why:
            way = f"No dimension suffices, for {why}. {way}"
        return UnboundedClosureError(
            f"Argument `generators` must complete to an algebra of dimension at "
            f"most {most}, but {{{left}, {right}}} is still outside the span. {way}"
        )

    def overgrown(self, most: int) -> UnboundedClosureError:
        """The error that says that the newest function has too many terms.

        Arguments:
            most: The largest number of terms allowed.

        Returns:
            The error, to be raised.
        """
        return UnboundedClosureError(
            f"Argument `generators` must complete to functions of at most {most} terms, "
            f"but {self.names[-1]} has {len(self.functions[-1])}. The algebra may be "
            "infinite; if it is not, raise `max_terms`."
        )

    def function_closure(self) -> FunctionClosure | None:
        """How the declared generators close with functions as coefficients."""
        found = find_function_closure(self.ring, *self._given)
        if found is None:
            return None
        restored = self.coordinates.restored
        invariants = {name: restored(f) for name, f in found.invariants.items()}
        return replace(found, invariants=invariants)

    def unboundedness(self, found: FunctionClosure) -> str:
        """Why the generators are proved to complete to no finite algebra."""
        return unboundedness(self.ring, found, dict(zip(*self._given, strict=True)))

    @property
    def _given(self) -> tuple[list[str], list[Terms]]:
        kept = len(self.names) - len(self.added)
        return self.names[:kept], self.functions[:kept]

    def table(self) -> LieTable:
        """The structure constants, when every bracket is known to lie in the span."""
        return self._table_of(self._span, self._brackets)

    def canonical(self) -> CanonicalBasis:
        """The same algebra in the echelon basis of its span."""
        ring, span = self.ring, Span(self.ring.domain)
        functions, vectors = zip(*self._span.basis, strict=True)
        gradients = [ring.slopes(f) for f in functions if span.insert(f)]
        velocities = list(map(ring.velocity, gradients))
        brackets = {
            (i, j): ring.derivative_along(gradients[i], velocities[j])
            for i, j in combinations(range(len(functions)), 2)
        }
        return CanonicalBasis(self._table_of(span, brackets), vectors, ring.domain)

    def _table_of(
        self, span: Span, functions: Mapping[tuple[int, int], Terms]
    ) -> LieTable:
        domain = self.ring.domain
        functions = {pair: f for pair, f in functions.items() if f}
        rows = span.coordinates(list(functions.values()))
        brackets = dict(zip(functions, rows, strict=True))
        if domain is QQ:
            return LieTable(len(self.names), brackets, domain)
        # The constants may be simpler than the functions, in a smaller field.
        named = {
            (self.names[i], self.names[j]): {
                self.names[k]: domain.to_sympy(value) for k, value in row.items()
            }
            for (i, j), row in brackets.items()
        }
        return read_table(self.names, named)

    def _is_constant(self, function: Terms) -> bool:
        return function.keys() == self.ring.one.keys()

    def _append_constant(self, pair: tuple[int, int]) -> None:
        left, right = (self.names[i] for i in pair)
        self._insert(CONSTANT, self.ring.one)
        self.added.append(Added(CONSTANT, Integer(1), left, right))

    def _insert(self, name: str, function: Terms) -> bool:
        """Add a function, if it is independent of those before."""
        if not self._span.insert(function):
            return False
        self.names.append(name)
        self.functions.append(function)
        self._gradients.append(self.ring.slopes(function))
        self._velocities.append(self.ring.velocity(self._gradients[-1]))
        return True

    def _combination(self, function: Terms) -> str:
        coordinates, _ = self._span.split(function)
        return str(vector_expression(coordinates, self.names, self.ring.domain))

    def _dependent(self, relations: Sequence[str]) -> DependentGeneratorsError:
        noise = ""
        if self.floats:
            noise = " Floats were read as the fractions that they stand for."
        return DependentGeneratorsError(
            "Argument `generators` must be linearly independent, but "
            f"{', '.join(relations)}.{noise} Drop them, or the others."
        )


def read_generators(space: AbstractSpace, generators: Generators) -> dict[str, Expr]:
    """Generators as somebody may give them, by name.

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone, which are called g1, g2 ...

    Returns:
        The expressions by name.

    Raises:
        ArgumentError: If they are of a wrong kind, or a name is none.
        ExpressionError: If a function holds an undeclared symbol or a complex number.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> read_generators(PhaseSpace("x"), ["x*p_x"])
        {'g1': p_x*x}
    """
    check_space(space)
    if isinstance(generators, Mapping):
        items: Iterable[tuple[str, Expr | str]] = generators.items()
    elif isinstance(generators, str) or not isinstance(generators, Sequence):
        raise ArgumentError(
            "Argument `generators` must be a mapping of names to functions or a list "
            f"of functions, but it is of type {type(generators).__name__}."
        )
    else:
        items = ((f"g{k}", g) for k, g in enumerate(generators, start=1))
    declared: dict[str, Expr] = {}
    for name, function in items:
        if not isinstance(name, str) or not valid_name(name):
            raise ArgumentError(
                "Argument `generators` must have names made of letters, digits and "
                f"underscores, but {name!r} is not one. Rename it."
            )
        declared[name] = space.read(function, f"generators[{name!r}]")
    return declared


def _floats(declared: Mapping[str, Expr]) -> dict[str, set[Float]]:
    found = {name: g.atoms(Float) for name, g in declared.items() if g.has(Float)}
    if found:
        listed = "; ".join(
            f"{name}: {', '.join(map(str, sorted(floats)))}"
            for name, floats in found.items()
        )
        warnings.warn(
            f"Float coefficients are inexact, so nothing that follows from them is "
            f"proved ({listed}). Write fractions for exact ones: 1/3 in text, "
            f"Rational(1, 3) in SymPy.",
            InexactInputWarning,
            stacklevel=4,
        )
    return found
