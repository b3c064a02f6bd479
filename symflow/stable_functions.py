r"""Stable functions: spaces of functions that an algebra carries into themselves.

Takes fields and functions, gives the largest space among them on which the algebra acts by
matrices, and the invariants that are quadratic in it.

.. math:: \{y_a, g_k\} = \sum_b (M_k)_{ab} \, y_b, \qquad
    \Bigl\{\sum_{ab} S_{ab} \, y_a y_b, \; g_k\Bigr\} = 0

Functions of degree d pair to invariants of degree 2d: the equations for S hold as many
unknowns as there are pairs of stable functions, where a search of degree 2d holds all
monomials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from sympy.polys.rings import PolyElement

from symflow.integral_ansatz import primitive_multiple
from symflow.joint_eigenvectors import combined, stable_combinations
from symflow.linear_algebra import Row, echelon, nullspace
from symflow.polynomials import PhasePolynomials
from symflow.terms import Monomial, Terms, accumulate, multiples, product

__all__ = ["StableFunctions", "paired_invariants", "stable_functions"]

# Functions up to this degree are paired, if they are no more than so many.
_PAIRED_DEGREE = 3
_PAIRED_LIMIT = 250

Velocity = Mapping[int, Terms]


@dataclass(frozen=True)
class StableFunctions:
    r"""Functions that an algebra carries into combinations of each other.

    .. math:: \{y_a, g_k\} = \sum_b (M_k)_{ab} \, y_b

    Arguments:
        ring: The ring of functions.
        functions: The functions y, independent.
        matrices: For each generator the rows of its matrix M.
    """

    ring: PhasePolynomials
    functions: tuple[Terms, ...]
    matrices: tuple[tuple[Row, ...], ...]

    def pairings(self) -> Iterator[Terms]:
        r"""The invariants that are sums of products of two of the functions.

        .. math:: \sum_{a \le b} s_{ab} \, y_a y_b

        Yields:
            Independent ones, in normal form.
        """
        pairs = list(combinations_with_replacement(range(len(self.functions)), 2))
        place = {pair: k for k, pair in enumerate(pairs)}
        one, zero = self.ring.domain.one, self.ring.domain.zero
        rows: dict[tuple[int, int], Row] = {}
        for column, (a, b) in enumerate(pairs):
            for number, matrix in enumerate(self.matrices):
                for moved, other in ((a, b), (b, a)):
                    for c, value in matrix[moved].items():
                        target = place[min(c, other), max(c, other)]
                        row = rows.setdefault((number, target), {})
                        row[column] = row.get(column, zero) + one * value
        filled = [{k: x for k, x in row.items() if x} for row in rows.values()]
        for vector in nullspace(filled, len(pairs), self.ring.domain):
            total: Terms = {}
            for k, factor in vector.items():
                a, b = pairs[k]
                whole = product(self.functions[a], self.functions[b])
                accumulate(total, multiples(factor, whole).items())
            reduced = self.ring.reduce(total)
            if reduced:
                yield reduced


def stable_functions(
    ring: PhasePolynomials,
    velocities: Sequence[Velocity],
    functions: Sequence[Terms],
) -> StableFunctions:
    """The largest space of sums of given functions that fields map to itself.

    Arguments:
        ring: The ring of functions.
        velocities: The fields of the generators, by place of the variable.
        functions: Independent functions in normal form.

    Returns:
        A basis of the space, and the matrices.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> ring = PhasePolynomials(space, [])
        >>> read = lambda text: ring.terms(space.read(text))
        >>> fall = ring.velocity(ring.slopes(read("p_x**2/2 + x")))
        >>> quadratic = list(map(read, ("1", "x", "p_x", "p_x**2")))
        >>> len(stable_functions(ring, [fall], quadratic).functions)
        4
        >>> (energy,) = stable_functions(ring, [fall], quadratic[1:]).functions
        >>> ring.expression(energy)
        p_x**2/2 + x
    """
    place: dict[Monomial, int] = {}

    def row_of(terms: Terms) -> Row:
        return {place.setdefault(m, len(place)): x for m, x in terms.items()}

    def terms_of(row: Row) -> Terms:
        return {names[k]: x for k, x in row.items()}

    rows: Sequence[Row] = [row_of(f) for f in functions]
    while True:
        space = echelon(rows, len(place), ring.domain)
        names = list(place)
        basis = tuple(map(terms_of, space.rows))
        slopes = list(map(ring.slopes, basis))
        images = [
            [row_of(ring.derivative_along(f, velocity)) for f in slopes]
            for velocity in velocities
        ]
        kept = stable_combinations(space, images, ring.domain)
        if kept is None:
            matrices = tuple(
                tuple(
                    {k: row[c] for k, c in enumerate(space.pivots) if c in row}
                    for row in image
                )
                for image in images
            )
            return StableFunctions(ring, basis, matrices)
        rows = [combined(vector, space.rows) for vector in kept]


def paired_invariants(
    ring: PhasePolynomials,
    generators: Sequence[PolyElement],
    known: Sequence[PolyElement],
    count: int,
) -> list[PolyElement]:
    """Invariants that known ones do not determine: sums of products of two functions.

    Arguments:
        ring: The ring of functions.
        generators: The generators of the algebra.
        known: Invariants that are known.
        count: How many independent ones there are.

    Returns:
        Independent invariants, of degree six at most; none where the functions to pair
        would be too many.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> functions = list(map(space.read, ("p_x + p_y", "x*p_x + y*p_y")))
        >>> ring = PhasePolynomials(space, functions)
        >>> generators = list(map(ring.polynomial, functions))
        >>> found = paired_invariants(ring, generators, [], 2)
        >>> [ring.expression(f) for f in found]
        [-p_x*x + p_x*y, -p_y*x + p_y*y]
    """
    monomials = ring.normal_monomials(_PAIRED_DEGREE)
    if len(monomials) > _PAIRED_LIMIT:
        return []
    velocities = [ring.velocity(ring.slopes(g)) for g in generators]
    unknowns = [ring.one, *({m: ring.domain.one} for m in monomials)]
    stable = stable_functions(ring, velocities, unknowns)
    rows = list(map(ring.gradient, known))
    rank = ring.rank_modulo_prime(rows, count).rank
    new: list[PolyElement] = []
    for terms in sorted(stable.pairings(), key=len):
        if rank == count:
            break
        f = primitive_multiple(ring.ring.from_dict(terms))
        extended = [*rows, ring.gradient(f)]
        reached = ring.rank_modulo_prime(extended, count).rank
        if reached > rank:
            rank, rows = reached, extended
            new.append(f)
    return new
