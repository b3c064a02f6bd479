r"""Orbits: where the flows of given functions lead, whether or not they close.

Takes generators that may generate an infinite-dimensional algebra, gives the dimension of
the orbits of a generic point, and the functions that are constant on them.

.. math:: \dim \mathcal{O} = \operatorname{rank}
    \{J \nabla g, \; J \nabla \{g, g'\}, \; J \nabla \{g, \{g', g''\}\}, \dots\}

The rank of the brackets can be finite where their linear span is not: the shears x p_y and
y p_x^2 generate ever new brackets, and move a point of the plane's phase space everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Float
from sympy.polys.rings import PolyElement

from symflow.claims import Standing
from symflow.function_ansatz import FunctionAnsatz
from symflow.generated_spans import Generators, read_generators
from symflow.notebook_views import NotebookView
from symflow.phase_space import AbstractSpace
from symflow.polynomials import PhasePolynomials

__all__ = ["Orbits", "orbits"]

_LAST_DEGREE = 4
_LARGEST_SEARCH = 500


@dataclass(frozen=True)
class Orbits(NotebookView):
    """The orbits that functions generate by their flows.

    Arguments:
        dimension: The dimension of the orbit of a generic point.
        count: How many independent functions are constant on the orbits, locally.
        invariants: Such functions, as far as a search found them.
        standing: Proved if as many independent invariants were found as there can be,
            or if the orbit is open; else measured: no point modulo a prime showed more.
    """

    dimension: int
    count: int
    invariants: tuple[Expr, ...]
    standing: Standing

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.invariants)) or "only constants found"
        return (
            f"orbits of dimension {self.dimension}, {self.count} independent invariants "
            f"({self.standing.value}): {listed}"
        )


def orbits(space: AbstractSpace, generators: Generators) -> Orbits:
    r"""The orbits of the flows of some functions and of all their brackets.

    .. math:: T\mathcal{O} = \operatorname{span}
        \{J \nabla f : f \in \text{the Poisson algebra generated}\}

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone; they need not close.

    Returns:
        The dimension of a generic orbit and the invariants.

    Raises:
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> shears = {"A": "x*p_y", "B": "y*p_x**2"}
        >>> print(orbits(PhaseSpace("x y"), shears))
        orbits of dimension 4, 0 independent invariants (proved): only constants found

    Reference:
        Sussmann, Orbits of families of vector fields, Transactions of the American
        Mathematical Society 180 (1973) 171.
    """
    declared = read_generators(space, generators)
    ring = PhasePolynomials(space, declared.values())
    elements = [ring.polynomial(f) for f in declared.values()]
    size = space.dimension
    rank = _rank_of_brackets(ring, elements)
    search = FunctionAnsatz(ring, elements)
    independent = 0
    for degree in range(1, _LAST_DEGREE + 1):
        if independent == size - rank or search.size(degree) > _LARGEST_SEARCH:
            break
        search.up_to(degree)
        rows = [ring.gradient(f) for f in search.found]
        independent = ring.rank_modulo_prime(rows, size - rank).rank
    exact = not any(f.has(Float) for f in declared.values())
    return Orbits(
        rank,
        size - rank,
        tuple(map(ring.expression, search.found)),
        Standing.PROVED if exact and independent == size - rank else Standing.MEASURED,
    )


def _rank_of_brackets(ring: PhasePolynomials, elements: Sequence[PolyElement]) -> int:
    """The rank of the fields of some functions, their brackets, and so on.

    Functions are kept whose fields add to the rank; it is final when no bracket of two of
    them does, for then the fields are in involution (Frobenius).
    """
    size = ring.space.dimension
    kept: list[PolyElement] = []
    rows: list[tuple[PolyElement, ...]] = []
    candidates = list(elements)
    while candidates:
        candidate = candidates.pop(0)
        row = ring.field_of(candidate)
        if ring.rank_modulo_prime([*rows, row], size).rank > len(rows):
            candidates += [ring.bracket(f, candidate) for f in kept]
            kept.append(candidate)
            rows.append(row)
    return len(rows)
