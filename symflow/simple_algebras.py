r"""Simple algebras: Cartan type and real form.

Takes a Lie algebra that is simple over its field of constants, gives the simple real
algebras it is the sum of, each with its complex type and the real form's name.

.. math:: \mathfrak{g} \otimes \mathbb{R} = \bigoplus_v \mathfrak{g}_v

The places v are the real roots and the pairs of complex roots of the polynomial f of
the centroid :math:`\mathbb{Q}[t]/f`. The dimension fixes the complex type, but for a few
such as B_n and C_n, which sums of powers of the roots tell apart. The signature of the
Killing form, place by place, fixes the real form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import NamedTuple

import flint
from sympy import Mul, Poly, factor_list
from sympy.polys.domains.domain import Domain

from symflow.ideals import Summand
from symflow.lie_table import Element, LieTable, combination
from symflow.linear_algebra import Row, add_multiple
from symflow.modular_tables import ModularTable, modular_tables, restriction
from symflow.real_roots import separate_real_roots
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
        The simple algebras, or None where the field is not real.

    Raises:
        UnsupportedError: If a real form depends on an open sign of a parameter.
    """
    if not is_real_field(table.domain):
        return None
    places = _places(summand.polynomial)
    series, rank = _complex_type(table, summand)
    size = table.dimension // summand.polynomial.degree()
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


def _places(polynomial: Poly) -> _Places:
    domain, degree = polynomial.domain, polynomial.degree()
    if degree == 1:
        return _Places((), 1, 0)
    if degree > 2 or domain.is_QQ:
        real, cuts = separate_real_roots(polynomial)
        return _Places(cuts, real, (degree - real) // 2)
    _, b, c = polynomial.rep.to_list()
    discriminant = b * b - 4 * c
    if sign(discriminant, domain) > 0:
        return _Places((-b / 2,), 2, 0, _root_scale(discriminant, domain))
    return _Places((), 0, 1)


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


def _complex_type(table: LieTable, summand: Summand) -> tuple[str, int]:
    """The letter and the rank of the absolutely simple factors.

    All types of the right dimension are candidates, and those fall that a generic element
    contradicts. What is wrong modulo a prime is wrong, so the last one standing is proved.
    """
    candidates = list(_types(table.dimension // summand.polynomial.degree()))
    if len(candidates) == 1:
        return candidates[0]
    for modular in modular_tables(table):
        polynomial = _factor_polynomial(modular, summand)
        if polynomial is not None:
            candidates = [c for c in candidates if _is_possible(*c, polynomial)]
        if len(candidates) == 1:
            break
    return candidates[0]


def _factor_polynomial(
    modular: ModularTable, summand: Summand
) -> list[flint.nmod] | None:
    """The characteristic polynomial of a generic element of one factor, modulo a prime."""
    matrix = modular.generic_adjoint()
    if summand.polynomial.degree() > 1:
        try:
            space = modular.component(summand.root, summand.polynomial)
        except ZeroDivisionError:
            return None
        if space is None:
            return None
        matrix = restriction(matrix, space)
    return matrix.charpoly().coeffs()[::-1]


def _is_possible(series: str, rank: int, polynomial: list[flint.nmod]) -> bool:
    """Whether a characteristic polynomial may be that of an element of the type.

    The multiplicity of the eigenvalue zero is at least the rank. In E_6 there is no
    invariant of degree four but the square of that of degree two.

    Reference:
        Okubo, J. Math. Phys. 20, 586 (1979), for traces of fourth powers.
    """
    zeros = next(n for n, value in enumerate(reversed(polynomial)) if value)
    if zeros < rank:
        return False
    if series == "E":
        size, sums = len(polynomial) - 1, _power_sums(polynomial, 4)
        return rank != 6 or 2 * (2 + size) * sums[4] == 5 * sums[2] ** 2
    return series not in "BCD" or _has_roots_of(series, rank, polynomial)


def _types(size: int) -> Iterator[tuple[str, int]]:
    """The types of absolutely simple algebras of a dimension."""
    rank = 1
    while rank * (rank + 2) <= size:
        for series, dimension in _dimensions(rank):
            if dimension == size:
                yield series, rank
        rank += 1


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


def _has_roots_of(series: str, rank: int, polynomial: list[flint.nmod]) -> bool:
    r"""Whether the eigenvalues of ad h can be the roots of B_n, C_n or D_n.

    In all three the roots are :math:`\pm e_i \pm e_j`, with :math:`\pm e_i` for B and
    :math:`\pm 2 e_i` for C. Sums of even powers of the eigenvalues give those of the
    :math:`e_i` one after the other, so the :math:`e_i^2` are determined; then the whole
    polynomial must come out. Where a coefficient vanishes on the way nothing is known.
    """
    traces = _power_sums(polynomial, 2 * rank)
    sums = [traces[0] * 0 + rank]
    for k in range(1, rank + 1):
        # tr (ad h)^2k = 2 sum_m C(2k, 2m) p_m p_(k-m) - 4^k p_k + 2 s^2k p_k
        inner = [comb(2 * k, 2 * m) * sums[m] * sums[k - m] for m in range(1, k)]
        leading = 4 * rank + _own_roots(series, k)
        if not leading:
            return True
        sums.append((traces[2 * k] - 2 * sum(inner, 0 * sums[0])) / leading)
    return (
        _even_power_sums(series, sums)
        == _power_sums(polynomial, len(polynomial) - 1)[::2]
    )


def _own_roots(series: str, k: int) -> int:
    r"""What the 2k-th powers of :math:`\pm s e_i` add, and what 2 e_i must give back."""
    return {"B": 2, "C": 2 * 4**k, "D": 0}[series] - 4**k


def _power_sums(coefficients: Sequence[flint.nmod], count: int) -> list[flint.nmod]:
    """Sums of powers of the roots of a monic polynomial, by Newton's identities."""
    degree = len(coefficients) - 1
    sums = [coefficients[0] * degree]
    for k in range(1, count + 1):
        upper = range(1, min(k, degree + 1))
        total = -sum((coefficients[m] * sums[k - m] for m in upper), 0 * sums[0])
        if k <= degree:
            total = total - k * coefficients[k]
        sums.append(total)
    return sums


def _even_power_sums(series: str, sums: Sequence[flint.nmod]) -> list[flint.nmod]:
    """Sums of even powers of all eigenvalues, from the power sums of the e_i^2."""
    rank = len(sums) - 1
    _, size = next(item for item in _dimensions(rank) if item[0] == series)
    full = _power_sums(_monic_from_power_sums(sums), size // 2)
    result = [full[0] * 0 + size]
    for k in range(1, len(full)):
        products = (comb(2 * k, 2 * m) * full[m] * full[k - m] for m in range(k + 1))
        total = 2 * sum(products, 0 * full[0])
        result.append(total + _own_roots(series, k) * full[k])
    return result


def _monic_from_power_sums(sums: Sequence[flint.nmod]) -> list[flint.nmod]:
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
