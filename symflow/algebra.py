r"""Algebra: generators on phase space that close under the Poisson bracket.

Takes functions of (q, p), gives their structure constants, exactly, or the pair of
generators whose bracket leaves their span.

.. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k + w_{ij}

The constants w are the central part: the function 1 joins the algebra under the name "1"
when a bracket needs it, as the mass does in the Bargmann algebra.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import Any

from sympy import QQ, Expr, Float, Integer
from sympy.polys.rings import PolyElement

from symflow.affine_fields import affine_field, is_periodic
from symflow.canonical_bases import CanonicalBasis
from symflow.classification import Identity
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
from symflow.phase_space import AbstractSpace, PhaseSpace, check_space
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.structure import AbstractLieAlgebra
from symflow.structure_constants import read_table, vector_expression
from symflow.terms import Terms

__all__ = ["Added", "Generators", "LieAlgebra", "closure", "read_generators"]

CONSTANT = "1"

# The dimension at which closure looks for a proof that it will not end.
_FIRST_LOOK = 20

# Names with a one-dimensional centre: when its flow is a line, and when it is a circle.
_CIRCLES = {
    "one-dimensional abelian": ("R", "so(2)"),
    "u(2) = so(3) ⊕ R": ("u(2) = so(3) ⊕ R", "u(2) = su(2) ⊕ u(1)"),
    **{
        f"u({n}) = su({n}) ⊕ R": (f"u({n}) = su({n}) ⊕ R", f"u({n}) = su({n}) ⊕ u(1)")
        for n in range(3, 9)
    },
}

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


class LieAlgebra(AbstractLieAlgebra):
    r"""A Lie algebra of functions on phase space.

    .. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone, which are then called
            g1, g2 and so on. Functions are SymPy expressions or text. No generators at
            all is the algebra of no symmetry.

    Raises:
        NotClosedError: If a bracket leaves the span of the generators and constants.
        DependentGeneratorsError: If a generator is a combination of others.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> so3 = LieAlgebra(space, {
        ...     "Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"})
        >>> so3.structure_constants["Lx", "Ly"]
        {'Lz': 1}
        >>> so3.is_simple
        True

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2; Woit, Quantum Theory, Groups
        and Representations, chapter 14.
    """

    bracket_signs = ("{", "}")

    def __init__(self, space: AbstractSpace, generators: Generators) -> None:
        basis = _Basis(space, generators)
        pending = basis.first_outside(constants_only=True)
        if pending is not None:
            raise basis.not_closed(pending)
        self._fill(basis)

    @classmethod
    def _completed(cls, basis: _Basis) -> LieAlgebra:
        algebra = cls.__new__(cls)
        algebra._fill(basis)
        return algebra

    def _fill(self, basis: _Basis) -> None:
        self._basis = basis
        # Named apart already, and functions satisfy the Jacobi identity.
        self._names = tuple(basis.names)
        self._table = basis.table()

    @cached_property
    def _canonical(self) -> CanonicalBasis | None:
        if self.domain is QQ:
            return None
        canonical = self._basis.canonical()
        smaller = self.domain.unify(canonical.table.domain) == self.domain
        return canonical.over(self.domain) if smaller else None

    @property
    def space(self) -> AbstractSpace:
        """The phase space."""
        return self._basis.space

    @property
    def phase_space(self) -> PhaseSpace:
        """The phase space, where its coordinates are pairs (q, p).

        Raises:
            ArgumentError: If the bracket is not the canonical one.
        """
        if not isinstance(self.space, PhaseSpace):
            raise ArgumentError(
                "Argument `algebra` must live on a PhaseSpace for this, but its space "
                f"is a {type(self.space).__name__}, whose bracket is not canonical."
            )
        return self.space

    def require_polynomials(self) -> None:
        """Refuse generators that are no polynomials in q and p.

        Raises:
            ArgumentError: If the bracket is not the canonical one.
            UnsupportedError: If a generator holds another function, or time.
        """
        if not self.ring.is_polynomial or self.phase_space.time is not None:
            listed = ", ".join(map(str, self.ring.generators[2 * self.phase_space.n :]))
            raise UnsupportedError(
                "Argument `algebra` must be made of polynomials in q and p for this, "
                f"but its generators hold {listed} as well. Choose coordinates in "
                "which they are, or stay with the algebra and its invariants."
            )

    @property
    def generators(self) -> Mapping[str, Expr]:
        """The elements of the basis by name, expanded, with what closure added."""
        return MappingProxyType(self._basis.expressions)

    @property
    def added(self) -> tuple[Added, ...]:
        """What was added to the declared generators, and from which bracket."""
        return tuple(self._basis.added)

    @property
    def exact(self) -> bool:
        """Whether every coefficient was exact; False if a float was given."""
        return not self._basis.floats

    @cached_property
    def polynomials(self) -> tuple[PolyElement, ...]:
        """The generators in canonical form, in the order of their names."""
        return tuple(map(self.ring.ring.from_dict, self._basis.functions))

    @property
    def ring(self) -> PhasePolynomials:
        """The ring of functions in which the generators are written."""
        return self._basis.ring

    def bracket(self, left: str, right: str) -> Expr:
        """The Poisson bracket of two generators.

        Arguments:
            left: Name of the first generator.
            right: Name of the second.

        Returns:
            The bracket as an expanded expression.

        Raises:
            ArgumentError: If a name is not that of a generator.

        Example:
            >>> LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"}).bracket("Q", "P")
            1
        """
        for name in (left, right):
            if name not in self.generators:
                raise ArgumentError(
                    f"Argument `left`, `right` must name generators, but {name!r} is "
                    f"none of {', '.join(self.generators)}."
                )
        basis = self._basis
        pair = basis.names.index(left), basis.names.index(right)
        return basis.ring.expression(basis.bracket(*pair))

    def refine_identity(self, identity: Identity) -> Identity:
        """What the action on phase space adds to the name of the abstract algebra.

        The table cannot tell a circle from a line. Here the flow of a central generator
        is seen to be periodic or not, decided exactly.

        Arguments:
            identity: The identity of the abstract algebra.

        Returns:
            The identity with so(2), su(n) and u(1) in place of the line where the flow
            is periodic; the same one where that is not decided.
        """
        if self.center.dimension != 1 or identity.name not in _CIRCLES:
            return identity
        if not (self.ring.is_polynomial and self.space.is_canonical):
            return identity
        (vector,) = self.center.basis
        polynomials = dict(zip(self.generators, self.polynomials, strict=True))
        domain = self.ring.domain
        terms = (domain.from_sympy(c) * polynomials[k] for k, c in vector.items())
        central = sum(terms, self.ring.ring.zero)
        if total_degree(central) > 2:
            return identity
        A, b = affine_field(self.ring, central)
        closed = not any(b) and is_periodic(A)
        line, circle = _CIRCLES[identity.name]
        return replace(identity, name=circle if closed else line)

    def __deepcopy__(self, memo: dict[int, Any]) -> LieAlgebra:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def __repr__(self) -> str:
        return f"LieAlgebra({self.space!r}, {dict(self.generators)})"


def closure(
    space: AbstractSpace, generators: Generators, max_dimension: int = 100
) -> LieAlgebra:
    r"""The smallest Lie algebra that contains the generators.

    .. math:: \mathfrak{g} = \mathrm{span}\{g_i, \{g_i, g_j\}, \{g_i, \{g_j, g_k\}\}, \dots\}

    Completion is never silent: `LieAlgebra.added` lists what was added and from which
    bracket.

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone.
        max_dimension: The dimension beyond which completion stops.

    Returns:
        The completed algebra; new elements are named after their bracket.

    Raises:
        UnboundedClosureError: If the dimension passes `max_dimension`, or is proved to
            pass any.
        DependentGeneratorsError: If a generator is a combination of others.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> so3 = closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
        >>> print(so3.added[0])
        {Lx,Ly} = -p_x*y + p_y*x, from {Lx,Ly}

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 1.5.
    """
    basis = _Basis(space, generators)
    while (pending := basis.first_outside(constants_only=False)) is not None:
        size = len(basis.names)
        if size >= max_dimension or size == _FIRST_LOOK:
            found = basis.function_closure()
            why = "" if found is None else basis.unboundedness(found)
            if size >= max_dimension or why:
                raise basis.unbounded(pending, max_dimension, found, why)
        basis.append(pending)
    return LieAlgebra._completed(basis)


class _Basis:
    """A growing set of independent functions, and their brackets in terms of them."""

    def __init__(self, space: AbstractSpace, generators: Generators) -> None:
        self.space = space
        declared = read_generators(space, generators)
        self.floats = _floats(declared)
        self.ring = PhasePolynomials(space, declared.values())
        self.names: list[str] = []
        self.functions: list[Terms] = []
        self.added: list[Added] = []
        self._gradients: list[dict[int, Terms]] = []
        self._velocities: list[dict[int, Terms]] = []
        self._span = Span(self.ring.domain)
        # The brackets that are known to lie in the span.
        self._brackets: dict[tuple[int, int], Terms] = {}
        functions = list(map(self.ring.terms, declared.values()))
        dependent = []
        for name, function in zip(declared, functions, strict=True):
            if not self._insert(name, function):
                dependent.append(name + " = " + self._combination(function))
        if dependent:
            raise self._dependent(dependent)

    @property
    def expressions(self) -> dict[str, Expr]:
        expressions = map(self.ring.expression, self.functions)
        return dict(zip(self.names, expressions, strict=True))

    def bracket(self, i: int, j: int) -> Terms:
        return self.ring.derivative_along(self._gradients[i], self._velocities[j])

    def first_outside(self, constants_only: bool) -> tuple[int, int] | None:
        """The first pair whose bracket is outside the span, older elements first.

        A bracket that is constant up to the span brings in the element 1 on the way.
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
        """Add the bracket of a pair, or the constant if that is all that is new."""
        bracket = self.bracket(*pair)
        remainder = self._span.remainder(bracket)
        if self._is_constant(remainder):
            self._append_constant(pair)
            return
        left, right = (self.names[i] for i in pair)
        name = f"{{{left},{right}}}"
        self._insert(name, bracket)
        self.added.append(Added(name, self.ring.expression(bracket), left, right))

    def not_closed(self, pair: tuple[int, int]) -> NotClosedError:
        bracket = self.bracket(*pair)
        remainder = self._span.remainder(bracket)
        left, right = (self.names[i] for i in pair)
        whole, rest = (str(self.ring.expression(f)) for f in (bracket, remainder))
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
        """The error that says what is outside, and what is known of the end."""
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

    def function_closure(self) -> FunctionClosure | None:
        """How the declared generators close with functions as coefficients."""
        return find_function_closure(self.ring, *self._declared)

    def unboundedness(self, found: FunctionClosure) -> str:
        """Why the generators are proved to complete to no finite algebra."""
        return unboundedness(self.ring, found, dict(zip(*self._declared, strict=True)))

    @property
    def _declared(self) -> tuple[list[str], list[Terms]]:
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
