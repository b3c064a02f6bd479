r"""Constituents: the vectors of linear forms that an algebra of affine fields moves.

Takes affine fields, gives what they do in coordinates of their own: translations are divided
out, the origin is moved to a point at rest, and the linear forms fall into vectors that move
by the same matrices. Where no point is at rest, the constant 1 is a component as well, and an
affine action is linear in one dimension more.

.. math:: \{z, g_k\} = A_k z + b_k, \qquad \{y^{(a)}, g_k\} = \alpha_k \, y^{(a)}

The functions that translations leave alone are functions of the linear forms that do, and
on these the other fields act again. So this loses no invariant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from sympy.polys.domains.domain import Domain

from symflow.intertwiners import intertwiner
from symflow.jordan_parts import jordan_parts
from symflow.kinds import Cluster, Kind
from symflow.linear_algebra import (
    Row,
    Span,
    add_multiple,
    echelon,
    rank,
    solve,
)
from symflow.linear_forms import CONSTANT, Form
from symflow.sparse_matrices import Matrix, combined, matrix_product, matrix_rows
from symflow.submodules import LARGEST_VECTOR, restricted, submodules

__all__ = ["AffineField", "Constituents"]

# The forms of one vector, and the matrix and constants by which each field moves them.
Moved = tuple[tuple[Form, ...], list[tuple[Matrix, Row]]]


@dataclass(frozen=True)
class AffineField:
    r"""The field :math:`\dot z = A z + b` of a function.

    Arguments:
        matrix: The rows of A that are not zero, by number.
        shift: The entries of b that are not zero.
    """

    matrix: Mapping[int, Row]
    shift: Row


class Constituents:
    r"""What affine fields do to linear forms.

    .. math:: K[z]^{\mathfrak g} = K[\text{fixed forms}] \otimes
        \bigotimes_{\text{clusters}} K[y]^{\mathfrak g}

    Arguments:
        fields: The fields, by the numbers of the variables that they move.
        places: The places of these variables in z.
        domain: The field K of the coefficients.

    Example:
        >>> from sympy import QQ
        >>> one = QQ(1)
        >>> turn = AffineField({0: {1: -one}, 1: {0: one}}, {})
        >>> push = AffineField({}, {2: one})
        >>> found = Constituents([turn, push], range(4), QQ)
        >>> found.fixed, [kind.size for kind in found.kinds]
        ([{3: 1}], [2])

    Reference:
        Goodman and Wallach, Symmetry, Representations and Invariants, section 4.1.
    """

    def __init__(
        self, fields: Sequence[AffineField], places: Sequence[int], domain: Domain
    ) -> None:
        self.domain = domain
        forms: list[Form] = [{j: domain.one} for j in places]
        fields, translations = _independent(fields, domain)
        # What translates the forms that translations leave alone is divided out as well.
        while translations:
            kept = _untranslated(translations, len(forms), domain)
            fields = [_acting(field, kept) for field in fields]
            forms = [combined(row, forms) for row in kept.values()]
            fields, translations = _independent(fields, domain)
        self.dimension = len(fields)
        found = [
            (tuple(forms[i] for i in part), _local(fields, part))
            for part in _connected(len(forms), fields)
        ]
        self.kinds, self.fixed = _kinds(_linear(found, domain), domain)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The kinds, grouped by the factors of the algebra that move them."""
        return _clusters(self.kinds, self.domain)

    def split(self, cluster: Cluster) -> tuple[tuple[Cluster, ...], list[Form]]:
        """A cluster whose vectors are sums of smaller ones, where that is found out.

        Fields that commute are replaced by their semisimple and nilpotent parts, which
        annihilate the same polynomials and may act on fewer vectors each.

        Arguments:
            cluster: The cluster.

        Returns:
            Clusters of smaller vectors, and linear forms that nothing moves.
        """
        pieces: list[Moved] = []
        for kind in _parted(cluster.kinds, self.domain):
            for rows in submodules(kind.matrices, kind.size, self.domain):
                local: list[tuple[Matrix, Row]] = [
                    (restricted(a, rows, self.domain), {}) for a in kind.matrices
                ]
                pieces += [
                    (tuple(combined(row, vector) for row in rows), local)
                    for vector in kind.vectors
                ]
        kinds, fixed = _kinds(pieces, self.domain)
        return _clusters(kinds, self.domain), fixed


