r"""Ansatz: all polynomials of a degree, split by what the generators conserve.

Takes the Hamiltonian fields of the generators, gives the polynomial invariants that no
product of lower ones makes, degree by degree.

.. math:: \{g_k, \textstyle\sum_\alpha c_\alpha z^\alpha\} = 0 \quad \text{for all } k

Every weight that the generators conserve (the degree in each vector, say) grades the
problem, and the weights themselves are a kernel: w . s = 0 for every shift s by which a
term of a generator's field moves the exponents. In each block the invariants are a kernel
of exact linear algebra.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd, lcm

from sympy import QQ
from sympy.polys.rings import PolyElement

from symflow.linear_algebra import Row, echelon, nullspace
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.terms import Monomial, monomials

__all__ = ["GradedAnsatz"]

Weight = tuple[int, ...]


class GradedAnsatz:
    r"""The search for invariants, with the products of those it has found.

    .. math:: K[z]_d^G / (\text{products of invariants of lower degree})

    Arguments:
        ring: The ring of functions.
        generators: The generators of the algebra in canonical form.
        places: The places of the coordinates to use, which the generators must carry into
            functions of themselves; by default all.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> L = space.read("x*p_y - y*p_x")
        >>> ring = PhasePolynomials(space, [L])
        >>> ansatz = GradedAnsatz(ring, [ring.polynomial(L)])
        >>> ansatz.up_to(2)
        >>> len(ansatz.found)
        4

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 4.6.
    """

    def __init__(
        self,
        ring: PhasePolynomials,
        generators: Sequence[PolyElement],
        places: Sequence[int] | None = None,
    ) -> None:
        self.ring = ring
        self.size = ring.space.dimension
        self.places = range(self.size) if places is None else places
        self.fields = _reduced(ring, list(map(self._confined, generators)))
        self.weights = _conserved_weights(self.fields, self.size)
        self.homogeneous = all(
            sum(shift) == 0 for shift in _shifts(self.fields, self.size)
        )
        self.found: list[PolyElement] = []
        self.degree = 0
        self._products: list[list[tuple[int, PolyElement]]] = [
            [(0, self.ring.ring.one)]
        ]

    @property
    def trivial(self) -> bool:
        """Whether nothing moves, so that the coordinates themselves are invariant."""
        return not self.fields

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree in (q, p).
        """
        for step in range(self.degree + 1, degree + 1):
            self._extend(step)
            self.degree = step

    def _confined(self, g: PolyElement) -> list[PolyElement]:
        """The field of a function on the coordinates in use, zero on the others."""
        zero = self.ring.ring.zero
        components = enumerate(self.ring.field_of(g))
        return [f if k in self.places else zero for k, f in components]

    def _extend(self, degree: int) -> None:
        products = list(self._products_of(degree))
        spanned: dict[Weight, list[PolyElement]] = {}
        lower = (
            products
            if self.homogeneous
            else [*(pair for level in self._products for pair in level), *products]
        )
        for _, product in lower:
            spanned.setdefault(self._weight(product.LM), []).append(product)
        new: list[PolyElement] = []
        for weight, block in self._blocks(degree).items():
            new += self._new_in_block(block, spanned.get(weight, []))
        start = len(self.found)
        self.found += new
        products += [(start + k, f) for k, f in enumerate(new)]
        self._products.append(products)

    def _products_of(self, degree: int) -> Iterator[tuple[int, PolyElement]]:
        """Products of at least two generators, each multiset once, by its last index."""
        for first, factor in enumerate(self.found):
            rest = degree - total_degree(factor)
            if rest > 0:
                for last, product in self._products[rest]:
                    if last >= first:
                        yield first, factor * product

    def _blocks(self, degree: int) -> dict[Weight, list[Monomial]]:
        blocks: dict[Weight, list[Monomial]] = {}
        lowest = degree if self.homogeneous else 0
        for step in range(lowest, degree + 1):
            for powers in monomials(len(self.places), step):
                exponents = [0] * self.size
                for place, power in zip(self.places, powers, strict=True):
                    exponents[place] = power
                monomial = tuple(exponents)
                blocks.setdefault(self._weight(monomial), []).append(monomial)
        return blocks

    def _weight(self, monomial: Monomial) -> Weight:
        return tuple(
            sum(w * e for w, e in zip(weight, monomial, strict=True))
            for weight in self.weights
        )

    def _new_in_block(
        self, block: list[Monomial], products: list[PolyElement]
    ) -> list[PolyElement]:
        kernel = nullspace(
            _action(self.ring, self.fields, block), len(block), self.ring.domain
        )
        if not kernel:
            return []
        place = {monomial: k for k, monomial in enumerate(block)}
        spanned = echelon(
            ({place[m]: c for m, c in f.terms()} for f in products),
            len(block),
            self.ring.domain,
        )
        if spanned.rank == len(kernel):
            return []
        rest = echelon(
            (spanned.reduce(vector) for vector in kernel), len(block), self.ring.domain
        )
        polynomials = (
            self.ring.ring.from_dict({block[k]: value for k, value in row.items()})
            for row in rest.rows
        )
        return [_primitive(f) for f in polynomials]


