r"""Centroid: the linear maps of a Lie algebra that commute with every bracket.

Takes a Lie table, gives a basis of its centroid, or the proof modulo a prime that it is
as small as can be.

.. math:: F[x, y] = [x, F y]

Its idempotents cut the algebra into direct summands. That of a simple algebra is the field
over which it is absolutely simple.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy.polys.matrices import DomainMatrix

from symflow.lie_table import LieTable
from symflow.linear_algebra import Row, echelon, generic_vectors, nullspace
from symflow.modular_tables import modular_tables

__all__ = ["centroid", "has_local_centroid", "matrix_sum"]


def centroid(table: LieTable) -> list[DomainMatrix]:
    r"""The reduced basis of the linear maps F with F[x, y] = [x, F y].

    A few generic brackets bound the centroid from above; the bound is the centroid once
    all of it is seen to commute with every ad. With parameters or algebraic numbers, of
    which every product is costly, the brackets with the basis are taken as they are.

    Arguments:
        table: The Lie algebra.

    Returns:
        Matrices with the images of the basis in their rows.
    """
    whole, d = table.whole, table.dimension
    if not table.domain.is_QQ:
        return _reduced(_module_maps(table, whole.rows, whole.rows), table)
    source = generic_vectors(whole, table.domain)
    probes = [next(source), next(source)]
    blocks = table.brackets_between(whole.rows, whole.rows)
    adjoints = [table.matrix(rows, d).to_dense() for rows in blocks]
    seeds = [probes[0], *whole.rows]
    found = _module_maps(table, probes, seeds)
    if not all(f * a == a * f for f in found for a in adjoints):
        found = _module_maps(table, whole.rows, seeds)
    return _reduced(found, table)


def _reduced(maps: Sequence[DomainMatrix], table: LieTable) -> list[DomainMatrix]:
    """The same space of maps in its reduced basis, whose numbers are short."""
    d = table.dimension
    flat = [{k: v for k, v in enumerate(m.to_list_flat()) if v} for m in maps]
    result = []
    for vector in echelon(flat, d * d, table.domain).rows:
        rows: list[Row] = [{} for _ in range(d)]
        for index, value in vector.items():
            rows[index // d][index % d] = value
        result.append(table.matrix(rows, d).to_dense())
    return result


def _module_maps(
    table: LieTable, probes: Sequence[Row], seeds: Sequence[Row]
) -> list[DomainMatrix]:
    """The linear maps that commute with ad of each probe, as matrices on rows.

    With the words w in the probes as a basis, [p, w] = C w, and images u of the words, a
    combination of the images is such a map if it satisfies [p, u] = C u too.
    """
    adjoints = [table.adjoint_matrix(probe).to_dense() for probe in probes]
    words, images = _spin(table, adjoints, seeds)
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
    return [inverse * matrix_sum(vector, images) for vector in kernel]


def _spin(
    table: LieTable, adjoints: list[DomainMatrix], seeds: Sequence[Row]
) -> tuple[DomainMatrix, list[DomainMatrix]]:
    """Words in the probes that form a basis, and what each unknown makes of them.

    A map that commutes with all ad x sends a seed s to the centraliser of s, because
    [F s, s] = F [s, s] = 0; a basis of those centralisers names the unknowns.
    """
    d = table.dimension
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


def has_local_centroid(table: LieTable) -> bool:
    r"""Whether the centroid is seen to be the numbers and nilpotent maps.

    Maps of :math:`\mathfrak{g} / [\mathfrak{g}, \mathfrak{g}]` into the centre are in the
    centroid, and nilpotent where the centre lies in the derived algebra. When they and
    the multiples of one are as many as there can be, they are all.

    Arguments:
        table: A Lie algebra whose centre lies in its derived algebra.

    Returns:
        Whether it is seen; then the algebra has no direct summands, over any field.
    """
    outside = table.dimension - table.derived.rank
    bound = next(modular_tables(table)).centroid_bound()
    return bound == 1 + outside * table.center.rank


def matrix_sum(coefficients: Row, matrices: Sequence[DomainMatrix]) -> DomainMatrix:
    r"""A linear combination of matrices.

    .. math:: \sum_k a_k M_k

    Arguments:
        coefficients: The elements :math:`a_k` by index.
        matrices: The matrices :math:`M_k`, at least one.

    Returns:
        The sum.
    """
    total = matrices[0] * coefficients.get(0, matrices[0].domain.zero)
    for index, matrix in enumerate(matrices[1:], 1):
        total = total + matrix * coefficients.get(index, matrix.domain.zero)
    return total
