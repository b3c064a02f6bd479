r"""Syzygies: the relations that invariants satisfy identically.

Takes invariants, gives the minimal polynomial relations among them, degree by degree.

.. math:: R(I_1(z), \dots, I_m(z)) = 0 \quad \text{for all } z

For the plane rotation it is the Lagrange identity, L^2 = (q.q)(p.p) - (q.p)^2. Among
homogeneous invariants a relation has one degree; where a generator turns about another
point than the origin, lower degrees and constants join it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from sympy import Expr, symbols
from sympy.polys.rings import PolyElement, ring

from symflow.linear_algebra import Row, echelon, nullspace
from symflow.polynomials import PhasePolynomials, total_degree

__all__ = ["syzygies"]

Exponents = tuple[int, ...]


def syzygies(
    functions: PhasePolynomials, invariants: Sequence[PolyElement], degree: int
) -> tuple[Expr, ...]:
    r"""Minimal relations among invariants up to a degree in (q, p).

    .. math:: \sum_\beta r_\beta \, I_1^{\beta_1} \cdots I_m^{\beta_m} = 0

    Arguments:
        functions: The ring in which the invariants are written.
        invariants: The invariants, of degree one at least.
        degree: The highest degree in (q, p) of a relation.

    Returns:
        The relations as expressions in I1, I2 and so on; none of them follows from
        those of lower degree.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> f = PhasePolynomials(space, [])
        >>> x, p = f.variables
        >>> syzygies(f, [x**2, x * p, p**2], 4)
        (I1*I3 - I2**2,)

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 1.2.
    """
    if not invariants:
        return ()
    names = symbols(f"I1:{len(invariants) + 1}", real=True)
    target, *letters = ring(names, functions.domain)
    degrees = [total_degree(f) for f in invariants]
    graded = all(len({sum(m) for m in f.monoms()}) == 1 for f in invariants)
    found: list[PolyElement] = []
    for step in range(1, degree + 1):
        products = list(_products(degrees, step if graded else 0, step))
        place = {exponents: k for k, exponents in enumerate(products)}
        kernel = nullspace(
            _equations(functions, invariants, products), len(products), functions.domain
        )
        implied = echelon(
            _multiples(found, degrees, graded, step, letters, place),
            len(products),
            functions.domain,
        )
        rest = echelon(
            (implied.reduce(vector) for vector in kernel),
            len(products),
            functions.domain,
        )
        found += [
            target.from_dict({products[k]: value for k, value in row.items()})
            for row in rest.rows
        ]
    return tuple(relation.primitive()[1].as_expr() for relation in found)


def _products(degrees: Sequence[int], least: int, most: int) -> Iterator[Exponents]:
    """Exponents of all products of invariants with a degree in (q, p) in this range."""
    for number in range(most + 1):
        for chosen in combinations_with_replacement(range(len(degrees)), number):
            if least <= sum(degrees[k] for k in chosen) <= most:
                yield tuple(chosen.count(k) for k in range(len(degrees)))


def _equations(
    functions: PhasePolynomials,
    invariants: Sequence[PolyElement],
    products: Sequence[Exponents],
) -> list[Row]:
    rows: dict[Exponents, Row] = {}
    for column, exponents in enumerate(products):
        value = functions.ring.one
        for f, power in zip(invariants, exponents, strict=True):
            value = value * f**power
        for monomial, coefficient in functions.reduce(value).items():
            rows.setdefault(monomial, {})[column] = coefficient
    return list(rows.values())


def _multiples(
    relations: Sequence[PolyElement],
    degrees: Sequence[int],
    graded: bool,
    total: int,
    letters: Sequence[PolyElement],
    place: dict[Exponents, int],
) -> Iterator[Row]:
    """Multiples, by products of invariants, of relations that are known already."""
    for relation in relations:
        rest = total - max(
            sum(e * d for e, d in zip(monomial, degrees, strict=True))
            for monomial in relation.monoms()
        )
        for exponents in _products(degrees, rest if graded else 0, rest):
            multiple = relation
            for letter, power in zip(letters, exponents, strict=True):
                multiple = multiple * letter**power
            yield {place[monomial]: value for monomial, value in multiple.terms()}