def _parted(kinds: Sequence[Kind], domain: Domain) -> Sequence[Kind]:
    """The kinds under the Jordan parts of fields that commute; else as they are."""
    for kind in kinds:
        for a, b in combinations(kind.matrices, 2):
            if matrix_product(a, b, domain) != matrix_product(b, a, domain):
                return kinds
    return [
        Kind(
            kind.size,
            tuple(
                part
                for a in kind.matrices
                for part in jordan_parts(a, kind.size, domain)
            ),
            kind.vectors,
        )
        for kind in kinds
    ]


def _independent(
    fields: Sequence[AffineField], domain: Domain
) -> tuple[list[AffineField], list[Row]]:
    """Fields with independent matrices, and the shifts of pure translations."""
    span, kept = Span(domain), []
    shifts: list[Row] = []
    for field in fields:
        entries = {(i, j): x for i, row in field.matrix.items() for j, x in row.items()}
        coordinates, remainder = span.split(entries)
        if remainder:
            span.insert(entries)
            kept.append(field)
            continue
        shift = dict(field.shift)
        for k, x in coordinates.items():
            add_multiple(shift, -x, kept[k].shift)
        if shift:
            shifts.append(shift)
    return kept, shifts


def _untranslated(
    translations: Sequence[Row], size: int, domain: Domain
) -> dict[int, Row]:
    """Linear forms that no translation changes, by a column that each has alone."""
    reduced = echelon(translations, size, domain)
    held = set(reduced.pivots)
    forms: dict[int, Row] = {j: {j: domain.one} for j in range(size) if j not in held}
    for pivot, row in zip(reduced.pivots, reduced.rows, strict=True):
        for j, x in row.items():
            if j != pivot:
                forms[j][pivot] = -x
    return forms


def _acting(field: AffineField, forms: Mapping[int, Row]) -> AffineField:
    """What a field does to forms that it does not leave, numbered in their order."""
    place = {column: k for k, column in enumerate(forms)}
    rows: dict[int, Row] = {}
    constants: Row = {}
    for k, form in enumerate(forms.values()):
        image: Row = {}
        for i, x in form.items():
            add_multiple(image, x, field.matrix.get(i, {}))
            if i in field.shift:
                add_multiple(constants, x, {k: field.shift[i]})
        row = {place[j]: x for j, x in image.items() if j in place}
        if row:
            rows[k] = row
    return AffineField(rows, constants)


def _linear(found: Iterable[Moved], domain: Domain) -> list[Moved]:
    """Vectors that move without constants, with 1 as a component where they must."""
    linear: list[Moved] = []
    restless: list[Moved] = []
    for vector, local in found:
        point = _rest(local, len(vector), domain)
        if point is None:
            restless.append((vector, local))
            continue
        moved = (
            {**form, CONSTANT: c} if c else form
            for form, c in zip(vector, point, strict=True)
        )
        linear.append((tuple(moved), [(matrix, {}) for matrix, _ in local]))
    if not restless:
        return linear
    forms = [form for vector, _ in restless for form in vector]
    joint: list[Matrix] = [{} for _ in restless[0][1]]
    start = 0
    for vector, local in restless:
        for whole, (matrix, constants) in zip(joint, local, strict=True):
            whole |= {(start + i, start + j): x for (i, j), x in matrix.items()}
            whole |= {(start + i, len(forms)): x for i, x in constants.items()}
        start += len(vector)
    vector = (*forms, {CONSTANT: domain.one})
    return [*linear, (vector, [(matrix, {}) for matrix in joint])]


