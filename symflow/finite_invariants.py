r"""Finite invariants: the polynomials that a finite group leaves alone.

Takes a finite group of canonical maps, gives generators of its invariants degree by degree,
with their number by Molien's series as the certificate; or those among the invariants of a
Lie algebra that the group maps to itself.

.. math:: R f = \frac{1}{|G|} \sum_{M \in G} f \circ M, \qquad
    \sum_d t^d \dim K[z]^G_d = \frac{1}{|G|} \sum_{M \in G} \frac{1}{\det(1 - t M)}

The mean R is a projection onto the invariants, so means of monomials span them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from math import comb
from typing import Any

from sympy import Expr
from sympy.polys.rings import PolyElement, PolyRing

from symflow.arguments import check_positive
from symflow.canonical_maps import exact_numbers
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError, UnsupportedError
from symflow.finite_symmetries import FiniteGroup
from symflow.integral_ansatz import primitive_multiple
from symflow.invariants import Invariants
from symflow.linear_algebra import Row, Span, rank
from symflow.molien_series import MolienSeries, moved_variables
from symflow.notation import expression_latex, inline
from symflow.polynomials import total_degree
from symflow.terms import Monomial, monomials

__all__ = ["FiniteInvariants", "finite_invariants", "joint_invariants"]

# Beyond this many monomials of a degree a search without a degree stops.
_LARGEST_SEARCH = 3000


@dataclass(frozen=True)
class FiniteInvariants:
    r"""Polynomials that a finite group, and perhaps an algebra, leaves alone.

    .. math:: I \circ M = I, \qquad \{g_k, I\} = 0

    Arguments:
        group: The group.
        generators: Polynomials that no polynomial in the others is.
        degree: The degree up to which they generate all.
        counts: The number of linearly independent ones of each degree, from zero on.
        why: Why they generate those of every degree; empty if that is not known.
        given: The generators of the algebra that they commute with, by name.
        exact: Whether the algebra holds no float.
        proof: For an algebra, the evidence that they generate those of every degree.
    """

    group: FiniteGroup
    generators: tuple[Expr, ...]
    degree: int
    counts: tuple[int, ...]
    why: str
    given: Mapping[str, Expr] = field(default_factory=dict)
    exact: bool = True
    proof: Mapping[str, Any] = field(default_factory=dict)

    @property
    def generating(self) -> bool:
        """Whether they are proved to generate the invariants of every degree."""
        return bool(self.why)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is proved."""
        algebra = ", ".join(self.given)
        commuting = f" and commutes with {algebra}" if algebra else ""
        listed = [str(f) for f in self.generators]
        maps = [
            {s.name: str(image) for s, image in element.images.items()}
            for element in self.group.generators.values()
        ]
        given = {name: str(g) for name, g in self.given.items()}
        laws = {"maps": maps, "given": given}
        standing = Standing.PROVED if self.exact else Standing.MEASURED
        return (
            *(
                Claim(
                    "finite invariant",
                    f"{f} is the same at z and M z{commuting}",
                    standing,
                    "exact identity",
                    {"expression": f, **laws},
                )
                for f in listed
            ),
            Claim(
                "generating",
                "they generate all invariants"
                + ("" if self.generating else f" of degree at most {self.degree}"),
                standing,
                self.why or "as many products in each degree as there are invariants",
                {
                    "degree": self.degree,
                    "counts": list(self.counts),
                    "functions": listed,
                    "all": self.generating,
                    **laws,
                    **self.proof,
                },
            ),
        )

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.generators))
        return listed + ("" if self.generating else f"; up to degree {self.degree}")

    def _repr_latex_(self) -> str:
        return inline(r", \quad ".join(map(expression_latex, self.generators)))


