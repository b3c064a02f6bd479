r"""Tori: invariants of commuting fields, all of them, by the weights of eigenforms.

Takes vectors on which commuting matrices act, gives eigenforms with weights that are
independent over the rationals, and the monomials of weight zero that generate all others.

.. math:: \{\xi_i, g_k\} = \lambda_{ik} \xi_i, \qquad
    K[\xi]^{\mathfrak t} = \operatorname{span}\{\xi^a : a \ge 0, \; \textstyle\sum_i a_i
    \lambda_i = 0\}

The exponents form a monoid, and its finite Hilbert basis is the complete answer. A torus
whose frequencies are not commensurable is dense in a larger one, which has fewer
invariants than there are locally.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement, product
from math import comb, lcm, prod
from typing import Any

from sympy import QQ
from sympy.polys.domains.domain import Domain

from symflow.hilbert_bases import HilbertBasis, hilbert_basis
from symflow.kinds import Cluster, Kind
from symflow.linear_algebra import Row, add_multiple, rank
from symflow.linear_forms import (
    Form,
    SparsePolynomial,
    from_form,
    multiply,
    plus,
    primitive,
)
from symflow.sparse_matrices import combined, trace
from symflow.square_roots import square_root

__all__ = ["Eigenform", "TorusAction", "torus_action"]


# An eigenvalue a + b theta, by its parts in K.
Eigenvalue = tuple[Any, Any]


@dataclass(frozen=True)
class Eigenform:
    r"""The form :math:`u + \theta v` with :math:`\theta^2 = D`, and how it moves.

    Arguments:
        real: The form u.
        imaginary: The form v; none where the eigenvalues lie in the field.
        root: The number of the root theta; -1 where there is none.
        shift: How far on :math:`u - \theta v` stands among the eigenforms.
        values: The eigenvalue of each field.
    """

    real: Form
    imaginary: Form
    root: int
    shift: int
    values: tuple[Eigenvalue, ...]


@dataclass(frozen=True)
class TorusAction:
    r"""Eigenforms of commuting fields, and their weights.

    .. math:: \{\xi, g_k\} = \lambda_k \xi, \qquad \xi = u + \theta v, \; \theta^2 = D

    Arguments:
        weights: The weights, whole numbers, of all eigenforms, conjugates included.
        eigenforms: The eigenforms.
        squares: The numbers D, one for each independent root.
        rank: The dimension of the smallest torus that holds the group.
        dimension: The dimension of the algebra; below `rank` if orbits are dense in more.
        compact: Whether every weight is imaginary.
        domain: The field K.
    """

    weights: tuple[tuple[int, ...], ...]
    eigenforms: tuple[Eigenform, ...]
    squares: tuple[Any, ...]
    rank: int
    dimension: int
    compact: bool
    domain: Domain

    def basis(self, degree: int | None = None, most: int = 10**6) -> HilbertBasis:
        """The monomials that generate all invariants, as exponents of the eigenforms.

        Arguments:
            degree: The highest degree; by default none.
            most: The highest number; higher degrees are left out to keep to it.

        Returns:
            The Hilbert basis.
        """
        distinct = sorted(set(self.weights))
        places = [[k for k, v in enumerate(self.weights) if v == w] for w in distinct]
        small = hilbert_basis(distinct, degree)
        upto, total = small.degree, 0
        chosen: list[tuple[int, ...]] = []
        for solution in small.solutions:
            if upto is not None and sum(solution) > upto:
                break
            total += prod(
                comb(len(p) + a - 1, a) for p, a in zip(places, solution, strict=True)
            )
            if total > most and chosen and sum(solution) > sum(chosen[0]):
                upto = sum(solution) - 1
                break
            chosen.append(solution)
        kept = [s for s in chosen if upto is None or sum(s) <= upto]
        solutions = [x for s in kept for x in self._spread(s, places)]
        solutions.sort(key=lambda a: (sum(a), [-x for x in a]))
        return HilbertBasis(tuple(solutions), upto)

    def _spread(
        self, solution: Sequence[int], places: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, ...]]:
        """A solution in distinct weights, spread over the eigenforms that have them."""
        choices = [
            combinations_with_replacement(here, power)
            for here, power in zip(places, solution, strict=True)
        ]
        for chosen in product(*choices):
            exponents = [0] * len(self.weights)
            for k in chain.from_iterable(chosen):
                exponents[k] += 1
            yield tuple(exponents)

    def polynomials(
        self, solutions: Iterable[tuple[int, ...]]
    ) -> list[SparsePolynomial]:
        """The invariants over K that monomials of weight zero span.

        Arguments:
            solutions: Exponents of the eigenforms, with all conjugates.

        Returns:
            As many polynomials as there are monomials.
        """
        seen: set[tuple[int, ...]] = set()
        found: list[SparsePolynomial] = []
        for solution in solutions:
            if solution in seen:
                continue
            orbit = {solution}
            for root in range(len(self.squares)):
                orbit |= {self._conjugate(a, root) for a in orbit}
            seen |= orbit
            parts = self._parts(solution)
            found += [primitive(parts[key], self.domain) for key in sorted(parts)]
        return found

    def _conjugate(self, exponents: Sequence[int], root: int) -> tuple[int, ...]:
        """The exponents when a root turns its sign: conjugate forms change places."""
        found = list(exponents)
        for k, form in enumerate(self.eigenforms):
            if form.root == root:
                found[k + form.shift] = exponents[k]
        return tuple(found)

    def _parts(
        self, solution: Sequence[int]
    ) -> dict[tuple[int, ...], SparsePolynomial]:
        """The parts of a monomial by the roots that stand before them."""
        none = (0,) * len(self.squares)
        total: dict[tuple[int, ...], SparsePolynomial] = {none: {(): self.domain.one}}
        for form, power in zip(self.eigenforms, solution, strict=True):
            for _ in range(power):
                grown: dict[tuple[int, ...], SparsePolynomial] = {}
                for key, f in total.items():
                    real = multiply(f, from_form(form.real))
                    grown[key] = plus(grown.get(key, {}), real)
                    if form.imaginary:
                        flipped = list(key)
                        flipped[form.root] ^= 1
                        factor = self.squares[form.root] if key[form.root] else 1
                        image = multiply(f, from_form(form.imaginary))
                        other = tuple(flipped)
                        grown[other] = plus(grown.get(other, {}), image, factor)
                total = grown
        return {key: f for key, f in total.items() if f}


def torus_action(cluster: Cluster, domain: Domain) -> TorusAction | None:
    """The eigenforms of a factor whose matrices commute and can be diagonalised.

    Arguments:
        cluster: The vectors of one or two components each, and the factor's dimension.
        domain: The field of the coefficients.

    Returns:
        The action, or None if matrices do not commute, are not diagonalisable, or have
        eigenvalues of a degree above two.
    """
    roots: list[Any] = []
    forms: list[Eigenform] = []
    for kind in cluster.kinds:
        if kind.size == 1:
            line = [(a.get((0, 0), domain.zero), domain.zero) for a in kind.matrices]
            forms += [Eigenform(v[0], {}, -1, 0, tuple(line)) for v in kind.vectors]
            continue
        split = _quadratic(kind, domain) if kind.size == 2 else None
        if split is None:
            return None
        forms += _eigenforms(kind, *split, roots, domain)
    weights = _whole_weights(forms, domain)
    rows = [{k: QQ(x) for k, x in enumerate(w) if x} for w in weights]
    turning = all(domain.to_sympy(square).is_negative for square in roots)
    return TorusAction(
        tuple(weights),
        tuple(forms),
        tuple(roots),
        rank(rows, len(weights[0])),
        cluster.dimension,
        turning and not any(a for form in forms for a, _ in form.values),
        domain,
    )


def _eigenforms(
    kind: Kind,
    row: Row,
    image: Row,
    values: Sequence[Eigenvalue],
    square: Any,  # noqa: ANN401
    roots: list[Any],
    domain: Domain,
) -> Iterator[Eigenform]:
    """The forms r N + theta r and r N - theta r of each vector."""
    place, factor = _root_class(square, roots, domain)
    for vector in kind.vectors:
        u, v = combined(image, vector), combined(row, vector)
        for sign in (1, -1):
            scaled = {j: sign * factor * x for j, x in v.items()}
            if place < 0:
                form = dict(u)
                add_multiple(form, domain.one, scaled)
                real = ((a + sign * factor * b, domain.zero) for a, b in values)
                yield Eigenform(form, {}, -1, 0, tuple(real))
            else:
                both = ((a, sign * factor * b) for a, b in values)
                yield Eigenform(u, scaled, place, sign, tuple(both))


def _quadratic(
    kind: Kind, domain: Domain
) -> tuple[Row, Row, list[Eigenvalue], Any] | None:
    """Rows r and r N with N^2 = D, and a_k = alpha_k + beta_k N, for two components."""
    places = [(i, j) for i in range(2) for j in range(2)]
    means = [trace(a, domain) / domain(2) for a in kind.matrices]
    parts = [
        {
            (i, j): a.get((i, j), domain.zero) - (mean if i == j else domain.zero)
            for i, j in places
        }
        for a, mean in zip(kind.matrices, means, strict=True)
    ]
    N = next((part for part in parts if any(part.values())), None)
    if N is None:
        return None
    square = N[0, 0] * N[0, 0] + N[0, 1] * N[1, 0]
    key = next(key for key in places if N[key])
    ratios = [part[key] / N[key] for part in parts]
    for part, ratio in zip(parts, ratios, strict=True):
        if not square or any(part[k] - ratio * N[k] for k in places):
            return None
    # Where N is diagonal, neither component alone spans with its image.
    turning = [i for i in range(2) if N[i, 1 - i]]
    row = dict.fromkeys(turning[:1] or range(2), domain.one)
    image = combined(row, [{j: N[i, j] for j in range(2) if N[i, j]} for i in range(2)])
    return row, image, list(zip(means, ratios, strict=True)), square


def _root_class(square: Any, roots: list[Any], domain: Domain) -> tuple[int, Any]:  # noqa: ANN401
    """The root by which sqrt(D) is a multiple in K; -1 if it lies in K itself."""
    inside = square_root(square, domain)
    if inside is not None:
        return -1, inside
    for place, known in enumerate(roots):
        factor = square_root(square / known, domain)
        if factor is not None:
            return place, factor
    roots.append(square)
    return len(roots) - 1, domain.one


def _whole_weights(forms: Sequence[Eigenform], domain: Domain) -> list[tuple[int, ...]]:
    """Weights as whole numbers with the same relations over the rationals."""
    vectors: list[dict[Any, Any]] = [{} for _ in forms]
    for k in range(len(forms[0].values)):
        parts = [part for form in forms for part in form.values[k]]
        cleared = _cleared(parts, domain)
        for form, vector in zip(forms, vectors, strict=True):
            for root in (-1, form.root):
                for key, x in _rational_parts(next(cleared), domain):
                    vector[k, root, key] = x
    keys = sorted({key for vector in vectors for key in vector})
    scales = {
        key: lcm(*(int(v[key].denominator) for v in vectors if key in v))
        for key in keys
    }
    return [
        tuple(int(v.get(key, QQ(0)) * scales[key]) for key in keys) for v in vectors
    ]


def _cleared(values: Sequence[Any], domain: Domain) -> Iterator[Any]:
    """The values times a common denominator, if they are fractions of parameters."""
    if not domain.is_FractionField:
        yield from values
        return
    common = domain.field.ring.one
    for value in values:
        common = common.lcm(value.denom)
    for value in values:
        yield value.numer * common.exquo(value.denom)


def _rational_parts(value: Any, domain: Domain) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """The coordinates of an element over the rationals, by what they stand before."""
    if domain.is_FractionField:
        inner = value.ring.domain
        for monomial, x in value.terms():
            for more, y in _rational_parts(inner.convert(x), inner):
                yield (*monomial, *more), y
    elif domain.is_AlgebraicField:
        for place, x in enumerate(reversed(value.to_list())):
            if x:
                yield (place,), QQ.convert(x)
    elif value:
        yield (), QQ.convert(value)
