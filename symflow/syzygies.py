r"""Syzygies: the relations that invariants satisfy identically.

Takes invariants, gives the minimal polynomial relations among them, degree by degree.

.. math:: R(I_1(z), \dots, I_m(z)) = 0 \quad \text{for all } z

For the plane rotation it is the Lagrange identity, L^2 = (q.q)(p.p) - (q.p)^2. Among
homogeneous invariants a relation has one degree; where a generator turns about another
point than the origin, lower degrees and constants join it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from sympy import Expr, symbols
from sympy.polys.rings import PolyElement, ring

from symflow.arguments import check_positive
from symflow.generated_spans import Generators, read_generators
from symflow.linear_algebra import Row, echelon, nullspace
from symflow.phase_space import AbstractSpace
from symflow.polynomials import PhasePolynomials, total_degree

__all__ = ["relations", "syzygies"]

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
    names = [f"I{k}" for k in range(1, len(invariants) + 1)]
    degrees = [total_degree(f) for f in invariants]
    graded = all(len({sum(m) for m in f.monoms()}) == 1 for f in invariants)
    return _relations(functions, invariants, _Grading(names, degrees, graded), degree)


def relations(
    space: AbstractSpace, functions: Generators, degree: int
) -> tuple[Expr, ...]:
    r"""Minimal polynomial relations among any functions, up to a degree in them.

    .. math:: R(f_1, \dots, f_m) = 0

    Arguments:
        space: The phase space.
        functions: Names and functions, or functions alone, which are then called g1, g2
            and so on. They need not close.
        degree: The highest degree of a relation, in the functions.

    Returns:
        The relations as expressions in the names; none of them follows from those of
        lower degree, and up to that degree there are no others.

    Raises:
        ArgumentError: If the functions are of a wrong kind, or the degree no positive
            integer.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> oscillator = {"H": "(x**2 + p_x**2)/2", "D": "x*p_x", "S": "x**2 - p_x**2"}
        >>> relations(PhaseSpace("x"), oscillator, 2)
        (-4*D**2 + 4*H**2 - S**2,)

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 1.2.
    """
    check_positive("degree", degree)
    declared = read_generators(space, functions)
    ring = PhasePolynomials(space, declared.values())
    elements = [ring.polynomial(f) for f in declared.values()]
    grading = _Grading(list(declared), [1] * len(elements), graded=False)
    return _relations(ring, elements, grading, degree)


@dataclass(frozen=True)
class _Grading:
    """How functions are called, and by which degrees their products are listed.

    If it is graded, a relation holds degree by degree.
    """

    names: Sequence[str]
    degrees: Sequence[int]
    graded: bool


def _relations(
    functions: PhasePolynomials,
    elements: Sequence[PolyElement],
    grading: _Grading,
    degree: int,
) -> tuple[Expr, ...]:
    if not elements:
        return ()
    target, *letters = ring(symbols(grading.names, real=True), functions.domain)
    degrees, graded = grading.degrees, grading.graded
    found: list[PolyElement] = []
    for step in range(1, degree + 1):
        products = list(_products(degrees, step if graded else 0, step))
        place = {exponents: k for k, exponents in enumerate(products)}
        kernel = nullspace(
            _equations(functions, elements, products), len(products), functions.domain
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
    return tuple(_cleared(relation).as_expr() for relation in found)


def _cleared(relation: PolyElement) -> PolyElement:
    """The multiple without denominators, and over the rationals without a factor."""
    domain = relation.ring.domain
    if not domain.is_FractionField:
        return relation.primitive()[1]
    below = domain.field.ring.one
    for value in relation.values():
        below = below.lcm(value.denom)
    return relation * domain.field.new(below)


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
