r"""Canonical bases: the basis of an algebra that its span of functions fixes.

Takes the structure constants in the echelon basis of a span of functions and that basis in
terms of the generators, gives subspaces in the basis that the user declared.

.. math:: e_a = \sum_i S_{ai} \, g_i, \qquad
    \sum_a x_a e_a = \sum_i \Big(\sum_a x_a S_{ai}\Big) g_i

What an algebra is does not depend on its basis, but the time to find out does: where a
parameter stands in every constant of the declared basis, the echelon basis mostly has
integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy.polys.domains.domain import Domain

from symflow.lie_table import LieTable, combination
from symflow.linear_algebra import Echelon, Row, echelon

__all__ = ["CanonicalBasis"]


@dataclass(frozen=True)
class CanonicalBasis:
    """An algebra in a basis that depends on its span alone.

    Arguments:
        table: The structure constants in this basis.
        vectors: Its elements in terms of the declared basis.
        domain: The field of their coefficients.

    Example:
        >>> from sympy import QQ
        >>> scaled = CanonicalBasis(
        ...     LieTable(2, {(0, 1): {1: QQ(1)}}, QQ), [{0: QQ(1)}, {1: QQ(1, 5)}], QQ)
        >>> line = scaled.table.product(scaled.table.whole, scaled.table.whole)
        >>> scaled.declared(line).rows
        ({1: 1},)
    """

    table: LieTable
    vectors: Sequence[Row]
    domain: Domain

    def over(self, domain: Domain) -> CanonicalBasis:
        """The same basis with constants in a larger field, over which ideals may split.

        Arguments:
            domain: The field, which holds that of the table.

        Returns:
            The basis with its table over that field.
        """
        own = self.table.domain
        brackets = {
            pair: {k: domain.convert_from(x, own) for k, x in row.items()}
            for pair, row in self.table.brackets.items()
        }
        table = LieTable(self.table.dimension, brackets, domain)
        return CanonicalBasis(table, self.vectors, self.domain)

    def declared(self, space: Echelon) -> Echelon:
        """A subspace in terms of the declared basis.

        Arguments:
            space: The subspace in terms of the canonical basis.

        Returns:
            Its reduced echelon form, over the field of the table: what is defined over
            that field there is so here, though the vectors of the basis may not be.
        """
        here, own = self.domain, self.table.domain
        rows = (
            combination(
                {a: here.convert_from(x, own) for a, x in row.items()}, self.vectors
            )
            for row in space.rows
        )
        form = echelon(rows, self.table.dimension, here)
        lowered = tuple(
            {k: own.from_sympy(here.to_sympy(x)) for k, x in row.items()}
            for row in form.rows
        )
        return Echelon(lowered, form.pivots)
