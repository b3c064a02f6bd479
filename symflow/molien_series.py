r"""Molien series: how many invariants of each degree a finite group has.

Takes a finite group of linear maps, gives the number of linearly independent polynomials of
each degree that it leaves alone, before any of them is known.

.. math:: \sum_d t^d \dim K[z]^G_d = \frac{1}{|G|} \sum_{M \in G} \frac{1}{\det(1 - t M)}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from sympy import Expr, Symbol, factor
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix

from symflow.canonical_maps import exact_numbers
from symflow.finite_symmetries import FiniteGroup
from symflow.notebook_views import NotebookView, Rows

__all__ = ["MolienSeries", "moved_variables"]

Element: TypeAlias = Any


@dataclass(frozen=True)
class MolienSeries(NotebookView):
    r"""How many invariants of each degree a finite group of matrices has.

    .. math:: \Phi(t) = \frac{1}{|G|} \sum_{M \in G} \frac{1}{\det(1 - t M)}

    Arguments:
        domain: The field of the matrices.
        order: The number of elements of the group.
        determinants: For each conjugacy class its size, and the coefficients of
            det(1 - tM) by powers of t.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = PhaseSpace("x")
        >>> parity = MolienSeries.of(FiniteGroup(line, {"P": {"x": "-x"}}))
        >>> parity.counts(4), parity.expression
        ((1, 0, 3, 0, 5), (t**2 + 1)/((t - 1)**2*(t + 1)**2))

    Reference:
        Sturmfels, Algorithms in Invariant Theory, theorem 2.2.1.
    """

    domain: Domain
    order: int
    determinants: tuple[tuple[int, tuple[Element, ...]], ...]

    @classmethod
    def of(cls, group: FiniteGroup) -> MolienSeries:
        """The series of a group, on z and on the parameters that it moves.

        Arguments:
            group: The group.

        Returns:
            The series.
        """
        variables = moved_variables(group)
        classes = group.conjugacy_classes
        size = len(variables)
        entries = [
            image.coeff(b)
            for members in classes
            for image in map(members[0].image, variables)
            for b in variables
        ]
        domain, elements = exact_numbers(entries, "group")
        found = []
        for number, members in enumerate(classes):
            flat = elements[number * size**2 : (number + 1) * size**2]
            rows = [flat[k : k + size] for k in range(0, size**2, size)]
            matrix = DomainMatrix(rows, (size, size), domain)
            found.append((len(members), tuple(matrix.charpoly())))
        return cls(domain, group.order, tuple(found))

    def _notebook_rows(self) -> Rows:
        yield "elements of the group", self.order
        yield "series", self.expression
        yield "invariants of degree 0, 1, ...", self.counts(7)

    def counts(self, degree: int) -> tuple[int, ...]:
        """The number of linearly independent invariants of each degree.

        Arguments:
            degree: The highest degree.

        Returns:
            The numbers, from degree zero on.
        """
        total = [self.domain.zero] * (degree + 1)
        for number, determinant in self.determinants:
            inverse: list[Element] = []
            for d in range(degree + 1):
                value = self.domain.one if d == 0 else self.domain.zero
                for k in range(1, min(d, len(determinant) - 1) + 1):
                    value -= determinant[k] * inverse[d - k]
                inverse.append(value)
            total = [a + number * b for a, b in zip(total, inverse, strict=True)]
        order = self.domain(self.order)
        return tuple(int(self.domain.to_sympy(value / order)) for value in total)

    @property
    def expression(self) -> Expr:
        """The series as a rational function of t, in factors."""
        field = self.domain.frac_field(Symbol("t"))
        (t,) = field.gens
        total = field.zero
        for number, determinant in self.determinants:
            terms = (field(c) * t**k for k, c in enumerate(determinant))
            total += field(number) / sum(terms, field.zero)
        return factor(field.to_sympy(total / field(self.order)))


def moved_variables(group: FiniteGroup) -> tuple[Symbol, ...]:
    """The variables of a group's invariants.

    Arguments:
        group: The group.

    Returns:
        The coordinates of phase space, and the parameters that the group moves.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = PhaseSpace("q1 q2", parameters="m1 m2 k")
        >>> images = {"q1": "q2", "q2": "q1", "m1": "m2", "m2": "m1"}
        >>> moved_variables(FiniteGroup(line, {"swap": images}))
        (q1, q2, p_q1, p_q2, m1, m2)
    """
    moved = {s for element in group.generators.values() for s in element.images}
    return (*group.space.z, *(s for s in group.space.parameters if s in moved))