def finite_invariants(
    group: FiniteGroup, degree: int | None = None
) -> FiniteInvariants:
    r"""The polynomial invariants of a finite group, degree by degree.

    .. math:: K[z]^G = \{f : f \circ M = f \; \forall M \in G\}

    Parameters that the group exchanges are variables of the polynomials as well.

    Arguments:
        group: The group.
        degree: The highest degree to search; by default until the invariants are proved
            to generate all, or the search becomes large.

    Returns:
        Generators. In every degree their products are counted against Molien's series.

    Raises:
        ArgumentError: If the degree is no positive integer.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = PhaseSpace("x")
        >>> found = finite_invariants(FiniteGroup(line, {"P": {"x": "-x"}}))
        >>> found.generators, found.generating
        ((x**2, p_x*x, p_x**2), True)

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 2.1; Derksen and Kemper,
        Computational Invariant Theory, section 3.8, for the end of the search.
    """
    if degree is not None:
        check_positive("degree", degree)
    search = _MeanSearch(group)
    series = MolienSeries.of(group)
    for step in count(1):
        search.extend(series.counts(step)[step])
        why = search.why_generating()
        if why or step == degree:
            break
        if degree is None and search.size_of(step + 1) > _LARGEST_SEARCH:
            break
    return FiniteInvariants(
        group,
        tuple(f.as_expr() for f in search.found),
        search.degree,
        series.counts(search.degree),
        why,
    )


class _MeanSearch:
    """Generators among the means of monomials."""

    def __init__(self, group: FiniteGroup) -> None:
        variables = moved_variables(group)
        images = [[m.image(a) for a in variables] for m in group.elements]
        entries = [image.coeff(b) for row in images for image in row for b in variables]
        domain, _ = exact_numbers(entries, "group")
        self.ring = PolyRing(variables, domain)
        self.order = group.order
        self._images = [[self.ring.from_expr(image) for image in row] for row in images]
        self.found: list[PolyElement] = []
        self.degree = 0

    def size_of(self, degree: int) -> int:
        return comb(self.ring.ngens + degree - 1, degree)

    def extend(self, dimension: int) -> None:
        """Search the next degree, of whose invariants the number is known."""
        self.degree += 1
        span = Span(self.ring.domain)
        rank_ = sum(map(span.insert, _products(self.found, self.degree)))
        chosen = monomials(self.ring.ngens, self.degree)
        while rank_ < dimension:
            mean = self._mean(next(chosen))
            if mean and span.insert(mean):
                self.found.append(primitive_multiple(mean))
                rank_ += 1

    def _mean(self, monomial: Monomial) -> PolyElement:
        total = self.ring.zero
        for images in self._images:
            term = self.ring.one
            for image, power in zip(images, monomial, strict=True):
                if power:
                    term *= image**power
            total += term
        return total

    def why_generating(self) -> str:
        """Why those found generate all invariants; empty if that is not shown.

        Means of multiples of invariants are multiples of them, so it is enough that every
        monomial of a degree lies in the ideal of those found (Hilbert).
        """
        if self.degree >= self.order:
            return "degrees up to the order of the group are enough (Noether)"
        size = self.size_of(self.degree)
        if size > _LARGEST_SEARCH:
            return ""
        place = {m: k for k, m in enumerate(monomials(self.ring.ngens, self.degree))}
        if rank(self._multiples(place), size, self.ring.domain) < size:
            return ""
        return f"every monomial of degree {self.degree} lies in their ideal (Hilbert)"

    def _multiples(self, place: Mapping[Monomial, int]) -> Iterator[Row]:
        for f in self.found:
            for monomial in monomials(self.ring.ngens, self.degree - total_degree(f)):
                yield {place[m]: value for m, value in f.mul_monom(monomial).items()}