def _reduced(
    ring: PhasePolynomials, fields: Sequence[Sequence[PolyElement]]
) -> list[list[PolyElement]]:
    """A basis of the fields in reduced echelon form, as sparse as it gets.

    In it the basis in which an algebra was given leaves no trace, and most weights show.
    """
    order = sorted(
        {(i, m) for field in fields for i, f in enumerate(field) for m in f.monoms()}
    )
    place = {key: k for k, key in enumerate(order)}
    rows = (
        {place[i, m]: c for i, f in enumerate(field) for m, c in f.terms()}
        for field in fields
    )
    found = []
    for row in echelon(rows, len(order), ring.domain).rows:
        terms: list[dict[Monomial, object]] = [{} for _ in fields[0]]
        for k, c in row.items():
            i, m = order[k]
            terms[i][m] = c
        found.append([ring.ring.from_dict(t) for t in terms])
    return found


def _conserved_weights(
    fields: Sequence[Sequence[PolyElement]], size: int
) -> list[Weight]:
    """Integer weights w with w . shift = 0 for every term of every generator's field."""
    shifts = {shift for shift in _shifts(fields, size) if any(shift)}
    rows = [{k: QQ(e) for k, e in enumerate(shift) if e} for shift in shifts]
    weights = []
    for row in nullspace(rows, size, QQ):
        scale = lcm(*(int(value.denominator) for value in row.values()))
        weights.append(
            tuple(
                int(row[k].numerator) * (scale // int(row[k].denominator))
                if k in row
                else 0
                for k in range(size)
            )
        )
    return weights


def _shifts(
    fields: Sequence[Sequence[PolyElement]], size: int
) -> Iterator[tuple[int, ...]]:
    """How each term z^a d/dz_i of each field moves the exponents of a monomial."""
    for field in fields:
        for i, component in enumerate(field):
            for monomial in component.monoms():
                yield tuple(monomial[k] - (1 if k == i else 0) for k in range(size))


def _action(
    ring: PhasePolynomials,
    fields: Sequence[Sequence[PolyElement]],
    block: Sequence[Monomial],
) -> list[Row]:
    """The rows of I -> ({I, g_1}, {I, g_2}, ...) on the span of the block."""
    rows: dict[tuple[int, Monomial], Row] = {}
    terms = [
        (number, i, list(component.terms()))
        for number, field in enumerate(fields)
        for i, component in enumerate(field)
        if component
    ]
    for column, monomial in enumerate(block):
        for number, i, component in terms:
            power = monomial[i]
            if not power:
                continue
            for exponents, coefficient in component:
                target = tuple(
                    a + b - (1 if k == i else 0)
                    for k, (a, b) in enumerate(zip(monomial, exponents, strict=True))
                )
                row = rows.setdefault((number, target), {})
                row[column] = row.get(column, ring.domain.zero) + power * coefficient
    return list(rows.values())


def _primitive(f: PolyElement) -> PolyElement:
    """The multiple with coprime integer coefficients and a positive first one."""
    if f.ring.domain is not QQ:
        return f
    coefficients = [c for _, c in f.terms()]
    scale = lcm(*(int(c.denominator) for c in coefficients))
    common = gcd(
        *(int(c.numerator) * (scale // int(c.denominator)) for c in coefficients)
    )
    sign = -1 if f.LC < 0 else 1
    return f * QQ(sign * scale, common)
