r"""Darboux polynomials: functions that every generator multiplies.

Takes a Lie algebra of phase-space functions, gives its relative invariants up to a degree,
each with its multipliers, which physicists call weights or cofactors.

.. math:: \{f, g_k\} = \lambda_k f

Their zero sets are mapped to themselves. A product of them is invariant where the
multipliers add up to zero, and every rational invariant is a quotient of such products.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sympy import Expr
from sympy.polys.domains.domain import Domain

from symflow.algebra import LieAlgebra, check_algebra
from symflow.arguments import check_positive
from symflow.claims import Claim, Standing
from symflow.linear_algebra import Span, echelon
from symflow.notation import expression_latex, inline
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.relative_invariants import RelativeInvariant, relative_invariant
from symflow.shifted_functions import ShiftedFunction, shifted_functions
from symflow.stable_functions import StableFunctions, stable_functions
from symflow.terms import Monomial, Terms, accumulate, multiples
from symflow.weight_vectors import WeightVectors

__all__ = [
    "DarbouxPolynomials",
    "DarbouxSearch",
    "darboux_polynomials",
    "weight_vectors",
]


def weight_vectors(algebra: LieAlgebra, extended: bool = False) -> WeightVectors:
    """The search for functions that an algebra multiplies by numbers.

    Arguments:
        algebra: The algebra.
        extended: Whether weights may be roots of quadratic equations, complex ones too.

    Returns:
        The search, at degree zero.
    """
    ring, domain = algebra.ring, algebra.ring.domain
    elements = dict(zip(algebra.generators, algebra.polynomials, strict=True))
    series = algebra.derived_series
    derived: list[Terms] = []
    for vector in series[min(1, len(series) - 1)].basis:
        total: Terms = {}
        for name, value in vector.items():
            scaled = multiples(domain.from_sympy(value), elements[name])
            accumulate(total, scaled.items())
        derived.append(total)
    annihilators = _reduced(derived, domain)
    span = Span(domain)
    for d in annihilators:
        span.insert(d)
    multipliers = _reduced(map(span.remainder, algebra.polynomials), domain)
    return WeightVectors(ring, annihilators, multipliers, extended)


def _reduced(functions: Iterable[Terms], domain: Domain) -> list[Terms]:
    """The functions in reduced echelon form, which is short in whatever basis."""
    place: dict[Monomial, int] = {}
    rows = [
        {place.setdefault(m, len(place)): value for m, value in f.items()}
        for f in functions
    ]
    names = list(place)
    form = echelon(rows, len(place), domain)
    return [{names[k]: value for k, value in row.items()} for row in form.rows]


class DarbouxSearch:
    """The search for relative invariants, degree by degree.

    Multipliers that are numbers are found by linear algebra, all of them. Where a field
    of a generator is not affine there may be multipliers that are functions; then the
    coordinates and the factors of the generators are tried as well.

    Arguments:
        algebra: The algebra.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> search = DarbouxSearch(LieAlgebra(PhaseSpace("x"), {"g": "x**2*p_x"}))
        >>> search.up_to(1)
        >>> [search.expression(f.multipliers[0]) for f in search.found]
        [x, -2*x]
    """

    def __init__(self, algebra: LieAlgebra) -> None:
        self.algebra = algebra
        self.found: list[RelativeInvariant] = []
        self.weights = weight_vectors(algebra)
        self._ring: PhasePolynomials = algebra.ring
        slopes = map(self._ring.slopes, algebra.polynomials)
        self._velocities = list(map(self._ring.velocity, slopes))
        if self.tries_functions:
            self._try_factors()

    @property
    def tries_functions(self) -> bool:
        """Whether multipliers that are functions are possible, and a few are tried."""
        return self._ring.is_polynomial and not self.affine

    @property
    def affine(self) -> bool:
        """Whether all fields are affine, so that all multipliers are numbers."""
        return self._ring.is_polynomial and all(
            sum(monomial) <= 1
            for velocity in self._velocities
            for terms in velocity.values()
            for monomial in terms
        )

    @property
    def diagonal(self) -> bool:
        """Whether as many linear functions as coordinates are multiplied.

        Then every function that is multiplied is a sum of products of these.
        """
        linear = sum(f.degree == 1 for f in self.found)
        return self.affine and linear >= self.algebra.space.dimension

    @property
    def degree(self) -> int:
        """The degree up to which multipliers that are numbers were searched."""
        return self.weights.degree

    def expression(self, terms: Terms) -> Expr:
        """A function as a SymPy expression.

        Arguments:
            terms: Its terms.

        Returns:
            The expression.
        """
        return self._ring.expression(terms)

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree in coordinates and kernels.
        """
        start = len(self.weights.found)
        self.weights.up_to(degree)
        for f in self.weights.found[start:]:
            self._keep(f.terms, f.degree)

    def shifted(self) -> list[ShiftedFunction]:
        """The shifted functions with numerators of the degree reached.

        Returns:
            Quotients by the relative invariants that were found, and by one.
        """
        numerators = self.weights.functions(self.degree)
        return shifted_functions(self._ring, self._velocities, self.found, numerators)

    def stable(self) -> StableFunctions:
        """The functions that the algebra carries into combinations of each other.

        Returns:
            The largest space of them up to the degree reached.
        """
        functions = self.weights.functions(self.degree)
        return stable_functions(self._ring, self.weights.velocities, functions)

    def _keep(self, terms: Terms, degree: int) -> None:
        """Add a function with its multipliers, if it has them."""
        if any(terms == other.terms for other in self.found):
            return
        found = relative_invariant(self._ring, terms, self._velocities, degree)
        if found is not None:
            self.found.append(found)

    def _try_factors(self) -> None:
        """Try the coordinates and the irreducible factors of the generators."""
        candidates = list(self._ring.variables)
        for g in self.algebra.polynomials:
            if total_degree(g):
                candidates += [factor for factor, _ in g.factor_list()[1]]
        for candidate in candidates:
            self._keep(dict(candidate), total_degree(candidate))


