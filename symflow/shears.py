r"""Shears: invariants of one nilpotent field on planes, such as free motion, all of them.

Takes vectors of two components that one nilpotent matrix moves, gives the form of each that
is at rest and the areas of pairs, which generate all invariants.

.. math:: \dot q_i = p_i, \; \dot p_i = 0: \qquad
    K[q, p]^{\mathfrak n} = K[\, p_i, \; q_i p_j - q_j p_i \,]

A shear is the subgroup of SL(2) that keeps one more vector of the plane, and an invariant of
it is one of SL(2) with that vector added. So the first fundamental theorem of SL(2) lists
them: the areas with the added vector are the forms at rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

from sympy import Symbol
from sympy.polys.domains.domain import Domain

from symflow.classical_actions import Vector
from symflow.factors import Factor, form_texts
from symflow.kinds import Cluster
from symflow.linear_algebra import Row
from symflow.linear_forms import (
    SparsePolynomial,
    degree_of,
    determinant,
    from_form,
    primitive,
)
from symflow.sparse_matrices import combined, matrix_product, matrix_rows

__all__ = ["ShearFactor", "shear_factor"]


class ShearFactor(Factor):
    """A nilpotent field on planes.

    Arguments:
        vectors: The vectors, two linear forms each.
        row: The combination of the components that is at rest.
        domain: The field of the coefficients.
        upto: The highest degree that is asked for; by default every one.

    Reference:
        Kraft and Procesi, Classical Invariant Theory, section 8.
    """

    def __init__(
        self,
        vectors: Sequence[Vector],
        row: Row,
        domain: Domain,
        upto: int | None = None,
    ) -> None:
        super().__init__(domain)
        self.vectors = tuple(vectors)
        self.row = row
        self._upto = upto

    @property
    def degree(self) -> int | None:
        """None unless areas are not asked for."""
        return 1 if self._upto == 1 and len(self.vectors) > 1 else None

    @cached_property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """The forms at rest, and the areas."""
        found = [from_form(combined(self.row, v)) for v in self.vectors]
        if self.degree is None:
            found += [
                determinant([[from_form(form) for form in v] for v in pair])
                for pair in combinations(self.vectors, 2)
            ]
        # Where the constant 1 is the form at rest, it says nothing.
        return tuple(primitive(f, self.domain) for f in found if degree_of(f))

    @property
    def reason(self) -> str:
        """The theorem, in words."""
        number = len(self.vectors)
        planes = "1 plane" if number == 1 else f"{number} planes"
        return f"first fundamental theorem of a shear of {planes}: forms at rest, areas"

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The vectors, and of each the form at rest."""
        rest = [combined(self.row, v) for v in self.vectors]
        return {
            "by": "shear",
            "vectors": [form_texts(v, z, self.domain) for v in self.vectors],
            "at rest": form_texts(rest, z, self.domain),
        }


def shear_factor(
    cluster: Cluster, domain: Domain, upto: int | None = None
) -> ShearFactor | None:
    """The factor of one nilpotent field on planes, if it is that.

    Arguments:
        cluster: The vectors, and the dimension of the factor.
        domain: The field of the coefficients.
        upto: The highest degree that is asked for; by default every one.

    Returns:
        The factor, or None if it is another one.

    Example:
        >>> from sympy import QQ
        >>> from symflow.kinds import Kind
        >>> one = QQ(1)
        >>> x, y = ({0: one}, {2: one}), ({1: one}, {3: one})
        >>> free = Cluster((Kind(2, ({(0, 1): one},), (x, y)),), 1)
        >>> *rest, area = shear_factor(free, QQ).polynomials
        >>> rest, area == {(0, 3): 1, (1, 2): -1}
        ([{(2,): 1}, {(3,): 1}], True)
    """
    if cluster.dimension != 1 or len(cluster.kinds) != 1 or cluster.kinds[0].size != 2:
        return None
    (kind,) = cluster.kinds
    N = next(a for a in kind.matrices if a)
    if matrix_product(N, N, domain):
        return None
    # The rows of N are multiples of the combination that N annihilates.
    row = next(row for row in matrix_rows(N, 2) if row)
    return ShearFactor(kind.vectors, row, domain, upto)
