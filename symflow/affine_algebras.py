r"""Affine algebras: functions of degree two at most, as sparse fields on many particles.

Takes functions of degree two at most on a phase space of any size, checks that they close,
and gives their fields by the entries that are not zero.

.. math:: g = \tfrac12 z^T Q z + b \cdot z, \qquad \{g_i, g_j\} = \sum_k c_{ij}^k g_k + w_{ij}

A `LieAlgebra` holds functions in a canonical form that lists an exponent for every
coordinate, which thousands of particles make too long. Here a term is as long as its degree.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import combinations
from types import MappingProxyType

from sympy import QQ, Add, Expr, Mul, Pow, Symbol

from symflow.constituents import AffineField
from symflow.errors import (
    ArgumentError,
    DependentGeneratorsError,
    NotClosedError,
    UnsupportedError,
)
from symflow.linear_algebra import Row, Span
from symflow.linear_forms import SparsePolynomial, expression_of
from symflow.notebook_views import NotebookView
from symflow.phase_space import PhaseSpace
from symflow.terms import accumulate

__all__ = ["AffineAlgebra"]


class AffineAlgebra(NotebookView):
    r"""A Lie algebra of functions of degree two at most, with rational coefficients.

    .. math:: \{z, g\} = A z + b

    Arguments:
        space: The phase space.
        generators: Names and expressions, expanded.

    Raises:
        ArgumentError: If an expression holds a symbol that is no coordinate.
        UnsupportedError: If an expression has another form.
        DependentGeneratorsError: If a generator is a combination of others.
        NotClosedError: If a bracket leaves the span of the generators and constants.

    Example:
        >>> space = PhaseSpace("x1 y1 x2 y2")
        >>> x1, y1, x2, y2, p1, q1, p2, q2 = space.z
        >>> L = x1 * q1 - y1 * p1 + x2 * q2 - y2 * p2
        >>> plane = AffineAlgebra(space, {"Px": p1 + p2, "Py": q1 + q2, "L": L})
        >>> len(plane.fields)
        3
    """

    def __init__(self, space: PhaseSpace, generators: Mapping[str, Expr]) -> None:
        if not isinstance(space, PhaseSpace):
            raise ArgumentError(
                "Argument `space` must be a PhaseSpace, but it is of type "
                f"{type(space).__name__}."
            )
        self.space = space
        self._places = {symbol: k for k, symbol in enumerate(space.z)}
        self._functions = {k: self._read(k, g) for k, g in generators.items()}
        self._check()

    @property
    def functions(self) -> Mapping[str, SparsePolynomial]:
        """The generators by name, as sparse polynomials."""
        return MappingProxyType(self._functions)

    @cached_property
    def fields(self) -> tuple[AffineField, ...]:
        """The Hamiltonian field of each generator."""
        return tuple(map(self._field, self._functions.values()))

    def bracket(self, f: SparsePolynomial, g: SparsePolynomial) -> SparsePolynomial:
        """The Poisson bracket of two functions of degree two at most.

        Arguments:
            f: A function.
            g: Another.

        Returns:
            Their bracket.
        """
        n, slopes = self.space.n, _slopes(f)
        other = _slopes(g)
        total: SparsePolynomial = {}
        for k, slope in slopes.items():
            partner, sign = (k + n, 1) if k < n else (k - n, -1)
            for left, x in slope.items():
                products = (
                    (tuple(sorted(left + right)), sign * x * y)
                    for right, y in other.get(partner, {}).items()
                )
                accumulate(total, products)
        return total

    def _read(self, name: str, expression: Expr) -> SparsePolynomial:
        """The terms of an expression, by the places of their coordinates."""
        if not isinstance(expression, Expr):
            raise ArgumentError(
                "Argument `generators` must hold SymPy expressions here, but "
                f"{name} is of type {type(expression).__name__}."
            )
        total: SparsePolynomial = {}
        for term in Add.make_args(expression):
            monomial: list[int] = []
            value = QQ(1)
            for factor in Mul.make_args(term):
                base, power = factor.as_base_exp() if factor.is_Pow else (factor, 1)
                if base in self._places and power in (1, 2):
                    monomial += [self._places[base]] * int(power)
                elif factor.is_Rational:
                    value *= QQ.from_sympy(factor)
                else:
                    self._refuse(name, factor)
            if len(monomial) > 2:
                self._refuse(name, term)
            accumulate(total, [(tuple(sorted(monomial)), value)])
        return total

    def _refuse(self, name: str, part: Expr) -> None:
        unknown = [s for s in part.free_symbols if s not in self._places]
        if isinstance(part, Symbol | Pow) and unknown:
            raise ArgumentError(
                f"Argument `generators` must be made of the coordinates, but {name} "
                f"holds {unknown[0]}. Parameters need a LieAlgebra."
            )
        raise UnsupportedError(
            "Argument `generators` must be expanded, of degree two at most and with "
            f"rational coefficients here, but {name} holds {part}. Take a LieAlgebra."
        )

    def _check(self) -> None:
        """See that the generators are independent and close."""
        span: Span = Span(QQ)
        for name, f in self._functions.items():
            if not span.insert({m: x for m, x in f.items() if m}):
                raise DependentGeneratorsError(
                    f"Argument `generators` must be linearly independent, but {name} "
                    "is a combination of others and constants. Drop it."
                )
        for left, right in combinations(self._functions, 2):
            bracket = self.bracket(self._functions[left], self._functions[right])
            _, rest = span.split({m: x for m, x in bracket.items() if m})
            if rest:
                words = (
                    str(expression_of(f, self.space.z, QQ)) for f in (bracket, rest)
                )
                raise NotClosedError(left, right, *words)

    def _field(self, g: SparsePolynomial) -> AffineField:
        n = self.space.n
        matrix: dict[int, Row] = {}
        shift: Row = {}
        for k, slope in _slopes(g).items():
            moved, sign = (k - n, 1) if k >= n else (k + n, -1)
            for monomial, x in slope.items():
                if monomial:
                    matrix.setdefault(moved, {})[monomial[0]] = sign * x
                else:
                    shift[moved] = sign * x
        return AffineField(matrix, shift)


def _slopes(f: SparsePolynomial) -> dict[int, SparsePolynomial]:
    """The partial derivatives that are not zero, by place of the coordinate."""
    found: dict[int, SparsePolynomial] = {}
    for monomial, x in f.items():
        for k in set(monomial):
            rest = list(monomial)
            rest.remove(k)
            found.setdefault(k, {})[tuple(rest)] = x * monomial.count(k)
    return found
