r"""Integral ansatz: the linear equations that constants of motion satisfy.

Takes fields on phase space and functions known to be constant along them, gives the other
constants up to a degree that no polynomial in lower ones makes.

.. math:: \dot I = \sum_\alpha c_\alpha \, \dot{(z^{\alpha'} \kappa^{\alpha''})} = 0

Unknowns are the coefficients of all monomials in normal form, so the equations are linear
and exact. Monomials of high degree in the momenta are eliminated first: what is left of an
integral then shows its kinetic part in few terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import gcd, lcm

import networkx as nx
from sympy import QQ
from sympy.polys.rings import PolyElement

from symflow.linear_algebra import Row, add_multiple, echelon
from symflow.number_pivots import parametric_nullspace
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.terms import Monomial, Terms

__all__ = ["IntegralAnsatz", "primitive_multiple"]


class IntegralAnsatz:
    r"""The search for constants of the motion along given fields.

    .. math:: \{I \in R_{\le d} : \dot I = 0\} / (\text{polynomials in known ones})

    Arguments:
        ring: The ring of functions.
        velocities: The fields, each as its components that are not zero, by place of the
            variable.
        known: Constants that are known, and are not to be found again.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> H = space.read("p_x**2 + p_y**2 + 1/sqrt(x**2 + y**2)")
        >>> ring = PhasePolynomials(space, [H])
        >>> energy = ring.polynomial(H)
        >>> motion = ring.velocity(ring.slopes(energy))
        >>> ansatz = IntegralAnsatz(ring, [motion], [energy])
        >>> ansatz.up_to(2)
        >>> [ring.expression(f) for f in ansatz.found]
        [-p_x*y + p_y*x]

    Reference:
        Hietarinta, Direct methods for the search of the second invariant, Physics
        Reports 147 (1987) 87, section 3.
    """

    def __init__(
        self,
        ring: PhasePolynomials,
        velocities: Sequence[Mapping[int, Terms]],
        known: Sequence[PolyElement] = (),
    ) -> None:
        self.ring = ring
        self.velocities = [velocity for velocity in velocities if velocity]
        self.known = tuple(known)
        self.found: list[PolyElement] = []
        self.degree = 0
        #: How many linearly independent constants there are up to the degree.
        self.dimension = 0

    def unknowns(self, degree: int) -> list[Monomial]:
        """The monomials whose coefficients are sought, without one.

        Arguments:
            degree: The highest total degree in variables and kernels.

        Returns:
            Those in normal form, high degrees in the momenta first.
        """
        return sorted(self.ring.normal_monomials(degree), key=self._order)

    def equations(self, degree: int) -> list[Row]:
        """What the coefficients satisfy: one row for each field and monomial.

        Arguments:
            degree: The highest total degree in variables and kernels.

        Returns:
            The rows, by place among `unknowns`.
        """
        return self.ring.constancy(self.unknowns(degree), self.velocities)

    def blocks(self, degree: int) -> list[tuple[list[int], list[Row]]]:
        """The equations in parts that share no unknown.

        Whatever the fields conserve, degrees, weights or parities, splits them.

        Arguments:
            degree: The highest total degree in variables and kernels.

        Returns:
            For each part its places among `unknowns`, in order, and its rows, by place
            within the part.
        """
        rows = self.equations(degree)
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.unknowns(degree))))
        for row in rows:
            nx.add_path(graph, row)
        parts = [sorted(part) for part in nx.connected_components(graph)]
        owner = {k: number for number, part in enumerate(parts) for k in part}
        held: list[list[Row]] = [[] for _ in parts]
        place = {k: j for part in parts for j, k in enumerate(part)}
        for row in rows:
            number = owner[next(iter(row))]
            held[number].append({place[k]: value for k, value in row.items()})
        return list(zip(parts, held, strict=True))

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree in variables and kernels.
        """
        for step in range(self.degree + 1, degree + 1):
            self._extend(step)
            self.degree = step

    def _extend(self, degree: int) -> None:
        unknowns, domain = self.unknowns(degree), self.ring.domain
        size, place = len(unknowns), {m: k for k, m in enumerate(unknowns)}
        kernel = [
            {part[k]: value for k, value in vector.items()}
            for part, rows in self.blocks(degree)
            for vector in parametric_nullspace(rows, len(part), domain)
        ]
        self.dimension = len(kernel)
        constants = [f for f in (*self.known, *self.found) if total_degree(f)]
        products = [
            {place[m]: value for m, value in product.items() if m in place}
            for product in self.ring.products(constants, degree)
        ]
        spanned = echelon(products, size, domain)
        rest = echelon(map(spanned.reduce, kernel), size, domain)
        for row in rest.rows:
            short = _shortened(row, products)
            terms = {unknowns[k]: short[k] for k in sorted(short)}
            self.found.append(self._scaled(terms))

    def _scaled(self, terms: Terms) -> PolyElement:
        """The primitive multiple whose first unknown has a positive number before it."""
        f = primitive_multiple(self.ring.ring.from_dict(terms))
        number, domain = f[next(iter(terms))], self.ring.domain
        if domain.is_FractionField:
            number, domain = number.numer.LC, domain.domain
        return -f if domain.to_sympy(number).is_negative else f

    def _order(self, monomial: Monomial) -> tuple[int, int, tuple[int, ...]]:
        space = self.ring.space
        n = space.dimension // 2 if space.is_canonical else space.dimension
        momenta = sum(monomial[n : space.dimension])
        return -momenta, -sum(monomial), tuple(-power for power in monomial)


