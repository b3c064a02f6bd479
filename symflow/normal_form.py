r"""Normal form: one way to write an element of a ring with relations.

Takes polynomials that vanish, gives the remainder of any other modulo them.

.. math:: f = \sum_k h_k r_k + \mathrm{nf}(f), \qquad
    \mathrm{nf}(f) = 0 \iff f \in (r_1, r_2, \dots)

The relations are completed to a Groebner basis once; a monomial is reduced once and its
normal form remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import add, sub

from sympy import Dummy
from sympy.polys.groebnertools import groebner
from sympy.polys.orderings import grevlex
from sympy.polys.rings import PolyRing

from symflow.coefficient_field import CoefficientField
from symflow.terms import Monomial, Terms, accumulate

__all__ = ["NormalForm"]

# Beyond this many monomials the memory of normal forms begins anew.
_REMEMBERED = 200_000


class NormalForm:
    r"""Remainders modulo an ideal.

    .. math:: K[x] \to K[x] / (r_1, r_2, \dots)

    Arguments:
        relations: The polynomials that vanish.
        size: The number of variables.
        field: The field K.

    Example:
        >>> from sympy import QQ
        >>> circle = {(2, 0): QQ(1), (0, 2): QQ(1), (0, 0): QQ(-1)}
        >>> NormalForm([circle], 2, CoefficientField([], [])).reduce({(2, 1): QQ(1)})
        {(0, 3): -1, (0, 1): 1}

    Reference:
        Cox, Little and O'Shea, Ideals, Varieties, and Algorithms, chapter 2.
    """

    def __init__(
        self, relations: Iterable[Terms], size: int, field: CoefficientField
    ) -> None:
        self._rules: list[tuple[Monomial, Terms]] = []
        # None for a monomial that is its own normal form.
        self._known: dict[Monomial, Terms | None] = {}
        given = [relation for relation in relations if relation]
        if not given:
            return
        ring = PolyRing([Dummy() for _ in range(size)], field.domain, grevlex)
        basis = groebner([ring.from_dict(relation) for relation in given], ring)
        for element in basis:
            monic = element.monic()
            tail = {m: -c for m, c in monic.items() if m != monic.LM}
            self._rules.append((monic.LM, field.lowered(tail)))

    def reduce(self, polynomial: Terms) -> Terms:
        """The normal form of a polynomial.

        Arguments:
            polynomial: Its terms.

        Returns:
            The remainder; two polynomials are equal modulo the relations exactly when
            their normal forms are the same.
        """
        if not self._rules:
            return polynomial
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        total: Terms = {}
        for monomial, value in polynomial.items():
            form = self._form(monomial)
            if form is None:
                accumulate(total, ((monomial, value),))
            else:
                accumulate(total, ((m, value * c) for m, c in form.items()))
        return total

    def _form(self, monomial: Monomial) -> Terms | None:
        """The normal form of a monomial; None if it is its own."""
        if monomial in self._known:
            return self._known[monomial]
        form: Terms | None = None
        for leading, tail in self._rules:
            rest = tuple(map(sub, monomial, leading))
            if min(rest) >= 0:
                form = self.reduce(_shifted(tail, rest))
                break
        self._known[monomial] = form
        return form


def _shifted(polynomial: Terms, shift: Monomial) -> Terms:
    return {tuple(map(add, shift, m)): value for m, value in polynomial.items()}
