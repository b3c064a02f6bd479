r"""Weights: those of a reductive Lie algebra of rational matrices, and its roots.

Takes the algebra, one of its elements, and a prime modulo which that has all its eigenvalues;
gives weights and positive roots as whole numbers, which are their values at coroots,

.. math:: h_\alpha = \frac{2 [e_\alpha, e_{-\alpha}]}{\alpha([e_\alpha, e_{-\alpha}])}

and at the centre, if that has dimension one. What is found modulo p lifts to the p-adic
numbers, by Hensel's lemma, and whole numbers smaller than p/2 are known by their residues.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import prod
from typing import Any

from sympy import GF, QQ, isprime
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import ring

from .facts import Facts, residue
from .verdicts import Evidence, Row, follow, need

__all__ = ["Label", "Matrices", "Split", "weights_and_roots"]

# Ratios of charges are known by their residues modulo a prime that is not small.
SMALLEST_PRIME, LARGEST_PRIME, LARGEST_CHARGE = 2**22, 2**62, 1_000

# A weight or a root, by its values.
Label = tuple[int, ...]


class Matrices:
    """The rational matrices that span an algebra, in reduced form.

    Each has a one at its own pivot and zeros at the others', so that the coordinates of an
    element are its entries there.
    """

    def __init__(self, facts: Facts, size: int, rows: Sequence[Row]) -> None:
        keys, zero = sorted({key for row in rows for key in row}), facts.domain.zero
        need(keys, "nothing moves")
        table = facts.table([[row.get(key, zero) for key in keys] for row in rows])
        reduced, pivots = table.rref()
        self.facts, self.size, self.pivots = facts, size, [keys[k] for k in pivots]
        self.rows: list[Row] = []
        for line in reduced.to_dense().to_list()[: len(pivots)]:
            named = zip(keys, map(facts.domain.to_sympy, line), strict=True)
            row = {key: c for key, c in named if c}
            rational = all(c.is_Rational for c in row.values())
            follow(rational, "the matrices are not rational in any basis")
            self.rows.append({key: QQ.from_sympy(c) for key, c in row.items()})
        self.basis = [_matrix(row, size, QQ) for row in self.rows]

    def coordinates(self, a: DomainMatrix) -> list[Any]:
        """The coordinates of an element."""
        entries = a.to_list()
        return [entries[i][j] for i, j in self.pivots]

    def moved(self, h: DomainMatrix, basis: Sequence[DomainMatrix]) -> DomainMatrix:
        """The matrix of x -> [h, x] in the basis, which may be taken modulo a prime."""
        self.facts.tick()
        return _columns([self.coordinates(h * x - x * h) for x in basis], h.domain)

    def cartan(self, h: DomainMatrix) -> list[DomainMatrix]:
        """What commutes with an element, if all of that commutes with each other."""
        found = [_sum(row, self.basis) for row in _kernel(self.moved(h, self.basis))]
        commute = all((a * b - b * a).is_zero_matrix for a, b in combinations(found, 2))
        need(commute, "what commutes with the element is no Cartan subalgebra")
        return found

    def centre(self, cartan: Sequence[DomainMatrix]) -> DomainMatrix:
        """The one element of a Cartan subalgebra that commutes with all."""
        moved = [
            [c for x in self.basis for line in (z * x - x * z).to_list() for c in line]
            for z in cartan
        ]
        kernel = _kernel(_columns(moved, QQ))
        need(len(kernel) == 1, "the centre has another dimension")
        return _sum(kernel[0], cartan)

    def modulo(self, prime: int) -> list[DomainMatrix]:
        """The basis modulo a prime at which the trace form does not degenerate."""
        F, number = GF(prime), len(self.rows)
        rows = [{key: residue(c, F) for key, c in r.items()} for r in self.rows]
        traces = [
            [
                sum((c * b[j, i] for (i, j), c in a.items() if (j, i) in b), F(0))
                for b in rows
            ]
            for a in rows
        ]
        whole = DomainMatrix(traces, (number, number), F).rank() == number
        need(whole, "the trace form degenerates: this is not seen to be reductive")
        return [_matrix(row, self.size, F) for row in rows]


class Split:
    """An algebra modulo a prime at which one of its elements has all its eigenvalues."""

    def __init__(self, known: Matrices, element: Sequence[int], prime: int) -> None:
        self.known, self.F, self.prime = known, GF(prime), prime
        self.cartan = known.cartan(_sum(list(map(QQ, element)), known.basis))
        self.basis = known.modulo(prime)
        h = _sum(list(map(self.F, element)), self.basis)
        self.roots: dict[Any, DomainMatrix] = {}
        for value, vectors in self.eigenspaces(known.moved(h, self.basis)).items():
            need(not value or len(vectors) == 1, "two roots fall together")
            if value:
                self.roots[value] = _sum(vectors[0], self.basis)
        whole = len(self.roots) + len(self.cartan) == len(self.basis)
        need(whole, "a root vanishes at the element")
        self.spaces = [_columns(v, self.F) for v in self.eigenspaces(h).values()]
        whole = sum(v.shape[1] for v in self.spaces) == known.size
        need(whole, "the element is not diagonal")

    def eigenspaces(self, a: DomainMatrix) -> dict[Any, list[list[Any]]]:
        """A basis of the eigenvectors of each eigenvalue, all of which must be residues."""
        self.known.facts.tick()
        t_ring, t = ring("t", self.F)
        powers = enumerate(reversed(a.charpoly()))
        f = sum((t**k * c for k, c in powers), t_ring(0))
        found = {}
        for g, _ in f.factor_list()[1]:
            need(g.degree() == 1, "an eigenvalue is no residue")
            value = -g.coeff(1) / g.LC
            one = DomainMatrix.eye(a.shape[0], self.F).to_dense()
            found[value] = _kernel(a - one * value)
        return found

    def coroots(self) -> list[DomainMatrix]:
        """As many coroots as are independent."""
        chosen: list[DomainMatrix] = []
        for value, e in self.roots.items():
            need(-value in self.roots, "a root has no opposite")
            t = e * self.roots[-value] - self.roots[-value] * e
            at = _ratio(t * e - e * t, e)
            need(at, "a root vanishes at its coroot")
            tried = [*chosen, t * (self.F(2) / at)]
            rows = (dict(enumerate(self.known.coordinates(x))) for x in tried)
            chosen = tried if self.known.facts.rank(rows) == len(tried) else chosen
        return chosen

    def whole(self, residue: Any) -> int:  # noqa: ANN401
        """The whole number of least size with this residue."""
        return (int(residue) + self.prime // 2) % self.prime - self.prime // 2

    def charges(self) -> list[int]:
        """Whole numbers q such that the centre has the eigenvalues q sqrt(d), exactly."""
        Z = self.known.centre(self.cartan)
        there = [residue(c, self.F) for c in self.known.coordinates(Z)]
        values = [_ratio(_sum(there, self.basis) * v, v) for v in self.spaces]
        unit = next((x for x in values if x), self.F(0))
        need(unit, "the centre moves nothing")
        tried = (
            [self.whole(x / unit * scale) for x in values]
            for scale in range(1, LARGEST_CHARGE)
        )
        charges = next((q for q in tried if max(map(abs, q)) <= LARGEST_CHARGE), None)
        if charges is None:
            follow(False, "the charges are no small numbers")
            return []
        squares, one = Z * Z, DomainMatrix.eye(Z.shape[0], QQ).to_dense()
        sizes = [v.shape[1] for v in self.spaces]
        trace = sum(line[i] for i, line in enumerate(squares.to_list()))
        d = trace / sum(q * q * n for q, n in zip(charges, sizes, strict=True))
        # No factor comes twice, so that the centre is diagonal as well.
        factors = [
            squares - one * (q * q * d) if q else Z for q in {*map(abs, charges)}
        ]
        need(
            prod(factors, start=one).is_zero_matrix, "the centre has other eigenvalues"
        )
        return charges


def weights_and_roots(
    facts: Facts, factor: Evidence, size: int, rows: Sequence[Row]
) -> tuple[list[Label], list[Label]]:
    """The weights on all vectors together, and the positive roots."""
    prime, element = factor["prime"], factor["element"]
    sized = type(prime) is int and SMALLEST_PRIME < prime < LARGEST_PRIME
    need(sized and isprime(prime), "there must be a prime number of middle size")
    need(all(type(c) is int for c in element), "the element has whole coordinates")
    split = Split(Matrices(facts, size, rows), element, prime)
    coroots = split.coroots()
    central = len(split.cartan) - len(coroots)
    follow(central < 2, "a centre of dimension over one is not followed")
    weights = [
        tuple(split.whole(_ratio(h * v, v)) for h in coroots) for v in split.spaces
    ]
    if central:
        pairs = zip(weights, split.charges(), strict=True)
        weights = [(*label, q) for label, q in pairs]
    positive = []
    for e in split.roots.values():
        label = tuple(split.whole(_ratio(h * e - e * h, e)) for h in coroots)
        need(any(label), "a root has no value")
        # The centre commutes with all, so that roots have no charge.
        positive += [label + (0,) * central] if label > (0,) * len(label) else []
    several = zip(weights, split.spaces, strict=True)
    return [label for label, v in several for _ in range(v.shape[1])], positive


def _matrix(row: Row, size: int, domain: Any) -> DomainMatrix:  # noqa: ANN401
    places, zero = range(size), domain.zero
    entries = [[row.get((i, j), zero) for j in places] for i in places]
    return DomainMatrix(entries, (size, size), domain)


def _sum(coefficients: Sequence[Any], matrices: Sequence[DomainMatrix]) -> DomainMatrix:
    parts = [x * c for c, x in zip(coefficients, matrices, strict=True)]
    return sum(parts[1:], parts[0])


def _columns(vectors: Sequence[Sequence[Any]], domain: Any) -> DomainMatrix:  # noqa: ANN401
    shape = len(vectors), len(vectors[0])
    return DomainMatrix(list(map(list, vectors)), shape, domain).transpose()


def _kernel(a: DomainMatrix) -> list[list[Any]]:
    return a.nullspace().to_dense().to_list()


def _ratio(a: DomainMatrix, e: DomainMatrix) -> Any:  # noqa: ANN401
    """The number c with a = c e."""
    lines = zip(a.to_list(), e.to_list(), strict=True)
    c = next(x / y for u, v in lines for x, y in zip(u, v, strict=True) if y)
    need((a - e * c).is_zero_matrix, "an eigenspace is not kept")
    return c
