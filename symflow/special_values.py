r"""Special values: the parameters at which an algebra becomes another one.

Takes a Lie algebra with parameters, gives the values at which its dimension, its type or
its structure changes, each found by closing the generators again at the value.

.. math:: \mathfrak{g}(\theta) \not\cong \mathfrak{g}(\theta'), \qquad
    f(\theta) = 0 \text{ for one of finitely many polynomials } f

Everything that is said of an algebra with parameters holds for generic values of them.
The polynomials outside whose zeros nothing changes are known (`parameter_factors`); where
one of them cannot be solved it is listed, and never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from types import MappingProxyType

from sympy import Expr, Float, Integer, Rational, Symbol, latex, nan, oo, zoo

from symflow.algebra import LieAlgebra, closure
from symflow.characters import Character
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError, UnboundedClosureError
from symflow.linear_algebra import Span
from symflow.parameter_conditions import contradicts, points_between, real_zeros
from symflow.parameter_factors import (
    eigenvalue_factors,
    elimination_factors,
    irreducible_factors,
    pivot_factors,
)
from symflow.polynomials import PhasePolynomials
from symflow.structure_constants import read_table

__all__ = [
    "SignRegion",
    "SpecialValue",
    "SpecialValues",
    "algebra_at",
    "special_values",
]

# With several parameters: the values of each, and how many points of them are tried.
_GRID = (Integer(1), Integer(-1), Integer(2), Integer(-2), Rational(1, 3))
_POINTS = 400


@dataclass(frozen=True)
class SpecialValue:
    """An algebra at a value of its parameters.

    Arguments:
        at: The parameters that are set, and to what.
        algebra: What the generators close to there; None if they do not.
        character: The answers about it; None if there is no algebra.
        changes: What is known to differ from generic values.
        dependent: The generators that become combinations of others, or zero.
        standing: Proved, if the algebra is proved to be another one or proved to be of
            the same type; else not known.
        note: What else has to be said; empty if nothing.
    """

    at: Mapping[Symbol, Expr]
    algebra: LieAlgebra | None
    character: Character | None
    changes: tuple[str, ...]
    dependent: tuple[str, ...]
    standing: Standing
    note: str = ""

    @property
    def family(self) -> str:
        """The name of the algebra there, without the value of a continuous index."""
        return "no algebra" if self.character is None else self.character.family

    def __str__(self) -> str:
        where = ", ".join(f"{symbol} = {value}" for symbol, value in self.at.items())
        parts = [f"{where}: {self.family}"]
        if self.changes:
            parts += self.changes
        elif self.character is not None:
            known = self.standing is Standing.PROVED
            parts.append("the same type" if known else "not told apart")
        if self.dependent:
            parts.append(f"dependent: {', '.join(self.dependent)}")
        return "; ".join([*parts, *([self.note] if self.note else [])])

    def _repr_latex_(self) -> str:
        where = r",\; ".join(f"{latex(s)} = {latex(v)}" for s, v in self.at.items())
        return rf"${where}: \quad \text{{{self.family}}}$"


@dataclass(frozen=True)
class SignRegion:
    """A part of the space of parameters, by the signs of polynomials.

    Arguments:
        signs: The sign of each polynomial, 1 or -1.
        sample: A point of the region.
        character: The answers at the point.
        standing: Proved, if dimension and Killing signature are those of the whole
            region, which holds for a single parameter; else measured at the point.
    """

    signs: Mapping[Expr, int]
    sample: Mapping[Symbol, Expr]
    character: Character
    standing: Standing

    def __str__(self) -> str:
        signs = ", ".join(
            f"{f} {'>' if s > 0 else '<'} 0" for f, s in self.signs.items()
        )
        where = ", ".join(
            f"{symbol} = {value}" for symbol, value in self.sample.items()
        )
        signature = self.character.killing_signature
        return f"{signs}: {self.character.family}, signature {signature} (at {where})"


@dataclass(frozen=True)
class SpecialValues:
    """What happens to an algebra at the values of its parameters.

    Arguments:
        generic: The answers for generic values.
        tried: The algebra at every value that was tried.
        regions: The regions of sign, if type or signature differ between them or are
            open for generic values.
        excluded: Polynomials whose zeros the assumptions, or the reals, exclude.
        unresolved: Polynomials whose zeros were not found; what happens there is not
            known.
        claim: The statement with its standing.
    """

    generic: Character
    tried: tuple[SpecialValue, ...]
    regions: tuple[SignRegion, ...]
    excluded: tuple[Expr, ...]
    unresolved: tuple[Expr, ...]
    claim: Claim

    @property
    def special(self) -> tuple[SpecialValue, ...]:
        """The values at which the algebra is known to change, or is none."""
        return tuple(v for v in self.tried if v.changes or v.algebra is None)

    @property
    def unchanged(self) -> tuple[SpecialValue, ...]:
        """The values that were tried and have the generic type, or are not told apart."""
        return tuple(v for v in self.tried if not v.changes and v.algebra is not None)

    def __str__(self) -> str:
        lines = [f"generic: {self.generic.family}", *map(str, self.tried)]
        lines += map(str, self.regions)
        lines += [f"{f} = 0: excluded" for f in self.excluded]
        lines += [f"{f} = 0: not solved, not known" for f in self.unresolved]
        return "\n".join(lines)


def algebra_at(
    algebra: LieAlgebra, values: Mapping[str | Symbol, Expr | str | float]
) -> SpecialValue:
    r"""What the generators close to at given values of the parameters.

    .. math:: \mathfrak{g}(\theta_0) = \langle g_1(\theta_0), g_2(\theta_0), \dots \rangle

    The values may lie outside the assumptions on a parameter; then the note says so.

    Arguments:
        algebra: The algebra with parameters.
        values: The value of each parameter that is set: a number, or an expression in
            the others.

    Returns:
        The algebra there, with what differs from generic values.

    Raises:
        ArgumentError: If a name is not that of a parameter, or a value is a float or
            depends on phase space.
        ExpressionError: If a value holds a symbol that the space does not declare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="B")
        >>> magnetic = closure(plane, {"Tx": "p_x - B*y/2", "Ty": "p_y + B*x/2"})
        >>> found = algebra_at(magnetic, {"B": 0})
        >>> found.family
        'abelian R^2'
        >>> found.changes[1:3]
        ('dimension 3 -> 2', 'needs the constant yes -> no')
    """
    return _at(algebra, _read_values(algebra, values), Character.of(algebra))


def _at(
    algebra: LieAlgebra, at: Mapping[Symbol, Expr], generic: Character
) -> SpecialValue:
    added = {element.name for element in algebra.added}
    declared = {
        name: g.subs(dict(at), simultaneous=True)
        for name, g in algebra.generators.items()
        if name not in added
    }
    at = MappingProxyType(dict(at))
    outside = [str(s) for s, value in at.items() if contradicts(s, value)]
    note = f"outside what is assumed of {', '.join(outside)}" if outside else ""
    undefined = [name for name, g in declared.items() if g.has(zoo, nan, oo)]
    if undefined:
        note = f"{', '.join(undefined)} not defined there"
        return SpecialValue(at, None, None, (), (), Standing.PROVED, note)
    ring = PhasePolynomials(algebra.space, declared.values())
    span = Span(ring.domain)
    dependent = tuple(k for k, g in declared.items() if not span.insert(ring.terms(g)))
    kept = {name: g for name, g in declared.items() if name not in dependent}
    bound = 2 * algebra.dimension + 10
    try:
        found = closure(algebra.space, kept, max_dimension=bound)
    except UnboundedClosureError:
        note = f"no algebra of dimension {bound} or less"
        return SpecialValue(at, None, None, (), dependent, Standing.PROVED, note)
    character = Character.of(found)
    changes = character.changes_from(generic)
    known = bool(changes) or (character.named and generic.named)
    standing = Standing.PROVED if known else Standing.NOT_KNOWN
    return SpecialValue(at, found, character, changes, dependent, standing, note)


def _read_values(
    algebra: LieAlgebra, values: Mapping[str | Symbol, Expr | str | float]
) -> dict[Symbol, Expr]:
    space = algebra.space
    parameters = {symbol.name: symbol for symbol in space.parameters}
    read = {}
    for key, value in values.items():
        symbol = parameters.get(key.name if isinstance(key, Symbol) else key)
        if symbol is None:
            raise ArgumentError(
                f"Argument `values` must name parameters, but {key} is none of "
                f"{', '.join(parameters) or 'them: the space has none'}."
            )
        expression = space.read(value, "values")
        if expression.has(Float) or expression.has(*space.z):
            raise ArgumentError(
                f"Argument `values` must hold exact numbers, or expressions in other "
                f"parameters, but {symbol} = {expression}. Write fractions: 1/3."
            )
        read[symbol] = expression
    return read


def special_values(algebra: LieAlgebra) -> SpecialValues:
    r"""The values of the parameters at which an algebra becomes another one.

    .. math:: \theta : \quad \mathfrak{g}(\theta) \not\cong \mathfrak{g}(\text{generic})

    The candidates are the zeros of the factors of structure constants, of coefficients
    of the generators, of the pivots of every elimination, and of discriminants of ad.
    Each is put in, and the generators are closed again. A condition on several parameters
    is solved for one of them, and what is found holds for generic values of the others;
    `special_values` of the algebra there goes on.

    Arguments:
        algebra: The algebra with parameters.

    Returns:
        What was found at every candidate, and what could not be solved.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="a")
        >>> family = closure(
        ...     plane, {"e1": "p_x", "e2": "p_y", "e3": "x*p_x + a*y*p_y"})
        >>> for value in special_values(family).special:
        ...     print(value.at, value.family)
        {a: -1} e(1,1)
        {a: 0} aff(1) ⊕ R
        {a: 1} A3,3

    Reference:
        Patera and Winternitz, J. Math. Phys. 18 (1977) 1449, tables I and II.
    """
    generic = Character.of(algebra)
    factors = _factors(algebra)
    conditions: dict[frozenset[tuple[Symbol, Expr]], dict[Symbol, Expr]] = {}
    excluded, unresolved = [], []
    for factor in factors:
        solutions = real_zeros(factor, algebra.space.parameters)
        if solutions is None:
            unresolved.append(factor)
        elif not solutions:
            excluded.append(factor)
        else:
            conditions |= {frozenset(s.items()): s for s in solutions}
    tried = [_at(algebra, at, generic) for at in conditions.values()]
    tried.sort(key=_order)
    turning = [f for f in factors if not (f.is_positive or f.is_negative)]
    return SpecialValues(
        generic,
        tuple(tried),
        _regions(algebra, turning, generic),
        tuple(excluded),
        tuple(unresolved),
        _claim(algebra, factors),
    )


def _order(value: SpecialValue) -> tuple[str, bool, float, str]:
    ((symbol, expression),) = value.at.items()
    number = expression.is_number
    return (
        symbol.name,
        not number,
        float(expression) if number else 0.0,
        str(expression),
    )


def _claim(algebra: LieAlgebra, factors: Sequence[Expr]) -> Claim:
    counted = (
        "the dimension of the algebra, of its centre and of its series, and the rank of "
        "its Killing form"
    )
    where = (
        f"where {' * '.join(f'({f})' for f in factors)} != 0" if factors else "anywhere"
    )
    why = "no pivot of the eliminations that determine them vanishes there"
    if not algebra.exact:
        why += "; floats read as the fractions that they stand for"
    return Claim(
        "special values",
        f"{counted}, do not change {where}",
        Standing.PROVED if algebra.exact else Standing.MEASURED,
        why,
        {
            "generators": {name: str(g) for name, g in algebra.generators.items()},
            "factors": list(map(str, factors)),
        },
    )


def _factors(algebra: LieAlgebra) -> list[Expr]:
    """Every irreducible polynomial in the parameters that may matter, simplest first."""
    ring, table = algebra.ring, read_table(algebra.names, algebra.structure_constants)
    terms = [ring.terms(g) for g in algebra.generators.values()]
    place = {m: k for k, m in enumerate(sorted({m for t in terms for m in t}))}
    matrix = [{place[m]: value for m, value in t.items()} for t in terms]
    found = elimination_factors(table) | eigenvalue_factors(table)
    found |= irreducible_factors(
        (value for row in matrix for value in row.values()), ring.domain
    )
    found |= pivot_factors(matrix, ring.domain)
    return sorted(found, key=lambda factor: (len(factor.free_symbols), str(factor)))


def _regions(
    algebra: LieAlgebra, factors: Sequence[Expr], generic: Character
) -> tuple[SignRegion, ...]:
    """The regions of sign, unless the generic answers hold in all of them."""
    parameters = [s for s in algebra.space.parameters if any(f.has(s) for f in factors)]
    single = len(parameters) == 1
    standing = Standing.PROVED if single else Standing.MEASURED
    found: list[SignRegion] = []
    for point in _points(parameters, factors):
        values = [factor.subs(point) for factor in factors]
        if any(x.is_zero is not False for x in values):
            continue
        signs = {
            f: 1 if x.is_positive else -1 for f, x in zip(factors, values, strict=True)
        }
        # On a line equal signs may return beyond a region of other signs.
        if any(region.signs == signs for region in (found[-1:] if single else found)):
            continue
        character = _at(algebra, point, generic).character
        if character is not None:
            found.append(SignRegion(signs, point, character, standing))
    kinds = {(r.character.family, r.character.killing_signature) for r in found}
    told = len(kinds) > 1 or generic.killing_signature is None
    return tuple(found) if told else ()


def _points(
    parameters: Sequence[Symbol], factors: Sequence[Expr]
) -> Iterator[dict[Symbol, Expr]]:
    """Points that the assumptions allow: for one parameter a point in every interval."""
    if len(parameters) == 1:
        choices = [points_between(parameters[0], factors) or _GRID]
    else:
        choices = [_GRID for _ in parameters]
    allowed = (
        [x for x in values if not contradicts(symbol, x)]
        for symbol, values in zip(parameters, choices, strict=True)
    )
    for values in islice(product(*allowed), _POINTS):
        yield dict(zip(parameters, values, strict=True))
