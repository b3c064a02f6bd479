r"""Commuting families: functions whose brackets with each other all vanish.

Takes functions on phase space, invariants of an algebra or integrals of a motion, gives
the largest sets of them that commute, and the largest that polynomials in them reach.

.. math:: \{I_a, I_b\} = 0 \quad \text{for all } a, b

The flows of a commuting family commute, each of its functions is constant along all of
them, and n independent ones make a motion integrable (Liouville).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, islice

import networkx as nx
from sympy import Expr, Float
from sympy.polys.rings import PolyElement

from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.function_lists import read_functions
from symflow.linear_algebra import Row, nullspace
from symflow.notation import expression_latex, inline
from symflow.phase_space import AbstractSpace, PhaseSpace
from symflow.polynomials import PhasePolynomials

__all__ = [
    "CommutingFamily",
    "commuting_families",
    "integrable_number",
    "largest_commuting_family",
]

# Of m functions there may be 3^(m/3) maximal families; the first ones are enough.
_MOST_FAMILIES = 64


@dataclass(frozen=True)
class CommutingFamily:
    r"""Functions that commute with each other.

    .. math:: \{I_a, I_b\} = 0

    Arguments:
        space: The phase space.
        functions: The functions.
        rank: How many of them are functionally independent.
        standing: Proved, unless a float was given.

    Example:
        >>> space = PhaseSpace("x")
        >>> family = CommutingFamily(space, space.q, 1, Standing.PROVED)
        >>> family.kind, family.is_integrable
        ('of q', True)
    """

    space: AbstractSpace
    functions: tuple[Expr, ...]
    rank: int
    standing: Standing

    @property
    def kind(self) -> str:
        """On what they depend: ``"of q"``, ``"of p"`` or ``"mixed"``."""
        if isinstance(self.space, PhaseSpace):
            used = set().union(*(f.free_symbols for f in self.functions))
            if not used & set(self.space.p):
                return "of q"
            if not used & set(self.space.q):
                return "of p"
        return "mixed"

    @property
    def is_integrable(self) -> bool:
        """Whether there are as many independent ones as can commute: n, for pairs."""
        return self.rank == integrable_number(self.space)

    @property
    def claim(self) -> Claim:
        """The statement that all brackets vanish."""
        listed = ", ".join(map(str, self.functions))
        return Claim(
            "commuting family",
            f"the brackets of ({listed}) with each other are 0",
            self.standing,
            "identities in exact arithmetic",
            {"functions": [str(f) for f in self.functions], "rank": self.rank},
        )

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.functions))
        return f"{self.kind}, {self.rank} independent: {listed}"

    def _repr_latex_(self) -> str:
        return inline(r", \quad ".join(map(expression_latex, self.functions)))


def commuting_families(
    functions: Sequence[Expr | str], space: AbstractSpace
) -> tuple[CommutingFamily, ...]:
    r"""The maximal families of commuting functions among given ones.

    Arguments:
        functions: The functions.
        space: The phase space.

    Returns:
        First all functions of q alone, then those of p alone, which are what shears are
        made of; then the other maximal families, those of most independent functions
        first. Beyond 64 families the search stops.

    Raises:
        ArgumentError: If the functions are no list.
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> space = PhaseSpace("x y")
        >>> r2, s2, L = "x**2 + y**2", "p_x**2 + p_y**2", "x*p_y - y*p_x"
        >>> for family in commuting_families([r2, s2, L], space):
        ...     print(family)
        of q, 1 independent: x**2 + y**2
        of p, 1 independent: p_x**2 + p_y**2
        mixed, 2 independent: x**2 + y**2, -p_x*y + p_y*x
        mixed, 2 independent: p_x**2 + p_y**2, -p_x*y + p_y*x

    Reference:
        Bron and Kerbosch, Communications of the ACM 16 (1973) 575.
    """
    given = read_functions(functions, space)
    ring = PhasePolynomials(space, given)
    elements = [ring.polynomial(f) for f in given]
    standing = _standing(given)
    cliques = list(islice(nx.find_cliques(_graph(ring, elements)), _MOST_FAMILIES))
    chosen = {tuple(sorted(clique)) for clique in cliques}
    if isinstance(space, PhaseSpace):
        for half in (space.q, space.p):
            pure = tuple(
                k
                for k, f in enumerate(given)
                if f.free_symbols <= {*half, *space.parameters}
            )
            chosen |= {pure} if pure else set()
    families = {
        members: CommutingFamily(
            space,
            tuple(given[k] for k in members),
            _rank(ring, [elements[k] for k in members]),
            standing,
        )
        for members in chosen
    }
    order = ("of q", "of p", "mixed")
    ordered = sorted(
        families, key=lambda m: (order.index(families[m].kind), -families[m].rank, m)
    )
    return tuple(families[members] for members in ordered)


def largest_commuting_family(
    functions: Sequence[Expr | str], space: AbstractSpace
) -> CommutingFamily:
    r"""The most independent commuting functions found, products of two included.

    .. math:: \{F_i, F_j\} = 0, \qquad F_i = \sum_a c_a I_a + \sum_{a \le b} c_{ab} I_a I_b

    A maximal family among the functions themselves is completed by polynomials of degree
    two in them that commute with it, as :math:`L_z` is by :math:`L_x^2 + L_y^2`.

    Arguments:
        functions: The functions, at least one.
        space: The phase space.

    Returns:
        The family; where it `is_integrable` no larger one exists.

    Raises:
        ArgumentError: If the functions are no list, or none.
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> room = PhaseSpace("x y z")
        >>> L = ["y*p_z - z*p_y", "z*p_x - x*p_z", "x*p_y - y*p_x"]
        >>> largest_commuting_family(L, room).rank
        2

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 49.
    """
    given = read_functions(functions, space)
    if not given:
        raise ArgumentError(
            "Argument `functions` must hold at least one function, but it is empty."
        )
    ring = PhasePolynomials(space, given)
    elements = [ring.polynomial(f) for f in given]
    most = integrable_number(space)
    best: list[PolyElement] = []
    reached = 0
    for clique in islice(nx.find_cliques(_graph(ring, elements)), _MOST_FAMILIES):
        members = _completed(
            ring, [elements[k] for k in sorted(clique)], elements, most
        )
        rank = _rank(ring, members)
        if rank > reached:
            best, reached = members, rank
        if reached == most:
            break
    found = tuple(map(ring.expression, best))
    return CommutingFamily(space, found, reached, _standing(given))


def integrable_number(space: AbstractSpace) -> int:
    r"""How many independent functions can commute.

    .. math:: \dim - \tfrac12 \operatorname{rank} \{z_i, z_j\}

    Arguments:
        space: The phase space.

    Returns:
        n for n canonical pairs; the Casimirs of other brackets count as well.

    Example:
        >>> integrable_number(PhaseSpace("x y z"))
        3
    """
    if space.is_canonical:
        return space.dimension // 2
    ring = PhasePolynomials(space, [])
    fields = [ring.field_of(z) for z in ring.variables[: space.dimension]]
    return space.dimension - ring.rank_modulo_prime(fields, space.dimension).rank // 2


def _standing(functions: Sequence[Expr]) -> Standing:
    inexact = any(f.has(Float) for f in functions)
    return Standing.MEASURED if inexact else Standing.PROVED


def _graph(ring: PhasePolynomials, elements: Sequence[PolyElement]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(elements)))
    graph.add_edges_from(
        (a, b)
        for a, b in combinations(range(len(elements)), 2)
        if not ring.bracket(elements[a], elements[b])
    )
    return graph


def _rank(ring: PhasePolynomials, elements: Sequence[PolyElement]) -> int:
    gradients = [ring.gradient(f) for f in elements]
    most = min(len(gradients), ring.space.dimension)
    return ring.rank_modulo_prime(gradients, most).rank


def _completed(
    ring: PhasePolynomials,
    members: list[PolyElement],
    elements: Sequence[PolyElement],
    most: int,
) -> list[PolyElement]:
    """The family with polynomials of degree two joined to it while they are independent."""
    family, rank = list(members), _rank(ring, members)
    while rank < most:
        candidates = (
            f
            for f in _commuting(ring, family, elements)
            if _rank(ring, [*family, f]) > rank
        )
        joined = next(candidates, None)
        if joined is None:
            break
        family.append(joined)
        rank += 1
    return family


def _commuting(
    ring: PhasePolynomials,
    family: Sequence[PolyElement],
    elements: Sequence[PolyElement],
) -> Iterator[PolyElement]:
    """A basis of the polynomials of degree two in functions that commute with a family."""
    products = list(elements)
    products += [f * g for f, g in combinations_with_replacement(elements, 2)]
    rows: dict[tuple[int, tuple[int, ...]], Row] = {}
    for column, product in enumerate(products):
        for number, member in enumerate(family):
            for monomial, value in ring.bracket(product, member).items():
                rows.setdefault((number, monomial), {})[column] = value
    for vector in nullspace(rows.values(), len(products), ring.domain):
        total = sum(
            (value * products[k] for k, value in vector.items()), ring.ring.zero
        )
        yield ring.ring.from_dict(ring.reduce(total))