class DarbouxPolynomials:
    r"""Relative invariants of an algebra.

    .. math:: \{f, g_k\} = \lambda_k f

    Arguments:
        search: The search that found them.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> weights = LieAlgebra(space, {"D": "2*x*p_x + 3*y*p_y"})
        >>> found = darboux_polynomials(weights, 1)
        >>> for f, multipliers in zip(found.generators, found.multipliers):
        ...     print(f, multipliers["D"])
        x 2
        p_x -2
        y 3
        p_y -3
    """

    def __init__(self, search: DarbouxSearch) -> None:
        self.algebra = search.algebra
        self.degree = search.degree
        #: Whether those listed generate all of their degree with multipliers in the field.
        self.complete = search.affine
        #: The relative invariants, none a combination of products of others.
        self.generators = tuple(search.expression(f.terms) for f in search.found)
        #: Their multipliers by name of the generator.
        self.multipliers: tuple[Mapping[str, Expr], ...] = tuple(
            dict(zip(self.algebra.generators, row, strict=True))
            for row in (map(search.expression, f.multipliers) for f in search.found)
        )
        self._tries_functions = search.tries_functions
        #: Polynomials whose roots are multipliers outside the field of coefficients.
        self.left_out = tuple(f.as_expr() for f in search.weights.left_out)

    @property
    def certificate(self) -> tuple[Claim, ...]:
        """What is proved about them, claim by claim."""
        return (*self._identities(), self._reach())

    def _identities(self) -> Iterator[Claim]:
        exact = self.algebra.exact
        for f, multipliers in zip(self.generators, self.multipliers, strict=True):
            listed = "; ".join(
                f"{{f, {name}}} = ({value})*f" for name, value in multipliers.items()
            )
            yield Claim(
                "relative invariant",
                f"f = {f}: {listed}",
                Standing.PROVED if exact else Standing.MEASURED,
                "exact identity" if exact else "identity of inexact coefficients",
                {"expression": str(f)}
                | {"multipliers": {k: str(v) for k, v in multipliers.items()}},
            )

    def _reach(self) -> Claim:
        known = Standing.PROVED if self.algebra.exact else Standing.MEASURED
        why = "joint eigenvectors by exact linear algebra; fields are affine, so all "
        why += "multipliers are numbers"
        if not self.complete:
            tried = (
                "tried on few candidates only" if self._tries_functions else "left out"
            )
            why = f"multipliers that are functions were {tried}"
        return Claim(
            "relative invariants generate",
            f"every relative invariant of degree at most {self.degree} with multipliers "
            "in the field of coefficients is a combination of products of those listed",
            known if self.complete else Standing.NOT_KNOWN,
            why,
            {
                "degree": self.degree,
                "functions": list(map(str, self.generators)),
                "left_out": list(map(str, self.left_out)),
            },
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> DarbouxPolynomials:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def _repr_latex_(self) -> str:
        listed = (
            rf"f_{{{k}}} = {expression_latex(f)} \;"
            rf"({', '.join(map(expression_latex, multipliers.values()))})"
            for k, (f, multipliers) in enumerate(
                zip(self.generators, self.multipliers, strict=True), start=1
            )
        )
        return inline(r", \quad ".join(listed) or r"f = \mathrm{const}")

    def __repr__(self) -> str:
        listed = ", ".join(map(str, self.generators))
        return f"DarbouxPolynomials({listed}; degree at most {self.degree})"


def darboux_polynomials(algebra: LieAlgebra, degree: int) -> DarbouxPolynomials:
    r"""The relative invariants of an algebra up to a degree.

    .. math:: \{f, g_k\} = \lambda_k f

    Arguments:
        algebra: The algebra.
        degree: The highest total degree in coordinates and kernels.

    Returns:
        Functions of which the others are made by products and by sums of those with
        equal multipliers. A multiplier is a number in the field of coefficients; where
        a field is not affine, functions are tried as multipliers as well.

    Raises:
        ArgumentError: If the algebra is none, or the degree not a positive integer.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> boost = LieAlgebra(PhaseSpace("x t"), {"B": "x*p_t + t*p_x"})
        >>> darboux_polynomials(boost, 1).generators
        (t + x, -p_t + p_x, -t + x, p_t + p_x)

    Reference:
        Goriely, Integrability and Nonintegrability of Dynamical Systems, section 2.5.
    """
    check_algebra(algebra)
    check_positive("degree", degree)
    search = DarbouxSearch(algebra)
    search.up_to(degree)
    return DarbouxPolynomials(search)
