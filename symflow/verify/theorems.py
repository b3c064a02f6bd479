r"""Theorems: the first fundamental theorems of the classical groups.

Takes the vectors on which a factor of the algebra acts, gives the invariants that generate
all others. A group is known by the tensors that it keeps and by its dimension.

.. math:: A^T S + S A = 0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, combinations_with_replacement, pairwise
from typing import Any

from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from .determinants import determinant
from .facts import Facts
from .series import as_many_as_weights_say, as_many_up_to_a_degree, orbit_rank
from .tori import torus
from .verdicts import Block, Evidence, Row, need

__all__: list[str] = []


def _fixed(facts: Facts, factor: Evidence, block: Block, span: list[Row]) -> Any:  # noqa: ANN401
    need(not any(span), "a fixed form moves")
    return [v[0] for v in block]


def _open(facts: Facts, factor: Evidence, block: Block, span: list[Row]) -> Any:  # noqa: ANN401
    """Where the fields span all directions at a point, nothing is left alone."""
    rank = orbit_rank(facts, block, span)
    need(rank == sum(map(len, block)), "generic orbits are not open")
    return []


def _shear_of_planes(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """One nilpotent field on planes: the forms at rest and the areas of pairs."""
    a = _matrices(facts, block, span)
    nilpotent = len(block[0]) == 2 and all((m * m).is_zero_matrix for m in a)
    need(nilpotent and facts.rank(span) == 1, "it is no shear of planes")
    # The rows of a nilpotent matrix are multiples of the form at rest.
    row = next(r for m in a for r in m.to_dense().to_list() if any(r))
    yield from (v[0] * row[0] + v[1] * row[1] for v in block)
    for few in combinations(block, 2):
        yield from determinant(facts, [[{0: f} for f in v] for v in few], {}).values()


def _matrices(facts: Facts, block: Block, span: list[Row]) -> list[DomainMatrix]:
    places, zero = range(len(block[0])), facts.domain.zero
    need(all(len(v) == len(places) for v in block), "the vectors differ in size")
    return [
        facts.table([[row.get((0, i, j), zero) for j in places] for i in places])
        for row in span
    ]


def _classical(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> Iterator[PolyElement]:
    """A classical group, known by the tensors that it keeps and by its dimension."""
    vectors, duals = block[: len(factor["vectors"])], block[len(factor["vectors"]) :]
    size, family, a = len(block[0]), factor["family"], _matrices(facts, block, span)
    half, special = size // 2, family in ("SL", "SU")
    dimension = {"SO": size * (size - 1) // 2, "Sp": size * (size + 1) // 2}
    dimension |= {"GL": size**2, "SL": size**2 - 1, "U": half**2, "SU": half**2 - 1}
    whole = facts.rank(span) == dimension[family]
    need(
        whole and (not duals or family in ("GL", "SL")),
        f"the span is not all of {family}",
    )
    one = facts.table(
        [[facts.domain(int(i == j)) for j in range(size)] for i in range(size)]
    )
    S = one
    if family in ("SO", "Sp", "U", "SU"):
        S, sign = facts.matrix(factor["form"], size, size), -1 if family == "Sp" else 1
        need(S.rank() == size, "the form is degenerate")
        need((S.transpose() - S * sign).is_zero_matrix, "the form has no symmetry")
        kept = all((m.transpose() * S + S * m).is_zero_matrix for m in a)
        need(kept, "the form is not kept")
        yield from _values(facts, S, combinations_with_replacement(vectors, 2))
    else:
        traces = [m.to_dense().to_list() for m in a]
        traceless = not any(sum(t[i][i] for i in range(size)) for t in traces)
        need(traceless or not special, "a trace is not zero")
        yield from _values(facts, one, ((v, w) for v in vectors for w in duals))
    if family in ("U", "SU"):
        B = facts.matrix(factor["structure"], size, size)
        c = (B * B).to_dense().to_list()[0][0]
        need(c and (B * B - one * c).is_zero_matrix, "the structure has no square")
        need(
            all((m * B - B * m).is_zero_matrix for m in a), "the structure is not kept"
        )
        twisted = S * B
        turned = (twisted + twisted.transpose()).is_zero_matrix
        need(turned, "the structure does not keep the form")
        yield from _values(facts, twisted, combinations(vectors, 2))
        if special:
            yield from _complex_volumes(facts, vectors, B, c)
    name = _group(facts, family, size, S)
    need(factor["group"] == name, f"the group is {name}")
    for some in (vectors, duals) if family in ("SO", "SL") else ():
        for few in combinations(some, size):
            yield from determinant(
                facts, [[{0: f} for f in v] for v in few], {}
            ).values()


def _values(
    facts: Facts, S: DomainMatrix, pairs: Iterable[Sequence[Sequence[PolyElement]]]
) -> Iterator[PolyElement]:
    """The products v S w."""
    table = [
        (i, j, c) for i, r in enumerate(S.to_dense().to_list()) for j, c in enumerate(r)
    ]
    for v, w in pairs:
        yield sum((v[i] * w[j] * c for i, j, c in table if c), facts.ring.zero)


def _complex_volumes(
    facts: Facts,
    vectors: Block,
    B: DomainMatrix,
    c: Any,  # noqa: ANN401
) -> Iterator[PolyElement]:
    """The parts of the determinants of complex components (r B + theta r) v."""
    lines, half = B.to_dense().to_list(), B.shape[0] // 2
    chosen: list[int] = []
    for i in range(2 * half):
        rows: list[Row] = [{k: facts.domain.one} for k in (*chosen, i)]
        rows += [dict(enumerate(lines[k])) for k in (*chosen, i)]
        chosen += [i] if facts.rank(rows) == len(rows) else []
    need(len(chosen) == half, "the structure has real eigenvalues")
    for few in combinations(vectors, half):
        xi = []
        for v in few:
            turned = [[f * x for f, x in zip(v, lines[i], strict=True)] for i in chosen]
            parts = zip(chosen, turned, strict=True)
            xi.append([{0: sum(t, facts.ring.zero), 1: v[i]} for i, t in parts])
        yield from determinant(facts, xi, {1: c}).values()


def _group(facts: Facts, family: str, size: int, S: DomainMatrix) -> str:
    """The name of the group, by the signs of the form, which Descartes counts."""
    if family in ("GL", "SL", "Sp"):
        return f"{family}({size},R)"
    number, convert = size if family == "SO" else size // 2, facts.domain.to_sympy
    signs = [convert(c).is_positive for c in S.charpoly() if c]
    if None in signs:
        return f"a real form of {family}({number})"
    plus = sum(x is not y for x, y in pairwise(signs)) * number // size
    signed = f"{plus},{number - plus}" if 0 < plus < number else f"{number}"
    return f"{family}({signed})"


THEOREMS: dict[str, Callable[..., Iterable[PolyElement]]] = {
    "fixed": _fixed,
    "open orbit": _open,
    "first fundamental theorem": _classical,
    "shear": _shear_of_planes,
    "torus": torus,
    "Hilbert series": as_many_as_weights_say,
    "search": as_many_up_to_a_degree,
}
