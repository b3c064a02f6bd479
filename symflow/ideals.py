r"""Ideals: radical, nilradical, Levi factor and direct summands.

Takes a Lie table, gives subspaces of it, each proved to be what it is called.

.. math:: \mathfrak{g} = \mathfrak{s} \ltimes \mathfrak{r}, \qquad
          \mathfrak{g} = \bigoplus_a \mathfrak{g}_a \oplus \mathbb{R}^k

Where a generic element is needed, integers are tried until the property that the proof
needs is found by exact arithmetic: chance decides the time, never the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sympy import Dummy, Poly
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.lie_table import LieTable, combination, trace
from symflow.linear_algebra import Echelon, Row, add_multiple, echelon, nullspace, solve
from symflow.modular_tables import modular_tables

__all__ = [
    "Summand",
    "characteristic_polynomial",
    "direct_summands",
    "generic_vectors",
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


def generic_vectors(space: Echelon, domain: Domain) -> Iterator[Row]:
    """Vectors of a subspace with coefficients that look random but are always the same.

    Arguments:
        space: The subspace.
        domain: The field.

    Returns:
        An endless iterator of sparse vectors, with coefficients of growing size.
    """
    state, bound = 2019, 3
    while True:
        drawn = {}
        for a in range(space.rank):
            state = (1103515245 * state + 12345) % 2**31
            drawn[a] = domain(1 + (state >> 8) % bound)
        yield combination(drawn, space.rows)
        bound *= 2


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
    if _has_local_centroid(table):
        polynomial = Poly.from_list([1, 0], Dummy("t"), domain=table.domain)
        return [Summand(table.whole, polynomial, ({},) * table.dimension)]
    endomorphisms = _centroid(table)
    traces = [
        {b: trace(left * right) for b, right in enumerate(endomorphisms)}
        for left in endomorphisms
    ]
    degree = echelon(traces, len(endomorphisms), table.domain).rank
    count = Echelon(tuple({a: table.domain.one} for a in range(len(endomorphisms))), ())
    for coefficients in _generic_coefficients(count, table.domain):
        generic = _matrix_sum(coefficients, endomorphisms)
        _, factors = characteristic_polynomial(generic).factor_list()
        if sum(factor.degree() for factor, _ in factors) == degree:
            return [_component(table, generic, *factor) for factor in factors]
    raise AssertionError  # the iterator has no end


def _has_local_centroid(table: LieTable) -> bool:
    r"""Whether the centroid is seen to be the numbers and nilpotent maps.

    Maps of :math:`\mathfrak{g} / [\mathfrak{g}, \mathfrak{g}]` into the centre are in the
    centroid, and nilpotent where the centre lies in the derived algebra. When they and
    the multiples of one are as many as there can be, they are all.
    """
    outside = table.dimension - table.derived.rank
    bound = next(modular_tables(table)).centroid_bound()
    return bound == 1 + outside * table.center.rank


def _generic_coefficients(count: Echelon, domain: Domain) -> Iterator[Row]:
    size = len(count.rows)
    return generic_vectors(Echelon(count.rows, tuple(range(size))), domain)


def _matrix_sum(coefficients: Row, matrices: Sequence[DomainMatrix]) -> DomainMatrix:
    total = matrices[0] * coefficients.get(0, matrices[0].domain.zero)
    for index, matrix in enumerate(matrices[1:], 1):
        total = total + matrix * coefficients.get(index, matrix.domain.zero)
    return total


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


def _centroid(table: LieTable) -> list[DomainMatrix]:
    r"""A basis of the linear maps F with F[x, y] = [x, F y].

    A few generic brackets bound the centroid from above; the bound is the centroid once
    all of it is seen to commute with every ad.
    """
    whole = table.whole
    source = generic_vectors(whole, table.domain)
    probes = [next(source), next(source)]
    blocks = table.brackets_between(whole.rows, whole.rows)
    adjoints = [table.matrix(rows, table.dimension).to_dense() for rows in blocks]
    found = _module_maps(table, probes)
    if all(f * a == a * f for f in found for a in adjoints):
        return found
    return _module_maps(table, list(whole.rows))


def _module_maps(table: LieTable, probes: list[Row]) -> list[DomainMatrix]:
    """The linear maps that commute with ad of each probe, as matrices on rows.

    With the words w in the probes as a basis, [p, w] = C w, and images u of the words, a
    combination of the images is such a map if it satisfies [p, u] = C u too.
    """
    adjoints = [table.adjoint_matrix(probe).to_dense() for probe in probes]
    words, images = _spin(table, adjoints)
    inverse = words.inv()
    conditions: dict[tuple[int, int, int], Row] = {}
    for p, adjoint in enumerate(adjoints):
        constants = words * adjoint * inverse
        for u, image in enumerate(images):
            defect = (image * adjoint - constants * image).to_sparse().rep
            for n, row in defect.items():
                for k, value in row.items():
                    conditions.setdefault((p, n, k), {})[u] = value
    kernel = nullspace(conditions.values(), len(images), table.domain)
    return [inverse * _matrix_sum(vector, images) for vector in kernel]


def _spin(
    table: LieTable, adjoints: list[DomainMatrix]
) -> tuple[DomainMatrix, list[DomainMatrix]]:
    """Words in the probes that form a basis, and what each unknown makes of them.

    A map that commutes with all ad x sends a seed s to the centraliser of s, because
    [F s, s] = F [s, s] = 0; a basis of those centralisers names the unknowns.
    """
    d = table.dimension
    seeds = [next(generic_vectors(table.whole, table.domain)), *table.whole.rows]
    words = table.matrix([], d).to_dense()
    images: list[DomainMatrix] = []
    for seed in seeds:
        if words.shape[0] == d:
            break
        start = words.shape[0]
        level = table.matrix([seed], d).to_dense()
        values = [
            table.matrix([v], d).to_dense() for v in table.centralizer([seed]).rows
        ]
        blank = table.matrix([{}] * start, d).to_dense()
        fresh = [blank for _ in values]
        while level.shape[0] and words.shape[0] < d:
            stacked = words.vstack(level)
            _, pivots = stacked.transpose().rref()
            old, every = words.shape[0], range(d)
            kept = [n - old for n in pivots if n >= old]
            level = level.extract(kept, every)
            values = [value.extract(kept, every) for value in values]
            words = words.vstack(level)
            fresh = [f.vstack(v) for f, v in zip(fresh, values, strict=True)]
            level = _moved(level, adjoints)
            values = [_moved(value, adjoints) for value in values]
        missing = table.matrix([{}] * (words.shape[0] - start), d).to_dense()
        images = [image.vstack(missing) for image in images] + fresh
    return words, images


def _moved(rows: DomainMatrix, adjoints: list[DomainMatrix]) -> DomainMatrix:
    first, *others = (rows * adjoint for adjoint in adjoints)
    return first.vstack(*others)
