r"""Ideals: radical, nilradical, Levi factor and direct summands.

Takes a Lie table, gives subspaces of it, each proved to be what it is called.

.. math:: \mathfrak{g} = \mathfrak{s} \ltimes \mathfrak{r}, \qquad
          \mathfrak{g} = \bigoplus_a \mathfrak{g}_a \oplus \mathbb{R}^k

Where a generic element is needed, integers are tried until the property that the proof
needs is found by exact arithmetic: chance decides the time, never the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from sympy import Dummy, Poly
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.centroid import centroid, has_local_centroid, matrix_sum
from symflow.lie_table import LieTable, combination, trace
from symflow.linear_algebra import (
    Echelon,
    Row,
    add_multiple,
    echelon,
    generic_vectors,
    nullspace,
    solve,
)

__all__ = [
    "Summand",
    "characteristic_polynomial",
    "direct_summands",
    "intersection",
    "levi_factor",
    "nilradical",
    "radical",
]


@dataclass(frozen=True)
class Summand:
    r"""An indecomposable direct summand, with the field that acts on it.

    Its centroid modulo nilpotents is the field :math:`\mathbb{Q}[t] / f(t)`; if f has
    degree above one the summand may split further over the real numbers.

    Arguments:
        space: The ideal.
        polynomial: The irreducible monic f.
        root: The images of the echelon basis of the ideal under an element of the
            centroid that is a root of f modulo nilpotents, in that basis.
    """

    space: Echelon
    polynomial: Poly
    root: tuple[Row, ...]


def intersection(first: Echelon, second: Echelon, domain: Domain) -> list[Row]:
    """A basis of the intersection of two subspaces.

    Arguments:
        first: A subspace.
        second: A subspace of the same space.
        domain: The field.

    Returns:
        Independent sparse vectors.
    """
    remainders: dict[int, Row] = {}
    for a, row in enumerate(first.rows):
        for k, value in second.reduce(row).items():
            remainders.setdefault(k, {})[a] = value
    kernel = nullspace(remainders.values(), first.rank, domain)
    return [combination(vector, first.rows) for vector in kernel]


def radical(table: LieTable) -> Echelon:
    r"""The largest solvable ideal.

    .. math:: \mathfrak{r} = \{x : K(x, y) = 0
              \text{ for all } y \in [\mathfrak{g}, \mathfrak{g}]\}

    Arguments:
        table: The Lie algebra.

    Returns:
        The subspace.

    Reference:
        Jacobson, Lie Algebras, chapter III, theorem 5.
    """
    if table.is_semisimple:
        return table.span([])
    conditions = [combination(y, table.killing) for y in table.derived.rows]
    return table.span(nullspace(conditions, table.dimension, table.domain))


def nilradical(table: LieTable, radical_: Echelon) -> Echelon:
    r"""The largest nilpotent ideal.

    It is what the radical holds of the kernel of every weight. For an x in the radical
    that tells the weights apart, that is the set of y with

    .. math:: \operatorname{tr}(\operatorname{ad} y \, (\operatorname{ad} x)^k) = 0
              \quad \text{for all } k.

    The set always holds the nilradical, so it is the nilradical once it is seen to be a
    nilpotent ideal.

    Arguments:
        table: The Lie algebra.
        radical_: Its radical.

    Returns:
        The subspace.
    """
    if _is_nilpotent(table, radical_):
        return radical_
    small = table.product(table.whole, radical_)
    outside = [row for row in map(small.reduce, radical_.rows) if row]
    classes = table.span(outside)
    for x in generic_vectors(classes, table.domain):
        kept = _weightless(table, classes, x)
        candidate = table.span([*small.rows, *kept])
        if _is_nilpotent(table, candidate):
            return candidate
    raise AssertionError  # the iterator has no end


def _weightless(table: LieTable, classes: Echelon, x: Row) -> list[Row]:
    """The combinations y of the classes with tr(ad y (ad x)^k) = 0 for all k."""
    matrices = [table.adjoint_matrix(row).to_dense() for row in classes.rows]
    power = DomainMatrix.eye(table.dimension, table.domain).to_dense()
    step = table.adjoint_matrix(x).to_dense()
    conditions: list[Row] = []
    for _ in range(table.dimension):
        row = {a: trace(m * power) for a, m in enumerate(matrices)}
        conditions.append({a: value for a, value in row.items() if value})
        power = power * step
    kernel = nullspace(conditions, classes.rank, table.domain)
    return [combination(vector, classes.rows) for vector in kernel]


def _is_nilpotent(table: LieTable, space: Echelon) -> bool:
    return not table.series(space, lower=True)[-1].rank


def levi_factor(table: LieTable, radical_: Echelon) -> Echelon:
    r"""A semisimple subalgebra that complements the radical.

    Complements are corrected level by level of the derived series
    :math:`\mathfrak{r} = D_0 \supset D_1 \supset \dots`: with
    :math:`[x_i, x_j] = \sum_k c_{ij}^k x_k + r_{ij}` and :math:`r_{ij} \in D_m`,
    elements :math:`u_i \in D_m` solve

    .. math:: [x_i, u_j] + [u_i, x_j] - \sum_k c_{ij}^k u_k = -r_{ij} \mod D_{m+1}.

    Arguments:
        table: The Lie algebra.
        radical_: Its radical.

    Returns:
        The subalgebra; it is unique up to conjugation.

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 4.13.
    """
    if not radical_.rank:
        return table.whole
    quotient = table.quotient(radical_)
    one = table.domain.one
    pivots = set(radical_.pivots)
    elements = [{i: one} for i in range(table.dimension) if i not in pivots]
    levels = table.series(radical_, lower=False)
    for level, following in pairwise(levels):
        elements = _lift(table, quotient, elements, level, following)
    return table.span(elements)


def _lift(
    table: LieTable,
    quotient: LieTable,
    elements: list[Row],
    level: Echelon,
    following: Echelon,
) -> list[Row]:
    """Elements that close modulo one more level of the derived series."""
    steps = table.span(map(following.reduce, level.rows)).rows
    moved = [
        [following.reduce(table.bracket(x, step)) for step in steps] for x in elements
    ]
    size, one = len(steps), table.domain.one
    columns: list[Row] = [{} for _ in range(len(elements) * size)]
    target: Row = {}

    def place(pair: int, vector: Mapping[int, Any]) -> Row:
        return {pair * table.dimension + k: value for k, value in vector.items()}

    for pair, (i, j) in enumerate(_pairs(len(elements))):
        constants = quotient.bracket({i: one}, {j: one})
        rest = table.bracket(elements[i], elements[j])
        add_multiple(rest, -one, combination(constants, elements))
        add_multiple(target, -one, place(pair, following.reduce(rest)))
        for a in range(size):
            add_multiple(columns[j * size + a], one, place(pair, moved[i][a]))
            add_multiple(columns[i * size + a], -one, place(pair, moved[j][a]))
            for k, c in constants.items():
                add_multiple(columns[k * size + a], -c, place(pair, steps[a]))
    solution = solve(columns, target, table.domain)
    if solution is None:
        raise AssertionError  # Whitehead's lemma: the equations have a solution
    lifted = []
    for i, x in enumerate(elements):
        coefficients = dict(enumerate(solution[i * size : (i + 1) * size]))
        corrected = dict(x)
        add_multiple(corrected, one, combination(coefficients, steps))
        lifted.append(corrected)
    return lifted


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(count) for j in range(i + 1, count)]


def direct_summands(table: LieTable) -> tuple[list[Summand], Echelon]:
    """The decomposition into indecomposable ideals over the field.

    Arguments:
        table: The Lie algebra.

    Returns:
        The summands that are not abelian, and the abelian summand (maybe zero).
    """
    inner = table.span(intersection(table.center, table.derived, table.domain))
    abelian = table.span(map(inner.reduce, table.center.rows))
    both = table.span([*table.derived.rows, *abelian.rows])
    one, pivots = table.domain.one, set(both.pivots)
    others = [{i: one} for i in range(table.dimension) if i not in pivots]
    stem = table.span([*table.derived.rows, *others])
    if not stem.rank:
        return [], abelian
    stem_table = table.restrict(stem)
    summands = []
    for part in _split(stem_table):
        vectors = [combination(row, stem.rows) for row in part.space.rows]
        space = table.span(vectors)
        # The reduced form of the lifted rows is those rows: stem pivots increase.
        summands.append(Summand(space, part.polynomial, part.root))
    return summands, abelian


def characteristic_polynomial(matrix: DomainMatrix) -> Poly:
    """The characteristic polynomial of a matrix.

    Arguments:
        matrix: A square matrix over a field.

    Returns:
        The monic polynomial over that field.
    """
    coefficients = matrix.to_dense().charpoly()
    return Poly.from_list(coefficients, Dummy("t"), domain=matrix.domain)


def _split(table: LieTable) -> list[Summand]:
    """The summands of an algebra whose centre lies in its derived algebra."""
    if has_local_centroid(table):
        polynomial = Poly.from_list([1, 0], Dummy("t"), domain=table.domain)
        return [Summand(table.whole, polynomial, ({},) * table.dimension)]
    endomorphisms = centroid(table)
    traces = [
        {b: trace(left * right) for b, right in enumerate(endomorphisms)}
        for left in endomorphisms
    ]
    degree = echelon(traces, len(endomorphisms), table.domain).rank
    for coefficients in _candidates(len(endomorphisms), table.domain):
        generic = matrix_sum(coefficients, endomorphisms)
        _, factors = characteristic_polynomial(generic).factor_list()
        if sum(factor.degree() for factor, _ in factors) == degree:
            return [_component(table, generic, *factor) for factor in factors]
    raise AssertionError  # the iterator has no end


def _candidates(count: int, domain: Domain) -> Iterator[Row]:
    """Single maps first, for their polynomials are short; then combinations."""
    units = Echelon(tuple({a: domain.one} for a in range(count)), tuple(range(count)))
    return chain(units.rows, generic_vectors(units, domain))


def _component(
    table: LieTable, generic: DomainMatrix, factor: Poly, multiplicity: int
) -> Summand:
    """The kernel of a power of an irreducible factor of the generic endomorphism."""
    identity = DomainMatrix.eye(table.dimension, table.domain).to_dense()
    value = identity * table.domain.zero
    for coefficient in factor.rep.to_list():
        value = value * generic + identity * coefficient
    power = identity
    for _ in range(multiplicity):
        power = power * value
    # Vectors are rows: v F = 0 is the kernel of the transpose.
    sparse = power.transpose().to_sparse().rep
    rows = [dict(row) for row in sparse.values()]
    space = table.span(nullspace(rows, table.dimension, table.domain))
    images = table.matrix(space.rows, table.dimension).to_dense() * generic
    place = {pivot: a for a, pivot in enumerate(space.pivots)}
    moved = images.to_sparse().rep
    root = [
        {place[k]: v for k, v in moved.get(a, {}).items() if k in place}
        for a in range(space.rank)
    ]
    return Summand(space, factor.monic(), tuple(root))
