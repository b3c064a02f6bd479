r"""Local invariants: logarithms, exponentials and angles that commute with an algebra.

Takes a Lie algebra of phase-space functions, gives as many independent invariants as exist
near a generic point: rational ones, and transcendental ones where these are too few.

.. math:: I = \sum_j c_j \frac{h_j}{f_j} + \sum_i a_i \log f_i
    + \sum_l b_l \arg(u_l + i v_l), \qquad
    \sum_j c_j \mu_j + \sum_i a_i \lambda_i + \sum_l b_l \omega_l = 0

Each term moves along every generator at a constant speed, so the coefficients are a kernel
of exact linear algebra over the field of coefficients, where products needed integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import lcm
from typing import Any

from sympy import Add, Expr, I, Integer, Mul, atan2, cos, exp, expand, log, sin

from symflow.algebra import LieAlgebra, check_algebra
from symflow.claims import Claim
from symflow.coefficient_field import CoefficientField
from symflow.darboux_polynomials import (
    DarbouxSearch,
    weight_vectors,
)
from symflow.invariant_functions import AbstractInvariants, InvariantFunctions
from symflow.linear_algebra import Row, nullspace
from symflow.rational_invariants import RationalInvariants, RationalSearch
from symflow.weight_vectors import WeightVectors

__all__ = ["LocalInvariants", "local_invariants"]

# Few degrees first: what is not rational is mostly seen among functions of degree one.
_FEW_DEGREES = 2
_MORE_DEGREES = 4
_LARGEST_SEARCH = 200

# Products of more factors than this are left as angles.
_MOST_FACTORS = 12


class LocalInvariants(AbstractInvariants):
    r"""Invariants of an algebra near a generic point.

    .. math:: \{g_k, I_a\} = 0, \qquad a = 1, \dots, 2n - \operatorname{rank}

    Arguments:
        functions: Those that are independent.
        rational: The rational ones, with what is proved of them.
        tried: What was searched, in words.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y z")
        >>> screw = LieAlgebra(space, {"S": "x*p_y - y*p_x + sqrt(2)*p_z"})
        >>> found = local_invariants(screw)
        >>> found.rank, found.count
        (5, 5)
        >>> found.transcendental[0]
        x*cos(sqrt(2)*z/2) + y*sin(sqrt(2)*z/2)
    """

    def __init__(
        self,
        functions: InvariantFunctions,
        rational: RationalInvariants,
        tried: Sequence[str],
    ) -> None:
        others = functions.independent[rational.rank :]
        super().__init__(functions, [*rational.generators, *others], tried)
        #: The rational ones.
        self.rational = rational
        #: The others.
        self.transcendental = tuple(others)

    @property
    def branched(self) -> tuple[Expr, ...]:
        """Those that hold logarithms or angles, so that they live on a branch only."""
        return tuple(f for f in self.transcendental if f.has(log, atan2))

    def _reach(self) -> Claim:
        return Claim(
            "complete",
            "every invariant near a generic point is a function of those listed",
            self._standing(self.complete),
            "their number is that of the independent invariants that exist"
            if self.complete
            else "fewer than exist were found; " + "; ".join(self.tried),
            {"rank": self.rank, "count": self.count},
        )


class _Kind(IntEnum):
    """How a function moves, in the order in which they are to be combined."""

    SHIFTED = 1
    MULTIPLIED = 2
    TURNED = 3


@dataclass(frozen=True)
class _Moving:
    r"""A function h, log f or arg(u + i v) that moves at constant speeds.

    Arguments:
        kind: Which of them it is.
        function: The function h or f, or u.
        partner: The function v, or zero.
        speeds: The speeds, by generator and monomial.
    """

    kind: _Kind
    function: Expr
    partner: Expr
    speeds: dict[Any, Expr]


def local_invariants(algebra: LieAlgebra) -> LocalInvariants:
    r"""The invariants of an algebra near a generic point.

    .. math:: \{g_k, I\} = 0

    Arguments:
        algebra: The algebra.

    Returns:
        The invariants, each proved; `complete` says whether none is missing, and
        `tried` what was searched. Logarithms are written for positive arguments.

    Raises:
        ArgumentError: If the algebra is none.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y", parameters="a")
        >>> family = LieAlgebra(space, {
        ...     "e1": "p_x", "e2": "p_y", "e3": "x*p_x + a*y*p_y"})
        >>> local_invariants(family).generators
        (-a*log(p_x) + log(p_y),)

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.1;
        Goriely, Integrability and Nonintegrability of Dynamical Systems, section 2.5.
    """
    check_algebra(algebra)
    search = RationalSearch(algebra.sparse)
    search.until_complete(_FEW_DEGREES)
    kept = search.kept.copy()
    tried = _transcendental(kept) if not kept.complete else []
    others = kept.independent[search.kept.rank :]
    if not kept.complete:
        search.until_complete(_MORE_DEGREES)
        kept = search.kept.copy()
        for f in others:
            kept.offer(f)
    rational = search.result().restored(algebra)
    return LocalInvariants(kept.restored(algebra), rational, [*rational.tried, *tried])


def _transcendental(kept: InvariantFunctions) -> list[str]:
    """Keep invariants that are missing among rational ones, and say what was searched."""
    algebra = kept.algebra
    search, extended = DarbouxSearch(algebra), weight_vectors(algebra, extended=True)
    while not kept.complete and search.degree < _FEW_DEGREES:
        following = search.degree + 1
        size = len(search.weights.functions(following))
        if search.diagonal or (following > 1 and size > _LARGEST_SEARCH):
            break
        search.up_to(following)
        extended.up_to(following)
        for candidate in _combinations(algebra, _moving(search, extended)):
            kept.offer(candidate)
    return [*_tried(search, extended), *dict.fromkeys(kept.undecided)]


def _tried(search: DarbouxSearch, extended: WeightVectors) -> Iterator[str]:
    if search.degree:
        yield (
            "logarithms and angles of relative invariants of degree at most "
            f"{search.degree}"
        )
    if extended.left_out:
        roots = ", ".join(str(f.as_expr()) for f in extended.left_out)
        yield f"multipliers that are roots of {roots} were left out"


def _moving(search: DarbouxSearch, extended: WeightVectors) -> Iterator[_Moving]:
    """The functions that move at constant speeds, as far as a search has come."""
    ring = search.algebra.ring
    (one,), to_sympy = ring.one, ring.domain.to_sympy
    for h in search.shifted():
        speeds = {(k, one): to_sympy(v) for k, v in enumerate(h.shifts) if v}
        yield _Moving(_Kind.SHIFTED, h.expression, Integer(0), speeds)
    for f in search.found:
        if not f.is_invariant:
            speeds = {key: to_sympy(value) for key, value in f.vector.items()}
            function = search.expression(f.terms)
            yield _Moving(_Kind.MULTIPLIED, function, Integer(0), speeds)
    if extended.domain != ring.domain:
        yield from _turning(search.algebra, extended)


def _turning(algebra: LieAlgebra, weights: WeightVectors) -> Iterator[_Moving]:
    """Those whose speeds are roots of quadratic equations over the coefficients."""
    (one,) = algebra.ring.one
    generators = list(map(dict, algebra.polynomials))
    for f in weights.found:
        values = [weights.multiplier(f.weight, g) for g in generators]
        parts = [weights.domain.to_sympy(value).as_real_imag() for value in values]
        real, turning = (
            {(k, one): speed for k, speed in enumerate(part) if speed}
            for part in zip(*parts, strict=True)
        )
        u, v = map(expand, weights.expression(f.terms).as_real_imag())
        if not turning and real:
            yield _Moving(_Kind.MULTIPLIED, u, Integer(0), real)
        # Of a function and its conjugate one is enough.
        elif turning and not v.could_extract_minus_sign():
            yield _Moving(_Kind.TURNED, u, v, turning)
            if real:
                twice = {k: 2 * speed for k, speed in real.items()}
                yield _Moving(_Kind.MULTIPLIED, u**2 + v**2, Integer(0), twice)


def _combinations(algebra: LieAlgebra, moving: Iterable[_Moving]) -> Iterator[Expr]:
    """Combinations whose speeds add up to zero, in the forms in which they are known."""
    items = sorted(moving, key=lambda item: item.kind)
    speeds = [speed for item in items for speed in item.speeds.values()]
    field = CoefficientField(algebra.space.parameters, speeds)
    rows: dict[Any, Row] = {}
    for column, item in enumerate(items):
        for key, speed in item.speeds.items():
            rows.setdefault(key, {})[column] = field.element(speed)
    for vector in nullspace(rows.values(), len(items), field.domain):
        weights = {k: field.expression(value) for k, value in sorted(vector.items())}
        yield from _forms([(weights[k], items[k]) for k in weights])


def _forms(terms: Sequence[tuple[Expr, _Moving]]) -> Iterator[Expr]:
    """The forms of a combination: one that is smooth everywhere first."""
    of_kind = {
        kind: [(c, item) for c, item in terms if item.kind is kind] for kind in _Kind
    }
    phase = Add(*(c * item.function for c, item in of_kind[_Kind.SHIFTED]))
    logs, turns = of_kind[_Kind.MULTIPLIED], of_kind[_Kind.TURNED]
    # The last coefficient of a kernel vector is one.
    last = terms[-1][1]
    u, v = last.function, last.partner
    if not logs and len(turns) == 1:
        yield u * cos(phase) - v * sin(phase)
        yield v * cos(phase) + u * sin(phase)
    elif not turns and len(logs) == 1:
        yield u * exp(phase)
    elif not logs and phase == 0:
        yield from _product(turns)
    yield Add(
        phase,
        *(c * log(item.function) for c, item in logs),
        *(c * atan2(item.partner, item.function) for c, item in turns),
    )


def _product(turns: Sequence[tuple[Expr, _Moving]]) -> Iterator[Expr]:
    r"""The real and the imaginary part of :math:`\prod_l (u_l + i v_l)^{n_l}`."""
    if not all(c.is_Rational for c, _ in turns):
        return
    scale = lcm(*(int(c.q) for c, _ in turns))
    powers = [(int(c * scale), item) for c, item in turns]
    if sum(abs(n) for n, _ in powers) <= _MOST_FACTORS:
        factors = (
            (item.function + (I if n > 0 else -I) * item.partner) ** abs(n)
            for n, item in powers
        )
        yield from map(expand, expand(Mul(*factors)).as_real_imag())