def joint_invariants(
    invariants: Invariants, group: FiniteGroup, degree: int | None = None
) -> FiniteInvariants:
    r"""The invariants of a Lie algebra that a finite group leaves alone as well.

    .. math:: R : K[z]^{\mathfrak g} \to K[z]^{\mathfrak g \cup G}

    The group has to map the algebra to itself; then it maps invariants to invariants, and
    their means are all that both leave alone.

    Arguments:
        invariants: The invariants of the algebra.
        group: The group.
        degree: The highest degree; by default that up to which the invariants were
            sought.

    Returns:
        Generators up to that degree; of every degree where that is proved.

    Raises:
        ArgumentError: If the group does not map the algebra to itself, lives on another
            phase space, or if the invariants are of some coordinates only, or not known
            up to the degree.
        UnsupportedError: If the group moves parameters, or the algebra is not made of
            polynomials.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> mirror = FiniteGroup(plane, {"mirror": {"y": "-y"}})
        >>> joint_invariants(invariants(so2, 2), mirror).generators
        (x**2 + y**2, p_x**2 + p_y**2, p_x*x + p_y*y)

    Reference:
        Derksen and Kemper, Computational Invariant Theory, section 3.1.
    """
    if degree is not None:
        check_positive("degree", degree)
    if invariants.of:
        raise ArgumentError(
            "Argument `invariants` must be those of all coordinates, but they are "
            f"functions of {', '.join(map(str, invariants.of))} alone. Search them "
            "without `of`."
        )
    algebra, ring = invariants.algebra, invariants.algebra.ring
    algebra.require_polynomials()
    _check_normal(invariants, group)
    last = invariants.degree if degree is None else degree
    if last > invariants.degree and not invariants.generating:
        raise ArgumentError(
            f"Argument `degree` must be at most {invariants.degree}, up to which the "
            f"invariants are known to generate, but it is {degree}. Search them further: "
            f"invariants(algebra, {degree})."
        )
    given = [ring.polynomial(f) for f in invariants.generators]
    found: list[PolyElement] = []
    counts = [1]
    # Where a generator turns about another point than the origin, degrees mix.
    span = Span(ring.domain)
    for step in range(1, last + 1):
        number = sum(map(span.insert, _products(found, step)))
        for product in _products(given, step):
            mean = ring.polynomial(group.average(ring.expression(product)))
            if mean and span.insert(mean):
                found.append(primitive_multiple(mean))
                number += 1
        counts.append(number)
    listed = tuple(map(ring.expression, found))
    why, proof = "", {}
    if invariants.generating and (start := _ideal_degree(given, found, last)):
        end = start + max(map(total_degree, given), default=1) - 1
        why = (
            f"invariants of the algebra of degree {start} to {end} lie in their ideal "
            "(Hilbert)"
        )
        texts = list(map(str, invariants.generators))
        proof = {"invariants": texts, "from": start, **invariants.proofs[0].evidence}
    return FiniteInvariants(
        *(group, listed, last, tuple(counts), why, algebra.generators, algebra.exact),
        proof,
    )


def _ideal_degree(
    given: Sequence[PolyElement], found: Sequence[PolyElement], last: int
) -> int:
    """From which degree on all lie in the ideal of those found; zero if it is not shown.

    Let every invariant of the algebra of D degrees in a row lie in the ideal of those
    found, D the highest degree of a generator. Then so does every one of higher degree,
    and its mean is a combination of those found with means of lower degree (Hilbert).
    """
    highest = max(map(total_degree, given), default=1)
    degrees = [{sum(monomial) for monomial in f.monoms()} for f in given]
    if not found or any(len(several) > 1 for several in degrees):
        return 0
    run = 0
    for step in count(max(map(total_degree, found)) + 1):
        if step - run > last + 1 or not _is_small(given, step):
            return 0
        run = run + 1 if _lies_in_ideal(given, found, step) else 0
        if run == highest:
            return step - run + 1
    return 0


def _is_small(factors: Sequence[PolyElement], degree: int) -> bool:
    found = islice(_products(factors, degree), _LARGEST_SEARCH + 1)
    return sum(1 for _ in found) <= _LARGEST_SEARCH


def _lies_in_ideal(
    given: Sequence[PolyElement], found: Sequence[PolyElement], degree: int
) -> bool:
    span = Span(found[0].ring.domain)
    for f in found:
        rest = degree - total_degree(f)
        multiples = _products(given, rest) if rest else [f.ring.one]
        for h in multiples:
            span.insert(f * h)
    return not any(map(span.remainder, _products(given, degree)))


def _check_normal(invariants: Invariants, group: FiniteGroup) -> None:
    moved = [
        s for s in group.space.parameters if any(s in m.images for m in group.elements)
    ]
    if moved:
        raise UnsupportedError(
            "Argument `group` must leave parameters alone, but it moves "
            f"{', '.join(map(str, moved))}, which are numbers to the invariants of an "
            "algebra. Give the particles equal parameters."
        )
    action = group.action_on(invariants.algebra)
    for name, outside in action.outside.items():
        generator, rest = next(iter(outside.items()))
        raise ArgumentError(
            f"Argument `group` must map the algebra to itself, but {name} takes "
            f"{generator} out of it by {rest}. Add this to the algebra by `closure`, or "
            f"leave {name} out."
        )


def _products(
    factors: Sequence[PolyElement], degree: int, first: int = 0
) -> Iterator[PolyElement]:
    """The products of one or more factors that have a degree, each once."""
    for k in range(first, len(factors)):
        rest = degree - total_degree(factors[k])
        if rest == 0:
            yield factors[k]
        elif rest > 0:
            for product in _products(factors, rest, k):
                yield factors[k] * product
