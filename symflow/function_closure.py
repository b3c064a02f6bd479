r"""Function closure: brackets in the span of the generators with functions in it.

Takes generators whose brackets leave their span, gives the brackets as combinations whose
coefficients are functions that commute with every generator, where there are such.

.. math:: \{g_i, g_j\} = \sum_k f_{ij}^k(I) \, g_k, \qquad \{g_l, I_a\} = 0

On every level set of the I the coefficients are numbers and the generators close: so do
the angular momentum and the Runge-Lenz vector of the Kepler problem at fixed energy. With
any functions at all as coefficients nearly everything would close, and nothing would follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sympy import Add, Expr, Mul, Symbol, expand

from symflow.claims import Standing
from symflow.function_ansatz import FunctionAnsatz
from symflow.linear_algebra import Span
from symflow.polynomials import PhasePolynomials
from symflow.terms import Terms

__all__ = ["FunctionClosure", "find_function_closure", "unboundedness"]

_DEGREES = (1, 2, 3)
_LARGEST_SEARCH = 400
_MOST_GENERATORS = 15
_ITERATIONS = 2


@dataclass(frozen=True)
class FunctionClosure:
    """Generators that close with coefficients which commute with all of them.

    Arguments:
        invariants: The functions I that commute with every generator, by name.
        brackets: For pairs of generators the coefficients by name, in the names of I.
        standing: Proved, as an identity in exact arithmetic.
    """

    invariants: Mapping[str, Expr]
    brackets: Mapping[tuple[str, str], Mapping[str, Expr]]
    standing: Standing = Standing.PROVED

    def __str__(self) -> str:
        listed = []
        for (left, right), row in self.brackets.items():
            terms = " + ".join(f"({f})*{name}" for name, f in row.items())
            if any(not f.is_number for f in row.values()):
                listed.append(f"{{{left}, {right}}} = {terms}")
        where = ", ".join(f"{name} = {f}" for name, f in self.invariants.items())
        return f"{'; '.join(listed)}, where {where} commutes with every generator"

    def killing_form(self, left: str, right: str) -> Expr:
        r"""The Killing form of two generators, over the field of the invariants.

        .. math:: K(g_i, g_j) = \sum_{k,l} f_{ik}^l \, f_{jl}^k

        Arguments:
            left: The name of one generator.
            right: The name of the other.

        Returns:
            The trace as an expression in the names of the invariants.
        """
        names = sorted({name for pair in self.brackets for name in pair})
        return expand(
            Add(
                *(
                    factor * self._bracket(right, middle).get(k, 0)
                    for k in names
                    for middle, factor in self._bracket(left, k).items()
                )
            )
        )

    def _bracket(self, left: str, right: str) -> Mapping[str, Expr]:
        if (left, right) in self.brackets:
            return self.brackets[left, right]
        return {k: -f for k, f in self.brackets.get((right, left), {}).items()}


def find_function_closure(
    ring: PhasePolynomials, names: Sequence[str], functions: Sequence[Terms]
) -> FunctionClosure | None:
    """The brackets with invariant functions as coefficients, where a search finds them.

    Arguments:
        ring: The ring of functions.
        names: The names of the generators.
        functions: The generators.

    Returns:
        The closure, or None if there is none with coefficients of degree one in
        invariants of degree at most three in coordinates and kernels.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> ring = PhasePolynomials(space, [])
        >>> functions = [ring.terms(space.read(f)) for f in ("p_x", "y*x**2", "x", 1)]
        >>> print(find_function_closure(ring, "PVQE", functions))
        {P, V} = (-2*I1)*Q, where I1 = y commutes with every generator
    """
    if len(functions) > _MOST_GENERATORS:
        return None
    elements = [ring.ring.from_dict(f) for f in functions]
    search = FunctionAnsatz(ring, elements)
    gradients = [ring.slopes(f) for f in functions]
    velocities = [ring.velocity(gradient) for gradient in gradients]
    brackets = {
        (i, j): ring.derivative_along(gradients[i], velocities[j])
        for i, j in combinations(range(len(functions)), 2)
    }
    for degree in _DEGREES:
        if search.size(degree) > _LARGEST_SEARCH:
            return None
        search.up_to(degree)
        if search.found:
            found = _combinations(ring, names, functions, search, brackets)
            if found is not None:
                return found
    return None


def unboundedness(
    ring: PhasePolynomials,
    closure: FunctionClosure,
    functions: Mapping[str, Terms],
) -> str:
    r"""Why generators that close over functions generate no finite algebra, if proved.

    Over the field of the invariants they span a Lie algebra, if they are independent over
    it. If they were in one of finite dimension over the constants, the eigenvalues of
    each ad g, and with them the traces, would be constants:

    .. math:: K(g, g) = \operatorname{tr} (\operatorname{ad} g)^2 \in K

    Arguments:
        ring: The ring of functions.
        closure: How the generators close.
        functions: The generators by name.

    Returns:
        The trace that is no constant, in words; empty if nothing is proved.
    """
    names = {Symbol(name) for name in closure.invariants}
    for name in functions:
        trace = closure.killing_form(name, name)
        if trace.free_symbols & names and _independent(ring, [*functions.values()]):
            return f"K({name},{name}) = {trace} is no constant"
    return ""


def _independent(ring: PhasePolynomials, functions: Sequence[Terms]) -> bool:
    """Whether functions are seen to be independent over what commutes with all of them.

    A relation would hold for their iterated brackets with each other as well.
    """
    velocities = [ring.velocity(ring.slopes(f)) for f in functions]
    columns = [functions]
    last = [functions]
    for _ in range(_ITERATIONS):
        last = [
            [ring.derivative_along(ring.slopes(f), velocity) for f in column]
            for column in last
            for velocity in velocities
        ]
        columns += last
        rows = [
            list(map(ring.ring.from_dict, row)) for row in zip(*columns, strict=True)
        ]
        if ring.rank_modulo_prime(rows, len(functions)).exact:
            return True
    return False


def _combinations(
    ring: PhasePolynomials,
    names: Sequence[str],
    functions: Sequence[Terms],
    search: FunctionAnsatz,
    brackets: Mapping[tuple[int, int], Terms],
) -> FunctionClosure | None:
    """Every bracket in terms of the generators and of their products with invariants."""
    span = Span(ring.domain)
    members: list[tuple[str, int | None]] = []
    for name, function in zip(names, functions, strict=True):
        if span.insert(function):
            members.append((name, None))
    for place, invariant in enumerate(search.found):
        for name, function in zip(names, functions, strict=True):
            product = ring.reduce(invariant * ring.ring.from_dict(function))
            if span.insert(product):
                members.append((name, place))
    labels = {k: f"I{k + 1}" for k in range(len(search.found))}
    rows: dict[tuple[str, str], dict[str, Expr]] = {}
    used: set[int] = set()
    for (i, j), bracket in brackets.items():
        coordinates, remainder = span.split(bracket)
        if remainder:
            return None
        row: dict[str, list[Expr]] = {}
        for column, value in coordinates.items():
            name, number = members[column]
            factor = ring.domain.to_sympy(value)
            if number is not None:
                used.add(number)
                factor = Mul(factor, Symbol(labels[number]))
            row.setdefault(name, []).append(factor)
        if row:
            rows[names[i], names[j]] = {name: Add(*f) for name, f in row.items()}
    invariants = {labels[k]: ring.expression(search.found[k]) for k in sorted(used)}
    return FunctionClosure(invariants, rows)
