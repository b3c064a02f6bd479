r"""Searched factors: invariants by a graded search, with a proof by the Hilbert series.

Takes a factor that no theorem covers, searches its invariants degree by degree, compares
with the dimensions that the weights ask for, and proves that those found generate all,
where they are free or have one relation.

.. math:: H(t) \prod_i (1 - t^{d_i}) = 1 \quad \text{or} \quad 1 - t^e

The series of the algebra that the invariants found generate is at most that of all
invariants, so the two agree as soon as it is no less in any degree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import comb
from typing import Any

from sympy import QQ, Symbol
from sympy.polys.domains.domain import Domain

from symflow.factors import Factor, form_texts
from symflow.hilbert_series import (
    HilbertSeries,
    hilbert_series,
    invariant_dimensions,
)
from symflow.jacobians import gradient_rank, orbit_dimension
from symflow.kinds import Cluster
from symflow.linear_forms import SparsePolynomial, degree_of, primitive, substitute
from symflow.multigraded import MultigradedSearch
from symflow.separating_points import (
    IntegerPolynomial,
    SeparatingPoints,
    independent_rows,
)
from symflow.weights import weight_system

__all__ = ["SearchedFactor"]

# Without a degree from the user the search goes to degree four, and on while invariants
# are missing and a degree has no more monomials than this. A semisimple algebra has as many
# independent ones that are polynomials as there are, others need not.
_USUAL_DEGREE = 4
_USUAL_LAST_DEGREE = 6
_LAST_DEGREE = 16
_ANSATZ_LIMIT = 20_000

# Beyond degree four a search without weights stops at so many monomials in one vector, which
# nothing parts into blocks.
_DENSE_LIMIT = 1_000

# For the sake of a proof it goes on to the degrees in which generators are missing.
_PROOF_LIMIT = 60_000

_PRIME = 2**31 - 1


class SearchedFactor(Factor):
    """A factor whose invariants are searched, and proved to generate if possible.

    Arguments:
        cluster: The vectors, with rational matrices, and the factor's dimension.
        domain: The field of the coefficients of the vectors.
        upto: The highest degree to search. By default four, and on while independent
            invariants are missing or a proof asks for it, and the search stays small.

    Raises:
        ArithmeticError: If the search and the weights disagree, which exact arithmetic
            excludes.
    """

    def __init__(
        self, cluster: Cluster, domain: Domain = QQ, upto: int | None = None
    ) -> None:
        super().__init__(domain)
        self.cluster = cluster
        self._forms = [form for kind in cluster.kinds for form in kind.forms]
        self.independent = len(self._forms) - orbit_dimension(cluster.kinds)
        self._search = MultigradedSearch(cluster.kinds)
        self._proof: str | None = None
        self.dimensions: tuple[int, ...] = ()
        self._weights = weight_system(cluster)
        self._go(upto)
        if self._weights is None:
            return
        series = hilbert_series(self._weights, self.independent)
        if series is not None:
            self._proof = self._prove(series, extend=upto is None)
        self.dimensions = tuple(
            invariant_dimensions(self._weights, self._search.degree)
        )
        self._compare()

    @cached_property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """The invariants that no polynomial in lower ones makes."""
        domain = self.domain
        found = (substitute(f, self._forms, domain) for f in self._search.found)
        # Where the constant 1 is a component, it is a generator that says nothing.
        return tuple(primitive(f, domain) for f in found if degree_of(f))

    @property
    def degree(self) -> int | None:
        """None if those found are proved to generate all."""
        return self._search.degree if self._proof is None else None

    @property
    def reason(self) -> str:
        """The proof, or what was searched, in words."""
        if self._proof is not None:
            return f"Hilbert series: {self._proof}"
        words = "kernel of exact linear algebra in every degree"
        return f"{words}, as large as the weights say" if self.dimensions else words

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The vectors, and what their weights are found by; or the degree of the search."""
        vectors = (v for kind in self.cluster.kinds for v in kind.vectors)
        found: dict[str, Any] = {
            "vectors": [form_texts(v, z, self.domain) for v in vectors]
        }
        if self._weights is not None:
            found["element"] = list(self._weights.element)
            found["prime"] = self._weights.prime
        if self._proof is not None:
            return {"by": "Hilbert series"} | found
        known = {"degree": self._search.degree, "dimensions": list(self.dimensions)}
        return {"by": "search"} | known | found

    def _go(self, upto: int | None) -> None:
        """Search every degree, until there are as many independent ones as can be."""
        if upto is not None:
            self._search.up_to(upto)
            return
        last = _USUAL_LAST_DEGREE if self._weights is None else _LAST_DEGREE
        largest = max(kind.size for kind in self.cluster.kinds)
        for step in range(1, last + 1):
            if step > 1 and self._monomials(step) > _ANSATZ_LIMIT:
                return
            dense = self._weights is None and step > _USUAL_DEGREE
            if dense and comb(largest + step - 1, step) > _DENSE_LIMIT:
                return
            self._search.up_to(step)
            if step >= _USUAL_DEGREE and self._rank() == self.independent:
                return

    def _monomials(self, degree: int) -> int:
        return comb(len(self._forms) + degree - 1, degree)

    def _rank(self) -> int:
        return gradient_rank(self._search.found, len(self._forms))

    def _prove(self, series: HilbertSeries, extend: bool) -> str | None:
        """Why those found generate all, if they are free or have one relation."""
        while True:
            degrees = [sum(next(iter(f))) for f in self._search.found]
            rest = series.times(degrees)
            if rest is None:
                return None
            if rest == (1,) and self._rank() == len(degrees):
                return "the generators are free, and as many as the weights say"
            places = [k for k, x in enumerate(rest) if x]
            if len(places) == 2 and rest[places[1]] == -1:
                top = places[1]
                if self._rank() == len(degrees) - 1 and self._free_below(top, degrees):
                    return (
                        f"one relation, of degree {top}, and otherwise as many as the "
                        "weights say"
                    )
            upto = self._search.degree
            missing = [k for k in places if k > upto and rest[k] > 0]
            if not extend or not missing or missing[0] > _LAST_DEGREE:
                return None
            if self._monomials(missing[0]) > _PROOF_LIMIT:
                return None
            self._search.up_to(missing[0])

    def _free_below(self, top: int, degrees: Sequence[int]) -> bool:
        """Whether products of generators are independent in every degree below one.

        Up to the degree of the search the series says so.
        """
        found = [IntegerPolynomial(f) for f in self._search.found]
        points = SeparatingPoints(len(self._forms))
        for d in range(self._search.degree + 1, top):
            chosen = list(_multisets(degrees, d))
            if not chosen:
                continue
            points.at_least(len(chosen) + 4)
            rows = [points.residues([found[k] for k in c], _PRIME) for c in chosen]
            if independent_rows(rows, _PRIME)[1] < len(chosen):
                return False
        return True

    def _compare(self) -> None:
        for d, dimension in enumerate(self.dimensions[1:], start=1):
            if self._search.dimension(d) != dimension:
                raise ArithmeticError(
                    f"In degree {d} the weights ask for {dimension} invariants, but "
                    f"the search found {self._search.dimension(d)}."
                )


def _multisets(degrees: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """The multisets of generators with a total degree."""

    def extend(first: int, left: int) -> Iterator[tuple[int, ...]]:
        if not left:
            yield ()
        for k in range(first, len(degrees)):
            if degrees[k] <= left:
                for rest in extend(k, left - degrees[k]):
                    yield (k, *rest)

    return extend(0, total)