def _rest(
    local: Sequence[tuple[Matrix, Row]], size: int, domain: Domain
) -> list[Any] | None:
    """The constants c, a_k c = b_k, that put the origin at a point at rest."""
    columns: list[Row] = [{} for _ in range(size)]
    target: Row = {}
    for k, (matrix, constants) in enumerate(local):
        for (i, j), x in matrix.items():
            columns[j][k * size + i] = x
        for i, x in constants.items():
            target[k * size + i] = x
    return solve(columns, target, domain) if target else [domain.zero] * size


def _kinds(found: Iterable[Moved], domain: Domain) -> tuple[list[Kind], list[Form]]:
    """Vectors that move alike, in one basis each, and forms that nothing moves."""
    fixed: list[Form] = []
    alike: dict[Any, list[tuple[Form, ...]]] = {}
    for vector, local in found:
        matrices = [matrix for matrix, _ in local]
        if len(vector) == 1 and not any(matrices):
            if vector[0].keys() != {CONSTANT}:
                fixed.append(vector[0])
            continue
        key = (len(vector), *(frozenset(m.items()) for m in matrices))
        alike.setdefault(key, []).append(vector)
    kinds: list[Kind] = []
    for (size, *matrices), vectors in alike.items():
        kind = Kind(size, tuple(map(dict, matrices)), tuple(vectors))
        for place, other in enumerate(kinds):
            if other.size != size or size > LARGEST_VECTOR:
                continue
            T = intertwiner(other.matrices, kind.matrices, size, domain)
            if T is not None:
                rows = matrix_rows(T, size)
                turned = tuple(
                    tuple(combined(row, vector) for row in rows) for vector in vectors
                )
                kinds[place] = Kind(size, other.matrices, other.vectors + turned)
                break
        else:
            kinds.append(kind)
    return kinds, fixed


def _local(
    fields: Sequence[AffineField], part: Sequence[int]
) -> list[tuple[Matrix, Row]]:
    """The matrix and the constants of each field on some of the forms."""
    place = {k: i for i, k in enumerate(part)}
    return [
        (
            {
                (place[k], place[j]): x
                for k in part
                for j, x in field.matrix.get(k, {}).items()
            },
            {place[k]: field.shift[k] for k in part if k in field.shift},
        )
        for field in fields
    ]


def _connected(size: int, fields: Sequence[AffineField]) -> list[list[int]]:
    """The forms in groups that the fields do not leave."""
    parent = list(range(size))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for field in fields:
        for k, row in field.matrix.items():
            for j in row:
                parent[root(j)] = root(k)
    groups: dict[int, list[int]] = {}
    for k in range(size):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _clusters(kinds: Sequence[Kind], domain: Domain) -> tuple[Cluster, ...]:
    """Kinds in groups such that the algebra is the product of its images on them."""
    groups: list[list[int]] = [[k] for k in range(len(kinds))]

    def image(group: Iterable[int]) -> int:
        number = len(kinds[0].matrices)
        keys: dict[Any, int] = {}
        rows = [
            {
                keys.setdefault((c, e), len(keys)): x
                for c in group
                for e, x in kinds[c].matrices[k].items()
            }
            for k in range(number)
        ]
        return rank(rows, len(keys), domain)

    if not kinds:
        return ()
    dimension = image(range(len(kinds)))
    sizes = [image(group) for group in groups]
    while sum(sizes) > dimension:
        for a, b in combinations(range(len(groups)), 2):
            joint = image([*groups[a], *groups[b]])
            if joint < sizes[a] + sizes[b]:
                groups[a] += groups.pop(b)
                sizes[a] = joint
                sizes.pop(b)
                break
        else:
            break
    if sum(sizes) != dimension:
        groups, sizes = [list(range(len(kinds)))], [dimension]
    return tuple(
        Cluster(tuple(kinds[k] for k in sorted(group)), size)
        for group, size in zip(groups, sizes, strict=True)
    )