def _shortened(row: Row, products: Sequence[Row]) -> Row:
    """A vector of few elements, by multiples of products that cancel one or more."""
    while True:
        shorter = (
            found
            for product in products
            for k in row.keys() & product.keys()
            for found in [_without(row, product, k)]
            if len(found) < len(row)
        )
        following = min(
            shorter, key=lambda found: (len(found), sorted(found)), default=None
        )
        if following is None:
            return row
        row = following


def _without(row: Row, product: Row, k: int) -> Row:
    found = dict(row)
    add_multiple(found, -row[k] / product[k], product)
    return found


def primitive_multiple(f: PolyElement) -> PolyElement:
    r"""The multiple of a function that holds no denominator and no common factor.

    .. math:: \frac{a}{b} f \in \mathbb{Z}[\theta][z], \qquad a, b \in \mathbb{Z}[\theta]

    Arguments:
        f: A function over the rationals, or over rational functions of parameters; over
            other fields the multiple has the first coefficient one.

    Returns:
        The multiple; over the rationals by a positive number.

    Example:
        >>> from sympy import Symbol
        >>> from sympy.polys.rings import ring
        >>> field = QQ.frac_field(Symbol("m"))
        >>> R, x, p = ring("x p", field)
        >>> primitive_multiple(x + p**2 / (2 * field.gens[0]))
        2*m*x + p**2
    """
    domain = f.ring.domain
    coefficients = list(f.values())
    if not coefficients:
        return f
    if domain is QQ:
        below = lcm(*(int(c.denominator) for c in coefficients))
        above = gcd(*(int(c.numerator) for c in coefficients))
        return f * QQ(below, above)
    if not domain.is_FractionField or domain.domain is not QQ:
        return f.monic()
    # The field knows common factors up to numbers, so these are taken out at the end.
    below = reduce(lambda a, b: a.lcm(b), (c.denom for c in coefficients))
    cleared = f * domain.field.raw_new(below)
    above = reduce(lambda a, b: a.gcd(b), (c.numer for c in cleared.values()))
    cleared = cleared.quo_ground(domain.field.raw_new(above))
    parts = [a / c.denom.LC for c in cleared.values() for a in c.numer.values()]
    below = lcm(*(int(value.denominator) for value in parts))
    above = gcd(*(int(value.numerator) for value in parts))
    return cleared * domain(QQ(below, above))
