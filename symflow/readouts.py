r"""Readouts: a learned function of invariants, read back as a short formula.

Takes values of a function and of its invariants at points, gives a sparse expression, of
powers of the invariants or a quotient of such, with its error.

.. math:: f(I) \approx c_0 + \sum_{i} c_i \, I^{e_i}
    \quad\text{or}\quad \frac{\sum_i c_i \, I^{e_i}}{1 + \sum_j d_j \, I^{e_j}}

The fewest terms that come within a factor of the best are kept, and each coefficient is
the simplest fraction that the error cannot tell from it. What is found is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from sympy import Add, Expr, Mul, Pow, Rational

from symflow.claims import Standing
from symflow.errors import ArgumentError

__all__ = ["Readout", "readout"]

Array = np.ndarray[Any, np.dtype[Any]]

# How many subsets of terms are kept while another term is added to each.
_BEAM = 24
# Few terms may be this many times worse than the most terms that were tried.
_PATIENCE = 2.0
# A linear error this small is as good as none: projections lose half the digits.
_EXACT = 1e-6
# An invariant is raised to negative and broken powers if it stays above this part of its
# root mean square.
_AWAY_FROM_ZERO = 1e-3


@dataclass(frozen=True)
class Readout:
    """A formula for a learned function, up to an additive constant.

    Arguments:
        expression: The formula, in the symbols of the invariants.
        error: The root mean square of what it misses, relative to the spread of values.
        terms: The number of terms.
        points: The number of points it was fitted to.
        standing: How well it is known: measured, whatever the error.
    """

    expression: Expr
    error: float
    terms: int
    points: int
    standing: Standing = Standing.MEASURED


def readout(
    values: Array,
    at: Array,
    invariants: Sequence[Expr],
    *,
    degree: int = 2,
    roots: bool = False,
    most_terms: int = 4,
    tolerance: float = 0.01,
) -> Readout:
    r"""The shortest formula for values of a function of invariants.

    Quotients are tried where no sum of powers comes within the tolerance.

    Arguments:
        values: The values f, shape (N,).
        at: The values of the invariants, shape (N, m).
        invariants: The invariants as expressions, m of them.
        degree: The largest sum of the exponents' sizes in a term.
        roots: Whether exponents may be halves, as in 1 / r for the invariant r^2.
        most_terms: The largest number of terms.
        tolerance: The relative error that is good enough.

    Returns:
        The formula.

    Raises:
        ArgumentError: If the shapes disagree, a number is not finite, f is constant, or
            there are not more points than terms.

    Example:
        >>> from sympy import symbols
        >>> a, b = symbols("a b", positive=True)
        >>> at = np.random.default_rng(0).uniform(1, 2, size=(50, 2))
        >>> readout(at[:, 0] / 2 - 1 / at[:, 1], at, [a, b]).expression
        a/2 - 1/b

    Reference:
        Brunton, Proctor and Kutz 2016, PNAS 113, 3932; Champion et al. 2019, PNAS 116,
        22445 (quotients by a linear problem).
    """
    _check(values, at, invariants, most_terms)
    spread = float(values.std())
    target = (values - values.mean()) / spread
    powers = list(_exponents(at, degree, roots))
    columns = np.array([np.prod(at**e, axis=1) for e in powers])
    found = _search(target, columns, most_terms, tolerance)
    if found.error > tolerance:
        whole = [k for k, e in enumerate(powers) if min(e) >= 0 and any(e)]
        products = np.concatenate([columns, -target * columns[whole]])
        quotient = _search(target, products, most_terms, _EXACT)
        candidate = _quotient(quotient, target, columns, whole)
        if candidate.error < found.error / _PATIENCE:
            found = candidate
    rounded = found.rounded(target, columns, spread)
    monomials = [
        Mul(*(Pow(f, x) for f, x in zip(invariants, map(_half, e), strict=True)))
        for e in powers
    ]
    above = Add(*(_number(c) * monomials[k] for k, c in rounded.above.items()))
    below = Add(1, *(_number(d) * monomials[k] for k, d in rounded.below.items()))
    expression = above * Rational(1) / below if rounded.below else above
    terms = len(rounded.above) + len(rounded.below)
    return Readout(expression, rounded.error, terms, len(values))


@dataclass(frozen=True)
class _Fit:
    """Coefficients above and below, of values over their spread, and the error."""

    above: dict[int, float]
    below: dict[int, float]
    error: float

    def rounded(self, target: Array, columns: Array, spread: float) -> _Fit:
        """The simplest fractions within the error, in the units of the values."""
        exact = {k: c * spread for k, c in self.above.items()}
        if self.below:
            # The constant above fixes the origin of f, so nothing is rounded there.
            return _Fit(exact, self.below, self.error)
        noise = max(self.error, 1e-12)
        above = {
            k: _simplest(c, noise * spread / float(columns[k].std()))
            for k, c in exact.items()
        }
        prediction = sum(c / spread * columns[k] for k, c in above.items())
        error = float((target - prediction).std())
        if error > _PATIENCE * noise:
            return _Fit(exact, {}, self.error)
        return _Fit(above, {}, error)


def _search(target: Array, columns: Array, most: int, tolerance: float) -> _Fit:
    """The fewest columns that are as good as the most, by a search in breadth."""
    centred = columns - columns.mean(1, keepdims=True)
    gram, overlap = centred @ centred.T, centred @ target
    total = float(target @ target)
    beam: list[tuple[float, tuple[int, ...], Array]] = [(total, (), np.zeros(0))]
    best: list[tuple[float, tuple[int, ...], Array]] = []
    for _ in range(min(most, len(columns))):
        subsets = {
            tuple(sorted((*chosen, k)))
            for _, chosen, _ in beam
            for k in range(len(columns))
            if k not in chosen
        }
        beam = sorted(
            (_solved(gram, overlap, total, subset) for subset in sorted(subsets)),
            key=lambda entry: entry[0],
        )[:_BEAM]
        best.append(beam[0])
    limit = max(_PATIENCE * _relative(best[-1][0], total), tolerance)
    rest, chosen, weights = next(b for b in best if _relative(b[0], total) <= limit)
    above = dict(zip(chosen, weights.tolist(), strict=True))
    return _Fit(above, {}, _relative(rest, total))


def _relative(rest: float, total: float) -> float:
    return (max(rest, 0.0) / total) ** 0.5


def _solved(
    gram: Array, overlap: Array, total: float, subset: tuple[int, ...]
) -> tuple[float, tuple[int, ...], Array]:
    """What is left of the target after its projection on some columns."""
    index = list(subset)
    scale = gram[index, index] ** 0.5
    if not scale.all():
        return total, subset, np.zeros(len(index))
    scaled = gram[np.ix_(index, index)] / np.outer(scale, scale)
    weights, *_ = np.linalg.lstsq(scaled, overlap[index] / scale, rcond=1e-12)
    rest = total - float(weights @ (overlap[index] / scale))
    return rest, subset, weights / scale


def _quotient(found: _Fit, target: Array, columns: Array, whole: list[int]) -> _Fit:
    """A linear solution read as a quotient, with the error of the quotient itself."""
    count = len(columns)
    above = {k: c for k, c in found.above.items() if k < count}
    below = {whole[k - count]: c for k, c in found.above.items() if k >= count}
    if not below:
        return found
    linear = sum(c * columns[k] for k, c in above.items()) - sum(
        d * target * columns[k] for k, d in below.items()
    )
    constant = float((target - linear).mean())
    bottom = 1 + sum(d * columns[k] for k, d in below.items())
    top = constant + sum(c * columns[k] for k, c in above.items())
    error = float((target - top / bottom).std()) if (bottom != 0).all() else np.inf
    # The constant above is that of the function 1, the monomial without powers.
    return _Fit({0: constant, **above}, below, error)


def _exponents(at: Array, degree: int, roots: bool) -> Iterator[tuple[float, ...]]:
    """The exponents of all terms, first those of the constant 1."""
    size = np.sqrt((at**2).mean(0))
    positive = (at > _AWAY_FROM_ZERO * size).all(0)
    away = (np.abs(at) > _AWAY_FROM_ZERO * size).all(0)
    step = 0.5 if roots else 1.0
    ranges = []
    for k in range(at.shape[1]):
        low = -float(degree) if away[k] else 0.0
        by = step if positive[k] else 1.0
        ranges.append(np.arange(low, degree + by / 2, by).tolist())
    yield (0.0,) * at.shape[1]
    for e in product(*ranges):
        if 0 < sum(map(abs, e)) <= degree:
            yield e


def _half(exponent: float) -> Expr:
    return Rational(round(2 * exponent), 2)


def _number(x: float | Fraction) -> Expr:
    if isinstance(x, Fraction):
        return Rational(x.numerator, x.denominator)
    return Rational(Fraction(x).limit_denominator(10**6))


def _simplest(x: float, tolerance: float) -> Any:  # noqa: ANN401
    """The fraction of smallest denominator within a tolerance."""
    for denominator in range(1, 1001):
        fraction = Fraction(round(x * denominator), denominator)
        if abs(float(fraction) - x) <= tolerance and fraction:
            return fraction
    return x


def _check(
    values: Array, at: Array, invariants: Sequence[Expr], most_terms: int
) -> None:
    if values.ndim != 1 or at.shape != (len(values), len(invariants)):
        raise ArgumentError(
            "Arguments `values` and `at` must have shapes (N,) and (N, m) for m "
            f"invariants, but they have {values.shape} and {at.shape} for "
            f"{len(invariants)}."
        )
    if not (np.isfinite(values).all() and np.isfinite(at).all()):
        raise ArgumentError(
            "Arguments `values` and `at` must be finite numbers, but "
            "one is not. Leave out points where f has none."
        )
    if most_terms < 1 or len(values) <= 2 * most_terms:
        raise ArgumentError(
            f"Argument `values` must hold more than {2 * most_terms} points, twice the "
            f"number of terms, but it holds {len(values)}."
        )
    if not values.std() > 0:
        raise ArgumentError(
            "Argument `values` must vary, but they are all the same. There is nothing "
            "to read but a constant."
        )
