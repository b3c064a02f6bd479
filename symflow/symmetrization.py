r"""Symmetrization: what a Hamiltonian must be for an algebra to be conserved.

Takes H with parameters and a Lie algebra, gives which terms of H break which generator,
and the most general member of an ansatz that breaks none.

.. math:: \{g_k, H_0 + \textstyle\sum_a c_a H_a\} = 0 \quad \text{for all } k

The brackets are linear in the coefficients c, so the allowed ones are the solutions of
linear equations over the field of the other parameters.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sympy import Add, Expr, Float, Integer, Symbol, expand, latex
from sympy.polys.rings import PolyElement

from symflow.algebra import LieAlgebra
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError, InexactInputWarning
from symflow.linear_algebra import Row, echelon
from symflow.polynomials import PhasePolynomials
from symflow.typesetting import mathtext

__all__ = [
    "BrokenPart",
    "ConservationLaw",
    "SymmetricFamily",
    "broken_symmetries",
    "symmetrize",
]


@dataclass(frozen=True)
class BrokenPart:
    """A part of a Hamiltonian that does not commute with a generator.

    Arguments:
        part: The sum of those additive terms whose brackets meet.
        bracket: The bracket of the generator with the part, not zero.
    """

    part: Expr
    bracket: Expr


@dataclass(frozen=True)
class ConservationLaw:
    r"""Whether a generator commutes with H, and what breaks it.

    .. math:: \{g, H\} = \sum_a \{g, H_a\}

    Arguments:
        generator: The name of the generator g.
        bracket: The bracket {g, H} in canonical form.
        broken_by: The parts of H that do not commute with g.
        standing: Proved, unless a float was given.

    Example:
        >>> E, x = Symbol("E"), Symbol("x")
        >>> broken = BrokenPart(E * x, -E)
        >>> print(ConservationLaw("P", -E, (broken,), Standing.PROVED))
        {P, H} = -E, broken by E*x
    """

    generator: str
    bracket: Expr
    broken_by: tuple[BrokenPart, ...]
    standing: Standing

    @property
    def holds(self) -> bool:
        """Whether {g, H} = 0."""
        return self.bracket == 0

    def __str__(self) -> str:
        text = f"{{{self.generator}, H}} = {self.bracket}"
        if not self.broken_by:
            return text
        return (
            f"{text}, broken by {' and by '.join(str(b.part) for b in self.broken_by)}"
        )

    def _repr_latex_(self) -> str:
        text = rf"\{{{mathtext(self.generator)[1:-1]}, H\}} = {latex(self.bracket)}"
        parts = r" \text{ and by } ".join(latex(b.part) for b in self.broken_by)
        broken = rf" \quad \text{{broken by }} {parts}" if parts else ""
        return f"${text}{broken}$"


def broken_symmetries(H: Expr | str, algebra: LieAlgebra) -> dict[str, ConservationLaw]:
    r"""Which generators commute with a Hamiltonian, and which of its terms break the others.

    .. math:: \{g, H\} = \sum_a \{g, H_a\}

    What commutes is conserved, unless g depends on time by itself: then the sum of {g, H}
    and of its explicit change decides, which is `total_derivative`. The terms of the
    expanded H are taken together by their coefficients in the parameters. Terms that
    cancel each other under g break nothing; those that are left over are given in the
    smallest sums whose brackets share no monomial.

    Arguments:
        H: The Hamiltonian, as an expression or as text.
        algebra: The algebra of the generators.

    Returns:
        The law of each generator, by its name.

    Raises:
        ExpressionError: If H holds a symbol that the space does not declare.
        UnsupportedError: If H is not of the functions that the algebra is made of.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="k b")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> H = "(p_x**2 + p_y**2)/2 + k*(x**2 + y**2)/2 + b*x**2"
        >>> print(broken_symmetries(H, so2)["L"])
        {L, H} = 2*b*x*y, broken by b*x**2

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40.
    """
    space = algebra.space
    function = expand(space.read(H, "H"))
    standing = _standing(function, algebra)
    terms = function.as_ordered_terms()
    ring = PhasePolynomials(space, [*algebra.generators.values(), *terms])
    whole = ring.polynomial(function)
    grouped: dict[Expr, list[tuple[Expr, PolyElement]]] = {}
    for term in terms:
        constant, _ = term.as_independent(*space.z, as_Add=False)
        _, coefficient = constant.as_independent(*space.parameters, as_Add=False)
        grouped.setdefault(coefficient, []).append((term, ring.polynomial(term)))
    laws = {}
    for name, generator in algebra.generators.items():
        g = ring.polynomial(generator)
        left: list[tuple[Expr, PolyElement]] = []
        for group in grouped.values():
            left += _uncancelled([(term, ring.bracket(g, f)) for term, f in group])
        parts = tuple(
            BrokenPart(part, ring.expression(bracket))
            for part, bracket in _uncancelled(left)
        )
        total = ring.expression(ring.bracket(g, whole))
        laws[name] = ConservationLaw(name, total, parts, standing)
    return laws


def _uncancelled(
    pieces: Iterable[tuple[Expr, PolyElement]],
) -> list[tuple[Expr, PolyElement]]:
    """The sums of pieces whose brackets meet in a monomial, less those that vanish."""
    clusters: list[tuple[Expr, PolyElement, set[Any]]] = []
    for part, bracket in pieces:
        held = set(bracket)
        apart = []
        for cluster in clusters:
            if held & cluster[2]:
                part, bracket = part + cluster[0], bracket + cluster[1]
                held |= cluster[2]
            else:
                apart.append(cluster)
        clusters = [*apart, (part, bracket, held)]
    return [(part, bracket) for part, bracket, _ in clusters if bracket]


@dataclass(frozen=True)
class SymmetricFamily:
    r"""The members of an ansatz that commute with every generator.

    .. math:: H = H_0 + \sum_{f \text{ free}} f \, H_f, \qquad \{g_k, H\} = 0

    Arguments:
        expression: The most general allowed member, in the free coefficients.
        free: The coefficients that may take any value.
        relations: Every other coefficient, as an expression in the free ones.
        excluded: The coefficients that must vanish.
        basis: The function that each free coefficient multiplies.
        fixed: What stands without a free coefficient.
        claim: The statement that the family is all there is, with its standing.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="a b c")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> print(symmetrize("a*x**2 + b*x*y + c*y**2", so2))
        H = a*(x**2 + y**2); b = 0, c = a
    """

    expression: Expr
    free: tuple[Symbol, ...]
    relations: Mapping[Symbol, Expr]
    excluded: tuple[Symbol, ...]
    basis: Mapping[Symbol, Expr]
    fixed: Expr
    claim: Claim

    @property
    def standing(self) -> Standing:
        """The standing of the claim."""
        return self.claim.standing

    def __str__(self) -> str:
        text = f"H = {self.expression}"
        related = ", ".join(f"{c} = {value}" for c, value in self.relations.items())
        return f"{text}; {related}" if related else text

    def _repr_latex_(self) -> str:
        text = f"H = {latex(self.expression)}"
        related = r",\; ".join(
            f"{latex(c)} = {latex(value)}" for c, value in self.relations.items()
        )
        return f"${text}" + (rf" \qquad {related}$" if related else "$")


def symmetrize(
    H: Expr | str,
    algebra: LieAlgebra,
    coefficients: str | Sequence[str | Symbol] | None = None,
) -> SymmetricFamily:
    r"""The most general member of an ansatz that commutes with every generator.

    .. math:: \{g_k, H_0\} + \sum_a c_a \{g_k, H_a\} = 0 \quad \text{for all } k

    Arguments:
        H: The ansatz, linear in the coefficients c, which are parameters of the space.
        algebra: The algebra of the generators.
        coefficients: The names of the coefficients; by default all parameters in which
            H is linear and that no generator holds.

    Returns:
        The family. The coefficients that come first in the space stay free.

    Raises:
        ArgumentError: If a coefficient is unknown, is held by a generator or not held
            by H, if H is not linear in them, if there are none, or if what stands
            without them breaks a generator that they cannot restore.
        ExpressionError: If H holds a symbol that the space does not declare.
        UnsupportedError: If H is not of the functions that the algebra is made of.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x1 x2", parameters="m1 m2 a b c")
        >>> boosts = LieAlgebra(space, {"P": "p_x1 + p_x2", "K": "m1*x1 + m2*x2"})
        >>> family = symmetrize("a*p_x1**2 + b*p_x1*p_x2 + c*p_x2**2", boosts)
        >>> family.relations
        mappingproxy({b: -2*a*m1/m2, c: a*m1**2/m2**2})
        >>> print(family.claim.why)
        linear equations solved in exact arithmetic; complete for generic m1, m2

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.1.
    """
    space = algebra.space
    function = expand(space.read(H, "H"))
    standing = _standing(function, algebra)
    chosen = _chosen(function, algebra, coefficients)
    parts = [function.diff(c) for c in chosen]
    fixed = function.xreplace(dict.fromkeys(chosen, Integer(0)))
    held = [*algebra.generators.values(), fixed, *parts]
    ring = PhasePolynomials(space, held)
    equations = _equations(ring, algebra, [*reversed(parts), fixed])
    size, domain = len(chosen), ring.domain
    form = echelon(equations, size + 1, domain)
    if size in form.pivots:
        raise _unrepairable(fixed, algebra, chosen)
    # Columns run backwards, so that what comes first in the space stays free.
    unknowns = [*reversed(chosen), Integer(1)]
    solved = {
        unknowns[pivot]: Add(
            *(-domain.to_sympy(v) * unknowns[k] for k, v in row.items() if k != pivot)
        )
        for pivot, row in zip(form.pivots, form.rows, strict=True)
    }
    relations = {c: solved[c] for c in chosen if c in solved}
    free = tuple(c for c in chosen if c not in solved)
    member = expand(function.xreplace(relations))
    rest = member.xreplace(dict.fromkeys(free, Integer(0)))
    basis = {c: ring.expression(ring.polynomial(member.diff(c))) for c in free}
    fixed = ring.expression(ring.polynomial(rest))
    expression = Add(fixed, *(c * f for c, f in basis.items()))
    return SymmetricFamily(
        expression,
        free,
        MappingProxyType(relations),
        tuple(c for c, value in relations.items() if value == 0),
        MappingProxyType(basis),
        fixed,
        Claim(
            "symmetric family",
            f"H commutes with {', '.join(algebra.generators)} exactly if "
            f"H = {expression}",
            standing,
            _reason(equations, ring, standing),
            {
                "ansatz": str(function),
                "expression": str(expression),
                "generators": {k: str(g) for k, g in algebra.generators.items()},
                "free": [c.name for c in free],
                "relations": {c.name: str(value) for c, value in relations.items()},
            },
        ),
    )


def _reason(
    equations: Sequence[Row], ring: PhasePolynomials, standing: Standing
) -> str:
    why = "linear equations solved in exact arithmetic"
    values = (ring.domain.to_sympy(v) for row in equations for v in row.values())
    generic = set().union(*(value.free_symbols for value in values))
    if generic:
        named = ", ".join(sorted(symbol.name for symbol in generic))
        why += f"; complete for generic {named}"
    if standing is not Standing.PROVED:
        why += "; floats read as the fractions that they stand for"
    return why


def _equations(
    ring: PhasePolynomials, algebra: LieAlgebra, columns: Sequence[Expr]
) -> list[Row]:
    """For each generator and monomial the row of its coefficients in {g, columns}."""
    functions = list(map(ring.polynomial, columns))
    rows: dict[tuple[str, Any], Row] = {}
    for name, generator in algebra.generators.items():
        g = ring.polynomial(generator)
        for column, f in enumerate(functions):
            for monomial, value in ring.bracket(g, f).items():
                rows.setdefault((name, monomial), {})[column] = value
    return list(rows.values())


def _chosen(
    function: Expr,
    algebra: LieAlgebra,
    coefficients: str | Sequence[str | Symbol] | None,
) -> tuple[Symbol, ...]:
    """The coefficients in the order of the space, once H is known to be linear in them."""
    held = set().union(*(g.free_symbols for g in algebra.generators.values()))
    parameters = algebra.space.parameters
    if coefficients is None:
        own = [c for c in parameters if c in function.free_symbols - held]
        chosen = [c for c in own if not function.diff(c).has(c)]
    else:
        named = _named(coefficients, algebra)
        for c in named:
            if c in held or c not in function.free_symbols:
                where = "a generator holds it" if c in held else "H does not hold it"
                raise ArgumentError(
                    "Argument `coefficients` must name parameters of H that no "
                    f"generator holds, but {c}: {where}. Leave it out."
                )
        chosen = [c for c in parameters if c in named]
    if not chosen:
        raise ArgumentError(
            "Argument `H` must hold a parameter to solve for, linearly, that no "
            f"generator holds, but it is {function}. Put parameters before the terms of "
            "the ansatz, or ask `broken_symmetries` what H conserves as it is."
        )
    for c in chosen:
        bent = [d for d in chosen if function.diff(c).has(d)]
        if bent:
            product = f"{c}*{bent[0]}" if bent[0] != c else f"powers of {c}"
            raise ArgumentError(
                f"Argument `H` must be linear in its coefficients, but it holds "
                f"{product}. Name in `coefficients` those to solve for; the others "
                f"stay parameters."
            )
    return tuple(chosen)


def _named(
    coefficients: str | Sequence[str | Symbol], algebra: LieAlgebra
) -> set[Symbol]:
    if isinstance(coefficients, str):
        coefficients = coefficients.replace(",", " ").split()
    parameters = {c.name: c for c in algebra.space.parameters}
    found = set()
    for c in coefficients:
        symbol = parameters.get(getattr(c, "name", c))
        if symbol is None:
            raise ArgumentError(
                f"Argument `coefficients` must name parameters of the phase space, but "
                f"{c} is none of {', '.join(parameters) or 'them: it has none'}."
            )
        found.add(symbol)
    return found


def _unrepairable(
    fixed: Expr, algebra: LieAlgebra, chosen: Sequence[Symbol]
) -> ArgumentError:
    laws = broken_symmetries(fixed, algebra).values()
    broken = "; ".join(str(law) for law in laws if not law.holds)
    return ArgumentError(
        f"Argument `H` must leave its coefficients a choice that commutes with the "
        f"algebra, but no value of {', '.join(c.name for c in chosen)} makes up for its "
        f"part without them, {fixed}: {broken}. Put coefficients before these terms."
    )


def _standing(function: Expr, algebra: LieAlgebra) -> Standing:
    if function.has(Float):
        listed = ", ".join(map(str, sorted(function.atoms(Float))))
        warnings.warn(
            f"Float coefficients are inexact, so nothing that follows from them is "
            f"proved (H: {listed}). Write fractions for exact ones: 1/3 in text, "
            f"Rational(1, 3) in SymPy.",
            InexactInputWarning,
            stacklevel=3,
        )
    inexact = function.has(Float) or not algebra.exact
    return Standing.MEASURED if inexact else Standing.PROVED
