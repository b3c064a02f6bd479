r"""Simple algebras: Cartan type and real form.

Takes a Lie algebra that is simple over its field of constants, gives the simple real
algebras it is the sum of, each with its complex type and the real form's name.

.. math:: \mathfrak{g} \otimes \mathbb{R} = \bigoplus_v \mathfrak{g}_v

The places v are the real roots and the pairs of complex roots of the polynomial f of
the centroid :math:`\mathbb{Q}[t]/f`. Dimension and rank fix the complex type, but for
B_n, C_n and E_6, which sums of powers of the roots tell apart. The signature of the
Killing form, place by place, fixes the real form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import NamedTuple

from sympy import Mul, Poly, Rational, factor_list
from sympy.polys.domains.domain import Domain

from symflow.ideals import Summand, characteristic_polynomial, generic_vectors
from symflow.lie_table import Element, LieTable, combination
from symflow.linear_algebra import Row, add_multiple
from symflow.symmetric_forms import is_real_field, sign, signature

__all__ = ["SimpleAlgebra", "real_forms", "simple_algebras"]


@dataclass(frozen=True)
class SimpleAlgebra:
    """A simple real Lie algebra.

    Arguments:
        series: The letter A to G of the complex type.
        rank: The rank of the complex type.
        dimension: The real dimension.
        complex: Whether it is a complex simple algebra read as a real one.
        character: Positive minus negative squares of the Killing form.
        names: The names of the real form, the most common first; empty if not known.

    Example:
        >>> SimpleAlgebra("A", 1, 3, False, -3, ("so(3)", "su(2)")).cartan_type
        'A1'
    """

    series: str
    rank: int
    dimension: int
    complex: bool
    character: int
    names: tuple[str, ...]

    @property
    def cartan_type(self) -> str:
        """The type of the complexification."""
        one = f"{self.series}{self.rank}"
        return f"{one} + {one}" if self.complex else one

    @property
    def is_compact(self) -> bool:
        """Whether the Killing form is negative definite."""
        return self.character == -self.dimension

    @property
    def is_split(self) -> bool:
        """Whether a Cartan subalgebra acts with real roots only."""
        return not self.complex and self.character == self.rank


def simple_algebras(table: LieTable, summand: Summand) -> list[SimpleAlgebra] | None:
    """The simple real algebras whose sum a simple summand is.

    Arguments:
        table: The summand's own table, in the echelon basis of its space.
        summand: The summand, with the polynomial of its centroid.

    Returns:
        The simple algebras, or None where the field is not real or its embeddings into
        the real numbers are not known.
    """
    places = _places(summand.polynomial) if is_real_field(table.domain) else None
    if places is None:
        return None
    degree = summand.polynomial.degree()
    series, rank = _complex_type(table, degree)
    size = table.dimension // degree
    found = []
    for character in _characters(table, summand, places):
        names = real_forms(series, rank).get(character, ())
        found.append(SimpleAlgebra(series, rank, size, False, character, names))
    names = (_complex_name(series, rank), *_COMPLEX_ALSO.get((series, rank), ()))
    whole = SimpleAlgebra(series, rank, 2 * size, True, 0, names)
    return found + [whole] * places.complex


class _Places(NamedTuple):
    """Points between neighbouring real roots, and the number of each kind of place.

    The scale is a square up to sign that spares the forms needless denominators.
    """

    cuts: tuple[Element, ...]
    real: int
    complex: int
    scale: Element = 1


def _places(polynomial: Poly) -> _Places | None:
    domain, degree = polynomial.domain, polynomial.degree()
    if degree == 1:
        return _Places((), 1, 0)
    if domain.is_QQ:
        ends = [Rational(interval[0][1]) for interval in polynomial.intervals()]
        cuts = tuple(domain.from_sympy(end) for end in ends[:-1])
        return _Places(cuts, len(ends), (degree - len(ends)) // 2)
    if degree == 2:
        _, b, c = polynomial.rep.to_list()
        discriminant = b * b - 4 * c
        if sign(discriminant, domain) > 0:
            return _Places((-b / 2,), 2, 0, _root_scale(discriminant, domain))
        return _Places((), 0, 1)
    return None


def _root_scale(discriminant: Element, domain: Domain) -> Element:
    """A factor that makes the square root of the discriminant free of squares."""
    numerator, denominator = domain.to_sympy(discriminant).as_numer_denom()
    _, factors = factor_list(numerator * denominator)
    root = Mul(*(factor ** (power // 2) for factor, power in factors))
    return domain.from_sympy(denominator / root)


def _characters(table: LieTable, summand: Summand, places: _Places) -> list[int]:
    r"""The character of the Killing form at each real place.

    With t the root of f, the form :math:`K((t - c) x, y)` changes its sign at places
    whose root lies below c: differences of signatures give them one by one.
    """
    domain, d = table.domain, table.dimension

    def character(form: Sequence[Row]) -> int:
        positive, negative, _ = signature(form, d, domain)
        return positive - negative

    if not places.real:
        return []
    totals = [character(table.killing)]
    for cut in places.cuts:
        form = []
        for a, row in enumerate(summand.root):
            moved: Row = {}
            add_multiple(moved, places.scale, combination(row, table.killing))
            add_multiple(moved, -cut * places.scale, table.killing[a])
            form.append(moved)
        totals.append(character(form))
    totals.append(-totals[0])
    return [(before - after) // 2 for before, after in pairwise(totals)]


def _complex_type(table: LieTable, degree: int) -> tuple[str, int]:
    """The letter and the rank of the absolutely simple factors."""
    element, total = _regular_element(table)
    rank, size = total // degree, table.dimension // degree
    for series, dimension in _dimensions(rank):
        if dimension == size and series not in "BCE":
            return series, rank
    candidates = [series for series, value in _dimensions(rank) if value == size]
    if len(candidates) == 1 or (rank == 2 and "B" in candidates):
        return candidates[0], rank
    # B_n, C_n (and E_6): the characteristic polynomial of a regular element decides.
    polynomial = characteristic_polynomial(table.adjoint_matrix(element))
    fitting = [
        series
        for series in ("B", "C")
        if degree == 1 and _has_roots_of(series, rank, polynomial)
    ]
    if len(fitting) == 1:
        return fitting[0], rank
    if not fitting and "E" in candidates and degree == 1:
        return "E", rank
    return "B or C", rank


def _regular_element(table: LieTable) -> tuple[Row, int]:
    """An element whose centraliser is a Cartan subalgebra, and the rank.

    The Engel subalgebra of x is where ad x acts nilpotently. When the centraliser of x
    fills it and is abelian it is nilpotent, and nilpotent Engel subalgebras are Cartan.
    """
    for element in generic_vectors(table.whole, table.domain):
        cartan = table.centralizer([element])
        polynomial = characteristic_polynomial(table.adjoint_matrix(element))
        coefficients = polynomial.rep.to_list()[::-1]
        engel = next(n for n, value in enumerate(coefficients) if value)
        if engel == cartan.rank and not table.product(cartan, cartan).rank:
            return element, engel
    raise AssertionError  # the iterator has no end


def _dimensions(rank: int) -> Iterator[tuple[str, int]]:
    yield "A", rank * (rank + 2)
    if rank >= 2:
        yield "B", rank * (2 * rank + 1)
    if rank >= 3:
        yield "C", rank * (2 * rank + 1)
    if rank >= 4:
        yield "D", rank * (2 * rank - 1)
    exceptional = {2: ("G", 14), 4: ("F", 52), 6: ("E", 78), 7: ("E", 133)}
    exceptional[8] = ("E", 248)
    if rank in exceptional:
        yield exceptional[rank]


def _has_roots_of(series: str, rank: int, polynomial: Poly) -> bool:
    r"""Whether the eigenvalues of ad h can be the roots of B_n or C_n.

    In both the roots are :math:`\pm e_i \pm e_j` and :math:`\pm s e_i`, s = 1 for B and
    2 for C. Sums of even powers of the eigenvalues give those of the :math:`e_i` one
    after the other, with no coefficient ever zero, so the :math:`e_i^2` are determined;
    then the whole polynomial must come out.
    """
    domain = polynomial.domain
    traces = _power_sums(polynomial.rep.to_list(), 2 * rank)
    short = 1 if series == "B" else 2
    sums = [domain(rank)]
    for k in range(1, rank + 1):
        # tr (ad h)^2k = 2 sum_m C(2k, 2m) p_m p_(k-m) - 4^k p_k + 2 s^2k p_k
        inner = [comb(2 * k, 2 * m) * sums[m] * sums[k - m] for m in range(1, k)]
        known = 2 * sum(inner, domain.zero)
        leading = 4 * rank - 4**k + 2 * short ** (2 * k)
        sums.append((traces[2 * k] - known) / domain(leading))
    return _even_power_sums(sums, short, rank) == _expected(polynomial)


def _power_sums(coefficients: Sequence[Element], count: int) -> list[Element]:
    """Sums of powers of the roots of a monic polynomial, by Newton's identities."""
    degree = len(coefficients) - 1
    sums: list[Element] = [coefficients[0] * degree]
    for k in range(1, count + 1):
        upper = range(1, min(k, degree + 1))
        total = -sum((coefficients[m] * sums[k - m] for m in upper), 0 * sums[0])
        if k <= degree:
            total = total - k * coefficients[k]
        sums.append(total)
    return sums


