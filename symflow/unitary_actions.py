r"""Unitary actions: U and SU on real vectors, with the complex structure found.

Takes vectors that move under U or SU, a form and a complex structure that the group keeps,
gives Hermitian products and complex determinants, which generate all other invariants.

.. math:: K[v_1, \dots, v_m]^{U(k)} = K[\, v_a^T S v_b, \; v_a^T S B v_b \,], \qquad
    B^2 = -c
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement
from math import comb
from typing import Any

from sympy.polys.domains.domain import Domain

from symflow.classical_actions import ClassicalAction, Entry
from symflow.linear_algebra import Row, rank
from symflow.linear_forms import SparsePolynomial, bilinear, determinant, from_form
from symflow.sparse_matrices import Matrix, combined, matrix_product, matrix_rows
from symflow.terms import accumulate

__all__ = ["UnitaryAction", "complex_rows"]

# The place of the root theta of -c, before all variables of a monomial.
_THETA = -2


@dataclass(frozen=True)
class UnitaryAction(ClassicalAction):
    r"""U(p,q) or SU(p,q): Hermitian products, and for SU complex determinants.

    .. math:: v_a^T S v_b, \quad v_a^T S B v_b, \qquad \det(\xi_{a_1}, \dots, \xi_{a_k}),
        \quad \xi = (r B + \theta r) v, \quad \theta^2 = -c

    Arguments:
        form: The symmetric matrix S that is kept.
        structure: The matrix B with :math:`B^2 = -c` that commutes.
        square: The number c.
        special: Whether the group is SU(p,q).
    """

    form: Matrix = field(default_factory=dict)
    structure: Matrix = field(default_factory=dict)
    square: Any = None
    special: bool = False

    @property
    def kept(self) -> dict[str, Matrix]:
        """The form and the complex structure."""
        return {"form": self.form, "structure": self.structure}

    @property
    def family(self) -> str:
        """The family U or SU."""
        return "SU" if self.special else "U"

    @property
    def tensors(self) -> str:
        """What the entries are, in words."""
        products = "Hermitian products"
        return f"{products}, complex determinants" if self.special else products

    @property
    def volume_degree(self) -> int:
        """The number of complex components."""
        return self.size // 2

    @property
    def count(self) -> int:
        """The number of entries."""
        m = len(self.vectors)
        return m * m + self.special * 2 * comb(m, self.size // 2)

    def products(self) -> Iterator[Entry]:
        """The real and the imaginary parts of the Hermitian products."""
        m = range(len(self.vectors))
        for pair in combinations_with_replacement(m, 2):
            yield Entry("product", pair)
        for pair in combinations(m, 2):
            yield Entry("twisted product", pair)

    def volumes(self) -> Iterator[Entry]:
        """The real and the imaginary parts of the complex determinants."""
        if not self.special:
            return
        for places in combinations(range(len(self.vectors)), self.size // 2):
            yield Entry("real part", places)
            yield Entry("imaginary part", places)

    def value(self, entry: Entry) -> SparsePolynomial:
        """An entry as a polynomial in z, up to a factor."""
        if entry.kind in ("real part", "imaginary part"):
            return self._part(entry.places, odd=entry.kind == "imaginary part")
        left, right = (self.vectors[a] for a in entry.places)
        twisted = entry.kind == "twisted product"
        product_ = matrix_product(self.form, self.structure, self.domain)
        return bilinear(left, product_ if twisted else self.form, right)

    def _part(self, places: Sequence[int], odd: bool) -> SparsePolynomial:
        """The part of a complex determinant with even or odd powers of theta."""
        rows = complex_rows(self.structure, self.size, self.domain)
        matrix = []
        for a in places:
            v = self.vectors[a]
            line = []
            for row, image in rows:
                imaginary = from_form(combined(row, v))
                line.append(
                    from_form(combined(image, v))
                    | {(_THETA, *m): x for m, x in imaginary.items()}
                )
            matrix.append(line)
        powers = ((m.count(_THETA), m, x) for m, x in determinant(matrix).items())
        return accumulate(
            {},
            (
                (m[power:], x * (-self.square) ** (power // 2))
                for power, m, x in powers
                if power % 2 == odd
            ),
        )


def complex_rows(B: Matrix, size: int, domain: Domain) -> list[tuple[Row, Row]]:
    """Rows r and r B that together span all rows, where B has no eigenvalue.

    Arguments:
        B: A matrix whose square is a number.
        size: Its size.
        domain: The field of its entries.

    Returns:
        Half as many pairs as the size; fewer if B has an eigenvalue in the field.
    """
    chosen: list[tuple[Row, Row]] = []
    spanned: list[Row] = []
    images = matrix_rows(B, size)
    for i in range(size):
        row: Row = {i: domain.one}
        if rank([*spanned, row, images[i]], size, domain) == len(spanned) + 2:
            spanned += [row, images[i]]
            chosen.append((row, images[i]))
    return chosen
