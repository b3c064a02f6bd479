r"""Integrable values: the parameters at which a motion has a further integral.

Takes a Hamiltonian with parameters, gives the values at which it has more integrals up to
a degree than for generic ones, each found by solving the linear equations there.

.. math:: \operatorname{rank} A(\theta) < \operatorname{rank} A
    \quad \text{only where a pivot of } A \text{ vanishes}

An elimination over the field of rational functions of the parameters runs alike wherever
its pivots do not vanish. Each zero of a pivot is put into H, and the search starts again
there, so conditions on several parameters at once are found as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Expr, Symbol, factor, factor_list, fraction, latex, nan, oo, zoo

from symflow.centralizers import Integrals, integrals_of_motion, motion_ansatz
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.function_lists import read_functions
from symflow.integral_ansatz import IntegralAnsatz
from symflow.notation import expression_latex, inline
from symflow.notebook_views import NotebookView
from symflow.number_pivots import NumberPivots, eliminate_numbers
from symflow.parameter_conditions import contradicts, real_zeros
from symflow.parameter_factors import irreducible_factors, pivot_factors
from symflow.phase_space import AbstractSpace, check_space
from symflow.polynomials import PhasePolynomials

__all__ = ["IntegrableValue", "IntegrableValues", "integrable_values"]

Values: TypeAlias = Mapping[Symbol, Expr]

# The number of unknowns of a part of the equations, and its rows without numbers.
Part: TypeAlias = tuple[int, NumberPivots]

# What may be assumed of a parameter, the strongest first.
_WORDS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")

# What the evidence on generic integrals gives to that on all values.
_GENERIC = ("degree", "kernels", "functions", "given", "hidden")

# How many values are tried before the rest is listed as not known.
_MOST_VALUES = 200


@dataclass(frozen=True)
class IntegrableValue:
    """Values of parameters at which a motion has more integrals than nearby.

    Arguments:
        at: The parameters that are set, and to what; the others are generic.
        integrals: The integrals there.
        nearby: How many independent ones there are at more general values.
    """

    at: Values
    integrals: Integrals
    nearby: int

    def __str__(self) -> str:
        where = ", ".join(f"{symbol} = {value}" for symbol, value in self.at.items())
        listed = ", ".join(map(str, self.integrals.generators))
        return f"{where}: {self.integrals.verdict}, {listed}"

    def _repr_latex_(self) -> str:
        where = r",\; ".join(f"{latex(s)} = {latex(v)}" for s, v in self.at.items())
        listed = r",\; ".join(map(expression_latex, self.integrals.generators))
        return inline(rf"{where}: \quad {listed}")


@dataclass(frozen=True)
class IntegrableValues(NotebookView):
    """What a search for integrable values found.

    Arguments:
        generic: The integrals for generic values.
        found: The values with more independent integrals.
        tried: Every value that was tried.
        excluded: Polynomials that vanish at no value that the assumptions allow, or
            only where H is not defined.
        unresolved: Polynomials whose zeros were not found, with the values that had been
            set; what happens there is not known.
        measured: Values at which the number of independent integrals is only known to be
            no less, since no random point showed more; empty for generic ones.
        cases: What shows that there are no others, as evidence: the generic case, then
            each value that was met, with its pivots, or that H is not defined there.
    """

    generic: Integrals
    found: tuple[IntegrableValue, ...]
    tried: tuple[Values, ...]
    excluded: tuple[Expr, ...]
    unresolved: tuple[tuple[Expr, Values], ...]
    measured: tuple[Values, ...]
    cases: tuple[Mapping[str, Any], ...] = ()

    @property
    def assumed(self) -> dict[str, str]:
        """What is assumed of each parameter of H, beside that it is real."""
        held = (s for s in self.generic.space.parameters if self.generic.H.has(s))
        return {s.name: word for s in held if (word := _assumption(s))}

    @property
    def claim(self) -> Claim:
        """The statement that there are no others, as far as it is known."""
        degree, exact = self.generic.degree, self.generic.exact and not self.measured
        values = "; ".join(_text(value.at) for value in self.found) or "no values"
        statement = f"further integrals of degree at most {degree} exist at {values}, "
        statement += "and nowhere else where H is defined"
        parameters = set(self.generic.space.parameters)
        moving = [f for f in self.generic.kernels if f.free_symbols & parameters]
        if moving:
            listed = ", ".join(map(str, moving))
            statement += f" and {listed} are as independent as for generic values"
        if self.unresolved:
            listed = "; ".join(f"{f} = 0" for f, _ in self.unresolved)
            statement += f", but perhaps where {listed}"
        if self.assumed:
            listed = " and ".join(
                f"{name} {word}" for name, word in self.assumed.items()
            )
            statement += f", for {listed}"
        given = self.generic.claims[-1].evidence
        why = "no pivot of the equations vanishes elsewhere, and each zero was tried"
        if self.measured:
            listed = "; ".join(_text(at) or "generic values" for at in self.measured)
            why += (
                f"; that no more are independent at {listed} was seen at random points"
            )
        return Claim(
            "integrable values",
            statement,
            Standing.PROVED if exact else Standing.MEASURED,
            why,
            {
                **{key: given[key] for key in _GENERIC},
                "cases": list(self.cases),
                "unresolved": [str(f) for f, _ in self.unresolved],
                "assumed": self.assumed,
                "found": [
                    {
                        "at": _named(found.at),
                        "integrals": list(map(str, found.integrals.generators)),
                    }
                    for found in self.found
                ],
            },
        )

    def __str__(self) -> str:
        lines = [f"generic: {self.generic.verdict}", *map(str, self.found)]
        if not self.found:
            lines.append(f"no further integral up to degree {self.generic.degree}")
        lines += [f"{f} = 0: not solved, not known" for f, _ in self.unresolved]
        return "\n".join(lines)


def integrable_values(
    H: Expr | str, space: AbstractSpace, degree: int, among: Sequence[Expr | str] = ()
) -> IntegrableValues:
    r"""The values of the parameters at which a motion has further integrals.

    .. math:: \#\{I : \{I, H_\theta\} = 0, \deg I \le d\} > \text{generic}

    Arguments:
        H: The Hamiltonian, with parameters of the space.
        space: The phase space.
        degree: The highest degree of integrals, in coordinates and in functions of H.
        among: More functions that integrals may hold.

    Returns:
        The values, with the integrals there and those for generic values. Conditions on
        several parameters are solved for one in the others.

    Raises:
        ArgumentError: If H holds no parameter, or the degree is no positive integer.
        ExpressionError: If H holds a symbol that the space does not declare.
        UnsupportedError: If H is none of the functions that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="A B e")
        >>> H = "(p_x**2 + p_y**2 + A*x**2 + B*y**2)/2 + x**2*y + e*y**3/3"
        >>> for value in integrable_values(H, plane, 4).found:
        ...     print(value.at, value.integrals.verdict)
        {e: 6} integrable
        {A: B, e: 1} integrable

    Reference:
        Bountis, Segur and Vivaldi, Physical Review A 25 (1982) 1257.
    """
    check_space(space)
    energy = space.read(H, "H")
    held = [symbol for symbol in space.parameters if energy.has(symbol)]
    if not held:
        raise ArgumentError(
            f"Argument `H` must hold a parameter of the space, but it is {energy}. Use "
            "`integrals_of_motion` for a Hamiltonian without."
        )
    beside = read_functions(among, space, "among")
    generic = integrals_of_motion(energy, space, degree, beside)
    beside += generic.kernels
    search = _Search(energy, space, degree, beside)
    search.run(generic)
    return IntegrableValues(
        generic,
        tuple(search.found),
        tuple(search.tried),
        tuple(dict.fromkeys(search.excluded)),
        tuple(search.unresolved),
        tuple(search.measured),
        tuple(search.cases),
    )


class _Search:
    """The values still to try, and what was found at those that were."""

    def __init__(
        self, H: Expr, space: AbstractSpace, degree: int, among: Sequence[Expr]
    ) -> None:
        self.H, self.space, self.degree, self.among = H, space, degree, among
        self.size = motion_ansatz(H, space, among).ring.size
        self.found: list[IntegrableValue] = []
        self.tried: list[Values] = []
        self.excluded: list[Expr] = []
        self.unresolved: list[tuple[Expr, Values]] = []
        self.measured: list[Values] = []
        self.cases: list[dict[str, Any]] = []
        # Where integrals were sought: how many there are, and how many independent.
        self._known: list[tuple[Values, int, int]] = []
        self._seen: set[frozenset[tuple[Symbol, Expr]]] = set()
        # Each with the factor whose zero it is.
        self._queue: deque[tuple[Values, Expr]] = deque()

    def run(self, generic: Integrals) -> None:
        """Try every zero of a pivot, values with fewer conditions first."""
        self._note({}, generic)
        self._enter(
            {}, _eliminated(motion_ansatz(self.H, self.space, self.among), self.degree)
        )
        while self._queue:
            at, pivot = self._queue.popleft()
            H, *among = (
                f.subs(dict(at), simultaneous=True) for f in (self.H, *self.among)
            )
            if any(f.has(zoo, nan, oo) for f in (H, *among)):
                self.excluded.append(pivot)
                self.cases.append({"at": _named(at), "undefined": True})
                continue
            if len(self.tried) == _MOST_VALUES:
                self.unresolved.append((pivot, at))
                continue
            nearby = [
                counts for general, *counts in self._known if _contains(general, at)
            ]
            dimension, rank = map(max, zip(*nearby, strict=True))
            ansatz = motion_ansatz(H, self.space, among)
            parts = _eliminated(ansatz, self.degree)
            more: tuple[Expr, ...] = ()
            if not self._has_dimension(ansatz.ring, parts, dimension):
                integrals = integrals_of_motion(H, self.space, self.degree, among)
                if integrals.rank > rank:
                    shown = MappingProxyType(at)
                    self.found.append(IntegrableValue(shown, integrals, rank))
                else:
                    more = integrals.everything
                self._note(at, integrals)
            self.tried.append(MappingProxyType(at))
            self._enter(at, parts, more)

    def _note(self, at: Values, integrals: Integrals) -> None:
        self._known.append((at, integrals.dimension, integrals.rank))
        if not integrals.ranks.exact:
            self.measured.append(MappingProxyType(dict(at)))

    def _has_dimension(
        self, ring: PhasePolynomials, parts: Sequence[Part], nearby: int
    ) -> bool:
        """Whether there are no more constants than at nearby values, for certain.

        There are never fewer. A rank modulo a prime is a lower bound of the rank, so one
        that leaves as many constants as nearby proves that there are no more.
        """
        if not parts or ring.size != self.size:
            return False
        left = nearby
        for size, numbers in parts:
            free = size - len(numbers.pivots)
            held = sorted(set().union(*numbers.rest))
            rows = [[ring.ring(row.get(k, 0)) for k in held] for row in numbers.rest]
            # One point is enough where it leaves no more constants than there may be.
            most = max(1, free - left)
            left -= free - (ring.rank_modulo_prime(rows, most).rank if rows else 0)
        return left == 0

    def _enter(
        self, at: Values, parts: Sequence[Part], integrals: Sequence[Expr] = ()
    ) -> None:
        """Put the zeros of the pivots at a value into the queue."""
        found = (_pivot_factors(numbers) for _, numbers in parts)
        pivots = sorted(set().union(*found), key=_order)
        for pivot in pivots:
            zeros = real_zeros(pivot, self.space.parameters)
            if zeros is None:
                self.unresolved.append((pivot, at))
                continue
            joined = [values for zero in zeros for values in self._joined(at, zero)]
            if not joined:
                self.excluded.append(pivot)
            for values in joined:
                if (key := frozenset(values.items())) not in self._seen:
                    self._seen.add(key)
                    self._queue.append((values, pivot))
            # Where the denominator of a zero vanishes, the pivot may vanish as well.
            pivots += [f for zero in zeros for f in _poles(zero)]
        listed = {
            "pivots": list(map(str, pivots)),
            "integrals": list(map(str, integrals)),
        }
        self.cases.append({"at": _named(at), **listed})

    def _joined(self, at: Values, zero: Values) -> Iterator[Values]:
        """Earlier values with a further one put in, if the assumptions allow them."""
        moved = {symbol: factor(value.subs(dict(zero))) for symbol, value in at.items()}
        if not any(contradicts(symbol, value) for symbol, value in moved.items()):
            values = moved | dict(zero)
            yield {s: values[s] for s in self.space.parameters if s in values}


def _eliminated(ansatz: IntegralAnsatz, degree: int) -> list[Part]:
    """The parts of the equations with numbers eliminated; none without parameters."""
    domain = ansatz.ring.domain
    if not domain.is_FractionField:
        return []
    return [
        (len(part), eliminate_numbers(rows, domain))
        for part, rows in ansatz.blocks(degree)
    ]


def _pivot_factors(numbers: NumberPivots) -> set[Expr]:
    """Where the rank of a matrix may change; numbers that are pivots never vanish."""
    poles = irreducible_factors(numbers.denominators, numbers.domain)
    return poles | pivot_factors(numbers.rest, numbers.domain)


def _poles(zero: Values) -> Iterator[Expr]:
    for value in zero.values():
        _, below = fraction(value)
        yield from (f for f, _ in factor_list(below)[1] if f.free_symbols)


def _contains(general: Values, at: Values) -> bool:
    """Whether values satisfy more general conditions."""
    return all(
        factor(symbol.subs(dict(at)) - value.subs(dict(at))) == 0
        for symbol, value in general.items()
    )


def _order(pivot: Expr) -> tuple[int, str]:
    return len(pivot.free_symbols), str(pivot)


def _named(at: Values) -> dict[str, str]:
    return {symbol.name: str(value) for symbol, value in at.items()}


def _assumption(symbol: Symbol) -> str:
    return next((word for word in _WORDS if getattr(symbol, f"is_{word}")), "")


def _text(at: Values) -> str:
    return ", ".join(f"{symbol} = {value}" for symbol, value in at.items())