def _expected(polynomial: Poly) -> list[Element]:
    coefficients = polynomial.rep.to_list()
    return _power_sums(coefficients, len(coefficients) - 1)[::2]


def _even_power_sums(sums: Sequence[Element], short: int, rank: int) -> list[Element]:
    """Sums of even powers of all roots, from the power sums of the e_i^2."""
    polynomial = _monic_from_power_sums(sums)
    full = _power_sums(polynomial, rank * (2 * rank + 1) // 2)
    result = [full[0] * 0 + rank * (2 * rank + 1)]
    for k in range(1, len(full)):
        total = 2 * sum(
            (comb(2 * k, 2 * m) * full[m] * full[k - m] for m in range(k + 1)),
            0 * full[0],
        )
        result.append(total + (2 * short ** (2 * k) - 4**k) * full[k])
    return result


def _monic_from_power_sums(sums: Sequence[Element]) -> list[Element]:
    coefficients = [sums[0] * 0 + 1]
    for k in range(1, len(sums)):
        terms = (coefficients[m] * sums[k - m] for m in range(k))
        coefficients.append(-sum(terms, 0 * sums[0]) / k)
    return coefficients


def real_forms(series: str, rank: int) -> dict[int, tuple[str, ...]]:
    """The names of the real forms of a complex type by the character of their form.

    The character is the number of positive minus that of negative squares of the
    Killing form. Where two forms share it, the entry lists none.

    Arguments:
        series: The letter A to G.
        rank: The rank.

    Returns:
        Names by character, the most common first.

    Example:
        >>> real_forms("A", 1)[-3]
        ('so(3)', 'su(2)', 'sp(1)')
        >>> real_forms("D", 9)[9 * 8 * 2 - 153]  # so(12,6) or so*(18): not told apart
        ()

    Reference:
        Helgason, Differential Geometry, Lie Groups and Symmetric Spaces, chapter X,
        table V.
    """
    special = _SMALL.get((series, rank))
    if special:
        return special
    forms: dict[int, tuple[str, ...]] = {}
    for name, character in _families(series, rank):
        forms[character] = () if character in forms else (name,)
    return forms


def _families(series: str, n: int) -> Iterator[tuple[str, int]]:
    """Every real form: its name and twice its non-compact dimension less the whole."""
    if series == "A":
        yield from _special_linear(n + 1)
    elif series in ("B", "D"):
        size = 2 * n + (series == "B")
        dimension = size * (size - 1) // 2
        for q in range(size // 2 + 1):
            name = f"so({size - q},{q})" if q else f"so({size})"
            yield name, 2 * (size - q) * q - dimension
        if series == "D":
            yield f"so*({size})", 2 * n * (n - 1) - dimension
    elif series == "C":
        dimension = n * (2 * n + 1)
        for q in range(n // 2 + 1):
            name = f"sp({n - q},{q})" if q else f"sp({n})"
            yield name, 8 * (n - q) * q - dimension
        yield f"sp({2 * n},R)", n
    else:
        yield from _EXCEPTIONAL.get((series, n), ())


def _special_linear(size: int) -> Iterator[tuple[str, int]]:
    dimension = size * size - 1
    for q in range(size // 2 + 1):
        name = f"su({size - q},{q})" if q else f"su({size})"
        yield name, 4 * (size - q) * q - dimension
    yield f"sl({size},R)", size - 1
    if size % 2 == 0:
        yield f"su*({size})", (size - 2) * (size + 1) - dimension


def _complex_name(series: str, rank: int) -> str:
    names = {
        "A": f"sl({rank + 1},C)",
        "B": f"so({2 * rank + 1},C)",
        "C": f"sp({2 * rank},C)",
        "D": f"so({2 * rank},C)",
    }
    return names.get(series, f"{series}{rank}(C)")


_COMPLEX_ALSO = {("A", 1): ("so(3,1)",), ("B", 2): ("sp(4,C)",)}

# Types with accidental isomorphisms: all names of a form, the textbook's first.
_SMALL: dict[tuple[str, int], dict[int, tuple[str, ...]]] = {
    ("A", 1): {
        -3: ("so(3)", "su(2)", "sp(1)"),
        1: ("sl(2,R)", "so(2,1)", "sp(2,R)", "su(1,1)"),
    },
    ("B", 2): {
        -10: ("so(5)", "sp(2)"),
        -2: ("so(4,1)", "sp(1,1)"),
        2: ("so(3,2)", "sp(4,R)"),
    },
    ("A", 3): {
        -15: ("su(4)", "so(6)"),
        -5: ("so(5,1)", "su*(4)"),
        -3: ("su(3,1)", "so*(6)"),
        1: ("so(4,2)", "su(2,2)"),
        3: ("sl(4,R)", "so(3,3)"),
    },
    ("D", 4): {
        -28: ("so(8)",),
        -14: ("so(7,1)",),
        -4: ("so(6,2)", "so*(8)"),
        2: ("so(5,3)",),
        4: ("so(4,4)",),
    },
}

_EXCEPTIONAL: dict[tuple[str, int], tuple[tuple[str, int], ...]] = {
    ("G", 2): (("compact G2", -14), ("split G2", 2)),
    ("F", 4): (("compact F4", -52), ("F4(-20)", -20), ("split F4", 4)),
    ("E", 6): (
        ("compact E6", -78),
        ("E6(-26)", -26),
        ("E6(-14)", -14),
        ("E6(2)", 2),
        ("split E6", 6),
    ),
    ("E", 7): (
        ("compact E7", -133),
        ("E7(-25)", -25),
        ("E7(-5)", -5),
        ("split E7", 7),
    ),
    ("E", 8): (("compact E8", -248), ("E8(-24)", -24), ("split E8", 8)),
}
